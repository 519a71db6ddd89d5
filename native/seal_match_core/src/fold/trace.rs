//! Both impressions read along a cut.
//!
//! A line is walked in whole steps along its steeper axis, so that one interpolation between two neighbours is enough, on both
//! impressions at once:
//!
//! ```text
//! for k along the major axis: pos += slope; v = data[k][pos], data[k][pos + 1] mixed by the fraction of pos
//! ```
//!
//! Positions are 16.16 fixed point and mixtures integers ([`crate::simd::cut`]), so the result is the same bits on every machine. They are
//! counted from the grid's middle, and edges lie at whole 4096ths of a sample, which add and subtract without being rounded: so the same
//! line, walked the other way or over images turned by a quarter, has the same samples and edges to the bit.

use crate::fold::pair::Pair;
use crate::fold::pairing::Pairing;
use crate::fold::stroke::REACH_MM;
use crate::simd::cut::{Steps, along};
use crate::template::PX_PER_MM;

/// Half of a full stroke in a trace: a single bit, so that passing it is seen without a comparison.
pub(crate) const HALF: u32 = 0x8000;

/// One in 16.16 fixed point.
const ONE: f64 = 65536.0;
/// Parts of a sample in which places along a line are told.
const PARTS: f32 = 4096.0;

/// Where the samples of a trace lie: sample `e` (any real) at column `x + e·dx`, row `y + e·dy`, `t + e·dt` mm along the cut.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Line {
    x: f64,
    y: f64,
    dx: f64,
    dy: f64,
    t_mm: f32,
    /// Millimetres from one sample to the next; at most √2 samples of the grid.
    pub(crate) step_mm: f32,
    /// Direction (cos α, sin α).
    pub(crate) along: [f32; 2],
}

impl Line {
    /// Column and row of sample `e`; exact for a place of an edge, and halfway between two.
    #[inline]
    pub(crate) fn at(&self, e: f32) -> [f64; 2] {
        let e = f64::from(e);
        [self.x + e * self.dx, self.y + e * self.dy]
    }

    /// How many samples a length along the cut is, in whole parts.
    pub(crate) fn samples(&self, length_mm: f32) -> f32 {
        (PARTS * length_mm / self.step_mm.max(1e-6)).round() / PARTS
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

    /// Finds the edges of samples that lie above a half where `above` has a bit. A fall without a rise, or a rise without a fall, belongs
    /// to a stroke that reaches beyond the line, and is left out.
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
        self.rises.truncate(self.falls.len());
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
        let reach = self.line.samples(REACH_MM);
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

/// Where the straight line from `a` (at `i` − 1) to `b` (at `i`) passes a half: so far behind or before the middle between both.
#[inline]
fn place(i: usize, a: u32, b: u32) -> f32 {
    let [a, b] = [a, b].map(|v| v as i32 - HALF as i32);
    let behind = (-a - b) as f32 / (b - a) as f32;
    // Not `trunc`: without the instruction it is a call.
    i as f32 - 0.5 + (0.5 * PARTS * behind) as i32 as f32 / PARTS
}

/// The steps of a line over the grid.
struct Walk {
    /// Whether the major axis is x.
    level: bool,
    /// First sample on the major axis.
    start: i32,
    /// Position there on the other axis, and its change a step, 16.16 fixed point.
    minor: i32,
    slope: i32,
    /// Whether the major axis is walked upwards.
    forward: bool,
    steps: usize,
}

impl Walk {
    /// The steps on which the line of distance `o` (samples) lies on the grid and near the seal; `None` when there are none.
    fn new(pair: &Pair<'_>, along: [f32; 2], o: f32) -> Option<Self> {
        let ([c, s], o) = (along.map(f64::from), f64::from(o));
        // At right angles to a level line lies a steep one, also at 45°.
        let level = c.abs() > s.abs() || (c.abs() == s.abs() && c * s > 0.0);
        let [majors, minors] = if level { [pair.width, pair.height] } else { [pair.height, pair.width] }.map(|n| n as i32);
        // From the middle: y = (o + s·x)/c on a level line, x = (c·y − o)/s on a steep one.
        let (slope, foot, forward) = if level { (s / c, o / c, c > 0.0) } else { (c / s, -o / s, s > 0.0) };
        // Half a sample's slope, since samples lie whole or half samples from the middle.
        let (slope, foot) = ((slope * 0.5 * ONE).round(), (foot * ONE).round());
        // Not further than the seal reaches, with a margin in which the paper beside an edge is seen.
        let reach = f64::from(pair.radius) + 2.0;
        let chord = (reach * reach - o * o).max(0.0).sqrt();
        let (nearest, chord) = if level { (-s * o, c.abs() * chord) } else { (c * o, s.abs() * chord) };
        // Both neighbours must exist, with a margin for rounding.
        let room = (0.5 * f64::from(minors - 1) - 0.01) * ONE;
        // All in half samples from the middle.
        let mut ends = [2.0 * (nearest - chord), 2.0 * (nearest + chord)];
        if slope != 0.0 {
            let [a, b] = [(-room - foot) / slope, (room - foot) / slope];
            ends = [ends[0].max(a.min(b)), ends[1].min(a.max(b))];
        }
        if o.abs() > reach || (slope == 0.0 && foot.abs() > room) {
            return None;
        }
        // The last of the samples before a place.
        let before = |place: f64| {
            let odd = (majors - 1) % 2;
            (2 * ((place - f64::from(odd)) / 2.0).floor() as i32 + odd).min(majors - 1)
        };
        let (first, last) = (-before(-ends[0]), before(ends[1]));
        if first > last {
            return None;
        }
        let (start, way) = if forward { (first, 1) } else { (last, -1) };
        let (slope, foot) = (slope as i32, foot as i32);
        Some(Self {
            level,
            start: (start + majors - 1) / 2,
            minor: (minors - 1) * HALF as i32 + foot + slope * start,
            slope: way * 2 * slope,
            forward,
            steps: ((last - first) / 2 + 1) as usize,
        })
    }

    fn line(&self, pair: &Pair<'_>, along: [f32; 2]) -> Line {
        let (start, way) = (f64::from(self.start), if self.forward { 1.0 } else { -1.0 });
        let [minor, slope] = [self.minor, self.slope].map(|v| f64::from(v) / ONE);
        let ((x, y), (dx, dy)) = if self.level { ((start, minor), (way, slope)) } else { ((minor, start), (slope, way)) };
        let [cx, cy] = [pair.width, pair.height].map(|n| (n - 1) as f64 / 2.0);
        let [c, s] = along.map(f64::from);
        let mm = |x: f64, y: f64| ((x * c + y * s) / f64::from(PX_PER_MM)) as f32;
        Line { x, y, dx, dy, t_mm: mm(x - cx, y - cy), step_mm: mm(dx, dy), along }
    }

    /// The walk itself: samples, and where they lie above a half.
    fn go(&self, pair: &Pair<'_>, samples: &mut Vec<u32>, above: &mut [Vec<u64>; 2]) {
        let (data, stride) = if self.level { (&pair.columns, pair.height) } else { (&pair.rows, pair.width) };
        let stride = stride as i32;
        let steps = Steps {
            first: self.start * stride,
            line: if self.forward { stride } else { -stride },
            minor: self.minor as u32,
            slope: self.slope,
        };
        samples.resize(self.steps, 0);
        let [low, high] = above;
        low.resize(self.steps.div_ceil(64), 0);
        high.resize(self.steps.div_ceil(64), 0);
        along(samples, [low, high], data, &steps);
    }
}
