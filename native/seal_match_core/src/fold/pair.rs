//! Two aligned impressions, prepared so that a cut anywhere through them is read with a few integer operations a sample.
//!
//! What is done, once for all cuts:
//! 1. Stroke density of each impression in each square millimetre (`density`), Σx²/Σx over what is clearly ink, smoothed over σ 1.3 mm:
//!    it does not depend on *where* the ink lies, so a displaced stroke is not taken for a pale one.
//! 2. Each impression is divided by its own density: a stroke's edge is where the normalised ink passes a half, whatever the pressure.
//! 3. Both are quantised to a byte and kept side by side, row by row and column by column: whichever way a line runs, the two
//!    samples that its interpolation needs lie next to each other.
//! 4. Where black covers the moving impression, where too little of its ink is left to follow a stroke, and where the seal ends, a flag
//!    says so.

use crate::error::{Error, Result};
use crate::fold::density::{Blocks, Density};
use crate::plane::Field;
use crate::template::PX_PER_MM;
use crate::verify::Comparison;

/// Moving ink is poor where its strokes have less than this share of the seal's density.
const PALE: f32 = 0.35;
/// Moving ink is poor where less than this share of the reference's stroke area is inked.
const SPARSE: f32 = 0.45;
/// The same two limits from which a stroke that is not there at all is missing, and not just unprinted.
const SOUND: [f32; 2] = [0.60, 0.75];
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
        let rows = packed([reference, moving], [&mine, &theirs]);
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
    /// Flags of samples.
    #[inline]
    pub(crate) fn flags_at(&self, near: Near) -> u8 {
        let flags = |[x, y]: [usize; 2]| self.flags.get(y * self.width + x).copied().unwrap_or(OUTSIDE);
        near.only().map_or_else(|| near.samples().fold(0, |all, at| all | flags(at)), flags)
    }

    /// |cos| of the angle between a direction and the reference's gradient (Sobel) at samples; zero where it is flat and on the border.
    #[inline]
    pub(crate) fn across(&self, near: Near, along: [f32; 2]) -> f32 {
        let Near { x, y } = near;
        if x[0] == 0 || y[0] == 0 || x[1] as usize + 1 >= self.width || y[1] as usize + 1 >= self.height {
            return 0.0;
        }
        let sum = |[gx, gy]: [i32; 2], at| {
            let [x, y] = self.gradient(at);
            [gx + x, gy + y]
        };
        let gradient = near.only().map_or_else(|| near.samples().fold([0; 2], sum), |at| self.gradient(at));
        let [gx, gy] = gradient.map(|v| v as f32);
        (gx * along[0] + gy * along[1]).abs() / (gx * gx + gy * gy).sqrt().max(1.0)
    }

    /// The reference's gradient in x and y (Sobel) at a sample that is not on the border.
    #[inline]
    fn gradient(&self, [x, y]: [usize; 2]) -> [i32; 2] {
        let row = |y: usize| {
            let part = &self.rows[y * self.width + x - 1..][..3];
            [part[0], part[1], part[2]].map(|v| i32::from(v & 0xff))
        };
        let (up, mid, down) = (row(y - 1), row(y), row(y + 1));
        [up[2] - up[0] + 2 * (mid[2] - mid[0]) + down[2] - down[0], down[0] - up[0] + 2 * (down[1] - up[1]) + down[2] - up[2]]
    }
}

/// The samples nearest to a place: one, or those around it where it lies right between them, for no side may be preferred.
#[derive(Clone, Copy)]
pub(crate) struct Near {
    /// First and last column.
    x: [u32; 2],
    /// First and last row.
    y: [u32; 2],
}

impl Near {
    /// Those nearest to (x, y), which lies at (0, 0) or beyond.
    #[inline]
    pub(crate) fn to([x, y]: [f64; 2]) -> Self {
        let nearest = |v: f64| {
            let last = (v + 0.5) as u32;
            [last - u32::from(f64::from(last) == v + 0.5), last]
        };
        Self { x: nearest(x), y: nearest(y) }
    }

    /// Column and row where it is one, as it mostly is.
    #[inline]
    fn only(self) -> Option<[usize; 2]> {
        let Self { x, y } = self;
        (x[0] == x[1] && y[0] == y[1]).then_some([x[0] as usize, y[0] as usize])
    }

    /// Column and row of each.
    #[inline]
    fn samples(self) -> impl Iterator<Item = [usize; 2]> {
        let Self { x, y } = self;
        (y[0]..=y[1]).flat_map(move |y| (x[0]..=x[1]).map(move |x| [x as usize, y as usize]))
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

/// Divides both impressions by their densities and packs their bytes together.
fn packed(ink: [&Field; 2], density: [&Density; 2]) -> Vec<u16> {
    let (w, h) = (ink[0].width, ink[0].height);
    let blocks = [w, h].map(Blocks::new);
    let mut out = vec![0; w * h];
    let (mut mixed, mut rooms) = (Vec::new(), [Vec::new(), Vec::new()]);
    for (y, dst) in out.chunks_exact_mut(w).enumerate() {
        let [room_a, room_b] = &mut rooms;
        let a = density[0].scales(blocks, y, &mut mixed, room_a);
        let b = density[1].scales(blocks, y, &mut mixed, room_b);
        let inks = ink[0].row(y).iter().zip(ink[1].row(y));
        for ((d, (r, m)), (a, b)) in dst.iter_mut().zip(inks).zip(a.iter().zip(b)) {
            let byte = |v: f32| (v.clamp(0.0, 255.0) + ROUND).to_bits() & 0xff;
            *d = (byte(r * a) | byte(m * b) << 8) as u16;
        }
    }
    out
}

fn flags(covered: &Field, support: &Field, mine: &Density, theirs: &Density) -> Vec<u8> {
    let (w, h, count) = (covered.width, covered.height, mine.area.width);
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
    for (rows, poor) in Blocks::new(h).ranges().zip(poor.chunks_exact(count)) {
        for y in rows {
            let row = &mut out[y * w..(y + 1) * w];
            for (columns, &poor) in Blocks::new(w).ranges().zip(poor) {
                let maps = covered.row(y)[columns.clone()].iter().zip(&support.row(y)[columns.clone()]);
                for (f, (&c, &s)) in row[columns].iter_mut().zip(maps) {
                    *f = poor | if c >= 0.5 { COVERED } else { 0 } | if s > 0.0 { 0 } else { OUTSIDE };
                }
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
