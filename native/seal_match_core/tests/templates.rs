//! Template bytes: what was written is read, and nothing else does harm.

mod common;

use std::time::{Duration, Instant};

use common::{Die, Image, Random, Rim};
use seal_match_core::error::Error;
use seal_match_core::template::{CardScan, Reference, Template};
use seal_match_core::verify::{Search, examine};

const HEAD: usize = 12;

fn template() -> (Image, Template) {
    let card = Image::pressed(&Die::new(Rim::Round, 71), 200.0, [31.0, 27.0], 0.0);
    let template = card.enrol().expect("a clean card").0;
    (card, template)
}

fn set(bytes: &mut [u8], number: usize, value: f32) {
    bytes[HEAD + 4 * number..HEAD + 4 * number + 4].copy_from_slice(&value.to_le_bytes());
}

/// Millimetres in no template's reach, and things that are no millimetres.
const WILD: [f32; 9] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, 199.0, -199.0, 1e-40, 90.0];

#[test]
fn a_template_survives_its_bytes() {
    let (card, one) = template();
    let two = Template::enrol(&[CardScan { scan: card.scan(), seal_box: None }, CardScan { scan: card.scan(), seal_box: None }]);
    let grey = Image::pressed(&Die::new(Rim::Square, 72), 300.0, [31.0, 27.0], 0.0).grey();
    for t in [one, two.expect("two cards").0, grey.enrol().expect("a grey card").0] {
        assert_eq!(Template::from_bytes(&t.to_bytes()), Ok(t));
    }
}

#[test]
fn every_truncation_is_refused() {
    let bytes = template().1.to_bytes();
    for n in 0..bytes.len() {
        assert!(matches!(Template::from_bytes(&bytes[..n]), Err(Error::BadTemplate { .. })), "{n} of {} bytes", bytes.len());
    }
    let longer: Vec<u8> = bytes.iter().copied().chain([0]).collect();
    assert!(Template::from_bytes(&longer).is_err());
}

#[test]
fn wild_numbers_are_refused_or_harmless() {
    let (_, t) = template();
    let bytes = t.to_bytes();
    for number in 0..6 + 2 * t.hull_mm().len() {
        for value in WILD {
            let mut b = bytes.clone();
            set(&mut b, number, value);
            if let Ok(t) = Template::from_bytes(&b) {
                let fits = t.hull_mm().iter().flatten().all(|v| v.abs() < 60.0);
                assert!(fits && (0.0..=1.0).contains(&t.quality()), "number {number} = {value}");
            }
        }
    }
}

#[test]
fn hulls_that_enclose_no_seal_are_refused() {
    let (_, t) = template();
    let corners = t.hull_mm().len();
    for at in [[0.0, 0.0], [1.0, -1.0], [50.0, 0.0], [0.0, 150.0]] {
        let mut b = t.to_bytes();
        for i in 0..corners {
            set(&mut b, 6 + 2 * i, at[0]);
            set(&mut b, 7 + 2 * i, at[1]);
        }
        assert_eq!(Template::from_bytes(&b), Err(Error::BadTemplate { reason: "hull" }), "{at:?}");
    }
}

#[test]
fn twenty_thousand_mutations_neither_panic_nor_linger() {
    let (card, t) = template();
    let bytes = t.to_bytes();
    let ink_starts = HEAD + 4 * (6 + 2 * t.hull_mm().len());
    let mut r = Random(2026);
    let (mut read, mut used) = (0, 0);
    let mut slowest = Duration::ZERO;
    for round in 0..20_000 {
        let mut b = bytes.clone();
        for _ in 0..=r.below(4) {
            // Two in three go for the head and the hull, where the harm would be.
            let end = if r.below(3) < 2 { ink_starts } else { b.len() };
            let i = 4 + r.below(end - 4);
            match r.below(6) {
                0 => b[i] ^= 1 << r.below(8),
                1 => b[i] = r.bits() as u8,
                2 => b.truncate(i.max(ink_starts)),
                3 => b.insert(i, r.bits() as u8),
                4 => {
                    let value = if r.below(2) == 0 { WILD[r.below(WILD.len())] } else { r.between(-60.0, 60.0) };
                    set(&mut b, r.below((ink_starts - HEAD) / 4), value);
                }
                _ => b[i] = if r.below(2) == 0 { 0 } else { 255 },
            }
        }
        let Ok(t) = Template::from_bytes(&b) else { continue };
        read += 1;
        assert_eq!(Template::from_bytes(&t.to_bytes()).as_ref(), Ok(&t), "round {round}");
        // A reference costs milliseconds: a part of them is enough.
        if read % 40 == 1 {
            used += 1;
            let start = Instant::now();
            let reference = Reference::new(t);
            let found = examine(&reference, &card.scan(), &Search::default());
            assert!(found.is_none_or(|c| c.evidence.values().iter().all(|v| v.is_finite())), "round {round}");
            slowest = slowest.max(start.elapsed());
        }
    }
    assert!(read > 500 && used > 10, "{read} read, {used} used: the mutations are too wild to test anything");
    assert!(slowest < Duration::from_secs(20), "one took {slowest:?}");
}
