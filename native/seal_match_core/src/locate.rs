//! Seal candidates in a whole card or voucher, of any shape, on the survey's 0.4 mm cells.

use crate::filter::{blur, box_sum, dilate, gradient};
use crate::geometry::{HalfPlanes, convex_hull, smallest_box};
use crate::ink::{CELL_MM, Ink, Survey};
use crate::plane::{Field, quantile, quantile_above};
use crate::simd::rows::{excess, lengths};

/// No reserved seal is longer than this (the legal ceiling is 45 mm), nor shorter than [`MIN_SIDE_MM`].
pub const MAX_SIDE_MM: f32 = 54.0;
/// See [`MAX_SIDE_MM`].
pub const MIN_SIDE_MM: f32 = 6.0;

/// How much heavier what a smaller reach finds must be, for a larger one to have lost the seal.
const LOST: f32 = 1.2;

/// Directions in which ink may surround a region.
const SECTORS: usize = 8;
/// Least [`roundness`] of a round or oval seal: 0.96 of one of 40 × 30 mm.
const ROUND: f32 = 0.94;
/// A straight line of this length is a form's: no seal's border runs straight, or nearly so, as far.
const LINE_MM: f32 = 30.0;

/// A connected region of seal ink.
#[derive(Clone, Debug, PartialEq)]
pub struct SealRegion {
    /// Convex hull in image pixels.
    pub hull_px: Vec<[f32; 2]>,
    /// Left, top, right, bottom in image pixels.
    pub box_px: [f32; 4],
    /// Sum of ink density over cells.
    pub mass: f32,
    /// Whether something too large for a seal surrounds it: it may be the middle of a seal that touches a form of the same ink.
    pub torn: bool,
}

/// Regions of `ink` on a scan, heaviest first. `within` limits the search to a pixel box.
pub fn seal_regions(survey: &Survey, ink: &Ink, within: Option<[f32; 4]>) -> Vec<SealRegion> {
    let (mut map, dark) = survey.ink_map(ink);
    crop(&mut map, within, survey.cell_px);
    if matches!(ink, Ink::Hue(_)) {
        // A cell that is mostly black print with a colour fringe is not ink.
        map.data.iter_mut().zip(&dark.data).for_each(|(a, d)| *a *= if *d > 2.0 * *a { 0.0 } else { 1.0 });
        survey.keep_hue(&mut map, ink);
    }
    let strong = quantile_above(&map.data, 0.08, 0.85).unwrap_or(0.0);
    let threshold = (0.25 * strong).max(0.07);
    let mut mask = Field::zeros(map.width, map.height);
    for y in 1..map.height.saturating_sub(1) {
        for x in 1..map.width.saturating_sub(1) {
            let near = (0..9).filter(|k| map.at(x + k % 3 - 1, y + k / 3 - 1) > threshold).count();
            mask.data[y * map.width + x] = f32::from(map.at(x, y) > threshold && near >= 3);
        }
    }
    let found = pieces(&mask, &map, survey.cell_px);
    if found.first().is_some_and(|region| !region.torn) {
        return found;
    }
    erase_lines(&mut mask);
    pieces(&mask, &map, survey.cell_px)
}

/// Regions of a seal's size, heaviest first.
fn pieces(mask: &Field, map: &Field, cell_px: f32) -> Vec<SealRegion> {
    // Closing wide gaps may join a seal to the form around it, and what is too large is no seal; then what is left is a piece of it,
    // lighter than the seal that a smaller reach finds. Without that a smaller reach only splits.
    let mass = |found: &[SealRegion]| found.first().map_or(0.0, |r| r.mass);
    let (mut best, mut large): (Vec<SealRegion>, Vec<Vec<[f32; 2]>>) = (Vec::new(), Vec::new());
    for reach in [4, 3, 2, 1] {
        let found = regions_at(mask, map, reach, cell_px);
        large = found.large;
        if mass(&found.seals) > LOST * mass(&best) {
            best = found.seals;
        }
    }
    mend(&mut best, cell_px);
    if let Some(first) = best.first_mut() {
        first.torn = large.iter().any(|cells| surrounds(cells, first, cell_px));
    }
    best
}

