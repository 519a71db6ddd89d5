//! Region evidence: the same numbers for every place of a character's size, so that one changed character cannot hide in a mean.
//!
//! A genuine impression differs from its card by pressure, ink and what lies over it, and where it does all regions around do.
//! A sibling differs in one place only. So every region is judged by itself, in the light of the whole seal.

use crate::compare::displacement::Displacement;
use crate::compare::tiles::{TILE_PX, Tiles};
use crate::plane::{Field, quantile};
use crate::template::{PX_PER_MM, Reference};

/// Names of a region's channels, in order.
pub const NAMES: [&str; 22] = [
    "shift_mm",
    "gain_mm",
    "roughness_mm",
    "astray",
    "seen",
    "edges",
    "occluded",
    "trust",
    "ncc_fine",
    "ncc_coarse",
    "extra",
    "missing",
    "swapped",
    "replaced",
    "presence",
    "astray_beyond",
    "roughness_beyond",
    "seen_beyond",
    "px_per_mm",
    "covered",
    "outline",
    "outline_beyond",
];

/// A region and its channels.
#[derive(Clone, Copy, Debug)]
pub struct Region {
    /// Millimetres from the seal's centre.
    pub at_mm: [f32; 2],
    /// The channels in the order of [`NAMES`].
    pub values: [f32; 22],
}

/// All regions that enough uncovered edges speak for.
pub fn gather(reference: &Reference, d: &Displacement, t: &Tiles, px_per_mm: f32) -> Vec<Region> {
    let speaks = |l: &&crate::compare::displacement::Local| l.edges > 10.0 && l.occluded < 0.6;
    let middle = |f: &dyn Fn(&crate::compare::displacement::Local) -> f32| {
        let mut v: Vec<f32> = d.fine.iter().filter(speaks).map(f).collect();
        quantile(&mut v, 0.5).unwrap_or(0.0)
    };
    let (astray, rough, seen) = (middle(&|l| l.astray), middle(&|l| l.roughness_mm), middle(&|l| l.seen));
    let [outline] = t.maps.outline.quantiles([0.5]).unwrap_or([0.0]);
    let (w, h) = (reference.ink.width, reference.ink.height);
    let tile = |mm: f32, n: usize, tiles: usize| {
        let px = mm * PX_PER_MM + (n - 1) as f32 / 2.0;
        ((px / TILE_PX as f32).floor().max(0.0) as usize).min(tiles - 1)
    };
    let at = |f: &Field, x: f32, y: f32| f.at(tile(x, w, f.width), tile(y, h, f.height));
    let known = |v: f32| if v.is_nan() { -2.0 } else { v };
    d.fine
        .iter()
        .filter(speaks)
        .map(|l| {
            let [x, y] = l.at_mm;
            let m = &t.maps;
            Region {
                at_mm: l.at_mm,
                values: [
                    (l.shift_mm[0] * l.shift_mm[0] + l.shift_mm[1] * l.shift_mm[1]).sqrt(),
                    l.gain_mm,
                    l.roughness_mm,
                    l.astray,
                    l.seen,
                    l.edges,
                    l.occluded,
                    l.trust,
                    known(at(&m.ncc_fine, x, y)),
                    known(at(&m.ncc_coarse, x, y)),
                    at(&m.extra, x, y),
                    at(&m.missing, x, y),
                    at(&m.swapped, x, y),
                    at(&m.replaced, x, y),
                    at(&m.presence, x, y),
                    l.astray - astray,
                    l.roughness_mm - rough,
                    l.seen - seen,
                    px_per_mm,
                    1.0 - at(&m.valid, x, y),
                    known(at(&m.outline, x, y)),
                    known(at(&m.outline, x, y)) - outline,
                ],
            }
        })
        .collect()
}
