//! The whole chain: find the reference seal in a moving scan, align it, compare it.

use crate::align::coarse::N;
use crate::align::refine::{Fit, MovingEdges, refine};
use crate::compare::displacement::{Displacement, measure};
use crate::compare::evidence::Evidence;
use crate::compare::tiles::{Tiles, compare};
use crate::geometry::Pose;
use crate::ink::{Ink, InkWindow, Survey};
use crate::locate::search_centres;
use crate::plane::{Field, Scan, ScanKind};
use crate::template::Reference;

/// Scanner tolerance: how far a size may drift before it is held against the impression.
pub const SCALE_RANGE: f32 = 0.025;
/// Confirmed share of edges from which a search need not look further.
const SURE: f32 = 0.62;
/// Confirmed share of edges below which an alignment is not to be trusted.
pub const TRUSTED: f32 = 0.34;
const MOST_CENTRES: usize = 6;

/// How to look for the seal.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Search {
    /// Left, top, right, bottom in moving pixels of the region that holds the seal, if the caller knows.
    pub within: Option<[f32; 4]>,
}

/// An aligned seal.
pub struct Alignment {
    /// Its pose and how far the edges agree.
    pub fit: Fit,
    /// The ink model under which it was found.
    pub ink: Ink,
    /// Ink around it.
    pub window: InkWindow,
    /// Its edges.
    pub moving: MovingEdges,
    /// Whether enough edges agree to base a judgement on.
    pub trusted: bool,
}

/// Everything that was measured on one moving scan.
pub struct Comparison {
    /// Where the seal lies.
    pub alignment: Alignment,
    /// Displacement of its strokes.
    pub displacement: Displacement,
    /// Dense differences.
    pub tiles: Tiles,
    /// The channels.
    pub evidence: Evidence,
}

/// Finds and aligns the reference in a scan; `None` when nothing in it can be aligned.
///
/// The reserved colour is tried first, then the scan's other inks, then all darkness: a customer may use another pad.
pub fn align(reference: &Reference, scan: &Scan<'_>, search: &Search) -> Option<Alignment> {
    let survey = Survey::new(scan);
    let own = survey.adapt(&reference.template.colour());
    let mut best = align_ink(reference, scan, &survey, &own, search);
    let good = |a: &Option<Alignment>| a.as_ref().is_some_and(|a| a.fit.inliers >= TRUSTED);
    if !good(&best) && scan.kind() == ScanKind::Colour {
        let near = |a: &Ink, b: &Ink| match (a.hue_deg(), b.hue_deg()) {
            (Some(x), Some(y)) => ((x - y + 540.0).rem_euclid(360.0) - 180.0).abs() < 30.0,
            (None, None) => true,
            _ => false,
        };
        let mut others = survey.coloured_inks();
        others.push(Ink::Dark);
        for ink in others.iter().filter(|i| !near(i, &own)) {
            let found = align_ink(reference, scan, &survey, ink, search);
            let score = |a: &Option<Alignment>| a.as_ref().map_or(0.0, |a| a.fit.inliers);
            // Another colour must explain clearly more than the reserved one.
            if score(&found) > score(&best) + 0.10 {
                best = found;
            }
            if good(&best) {
                break;
            }
        }
    }
    best
}

fn align_ink(reference: &Reference, scan: &Scan<'_>, survey: &Survey, ink: &Ink, search: &Search) -> Option<Alignment> {
    let (mut map, _) = survey.ink_map(ink);
    cap(&mut map);
    if let Some(within) = search.within {
        keep_within(&mut map, within, survey.cell_px);
    }
    let mm = scan.px_per_mm();
    let mut best: Option<(Fit, InkWindow, MovingEdges)> = None;
    for centre in search_centres(&map, reference.template.size_mm(), MOST_CENTRES) {
        let cells = reference.coarse_window(&map, centre);
        let starts = reference.coarse.search(&cells, 4);
        let at: Vec<[f32; 2]> = starts
            .iter()
            .map(|h| [0, 1].map(|k| (centre[k] + 0.5) * survey.cell_px - 0.5 + h.offset_mm[k] * mm))
            .collect();
        if at.is_empty() {
            continue;
        }
        let window = reference.window(survey, scan, ink, &at);
        if window.ink.width < N / 4 || window.ink.height < N / 4 {
            continue;
        }
        let moving = MovingEdges::new(&window, mm);
        let mut here: Option<Fit> = None;
        for (h, c) in starts.iter().zip(&at) {
            let fit = refine(&reference.few_edges, &moving, Pose::new(h.angle_deg, mm, *c), mm, SCALE_RANGE);
            if let Some(f) = fit.filter(|f| here.is_none_or(|b| f.inliers > b.inliers)) {
                here = Some(f);
            }
            if here.is_some_and(|f| f.inliers > SURE) {
                break;
            }
        }
        if let Some(f) = here.filter(|f| best.as_ref().is_none_or(|b| f.inliers > b.0.inliers)) {
            best = Some((f, window, moving));
        }
        if best.as_ref().is_some_and(|b| b.0.inliers > SURE) {
            break;
        }
    }
    best.map(|(fit, window, moving)| Alignment { fit, ink: *ink, window, moving, trusted: fit.inliers >= TRUSTED })
}

/// Limits solid areas so that strokes keep their say.
fn cap(map: &mut Field) {
    let top = map.quantile(0.9, |v| v > 0.08).unwrap_or(0.5).max(0.1);
    map.data.iter_mut().for_each(|v| *v = v.min(top) / top);
}

fn keep_within(map: &mut Field, [x0, y0, x1, y1]: [f32; 4], cell_px: f32) {
    for y in 0..map.height {
        for x in 0..map.width {
            let (px, py) = ((x as f32 + 0.5) * cell_px, (y as f32 + 0.5) * cell_px);
            if px < x0 || px > x1 || py < y0 || py > y1 {
                map.data[y * map.width + x] = 0.0;
            }
        }
    }
}

/// Aligns and compares; `None` when nothing can be aligned or too little of it is seen.
pub fn examine(reference: &Reference, scan: &Scan<'_>, search: &Search) -> Option<Comparison> {
    let alignment = align(reference, scan, search)?;
    let mm = scan.px_per_mm();
    let displacement = measure(&reference.edges, &alignment.window, &alignment.moving, &alignment.fit, reference.radius_mm)?;
    let gain = displacement.smooth.coefficients[2][0];
    let tiles = compare(reference, &alignment.window, &alignment.fit.pose, &displacement.smooth, gain)?;
    let colourless = alignment.ink == Ink::Dark;
    let evidence = Evidence::gather(reference, &alignment.fit, &displacement, &tiles, mm, colourless);
    Some(Comparison { alignment, displacement, tiles, evidence })
}
