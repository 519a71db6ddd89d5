//! A sweep in a few numbers, and in sentences.

use std::fmt;

use crate::fold::sweep::Cell;
use crate::fold::worst::ENOUGH;

/// Bins of the histogram of offsets, and their width.
const BINS: usize = 160;
const BIN_MM: f32 = 0.005;
/// One fold in words: "the fold at 45 degrees breaks 3 of 14 strokes by 0.31 mm". A stroke that ends at the cut is said apart: a void
/// in a weak press ends strokes too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FoldReason {
    /// Its angle.
    pub angle_deg: f32,
    /// Its offset from the centre.
    pub offset_mm: f32,
    /// Strokes it broke.
    pub broken: u16,
    /// Those of them that go on elsewhere.
    pub shifted: u16,
    /// Strokes it could judge.
    pub judged: u16,
    /// Median break of those that go on elsewhere; 0 without any.
    pub break_mm: f32,
}

impl fmt::Display for FoldReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { angle_deg, offset_mm, shifted, judged, break_mm, .. } = self;
        let ended = self.broken.saturating_sub(*shifted);
        write!(f, "the fold at {angle_deg:.0} degrees")?;
        if offset_mm.abs() >= 0.05 {
            write!(f, ", {offset_mm:+.1} mm from the centre,")?;
        }
        let strokes = if *judged == 1 { "stroke" } else { "strokes" };
        match (*judged, *shifted, ended) {
            (0, _, _) => write!(f, " meets no stroke that could be judged"),
            (_, 0, 0) => write!(f, " breaks none of {judged} {strokes}"),
            (_, 0, _) => write!(f, " ends {ended} of {judged} {strokes}"),
            (_, _, 0) => write!(f, " breaks {shifted} of {judged} {strokes} by {break_mm:.2} mm"),
            _ => write!(f, " breaks {shifted} of {judged} {strokes} by {break_mm:.2} mm and ends {ended}"),
        }
    }
}

/// A sweep in numbers; `None` where nothing could be judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Strokes judged over all cuts.
    pub judged: u32,
    /// Share of them that are broken.
    pub broken_share: Option<f32>,
    /// Share of them that go on elsewhere; the other broken ones end at the cut, as a void in a weak press does too.
    pub shifted_share: Option<f32>,
    /// Share of strokes about which nothing can be said (covered, poor ink, run together), of judged and unknown.
    pub unknown_share: Option<f32>,
    /// Moving strokes without a counterpart, for each judged stroke.
    pub extra_share: Option<f32>,
    /// Median |offset| by the edges, across the stroke, millimetres.
    pub median_offset_mm: Option<f32>,
    /// 90th percentile of the same.
    pub p90_offset_mm: Option<f32>,
    /// Share of cuts, of those with at least five judged strokes, that break at least one stroke in five.
    pub broken_folds: Option<f32>,
    /// The worst folds, at least 25° apart, worst first; only those whose neighbours in the sweep break as much.
    pub worst: Vec<FoldReason>,
}

/// Collects a sweep's numbers.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    judged: u32,
    broken: u32,
    shifted: u32,
    unknown: u32,
    extra: u32,
    folds: u32,
    broken_folds: u32,
    histogram: [u32; BINS],
}

impl Default for Tally {
    fn default() -> Self {
        Self { judged: 0, broken: 0, shifted: 0, unknown: 0, extra: 0, folds: 0, broken_folds: 0, histogram: [0; BINS] }
    }
}

impl Tally {
    /// Adds one stroke's |offset| across the stroke.
    pub(crate) fn offset(&mut self, offset_mm: f32) {
        self.histogram[((offset_mm / BIN_MM) as usize).min(BINS - 1)] += 1;
    }

    /// Adds one cut.
    pub(crate) fn cell(&mut self, cell: &Cell) {
        let Cell { judged, broken, shifted, unknown, extra, .. } = *cell;
        self.judged += u32::from(judged);
        self.broken += u32::from(broken);
        self.shifted += u32::from(shifted);
        self.unknown += u32::from(unknown);
        self.extra += u32::from(extra);
        if judged >= ENOUGH {
            self.folds += 1;
            self.broken_folds += u32::from(5 * broken >= judged);
        }
    }

    /// The value below which the share `q` of offsets lies, interpolated within its bin.
    fn quantile(&self, q: f32) -> Option<f32> {
        let total: u32 = self.histogram.iter().sum();
        let wanted = q * total as f32;
        let mut run = 0.0;
        for (i, &n) in self.histogram.iter().enumerate() {
            if n > 0 && run + n as f32 >= wanted {
                return Some((i as f32 + (wanted - run) / n as f32) * BIN_MM);
            }
            run += n as f32;
        }
        None
    }

    /// The numbers, with the folds that are told.
    pub(crate) fn summary(&self, worst: Vec<FoldReason>) -> Summary {
        let share = |part: u32, whole: u32| (whole > 0).then(|| part as f32 / whole as f32);
        Summary {
            judged: self.judged,
            broken_share: share(self.broken, self.judged),
            shifted_share: share(self.shifted, self.judged),
            unknown_share: share(self.unknown, self.unknown + self.judged),
            extra_share: share(self.extra, self.judged),
            median_offset_mm: self.quantile(0.5),
            p90_offset_mm: self.quantile(0.9),
            broken_folds: share(self.broken_folds, self.folds),
            worst,
        }
    }
}
