//! Displacement of every reference edge, split into what a press can do and what only another die can.
//!
//! Ink gain is symmetric (both sides of a stroke move outwards), displacement antisymmetric (both move the same way):
//! `offset = n·d(x) − g(x)`, d and g quadratic over the seal, fitted robustly. What remains is local: a rigid shift, a gain and a
//! roughness per region of a character's size, each trusted by the normal matrix of the edges that measured it.

use crate::align::refine::{Edge, Fit, MovingEdges, Offset, tukey};
use crate::filter::blur;
use crate::geometry::{Normal, Pose};
use crate::ink::InkWindow;
use crate::plane::{Field, quantile};

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

    /// Offset along an edge's normal in millimetres, gain included.
    #[inline]
    pub fn offset(&self, e: &Edge) -> f32 {
        let b = self.basis(e.x, e.y);
        let dot = |c: &[f32; 6]| c.iter().zip(&b).map(|(c, b)| c * b).sum::<f32>();
        e.nx * dot(&self.coefficients[0]) + e.ny * dot(&self.coefficients[1]) - dot(&self.coefficients[2])
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
    let occluded: Vec<bool> = edges.iter().map(|e| covered(window, pose, e)).collect();
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
    let bends = |edges: &[Edge], smooth: &Smooth| -> Vec<f32> { edges.iter().map(|e| smooth.offset(e) * mm).collect() };
    let offsets = moving.measure(&few, pose, &bends(&few, &smooth), REACH_MM * mm, step, 0.0);
    let p80 = strong(&offsets, &few_occluded)?;
    smooth = fit_smooth(&few, &offsets, &few_occluded, p80, mm, smooth)?;
    let offsets = moving.measure(&edges, pose, &bends(&edges, &smooth), REACH_MM * mm, step, 0.3 * p80);
    let p80 = strong(&offsets, &occluded)?;
    smooth = fit_smooth(&edges, &offsets, &occluded, p80, mm, smooth)?;
    let measured: Vec<Measured> = edges
        .iter()
        .zip(&offsets)
        .zip(&occluded)
        .map(|((e, o), &occluded)| {
            let strength = o.strength / p80;
            let usable = o.found && strength > 0.22 && !occluded;
            Measured {
                edge: *e,
                residual_mm: (o.px / mm - smooth.offset(e)).clamp(-0.5, 0.5),
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
    let coarse = local(&measured, radius_mm, 1.5);
    let fine = local(&measured, radius_mm, 0.8);
    Some(Displacement { smooth, measured, spread_mm, strong_slope: p80, coarse, fine })
}

/// Whether black lies over an edge or just beside it.
fn covered(window: &InkWindow, pose: &Pose, e: &Edge) -> bool {
    let p = pose.map(e.x, e.y);
    let (x, y) = (p[0] - window.x0 as f32, p[1] - window.y0 as f32);
    let [nx, ny] = pose.turn(e.nx, e.ny);
    let reach = 0.2 * pose.px_per_mm();
    [-reach, 0.0, reach].iter().any(|t| window.dark.sample(x + t * nx, y + t * ny) > OCCLUDED)
}

fn fit_smooth(edges: &[Edge], offsets: &[Offset], occluded: &[bool], p80: f32, mm: f32, start: Smooth) -> Option<Smooth> {
    let stride = edges.len().div_ceil(FIT_EDGES).max(1);
    let chosen: Vec<(usize, [f32; 18])> = (0..edges.len())
        .step_by(stride)
        .filter(|&i| offsets[i].found && !occluded[i] && offsets[i].strength > 0.22 * p80)
        .map(|i| {
            let e = &edges[i];
            let b = start.basis(e.x, e.y);
            let mut row = [0.0; 18];
            for k in 0..6 {
                row[k] = e.nx * b[k];
                row[6 + k] = e.ny * b[k];
                row[12 + k] = -b[k];
            }
            (i, row)
        })
        .collect();
    if chosen.len() < 40 {
        return None;
    }
    let mut smooth = start;
    for _ in 0..3 {
        let mut sizes: Vec<f32> = chosen.iter().map(|(i, _)| (offsets[*i].px / mm - smooth.offset(&edges[*i])).abs()).collect();
        let scale = (1.4826 * quantile(&mut sizes, 0.5)?).max(0.012);
        let mut normal = Normal::<18>::new();
        let mut total = 0.0_f64;
        for (i, row) in &chosen {
            let o = &offsets[*i];
            let r = o.px / mm - smooth.offset(&edges[*i]);
            let w = tukey(r, 4.0 * scale) * (o.strength / p80).min(1.0);
            if w > 0.0 {
                normal.add(row, o.px / mm, w);
                total += f64::from(w);
            }
        }
        // Prior: second-order terms of a press or a scanner are hundredths of a millimetre, constant and linear ones free.
        let ridge: [f64; 18] = std::array::from_fn(|k| total * if k % 6 >= 3 { 2e-3 } else { 1e-4 });
        let x = normal.solve(&ridge)?;
        for k in 0..18 {
            smooth.coefficients[k / 6][k % 6] = x[k] as f32;
        }
    }
    Some(smooth)
}

/// Solves shift and gain in Gaussian windows of standard deviation `sigma_mm` on the displacement grid.
fn local(measured: &[Measured], radius_mm: f32, sigma_mm: f32) -> Vec<Local> {
    const CHANNELS: usize = 14;
    let half = (radius_mm / CELL_MM).ceil() as usize + 1;
    let n = 2 * half + 1;
    let mut sums: Vec<Field> = (0..CHANNELS).map(|_| Field::zeros(n, n)).collect();
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
        sums.iter_mut().zip(parts).for_each(|(s, p)| s.data[i] += p);
    }
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
