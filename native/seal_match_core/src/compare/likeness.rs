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
    "one_part",
    "one_part_soft",
];
const COUNT: usize = 17 + 25;

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
    let boxes = |sum: &Summed, radius: usize, least: f32| {
        let (width, height) = (maps.weight.width, maps.weight.height);
        let area = ((2 * radius + 1) * (2 * radius + 1)) as f64;
        let mut out = Ranked::default();
        for y in 0..height {
            let (weight_over, sum_over) = (w.along(y, radius), sum.along(y, radius));
            for (x, _) in maps.weight.row(y).iter().enumerate().filter(|(_, w)| **w > 0.0) {
                let n = weight_over(x);
                if n >= f64::from(least) * area {
                    out.push((sum_over(x) / n) as f32, y * width + x);
                }
            }
        }
        out
    };
    let (mut digit, mut small, mut large) = (boxes(&here, DIGIT, 0.6), boxes(&here, SMALL, 0.5), boxes(&here, LARGE, 0.4));
    let mut rough = boxes(&grain, GRAIN, 0.2);
    let mean = |v: &[u64]| v.iter().map(|key| Ranked::value(*key)).sum::<f32>() / v.len().max(1) as f32;
    let top = mean(small.worst((small.keys.len() / 50).max(1)));
    let area = maps.here.data.iter().zip(&maps.weight.data).filter(|(h, _)| **h > 0.0).map(|(_, w)| w).sum::<f32>();
    let (total, weight) =
        maps.grain.data.iter().zip(&maps.weight.data).fold((0.0_f32, 0.0_f32), |(s, n), (g, w)| (s + g * w, n + w));
    let hidden = hidden(reference, &maps.weight);
    let (peak, third, median) = (small.at(0.0), third_place(&mut small, maps.weight.width), small.at(0.50));
    let of_places = [
        digit.at(0.0),
        peak,
        large.at(0.0),
        third,
        top,
        small.at(0.05),
        small.at(0.20),
        median,
        peak - median,
        area.sqrt() / MAP_PX_PER_MM,
        total / weight.max(1.0),
        rough.at(0.10),
        rough.at(0.50),
        rough.at(0.90),
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
    let mut boxes = Ranked::default();
    for y in 0..height {
        let over = sums.along(y, SMALL);
        for x in 0..width {
            let share = (over(x) / area) as f32;
            if share > 0.0 {
                boxes.push(share, y * width + x);
            }
        }
    }
    let first = if boxes.keys.is_empty() { 0.0 } else { boxes.at(0.0) };
    [first, third_place(&mut boxes, width), total / all.max(1.0)]
}

/// What is said of the parts: a changed digit or character, a copy all over, an added code.
fn of_parts(parts: &[Judged]) -> [f32; 25] {
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
        one_of(parts, 1.0),
        one_of(parts, 2.0),
    ]
}

/// Log odds that one part differs, whichever: of `n` parts each is the changed one with odds of one to `n`, so that a part which nobody
/// can see (log odds about zero) weighs less in a seal of many. The evidence of each is divided by `softness` and the result multiplied.
fn one_of(parts: &[Judged], softness: f32) -> f32 {
    let Some(worst) = parts.iter().map(|p| p.differs).max_by(f32::total_cmp) else { return UNSEEN };
    let sum: f32 = parts.iter().map(|p| ((p.differs - worst) / softness).exp()).sum();
    worst + softness * (sum / parts.len() as f32).ln()
}

/// Values with their places, put in order only as far as they are asked for: the largest first, those of one value by place.
#[derive(Default)]
struct Ranked {
    /// One number each, which sorts several times faster: the value's bits in the order of `total_cmp`, turned round, then the place.
    keys: Vec<u64>,
    /// How many of the first are in order.
    sorted: usize,
}

impl Ranked {
    /// Bits in the order of `total_cmp`, turned round, and back.
    fn turned(bits: u32) -> u32 {
        if bits >> 31 == 1 { bits } else { !bits & 0x7fff_ffff }
    }

    fn push(&mut self, value: f32, place: usize) {
        self.keys.push(u64::from(Self::turned(value.to_bits())) << 32 | place as u64);
    }

    /// The value of a key.
    fn value(key: u64) -> f32 {
        f32::from_bits(Self::turned((key >> 32) as u32))
    }

    /// The worst `count`, in order; all if there are fewer.
    fn worst(&mut self, count: usize) -> &[u64] {
        let count = count.min(self.keys.len());
        if let Some(more) = count.checked_sub(self.sorted + 1) {
            let rest = &mut self.keys[self.sorted..];
            rest.select_nth_unstable(more);
            rest[..more].sort_unstable();
            self.sorted = count;
        }
        &self.keys[..count]
    }

    /// The value that the share `share` of all exceeds; [`SILENT`] when there are none.
    fn at(&mut self, share: f32) -> f32 {
        let count = self.keys.len();
        if count == 0 {
            return SILENT;
        }
        let rank = ((count as f32 * share) as usize).min(count - 1);
        let key = match rank.checked_sub(self.sorted) {
            None => self.keys[rank],
            Some(rank) => *self.keys[self.sorted..].select_nth_unstable(rank).1,
        };
        Self::value(key)
    }
}

