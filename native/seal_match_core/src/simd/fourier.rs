//! The 64 × 64 discrete Fourier transform and the correlation of gradient vectors by it.
//!
//! ```text
//! X[k₁ + 8 k₂] = Σ_{n₂} w₈^{n₂ k₂} · ( w₆₄^{n₂ k₁} · Σ_{n₁} w₈^{n₁ k₁} x[n₂ + 8 n₁] )        w_n = e^{−2πi/n}
//! ```
//! Cooley and Tukey 1965 (doi:10.2307/2003354) with two radix-8 steps. The lanes are columns, so no lane ever needs its neighbour;
//! the second dimension reads its rows by gather and leaves the result transposed, which a second transform undoes.
//!
//! Real and imaginary parts are apart. With them swapped the same transform is the inverse one, without the division by N².

use super::vector::Vector;

/// Samples on a side.
pub const N: usize = 64;
/// Samples of a plane.
pub const AREA: usize = N * N;

/// cos(2π k / 64) for k = 0 … 16.
const COSINES: [f64; 17] = [
    1.0,
    0.995_184_726_672_196_9,
    0.980_785_280_403_230_4,
    0.956_940_335_732_208_8,
    0.923_879_532_511_286_7,
    0.881_921_264_348_355,
    0.831_469_612_302_545_2,
    0.773_010_453_362_737,
    std::f64::consts::FRAC_1_SQRT_2,
    0.634_393_284_163_645_5,
    0.555_570_233_019_602_3,
    0.471_396_736_825_997_8,
    0.382_683_432_365_089_84,
    0.290_284_677_254_462_33,
    0.195_090_322_016_128_33,
    0.098_017_140_329_560_77,
    0.0,
];

/// w₆₄^k as real and imaginary part, by the symmetries of the circle.
const fn root(k: usize) -> [f32; 2] {
    let (quarter, part) = ((k / 16) % 4, k % 16);
    let (c, s) = (COSINES[part] as f32, COSINES[16 - part] as f32);
    match quarter {
        0 => [c, -s],
        1 => [-s, -c],
        2 => [-c, s],
        _ => [s, c],
    }
}

const ROOTS: [[f32; 2]; N] = {
    let mut out = [[0.0; 2]; N];
    let mut k = 0;
    while k < N {
        out[k] = root(k);
        k += 1;
    }
    out
};

/// A transform of both dimensions; the result is transposed. `work` is scratch.
///
/// # Panics
/// When a plane has not [`AREA`] samples.
pub fn transform(re: &mut [f32], im: &mut [f32], work: &mut [Vec<f32>; 2]) {
    transform_at(super::level(), re, im, work);
}

/// [`transform`] in a given width.
///
/// # Panics
/// As [`transform`].
pub fn transform_at(level: super::Level, re: &mut [f32], im: &mut [f32], work: &mut [Vec<f32>; 2]) {
    let [wr, wi] = work;
    wr.resize(AREA, 0.0);
    wi.resize(AREA, 0.0);
    down_at(level, [wr, wi], [re, im]);
    across_at(level, [re, im], [wr, wi]);
}

kernel! {
    /// Transforms every column of `src`.
    ///
    /// # Panics
    /// When a plane has not [`AREA`] samples.
    down, down_at, down_scalar = down_lanes(dst: [&mut [f32]; 2], src: [&[f32]; 2])
}

kernel! {
    /// Transforms every row of `src` and writes it as a column.
    ///
    /// # Panics
    /// When a plane has not [`AREA`] samples.
    across, across_at, across_scalar = across_lanes(dst: [&mut [f32]; 2], src: [&[f32]; 2])
}

#[inline(always)]
unsafe fn down_lanes<V: Vector>(dst: [&mut [f32]; 2], src: [&[f32]; 2]) {
    let [dr, di] = dst;
    let [sr, si] = src;
    assert!(dr.len() == AREA && di.len() == AREA && sr.len() == AREA && si.len() == AREA);
    // SAFETY: all planes have N rows of N samples.
    unsafe { each!(V, N, line_step(dr.as_mut_ptr(), di.as_mut_ptr(), sr.as_ptr(), si.as_ptr(), false)) }
}

