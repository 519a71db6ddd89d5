//! Borrowed planes and owned float fields. Shape and stride are checked here once and nowhere else.
//!
//! Pixel centres lie on whole numbers: the centre of the top-left pixel is (0, 0), its corner (−½, −½).

use crate::error::{Error, Result};
use crate::simd::rows::above;

const MAX_SIDE: usize = 65_535;
const MM_PER_INCH: f32 = 25.4;

/// A read-only plane of bytes, or of other samples; row `y` starts at sample `y * stride`.
#[derive(Clone, Copy, Debug)]
pub struct Plane<'a, T = u8> {
    data: &'a [T],
    width: usize,
    height: usize,
    stride: usize,
}

impl<'a, T> Plane<'a, T> {
    /// Checks the shape against the slice.
    ///
    /// # Errors
    /// [`Error::BadPlane`] when a side is zero or above 65,535, or the last row does not fit.
    ///
    /// ```
    /// use seal_match_core::plane::Plane;
    /// assert!(Plane::new(&[0; 6], 3, 2, 3).is_ok());
    /// assert!(Plane::new(&[0; 5], 3, 2, 3).is_err());
    /// ```
    pub fn new(data: &'a [T], width: usize, height: usize, stride: usize) -> Result<Self> {
        let bad = Error::BadPlane { width, height, stride, len: data.len() };
        if width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE || stride < width {
            return Err(bad);
        }
        let needed = (height - 1).checked_mul(stride).and_then(|n| n.checked_add(width));
        match needed {
            Some(n) if n <= data.len() => Ok(Self { data, width, height, stride }),
            _ => Err(bad),
        }
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Row `y`, exactly `width` samples.
    #[inline]
    pub fn row(&self, y: usize) -> &'a [T] {
        &self.data[y * self.stride..y * self.stride + self.width]
    }

    /// Samples from one row's start to the next one's.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Rows `first` to `end` (exclusive; at least one), [`Plane::stride`] samples apart, to the last pixel of the last.
    pub fn rows(&self, first: usize, end: usize) -> &'a [T] {
        &self.data[first * self.stride..(end - 1) * self.stride + self.width]
    }
}

/// What a scan can tell about colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanKind {
    /// Luma and chroma.
    Colour,
    /// Luma with many levels.
    Grey,
    /// Luma with two levels.
    Bilevel,
}

/// One scanned image: luma, chroma if it has any, and its resolution.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'a> {
    luma: Plane<'a>,
    chroma: Option<[Plane<'a>; 2]>,
    shift: [u32; 2],
    px_per_mm: f32,
    kind: ScanKind,
}

impl<'a> Scan<'a> {
    /// `chroma` holds Cb and Cr (full-range BT.601, 128 = neutral), each side the luma's divided by 1, 2 or 4, rounded up.
    ///
    /// # Errors
    /// [`Error::BadChroma`], [`Error::BadDpi`] (outside 72 to 2400), [`Error::ImageTooSmall`] (a side below 5 mm).
    pub fn new(luma: Plane<'a>, chroma: Option<[Plane<'a>; 2]>, dpi: f32, bilevel: bool) -> Result<Self> {
        if !(72.0..=2400.0).contains(&dpi) {
            return Err(Error::BadDpi { dpi });
        }
        let px_per_mm = dpi / MM_PER_INCH;
        let side_mm = luma.width.min(luma.height) as f32 / px_per_mm;
        if side_mm < 5.0 {
            return Err(Error::ImageTooSmall { side_mm });
        }
        let mut shift = [0, 0];
        if let Some([cb, cr]) = chroma {
            if cb.width != cr.width || cb.height != cr.height {
                return Err(Error::BadChroma);
            }
            let of = |full: usize, part: usize| (0..3).find(|s| full.div_ceil(1 << s) == part).ok_or(Error::BadChroma);
            shift = [of(luma.width, cb.width)?, of(luma.height, cb.height)?];
        }
        let kind = match (bilevel, chroma.is_some()) {
            (true, _) => ScanKind::Bilevel,
            (_, true) => ScanKind::Colour,
            _ => ScanKind::Grey,
        };
        Ok(Self { luma, chroma, shift, px_per_mm, kind })
    }

    /// The luma plane.
    pub fn luma(&self) -> Plane<'a> {
        self.luma
    }

    /// Cb and Cr, if the scan has colour.
    pub fn chroma(&self) -> Option<[Plane<'a>; 2]> {
        self.chroma
    }

    /// Binary logarithm of the chroma subsampling in x and y.
    pub fn chroma_shift(&self) -> [u32; 2] {
        self.shift
    }

    /// Nominal pixels per millimetre.
    pub fn px_per_mm(&self) -> f32 {
        self.px_per_mm
    }

    /// What the scan can tell about colour.
    pub fn kind(&self) -> ScanKind {
        self.kind
    }
}

