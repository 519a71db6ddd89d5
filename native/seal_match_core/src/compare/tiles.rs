//! Dense comparison on the reference's grid: what is missing, what is extra, and where both meet.
//!
//! Extra ink where the die has none weighs far more than missing ink (Horiuchi, ICDAR 2001), and ink that is missing in one place
//! and extra beside it is another glyph, not a weak press. Everything is summed into tiles of 0.5 mm before it is smoothed.

use crate::compare::displacement::{OCCLUDED, Smooth};
use crate::filter::{blur, dilate, gradient};
use crate::geometry::Pose;
use crate::ink::InkWindow;
use crate::plane::{Field, places_above};
use crate::simd::tiles::{
    Band, Grid, OUTLINE_SUMS, Outlines, TILE_SUMS, Warp, beyond, level_columns, level_row, outline_columns, tile_columns,
    warp_row,
};
use crate::template::{PX_PER_MM, Reference, SOFT_SIGMA, stroke_level};

/// Pixels of the reference's grid in a tile's side.
pub const TILE_PX: usize = 4;

/// The moving image on the reference's grid, and what differs.
pub struct Tiles {
    /// Moving ink, one where strokes are as strong as the seal's own level.
    pub aligned: Field,
    /// One where black covers the moving image or it ends.
    pub covered: Field,
    /// Extra ink at each pixel, 0 to 1.
    pub extra: Field,
    /// Missing ink at each pixel, 0 to 1.
    pub missing: Field,
    /// Tile maps.
    pub maps: TileMaps,
    /// Stroke density of the moving image.
    pub level: f32,
}

/// One value a tile.
pub struct TileMaps {
    /// Correlation of reference and moving at σ 0.6 mm; NaN where it says nothing.
    pub ncc_fine: Field,
    /// Correlation at σ 1.3 mm; NaN where it says nothing.
    pub ncc_coarse: Field,
    /// Correlation of gradient vectors at σ 0.7 mm, the best of five shifts of up to one sample; NaN where it says nothing.
    pub outline: Field,
    /// Share of the reference's strokes that are inked, σ 1.3 mm.
    pub presence: Field,
    /// Extra ink that is not part of something bigger, σ 0.6 mm.
    pub extra: Field,
    /// Missing ink, σ 0.6 mm.
    pub missing: Field,
    /// Extra and missing together, σ 0.6 mm.
    pub swapped: Field,
    /// Extra ink as a share of the moving ink there, times missing as a share of the reference's, σ 1 mm.
    pub replaced: Field,
    /// Extra ink in mm², foreign excluded.
    pub extra_mm2: f32,
    /// The largest connected patch of extra ink in mm², foreign excluded.
    pub extra_patch_mm2: f32,
    /// The largest connected patch of missing ink in mm² amid strokes that are inked.
    pub missing_patch_mm2: f32,
    /// Share of a tile inside the seal and uncovered, unsmoothed.
    pub valid: Field,
    /// One where a difference counts: mostly inside the seal, uncovered, and no ink that runs out of the seal; zero elsewhere.
    pub scope: Field,
    /// Extra ink that runs out of the seal: another seal, a form line.
    pub foreign_share: f32,
}

/// Compares an aligned window with the reference. `gain_mm` is the mean ink gain.
pub fn compare(reference: &Reference, window: &InkWindow, pose: &Pose, smooth: &Smooth, gain_mm: f32) -> Option<Tiles> {
    let (w, h) = (reference.ink.width, reference.ink.height);
    let mm = pose.px_per_mm();
    // Half a sample of blur, as the reference had when it was resampled.
    let soft = blur(&window.ink, 0.4 * mm / PX_PER_MM);
    let warp = Warp {
        ink: &soft.data,
        dark: &window.dark.data,
        width: soft.width,
        height: soft.height,
        pose: *pose,
        origin: [window.x0 as f32, window.y0 as f32],
        displacement: [smooth.coefficients[0], smooth.coefficients[1]],
        radius_mm: smooth.radius_mm(),
        px_per_mm: PX_PER_MM,
        centre: (w - 1) as f32 / 2.0,
        limit: OCCLUDED,
    };
    let [mut aligned, covered] = Field::two_by_rows(w, h, |y, ink, covered| {
        let v_mm = (y as f32 - (h - 1) as f32 / 2.0) / PX_PER_MM;
        warp_row(&warp, v_mm, ink, covered);
    });
    let covered = dilate(&covered, 1);
    let strokes = places_above(&reference.ink.data, 0.6).into_iter().filter(|&i| covered.data[i] == 0.0);
    let on_strokes: Vec<f32> = strokes.map(|i| aligned.data[i]).collect();
    let level = stroke_level(&on_strokes)?.max(0.03);
    aligned.data.iter_mut().for_each(|v| {
        let share = *v / level;
        *v = if share < 1.4 { share } else { 1.4 };
    });
    let flat = flatten(reference, &aligned, &covered);
    let moving = blur(&flat, SOFT_SIGMA);
    let (extra, missing) = differences(reference, &moving, gain_mm);
    let maps = summarise(reference, &moving, &covered, &extra, &missing);
    Some(Tiles { aligned, covered, extra, missing, maps, level })
}

