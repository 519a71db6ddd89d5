//! Kernels of the dense comparison on the reference's grid: the warp, the levelling, the differences, the sums of tiles.
//!
//! ```text
//! warp:       p = pose(u + d(u)),  ink[x] = I(p),  covered[x] = p outside or D(p) > limit        bilinear; d quadratic
//! level:      out = min(in / r, 1.4),  r between two rows of ratios
//! beyond:     out = clamp((min(a, 1) − allowed − 0.15) / 0.85, 0, 1)
//! *_columns:  sums over the rows of a band, a column each; the caller adds the columns of a tile
//! ```
//! A band's sums run down its rows in order, whatever the width.

use super::vector::Vector;
use crate::geometry::Pose;

/// How a row of the reference's grid is found in a moving window.
#[derive(Clone, Copy, Debug)]
pub struct Warp<'a> {
    /// Ink of the window, `width · height`.
    pub ink: &'a [f32],
    /// Black over it, as large.
    pub dark: &'a [f32],
    /// Columns of the window.
    pub width: usize,
    /// Rows of the window.
    pub height: usize,
    /// Reference millimetres to pixels of the scan.
    pub pose: Pose,
    /// The window's top left pixel in the scan.
    pub origin: [f32; 2],
    /// Coefficients of the displacement in x and y for 1, u, v, u², uv, v², with u and v in units of `radius_mm`.
    pub displacement: [[f32; 6]; 2],
    /// See `displacement`.
    pub radius_mm: f32,
    /// Samples of the grid per millimetre.
    pub px_per_mm: f32,
    /// Column of the grid that is at zero millimetres.
    pub centre: f32,
    /// Black density from which a place counts as covered.
    pub limit: f32,
}

