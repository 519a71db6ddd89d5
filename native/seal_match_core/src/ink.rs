//! Ink, not pixels: optical density against the local paper, split into seal ink and what lies over it.
//!
//! ```text
//! paper   = bright, locally smooth ln R, ln G, ln B, ln Y on a 6 mm grid
//! OD_c    = paper_c − ln c                       for c in R, G, B (chroma resolution) and Y (full resolution)
//! OD      ≈ a · ink + d · (1, 1, 1)              non-negative least squares: a = seal ink, d = black over it
//! density = OD_Y · share(a, d)                   the edge comes from Y, whose ink it is from chroma
//! ```
//! A scan without colour has no `d`: every dark mark counts as ink and nothing is known to be occluded.

use crate::filter::area_mean;
use crate::plane::{Field, Plane, Scan, ScanKind, quantile};

/// Side of a survey cell in millimetres.
pub const CELL_MM: f32 = 0.4;
const TILE_CELLS: usize = 15;

/// The optical direction of a seal ink.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ink {
    /// Densities in R, G, B of one unit of ink; the largest is one.
    Hue([f32; 3]),
    /// Black ink, or a scan without colour: all darkness counts.
    Dark,
}

impl Ink {
    /// Angle of the ink's hue in the plane orthogonal to grey, in degrees; `None` for dark ink.
    pub fn hue_deg(&self) -> Option<f32> {
        match self {
            Self::Hue(v) => Some(hue(chroma_of(*v))),
            Self::Dark => None,
        }
    }

    /// Splits a density triple into ink and black, both non-negative.
    #[inline]
    fn split(v: &[f32; 3], od: [f32; 3]) -> (f32, f32) {
        let mean_v = (v[0] + v[1] + v[2]) / 3.0;
        let mean = (od[0] + od[1] + od[2]) / 3.0;
        let c = [v[0] - mean_v, v[1] - mean_v, v[2] - mean_v];
        let norm = c[0] * c[0] + c[1] * c[1] + c[2] * c[2];
        let a = ((od[0] - mean) * c[0] + (od[1] - mean) * c[1] + (od[2] - mean) * c[2]) / norm;
        let a = a.max(0.0);
        (a, (mean - a * mean_v).max(0.0))
    }

    /// Luma density of one unit of ink.
    fn luma_density(v: &[f32; 3]) -> f32 {
        -(0.299 * (-v[0]).exp() + 0.587 * (-v[1]).exp() + 0.114 * (-v[2]).exp()).ln()
    }
}

fn chroma_of(v: [f32; 3]) -> [f32; 2] {
    [(v[0] - v[1]) * std::f32::consts::FRAC_1_SQRT_2, (v[0] + v[1] - 2.0 * v[2]) / 6.0_f32.sqrt()]
}

fn hue(c: [f32; 2]) -> f32 {
    c[1].atan2(c[0]).to_degrees()
}

/// −ln of every 8-bit level, against white.
struct LogTable([f32; 256]);

impl LogTable {
    fn new() -> Self {
        Self(std::array::from_fn(|i| -((i as f32 + 1.0) / 256.0).ln()))
    }

    #[inline]
    fn of(&self, v: f32) -> f32 {
        self.0[v.clamp(0.0, 255.0) as usize]
    }
}

#[inline]
fn rgb(y: f32, cb: f32, cr: f32) -> [f32; 3] {
    let (cb, cr) = (cb - 128.0, cr - 128.0);
    [y + 1.402 * cr + 0.5, y - 0.344_136 * cb - 0.714_136 * cr + 0.5, y + 1.772 * cb + 0.5]
}

/// Smooth density of the unprinted paper: −ln of R, G, B, Y on a coarse grid.
struct Paper {
    tiles_x: usize,
    tiles_y: usize,
    tile_px: f32,
    od: Vec<[f32; 4]>,
}

impl Paper {
    /// Interpolates bilinearly at pixel (x, y).
    fn at(&self, x: f32, y: f32) -> [f32; 4] {
        let place = |p: f32, n: usize| {
            let t = ((p + 0.5) / self.tile_px - 0.5).clamp(0.0, (n - 1) as f32);
            let i = (t as usize).min(n.saturating_sub(2));
            (i, (i + 1).min(n - 1), t - i as f32)
        };
        let (x0, x1, ax) = place(x, self.tiles_x);
        let (y0, y1, ay) = place(y, self.tiles_y);
        let g = |i: usize, j: usize| &self.od[j * self.tiles_x + i];
        std::array::from_fn(|c| {
            let top = g(x0, y0)[c] + ax * (g(x1, y0)[c] - g(x0, y0)[c]);
            let bottom = g(x0, y1)[c] + ax * (g(x1, y1)[c] - g(x0, y1)[c]);
            top + ay * (bottom - top)
        })
    }
}

