//! Enrolment: a compact, versioned template from one or more impressions on cards, and its quality.
//!
//! A template holds the reserved seal's ink, normalised so that a full stroke is one, at [`PX_PER_MM`] with the seal's centre in
//! the middle; everything else (edges, spectra) is derived from it by [`Reference::new`], so that a template of today can be
//! verified by an engine of tomorrow.

use std::sync::Arc;

use crate::align::coarse::Coarse;
use crate::align::refine::{Edge, MovingEdges, ROUNDS_MM, edges, refine};
use crate::compare::parts::{Part, parts};
use crate::error::{Error, Result};
use crate::filter::{blur, gradient};
use crate::geometry::{HalfPlanes, Pose, convex_hull, smallest_box};
use crate::ink::{Ink, InkWindow, Survey};
use crate::locate::{MAX_SIDE_MM, MIN_SIDE_MM, SealRegion, seal_regions};
use crate::plane::{Field, Scan, ScanKind, quantile_above};

/// Samples per millimetre of a template.
pub const PX_PER_MM: f32 = 8.0;
/// Paper around the seal that belongs to the template, in millimetres.
pub const MARGIN_MM: f32 = 2.0;
/// Blur, in samples, under which reference and moving ink are compared.
pub const SOFT_SIGMA: f32 = 0.8;
const LEVELS: f32 = 180.0;
const MAGIC: &[u8; 4] = b"SMT1";
const MAX_SIDE_PX: usize = ((MAX_SIDE_MM * 1.42 + 2.0 * MARGIN_MM) * PX_PER_MM) as usize + 4;
/// What a region counts in an ink that seals are not stamped with: print in such an ink may be as dense as a seal.
const NOT_A_SEALS: f32 = 0.05;
const FEW_EDGES: usize = 1800;
const SKETCH_EDGES: usize = 500;

/// A reserved seal, ready to be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    width: usize,
    height: usize,
    ink: Vec<u8>,
    hull_mm: Vec<[f32; 2]>,
    size_mm: [f32; 2],
    colour: Ink,
    impressions: u16,
    quality: f32,
}

/// What enrolment found.
#[derive(Clone, Debug, PartialEq)]
pub struct EnrolReport {
    /// Zero (useless) to one (clean): completeness and contrast of the card's strokes.
    pub quality: f32,
    /// Longer and shorter side in millimetres.
    pub size_mm: [f32; 2],
    /// Seal centre on the first card in pixels, (x, y).
    pub centre_px: [f32; 2],
    /// How many seals of similar weight the first card bears.
    pub seals_on_card: usize,
    /// Machine-readable remarks that do not refuse the card.
    pub warnings: Vec<&'static str>,
}

/// One card to enrol from.
pub struct CardScan<'a> {
    /// The scan.
    pub scan: Scan<'a>,
    /// Left, top, right, bottom in pixels of the region that holds the seal, if the caller knows.
    pub seal_box: Option<[f32; 4]>,
}

