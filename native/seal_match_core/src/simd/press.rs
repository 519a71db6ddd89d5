//! Kernels of the displacement: the smooth part at every edge, what is covered, and the sums that fit the smooth part.
//!
//! ```text
//! smooth:   out = n·d(u, v) − g(u, v)            d, g quadratic in u = x/radius, v = y/radius
//! covered:  out = 1 where black exceeds a limit at p − r·n', p or p + r·n'
//! moments:  S[k][m] += c_k·monomial_m            c = w·(nx², nx·ny, ny², nx, ny, 1), monomials of u, v up to degree 4
//! ```
//! Every entry of the 18 × 18 normal matrix of the fit is one of these 90 sums, instead of 171 of its own.

use super::vector::Vector;
use crate::align::refine::Edge;
use crate::geometry::Pose;

/// An edge is five numbers (`repr(C)`).
const FIELDS: f32 = 5.0;

kernel! {
    /// The smooth part of every edge's offset, gain included, in the units of the coefficients (for 1, u, v, u², uv, v² each:
    /// displacement in x and y, gain).
    ///
    /// # Panics
    /// When the lengths differ.
    smooth_offsets, smooth_offsets_at, smooth_offsets_scalar =
        smooth_lanes(out: &mut [f32], edges: &[Edge], coefficients: &[[f32; 6]; 3], radius_mm: f32)
}

#[inline(always)]
unsafe fn smooth_lanes<V: Vector>(out: &mut [f32], edges: &[Edge], coefficients: &[[f32; 6]; 3], radius_mm: f32) {
    assert_eq!(out.len(), edges.len());
    // SAFETY: out is as long as edges.
    unsafe { each!(V, edges.len(), smooth_step(out.as_mut_ptr(), edges.as_ptr(), coefficients, radius_mm)) }
}

#[inline(always)]
unsafe fn smooth_step<V: Vector>(at: usize, out: *mut f32, edges: *const Edge, c: &[[f32; 6]; 3], radius_mm: f32) {
    // SAFETY: at + LANES does not exceed the number of edges.
    unsafe {
        let [x, y, nx, ny] = load_edges::<V>(edges.add(at));
        let radius = V::splat(radius_mm);
        let (u, v) = (x / radius, y / radius);
        let (uu, uv, vv) = (u * u, u * v, v * v);
        let dx = quadratic::<V>(&c[0], u, v, uu, uv, vv);
        let dy = quadratic::<V>(&c[1], u, v, uu, uv, vv);
        let gain = quadratic::<V>(&c[2], u, v, uu, uv, vv);
        (nx * dx + ny * dy - gain).store(out.add(at));
    }
}

/// x, y and the normal of consecutive edges.
///
/// # Safety
/// - `LANES` edges from `p` on are readable.
#[inline(always)]
pub(super) unsafe fn load_edges<V: Vector>(p: *const Edge) -> [V; 4] {
    // SAFETY: the caller's promise.
    unsafe {
        let (p, which) = (p.cast::<f32>(), (V::iota() * V::splat(FIELDS)).truncate());
        [V::gather(p, which), V::gather(p.add(1), which), V::gather(p.add(2), which), V::gather(p.add(3), which)]
    }
}

#[inline(always)]
unsafe fn quadratic<V: Vector>(c: &[f32; 6], u: V, v: V, uu: V, uv: V, vv: V) -> V {
    // SAFETY: u exists, so the width is available.
    unsafe {
        V::splat(c[0]) + V::splat(c[1]) * u + V::splat(c[2]) * v + V::splat(c[3]) * uu + V::splat(c[4]) * uv + V::splat(c[5]) * vv
    }
}

