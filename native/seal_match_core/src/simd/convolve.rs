//! Kernels of a small network over many small windows.
//!
//! ```text
//! convolve:  dst(y, x, o) = max(0, bias(o) + Σ src(s·y + i, s·x + j, k) · weights(i, j, k, o))      i, j = 0, 1, 2; s = step
//! connect:   dst(o) = max(0, bias(o) + Σ src(k) · weights(k, o))
//! ```
//! A lane is an output; every sum runs over rows, columns and inputs in this one order, each product fused with its addition.

use super::vector::Vector;

/// Neighbouring outputs that are computed together: half a row or a whole one.
const BLOCK: usize = 7;

/// One layer of 3 × 3 taps over a square of places.
#[derive(Clone, Copy, Debug)]
pub struct Taps<'a> {
    /// Places a side of the input, and the input itself: rows, columns, `inputs`.
    pub src_side: usize,
    /// See `src_side`.
    pub src: &'a [f32],
    /// Numbers a place of the input.
    pub inputs: usize,
    /// Row and column of the input's place under the first tap of the first output.
    pub from: usize,
    /// Places of the input from one output to the next.
    pub step: usize,
    /// Rows, columns, inputs, outputs.
    pub weights: &'a [f32],
    /// One an output; their number is a multiple of sixteen.
    pub bias: &'a [f32],
    /// Places a side of the output: a multiple of seven.
    pub side: usize,
}

kernel! {
    /// Fills a square of `side` + 2 places a side, of which the outermost are left as they are.
    ///
    /// # Panics
    /// When a length does not fit.
    convolve, convolve_at, convolve_scalar = convolve_lanes(dst: &mut [f32], taps: &Taps<'_>)
}

#[inline(always)]
unsafe fn convolve_lanes<V: Vector>(dst: &mut [f32], taps: &Taps<'_>) {
    let outputs = taps.bias.len();
    assert!(outputs.is_multiple_of(16) && taps.side.is_multiple_of(BLOCK));
    assert!(taps.weights.len() == 9 * taps.inputs * outputs);
    assert!(taps.src.len() == taps.src_side * taps.src_side * taps.inputs);
    assert!(taps.side == 0 || taps.from + taps.step * (taps.side - 1) + 2 < taps.src_side);
    let stride = taps.side + 2;
    assert!(dst.len() == stride * stride * outputs);
    for y in 0..taps.side {
        for x in (0..taps.side).step_by(BLOCK) {
            let place = (taps.from + taps.step * y) * taps.src_side + taps.from + taps.step * x;
            let at = ((y + 1) * stride + x + 1) * outputs;
            for first in (0..outputs).step_by(V::LANES) {
                // SAFETY: nine taps of seven outputs lie within the input, and the outputs within `dst`, as asserted.
                unsafe { block::<V>(dst.as_mut_ptr().add(at + first), taps, place * taps.inputs, first) }
            }
        }
    }
}

#[inline(always)]
unsafe fn block<V: Vector>(dst: *mut f32, taps: &Taps<'_>, start: usize, first: usize) {
    let outputs = taps.bias.len();
    // SAFETY: the caller's promise.
    unsafe {
        let mut sums = [V::load(taps.bias.as_ptr().add(first)); BLOCK];
        for i in 0..3 {
            for j in 0..3 {
                let src = taps.src.as_ptr().add(start + (i * taps.src_side + j) * taps.inputs);
                let weights = taps.weights.as_ptr().add((3 * i + j) * taps.inputs * outputs + first);
                for k in 0..taps.inputs {
                    let w = V::load(weights.add(k * outputs));
                    for b in 0..BLOCK {
                        sums[b] = V::splat(*src.add(b * taps.step * taps.inputs + k)).mul_add(w, sums[b]);
                    }
                }
            }
        }
        for b in 0..BLOCK {
            sums[b].max(V::splat(0.0)).store(dst.add(b * outputs));
        }
    }
}

kernel! {
    /// One layer in which every input reaches every output; the number of outputs is a multiple of sixteen.
    ///
    /// # Panics
    /// When a length does not fit.
    connect, connect_at, connect_scalar = connect_lanes(dst: &mut [f32], src: &[f32], weights: &[f32], bias: &[f32])
}

#[inline(always)]
unsafe fn connect_lanes<V: Vector>(dst: &mut [f32], src: &[f32], weights: &[f32], bias: &[f32]) {
    let outputs = bias.len();
    assert!(outputs.is_multiple_of(16) && dst.len() == outputs && weights.len() == src.len() * outputs);
    for first in (0..outputs).step_by(V::LANES) {
        // SAFETY: all rows of weights, the bias and `dst` have `outputs` numbers, a multiple of the lanes.
        unsafe {
            let mut sum = V::load(bias.as_ptr().add(first));
            for k in 0..src.len() {
                sum = V::splat(*src.as_ptr().add(k)).mul_add(V::load(weights.as_ptr().add(k * outputs + first)), sum);
            }
            sum.max(V::splat(0.0)).store(dst.as_mut_ptr().add(first));
        }
    }
}