/// Joins the heaviest piece with the one that makes a round or oval seal of it, and with all that lies in their outline.
///
/// Where a round border fades in two places, each side of the seal is a piece of its own, and half a seal would be taken for the whole.
fn mend(found: &mut Vec<SealRegion>, cell_px: f32) {
    let Some(first) = found.first().filter(|first| roundness(&first.hull_px) < ROUND) else { return };
    let joined = found[1..].iter().map(|other| {
        let points: Vec<_> = first.hull_px.iter().chain(&other.hull_px).copied().collect();
        convex_hull(&points)
    });
    let fits = |hull: &Vec<[f32; 2]>| {
        let b = box_of(hull);
        (b[2] - b[0]).max(b[3] - b[1]) * CELL_MM / cell_px <= MAX_SIDE_MM
    };
    let Some(hull_px) = joined.filter(fits).max_by(|a, b| roundness(a).total_cmp(&roundness(b))) else { return };
    if roundness(&hull_px) < ROUND {
        return;
    }
    let sides = HalfPlanes::new(&hull_px);
    let within = |r: &SealRegion| r.hull_px.iter().all(|p| sides.outside(p[0], p[1]) < 0.5 * cell_px);
    let (inner, rest): (Vec<_>, Vec<_>) = found.drain(..).partition(within);
    let mass = inner.iter().map(|r| r.mass).sum();
    found.push(SealRegion { box_px: box_of(&hull_px), hull_px, mass, torn: false });
    found.extend(rest);
}

/// 4π · area / perimeter² of a convex outline: 1 of a circle, 0.79 of a square, 0.75 of half a disc.
fn roundness(hull: &[[f32; 2]]) -> f32 {
    let around = || hull.iter().zip(hull.iter().cycle().skip(1));
    let area: f32 = around().map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f32>().abs() / 2.0;
    let perimeter: f32 = around().map(|(a, b)| (b[0] - a[0]).hypot(b[1] - a[1])).sum();
    4.0 * std::f32::consts::PI * area / (perimeter * perimeter).max(1e-6)
}

/// Left, top, right and bottom of an outline.
fn box_of(hull: &[[f32; 2]]) -> [f32; 4] {
    hull.iter().fold([f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY], |b, p| {
        [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])]
    })
}

/// Whether ink lies around a region in nearly every direction, as near as the rim of the seal of which it would be the middle.
fn surrounds(cells: &[[f32; 2]], seal: &SealRegion, cell_px: f32) -> bool {
    let [left, top, right, bottom] = seal.box_px;
    let centre = [f32::midpoint(left, right), f32::midpoint(top, bottom)];
    let reach = 0.5 * MAX_SIDE_MM / CELL_MM * cell_px;
    let mut sectors = [false; SECTORS];
    for p in cells {
        let (x, y) = (p[0] - centre[0], p[1] - centre[1]);
        if x.hypot(y) < reach {
            let turn = y.atan2(x) / std::f32::consts::TAU + 0.5;
            sectors[((turn * SECTORS as f32) as usize).min(SECTORS - 1)] = true;
        }
    }
    sectors.iter().filter(|s| **s).count() + 1 >= SECTORS
}

/// Takes away what runs as straight and as far as a form's line, level or upright, with the cells beside it.
fn erase_lines(mask: &mut Field) {
    let (w, h) = (mask.width, mask.height);
    let length = (LINE_MM / CELL_MM) as usize;
    let mut line = vec![false; w * h];
    for (along, across, step, stride) in [(w, h, 1, w), (h, w, w, 1)] {
        // A scan's skew moves a line by a cell now and then: the one beside counts as the same.
        let inked =
            |i: usize, j: usize| (j.saturating_sub(1)..(j + 2).min(across)).any(|j| mask.data[i * step + j * stride] > 0.0);
        for j in 0..across {
            let mut start = 0;
            for i in 0..=along {
                if i == along || !inked(i, j) {
                    if i - start >= length {
                        (start..i).for_each(|i| line[i * step + j * stride] = true);
                    }
                    start = i + 1;
                }
            }
        }
    }
    mask.data.iter_mut().zip(line).for_each(|(v, line)| *v *= f32::from(!line));
}

fn crop(map: &mut Field, within: Option<[f32; 4]>, cell_px: f32) {
    let Some([x0, y0, x1, y1]) = within else { return };
    for y in 0..map.height {
        for x in 0..map.width {
            let (px, py) = ((x as f32 + 0.5) * cell_px, (y as f32 + 0.5) * cell_px);
            if px < x0 || px > x1 || py < y0 || py > y1 {
                map.data[y * map.width + x] = 0.0;
            }
        }
    }
}