/// The third-worst place that lies 2 mm or more from the worse ones; the best place if there is none, [`SILENT`] of nothing.
fn third_place(ranked: &mut Ranked, width: usize) -> f32 {
    let apart = (2.0 * MAP_PX_PER_MM) as i64;
    let mut places: Vec<(i64, i64)> = Vec::new();
    let mut seen = 0;
    while seen < ranked.keys.len() {
        // Most find it among the first.
        let worst = ranked.worst((2 * seen).max(64));
        for key in &worst[seen..] {
            let i = *key as u32 as usize;
            let p = ((i % width) as i64, (i / width) as i64);
            if places.iter().all(|q| (p.0 - q.0).abs().max((p.1 - q.1).abs()) >= apart) {
                places.push(p);
                if places.len() == 3 {
                    return Ranked::value(*key);
                }
            }
        }
        seen = worst.len();
    }
    ranked.keys.last().map_or(SILENT, |key| Ranked::value(*key))
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

    /// For the x of a row the sum over the box of this radius around (x, y), clipped to the map.
    fn along(&self, y: usize, radius: usize) -> impl Fn(usize) -> f64 {
        let line = |y: usize| &self.data[y * (self.width + 1)..(y + 1) * (self.width + 1)];
        let (top, bottom, width) = (line(y.saturating_sub(radius)), line((y + radius + 1).min(self.height)), self.width);
        move |x| {
            let (x0, x1) = (x.saturating_sub(radius), (x + radius + 1).min(width));
            bottom[x1] - top[x1] - bottom[x0] + top[x0]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_of_many_differs() {
        let part = |differs| Judged { differs, copied: 0.0, hidden: 0.0, large: false, added: false };
        // Odds of 1, 3 and next to none: four thirds on average.
        let parts = [0.0, 3.0_f32.ln(), -40.0].map(part);
        assert!((one_of(&parts, 1.0) - (4.0_f32 / 3.0).ln()).abs() < 1e-6);
        assert!((one_of(&parts, 2.0) - 2.0 * ((1.0 + 3.0_f32.sqrt()) / 3.0).ln()).abs() < 1e-6);
        // No evidence is too strong, and none is silence.
        assert_eq!(one_of(&[part(500.0)], 1.0), 500.0);
        assert_eq!(one_of(&[], 1.0), UNSEEN);
        // One that nobody can see weighs less among many.
        let hidden_among = |n: usize| one_of(&[vec![part(0.0)], vec![part(-9.0); n]].concat(), 1.0);
        assert!(hidden_among(50) < hidden_among(5) - 2.0);
    }

    #[test]
    fn the_worst_come_first_and_equal_ones_by_place() {
        let values = [0.5, -1.0, 0.0, -0.0, 3.25, 0.5, -7.5, 1e-30, f32::INFINITY, -1.0, f32::NEG_INFINITY];
        let boxes: Vec<(f32, usize)> = values.iter().copied().zip([7, 3, 9, 1, 4, 2, 8, 0, 5, 11, 6]).collect();
        let mut expected = boxes.clone();
        expected.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let expected: Vec<(u32, usize)> = expected.into_iter().map(|(v, i)| (v.to_bits(), i)).collect();
        // In whatever steps they are asked for.
        for steps in [&[11][..], &[1, 2, 3, 20], &[4, 4, 2, 5, 10, 11], &[0, 7]] {
            let mut ranked = Ranked::default();
            for &(v, i) in &boxes {
                ranked.push(v, i);
            }
            for &count in steps {
                let found: Vec<_> =
                    ranked.worst(count).iter().map(|key| (Ranked::value(*key).to_bits(), *key as u32 as usize)).collect();
                assert_eq!(found, expected[..count.min(11)]);
                for (share, rank) in [(0.0, 0), (0.3, 3), (0.5, 5), (0.95, 10), (1.0, 10)] {
                    assert_eq!(ranked.at(share).to_bits(), expected[rank].0, "{share} after {count}");
                }
            }
        }
        assert_eq!(Ranked::default().at(0.5), SILENT);
    }

    #[test]
    fn the_third_place_lies_apart_from_two_worse_ones() {
        let (width, height) = (60_usize, 40_usize);
        let mut n = crate::compare::numbers::Numbers(17);
        for peaks in 1..5 {
            let values: Vec<f32> = (0..width * height)
                .map(|i| {
                    let (x, y) = (i % width, i / width);
                    // Wide peaks side by side, each lower than the one before, over noise.
                    let peak = (0..peaks).find(|k| x.abs_diff(8 + 14 * k) < 7 && y.abs_diff(20) < 9);
                    peak.map_or(0.0, |k| 9.0 - k as f32) + 0.1 * n.next()
                })
                .collect();
            let mut ranked = Ranked::default();
            for (i, &v) in values.iter().enumerate() {
                ranked.push(v, i);
            }
            let mut order: Vec<usize> = (0..values.len()).collect();
            order.sort_by(|&a, &b| values[b].total_cmp(&values[a]).then(a.cmp(&b)));
            let mut chosen: Vec<usize> = Vec::new();
            for i in order {
                let apart = |j: &usize| (i % width).abs_diff(j % width).max((i / width).abs_diff(j / width)) >= 8;
                if chosen.len() < 3 && chosen.iter().all(apart) {
                    chosen.push(i);
                }
            }
            assert_eq!(third_place(&mut ranked, width), values[chosen[2]], "{peaks} peaks");
        }
    }
}
