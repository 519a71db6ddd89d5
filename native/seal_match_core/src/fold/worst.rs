//! The worst folds of a sweep: those that are worth telling a person.
//!
//! Of some thousand cuts through two stampings of one die a few break a stroke by chance, where the cut meets a stroke's end or a rough
//! edge; turned by a degree they break none. A stroke of another die lies elsewhere along all of its length. So a fold is told only
//! where its neighbours break as much:
//!
//! ```text
//! weight = strokes that go on elsewhere · 2 + strokes that end            (an end may be a void)
//! agreed = the least weight of the cuts at most two angles away, through the same offset
//! told   = agreed of at least 2; worst first: agreed / (judged strokes + 3)
//! ```

use crate::fold::summary::FoldReason;
use crate::fold::sweep::Cell;

/// Strokes that a cut must judge to count as a fold that says something.
pub(crate) const ENOUGH: u16 = 5;
/// Angles to either side that must agree: two degrees in a sweep of 180 angles, half a millimetre at 15 mm from the centre.
const NEIGHBOURS: isize = 2;
/// Least weight that must be agreed: one stroke that goes on elsewhere, or two that end.
const LEAST: u16 = 2;
/// Strokes that go on, added to every fold: two broken strokes of three say less than twelve of eighteen.
const ADDED: u16 = 3;
/// Least angle between two folds that are told.
const APART_DEG: f32 = 25.0;
/// Most folds that are told.
const TOLD: usize = 3;

/// The worst folds of a sweep's cells, all offsets of an angle together; worst first, at least 25° apart, none where all goes on.
pub(crate) fn worst(angles_deg: &[f32], offsets_mm: &[f32], cells: &[Cell]) -> Vec<FoldReason> {
    let (angles, offsets) = (angles_deg.len() as isize, offsets_mm.len());
    let weight = |i: isize, j: usize| {
        // Beyond half a turn the cut runs the other way: its offset changes sign.
        let j = if i.div_euclid(angles) % 2 == 0 { j } else { offsets - 1 - j };
        let cell = &cells[i.rem_euclid(angles) as usize * offsets + j];
        cell.broken + cell.shifted
    };
    let agreed =
        |i: usize, j: usize| (-NEIGHBOURS..=NEIGHBOURS).map(|step| weight(i as isize + step, j)).min().unwrap_or_default();
    let mut found = Vec::new();
    for (i, &angle_deg) in angles_deg.iter().enumerate() {
        for (j, &offset_mm) in offsets_mm.iter().enumerate() {
            let Cell { judged, broken, shifted, break_mm, .. } = cells[i * offsets + j];
            if judged < ENOUGH || broken == 0 {
                continue;
            }
            let agreed = agreed(i, j);
            if agreed >= LEAST {
                let rank = f32::from(agreed) / f32::from(judged + ADDED);
                found.push((rank, FoldReason { angle_deg, offset_mm, broken, shifted, judged, break_mm }));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut worst: Vec<FoldReason> = Vec::new();
    for (_, fold) in found {
        let apart = |told: &FoldReason| {
            let turned = (told.angle_deg - fold.angle_deg).abs();
            turned.min(180.0 - turned) >= APART_DEG
        };
        if worst.len() < TOLD && worst.iter().all(apart) {
            worst.push(fold);
        }
    }
    worst
}
