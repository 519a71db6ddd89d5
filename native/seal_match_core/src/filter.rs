//! Small image filters on [`Field`]: Gaussian blur, box mean, area resampling. Sums run in a fixed order, so the same
//! input gives the same bits on every machine.

use crate::plane::{Field, Plane};
use crate::simd::ink::{Spans, mean_across, mean_down, span};
use crate::simd::rows::{gradient_pairs, half_difference, highest, taps};

/// Half a Gaussian kernel, `k[0]` the centre, normalised so that the whole sums to one.
pub fn gaussian_half(sigma: f32) -> Vec<f32> {
    let radius = (3.0 * sigma).ceil().max(1.0) as usize;
    let mut k: Vec<f32> = (0..=radius).map(|i| (-0.5 * (i as f32 / sigma).powi(2)).exp()).collect();
    let total = k[0] + 2.0 * k[1..].iter().sum::<f32>();
    for v in &mut k {
        *v /= total;
    }
    k
}

/// Gaussian blur with standard deviation `sigma` (samples); the border repeats. `sigma` ≤ 0.2 copies.
pub fn blur(src: &Field, sigma: f32) -> Field {
    if sigma <= 0.2 {
        return src.clone();
    }
    let k = gaussian_half(sigma);
    let r = k.len() - 1;
    separable(src, r, |dst, data, centre, pairs| taps(dst, data, centre, pairs, &k))
}

/// How far a tent reaches from its middle, samples.
pub const TENT: usize = 2;

/// Row `y` of the mean under a tent of five samples a side, 1 2 2 2 1; the border repeats. Row j of the `height` begins at `line(j)`
/// of `data`; `padded` is scratch, `TENT` longer than a row at either end.
pub fn tent_row(dst: &mut [f32], padded: &mut [f32], data: &[f32], y: usize, height: usize, line: impl Fn(usize) -> usize) {
    let down = [1, TENT].map(|i| [line(y.saturating_sub(i)), line((y + i).min(height - 1))]);
    let across = [1, TENT].map(|i| [TENT - i, TENT + i]);
    separable_row(dst, padded, data, (line(y), &down), &across, |dst, data, centre, pairs| {
        taps(dst, data, centre, pairs, &[0.25, 0.25, 0.125]);
    });
}

/// A symmetric filter over columns, then over rows, a row at a time; the border repeats. `pass` gets the destination row, the
/// samples, the centre's offset among them, and the offsets of the samples 1, 2, … before and after it.
fn separable(src: &Field, r: usize, mut pass: impl FnMut(&mut [f32], &[f32], usize, &[[usize; 2]])) -> Field {
    let (w, h) = (src.width, src.height);
    if w == 0 || h == 0 {
        return src.clone();
    }
    let mut padded = vec![0.0; w + 2 * r];
    let across: Vec<[usize; 2]> = (1..=r).map(|i| [r - i, r + i]).collect();
    let mut down = across.clone();
    Field::by_rows(w, h, |y, row| {
        for (i, pair) in (1..=r).zip(&mut down) {
            *pair = [y.saturating_sub(i) * w, (y + i).min(h - 1) * w];
        }
        separable_row(row, &mut padded, &src.data, (y * w, &down), &across, &mut pass);
    })
}

/// One row of a symmetric filter: over columns into `padded`, then along it.
fn separable_row(
    row: &mut [f32],
    padded: &mut [f32],
    data: &[f32],
    (centre, down): (usize, &[[usize; 2]]),
    across: &[[usize; 2]],
    mut pass: impl FnMut(&mut [f32], &[f32], usize, &[[usize; 2]]),
) {
    let (w, r) = (row.len(), across.len());
    pass(&mut padded[r..r + w], data, centre, down);
    let (first, last) = (padded[r], padded[r + w - 1]);
    padded[..r].fill(first);
    padded[r + w..].fill(last);
    pass(row, padded, r, across);
}

/// Central differences: the gradient in x and in y, zero on the outermost samples.
pub fn gradient(src: &Field) -> [Field; 2] {
    let (w, h) = (src.width, src.height);
    Field::two_by_rows(w, h, |y, gx, gy| {
        if y == 0 || y + 1 == h || w < 3 {
            gx.fill(0.0);
            gy.fill(0.0);
            return;
        }
        let (up, mid, down) = (src.row(y - 1), src.row(y), src.row(y + 1));
        half_difference(&mut gx[1..w - 1], &mid[2..], &mid[..w - 2]);
        half_difference(&mut gy[1..w - 1], &down[1..w - 1], &up[1..w - 1]);
    })
}

/// [`gradient`] as pairs (x, y), sample after sample.
pub fn gradient_field(src: &Field) -> Vec<f32> {
    let (w, h) = (src.width, src.height);
    Field::by_rows(2 * w, h, |y, row| {
        if y == 0 || y + 1 == h || w < 3 {
            row.fill(0.0);
            return;
        }
        gradient_pairs(&mut row[2..2 * (w - 1)], src.row(y - 1), src.row(y), src.row(y + 1));
    })
    .data
}

