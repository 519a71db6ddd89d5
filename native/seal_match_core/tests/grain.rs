//! Laws of the grain: what tells a print from a stamping, and when nothing can be told.

mod common;

use std::f32::consts::TAU;

use common::drawing::Drawing;
use common::{Image, PAPER, RED, Random};
use seal_match_core::compare::grain::{NAMES, measure};
use seal_match_core::plane::{Plane, Scan};
use seal_match_core::template::Reference;
use seal_match_core::verify::{Comparison, Search, examine};

const CENTRE_MM: [f32; 2] = [30.3, 26.4];
/// Places of the numbers.
const FINE: usize = 0;
const CHROMA_FINE: usize = 2;
const MANY_INKS: usize = 4;
const SCREEN: usize = 5;

fn drawing() -> Drawing {
    Drawing::company_seal(5)
}

/// Beyond the border nothing is measured.
fn distance(drawing: &Drawing, x: f32, y: f32) -> f32 {
    if x.hypot(y) > drawing.radius_mm + 1.0 { 1.0 } else { drawing.distance([x, y]) }
}

fn reference() -> Reference {
    Reference::new(stamped(300.0, 0.0, 1).enrol().expect("a clean card").0)
}

/// The seal in one ink whose film mottles: waves of 0.4 to 2.5 mm in all directions, and a little noise of the scanner.
fn stamped(dpi: f32, angle_deg: f32, seed: u64) -> Image {
    let mut r = Random(seed);
    let waves: Vec<[f32; 4]> = (0..60)
        .map(|_| {
            let (turn, length) = (r.between(0.0, TAU), r.between(0.4, 2.5));
            [TAU / length * turn.cos(), TAU / length * turn.sin(), r.between(0.0, TAU), 0.02]
        })
        .collect();
    let drawing = drawing();
    let film = |x: f32, y: f32| {
        let thickness: f32 = waves.iter().map(|[u, v, phase, height]| height * (u * x + v * y + phase).sin()).sum();
        let share = 0.85 + thickness + r.between(-0.01, 0.01);
        std::array::from_fn(|k| PAPER[k] + share * (RED[k] - PAPER[k]))
    };
    Image::inked(|x, y| distance(&drawing, x, y), film, dpi, CENTRE_MM, angle_deg)
}

/// The seal in dots of magenta and of yellow on two screens of `lines` a millimetre, and the same noise.
fn screened(dpi: f32, angle_deg: f32, lines: f32) -> Image {
    let mut r = Random(9);
    let drawing = drawing();
    // How much of a pixel lies in a dot that covers seven tenths of its cell; the pixel is sampled four by four.
    let dots = move |x: f32, y: f32, turn: f32| {
        let (s, c) = turn.to_radians().sin_cos();
        let px = 25.4 / dpi;
        let within = (0..16).filter(|i| {
            let (x, y) = (x + ((i % 4) as f32 - 1.5) / 4.0 * px, y + ((i / 4) as f32 - 1.5) / 4.0 * px);
            let (u, v) = (TAU * lines * (c * x + s * y), TAU * lines * (c * y - s * x));
            u.cos() + v.cos() > -0.8
        });
        within.count() as f32 / 16.0
    };
    let print = |x: f32, y: f32| {
        let (magenta, yellow) = (dots(x, y, 75.0), dots(x, y, 0.0));
        let noise = r.between(-2.0, 2.0);
        [
            PAPER[0] - 25.0 * magenta - 5.0 * yellow + noise,
            PAPER[1] - 190.0 * magenta - 20.0 * yellow + noise,
            PAPER[2] - 80.0 * magenta - 130.0 * yellow + noise,
        ]
        .map(|v| v.clamp(0.0, 255.0))
    };
    Image::inked(|x, y| distance(&drawing, x, y), print, dpi, CENTRE_MM, angle_deg)
}

fn look(reference: &Reference, image: &Image) -> Comparison {
    let found = examine(reference, &image.scan(), &Search::default()).expect("found");
    assert!(found.trusted(), "{}", found.alignment.fit.inliers);
    found
}

fn grain(reference: &Reference, image: &Image) -> [f32; NAMES.len()] {
    measure(reference, &look(reference, image), &image.scan()).expect("enough of it is seen")
}

/// The page turned clockwise by a quarter, pixel by pixel.
fn quarter_turned(page: &Image) -> Image {
    let (w, h) = (page.width, page.height);
    let turned = |plane: &[u8]| -> Vec<u8> { (0..w * h).map(|i| plane[(h - 1 - i % h) * w + i / h]).collect() };
    let chroma = page.chroma.as_ref().map(|planes| planes.each_ref().map(|p| turned(p)));
    Image { width: h, height: w, dpi: page.dpi, luma: turned(&page.luma), chroma }
}

