//! Too identical: was the questioned impression stamped, or is it an earlier one, pasted in?
//!
//! Two stampings of a die share its shape. They do not share where ink ran thin, which specks are missing and how the paper's
//! fibres drew the film: inside a stroke, where the die is flat, the film of each stamping is its own. A copy keeps it, through
//! re-encoding, turning, resizing and a change of brightness.
//!
//! ```text
//! shape    = the reference's ink from 0.2 to 0.7 as 0 to 1: the outline in full, nothing of the card's own film
//! film     : samples whose 3 × 3 neighbours are stroke (ink above 0.5); outline : stroke and neighbours that are not film; both uncovered
//! for each of the two, over its own samples, those left out whose ink is far beyond what shape explains (print lies over them), and
//! those where no ink is left over an area (a copy was trimmed)
//!   own    = aligned moving ink − its least-squares fit by shape and its blurs     (a thin stroke is paler in every scan)
//!   band   = own within σ 0.125 mm − own within σ 0.75 mm                          (noise is finer, pressure is slower)
//!   level  = band / its deviation within σ 0.75 mm, to one of five levels          (Lloyd–Max for a normal deviate)
//!   correlation of two imprints = Σ a·b / √(Σ a² · Σ b²) over the samples that both know
//! likeness = (2 · film + outline) / 3
//! ```
//! The outline's grain tells less: the rough edges of the die, and of the card's own stamping in `shape`, are in every impression.
//! Both impressions lie on the reference's grid already, by the engine's own alignment, smooth deformation included.
//! Quantiser: Max, IRE Transactions IT-6 (1960), 10.1109/TIT.1960.1057548.

use crate::error::{Error, Result};
use crate::filter::{blur, dilate};
use crate::geometry::Normal;
use crate::plane::{Field, quantile};
use crate::template::{PX_PER_MM, Reference};
use crate::verify::Comparison;

/// The code of a sample of which nothing is known: paper, or covered.
pub const UNKNOWN: u8 = 0;
/// Codes 1 to `LEVELS` are a film's levels from the thinnest to the thickest, the next `LEVELS` codes those of an outline.
pub const LEVELS: u8 = 5;
/// Samples of film, and of outline, that two imprints must share for their likeness to mean anything.
pub const LEAST_SAMPLES: usize = 200;

/// Reference ink from which a sample is stroke.
const STROKE: f32 = 0.5;
/// Reference ink that counts as none, and as full, in the shape.
const SHAPE: [f32; 2] = [0.2, 0.7];
/// Blurs of the shape, in samples, by which the film is predicted.
const SHAPE_SIGMAS: [f32; 4] = [1.0, 2.0, 4.0, 8.0];
/// Robust deviations beyond which more ink than the shape explains is not the film's, and how far its blur reaches.
const OVERPRINTED: f32 = 4.0;
const REACH: usize = 2;
/// Ink below this is paper. Where less than a share of the strokes within about a millimetre is more, the impression is bare; its edge
/// is left out too.
const PAPER: f32 = 0.15;
const BARE_SHARE: f32 = 0.25;
const BARE_SIGMA: f32 = 0.5 * PX_PER_MM;
const BARE_REACH: usize = 6;
/// Finer changes than the first number of samples are taken for noise, slower ones than the second are left out.
const BAND_SIGMAS: [f32; 2] = [0.125 * PX_PER_MM, 0.75 * PX_PER_MM];
/// Weights of film and outline in a likeness.
const WEIGHTS: [f32; 2] = [2.0 / 3.0, 1.0 / 3.0];
/// Thresholds between the middle level, the next and the last one, and what the levels stand for, in standard deviations.
const STEPS: [f32; 2] = [0.382, 1.244];
const VALUES: [f32; LEVELS as usize] = [-1.724, -0.764, 0.0, 0.764, 1.724];
/// Codes of an imprint.
const CODES: usize = 1 + 2 * LEVELS as usize;
/// Predictors of the ink: one, the shape, its blurs, and three products of them.
const PREDICTORS: usize = 9;

/// What one stamping left that another does not repeat: a level a sample of the reference's grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imprint {
    width: usize,
    height: usize,
    levels: Vec<u8>,
}

