//! Kernels that turn 8-bit luma and chroma into optical densities.
//!
//! ```text
//! mean_down, mean_across:  area means of cells of any size, down the rows of a cell, then across
//! cell_logs:    −ln of R, G, B, Y of a cell, from a table
//! density:      max(log − paper, floor), the paper between two rows
//! split_cells:  od ≈ a·ink + d·(1, 1, 1), a and d not negative
//! hue_sizes:    length of a cell's colour where its hue is near enough, else 0
//! luma_row:     max(−ln Y − paper − 0.02, 0)
//! split_row:    ink's luma density and signed black density of a row of chroma samples
//! cover_row:    share of luma density that is ink, and black density, neither more than the neighbourhood bears out
//! tint_row:     both spread to the pixels of a row: ink ·= share, dark = black
//! ```
//! Logarithms come from a table of 256, fetched by gather.

use super::vector::Vector;

/// Spans of samples, one a cell, for [`mean_across`].
#[derive(Clone, Debug)]
pub struct Spans {
    start: Vec<i32>,
    /// Samples touched.
    len: Vec<f32>,
    /// What of the first and of the last sample lies outside.
    cut: [Vec<f32>; 2],
    weight: Vec<f32>,
    /// The largest `len`.
    longest: usize,
    samples: usize,
}

impl Spans {
    /// `count` spans of `cell` samples each (at least one), side by side in a row of `samples`; at the row's end they are cut.
    ///
    /// # Panics
    /// When there are no samples, or more than 2³¹.
    pub fn new(count: usize, samples: usize, cell: f32) -> Self {
        let limit = i32::try_from(samples).expect("a row of a plane");
        let mut out =
            Self { start: vec![], len: vec![], cut: [vec![], vec![]], weight: vec![], longest: 1, samples: limit as usize };
        for i in 0..count {
            let [first, end, head, tail] = span(i, samples, cell);
            let len = (end - first) as usize;
            out.start.push(first as i32);
            out.len.push(len as f32);
            out.cut[0].push(1.0 - head);
            out.cut[1].push(1.0 - tail);
            out.weight.push((len as f32 - ((1.0 - head) + (1.0 - tail))).max(1e-3));
            out.longest = out.longest.max(len);
        }
        out
    }

    /// How long a line for [`mean_across`] must be: the samples, and room to read on after the last span's start.
    pub fn line_len(&self) -> usize {
        self.samples + self.longest
    }
}

/// Span `i` of `cell` samples: first sample, the one after the last, and the shares of these two that lie inside.
pub fn span(i: usize, samples: usize, cell: f32) -> [f32; 4] {
    let a = (i as f32 * cell).min(samples as f32 - 1.0);
    let b = ((i + 1) as f32 * cell).clamp(a + 1e-3, samples as f32);
    let first = a.floor();
    let end = b.ceil().clamp(first + 1.0, samples as f32);
    [first, end, 1.0 - (a - first), 1.0 - (end - b)]
}

kernel! {
    /// Weighted sum of rows of bytes: `dst[x] = Σ weights[i] · src[offsets[i] + x]`.
    ///
    /// # Panics
    /// When the lengths differ or a row lies beyond `src`.
    mean_down, mean_down_at, mean_down_scalar =
        mean_down_lanes(dst: &mut [f32], src: &[u8], offsets: &[usize], weights: &[f32])
}

#[inline(always)]
unsafe fn mean_down_lanes<V: Vector>(dst: &mut [f32], src: &[u8], offsets: &[usize], weights: &[f32]) {
    let n = dst.len();
    let room = src.len().checked_sub(n).expect("src is as long as dst");
    assert!(offsets.len() == weights.len() && offsets.iter().all(|&o| o <= room));
    // SAFETY: every offset leaves n readable bytes, and n numbers of dst are writable.
    unsafe { each!(V, n, mean_down_step(dst.as_mut_ptr(), src.as_ptr(), offsets, weights)) }
}

