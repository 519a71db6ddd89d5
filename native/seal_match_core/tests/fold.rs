//! Laws of the fold, on drawn seals whose displacement is known exactly.

mod common;

use common::Random;
use common::drawing::{Bar, Drawing, fold};
use seal_match_core::error::Error;
use seal_match_core::fold::stroke::BREAK_MM;
use seal_match_core::fold::sweep::Cell;
use seal_match_core::fold::{Broken, Cut, FoldMap, Impressions, Pair, Side, Status, Stroke, Unknown, compose, continuity, sweep};
use seal_match_core::plane::{Field, Plane};
use seal_match_core::template::PX_PER_MM;

const SIDES: [Side; 2] = [Side::Reference, Side::Moving];

fn cut(angle_deg: f32, offset_mm: f32, side: Side) -> Cut {
    Cut::new(angle_deg, offset_mm, side).expect("a cut through the seal")
}

/// Cuts all over a seal.
fn cuts(seed: u64, n: usize) -> impl Iterator<Item = Cut> {
    let mut r = Random(seed);
    (0..n).map(move |i| cut(r.between(0.0, 180.0), r.between(-19.0, 19.0), SIDES[i % 2]))
}

fn plane(field: &Field) -> Plane<'_, f32> {
    field.plane().expect("a filled field")
}

fn judged(s: &Stroke) -> bool {
    matches!(s.status, Status::Continuous | Status::Broken(_))
}

fn broken(s: &Stroke) -> bool {
    matches!(s.status, Status::Broken(_))
}

fn quantile(mut values: Vec<f32>, q: f32) -> f32 {
    assert!(!values.is_empty());
    values.sort_by(f32::total_cmp);
    values[((values.len() - 1) as f32 * q).round() as usize]
}

fn whole(reference: &Field, moving: &Field) -> FoldMap {
    fold(reference, moving, 0.0, |pair| sweep(pair, 180, 21, 21.0).expect("a sweep of the whole seal"))
}

#[test]
fn an_impression_folded_with_itself_is_perfectly_continuous() {
    for (seed, pressure) in [(1, 1.0), (2, 1.0), (3, 1.0), (4, 0.4), (5, 0.7)] {
        // The last ones are pressed weakly on the right.
        let mut ink = Drawing::company_seal(seed).plain();
        let n = ink.width;
        for y in 0..n {
            let fall = (1.0 - pressure) / n as f32;
            ink.row_mut(y).iter_mut().enumerate().for_each(|(x, v)| *v *= 1.0 - fall * x as f32);
        }
        fold(&ink, &ink, 0.0, |pair| {
            let mut seen = 0;
            for cut in cuts(seed, 300) {
                for stroke in continuity(pair, &cut).expect("inside") {
                    assert!(
                        matches!(stroke.status, Status::Continuous | Status::Unknown(Unknown::Grazing)),
                        "{cut:?}: {stroke:?}"
                    );
                    let numbers = [stroke.offset_mm, stroke.width_difference_mm, stroke.break_mm];
                    assert_eq!(numbers, [Some(0.0); 3], "{cut:?}: {stroke:?}");
                    assert_eq!(stroke.direction_difference_deg.unwrap_or(0.0), 0.0);
                    assert!(stroke.ink_ratio.is_none_or(|r| (r - 1.0).abs() < 1e-5), "{cut:?}: {stroke:?}");
                    seen += usize::from(judged(&stroke));
                }
            }
            assert!(seen > 900, "only {seen} strokes");
        });
        let summary = whole(&ink, &ink).summary;
        let perfect = [summary.broken_share, summary.unknown_share, summary.extra_share, summary.broken_folds];
        assert_eq!(perfect, [Some(0.0); 4]);
        assert!(summary.median_offset_mm.is_some_and(|v| v < 0.005));
        assert!(summary.worst.is_empty());
    }
}

/// How far off the judged strokes of cuts all over a seal read, along which the moving impression was shifted by `d`.
fn errors_of_a_shift(pair: &Pair<'_>, angle_deg: f32, d: f32) -> Vec<f32> {
    let mut errors = Vec::new();
    for i in 0..80 {
        let side = SIDES[i % 2];
        let expected = if side == Side::Moving { d } else { -d };
        let strokes = continuity(pair, &cut(angle_deg, 0.5 * i as f32 - 19.75, side)).expect("inside");
        errors.extend(strokes.iter().filter(|s| judged(s)).filter_map(|s| Some((s.offset_mm? - expected).abs())));
    }
    errors
}

/// Share of errors above a limit.
fn share_over(errors: &[f32], limit: f32) -> f32 {
    errors.iter().filter(|e| **e > limit).count() as f32 / errors.len() as f32
}