kernel! {
    /// Samples the row at `v_mm` of the grid: its ink, and one where it is covered or lies outside the window.
    ///
    /// # Panics
    /// When the lengths do not fit or the window has more than 2³¹ samples.
    warp_row, warp_row_at, warp_row_scalar =
        warp_row_lanes(warp: &Warp<'_>, v_mm: f32, ink: &mut [f32], covered: &mut [f32])
}

#[inline(always)]
unsafe fn warp_row_lanes<V: Vector>(warp: &Warp<'_>, v_mm: f32, ink: &mut [f32], covered: &mut [f32]) {
    let n = ink.len();
    let samples = warp.width * warp.height;
    assert!(covered.len() == n && warp.ink.len() == samples && warp.dark.len() == samples && samples <= 1 << 31);
    // SAFETY: both rows have n numbers, both fields `samples`.
    unsafe { each!(V, n, warp_step(warp, v_mm, ink.as_mut_ptr(), covered.as_mut_ptr())) }
}

#[inline(always)]
unsafe fn warp_step<V: Vector>(x: usize, warp: &Warp<'_>, v_mm: f32, ink: *mut f32, covered: *mut f32) {
    // SAFETY: x + LANES does not exceed the row. A lane outside the window is sent to (0, 0), which is inside with its right and
    // lower neighbours as soon as any lane is.
    unsafe {
        let (zero, one) = (V::splat(0.0), V::splat(1.0));
        let pose = &warp.pose;
        let u_mm = (V::iota() + V::splat(x as f32) - V::splat(warp.centre)) / V::splat(warp.px_per_mm);
        let v = v_mm / warp.radius_mm;
        let u = u_mm / V::splat(warp.radius_mm);
        let [cx, cy] = &warp.displacement;
        let (dx, dy) = (quadratic::<V>(cx, u, v), quadratic::<V>(cy, u, v));
        let (qx, qy) = (u_mm + dx, V::splat(v_mm) + dy);
        let (a, b) = (V::splat(pose.a), V::splat(pose.b));
        let px = a * qx - b * qy + V::splat(pose.tx) - V::splat(warp.origin[0]);
        let py = b * qx + a * qy + V::splat(pose.ty) - V::splat(warp.origin[1]);
        let right = V::splat(warp.width as f32).gt(px + one);
        let low = V::splat(warp.height as f32).gt(py + one);
        let inside = V::and(V::and(px.ge(zero), py.ge(zero)), V::and(right, low));
        if !V::any(inside) {
            zero.store(ink.add(x));
            one.store(covered.add(x));
            return;
        }
        let (px, py) = (V::select(inside, px, zero), V::select(inside, py, zero));
        let (i, j) = (px.truncate(), py.truncate());
        let (ax, ay) = (px - V::from_int(i), py - V::from_int(j));
        let index = V::index(j, warp.width as i32, i);
        let value = bilinear::<V>(warp.ink.as_ptr(), warp.width, index, ax, ay);
        let black = bilinear::<V>(warp.dark.as_ptr(), warp.width, index, ax, ay);
        V::select(inside, value, zero).store(ink.add(x));
        let open = V::select(black.gt(V::splat(warp.limit)), one, zero);
        V::select(inside, open, one).store(covered.add(x));
    }
}

#[inline(always)]
unsafe fn quadratic<V: Vector>(c: &[f32; 6], u: V, v: f32) -> V {
    // SAFETY: u exists, so the width is available.
    unsafe {
        let v = V::splat(v);
        V::splat(c[0])
            + V::splat(c[1]) * u
            + V::splat(c[2]) * v
            + V::splat(c[3]) * (u * u)
            + V::splat(c[4]) * (u * v)
            + V::splat(c[5]) * (v * v)
    }
}

/// # Safety
/// - `field + index` is readable for each lane, with its right, lower and lower right neighbours.
#[inline(always)]
unsafe fn bilinear<V: Vector>(field: *const f32, width: usize, index: V::Int, ax: V, ay: V) -> V {
    // SAFETY: the caller's promise.
    unsafe {
        let (a, b) = V::gather_pairs(field, index);
        let (c, d) = V::gather_pairs(field.add(width), index);
        let top = a + ax * (b - a);
        let bottom = c + ax * (d - c);
        top + ay * (bottom - top)
    }
}

kernel! {
    /// `dst = min(src / r, cap)` with r at `share` of the way from `top` to `bottom`.
    ///
    /// # Panics
    /// When the lengths differ.
    level_row, level_row_at, level_row_scalar =
        level_row_lanes(dst: &mut [f32], src: &[f32], top: &[f32], bottom: &[f32], share: f32, cap: f32)
}

#[inline(always)]
unsafe fn level_row_lanes<V: Vector>(dst: &mut [f32], src: &[f32], top: &[f32], bottom: &[f32], share: f32, cap: f32) {
    let n = dst.len();
    assert!(src.len() == n && top.len() == n && bottom.len() == n);
    // SAFETY: all have n numbers.
    unsafe { each!(V, n, level_step(dst.as_mut_ptr(), src.as_ptr(), top.as_ptr(), bottom.as_ptr(), share, cap)) }
}

#[inline(always)]
unsafe fn level_step<V: Vector>(
    x: usize,
    dst: *mut f32,
    src: *const f32,
    top: *const f32,
    bottom: *const f32,
    share: f32,
    cap: f32,
) {
    // SAFETY: x + LANES does not exceed the common length.
    unsafe {
        let t = V::load(top.add(x));
        let r = t + V::splat(share) * (V::load(bottom.add(x)) - t);
        (V::load(src.add(x)) / r).min(V::splat(cap)).store(dst.add(x));
    }
}

kernel! {
    /// What of `a` is beyond `allowed`: `clamp((min(a, 1) − allowed − 0.15) / 0.85, 0, 1)`.
    ///
    /// # Panics
    /// When the lengths differ.
    beyond, beyond_at, beyond_scalar = beyond_lanes(dst: &mut [f32], a: &[f32], allowed: &[f32])
}

#[inline(always)]
unsafe fn beyond_lanes<V: Vector>(dst: &mut [f32], a: &[f32], allowed: &[f32]) {
    let n = dst.len();
    assert!(a.len() == n && allowed.len() == n);
    // SAFETY: all have n numbers.
    unsafe { each!(V, n, beyond_step(dst.as_mut_ptr(), a.as_ptr(), allowed.as_ptr())) }
}

#[inline(always)]
unsafe fn beyond_step<V: Vector>(x: usize, dst: *mut f32, a: *const f32, allowed: *const f32) {
    // SAFETY: x + LANES does not exceed the common length.
    unsafe {
        let one = V::splat(1.0);
        let over = V::load(a.add(x)).min(one) - V::load(allowed.add(x)) - V::splat(0.15);
        (over / V::splat(0.85)).max(V::splat(0.0)).min(one).store(dst.add(x));
    }
}

/// Rows `first .. first + rows` of fields that are `width` wide.
#[derive(Clone, Copy, Debug)]
pub struct Band {
    /// First row.
    pub first: usize,
    /// How many rows.
    pub rows: usize,
    /// Columns of the fields.
    pub width: usize,
}

impl Band {
    fn end(self) -> usize {
        (self.first + self.rows) * self.width
    }
}

kernel! {
    /// Column sums of a band, for levelling: in `sums[0]` t·m and in `sums[1]` t², where t > 0.4 and nothing is covered.
    ///
    /// # Panics
    /// When a field is shorter than the band's end, or `sums` shorter than two rows.
    level_columns, level_columns_at, level_columns_scalar =
        level_columns_lanes(band: Band, reference: &[f32], moving: &[f32], covered: &[f32], sums: &mut [f32])
}

#[inline(always)]
unsafe fn level_columns_lanes<V: Vector>(band: Band, reference: &[f32], moving: &[f32], covered: &[f32], sums: &mut [f32]) {
    let end = band.end();
    assert!(reference.len() >= end && moving.len() >= end && covered.len() >= end && sums.len() >= 2 * band.width);
    let (t, m, c) = (reference.as_ptr(), moving.as_ptr(), covered.as_ptr());
    // SAFETY: the fields reach to the band's end, sums holds two rows.
    unsafe { each!(V, band.width, level_columns_step(band, t, m, c, sums.as_mut_ptr())) }
}

#[inline(always)]
unsafe fn level_columns_step<V: Vector>(x: usize, band: Band, t: *const f32, m: *const f32, c: *const f32, sums: *mut f32) {
    // SAFETY: x + LANES does not exceed the width.
    unsafe {
        let zero = V::splat(0.0);
        let (mut tm, mut tt) = (zero, zero);
        for y in band.first..band.first + band.rows {
            let i = y * band.width + x;
            let r = V::load(t.add(i));
            let open = V::and(r.gt(V::splat(0.4)), V::splat(0.5).gt(V::load(c.add(i))));
            tm = tm + V::select(open, r * V::load(m.add(i)), zero);
            tt = tt + V::select(open, r * r, zero);
        }
        tm.store(sums.add(x));
        tt.store(sums.add(band.width + x));
    }
}

/// The fields whose tiles are summed, on the reference's grid.
#[derive(Clone, Copy, Debug)]
pub struct Grid<'a> {
    /// The reference's ink.
    pub ink: &'a [f32],
    /// The same, blurred.
    pub reference: &'a [f32],
    /// The moving ink, blurred.
    pub moving: &'a [f32],
    /// One inside the seal.
    pub support: &'a [f32],
    /// One where nothing is known.
    pub covered: &'a [f32],
    /// Extra ink.
    pub extra: &'a [f32],
    /// Missing ink.
    pub missing: &'a [f32],
}