#[inline(always)]
unsafe fn mean_down_step<V: Vector>(x: usize, dst: *mut f32, src: *const u8, offsets: &[usize], weights: &[f32]) {
    // SAFETY: x + LANES does not exceed the length of dst.
    unsafe {
        let mut sum = V::splat(0.0);
        for (&o, &w) in offsets.iter().zip(weights) {
            sum = sum + V::splat(w) * V::load_bytes(src.add(o + x));
        }
        sum.store(dst.add(x));
    }
}

kernel! {
    /// Mean of `line` over each span, divided by `total`.
    ///
    /// # Panics
    /// When `dst` is not as long as there are spans, or `line` shorter than [`Spans::line_len`].
    mean_across, mean_across_at, mean_across_scalar = mean_across_lanes(dst: &mut [f32], line: &[f32], spans: &Spans, total: f32)
}

#[inline(always)]
unsafe fn mean_across_lanes<V: Vector>(dst: &mut [f32], line: &[f32], spans: &Spans, total: f32) {
    let n = dst.len();
    assert!(spans.start.len() == n && line.len() >= spans.line_len());
    // SAFETY: all rows have n numbers, and `longest` samples from each start on are readable.
    unsafe { each!(V, n, mean_across_step(dst.as_mut_ptr(), line.as_ptr(), spans, total)) }
}

#[inline(always)]
unsafe fn mean_across_step<V: Vector>(x: usize, dst: *mut f32, line: *const f32, spans: &Spans, total: f32) {
    // SAFETY: x + LANES does not exceed the number of spans.
    unsafe {
        let start = V::load_int(spans.start.as_ptr().add(x));
        let len = V::load(spans.len.as_ptr().add(x));
        let first = V::gather(line, start);
        let (mut sum, mut last) = (first, first);
        for k in 1..spans.longest {
            let v = V::gather(line.add(k), start);
            let within = len.gt(V::splat(k as f32));
            sum = V::select(within, sum + v, sum);
            last = V::select(within, v, last);
        }
        let (head, tail) = (V::load(spans.cut[0].as_ptr().add(x)), V::load(spans.cut[1].as_ptr().add(x)));
        sum = sum - (head * first + tail * last);
        (sum / (V::load(spans.weight.as_ptr().add(x)) * V::splat(total))).store(dst.add(x));
    }
}

/// The table's entry for each level, clamped to 0 … 255 and cut to a whole number.
///
/// # Safety
/// - `table` holds 256 numbers, and no level is NaN.
#[inline(always)]
unsafe fn look_up<V: Vector>(table: *const f32, level: V) -> V {
    // SAFETY: the index is within 0 … 255.
    unsafe { V::gather(table, level.max(V::splat(0.0)).min(V::splat(255.0)).truncate()) }
}

/// R, G and B of luma and chroma, each with half a level for rounding.
#[inline(always)]
unsafe fn red_green_blue<V: Vector>(y: V, cb: V, cr: V) -> [V; 3] {
    // SAFETY: y exists, so the width is available.
    unsafe {
        let (cb, cr) = (cb - V::splat(128.0), cr - V::splat(128.0));
        let half = V::splat(0.5);
        [
            y + V::splat(1.402) * cr + half,
            y - V::splat(0.344_136) * cb - V::splat(0.714_136) * cr + half,
            y + V::splat(1.772) * cb + half,
        ]
    }
}

kernel! {
    /// The table's entries for R, G, B and Y of each cell; `dst` holds four rows.
    ///
    /// # Panics
    /// When the lengths do not fit.
    cell_logs, cell_logs_at, cell_logs_scalar =
        cell_logs_lanes(dst: [&mut [f32]; 4], y: &[f32], cb: &[f32], cr: &[f32], table: &[f32; 256])
}

#[inline(always)]
unsafe fn cell_logs_lanes<V: Vector>(dst: [&mut [f32]; 4], y: &[f32], cb: &[f32], cr: &[f32], table: &[f32; 256]) {
    let n = y.len();
    assert!(cb.len() == n && cr.len() == n && dst.iter().all(|d| d.len() == n));
    let dst = dst.map(<[f32]>::as_mut_ptr);
    // SAFETY: all rows have n numbers.
    unsafe { each!(V, n, cell_logs_step(dst, y.as_ptr(), cb.as_ptr(), cr.as_ptr(), table.as_ptr())) }
}

