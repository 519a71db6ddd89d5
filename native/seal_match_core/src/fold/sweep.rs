//! The fold at every angle and offset: a map of how well strokes go on, and what it says in sum.
//!
//! Exchanging the halves mirrors every number, so both sides come out of one pass. A cell's counts and breaks are exactly those
//! of [`continuity`](crate::fold::continuity()) at its cut. The sweep leaves out what a single cut tells besides (directions,
//! ink), and its offsets are those of the edges: to fit every stroke's profile takes longer than all the rest, for means and
//! quantiles of thousands.

use crate::error::{Error, Result};
use crate::fold::cut::{Cut, Side, direction};
use crate::fold::pair::Pair;
use crate::fold::stroke::{Broken, Status, Unknown, crossings};
use crate::fold::summary::{Summary, Tally};
use crate::fold::trace::Trace;
use crate::fold::worst::worst;

/// Most angles, and most offsets, of a sweep.
pub const MOST: usize = 720;

/// Parts of a degree in which angles are told.
const DEGREE: usize = 1 << 16;

/// What one cut showed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cell {
    /// Strokes that could be judged.
    pub judged: u16,
    /// Those of them that do not go on.
    pub broken: u16,
    /// Those of them that go on elsewhere; the others end at the cut.
    pub shifted: u16,
    /// Strokes that black covers or that lie in poor ink, or that ran together.
    pub unknown: u16,
    /// Moving ink without a stroke of the reference.
    pub extra: u16,
    /// Mean signed offset of judged strokes along the cut, by their edges, moving half on the normal's side; millimetres, 0
    /// without any.
    pub offset_mm: f32,
    /// Median break of the strokes that go on elsewhere, millimetres; 0 without any.
    pub break_mm: f32,
}

impl Cell {
    /// Share of judged strokes that are broken; `None` when none could be judged.
    pub fn broken_share(&self) -> Option<f32> {
        (self.judged > 0).then(|| f32::from(self.broken) / f32::from(self.judged))
    }

    /// Mean signed offset along the cut for either side.
    pub fn offset_mm(&self, side: Side) -> f32 {
        side.sign() * self.offset_mm + 0.0
    }
}

/// The continuity map.
#[derive(Clone, Debug, PartialEq)]
pub struct FoldMap {
    /// Angles in degrees, ascending from 0.
    pub angles_deg: Vec<f32>,
    /// Offsets in millimetres, ascending, symmetric about 0.
    pub offsets_mm: Vec<f32>,
    /// A cell for each angle and offset, all offsets of an angle together.
    pub cells: Vec<Cell>,
    /// The map in numbers.
    pub summary: Summary,
}

impl FoldMap {
    /// The cell of angle `i` and offset `j`.
    pub fn at(&self, i: usize, j: usize) -> &Cell {
        &self.cells[i * self.offsets_mm.len() + j]
    }

    /// The cut of angle `i` and offset `j`.
    ///
    /// # Errors
    /// [`Error::FoldOutOfRange`] never, for the map's own cuts.
    pub fn cut(&self, i: usize, j: usize, side: Side) -> Result<Cut> {
        Cut::new(self.angles_deg[i], self.offsets_mm[j], side)
    }
}

/// Cuts a pair at `angles` angles from 0 to 180° and at `offsets` offsets in the middles of as many bands across `radius_mm` to both
/// sides of the centre.
///
/// # Errors
/// [`Error::FoldOutOfRange`] when a count is 0 or above [`MOST`], or the radius is not positive or beyond the grid.
pub fn sweep(pair: &Pair<'_>, angles: usize, offsets: usize, radius_mm: f32) -> Result<FoldMap> {
    for (what, n) in [("angles", angles), ("offsets", offsets)] {
        if !(1..=MOST).contains(&n) {
            return Err(Error::FoldOutOfRange { what, value: n as f32, low: 1.0, high: MOST as f32 });
        }
    }
    let (low, high) = (0.1, pair.reach_mm());
    if !(low..=high).contains(&radius_mm) {
        return Err(Error::FoldOutOfRange { what: "radius_mm", value: radius_mm, low, high });
    }
    // In parts that a float holds over half a turn, so that angles a quarter turn apart are so exactly.
    let angles_deg: Vec<f32> = (0..angles).map(|i| (180 * DEGREE * i / angles) as f32 / DEGREE as f32).collect();
    // Counted from the middle, so that opposite offsets are exactly opposite.
    let offsets_mm: Vec<f32> =
        (0..offsets).map(|j| radius_mm * (2 * j as i32 + 1 - offsets as i32) as f32 / offsets as f32).collect();
    let directions: Vec<_> = angles_deg.iter().map(|&angle_deg| direction(angle_deg)).collect();
    let mut cells = vec![Cell::default(); angles * offsets];
    let mut trace = Trace::default();
    let mut tally = Tally::default();
    let mut breaks = Vec::new();
    // All angles of an offset, then the next offset: a cut lies where the one before it lay, turned by one step, and finds in the cache
    // what that one has read.
    for (j, &offset_mm) in offsets_mm.iter().enumerate() {
        for (i, &along) in directions.iter().enumerate() {
            trace.read(pair, along, offset_mm);
            let line = trace.line;
            let cell = &mut cells[i * offsets + j];
            let mut sum = 0.0;
            breaks.clear();
            crossings(pair, &trace, |crossing| match crossing.status {
                Status::Extra => cell.extra += 1,
                Status::Unknown(Unknown::Grazing) => {}
                Status::Unknown(_) => cell.unknown += 1,
                Status::Continuous | Status::Broken(_) => {
                    cell.judged += 1;
                    if let Some(offset) = crossing.offset() {
                        sum += offset;
                        tally.offset(offset.abs() * line.step_mm * crossing.sine);
                    }
                    if let Status::Broken(how) = crossing.status {
                        cell.broken += 1;
                        if how == Broken::Shifted {
                            cell.shifted += 1;
                            breaks.push(crossing.break_mm);
                        }
                    }
                }
            });
            cell.offset_mm = sum * line.step_mm / f32::from(cell.judged.max(1));
            cell.break_mm = crate::plane::quantile(&mut breaks, 0.5).unwrap_or(0.0);
            tally.cell(cell);
        }
    }
    let summary = tally.summary(worst(&angles_deg, &offsets_mm, &cells));
    Ok(FoldMap { angles_deg, offsets_mm, cells, summary })
}