/// Divides out the slow change of pressure: strokes of the moving image become as strong as the reference's, within a factor of two.
fn flatten(reference: &Reference, aligned: &Field, covered: &Field) -> Field {
    const STEP: usize = 8;
    let (w, h) = (aligned.width, aligned.height);
    let (bw, bh) = (w.div_ceil(STEP), h.div_ceil(STEP));
    let (mut a, mut b) = (Field::zeros(bw, bh), Field::zeros(bw, bh));
    let mut sums = vec![0.0; 2 * w];
    for j in 0..bh {
        let band = Band { first: j * STEP, rows: STEP.min(h - j * STEP), width: w };
        level_columns(band, &reference.ink.data, &aligned.data, &covered.data, &mut sums);
        for (out, columns) in [&mut a, &mut b].into_iter().zip(sums.chunks(w)) {
            out.row_mut(j).iter_mut().zip(columns.chunks(STEP)).for_each(|(d, c)| *d = c.iter().sum());
        }
    }
    if bw < 2 || bh < 2 {
        return aligned.clone();
    }
    let (a, b) = (blur(&a, 2.5), blur(&b, 2.5));
    let mut ratio = Field::zeros(bw, bh);
    for i in 0..bw * bh {
        // Two units of prior: where nothing is known the level is the seal's own.
        ratio.data[i] = ((a.data[i] + 2.0) / (b.data[i] + 2.0)).clamp(0.5, 1.5);
    }
    // Between the blocks' centres the ratio is bilinear: first along each row of blocks, then between two of them.
    let place = |p: usize, n: usize| {
        let t = (((p as f32 + 0.5) / STEP as f32) - 0.5).clamp(0.0, (n - 1) as f32 - 1e-3);
        (t as usize, t - (t as usize) as f32)
    };
    let mut wide = Field::zeros(w, bh);
    for j in 0..bh {
        let row = ratio.row(j);
        for (x, v) in wide.row_mut(j).iter_mut().enumerate() {
            let (i, ax) = place(x, bw);
            *v = row[i] + ax * (row[i + 1] - row[i]);
        }
    }
    Field::by_rows(w, h, |y, row| {
        let (j, ay) = place(y, bh);
        level_row(row, aligned.row(y), wide.row(j), wide.row(j + 1), ay, 1.4);
    })
}

/// Extra and missing ink beyond what ink gain and half a pixel of misfit explain; `moving` is softened like the reference.
fn differences(reference: &Reference, moving: &Field, gain_mm: f32) -> (Field, Field) {
    let grown = |mm: f32| ((0.14 + mm) * PX_PER_MM).round().clamp(1.0, 3.0) as usize;
    let over = |a: &Field, other: &Field, reach: usize| {
        let allowed = dilate(other, reach);
        Field::by_rows(a.width, a.height, |y, row| beyond(row, a.row(y), allowed.row(y)))
    };
    (over(moving, &reference.soft, grown(gain_mm)), over(&reference.soft, moving, grown(-gain_mm)))
}

/// Sums over tiles: `columns` gives `N` rows of sums down the columns of a band, this adds the columns of each tile.
fn tile_sums<const N: usize>(w: usize, h: usize, columns: impl Fn(Band, &mut [f32])) -> [Field; N] {
    let (tw, th) = (w.div_ceil(TILE_PX), h.div_ceil(TILE_PX));
    let mut out: [Field; N] = std::array::from_fn(|_| Field::zeros(tw, th));
    let mut sums = vec![0.0; N * w];
    for j in 0..th {
        columns(Band { first: j * TILE_PX, rows: TILE_PX.min(h - j * TILE_PX), width: w }, &mut sums);
        for (out, columns) in out.iter_mut().zip(sums.chunks(w)) {
            let row = out.row_mut(j);
            let whole = columns.chunks_exact(TILE_PX);
            if let Some(last) = row.last_mut() {
                *last = whole.remainder().iter().sum();
            }
            row.iter_mut().zip(whole).for_each(|(d, c)| *d = (c[0] + c[1]) + (c[2] + c[3]));
        }
    }
    out
}

