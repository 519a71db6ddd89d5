//! Both impressions read along a cut.
//!
//! A line is walked in whole steps along its steeper axis, so that one interpolation between two neighbours is enough, on both
//! impressions at once:
//!
//! ```text
//! for k along the major axis: pos += slope; v = data[k][pos], data[k][pos + 1] mixed by the fraction of pos
//! ```
//!
//! Positions are 16.16 fixed point and mixtures integers ([`crate::simd::cut`]), so the result is the same bits on every machine.

use crate::fold::pair::Pair;
use crate::fold::pairing::Pairing;
use crate::fold::stroke::REACH_MM;
use crate::simd::cut::{Steps, along};
use crate::template::PX_PER_MM;

/// Half of a full stroke in a trace: a single bit, so that passing it is seen without a comparison.
pub(crate) const HALF: u32 = 0x8000;

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

/// Everything that is read along one line; kept and used again for the next.
#[derive(Default)]
pub(crate) struct Trace {
    /// Where the samples lie.
    pub(crate) line: Line,
    /// Reference ink in the low, moving ink in the high half.
    pub(crate) samples: Vec<u32>,
    /// Where the reference passes a half.
    pub(crate) mine: Edges,
    /// Where the moving ink does.
    pub(crate) theirs: Edges,
    /// Which moving edges the reference's rising and falling ones belong to.
    pub(crate) rises: Pairing,
    pub(crate) falls: Pairing,
    /// Where the reference and the moving ink lie above a half, a bit a sample.
    above: [Vec<u64>; 2],
}

/// Edges along a line in samples: `rises[k] < falls[k] < rises[k + 1]`.
#[derive(Default)]
pub(crate) struct Edges {
    pub(crate) rises: Vec<f32>,
    pub(crate) falls: Vec<f32>,
}

impl Edges {
    fn clear(&mut self) {
        self.rises.clear();
        self.falls.clear();
    }

    /// Finds the edges of samples that lie above a half where `above` has a bit. A fall without a rise belongs to a stroke that began
    /// before the line, and is left out.
    fn find(&mut self, samples: &[u32], above: &[u64], ink: impl Fn(u32) -> u32) {
        self.clear();
        let mut before = above.first().map_or(0, |word| word & 1);
        for (word, first) in above.iter().zip((0..samples.len()).step_by(64)) {
            let within = u64::MAX >> (64 - (samples.len() - first).min(64));
            let mut passes = (word ^ (word << 1 | before)) & within;
            before = word >> 63;
            while passes != 0 {
                let bit = passes.trailing_zeros();
                passes &= passes - 1;
                let i = first + bit as usize;
                let at = place(i, ink(samples[i - 1]), ink(samples[i]));
                if word >> bit & 1 != 0 {
                    self.rises.push(at);
                } else if self.rises.len() > self.falls.len() {
                    self.falls.push(at);
                }
            }
        }
    }

    /// Every stretch above a half.
    pub(crate) fn runs(&self) -> impl Iterator<Item = [f32; 2]> {
        self.rises.iter().zip(&self.falls).map(|(&a, &b)| [a, b])
    }
}

/// Reference ink of a sample.
#[inline]
pub(crate) fn mine(v: u32) -> u32 {
    v & 0xffff
}

/// Moving ink of a sample.
#[inline]
pub(crate) fn theirs(v: u32) -> u32 {
    v >> 16
}

impl Trace {
    /// Reads the cut that runs along the unit vector `along` at `offset_mm`; empty when it misses the seal.
    pub(crate) fn read(&mut self, pair: &Pair<'_>, along: [f32; 2], offset_mm: f32) {
        let Some(walk) = Walk::new(pair, along, offset_mm * PX_PER_MM) else { return self.clear() };
        self.line = walk.line(pair, along);
        walk.go(pair, &mut self.samples, &mut self.above);
        self.mine.find(&self.samples, &self.above[0], mine);
        self.theirs.find(&self.samples, &self.above[1], theirs);
        let reach = REACH_MM / self.line.step_mm.max(1e-6);
        self.rises.pair(&self.mine.rises, &self.theirs.rises, reach);
        self.falls.pair(&self.mine.falls, &self.theirs.falls, reach);
    }

    fn clear(&mut self) {
        self.line = Line::default();
        self.samples.clear();
        self.mine.clear();
        self.theirs.clear();
    }
}