impl Template {
    /// Builds a template from one or several impressions of the same die.
    ///
    /// # Errors
    /// [`Error::NoSealOnCard`]; [`Error::PoorCard`] when one could not verify against the result: `SEAL_CUT_OFF`,
    /// `WEAK_CARD`, `TOO_FEW_STROKES`, `IMPRESSIONS_DIFFER`, `SEAL_JOINED_TO_FORM`; [`Error::BadBox`].
    pub fn enrol(cards: &[CardScan<'_>]) -> Result<(Self, EnrolReport)> {
        let (first, others) = cards.split_first().ok_or(Error::NoSealOnCard)?;
        let (mut template, report) = Self::from_card(first)?;
        if others.is_empty() {
            return Ok((template, report));
        }
        let mut sum = template.ink_field();
        for card in others {
            let more = template.register(card)?;
            sum.data.iter_mut().zip(&more.data).for_each(|(s, m)| *s += m);
        }
        let n = cards.len() as f32;
        template.ink = sum.data.iter().map(|v| quantise(v / n)).collect();
        template.impressions = cards.len().min(usize::from(u16::MAX)) as u16;
        Ok((template, report))
    }

    fn from_card(card: &CardScan<'_>) -> Result<(Self, EnrolReport)> {
        let scan = &card.scan;
        let luma = scan.luma();
        if let Some([x0, y0, x1, y1]) = card.seal_box {
            let inside = x0 >= 0.0 && y0 >= 0.0 && x1 <= luma.width() as f32 && y1 <= luma.height() as f32;
            if !(inside && x1 > x0 && y1 > y0) {
                return Err(Error::BadBox);
            }
        }
        let survey = Survey::new(scan);
        let mut choices: Vec<(Ink, Vec<SealRegion>)> = survey
            .coloured_inks()
            .into_iter()
            .map(|ink| (ink, seal_regions(&survey, &ink, card.seal_box)))
            .filter(|(_, regions)| !regions.is_empty())
            .collect();
        if choices.is_empty() {
            let regions = seal_regions(&survey, &Ink::Dark, card.seal_box);
            choices.push((Ink::Dark, regions));
        }
        choices.sort_by(|a, b| {
            let mass = |(ink, regions): &(Ink, Vec<SealRegion>)| {
                regions.first().map_or(0.0, |r| r.mass) * if ink.of_seals() { 1.0 } else { NOT_A_SEALS }
            };
            mass(b).total_cmp(&mass(a))
        });
        let (colour, regions) = choices.swap_remove(0);
        let region = regions.first().ok_or(Error::NoSealOnCard)?;
        if region.torn {
            return Err(Error::PoorCard { reason: "SEAL_JOINED_TO_FORM" });
        }
        let seals_on_card = regions.iter().filter(|r| r.mass > 0.4 * region.mass).count();
        let (mut template, centre_px, completeness) = Self::cut(scan, &survey, &colour, region)?;
        let b = region.box_px;
        let touch = 0.4 * scan.px_per_mm();
        if b[0] < touch || b[1] < touch || b[2] > luma.width() as f32 - touch || b[3] > luma.height() as f32 - touch {
            return Err(Error::PoorCard { reason: "SEAL_CUT_OFF" });
        }
        template.quality = completeness;
        let edges = edges(&template.ink_field(), &template.support(0.3), PX_PER_MM);
        if edges.len() < 250 {
            return Err(Error::PoorCard { reason: "TOO_FEW_STROKES" });
        }
        let mut warnings = Vec::new();
        if seals_on_card > 1 {
            warnings.push("SEVERAL_SEALS_ON_CARD");
        }
        if scan.px_per_mm() < 7.0 {
            warnings.push("CARD_BELOW_200_DPI");
        }
        if scan.kind() != ScanKind::Colour {
            warnings.push("CARD_WITHOUT_COLOUR");
        }
        if template.quality < 0.5 {
            warnings.push("PALE_CARD");
        }
        let report = EnrolReport { quality: template.quality, size_mm: template.size_mm, centre_px, seals_on_card, warnings };
        Ok((template, report))
    }

    /// Cuts one region out of a card; also gives its centre (px) and the share of stroke area that is well inked.
    fn cut(scan: &Scan<'_>, survey: &Survey, colour: &Ink, region: &SealRegion) -> Result<(Self, [f32; 2], f32)> {
        let mm = scan.px_per_mm();
        let b = region.box_px;
        let coarse_centre = [f32::midpoint(b[0], b[2]), f32::midpoint(b[1], b[3])];
        let pad = (MARGIN_MM + 1.5) * mm;
        let corner = [(b[0] - pad).floor() as i32, (b[1] - pad).floor() as i32];
        let size = [(b[2] - b[0] + 2.0 * pad).ceil() as usize, (b[3] - b[1] + 2.0 * pad).ceil() as usize];
        let window = survey.window(scan, colour, corner, size);
        let soft = blur(&window.ink, 0.4 * mm / PX_PER_MM);
        let rough_hull: Vec<[f32; 2]> =
            region.hull_px.iter().map(|p| [(p[0] - coarse_centre[0]) / mm, (p[1] - coarse_centre[1]) / mm]).collect();
        let level = stroke_level(&window.ink.data).ok_or(Error::PoorCard { reason: "WEAK_CARD" })?;
        // The exact outline: pixels of at least a third of a stroke's density inside the rough hull.
        let rough_sides = HalfPlanes::new(&rough_hull);
        let mut outline = Vec::new();
        for y in 0..soft.height {
            for x in 0..soft.width {
                if soft.at(x, y) > 0.40 * level {
                    let (u, v) =
                        (((x + window.x0) as f32 - coarse_centre[0]) / mm, ((y + window.y0) as f32 - coarse_centre[1]) / mm);
                    if rough_sides.outside(u, v) < 0.5 {
                        outline.push([u, v]);
                    }
                }
            }
        }
        let hull = convex_hull(&outline);
        if hull.len() < 3 {
            return Err(Error::NoSealOnCard);
        }
        let size_mm = smallest_box(&hull);
        if size_mm[0] > MAX_SIDE_MM || size_mm[0] < MIN_SIDE_MM {
            return Err(Error::NoSealOnCard);
        }
        let (lo, hi) = hull.iter().fold(([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]), |(lo, hi), p| {
            ([lo[0].min(p[0]), lo[1].min(p[1])], [hi[0].max(p[0]), hi[1].max(p[1])])
        });
        let centre_mm = [f32::midpoint(lo[0], hi[0]), f32::midpoint(lo[1], hi[1])];
        let hull_mm: Vec<[f32; 2]> = hull.iter().map(|p| [p[0] - centre_mm[0], p[1] - centre_mm[1]]).collect();
        let centre_px = [coarse_centre[0] + centre_mm[0] * mm, coarse_centre[1] + centre_mm[1] * mm];
        let odd = |d: f32| 2 * ((d / 2.0 + MARGIN_MM) * PX_PER_MM).ceil() as usize + 1;
        let (width, height) = (odd(hi[0] - lo[0]).min(MAX_SIDE_PX), odd(hi[1] - lo[1]).min(MAX_SIDE_PX));
        let pose = Pose { a: mm, b: 0.0, tx: centre_px[0], ty: centre_px[1] };
        let ink = warp(&soft, [window.x0, window.y0], &pose, width, height, level);
        let mut template = Self {
            width,
            height,
            ink: ink.data.iter().map(|&v| quantise(v)).collect(),
            hull_mm,
            size_mm,
            colour: *colour,
            impressions: 1,
            quality: 0.0,
        };
        let (solid, weak) = ink.data.iter().fold((0.0_f32, 0.0_f32), |(s, w), &v| {
            if v > 0.7 {
                (s + 1.0, w)
            } else if v > 0.35 {
                (s, w + 1.0)
            } else {
                (s, w)
            }
        });
        let contrast = (level / 0.45).min(1.0);
        template.quality = (solid / (solid + weak).max(1.0)).sqrt() * contrast;
        let quality = template.quality;
        if level < 0.10 {
            return Err(Error::PoorCard { reason: "WEAK_CARD" });
        }
        Ok((template, centre_px, quality))
    }

    /// Another card's impression, aligned to this template and sampled like it.
    fn register(&self, card: &CardScan<'_>) -> Result<Field> {
        let differ = Error::PoorCard { reason: "IMPRESSIONS_DIFFER" };
        let survey = Survey::new(&card.scan);
        let colour = survey.adapt(&self.colour);
        let regions = seal_regions(&survey, &colour, card.seal_box);
        let region = regions.first().ok_or(Error::NoSealOnCard)?;
        let reference = Reference::new(self.clone());
        let mm = card.scan.px_per_mm();
        let b = region.box_px;
        let centre = [f32::midpoint(b[0], b[2]) / survey.cell_px, f32::midpoint(b[1], b[3]) / survey.cell_px];
        let (map, _) = survey.ink_map(&colour);
        let pad = (MARGIN_MM + 4.0) * mm;
        let corner = [(b[0] - pad).floor() as i32, (b[1] - pad).floor() as i32];
        let size = [(b[2] - b[0] + 2.0 * pad).ceil() as usize, (b[3] - b[1] + 2.0 * pad).ceil() as usize];
        let window = survey.window(&card.scan, &colour, corner, size);
        let moving = MovingEdges::new(&window, mm);
        let cells = reference.coarse_window(&map, centre);
        let best = reference
            .coarse
            .search(&cells, 4)
            .iter()
            .filter_map(|h| {
                let at = |k: usize| (centre[k] + 0.5) * survey.cell_px - 0.5 + h.offset_mm[k] * mm;
                refine(&reference.few_edges, &moving, Pose::new(h.angle_deg, mm, [at(0), at(1)]), mm, 0.02, &ROUNDS_MM)
            })
            .max_by(|a, b| a.inliers.total_cmp(&b.inliers))
            .filter(|f| f.inliers > 0.6)
            .ok_or(differ)?;
        let level = stroke_level(&window.ink.data).ok_or(Error::PoorCard { reason: "WEAK_CARD" })?;
        let soft = blur(&window.ink, 0.4 * mm / PX_PER_MM);
        Ok(warp(&soft, [window.x0, window.y0], &best.pose, self.width, self.height, level))
    }

    /// Longer and shorter side in millimetres.
    pub fn size_mm(&self) -> [f32; 2] {
        self.size_mm
    }

    /// The ink's colour on the card.
    pub fn colour(&self) -> Ink {
        self.colour
    }

    /// How many impressions the template was built from.
    pub fn impressions(&self) -> u16 {
        self.impressions
    }

    /// Enrolment quality, zero to one.
    pub fn quality(&self) -> f32 {
        self.quality
    }

    /// The normalised ink (a full stroke is one), [`PX_PER_MM`] samples per millimetre, the seal's centre in the middle.
    pub fn ink_field(&self) -> Field {
        Field { width: self.width, height: self.height, data: self.ink.iter().map(|&v| f32::from(v) / LEVELS).collect() }
    }

    /// One inside the seal's hull grown by `grow_mm`, zero outside.
    pub fn support(&self, grow_mm: f32) -> Field {
        let mut out = Field::zeros(self.width, self.height);
        let sides = HalfPlanes::new(&self.hull_mm);
        for y in 0..self.height {
            let [lo, hi] = sides.span(self.to_mm(0, y)[1], grow_mm);
            let column = |mm: f32| mm * PX_PER_MM + (self.width - 1) as f32 / 2.0;
            let (from, to) = (column(lo).ceil().max(0.0), column(hi).floor().min((self.width - 1) as f32));
            if from <= to {
                out.row_mut(y)[from as usize..=to as usize].fill(1.0);
            }
        }
        out
    }

    /// Millimetres from the centre of the sample at column `x`, row `y`.
    pub fn to_mm(&self, x: usize, y: usize) -> [f32; 2] {
        [(x as f32 - (self.width - 1) as f32 / 2.0) / PX_PER_MM, (y as f32 - (self.height - 1) as f32 / 2.0) / PX_PER_MM]
    }

    /// The seal's convex hull in millimetres from its centre.
    pub fn hull_mm(&self) -> &[[f32; 2]] {
        &self.hull_mm
    }

    /// Serialises: magic, version, numbers in little-endian, ink as runs.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend((self.width as u16).to_le_bytes());
        out.extend((self.height as u16).to_le_bytes());
        out.extend(self.impressions.to_le_bytes());
        out.extend((self.hull_mm.len() as u16).to_le_bytes());
        let ink = match self.colour {
            Ink::Hue(v) => v,
            Ink::Dark => [0.0; 3],
        };
        let numbers = [self.size_mm[0], self.size_mm[1], self.quality, ink[0], ink[1], ink[2]];
        numbers.iter().chain(self.hull_mm.iter().flatten()).for_each(|v| out.extend(v.to_le_bytes()));
        let mut i = 0;
        while i < self.ink.len() {
            let v = self.ink[i];
            let run = self.ink[i..].iter().take_while(|&&x| x == v).count().min(256);
            if v == 0 || run > 3 {
                out.extend([v, (run - 1) as u8].map(|b| b));
                out.insert(out.len() - 2, 255);
                i += run;
            } else {
                out.push(v);
                i += 1;
            }
        }
        out
    }

