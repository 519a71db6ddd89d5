//! Small image filters on [`Field`]: Gaussian blur, box mean, area resampling. Sums run in a fixed order, so the same
//! input gives the same bits on every machine.

use crate::plane::{Field, Plane};

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
    let (w, h, r) = (src.width, src.height, k.len() - 1);
    let mut mid = Field::zeros(w, h);
    for y in 0..h {
        let dst = mid.row_mut(y);
        let row = src.row(y);
        dst.iter_mut().zip(row).for_each(|(d, s)| *d = k[0] * s);
        for (i, &kv) in k.iter().enumerate().skip(1) {
            let (up, down) = (src.row(y.saturating_sub(i)), src.row((y + i).min(h - 1)));
            for ((d, a), b) in dst.iter_mut().zip(up).zip(down) {
                *d += kv * (a + b);
            }
        }
    }
    let mut out = Field::zeros(w, h);
    let mut padded = vec![0.0; w + 2 * r];
    for y in 0..h {
        let row = mid.row(y);
        padded[r..r + w].copy_from_slice(row);
        padded[..r].fill(row[0]);
        padded[r + w..].fill(row[w - 1]);
        let dst = out.row_mut(y);
        dst.iter_mut().zip(&padded[r..r + w]).for_each(|(d, s)| *d = k[0] * s);
        for (i, &kv) in k.iter().enumerate().skip(1) {
            for ((d, a), b) in dst.iter_mut().zip(&padded[r - i..]).zip(&padded[r + i..]) {
                *d += kv * (a + b);
            }
        }
    }
    out
}

/// Central differences: the gradient in x and in y, zero on the outermost samples.
pub fn gradient(src: &Field) -> [Field; 2] {
    let (w, h) = (src.width, src.height);
    let (mut gx, mut gy) = (Field::zeros(w, h), Field::zeros(w, h));
    for y in 1..h.saturating_sub(1) {
        let (up, mid, down) = (src.row(y - 1), src.row(y), src.row(y + 1));
        let dx = &mut gx.data[y * w..(y + 1) * w];
        for x in 1..w.saturating_sub(1) {
            dx[x] = 0.5 * (mid[x + 1] - mid[x - 1]);
        }
        let dy = &mut gy.data[y * w..(y + 1) * w];
        for x in 1..w.saturating_sub(1) {
            dy[x] = 0.5 * (down[x] - up[x]);
        }
    }
    [gx, gy]
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
    extreme(src, r, f32::max)
}

/// Smallest value in a (2 r + 1)² square.
pub fn erode(src: &Field, r: usize) -> Field {
    extreme(src, r, f32::min)
}

fn extreme(src: &Field, r: usize, pick: fn(f32, f32) -> f32) -> Field {
    let (w, h) = (src.width, src.height);
    let mut mid = src.clone();
    for y in 0..h {
        let dst = &mut mid.data[y * w..(y + 1) * w];
        for i in 1..=r {
            let (up, down) = (src.row(y.saturating_sub(i)), src.row((y + i).min(h - 1)));
            for ((d, &a), &b) in dst.iter_mut().zip(up).zip(down) {
                *d = pick(*d, pick(a, b));
            }
        }
    }
    let mut out = mid.clone();
    for y in 0..h {
        let row = mid.row(y);
        let dst = out.row_mut(y);
        for i in 1..=r {
            for x in 0..w {
                dst[x] = pick(dst[x], pick(row[x.saturating_sub(i)], row[(x + i).min(w - 1)]));
            }
        }
    }
    out
}

/// Mean of `src` over square cells of `cell` samples (any size ≥ 1); cell (i, j) starts at sample edge (i·cell, j·cell).
pub fn area_mean(src: &Plane<'_>, cell: [f32; 2], width: usize, height: usize) -> Field {
    let spans = |n: usize, size: usize, c: f32| -> Vec<(usize, usize, f32, f32)> {
        (0..n)
            .map(|i| {
                let a = (i as f32 * c).min(size as f32 - 1.0);
                let b = ((i + 1) as f32 * c).clamp(a + 1e-3, size as f32);
                let (ia, ib) = (a as usize, (b.ceil() as usize).clamp(a as usize + 1, size));
                let (head, tail) = (1.0 - (a - ia as f32), 1.0 - (ib as f32 - b));
                (ia, ib, head, tail)
            })
            .collect()
    };
    let columns = spans(width, src.width(), cell[0]);
    let rows = spans(height, src.height(), cell[1]);
    let mut out = Field::zeros(width, height);
    let mut line = vec![0.0_f32; src.width()];
    for (j, &(r0, r1, head, tail)) in rows.iter().enumerate() {
        line.fill(0.0);
        let mut total = 0.0;
        for r in r0..r1 {
            let mut weight = if r == r0 { head } else { 1.0 };
            if r + 1 == r1 {
                weight = (weight + tail - 1.0).max(1e-3);
            }
            total += weight;
            for (l, &v) in line.iter_mut().zip(src.row(r)) {
                *l += weight * f32::from(v);
            }
        }
        let dst = out.row_mut(j);
        for (d, &(c0, c1, head, tail)) in dst.iter_mut().zip(&columns) {
            let part = &line[c0..c1];
            let (mut sum, mut weight) = (part.iter().sum::<f32>(), (c1 - c0) as f32);
            sum -= (1.0 - head) * part[0] + (1.0 - tail) * part[part.len() - 1];
            weight -= (1.0 - head) + (1.0 - tail);
            *d = sum / (weight.max(1e-3) * total);
        }
    }
    out
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
