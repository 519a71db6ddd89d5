//! A synthetic die that can be pressed at any place, angle and resolution, and the planes that a scanner would deliver.

// Every test binary compiles this module and uses a part of it.
#![allow(dead_code)]

pub mod drawing;

use seal_match_core::error::Result;
use seal_match_core::plane::{Plane, Scan};
use seal_match_core::template::{CardScan, EnrolReport, Template};

/// A fixed pseudo-random sequence (`SplitMix64`): the same on every machine.
pub struct Random(pub u64);

impl Random {
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A whole number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.bits() % n as u64) as usize
    }

    /// A real between `lo` and `hi`.
    pub fn between(&mut self, lo: f32, hi: f32) -> f32 {
        lo + (hi - lo) * (self.bits() >> 40) as f32 / (1u64 << 24) as f32
    }
}

/// The outline of a die.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rim {
    /// A ring of 20 mm.
    Round,
    /// A square frame of 18 mm.
    Square,
}

/// Strokes in millimetres from the die's centre.
pub struct Die {
    rim: Rim,
    strokes: Vec<[[f32; 2]; 2]>,
}

impl Die {
    /// A die whose strokes follow from `seed`.
    pub fn new(rim: Rim, seed: u64) -> Self {
        let mut r = Random(seed);
        let strokes = (0..26)
            .map(|_| {
                let p = [r.between(-5.0, 5.0), r.between(-5.0, 5.0)];
                let (angle, length) = (r.between(0.0, std::f32::consts::TAU), r.between(1.2, 3.4));
                [p, [p[0] + length * angle.cos() * 0.8, p[1] + length * angle.sin() * 0.8]]
            })
            .collect();
        Self { rim, strokes }
    }

    /// The same die with every `n`th stroke moved by (x, y) millimetres, and where those strokes were.
    pub fn moved(&self, n: usize, by: [f32; 2]) -> (Self, Vec<[[f32; 2]; 2]>) {
        let mut other = Self { rim: self.rim, strokes: self.strokes.clone() };
        for ends in other.strokes.iter_mut().step_by(n) {
            *ends = ends.map(|p| [p[0] + by[0], p[1] + by[1]]);
        }
        (other, self.strokes.iter().step_by(n).copied().collect())
    }

    /// Ends of all strokes.
    pub fn strokes(&self) -> &[[[f32; 2]; 2]] {
        &self.strokes
    }

    /// How far (x, y) lies from the nearest ink, in millimetres; negative within a stroke.
    fn distance(&self, x: f32, y: f32) -> f32 {
        let rim = match self.rim {
            Rim::Round => (x.hypot(y) - 9.7).abs() - 0.3,
            Rim::Square => (x.abs().max(y.abs()) - 8.7).abs() - 0.3,
        };
        self.strokes.iter().fold(rim, |least, [a, b]| {
            let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
            let t = (((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
            least.min((x - a[0] - t * dx).hypot(y - a[1] - t * dy) - 0.22)
        })
    }
}

/// Colours of a page and of a stamp's ink, R, G, B.
pub const PAPER: [f32; 3] = [244.0, 243.0, 238.0];
pub const RED: [f32; 3] = [205.0, 52.0, 60.0];

/// Owned planes of one image.
pub struct Image {
    pub width: usize,
    pub height: usize,
    pub dpi: f32,
    pub luma: Vec<u8>,
    /// Cb and Cr, full size.
    pub chroma: Option<[Vec<u8>; 2]>,
}

impl Image {
    /// A page of one colour.
    pub fn blank(size_mm: [f32; 2], dpi: f32, [y, cb, cr]: [u8; 3]) -> Self {
        let [width, height] = size_mm.map(|s| (s * dpi / 25.4) as usize);
        let n = width * height;
        Self { width, height, dpi, luma: vec![y; n], chroma: Some([vec![cb; n], vec![cr; n]]) }
    }

    /// A near-white page of 62 × 54 mm with the die pressed in red at `centre_mm`, turned clockwise.
    pub fn pressed(die: &Die, dpi: f32, centre_mm: [f32; 2], angle_deg: f32) -> Self {
        Self::inked(|x, y| die.distance(x, y), |_, _| RED, dpi, centre_mm, angle_deg)
    }

    /// Such a page with any ink: `distance` of a point of the die to its strokes, and the colour of the ink, R, G, B, at a point of
    /// the *page*; all in millimetres.
    pub fn inked(
        distance: impl Fn(f32, f32) -> f32,
        mut ink: impl FnMut(f32, f32) -> [f32; 3],
        dpi: f32,
        centre_mm: [f32; 2],
        angle_deg: f32,
    ) -> Self {
        let mut page = Self::blank([62.0, 54.0], dpi, [0; 3]);
        let mm = dpi / 25.4;
        let (s, c) = angle_deg.to_radians().sin_cos();
        let [cb, cr] = page.chroma.as_mut().expect("a blank page has colour");
        for y in 0..page.height {
            for x in 0..page.width {
                let (px, py) = (x as f32 / mm, y as f32 / mm);
                let (u, v) = (px - centre_mm[0], py - centre_mm[1]);
                // Back to the die, and one pixel of ramp across every outline.
                let share = (0.5 - distance(c * u + s * v, c * v - s * u) * mm).clamp(0.0, 1.0);
                let colour = if share > 0.0 { ink(px, py) } else { PAPER };
                let [r, g, b]: [f32; 3] = std::array::from_fn(|k| PAPER[k] + share * (colour[k] - PAPER[k]));
                let i = y * page.width + x;
                let luma = 0.299 * r + 0.587 * g + 0.114 * b;
                page.luma[i] = luma.round() as u8;
                cb[i] = (128.0 + (b - luma) / 1.772).round() as u8;
                cr[i] = (128.0 + (r - luma) / 1.402).round() as u8;
            }
        }
        page
    }

    /// Pseudo-random pixels.
    pub fn noise(size_mm: [f32; 2], dpi: f32, seed: u64) -> Self {
        let mut page = Self::blank(size_mm, dpi, [128; 3]);
        let mut r = Random(seed);
        page.luma.fill_with(|| r.bits() as u8);
        if let Some(planes) = &mut page.chroma {
            for p in planes {
                p.fill_with(|| r.bits() as u8);
            }
        }
        page
    }

    /// The same without colour.
    pub fn grey(mut self) -> Self {
        self.chroma = None;
        self
    }

    /// The engine's view.
    pub fn scan(&self) -> Scan<'_> {
        let plane = |data| Plane::new(data, self.width, self.height, self.width).expect("the planes fit");
        let chroma = self.chroma.as_ref().map(|[cb, cr]| [plane(cb), plane(cr)]);
        Scan::new(plane(&self.luma), chroma, self.dpi, false).expect("a usable scan")
    }

    /// Enrols from the whole page.
    pub fn enrol(&self) -> Result<(Template, EnrolReport)> {
        Template::enrol(&[CardScan { scan: self.scan(), seal_box: None }])
    }
}
