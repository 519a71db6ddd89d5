//! How dense an impression's strokes are in each square millimetre, to the same bits whichever way the image lies.
//!
//! Blocks are counted from the grid's middle, sums and mixtures are of numbers with so few bits that none of them is rounded, and the
//! one filter that rounds is applied in both orders.

use std::ops::Range;

use crate::filter::blur;
use crate::fold::trace::HALF;
use crate::plane::Field;

/// Samples in the side of a block: one millimetre.
const BLOCK: usize = 8;
/// Smoothing of densities, in blocks.
const SIGMA: f32 = 1.3;
/// Ink below this is paper.
const PAPER: f32 = 0.15;
/// More ink than this counts as this.
const DARKEST: f32 = 4.0;
/// Two to the 15th: added to a small number and taken away again, it rounds it to 1/256. Of such numbers up to [`DARKEST`], squared, a
/// column of a block is summed exactly.
const ROUND: f32 = 32_768.0;
/// Weight of the whole seal's density in a block that knows little of its own, in samples of full ink.
const PRIOR: f32 = 3.0;
/// Byte of a full stroke; what is darker is as good as full.
const FULL: f32 = 2.0 * HALF as f32 / 256.0;
/// Parts of one in which scales are told: mixed in sixteenths along both axes they keep all their bits.
const PARTS: f32 = 16.0;
/// Shares of the way from one block's middle to the next at which the samples between them lie.
const WAYS: [f32; BLOCK] = [0.0625, 0.1875, 0.3125, 0.4375, 0.5625, 0.6875, 0.8125, 0.9375];

/// The blocks along one side of a grid, the middle one in the grid's middle. Of an odd side the middle sample lies in the middle of the
/// middle block, which has nine samples then: from either end blocks lie alike.
#[derive(Clone, Copy)]
pub(crate) struct Blocks {
    samples: usize,
    /// Blocks on either side of the middle one.
    outer: usize,
}

impl Blocks {
    pub(crate) fn new(samples: usize) -> Self {
        Self { samples, outer: (samples / 2).saturating_sub(BLOCK / 2).div_ceil(BLOCK) }
    }

    pub(crate) fn count(self) -> usize {
        2 * self.outer + 1
    }

    /// The samples of each block.
    pub(crate) fn ranges(self) -> impl Iterator<Item = Range<usize>> {
        (0..self.count()).map(move |b| self.start(b)..self.start(b + 1))
    }

    fn start(self, block: usize) -> usize {
        let half = self.samples / 2;
        if block <= self.outer {
            half.saturating_sub(BLOCK * (self.outer - block) + BLOCK / 2)
        } else {
            (self.samples - half + BLOCK * (block - self.outer - 1) + BLOCK / 2).min(self.samples)
        }
    }

    /// The block in whose middle or behind it a sample lies, and the share of the way to the next.
    fn behind(self, sample: usize) -> (usize, f32) {
        let twice = 2 * sample as i32 + 1 - self.samples as i32;
        let twice = if self.samples.is_multiple_of(2) { twice } else { twice - twice.signum() };
        let at = (twice as f32 / (2 * BLOCK) as f32 + self.outer as f32).clamp(0.0, 2.0 * self.outer as f32);
        (at as usize, at.fract())
    }

    /// A value a block as a value a sample, straight from one block's middle to the next; `room` is scratch.
    fn spread<'a>(self, values: &[f32], room: &'a mut Vec<f32>) -> &'a [f32] {
        let (half, odd) = (BLOCK * (self.outer + 1), self.samples % 2);
        room.resize(2 * half + odd, 0.0);
        let (before, after) = room.split_at_mut(half + odd);
        before[..BLOCK].fill(values[0]);
        before[half..].fill(values[self.outer]);
        after[half - BLOCK..].fill(values[2 * self.outer]);
        let parts = before[BLOCK..half].chunks_exact_mut(BLOCK).chain(after[..half - BLOCK].chunks_exact_mut(BLOCK));
        for (part, ends) in parts.zip(values.windows(2)) {
            part.iter_mut().zip(WAYS).for_each(|(v, way)| *v = ends[0] + way * (ends[1] - ends[0]));
        }
        &room[half - self.samples / 2..][..self.samples]
    }
}

/// How much ink lies in each block, and how dense it is.
pub(crate) struct Density {
    /// Stroke density, a value a block.
    pub(crate) level: Field,
    /// Density of the whole seal's strokes.
    pub(crate) whole: f32,
    /// Ink in full samples, a value a block.
    pub(crate) area: Field,
    /// What makes a byte of ink, a value a block.
    scale: Field,
}

