//! The whole chain: find the reference seal in a moving scan, align it, compare it.

use std::sync::Arc;

use crate::align::coarse::N;
use crate::align::refine::{Fit, MovingEdges, ROUNDS_MM, refine};
use crate::compare::displacement::{Displacement, measure};
use crate::compare::evidence::Evidence;
use crate::compare::likeness;
use crate::compare::network::Maps;
use crate::compare::networks::Networks;
use crate::compare::parts::{Part, added};
use crate::compare::regions::{self, Region};
use crate::compare::tiles::{Tiles, compare};
use crate::error::{Error, Result};
use crate::geometry::{Pose, share_inside};
use crate::ink::{Ink, InkWindow, Survey};
use crate::locate::{Centre, search_centres};
use crate::plane::{Field, Scan, ScanKind, quantile_above};
use crate::template::Reference;

/// Scanner tolerance: how far a size may drift before it is held against the impression.
pub const SCALE_RANGE: f32 = 0.025;
/// Confirmed share of edges from which a search need not look further.
const SURE: f32 = 0.72;
/// Confirmed share of edges below which an alignment is not to be trusted.
pub const TRUSTED: f32 = 0.34;
/// Median correlation of strokes below which a fit is not a seal.
const CREDIBLE: f32 = 0.2;
/// Confirmed share of edges from which other places must look comparably promising.
const LIKELY: f32 = 0.45;
/// Share of the seal's area that must lie in the scan: what lies outside counts as covered.
const LEAST_INSIDE: f32 = 0.98;
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
}

/// Everything that was measured on one moving scan.
pub struct Comparison {
    /// Where the seal lies.
    pub alignment: Alignment,
    /// Displacement of its strokes.
    pub displacement: Displacement,
    /// Where it was laid down, reference millimetres to moving pixels: see [`Displacement::placement`].
    pub placement: Pose,
    /// Dense differences.
    pub tiles: Tiles,
    /// The reference's ink on the grid of `tiles`.
    pub reference_ink: Arc<Field>,
    /// One inside the seal, on the same grid.
    pub support: Arc<Field>,
    /// Largest distance of the seal's outline from its centre in millimetres.
    pub radius_mm: f32,
    /// The reference's parts, then what the moving impression adds.
    pub parts: Vec<Part>,
    /// The channels of the whole seal.
    pub evidence: Evidence,
    /// The channels of every region.
    pub regions: Vec<Region>,
    /// Whether the seal lies inside the scan, but for a sliver (`LEAST_INSIDE`).
    pub inside: bool,
}

impl Comparison {
    /// Whether the alignment is more than a guess: of one that is not, nothing that was measured means anything.
    pub fn trusted(&self) -> bool {
        self.require_trusted().is_ok()
    }

    /// Refuses an alignment that is only a guess.
    ///
    /// # Errors
    /// [`Error::AlignmentUntrusted`] when too few edges agree, or strokes do not agree as areas: edges of noise find noise to confirm
    /// them.
    pub fn require_trusted(&self) -> Result<()> {
        let agreed = [("edges", self.alignment.fit.inliers, TRUSTED), ("strokes", self.evidence.ncc_coarse_median, CREDIBLE)];
        match agreed.into_iter().find(|(_, share, needed)| share < needed) {
            Some((what, share, needed)) => Err(Error::AlignmentUntrusted { what, share, needed }),
            None => Ok(()),
        }
    }
}

