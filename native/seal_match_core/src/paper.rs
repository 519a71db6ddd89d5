//! The unprinted paper: a smooth density on a 6 mm grid, against which all ink is measured.

use crate::plane::{quantile, quantile_pair};

const TILE_CELLS: usize = 15;

/// Smooth density of the unprinted paper: −ln of R, G, B, Y on a coarse grid.
pub struct Paper {
    tiles_x: usize,
    tiles_y: usize,
    tile_px: f32,
    od: Vec<[f32; 4]>,
}

/// The paper at chosen columns: bilinear, the step between columns done once for all rows.
pub struct PaperColumns<'a> {
    paper: &'a Paper,
    count: usize,
    /// Channel by channel, row of tiles by row of tiles, column by column.
    od: Vec<f32>,
}

impl Paper {
    /// Where pixel `p` lies among `n` tiles: the tile before, the one after, and how far it lies towards that.
    fn place(&self, p: f32, n: usize) -> (usize, usize, f32) {
        let t = ((p + 0.5) / self.tile_px - 0.5).clamp(0.0, (n - 1) as f32);
        let i = (t as usize).min(n.saturating_sub(2));
        (i, (i + 1).min(n - 1), t - i as f32)
    }

    /// Prepares the columns at these pixels.
    pub fn columns(&self, at: impl Iterator<Item = f32>) -> PaperColumns<'_> {
        let places: Vec<(usize, usize, f32)> = at.map(|x| self.place(x, self.tiles_x)).collect();
        let mut od = Vec::with_capacity(4 * self.tiles_y * places.len());
        for c in 0..4 {
            for tiles in self.od.chunks(self.tiles_x) {
                od.extend(places.iter().map(|&(i, next, part)| tiles[i][c] + part * (tiles[next][c] - tiles[i][c])));
            }
        }
        PaperColumns { paper: self, count: places.len(), od }
    }
}

impl PaperColumns<'_> {
    /// The columns of one channel (R, G, B, Y) in the rows of tiles above and below pixel row `y`, and how far it lies towards the
    /// lower.
    pub fn around(&self, channel: usize, y: f32) -> (&[f32], &[f32], f32) {
        let (top, bottom, part) = self.paper.place(y, self.paper.tiles_y);
        let row = |j: usize| &self.od[(channel * self.paper.tiles_y + j) * self.count..][..self.count];
        (row(top), row(bottom), part)
    }

    /// The columns of one channel at pixel row `y`.
    pub fn row(&self, channel: usize, y: f32, out: &mut Vec<f32>) {
        let (top, bottom, part) = self.around(channel, y);
        out.clear();
        out.extend(top.iter().zip(bottom).map(|(t, b)| t + part * (b - t)));
    }
}

/// Paper density from −ln of R, G, B, Y of cells: per tile the mean of its brighter third, tiles that hold no paper filled from their neighbours, smoothed.
pub fn estimate_paper(logs: &[Vec<f32>; 4], width: usize, height: usize, cell_px: f32) -> Paper {
    let (tiles_x, tiles_y) = (width.div_ceil(TILE_CELLS).max(1), height.div_ceil(TILE_CELLS).max(1));
    let mut tiles: Vec<Option<[f32; 4]>> = Vec::with_capacity(tiles_x * tiles_y);
    let mut order: Vec<f32> = Vec::with_capacity(TILE_CELLS * TILE_CELLS);
    for j in 0..tiles_y {
        for i in 0..tiles_x {
            let (xs, ys) = (i * TILE_CELLS, j * TILE_CELLS);
            let (xe, ye) = ((xs + TILE_CELLS).min(width), (ys + TILE_CELLS).min(height));
            let (low, high) = {
                order.clear();
                for y in ys..ye {
                    let row = y * width + xs..y * width + xe;
                    let [r, g, b, _] = logs.each_ref().map(|l| &l[row.clone()]);
                    order.extend(r.iter().zip(g).zip(b).map(|((r, g), b)| r + g + b));
                }
                // Specks of glare or page edge are brighter than paper: the lowest 5 % do not count.
                quantile_pair(&order, 0.05, 0.40).unwrap_or_default()
            };
            let (mut sum, mut n) = ([0.0_f32; 4], 0.0_f32);
            for (y, row) in (ys..ye).zip(order.chunks(xe - xs)) {
                let [r, g, b, luma] = logs.each_ref().map(|l| &l[y * width + xs..y * width + xe]);
                for ((((&s, r), g), b), luma) in row.iter().zip(r).zip(g).zip(b).zip(luma) {
                    // What does not count is added as nothing: no branch to mispredict.
                    let counts = f32::from(s >= low && s <= high);
                    [r, g, b, luma].iter().zip(&mut sum).for_each(|(v, sum)| *sum += counts * **v);
                    n += counts;
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
    let pass = |src: &[[f32; 4]], pick: fn(&mut [f32]) -> f32| -> Vec<[f32; 4]> {
        let around = |k: usize, c: usize| {
            let (i, j) = (k % tiles_x, k / tiles_x);
            let (mut near, mut n) = ([0.0; 9], 0);
            for y in j.saturating_sub(1)..(j + 2).min(tiles_y) {
                for x in i.saturating_sub(1)..(i + 2).min(tiles_x) {
                    near[n] = src[y * tiles_x + x][c];
                    n += 1;
                }
            }
            pick(&mut near[..n])
        };
        (0..tiles_x * tiles_y).map(|k| std::array::from_fn(|c| around(k, c))).collect()
    };
    let median = pass(&full, |v| quantile(v, 0.35).unwrap_or(0.0));
    let od = pass(&median, |v| v.iter().sum::<f32>() / v.len() as f32);
    Paper { tiles_x, tiles_y, tile_px: TILE_CELLS as f32 * cell_px, od }
}
