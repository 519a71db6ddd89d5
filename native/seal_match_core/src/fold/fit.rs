//! How far a stroke's profile lies from its partner's: the whole of it moved onto the other, not the two places where ink
//! passes a half.
//!
//! Where a neighbour is near, or ink rises slowly, the place of a half hangs on two samples, which eight samples a millimetre, and
//! fewer along a steep line, do not hold to 0.02 mm. So all samples about both edges vote (Gauss–Newton):
//!
//! ```text
//! x    = the samples about both edges, not beyond the valley before or behind the stroke or its partner
//! r(x) = mine(x) − theirs(x + d)                g(x) = theirs(x + d + ½) − theirs(x + d − ½)
//! d   += Σ g·r / Σ g²                           until it rests, three times at most
//! ```
//! More ink moves both edges apart, and `d` only by as much as their slopes differ. Sums are of whole numbers: a cut walked the
//! other way, or over images turned by a quarter, gives the same to the bit.
//!
//! After Lucas and Kanade, IJCAI (1981), 674; Baker and Matthews, International Journal of Computer Vision 56 (2004), 221,
//! 10.1023/B:VISI.0000011205.11775.fd.

use crate::fold::trace::{mine, theirs};

/// How far to either side of an edge samples are looked at.
const BESIDE: f32 = 2.5;
/// Ink that rises by no more than this, a tenth of a full stroke, ends no valley.
const RIPPLE: i32 = 6554;
/// Parts of a sample in which a place is told while it is looked for.
const PARTS: i32 = 256;
/// Parts in which it is told in the end, as edges are.
const EDGE_PARTS: f64 = 4096.0;
/// Most steps.
const STEPS: usize = 3;
/// A step below this, in samples, is the last.
const SMALL: f64 = 1.0 / 64.0;

/// How far the profile at `partners` lies from that at `edges`, moving minus reference, in samples; `None` where the moving ink
/// is flat.
pub(crate) fn displacement(samples: &[u32], edges: [f32; 2], partners: [f32; 2]) -> Option<f32> {
    let moved = [partners[0] - edges[0], partners[1] - edges[1]];
    let about = about(samples, edges, partners);
    let mut d = (0.5 * (moved[0] + moved[1]) * PARTS as f32).round() as i32;
    for left in (0..STEPS).rev() {
        let by = step(samples, about, d)?;
        if left == 0 || by.abs() < SMALL {
            let place = f64::from(d) / f64::from(PARTS) + by;
            return Some(((place * EDGE_PARTS).round() / EDGE_PARTS) as f32);
        }
        d += (by * f64::from(PARTS)).round() as i32;
    }
    None
}

/// The step from `d` parts to where the profile fits best, in samples; none longer than one.
fn step(samples: &[u32], about: [[i32; 2]; 2], d: i32) -> Option<f64> {
    let moving = |place: i32| {
        let (i, part) = (place.div_euclid(PARTS), place.rem_euclid(PARTS));
        ink(samples, i, theirs) * (PARTS - part) + ink(samples, i + 1, theirs) * part
    };
    let (mut along, mut square) = (0_i64, 0_i64);
    for x in about.into_iter().flat_map(|[first, last]| first..=last) {
        let place = x * PARTS + d;
        let r = i64::from(ink(samples, x, mine) * PARTS - moving(place));
        let g = i64::from(moving(place + PARTS / 2) - moving(place - PARTS / 2));
        along += g * r;
        square += g * g;
    }
    (square > 0).then(|| (along as f64 / square as f64).clamp(-1.0, 1.0))
}

/// First and last sample about the rising edge `a`, whose partner is `c`, and about the falling edge `b`, whose partner is `d`;
/// none twice.
fn about(samples: &[u32], [a, b]: [f32; 2], [c, d]: [f32; 2]) -> [[i32; 2]; 2] {
    let around = |e: f32| [(e - BESIDE).ceil() as i32, (e + BESIDE).floor() as i32];
    let ([first, rise], [fall, last]) = (around(a), around(b));
    // Their valleys, brought to where mine are.
    let before = (valley(samples, c, -1, theirs) as f32 - (c - a)).ceil() as i32;
    let behind = (valley(samples, d, 1, theirs) as f32 - (d - b)).floor() as i32;
    let first = first.max(before).max(valley(samples, a, -1, mine));
    let last = last.min(behind).min(valley(samples, b, 1, mine));
    let rise = rise.min(last);
    [[first, rise], [fall.max(rise + 1).max(first), last]]
}

/// Ink of sample `i`; paper beyond the line.
fn ink(samples: &[u32], i: i32, of: impl Fn(u32) -> u32) -> i32 {
    samples.get(i as usize).map_or(0, |&v| of(v) as i32)
}

/// The furthest sample of the valley beside an edge, where `way` points: beyond, ink rises again by more than a ripple.
fn valley(samples: &[u32], edge: f32, way: i32, of: impl Fn(u32) -> u32 + Copy) -> i32 {
    let outwards = |e: f32| way * (way as f32 * e).ceil() as i32;
    let (mut i, end) = (outwards(edge), outwards(edge + way as f32 * BESIDE));
    let mut least = ink(samples, i, of);
    while i != end && ink(samples, i + way, of) <= least + RIPPLE {
        i += way;
        least = least.min(ink(samples, i, of));
    }
    i
}
