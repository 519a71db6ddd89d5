//! Was it printed? The grain of the ink inside the strokes, as a print and a stamping leave it.
//!
//! A stamp lays one ink, whose film changes slowly and mottles with the paper. A printer lays dots of several inks: they are as
//! strong at the finest scale as at any other, the colours do not follow the darkness, and a laser's dots stand in a grid.
//!
//! ```text
//! inside    = pixels of the scan whose place on the reference lies a sample deep in a stroke, no black print over them
//! band(a,b) = mean within σ a − mean within σ b, over the inside; a = 0: the pixel itself
//! fine      = ln var band(0, 0.05 mm) − ln var band(0.13, 0.22 mm)         of −ln Y, at the luma's resolution
//! middle    = ln var band(0.05, 0.08 mm) − ln var band(0.13, 0.22 mm)
//! chroma fine, chroma middle: likewise of Cb and Cr together, with 0.08 and 0.13 mm, at the chroma's resolution
//! many inks = ln of the share of band(0, 0.22 mm) of Cb and Cr that a straight line in −ln Y does not explain
//! screen    = ln of the highest peak of the mean power spectrum over the median of its ring, from two lines a millimetre on
//! ```
//! Variances and shares are taken in tiles of 3 mm and the median tile speaks for the seal: print over some of them does not matter.
//! The numbers mean nothing alone: a profile's scale weighs them for each resolution (docs/decisions). Below [`LEAST_PX_PER_MM`]
//! a scan keeps none of this.

use std::cell::OnceCell;

use crate::align::refine::Fit;
use crate::filter::{blur, dilate};
use crate::geometry::Pose;
use crate::plane::{Field, Plane, Scan, ScanKind, quantile};
use crate::simd::fourier::{AREA, N, transform};
use crate::template::{PX_PER_MM, Reference};
use crate::verify::{Alignment, Comparison};

/// Names of the numbers, in order.
pub const NAMES: [&str; 6] = ["fine", "middle", "chroma_fine", "chroma_middle", "many_inks", "screen"];
/// Resolution below which nothing can be told: 250 dpi.
pub const LEAST_PX_PER_MM: f32 = 250.0 / 25.4;
/// Side of a tile.
const TILE_MM: f32 = 3.0;
/// Chroma samples inside strokes that a tile must hold to be told, and tiles that a seal must have.
const LEAST_PIXELS: f32 = 25.0;
const LEAST_TILES: usize = 6;
/// Sum of squares in a tile below which it is of one colour: one step of eight bits in one pixel makes a hundred times as much.
const FLAT: f64 = 1e-7;
/// Black density, as a mean over 0.3 mm, from which print lies over the seal.
const BLACK: f32 = 0.5;
/// Scales of the numbers, σ in millimetres: of the luma, and of the chroma. The last is the widest that a number asks for.
const LUMA_MM: [f32; 5] = [0.05, 0.08, 0.13, 0.22, 0.3];
const CHROMA_MM: [f32; 3] = [0.08, 0.13, 0.22];
/// Share of a spectrum's window that must lie inside strokes.
const LEAST_SHARE: f32 = 0.2;
/// Windows whose spectra are summed, at most.
const MOST_WINDOWS: usize = 60;

