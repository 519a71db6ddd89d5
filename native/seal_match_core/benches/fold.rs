//! The fold's figures on one core: a full sweep (180 angles × 21 offsets × 2 sides) of a 42 mm seal in 8 ms, its preparation
//! included; one composition in 0.3 ms. Each answer is checked before it is timed.

#[path = "../tests/common/mod.rs"]
mod common;

use std::hint::black_box;

use common::drawing::Drawing;
use criterion::{Criterion, criterion_group, criterion_main};
use seal_match_core::fold::{Cut, Impressions, Pair, Side, compose, continuity, sweep};
use seal_match_core::plane::Field;
use seal_match_core::template::PX_PER_MM;

/// Strokes that a sweep of the drawn seal judges: as many as real seals of 42 mm have at the least.
const STROKES: u32 = 10_000;

fn fold(c: &mut Criterion) {
    const { assert!(!cfg!(debug_assertions), "a debug build is not worth timing") };
    let drawing = Drawing::company_seal(1);
    let (reference, moving) = (drawing.plain(), drawing.moved([0.1, 0.0]));
    let (covered, support) = (Field::zeros(reference.width, reference.height), drawing.disc());
    let given = Impressions { reference: &reference, moving: &moving, covered: &covered, support: &support, gain_mm: 0.0 };
    let cut = |angle| Cut::new(angle, 0.8, Side::Moving).expect("a cut");

    let pair = Pair::new(&given).expect("one grid");
    let summary = sweep(&pair, 180, 21, 21.0).expect("a sweep").summary;
    assert!(summary.judged > STROKES, "{summary:?}");
    assert!(summary.median_offset_mm.is_some_and(|v| (0.05..0.10).contains(&v)), "{summary:?}");
    c.bench_function("fold: prepare and sweep 180 x 21 x 2, 42 mm (limit 8 ms)", |b| {
        b.iter(|| sweep(&Pair::new(black_box(&given)).expect("one grid"), 180, 21, 21.0).expect("a sweep"));
    });
    c.bench_function("fold: sweep alone", |b| b.iter(|| sweep(black_box(&pair), 180, 21, 21.0).expect("a sweep")));
    c.bench_function("fold: prepare", |b| b.iter(|| Pair::new(black_box(&given)).expect("one grid")));

    let strokes = continuity(&pair, &cut(0.0)).expect("inside");
    assert!(strokes.iter().any(|s| s.offset_mm.is_some_and(|v| (v - 0.1).abs() < 0.01)), "{strokes:?}");
    c.bench_function("fold: continuity of one cut", |b| b.iter(|| continuity(black_box(&pair), &cut(33.0)).expect("inside")));

    let mut out = Field::zeros(reference.width, reference.height);
    let (mine, theirs) = (reference.plane().expect("filled"), moving.plane().expect("filled"));
    compose(&mine, &theirs, &cut(33.0), PX_PER_MM, &mut out).expect("one size");
    assert!(out.data != reference.data && out.data != moving.data);
    c.bench_function("fold: compose 42 mm (limit 0.3 ms)", |b| {
        b.iter(|| compose(black_box(&mine), &theirs, &cut(33.0), PX_PER_MM, &mut out).expect("one size"));
    });
}

criterion_group!(benches, fold);
criterion_main!(benches);
