//! Kernels on rows of numbers: symmetric filters, extremes, differences, what exceeds a limit, and `y += a·x`.
//!
//! ```text
//! taps:        dst[x] = k₀·src[c + x] + Σᵢ kᵢ·(src[aᵢ + x] + src[bᵢ + x])       i = 1, 2, … in this order
//! highest:     dst[x] = max(src[o₀ + x], src[o₁ + x], …)
//! above:       bit x of dst = src[x] > limit
//! ```
//! One pass over a row holds its sums in registers; a filter that adds tap after tap to memory is bound by memory instead.

use super::vector::Vector;

/// Vectors that a symmetric filter makes together.
const BLOCK: usize = 4;

kernel! {
    /// A symmetric filter: `dst[x] = k[0]·src[centre + x] + Σ k[i]·(src[pairs[i−1][0] + x] + src[pairs[i−1][1] + x])`.
    ///
    /// # Panics
    /// When `k` is not one longer than `pairs`, or an offset plus the length of `dst` lies beyond `src`.
    taps, taps_at, taps_scalar = taps_lanes(dst: &mut [f32], src: &[f32], centre: usize, pairs: &[[usize; 2]], k: &[f32])
}

#[inline(always)]
unsafe fn taps_lanes<V: Vector>(dst: &mut [f32], src: &[f32], centre: usize, pairs: &[[usize; 2]], k: &[f32]) {
    let n = dst.len();
    assert_eq!(k.len(), pairs.len() + 1);
    let room = src.len().checked_sub(n).expect("src is as long as dst");
    assert!(centre <= room && pairs.iter().flatten().all(|&o| o <= room));
    let in_blocks = n - n % (BLOCK * V::LANES);
    // SAFETY: every offset leaves n readable numbers, n numbers of dst are writable, and k is one longer than pairs.
    unsafe {
        for x in (0..in_blocks).step_by(BLOCK * V::LANES) {
            taps_block::<V, BLOCK>(x, dst.as_mut_ptr(), src.as_ptr(), centre, pairs, k);
        }
        let (dst, src) = (dst.as_mut_ptr().add(in_blocks), src.as_ptr().add(in_blocks));
        each!(V, n - in_blocks, taps_step(dst, src, centre, pairs, k));
    }
}

#[inline(always)]
unsafe fn taps_step<V: Vector>(x: usize, dst: *mut f32, src: *const f32, centre: usize, pairs: &[[usize; 2]], k: &[f32]) {
    // SAFETY: the caller's promise.
    unsafe { taps_block::<V, 1>(x, dst, src, centre, pairs, k) }
}

/// Several vectors side by side, for which an offset and its factor are fetched once.
#[inline(always)]
unsafe fn taps_block<V: Vector, const VECTORS: usize>(
    x: usize,
    dst: *mut f32,
    src: *const f32,
    centre: usize,
    pairs: &[[usize; 2]],
    k: &[f32],
) {
    // SAFETY: `taps_lanes` has checked every offset, and x plus the vectors' lanes does not exceed the length of dst.
    unsafe {
        let (dst, src) = (dst.add(x), src.add(x));
        let mut sums = [V::splat(k[0]); VECTORS];
        for v in 0..VECTORS {
            sums[v] = sums[v] * V::load(src.add(centre).add(v * V::LANES));
        }
        for (&k, &[a, b]) in k[1..].iter().zip(pairs) {
            let (k, a, b) = (V::splat(k), src.add(a), src.add(b));
            for v in 0..VECTORS {
                sums[v] = sums[v] + k * (V::load(a.add(v * V::LANES)) + V::load(b.add(v * V::LANES)));
            }
        }
        for v in 0..VECTORS {
            sums[v].store(dst.add(v * V::LANES));
        }
    }
}

kernel! {
    /// `dst[x]` = the largest of `src[o + x]` over the offsets.
    ///
    /// # Panics
    /// When there is no offset, or one plus the length of `dst` lies beyond `src`.
    highest, highest_at, highest_scalar = highest_lanes(dst: &mut [f32], src: &[f32], offsets: &[usize])
}