/// An owned float image, rows contiguous.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Width in samples.
    pub width: usize,
    /// Height in samples.
    pub height: usize,
    /// `width * height` samples, row by row.
    pub data: Vec<f32>,
}

impl Field {
    /// A field of zeros.
    pub fn zeros(width: usize, height: usize) -> Self {
        Self { width, height, data: vec![0.0; width * height] }
    }

    /// A field whose rows `fill` writes one after the other; the row that it gets holds what it wrote last.
    ///
    /// Cheaper than filling a field of zeros: each sample goes to memory once.
    pub fn by_rows(width: usize, height: usize, mut fill: impl FnMut(usize, &mut [f32])) -> Self {
        let mut data = Vec::with_capacity(width * height);
        let mut row = vec![0.0; width];
        for y in 0..height {
            fill(y, &mut row);
            data.extend_from_slice(&row);
        }
        Self { width, height, data }
    }

    /// Two fields of one size whose rows `fill` writes together.
    pub fn two_by_rows(width: usize, height: usize, mut fill: impl FnMut(usize, &mut [f32], &mut [f32])) -> [Self; 2] {
        Self::several_by_rows(width, height, |y, [a, b]| fill(y, a, b))
    }

    /// Fields of one size whose rows `fill` writes together.
    pub fn several_by_rows<const N: usize>(
        width: usize,
        height: usize,
        mut fill: impl FnMut(usize, [&mut [f32]; N]),
    ) -> [Self; N] {
        let mut fields = [(); N].map(|()| Vec::with_capacity(width * height));
        let mut rows = [(); N].map(|()| vec![0.0; width]);
        for y in 0..height {
            fill(y, rows.each_mut().map(Vec::as_mut_slice));
            fields.iter_mut().zip(&rows).for_each(|(field, row)| field.extend_from_slice(row));
        }
        fields.map(|data| Self { width, height, data })
    }

    /// The field to read from.
    ///
    /// # Errors
    /// [`Error::BadPlane`] when a side is zero or above 65,535, or the samples do not fill it.
    pub fn plane(&self) -> Result<Plane<'_, f32>> {
        Plane::new(&self.data, self.width, self.height, self.width)
    }

    /// Row `y`.
    #[inline]
    pub fn row(&self, y: usize) -> &[f32] {
        &self.data[y * self.width..(y + 1) * self.width]
    }

    /// Row `y`, writable.
    #[inline]
    pub fn row_mut(&mut self, y: usize) -> &mut [f32] {
        &mut self.data[y * self.width..(y + 1) * self.width]
    }

    /// The sample at column `x`, row `y`.
    #[inline]
    pub fn at(&self, x: usize, y: usize) -> f32 {
        self.data[y * self.width + x]
    }

    /// Bilinear interpolation at (x, y); zero beyond the border.
    #[inline]
    pub fn sample(&self, x: f32, y: f32) -> f32 {
        let (fx, fy) = (x.floor(), y.floor());
        if !(fx >= 0.0 && fy >= 0.0 && fx + 1.0 < self.width as f32 && fy + 1.0 < self.height as f32) {
            return 0.0;
        }
        let (ax, ay) = (x - fx, y - fy);
        let i = fy as usize * self.width + fx as usize;
        let top = self.data[i] + ax * (self.data[i + 1] - self.data[i]);
        let j = i + self.width;
        let bottom = self.data[j] + ax * (self.data[j + 1] - self.data[j]);
        top + ay * (bottom - top)
    }

    /// The values below which the shares of all samples that are numbers lie; `None` when there are none.
    pub fn quantiles<const N: usize>(&self, shares: [f32; N]) -> Option<[f32; N]> {
        let mut kept = vec![0.0; self.data.len() + 1];
        let mut n = 0;
        for &v in &self.data {
            // Written always, kept where it belongs: no branch to mispredict.
            kept[n] = v;
            n += usize::from(!v.is_nan());
        }
        quantiles(&mut kept[..n], shares)
    }
}

/// Which values exceed a limit: a bit each, 64 in a number, the lowest first.
pub fn bits_above(values: &[f32], limit: f32) -> Vec<u64> {
    let mut words = vec![0; values.len().div_ceil(64)];
    above(&mut words, values, limit);
    words
}

/// The places of the values above a limit, in order.
pub fn places_above(values: &[f32], limit: f32) -> Vec<usize> {
    let words = bits_above(values, limit);
    let mut places = Vec::with_capacity(words.iter().map(|word| word.count_ones() as usize).sum());
    for (i, mut word) in words.into_iter().enumerate() {
        while word != 0 {
            places.push(64 * i + word.trailing_zeros() as usize);
            word &= word - 1;
        }
    }
    places
}

/// The value below which the share `q` of the values above a limit lies; `None` when there are none.
pub fn quantile_above(values: &[f32], limit: f32, q: f32) -> Option<f32> {
    let mut kept: Vec<f32> = places_above(values, limit).into_iter().map(|i| values[i]).collect();
    quantile(&mut kept, q)
}