/// Measures an examined impression; `None` where nothing can be told: no colour, too few dots an inch, an alignment that is only a
/// guess, too little of the strokes uncovered, or ink of one flat colour, which no scanner delivers.
pub fn measure(reference: &Reference, comparison: &Comparison, scan: &Scan<'_>) -> Option<[f32; NAMES.len()]> {
    let chroma = scan.chroma().filter(|_| scan.kind() == ScanKind::Colour)?;
    if scan.px_per_mm() < LEAST_PX_PER_MM || !comparison.trusted() {
        return None;
    }
    let pose = &comparison.alignment.fit.pose;
    let [sx, sy] = scan.chroma_shift().map(|s| 1_usize << s);
    let cut = Cut::around(pose, reference.radius_mm, &scan.luma(), [sx, sy])?;
    let mm = scan.px_per_mm();
    let inside = inside(reference, comparison, &cut, mm);
    let density: [f32; 256] = std::array::from_fn(|v| -((v as f32 + 1.0) / 256.0).ln());
    let luma = Field::by_rows(cut.width, cut.height, |y, row| {
        let src = &scan.luma().row(cut.y0 + y)[cut.x0..cut.x0 + cut.width];
        row.iter_mut().zip(src).for_each(|(d, &v)| *d = density[usize::from(v)]);
    });
    let seen = Mask::new(&inside, LUMA_MM.map(|s| s * mm));
    let masked = Masked::new(&luma, &seen);
    let ratio =
        |a: &[f64], b: &[f64]| -> Vec<f32> { a.iter().zip(b).map(|(a, b)| ((a + 1e-9) / (b + 1e-9)).ln() as f32).collect() };
    let places = Places::new(&inside, TILE_MM * mm, LEAST_PIXELS * (sx * sy) as f32)?;
    let coarse = places.sums(&masked.squares(Some(2), 3));
    let finest = places.sums(&masked.squares(None, 0));
    if places.flat(&finest) {
        return None;
    }
    let fine = places.middle(&ratio(&finest, &coarse));
    let middle = places.middle(&ratio(&places.sums(&masked.squares(Some(0), 1)), &coarse));

    // Chroma samples all of whose pixels are inside, and the mean density of those pixels.
    let few = |f: &Field| block_means(f, [sx, sy]);
    let mut few_inside = few(&inside);
    few_inside.data.iter_mut().for_each(|v| *v = f32::from(*v > 0.999));
    let few_luma = few(&luma);
    let few_mm = mm / sx as f32;
    let planes = chroma.map(|plane| {
        Field::by_rows(few_inside.width, few_inside.height, |y, row| {
            let src = &plane.row(cut.y0 / sy + y)[cut.x0 / sx..];
            row.iter_mut().zip(src).for_each(|(d, &v)| *d = f32::from(v) / 128.0);
        })
    });
    let places = Places::new(&few_inside, TILE_MM * few_mm, LEAST_PIXELS)?;
    let few_seen = Mask::new(&few_inside, CHROMA_MM.map(|s| s * few_mm));
    let colours = planes.each_ref().map(|p| Masked::new(p, &few_seen));
    let both = |from: Option<usize>, to: usize| -> Vec<f64> {
        let [a, b] = colours.each_ref().map(|c| places.sums(&c.squares(from, to)));
        a.iter().zip(&b).map(|(a, b)| a + b).collect()
    };
    let coarse = both(Some(1), 2);
    let finest = both(None, 0);
    if places.flat(&finest) {
        return None;
    }
    let chroma_fine = places.middle(&ratio(&finest, &coarse));
    let chroma_middle = places.middle(&ratio(&both(Some(0), 1), &coarse));
    let many_inks = places.middle(&unexplained(&Masked::new(&few_luma, &few_seen), &colours, &places));
    let screen = screen(&masked, mm)?;
    Some([fine, middle, chroma_fine, chroma_middle, many_inks, screen])
}

/// The tiles of a field that hold enough of the inside. What is told of a seal is the median of its tiles, so that print and other
/// seals over some of them do not matter.
struct Places {
    side: usize,
    across: usize,
    kept: Vec<usize>,
}

impl Places {
    /// `None` when fewer than [`LEAST_TILES`] tiles hold at least `least` of the inside.
    fn new(inside: &Field, side: f32, least: f32) -> Option<Self> {
        let side = (side.round() as usize).max(8);
        let all = Self { side, across: inside.width.div_ceil(side), kept: Vec::new() };
        let sums = all.all_sums(inside);
        let kept: Vec<usize> = (0..sums.len()).filter(|&i| sums[i] >= f64::from(least)).collect();
        (kept.len() >= LEAST_TILES).then_some(Self { kept, ..all })
    }

