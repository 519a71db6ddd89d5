//! The picture of a fold: one impression on one side of the cut, the other on the other side.
//!
//! A sample's share of either half is how much of it lies on that side: `clamp(d + ½, 0, 1)` for the signed distance d of its
//! centre from the cut, in samples. Only a band of two samples along the cut is mixed, the rest of each row is copied.

use crate::error::{Error, Result};
use crate::fold::cut::{Cut, Side};
use crate::plane::{Field, Plane};

/// Composes both impressions over a cut; `px_per_mm` is the resolution of the grid, whose middle is the seal's centre.
///
/// # Errors
/// [`Error::BadFoldMaps`] when the impressions and `out` are not of one size, or `out` is not filled;
/// [`Error::FoldOutOfRange`] for a resolution outside 1 to 100 samples per millimetre.
///
/// ```
/// use seal_match_core::fold::{Cut, Side, compose::compose};
/// use seal_match_core::plane::{Field, Plane};
/// let (black, white) = (Plane::new(&[1.0; 81], 9, 9, 9)?, Plane::new(&[0.0; 81], 9, 9, 9)?);
/// let mut out = Field::zeros(9, 9);
/// compose(&black, &white, &Cut::new(0.0, 0.0, Side::Reference)?, 8.0, &mut out)?;
/// assert_eq!([out.at(4, 8), out.at(4, 4), out.at(4, 0)], [1.0, 0.5, 0.0]);
/// # Ok::<(), seal_match_core::error::Error>(())
/// ```
pub fn compose(reference: &Plane<'_, f32>, moving: &Plane<'_, f32>, cut: &Cut, px_per_mm: f32, out: &mut Field) -> Result<()> {
    let (w, h) = (reference.width(), reference.height());
    if [moving.width(), out.width] != [w; 2] || [moving.height(), out.height] != [h; 2] {
        return Err(Error::BadFoldMaps { why: "the impressions differ in size" });
    }
    if out.data.len() != w * h {
        return Err(Error::BadFoldMaps { why: "a map's samples do not fill it" });
    }
    let (low, high) = (1.0, 100.0);
    if !(low..=high).contains(&px_per_mm) {
        return Err(Error::FoldOutOfRange { what: "px_per_mm", value: px_per_mm, low, high });
    }
    // `near` fills the side that the normal points to.
    let (near, far) = match cut.side() {
        Side::Reference => (reference, moving),
        Side::Moving => (moving, reference),
    };
    let [c, s] = cut.direction();
    let (cx, cy) = ((w - 1) as f32 / 2.0, (h - 1) as f32 / 2.0);
    for y in 0..h {
        let (near, far, out) = (near.row(y), far.row(y), out.row_mut(y));
        // The distance along this row: d(x) = base − s·x.
        let base = c * (y as f32 - cy) + s * cx - cut.offset_mm() * px_per_mm;
        let level = s.abs() * (w as f32) < 1e-3;
        if level && base.abs() > 0.6 {
            out.copy_from_slice(if base > 0.0 { near } else { far });
            continue;
        }
        // Columns where the mixture is neither half, between the places where d is ½ and −½.
        let (from, to) = if level {
            (0, w)
        } else {
            let (a, b) = ((base - 0.5) / s, (base + 0.5) / s);
            let column = |v: f32| v.clamp(0.0, w as f32) as usize;
            (column(a.min(b).floor()), column(a.max(b).ceil() + 1.0))
        };
        // The end of d's fall lies at the far half when s is positive.
        let halves = if s >= 0.0 { [near, far] } else { [far, near] };
        out[..from].copy_from_slice(&halves[0][..from]);
        out[to..].copy_from_slice(&halves[1][to..]);
        for x in from..to {
            let share = (base - s * x as f32 + 0.5).clamp(0.0, 1.0);
            out[x] = far[x] + share * (near[x] - far[x]);
        }
    }
    Ok(())
}
