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
use crate::filter::{dilate, tent};
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
        let mut fields = [(); 4].map(|()| vec![0.0; stride * (height + 2)]);
        for (k, field) in fields.iter_mut().enumerate() {
            for y in 0..height {
                let row = &image.row(2 * y + k / 2)[k % 2..];
                let at = (y + 1) * stride + 1;
                field[at..at + width].iter_mut().zip(row.iter().step_by(2)).for_each(|(d, v)| *d = *v);
            }
        }
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

/// The channels of every wanted place, row by row, and zeros for the others; `wanted` has half the images' width and height.
///
/// # Panics
/// When `wanted` has another length.
pub fn channels(reference: &Field, moving: &Field, covered: &Field, wanted: &[bool]) -> Vec<[f32; CHANNELS]> {
    let (width, height) = (reference.width / 2, reference.height / 2);
    assert_eq!(wanted.len(), width * height);
    let (w, h) = (reference.width, reference.height);
    let [own, seen] = Field::two_by_rows(w, h, |y, own, seen| {
        for (d, &v) in own.iter_mut().zip(reference.row(y)) {
            *d = v.clamp(0.0, FULL);
        }
        for ((d, &v), &c) in seen.iter_mut().zip(moving.row(y)).zip(covered.row(y)) {
            *d = v.clamp(0.0, FULL) * (1.0 - c);
        }
    });
    let beyond = |a: &Field, other: &Field, x: usize| (a.data[x] - other.data[x]).max(0.0);
    let (near_own, near_seen) = (dilate(&own, 1), dilate(&seen, 1));
    let best = correlate(&own, &seen, covered, width, height);
    let mut out = vec![[0.0; CHANNELS]; width * height];
    for (i, lanes) in out.iter_mut().enumerate().filter(|(i, _)| wanted[*i]) {
        let corner = 2 * (i / width) * w + 2 * (i % width);
        let samples = [corner, corner + 1, corner + w, corner + w + 1];
        for (k, &s) in samples.iter().enumerate() {
            let c = covered.data[s];
            lanes[k] = own.data[s];
            lanes[4 + k] = seen.data[s] - c;
            lanes[8] += 0.25 * beyond(&seen, &near_own, s);
            lanes[9] += 0.25 * beyond(&own, &near_seen, s) * (1.0 - c);
        }
        let r = best.correlation[i].min(1.0);
        let contrast = best.contrast[i];
        let sure = (4.0 * contrast).min(1.0);
        lanes[BEST] = r;
        lanes[11] = best.unshifted[i].min(1.0);
        lanes[12] = contrast * (1.0 - r * r).max(0.0).sqrt();
        lanes[13] = contrast;
        lanes[14] = best.shift[0][i] * sure;
        lanes[15] = best.shift[1][i] * sure;
    }
    out
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
    let means = |first: &Quarters, second: &Quarters, shift: [i32; 2]| {
        let mut out = [(); 3].map(|()| Field::zeros(width, height));
        for y in 0..height {
            let [ab, one, square] = &mut out;
            products([ab.row_mut(y), one.row_mut(y), square.row_mut(y)], first.row(y, [0, 0]), second.row(y, shift));
        }
        out.map(|f| tent(&f))
    };
    let [_, mean, square] = means(&a, &a, [0, 0]);
    let contrast: Vec<f32> = square.data.iter().zip(&mean.data).map(|(s, m)| (s - m * m).max(0.0).sqrt()).collect();
    let inverse: Vec<f32> = contrast.iter().map(|c| 1.0 / (c * c + NONE).sqrt()).collect();
    let nothing = || vec![0.0; width * height];
    let mut best = Best { correlation: vec![-2.0; width * height], shift: [nothing(), nothing()], unshifted: vec![], contrast };
    // The shortest first: along a straight stroke many agree.
    for shift in [[0, 0], [0, -1], [-1, 0], [1, 0], [0, 1], [-1, -1], [1, -1], [-1, 1], [1, 1]] {
        let [ab, b, bb] = means(&a, &b, shift);
        let means = Means { ab: &ab.data, a: &mean.data, inverse: &inverse, b: &b.data, bb: &bb.data };
        let [x, y] = &mut best.shift;
        keep_best([&mut best.correlation, x, y], means, shift.map(|v| v as f32));
        if shift == [0, 0] {
            best.unshifted.clone_from(&best.correlation);
        }
    }
    best
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
        let at = |moving: &Field| channels(&bar(16), moving, &none, &[true; 400])[10 * 20 + 9];
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
        for lanes in channels(&bar(16), &bar(30), &all, &[true; 400]) {
            assert_eq!(lanes[4..8], [-1.0; 4]);
            assert_eq!((lanes[8], lanes[9], lanes[13]), (0.0, 0.0, 0.0));
        }
    }
}