fn summarise(reference: &Reference, moving: &Field, covered: &Field, extra: &Field, missing: &Field) -> TileMaps {
    let (w, h) = (moving.width, moving.height);
    let full = (TILE_PX * TILE_PX) as f32;
    let grid = Grid {
        ink: &reference.ink.data,
        reference: &reference.soft.data,
        moving: &moving.data,
        support: &reference.support.data,
        covered: &covered.data,
        extra: &extra.data,
        missing: &missing.data,
    };
    let sums = tile_sums::<TILE_SUMS>(w, h, |band, sums| tile_columns(band, &grid, sums));
    let [st, sm, stt, smm, stm, count, stroke, inked, mut own_extra, raw_missing, raw_extra] = sums;
    let foreign = foreign_tiles(reference, &raw_extra);
    own_extra.data.iter_mut().zip(&foreign).for_each(|(e, &f)| *e *= if f { 0.0 } else { 1.0 });
    let ncc = |sigma: f32, least: f32| {
        let b = |f: &Field| blur(f, sigma);
        let (n, st, sm, stt, smm, stm) = (b(&count), b(&st), b(&sm), b(&stt), b(&smm), b(&stm));
        let mut out = Field::zeros(n.width, n.height);
        for i in 0..n.data.len() {
            let k = n.data[i];
            let (a, c) = (st.data[i] / k.max(1e-3), sm.data[i] / k.max(1e-3));
            let (va, vc) = (stt.data[i] / k.max(1e-3) - a * a, smm.data[i] / k.max(1e-3) - c * c);
            let cov = stm.data[i] / k.max(1e-3) - a * c;
            let says = k > 0.4 * full && va > least && vc > 0.35 * least;
            out.data[i] = if says { cov / (va * vc).sqrt() } else { f32::NAN };
        }
        out
    };
    let outline = outline_correlation(reference, moving, covered);
    let smooth = |f: &Field, sigma: f32| blur(f, sigma);
    let ratio = |a: &Field, b: &Field, prior: f32| {
        let mut out = a.clone();
        out.data.iter_mut().zip(&b.data).for_each(|(a, b)| *a /= b + prior);
        out
    };
    let presence = ratio(&smooth(&inked, 2.6), &smooth(&stroke, 2.6), 0.3);
    let area = smooth(&count, 1.2);
    let extra_map = ratio(&smooth(&own_extra, 1.2), &area, 0.25 * full);
    let missing_map = ratio(&smooth(&raw_missing, 1.2), &area, 0.25 * full);
    let mut swapped = extra_map.clone();
    swapped.data.iter_mut().zip(&missing_map.data).for_each(|(e, m)| *e = (*e * *m).sqrt());
    let replaced = {
        let (e, m) = (smooth(&own_extra, 2.0), smooth(&raw_missing, 2.0));
        let (sm, st) = (smooth(&sm, 2.0), smooth(&st, 2.0));
        let mut out = e.clone();
        for i in 0..out.data.len() {
            let share = |part: f32, whole: f32| (part / (whole + 0.06 * full)).min(1.0);
            out.data[i] = share(e.data[i], sm.data[i]) * share(m.data[i], st.data[i]);
        }
        out
    };
    let tile_mm2 = (TILE_PX as f32 / crate::template::PX_PER_MM).powi(2);
    let missing_amid: Vec<f32> = raw_missing.data.iter().zip(&presence.data).map(|(m, p)| m * p.clamp(0.0, 1.0)).collect();
    let patch = |v: &[f32]| largest_patch(v, count.width, 2.0) / full * tile_mm2;
    let (extra_patch_mm2, missing_patch_mm2) = (patch(&own_extra.data), patch(&missing_amid));
    let extra_mm2 = own_extra.data.iter().sum::<f32>() / full * tile_mm2;
    let total: f32 = raw_extra.data.iter().sum();
    let foreign_total: f32 = raw_extra.data.iter().zip(&foreign).map(|(e, &f)| if f { *e } else { 0.0 }).sum();
    let mut valid = count.clone();
    valid.data.iter_mut().for_each(|v| *v /= full);
    let mut scope = valid.clone();
    scope.data.iter_mut().zip(&foreign).for_each(|(v, foreign)| *v = f32::from(*v > 0.4 && !foreign));
    TileMaps {
        ncc_fine: ncc(1.2, 0.02),
        ncc_coarse: ncc(2.6, 0.02),
        outline,
        presence,
        extra: extra_map,
        missing: missing_map,
        swapped,
        replaced,
        extra_mm2,
        extra_patch_mm2,
        missing_patch_mm2,
        valid,
        scope,
        foreign_share: foreign_total / (total + 20.0),
    }
}