/// How far two imprints agree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Likeness {
    /// Correlation of their films inside the strokes, −1 to 1: near 0 for two stampings, near 1 for one.
    pub film: f32,
    /// Correlation of their outlines' grain, −1 to 1.
    pub outline: f32,
    /// Samples that both know.
    pub samples: usize,
}

impl Likeness {
    /// Both in one number, −1 to 1.
    pub fn value(&self) -> f32 {
        WEIGHTS[0] * self.film + WEIGHTS[1] * self.outline
    }
}

impl Imprint {
    /// Takes the imprint of an examined impression.
    ///
    /// # Errors
    /// [`Error::AlignmentUntrusted`] when the alignment is only a guess; [`Error::BadImprint`] when the comparison is of another
    /// reference's size.
    pub fn of(reference: &Reference, comparison: &Comparison) -> Result<Self> {
        comparison.require_trusted()?;
        let moving = &comparison.tiles.aligned;
        if [moving.width, moving.height] != [reference.ink.width, reference.ink.height] {
            return Err(Error::BadImprint { why: "the comparison is of another template" });
        }
        Ok(Self::from_maps(&reference.ink, moving, &comparison.tiles.covered))
    }

    /// Takes the imprint of moving ink laid over reference ink, where nothing is covered; all three of one size.
    fn from_maps(reference: &Field, moving: &Field, covered: &Field) -> Self {
        let (width, height) = (reference.width, reference.height);
        let mapped = |value: fn(f32) -> f32| {
            Field::by_rows(width, height, |y, row| {
                row.iter_mut().zip(reference.row(y)).for_each(|(d, &v)| *d = value(v));
            })
        };
        let strokes = mapped(|v| f32::from(v > STROKE));
        let shape = mapped(|v| ((v - SHAPE[0]) / (SHAPE[1] - SHAPE[0])).clamp(0.0, 1.0));
        let [a, b, c, d] = SHAPE_SIGMAS.map(|sigma| blur(&shape, sigma));
        let shapes = [shape, a, b, c, d];
        let mut levels = vec![UNKNOWN; width * height];
        let hidden = bare(&strokes, moving, covered);
        for (part, mask) in parts(&strokes, &hidden).into_iter().enumerate() {
            // Print pulls the fit of what it lies over; without the worst of it the rest shows.
            let once = unprinted(&own(&shapes, moving, &mask), &mask);
            let mask = unprinted(&own(&shapes, moving, &once), &once);
            let band = band(&own(&shapes, moving, &mask), &mask);
            let first = 1 + LEVELS * part as u8;
            for ((code, deviation), k) in levels.iter_mut().zip(&band.data).zip(&mask.data) {
                if *k > 0.0 {
                    *code = first + level(*deviation);
                }
            }
        }
        Self { width, height, levels }
    }

    /// An imprint from codes, row by row.
    ///
    /// # Errors
    /// [`Error::BadImprint`] when the codes do not fill the grid or one is none of theirs.
    ///
    /// ```
    /// use seal_match_core::compare::identical::Imprint;
    /// assert!(Imprint::new(3, 2, vec![0, 1, 5, 10, 3, 0]).is_ok());
    /// assert!(Imprint::new(3, 2, vec![0, 1, 5, 11, 3, 0]).is_err());
    /// ```
    pub fn new(width: usize, height: usize, levels: Vec<u8>) -> Result<Self> {
        if width.checked_mul(height) != Some(levels.len()) {
            return Err(Error::BadImprint { why: "its codes do not fill it" });
        }
        if levels.iter().any(|&l| usize::from(l) >= CODES) {
            return Err(Error::BadImprint { why: "a code is none of its levels" });
        }
        Ok(Self { width, height, levels })
    }

    /// Columns and rows.
    pub fn size(&self) -> [usize; 2] {
        [self.width, self.height]
    }

    /// The codes, row by row.
    pub fn levels(&self) -> &[u8] {
        &self.levels
    }