    /// Reads what [`Template::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`Error::BadTemplate`] for anything else; no input takes more than a few megabytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let bad = |reason| Error::BadTemplate { reason };
        let rest = bytes.strip_prefix(MAGIC).ok_or(bad("magic"))?;
        let u16_at = |i: usize| rest.get(2 * i..2 * i + 2).map(|b| usize::from(u16::from_le_bytes([b[0], b[1]])));
        let head = |i: usize| u16_at(i).ok_or(bad("truncated"));
        let (width, height, impressions, corners) = (head(0)?, head(1)?, head(2)?, head(3)?);
        if width % 2 == 0 || height % 2 == 0 || width > MAX_SIDE_PX || height > MAX_SIDE_PX || width.min(height) < 9 {
            return Err(bad("size"));
        }
        if !(3..=4096).contains(&corners) || impressions == 0 {
            return Err(bad("head"));
        }
        let end = 8 + 4 * (6 + 2 * corners);
        let numbers: Vec<f32> = rest
            .get(8..end)
            .ok_or(bad("truncated"))?
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect();
        if numbers.iter().any(|v| !v.is_finite() || v.abs() > 200.0) {
            return Err(bad("numbers"));
        }
        if !(MIN_SIDE_MM..=MAX_SIDE_MM).contains(&numbers[0]) || !(0.0..=numbers[0]).contains(&numbers[1]) {
            return Err(bad("seal size"));
        }
        let v = [numbers[3], numbers[4], numbers[5]];
        let colour = if v == [0.0; 3] { Ink::Dark } else { Ink::Hue(v) };
        if let Ink::Hue(v) = colour {
            let spread = v.iter().copied().fold(f32::MIN, f32::max) - v.iter().copied().fold(f32::MAX, f32::min);
            if v.iter().any(|&x| !(0.0..=1.0).contains(&x)) || spread < 0.05 {
                return Err(bad("colour"));
            }
        }
        let hull_mm: Vec<[f32; 2]> = numbers[6..].chunks_exact(2).map(|p| [p[0], p[1]]).collect();
        // The hull bounds every later search, so it must fit the grid, and it cannot be smaller than the seal it encloses.
        let reach = [width, height].map(|n| (n - 1) as f32 / 2.0 / PX_PER_MM);
        let radius_mm = hull_mm.iter().map(|p| p[0].hypot(p[1])).fold(0.0, f32::max);
        let fits = hull_mm.iter().all(|p| p[0].abs() <= reach[0] && p[1].abs() <= reach[1]);
        if !fits || 2.0 * radius_mm < 0.99 * numbers[0] {
            return Err(bad("hull"));
        }
        let mut ink = Vec::with_capacity(width * height);
        let mut body = rest[end..].iter();
        while let Some(&b) = body.next() {
            if b == 255 {
                let (v, run) = body.next().zip(body.next()).ok_or(bad("truncated"))?;
                ink.resize(ink.len() + usize::from(*run) + 1, *v);
            } else {
                ink.push(b);
            }
            if ink.len() > width * height {
                return Err(bad("ink"));
            }
        }
        if ink.len() != width * height || ink.contains(&255) {
            return Err(bad("ink"));
        }
        let quality = numbers[2].clamp(0.0, 1.0);
        let size_mm = [numbers[0], numbers[1]];
        Ok(Self { width, height, ink, hull_mm, size_mm, colour, impressions: impressions as u16, quality })
    }
}

