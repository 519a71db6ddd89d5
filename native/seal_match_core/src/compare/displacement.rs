//! Displacement of every reference edge, split into what a press can do and what only another die can.
//!
//! Ink gain is symmetric (both sides of a stroke move outwards), displacement antisymmetric (both move the same way):
//! `offset = n·d(x) − g(x)`, d and g quadratic over the seal, fitted robustly. What remains is local: a rigid shift, a gain and a
//! roughness per region of a character's size, each trusted by the normal matrix of the edges that measured it.

use crate::align::refine::{Edge, Fit, MovingEdges, Offset};
use crate::filter::blur;
use crate::geometry::{Normal, Pose};
use crate::ink::InkWindow;
use crate::plane::{Field, quantile};
use crate::simd::press::{Cover, Moments, Observation, add_moments, covered_edges, monomial, smooth_offsets};
use crate::simd::robust::tukey;

const MOST_EDGES: usize = 7000;
const FIT_EDGES: usize = 2000;
/// Side of a displacement cell in millimetres.
pub const CELL_MM: f32 = 0.75;
const REACH_MM: f32 = 0.6;
const STEPS_PER_MM: f32 = 11.7;
/// Black density from which an edge counts as covered.
pub const OCCLUDED: f32 = 0.32;

/// The smooth part: displacement (x, y) and ink gain, each quadratic in position divided by the seal's radius; millimetres.
#[derive(Clone, Debug, PartialEq)]
pub struct Smooth {
    /// Six coefficients (1, x, y, x², xy, y²) for `d_x`, `d_y`, g.
    pub coefficients: [[f32; 6]; 3],
    radius_mm: f32,
}

impl Smooth {
    /// The length that positions are divided by, millimetres.
    pub fn radius_mm(&self) -> f32 {
        self.radius_mm
    }

    /// Offset along each edge's normal in millimetres, gain included.
    fn offsets(&self, edges: &[Edge]) -> Vec<f32> {
        let mut out = vec![0.0; edges.len()];
        smooth_offsets(&mut out, edges, &self.coefficients, self.radius_mm);
        out
    }

    #[inline]
    fn basis(&self, x: f32, y: f32) -> [f32; 6] {
        let (u, v) = (x / self.radius_mm, y / self.radius_mm);
        [1.0, u, v, u * u, u * v, v * v]
    }

    /// Displacement in millimetres at a reference point.
    #[inline]
    pub fn displacement(&self, x: f32, y: f32) -> [f32; 2] {
        let b = self.basis(x, y);
        let dot = |c: &[f32; 6]| c.iter().zip(&b).map(|(c, b)| c * b).sum::<f32>();
        [dot(&self.coefficients[0]), dot(&self.coefficients[1])]
    }
}

/// One edge as measured.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// The reference edge.
    pub edge: Edge,
    /// Offset minus the smooth part, millimetres.
    pub residual_mm: f32,
    /// Zero (not seen or covered) to one.
    pub weight: f32,
    /// Whether something black covers it.
    pub occluded: bool,
    /// Moving gradient there relative to the seal's strong edges.
    pub strength: f32,
}

/// A region of a character's size.
#[derive(Clone, Copy, Debug)]
pub struct Local {
    /// Position in millimetres from the seal's centre.
    pub at_mm: [f32; 2],
    /// Rigid shift beyond the smooth part, millimetres.
    pub shift_mm: [f32; 2],
    /// Gain beyond the smooth part, millimetres.
    pub gain_mm: f32,
    /// Smaller eigenvalue of the shift's normal matrix: how well both directions are measured.
    pub trust: f32,
    /// Root mean square of what even the local shift leaves, millimetres.
    pub roughness_mm: f32,
    /// Share of seen edges that lie further than 0.12 mm from where they belong.
    pub astray: f32,
    /// Share of uncovered edges that were seen.
    pub seen: f32,
    /// Share of edges that are covered.
    pub occluded: f32,
    /// Uncovered edges in the window.
    pub edges: f32,
}

