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
use crate::paper::{Paper, estimate_paper};
use crate::plane::{Field, Plane, Scan, ScanKind, places_above, quantile};
use crate::simd::ink::{
    ChromaRow, Columns, Direction, add_rows, cell_logs, cover_row, density, hue_sizes, luma_row, split_cells, split_row, tint_row,
};

/// Side of a survey cell in millimetres.
pub const CELL_MM: f32 = 0.4;
/// Pixels over which the paper is taken to be straight.
const PAPER_STEP: usize = 16;

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

    /// The ink prepared for splitting density triples into ink and black.
    fn direction(v: &[f32; 3]) -> Direction {
        let mean = (v[0] + v[1] + v[2]) / 3.0;
        let colour = [v[0] - mean, v[1] - mean, v[2] - mean];
        Direction { mean, colour, norm: colour[0] * colour[0] + colour[1] * colour[1] + colour[2] * colour[2] }
    }

    /// Whether seals are stamped with it: in red, purple, blue or black, not in green, yellow or brown.
    pub fn of_seals(&self) -> bool {
        self.hue_deg().is_none_or(|hue| !(-115.0..30.0).contains(&hue))
    }

    /// Luma density of one unit of ink.
    fn luma_density(v: &[f32; 3]) -> f32 {
        -(0.299 * (-v[0]).exp() + 0.587 * (-v[1]).exp() + 0.114 * (-v[2]).exp()).ln()
    }
}

/// How far a cell's hue may lie from its ink's, in degrees.
const OWN_HUE_DEG: f32 = 50.0;

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
}

