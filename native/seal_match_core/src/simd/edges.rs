//! Looking along the normal of each reference edge for the moving image's edge.
//!
//! ```text
//! for each edge: p = pose(x, y) + bend·n'                        n' = normal turned into the moving image
//!   for k in −s ..= s:  v_k = ∇I(p + k·step·n') · n'             bilinear between the four gradients around
//!   best = argmax v_k − pull·|k|/s                               the first of equals
//!   offset = bend + (best + parabola through its neighbours)·step
//! ```
//! The lanes are edges: each walks along its own normal, the best value and its two neighbours stay in registers.

use super::press::load_edges;
use super::vector::Vector;
use crate::align::refine::{Edge, Offset};
use crate::geometry::Pose;

/// Gradients of a window, a pair (x, y) a sample, and how to look along the normals.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// `2 · width · height` numbers.
    pub gradient: &'a [f32],
    /// Columns of the window.
    pub width: usize,
    /// Rows of the window.
    pub height: usize,
    /// Reference millimetres to pixels of the scan.
    pub pose: Pose,
    /// The window's top left pixel in the scan.
    pub origin: [f32; 2],
    /// Steps either way; at least one.
    pub steps: usize,
    /// Length of a step in pixels.
    pub step_px: f32,
    /// Penalty at full reach, in units of gradient.
    pub pull: f32,
}

kernel! {
    /// Measures every edge: `out[i]` belongs to `edges[i]`, whose normal's foot is first moved by `bends[i]` pixels along it
    /// (no bends: by nothing).
    ///
    /// # Panics
    /// When the lengths do not fit, there is no step, or the window has more than 2³⁰ samples.
    measure, measure_at, measure_scalar = measure_lanes(look: &Look<'_>, edges: &[Edge], bends: &[f32], out: &mut [Offset])
}

/// What a look needs beside the window, worked out once.
struct Walk<'a> {
    look: &'a Look<'a>,
    size: f32,
    reach: f32,
    costs: Vec<f32>,
}

#[inline(always)]
unsafe fn measure_lanes<V: Vector>(look: &Look<'_>, edges: &[Edge], bends: &[f32], out: &mut [Offset]) {
    assert!(look.steps > 0 && look.step_px > 0.0 && out.len() == edges.len());
    assert!(bends.is_empty() || bends.len() == edges.len());
    assert!(look.gradient.len() == 2 * look.width * look.height && look.gradient.len() <= 1 << 31);
    let steps = look.steps as f32;
    let walk = Walk {
        look,
        size: look.pose.px_per_mm(),
        reach: steps * look.step_px + 0.5,
        costs: (0..=2 * look.steps).map(|k| look.pull * (k as f32 - steps).abs() / steps).collect(),
    };
    // SAFETY: out and (unless empty) bends are as long as edges; the walk keeps within the window.
    unsafe { each!(V, edges.len(), measure_step(&walk, edges, bends, out.as_mut_ptr())) }
}