/// A scan seen from afar: densities of cells of [`CELL_MM`], and its paper.
pub struct Survey {
    /// Cells across.
    pub width: usize,
    /// Cells down.
    pub height: usize,
    /// Pixels in a cell's side.
    pub cell_px: f32,
    rgb: Option<Vec<[f32; 3]>>,
    luma: Field,
    paper: Paper,
    log: LogTable,
}

impl Survey {
    /// Looks the scan over: area means, paper, densities.
    pub fn new(scan: &Scan<'_>) -> Self {
        let luma = scan.luma();
        let cell_px = (CELL_MM * scan.px_per_mm()).max(1.0);
        let width = ((luma.width() as f32 / cell_px).floor() as usize).max(1);
        let height = ((luma.height() as f32 / cell_px).floor() as usize).max(1);
        let y = area_mean(&luma, [cell_px; 2], width, height);
        let log = LogTable::new();
        let logs: Vec<[f32; 4]> = if let Some([cb, cr]) = scan.chroma() {
            let [sx, sy] = scan.chroma_shift().map(|s| (1u32 << s) as f32);
            let cell = [cell_px / sx, cell_px / sy];
            let (cb, cr) = (area_mean(&cb, cell, width, height), area_mean(&cr, cell, width, height));
            (0..width * height)
                .map(|i| {
                    let c = rgb(y.data[i], cb.data[i], cr.data[i]);
                    [log.of(c[0]), log.of(c[1]), log.of(c[2]), log.of(y.data[i] + 0.5)]
                })
                .collect()
        } else {
            y.data.iter().map(|&v| [log.of(v + 0.5); 4]).collect()
        };
        let paper = estimate_paper(&logs, width, height, cell_px);
        let mut luma_od = Field::zeros(width, height);
        let mut rgb_od = Vec::with_capacity(if scan.kind() == ScanKind::Colour { logs.len() } else { 0 });
        for j in 0..height {
            for i in 0..width {
                let l = &logs[j * width + i];
                let p = paper.at((i as f32 + 0.5) * cell_px - 0.5, (j as f32 + 0.5) * cell_px - 0.5);
                luma_od.data[j * width + i] = (l[3] - p[3]).max(0.0);
                if scan.kind() == ScanKind::Colour {
                    rgb_od.push(std::array::from_fn(|c| l[c] - p[c]));
                }
            }
        }
        let rgb = (scan.kind() == ScanKind::Colour).then_some(rgb_od);
        Self { width, height, cell_px, rgb, luma: luma_od, paper, log }
    }

    /// Seal ink and black density of every cell.
    pub fn ink_map(&self, ink: &Ink) -> (Field, Field) {
        let mut dark = Field::zeros(self.width, self.height);
        let (Ink::Hue(v), Some(rgb)) = (ink, &self.rgb) else {
            return (self.luma.clone(), dark);
        };
        let mut a = Field::zeros(self.width, self.height);
        for (i, od) in rgb.iter().enumerate() {
            (a.data[i], dark.data[i]) = Ink::split(v, *od);
        }
        (a, dark)
    }

    /// The coloured inks that cover a noteworthy area, strongest first; empty for a scan without colour.
    pub fn coloured_inks(&self) -> Vec<Ink> {
        const BINS: usize = 36;
        let Some(rgb) = &self.rgb else { return Vec::new() };
        let mut mass = [0.0_f32; BINS];
        let strong = |od: &[f32; 3]| {
            let c = chroma_of(*od);
            let size = (c[0] * c[0] + c[1] * c[1]).sqrt();
            (size > 0.10).then(|| (hue(c), size))
        };
        for od in rgb {
            if let Some((angle, size)) = strong(od) {
                mass[(angle.rem_euclid(360.0) / 10.0) as usize % BINS] += size.min(0.6);
            }
        }
        let smooth: [f32; BINS] = std::array::from_fn(|i| mass[i] + 0.6 * (mass[(i + 1) % BINS] + mass[(i + BINS - 1) % BINS]));
        let mut peaks: Vec<(f32, f32)> = (0..BINS)
            .filter(|&i| smooth[i] >= smooth[(i + 1) % BINS] && smooth[i] > smooth[(i + BINS - 1) % BINS])
            .map(|i| (smooth[i], i as f32 * 10.0 + 5.0))
            .collect();
        peaks.sort_by(|a, b| b.0.total_cmp(&a.0));
        // A seal of 10 mm has at least some 40 strongly inked cells.
        peaks.into_iter().filter(|p| p.0 > 6.0).take(3).filter_map(|(_, angle)| self.refit_ink(angle, 25.0)).collect()
    }