    fn all_sums(&self, f: &Field) -> Vec<f64> {
        let mut sums = vec![0.0; self.across * f.height.div_ceil(self.side)];
        for y in 0..f.height {
            for (i, part) in f.row(y).chunks(self.side).enumerate() {
                sums[y / self.side * self.across + i] += f64::from(part.iter().sum::<f32>());
            }
        }
        sums
    }

    /// Sums over the kept tiles.
    fn sums(&self, f: &Field) -> Vec<f64> {
        let sums = self.all_sums(f);
        self.kept.iter().map(|&i| sums[i]).collect()
    }

    /// Whether most tiles hold no grain at all, by their sums of squares: no scanner delivers that, and ratios of nothing say nothing.
    fn flat(&self, squares: &[f64]) -> bool {
        squares.iter().filter(|&&v| v > FLAT).count() * 2 < self.kept.len()
    }

    fn middle(&self, values: &[f32]) -> f32 {
        debug_assert_eq!(values.len(), self.kept.len());
        quantile(&mut values.to_vec(), 0.5).unwrap_or_default()
    }
}

/// The part of a scan that holds the seal; its corner lies on a whole chroma sample.
struct Cut {
    x0: usize,
    y0: usize,
    width: usize,
    height: usize,
}

impl Cut {
    fn around(pose: &Pose, radius_mm: f32, luma: &Plane<'_>, block: [usize; 2]) -> Option<Self> {
        let reach = radius_mm * pose.px_per_mm();
        let span = |centre: f32, n: usize, block: usize| {
            let low = (centre - reach).max(0.0) as usize / block * block;
            let high = ((centre + reach).max(0.0) as usize).saturating_add(1).min(n);
            // Whole blocks only.
            (low, high.saturating_sub(low) / block * block)
        };
        let (x0, width) = span(pose.tx, luma.width(), block[0]);
        let (y0, height) = span(pose.ty, luma.height(), block[1]);
        (width >= N && height >= N).then_some(Self { x0, y0, width, height })
    }
}

/// One on the pixels that lie deep in a stroke, without black print over them.
fn inside(reference: &Reference, comparison: &Comparison, cut: &Cut, mm: f32) -> Field {
    let (w, h) = (reference.ink.width, reference.ink.height);
    let mut ground = Field::clone(&reference.ink);
    ground.data.iter_mut().for_each(|v| *v = f32::from(*v <= 0.5));
    let shallow = dilate(&ground, 1);
    let Alignment { fit: Fit { pose, .. }, window, .. } = &comparison.alignment;
    // A printer's dots hold some black each; print over the seal is black as a whole.
    let black = blur(&window.dark, 0.12 * mm);
    let smooth = &comparison.displacement.smooth;
    let [cx, cy] = [w, h].map(|n| (n - 1) as f32 / 2.0);
    let columns: Vec<f32> = (cut.x0..cut.x0 + cut.width).map(|x| x as f32).collect();
    let [mut is, mut js] = [(); 2].map(|()| vec![0.0_f32; cut.width]);
    Field::by_rows(cut.width, cut.height, |y, row| {
        // Apart from the look-ups, so that it becomes vector code.
        let line = (cut.y0 + y) as f32;
        for ((x, i), j) in columns.iter().zip(&mut is).zip(&mut js) {
            let [u, v] = pose.unmap(*x, line);
            // The deformation is smooth, and hardly changes over its own length.
            let [du, dv] = smooth.displacement(u, v);
            *i = (u - du) * PX_PER_MM + cx + 0.5;
            *j = (v - dv) * PX_PER_MM + cy + 0.5;
        }
        row.fill(0.0);
        let by = (cut.y0 + y).wrapping_sub(window.y0);
        if by >= black.height {
            return;
        }
        let over = black.row(by);
        for (x, ((d, &i), &j)) in row.iter_mut().zip(&is).zip(&js).enumerate() {
            let deep = i >= 0.0 && j >= 0.0 && (i as usize) < w && (j as usize) < h && shallow.at(i as usize, j as usize) == 0.0;
            *d = f32::from(deep && over.get((cut.x0 + x).wrapping_sub(window.x0)).is_some_and(|&b| b < BLACK));
        }
    })
}

