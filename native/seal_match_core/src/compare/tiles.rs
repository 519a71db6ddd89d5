//! Dense comparison on the reference's grid: what is missing, what is extra, and where both meet.
//!
//! Extra ink where the die has none weighs far more than missing ink (Horiuchi, ICDAR 2001), and ink that is missing in one place
//! and extra beside it is another glyph, not a weak press. Everything is summed into tiles of 0.5 mm before it is smoothed.

use crate::compare::displacement::{OCCLUDED, Smooth};
use crate::filter::{blur, dilate, gradient};
use crate::geometry::Pose;
use crate::ink::InkWindow;
use crate::plane::Field;
use crate::template::{PX_PER_MM, Reference, stroke_level};

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
    let mut aligned = Field::zeros(w, h);
    let mut covered = Field::zeros(w, h);
    let (cx, cy) = ((w - 1) as f32 / 2.0, (h - 1) as f32 / 2.0);
    let (ox, oy) = (window.x0 as f32, window.y0 as f32);
    for y in 0..h {
        let v = (y as f32 - cy) / PX_PER_MM;
        for x in 0..w {
            let u = (x as f32 - cx) / PX_PER_MM;
            let d = smooth.displacement(u, v);
            let p = pose.map(u + d[0], v + d[1]);
            let (px, py) = (p[0] - ox, p[1] - oy);
            let inside = px >= 0.0 && py >= 0.0 && px + 1.0 < soft.width as f32 && py + 1.0 < soft.height as f32;
            let i = y * w + x;
            aligned.data[i] = soft.sample(px, py);
            covered.data[i] = f32::from(!inside || window.dark.sample(px, py) > OCCLUDED);
        }
    }
    let covered = dilate(&covered, 2);
    let mut on_strokes = Field::zeros(w, h);
    for i in 0..w * h {
        let stroke = reference.ink.data[i] > 0.6 && covered.data[i] == 0.0;
        on_strokes.data[i] = if stroke { aligned.data[i] } else { 0.0 };
    }
    let level = stroke_level(&on_strokes)?.max(0.03);
    aligned.data.iter_mut().for_each(|v| *v = (*v / level).min(1.4));
    let flat = flatten(reference, &aligned, &covered);
    let (extra, missing) = differences(reference, &flat, gain_mm);
    let maps = summarise(reference, &flat, &covered, &extra, &missing);
    Some(Tiles { aligned, covered, extra, missing, maps, level })
}

/// Divides out the slow change of pressure: strokes of the moving image become as strong as the reference's, within a factor of two.
fn flatten(reference: &Reference, aligned: &Field, covered: &Field) -> Field {
    const STEP: usize = 8;
    let (w, h) = (aligned.width, aligned.height);
    let (bw, bh) = (w.div_ceil(STEP), h.div_ceil(STEP));
    let (mut a, mut b) = (Field::zeros(bw, bh), Field::zeros(bw, bh));
    for y in 0..h {
        for x in 0..w {
            let i = y * w + x;
            let t = reference.ink.data[i];
            if t > 0.4 && covered.data[i] == 0.0 {
                let k = (y / STEP) * bw + x / STEP;
                a.data[k] += t * aligned.data[i];
                b.data[k] += t * t;
            }
        }
    }
    let (a, b) = (blur(&a, 2.5), blur(&b, 2.5));
    let mut ratio = Field::zeros(bw, bh);
    for i in 0..bw * bh {
        // Two units of prior: where nothing is known the level is the seal's own.
        ratio.data[i] = ((a.data[i] + 2.0) / (b.data[i] + 2.0)).clamp(0.5, 1.5);
    }
    let mut out = aligned.clone();
    for y in 0..h {
        for x in 0..w {
            let at = |p: usize, n: usize| (((p as f32 + 0.5) / STEP as f32) - 0.5).clamp(0.0, (n - 1) as f32 - 1e-3);
            let r = ratio.sample(at(x, bw), at(y, bh));
            let v = &mut out.data[y * w + x];
            *v = (*v / if r > 0.0 { r } else { 1.0 }).min(1.4);
        }
    }
    out
}