/// Cb or Cr at half the resolution in both directions.
fn halved(plane: &[u8], w: usize, h: usize) -> Vec<u8> {
    let at = |x: usize, y: usize| u32::from(plane[y.min(h - 1) * w + x.min(w - 1)]);
    let (few, rows) = (w.div_ceil(2), h.div_ceil(2));
    let mean = |x: usize, y: usize| (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1) + 2) / 4;
    (0..few * rows).map(|i| mean(2 * (i % few), 2 * (i / few)) as u8).collect()
}

#[test]
fn a_halftone_stands_out_and_a_stamping_does_not() {
    let reference = reference();
    for (dpi, screens) in [(300.0, vec![3.4]), (600.0, vec![3.4, 5.5])] {
        let stamps = [2, 3].map(|seed| grain(&reference, &stamped(dpi, 0.0, seed)));
        for lines in screens {
            let print = grain(&reference, &screened(dpi, 0.0, lines));
            for stamp in &stamps {
                assert!(stamp.iter().chain(&print).all(|v| v.is_finite()), "{dpi}: {stamp:?} {print:?}");
                // The finest scales, in darkness and in colour, a colour of its own, a peak of the spectrum: each stronger by a
                // factor of e at least.
                for k in [FINE, CHROMA_FINE, MANY_INKS, SCREEN] {
                    assert!(print[k] > stamp[k] + 1.0, "{dpi} dpi, {lines} a mm, {}: {} and {}", NAMES[k], print[k], stamp[k]);
                }
            }
        }
    }
}

#[test]
fn one_flat_ink_tells_nothing() {
    // Nothing inside the strokes varies at all: no number may come out of a division of nothing by nothing.
    let drawing = drawing();
    let flat = Image::inked(|x, y| distance(&drawing, x, y), |_, _| RED, 300.0, CENTRE_MM, 0.0);
    let reference = reference();
    assert_eq!(measure(&reference, &look(&reference, &flat), &flat.scan()), None);
    // Neither may it where only the colour is flat.
    let mut toned = stamped(300.0, 0.0, 3);
    toned.chroma = flat.chroma;
    assert_eq!(measure(&reference, &look(&reference, &toned), &toned.scan()), None);
}

#[test]
fn the_seals_angle_over_the_screen_does_not_matter() {
    let reference = reference();
    for angle in [-131.0, 37.0, 90.0] {
        let (stamp, print) = (grain(&reference, &stamped(300.0, angle, 4)), grain(&reference, &screened(300.0, angle, 3.4)));
        for k in [FINE, CHROMA_FINE, MANY_INKS, SCREEN] {
            assert!(print[k] > stamp[k] + 1.0, "{angle}°, {}: {} and {}", NAMES[k], print[k], stamp[k]);
        }
    }
}

#[test]
fn turning_the_scan_changes_nothing() {
    let reference = reference();
    for page in [stamped(300.0, 20.0, 6), screened(300.0, 20.0, 3.4)] {
        let (upright, turned) = (grain(&reference, &page), grain(&reference, &quarter_turned(&page)));
        for k in 0..NAMES.len() {
            // Tiles and windows begin at another corner, and the best fit differs by less than a pixel.
            assert!((upright[k] - turned[k]).abs() < 0.35, "{}: {} and {}", NAMES[k], upright[k], turned[k]);
        }
    }
}

#[test]
fn the_same_scan_gives_the_same_bits() {
    let reference = reference();
    let page = screened(300.0, 11.0, 3.4);
    assert_eq!(grain(&reference, &page).map(f32::to_bits), grain(&reference, &page).map(f32::to_bits));
}

#[test]
fn chroma_at_half_the_resolution_still_tells() {
    let reference = reference();
    let [stamp, print] = [stamped(300.0, 5.0, 7), screened(300.0, 5.0, 3.4)].map(|page| {
        let few = page.chroma.as_ref().expect("colour").each_ref().map(|p| halved(p, page.width, page.height));
        let full = Plane::new(&page.luma, page.width, page.height, page.width).expect("a plane");
        let (w, h) = (page.width.div_ceil(2), page.height.div_ceil(2));
        let chroma = few.each_ref().map(|p| Plane::new(p, w, h, w).expect("a plane"));
        let scan = Scan::new(full, Some(chroma), page.dpi, false).expect("a scan");
        let found = examine(&reference, &scan, &Search::default()).expect("found");
        measure(&reference, &found, &scan).expect("enough of it is seen")
    });
    // Dots this small are gone from such chroma; they stay in the darkness.
    for k in [FINE, SCREEN] {
        assert!(print[k] > stamp[k] + 1.0, "{}: {} and {}", NAMES[k], print[k], stamp[k]);
    }
}