#[inline(always)]
unsafe fn across_lanes<V: Vector>(dst: [&mut [f32]; 2], src: [&[f32]; 2]) {
    let [dr, di] = dst;
    let [sr, si] = src;
    assert!(dr.len() == AREA && di.len() == AREA && sr.len() == AREA && si.len() == AREA);
    // SAFETY: all planes have N rows of N samples.
    unsafe { each!(V, N, line_step(dr.as_mut_ptr(), di.as_mut_ptr(), sr.as_ptr(), si.as_ptr(), true)) }
}

/// Transforms the lines x .. x + LANES, rows or columns, and writes them as columns.
#[inline(always)]
unsafe fn line_step<V: Vector>(x: usize, dr: *mut f32, di: *mut f32, sr: *const f32, si: *const f32, rows: bool) {
    // SAFETY: x + LANES does not exceed N, so every line and every sample of it lies in the planes.
    unsafe {
        let zero = V::splat(0.0);
        let lines = ((V::iota() + V::splat(x as f32)) * V::splat(N as f32)).truncate();
        let (mut mr, mut mi) = ([zero; N], [zero; N]);
        let mut n2 = 0;
        while n2 < 8 {
            let (mut re, mut im) = ([zero; 8], [zero; 8]);
            let mut n1 = 0;
            while n1 < 8 {
                let n = n2 + 8 * n1;
                if rows {
                    re[n1] = V::gather(sr.add(n), lines);
                    im[n1] = V::gather(si.add(n), lines);
                } else {
                    re[n1] = V::load(sr.add(n * N + x));
                    im[n1] = V::load(si.add(n * N + x));
                }
                n1 += 1;
            }
            let (re, im) = eight::<V>(re, im);
            let mut k1 = 0;
            while k1 < 8 {
                let [c, s] = ROOTS[n2 * k1];
                let (c, s) = (V::splat(c), V::splat(s));
                mr[k1 * 8 + n2] = re[k1] * c - im[k1] * s;
                mi[k1 * 8 + n2] = re[k1] * s + im[k1] * c;
                k1 += 1;
            }
            n2 += 1;
        }
        let mut k1 = 0;
        while k1 < 8 {
            let (mut re, mut im) = ([zero; 8], [zero; 8]);
            re.copy_from_slice(&mr[k1 * 8..k1 * 8 + 8]);
            im.copy_from_slice(&mi[k1 * 8..k1 * 8 + 8]);
            let (re, im) = eight::<V>(re, im);
            let mut k2 = 0;
            while k2 < 8 {
                re[k2].store(dr.add((k1 + 8 * k2) * N + x));
                im[k2].store(di.add((k1 + 8 * k2) * N + x));
                k2 += 1;
            }
            k1 += 1;
        }
    }
}

/// The transform of eight samples.
#[inline(always)]
unsafe fn eight<V: Vector>(r: [V; 8], i: [V; 8]) -> ([V; 8], [V; 8]) {
    // SAFETY: r exists, so the width is available.
    let half = unsafe { V::splat(std::f32::consts::FRAC_1_SQRT_2) };
    let (er, ei) = four::<V>([r[0], r[2], r[4], r[6]], [i[0], i[2], i[4], i[6]]);
    let (or, oi) = four::<V>([r[1], r[3], r[5], r[7]], [i[1], i[3], i[5], i[7]]);
    // The odd half turned by w₈^k: 1, (1 − i)/√2, −i, (−1 − i)/√2.
    let (r1, i1) = ((or[1] + oi[1]) * half, (oi[1] - or[1]) * half);
    let (r2, i2) = (oi[2], or[2]);
    let (r3, i3) = ((oi[3] - or[3]) * half, (or[3] + oi[3]) * half);
    (
        [er[0] + or[0], er[1] + r1, er[2] + r2, er[3] + r3, er[0] - or[0], er[1] - r1, er[2] - r2, er[3] - r3],
        [ei[0] + oi[0], ei[1] + i1, ei[2] - i2, ei[3] - i3, ei[0] - oi[0], ei[1] - i1, ei[2] + i2, ei[3] + i3],
    )
}

/// The transform of four samples.
#[inline(always)]
fn four<V: Vector>(r: [V; 4], i: [V; 4]) -> ([V; 4], [V; 4]) {
    let (ar, ai, br, bi) = (r[0] + r[2], i[0] + i[2], r[0] - r[2], i[0] - i[2]);
    let (cr, ci, dr, di) = (r[1] + r[3], i[1] + i[3], r[1] - r[3], i[1] - i[3]);
    ([ar + cr, br + di, ar - cr, br - di], [ai + ci, bi - dr, ai - ci, bi + dr])
}