/// Sum over a (2 rx + 1) × (2 ry + 1) box, zero beyond the border.
pub fn box_sum(src: &Field, rx: usize, ry: usize) -> Field {
    let (w, h) = (src.width, src.height);
    let mut mid = Field::zeros(w, h);
    for y in 0..h {
        let row = src.row(y);
        let mut sum: f64 = row[..rx.min(w)].iter().map(|&v| f64::from(v)).sum();
        let dst = mid.row_mut(y);
        for x in 0..w {
            if x + rx < w {
                sum += f64::from(row[x + rx]);
            }
            if x > rx {
                sum -= f64::from(row[x - rx - 1]);
            }
            dst[x] = sum as f32;
        }
    }
    let mut out = Field::zeros(w, h);
    let mut sums = vec![0.0_f64; w];
    for y in 0..ry.min(h) {
        sums.iter_mut().zip(mid.row(y)).for_each(|(s, &v)| *s += f64::from(v));
    }
    for y in 0..h {
        if y + ry < h {
            sums.iter_mut().zip(mid.row(y + ry)).for_each(|(s, &v)| *s += f64::from(v));
        }
        if y > ry {
            sums.iter_mut().zip(mid.row(y - ry - 1)).for_each(|(s, &v)| *s -= f64::from(v));
        }
        out.row_mut(y).iter_mut().zip(&sums).for_each(|(d, &s)| *d = s as f32);
    }
    out
}

/// Largest value in a (2 r + 1)² square.
pub fn dilate(src: &Field, r: usize) -> Field {
    let mut offsets = vec![0; 2 * r + 1];
    separable(src, r, |dst, data, centre, pairs| {
        offsets[0] = centre;
        offsets[1..].iter_mut().zip(pairs.iter().flatten()).for_each(|(o, &p)| *o = p);
        highest(dst, data, &offsets);
    })
}

/// Mean of `src` over square cells of `cell` samples (any size ≥ 1); cell (i, j) starts at sample edge (i·cell, j·cell).
pub fn area_mean(src: &Plane<'_>, cell: [f32; 2], width: usize, height: usize) -> Field {
    let columns = Spans::new(width, src.width(), cell[0]);
    let mut line = vec![0.0_f32; columns.line_len()];
    let (mut offsets, mut weights) = (Vec::new(), Vec::new());
    Field::by_rows(width, height, |j, row| {
        let [first, end, head, tail] = span(j, src.height(), cell[1]);
        let (r0, r1) = (first as usize, end as usize);
        offsets.clear();
        weights.clear();
        let mut total = 0.0;
        for r in r0..r1 {
            let mut weight = if r == r0 { head } else { 1.0 };
            if r + 1 == r1 {
                weight = (weight + tail - 1.0).max(1e-3);
            }
            total += weight;
            offsets.push((r - r0) * src.stride());
            weights.push(weight);
        }
        mean_down(&mut line[..src.width()], src.rows(r0, r1), &offsets, &weights);
        mean_across(row, &line, &columns, total);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blur_keeps_a_constant_and_the_sum_of_an_impulse() {
        let mut f = Field::zeros(31, 17);
        f.data.fill(2.5);
        assert!(blur(&f, 1.7).data.iter().all(|v| (v - 2.5).abs() < 1e-5));
        let mut g = Field::zeros(31, 31);
        g.data[15 * 31 + 15] = 1.0;
        assert!((blur(&g, 1.3).data.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }

    #[test]
    fn a_row_under_a_tent_is_the_weighted_mean_around_it() {
        const SHARES: [f32; 5] = [0.125, 0.25, 0.25, 0.25, 0.125];
        let (w, h) = (7, 9);
        let f = Field { width: w, height: h, data: (0..w * h).map(|i| ((i * 37) % 23) as f32).collect() };
        let (mut row, mut padded) = (vec![0.0; w], vec![0.0; w + 2 * TENT]);
        for y in 0..h {
            tent_row(&mut row, &mut padded, &f.data, y, h, |j| j * w);
            for x in 0..w {
                let near = |at: usize, i: usize, n: usize| (at + i).saturating_sub(TENT).min(n - 1);
                let sum: f32 = (0..25).map(|k| SHARES[k / 5] * SHARES[k % 5] * f.at(near(x, k % 5, w), near(y, k / 5, h))).sum();
                assert!((row[x] - sum).abs() < 1e-4, "{x} {y}: {} {sum}", row[x]);
            }
        }
    }

    #[test]
    fn box_sum_counts_samples() {
        let mut f = Field::zeros(9, 7);
        f.data.fill(1.0);
        let s = box_sum(&f, 2, 1);
        assert_eq!(s.at(4, 3), 15.0);
        assert_eq!(s.at(0, 0), 6.0);
        assert_eq!(s.at(8, 6), 6.0);
    }

    #[test]
    fn area_mean_of_a_ramp_is_a_ramp() {
        let data: Vec<u8> = (0..20 * 10).map(|i| (i % 20) as u8 * 10).collect();
        let plane = Plane::new(&data, 20, 10, 20).unwrap();
        let m = area_mean(&plane, [2.5, 2.5], 8, 4);
        for x in 0..8 {
            // cell x covers samples 2.5 x .. 2.5 x + 2.5 of a staircase of height 10 a sample
            let exact: f32 = (0..20)
                .map(|i| {
                    let lo = (i as f32).max(2.5 * x as f32);
                    let hi = (i as f32 + 1.0).min(2.5 * (x + 1) as f32);
                    (hi - lo).max(0.0) * i as f32 * 10.0
                })
                .sum::<f32>()
                / 2.5;
            assert!((m.at(x, 1) - exact).abs() < 0.01, "{x}: {} {exact}", m.at(x, 1));
        }
    }
}