fn quantise(v: f32) -> u8 {
    (v * LEVELS).round().clamp(0.0, 254.0) as u8
}

/// Density of a well-inked stroke: the 90th percentile of what is clearly ink.
pub fn stroke_level(ink: &[f32]) -> Option<f32> {
    let top = quantile_above(ink, 0.06, 0.98)?;
    quantile_above(ink, 0.4 * top, 0.75)
}

/// Samples moving ink (window origin in the scan) on the template's grid, divided by `level`, at most 1.3.
pub fn warp(ink: &Field, origin: [usize; 2], pose: &Pose, width: usize, height: usize, level: f32) -> Field {
    let mut out = Field::zeros(width, height);
    let (cx, cy) = ((width - 1) as f32 / 2.0, (height - 1) as f32 / 2.0);
    let inverse = 1.0 / level.max(1e-3);
    for y in 0..height {
        let v = (y as f32 - cy) / PX_PER_MM;
        let row = out.row_mut(y);
        for (x, d) in row.iter_mut().enumerate() {
            let p = pose.map((x as f32 - cx) / PX_PER_MM, v);
            *d = (ink.sample(p[0] - origin[0] as f32, p[1] - origin[1] as f32) * inverse).min(1.3);
        }
    }
    out
}

/// A template with all that alignment and comparison derive from it once.
pub struct Reference {
    /// The template.
    pub template: Template,
    /// Its ink; shared with all comparisons.
    pub ink: Arc<Field>,
    /// Its parts as small as a digit.
    pub parts: Vec<Part>,
    /// Its ink blurred by [`SOFT_SIGMA`].
    pub soft: Field,
    /// The gradient of `soft`, x and y.
    pub soft_gradient: [Field; 2],
    /// One inside the seal; shared with all comparisons.
    pub support: Arc<Field>,
    /// All its edges.
    pub edges: Vec<Edge>,
    /// An even selection of the edges, for refinement.
    pub few_edges: Vec<Edge>,
    /// A sketch of the seal, enough to tell a right start from a wrong one.
    pub sketch_edges: Vec<Edge>,
    /// Spectra for coarse alignment.
    pub coarse: Coarse,
    /// Largest distance of the hull from the centre in millimetres.
    pub radius_mm: f32,
}