#[test]
fn below_250_dpi_nothing_can_be_told() {
    let reference = reference();
    for (dpi, told) in [(200.0, false), (249.0, false), (250.0, true), (251.0, true)] {
        for page in [stamped(dpi, 0.0, 3), screened(dpi, 0.0, 3.4)] {
            let found = look(&reference, &page);
            assert_eq!(measure(&reference, &found, &page.scan()).is_some(), told, "{dpi} dpi");
        }
    }
}

#[test]
fn without_colour_nothing_can_be_told() {
    let reference = reference();
    let page = screened(300.0, 0.0, 3.4);
    let found = look(&reference, &page);
    let grey = page.grey();
    assert_eq!(measure(&reference, &found, &grey.scan()), None);
    let own = look(&reference, &grey);
    assert_eq!(measure(&reference, &own, &grey.scan()), None);
}

#[test]
fn a_guessed_alignment_tells_nothing() {
    let reference = reference();
    let page = screened(300.0, 0.0, 3.4);
    let mut found = look(&reference, &page);
    found.alignment.fit.inliers = 0.1;
    assert!(!found.trusted());
    assert_eq!(measure(&reference, &found, &page.scan()), None);
}

#[test]
fn print_over_some_of_the_seal_does_not_matter_and_over_all_of_it_hides_it() {
    let reference = reference();
    let page = screened(300.0, 0.0, 3.4);
    let mut found = look(&reference, &page);
    let open = measure(&reference, &found, &page.scan()).expect("enough of it is seen");
    let dark = &mut found.alignment.window.dark;
    let (width, rows) = (dark.width, dark.height);
    dark.data[..width * rows * 2 / 5].fill(1.0);
    let partly = measure(&reference, &found, &page.scan()).expect("more than half of it is seen");
    for k in 0..NAMES.len() {
        assert!((open[k] - partly[k]).abs() < 0.5, "{}: {} and {}", NAMES[k], open[k], partly[k]);
    }
    assert!(open != partly, "what is covered was measured");
    found.alignment.window.dark.data.fill(1.0);
    assert_eq!(measure(&reference, &found, &page.scan()), None);
}

#[test]
fn a_scan_that_is_not_the_examined_one_is_no_panic() {
    let reference = reference();
    let mut found = look(&reference, &screened(300.0, 0.0, 3.4));
    // Pages that end before the seal, within it, or hold noise where it should be.
    for size in [[10.0, 10.0], [24.0, 22.0], [62.0, 12.0], [31.3, 54.0]] {
        let other = Image::noise(size, 300.0, 3);
        let told = measure(&reference, &found, &other.scan());
        assert!(told.is_none_or(|g| g.iter().all(|v| v.is_finite())), "{size:?}: {told:?}");
    }
    let finer = Image::noise([62.0, 54.0], 1200.0, 4);
    let told = measure(&reference, &found, &finer.scan());
    assert!(told.is_none_or(|g| g.iter().all(|v| v.is_finite())), "{told:?}");
    // A place beyond the page.
    for away in [2000.0, 1e9, -1e9, f32::NAN, f32::INFINITY] {
        found.alignment.fit.pose.tx = away;
        let page = Image::noise([24.0, 54.0], 300.0, 5);
        assert_eq!(measure(&reference, &found, &page.scan()), None, "{away}");
    }
}

#[test]
fn half_a_seal_beyond_the_scan_still_tells() {
    let reference = reference();
    let page = |ink: &dyn Fn() -> Image| -> [f32; NAMES.len()] {
        let whole = ink();
        // The left 28 mm are cut away, the seal's centre lies 2.3 mm inside.
        let from = (28.0 * whole.dpi / 25.4) as usize;
        let part = |plane: &[u8]| -> Vec<u8> { plane.chunks(whole.width).flat_map(|row| row[from..].to_vec()).collect() };
        let chroma = whole.chroma.as_ref().map(|planes| planes.each_ref().map(|p| part(p)));
        let cut = Image { width: whole.width - from, height: whole.height, dpi: whole.dpi, luma: part(&whole.luma), chroma };
        grain(&reference, &cut)
    };
    let (stamp, print) = (page(&|| stamped(300.0, 0.0, 8)), page(&|| screened(300.0, 0.0, 3.4)));
    for k in [FINE, CHROMA_FINE, MANY_INKS, SCREEN] {
        assert!(print[k] > stamp[k] + 1.0, "{}: {} and {}", NAMES[k], print[k], stamp[k]);
    }
}