/// The displacement evidence.
pub struct Displacement {
    /// The smooth part.
    pub smooth: Smooth,
    /// Every edge.
    pub measured: Vec<Measured>,
    /// Robust spread of residuals, millimetres.
    pub spread_mm: f32,
    /// Gradient of strong moving edges, density per pixel.
    pub strong_slope: f32,
    /// Regions at the coarse scale (σ 1.5 mm).
    pub coarse: Vec<Local>,
    /// Regions at the fine scale (σ 0.8 mm).
    pub fine: Vec<Local>,
}

/// Measures all edges of an aligned reference; `None` when too few are seen to say anything.
pub fn measure(edges: &[Edge], window: &InkWindow, moving: &MovingEdges, fit: &Fit, radius_mm: f32) -> Option<Displacement> {
    let stride = edges.len().div_ceil(MOST_EDGES).max(1);
    let edges: Vec<Edge> = edges.iter().step_by(stride).copied().collect();
    let pose = &fit.pose;
    let mm = pose.px_per_mm();
    let occluded = covered(window, pose, &edges);
    let mut smooth = Smooth { coefficients: [[0.0; 6]; 3], radius_mm };
    smooth.coefficients[2][0] = fit.gain_mm;
    let step = mm / STEPS_PER_MM;
    let strong = |offsets: &[Offset], occluded: &[bool]| {
        let mut strengths: Vec<f32> = offsets.iter().zip(occluded).filter(|(_, o)| !**o).map(|(o, _)| o.strength).collect();
        quantile(&mut strengths, 0.8).map(|v| v.max(1e-4))
    };
    // A first fit from a selection brings the smooth part near enough for all edges to be measured around it.
    let every = edges.len().div_ceil(FIT_EDGES).max(1);
    let few: Vec<Edge> = edges.iter().step_by(every).copied().collect();
    let few_occluded: Vec<bool> = occluded.iter().step_by(every).copied().collect();
    let bends = |offsets: &[f32]| -> Vec<f32> { offsets.iter().map(|o| o * mm).collect() };
    let offsets = moving.measure(&few, pose, &bends(&smooth.offsets(&few)), REACH_MM * mm, step, 0.0);
    let p80 = strong(&offsets, &few_occluded)?;
    smooth = fit_smooth(&few, &offsets, &few_occluded, p80, mm, smooth)?;
    let offsets = moving.measure(&edges, pose, &bends(&smooth.offsets(&edges)), REACH_MM * mm, step, 0.3 * p80);
    let p80 = strong(&offsets, &occluded)?;
    smooth = fit_smooth(&edges, &offsets, &occluded, p80, mm, smooth)?;
    let measured: Vec<Measured> = edges
        .iter()
        .zip(&offsets)
        .zip(&occluded)
        .zip(smooth.offsets(&edges))
        .map(|(((e, o), &occluded), expected)| {
            let strength = o.strength / p80;
            let usable = o.found && strength > 0.22 && !occluded;
            Measured {
                edge: *e,
                residual_mm: (o.px / mm - expected).clamp(-0.5, 0.5),
                weight: if usable { strength.min(1.0) } else { 0.0 },
                occluded,
                strength,
            }
        })
        .collect();
    let mut sizes: Vec<f32> = measured.iter().filter(|m| m.weight > 0.0).map(|m| m.residual_mm.abs()).collect();
    if sizes.len() < 60 {
        return None;
    }
    let spread_mm = 1.4826 * quantile(&mut sizes, 0.5)?;
    let sums = deposit(&measured, radius_mm);
    let (coarse, fine) = (local(&sums, 1.5), local(&sums, 0.8));
    Some(Displacement { smooth, measured, spread_mm, strong_slope: p80, coarse, fine })
}

