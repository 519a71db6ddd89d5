//! Two aligned impressions, prepared so that a cut anywhere through them is read with a few integer operations a sample.
//!
//! What is done, once for all cuts:
//! 1. Stroke density of each impression in each square millimetre, Σx²/Σx over what is clearly ink, smoothed over σ 1.3 mm: it does
//!    not depend on *where* the ink lies, so a displaced stroke is not taken for a pale one.
//! 2. Each impression is divided by its own density: a stroke's edge is where the normalised ink passes a half, whatever the pressure.
//! 3. Both are quantised to a byte and kept side by side, row by row and column by column: whichever way a line runs, the two
//!    samples that its interpolation needs lie next to each other.
//! 4. Where black covers the moving impression, or too little of its ink is left to follow a stroke, a flag says so.
//! 5. The direction across the reference's outline at each sample, by which a stroke that runs along the cut is told.

use crate::error::{Error, Result};
use crate::filter::blur;
use crate::fold::trace::HALF;
use crate::plane::Field;
use crate::template::{PX_PER_MM, Reference};
use crate::verify::{Comparison, TRUSTED};

/// Samples in the side of a block whose density is measured: one millimetre.
const BLOCK: usize = 8;
/// Smoothing of densities, in blocks.
const SIGMA: f32 = 1.3;
/// Ink below this is paper.
const PAPER: f32 = 0.15;
/// Weight of the whole seal's density in a block that knows little of its own, in samples of full ink.
const PRIOR: f32 = 3.0;
/// Moving ink is poor where its strokes have less than this share of the seal's density.
const PALE: f32 = 0.35;
/// Moving ink is poor where less than this share of the reference's stroke area is inked.
const SPARSE: f32 = 0.45;
/// Byte of a full stroke.
const FULL: f32 = 2.0 * HALF as f32 / 256.0;

/// Why nothing can be said at a sample.
pub(crate) const COVERED: u8 = 1;
/// Too little moving ink.
pub(crate) const POOR: u8 = 2;

/// Two aligned impressions, ready to be cut.
pub struct Pair {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Reference in the low byte, moving in the high byte; rows contiguous.
    pub(crate) rows: Vec<u16>,
    /// The same, columns contiguous.
    pub(crate) columns: Vec<u16>,
    /// [`COVERED`] and [`POOR`], rows contiguous.
    pub(crate) flags: Vec<u8>,
    /// Unit vector across the reference's outline (x, y) times 127; rows contiguous.
    pub(crate) normals: Vec<[i8; 2]>,
    /// By how much each side of a moving stroke lies further out over the whole seal.
    pub(crate) gain_mm: f32,
    /// Reference ink as given, for ratios of ink.
    pub(crate) reference: Field,
    /// Moving ink as given.
    pub(crate) moving: Field,
}

impl Pair {
    /// Prepares two impressions on one grid of [`PX_PER_MM`] samples a millimetre, the seal's centre in the middle.
    ///
    /// `covered` is one where the moving impression cannot be seen; `gain_mm` by how much each side of its strokes lies further
    /// out than the reference's over the whole seal (more ink, softer rubber), so that a width is judged beyond that.
    ///
    /// # Errors
    /// [`Error::BadFoldMaps`] when the maps are of different sizes, smaller than 9 × 9 samples or hold NaN or infinity;
    /// [`Error::FoldOutOfRange`] when the gain is beyond ±1 mm.
    pub fn new(reference: &Field, moving: &Field, covered: &Field, gain_mm: f32) -> Result<Self> {
        let (width, height) = (reference.width, reference.height);
        let n = width * height;
        if width.min(height) < 9 || width.max(height) > usize::from(u16::MAX) {
            return Err(Error::BadFoldMaps { why: "a map is smaller than any seal, or larger than any" });
        }
        if [moving, covered].iter().any(|f| f.width != width || f.height != height) {
            return Err(Error::BadFoldMaps { why: "the maps differ in size" });
        }
        if [reference, moving, covered].iter().any(|f| f.data.len() != n) {
            return Err(Error::BadFoldMaps { why: "a map's samples do not fill it" });
        }
        if [reference, moving, covered].iter().any(|f| !finite(&f.data)) {
            return Err(Error::BadFoldMaps { why: "a map holds NaN or infinity" });
        }
        if !(-1.0..=1.0).contains(&gain_mm) {
            return Err(Error::FoldOutOfRange { what: "gain_mm", value: gain_mm, low: -1.0, high: 1.0 });
        }
        let mine = Density::of(reference, covered);
        let theirs = Density::of(moving, covered);
        let mut rows = vec![0_u16; n];
        normalise(reference, &mine.level, |i, byte| rows[i] = u16::from(byte));
        normalise(moving, &theirs.level, |i, byte| rows[i] |= u16::from(byte) << 8);
        let flags = flags(covered, &mine, &theirs);
        let columns = transposed(&rows, width, height);
        let normals = normals(&rows, width, height);
        let (reference, moving) = (reference.clone(), moving.clone());
        Ok(Self { width, height, rows, columns, flags, normals, gain_mm, reference, moving })
    }