#[inline(always)]
unsafe fn measure_step<V: Vector>(at: usize, walk: &Walk<'_>, edges: &[Edge], bends: &[f32], out: *mut Offset) {
    // SAFETY: at + LANES does not exceed the number of edges. A lane whose walk would leave the window walks around
    // (reach, reach) instead, which lies inside as soon as any lane's does, so that every gathered gradient is one of the window.
    unsafe {
        let look = walk.look;
        let pose = &look.pose;
        let [ex, ey, enx, eny] = load_edges::<V>(edges.as_ptr().add(at));
        let (a, b, size) = (V::splat(pose.a), V::splat(pose.b), V::splat(walk.size));
        let shift = if bends.is_empty() { V::splat(0.0) } else { V::load(bends.as_ptr().add(at)) };
        let (nx, ny) = ((a * enx - b * eny) / size, (b * enx + a * eny) / size);
        let x = a * ex - b * ey + V::splat(pose.tx) - V::splat(look.origin[0]) + shift * nx;
        let y = b * ex + a * ey + V::splat(pose.ty) - V::splat(look.origin[1]) + shift * ny;
        let (reach, zero, one) = (V::splat(walk.reach), V::splat(0.0), V::splat(1.0));
        let right = V::splat(look.width as f32).gt(x + reach + one);
        let low = V::splat(look.height as f32).gt(y + reach + one);
        let holds = V::and(V::and((x - reach).ge(zero), (y - reach).ge(zero)), V::and(right, low));
        let count = V::LANES;
        let mut lanes = [[0.0_f32; 16]; 3];
        if V::any(holds) {
            let (x, y) = (V::select(holds, x, reach), V::select(holds, y, reach));
            let steps = V::splat(look.steps as f32);
            let step = V::splat(look.step_px);
            let (mut best, mut at_k) = (V::splat(f32::NEG_INFINITY), zero);
            let (mut before, mut top, mut after) = (zero, zero, zero);
            let mut last = zero;
            let mut fresh = zero.gt(zero);
            for (k, &cost) in walk.costs.iter().enumerate() {
                let t = (V::splat(k as f32) - steps) * step;
                let v = project::<V>(look, x + t * nx, y + t * ny, nx, ny);
                after = V::select(fresh, v, after);
                let score = v - V::splat(cost);
                fresh = score.gt(best);
                best = V::select(fresh, score, best);
                at_k = V::select(fresh, V::splat(k as f32), at_k);
                before = V::select(fresh, last, before);
                top = V::select(fresh, v, top);
                last = v;
            }
            let inner = V::and(V::and(at_k.gt(zero), (steps + steps).gt(at_k)), holds);
            let curve = before - V::splat(2.0) * top + after;
            let bends_down = V::splat(-1e-7).gt(curve);
            let d = (V::splat(0.5) * (before - after) / curve).max(V::splat(-1.0)).min(one);
            let d = V::select(V::and(inner, bends_down), d, zero);
            let px = shift + (at_k - steps + d) * step;
            V::select(holds, px, zero).store(lanes[0].as_mut_ptr());
            V::select(holds, top.max(zero), zero).store(lanes[1].as_mut_ptr());
            V::select(inner, one, zero).store(lanes[2].as_mut_ptr());
        }
        for i in 0..count {
            out.add(at + i).write(Offset { px: lanes[0][i], strength: lanes[1][i], found: lanes[2][i] > 0.0 });
        }
    }
}

/// The gradient at (x, y) along (nx, ny).
///
/// # Safety
/// - Every (x, y) and its right and lower neighbours lie in the window.
#[inline(always)]
unsafe fn project<V: Vector>(look: &Look<'_>, x: V, y: V, nx: V, ny: V) -> V {
    // SAFETY: the four samples around (x, y) lie in the window, two numbers each.
    unsafe {
        let (i, j) = (x.truncate(), y.truncate());
        let (ax, ay) = (x - V::from_int(i), y - V::from_int(j));
        let index = V::index(j, look.width as i32, i);
        let pair = V::index(index, 2, (V::splat(0.0)).truncate());
        let g = look.gradient.as_ptr();
        let below = g.add(2 * look.width);
        let (top_left, top_right) = (along::<V>(g, pair, nx, ny), along::<V>(g.add(2), pair, nx, ny));
        let (low_left, low_right) = (along::<V>(below, pair, nx, ny), along::<V>(below.add(2), pair, nx, ny));
        let p = top_left + ax * (top_right - top_left);
        let q = low_left + ax * (low_right - low_left);
        p + ay * (q - p)
    }
}

/// The gradients at `base + pair` along (nx, ny).
///
/// # Safety
/// - Every `base + pair` and its successor are readable.
#[inline(always)]
unsafe fn along<V: Vector>(base: *const f32, pair: V::Int, nx: V, ny: V) -> V {
    // SAFETY: the caller's promise.
    let (gx, gy) = unsafe { V::gather_pairs(base, pair) };
    gx * nx + gy * ny
}
