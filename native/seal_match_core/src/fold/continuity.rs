//! Every stroke that crosses one cut.

use crate::error::{Error, Result};
use crate::fold::cut::Cut;
use crate::fold::fit::displacement;
use crate::fold::pair::Pair;
use crate::fold::stroke::{Crossing, Status, Stroke, crossings, ink_ratio};
use crate::fold::trace::{Edges, Line, Trace};

/// How far to both sides of the cut a stroke is followed for its direction, in millimetres.
const FOLLOWED_MM: f32 = 0.25;

/// Measures every stroke that crosses a cut, in the order of their positions; empty where the cut meets none.
///
/// # Errors
/// [`Error::FoldOutOfRange`] when the cut lies further from the centre than the grid reaches.
///
/// ```
/// use seal_match_core::fold::{Cut, Impressions, Pair, Side, Status, continuity};
/// use seal_match_core::plane::Field;
/// // A bar 1 mm wide down the middle, folded with itself.
/// let mut bar = Field::zeros(81, 81);
/// for y in 8..73 {
///     bar.row_mut(y)[36..45].fill(1.0);
/// }
/// let (open, seal) = (Field::zeros(81, 81), Field { data: vec![1.0; 81 * 81], ..bar.clone() });
/// let pair = Pair::new(&Impressions { reference: &bar, moving: &bar, covered: &open, support: &seal, gain_mm: 0.0 })?;
/// let strokes = continuity(&pair, &Cut::new(0.0, 1.0, Side::Moving)?)?;
/// assert_eq!(strokes.len(), 1);
/// assert_eq!(strokes[0].status, Status::Continuous);
/// assert_eq!(strokes[0].offset_mm, Some(0.0));
/// # Ok::<(), seal_match_core::error::Error>(())
/// ```
pub fn continuity(pair: &Pair<'_>, cut: &Cut) -> Result<Vec<Stroke>> {
    let high = pair.reach_mm();
    if cut.offset_mm().abs() > high {
        return Err(Error::FoldOutOfRange { what: "offset_mm", value: cut.offset_mm(), low: -high, high });
    }
    let mut trace = Trace::default();
    let sides = [-FOLLOWED_MM, FOLLOWED_MM].map(|d| {
        trace.read(pair, cut.direction(), cut.offset_mm() + d);
        Middles::of(&trace)
    });
    trace.read(pair, cut.direction(), cut.offset_mm());
    let signed = |v: f32| cut.side().sign() * v + 0.0;
    let mut strokes = Vec::new();
    crossings(pair, &trace, |crossing| {
        let line = &trace.line;
        let mut stroke = crossing.stroke(line, cut.side());
        if stroke.status != Status::Extra {
            stroke.offset_mm = fitted_mm(crossing, &trace).map(signed).or(stroke.offset_mm);
            stroke.direction_difference_deg = turned_deg(crossing, line, &sides).map(signed);
            stroke.ink_ratio = ink_ratio(pair, line, crossing);
        }
        strokes.push(stroke);
    });
    strokes.sort_by(|a, b| a.position_mm.total_cmp(&b.position_mm));
    Ok(strokes)
}

/// How far a judged stroke lies off along the cut by its whole profile, moving minus reference.
fn fitted_mm(crossing: &Crossing, trace: &Trace) -> Option<f32> {
    let judged = matches!(crossing.status, Status::Continuous | Status::Broken(_));
    let partners = crossing.partners.filter(|_| judged)?;
    Some(displacement(&trace.samples, crossing.edges, partners)? * trace.line.step_mm)
}

/// Middles and half widths of all strokes on a line beside the cut, in millimetres along it.
struct Middles {
    reference: Vec<[f32; 2]>,
    moving: Vec<[f32; 2]>,
}

impl Middles {
    fn of(trace: &Trace) -> Self {
        let stretches = |edges: &Edges| edges.runs().map(|e| stretch(&trace.line, e)).collect();
        Self { reference: stretches(&trace.mine), moving: stretches(&trace.theirs) }
    }
}

/// Middle and half width in millimetres.
fn stretch(line: &Line, [a, b]: [f32; 2]) -> [f32; 2] {
    [line.t_mm(0.5 * (a + b)), 0.5 * (b - a) * line.step_mm]
}

/// The angle in degrees at which a stroke with its middle at `t` and half width `half` crosses the cut, followed to both sides.
fn direction_deg([t, half]: [f32; 2], sides: [&[[f32; 2]]; 2]) -> Option<f32> {
    let followed = sides.map(|strokes| {
        strokes
            .iter()
            .filter(|s| (s[0] - t).abs() < FOLLOWED_MM + 0.1)
            // A stroke that suddenly has another width has joined another: its middle says nothing.
            .filter(|s| (s[1] - half).abs() < 0.3 * half + 0.03)
            .min_by(|a, b| (a[0] - t).abs().total_cmp(&(b[0] - t).abs()))
            .map(|s| s[0])
    });
    let [Some(before), Some(after)] = followed else { return None };
    Some((2.0 * FOLLOWED_MM).atan2(after - before).to_degrees())
}

/// By how much the moving stroke's direction is turned clockwise from the reference's.
fn turned_deg(crossing: &Crossing, line: &Line, sides: &[Middles; 2]) -> Option<f32> {
    let [before, after] = sides;
    let reference = direction_deg(stretch(line, crossing.edges), [&before.reference, &after.reference])?;
    let moving = direction_deg(stretch(line, crossing.partners?), [&before.moving, &after.moving])?;
    Some((moving - reference + 90.0).rem_euclid(180.0) - 90.0)
}