/// The value below which the share `q` of `values` lies (nearest rank; the slice is reordered); `None` when it is empty.
pub fn quantile(values: &mut [f32], q: f32) -> Option<f32> {
    quantiles(values, [q]).map(|[v]| v)
}

/// [`quantile`] at several shares.
fn quantiles<const N: usize>(values: &mut [f32], shares: [f32; N]) -> Option<[f32; N]> {
    if values.is_empty() {
        return None;
    }
    let ranks = shares.map(|q| rank(values.len(), q));
    Some(if values.len() < 1024 { ranks.map(|k| nth(values, k)) } else { nth_of_many(values, ranks) })
}

/// [`quantile`] at two shares, the lower first; the second selection is among what the first left.
pub fn quantile_pair(values: &[f32], low: f32, high: f32) -> Option<(f32, f32)> {
    if values.is_empty() {
        return None;
    }
    let mut keys: Vec<u32> = values.iter().map(|&v| key(v)).collect();
    let (a, b) = (rank(keys.len(), low), rank(keys.len(), high));
    let top = *keys.select_nth_unstable(b).1;
    let bottom = if a < b { *keys[..b].select_nth_unstable(a).1 } else { top };
    Some((unkey(bottom), unkey(top)))
}

fn rank(n: usize, q: f32) -> usize {
    ((n - 1) as f32 * q.clamp(0.0, 1.0)).round() as usize
}

fn nth(values: &mut [f32], k: usize) -> f32 {
    *values.select_nth_unstable_by(k, f32::total_cmp).1
}

/// The order of `f32::total_cmp` as that of whole numbers.
fn key(v: f32) -> u32 {
    let bits = v.to_bits();
    bits ^ (((bits as i32 >> 31) as u32) | 0x8000_0000)
}

/// The number of a [`key`].
fn unkey(k: u32) -> f32 {
    f32::from_bits(k ^ (((!k as i32 >> 31) as u32) | 0x8000_0000))
}

/// As [`nth`] for several k: counts the leading bits of all keys, then selects among those that share the k-th one's.
fn nth_of_many<const N: usize>(values: &[f32], ranks: [usize; N]) -> [f32; N] {
    const SHIFT: u32 = 32 - 12;
    let mut counts = vec![0u32; 1 << 12];
    for &v in values {
        counts[(key(v) >> SHIFT) as usize] += 1;
    }
    ranks.map(|k| {
        let (mut below, mut bucket) = (0usize, 0usize);
        while below + counts[bucket] as usize <= k {
            below += counts[bucket] as usize;
            bucket += 1;
        }
        let mut rest = vec![0.0; counts[bucket] as usize + 1];
        let mut n = 0;
        for &v in values {
            // Written always, kept where it belongs: no branch to mispredict.
            rest[n] = v;
            n += usize::from((key(v) >> SHIFT) as usize == bucket);
        }
        nth(&mut rest[..n], k - below)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::numbers::Numbers;

    #[test]
    fn places_above_a_limit_are_those_whose_value_exceeds_it() {
        let mut n = Numbers(19);
        for count in [0, 1, 63, 64, 65, 200] {
            let mut values: Vec<f32> = (0..count).map(|_| n.next()).collect();
            if let Some(last) = values.last_mut() {
                *last = 1.0;
            }
            let expected: Vec<usize> = (0..count).filter(|&i| values[i] > 0.2).collect();
            assert_eq!(places_above(&values, 0.2), expected);
            let mut kept: Vec<f32> = expected.iter().map(|&i| values[i]).collect();
            assert_eq!(quantile_above(&values, 0.2, 0.7), quantile(&mut kept, 0.7));
        }
        assert_eq!(quantile_above(&[0.1, f32::NAN], 0.2, 0.5), None);
    }

    #[test]
    fn quantiles_are_the_values_of_their_ranks() {
        let mut n = Numbers(23);
        for count in [1, 2, 900, 1023, 1024, 5000] {
            let numbers: Vec<f32> = (0..count).map(|_| (50.0 * n.next()).round() / 50.0).collect();
            let mut sorted = numbers.clone();
            sorted.sort_by(f32::total_cmp);
            // Between them samples that say nothing.
            let data: Vec<f32> = numbers.iter().flat_map(|v| [f32::NAN, *v]).collect();
            let field = Field { width: 2 * count, height: 1, data };
            let shares = [0.0, 0.03, 0.5, 0.99, 1.0];
            let expected = shares.map(|q| sorted[((count - 1) as f32 * q).round() as usize].to_bits());
            assert_eq!(field.quantiles(shares).unwrap().map(f32::to_bits), expected, "{count}");
        }
        assert_eq!(Field { width: 1, height: 1, data: vec![f32::NAN] }.quantiles([0.5]), None);
    }
}
