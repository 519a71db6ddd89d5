//! Strokes where they meet a cut: what one half shows there, what the other half shows, and what that says.
//!
//! A stroke of the reference is a stretch of the cut above half its ink, between an edge that rises and one that falls. Edges of either
//! kind are paired with moving edges of that kind, in order and one to one ([`crate::fold`]'s `pairing`). Ink gain moves the two edges apart, displacement moves both the same way
//! (the split that [`crate::compare::displacement`] makes too), so a stroke is broken only by what *both* edges agree on:
//!
//! ```text
//! a, b = how far the rising and the falling edge lie off, gain taken away
//! break = the smaller of |a|, |b| when a and b have one sign, else 0
//! ```
//!
//! A filled counter or a worn side moves one edge only; the stroke is then unknown, not broken. All of it is measured along the
//! cut and judged across the stroke: along a stroke that runs nearly with the cut every hundredth looks like a tenth.

use crate::fold::cut::Side;
use crate::fold::pair::{COVERED, FAINT, Near, OUTSIDE, POOR, Pair};
use crate::fold::trace::{HALF, Line, Trace, mine, theirs};
use crate::plane::Field;

/// A stroke breaks when both its edges lie off by more than this across the stroke; genuine presses stay below 0.10 mm.
pub const BREAK_MM: f32 = 0.15;
/// How far an edge looks for its partner along the cut.
pub const REACH_MM: f32 = 0.6;
/// Edges that disagree by more than this across the stroke, gain taken away, do not belong to one stroke.
pub const WIDTH_MM: f32 = 0.30;
/// Sine of the angle between stroke and cut below which the stroke runs along the cut rather than over it (about 37°).
pub const LEAST_SINE: f32 = 0.6;
/// A stroke that never gets darker than this, in halves of a full stroke, was only skimmed by the cut.
const SKIMMED: u32 = HALF * 13 / 10;
/// Moving ink below this, in halves, is no ink.
const BLANK: u32 = HALF * 6 / 10;

/// Why nothing can be said about a stroke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// Black lies over it, or the moving scan ends.
    Occluded,
    /// Too little moving ink is left around it.
    PoorInk,
    /// It runs along the cut, or the cut only skims it.
    Grazing,
    /// One edge only has a partner: it ran together with its neighbour, or one side is worn.
    Merged,
}

/// What breaks a stroke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// It goes on elsewhere.
    Shifted,
    /// It ends at the cut, amid strokes that go on.
    Missing,
}

/// What a cut says about one stroke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It goes on over the cut.
    Continuous,
    /// It does not.
    Broken(Broken),
    /// Nothing can be said.
    Unknown(Unknown),
    /// Moving ink without a stroke of the reference: another die's stroke, or something else that is printed there. One cut cannot
    /// tell which, so it is neither broken nor continuous.
    Extra,
}

/// One stroke that meets the cut. Signed numbers are "the side that the cut's normal points to minus the other side", along the
/// cut; exchanging the halves changes their sign and nothing else.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// The middle of the reference's stroke (of the moving one where it is [`Status::Extra`]) along the cut, from the point nearest to
    /// the seal's centre.
    pub position_mm: f32,
    /// Its width along the cut.
    pub width_mm: f32,
    /// Angle between stroke and cut, 0 to 90.
    pub crossing_deg: f32,
    /// How far it lies off along the cut; `None` when an edge has no partner. A judged stroke's is where its profile fits the
    /// other's best: a shift by d, up to 0.45 mm, reads as d ± 0.02 mm in all but one stroke in five hundred. Any other's is how
    /// far the middle between both edges lies off.
    pub offset_mm: Option<f32>,
    /// How far both its edges lie off together, across the stroke, the whole seal's ink gain taken away; without sign. What
    /// breaks a stroke: edges where ink passes a half, as the sweep reads them, not `offset_mm` turned across.
    pub break_mm: Option<f32>,
    /// Difference of the widths along the cut.
    pub width_difference_mm: Option<f32>,
    /// Difference of the directions in which it crosses the cut, −90 to 90, clockwise; `None` where either cannot be followed
    /// for a quarter of a millimetre to both sides.
    pub direction_difference_deg: Option<f32>,
    /// Moving ink : reference ink in its middle; never signed, `None` for [`Status::Extra`].
    pub ink_ratio: Option<f32>,
    /// What the cut says.
    pub status: Status,
}

