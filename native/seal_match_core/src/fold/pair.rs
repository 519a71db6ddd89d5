//! Two aligned impressions, prepared so that a cut anywhere through them is read with a few integer operations a sample.
//!
//! What is done, once for all cuts:
//! 1. Stroke density of each impression in each square millimetre, Σx²/Σx over what is clearly ink, smoothed over σ 1.3 mm: it does
//!    not depend on *where* the ink lies, so a displaced stroke is not taken for a pale one.
//! 2. Each impression is divided by its own density: a stroke's edge is where the normalised ink passes a half, whatever the pressure.
//! 3. Both are quantised to a byte and kept side by side, row by row and column by column: whichever way a line runs, the two
//!    samples that its interpolation needs lie next to each other.
//! 4. Where black covers the moving impression, where too little of its ink is left to follow a stroke, and where the seal ends, a flag
//!    says so.

use crate::error::{Error, Result};
use crate::filter::blur;
use crate::fold::trace::HALF;
use crate::plane::Field;
use crate::template::PX_PER_MM;
use crate::verify::Comparison;

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
/// The same two limits from which a stroke that is not there at all is missing, and not just unprinted.
const SOUND: [f32; 2] = [0.60, 0.75];
/// Byte of a full stroke; what is darker is as good as full.
const FULL: f32 = 2.0 * HALF as f32 / 256.0;
/// Two to the 23rd: added to a small number it leaves the rounded number in the lowest bits, which vectors can do.
const ROUND: f32 = 8_388_608.0;

/// Why nothing can be said at a sample.
pub(crate) const COVERED: u8 = 1;
/// Too little moving ink.
pub(crate) const POOR: u8 = 2;
/// Outside the seal.
pub(crate) const OUTSIDE: u8 = 4;
/// Moving ink that can be followed, but has gaps.
pub(crate) const FAINT: u8 = 8;

/// Two aligned impressions on one grid of [`PX_PER_MM`] samples a millimetre, the seal's centre in the middle; all of one size.
#[derive(Clone, Copy)]
pub struct Impressions<'a> {
    /// Reference ink; one is a full stroke.
    pub reference: &'a Field,
    /// Moving ink; one is a full stroke.
    pub moving: &'a Field,
    /// One where the moving impression cannot be seen.
    pub covered: &'a Field,
    /// One inside the seal, zero outside.
    pub support: &'a Field,
    /// By how much each side of a moving stroke lies further out than the reference's over the whole seal (more ink, softer
    /// rubber), so that a width is judged beyond that.
    pub gain_mm: f32,
}

/// Two aligned impressions, ready to be cut.
pub struct Pair<'a> {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// The reference in the low, the moving ink in the high byte; rows contiguous.
    pub(crate) rows: Vec<u16>,
    /// The same, columns contiguous.
    pub(crate) columns: Vec<u16>,
    /// [`COVERED`], [`POOR`], [`FAINT`] and [`OUTSIDE`], rows contiguous.
    pub(crate) flags: Vec<u8>,
    /// Furthest that the seal reaches from the centre, in samples.
    pub(crate) radius: f32,
    /// By how much each side of a moving stroke lies further out over the whole seal.
    pub(crate) gain_mm: f32,
    /// Reference ink as given, for ratios of ink.
    pub(crate) reference: &'a Field,
    /// Moving ink as given.
    pub(crate) moving: &'a Field,
}