impl Displacement {
    /// Where the seal was laid down: the rotation, size and shift that come nearest, over all its edges, to where the strokes lie.
    /// The bends of a press average out over the seal; a pose fitted to the edges that were seen leans towards those.
    pub fn placement(&self, pose: &Pose) -> Pose {
        // Sums of position, displacement, and their products as complex numbers: the least squares of a similarity.
        let (mut at, mut by) = ([0.0_f64; 2], [0.0_f64; 2]);
        for m in &self.measured {
            let d = self.smooth.displacement(m.edge.x, m.edge.y);
            for (k, p) in [m.edge.x, m.edge.y].into_iter().enumerate() {
                at[k] += f64::from(p);
                by[k] += f64::from(d[k]);
            }
        }
        let n = (self.measured.len() as f64).max(1.0);
        let (at, by) = (at.map(|v| v / n), by.map(|v| v / n));
        let (mut grown, mut turned, mut size) = (0.0, 0.0, 1e-9);
        for m in &self.measured {
            let d = self.smooth.displacement(m.edge.x, m.edge.y);
            let (x, y) = (f64::from(m.edge.x) - at[0], f64::from(m.edge.y) - at[1]);
            let (u, v) = (f64::from(d[0]) - by[0], f64::from(d[1]) - by[1]);
            grown += x * u + y * v;
            turned += x * v - y * u;
            size += x * x + y * y;
        }
        let (k, w) = (1.0 + grown / size, turned / size);
        let shift = [by[0] - (k - 1.0) * at[0] + w * at[1], by[1] - w * at[0] - (k - 1.0) * at[1]];
        let (a, b) = (f64::from(pose.a), f64::from(pose.b));
        let [tx, ty] = pose.map(shift[0] as f32, shift[1] as f32);
        Pose { a: (a * k - b * w) as f32, b: (b * k + a * w) as f32, tx, ty }
    }
}

/// Whether black lies over each edge or just beside it.
fn covered(window: &InkWindow, pose: &Pose, edges: &[Edge]) -> Vec<bool> {
    let cover = Cover {
        dark: &window.dark.data,
        width: window.dark.width,
        height: window.dark.height,
        pose: *pose,
        origin: [window.x0 as f32, window.y0 as f32],
        reach: 0.2 * pose.px_per_mm(),
        limit: OCCLUDED,
    };
    let mut out = vec![0.0; edges.len()];
    covered_edges(&mut out, edges, &cover);
    out.into_iter().map(|v| v > 0.0).collect()
}

fn fit_smooth(edges: &[Edge], offsets: &[Offset], occluded: &[bool], p80: f32, mm: f32, start: Smooth) -> Option<Smooth> {
    let stride = edges.len().div_ceil(FIT_EDGES).max(1);
    let chosen: Vec<usize> = (0..edges.len())
        .step_by(stride)
        .filter(|&i| offsets[i].found && !occluded[i] && offsets[i].strength > 0.22 * p80)
        .collect();
    if chosen.len() < 40 {
        return None;
    }
    let mut smooth = start;
    let chosen_edges: Vec<Edge> = chosen.iter().map(|&i| edges[i]).collect();
    let seen: Vec<(f32, f32)> = chosen.iter().map(|&i| (offsets[i].px / mm, (offsets[i].strength / p80).min(1.0))).collect();
    for _ in 0..3 {
        let residuals: Vec<f32> =
            seen.iter().zip(smooth.offsets(&chosen_edges)).map(|(&(px, _), expected)| px - expected).collect();
        let mut sizes: Vec<f32> = residuals.iter().map(|r| r.abs()).collect();
        let scale = (1.4826 * quantile(&mut sizes, 0.5)?).max(0.012);
        let observations: Vec<Observation> = chosen_edges
            .iter()
            .zip(&seen)
            .zip(&residuals)
            .map(|((e, &(value, trust)), &r)| Observation {
                at: [e.x / smooth.radius_mm, e.y / smooth.radius_mm],
                normal: [e.nx, e.ny],
                value,
                weight: tukey(r, 4.0 * scale) * trust,
            })
            .collect();
        let mut sums = Moments::new();
        add_moments(&mut sums, &observations);
        let normal = normal_equations(&sums);
        // Prior: second-order terms of a press or a scanner are hundredths of a millimetre, constant and linear ones free.
        let total = sums.matrix[5][0];
        let ridge: [f64; 18] = std::array::from_fn(|k| total * if k % 6 >= 3 { 2e-3 } else { 1e-4 });
        let x = normal.solve(&ridge)?;
        for k in 0..18 {
            smooth.coefficients[k / 6][k % 6] = x[k] as f32;
        }
    }
    Some(smooth)
}