#[inline(always)]
unsafe fn highest_lanes<V: Vector>(dst: &mut [f32], src: &[f32], offsets: &[usize]) {
    let n = dst.len();
    let room = src.len().checked_sub(n).expect("src is as long as dst");
    assert!(!offsets.is_empty() && offsets.iter().all(|&o| o <= room));
    // SAFETY: every offset leaves n readable numbers, and n numbers of dst are writable.
    unsafe { each!(V, n, highest_step(dst.as_mut_ptr(), src.as_ptr(), offsets)) }
}

#[inline(always)]
unsafe fn highest_step<V: Vector>(x: usize, dst: *mut f32, src: *const f32, offsets: &[usize]) {
    // SAFETY: `highest_lanes` has checked every offset, and x + LANES does not exceed the length of dst.
    unsafe {
        let mut top = V::load(src.add(offsets[0]).add(x));
        for &o in &offsets[1..] {
            top = top.max(V::load(src.add(o).add(x)));
        }
        top.store(dst.add(x));
    }
}

kernel! {
    /// Bit x (of 64 in a number, the lowest first) tells whether `src[x]` exceeds the limit; bits beyond `src` are zero.
    ///
    /// # Panics
    /// When `dst` has not one number for every 64 of `src`.
    above, above_at, above_scalar = above_lanes(dst: &mut [u64], src: &[f32], limit: f32)
}

#[inline(always)]
unsafe fn above_lanes<V: Vector>(dst: &mut [u64], src: &[f32], limit: f32) {
    assert_eq!(dst.len(), src.len().div_ceil(64));
    for (word, src) in dst.iter_mut().zip(src.chunks(64)) {
        *word = 0;
        let whole = src.len() - src.len() % V::LANES;
        for x in (0..whole).step_by(V::LANES) {
            // SAFETY: x + LANES does not exceed the length of src.
            let higher = unsafe { V::load(src.as_ptr().add(x)).gt(V::splat(limit)) };
            *word |= u64::from(V::bits(higher)) << x;
        }
        for x in whole..src.len() {
            *word |= u64::from(src[x] > limit) << x;
        }
    }
}

kernel! {
    /// Half the difference of two rows: `dst = (a − b) / 2`.
    ///
    /// # Panics
    /// When the lengths differ.
    half_difference, half_difference_at, half_difference_scalar =
        half_difference_lanes(dst: &mut [f32], a: &[f32], b: &[f32])
}

#[inline(always)]
unsafe fn half_difference_lanes<V: Vector>(dst: &mut [f32], a: &[f32], b: &[f32]) {
    let n = dst.len();
    assert!(a.len() == n && b.len() == n);
    // SAFETY: all three have n numbers.
    unsafe { each!(V, n, half_difference_step(dst.as_mut_ptr(), a.as_ptr(), b.as_ptr())) }
}

#[inline(always)]
unsafe fn half_difference_step<V: Vector>(x: usize, dst: *mut f32, a: *const f32, b: *const f32) {
    // SAFETY: x + LANES does not exceed the common length.
    unsafe { (V::splat(0.5) * (V::load(a.add(x)) - V::load(b.add(x)))).store(dst.add(x)) }
}

kernel! {
    /// The gradient of a row's inner samples as pairs (x, y): `up`, `mid` and `down` are w long, `dst` is 2 (w − 2).
    ///
    /// # Panics
    /// When the lengths do not fit.
    gradient_pairs, gradient_pairs_at, gradient_pairs_scalar =
        gradient_pairs_lanes(dst: &mut [f32], up: &[f32], mid: &[f32], down: &[f32])
}

#[inline(always)]
unsafe fn gradient_pairs_lanes<V: Vector>(dst: &mut [f32], up: &[f32], mid: &[f32], down: &[f32]) {
    let n = mid.len().saturating_sub(2);
    assert!(up.len() == mid.len() && down.len() == mid.len() && dst.len() == 2 * n);
    // SAFETY: the rows have n + 2 numbers, dst has 2 n.
    unsafe { each!(V, n, gradient_pairs_step(dst.as_mut_ptr(), up.as_ptr(), mid.as_ptr(), down.as_ptr())) }
}

