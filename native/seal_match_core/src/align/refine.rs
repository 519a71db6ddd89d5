//! Sub-pixel refinement: robust point-to-line registration of the reference's edges.
//!
//! Each reference edge looks along its normal for the moving image's edge of the same polarity. Ink gain moves both sides of a
//! stroke outwards, a displacement moves both the same way, so the model of an offset along the normal is
//! `n · (t + k·Y + ω·Y⊥) − g` with translation t, scale k, rotation ω and a uniform gain g; Tukey weights, five rounds of
//! ever shorter reach.

use crate::filter::{blur, gradient, gradient_field};
use crate::geometry::{Normal, Pose};
use crate::ink::InkWindow;
use crate::plane::{Field, quantile};
use crate::simd::edges::{self, Look};
use crate::simd::robust::{Row, VALUE, add_rows, residual};

/// Blur, in millimetres, under which reference and moving edges are compared.
pub const EDGE_SIGMA_MM: f32 = 0.125;

/// A sub-pixel point on the outline of a stroke of the reference.
#[derive(Clone, Copy, Debug, PartialEq)]
// The measuring kernel reads edges as five numbers each.
#[repr(C)]
pub struct Edge {
    /// Position in millimetres from the seal's centre, x right.
    pub x: f32,
    /// Position in millimetres from the seal's centre, y down.
    pub y: f32,
    /// Unit normal towards more ink, x.
    pub nx: f32,
    /// Unit normal towards more ink, y.
    pub ny: f32,
    /// Gradient of the (normalised, smoothed) reference across the edge, per millimetre.
    pub strength: f32,
}

/// Edges of an ink field sampled at `px_per_mm` with the centre in the middle; only where `support` is positive.
pub fn edges(ink: &Field, support: &Field, px_per_mm: f32) -> Vec<Edge> {
    let [gx, gy] = gradient(&blur(ink, EDGE_SIGMA_MM * px_per_mm));
    let mut m = Field::zeros(ink.width, ink.height);
    m.data.iter_mut().zip(gx.data.iter().zip(&gy.data)).for_each(|(m, (x, y))| *m = (x * x + y * y).sqrt());
    let centre = [(ink.width - 1) as f32 / 2.0, (ink.height - 1) as f32 / 2.0];
    let mut out = Vec::new();
    for y in 2..ink.height.saturating_sub(2) {
        for x in 2..ink.width.saturating_sub(2) {
            let b = m.at(x, y);
            if b < 0.05 || support.at(x, y) <= 0.0 {
                continue;
            }
            let (nx, ny) = (gx.at(x, y) / b, gy.at(x, y) / b);
            let (px, py) = (x as f32, y as f32);
            let (a, c) = (m.sample(px - nx, py - ny), m.sample(px + nx, py + ny));
            if b < a || b <= c {
                continue;
            }
            let curve = a - 2.0 * b + c;
            let d = if curve < -1e-6 { 0.5 * (a - c) / curve } else { 0.0 };
            if d.abs() <= 0.6 {
                out.push(Edge {
                    x: (px + d * nx - centre[0]) / px_per_mm,
                    y: (py + d * ny - centre[1]) / px_per_mm,
                    nx,
                    ny,
                    strength: b * px_per_mm,
                });
            }
        }
    }
    out
}

/// The moving image's ink gradient around a candidate.
pub struct MovingEdges {
    origin: [f32; 2],
    width: usize,
    height: usize,
    /// A pair (x, y) a sample.
    gradient: Vec<f32>,
}

impl MovingEdges {
    /// Gradient per pixel of the window's ink, blurred by [`EDGE_SIGMA_MM`].
    pub fn new(window: &InkWindow, px_per_mm: f32) -> Self {
        let gradient = gradient_field(&blur(&window.ink, EDGE_SIGMA_MM * px_per_mm));
        Self { origin: [window.x0 as f32, window.y0 as f32], width: window.ink.width, height: window.ink.height, gradient }
    }

    /// Looks along each edge's normal up to `reach_px` either way of where the pose and `bends` (pixels along the normal; empty:
    /// none) put it. The nearest of equally strong edges is preferred by `pull`, a penalty at full reach in units of gradient.
    pub fn measure(&self, edges: &[Edge], pose: &Pose, bends: &[f32], reach_px: f32, step_px: f32, pull: f32) -> Vec<Offset> {
        let mut out = vec![Offset { px: 0.0, strength: 0.0, found: false }; edges.len()];
        let steps = ((reach_px / step_px).round() as usize).max(1);
        let (gradient, width, height, origin) = (&self.gradient, self.width, self.height, self.origin);
        let look = Look { gradient, width, height, pose: *pose, origin, steps, step_px, pull };
        edges::measure(&look, edges, bends, &mut out);
        out
    }
}