/// The normal equations of `nx·d_x + ny·d_y − g`, each quadratic, from the sums over all edges.
fn normal_equations(sums: &Moments) -> Normal<18> {
    // Exponents of u and v in the six terms of a quadratic.
    const TERMS: [(usize, usize); 6] = [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)];
    // Which sum, with which sign, belongs to a pair of the three fields.
    const BLOCKS: [[(usize, f64); 3]; 3] =
        [[(0, 1.0), (1, 1.0), (3, -1.0)], [(1, 1.0), (2, 1.0), (4, -1.0)], [(3, -1.0), (4, -1.0), (5, 1.0)]];
    let mut normal = Normal::<18>::new();
    for row in 0..18 {
        let (i, a) = (row / 6, TERMS[row % 6]);
        for column in row..18 {
            let (j, b) = (column / 6, TERMS[column % 6]);
            let (sum, sign) = BLOCKS[i][j];
            normal.matrix[row][column] = sign * sums.matrix[sum][monomial(a.0 + b.0, a.1 + b.1)];
        }
        normal.rhs[row] = if i == 2 { -1.0 } else { 1.0 } * sums.rhs[i][row % 6];
    }
    normal
}

/// Sums that a cell of the displacement grid collects.
const CHANNELS: usize = 14;

/// Sums of the measured edges in every cell, the centre in the middle.
fn deposit(measured: &[Measured], radius_mm: f32) -> Vec<Field> {
    let half = (radius_mm / CELL_MM).ceil() as usize + 1;
    let n = 2 * half + 1;
    let mut cells = vec![[0.0_f32; CHANNELS]; n * n];
    for m in measured {
        let e = &m.edge;
        let place = |v: f32| ((v / CELL_MM).round() + half as f32).clamp(0.0, (n - 1) as f32) as usize;
        let i = place(e.y) * n + place(e.x);
        let (w, r) = (m.weight, m.residual_mm);
        let parts = [
            w * e.nx * e.nx,
            w * e.nx * e.ny,
            w * e.ny * e.ny,
            w * e.nx,
            w * e.ny,
            w,
            w * e.nx * r,
            w * e.ny * r,
            w * r,
            w * r * r,
            f32::from(m.weight > 0.0),
            f32::from(!m.occluded),
            1.0,
            f32::from(m.weight > 0.0 && r.abs() > 0.12),
        ];
        cells[i].iter_mut().zip(parts).for_each(|(s, p)| *s += p);
    }
    (0..CHANNELS).map(|c| Field { width: n, height: n, data: cells.iter().map(|s| s[c]).collect() }).collect()
}

