//! The channels of evidence: fixed names, fixed order, plain numbers. A profile turns them into a score.

use crate::align::refine::Fit;
use crate::compare::displacement::{Displacement, Local};
use crate::compare::tiles::Tiles;
use crate::plane::{Field, bits_above, places_above, quantile};
use crate::template::Reference;

macro_rules! channels {
    ($($(#[doc = $doc:literal])+ $name:ident),+ $(,)?) => {
        /// Evidence of one comparison, a number per channel.
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        pub struct Evidence { $($(#[doc = $doc])+ pub $name: f32),+ }

        impl Evidence {
            /// Names of the channels in the order of [`Evidence::values`].
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            /// The channels in the order of [`Evidence::NAMES`].
            pub fn values(&self) -> Vec<f32> {
                vec![$(self.$name),+]
            }
        }
    };
}

channels! {
    /// Share of the reference's edges that the alignment confirms.
    inliers,
    /// Robust spread of confirmed edges, mm.
    spread_mm,
    /// |ln scale|: size beyond the stated resolution.
    scale,
    /// Ink gain, mm.
    gain_mm,
    /// Largest change of the smooth gain over the seal, mm.
    gain_change_mm,
    /// Deformation that is not a similarity, first order, mm at the radius.
    shear_mm,
    /// Deformation of second order, mm at the radius.
    bend_mm,
    /// Root mean square local shift, coarse windows, mm.
    shift_rms_mm,
    /// 80th percentile of local shift, coarse windows, mm.
    shift_p80_mm,
    /// 95th percentile of local shift, coarse windows, mm.
    shift_p95_mm,
    /// Root mean square local shift, fine windows, mm.
    fine_shift_rms_mm,
    /// 95th percentile of local shift, fine windows, mm.
    fine_shift_p95_mm,
    /// Root mean square local gain, coarse windows, mm.
    local_gain_rms_mm,
    /// 95th percentile of |local gain|, fine windows, mm.
    local_gain_p95_mm,
    /// Median roughness, mm.
    rough_median_mm,
    /// 90th percentile of roughness, mm.
    rough_p90_mm,
    /// Worst roughness of a well-measured region, mm.
    rough_max_mm,
    /// Share of uncovered edges seen, median region.
    seen_median,
    /// Share of uncovered edges seen, 10th percentile.
    seen_p10,
    /// Share of regions in which nothing was seen.
    unseen,
    /// Share of the seal that is covered.
    covered,
    /// Mean edge residual beyond 0.15 mm among seen edges, share.
    outlier_share,
    /// Seen edges' mean strength relative to the strong ones.
    edge_strength,
    /// Lowest fine correlation (1st percentile).
    ncc_fine_p1,
    /// 5th percentile of fine correlation.
    ncc_fine_p5,
    /// 20th percentile of fine correlation.
    ncc_fine_p20,
    /// Median fine correlation.
    ncc_fine_median,
    /// Lowest coarse correlation (1st percentile).
    ncc_coarse_p1,
    /// 10th percentile of coarse correlation.
    ncc_coarse_p10,
    /// Median coarse correlation.
    ncc_coarse_median,
    /// Worst tile of extra ink.
    extra_max,
    /// 99th percentile of extra ink.
    extra_p99,
    /// Mean extra ink.
    extra_mean,
    /// Worst tile of missing ink where its surroundings are inked.
    missing_max,
    /// 98th percentile of missing ink.
    missing_p98,
    /// Mean missing ink.
    missing_mean,
    /// Worst tile where ink is both missing and extra.
    swapped_max,
    /// 99th percentile of swapped.
    swapped_p99,
    /// Mean of swapped.
    swapped_mean,
    /// Worst tile in which strokes are replaced by others.
    replaced_max,
    /// 97th percentile of replaced.
    replaced_p97,
    /// Extra ink, square root of mm².
    extra_side_mm,
    /// Largest patch of extra ink, square root of mm².
    extra_patch_side_mm,
    /// Largest patch of missing ink amid inked strokes, square root of mm².
    missing_patch_side_mm,
    /// Worst fine region's share of edges astray.
    astray_max,
    /// 95th percentile of the share of edges astray, fine regions.
    astray_p95,
    /// Worst share of edges unseen in a fine region amid seen ones.
    lost_max,
    /// Worst roughness of a fine region, mm.
    fine_rough_max_mm,
    /// Median roughness of fine regions, mm.
    fine_rough_median_mm,
    /// Worst fine correlation among well-inked tiles.
    ncc_inked_min,
    /// 3rd percentile of fine correlation among well-inked tiles.
    ncc_inked_p3,
    /// Lowest correlation of outlines.
    outline_min,
    /// 2nd percentile of the correlation of outlines.
    outline_p2,
    /// 10th percentile of the correlation of outlines.
    outline_p10,
    /// Median correlation of outlines.
    outline_median,
    /// Median minus lowest correlation of outlines, in units of median minus 20th percentile.
    outline_drop,
    /// Share of solid stroke without ink.
    void_share,
    /// Share of solid stroke with half its ink.
    pale_share,
    /// Slope of strong edges per mm, relative to stroke density.
    sharpness,
    /// Share of extra ink that runs out of the seal.
    foreign_share,
    /// Tenth percentile of stroke presence.
    presence_p10,
    /// Median stroke presence.
    presence_median,
    /// Stroke density of the moving image.
    ink_level,
    /// Spread of ink density along solid strokes.
    mottle,
    /// Longer side, mm.
    size_mm,
    /// Pixels per millimetre of the moving scan.
    px_per_mm,
    /// One when colour could not tell ink from print.
    colourless,
}

/// Weighted quantile of `(value, weight)` pairs; zero when empty.
fn weighted_quantile(pairs: &mut [(f32, f32)], q: f32) -> f32 {
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f32 = pairs.iter().map(|p| p.1).sum();
    let mut run = 0.0;
    for p in pairs.iter() {
        run += p.1;
        if run >= q * total {
            return p.0;
        }
    }
    pairs.last().map_or(0.0, |p| p.0)
}

fn shift_size(l: &Local) -> f32 {
    l.shift_mm[0].hypot(l.shift_mm[1])
}

/// (rms, p80, p95) of local shifts, each region trusted up to a limit.
fn shifts(locals: &[Local]) -> [f32; 3] {
    let mut pairs: Vec<(f32, f32)> = locals.iter().filter(|l| l.trust > 0.5).map(|l| (shift_size(l), l.trust.min(8.0))).collect();
    if pairs.len() < 3 {
        return [0.5; 3];
    }
    let total: f32 = pairs.iter().map(|p| p.1).sum();
    let rms = (pairs.iter().map(|p| p.1 * p.0 * p.0).sum::<f32>() / total).sqrt();
    [rms, weighted_quantile(&mut pairs, 0.80), weighted_quantile(&mut pairs, 0.95)]
}

/// Quantiles of the values that are numbers, or `otherwise`.
fn q<const N: usize>(f: &Field, at: [f32; N], otherwise: f32) -> [f32; N] {
    f.quantiles(at).unwrap_or([otherwise; N])
}

impl Evidence {
    /// Gathers the channels of one comparison.
    pub fn gather(
        reference: &Reference,
        fit: &Fit,
        d: &Displacement,
        t: &Tiles,
        nominal_px_per_mm: f32,
        colourless: bool,
    ) -> Self {
        let [cx, cy, cg] = &d.smooth.coefficients;
        let coarse = shifts(&d.coarse);
        let fine = shifts(&d.fine);
        let measured = d.coarse.iter().filter(|l| l.trust > 0.5);
        let weight: f32 = measured.clone().map(|l| l.trust.min(8.0)).sum();
        let gain_sq: f32 = measured.clone().map(|l| l.trust.min(8.0) * l.gain_mm * l.gain_mm).sum();
        let mut fine_gain: Vec<(f32, f32)> =
            d.fine.iter().filter(|l| l.trust > 0.5).map(|l| (l.gain_mm.abs(), l.trust.min(8.0))).collect();
        let mut rough: Vec<f32> = measured.clone().map(|l| l.roughness_mm).collect();
        let mut seen: Vec<f32> = d.coarse.iter().filter(|l| l.occluded < 0.5).map(|l| l.seen).collect();
        let unseen = d.coarse.iter().filter(|l| l.occluded < 0.5 && l.seen < 0.2).count() as f32 / seen.len().max(1) as f32;
        let edges_seen: f32 = d.measured.iter().filter(|m| m.weight > 0.0).count().max(1) as f32;
        let off = d.measured.iter().filter(|m| m.weight > 0.0 && m.residual_mm.abs() > 0.15).count() as f32;
        let open = d.measured.iter().filter(|m| !m.occluded).count().max(1) as f32;
        let strength: f32 = d.measured.iter().filter(|m| !m.occluded).map(|m| m.strength.min(1.5)).sum::<f32>() / open;
        let mut missing_seen = t.maps.missing.clone();
        missing_seen.data.iter_mut().zip(&t.maps.presence.data).for_each(|(m, p)| *m *= p.clamp(0.0, 1.0));
        let inside = |f: &Field| -> Field {
            let mut g = f.clone();
            g.data.iter_mut().zip(&t.maps.valid.data).for_each(|(v, k)| {
                if *k < 0.3 {
                    *v = f32::NAN;
                }
            });
            g
        };
        let mean = |f: &Field| {
            let (s, n) = f.data.iter().filter(|v| !v.is_nan()).fold((0.0_f32, 0.0_f32), |(s, n), v| (s + v, n + 1.0));
            s / n.max(1.0)
        };
        let (extra, missing, swapped) = (inside(&t.maps.extra), inside(&missing_seen), inside(&t.maps.swapped));
        let presence = {
            let mut p = t.maps.presence.clone();
            let density = &t.maps.ncc_coarse;
            // Presence says something only where there are strokes to be present.
            p.data.iter_mut().zip(&density.data).for_each(|(p, d)| {
                if d.is_nan() && *p < 0.02 {
                    *p = f32::NAN;
                }
            });
            inside(&p)
        };
        let open_strokes = places_above(&reference.ink.data, 0.85).into_iter().filter(|&i| t.covered.data[i] == 0.0);
        let mut solid: Vec<f32> = open_strokes.map(|i| t.aligned.data[i]).collect();
        let mottle = match (quantile(&mut solid, 0.85), quantile(&mut solid, 0.5)) {
            (Some(high), Some(mid)) => (high - mid) / high.max(0.05),
            _ => 0.0,
        };
        let share_of =
            |lo: f32, hi: f32| solid.iter().filter(|v| (lo..hi).contains(*v)).count() as f32 / solid.len().max(1) as f32;
        let (void_share, pale_share) = (share_of(-1.0, 0.22), share_of(0.22, 0.65));
        let replaced = inside(&t.maps.replaced);
        let outlines = inside(&t.maps.outline);
        let outline = q(&outlines, [0.0, 0.02, 0.10, 0.20, 0.5], 0.0);
        let [ncc_fine_p1, ncc_fine_p5, ncc_fine_p20, ncc_fine_median] = q(&t.maps.ncc_fine, [0.01, 0.05, 0.20, 0.5], 0.0);
        let [ncc_coarse_p1, ncc_coarse_p10, ncc_coarse_median] = q(&t.maps.ncc_coarse, [0.01, 0.10, 0.5], 0.0);
        let [extra_max, extra_p99] = q(&extra, [1.0, 0.99], 1.0);
        let [missing_max, missing_p98] = q(&missing, [1.0, 0.98], 1.0);
        let [swapped_max, swapped_p99] = q(&swapped, [1.0, 0.99], 1.0);
        let [replaced_max, replaced_p97] = q(&replaced, [1.0, 0.97], 1.0);
        let [presence_p10, presence_median] = q(&presence, [0.1, 0.5], 0.0);
        let well_measured = || d.fine.iter().filter(|l| l.trust > 0.5 && l.edges > 14.0 && l.seen > 0.5);
        let mut astray: Vec<f32> = well_measured().map(|l| l.astray).collect();
        let mut fine_rough: Vec<f32> = well_measured().map(|l| l.roughness_mm).collect();
        let seen_middle = quantile(&mut seen, 0.5).unwrap_or(0.0);
        let lost = d.fine.iter().filter(|l| l.edges > 14.0 && l.occluded < 0.4).map(|l| seen_middle - l.seen).fold(0.0, f32::max);
        let mut inked: Vec<f32> = t
            .maps
            .ncc_fine
            .data
            .iter()
            .zip(t.maps.presence.data.iter().zip(&t.maps.valid.data))
            .filter(|(n, (p, v))| !n.is_nan() && **p > 0.7 && **v > 0.8)
            .map(|(n, _)| *n)
            .collect();
        let [within, dark] = [&reference.support, &t.covered].map(|f| bits_above(&f.data, 0.0));
        let count = |words: &mut dyn Iterator<Item = u64>| words.map(u64::count_ones).sum::<u32>() as f32;
        let covered = count(&mut within.iter().zip(&dark).map(|(a, b)| a & b)) / count(&mut within.iter().copied()).max(1.0);
        Self {
            inliers: fit.inliers,
            spread_mm: d.spread_mm,
            scale: (fit.pose.px_per_mm() / nominal_px_per_mm).ln().abs(),
            gain_mm: cg[0],
            gain_change_mm: cg[1].hypot(cg[2]) + cg[3].abs().max(cg[4].abs()).max(cg[5].abs()),
            shear_mm: (cx[1] - cy[2]).hypot(cx[2] + cy[1]),
            bend_mm: [&cx[3..6], &cy[3..6]].iter().flat_map(|c| c.iter()).map(|v| v * v).sum::<f32>().sqrt(),
            shift_rms_mm: coarse[0],
            shift_p80_mm: coarse[1],
            shift_p95_mm: coarse[2],
            fine_shift_rms_mm: fine[0],
            fine_shift_p95_mm: fine[2],
            local_gain_rms_mm: if weight > 0.0 { (gain_sq / weight).sqrt() } else { 0.3 },
            local_gain_p95_mm: weighted_quantile(&mut fine_gain, 0.95),
            rough_median_mm: quantile(&mut rough, 0.5).unwrap_or(0.3),
            rough_p90_mm: quantile(&mut rough, 0.9).unwrap_or(0.3),
            rough_max_mm: quantile(&mut rough, 1.0).unwrap_or(0.3),
            seen_median: quantile(&mut seen, 0.5).unwrap_or(0.0),
            seen_p10: quantile(&mut seen, 0.1).unwrap_or(0.0),
            unseen,
            covered,
            outlier_share: off / edges_seen,
            edge_strength: strength,
            ncc_fine_p1,
            ncc_fine_p5,
            ncc_fine_p20,
            ncc_fine_median,
            ncc_coarse_p1,
            ncc_coarse_p10,
            ncc_coarse_median,
            extra_max,
            extra_p99,
            extra_mean: mean(&extra),
            missing_max,
            missing_p98,
            missing_mean: mean(&missing),
            swapped_max,
            swapped_p99,
            swapped_mean: mean(&swapped),
            replaced_max,
            replaced_p97,
            extra_side_mm: t.maps.extra_mm2.sqrt(),
            extra_patch_side_mm: t.maps.extra_patch_mm2.sqrt(),
            missing_patch_side_mm: t.maps.missing_patch_mm2.sqrt(),
            astray_max: quantile(&mut astray, 1.0).unwrap_or(0.5),
            astray_p95: quantile(&mut astray, 0.95).unwrap_or(0.5),
            lost_max: lost,
            fine_rough_max_mm: quantile(&mut fine_rough, 1.0).unwrap_or(0.3),
            fine_rough_median_mm: quantile(&mut fine_rough, 0.5).unwrap_or(0.3),
            ncc_inked_min: quantile(&mut inked, 0.0).unwrap_or(0.0),
            ncc_inked_p3: quantile(&mut inked, 0.03).unwrap_or(0.0),
            outline_min: outline[0],
            outline_p2: outline[1],
            outline_p10: outline[2],
            outline_median: outline[4],
            outline_drop: ((outline[4] - outline[0]) / (outline[4] - outline[3] + 0.01)).min(40.0),
            void_share,
            pale_share,
            sharpness: d.strong_slope * nominal_px_per_mm / t.level,
            foreign_share: t.maps.foreign_share,
            presence_p10,
            presence_median,
            ink_level: t.level,
            mottle,
            size_mm: reference.template.size_mm()[0],
            px_per_mm: nominal_px_per_mm,
            colourless: f32::from(colourless),
        }
    }
}