/// A scan seen from afar: densities of cells of [`CELL_MM`], and its paper.
pub struct Survey {
    /// Cells across.
    pub width: usize,
    /// Cells down.
    pub height: usize,
    /// Pixels in a cell's side.
    pub cell_px: f32,
    /// Density of R, G and B of every cell.
    rgb: Option<[Vec<f32>; 3]>,
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
        let logs: [Vec<f32>; 4] = if let Some([cb, cr]) = scan.chroma() {
            let [sx, sy] = scan.chroma_shift().map(|s| (1u32 << s) as f32);
            let cell = [cell_px / sx, cell_px / sy];
            let (cb, cr) = (area_mean(&cb, cell, width, height), area_mean(&cr, cell, width, height));
            let logs = Field::several_by_rows(width, height, |j, rows| cell_logs(rows, y.row(j), cb.row(j), cr.row(j), &log.0));
            logs.map(|field| field.data)
        } else {
            let dark: Vec<f32> = y.data.iter().map(|&v| log.0[(v + 0.5).clamp(0.0, 255.0) as usize]).collect();
            [dark.clone(), dark.clone(), dark.clone(), dark]
        };
        let paper = estimate_paper(&logs, width, height, cell_px);
        let middle = |i: usize| (i as f32 + 0.5) * cell_px - 0.5;
        let columns = paper.columns((0..width).map(middle));
        // Luma never lies above the paper; a colour may.
        let densities = |channel: usize, floor: f32| {
            Field::by_rows(width, height, |j, row| {
                let (top, bottom, part) = columns.around(channel, middle(j));
                density(row, &logs[channel][j * width..(j + 1) * width], top, bottom, part, floor);
            })
        };
        let luma_od = densities(3, 0.0);
        let rgb = (scan.kind() == ScanKind::Colour).then(|| [0, 1, 2].map(|c| densities(c, f32::NEG_INFINITY).data));
        Self { width, height, cell_px, rgb, luma: luma_od, paper, log }
    }

    /// Seal ink and black density of every cell.
    pub fn ink_map(&self, ink: &Ink) -> (Field, Field) {
        let mut dark = Field::zeros(self.width, self.height);
        let (Ink::Hue(v), Some(rgb)) = (ink, &self.rgb) else {
            return (self.luma.clone(), dark);
        };
        let mut a = Field::zeros(self.width, self.height);
        split_cells(&mut a.data, &mut dark.data, rgb.each_ref().map(Vec::as_slice), &Ink::direction(v));
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
        for ((&r, &g), &b) in rgb[0].iter().zip(&rgb[1]).zip(&rgb[2]) {
            if let Some((angle, size)) = strong(&[r, g, b]) {
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

    /// Takes cells of quite another colour out of an ink's map: green print is dense in the map of blue ink, too.
    pub fn keep_hue(&self, map: &mut Field, ink: &Ink) {
        let (Some(angle), Some(rgb)) = (ink.hue_deg(), &self.rgb) else { return };
        let (sin, cos) = angle.to_radians().sin_cos();
        let mut others = vec![0.0; map.data.len()];
        hue_sizes(&mut others, rgb.each_ref().map(Vec::as_slice), [-cos, -sin], -OWN_HUE_DEG.to_radians().cos());
        map.data.iter_mut().zip(others).for_each(|(v, other)| *v *= f32::from(other == 0.0));
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
        let (sin, cos) = angle.to_radians().sin_cos();
        let mut near = vec![0.0; self.width * self.height];
        hue_sizes(&mut near, rgb.each_ref().map(Vec::as_slice), [cos, sin], tolerance.to_radians().cos());
        // The strongest fifth is stroke rather than tint.
        let cells = places_above(&near, 0.0);
        let mut sizes: Vec<f32> = cells.iter().map(|&i| near[i]).collect();
        let floor = quantile(&mut sizes, 0.8)?.min(0.5);
        for i in cells.into_iter().filter(|&i| near[i] >= floor) {
            let od = [rgb[0][i], rgb[1][i], rgb[2][i]];
            let low = od[0].min(od[1]).min(od[2]);
            // Cells under black print would teach the ink to be grey.
            let high = od[0].max(od[1]).max(od[2]);
            if low < 0.6 * high {
                (0..3).for_each(|c| sum[c] += od[c].max(0.0));
                count += 1;
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
        if w == 0 || h == 0 {
            return InkWindow { x0, y0, ink: Field::zeros(w, h), dark: Field::zeros(w, h) };
        }
        let split = match (ink, scan.chroma()) {
            (Ink::Hue(v), Some(chroma)) => Some(self.split_chroma(scan, v, chroma, [x0, y0], [w, h])),
            _ => None,
        };
        // The paper along a row is straight between every sixteenth pixel.
        let nodes = self.paper.columns((0..=w.div_ceil(PAPER_STEP)).map(|i| (x0 + i * PAPER_STEP) as f32));
        let steps: [f32; PAPER_STEP] = std::array::from_fn(|i| i as f32);
        let (mut node_row, mut paper_row) = (Vec::new(), vec![0.0_f32; w.next_multiple_of(PAPER_STEP)]);
        let mut density = vec![0.0_f32; w];
        let mut lines = [Vec::new(), Vec::new()];
        let [ink, dark] = Field::two_by_rows(w, h, |y, ink, dark| {
            nodes.row(3, (y0 + y) as f32, &mut node_row);
            for (part, ends) in paper_row.as_chunks_mut::<PAPER_STEP>().0.iter_mut().zip(node_row.windows(2)) {
                let slope = (ends[1] - ends[0]) / PAPER_STEP as f32;
                part.iter_mut().zip(steps).for_each(|(v, i)| *v = ends[0] + slope * i);
            }
            let src = &luma.row(y0 + y)[x0..x1];
            if let Some(split) = &split {
                luma_row(&mut density, src, &paper_row[..w], &self.log.0);
                split.lines(y0 + y, &mut lines);
                let [share, black] = &lines;
                tint_row(ink, dark, &density, share, black, &split.columns);
            } else {
                luma_row(ink, src, &paper_row[..w], &self.log.0);
            }
        });
        InkWindow { x0, y0, ink, dark }
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
        let luma = scan.luma();
        let (bx, by) = (1usize << sx, 1usize << sy);
        // Paper changes slowly: eight samples share its density at their middle.
        let nodes = self.paper.columns((0..w.div_ceil(8)).map(|i| ((c0 + 8 * i) * bx) as f32 + 4.0 * bx as f32));
        let mut node_row = Vec::new();
        let mut paper = [(); 3].map(|()| vec![0.0; w]);
        let mut means = vec![0.0; w];
        let [ink, black] = Field::two_by_rows(w, h, |j, ink, black| {
            let ys = (r0 + j) * by;
            for (c, row) in paper.iter_mut().enumerate() {
                nodes.row(c, ys as f32, &mut node_row);
                row.chunks_mut(8).zip(&node_row).for_each(|(part, &v)| part.fill(v));
            }
            block_means(&mut means, &luma, [c0 * bx, ys], [bx, by]);
            let row = ChromaRow {
                luma: &means,
                cb: &chroma[0].row(r0 + j)[c0..c1],
                cr: &chroma[1].row(r0 + j)[c0..c1],
                paper: paper.each_ref().map(Vec::as_slice),
                direction: Ink::direction(v),
                per_ink: Ink::luma_density(v),
            };
            split_row(ink, black, &row, &self.log.0);
        });
        let mut columns = vec![0.0; w + 2];
        let [share, dark] = Field::two_by_rows(w, h, |j, share, dark| {
            let rows = [j.saturating_sub(1), j, (j + 1).min(h - 1)].map(|k| black.row(k));
            add_rows(&mut columns[1..=w], rows);
            (columns[0], columns[w + 1]) = (columns[1], columns[w]);
            cover_row(share, dark, ink.row(j), black.row(j), &columns);
        });
        let columns = Columns::new((p0[0]..p0[0] + size[0]).map(|x| ChromaSplit::place(x, sx, c0, w)));
        ChromaSplit { r0, shift: [sx, sy], share, dark, columns }
    }
}

/// Mean luma of the blocks of `size` pixels from `corner` on, cut at the plane's edges.
fn block_means(out: &mut [f32], luma: &Plane<'_>, corner: [usize; 2], size: [usize; 2]) {
    let rows = corner[1]..(corner[1] + size[1]).min(luma.height());
    if size == [2, 2] && rows.len() == 2 && corner[0] + 2 * out.len() <= luma.width() {
        let [a, b] = [0, 1].map(|k| luma.row(rows.start + k)[corner[0]..].chunks_exact(2));
        for (d, (a, b)) in out.iter_mut().zip(a.zip(b)) {
            let sum = u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]);
            *d = f32::from(sum) / 4.0;
        }
        return;
    }
    for (i, d) in out.iter_mut().enumerate() {
        let from = corner[0] + i * size[0];
        let to = (from + size[0]).min(luma.width());
        let sum: u32 = rows.clone().flat_map(|y| &luma.row(y)[from..to]).map(|&b| u32::from(b)).sum();
        *d = sum as f32 / (rows.len() * (to - from)) as f32;
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
    columns: Columns,
}

impl ChromaSplit {
    /// The sample before pixel `p`, and how far it lies towards the next.
    fn place(p: usize, shift: u32, first: usize, n: usize) -> (i32, f32) {
        let scale = (1u32 << shift) as f32;
        let t = ((p as f32 + 0.5) / scale - 0.5 - first as f32).clamp(0.0, (n - 1) as f32);
        let i = (t as usize).min(n.saturating_sub(2));
        (i as i32, t - i as f32)
    }

    /// Share and black density at pixel row `y`, with one number more than there are samples.
    fn lines(&self, y: usize, lines: &mut [Vec<f32>; 2]) {
        let (j, ay) = Self::place(y, self.shift[1], self.r0, self.share.height);
        let next = (j as usize + 1).min(self.share.height - 1);
        for (line, source) in lines.iter_mut().zip([&self.share, &self.dark]) {
            let (a, b) = (source.row(j as usize), source.row(next));
            line.clear();
            line.extend(a.iter().zip(b).map(|(a, b)| a + ay * (b - a)));
            line.push(line[a.len() - 1]);
        }
    }
}