impl Density {
    pub(crate) fn of(ink: &Field, covered: &Field) -> Self {
        let [across, down] = [ink.width, ink.height].map(Blocks::new);
        let (mut s1, mut s2) = (Field::zeros(across.count(), down.count()), Field::zeros(across.count(), down.count()));
        let (mut line1, mut line2) = (vec![0.0_f32; ink.width], vec![0.0_f32; ink.width]);
        for (j, rows) in down.ranges().enumerate() {
            line1.fill(0.0);
            line2.fill(0.0);
            for y in rows {
                let sums = line1.iter_mut().zip(line2.iter_mut());
                for ((a, b), (&v, &c)) in sums.zip(ink.row(y).iter().zip(covered.row(y))) {
                    let v = if v > PAPER && c < 0.5 { v.min(DARKEST) } else { 0.0 };
                    let v = (v + ROUND) - ROUND;
                    *a += v;
                    *b += v * v;
                }
            }
            for (i, columns) in across.ranges().enumerate() {
                let sum = |line: &[f32]| line[columns.clone()].iter().map(|&v| f64::from(v)).sum::<f64>() as f32;
                s1.row_mut(j)[i] = sum(&line1);
                s2.row_mut(j)[i] = sum(&line2);
            }
        }
        let [all1, all2] = [&s1, &s2].map(|s| s.data.iter().map(|&v| f64::from(v)).sum::<f64>());
        let whole = if all1 > 0.0 { (all2 / all1) as f32 } else { 1.0 };
        let (mut area, mut level) = (blurred(&s1), blurred(&s2));
        let mut scale = Field::zeros(level.width, level.height);
        for ((a, l), s) in area.data.iter_mut().zip(&mut level.data).zip(&mut scale.data) {
            *l = ((*l + PRIOR * whole) / (*a + PRIOR)).clamp(0.35, 1.4);
            *a /= *l;
            *s = (PARTS * FULL / *l).round() / PARTS;
        }
        Self { level, whole, area, scale }
    }

    /// What makes a byte of each sample's ink in row `y` of `[across, down]`; `mixed` and `room` are scratch. The scale is mixed, not the
    /// density, so that a block needs a division and a sample none.
    pub(crate) fn scales<'a>(
        &self,
        [across, down]: [Blocks; 2],
        y: usize,
        mixed: &mut Vec<f32>,
        room: &'a mut Vec<f32>,
    ) -> &'a [f32] {
        let (j, share) = down.behind(y);
        let ends = self.scale.row(j).iter().zip(self.scale.row((j + 1).min(self.scale.height - 1)));
        mixed.clear();
        mixed.extend(ends.map(|(a, b)| a + share * (b - a)));
        across.spread(mixed, room)
    }
}

/// The mean of both orders in which a blur's axes can be taken.
fn blurred(src: &Field) -> Field {
    let across_first = flipped(&blur(&flipped(src), SIGMA));
    let mut out = blur(src, SIGMA);
    out.data.iter_mut().zip(&across_first.data).for_each(|(a, b)| *a = 0.5 * (*a + b));
    out
}

/// Rows as columns.
fn flipped(src: &Field) -> Field {
    Field::by_rows(src.height, src.width, |x, row| row.iter_mut().enumerate().for_each(|(y, v)| *v = src.at(x, y)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_hold_every_sample_once_and_lie_alike_from_either_end() {
        for n in 9..120 {
            let blocks = Blocks::new(n);
            let ranges: Vec<_> = blocks.ranges().collect();
            assert!(ranges[0].start == 0 && ranges[ranges.len() - 1].end == n, "{n}");
            assert!(ranges.windows(2).all(|w| w[0].end == w[1].start && !w[0].is_empty() && !w[1].is_empty()), "{n}: {ranges:?}");
            let lengths: Vec<_> = ranges.iter().map(Range::len).collect();
            assert!(lengths.iter().eq(lengths.iter().rev()), "{n}: {lengths:?}");
            // A straight line stays one, but for the middle sample of an odd side and beyond the outermost middles.
            let values: Vec<f32> = (0..blocks.count()).map(|b| b as f32).collect();
            let mut room = Vec::new();
            for (sample, &value) in blocks.spread(&values, &mut room).iter().enumerate() {
                let (block, share) = blocks.behind(sample);
                assert_eq!(value, block as f32 + share, "{n} at {sample}");
            }
        }
    }
}