    /// The ink near a known hue as it looks in this scan; the ink itself when there is too little of it.
    pub fn adapt(&self, ink: &Ink) -> Ink {
        match ink.hue_deg() {
            Some(angle) if self.rgb.is_some() => self.refit_ink(angle, 35.0).unwrap_or(*ink),
            _ if self.rgb.is_some() => *ink,
            _ => Ink::Dark,
        }
    }

    fn refit_ink(&self, angle: f32, tolerance: f32) -> Option<Ink> {
        let mut sum = [0.0_f32; 3];
        let mut count = 0;
        let rgb = self.rgb.as_ref()?;
        let mut sizes: Vec<f32> = Vec::new();
        let (sin, cos) = angle.to_radians().sin_cos();
        let least = tolerance.to_radians().cos();
        let near = |od: &[f32; 3]| {
            let c = chroma_of(*od);
            let along = c[0] * cos + c[1] * sin;
            let size = (c[0] * c[0] + c[1] * c[1]).sqrt();
            (size > 0.10 && along > least * size).then_some(size)
        };
        sizes.extend(rgb.iter().filter_map(near));
        // The strongest fifth is stroke rather than tint.
        let floor = quantile(&mut sizes, 0.8)?.min(0.5);
        for od in rgb {
            if near(od).is_some_and(|s| s >= floor) {
                let low = od[0].min(od[1]).min(od[2]);
                // Cells under black print would teach the ink to be grey.
                let high = od[0].max(od[1]).max(od[2]);
                if low < 0.6 * high {
                    (0..3).for_each(|c| sum[c] += od[c].max(0.0));
                    count += 1;
                }
            }
        }
        let top = sum[0].max(sum[1]).max(sum[2]);
        if count < 12 || top <= 0.0 {
            return None;
        }
        Some(Ink::Hue(sum.map(|s| s / top)))
    }

    /// Ink density and black density of a pixel window; the window is cut to the scan.
    pub fn window(&self, scan: &Scan<'_>, ink: &Ink, corner: [i32; 2], size: [usize; 2]) -> InkWindow {
        let luma = scan.luma();
        let clamp = |v: i32, n: usize| v.clamp(0, n as i32) as usize;
        let (x0, y0) = (clamp(corner[0], luma.width()), clamp(corner[1], luma.height()));
        let x1 = clamp(corner[0].saturating_add(size[0] as i32), luma.width());
        let y1 = clamp(corner[1].saturating_add(size[1] as i32), luma.height());
        let (w, h) = (x1.saturating_sub(x0), y1.saturating_sub(y0));
        let mut out = InkWindow { x0, y0, ink: Field::zeros(w, h), dark: Field::zeros(w, h) };
        if w == 0 || h == 0 {
            return out;
        }
        let split = match (ink, scan.chroma()) {
            (Ink::Hue(v), Some(chroma)) => Some(self.split_chroma(scan, v, chroma, [x0, y0], [w, h])),
            _ => None,
        };
        let mut paper_row = vec![0.0_f32; w];
        let mut lines = [Vec::new(), Vec::new()];
        for y in 0..h {
            self.paper_row(y0 + y, x0, &mut paper_row);
            let src = &luma.row(y0 + y)[x0..x1];
            let dst = out.ink.row_mut(y);
            for ((d, &v), &p) in dst.iter_mut().zip(src).zip(&paper_row) {
                *d = (self.log.0[v as usize] - p - 0.02).max(0.0);
            }
            if let Some(split) = &split {
                let dark = &mut out.dark.data[y * w..(y + 1) * w];
                split.apply_row(y0 + y, &mut lines, dst, dark);
            }
        }
        out
    }

    fn paper_row(&self, y: usize, x0: usize, row: &mut [f32]) {
        const STEP: usize = 16;
        let n = row.len();
        let mut left = self.paper.at(x0 as f32, y as f32)[3];
        for start in (0..n).step_by(STEP) {
            let right = self.paper.at((x0 + start + STEP) as f32, y as f32)[3];
            let slope = (right - left) / STEP as f32;
            let end = (start + STEP).min(n);
            for (i, v) in row[start..end].iter_mut().enumerate() {
                *v = left + slope * i as f32;
            }
            left = right;
        }
    }