/// Finds and aligns the reference in a scan: the places where it may be, best first; empty when nothing can be aligned.
///
/// The reserved colour is tried first, then the scan's other inks, then all darkness: a customer may use another pad.
pub fn align(reference: &Reference, scan: &Scan<'_>, search: &Search) -> Vec<Alignment> {
    let survey = Survey::new(scan);
    let own = survey.adapt(&reference.template.colour());
    let mut found = align_ink(reference, scan, &survey, &own, search);
    let score = |a: &[Alignment]| a.first().map_or(0.0, |a| a.fit.inliers);
    if score(&found) < TRUSTED && scan.kind() == ScanKind::Colour {
        let alike = |a: &Ink, b: &Ink| match (a.hue_deg(), b.hue_deg()) {
            (Some(x), Some(y)) => ((x - y + 540.0).rem_euclid(360.0) - 180.0).abs() < 30.0,
            (None, None) => true,
            _ => false,
        };
        let mut others = survey.coloured_inks();
        others.push(Ink::Dark);
        for ink in others.iter().filter(|i| !alike(i, &own)) {
            let other = align_ink(reference, scan, &survey, ink, search);
            // Another colour must explain clearly more than the reserved one.
            if score(&other) > score(&found) + 0.10 {
                found = other;
            }
            if score(&found) >= TRUSTED {
                break;
            }
        }
    }
    found
}

fn align_ink(reference: &Reference, scan: &Scan<'_>, survey: &Survey, ink: &Ink, search: &Search) -> Vec<Alignment> {
    let (mut map, _) = survey.ink_map(ink);
    cap(&mut map);
    if let Some(within) = search.within {
        keep_within(&mut map, within, survey.cell_px);
    }
    let mm = scan.px_per_mm();
    let mut found: Vec<Alignment> = Vec::new();
    let mut best = (0.0, 0.0);
    for Centre { cell: centre, share } in search_centres(&map, reference.template.size_mm(), MOST_CENTRES) {
        // With a likely place in hand, only places of comparable promise are followed.
        let likely = best.0 > LIKELY;
        if likely && share < 0.45 {
            break;
        }
        let cells = reference.coarse_window(&map, centre);
        let starts = reference.coarse.search(&cells, 4);
        let top = starts.first().map_or(0.0, |h| h.score);
        if likely && top < 0.8 * best.1 {
            continue;
        }
        let starts: Vec<Pose> = starts
            .iter()
            .map(|h| {
                let at = [0, 1].map(|k| (centre[k] + 0.5) * survey.cell_px - 0.5 + h.offset_mm[k] * mm);
                Pose::new(h.angle_deg, mm, at)
            })
            // A start that an earlier window has already followed to its end.
            .filter(|p| !found.iter().any(|a: &Alignment| near(&a.fit.pose, p, mm)))
            .collect();
        if starts.is_empty() {
            continue;
        }
        let at: Vec<[f32; 2]> = starts.iter().map(|p| [p.tx, p.ty]).collect();
        let window = reference.window(survey, scan, ink, &at);
        if window.ink.width < N / 4 || window.ink.height < N / 4 {
            continue;
        }
        let moving = MovingEdges::new(&window, mm);
        // A sketch of the edges tells which start is right; that one is followed to the end.
        let sketch = |start: Pose| refine(&reference.sketch_edges, &moving, start, mm, SCALE_RANGE, &ROUNDS_MM[..3]);
        let mut sketches: Vec<Fit> = starts.into_iter().filter_map(sketch).collect();
        sketches.sort_by(|a, b| b.inliers.total_cmp(&a.inliers));
        let clear = sketches.len() > 1 && sketches[0].inliers > 1.25 * sketches[1].inliers;
        sketches.truncate(if clear { 1 } else { 2 });
        let here = sketches
            .iter()
            .filter_map(|s| refine(&reference.few_edges, &moving, s.pose, mm, SCALE_RANGE, &ROUNDS_MM[2..]))
            .max_by(|a, b| a.inliers.total_cmp(&b.inliers));
        let Some(fit) = here else { continue };
        let distance = |a: &Alignment| (a.fit.pose.tx - fit.pose.tx).hypot(a.fit.pose.ty - fit.pose.ty);
        // Two windows that end on the same seal are one place.
        match found.iter_mut().find(|a| distance(a) < 2.0 * mm) {
            Some(same) if same.fit.inliers >= fit.inliers => {}
            Some(same) => *same = Alignment { fit, ink: *ink, window, moving },
            None => found.push(Alignment { fit, ink: *ink, window, moving }),
        }
        if fit.inliers > best.0 {
            best = (fit.inliers, top);
        }
        if fit.inliers > SURE {
            break;
        }
    }
    found.sort_by(|a, b| b.fit.inliers.total_cmp(&a.fit.inliers));
    found
}