    /// How far two imprints of one reference agree; `None` when they share fewer than [`LEAST_SAMPLES`] samples, or one is flat.
    ///
    /// # Errors
    /// [`Error::BadImprint`] when they are of different sizes: they cannot be of one reference.
    pub fn likeness(&self, other: &Self) -> Result<Option<Likeness>> {
        if self.size() != other.size() {
            return Err(Error::BadImprint { why: "it is of another template" });
        }
        // How often each pair of codes meets: whole numbers, so that the sums do not depend on an order.
        let meetings = meetings(&self.levels, &other.levels);
        let part = |first: usize| {
            let (mut samples, mut ab, mut aa, mut bb) = (0_u32, 0.0_f64, 0.0_f64, 0.0_f64);
            for (a, x) in VALUES.iter().enumerate() {
                for (b, y) in VALUES.iter().enumerate() {
                    let (n, x, y) = (meetings[first + a][first + b], f64::from(*x), f64::from(*y));
                    samples += n;
                    ab += f64::from(n) * x * y;
                    aa += f64::from(n) * x * x;
                    bb += f64::from(n) * y * y;
                }
            }
            let enough = samples as usize >= LEAST_SAMPLES && aa > 0.0 && bb > 0.0;
            enough.then(|| ((ab / (aa * bb).sqrt()) as f32, samples as usize))
        };
        let parts = part(1).zip(part(1 + usize::from(LEVELS)));
        Ok(parts.map(|((film, n), (outline, m))| Likeness { film, outline, samples: n + m }))
    }
}

/// How often each pair of codes meets.
fn meetings(first: &[u8], second: &[u8]) -> [[u32; CODES]; CODES] {
    // Neighbours are often alike: four tables, lest each sample wait for the count of the one before it.
    let mut tables = [[[0_u32; CODES]; CODES]; 4];
    for (a, b) in first.chunks(4).zip(second.chunks(4)) {
        for ((a, b), table) in a.iter().zip(b).zip(&mut tables) {
            table[usize::from(*a)][usize::from(*b)] += 1;
        }
    }
    let mut sum = [[0; CODES]; CODES];
    for table in &tables {
        for (sums, counts) in sum.iter_mut().zip(table) {
            sums.iter_mut().zip(counts).for_each(|(s, c)| *s += c);
        }
    }
    sum
}

/// The level of a deviation, 0 to [`LEVELS`] − 1.
fn level(deviation: f32) -> u8 {
    let size = STEPS.iter().filter(|&&s| deviation.abs() > s).count() as u8;
    if deviation < 0.0 { LEVELS / 2 - size } else { LEVELS / 2 + size }
}

/// What is covered, and where no ink is left over an area: a copy was cut off there, or the die did not touch the paper. Either has no
/// film, and would pull the fit of the rest.
fn bare(strokes: &Field, moving: &Field, covered: &Field) -> Field {
    let mut inked = strokes.clone();
    inked.data.iter_mut().zip(&moving.data).for_each(|(v, &m)| *v *= f32::from(m > PAPER));
    let (inked, all) = (blur(&inked, BARE_SIGMA), blur(strokes, BARE_SIGMA));
    let mut bare = strokes.clone();
    for (v, (i, a)) in bare.data.iter_mut().zip(inked.data.iter().zip(&all.data)) {
        *v *= f32::from(*i < BARE_SHARE * a);
    }
    let mut hidden = dilate(&bare, BARE_REACH);
    hidden.data.iter_mut().zip(&covered.data).for_each(|(v, &c)| *v = v.max(c));
    hidden
}

/// One on the samples of the film, and one on those of the outline, zero elsewhere.
fn parts(strokes: &Field, covered: &Field) -> [Field; 2] {
    let mut ground = strokes.clone();
    ground.data.iter_mut().for_each(|v| *v = 1.0 - *v);
    let mut film = dilate(&ground, 1);
    film.data.iter_mut().for_each(|v| *v = 1.0 - *v);
    let mut outline = dilate(strokes, 1);
    outline.data.iter_mut().zip(&film.data).for_each(|(o, f)| *o -= f);
    [film, outline].map(|mut part| {
        part.data.iter_mut().zip(&covered.data).for_each(|(v, &c)| *v = f32::from(*v > 0.5 && c < 0.5));
        part
    })
}

