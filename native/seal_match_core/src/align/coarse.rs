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
//! A half turn mirrors z and turns its vectors round, so 45 spectra serve 90 rotations, and one complex transform gives the two
//! real correlations of a pair.
//!
//! Intensity correlation fails on weak ink and overprint; a contour's centre is lost when seals overlap. This needs neither.

use crate::filter::{blur, gradient};
use crate::plane::{Field, quantile};
use crate::simd::fourier::{AREA, Peak, correlate, peak, transform};
use crate::simd::rows::lengths;

/// Cells on a side of the correlation window.
pub use crate::simd::fourier::N;

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

/// The reference's spectra over half a circle.
pub struct Coarse {
    /// Millimetres in a cell's side.
    pub cell_mm: f32,
    spectra: Vec<f32>,
    norms: Vec<f32>,
}

impl Coarse {
    /// Prepares a reference whose ink and support (1 inside) are sampled at `px_per_mm` with the seal's centre in the middle.
    pub fn new(ink: &Field, support: &Field, px_per_mm: f32, longest_mm: f32) -> Self {
        let cell_mm = (1.45 * longest_mm / N as f32).max(0.45);
        let cell_px = cell_mm * px_per_mm;
        let soft = blur(ink, 0.5 * cell_px);
        let support = blur(support, 0.5 * cell_px);
        let mut spectra = Vec::with_capacity(ROTATIONS / 2 * 4 * AREA);
        let mut norms = Vec::with_capacity(ROTATIONS / 2);
        let centre = [(ink.width - 1) as f32 / 2.0, (ink.height - 1) as f32 / 2.0];
        for r in 0..ROTATIONS / 2 {
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
            for component in &mut z {
                component.iter_mut().zip(&inside.data).for_each(|(z, &m)| *z *= m);
            }
            norms.push(z.iter().flatten().map(|v| v * v).sum::<f32>().sqrt().max(1e-6));
            spectra.extend(spectrum(z));
        }
        Self { cell_mm, spectra, norms }
    }

    /// The best starts in a window of `N × N` cells of the moving ink, at most `limit`, best first: local maxima over the circle.
    pub fn search(&self, window: &Field, limit: usize) -> Vec<Hypothesis> {
        let q = spectrum(directions(window));
        let [mut re, mut im] = [(); 2].map(|()| vec![0.0; AREA]);
        let mut work = [Vec::new(), Vec::new()];
        let mut peaks = vec![Hypothesis { score: 0.0, angle_deg: 0.0, offset_mm: [0.0; 2] }; ROTATIONS];
        for (r, z) in self.spectra.chunks(4 * AREA).enumerate() {
            correlate([&mut re, &mut im], &q, z);
            // The inverse transform: real and imaginary part change places.
            transform(&mut im, &mut re, &mut work);
            peaks[r] = self.peak(&re, r);
            peaks[r + ROTATIONS / 2] = self.peak(&im, r + ROTATIONS / 2);
        }
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

    fn peak(&self, correlation: &[f32], rotation: usize) -> Hypothesis {
        let mut top = Peak { value: 0.0, at: 0 };
        peak(correlation, &mut top);
        let signed = |i: usize| if i < N / 2 { i as f32 } else { i as f32 - N as f32 };
        Hypothesis {
            score: top.value / AREA as f32 / self.norms[rotation % (ROTATIONS / 2)],
            angle_deg: rotation as f32 * 360.0 / ROTATIONS as f32,
            offset_mm: [signed(top.at % N) * self.cell_mm, signed(top.at / N) * self.cell_mm],
        }
    }
}

/// Shortened gradient vectors: x and y components.
fn directions(f: &Field) -> [Vec<f32>; 2] {
    let [gx, gy] = gradient(&blur(f, 0.8));
    let mut sizes = vec![0.0; gx.data.len()];
    lengths(&mut sizes, &gx.data, &gy.data);
    let t = quantile(&mut sizes.clone(), 0.75).unwrap_or(0.0) + 0.012;
    [gx, gy].map(|g| g.data.iter().zip(&sizes).map(|(v, m)| v / (m + t)).collect())
}

/// Spectra of two real fields: real and imaginary part of the first, then of the second. Both are transformed as one complex
/// field and parted by its symmetry.
fn spectrum([mut x, mut y]: [Vec<f32>; 2]) -> Vec<f32> {
    transform(&mut x, &mut y, &mut [Vec::new(), Vec::new()]);
    let mut out = vec![0.0; 4 * AREA];
    for j in 0..N {
        for i in 0..N {
            let (k, m) = (j * N + i, (N - j) % N * N + (N - i) % N);
            out[k] = 0.5 * (x[k] + x[m]);
            out[AREA + k] = 0.5 * (y[k] - y[m]);
            out[2 * AREA + k] = 0.5 * (y[k] + y[m]);
            out[3 * AREA + k] = 0.5 * (x[m] - x[k]);
        }
    }
    out
}
