//! Seals drawn straight onto the reference's grid: what an ideal alignment would deliver, displaced by exactly as much as asked.

use std::f32::consts::TAU;

use seal_match_core::filter::blur;
use seal_match_core::fold::{Impressions, Pair};
use seal_match_core::plane::Field;
use seal_match_core::template::PX_PER_MM;

use super::Random;

/// A straight stroke with round ends.
#[derive(Clone, Copy, Debug)]
pub struct Bar {
    pub from: [f32; 2],
    pub to: [f32; 2],
    pub half_mm: f32,
}

/// A round seal in millimetres from its centre: a border and bars.
#[derive(Clone, Debug)]
pub struct Drawing {
    pub radius_mm: f32,
    pub bars: Vec<Bar>,
}

impl Drawing {
    /// A company seal of 42 mm: a border, sixteen characters of nine strokes on a ring, a solid centre, a line of small code.
    pub fn company_seal(seed: u64) -> Self {
        let mut r = Random(seed);
        let mut bars = Vec::new();
        for k in 0..16 {
            let (s, c) = (TAU * (0.40 + 0.0525 * k as f32)).sin_cos();
            let place = |u: f32, v: f32| [16.3 * c + u * -s + v * c, 16.3 * s + u * c + v * s];
            for i in 0..9 {
                let (u, v, l) = (r.between(-1.7, 1.7), r.between(-2.3, 2.3), r.between(1.0, 2.0));
                let (from, to) = if i % 2 == 0 { ([u, v - l], [u, v + l]) } else { ([u - l, v], [u + l, v]) };
                let inside = |p: [f32; 2]| place(p[0].clamp(-1.7, 1.7), p[1].clamp(-2.3, 2.3));
                bars.push(Bar { from: inside(from), to: inside(to), half_mm: r.between(0.14, 0.24) });
            }
        }
        for k in 0..5 {
            let (s, c) = (TAU * (k as f32 / 5.0 - 0.25)).sin_cos();
            bars.push(Bar { from: [0.0, 0.0], to: [5.5 * c, 5.5 * s], half_mm: 1.3 });
        }
        for k in 0..13 {
            let x = (k as f32 - 6.0) * 1.1;
            bars.push(Bar { from: [x, 9.3], to: [x + r.between(-0.3, 0.3), 10.5], half_mm: 0.10 });
        }
        Self { radius_mm: 21.0, bars }
    }

    /// Its grid, with 2 mm of paper around it.
    pub fn side(&self) -> usize {
        2 * ((self.radius_mm + 2.0) * PX_PER_MM).ceil() as usize + 1
    }

    /// How far a point lies from the nearest ink; negative within a stroke.
    pub fn distance(&self, [x, y]: [f32; 2]) -> f32 {
        let rim = (x.hypot(y) - self.radius_mm + 0.55).abs() - 0.55;
        self.bars.iter().fold(rim, |least, b| {
            let (dx, dy) = (b.to[0] - b.from[0], b.to[1] - b.from[1]);
            // Only bars that could be nearer are measured.
            let (mx, my) = (0.5 * (b.from[0] + b.to[0]) - x, 0.5 * (b.from[1] + b.to[1]) - y);
            let reach = least + b.half_mm + 0.5 * dx.hypot(dy);
            if mx * mx + my * my > reach * reach {
                return least;
            }
            let t = (((x - b.from[0]) * dx + (y - b.from[1]) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
            least.min((x - b.from[0] - t * dx).hypot(y - b.from[1] - t * dy) - b.half_mm)
        })
    }

    /// The ink after `back` has carried every point of the grid to where its ink comes from, `gain_mm` wider at each side.
    ///
    /// An outline is a smooth ramp of about two samples, as a scan's is.
    pub fn ink(&self, gain_mm: f32, back: impl Fn([f32; 2]) -> [f32; 2]) -> Field {
        let n = self.side();
        let mut out = Field::zeros(n, n);
        let middle = (n - 1) as f32 / 2.0;
        for y in 0..n {
            for x in 0..n {
                let p = back([(x as f32 - middle) / PX_PER_MM, (y as f32 - middle) / PX_PER_MM]);
                let d = (self.distance(p) - gain_mm) * PX_PER_MM;
                let t = (0.5 - d / 2.4).clamp(0.0, 1.0);
                out.data[y * n + x] = t * t * (3.0 - 2.0 * t);
            }
        }
        out
    }

    /// The ink moved by (x, y) millimetres, scanned at `dpi` with the seal's middle at a place between four pixels, and laid on
    /// the grid as an aligned scan is: softened by 0.4 samples, and straight between four pixels.
    pub fn scanned(&self, by: [f32; 2], dpi: f32, phase: [f32; 2]) -> Field {
        let (mm, n) = (dpi / 25.4, self.side());
        let side = (n as f32 / PX_PER_MM * mm).ceil() as usize + 4;
        let middle = phase.map(|v| (side / 2) as f32 + v);
        let mut scan = Field::zeros(side, side);
        for y in 0..side {
            for x in 0..side {
                let d = self.distance([(x as f32 - middle[0]) / mm - by[0], (y as f32 - middle[1]) / mm - by[1]]) * mm;
                let t = (0.5 - d / 2.4).clamp(0.0, 1.0);
                scan.data[y * side + x] = t * t * (3.0 - 2.0 * t);
            }
        }
        let soft = blur(&scan, 0.4 * mm / PX_PER_MM);
        let at = |v: usize, middle: f32| (v as f32 - (n - 1) as f32 / 2.0) / PX_PER_MM * mm + middle;
        Field::by_rows(n, n, |y, row| {
            row.iter_mut().enumerate().for_each(|(x, v)| *v = soft.sample(at(x, middle[0]), at(y, middle[1])));
        })
    }

    /// One inside the seal.
    pub fn disc(&self) -> Field {
        let rim =
            Self { radius_mm: self.radius_mm, bars: vec![Bar { from: [0.0; 2], to: [1e-3, 0.0], half_mm: self.radius_mm }] };
        let mut disc = rim.plain();
        disc.data.iter_mut().for_each(|v| *v = v.ceil());
        disc
    }

    /// The ink where it belongs.
    pub fn plain(&self) -> Field {
        self.ink(0.0, |p| p)
    }

    /// The ink turned clockwise.
    pub fn turned(&self, angle_deg: f32) -> Field {
        let (s, c) = angle_deg.to_radians().sin_cos();
        self.ink(0.0, move |[x, y]| [c * x + s * y, c * y - s * x])
    }

    /// The ink moved by (x, y) millimetres.
    pub fn moved(&self, by: [f32; 2]) -> Field {
        self.ink(0.0, move |[x, y]| [x - by[0], y - by[1]])
    }
}

/// Two impressions of which all can be seen, prepared; `gain_mm` as for [`Impressions`].
pub fn fold<T>(reference: &Field, moving: &Field, gain_mm: f32, measure: impl FnOnce(&Pair<'_>) -> T) -> T {
    let open = Field::zeros(reference.width, reference.height);
    let seal = Field { data: vec![1.0; open.data.len()], ..open.clone() };
    let pair = Pair::new(&Impressions { reference, moving, covered: &open, support: &seal, gain_mm });
    measure(&pair.expect("two maps of one size"))
}