/// A stroke in samples of a trace, before anything is signed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crossing {
    /// Rising and falling edge of the reference; of the moving ink for [`Status::Extra`].
    pub(crate) edges: [f32; 2],
    /// Partners of both edges.
    pub(crate) partners: Option<[f32; 2]>,
    /// |sin| of the angle between stroke and cut.
    pub(crate) sine: f32,
    /// How far both edges lie off together across the stroke.
    pub(crate) break_mm: f32,
    /// What it says.
    pub(crate) status: Status,
}

impl Crossing {
    /// How far the middle between both edges lies off along the cut, moving minus reference, in samples.
    pub(crate) fn offset(&self) -> Option<f32> {
        self.partners.map(|p| 0.5 * ((p[0] - self.edges[0]) + (p[1] - self.edges[1])))
    }

    /// Moving width minus reference width along the cut.
    pub(crate) fn width_difference_mm(&self, line: &Line) -> Option<f32> {
        self.partners.map(|p| ((p[1] - p[0]) - (self.edges[1] - self.edges[0])) * line.step_mm)
    }

    /// The middle, in samples.
    pub(crate) fn middle(&self) -> f32 {
        0.5 * (self.edges[0] + self.edges[1])
    }

    /// As it is shown to callers; direction and ink are the caller's to fill in.
    pub(crate) fn stroke(&self, line: &Line, side: Side) -> Stroke {
        let sign = side.sign();
        Stroke {
            position_mm: line.t_mm(self.middle()),
            width_mm: (self.edges[1] - self.edges[0]) * line.step_mm,
            crossing_deg: self.sine.min(1.0).asin().to_degrees(),
            // Adding zero turns a negative zero into a positive one.
            offset_mm: self.offset().map(|v| sign * v * line.step_mm + 0.0),
            break_mm: self.partners.map(|_| self.break_mm),
            width_difference_mm: self.width_difference_mm(line).map(|v| sign * v + 0.0),
            direction_difference_deg: None,
            ink_ratio: None,
            status: self.status,
        }
    }
}

/// The samples of a stretch, with those that its ends lie between.
#[inline]
fn stretch(samples: &[u32], [from, to]: [f32; 2]) -> &[u32] {
    let whole = to as i32;
    let after = whole + i32::from(to > whole as f32) + 1;
    let (from, to) = (from as i32 as usize, (after as usize).min(samples.len()));
    &samples[from.min(to)..to]
}

/// Whether ink of at least `least` is met in a stretch.
#[inline]
fn meets(samples: &[u32], edges: [f32; 2], ink: impl Fn(u32) -> u32, least: u32) -> bool {
    let stretch = stretch(samples, edges);
    // A stroke is darkest in its middle: mostly nothing else is looked at.
    stretch.get(stretch.len() / 2).is_some_and(|&v| ink(v) >= least) || stretch.iter().any(|&v| ink(v) >= least)
}