/// Moving ink less what the shape alone predicts of it over the mask, zero elsewhere.
fn own(shapes: &[Field; 5], moving: &Field, mask: &Field) -> Field {
    let predictors = |i: usize| -> [f32; PREDICTORS] {
        let [s, a, b, c, d] = shapes.each_ref().map(|f| f.data[i]);
        [1.0, s, a, b, c, d, a * c, a * d, b * d]
    };
    let mut normal = Normal::<PREDICTORS>::new();
    let within = || (0..mask.data.len()).filter(|&i| mask.data[i] > 0.0);
    within().for_each(|i| normal.add(&predictors(i), moving.data[i], 1.0));
    let fit = normal.solve(&[1e-3; PREDICTORS]).unwrap_or_default();
    let mut own = Field::zeros(moving.width, moving.height);
    for i in within() {
        let expected: f64 = predictors(i).iter().zip(&fit).map(|(&p, f)| f64::from(p) * f).sum();
        own.data[i] = moving.data[i] - expected as f32;
    }
    own
}

/// The mask without what lies under black print that covered nothing: by its ink, far more than the shape explains.
fn unprinted(own: &Field, mask: &Field) -> Field {
    let within = own.data.iter().zip(&mask.data).filter(|(_, k)| **k > 0.0);
    let mut values: Vec<f32> = within.map(|(v, _)| *v).collect();
    let middle = quantile(&mut values, 0.5).unwrap_or(0.0);
    for v in &mut values {
        *v = (*v - middle).abs();
    }
    let limit = middle + OVERPRINTED * 1.4826 * quantile(&mut values, 0.5).unwrap_or(0.0);
    let mut beyond = own.clone();
    beyond.data.iter_mut().for_each(|v| *v = f32::from(*v > limit));
    let mut left = dilate(&beyond, REACH);
    left.data.iter_mut().zip(&mask.data).for_each(|(v, k)| *v = k * (1.0 - *v));
    left
}