/// Up to 0.45 mm every stroke but one in five hundred. Beyond, a row of strokes comes to lie where its neighbours lay, and one in a
/// hundred may be taken for another.
#[test]
fn a_shift_along_the_cut_reads_as_itself() {
    let mut r = Random(50);
    let drawings: Vec<_> = (30..33).map(Drawing::company_seal).map(|d| (d.plain(), d)).collect();
    for d in [0.0, 0.02, 0.05, 0.1, 0.17, 0.25, 0.35, 0.45, 0.55] {
        let mut errors = Vec::new();
        for (k, (reference, drawing)) in drawings.iter().enumerate() {
            let angle = r.between(0.0, 180.0);
            let d = if k % 2 == 0 { d } else { -d };
            let (s, c) = angle.to_radians().sin_cos();
            fold(reference, &drawing.moved([d * c, d * s]), 0.0, |pair| errors.extend(errors_of_a_shift(pair, angle, d)));
        }
        assert!(errors.len() > 1000, "{d} mm: {} strokes", errors.len());
        let (middle, over) = (quantile(errors.clone(), 0.5), share_over(&errors, 0.02));
        println!("{d} mm: {} strokes, median error {middle:.4}, {over:.5} above 0.02", errors.len());
        assert!(
            middle < 0.003 && over <= if d > 0.45 { 0.01 } else { 0.002 },
            "{d} mm: median error {middle}, {over} above 0.02"
        );
        assert!(d != 0.0 || errors.iter().all(|e| *e == 0.0));
    }
}

/// The law for scans: a card and a voucher of 200 and 300 dpi, whose pixels lie anyhow on the seal, any shift up to 0.45 mm.
#[test]
fn a_shift_between_two_scans_reads_as_itself_within_two_hundredths_of_a_millimetre() {
    let mut r = Random(52);
    let mut errors = Vec::new();
    for (k, dpi) in [[200.0, 200.0], [300.0, 300.0], [300.0, 200.0], [200.0, 300.0]].into_iter().cycle().take(16).enumerate() {
        let drawing = Drawing::company_seal(300 + k as u64);
        let phase = |r: &mut Random| [r.between(-0.5, 0.5), r.between(-0.5, 0.5)];
        let reference = drawing.scanned([0.0; 2], dpi[0], phase(&mut r));
        for _ in 0..3 {
            let (angle, d) = (r.between(0.0, 180.0), r.between(-0.45, 0.45));
            let (s, c) = angle.to_radians().sin_cos();
            let moving = drawing.scanned([d * c, d * s], dpi[1], phase(&mut r));
            fold(&reference, &moving, 0.0, |pair| errors.extend(errors_of_a_shift(pair, angle, d)));
        }
    }
    let shares = [0.02, 0.03, 0.05].map(|limit| share_over(&errors, limit));
    println!("{} strokes, above 0.02, 0.03 and 0.05 mm: {shares:.5?}", errors.len());
    assert!(errors.len() > 15_000, "{} strokes", errors.len());
    assert!(shares[0] <= 0.002, "{shares:?}");
}

#[test]
fn exchanging_the_halves_mirrors_every_number() {
    for seed in 70..74 {
        mirrored(&Drawing::company_seal(seed), seed);
    }
}

fn mirrored(drawing: &Drawing, seed: u64) {
    let moving = drawing.ink(0.03, |[x, y]| [x - 0.11 - 0.004 * y, y + 0.06]);
    fold(&drawing.plain(), &moving, 0.03, |pair| {
        for one in cuts(seed, 200) {
            let other = cut(one.angle_deg(), one.offset_mm(), one.side().swapped());
            let (a, b) = (continuity(pair, &one).expect("inside"), continuity(pair, &other).expect("inside"));
            assert_eq!(a.len(), b.len());
            for (a, b) in a.iter().zip(&b) {
                let signed = |s: &Stroke| [s.offset_mm, s.width_difference_mm, s.direction_difference_deg];
                assert_eq!(signed(a), signed(b).map(|v| v.map(|v| 0.0 - v)));
                let plain = |s: &Stroke| (s.position_mm, s.width_mm, s.crossing_deg, s.break_mm, s.ink_ratio, s.status);
                assert_eq!(plain(a), plain(b));
            }
        }
        let map = sweep(pair, 12, 7, 20.0).expect("a sweep");
        assert!(map.cells.iter().any(|c| c.offset_mm != 0.0));
        assert!(map.cells.iter().all(|c| c.offset_mm(Side::Moving) == -c.offset_mm(Side::Reference)));
    });
}

/// A map turned by 90° clockwise.
fn turned(f: &Field) -> Field {
    let mut out = Field::zeros(f.height, f.width);
    for y in 0..f.height {
        for x in 0..f.width {
            out.data[x * f.height + (f.height - 1 - y)] = f.at(x, y);
        }
    }
    out
}

/// The same after some quarter turns.
fn turned_by(f: &Field, quarters: usize) -> Field {
    (0..quarters).fold(f.clone(), |f, _| turned(&f))
}

