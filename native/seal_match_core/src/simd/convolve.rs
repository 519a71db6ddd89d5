//! Kernels of a small network over many small windows.
//!
//! ```text
//! convolve:  dst(y, x, o) = max(0, bias(o) + Σ src(s·y + i, s·x + j, k) · weights(i, j, k, o))      i, j = 0, 1, 2; s = step
//! connect:   dst(n, o) = max(0, bias(o) + Σ src(n, k) · weights(k, o))
//! ```
//! A lane is an output. `convolve` adds whole numbers, of which a vector holds twice as many, so its sums are exact in any order;
//! the sums of `connect` run over the inputs in one order, each product fused with its addition. The sums of several places, and of
//! two vectors of their outputs, grow together: an operation takes longer than the next one may follow, and an input or weight that was
//! fetched serves them all.

use super::vector::Vector;

/// Neighbouring outputs that are computed together: half a row or a whole one.
const BLOCK: usize = 7;
/// Inputs of [`connect`] that are computed together.
const TOGETHER: usize = 8;

/// One layer of 3 × 3 taps over a square of places, in whole numbers.
#[derive(Clone, Copy, Debug)]
pub struct Taps<'a> {
    /// Places a side of the input, and the input itself: rows, columns, `inputs`; above −2¹⁵.
    pub src_side: usize,
    /// See `src_side`.
    pub src: &'a [i16],
    /// Numbers a place of the input: even.
    pub inputs: usize,
    /// Row and column of the input's place under the first tap of the first output.
    pub from: usize,
    /// Places of the input from one output to the next.
    pub step: usize,
    /// Rows, columns, pairs of inputs, outputs, the two of a pair; above −2¹⁵.
    pub weights: &'a [i16],
    /// One an output; their number is a multiple of sixteen.
    pub bias: &'a [i32],
    /// Places a side of the output: a multiple of seven.
    pub side: usize,
}