/// How many sums [`tile_columns`] makes.
pub const TILE_SUMS: usize = 11;

kernel! {
    /// Column sums of a band, a row of `sums` each: of what is inside and uncovered t, m, t², m², t·m, one, solid strokes (ink above
    /// 0.6), their moving ink (at most one), extra, missing; and of all that is uncovered extra.
    ///
    /// # Panics
    /// When a field is shorter than the band's end, or `sums` shorter than [`TILE_SUMS`] rows.
    tile_columns, tile_columns_at, tile_columns_scalar = tile_columns_lanes(band: Band, grid: &Grid<'_>, sums: &mut [f32])
}

#[inline(always)]
unsafe fn tile_columns_lanes<V: Vector>(band: Band, grid: &Grid<'_>, sums: &mut [f32]) {
    let end = band.end();
    let fields = [grid.ink, grid.reference, grid.moving, grid.support, grid.covered, grid.extra, grid.missing];
    assert!(fields.iter().all(|f| f.len() >= end) && sums.len() >= TILE_SUMS * band.width);
    // SAFETY: the fields reach to the band's end, sums holds all rows.
    unsafe { each!(V, band.width, tile_columns_step(band, grid, sums.as_mut_ptr())) }
}

#[inline(always)]
unsafe fn tile_columns_step<V: Vector>(x: usize, band: Band, grid: &Grid<'_>, sums: *mut f32) {
    // SAFETY: x + LANES does not exceed the width.
    unsafe {
        let (zero, one, half) = (V::splat(0.0), V::splat(1.0), V::splat(0.5));
        let mut s = [zero; TILE_SUMS];
        for y in band.first..band.first + band.rows {
            let i = y * band.width + x;
            let open = half.gt(V::load(grid.covered.as_ptr().add(i)));
            let within = V::and(V::load(grid.support.as_ptr().add(i)).gt(zero), open);
            let (t, m) = (V::load(grid.reference.as_ptr().add(i)), V::load(grid.moving.as_ptr().add(i)));
            let extra = V::load(grid.extra.as_ptr().add(i));
            let solid = V::and(within, V::load(grid.ink.as_ptr().add(i)).gt(V::splat(0.6)));
            let missing = V::load(grid.missing.as_ptr().add(i));
            s[0] = s[0] + V::select(within, t, zero);
            s[1] = s[1] + V::select(within, m, zero);
            s[2] = s[2] + V::select(within, t * t, zero);
            s[3] = s[3] + V::select(within, m * m, zero);
            s[4] = s[4] + V::select(within, t * m, zero);
            s[5] = s[5] + V::select(within, one, zero);
            s[6] = s[6] + V::select(solid, one, zero);
            s[7] = s[7] + V::select(solid, m.min(one), zero);
            s[8] = s[8] + V::select(within, extra, zero);
            s[9] = s[9] + V::select(within, missing, zero);
            s[10] = s[10] + V::select(open, extra, zero);
        }
        let mut row = 0;
        while row < TILE_SUMS {
            s[row].store(sums.add(row * band.width + x));
            row += 1;
        }
    }
}

/// The gradients whose products are summed, on the reference's grid; zero on the outermost samples.
#[derive(Clone, Copy, Debug)]
pub struct Outlines<'a> {
    /// Gradient of the reference, x and y.
    pub reference: [&'a [f32]; 2],
    /// Gradient of the moving ink, x and y.
    pub moving: [&'a [f32]; 2],
    /// One inside the seal.
    pub support: &'a [f32],
    /// One where nothing is known.
    pub covered: &'a [f32],
}

/// How many sums [`outline_columns`] makes.
pub const OUTLINE_SUMS: usize = 7;

kernel! {
    /// Column sums of a band of inner rows, a row of `sums` each: of what is inside and uncovered |t|², |m|², and t·m with the moving
    /// gradient taken here, one to the right, left, below, above. The first and last column are left at zero.
    ///
    /// # Panics
    /// When the band touches the first row, a field does not hold a row below it, or `sums` has fewer than [`OUTLINE_SUMS`] rows.
    outline_columns, outline_columns_at, outline_columns_scalar =
        outline_columns_lanes(band: Band, outlines: &Outlines<'_>, sums: &mut [f32])
}

#[inline(always)]
unsafe fn outline_columns_lanes<V: Vector>(band: Band, outlines: &Outlines<'_>, sums: &mut [f32]) {
    let end = band.end() + band.width;
    let ([tx, ty], [mx, my]) = (outlines.reference, outlines.moving);
    let fields = [tx, ty, mx, my, outlines.support, outlines.covered];
    assert!(band.first > 0 && fields.iter().all(|f| f.len() >= end) && sums.len() >= OUTLINE_SUMS * band.width);
    for row in 0..OUTLINE_SUMS {
        sums[row * band.width] = 0.0;
        sums[(row + 1) * band.width - 1] = 0.0;
    }
    // SAFETY: the fields reach one row beyond the band on either side, sums holds all rows.
    unsafe { each!(V, band.width.saturating_sub(2), outline_columns_step(band, outlines, sums.as_mut_ptr())) }
}

#[inline(always)]
unsafe fn outline_columns_step<V: Vector>(x: usize, band: Band, outlines: &Outlines<'_>, sums: *mut f32) {
    // SAFETY: x + 1 + LANES stays below the width, and there is a row above and below.
    unsafe {
        let x = x + 1;
        let w = band.width;
        let zero = V::splat(0.0);
        let mut s = [zero; OUTLINE_SUMS];
        let (tx, ty) = (outlines.reference[0].as_ptr(), outlines.reference[1].as_ptr());
        let (mx, my) = (outlines.moving[0].as_ptr(), outlines.moving[1].as_ptr());
        for y in band.first..band.first + band.rows {
            let i = y * w + x;
            let open = V::splat(0.5).gt(V::load(outlines.covered.as_ptr().add(i)));
            let within = V::and(V::load(outlines.support.as_ptr().add(i)).gt(zero), open);
            let (a, b) = (V::select(within, V::load(tx.add(i)), zero), V::select(within, V::load(ty.add(i)), zero));
            let (c, d) = (V::load(mx.add(i)), V::load(my.add(i)));
            s[0] = s[0] + (a * a + b * b);
            s[1] = s[1] + V::select(within, c * c + d * d, zero);
            s[2] = s[2] + (a * c + b * d);
            s[3] = s[3] + (a * V::load(mx.add(i + 1)) + b * V::load(my.add(i + 1)));
            s[4] = s[4] + (a * V::load(mx.add(i - 1)) + b * V::load(my.add(i - 1)));
            s[5] = s[5] + (a * V::load(mx.add(i + w)) + b * V::load(my.add(i + w)));
            s[6] = s[6] + (a * V::load(mx.add(i - w)) + b * V::load(my.add(i - w)));
        }
        let mut row = 0;
        while row < OUTLINE_SUMS {
            s[row].store(sums.add(row * w + x));
            row += 1;
        }
    }
}
