//! What the networks say about the whole seal: of the maps the worst place at several sizes, order statistics, the mean of the grain
//! and how much of the reference's strokes nobody could look at; of the parts the worst ones and how much all look like copies.
//!
//! A genuine impression may be poor in many places but is another die's in none, so the worst place counts at the size of a digit
//! (0.75 mm), of a small character (1.25 mm) and of a large one (2.75 mm).

use crate::compare::network::{MAP_PX_PER_MM, Maps};
use crate::compare::part_network::Judged;
use crate::plane::Field;

/// Names of the channels, in order.
pub const NAMES: [&str; COUNT] = [
    "here_peak_digit",
    "here_peak_small",
    "here_peak_large",
    "here_third",
    "here_top",
    "here_p95",
    "here_p80",
    "here_median",
    "here_rise",
    "here_side_mm",
    "grain_mean",
    "grain_p90",
    "grain_p50",
    "grain_p10",
    "hidden_peak",
    "hidden_third",
    "hidden_share",
    "small_parts",
    "small_hidden",
    "small_worst",
    "small_second",
    "small_fourth",
    "large_worst",
    "large_second",
    "large_fourth",
    "large_hidden",
    "seen_worst",
    "seen_second",
    "part_median",
    "part_excess",
    "seen_parts",
    "copied_mean",
    "copied_p75",
    "copied_p25",
    "copied_small",
    "copied_large",
    "added_parts",
    "added_worst",
    "added_second",
    "added_sixth",
];
const COUNT: usize = 17 + 23;

/// Radii of the boxes in samples: digit, small and large character, grain.
const DIGIT: usize = 1;
const SMALL: usize = 2;
const LARGE: usize = 5;
const GRAIN: usize = 6;
/// Log odds of a seal of which nothing can be said.
const SILENT: f32 = 0.0;
/// Log odds of the worst part of a seal that has none.
const UNSEEN: f32 = -6.0;
/// Share of a part's box that is covered, from which on it counts as hidden.
const HIDDEN: f32 = 0.4;

/// The channels of one comparison, in the order of [`NAMES`]; `reference` is the reference's ink on the grid of the tiles.
pub fn channels(reference: &Field, maps: &Maps, parts: &[Judged]) -> [f32; COUNT] {
    let w = Summed::new(&maps.weight, &maps.weight, |w, _| w);
    let here = Summed::new(&maps.here, &maps.weight, |v, w| v * w);
    let grain = Summed::new(&maps.grain, &maps.weight, |v, w| v * w);
    let boxes = |sum: &Summed, radius: usize, least: f32| -> Vec<(f32, usize)> {
        let (width, height) = (maps.weight.width, maps.weight.height);
        let area = ((2 * radius + 1) * (2 * radius + 1)) as f64;
        let mut out = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let i = y * width + x;
                if maps.weight.data[i] > 0.0 {
                    let n = w.over(x, y, radius);
                    if n >= f64::from(least) * area {
                        out.push(((sum.over(x, y, radius) / n) as f32, i));
                    }
                }
            }
        }
        worst_first(&out)
    };
    let at = |v: &[(f32, usize)], share: f32| {
        v.get(((v.len() as f32 * share) as usize).min(v.len().saturating_sub(1))).map_or(SILENT, |p| p.0)
    };
    let digit = boxes(&here, DIGIT, 0.6);
    let small = boxes(&here, SMALL, 0.5);
    let large = boxes(&here, LARGE, 0.4);
    let rough = boxes(&grain, GRAIN, 0.2);
    let top = &small[..(small.len() / 50).max(1).min(small.len())];
    let mean = |v: &[(f32, usize)]| v.iter().map(|p| p.0).sum::<f32>() / v.len().max(1) as f32;
    let area = maps.here.data.iter().zip(&maps.weight.data).filter(|(h, _)| **h > 0.0).map(|(_, w)| w).sum::<f32>();
    let (total, weight) =
        maps.grain.data.iter().zip(&maps.weight.data).fold((0.0_f32, 0.0_f32), |(s, n), (g, w)| (s + g * w, n + w));
    let hidden = hidden(reference, &maps.weight);
    let of_places = [
        at(&digit, 0.0),
        at(&small, 0.0),
        at(&large, 0.0),
        third_place(&small, maps.weight.width),
        mean(top),
        at(&small, 0.05),
        at(&small, 0.20),
        at(&small, 0.50),
        at(&small, 0.0) - at(&small, 0.50),
        area.sqrt() / MAP_PX_PER_MM,
        total / weight.max(1.0),
        at(&rough, 0.10),
        at(&rough, 0.50),
        at(&rough, 0.90),
        hidden[0],
        hidden[1],
        hidden[2],
    ];
    let mut out = [0.0; COUNT];
    out[..of_places.len()].copy_from_slice(&of_places);
    out[of_places.len()..].copy_from_slice(&of_parts(parts));
    out
}