#[inline(always)]
unsafe fn cell_logs_step<V: Vector>(
    x: usize,
    dst: [*mut f32; 4],
    y: *const f32,
    cb: *const f32,
    cr: *const f32,
    table: *const f32,
) {
    // SAFETY: x + LANES does not exceed the common length.
    unsafe {
        let y = V::load(y.add(x));
        let [r, g, b] = red_green_blue::<V>(y, V::load(cb.add(x)), V::load(cr.add(x)));
        look_up::<V>(table, r).store(dst[0].add(x));
        look_up::<V>(table, g).store(dst[1].add(x));
        look_up::<V>(table, b).store(dst[2].add(x));
        look_up::<V>(table, y + V::splat(0.5)).store(dst[3].add(x));
    }
}

kernel! {
    /// `dst = max(log − p, floor)` with the paper p at `share` of the way from `top` to `bottom`.
    ///
    /// # Panics
    /// When the lengths differ.
    density, density_at, density_scalar =
        density_lanes(dst: &mut [f32], log: &[f32], top: &[f32], bottom: &[f32], share: f32, floor: f32)
}

#[inline(always)]
unsafe fn density_lanes<V: Vector>(dst: &mut [f32], log: &[f32], top: &[f32], bottom: &[f32], share: f32, floor: f32) {
    let n = dst.len();
    assert!(log.len() == n && top.len() == n && bottom.len() == n);
    // SAFETY: all have n numbers.
    unsafe { each!(V, n, density_step(dst.as_mut_ptr(), log.as_ptr(), top.as_ptr(), bottom.as_ptr(), share, floor)) }
}

#[inline(always)]
unsafe fn density_step<V: Vector>(
    x: usize,
    dst: *mut f32,
    log: *const f32,
    top: *const f32,
    bottom: *const f32,
    share: f32,
    floor: f32,
) {
    // SAFETY: x + LANES does not exceed the common length.
    unsafe {
        let t = V::load(top.add(x));
        let paper = t + V::splat(share) * (V::load(bottom.add(x)) - t);
        (V::load(log.add(x)) - paper).max(V::splat(floor)).store(dst.add(x));
    }
}

/// An ink's direction, prepared for splitting densities.
#[derive(Clone, Copy, Debug)]
pub struct Direction {
    /// Mean of the ink's three densities.
    pub mean: f32,
    /// The densities without their mean.
    pub colour: [f32; 3],
    /// Square of the colour's length.
    pub norm: f32,
}

/// Ink and black of a density triple; ink is not negative, black is where there is more colour than darkness.
#[inline(always)]
unsafe fn split<V: Vector>(direction: &Direction, od: [V; 3]) -> (V, V) {
    // SAFETY: od exists, so the width is available.
    unsafe {
        let [r, g, b] = od;
        let zero = V::splat(0.0);
        let mean = (r + g + b) / V::splat(3.0);
        let [cr, cg, cb] = direction.colour;
        let along = (r - mean) * V::splat(cr) + (g - mean) * V::splat(cg) + (b - mean) * V::splat(cb);
        let ink = (along / V::splat(direction.norm)).max(zero);
        (ink, mean - ink * V::splat(direction.mean))
    }
}

kernel! {
    /// Splits the densities of cells into ink and black.
    ///
    /// # Panics
    /// When the lengths differ.
    split_cells, split_cells_at, split_cells_scalar =
        split_cells_lanes(ink: &mut [f32], dark: &mut [f32], od: [&[f32]; 3], direction: &Direction)
}

#[inline(always)]
unsafe fn split_cells_lanes<V: Vector>(ink: &mut [f32], dark: &mut [f32], od: [&[f32]; 3], direction: &Direction) {
    let n = ink.len();
    assert!(dark.len() == n && od.iter().all(|o| o.len() == n));
    // SAFETY: all have n numbers.
    unsafe { each!(V, n, split_cells_step(ink.as_mut_ptr(), dark.as_mut_ptr(), od, direction)) }
}