#[inline(always)]
unsafe fn gradient_pairs_step<V: Vector>(x: usize, dst: *mut f32, up: *const f32, mid: *const f32, down: *const f32) {
    // SAFETY: x + LANES + 2 does not exceed the rows' length, nor 2 (x + LANES) that of dst.
    unsafe {
        let half = V::splat(0.5);
        let gx = half * (V::load(mid.add(x + 2)) - V::load(mid.add(x)));
        let gy = half * (V::load(down.add(x + 1)) - V::load(up.add(x + 1)));
        gx.store_pairs(gy, dst.add(2 * x));
    }
}

kernel! {
    /// Lengths of vectors: `dst = √(x² + y²)`.
    ///
    /// # Panics
    /// When the lengths of the slices differ.
    lengths, lengths_at, lengths_scalar = lengths_lanes(dst: &mut [f32], x: &[f32], y: &[f32])
}

#[inline(always)]
unsafe fn lengths_lanes<V: Vector>(dst: &mut [f32], x: &[f32], y: &[f32]) {
    let n = dst.len();
    assert!(x.len() == n && y.len() == n);
    // SAFETY: all three have n numbers.
    unsafe { each!(V, n, lengths_step(dst.as_mut_ptr(), x.as_ptr(), y.as_ptr())) }
}

#[inline(always)]
unsafe fn lengths_step<V: Vector>(i: usize, dst: *mut f32, x: *const f32, y: *const f32) {
    // SAFETY: i + LANES does not exceed the common length.
    unsafe {
        let (x, y) = (V::load(x.add(i)), V::load(y.add(i)));
        (x * x + y * y).sqrt().store(dst.add(i));
    }
}

kernel! {
    /// Shortened excess: `dst = (m − floor) / (m + soft)` where m exceeds the floor, else zero.
    ///
    /// # Panics
    /// When the lengths differ.
    excess, excess_at, excess_scalar = excess_lanes(dst: &mut [f32], m: &[f32], floor: f32, soft: f32)
}

#[inline(always)]
unsafe fn excess_lanes<V: Vector>(dst: &mut [f32], m: &[f32], floor: f32, soft: f32) {
    let n = dst.len();
    assert_eq!(m.len(), n);
    // SAFETY: both have n numbers.
    unsafe { each!(V, n, excess_step(dst.as_mut_ptr(), m.as_ptr(), floor, soft)) }
}

#[inline(always)]
unsafe fn excess_step<V: Vector>(i: usize, dst: *mut f32, m: *const f32, floor: f32, soft: f32) {
    // SAFETY: i + LANES does not exceed the common length.
    unsafe {
        let (m, floor) = (V::load(m.add(i)), V::splat(floor));
        let part = (m - floor) / (m + V::splat(soft));
        V::select(m.gt(floor), part, V::splat(0.0)).store(dst.add(i));
    }
}

kernel! {
    /// `y += a·x`, element by element, the product rounded before it is added.
    ///
    /// # Panics
    /// When the lengths differ.
    axpy, axpy_at, axpy_scalar = axpy_lanes(y: &mut [f32], a: f32, x: &[f32])
}

#[inline(always)]
unsafe fn axpy_lanes<V: Vector>(y: &mut [f32], a: f32, x: &[f32]) {
    let n = y.len();
    assert_eq!(x.len(), n);
    // This kernel reads what it writes, so the last elements are done one by one instead of twice.
    let whole = n - n % V::LANES;
    // SAFETY: both have n numbers.
    unsafe {
        for i in (0..whole).step_by(V::LANES) {
            axpy_step::<V>(i, y.as_mut_ptr(), a, x.as_ptr());
        }
        for i in whole..n {
            axpy_step::<f32>(i, y.as_mut_ptr(), a, x.as_ptr());
        }
    }
}

#[inline(always)]
unsafe fn axpy_step<V: Vector>(i: usize, y: *mut f32, a: f32, x: *const f32) {
    // SAFETY: i + LANES does not exceed the common length.
    unsafe { (V::load(y.add(i)) + V::splat(a) * V::load(x.add(i))).store(y.add(i)) }
}
