//! The sweep as evidence of the score: an angle every five degrees and eleven offsets tell what the whole map tells.

use crate::fold::pair::Pair;
use crate::fold::sweep::sweep;
use crate::verify::Comparison;

/// Names of the channels, in order; see [`Summary`](crate::fold::Summary).
pub const NAMES: [&str; 7] =
    ["fold_broken", "fold_shifted", "fold_unknown", "fold_extra", "fold_offset_mm", "fold_offset_p90_mm", "fold_broken_folds"];
const ANGLES: usize = 36;
const OFFSETS: usize = 11;
/// What is said where no stroke can be judged: everything is unknown.
const NOTHING: [f32; NAMES.len()] = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0];

/// What the sweep says of a comparison, in the order of [`NAMES`]; shares 0 to 1, offsets in millimetres.
pub fn channels(comparison: &Comparison) -> [f32; NAMES.len()] {
    let map = Pair::of(comparison).and_then(|pair| sweep(&pair, ANGLES, OFFSETS, comparison.radius_mm.min(pair.reach_mm())));
    let Ok(map) = map else { return NOTHING };
    let s = map.summary;
    let said =
        [s.broken_share, s.shifted_share, s.unknown_share, s.extra_share, s.median_offset_mm, s.p90_offset_mm, s.broken_folds];
    std::array::from_fn(|i| said[i].unwrap_or(NOTHING[i]))
}