    fn split_chroma(
        &self,
        scan: &Scan<'_>,
        v: &[f32; 3],
        chroma: [Plane<'_>; 2],
        p0: [usize; 2],
        size: [usize; 2],
    ) -> ChromaSplit {
        let [sx, sy] = scan.chroma_shift();
        let (c0, r0) = (p0[0] >> sx, p0[1] >> sy);
        let c1 = ((p0[0] + size[0] - 1) >> sx).min(chroma[0].width() - 1) + 1;
        let r1 = ((p0[1] + size[1] - 1) >> sy).min(chroma[0].height() - 1) + 1;
        let (w, h) = (c1 - c0, r1 - r0);
        let (mut share, mut dark) = (Field::zeros(w, h), Field::zeros(w, h));
        let per_ink = Ink::luma_density(v);
        let luma = scan.luma();
        let (bx, by) = (1usize << sx, 1usize << sy);
        let mut paper = [0.0; 4];
        for j in 0..h {
            let (cb, cr) = (&chroma[0].row(r0 + j)[c0..c1], &chroma[1].row(r0 + j)[c0..c1]);
            let ys = (r0 + j) * by;
            let ye = (ys + by).min(luma.height());
            for i in 0..w {
                let xs = (c0 + i) * bx;
                let xe = (xs + bx).min(luma.width());
                let mut sum = 0u32;
                for y in ys..ye {
                    sum += luma.row(y)[xs..xe].iter().map(|&b| u32::from(b)).sum::<u32>();
                }
                let mean = sum as f32 / ((ye - ys) * (xe - xs)) as f32;
                if i % 8 == 0 {
                    paper = self.paper.at(xs as f32 + 4.0 * bx as f32, ys as f32);
                }
                let c = rgb(mean, f32::from(cb[i]), f32::from(cr[i]));
                let od = std::array::from_fn(|k| self.log.of(c[k]) - paper[k]);
                let (a, d) = Ink::split(v, od);
                let ai = a * per_ink;
                share.data[j * w + i] = (1.15 * ai / (ai + d + 0.03)).min(1.0);
                dark.data[j * w + i] = d;
            }
        }
        let columns = (p0[0]..p0[0] + size[0]).map(|x| ChromaSplit::place(x, sx, c0, w)).collect();
        ChromaSplit { r0, shift: [sx, sy], share, dark, columns }
    }
}

/// Ink of a pixel window of a scan, full resolution.
pub struct InkWindow {
    /// Left column of the window in the scan.
    pub x0: usize,
    /// Top row of the window in the scan.
    pub y0: usize,
    /// Optical density of the seal's ink.
    pub ink: Field,
    /// Optical density of black over or beside it; zero everywhere for a scan without colour.
    pub dark: Field,
}

/// Share of the luma density that is seal ink, and black density, at chroma resolution.
struct ChromaSplit {
    r0: usize,
    shift: [u32; 2],
    share: Field,
    dark: Field,
    /// For each column of the window: the chroma column to its left, and how far it lies towards the next.
    columns: Vec<(u32, f32)>,
}

impl ChromaSplit {
    fn place(p: usize, shift: u32, first: usize, n: usize) -> (u32, f32) {
        let scale = (1u32 << shift) as f32;
        let t = ((p as f32 + 0.5) / scale - 0.5 - first as f32).clamp(0.0, (n - 1) as f32);
        let i = (t as usize).min(n.saturating_sub(2));
        (i as u32, t - i as f32)
    }

