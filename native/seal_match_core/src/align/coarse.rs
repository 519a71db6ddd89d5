//! Coarse alignment over the full circle.
//!
//! Gradient *vectors* of the two inks, shortened so that a weak stroke votes nearly like a strong one, are correlated as
//! complex numbers (Argyriou and Vlachos 2003, doi:10.1049/el:20030666) at about 1 mm a cell, for 90 rotations of the reference:
//!
//! ```text
//! z_θ = g/(|g| + t) of the reference turned by θ, inside its support       spectra cached, enrolment pays for them
//! q   = g/(|g| + t) of the moving window
//! C_θ = Re IFFT( FFT(q) · conj FFT(z_θ) ) / ‖z_θ‖                           its peak: shift and score of rotation θ
//! ```
//! Intensity correlation fails on weak ink and overprint; a contour's centre is lost when seals overlap. This needs neither.

use std::sync::Arc;

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

use crate::filter::{blur, gradient};
use crate::plane::{Field, quantile};

/// Cells on a side of the correlation window.
pub const N: usize = 64;
/// Rotations tried over the full circle.
pub const ROTATIONS: usize = 90;

/// A start for refinement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hypothesis {
    /// Correlation, comparable between rotations and windows.
    pub score: f32,
    /// Clockwise rotation of the moving seal.
    pub angle_deg: f32,
    /// Centre of the seal relative to the window's centre, in millimetres.
    pub offset_mm: [f32; 2],
}

/// The reference's spectra at all rotations, and the transforms.
pub struct Coarse {
    /// Millimetres in a cell's side.
    pub cell_mm: f32,
    spectra: Vec<Complex32>,
    norms: Vec<f32>,
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
}

impl Coarse {
    /// Prepares a reference whose ink and support (1 inside) are sampled at `px_per_mm` with the seal's centre in the middle.
    pub fn new(ink: &Field, support: &Field, px_per_mm: f32, longest_mm: f32) -> Self {
        let cell_mm = (1.45 * longest_mm / N as f32).max(0.45);
        let cell_px = cell_mm * px_per_mm;
        let soft = blur(ink, 0.5 * cell_px);
        let support = blur(support, 0.5 * cell_px);
        let mut planner = FftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(N), planner.plan_fft_inverse(N));
        let mut spectra = Vec::with_capacity(ROTATIONS * N * N);
        let mut norms = Vec::with_capacity(ROTATIONS);
        let centre = [(ink.width - 1) as f32 / 2.0, (ink.height - 1) as f32 / 2.0];
        let mut scratch = vec![Complex32::default(); N * N];
        for r in 0..ROTATIONS {
            let (s, c) = (r as f32 * 360.0 / ROTATIONS as f32).to_radians().sin_cos();
            let mut turned = Field::zeros(N, N);
            let mut inside = Field::zeros(N, N);
            for j in 0..N {
                for i in 0..N {
                    let (u, v) = ((i as f32 - (N / 2) as f32) * cell_px, (j as f32 - (N / 2) as f32) * cell_px);
                    let (x, y) = (c * u + s * v + centre[0], c * v - s * u + centre[1]);
                    turned.data[j * N + i] = soft.sample(x, y);
                    inside.data[j * N + i] = support.sample(x, y);
                }
            }
            let mut z = directions(&turned);
            z.iter_mut().zip(&inside.data).for_each(|(z, &m)| *z *= m);
            norms.push(z.iter().map(Complex32::norm_sqr).sum::<f32>().sqrt().max(1e-6));
            transform(forward.as_ref(), &mut z, &mut scratch);
            spectra.extend_from_slice(&z);
        }
        Self { cell_mm, spectra, norms, forward, inverse }
    }

    /// The best starts in a window of `N × N` cells of the moving ink, at most `limit`, best first: local maxima over the circle.
    pub fn search(&self, window: &Field, limit: usize) -> Vec<Hypothesis> {
        let mut scratch = vec![Complex32::default(); N * N];
        let mut q = directions(window);
        transform(self.forward.as_ref(), &mut q, &mut scratch);
        let mut product = vec![Complex32::default(); N * N];
        let peaks: Vec<Hypothesis> = (0..ROTATIONS)
            .map(|r| {
                let z = &self.spectra[r * N * N..(r + 1) * N * N];
                for ((p, a), b) in product.iter_mut().zip(&q).zip(z) {
                    *p = a * b.conj();
                }
                transform(self.inverse.as_ref(), &mut product, &mut scratch);
                self.peak(&product, r)
            })
            .collect();
        let mut best: Vec<Hypothesis> = (0..ROTATIONS)
            .filter(|&r| {
                peaks[r].score >= peaks[(r + ROTATIONS - 1) % ROTATIONS].score
                    && peaks[r].score > peaks[(r + 1) % ROTATIONS].score
            })
            .map(|r| peaks[r])
            .collect();
        best.sort_by(|a, b| b.score.total_cmp(&a.score));
        best.truncate(limit);
        best
    }

    fn peak(&self, correlation: &[Complex32], rotation: usize) -> Hypothesis {
        let (mut top, mut at) = (f32::NEG_INFINITY, 0);
        for (i, v) in correlation.iter().enumerate() {
            if v.re > top {
                (top, at) = (v.re, i);
            }
        }
        let signed = |i: usize| if i < N / 2 { i as f32 } else { i as f32 - N as f32 };
        Hypothesis {
            score: top / (N * N) as f32 / self.norms[rotation],
            angle_deg: rotation as f32 * 360.0 / ROTATIONS as f32,
            offset_mm: [signed(at % N) * self.cell_mm, signed(at / N) * self.cell_mm],
        }
    }
}

/// Shortened gradient vectors as complex numbers.
fn directions(f: &Field) -> Vec<Complex32> {
    let [gx, gy] = gradient(&blur(f, 0.8));
    let mut sizes: Vec<f32> = gx.data.iter().zip(&gy.data).map(|(x, y)| (x * x + y * y).sqrt()).collect();
    let all = sizes.clone();
    let t = quantile(&mut sizes, 0.75).unwrap_or(0.0) + 0.012;
    gx.data.iter().zip(&gy.data).zip(all).map(|((&x, &y), m)| Complex32::new(x, y) / (m + t)).collect()
}

/// Two-dimensional transform in place: rows, transpose, rows. The result is transposed, and doing it twice undoes that.
fn transform(fft: &dyn Fft<f32>, data: &mut [Complex32], scratch: &mut [Complex32]) {
    fft.process_with_scratch(data, scratch);
    for j in 0..N {
        for i in j + 1..N {
            data.swap(j * N + i, i * N + j);
        }
    }
    fft.process_with_scratch(data, scratch);
}
