//! What the network's first layer sees of a place of 2 × 2 samples: both impressions, and how well they agree around it.
//!
//! ```text
//! 0–3    reference ink of the four samples, 0 to 1.6
//! 4–7    moving ink of the four samples, 0 to 1.6, or −1 where it is covered
//! 8, 9   extra and missing: ink beyond the other image's within one sample
//! 10, 11 correlation over a millimetre, at the best shift of up to one sample and at none
//! 12     the reference's contrast that the best shift leaves unexplained
//! 13     the reference's contrast: deviation of its ink
//! 14, 15 the best shift in samples, x and y; less where there is little contrast
//! ```
//! The first eight would do, but a small network spends itself on learning the rest: that a stroke may lie a tenth of a millimetre
//! aside and be the same stroke.

use crate::compare::network::CHANNELS;
use crate::filter::{TENT, dilate, tent_row};
use crate::plane::Field;
use crate::simd::agreement::{Means, NONE, keep_best, products};

/// The channel of the best shift's correlation.
const BEST: usize = 10;
const FULL: f32 = 1.6;

/// The four samples of every place as four fields, with a border of one place around them.
struct Quarters {
    stride: usize,
    fields: [Vec<f32>; 4],
}

impl Quarters {
    /// Of an image of at least `2 width` by `2 height` samples.
    fn new(image: &Field, width: usize, height: usize) -> Self {
        let stride = width + 2;
        let quarter = |k: usize| {
            let mut field = Vec::with_capacity(stride * (height + 2));
            field.resize(stride + 1, 0.0);
            for y in 0..height {
                let row = image.row(2 * y + k / 2);
                field.extend(row[..2 * width].chunks_exact(2).map(|pair| pair[k % 2]));
                field.extend([0.0; 2]);
            }
            field.resize(stride * (height + 2), 0.0);
            field
        };
        let fields = [0, 1, 2, 3].map(quarter);
        Self { stride, fields }
    }

    /// The four samples of the places of row `y` in the image moved by a shift of at most one sample.
    fn row(&self, y: usize, shift: [i32; 2]) -> [&[f32]; 4] {
        std::array::from_fn(|k| {
            let (row, column) = (k as i32 / 2 + shift[1], k as i32 % 2 + shift[0]);
            let field = &self.fields[(2 * row.rem_euclid(2) + column.rem_euclid(2)) as usize];
            let line = (y as i32 + 1 + row.div_euclid(2)) as usize * self.stride;
            let first = line + (1 + column.div_euclid(2)) as usize;
            &field[first..first + self.stride - 2]
        })
    }
}

/// The channels of every place, row by row.
pub fn channels(reference: &Field, moving: &Field, covered: &Field) -> Vec<[f32; CHANNELS]> {
    let agreement = Agreement::new(reference, moving, covered);
    let (width, height) = (reference.width / 2, reference.height / 2);
    let (mut out, all) = (vec![[0.0; CHANNELS]; width * height], vec![true; width]);
    for (y, row) in out.chunks_exact_mut(width.max(1)).enumerate() {
        agreement.row(y, &all, row);
    }
    out
}

/// Both impressions and how well they agree, from which the channels are read.
pub struct Agreement<'a> {
    own: Field,
    seen: Field,
    near_own: Field,
    near_seen: Field,
    covered: &'a Field,
    best: Best,
}

impl<'a> Agreement<'a> {
    /// Of a reference and a moving image on its grid, and what covers that.
    pub fn new(reference: &Field, moving: &Field, covered: &'a Field) -> Self {
        let (w, h) = (reference.width, reference.height);
        let [own, seen] = Field::two_by_rows(w, h, |y, own, seen| {
            for (d, &v) in own.iter_mut().zip(reference.row(y)) {
                *d = v.clamp(0.0, FULL);
            }
            for ((d, &v), &c) in seen.iter_mut().zip(moving.row(y)).zip(covered.row(y)) {
                *d = v.clamp(0.0, FULL) * (1.0 - c);
            }
        });
        let (near_own, near_seen) = (dilate(&own, 1), dilate(&seen, 1));
        let best = correlate(&own, &seen, covered, w / 2, h / 2);
        Self { own, seen, near_own, near_seen, covered, best }
    }

    /// Writes the channels of the wanted places of row `y` and leaves the others as they are.
    ///
    /// # Panics
    /// When a slice is longer than the row.
    pub fn row(&self, y: usize, wanted: &[bool], dst: &mut [[f32; CHANNELS]]) {
        let [own, seen, near_own, near_seen, covered] =
            [&self.own, &self.seen, &self.near_own, &self.near_seen, self.covered].map(|f| [f.row(2 * y), f.row(2 * y + 1)]);
        let start = y * (self.own.width / 2);
        for (x, (lanes, _)) in dst.iter_mut().zip(wanted).enumerate().filter(|(_, (_, wanted))| **wanted) {
            let (mut extra, mut missing) = (0.0, 0.0);
            for k in 0..4 {
                let (line, at) = (k / 2, 2 * x + k % 2);
                let (a, b, c) = (own[line][at], seen[line][at], covered[line][at]);
                lanes[k] = a;
                lanes[4 + k] = b - c;
                extra += 0.25 * (b - near_own[line][at]).max(0.0);
                missing += 0.25 * (a - near_seen[line][at]).max(0.0) * (1.0 - c);
            }
            let i = start + x;
            let (r, contrast) = (self.best.correlation[i].min(1.0), self.best.contrast[i]);
            let sure = (4.0 * contrast).min(1.0);
            lanes[8] = extra;
            lanes[9] = missing;
            lanes[BEST] = r;
            lanes[11] = self.best.unshifted[i].min(1.0);
            lanes[12] = contrast * (1.0 - r * r).max(0.0).sqrt();
            lanes[13] = contrast;
            lanes[14] = self.best.shift[0][i] * sure;
            lanes[15] = self.best.shift[1][i] * sure;
        }
    }
}