/// The middle scales of a field over the mask, in units of their own deviation nearby.
fn band(field: &Field, mask: &Field) -> Field {
    let [fine, wide] = BAND_SIGMAS;
    let near_wide = blur(mask, wide);
    let mean = |f: &Field, sigma: f32, near: &Field| {
        let mut mean = blur(f, sigma);
        let values = mean.data.iter_mut().zip(&near.data).zip(&mask.data);
        values.for_each(|((m, n), k)| *m *= k / n.max(0.02));
        mean
    };
    let mut band = mean(field, fine, &blur(mask, fine));
    let slow = mean(&band, wide, &near_wide);
    band.data.iter_mut().zip(&slow.data).for_each(|(b, s)| *b -= s);
    let mut squares = band.clone();
    squares.data.iter_mut().for_each(|v| *v *= *v);
    let samples: f32 = mask.data.iter().sum();
    // A quarter of the whole seal's variance as prior: an even film must not be blown up to look like texture.
    let prior = 0.25 * squares.data.iter().sum::<f32>() / samples.max(1.0);
    let variance = mean(&squares, wide, &near_wide);
    band.data.iter_mut().zip(&variance.data).for_each(|(b, v)| *b /= (v + prior).max(1e-12).sqrt());
    band
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disc with a ring around it.
    fn seal() -> Field {
        let n = 121;
        Field::by_rows(n, n, |y, row| {
            for (x, v) in row.iter_mut().enumerate() {
                let r = (x as f32 - 60.0).hypot(y as f32 - 60.0);
                *v = f32::from(r < 22.0 || (36.0..48.0).contains(&r));
            }
        })
    }

    /// The seal stamped with a film of its own.
    fn stamped(seal: &Field, seed: u32) -> Field {
        let mut state = seed;
        let mut noise = seal.clone();
        for v in &mut noise.data {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *v = (state >> 8) as f32 / 8_388_608.0 - 1.0;
        }
        let noise = blur(&noise, 1.5);
        let mut out = blur(seal, 0.9);
        out.data.iter_mut().zip(&noise.data).for_each(|(v, n)| *v *= 1.0 + 0.5 * n);
        out
    }

    fn imprint(moving: &Field) -> Imprint {
        let seal = seal();
        Imprint::from_maps(&seal, moving, &Field::zeros(seal.width, seal.height))
    }

    #[test]
    fn a_copy_is_alike_and_a_second_stamping_is_not() {
        let seal = seal();
        let first = stamped(&seal, 1);
        let second = stamped(&seal, 2);
        // Darker, softer, with a slow change of light.
        let mut copy = blur(&first, 0.6);
        for (i, v) in copy.data.iter_mut().enumerate() {
            *v *= 0.9 + 0.3 * (i % seal.width) as f32 / seal.width as f32;
        }
        let alike = |m: &Field| imprint(&first).likeness(&imprint(m)).unwrap().unwrap();
        assert!(alike(&first).value() > 0.999);
        assert!(alike(&copy).value() > 0.8, "{:?}", alike(&copy));
        assert!(alike(&second).film.abs() < 0.2, "{:?}", alike(&second));
        assert_eq!(alike(&copy), imprint(&copy).likeness(&imprint(&first)).unwrap().unwrap());
    }

    #[test]
    fn covered_samples_are_unknown() {
        let seal = seal();
        let first = stamped(&seal, 1);
        let mut covered = Field::zeros(seal.width, seal.height);
        covered.data[..60 * seal.width].fill(1.0);
        let half = Imprint::from_maps(&seal, &first, &covered);
        assert!(half.levels()[..60 * seal.width].iter().all(|&l| l == UNKNOWN));
        let shared = half.likeness(&imprint(&first)).unwrap().unwrap();
        let whole = imprint(&first).likeness(&imprint(&first)).unwrap().unwrap();
        assert!(shared.samples < whole.samples && shared.value() > 0.9);
        covered.data.fill(1.0);
        let none = Imprint::from_maps(&seal, &first, &covered);
        assert_eq!(none.likeness(&imprint(&first)).unwrap(), None);
    }

    #[test]
    fn print_over_a_copy_does_not_hide_it() {
        let seal = seal();
        let first = stamped(&seal, 1);
        let mut copy = first.clone();
        for y in (10..seal.height - 4).step_by(25) {
            copy.row_mut(y).fill(2.0);
            copy.row_mut(y + 1).fill(2.0);
        }
        let found = imprint(&first).likeness(&imprint(&copy)).unwrap().unwrap();
        assert!(found.value() > 0.8, "{found:?}");
    }

    #[test]
    fn a_copy_that_was_trimmed_is_alike_where_it_is_left() {
        let seal = seal();
        let first = stamped(&seal, 1);
        let second = stamped(&seal, 2);
        // A disc that leaves the right part of the ring away, and a straight cut through the middle.
        let disc = |x: f32, y: f32| (x - 46.0).hypot(y - 60.0) < 50.0;
        let straight = |x: f32, _: f32| x > 60.0;
        for inside in [disc as fn(f32, f32) -> bool, straight] {
            let trimmed = |whole: &Field| {
                Field::by_rows(whole.width, whole.height, |y, row| {
                    for (x, v) in row.iter_mut().enumerate() {
                        *v = if inside(x as f32, y as f32) { whole.at(x, y) } else { 0.0 };
                    }
                })
            };
            let kept = imprint(&trimmed(&first));
            let found = imprint(&first).likeness(&kept).unwrap().unwrap();
            assert!(found.value() > 0.7, "{found:?}");
            let other = imprint(&second).likeness(&kept).unwrap().unwrap();
            assert!(other.film.abs() < 0.2, "{other:?}");
            // Two that were trimmed alike are no more alike for that.
            let both = imprint(&trimmed(&second)).likeness(&kept).unwrap().unwrap();
            assert!(both.film.abs() < 0.2, "{both:?}");
        }
    }

    #[test]
    fn a_film_without_texture_says_nothing() {
        let flat = imprint(&seal());
        assert!(flat.likeness(&flat).unwrap().is_none_or(|l| l.value().is_finite()));
        let other = Imprint::new(3, 3, vec![3; 9]).unwrap();
        assert!(matches!(flat.likeness(&other), Err(Error::BadImprint { .. })));
        assert_eq!(other.likeness(&other).unwrap(), None);
    }
}