/// Where the straight line from `a` (at `i` − 1) to `b` (at `i`) passes a half.
#[inline]
fn place(i: usize, a: u32, b: u32) -> f32 {
    (i - 1) as f32 + (HALF as f32 - a as f32) / (b as f32 - a as f32)
}

/// The steps of a line over the grid.
struct Walk {
    /// Whether the major axis is x.
    level: bool,
    /// First position on the major axis.
    start: f32,
    /// Position there on the other axis, and its change a step.
    minor: f32,
    slope: f32,
    /// Whether the major axis is walked upwards.
    forward: bool,
    steps: usize,
}

impl Walk {
    /// The steps on which the line of distance `o` (samples) lies on the grid and near the seal; `None` when there are none.
    fn new(pair: &Pair<'_>, [c, s]: [f32; 2], o: f32) -> Option<Self> {
        let (w, h) = (pair.width, pair.height);
        let (cx, cy) = ((w - 1) as f32 / 2.0, (h - 1) as f32 / 2.0);
        let level = c.abs() >= s.abs();
        let (majors, minors) = if level { (w, h) } else { (h, w) };
        let (middle, minor_middle) = if level { (cx, cy) } else { (cy, cx) };
        // From the centre: y = (o + s·x)/c on a level line, x = (c·y − o)/s on a steep one.
        let (slope, foot, forward) = if level { (s / c, o / c, c > 0.0) } else { (c / s, -o / s, s > 0.0) };
        let minor = |k: f32| minor_middle + foot + slope * (k - middle);
        // Not further than the seal reaches, with a margin in which the paper beside an edge is seen.
        let reach = pair.radius + 2.0;
        let chord = (reach * reach - o * o).max(0.0).sqrt();
        let (nearest, half) = if level { (middle - s * o, c.abs() * chord) } else { (middle + c * o, s.abs() * chord) };
        let mut first = (nearest - half).ceil().max(0.0);
        let mut last = (nearest + half).floor().min((majors - 1) as f32);
        // Both neighbours must exist, with a margin for the rounding of fixed point.
        let (low, high) = (0.01, minors as f32 - 1.01);
        if slope.abs() > 1e-6 {
            let ends = [low, high].map(|m| (m - minor_middle - foot) / slope + middle);
            first = ends[0].min(ends[1]).ceil().max(first);
            last = ends[0].max(ends[1]).floor().min(last);
        } else if !(low..=high).contains(&minor(middle)) {
            return None;
        }
        if first > last || o.abs() > reach {
            return None;
        }
        let start = if forward { first } else { last };
        let way = if forward { 1.0 } else { -1.0 };
        Some(Self { level, start, minor: minor(start), slope: way * slope, forward, steps: (last - first) as usize + 1 })
    }

    fn line(&self, pair: &Pair<'_>, along: [f32; 2]) -> Line {
        let way = if self.forward { 1.0 } else { -1.0 };
        let ((x, y), (dx, dy)) = if self.level {
            ((self.start, self.minor), (way, self.slope))
        } else {
            ((self.minor, self.start), (self.slope, way))
        };
        let (cx, cy) = ((pair.width - 1) as f32 / 2.0, (pair.height - 1) as f32 / 2.0);
        let t_mm = ((x - cx) * along[0] + (y - cy) * along[1]) / PX_PER_MM;
        let step_mm = (dx * along[0] + dy * along[1]) / PX_PER_MM;
        Line { x, y, dx, dy, t_mm, step_mm, along }
    }

    /// The walk itself: samples, and where they lie above a half.
    fn go(&self, pair: &Pair<'_>, samples: &mut Vec<u32>, above: &mut [Vec<u64>; 2]) {
        let (data, stride) = if self.level { (&pair.columns, pair.height) } else { (&pair.rows, pair.width) };
        let stride = stride as i32;
        let fixed = |v: f32| (f64::from(v) * 65536.0).round();
        let steps = Steps {
            first: self.start as i32 * stride,
            line: if self.forward { stride } else { -stride },
            minor: fixed(self.minor) as u32,
            slope: fixed(self.slope) as i32,
        };
        samples.resize(self.steps, 0);
        let [low, high] = above;
        low.resize(self.steps.div_ceil(64), 0);
        high.resize(self.steps.div_ceil(64), 0);
        along(samples, [low, high], data, &steps);
    }
}