#[inline(always)]
unsafe fn split_cells_step<V: Vector>(x: usize, ink: *mut f32, dark: *mut f32, od: [&[f32]; 3], direction: &Direction) {
    // SAFETY: x + LANES does not exceed the common length.
    unsafe {
        let [r, g, b] = od;
        let od = [V::load(r.as_ptr().add(x)), V::load(g.as_ptr().add(x)), V::load(b.as_ptr().add(x))];
        let (a, d) = split::<V>(direction, od);
        a.store(ink.add(x));
        d.max(V::splat(0.0)).store(dark.add(x));
    }
}

kernel! {
    /// Length of each cell's colour where it exceeds 0.1 and lies near the hue whose unit vector is `toward`: within the angle
    /// whose cosine is `least`; elsewhere zero.
    ///
    /// # Panics
    /// When the lengths differ.
    hue_sizes, hue_sizes_at, hue_sizes_scalar =
        hue_sizes_lanes(dst: &mut [f32], od: [&[f32]; 3], toward: [f32; 2], least: f32)
}

#[inline(always)]
unsafe fn hue_sizes_lanes<V: Vector>(dst: &mut [f32], od: [&[f32]; 3], toward: [f32; 2], least: f32) {
    let n = dst.len();
    assert!(od.iter().all(|o| o.len() == n));
    // SAFETY: all have n numbers.
    unsafe { each!(V, n, hue_sizes_step(dst.as_mut_ptr(), od, toward, least)) }
}

#[inline(always)]
unsafe fn hue_sizes_step<V: Vector>(x: usize, dst: *mut f32, od: [&[f32]; 3], toward: [f32; 2], least: f32) {
    // SAFETY: x + LANES does not exceed the common length.
    unsafe {
        let [r, g, b] = od;
        let (r, g, b) = (V::load(r.as_ptr().add(x)), V::load(g.as_ptr().add(x)), V::load(b.as_ptr().add(x)));
        let c0 = (r - g) * V::splat(std::f32::consts::FRAC_1_SQRT_2);
        let c1 = (r + g - V::splat(2.0) * b) / V::splat(6.0_f32.sqrt());
        let along = c0 * V::splat(toward[0]) + c1 * V::splat(toward[1]);
        let size = (c0 * c0 + c1 * c1).sqrt();
        let near = V::and(size.gt(V::splat(0.10)), along.gt(V::splat(least) * size));
        V::select(near, size, V::splat(0.0)).store(dst.add(x));
    }
}

kernel! {
    /// Luma density of a row of pixels: `max(table[luma] − paper − 0.02, 0)`.
    ///
    /// # Panics
    /// When the lengths differ.
    luma_row, luma_row_at, luma_row_scalar = luma_row_lanes(dst: &mut [f32], luma: &[u8], paper: &[f32], table: &[f32; 256])
}

#[inline(always)]
unsafe fn luma_row_lanes<V: Vector>(dst: &mut [f32], luma: &[u8], paper: &[f32], table: &[f32; 256]) {
    let n = dst.len();
    assert!(luma.len() == n && paper.len() == n);
    // SAFETY: all have n elements.
    unsafe { each!(V, n, luma_row_step(dst.as_mut_ptr(), luma.as_ptr(), paper.as_ptr(), table.as_ptr())) }
}

#[inline(always)]
unsafe fn luma_row_step<V: Vector>(x: usize, dst: *mut f32, luma: *const u8, paper: *const f32, table: *const f32) {
    // SAFETY: x + LANES does not exceed the common length; a byte is an index into the table.
    unsafe {
        let log = V::gather(table, V::load_bytes(luma.add(x)).truncate());
        (log - V::load(paper.add(x)) - V::splat(0.02)).max(V::splat(0.0)).store(dst.add(x));
    }
}