/// Components of a mask.
struct Found {
    /// Of a seal's size, heaviest first.
    seals: Vec<SealRegion>,
    /// The corners of the cells of each that is larger, in image pixels.
    large: Vec<Vec<[f32; 2]>>,
}

/// Components of the mask after closing gaps of up to 2 · `reach` cells.
fn regions_at(mask: &Field, map: &Field, reach: usize, cell_px: f32) -> Found {
    let joined = dilate(mask, reach);
    let (w, h) = (mask.width, mask.height);
    let mut seen = vec![false; w * h];
    let mut stack = Vec::new();
    let mut out = Found { seals: Vec::new(), large: Vec::new() };
    for start in 0..w * h {
        if seen[start] || joined.data[start] == 0.0 {
            continue;
        }
        seen[start] = true;
        stack.push(start);
        let mut points = Vec::new();
        let mut mass = 0.0;
        while let Some(i) = stack.pop() {
            let (x, y) = (i % w, i / w);
            if mask.data[i] > 0.0 {
                mass += map.data[i];
                let edge = |d: f32, n: usize| (n as f32 + 0.5 + d) * cell_px - 0.5;
                for (dx, dy) in [(-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5), (0.5, 0.5)] {
                    points.push([edge(dx, x), edge(dy, y)]);
                }
            }
            let mut visit = |j: usize| {
                if !seen[j] && joined.data[j] > 0.0 {
                    seen[j] = true;
                    stack.push(j);
                }
            };
            if x > 0 {
                visit(i - 1);
            }
            if x + 1 < w {
                visit(i + 1);
            }
            if y > 0 {
                visit(i - w);
            }
            if y + 1 < h {
                visit(i + w);
            }
        }
        let hull_px = convex_hull(&points);
        if hull_px.len() < 3 {
            continue;
        }
        let box_px = box_of(&hull_px);
        // However it is turned: a form's frame of 57 mm is no square seal of 40 mm that stands on a corner.
        let [long, short] = smallest_box(&hull_px).map(|side| side * CELL_MM / cell_px);
        if (MIN_SIDE_MM..=MAX_SIDE_MM).contains(&long) && short >= 4.0 {
            out.seals.push(SealRegion { hull_px, box_px, mass, torn: false });
        } else if long > MAX_SIDE_MM {
            out.large.push(points);
        }
    }
    out.seals.sort_by(|a, b| b.mass.total_cmp(&a.mass));
    out
}

/// A place to look for a seal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Centre {
    /// Survey cell, column and row.
    pub cell: [f32; 2],
    /// Outline around it relative to the place that has most.
    pub share: f32,
}

/// Where to look for a seal of `size_mm` in an ink map: centres in cells, most outline first, at most `limit`.
///
/// Outlines vote, not areas, or a solid seal would hide its neighbour; each centre takes the outline around it away before
/// the next is chosen, so that overlapping seals are all visited. A centre is worked out when it is asked for.
pub fn search_centres(map: &Field, size_mm: [f32; 2], limit: usize) -> impl Iterator<Item = Centre> {
    let half = (0.25 * (size_mm[0] + size_mm[1]) / CELL_MM).max(4.0);
    let reach = (half / STEP as f32).round().max(2.0) as usize;
    let mut search = Centres { votes: votes(map), reach, first: 0.0, found: Vec::new() };
    std::iter::from_fn(move || search.next_centre()).take(limit)
}

/// Cells of the survey in a vote's side.
const STEP: usize = 2;

/// Outline of every place of `STEP × STEP` cells.
fn votes(map: &Field) -> Field {
    let [gx, gy] = gradient(&blur(map, 0.7));
    let mut sizes = vec![0.0; gx.data.len()];
    lengths(&mut sizes, &gx.data, &gy.data);
    // Guilloche and paper grain are everywhere: what half of all cells have is background.
    let floor = quantile(&mut sizes.clone(), 0.6).unwrap_or(0.0) + 0.01;
    let (w, h) = (map.width.div_ceil(STEP), map.height.div_ceil(STEP));
    let mut votes = Field::zeros(w, h);
    let mut line = vec![0.0; map.width];
    for (y, sizes) in sizes.chunks(map.width.max(1)).enumerate() {
        excess(&mut line, sizes, floor, 0.08);
        votes.row_mut(y / STEP).iter_mut().zip(line.chunks(STEP)).for_each(|(v, part)| *v += part.iter().sum::<f32>());
    }
    votes
}