/// Means over blocks of pixels.
fn block_means(f: &Field, [bx, by]: [usize; 2]) -> Field {
    let whole = (bx * by) as f32;
    Field::by_rows(f.width / bx, f.height / by, |y, row| {
        row.fill(0.0);
        for line in (y * by..(y + 1) * by).map(|k| f.row(k)) {
            row.iter_mut().zip(line.chunks_exact(bx)).for_each(|(d, c)| *d += c.iter().sum::<f32>() / whole);
        }
    })
}

/// What is seen of a cut, and how much of it lies around each sample at the scales that are asked for.
struct Mask<'a, const K: usize> {
    field: &'a Field,
    sigmas: [f32; K],
    near: [OnceCell<Field>; K],
}

impl<'a, const K: usize> Mask<'a, K> {
    /// `sigmas` in samples.
    fn new(field: &'a Field, sigmas: [f32; K]) -> Self {
        Self { field, sigmas, near: std::array::from_fn(|_| OnceCell::new()) }
    }

    fn near(&self, scale: usize) -> &Field {
        self.near[scale].get_or_init(|| blur(self.field, self.sigmas[scale]))
    }
}

/// A field seen only where its mask is one; scales are places among the mask's.
struct Masked<'a, const K: usize> {
    values: Field,
    mask: &'a Mask<'a, K>,
    means: [OnceCell<Field>; K],
}

impl<'a, const K: usize> Masked<'a, K> {
    fn new(field: &Field, mask: &'a Mask<'a, K>) -> Self {
        let seen = &mask.field.data;
        let count = seen.iter().sum::<f32>().max(1.0);
        let total: f64 = field.data.iter().zip(seen).map(|(v, k)| f64::from(v * k)).sum();
        let mean = total as f32 / count;
        let mut values = field.clone();
        values.data.iter_mut().zip(seen).for_each(|(v, k)| *v = (*v - mean) * k);
        Self { values, mask, means: std::array::from_fn(|_| OnceCell::new()) }
    }

    /// Mean over the mask within a Gaussian, zero outside the mask.
    fn mean(&self, scale: usize) -> &Field {
        self.means[scale].get_or_init(|| {
            let mut mean = blur(&self.values, self.mask.sigmas[scale]);
            let values = mean.data.iter_mut().zip(&self.mask.near(scale).data).zip(&self.mask.field.data);
            values.for_each(|((m, n), k)| *m *= k / n.max(0.02));
            mean
        })
    }

    /// The band between two scales; without the first, from the samples themselves.
    fn band(&self, from: Option<usize>, to: usize) -> Field {
        self.each_of_band(from, to, |v| v)
    }

    /// Squares of a band.
    fn squares(&self, from: Option<usize>, to: usize) -> Field {
        self.each_of_band(from, to, |v| v * v)
    }

    fn each_of_band(&self, from: Option<usize>, to: usize, of: impl Fn(f32) -> f32) -> Field {
        let (from, to) = (from.map_or(&self.values, |scale| self.mean(scale)), self.mean(to));
        let data = from.data.iter().zip(&to.data).map(|(a, b)| of(a - b)).collect();
        Field { width: self.values.width, height: self.values.height, data }
    }
}