/// Black over a window, and where the reference lies in it.
#[derive(Clone, Copy, Debug)]
pub struct Cover<'a> {
    /// Black density, `width · height`.
    pub dark: &'a [f32],
    /// Columns of the window.
    pub width: usize,
    /// Rows of the window.
    pub height: usize,
    /// Reference millimetres to pixels of the scan.
    pub pose: Pose,
    /// The window's top left pixel in the scan.
    pub origin: [f32; 2],
    /// How far to look to both sides along the normal, in pixels.
    pub reach: f32,
    /// Density from which a place counts as covered.
    pub limit: f32,
}

kernel! {
    /// One for each edge that black covers or touches, else zero; outside the window nothing is black.
    ///
    /// # Panics
    /// When the lengths do not fit or the window has more than 2³¹ samples.
    covered_edges, covered_edges_at, covered_edges_scalar = covered_lanes(out: &mut [f32], edges: &[Edge], cover: &Cover<'_>)
}

#[inline(always)]
unsafe fn covered_lanes<V: Vector>(out: &mut [f32], edges: &[Edge], cover: &Cover<'_>) {
    let samples = cover.width * cover.height;
    assert!(out.len() == edges.len() && cover.dark.len() == samples && samples <= 1 << 31);
    // SAFETY: out is as long as edges, and dark has all samples.
    unsafe { each!(V, edges.len(), covered_step(out.as_mut_ptr(), edges.as_ptr(), cover)) }
}

#[inline(always)]
unsafe fn covered_step<V: Vector>(at: usize, out: *mut f32, edges: *const Edge, cover: &Cover<'_>) {
    // SAFETY: at + LANES does not exceed the number of edges.
    unsafe {
        let [ex, ey, enx, eny] = load_edges::<V>(edges.add(at));
        let pose = &cover.pose;
        let (a, b, size) = (V::splat(pose.a), V::splat(pose.b), V::splat(pose.px_per_mm()));
        let (nx, ny) = ((a * enx - b * eny) / size, (b * enx + a * eny) / size);
        let x = a * ex - b * ey + V::splat(pose.tx) - V::splat(cover.origin[0]);
        let y = b * ex + a * ey + V::splat(pose.ty) - V::splat(cover.origin[1]);
        let reach = V::splat(cover.reach);
        let here = black::<V>(cover, x, y);
        let before = black::<V>(cover, x - reach * nx, y - reach * ny);
        let after = black::<V>(cover, x + reach * nx, y + reach * ny);
        let most = here.max(before).max(after);
        V::select(most.gt(V::splat(cover.limit)), V::splat(1.0), V::splat(0.0)).store(out.add(at));
    }
}

/// Black density at (x, y), bilinear; zero outside.
///
/// # Safety
/// - `cover.dark` has `width · height` samples.
#[inline(always)]
unsafe fn black<V: Vector>(cover: &Cover<'_>, x: V, y: V) -> V {
    // SAFETY: a lane outside is sent to (0, 0), which is inside with its neighbours as soon as any lane is.
    unsafe {
        let (zero, one) = (V::splat(0.0), V::splat(1.0));
        let right = V::splat(cover.width as f32).gt(x + one);
        let low = V::splat(cover.height as f32).gt(y + one);
        let inside = V::and(V::and(x.ge(zero), y.ge(zero)), V::and(right, low));
        if !V::any(inside) {
            return zero;
        }
        let (x, y) = (V::select(inside, x, zero), V::select(inside, y, zero));
        let (i, j) = (x.truncate(), y.truncate());
        let (ax, ay) = (x - V::from_int(i), y - V::from_int(j));
        let index = V::index(j, cover.width as i32, i);
        let (a, b) = V::gather_pairs(cover.dark.as_ptr(), index);
        let (c, d) = V::gather_pairs(cover.dark.as_ptr().add(cover.width), index);
        let (top, bottom) = (a + ax * (b - a), c + ax * (d - c));
        V::select(inside, top + ay * (bottom - top), zero)
    }
}

/// One observation of the fit.
#[derive(Clone, Copy, Debug)]
pub struct Observation {
    /// Position divided by the radius.
    pub at: [f32; 2],
    /// Unit normal.
    pub normal: [f32; 2],
    /// Observed offset.
    pub value: f32,
    /// Its weight.
    pub weight: f32,
}

/// Sums of a fit, in double precision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// Sums of w·(nx², nx·ny, ny², nx, ny, 1) with the monomials of [`monomial`]; the last column is zero.
    pub matrix: [[f64; 16]; 6],
    /// Sums of w·value·(nx, ny, 1) with the monomials up to degree two; the last two columns are zero.
    pub rhs: [[f64; 8]; 3],
}