/// Local correlation of the two outlines: thin strokes count as much as thick ones, slow changes of ink not at all.
///
/// A digit of a small code is a fraction of a millimetre thick; what extra and missing ink must forgive (gain, half a pixel)
/// would forgive the whole digit. Each tile takes the best of five shifts, so that a press's local shift is no difference.
fn outline_correlation(reference: &Reference, moving: &Field, covered: &Field) -> Field {
    const SIGMA: f32 = 1.4;
    let [tx, ty] = &reference.soft_gradient;
    let [mx, my] = gradient(moving);
    let outlines = Outlines {
        reference: [&tx.data, &ty.data],
        moving: [&mx.data, &my.data],
        support: &reference.support.data,
        covered: &covered.data,
    };
    let (w, h) = (moving.width, moving.height);
    let sums = tile_sums::<OUTLINE_SUMS>(w, h, |mut band, sums| {
        // The outermost rows have no gradient.
        let end = (band.first + band.rows).min(h - 1);
        band.first = band.first.max(1);
        band.rows = end.saturating_sub(band.first);
        outline_columns(band, &outlines, sums);
    });
    let [stt, smm, shifted @ ..] = sums.map(|s| blur(&s, SIGMA));
    let mut best = Field::zeros(stt.width, stt.height);
    best.data.fill(-1.0);
    for stm in &shifted {
        for i in 0..best.data.len() {
            best.data[i] = best.data[i].max(stm.data[i] / (stt.data[i] * smm.data[i]).sqrt().max(1e-6));
        }
    }
    for i in 0..best.data.len() {
        // A weak outline in either image says that ink is missing, not that it is another's.
        if stt.data[i] < 0.05 || smm.data[i] < 0.25 * stt.data[i] {
            best.data[i] = f32::NAN;
        }
    }
    best
}

/// Sum over the heaviest 8-connected patch of tiles above `least`.
fn largest_patch(tiles: &[f32], width: usize, least: f32) -> f32 {
    let height = tiles.len() / width;
    let mut seen = vec![false; tiles.len()];
    let mut stack = Vec::new();
    let mut best = 0.0_f32;
    for start in 0..tiles.len() {
        if seen[start] || tiles[start] <= least {
            continue;
        }
        seen[start] = true;
        stack.push(start);
        let mut sum = 0.0;
        while let Some(k) = stack.pop() {
            sum += tiles[k];
            let (i, j) = (k % width, k / width);
            for y in j.saturating_sub(1)..(j + 2).min(height) {
                for x in i.saturating_sub(1)..(i + 2).min(width) {
                    let n = y * width + x;
                    if !seen[n] && tiles[n] > least {
                        seen[n] = true;
                        stack.push(n);
                    }
                }
            }
        }
        best = best.max(sum);
    }
    best
}

/// Tiles of extra ink that hang together with extra ink beyond the seal's outline.
fn foreign_tiles(reference: &Reference, extra: &Field) -> Vec<bool> {
    let (tw, th) = (extra.width, extra.height);
    let strong: Vec<bool> = extra.data.iter().map(|&v| v > 1.2).collect();
    let mut foreign = vec![false; tw * th];
    let mut stack = Vec::new();
    for j in 0..th {
        for i in 0..tw {
            let (x, y) =
                ((i * TILE_PX + 1).min(reference.support.width - 1), (j * TILE_PX + 1).min(reference.support.height - 1));
            let k = j * tw + i;
            if strong[k] && reference.support.at(x, y) == 0.0 {
                foreign[k] = true;
                stack.push(k);
            }
        }
    }
    while let Some(k) = stack.pop() {
        let (i, j) = (k % tw, k / tw);
        for y in j.saturating_sub(1)..(j + 2).min(th) {
            for x in i.saturating_sub(1)..(i + 2).min(tw) {
                let n = y * tw + x;
                if strong[n] && !foreign[n] {
                    foreign[n] = true;
                    stack.push(n);
                }
            }
        }
    }
    foreign
}