/// Natural log of the share of the colours' variance below a scale that density does not explain, a tile each.
fn unexplained<const K: usize>(luma: &Masked<'_, K>, colours: &[Masked<'_, K>; 2], places: &Places) -> Vec<f32> {
    let product = |a: &Field, b: &Field| {
        let mut p = a.clone();
        p.data.iter_mut().zip(&b.data).for_each(|(x, y)| *x *= y);
        places.sums(&p)
    };
    let density = luma.band(None, K - 1);
    let own = product(&density, &density);
    let (mut explained, mut all) = (vec![0.0; own.len()], vec![1e-9; own.len()]);
    for colour in colours {
        let band = colour.band(None, K - 1);
        let (with, square) = (product(&band, &density), product(&band, &band));
        for i in 0..own.len() {
            explained[i] += with[i] * with[i] / own[i].max(1e-9);
            all[i] += square[i];
        }
    }
    explained.iter().zip(&all).map(|(e, a)| (1.0 - e / a).clamp(1e-3, 1.0).ln() as f32).collect()
}

/// How far a grid of dots stands out of the spectrum; `None` when no window holds enough strokes.
fn screen<const K: usize>(masked: &Masked<'_, K>, mm: f32) -> Option<f32> {
    let seen = masked.mask.field;
    let mut band = masked.band(None, K - 1);
    // Every place weighs alike, however strong its ink.
    let mut squares = band.clone();
    squares.data.iter_mut().for_each(|v| *v *= *v);
    let (level, near) = (blur(&squares, 0.5 * mm), blur(seen, 0.5 * mm));
    let places = band.data.iter_mut().zip(level.data.iter().zip(&near.data));
    places.for_each(|(b, (l, n))| *b /= (l / n.max(0.02) + 1e-6).sqrt());

    let window: [f32; N] = std::array::from_fn(|i| 0.5 - 0.5 * (2.0 * std::f32::consts::PI * (i as f32 + 0.5) / N as f32).cos());
    let corners = |n: usize| (0..=n - N).step_by(N / 2);
    let mut places: Vec<(f32, usize, usize)> = Vec::new();
    for y in corners(band.height) {
        for x in corners(band.width) {
            let filled: f32 = (y..y + N).map(|j| seen.row(j)[x..x + N].iter().sum::<f32>()).sum();
            if filled > LEAST_SHARE * AREA as f32 {
                places.push((filled, x, y));
            }
        }
    }
    places.sort_by(|a, b| b.0.total_cmp(&a.0));
    places.truncate(MOST_WINDOWS);
    if places.is_empty() {
        return None;
    }
    let mut power = vec![0.0_f32; AREA];
    let (mut re, mut im) = (vec![0.0; AREA], vec![0.0; AREA]);
    let mut work = [vec![0.0; AREA], vec![0.0; AREA]];
    for &(_, x, y) in &places {
        for j in 0..N {
            let row = &band.row(y + j)[x..x + N];
            re[j * N..(j + 1) * N].iter_mut().zip(row).zip(&window).for_each(|((d, v), w)| *d = v * w * window[j]);
        }
        im.fill(0.0);
        transform(&mut re, &mut im, &mut work);
        power.iter_mut().zip(re.iter().zip(&im)).for_each(|(p, (a, b))| *p += a * a + b * b);
    }
    Some(highest_over_ring(&power, mm))
}

/// ln of the highest ratio of a sample of the power spectrum to the median of its ring, two lines a millimetre and finer.
fn highest_over_ring(power: &[f32], mm: f32) -> f32 {
    let signed = |k: usize| if k <= N / 2 { k as f32 } else { k as f32 - N as f32 };
    let first = (2.0 / mm * N as f32).ceil() as usize;
    let mut rings: Vec<Vec<f32>> = vec![Vec::new(); N];
    for (i, &p) in power.iter().enumerate() {
        rings[signed(i % N).hypot(signed(i / N)).round() as usize].push(p);
    }
    let mut best = 0.0_f32;
    // Beyond the circle rings are only corners.
    for ring in &mut rings[first.min(N / 2)..=N / 2] {
        ring.sort_by(f32::total_cmp);
        let (middle, top) = (ring[ring.len() / 2], ring[ring.len() - 1]);
        best = best.max((top / middle.max(1e-12)).ln());
    }
    best
}