impl Reference {
    /// Derives edges and spectra.
    pub fn new(template: Template) -> Self {
        let ink = Arc::new(template.ink_field());
        let support = Arc::new(template.support(0.3));
        let edges = edges(&ink, &support, PX_PER_MM);
        let every = |n: usize| edges.iter().step_by(edges.len().div_ceil(n).max(1)).copied().collect();
        let (few_edges, sketch_edges) = (every(FEW_EDGES), every(SKETCH_EDGES));
        let coarse = Coarse::new(&ink, &template.support(1.0), PX_PER_MM, template.size_mm[0]);
        let radius_mm = template.hull_mm.iter().map(|p| p[0].hypot(p[1])).fold(0.0, f32::max);
        let parts = parts(&ink);
        let soft = blur(&ink, SOFT_SIGMA);
        let soft_gradient = gradient(&soft);
        Self { template, ink, parts, soft, soft_gradient, support, edges, few_edges, sketch_edges, coarse, radius_mm }
    }

    /// The coarse search window around a survey cell.
    pub fn coarse_window(&self, map: &Field, centre: [f32; 2]) -> Field {
        use crate::align::coarse::N;
        use crate::ink::CELL_MM;
        let step = self.coarse.cell_mm / CELL_MM;
        let mut out = Field::zeros(N, N);
        for j in 0..N {
            for i in 0..N {
                let (x, y) = (centre[0] + (i as f32 - (N / 2) as f32) * step, centre[1] + (j as f32 - (N / 2) as f32) * step);
                out.data[j * N + i] = map.sample(x, y);
            }
        }
        out
    }

    /// Ink window of the scan that holds the seal at any of the `centres` (px).
    pub fn window(&self, survey: &Survey, scan: &Scan<'_>, colour: &Ink, centres: &[[f32; 2]]) -> InkWindow {
        let mm = scan.px_per_mm();
        let reach = (self.radius_mm + 2.5) * mm;
        let (lo, hi) = centres.iter().fold(([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]), |(lo, hi), p| {
            ([lo[0].min(p[0]), lo[1].min(p[1])], [hi[0].max(p[0]), hi[1].max(p[1])])
        });
        let corner = [(lo[0] - reach).floor() as i32, (lo[1] - reach).floor() as i32];
        let size = [(hi[0] - lo[0] + 2.0 * reach).ceil() as usize, (hi[1] - lo[1] + 2.0 * reach).ceil() as usize];
        survey.window(scan, colour, corner, size)
    }
}