/// Two impressions that a fold finds hard: strokes in all directions or gratings, of which the moving one is displaced by a fraction of a
/// sample or by half a period; black over a part, a seal that is not round, grids of odd, even and different sides.
fn hard_pair(r: &mut Random) -> [Field; 4] {
    let (w, h) = (90 + r.below(24), 90 + r.below(24));
    let map = |ink: &dyn Fn([f32; 2]) -> f32| {
        let at = |i: usize| ink([(i % w) as f32 - (w - 1) as f32 / 2.0, (i / w) as f32 - (h - 1) as f32 / 2.0]);
        Field { width: w, height: h, data: (0..w * h).map(at).collect() }
    };
    let bars = (0..40).map(|_| Bar {
        from: [r.between(-5.5, 5.5), r.between(-5.5, 5.5)],
        to: [r.between(-5.5, 5.5), r.between(-5.5, 5.5)],
        half_mm: r.between(0.1, 0.3),
    });
    let drawing = Drawing { radius_mm: 5.5, bars: bars.collect() };
    let strokes = |[x, y]: [f32; 2]| (0.5 - drawing.distance([x / PX_PER_MM, y / PX_PER_MM]) * PX_PER_MM / 2.0).clamp(0.0, 1.0);
    let period = 6.0 + r.below(3) as f32;
    let grating = |[x, y]: [f32; 2]| (0.5 + ((x + 0.5 * y) * std::f32::consts::TAU / period).sin()).clamp(0.0, 1.0);
    let (by, at, radius) =
        ([r.between(-2.0, 2.0), r.between(-2.0, 2.0)], [r.between(-30.0, 30.0), r.between(-30.0, 30.0)], r.between(36.0, 50.0));
    let [reference, moving] = if r.below(3) > 0 {
        [map(&strokes), map(&|[x, y]| 0.8 * strokes([x - by[0], y - by[1]]))]
    } else {
        [map(&grating), map(&|[x, y]| grating([x + 0.5 * period, y]))]
    };
    let covered = map(&|[x, y]| f32::from((x - at[0]).hypot(y - at[1]) < 12.0));
    let support = map(&|[x, y]| f32::from(x.abs().max(1.2 * y.abs()) < radius));
    [reference, moving, covered, support]
}

/// Whether a map's cells are those of another one to the bit, after quarter turns of both images: each half turn of a cut changes its
/// offset's sign and the halves' places.
fn cells_that_differ(map: &FoldMap, after: &FoldMap, quarters: usize) -> usize {
    let (n, m) = (map.angles_deg.len(), map.offsets_mm.len());
    let alike = |i: usize, j: usize| {
        let k = i + quarters * n / 2;
        let (there, side) = if (k / n).is_multiple_of(2) { (j, Side::Moving) } else { (m - 1 - j, Side::Reference) };
        let (a, b) = (map.at(i, j), after.at(k % n, there));
        let counts = |c: &Cell| [c.judged, c.broken, c.shifted, c.unknown, c.extra];
        let numbers = |c: &Cell, side| [c.offset_mm(side), c.break_mm].map(f32::to_bits);
        counts(a) == counts(b) && numbers(a, Side::Moving) == numbers(b, side)
    };
    (0..n * m).filter(|i| !alike(i / m, i % m)).count()
}