    /// Multiplies a row of luma densities by the interpolated share, and writes the interpolated black density.
    fn apply_row(&self, y: usize, lines: &mut [Vec<f32>; 2], ink: &mut [f32], dark: &mut [f32]) {
        let n = self.share.width;
        let (j, ay) = Self::place(y, self.shift[1], self.r0, self.share.height);
        let next = (j as usize + 1).min(self.share.height - 1);
        for (line, source) in lines.iter_mut().zip([&self.share, &self.dark]) {
            let (a, b) = (source.row(j as usize), source.row(next));
            line.clear();
            line.extend(a.iter().zip(b).map(|(a, b)| a + ay * (b - a)));
            line.push(line[n - 1]);
        }
        let [share, black] = lines;
        for ((v, d), &(i, ax)) in ink.iter_mut().zip(dark).zip(&self.columns) {
            let i = i as usize;
            *v *= share[i] + ax * (share[i + 1] - share[i]);
            *d = black[i] + ax * (black[i + 1] - black[i]);
        }
    }
}

/// Paper density: per tile the mean of its brighter third, tiles that hold no paper filled from their neighbours, smoothed.
fn estimate_paper(logs: &[[f32; 4]], width: usize, height: usize, cell_px: f32) -> Paper {
    let (tiles_x, tiles_y) = (width.div_ceil(TILE_CELLS).max(1), height.div_ceil(TILE_CELLS).max(1));
    let mut tiles: Vec<Option<[f32; 4]>> = Vec::with_capacity(tiles_x * tiles_y);
    let mut order: Vec<f32> = Vec::with_capacity(TILE_CELLS * TILE_CELLS);
    for j in 0..tiles_y {
        for i in 0..tiles_x {
            let (xs, ys) = (i * TILE_CELLS, j * TILE_CELLS);
            let (xe, ye) = ((xs + TILE_CELLS).min(width), (ys + TILE_CELLS).min(height));
            order.clear();
            for y in ys..ye {
                order.extend(logs[y * width + xs..y * width + xe].iter().map(|l| l[0] + l[1] + l[2]));
            }
            // Specks of glare or page edge are brighter than paper: the lowest 5 % do not count.
            let (low, high) = (quantile(&mut order, 0.05).unwrap_or(0.0), quantile(&mut order, 0.40).unwrap_or(0.0));
            let (mut sum, mut n) = ([0.0_f32; 4], 0.0_f32);
            for y in ys..ye {
                for l in &logs[y * width + xs..y * width + xe] {
                    let s = l[0] + l[1] + l[2];
                    if s >= low && s <= high {
                        (0..4).for_each(|c| sum[c] += l[c]);
                        n += 1.0;
                    }
                }
            }
            tiles.push((n > 0.0).then(|| sum.map(|v| v / n)));
        }
    }
    // The page's own paper: the brighter half of all tiles. A tile that is much denser is covered (solid ink, a dark border).
    let mut totals: Vec<f32> = tiles.iter().flatten().map(|t| t[0] + t[1] + t[2]).collect();
    let typical = quantile(&mut totals, 0.35).unwrap_or(0.0);
    for t in &mut tiles {
        if t.is_some_and(|v| v[0] + v[1] + v[2] > typical + 0.9) {
            *t = None;
        }
    }
    while tiles.iter().any(Option::is_none) {
        let before = tiles.clone();
        for j in 0..tiles_y {
            for i in 0..tiles_x {
                if before[j * tiles_x + i].is_some() {
                    continue;
                }
                let (mut sum, mut n) = ([0.0_f32; 4], 0.0_f32);
                for y in j.saturating_sub(1)..(j + 2).min(tiles_y) {
                    for x in i.saturating_sub(1)..(i + 2).min(tiles_x) {
                        if let Some(t) = before[y * tiles_x + x] {
                            (0..4).for_each(|c| sum[c] += t[c]);
                            n += 1.0;
                        }
                    }
                }
                tiles[j * tiles_x + i] = (n > 0.0).then(|| sum.map(|v| v / n));
            }
        }
        if tiles.iter().all(Option::is_none) {
            tiles.fill(Some([0.0; 4]));
        }
    }
    // Local solid ink that a tile took for paper shows as a dent: the median of 3 × 3, then a mean, smooths it out.
    let full: Vec<[f32; 4]> = tiles.into_iter().flatten().collect();
    let around = |src: &[[f32; 4]], i: usize, j: usize, pick: &dyn Fn(&mut Vec<f32>) -> f32| -> [f32; 4] {
        std::array::from_fn(|c| {
            let mut v: Vec<f32> = Vec::with_capacity(9);
            for y in j.saturating_sub(1)..(j + 2).min(tiles_y) {
                for x in i.saturating_sub(1)..(i + 2).min(tiles_x) {
                    v.push(src[y * tiles_x + x][c]);
                }
            }
            pick(&mut v)
        })
    };
    let pass = |src: &[[f32; 4]], pick: &dyn Fn(&mut Vec<f32>) -> f32| -> Vec<[f32; 4]> {
        (0..tiles_x * tiles_y).map(|k| around(src, k % tiles_x, k / tiles_x, pick)).collect()
    };
    let median = pass(&full, &|v| quantile(v, 0.35).unwrap_or(0.0));
    let od = pass(&median, &|v| v.iter().sum::<f32>() / v.len() as f32);
    Paper { tiles_x, tiles_y, tile_px: TILE_CELLS as f32 * cell_px, od }
}