kernel! {
    /// Fills `side` rows of `side` places. No sum may leave an `i32`: where it does, it is taken modulo 2³².
    ///
    /// # Panics
    /// When a length does not fit.
    convolve, convolve_at, convolve_scalar = convolve_lanes(dst: &mut [i32], taps: &Taps<'_>)
}

#[inline(always)]
unsafe fn convolve_lanes<V: Vector>(dst: &mut [i32], taps: &Taps<'_>) {
    let outputs = taps.bias.len();
    assert!(outputs.is_multiple_of(16) && taps.side.is_multiple_of(BLOCK) && taps.inputs.is_multiple_of(2));
    assert!(taps.weights.len() == 9 * taps.inputs * outputs);
    assert!(taps.src.len() == taps.src_side * taps.src_side * taps.inputs);
    assert!(taps.side == 0 || taps.from + taps.step * (taps.side - 1) + 2 < taps.src_side);
    assert!(dst.len() == taps.side * taps.side * outputs);
    // SAFETY: side is a multiple of a block, the outputs one of the vectors' lanes, the inputs one of a pair, and all lies within its
    // slice, as asserted.
    unsafe {
        if outputs.is_multiple_of(2 * V::LANES) {
            blocks::<V, 2>(dst.as_mut_ptr(), taps);
        } else {
            blocks::<V, 1>(dst.as_mut_ptr(), taps);
        }
    }
}

/// Every block of neighbours and of `VECTORS` vectors of their outputs.
#[inline(always)]
unsafe fn blocks<V: Vector, const VECTORS: usize>(dst: *mut i32, taps: &Taps<'_>) {
    let outputs = taps.bias.len();
    for y in 0..taps.side {
        for x in (0..taps.side).step_by(BLOCK) {
            let place = (taps.from + taps.step * y) * taps.src_side + taps.from + taps.step * x;
            let at = (y * taps.side + x) * outputs;
            for first in (0..outputs).step_by(VECTORS * V::LANES) {
                // SAFETY: the caller's promise.
                unsafe { block::<V, VECTORS>(dst.add(at + first), taps, place * taps.inputs, first) }
            }
        }
    }
}

#[inline(always)]
unsafe fn block<V: Vector, const VECTORS: usize>(dst: *mut i32, taps: &Taps<'_>, start: usize, first: usize) {
    let outputs = taps.bias.len();
    // SAFETY: the caller's promise.
    unsafe {
        let mut sums = [vectors::<V, VECTORS>(taps.bias.as_ptr().add(first)); BLOCK];
        let (mut row, line) = (taps.src.as_ptr().add(start), taps.src_side * taps.inputs);
        // One tap's weights follow the other's.
        let mut weights = taps.weights.as_ptr().wrapping_add(2 * first);
        for _ in 0..3 {
            let mut tap = row;
            for _ in 0..3 {
                let places = places::<_, BLOCK>(tap, taps.step * taps.inputs);
                for k in (0..taps.inputs).step_by(2) {
                    let w = vectors::<V, VECTORS>(weights.cast());
                    for b in 0..BLOCK {
                        let input = V::splat_int(places[b].add(k).cast::<i32>().read_unaligned());
                        for v in 0..VECTORS {
                            sums[b][v] = V::add_products(sums[b][v], input, w[v]);
                        }
                    }
                    weights = weights.wrapping_add(2 * outputs);
                }
                tap = tap.wrapping_add(taps.inputs);
            }
            row = row.wrapping_add(line);
        }
        let zero = V::splat_int(0);
        for b in 0..BLOCK {
            for v in 0..VECTORS {
                V::store_int(V::max_int(sums[b][v], zero), dst.add(b * outputs + v * V::LANES));
            }
        }
    }
}

kernel! {
    /// `src` over 2^`lost`, rounded to the nearest, halves up; of what is larger than an `i16` the low bits are left.
    ///
    /// # Panics
    /// When the lengths differ, or `lost` is above 31.
    narrow, narrow_at, narrow_scalar = narrow_lanes(dst: &mut [i16], src: &[i32], lost: u32)
}

#[inline(always)]
// The width is the compiler's to use: whole numbers have the same bits in each.
#[expect(clippy::extra_unused_type_parameters)]
unsafe fn narrow_lanes<V: Vector>(dst: &mut [i16], src: &[i32], lost: u32) {
    assert!(dst.len() == src.len() && lost < 32);
    let before = lost.saturating_sub(1);
    let half = i32::from(lost > 0);
    for (to, v) in dst.iter_mut().zip(src) {
        *to = ((*v >> before).wrapping_add(half) >> half) as i16;
    }
}

/// Where several places begin that lie `stride` numbers apart: known beforehand, so that the loops over them do not work it out.
#[inline(always)]
unsafe fn places<T, const N: usize>(first: *const T, stride: usize) -> [*const T; N] {
    let mut out = [first; N];
    for n in 1..N {
        // SAFETY: the caller's promise.
        out[n] = unsafe { out[n - 1].add(stride) };
    }
    out
}

/// Vectors side by side.
#[inline(always)]
unsafe fn vectors<V: Vector, const N: usize>(p: *const i32) -> [V::Int; N] {
    // SAFETY: the caller's promise.
    unsafe {
        let mut out = [V::splat_int(0); N];
        for v in 0..N {
            out[v] = V::load_int(p.add(v * V::LANES));
        }
        out
    }
}

kernel! {
    /// One layer in which every input reaches every output, of several sources one after the other; the number of outputs is a
    /// multiple of sixteen.
    ///
    /// # Panics
    /// When a length does not fit.
    connect, connect_at, connect_scalar = connect_lanes(dst: &mut [f32], src: &[f32], weights: &[f32], bias: &[f32])
}

#[inline(always)]
unsafe fn connect_lanes<V: Vector>(dst: &mut [f32], src: &[f32], weights: &[f32], bias: &[f32]) {
    let outputs = bias.len();
    assert!(outputs.is_multiple_of(16) && dst.len().is_multiple_of(outputs) && weights.len().is_multiple_of(outputs));
    let (inputs, sources) = (weights.len() / outputs, dst.len() / outputs);
    assert_eq!(src.len(), sources * inputs);
    let whole = sources - sources % TOGETHER;
    // SAFETY: every source has `inputs` numbers, every row of weights, the bias and every row of `dst` `outputs`, a multiple of the
    // lanes.
    unsafe {
        for n in (0..whole).step_by(TOGETHER) {
            let (dst, src) = (dst.as_mut_ptr().add(n * outputs), src.as_ptr().add(n * inputs));
            connect_sources::<V, TOGETHER>(dst, src, inputs, weights, bias);
        }
        for n in whole..sources {
            let (dst, src) = (dst.as_mut_ptr().add(n * outputs), src.as_ptr().add(n * inputs));
            connect_sources::<V, 1>(dst, src, inputs, weights, bias);
        }
    }
}

#[inline(always)]
unsafe fn connect_sources<V: Vector, const SOURCES: usize>(
    dst: *mut f32,
    src: *const f32,
    inputs: usize,
    weights: &[f32],
    bias: &[f32],
) {
    let outputs = bias.len();
    for first in (0..outputs).step_by(V::LANES) {
        // SAFETY: the caller's promise.
        unsafe {
            let mut sums = [V::load(bias.as_ptr().add(first)); SOURCES];
            let sources = places::<_, SOURCES>(src, inputs);
            let mut weights = weights.as_ptr().add(first);
            for k in 0..inputs {
                let w = V::load(weights);
                for n in 0..SOURCES {
                    sums[n] = V::splat(*sources[n].add(k)).mul_add(w, sums[n]);
                }
                weights = weights.wrapping_add(outputs);
            }
            for n in 0..SOURCES {
                sums[n].max(V::splat(0.0)).store(dst.add(n * outputs + first));
            }
        }
    }
}