/// Reference, moving ink, cover and support after some quarter turns, prepared.
fn fold_turned<T>(maps: &[Field; 4], quarters: usize, gain_mm: f32, measure: impl FnOnce(&Pair<'_>) -> T) -> T {
    let [reference, moving, covered, support] = maps.each_ref().map(|f| turned_by(f, quarters));
    let given = Impressions { reference: &reference, moving: &moving, covered: &covered, support: &support, gain_mm };
    measure(&Pair::new(&given).expect("one size"))
}

#[test]
fn a_quarter_turn_of_both_images_turns_the_map_to_the_bit() {
    let mut r = Random(90);
    let (mut cells, mut judged, mut differ) = (0, 0, [0; 4]);
    for round in 0..24 {
        let maps = hard_pair(&mut r);
        // Of an even number of angles only, of which each has the one at right angles to it.
        let (angles, offsets, gain_mm) = (2 * (8 + r.below(40)), 6 + round % 2, r.between(-0.1, 0.1));
        let map = |quarters| fold_turned(&maps, quarters, gain_mm, |pair| sweep(pair, angles, offsets, 6.0).expect("a sweep"));
        let before = map(0);
        cells += before.cells.len();
        judged += before.summary.judged;
        for quarters in 1..4 {
            differ[quarters] += cells_that_differ(&before, &map(quarters), quarters);
        }
    }
    println!("{cells} cells, {judged} strokes; after a quarter, a half, three quarters of a turn differ {:?}", &differ[1..]);
    assert!(judged > 15_000, "{judged}");
    assert_eq!(differ, [0; 4], "of {cells} cells");
}

/// What a cut says of its strokes, to the bit.
fn bits(pair: &Pair<'_>, cut: &Cut) -> Vec<([Option<u32>; 6], Status)> {
    let numbers = |s: &Stroke| {
        [Some(s.position_mm), Some(s.crossing_deg), s.offset_mm, s.break_mm, s.width_difference_mm, s.direction_difference_deg]
    };
    let bits = |s: &Stroke| (numbers(s).map(|v| v.map(f32::to_bits)), s.status);
    continuity(pair, cut).expect("inside").iter().map(bits).collect()
}

#[test]
fn a_quarter_turn_of_both_images_changes_no_bit_of_a_stroke() {
    let mut r = Random(91);
    let mut strokes = 0;
    for round in 0..24 {
        let maps = hard_pair(&mut r);
        let gain_mm = r.between(-0.1, 0.1);
        let cuts: Vec<_> = (0..90).step_by(3).map(|angle| (angle as f32, r.between(-5.0, 5.0))).collect();
        let read = |quarters, turned_deg: f32| -> Vec<_> {
            let cuts = cuts.iter().map(|(angle, offset)| cut(angle + turned_deg, *offset, SIDES[round % 2]));
            fold_turned(&maps, quarters, gain_mm, |pair| cuts.map(|cut| bits(pair, &cut)).collect())
        };
        let before = read(0, 0.0);
        assert_eq!(before, read(1, 90.0), "round {round}");
        strokes += before.iter().map(Vec::len).sum::<usize>();
    }
    assert!(strokes > 3000, "{strokes}");
}

/// Share of cells whose counts differ by more than `slack` after both images were turned by `steps` angles.
fn unlike_turned(map: &FoldMap, after: &FoldMap, steps: usize, slack: u16) -> f32 {
    let (n, m) = (map.angles_deg.len(), map.offsets_mm.len());
    let (mut differ, mut all) = (0, 0);
    for i in 0..n {
        for j in 0..m {
            let (k, over) = ((i + steps) % n, i + steps >= n);
            let (a, b) = (map.at(i, j), if over { after.at(k, m - 1 - j) } else { after.at(k, j) });
            let same =
                [(a.judged, b.judged), (a.broken, b.broken), (a.extra, b.extra)].iter().all(|(a, b)| a.abs_diff(*b) <= slack);
            all += 1;
            differ += usize::from(!same);
        }
    }
    differ as f32 / all as f32
}

/// Both impressions drawn anew, turned clockwise, the moving one displaced by `by`.
fn drawn_turned(drawing: &Drawing, by: [f32; 2], angle_deg: f32) -> [Field; 2] {
    let (s, c) = angle_deg.to_radians().sin_cos();
    let by = [by[0] * c - by[1] * s, by[0] * s + by[1] * c];
    let moving = drawing.ink(0.0, |[x, y]| {
        let (x, y) = (x - by[0], y - by[1]);
        [c * x + s * y, c * y - s * x]
    });
    [drawing.turned(angle_deg), moving]
}

#[test]
fn turning_both_images_turns_the_map() {
    for (seed, by) in [(9, [0.12, -0.05]), (29, [0.2, 0.1]), (39, [-0.03, 0.3])] {
        let drawing = Drawing::company_seal(seed);
        let (reference, moving) = (drawing.plain(), drawing.moved(by));
        let map = whole(&reference, &moving);
        // A quarter turn moves samples onto samples.
        let after = whole(&turned(&reference), &turned(&moving));
        let differ = cells_that_differ(&map, &after, 1);
        assert_eq!(differ, 0, "seed {seed}: of {} cells", map.cells.len());
        // Any other turn draws the seal anew; strokes near a limit (how far they run along the cut) fall to the other side of it, and
        // the mean of a cell with few strokes moves with each.
        for steps in [17, 45, 131] {
            let [reference, moving] = drawn_turned(&drawing, by, steps as f32);
            let after = whole(&reference, &moving);
            let [right, wrong] = [0, 12].map(|off| unlike_turned(&map, &after, steps - off, 2));
            assert!(right < 0.016 && wrong > 0.2, "seed {seed}, {steps}°: {right} of the cells differ, {wrong} at another angle");
            let (a, b) = (&map.summary, &after.summary);
            assert!(a.judged.abs_diff(b.judged) < a.judged / 100, "seed {seed}, {steps}°: {a:?} {b:?}");
            for (a, b) in [(a.broken_share, b.broken_share), (a.shifted_share, b.shifted_share)] {
                assert!((a.expect("judged") - b.expect("judged")).abs() < 0.005, "seed {seed}, {steps}°: {a:?} {b:?}");
            }
            let medians = [a, b].map(|s| s.median_offset_mm.expect("judged"));
            assert!((medians[0] - medians[1]).abs() < 0.002, "seed {seed}, {steps}°: {medians:?}");
        }
    }
}

/// Stroke by stroke, so that no threshold of a count hides one: what is judged before and after lies in one place and has one offset.
#[test]
fn turning_both_images_turns_every_stroke() {
    let (mut found, mut lost, mut unsure, mut errors) = (0, 0, 0, Vec::new());
    for (seed, angle) in [(61, 23.0), (62, 45.0), (63, 77.5)] {
        let drawing = Drawing::company_seal(seed);
        let by = [0.12, -0.05];
        let (reference, moving) = (drawing.plain(), drawing.moved(by));
        let after = drawn_turned(&drawing, by, angle);
        fold(&reference, &moving, 0.0, |pair| {
            fold(&after[0], &after[1], 0.0, |turned| {
                for one in cuts(seed, 300).filter(|c| c.angle_deg() + angle <= 180.0) {
                    let other = cut(one.angle_deg() + angle, one.offset_mm(), one.side());
                    let [a, b] = [(pair, &one), (turned, &other)].map(|(pair, cut)| continuity(pair, cut).expect("inside"));
                    for stroke in a.iter().filter(|s| judged(s)) {
                        let same = b.iter().find(|s| (s.position_mm - stroke.position_mm).abs() < 0.05);
                        found += 1;
                        lost += u32::from(same.is_none());
                        unsure += u32::from(same.is_some_and(|s| !judged(s)));
                        errors.extend(same.filter(|s| judged(s)).and_then(|s| Some((s.offset_mm? - stroke.offset_mm?).abs())));
                    }
                }
            });
        });
    }
    let [middle, most, nearly_all] = [0.5, 0.95, 0.99].map(|q| quantile(errors.clone(), q));
    println!(
        "{found} strokes, {lost} lost, {unsure} unsure; median {middle:.4} mm, 95 % below {most:.4}, 99 % below {nearly_all:.4}"
    );
    assert!(found > 2500 && 100 * lost < found && 20 * unsure < found, "{lost} lost, {unsure} unsure of {found}");
    assert!(middle < 0.005 && most < 0.02 && nearly_all < 0.04, "{middle} {most} {nearly_all}");
}

#[test]
fn a_cell_of_the_sweep_is_the_continuity_of_its_cut() {
    let drawing = Drawing::company_seal(11);
    let mut moving = drawing.clone();
    for bar in moving.bars.iter_mut().skip(20).take(30) {
        bar.from[0] += 0.28;
        bar.to[0] += 0.28;
    }
    fold(&drawing.plain(), &moving.plain(), 0.0, |pair| {
        let map = sweep(pair, 36, 9, 20.0).expect("a sweep");
        assert!(map.summary.broken_share.is_some_and(|s| s > 0.02), "{:?}", map.summary);
        for i in 0..36 {
            for j in 0..9 {
                let cut = map.cut(i, j, Side::Moving).expect("its own cut");
                let strokes = continuity(pair, &cut).expect("inside");
                let count = |f: &dyn Fn(&Stroke) -> bool| strokes.iter().filter(|s| f(s)).count();
                let unknown = |s: &Stroke| matches!(s.status, Status::Unknown(u) if u != Unknown::Grazing);
                let found = [count(&judged), count(&broken), count(&unknown), count(&|s| s.status == Status::Extra)];
                let cell = map.at(i, j);
                assert_eq!([cell.judged, cell.broken, cell.unknown, cell.extra].map(usize::from), found, "{cut:?}");
                let shifted = strokes.iter().filter(|s| s.status == Status::Broken(Broken::Shifted));
                let breaks: Vec<f32> = shifted.filter_map(|s| s.break_mm).collect();
                let middle = if breaks.is_empty() { 0.0 } else { quantile(breaks.clone(), 0.5) };
                assert_eq!((usize::from(cell.shifted), cell.break_mm), (breaks.len(), middle), "{cut:?}");
            }
        }
    });
}

#[test]
fn a_displaced_character_breaks_the_folds_through_it_and_no_others() {
    let drawing = Drawing::company_seal(13);
    let mut other = drawing.clone();
    // The character nearest to twelve o'clock is number 7 on the ring.
    for bar in &mut other.bars[9 * 7..9 * 8] {
        for end in [&mut bar.from, &mut bar.to] {
            *end = [end[0] + 0.22, end[1] - 0.22];
        }
    }
    let middle = drawing.bars[9 * 7].from;
    let map = whole(&drawing.plain(), &other.plain());
    let (mut through, mut beside) = ((0, 0), (0, 0));
    for (i, angle) in map.angles_deg.iter().enumerate() {
        let (s, c) = angle.to_radians().sin_cos();
        for (j, offset) in map.offsets_mm.iter().enumerate() {
            let distance = (c * middle[1] - s * middle[0] - offset).abs();
            let cell = map.at(i, j);
            let count = if distance < 1.5 { &mut through } else { &mut beside };
            if !(1.5..=5.5).contains(&distance) {
                count.0 += u32::from(cell.broken);
                count.1 += u32::from(cell.judged);
            }
        }
    }
    assert_eq!(beside.0, 0, "{beside:?}");
    assert!(through.0 as f32 > 0.03 * through.1 as f32, "{through:?}");
    let worst = map.summary.worst.first().expect("a broken fold");
    assert!((0.2..0.36).contains(&worst.break_mm), "{worst:?}");
    let said = worst.to_string();
    assert!(said.contains(&format!("breaks {} of {} strokes by", worst.shifted, worst.judged)), "{said}");
}

#[test]
fn a_fold_is_told_only_where_its_neighbours_break_too() {
    let mut drawing = Drawing::company_seal(14);
    // Between characters and code: nothing else is near.
    let dot = |x: f32, length_mm: f32| Bar { from: [x, 7.6 - length_mm], to: [x, 7.6], half_mm: 0.15 };
    drawing.bars.extend([dot(-6.5, 0.2), dot(6.5, 2.0)]);
    let last = drawing.bars.len() - 1;
    for (bar, told) in [(last - 1, false), (last, true)] {
        let mut other = drawing.clone();
        other.bars[bar].from[0] += 0.3;
        other.bars[bar].to[0] += 0.3;
        let map = whole(&drawing.plain(), &other.plain());
        assert!(map.cells.iter().any(|c| c.judged >= 5 && c.shifted > 0), "{bar}");
        assert_eq!(!map.summary.worst.is_empty(), told, "{bar}: {:?}", map.summary.worst);
    }
}

#[test]
fn covered_poor_and_lost_strokes_are_told_apart() {
    let drawing = Drawing::company_seal(15);
    let reference = drawing.plain();
    let n = reference.width;
    let one = Field { data: vec![1.0; n * n], ..reference.clone() };
    let statuses = |moving: &Field, covered: &Field| -> Vec<Stroke> {
        let given = Impressions { reference: &reference, moving, covered, support: &one, gain_mm: 0.0 };
        let pair = Pair::new(&given).expect("one size");
        cuts(150, 150).flat_map(|c| continuity(&pair, &c).expect("inside")).collect()
    };
    let open = Field::zeros(n, n);
    // All black: nothing can be said of any stroke.
    let all = statuses(&reference, &one);
    assert!(!all.is_empty() && all.iter().all(|s| s.status == Status::Unknown(Unknown::Occluded)));
    // Nothing was pressed: no ink to follow, so unknown, not broken.
    let blank = statuses(&open, &open);
    assert!(blank.len() > 500 && !blank.iter().any(judged));
    // Half of the seal lies beyond the scan's edge, which counts as covered: only the other half is judged, and it is whole.
    let mut half = reference.clone();
    let mut beyond = open.clone();
    for y in 0..n {
        half.row_mut(y)[..n / 2].fill(0.0);
        beyond.row_mut(y)[..n / 2].fill(1.0);
    }
    let strokes = statuses(&half, &beyond);
    assert!(strokes.iter().any(judged) && !strokes.iter().any(broken), "{:?}", strokes.iter().find(|s| broken(s)));
    // The same without saying so: that half is poor, and the strokes at its border at worst.
    let poor = statuses(&half, &open);
    let share =
        |f: fn(&Stroke) -> bool| poor.iter().filter(|s| f(s)).count() as f32 / poor.iter().filter(|s| judged(s)).count() as f32;
    assert!(share(broken) < 0.005, "{}", share(broken));
    // One stroke of the small code is gone amid others that are there: lost, and only it.
    let mut lost = drawing.clone();
    let gone = lost.bars.remove(lost.bars.len() - 7);
    let level = 0.5 * (gone.from[1] + gone.to[1]);
    fold(&reference, &lost.plain(), 0.0, |pair| {
        let strokes = continuity(pair, &cut(0.0, level, Side::Moving)).expect("inside");
        let missing: Vec<_> = strokes.iter().filter(|s| s.status == Status::Broken(Broken::Missing)).collect();
        assert_eq!(missing.len(), 1, "{strokes:?}");
        assert!((missing[0].position_mm - 0.5 * (gone.from[0] + gone.to[0])).abs() < 0.1, "{missing:?}");
        assert_eq!(strokes.iter().filter(|s| broken(s)).count(), 1, "{strokes:?}");
        assert!(strokes.iter().filter(|s| judged(s)).count() > 12, "{strokes:?}");
    });
    // And the other way round: ink that the reference does not have is said to be extra, nothing is broken by it.
    fold(&lost.plain(), &reference, 0.0, |pair| {
        let map = sweep(pair, 90, 21, 21.0).expect("a sweep");
        assert!(map.cells.iter().map(|c| u32::from(c.extra)).sum::<u32>() > 10);
        assert!(map.summary.broken_share.is_some_and(|s| s < 0.002), "{:?}", map.summary);
    });
}

/// A seal whose small code has two strokes for each of one, so far apart; its bars come last, left to right.
fn twins(apart_mm: f32) -> Drawing {
    let mut drawing = Drawing::company_seal(16);
    let code = drawing.bars.split_off(drawing.bars.len() - 13);
    for mut bar in code {
        bar.to[0] = bar.from[0];
        drawing.bars.push(bar);
        bar.from[0] += apart_mm;
        bar.to[0] += apart_mm;
        drawing.bars.push(bar);
    }
    drawing
}

#[test]
fn a_vanished_stroke_does_not_take_its_neighbours_place() {
    let drawing = twins(0.5);
    let reference = drawing.plain();
    let first = drawing.bars.len() - 26;
    for gone in 4..22 {
        let mut lost = drawing.clone();
        let bar = lost.bars.remove(first + gone);
        fold(&reference, &lost.plain(), 0.0, |pair| {
            for (level, side) in [(9.7, Side::Moving), (10.1, Side::Reference)] {
                let strokes = continuity(pair, &cut(0.0, level, side)).expect("inside");
                let broken: Vec<_> = strokes.iter().filter(|s| broken(s)).collect();
                assert_eq!(broken.len(), 1, "{bar:?}: {strokes:?}");
                assert_eq!(broken[0].status, Status::Broken(Broken::Missing));
                assert!((broken[0].position_mm - bar.from[0]).abs() < 0.1, "{bar:?}: {broken:?}");
                assert!(strokes.iter().filter(|s| judged(s)).count() > 24, "{strokes:?}");
            }
        });
    }
}

#[test]
fn two_strokes_that_moved_further_than_half_their_distance_are_not_confused() {
    let drawing = twins(0.4);
    let first = drawing.bars.len() - 26;
    for twin in (4..18).step_by(2) {
        let mut other = drawing.clone();
        let moved = &mut other.bars[first + twin..first + twin + 2];
        for bar in moved.iter_mut() {
            bar.from[0] += 0.25;
            bar.to[0] += 0.25;
        }
        fold(&drawing.plain(), &other.plain(), 0.0, |pair| {
            let strokes = continuity(pair, &cut(0.0, 9.9, Side::Moving)).expect("inside");
            let shifted: Vec<_> = strokes.iter().filter(|s| s.status == Status::Broken(Broken::Shifted)).collect();
            assert_eq!(shifted.len(), 2, "{twin}: {shifted:?}");
            assert!(shifted.iter().all(|s| s.offset_mm.is_some_and(|d| (d - 0.25).abs() < 0.02)), "{twin}: {shifted:?}");
        });
    }
}

#[test]
fn ink_gain_and_weak_ink_break_nothing() {
    let drawing = Drawing::company_seal(17);
    let reference = drawing.plain();
    for gain in [-0.05, 0.08] {
        let moving = drawing.ink(gain, |p| p);
        let summary = fold(&reference, &moving, gain, |pair| sweep(pair, 90, 21, 21.0).expect("a sweep").summary);
        assert!(summary.broken_share.is_some_and(|s| s < 0.002), "gain {gain}: {summary:?}");
        assert!(summary.judged > 4000, "gain {gain}: {summary:?}");
    }
    // Pressure falls to 45 % from left to right: edges stay where they are.
    let mut weak = reference.clone();
    let n = weak.width;
    for y in 0..n {
        weak.row_mut(y).iter_mut().enumerate().for_each(|(x, v)| *v *= 1.0 - 0.55 * x as f32 / n as f32);
    }
    let summary = whole(&reference, &weak).summary;
    assert!(summary.broken_share.is_some_and(|s| s < 0.001), "{summary:?}");
    assert!(summary.median_offset_mm.is_some_and(|v| v < 0.01), "{summary:?}");
    assert!(summary.unknown_share.is_some_and(|s| s < 0.02), "{summary:?}");
}

#[test]
fn a_shift_beyond_the_limit_breaks_the_strokes_it_crosses() {
    let drawing = Drawing::company_seal(19);
    let reference = drawing.plain();
    for (d, low, high) in [(0.6 * BREAK_MM, 0.0, 0.01), (2.0 * BREAK_MM, 0.5, 1.0)] {
        let share = whole(&reference, &drawing.moved([d, 0.0])).summary.broken_share.expect("judged");
        assert!((low..=high).contains(&share), "{d} mm breaks {share}");
    }
}

#[test]
fn composition_takes_each_half_from_its_own_side() {
    let drawing = Drawing::company_seal(21);
    let (a, b) = (drawing.plain(), drawing.moved([0.3, 0.2]));
    let n = a.width;
    let middle = (n - 1) as f32 / 2.0;
    let fold = |cut: &Cut| {
        let mut out = Field::zeros(n, n);
        compose(&plane(&a), &plane(&b), cut, PX_PER_MM, &mut out).expect("one size");
        out
    };
    for one in cuts(210, 60).chain([0.0, 1e-5, 45.0, 90.0, 135.0, 180.0].map(|angle| cut(angle, 0.0, Side::Reference))) {
        let out = fold(&one);
        let (s, c) = one.angle_deg().to_radians().sin_cos();
        for y in 0..n {
            for x in 0..n {
                // The definition, sample by sample.
                let d = c * (y as f32 - middle) - s * (x as f32 - middle) - one.offset_mm() * PX_PER_MM;
                let share = (d + 0.5).clamp(0.0, 1.0);
                let share = if one.side() == Side::Reference { share } else { 1.0 - share };
                let expected = b.at(x, y) + share * (a.at(x, y) - b.at(x, y));
                assert!((out.at(x, y) - expected).abs() < 2e-3, "{one:?} at ({x}, {y}): {} for {expected}", out.at(x, y));
            }
        }
        // Both compositions together are both impressions together.
        let other = fold(&cut(one.angle_deg(), one.offset_mm(), one.side().swapped()));
        for i in 0..n * n {
            assert!((out.data[i] + other.data[i] - a.data[i] - b.data[i]).abs() < 1e-3, "{one:?} at {i}");
        }
    }
    // A cut at 180° is the cut at 0° seen from the other side.
    let (there, here) = (fold(&cut(180.0, 2.0, Side::Moving)), fold(&cut(0.0, -2.0, Side::Reference)));
    assert!(there.data.iter().zip(&here.data).all(|(t, h)| (t - h).abs() < 1e-5));
}

#[test]
fn what_describes_no_fold_is_refused() {
    let inf = f32::INFINITY;
    for (angle, offset) in [(f32::NAN, 0.0), (-0.1, 0.0), (180.1, 0.0), (inf, 0.0), (0.0, f32::NAN), (0.0, 60.1), (0.0, -inf)] {
        let refused = Cut::new(angle, offset, Side::Moving);
        assert!(matches!(refused, Err(Error::FoldOutOfRange { .. })), "{angle} {offset}");
    }
    let ink = Drawing::company_seal(23).plain();
    let n = ink.width;
    let (open, small) = (Field::zeros(n, n), Field::zeros(n, n - 2));
    let with = |change: &dyn Fn(&mut Field)| {
        let mut f = ink.clone();
        change(&mut f);
        f
    };
    let bad = [
        with(&|f| f.data[1000] = f32::NAN),
        with(&|f| f.data[1000] = -inf),
        with(&|f| f.data.truncate(5)),
        small,
        Field::zeros(0, 0),
    ];
    for f in &bad {
        for k in 0..4 {
            let m = |i: usize, other| if i == k { f } else { other };
            let given = Impressions {
                reference: m(0, &ink),
                moving: m(1, &ink),
                covered: m(2, &open),
                support: m(3, &ink),
                gain_mm: 0.0,
            };
            assert!(matches!(Pair::new(&given).err(), Some(Error::BadFoldMaps { .. })), "map {k}");
        }
        let mut out = open.clone();
        let answer = f.plane().and_then(|f| compose(&plane(&ink), &f, &cut(0.0, 0.0, Side::Moving), PX_PER_MM, &mut out));
        let mut out = f.clone();
        let into = compose(&plane(&ink), &plane(&ink), &cut(0.0, 0.0, Side::Moving), PX_PER_MM, &mut out);
        let shape = f.width == n && f.height == n && f.data.len() == n * n;
        assert_eq!([answer.is_ok(), into.is_ok()], [shape; 2]);
    }
    for gain_mm in [f32::NAN, 1.1, -inf] {
        let given = Impressions { reference: &ink, moving: &ink, covered: &open, support: &ink, gain_mm };
        assert!(matches!(Pair::new(&given).err(), Some(Error::FoldOutOfRange { what: "gain_mm", .. })));
    }
    let mut out = open.clone();
    for px_per_mm in [f32::NAN, 0.0, -8.0, 1000.0] {
        assert!(compose(&plane(&ink), &plane(&ink), &cut(0.0, 0.0, Side::Moving), px_per_mm, &mut out).is_err());
    }
    fold(&ink, &ink, 0.0, |pair| {
        assert!(continuity(pair, &cut(0.0, 50.0, Side::Moving)).is_err());
        for (angles, offsets, radius) in
            [(0, 21, 21.0), (180, 0, 21.0), (721, 21, 21.0), (180, 21, f32::NAN), (180, 21, 0.0), (180, 21, 99.0)]
        {
            assert!(sweep(pair, angles, offsets, radius).is_err(), "{angles} {offsets} {radius}");
        }
    });
}

#[test]
fn a_cut_beside_every_stroke_is_empty_and_an_empty_seal_says_nothing() {
    let ink = Drawing::company_seal(25).plain();
    fold(&ink, &ink, 0.0, |pair| assert_eq!(continuity(pair, &cut(30.0, 22.5, Side::Moving)).expect("on the grid"), []));
    let empty = Field::zeros(ink.width, ink.height);
    for (reference, moving) in [(&empty, &empty), (&empty, &ink)] {
        let summary = whole(reference, moving).summary;
        assert_eq!((summary.judged, summary.broken_share, summary.median_offset_mm), (0, None, None));
        assert!(summary.worst.is_empty());
    }
}

#[test]
fn pictures_of_noise_neither_panic_nor_give_numbers_that_are_not_finite() {
    let mut r = Random(99);
    for round in 0..40 {
        let (w, h) = (9 + r.below(90), 9 + r.below(90));
        let mut noise = || {
            let top = [0.5, 1.0, 40.0][r.below(3)];
            Field { width: w, height: h, data: (0..w * h).map(|_| r.between(-top, top)).collect() }
        };
        let (reference, moving, covered, support) = (noise(), noise(), noise(), noise());
        let given = Impressions { reference: &reference, moving: &moving, covered: &covered, support: &support, gain_mm: 0.1 };
        let pair = Pair::new(&given).expect("finite");
        let map = sweep(&pair, 19, 8, pair.reach_mm()).expect("a sweep");
        assert!(map.cells.iter().all(|c| c.offset_mm.is_finite() && c.break_mm.is_finite()), "round {round}");
        for angle in [0.0, 44.9, 45.0, 90.0, 135.0, 180.0] {
            for stroke in continuity(&pair, &cut(angle, 0.0, Side::Moving)).expect("inside") {
                let numbers = [stroke.offset_mm, stroke.width_difference_mm, stroke.direction_difference_deg, stroke.ink_ratio];
                assert!(numbers.into_iter().flatten().all(f32::is_finite), "round {round}: {stroke:?}");
            }
        }
    }
}