kernel! {
    /// Spectrum of two correlations at once: with the reference as it is (its real part, after the inverse transform) and turned by
    /// half a circle (its imaginary part). `moving` and `reference` hold the spectra of x and y components, real and imaginary.
    ///
    /// # Panics
    /// When a plane has not [`AREA`] samples, or a spectrum not four planes.
    correlate, correlate_at, correlate_scalar = correlate_lanes(dst: [&mut [f32]; 2], moving: &[f32], reference: &[f32])
}

#[inline(always)]
unsafe fn correlate_lanes<V: Vector>(dst: [&mut [f32]; 2], moving: &[f32], reference: &[f32]) {
    let [dr, di] = dst;
    assert!(dr.len() == AREA && di.len() == AREA && moving.len() == 4 * AREA && reference.len() == 4 * AREA);
    // SAFETY: all planes have AREA samples.
    unsafe { each!(V, AREA, correlate_step(dr.as_mut_ptr(), di.as_mut_ptr(), moving.as_ptr(), reference.as_ptr())) }
}

/// A half turn mirrors the field and turns its vectors round, so its spectrum is minus the conjugate. With X = Σ q·conj z and
/// Y = −Σ q·z over the two components, the spectrum is X + iY.
#[inline(always)]
unsafe fn correlate_step<V: Vector>(x: usize, dr: *mut f32, di: *mut f32, q: *const f32, z: *const f32) {
    // SAFETY: x + LANES does not exceed AREA.
    unsafe {
        let (qxr, qxi) = (V::load(q.add(x)), V::load(q.add(AREA + x)));
        let (qyr, qyi) = (V::load(q.add(2 * AREA + x)), V::load(q.add(3 * AREA + x)));
        let (zxr, zxi) = (V::load(z.add(x)), V::load(z.add(AREA + x)));
        let (zyr, zyi) = (V::load(z.add(2 * AREA + x)), V::load(z.add(3 * AREA + x)));
        let (a, b) = (qxr * zxr + qyr * zyr, qxi * zxi + qyi * zyi);
        let (c, d) = (qxi * zxr + qyi * zyr, qxr * zxi + qyr * zyi);
        ((a + b) + (c + d)).store(dr.add(x));
        ((c - d) - (a - b)).store(di.add(x));
    }
}

/// The largest of some numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peak {
    /// The number.
    pub value: f32,
    /// Where it first is.
    pub at: usize,
}

kernel! {
    /// Finds the largest number and its first place; numbers that are not are passed over.
    ///
    /// # Panics
    /// When there are more than 2²⁴ numbers.
    peak, peak_at, peak_scalar = peak_lanes(values: &[f32], out: &mut Peak)
}

#[inline(always)]
unsafe fn peak_lanes<V: Vector>(values: &[f32], out: &mut Peak) {
    let n = values.len();
    assert!(n <= 1 << 24);
    let whole = n - n % V::LANES;
    // SAFETY: x + LANES does not exceed n; the lanes fit into the largest vector.
    unsafe {
        let (mut best, mut at) = (V::splat(f32::NEG_INFINITY), V::splat(0.0));
        for x in (0..whole).step_by(V::LANES) {
            let v = V::load(values.as_ptr().add(x));
            let higher = v.gt(best);
            best = V::select(higher, v, best);
            at = V::select(higher, V::iota() + V::splat(x as f32), at);
        }
        let mut lanes = [[0.0_f32; 16]; 2];
        best.store(lanes[0].as_mut_ptr());
        at.store(lanes[1].as_mut_ptr());
        *out = Peak { value: f32::NEG_INFINITY, at: 0 };
        for lane in 0..V::LANES {
            let found = Peak { value: lanes[0][lane], at: lanes[1][lane] as usize };
            if found.value > out.value || (found.value == out.value && found.at < out.at) {
                *out = found;
            }
        }
        for (x, &v) in values.iter().enumerate().skip(whole) {
            if v > out.value {
                *out = Peak { value: v, at: x };
            }
        }
    }
}