    /// Prepares an examined impression.
    ///
    /// # Errors
    /// [`Error::AlignmentUntrusted`] when the alignment is only a guess; those of [`Pair::new`].
    pub fn of(reference: &Reference, comparison: &Comparison) -> Result<Self> {
        if !comparison.alignment.trusted() {
            return Err(Error::AlignmentUntrusted { inliers: comparison.alignment.fit.inliers, needed: TRUSTED });
        }
        let gain_mm = comparison.displacement.smooth.coefficients[2][0].clamp(-1.0, 1.0);
        Self::new(&reference.ink, &comparison.tiles.aligned, &comparison.tiles.covered, gain_mm)
    }

    /// Furthest that a cut can lie from the centre and still meet the grid, in millimetres.
    pub fn reach_mm(&self) -> f32 {
        ((self.width as f32).hypot(self.height as f32) / 2.0) / PX_PER_MM
    }
}

/// Whether no sample is NaN or infinite; one comparison of integers a sample, which the compiler turns into vectors.
fn finite(data: &[f32]) -> bool {
    let top = data.iter().fold(0_i32, |m, v| m.max((v.to_bits() & 0x7fff_ffff) as i32));
    top < 0x7f80_0000
}

/// How much ink lies in each block, and how dense it is.
struct Density {
    /// Stroke density, a value a block.
    level: Field,
    /// Density of the whole seal's strokes.
    whole: f32,
    /// Ink in full samples, a value a block.
    area: Field,
}

impl Density {
    fn of(ink: &Field, covered: &Field) -> Self {
        let (w, h) = (ink.width, ink.height);
        let (bw, bh) = (w.div_ceil(BLOCK), h.div_ceil(BLOCK));
        let (mut s1, mut s2) = (Field::zeros(bw, bh), Field::zeros(bw, bh));
        let (mut line1, mut line2) = (vec![0.0_f32; bw * BLOCK], vec![0.0_f32; bw * BLOCK]);
        for j in 0..bh {
            line1.fill(0.0);
            line2.fill(0.0);
            for y in j * BLOCK..((j + 1) * BLOCK).min(h) {
                let sums = line1.iter_mut().zip(line2.iter_mut());
                for ((a, b), (&v, &c)) in sums.zip(ink.row(y).iter().zip(covered.row(y))) {
                    let v = if v > PAPER && c < 0.5 { v } else { 0.0 };
                    *a += v;
                    *b += v * v;
                }
            }
            let blocks = line1.chunks_exact(BLOCK).zip(line2.chunks_exact(BLOCK));
            for (i, (a, b)) in blocks.enumerate() {
                s1.data[j * bw + i] = a.iter().sum();
                s2.data[j * bw + i] = b.iter().sum();
            }
        }
        let (all1, all2) = (s1.data.iter().sum::<f32>(), s2.data.iter().sum::<f32>());
        let whole = if all1 > 0.0 { all2 / all1 } else { 1.0 };
        let (mut area, mut level) = (blur(&s1, SIGMA), blur(&s2, SIGMA));
        for (a, l) in area.data.iter_mut().zip(&mut level.data) {
            *l = ((*l + PRIOR * whole) / (*a + PRIOR)).clamp(0.35, 1.4);
            *a /= *l;
        }
        Self { level, whole, area }
    }
}