/// Where the moving edge lies along the reference edge's normal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offset {
    /// Moving pixels towards more ink.
    pub px: f32,
    /// Gradient there, density per pixel.
    pub strength: f32,
    /// False when the strongest place is the end of the reach, or outside the window.
    pub found: bool,
}

/// An aligned reference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Reference millimetres to moving pixels.
    pub pose: Pose,
    /// Share of the reference's edges that the moving image confirms.
    pub inliers: f32,
    /// Mean ink gain in millimetres (positive: strokes are wider in the moving image).
    pub gain_mm: f32,
    /// Robust spread of the confirmed edges' residuals in millimetres.
    pub spread_mm: f32,
}

/// Reach along the normal of each round of [`refine`], in millimetres: from a coarse start to sub-pixel.
pub const ROUNDS_MM: [f32; 5] = [1.05, 0.8, 0.5, 0.38, 0.27];

/// Refines a start over the given rounds; `None` when too few edges are seen. Scale stays within `scale_range` of nominal.
pub fn refine(
    edges: &[Edge],
    moving: &MovingEdges,
    start: Pose,
    nominal_px_per_mm: f32,
    scale_range: f32,
    rounds_mm: &[f32],
) -> Option<Fit> {
    let mut fit = None;
    let mut pull = 0.0;
    let mut pose = start;
    for &reach_mm in rounds_mm {
        let (better, p80) = round(edges, moving, pose, nominal_px_per_mm, scale_range, reach_mm, pull)?;
        pull = 0.35 * p80;
        pose = better.pose;
        fit = Some(better);
    }
    fit
}

/// One round: measure, fit robustly, move. Also gives the strength of strong edges.
fn round(
    edges: &[Edge],
    moving: &MovingEdges,
    mut pose: Pose,
    mm: f32,
    scale_range: f32,
    reach_mm: f32,
    pull: f32,
) -> Option<(Fit, f32)> {
    let step_px = if reach_mm > 0.4 { mm / 7.9 } else { mm / 15.8 };
    let offsets = moving.measure(edges, &pose, &[], reach_mm * mm, step_px, pull);
    let mut strengths: Vec<f32> = offsets.iter().map(|o| o.strength).collect();
    let p80 = quantile(&mut strengths, 0.8)?.max(1e-4);
    let size = pose.px_per_mm();
    let rows: Vec<Row> = edges
        .iter()
        .zip(&offsets)
        .filter(|(_, o)| o.found && o.strength > 0.25 * p80)
        .map(|(e, o)| {
            let [nx, ny] = pose.turn(e.nx, e.ny);
            let (x, y) = (pose.a * e.x - pose.b * e.y, pose.b * e.x + pose.a * e.y);
            [nx, ny, nx * x + ny * y, ny * x - nx * y, -1.0, o.px, (o.strength / p80).min(1.0), 0.0]
        })
        .collect();
    if rows.len() < 40 {
        return None;
    }
    let mut seen: Vec<f32> = rows.iter().map(|r| r[VALUE]).collect();
    let middle = quantile(&mut seen, 0.5)?;
    let mut spread: Vec<f32> = seen.iter().map(|o| (o - middle).abs()).collect();
    let scale = (1.4826 * quantile(&mut spread, 0.5)?).max(0.02 * mm);
    let mut delta = [0.0_f32; 5];
    for _ in 0..3 {
        let mut sums = [[0.0; 8]; 5];
        add_rows(&mut sums, &rows, &delta, 3.0 * scale);
        let normal = Normal::<5> { matrix: sums.map(|s| [s[0], s[1], s[2], s[3], s[4]]), rhs: sums.map(|s| s[VALUE]) };
        delta = normal.solve(&[1e-3, 1e-3, 1e-1, 1e-1, 1e-3])?.map(|v| v as f32);
    }
    let mut residuals: Vec<f32> = rows.iter().map(|r| residual(r, &delta).abs() / size).filter(|&r| r < 0.16).collect();
    let (k, w) = (1.0 + delta[2], delta[3]);
    let (a, b) = (pose.a * k - pose.b * w, pose.b * k + pose.a * w);
    // The size is known: what the data ask beyond the scanner's tolerance is evidence, not alignment.
    let length = (a * a + b * b).sqrt().max(1e-6);
    let limit = (length / mm).clamp(1.0 - scale_range, 1.0 + scale_range) * mm / length;
    pose = Pose { a: a * limit, b: b * limit, tx: pose.tx + delta[0], ty: pose.ty + delta[1] };
    let fit = Fit {
        pose,
        inliers: residuals.len() as f32 / edges.len() as f32,
        gain_mm: delta[4] / size,
        spread_mm: 1.4826 * quantile(&mut residuals, 0.5).unwrap_or(0.2),
    };
    Some((fit, p80))
}