impl Moments {
    /// Nothing observed yet.
    pub const fn new() -> Self {
        Self { matrix: [[0.0; 16]; 6], rhs: [[0.0; 8]; 3] }
    }
}

impl Default for Moments {
    fn default() -> Self {
        Self::new()
    }
}

/// Column of uⁱ·vʲ in [`Moments`]: by degree, then by j.
pub const fn monomial(i: usize, j: usize) -> usize {
    let degree = i + j;
    degree * (degree + 1) / 2 + j
}

kernel! {
    /// Adds observations to the sums, in their order.
    add_moments, add_moments_at, add_moments_scalar = moments_lanes(sums: &mut Moments, observations: &[Observation])
}

/// Observations whose factors are worked out together.
const TOGETHER: usize = 16;

/// What an observation is multiplied from.
#[derive(Clone, Copy)]
struct Factors {
    /// Of u and v, in the order of [`monomial`], and a zero.
    monomials: [f64; 16],
    /// w·(nx², nx·ny, ny², nx, ny, 1).
    normal: [f64; 6],
    value: f64,
}

impl Factors {
    // A function of its own: spread over the lanes, the factors of several observations would have to be scattered.
    #[inline(never)]
    fn work_out(&mut self, o: &Observation) {
        let (u, v) = (f64::from(o.at[0]), f64::from(o.at[1]));
        let (nx, ny) = (f64::from(o.normal[0]), f64::from(o.normal[1]));
        let w = f64::from(o.weight);
        let (uu, uv, vv) = (u * u, u * v, v * v);
        self.monomials =
            [1.0, u, v, uu, uv, vv, uu * u, uu * v, u * vv, vv * v, uu * uu, uu * uv, uu * vv, uv * vv, vv * vv, 0.0];
        let (wx, wy) = (w * nx, w * ny);
        self.normal = [wx * nx, wx * ny, wy * ny, wx, wy, w];
        self.value = f64::from(o.value);
    }
}

/// Double precision has no lanes of its own here: the compiler spreads the sixteen columns over the width of the caller.
#[inline(always)]
#[allow(clippy::extra_unused_type_parameters)]
unsafe fn moments_lanes<V: Vector>(sums: &mut Moments, observations: &[Observation]) {
    let mut all = *sums;
    for some in observations.chunks(TOGETHER) {
        let mut factors = [Factors { monomials: [0.0; 16], normal: [0.0; 6], value: 0.0 }; TOGETHER];
        let mut n = 0;
        while n < some.len() {
            factors[n].work_out(&some[n]);
            n += 1;
        }
        // Sum by sum, so that the one that grows stays in registers.
        let mut k = 0;
        while k < 6 {
            let mut row = all.matrix[k];
            let mut n = 0;
            while n < some.len() {
                let (c, m) = (factors[n].normal[k], &factors[n].monomials);
                let mut i = 0;
                while i < 16 {
                    row[i] += c * m[i];
                    i += 1;
                }
                n += 1;
            }
            all.matrix[k] = row;
            k += 1;
        }
        let mut k = 0;
        while k < 3 {
            let mut row = all.rhs[k];
            let mut n = 0;
            while n < some.len() {
                let (c, m) = (factors[n].normal[k + 3] * factors[n].value, &factors[n].monomials);
                let mut i = 0;
                while i < 6 {
                    row[i] += c * m[i];
                    i += 1;
                }
                n += 1;
            }
            all.rhs[k] = row;
            k += 1;
        }
    }
    *sums = all;
}
