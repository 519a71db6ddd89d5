//! The fold over whole scans: enrolled, searched, aligned, cut; strokes whose displacement is known.

mod common;

use common::{Die, Image, Rim};
use seal_match_core::error::Error;
use seal_match_core::fold::channels::{NAMES, channels};
use seal_match_core::fold::{Cut, Pair, Side, Status, continuity, sweep};
use seal_match_core::plane::ScanKind;
use seal_match_core::score::Profile;
use seal_match_core::template::Reference;
use seal_match_core::verify::{Search, examine};

const CARD_MM: [f32; 2] = [31.0, 27.0];

/// Where a stroke meets a cut, along it; `None` when it does not, or runs too much along it.
fn meets([a, b]: &[[f32; 2]; 2], along: [f32; 2], offset_mm: f32) -> Option<f32> {
    let across = |p: &[f32; 2]| along[0] * p[1] - along[1] * p[0] - offset_mm;
    let (da, db) = (across(a), across(b));
    let length = (b[0] - a[0]).hypot(b[1] - a[1]);
    // Not near an end, where the stroke's round cap would be cut.
    if da * db >= 0.0 || da.abs().min(db.abs()) < 0.35 || (da - db).abs() < 0.8 * length {
        return None;
    }
    let t = |p: &[f32; 2]| along[0] * p[0] + along[1] * p[1];
    Some(t(a) + (t(b) - t(a)) * da / (da - db))
}

/// Offsets of strokes that were moved by a known amount, measured in a scan of 300 dpi that lies anywhere at any angle, against
/// what they must be. Strokes that meet another one near the cut are left out.
#[test]
fn known_displacements_are_measured_within_two_hundredths_of_a_millimetre_at_300_dpi() {
    let mut errors: Vec<f32> = Vec::new();
    for (k, (rim, seed)) in [(Rim::Round, 71), (Rim::Square, 72), (Rim::Round, 73), (Rim::Round, 74)].into_iter().enumerate() {
        let die = Die::new(rim, seed);
        let (template, report) = Image::pressed(&die, 300.0, CARD_MM, 0.0).enrol().expect("a clean card");
        let centre = [0, 1].map(|i| report.centre_px[i] * 25.4 / 300.0 - CARD_MM[i]);
        let reference = Reference::new(template);
        for (size, angle) in [(0.12_f32, 10.0_f32), (0.2, 62.0), (0.25, 118.0), (0.3, 155.0)] {
            let (s, c) = angle.to_radians().sin_cos();
            let (other, moved) = die.moved(6, [size * c, size * s]);
            let page = Image::pressed(&other, 300.0, [29.3, 26.1], 33.0 * k as f32 - 70.0);
            let found = examine(&reference, &page.scan(), &Search::default()).expect("found");
            let pair = Pair::of(&found).expect("a trusted alignment");
            for i in -60..=60 {
                let offset = 0.1 * i as f32;
                let strokes = continuity(&pair, &Cut::new(angle, offset, Side::Moving).expect("a cut")).expect("inside");
                // The cut in the die's own millimetres.
                let own = offset + c * centre[1] - s * centre[0];
                let shift = c * centre[0] + s * centre[1];
                let all: Vec<f32> = die.strokes().iter().filter_map(|x| meets(x, [c, s], own)).collect();
                for t in moved.iter().filter_map(|x| meets(x, [c, s], own)) {
                    let alone = all.iter().filter(|o| (*o - t).abs() < 1.2).count() == 1;
                    let measured = strokes.iter().find(|x| (x.position_mm - (t - shift)).abs() < 0.1 && x.width_mm < 0.6);
                    let Some(stroke) = measured.filter(|_| alone) else { continue };
                    if let (Some(d), Status::Continuous | Status::Broken(_)) = (stroke.offset_mm, stroke.status) {
                        errors.push((d - size).abs());
                    }
                }
            }
        }
    }
    errors.sort_by(f32::total_cmp);
    assert!(errors.len() > 100, "{} strokes", errors.len());
    let (middle, most) = (errors[errors.len() / 2], errors[errors.len() * 95 / 100]);
    println!("{} strokes: median error {middle:.4} mm, 95 % below {most:.4} mm", errors.len());
    assert!(middle <= 0.02, "median error {middle}, 95 % below {most}");
}