impl<'a> Pair<'a> {
    /// Prepares two impressions.
    ///
    /// # Errors
    /// [`Error::BadFoldMaps`] when the maps are of different sizes, smaller than 9 × 9 samples or hold NaN or infinity;
    /// [`Error::FoldOutOfRange`] when the gain is beyond ±1 mm.
    pub fn new(given: &Impressions<'a>) -> Result<Self> {
        let Impressions { reference, moving, covered, support, gain_mm } = *given;
        let (width, height) = (reference.width, reference.height);
        let n = width * height;
        if width.min(height) < 9 || width.max(height) > usize::from(u16::MAX) {
            return Err(Error::BadFoldMaps { why: "a map is smaller than any seal, or larger than any" });
        }
        if [moving, covered, support].iter().any(|f| f.width != width || f.height != height) {
            return Err(Error::BadFoldMaps { why: "the maps differ in size" });
        }
        if [reference, moving, covered, support].iter().any(|f| f.data.len() != n) {
            return Err(Error::BadFoldMaps { why: "a map's samples do not fill it" });
        }
        if [reference, moving, covered, support].iter().any(|f| !finite(&f.data)) {
            return Err(Error::BadFoldMaps { why: "a map holds NaN or infinity" });
        }
        if !(-1.0..=1.0).contains(&gain_mm) {
            return Err(Error::FoldOutOfRange { what: "gain_mm", value: gain_mm, low: -1.0, high: 1.0 });
        }
        let mine = Density::of(reference, covered);
        let theirs = Density::of(moving, covered);
        let rows = packed([reference, moving], [&mine.level, &theirs.level]);
        let columns = transposed(&rows, width, height);
        let flags = flags(covered, support, &mine, &theirs);
        let radius = radius(support);
        Ok(Self { width, height, rows, columns, flags, radius, gain_mm, reference, moving })
    }

    /// Prepares an examined impression.
    ///
    /// # Errors
    /// [`Error::AlignmentUntrusted`] when the alignment is only a guess; those of [`Pair::new`].
    pub fn of(comparison: &'a Comparison) -> Result<Self> {
        comparison.require_trusted()?;
        let gain_mm = comparison.displacement.smooth.coefficients[2][0].clamp(-1.0, 1.0);
        Self::new(&Impressions {
            reference: &comparison.reference_ink,
            moving: &comparison.tiles.aligned,
            covered: &comparison.tiles.covered,
            support: &comparison.support,
            gain_mm,
        })
    }

    /// Furthest that a cut can lie from the centre and still meet the grid, in millimetres.
    pub fn reach_mm(&self) -> f32 {
        ((self.width as f32).hypot(self.height as f32) / 2.0) / PX_PER_MM
    }

    /// Furthest that the seal reaches from the centre, in millimetres.
    pub fn radius_mm(&self) -> f32 {
        self.radius / PX_PER_MM
    }
}

impl Pair<'_> {
    /// Column and row of the sample nearest to (x, y), which lies at (0, 0) or beyond.
    #[inline]
    pub(crate) fn nearest([x, y]: [f32; 2]) -> [i32; 2] {
        [(x + 0.5) as i32, (y + 0.5) as i32]
    }

    /// Flags of a sample.
    #[inline]
    pub(crate) fn flags_at(&self, [x, y]: [i32; 2]) -> u8 {
        self.flags.get(y as usize * self.width + x as usize).copied().unwrap_or(OUTSIDE)
    }

    /// |cos| of the angle between a direction and the reference's gradient (Sobel) at a sample; zero where it is flat and on the
    /// border.
    #[inline]
    pub(crate) fn across(&self, [x, y]: [i32; 2], along: [f32; 2]) -> f32 {
        let (x, y, w) = (x as usize, y as usize, self.width);
        if x == 0 || y == 0 || x + 1 >= w || y + 1 >= self.height {
            return 0.0;
        }
        let row = |y: usize| {
            let part = &self.rows[y * w + x - 1..][..3];
            [part[0], part[1], part[2]].map(|v| i32::from(v & 0xff))
        };
        let (up, mid, down) = (row(y - 1), row(y), row(y + 1));
        let gx = (up[2] - up[0] + 2 * (mid[2] - mid[0]) + down[2] - down[0]) as f32;
        let gy = (down[0] - up[0] + 2 * (down[1] - up[1]) + down[2] - up[2]) as f32;
        (gx * along[0] + gy * along[1]).abs() / (gx * gx + gy * gy).sqrt().max(1.0)
    }
}

/// Distance of the furthest sample of the seal from the middle, rounded up.
fn radius(support: &Field) -> f32 {
    let (cx, cy) = ((support.width - 1) as f32 / 2.0, (support.height - 1) as f32 / 2.0);
    let mut furthest = 0.0_f32;
    for y in 0..support.height {
        let row = support.row(y);
        // The seal is convex for this purpose: only the ends of a row can be furthest.
        for x in [row.iter().position(|&v| v > 0.0), row.iter().rposition(|&v| v > 0.0)].into_iter().flatten() {
            furthest = furthest.max((x as f32 - cx).hypot(y as f32 - cy));
        }
    }
    furthest.ceil()
}