/// A row of chroma samples and what lies under it.
#[derive(Clone, Copy, Debug)]
pub struct ChromaRow<'a> {
    /// Mean luma of the pixels of each sample.
    pub luma: &'a [f32],
    /// Blue difference.
    pub cb: &'a [u8],
    /// Red difference.
    pub cr: &'a [u8],
    /// Density of the paper in R, G and B.
    pub paper: [&'a [f32]; 3],
    /// The ink.
    pub direction: Direction,
    /// Luma density of one unit of ink.
    pub per_ink: f32,
}

kernel! {
    /// Luma density of the seal's ink, and black density, negative where there is more colour than luma, for each chroma sample.
    ///
    /// # Panics
    /// When the lengths differ.
    split_row, split_row_at, split_row_scalar =
        split_row_lanes(ink: &mut [f32], black: &mut [f32], row: &ChromaRow<'_>, table: &[f32; 256])
}

#[inline(always)]
unsafe fn split_row_lanes<V: Vector>(ink: &mut [f32], black: &mut [f32], row: &ChromaRow<'_>, table: &[f32; 256]) {
    let n = ink.len();
    assert!(black.len() == n && row.luma.len() == n && row.cb.len() == n && row.cr.len() == n);
    assert!(row.paper.iter().all(|p| p.len() == n));
    // SAFETY: all have n elements.
    unsafe { each!(V, n, split_row_step(ink.as_mut_ptr(), black.as_mut_ptr(), row, table.as_ptr())) }
}

#[inline(always)]
unsafe fn split_row_step<V: Vector>(x: usize, ink: *mut f32, black: *mut f32, row: &ChromaRow<'_>, table: *const f32) {
    // SAFETY: x + LANES does not exceed the common length.
    unsafe {
        let y = V::load(row.luma.as_ptr().add(x));
        let (cb, cr) = (V::load_bytes(row.cb.as_ptr().add(x)), V::load_bytes(row.cr.as_ptr().add(x)));
        let [r, g, b] = red_green_blue::<V>(y, cb, cr);
        let [pr, pg, pb] = row.paper;
        let od = [
            look_up::<V>(table, r) - V::load(pr.as_ptr().add(x)),
            look_up::<V>(table, g) - V::load(pg.as_ptr().add(x)),
            look_up::<V>(table, b) - V::load(pb.as_ptr().add(x)),
        ];
        let (a, d) = split::<V>(&row.direction, od);
        (a * V::splat(row.per_ink)).store(ink.add(x));
        d.store(black.add(x));
    }
}

kernel! {
    /// Sum of three rows.
    ///
    /// # Panics
    /// When the lengths differ.
    add_rows, add_rows_at, add_rows_scalar = add_rows_lanes(dst: &mut [f32], rows: [&[f32]; 3])
}

#[inline(always)]
unsafe fn add_rows_lanes<V: Vector>(dst: &mut [f32], rows: [&[f32]; 3]) {
    let n = dst.len();
    assert!(rows.iter().all(|r| r.len() == n));
    let rows = rows.map(<[f32]>::as_ptr);
    // SAFETY: all have n elements.
    unsafe { each!(V, n, add_rows_step(dst.as_mut_ptr(), rows)) }
}

#[inline(always)]
unsafe fn add_rows_step<V: Vector>(x: usize, dst: *mut f32, rows: [*const f32; 3]) {
    // SAFETY: x + LANES does not exceed the common length.
    unsafe {
        let [a, b, c] = rows;
        (V::load(a.add(x)) + V::load(b.add(x)) + V::load(c.add(x))).store(dst.add(x));
    }
}

kernel! {
    /// Share of the luma density that is seal ink (1.15 times its part, at most one) and black density, for each chroma sample.
    ///
    /// `columns` are sums of `black` over three rows, with one number more at either end. JPEG blurs chroma beyond luma: a thin
    /// stroke of ink looks black at its middle and too colourful beside it, and both cancel over 3 × 3 samples. Black print does
    /// not cancel: a line one sample wide keeps five sixths of its density.
    ///
    /// # Panics
    /// When the lengths do not fit.
    cover_row, cover_row_at, cover_row_scalar =
        cover_row_lanes(share: &mut [f32], dark: &mut [f32], ink: &[f32], black: &[f32], columns: &[f32])
}

#[inline(always)]
unsafe fn cover_row_lanes<V: Vector>(share: &mut [f32], dark: &mut [f32], ink: &[f32], black: &[f32], columns: &[f32]) {
    let n = share.len();
    assert!(dark.len() == n && ink.len() == n && black.len() == n && columns.len() == n + 2);
    let (s, d) = (share.as_mut_ptr(), dark.as_mut_ptr());
    // SAFETY: all have n elements, `columns` two more.
    unsafe { each!(V, n, cover_row_step(s, d, ink.as_ptr(), black.as_ptr(), columns.as_ptr())) }
}

#[inline(always)]
unsafe fn cover_row_step<V: Vector>(
    x: usize,
    share: *mut f32,
    dark: *mut f32,
    ink: *const f32,
    black: *const f32,
    columns: *const f32,
) {
    // SAFETY: x + LANES does not exceed the common length; columns go two further.
    unsafe {
        let around = V::load(columns.add(x)) + V::load(columns.add(x + 1)) + V::load(columns.add(x + 2));
        let d = V::load(black.add(x)).min(around * V::splat(2.5 / 9.0)).max(V::splat(0.0));
        let ink = V::load(ink.add(x));
        let part = V::splat(1.15) * ink / (ink + d + V::splat(0.03));
        part.min(V::splat(1.0)).store(share.add(x));
        d.store(dark.add(x));
    }
}

/// Where the pixels of a row lie between chroma samples.
#[derive(Clone, Debug)]
pub struct Columns {
    left: Vec<i32>,
    part: Vec<f32>,
    /// Every `left` has a successor below this.
    samples: usize,
}

impl Columns {
    /// From the sample to the left of each pixel and how far the pixel lies towards the next.
    pub fn new(places: impl Iterator<Item = (i32, f32)>) -> Self {
        let (left, part): (Vec<i32>, Vec<f32>) = places.map(|(i, t)| (i.max(0), t)).unzip();
        let samples = left.iter().max().map_or(0, |&i| i as usize + 2);
        Self { left, part, samples }
    }
}

kernel! {
    /// `ink = luma · share` and `dark = black`, share and black interpolated between chroma samples.
    ///
    /// # Panics
    /// When the lengths do not fit, or a pixel lies beyond the samples.
    tint_row, tint_row_at, tint_row_scalar =
        tint_row_lanes(ink: &mut [f32], dark: &mut [f32], luma: &[f32], share: &[f32], black: &[f32], columns: &Columns)
}

#[inline(always)]
unsafe fn tint_row_lanes<V: Vector>(
    ink: &mut [f32],
    dark: &mut [f32],
    luma: &[f32],
    share: &[f32],
    black: &[f32],
    columns: &Columns,
) {
    let n = ink.len();
    assert!(dark.len() == n && luma.len() == n && columns.left.len() == n);
    assert!(share.len() >= columns.samples && black.len() >= columns.samples);
    let (i, d) = (ink.as_mut_ptr(), dark.as_mut_ptr());
    // SAFETY: all rows have n numbers, and each `left` has a successor within share and black.
    unsafe { each!(V, n, tint_row_step(i, d, luma.as_ptr(), share.as_ptr(), black.as_ptr(), columns)) }
}

#[inline(always)]
unsafe fn tint_row_step<V: Vector>(
    x: usize,
    ink: *mut f32,
    dark: *mut f32,
    luma: *const f32,
    share: *const f32,
    black: *const f32,
    columns: &Columns,
) {
    // SAFETY: x + LANES does not exceed the common length.
    unsafe {
        let left = V::load_int(columns.left.as_ptr().add(x));
        let part = V::load(columns.part.as_ptr().add(x));
        let (a, b) = V::gather_pairs(share, left);
        let (c, d) = V::gather_pairs(black, left);
        (V::load(luma.add(x)) * (a + part * (b - a))).store(ink.add(x));
        (c + part * (d - c)).store(dark.add(x));
    }
}