/// Correlation of every place.
struct Best {
    correlation: Vec<f32>,
    shift: [Vec<f32>; 2],
    unshifted: Vec<f32>,
    contrast: Vec<f32>,
}

/// Correlates both images over a tent of a millimetre around every place, shifted by up to one sample.
fn correlate(own: &Field, seen: &Field, covered: &Field, width: usize, height: usize) -> Best {
    let open = Field::by_rows(own.width, own.height, |y, row| {
        row.iter_mut().zip(own.row(y)).zip(covered.row(y)).for_each(|((d, v), c)| *d = v * (1.0 - c));
    });
    let (a, b) = (Quarters::new(&open, width, height), Quarters::new(seen, width, height));
    let [mut mean, mut contrast] = [(); 2].map(|()| Vec::with_capacity(width * height));
    tents(&a, &a, [0, 0], height, |_, [_, one, square]| {
        contrast.extend(square.iter().zip(one).map(|(s, m)| (s - m * m).max(0.0).sqrt()));
        mean.extend_from_slice(one);
    });
    let inverse: Vec<f32> = contrast.iter().map(|c| 1.0 / (c * c + NONE).sqrt()).collect();
    let nothing = || vec![0.0; width * height];
    let mut best = Best { correlation: vec![-2.0; width * height], shift: [nothing(), nothing()], unshifted: vec![], contrast };
    // The shortest first: along a straight stroke many agree.
    for shift in [[0, 0], [0, -1], [-1, 0], [1, 0], [0, 1], [-1, -1], [1, -1], [-1, 1], [1, 1]] {
        tents(&a, &b, shift, height, |y, [ab, b, bb]| {
            let row = y * width..(y + 1) * width;
            let means = Means { ab, a: &mean[row.clone()], inverse: &inverse[row.clone()], b, bb };
            let [x, y] = best.shift.each_mut().map(|s| &mut s[row.clone()]);
            keep_best([&mut best.correlation[row.clone()], x, y], means, shift.map(|v| v as f32));
        });
        if shift == [0, 0] {
            best.unshifted.clone_from(&best.correlation);
        }
    }
    best
}

/// Means under a tent around every place, row after row: of the product of both images, the second one moved by `shift`, of the
/// second, and of its square. Products are kept only for as many rows as a tent reaches over: they never leave the nearest cache.
fn tents(a: &Quarters, b: &Quarters, shift: [i32; 2], height: usize, mut row: impl FnMut(usize, [&[f32]; 3])) {
    const ROWS: usize = 2 * TENT + 1;
    let width = a.stride - 2;
    if width == 0 {
        return;
    }
    let line = |y: usize| y % ROWS * width;
    let mut kept = [(); 3].map(|()| vec![0.0; ROWS * width]);
    let mut means = [(); 3].map(|()| vec![0.0; width]);
    let mut padded = vec![0.0; width + 2 * TENT];
    let mut next = 0;
    for y in 0..height {
        while next < (y + TENT + 1).min(height) {
            let dst = kept.each_mut().map(|k| &mut k[line(next)..line(next) + width]);
            products(dst, a.row(next, [0, 0]), b.row(next, shift));
            next += 1;
        }
        for (mean, kept) in means.iter_mut().zip(&kept) {
            tent_row(mean, &mut padded, kept, y, height, line);
        }
        row(y, means.each_ref().map(Vec::as_slice));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bar of ink, `left` samples from the left edge.
    fn bar(left: usize) -> Field {
        Field::by_rows(40, 40, |y, row| {
            row.iter_mut().enumerate().for_each(|(x, v)| *v = f32::from((8..32).contains(&y) && (left..left + 4).contains(&x)));
        })
    }

    #[test]
    fn a_stroke_one_sample_aside_agrees_at_its_shift_and_a_missing_one_nowhere() {
        let none = Field::zeros(40, 40);
        let at = |moving: &Field| channels(&bar(16), moving, &none)[10 * 20 + 9];
        let same = at(&bar(16));
        assert!(same[10] > 0.999 && same[11] > 0.999 && same[12] < 0.05, "{same:?}");
        let aside = at(&bar(17));
        assert!(aside[10] > 0.999 && aside[11] < 0.95 && aside[14] > 0.9 && aside[15].abs() < 1e-6, "{aside:?}");
        assert!(aside[8] + aside[9] < 1e-6, "one sample is neither extra nor missing: {aside:?}");
        let gone = at(&none);
        assert!(gone[10] < 0.3 && gone[9] > 0.4 && gone[12] > 0.3, "{gone:?}");
    }

    #[test]
    fn a_covered_place_says_nothing() {
        let all = Field { data: vec![1.0; 1600], ..Field::zeros(40, 40) };
        for lanes in channels(&bar(16), &bar(30), &all) {
            assert_eq!(lanes[4..8], [-1.0; 4]);
            assert_eq!((lanes[8], lanes[9], lanes[13]), (0.0, 0.0, 0.0));
        }
    }
}