/// Divides by the density, interpolated between block centres, and quantises; calls `put` with every index and byte.
fn normalise(ink: &Field, level: &Field, mut put: impl FnMut(usize, u8)) {
    let (w, h) = (ink.width, ink.height);
    let last = level.width - 1;
    let mut scale = vec![0.0_f32; w];
    let mut mixed = vec![0.0_f32; level.width];
    for y in 0..h {
        let at = ((y as f32 + 0.5) / BLOCK as f32 - 0.5).clamp(0.0, (level.height - 1) as f32);
        let (j, f) = (at as usize, at.fract());
        let (up, down) = (level.row(j), level.row((j + 1).min(level.height - 1)));
        // Interpolated as scales, not as densities: one division a block, not a sample.
        mixed.iter_mut().zip(up.iter().zip(down)).for_each(|(m, (a, b))| *m = FULL / (a + f * (b - a)));
        for (i, part) in scale.chunks_mut(BLOCK).enumerate() {
            // Samples of a block lie half a block to either side of its centre.
            let (before, here, after) = (mixed[i.saturating_sub(1)], mixed[i], mixed[(i + 1).min(last)]);
            for (k, s) in part.iter_mut().enumerate() {
                let t = (k as f32 + 0.5) / BLOCK as f32 - 0.5;
                *s = here + if t < 0.0 { t * (here - before) } else { t * (after - here) };
            }
        }
        let row = ink.row(y).iter().zip(&scale);
        row.enumerate().for_each(|(x, (v, s))| put(y * w + x, (v * s + 0.5).clamp(0.0, 255.0) as u8));
    }
}

fn flags(covered: &Field, mine: &Density, theirs: &Density) -> Vec<u8> {
    let (w, bw) = (covered.width, mine.area.width);
    let poor: Vec<u8> = (0..mine.area.data.len())
        .map(|i| {
            let pale = theirs.level.data[i] < PALE * theirs.whole.max(0.5);
            // A block without strokes of the reference is not poor.
            let sparse = theirs.area.data[i] < SPARSE * mine.area.data[i] - 1.0;
            if pale || sparse { POOR } else { 0 }
        })
        .collect();
    let mut out = vec![0; covered.data.len()];
    for (y, row) in out.chunks_exact_mut(w).enumerate() {
        let blocks = &poor[(y / BLOCK) * bw..(y / BLOCK + 1) * bw];
        for ((part, covered), &poor) in row.chunks_mut(BLOCK).zip(covered.row(y).chunks(BLOCK)).zip(blocks) {
            part.iter_mut().zip(covered).for_each(|(f, &c)| *f = poor | if c >= 0.5 { COVERED } else { 0 });
        }
    }
    out
}

/// Columns contiguous instead of rows, in squares that stay in the cache.
fn transposed(rows: &[u16], width: usize, height: usize) -> Vec<u16> {
    const SQUARE: usize = 16;
    let mut out = vec![0; rows.len()];
    for y0 in (0..height).step_by(SQUARE) {
        let y1 = (y0 + SQUARE).min(height);
        for x0 in (0..width).step_by(SQUARE) {
            for x in x0..(x0 + SQUARE).min(width) {
                let column = &mut out[x * height + y0..x * height + y1];
                column.iter_mut().enumerate().for_each(|(k, v)| *v = rows[(y0 + k) * width + x]);
            }
        }
    }
    out
}

/// The reference's gradient (Sobel) as unit vectors; zero where it is flat and on the border.
fn normals(rows: &[u16], width: usize, height: usize) -> Vec<[i8; 2]> {
    let mut out = vec![[0_i8; 2]; rows.len()];
    let ink: Vec<f32> = rows.iter().map(|&v| f32::from(v as u8)).collect();
    for y in 1..height - 1 {
        let line = |y: usize| &ink[y * width..(y + 1) * width];
        let (up, mid, down) = (line(y - 1), line(y), line(y + 1));
        let dst = &mut out[y * width + 1..(y + 1) * width - 1];
        for (x, d) in dst.iter_mut().enumerate() {
            let gx = up[x + 2] - up[x] + 2.0 * (mid[x + 2] - mid[x]) + down[x + 2] - down[x];
            let gy = down[x] - up[x] + 2.0 * (down[x + 1] - up[x + 1]) + down[x + 2] - up[x + 2];
            let scale = 127.0 / (gx * gx + gy * gy).sqrt().max(1.0);
            *d = [(gx * scale) as i8, (gy * scale) as i8];
        }
    }
    out
}