/// Extra and missing ink beyond what ink gain and half a pixel of misfit explain.
fn differences(reference: &Reference, moving: &Field, gain_mm: f32) -> (Field, Field) {
    let t = blur(&reference.ink, 0.8);
    let m = blur(moving, 0.8);
    let grown = |mm: f32| ((0.14 + mm) * PX_PER_MM).round().clamp(1.0, 3.0) as usize;
    let allowed = dilate(&t, grown(gain_mm));
    let found = dilate(&m, grown(-gain_mm));
    let (mut extra, mut missing) = (Field::zeros(t.width, t.height), Field::zeros(t.width, t.height));
    for i in 0..t.data.len() {
        extra.data[i] = ((m.data[i].min(1.0) - allowed.data[i] - 0.15) / 0.85).clamp(0.0, 1.0);
        missing.data[i] = ((t.data[i].min(1.0) - found.data[i] - 0.15) / 0.85).clamp(0.0, 1.0);
    }
    (extra, missing)
}

fn tile_sum(f: impl Fn(usize) -> f32, w: usize, h: usize) -> Field {
    let (tw, th) = (w.div_ceil(TILE_PX), h.div_ceil(TILE_PX));
    let mut out = Field::zeros(tw, th);
    for y in 0..h {
        let row = &mut out.data[(y / TILE_PX) * tw..(y / TILE_PX + 1) * tw];
        for x in 0..w {
            row[x / TILE_PX] += f(y * w + x);
        }
    }
    out
}

fn summarise(reference: &Reference, flat: &Field, covered: &Field, extra: &Field, missing: &Field) -> TileMaps {
    let (w, h) = (flat.width, flat.height);
    let t = blur(&reference.ink, 0.8);
    let m = blur(flat, 0.8);
    let full = (TILE_PX * TILE_PX) as f32;
    let mask: Vec<f32> = reference.support.data.iter().zip(&covered.data).map(|(s, c)| s * (1.0 - c)).collect();
    let sum = |f: &dyn Fn(usize) -> f32| tile_sum(|i| if mask[i] > 0.0 { f(i) } else { 0.0 }, w, h);
    let (st, sm) = (sum(&|i| t.data[i]), sum(&|i| m.data[i]));
    let (stt, smm, stm) = (sum(&|i| t.data[i] * t.data[i]), sum(&|i| m.data[i] * m.data[i]), sum(&|i| t.data[i] * m.data[i]));
    let count = sum(&|_| 1.0);
    let stroke = sum(&|i| f32::from(reference.ink.data[i] > 0.6));
    let inked = sum(&|i| if reference.ink.data[i] > 0.6 { m.data[i].min(1.0) } else { 0.0 });
    let raw_extra = tile_sum(|i| extra.data[i] * (1.0 - covered.data[i]), w, h);
    let foreign = foreign_tiles(reference, &raw_extra);
    let raw_missing = sum(&|i| missing.data[i]);
    let own_extra = {
        let mut e = sum(&|i| extra.data[i]);
        e.data.iter_mut().zip(&foreign).for_each(|(e, &f)| *e *= if f { 0.0 } else { 1.0 });
        e
    };
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
    let outline = outline_correlation(&reference.ink, flat, &mask);
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
fn outline_correlation(reference: &Field, moving: &Field, mask: &[f32]) -> Field {
    const SHIFTS: [(isize, isize); 5] = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)];
    const SIGMA: f32 = 1.4;
    let (w, h) = (reference.width, reference.height);
    let [tx, ty] = gradient(&blur(reference, 0.8));
    let [mx, my] = gradient(&blur(moving, 0.8));
    let size = |x: &Field, y: &Field| {
        let s = tile_sum(|i| if mask[i] > 0.0 { x.data[i] * x.data[i] + y.data[i] * y.data[i] } else { 0.0 }, w, h);
        blur(&s, SIGMA)
    };
    let (stt, smm) = (size(&tx, &ty), size(&mx, &my));
    let mut best = Field::zeros(stt.width, stt.height);
    best.data.fill(-1.0);
    for (dx, dy) in SHIFTS {
        let shift = dy * w as isize + dx;
        let product = |i: usize| {
            let j = i.wrapping_add_signed(shift);
            if mask[i] > 0.0 && j < w * h { tx.data[i] * mx.data[j] + ty.data[i] * my.data[j] } else { 0.0 }
        };
        let stm = blur(&tile_sum(product, w, h), SIGMA);
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