/// Worst and third-worst share of a small character's box that is stroke and hidden, and the hidden share of all strokes: a changed
/// digit under a pen's line is a change that nobody can see.
fn hidden(reference: &Field, weight: &Field) -> [f32; 3] {
    let (width, height) = (weight.width, weight.height);
    let mut lost = Field::zeros(width, height);
    let (mut all, mut total) = (0.0_f32, 0.0_f32);
    for y in 0..height {
        for x in 0..width {
            let corner = 2 * y * reference.width + 2 * x;
            let ink: f32 = [0, 1, reference.width, reference.width + 1].iter().map(|k| reference.data[corner + k].min(1.0)).sum();
            let stroke = f32::from(ink > 2.0);
            let i = y * width + x;
            lost.data[i] = stroke * (1.0 - weight.data[i]);
            all += stroke;
            total += lost.data[i];
        }
    }
    let sums = Summed::new(&lost, weight, |v, _| v);
    let area = ((2 * SMALL + 1) * (2 * SMALL + 1)) as f64;
    let mut boxes: Vec<(f32, usize)> =
        (0..width * height).map(|i| ((sums.over(i % width, i / width, SMALL) / area) as f32, i)).filter(|b| b.0 > 0.0).collect();
    boxes = worst_first(&boxes);
    [boxes.first().map_or(0.0, |b| b.0), third_place(&boxes, width), total / all.max(1.0)]
}

/// What is said of the parts: a changed digit or character, a copy all over, an added code.
fn of_parts(parts: &[Judged]) -> [f32; 23] {
    // Worst first.
    let sorted = |mut v: Vec<f32>| {
        v.sort_by(|a, b| b.total_cmp(a));
        v
    };
    let differs = |keep: &dyn Fn(&Judged) -> bool| sorted(parts.iter().filter(|p| keep(p)).map(|p| p.differs).collect());
    let worst = |v: &[f32], k: usize| v.get(k.min(v.len().saturating_sub(1))).copied().unwrap_or(UNSEEN);
    let mean = |v: &[f32]| v.iter().sum::<f32>() / v.len().max(1) as f32;
    let count = |keep: &dyn Fn(&Judged) -> bool| parts.iter().filter(|p| keep(p)).count() as f32;
    let own = |p: &Judged| !p.added;
    let seen = |p: &Judged| own(p) && p.hidden < HIDDEN;
    let [is_small, is_large]: [fn(&Judged) -> bool; 2] = [|p| !p.added && !p.large, |p| !p.added && p.large];
    let copied = |keep: &dyn Fn(&Judged) -> bool| -> Vec<f32> {
        sorted(parts.iter().filter(|p| seen(p) && keep(p)).map(|p| p.copied).collect())
    };
    let (small, large, added) = (differs(&is_small), differs(&is_large), differs(&|p| p.added));
    let (visible, all) = (differs(&seen), differs(&own));
    let excess: Vec<f32> = all.iter().map(|v| v.max(0.0)).collect();
    let copies = copied(&|_| true);
    let share = |q: f32| copies.get((copies.len() as f32 * q) as usize).copied().unwrap_or(0.0);
    [
        small.len() as f32,
        count(&|p| is_small(p) && p.hidden >= HIDDEN),
        worst(&small, 0),
        worst(&small, 1),
        worst(&small, 3),
        worst(&large, 0),
        worst(&large, 1),
        worst(&large, 3),
        count(&|p| is_large(p) && p.hidden >= HIDDEN),
        worst(&visible, 0),
        worst(&visible, 1),
        worst(&all, all.len() / 2),
        mean(&excess),
        copies.len() as f32,
        mean(&copies),
        share(0.25),
        share(0.75),
        mean(&copied(&is_small)),
        mean(&copied(&is_large)),
        added.len() as f32,
        worst(&added, 0),
        worst(&added, 1),
        if added.len() > 5 { added[5] } else { UNSEEN },
    ]
}