#[test]
fn a_guessed_alignment_is_refused() {
    let profile = include_str!("../../../service/seal_service/profiles/default.toml");
    let profile = Profile::from_toml(profile).expect("the packaged profile");
    let reference = Reference::new(Image::pressed(&Die::new(Rim::Round, 81), 200.0, CARD_MM, 0.0).enrol().expect("a card").0);
    // Another die on a page of noise: something is aligned.
    let mut guessed = 0;
    for seed in 0..12 {
        let page = Image::pressed(&Die::new(Rim::Square, 90 + seed), 200.0, [30.0, 26.0], 25.0);
        let Some(found) = examine(&reference, &page.scan(), &Search::default()) else { continue };
        if !found.trusted() {
            guessed += 1;
            let refused = Pair::of(&found).err();
            assert!(matches!(refused, Some(Error::AlignmentUntrusted { share, needed, .. }) if share < needed));
            // Nor is the seal said to differ: two seals that do not lie on each other differ everywhere.
            let reasons = profile.decide(Some(&found), ScanKind::Colour).reasons;
            assert_eq!(reasons.last(), Some(&"ALIGNMENT_UNSURE"));
            assert!(reasons[..reasons.len() - 1].iter().all(|r| *r == "SEAL_CUT_OFF"), "{reasons:?}");
        }
    }
    assert!(guessed > 0, "every one of the other dies was trusted");
}

#[test]
fn half_a_seal_beyond_the_scan_is_unknown_and_the_other_half_goes_on() {
    let die = Die::new(Rim::Round, 83);
    let reference = Reference::new(Image::pressed(&die, 300.0, CARD_MM, 0.0).enrol().expect("a card").0);
    // The seal's centre lies 1.5 mm inside the left border.
    let page = Image::pressed(&die, 300.0, [1.5, 26.0], 0.0);
    let found = examine(&reference, &page.scan(), &Search::default()).expect("found");
    assert!(found.trusted() && !found.inside);
    let map = sweep(&Pair::of(&found).expect("trusted"), 180, 21, reference.radius_mm).expect("a sweep");
    let summary = &map.summary;
    assert!(summary.judged > 500, "{summary:?}");
    assert!(summary.broken_share.is_some_and(|s| s < 0.01), "{summary:?}");
    assert!(summary.unknown_share.is_some_and(|s| s > 0.3), "{summary:?}");
    assert!(summary.median_offset_mm.is_some_and(|v| v < 0.02), "{summary:?}");
    // Upright cuts through the lost half judge nothing.
    let upright = map.angles_deg.iter().position(|a| *a == 90.0).expect("a right angle");
    let left: Vec<_> = map.offsets_mm.iter().enumerate().filter(|(_, o)| **o > 3.0).map(|(j, _)| map.at(upright, j)).collect();
    assert!(left.iter().all(|c| c.judged == 0) && left.iter().any(|c| c.unknown > 0), "{left:?}");
}

#[test]
fn the_channels_tell_what_the_whole_map_tells() {
    let reference = Reference::new(Image::pressed(&Die::new(Rim::Round, 85), 300.0, CARD_MM, 0.0).enrol().expect("a card").0);
    let look = |page: &Image| examine(&reference, &page.scan(), &Search::default()).expect("found");
    let same = look(&Image::pressed(&Die::new(Rim::Round, 85), 200.0, [30.0, 26.0], 33.0));
    let map = sweep(&Pair::of(&same).expect("trusted"), 180, 21, reference.radius_mm).expect("a sweep").summary;
    let whole = [
        map.broken_share,
        map.shifted_share,
        map.unknown_share,
        map.extra_share,
        map.median_offset_mm,
        map.p90_offset_mm,
        map.broken_folds,
    ];
    for ((name, said), whole) in NAMES.iter().zip(channels(&same)).zip(whole) {
        let near = if name.ends_with("_mm") { 0.01 } else { 0.05 };
        assert!((said - whole.expect("judged")).abs() <= near, "{name}: {said}, the map {whole:?}");
    }
    // Half of the seal beyond the scan: no number is invented for what nobody sees.
    let half = look(&Image::pressed(&Die::new(Rim::Round, 85), 200.0, [1.5, 26.0], 0.0));
    assert!(channels(&half)[2] > channels(&same)[2] && channels(&half).iter().all(|v| v.is_finite()));
    let mut guess = half;
    guess.alignment.fit.inliers = 0.0;
    assert!(!guess.trusted());
    assert_eq!(channels(&guess), [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
}