/// The votes that are left, and the centres that were chosen.
struct Centres {
    votes: Field,
    reach: usize,
    first: f32,
    found: Vec<[f32; 2]>,
}

impl Centres {
    fn next_centre(&mut self) -> Option<Centre> {
        let (w, h, reach) = (self.votes.width, self.votes.height, self.reach);
        let sums = blur(&box_sum(&self.votes, reach, reach), 1.0);
        let (mut top, mut at) = (0.0, 0);
        for (i, &v) in sums.data.iter().enumerate() {
            let apart = |c: &[f32; 2]| ((i % w) as f32 - c[0]).hypot((i / w) as f32 - c[1]);
            if v > top && self.found.iter().all(|c| apart(c) > 0.55 * reach as f32) {
                (top, at) = (v, i);
            }
        }
        if self.first == 0.0 {
            self.first = top;
        }
        if top <= 0.0 || top < 0.12 * self.first {
            return None;
        }
        let (cx, cy) = (at % w, at / w);
        let middle = |c: usize| (c * STEP) as f32 + 0.5 * (STEP - 1) as f32;
        let cell = [middle(cx), middle(cy)];
        self.found.push(cell.map(|c| c / STEP as f32));
        let clear = (0.8 * reach as f32) as usize;
        for y in cy.saturating_sub(clear)..(cy + clear + 1).min(h) {
            self.votes.row_mut(y)[cx.saturating_sub(clear)..(cx + clear + 1).min(w)].fill(0.0);
        }
        Some(Centre { cell, share: top / self.first })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A piece with the outline of those points of an ellipse, or of a rectangle, that `keep` names.
    fn piece(points: &[[f32; 2]], keep: impl Fn(&[f32; 2]) -> bool, mass: f32) -> SealRegion {
        let hull_px = convex_hull(&points.iter().copied().filter(keep).collect::<Vec<_>>());
        SealRegion { box_px: box_of(&hull_px), hull_px, mass, torn: false }
    }

    fn ellipse(centre: [f32; 2], radii: [f32; 2]) -> Vec<[f32; 2]> {
        (0..90)
            .map(|k| {
                let (s, c) = (4.0 * k as f32).to_radians().sin_cos();
                [centre[0] + radii[0] * c, centre[1] + radii[1] * s]
            })
            .collect()
    }

    #[test]
    fn the_halves_of_a_round_seal_are_one_and_neighbours_are_two() {
        for radii in [[50.0, 50.0], [50.0, 37.5]] {
            let whole = ellipse([200.0, 200.0], radii);
            let (left, right) = (piece(&whole, |p| p[0] < 190.0, 30.0), piece(&whole, |p| p[0] > 197.0, 40.0));
            let text = piece(&ellipse([200.0, 210.0], [15.0, 5.0]), |_| true, 10.0);
            let beside = piece(&ellipse([330.0, 200.0], [30.0, 30.0]), |_| true, 20.0);
            let mut found = vec![right, left, beside.clone(), text];
            mend(&mut found, 1.0);
            assert_eq!(found.len(), 2, "{found:?}");
            assert_eq!((found[0].mass, &found[1]), (80.0, &beside));
            let b = found[0].box_px;
            assert!((b[2] - b[0] - 2.0 * radii[0]).abs() < 1.0 && (b[3] - b[1] - 2.0 * radii[1]).abs() < 1.0, "{b:?}");
        }
        let square = |x: f32| piece(&[[x, 0.0], [x + 50.0, 0.0], [x + 50.0, 50.0], [x, 50.0]], |_| true, 10.0);
        let rounds = [0.0, 110.0].map(|x| piece(&ellipse([x, 0.0], [50.0, 50.0]), |_| true, 10.0));
        let large = ellipse([0.0, 0.0], [90.0, 90.0]);
        let halves = [piece(&large, |p| p[0] < -3.0, 10.0), piece(&large, |p| p[0] > 3.0, 10.0)];
        for apart in [vec![square(0.0), square(54.0)], rounds.to_vec(), halves.to_vec(), vec![square(0.0)], vec![]] {
            let mut found = apart.clone();
            mend(&mut found, 1.0);
            assert_eq!(found, apart);
        }
    }
}