/// Solves shift and gain in Gaussian windows of standard deviation `sigma_mm` on the displacement grid.
fn local(sums: &[Field], sigma_mm: f32) -> Vec<Local> {
    let n = sums[0].width;
    let half = n / 2;
    let sigma = sigma_mm / CELL_MM;
    // Back to sums: a Gaussian window of unit height instead of unit area.
    let area = 2.0 * std::f32::consts::PI * sigma * sigma;
    let sums: Vec<Field> = sums.iter().map(|s| blur(s, sigma)).collect();
    let mut out = Vec::new();
    for j in 0..n {
        for i in 0..n {
            let k = j * n + i;
            let s: [f64; CHANNELS] = std::array::from_fn(|c| f64::from(sums[c].data[k] * area));
            if s[12] < 12.0 {
                continue;
            }
            let seen = if s[11] > 0.0 { s[10] / s[11] } else { 0.0 };
            let mut cell = Local {
                at_mm: [(i as f32 - half as f32) * CELL_MM, (j as f32 - half as f32) * CELL_MM],
                shift_mm: [0.0; 2],
                gain_mm: 0.0,
                trust: 0.0,
                roughness_mm: 0.0,
                astray: if s[10] > 3.0 { (s[13] / s[10]) as f32 } else { 0.0 },
                seen: seen as f32,
                edges: s[11] as f32,
                occluded: (1.0 - s[11] / s[12]) as f32,
            };
            if s[5] >= 4.0 {
                let normal =
                    Normal::<3> { matrix: [[s[0], s[1], -s[3]], [0.0, s[2], -s[4]], [0.0, 0.0, s[5]]], rhs: [s[6], s[7], -s[8]] };
                if let Some(x) = normal.solve(&[0.5; 3]) {
                    let (a, b, c) = (s[0], s[1], s[2]);
                    let trust = 0.5 * (a + c) - (0.25 * (a - c) * (a - c) + b * b).sqrt();
                    let explained = x[0] * s[6] + x[1] * s[7] - x[2] * s[8];
                    cell.shift_mm = [x[0] as f32, x[1] as f32];
                    cell.gain_mm = x[2] as f32;
                    cell.trust = trust.max(0.0) as f32;
                    cell.roughness_mm = ((s[9] - explained).max(0.0) / s[5]).sqrt() as f32;
                }
            }
            out.push(cell);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placement_is_the_similarity_that_leaves_least() {
        let mut n = crate::compare::numbers::Numbers(5);
        let measured: Vec<Measured> = (0..400)
            .map(|_| {
                // More edges on one side than on the other, as print over a seal leaves them.
                let (x, y) = (18.0 * n.next(), 11.0 * n.next() * n.next());
                let edge = Edge { x, y, nx: 1.0, ny: 0.0, strength: 1.0 };
                Measured { edge, residual_mm: 0.0, weight: 1.0, occluded: false, strength: 1.0 }
            })
            .collect();
        let coefficients =
            [[0.11, 0.2, -0.3, 0.05, -0.04, 0.02], [-0.07, 0.35, 0.1, -0.06, 0.03, 0.08], [0.02, 0.01, 0.0, 0.0, 0.0, 0.0]];
        let smooth = Smooth { coefficients, radius_mm: 19.0 };
        let found = Displacement { smooth, measured, spread_mm: 0.0, strong_slope: 1.0, coarse: Vec::new(), fine: Vec::new() };
        let pose = Pose::new(37.0, 7.9, [400.0, 310.0]);
        let placed = found.placement(&pose);
        // What is left has no shift, no growth and no turn: no similarity could leave less.
        let (mut shift, mut moments, mut before) = ([0.0; 2], [0.0; 2], 0.0);
        for m in &found.measured {
            let (x, y) = (m.edge.x, m.edge.y);
            let d = found.smooth.displacement(x, y);
            let (to, at) = (pose.map(x + d[0], y + d[1]), placed.map(x, y));
            let left = [f64::from(to[0] - at[0]), f64::from(to[1] - at[1])];
            let [u, v] = placed.turn(x, y).map(f64::from);
            shift = [shift[0] + left[0], shift[1] + left[1]];
            moments = [moments[0] + u * left[0] + v * left[1], moments[1] + u * left[1] - v * left[0]];
            before += left[0].hypot(left[1]);
        }
        let n = found.measured.len() as f64;
        assert!(before / n > 0.1, "there is something left: {}", before / n);
        assert!(shift.iter().chain(&moments).all(|v| v.abs() / n < 2e-3), "{shift:?} {moments:?}");
    }
}