/// Sorts values with their places, the largest first, those of one value by place.
fn worst_first(boxes: &[(f32, usize)]) -> Vec<(f32, usize)> {
    // One number each, which sorts several times faster: the value's bits in the order of `total_cmp`, turned round, then the place.
    let turned = |bits: u32| if bits >> 31 == 1 { bits } else { !bits & 0x7fff_ffff };
    let mut keys: Vec<u64> = boxes.iter().map(|b| u64::from(turned(b.0.to_bits())) << 32 | b.1 as u64).collect();
    keys.sort_unstable();
    // Turning is its own inverse.
    keys.iter().map(|key| (f32::from_bits(turned((key >> 32) as u32)), *key as u32 as usize)).collect()
}

/// The third-worst place that lies 2 mm or more from the worse ones.
fn third_place(sorted: &[(f32, usize)], width: usize) -> f32 {
    let apart = (2.0 * MAP_PX_PER_MM) as i64;
    let mut places: Vec<(i64, i64)> = Vec::new();
    for (value, i) in sorted {
        let p = ((i % width) as i64, (i / width) as i64);
        if places.iter().all(|q| (p.0 - q.0).abs().max((p.1 - q.1).abs()) >= apart) {
            places.push(p);
            if places.len() == 3 {
                return *value;
            }
        }
    }
    sorted.last().map_or(SILENT, |p| p.0)
}

/// Summed-area table.
struct Summed {
    width: usize,
    height: usize,
    data: Vec<f64>,
}

impl Summed {
    fn new(a: &Field, b: &Field, f: impl Fn(f32, f32) -> f32) -> Self {
        let (width, height) = (a.width, a.height);
        let stride = width + 1;
        let mut data = vec![0.0; stride * (height + 1)];
        for y in 0..height {
            let mut run = 0.0;
            for x in 0..width {
                let i = y * width + x;
                run += f64::from(f(a.data[i], b.data[i]));
                data[(y + 1) * stride + x + 1] = data[y * stride + x + 1] + run;
            }
        }
        Self { width, height, data }
    }

    /// Sum over the box of this radius around (x, y), clipped to the map.
    fn over(&self, x: usize, y: usize, radius: usize) -> f64 {
        let (x0, y0) = (x.saturating_sub(radius), y.saturating_sub(radius));
        let (x1, y1) = ((x + radius + 1).min(self.width), (y + radius + 1).min(self.height));
        self.between([x0, y0], [x1, y1])
    }

    /// Sum over the box from `from` to before `to`, both within the map.
    fn between(&self, [x0, y0]: [usize; 2], [x1, y1]: [usize; 2]) -> f64 {
        let s = self.width + 1;
        self.data[y1 * s + x1] - self.data[y0 * s + x1] - self.data[y1 * s + x0] + self.data[y0 * s + x0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_comes_first_and_equal_ones_by_place() {
        let values = [0.5, -1.0, 0.0, -0.0, 3.25, 0.5, -7.5, 1e-30, f32::INFINITY, -1.0, f32::NEG_INFINITY];
        let boxes: Vec<(f32, usize)> = values.iter().copied().zip([7, 3, 9, 1, 4, 2, 8, 0, 5, 11, 6]).collect();
        let mut expected = boxes.clone();
        expected.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let bits = |v: Vec<(f32, usize)>| v.into_iter().map(|(v, i)| (v.to_bits(), i)).collect::<Vec<_>>();
        assert_eq!(bits(worst_first(&boxes)), bits(expected));
    }
}
