//! Both impressions read along a cut.
//!
//! A line is walked in whole steps along its steeper axis, so that one interpolation between two neighbours is enough, on both
//! impressions at once:
//!
//! ```text
//! for k along the major axis: pos += slope; v = data[k][pos], data[k][pos + 1] mixed by the fraction of pos
//! ```
//!
//! Positions are 16.16 fixed point and mixtures integers, so the result is the same bits on every machine.

use crate::fold::cut::direction;
use crate::fold::pair::Pair;
use crate::template::PX_PER_MM;

/// Half of a full stroke in a trace.
pub(crate) const HALF: u32 = 64 * 256;

/// Where the samples of a trace lie: sample `e` (any real) at column `x + e·dx`, row `y + e·dy`, `t + e·dt` mm along the cut.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Line {
    x: f32,
    y: f32,
    dx: f32,
    dy: f32,
    t_mm: f32,
    /// Millimetres from one sample to the next; at most √2 samples of the grid.
    pub(crate) step_mm: f32,
    /// Direction (cos α, sin α).
    pub(crate) along: [f32; 2],
}

impl Line {
    /// Column and row of sample `e`.
    #[inline]
    pub(crate) fn at(&self, e: f32) -> [f32; 2] {
        [self.x + e * self.dx, self.y + e * self.dy]
    }

    /// Position of sample `e` along the cut in millimetres.
    #[inline]
    pub(crate) fn t_mm(&self, e: f32) -> f32 {
        self.t_mm + e * self.step_mm
    }
}

/// Reads the cut at `angle_deg` and `offset_mm` into `out`: reference in the low, moving ink in the high half of each sample.
///
/// `out` is empty when the cut misses the grid.
pub(crate) fn trace(pair: &Pair, angle_deg: f32, offset_mm: f32, out: &mut Vec<u32>) -> Line {
    let [c, s] = direction(angle_deg);
    let o = offset_mm * PX_PER_MM;
    let (w, h) = (pair.width, pair.height);
    let (cx, cy) = ((w - 1) as f32 / 2.0, (h - 1) as f32 / 2.0);
    out.clear();
    // Along x when the cut is rather level; its rows are then interpolated, so columns must be contiguous.
    let level = c.abs() >= s.abs();
    let (data, majors, minors) = if level { (&pair.columns, w, h) } else { (&pair.rows, h, w) };
    let (middle, minor_middle) = if level { (cx, cy) } else { (cy, cx) };
    // From the centre: y = (o + s·x)/c on a level line, x = (c·y − o)/s on a steep one.
    let (slope, foot, forward) = if level { (s / c, o / c, c > 0.0) } else { (c / s, -o / s, s > 0.0) };
    let minor = |k: f32| minor_middle + foot + slope * (k - middle);
    // Steps of the major axis on which both neighbours exist, with a margin for the rounding of fixed point.
    let (low, high) = (0.01, minors as f32 - 1.01);
    let [mut first, mut last] = [0.0, (majors - 1) as f32];
    if slope.abs() > 1e-6 {
        let ends = [low, high].map(|m| (m - minor_middle - foot) / slope + middle);
        first = ends[0].min(ends[1]).ceil().max(first);
        last = ends[0].max(ends[1]).floor().min(last);
    } else if !(low..=high).contains(&minor(middle)) {
        return Line::default();
    }
    if first > last {
        return Line::default();
    }
    let n = (last - first) as usize + 1;
    let start = if forward { first } else { last };
    let way = if forward { 1.0 } else { -1.0 };
    let minor_start = minor(start);
    let line = if level {
        Line { x: start, y: minor_start, dx: way, dy: way * slope, ..Line::default() }
    } else {
        Line { x: minor_start, y: start, dx: way * slope, dy: way, ..Line::default() }
    };
    let t = (line.x - cx) * c + (line.y - cy) * s;
    let step = (line.dx * c + line.dy * s) / PX_PER_MM;
    let line = Line { t_mm: t / PX_PER_MM, step_mm: step, along: [c, s], ..line };
    let fixed = |v: f32| (f64::from(v) * 65536.0).round() as i64 as u32;
    read(data, minors, start as usize, forward, fixed(minor_start), fixed(way * slope), n, out);
    line
}

/// The walk itself. Arithmetic wraps where a slope is negative; positions stay inside by the caller's clipping, and the slice
/// checks it.
fn read(data: &[u16], stride: usize, start: usize, forward: bool, pos: u32, slope: u32, n: usize, out: &mut Vec<u32>) {
    let mut pos = pos;
    let mut base = start * stride;
    let step = if forward { stride } else { stride.wrapping_neg() };
    let spread = |v: u16| u32::from(v & 0xff) | (u32::from(v & 0xff00) << 8);
    out.extend((0..n).map(|_| {
        let at = base.wrapping_add((pos >> 16) as usize);
        let f = (pos >> 8) & 0xff;
        let pair: [u16; 2] = [data[at], data[at + 1]];
        // Both bytes are mixed by one multiplication: 255 · 256 fits the half of a word.
        let v = spread(pair[0]).wrapping_mul(256 - f).wrapping_add(spread(pair[1]).wrapping_mul(f));
        pos = pos.wrapping_add(slope);
        base = base.wrapping_add(step);
        v
    }));
}
