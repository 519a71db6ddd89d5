//! Kernels that correlate two images place by place.
//!
//! ```text
//! products:   ab = mean(aᵢ·bᵢ),  b = mean(bᵢ),  bb = mean(bᵢ²)                    i = the four samples of a place
//! keep_best:  r = (ab − a·b + ε) / √((aa − a² + ε)(bb − b² + ε));  where r > best: best = r, shift = this one
//! ```

use super::vector::Vector;

/// Variance of ink that counts as none.
pub const NONE: f32 = 0.004;

kernel! {
    /// Means over the four samples of each place: of the product of both images, of the second, and of its square.
    ///
    /// # Panics
    /// When the lengths differ.
    products, products_at, products_scalar = products_lanes(dst: [&mut [f32]; 3], a: [&[f32]; 4], b: [&[f32]; 4])
}

#[inline(always)]
unsafe fn products_lanes<V: Vector>(dst: [&mut [f32]; 3], a: [&[f32]; 4], b: [&[f32]; 4]) {
    let n = dst[0].len();
    assert!(dst.iter().all(|d| d.len() == n) && a.iter().chain(&b).all(|s| s.len() == n));
    let dst = dst.map(<[f32]>::as_mut_ptr);
    let (a, b) = (a.map(<[f32]>::as_ptr), b.map(<[f32]>::as_ptr));
    // SAFETY: all have n numbers.
    unsafe { each!(V, n, products_step(dst, a, b)) }
}

#[inline(always)]
unsafe fn products_step<V: Vector>(x: usize, dst: [*mut f32; 3], a: [*const f32; 4], b: [*const f32; 4]) {
    // SAFETY: x + LANES does not exceed the common length.
    unsafe {
        let (mut both, mut one, mut square) = (V::splat(0.0), V::splat(0.0), V::splat(0.0));
        for i in 0..4 {
            let (p, q) = (V::load(a[i].add(x)), V::load(b[i].add(x)));
            both = both + p * q;
            one = one + q;
            square = square + q * q;
        }
        let quarter = V::splat(0.25);
        (quarter * both).store(dst[0].add(x));
        (quarter * one).store(dst[1].add(x));
        (quarter * square).store(dst[2].add(x));
    }
}

/// Local means of two images, a row of places.
#[derive(Clone, Copy, Debug)]
pub struct Means<'a> {
    /// Of the product.
    pub ab: &'a [f32],
    /// Of the first.
    pub a: &'a [f32],
    /// One over the first's deviation, from its variance plus [`NONE`].
    pub inverse: &'a [f32],
    /// Of the second.
    pub b: &'a [f32],
    /// Of the second's square.
    pub bb: &'a [f32],
}

kernel! {
    /// Keeps the larger correlation of each place in `best[0]`, and its shift (x, y) in `best[1]` and `best[2]`.
    ///
    /// # Panics
    /// When the lengths differ.
    keep_best, keep_best_at, keep_best_scalar = keep_best_lanes(best: [&mut [f32]; 3], means: Means<'_>, shift: [f32; 2])
}

#[inline(always)]
unsafe fn keep_best_lanes<V: Vector>(best: [&mut [f32]; 3], means: Means<'_>, shift: [f32; 2]) {
    let n = best[0].len();
    let Means { ab, a, inverse, b, bb } = means;
    assert!(best.iter().all(|s| s.len() == n) && [ab, a, inverse, b, bb].iter().all(|s| s.len() == n));
    let best = best.map(<[f32]>::as_mut_ptr);
    // SAFETY: all have n numbers. A place done twice keeps what the first time gave: no correlation exceeds itself.
    unsafe { each!(V, n, keep_best_step(best, means, shift)) }
}

#[inline(always)]
unsafe fn keep_best_step<V: Vector>(x: usize, best: [*mut f32; 3], means: Means<'_>, shift: [f32; 2]) {
    // SAFETY: x + LANES does not exceed the common length.
    unsafe {
        let Means { ab, a, inverse, b, bb } = means;
        let (a, b) = (V::load(a.as_ptr().add(x)), V::load(b.as_ptr().add(x)));
        let variance = (V::load(bb.as_ptr().add(x)) - b * b).max(V::splat(0.0)) + V::splat(NONE);
        let common = V::load(ab.as_ptr().add(x)) - a * b + V::splat(NONE);
        let r = common * V::load(inverse.as_ptr().add(x)) / variance.sqrt();
        let (old, sx, sy) = (V::load(best[0].add(x)), V::load(best[1].add(x)), V::load(best[2].add(x)));
        let better = r.gt(old);
        V::select(better, r, old).store(best[0].add(x));
        V::select(better, V::splat(shift[0]), sx).store(best[1].add(x));
        V::select(better, V::splat(shift[1]), sy).store(best[2].add(x));
    }
}