/// Whether refinement from one pose would end at the other: within 2.5 mm and 12°.
fn near(a: &Pose, b: &Pose, mm: f32) -> bool {
    let turn = (a.angle_deg() - b.angle_deg() + 540.0).rem_euclid(360.0) - 180.0;
    (a.tx - b.tx).hypot(a.ty - b.ty) < 2.5 * mm && turn.abs() < 12.0
}

/// Limits solid areas so that strokes keep their say.
fn cap(map: &mut Field) {
    let top = quantile_above(&map.data, 0.08, 0.9).unwrap_or(0.5).max(0.1);
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
///
/// Where several places agree about equally well (a second seal of the same layout) all are compared and the best is kept.
pub fn examine(reference: &Reference, scan: &Scan<'_>, search: &Search) -> Option<Comparison> {
    let mut places = align(reference, scan, search);
    let best = places.first()?.fit.inliers;
    places.retain(|a| a.fit.inliers > 0.6 * best && (a.fit.inliers > 0.25 || a.fit.inliers == best));
    places.truncate(3);
    places
        .into_iter()
        .filter_map(|alignment| compare_at(reference, alignment, scan))
        .max_by(|a, b| a.agreement().total_cmp(&b.agreement()))
}

fn compare_at(reference: &Reference, alignment: Alignment, scan: &Scan<'_>) -> Option<Comparison> {
    let mm = scan.px_per_mm();
    let displacement = measure(&reference.edges, &alignment.window, &alignment.moving, &alignment.fit, reference.radius_mm)?;
    let placement = displacement.placement(&alignment.fit.pose);
    let gain = displacement.smooth.coefficients[2][0];
    let tiles = compare(reference, &alignment.window, &alignment.fit.pose, &displacement.smooth, gain)?;
    let colourless = alignment.ink == Ink::Dark;
    let evidence = Evidence::gather(reference, &alignment.fit, &displacement, &tiles, mm, colourless);
    let regions = regions::gather(reference, &displacement, &tiles, mm);
    let luma = scan.luma();
    let outline: Vec<_> = reference.template.hull_mm().iter().map(|p| alignment.fit.pose.map(p[0], p[1])).collect();
    let inside = share_inside(&outline, [luma.width() as f32, luma.height() as f32]) >= LEAST_INSIDE;
    let mut parts = reference.parts.clone();
    parts.extend(added(&reference.ink, &tiles.aligned, &tiles.covered, &reference.support));
    let (reference_ink, support) = (Arc::clone(&reference.ink), Arc::clone(&reference.support));
    let radius_mm = reference.radius_mm;
    Some(Comparison {
        alignment,
        displacement,
        placement,
        tiles,
        reference_ink,
        support,
        radius_mm,
        parts,
        evidence,
        regions,
        inside,
    })
}

impl Comparison {
    /// What the networks say of the aligned impressions, place by place.
    pub fn maps(&self, networks: &Networks) -> Maps {
        networks.places.compare(&self.reference_ink, &self.tiles)
    }

    /// What the networks say of the whole seal, in the order of [`likeness::NAMES`].
    pub fn likeness(&self, networks: &Networks) -> [f32; likeness::NAMES.len()] {
        let parts = networks.parts.judge(&self.parts, &self.reference_ink, &self.tiles.aligned, &self.tiles.covered);
        likeness::channels(&self.reference_ink, &self.maps(networks), &parts)
    }

    /// A rough measure of agreement by which to choose between places in one scan; not a verdict.
    fn agreement(&self) -> f32 {
        let e = &self.evidence;
        e.inliers + e.ncc_coarse_median + e.ncc_coarse_p10 - 4.0 * e.shift_rms_mm
    }
}