/// Whether no sample is NaN or infinite: the largest exponent plus one carries into the sign. The compiler turns it into vectors.
fn finite(data: &[f32]) -> bool {
    data.iter().fold(0, |all, v| all | ((v.to_bits() & 0x7f80_0000) + 0x0080_0000)) >> 31 == 0
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

/// Divides both impressions by their densities, interpolated between block centres, and packs their bytes together.
fn packed(ink: [&Field; 2], level: [&Field; 2]) -> Vec<u16> {
    let (w, h) = (ink[0].width, ink[0].height);
    let mut out = vec![0; w * h];
    let mut scales = [vec![0.0_f32; w], vec![0.0_f32; w]];
    let mut mixed = vec![0.0_f32; level[0].width];
    for (y, dst) in out.chunks_exact_mut(w).enumerate() {
        for (scale, level) in scales.iter_mut().zip(level) {
            scale_row(level, y, &mut mixed, scale);
        }
        let [a, b] = &scales;
        let inks = ink[0].row(y).iter().zip(ink[1].row(y));
        for ((d, (r, m)), (a, b)) in dst.iter_mut().zip(inks).zip(a.iter().zip(b)) {
            let byte = |v: f32| (v.clamp(0.0, 255.0) + ROUND).to_bits() & 0xff;
            *d = (byte(r * a) | byte(m * b) << 8) as u16;
        }
    }
    out
}

/// The scales of row `y`: interpolated as such, not as densities, so that a block needs one division and a sample none.
fn scale_row(level: &Field, y: usize, mixed: &mut [f32], scale: &mut [f32]) {
    let at = ((y as f32 + 0.5) / BLOCK as f32 - 0.5).clamp(0.0, (level.height - 1) as f32);
    let (j, f) = (at as usize, at.fract());
    let (up, down) = (level.row(j), level.row((j + 1).min(level.height - 1)));
    mixed.iter_mut().zip(up.iter().zip(down)).for_each(|(m, (a, b))| *m = FULL / (a + f * (b - a)));
    let last = level.width - 1;
    for (i, part) in scale.chunks_mut(BLOCK).enumerate() {
        // Samples of a block lie half a block to either side of its centre.
        let (before, here, after) = (mixed[i.saturating_sub(1)], mixed[i], mixed[(i + 1).min(last)]);
        for (k, s) in part.iter_mut().enumerate() {
            let t = (k as f32 + 0.5) / BLOCK as f32 - 0.5;
            *s = here + if t < 0.0 { t * (here - before) } else { t * (after - here) };
        }
    }
}

fn flags(covered: &Field, support: &Field, mine: &Density, theirs: &Density) -> Vec<u8> {
    let (w, bw) = (covered.width, mine.area.width);
    let poor: Vec<u8> = (0..mine.area.data.len())
        .map(|i| {
            // A block without strokes of the reference has nothing to be poor in.
            let (density, area) = (theirs.level.data[i] / theirs.whole.max(0.5), theirs.area.data[i] + 1.0);
            let below = |[pale, sparse]: [f32; 2]| density < pale || area < sparse * mine.area.data[i];
            if below([PALE, SPARSE]) {
                POOR
            } else if below(SOUND) {
                FAINT
            } else {
                0
            }
        })
        .collect();
    let mut out = vec![0; covered.data.len()];
    for (y, row) in out.chunks_exact_mut(w).enumerate() {
        let blocks = &poor[(y / BLOCK) * bw..(y / BLOCK + 1) * bw];
        let maps = covered.row(y).chunks(BLOCK).zip(support.row(y).chunks(BLOCK));
        for ((part, (covered, support)), &poor) in row.chunks_mut(BLOCK).zip(maps).zip(blocks) {
            for ((f, &c), &s) in part.iter_mut().zip(covered).zip(support) {
                *f = poor | if c >= 0.5 { COVERED } else { 0 } | if s > 0.0 { 0 } else { OUTSIDE };
            }
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