/// Visits every crossing of a traced line, those of the reference first.
pub(crate) fn crossings(pair: &Pair<'_>, trace: &Trace, mut visit: impl FnMut(&Crossing)) {
    let Trace { line, samples, .. } = trace;
    let partners = trace.rises.partners().iter().zip(trace.falls.partners());
    for (edges, (rise, fall)) in trace.mine.runs().zip(partners) {
        visit(&judge(pair, line, samples, edges, [*rise, *fall]));
    }
    let margin = line.samples(0.15);
    for edges in trace.theirs.runs() {
        let around = [(edges[0] - margin).max(0.0), edges[1] + margin];
        if meets(samples, around, mine, BLANK) || !meets(samples, edges, theirs, SKIMMED) {
            continue;
        }
        let flags = flags_of(pair, line, edges, edges.map(|e| Near::to(line.at(e))));
        if flags & OUTSIDE == 0 {
            let status = if flags & COVERED != 0 { Status::Unknown(Unknown::Occluded) } else { Status::Extra };
            visit(&Crossing { edges, partners: None, sine: 1.0, break_mm: 0.0, status });
        }
    }
}

/// Flags at both edges of a stretch (samples nearest to which: `ends`) and in its middle.
#[inline]
fn flags_of(pair: &Pair<'_>, line: &Line, [a, b]: [f32; 2], ends: [Near; 2]) -> u8 {
    pair.flags_at(ends[0]) | pair.flags_at(ends[1]) | pair.flags_at(Near::to(line.at(0.5 * (a + b))))
}

fn judge(pair: &Pair<'_>, line: &Line, samples: &[u32], edges: [f32; 2], found: [Option<f32>; 2]) -> Crossing {
    let ends = edges.map(|e| Near::to(line.at(e)));
    let flags = flags_of(pair, line, edges, ends);
    let [a, b] = ends.map(|end| pair.across(end, line.along));
    let sine = a.min(b);
    let mut crossing = Crossing { edges, partners: None, sine, break_mm: 0.0, status: Status::Continuous };
    if let [Some(a), Some(b)] = found
        && b >= a
    {
        crossing.partners = Some([a, b]);
        let across = line.step_mm * sine;
        let off = [(a - edges[0]) * across + pair.gain_mm, (b - edges[1]) * across - pair.gain_mm];
        crossing.break_mm = if off[0] * off[1] > 0.0 { off[0].abs().min(off[1].abs()) } else { 0.0 };
        if (off[1] - off[0]).abs() > WIDTH_MM {
            crossing.status = Status::Unknown(Unknown::Merged);
        } else if crossing.break_mm > BREAK_MM {
            crossing.status = Status::Broken(Broken::Shifted);
        }
    } else {
        let inked = meets(samples, edges, theirs, BLANK);
        crossing.status = if inked { Status::Unknown(Unknown::Merged) } else { Status::Broken(Broken::Missing) };
    }
    if flags & COVERED != 0 {
        crossing.status = Status::Unknown(Unknown::Occluded);
    } else if sine < LEAST_SINE || !meets(samples, edges, mine, SKIMMED) {
        crossing.status = Status::Unknown(Unknown::Grazing);
    } else if flags & POOR != 0 || (flags & FAINT != 0 && crossing.status == Status::Broken(Broken::Missing)) {
        crossing.status = Status::Unknown(Unknown::PoorInk);
    }
    crossing
}

/// Reference and moving ink as given, in the middle of a crossing, their ratio; `None` where the reference has none.
pub(crate) fn ink_ratio(pair: &Pair<'_>, line: &Line, crossing: &Crossing) -> Option<f32> {
    let (mut a, mut b) = (0.0, 0.0);
    let ink = |field: &Field, [x, y]: [f64; 2]| field.sample(x as f32, y as f32);
    // Over the middle half of the stroke, so that an edge that lies off does not count as paleness.
    let width = crossing.edges[1] - crossing.edges[0];
    for k in 0..=4 {
        let at = line.at(crossing.middle() + width * (k as f32 / 8.0 - 0.25));
        a += ink(pair.reference, at);
        let at = match crossing.partners {
            Some(p) => line.at(f32::midpoint(p[0], p[1]) + (p[1] - p[0]) * (k as f32 / 8.0 - 0.25)),
            None => at,
        };
        b += ink(pair.moving, at);
    }
    (a > 0.05).then_some(b / a)
}
