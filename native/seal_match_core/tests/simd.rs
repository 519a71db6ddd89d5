//! Every kernel in every width that this machine has gives the bits of its scalar twin, on rows of every length around the widths,
//! and the whole chain gives the same bits whichever width it is limited to.

mod common;

use common::{Die, Image, Random, Rim};
use seal_match_core::align::refine::{Edge, Offset};
use seal_match_core::geometry::{Normal, Pose};
use seal_match_core::simd::agreement::{self, Means};
use seal_match_core::simd::convolve::{Taps, connect_at, connect_scalar, convolve_at, convolve_scalar, narrow_at, narrow_scalar};
use seal_match_core::simd::cut::{self, Steps};
use seal_match_core::simd::edges::{Look, measure_at, measure_scalar};
use seal_match_core::simd::forest::{Forest, Node, sum_trees_at, sum_trees_scalar};
use seal_match_core::simd::fourier::{self, AREA, N, Peak};
use seal_match_core::simd::ink::{self, ChromaRow, Columns, Direction, Spans};
use seal_match_core::simd::press::{self, Cover, Moments, Observation};
use seal_match_core::simd::robust::{Row, VALUE, add_rows_at, add_rows_scalar, residual, tukey};
use seal_match_core::simd::tiles::{self, Band, Grid, OUTLINE_SUMS, Outlines, TILE_SUMS, Warp};
use seal_match_core::simd::{Level, available, level, rows, set_limit};
use seal_match_core::template::Reference;
use seal_match_core::verify::{Search, examine};

const WIDE: [Level; 2] = [Level::Avx2, Level::Avx512];
/// Lengths below, at and between the widths, and longer ones.
const LENGTHS: [usize; 16] = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 23, 31, 33, 64, 100, 257];

fn numbers(r: &mut Random, n: usize, lo: f32, hi: f32) -> Vec<f32> {
    (0..n).map(|_| r.between(lo, hi)).collect()
}

fn bytes(r: &mut Random, n: usize) -> Vec<u8> {
    (0..n).map(|_| r.bits() as u8).collect()
}

/// Zeros and ones.
fn flags(r: &mut Random, n: usize) -> Vec<f32> {
    (0..n).map(|_| f32::from(r.below(3) > 0)).collect()
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|v| v.to_bits()).collect()
}

/// Runs a kernel with `n` numbers of output in every width; all must agree bit for bit.
fn agree(what: &str, n: usize, run: impl Fn(Option<Level>, &mut [f32])) {
    let mut expected = vec![-7.0; n];
    run(None, &mut expected);
    for wide in WIDE {
        let mut found = vec![-7.0; n];
        run(Some(wide), &mut found);
        assert_eq!(bits(&found), bits(&expected), "{what}: {} of length {n}", wide.name());
    }
}

/// What a cut's samples are, one by one, and which of their bits 15 and 31 are set.
fn cut_by_definition(n: usize, data: &[u16], steps: &Steps) -> (Vec<u32>, [Vec<u64>; 2]) {
    let (mut samples, mut above) = (Vec::new(), [vec![0; n.div_ceil(64)], vec![0; n.div_ceil(64)]]);
    for k in 0..n {
        let exact = i64::from(steps.minor) + k as i64 * i64::from(steps.slope);
        let place = (exact as f64 / 256.0).round_ties_even() as i64;
        let at = (i64::from(steps.first) + k as i64 * i64::from(steps.line) + (place >> 8)) as usize;
        let f = place as u32 & 0xff;
        let halves = [0, 8].map(|shift| {
            let [a, b] = [data[at], data[at + 1]].map(|v| u32::from(v >> shift & 0xff));
            a * (256 - f) + b * f
        });
        samples.push(halves[0] | halves[1] << 16);
        above.iter_mut().zip(halves).for_each(|(bits, v)| bits[k / 64] |= u64::from(v >= 0x8000) << (k % 64));
    }
    (samples, above)
}

#[test]
fn cuts_agree_in_every_width() {
    let mut r = Random(4);
    let (side, long) = (300, 700);
    let data: Vec<u16> = (0..side * long).map(|_| r.bits() as u16).collect();
    for n in LENGTHS.into_iter().chain([128, 300]) {
        for _ in 0..8 {
            let forward = r.below(2) == 0;
            // Both ends lie on the line; the second so that its neighbour does.
            let ends = [0, 1].map(|_| r.below(((long - 1) << 16) - 128) as i64);
            let slope = if n > 1 { ((ends[1] - ends[0]) / (n as i64 - 1)).clamp(-65536, 65536) as i32 } else { 0 };
            let line = if forward { long as i32 } else { -(long as i32) };
            let first = if forward { 0 } else { (side - 1) as i32 * long as i32 };
            let steps = Steps { first, line, minor: ends[0] as u32, slope };
            let (samples, above) = cut_by_definition(n, &data, &steps);
            for level in [Level::Scalar].into_iter().chain(WIDE) {
                let (mut found, mut bits) = (vec![7; n], [vec![7; n.div_ceil(64)], vec![7; n.div_ceil(64)]]);
                let [low, high] = &mut bits;
                cut::along_at(level, &mut found, [low, high], &data, &steps);
                assert_eq!((&found, &bits), (&samples, &above), "{} of length {n}: {steps:?}", level.name());
            }
        }
    }
}

#[test]
#[should_panic(expected = "steps.within")]
fn a_cut_that_leaves_its_samples_is_refused() {
    let steps = Steps { first: 0, line: 10, minor: 9 << 16, slope: 1 };
    cut::along(&mut [0; 10], [&mut [0], &mut [0]], &[0; 100], &steps);
}

#[test]
fn rows_agree_in_every_width() {
    let mut r = Random(1);
    for n in LENGTHS {
        for taps in [1, 2, 5, 12] {
            let src = numbers(&mut r, 3 * n + 40, -2.0, 2.0);
            let k = numbers(&mut r, taps, -1.0, 1.0);
            let pairs: Vec<[usize; 2]> = (1..taps).map(|_| [r.below(2 * n + 40), r.below(2 * n + 40)]).collect();
            let centre = r.below(2 * n + 40);
            agree("taps", n, |level, out| match level {
                None => rows::taps_scalar(out, &src, centre, &pairs, &k),
                Some(level) => rows::taps_at(level, out, &src, centre, &pairs, &k),
            });
            let offsets: Vec<usize> = (0..taps).map(|_| r.below(2 * n + 40)).collect();
            agree("highest", n, |level, out| match level {
                None => rows::highest_scalar(out, &src, &offsets),
                Some(level) => rows::highest_at(level, out, &src, &offsets),
            });
        }
        let src = numbers(&mut r, n, -1.0, 1.0);
        let bits: Vec<u64> =
            src.chunks(64).map(|part| part.iter().rev().fold(0, |word, v| word << 1 | u64::from(*v > 0.3))).collect();
        for level in [Level::Scalar].into_iter().chain(WIDE) {
            let mut found = vec![u64::MAX; bits.len()];
            rows::above_at(level, &mut found, &src, 0.3);
            assert_eq!(found, bits, "above: {} of length {n}", level.name());
        }
        let (a, b) = (numbers(&mut r, n, -3.0, 3.0), numbers(&mut r, n, -3.0, 3.0));
        agree("half_difference", n, |level, out| match level {
            None => rows::half_difference_scalar(out, &a, &b),
            Some(level) => rows::half_difference_at(level, out, &a, &b),
        });
        agree("lengths", n, |level, out| match level {
            None => rows::lengths_scalar(out, &a, &b),
            Some(level) => rows::lengths_at(level, out, &a, &b),
        });
        agree("excess", n, |level, out| match level {
            None => rows::excess_scalar(out, &a, 0.3, 0.08),
            Some(level) => rows::excess_at(level, out, &a, 0.3, 0.08),
        });
        agree("axpy", n, |level, out| {
            out.copy_from_slice(&b);
            match level {
                None => rows::axpy_scalar(out, 0.37, &a),
                Some(level) => rows::axpy_at(level, out, 0.37, &a),
            }
        });
        let (up, mid, down) =
            (numbers(&mut r, n + 2, 0.0, 1.0), numbers(&mut r, n + 2, 0.0, 1.0), numbers(&mut r, n + 2, 0.0, 1.0));
        agree("gradient_pairs", 2 * n, |level, out| match level {
            None => rows::gradient_pairs_scalar(out, &up, &mid, &down),
            Some(level) => rows::gradient_pairs_at(level, out, &up, &mid, &down),
        });
    }
}

#[test]
fn axpy_adds_a_rounded_product() {
    let (x, mut y) = ([1.5, -2.0, 0.1], [1.0, 1.0, 1.0]);
    rows::axpy(&mut y, 3.0, &x);
    assert_eq!(y, [5.5, -5.0, 1.0 + 3.0 * 0.1]);
}

fn random_edges(r: &mut Random, n: usize, reach_mm: f32) -> Vec<Edge> {
    (0..n)
        .map(|_| {
            let (s, c) = r.between(-3.2, 3.2).sin_cos();
            let (x, y) = (r.between(-reach_mm, reach_mm), r.between(-reach_mm, reach_mm));
            Edge { x, y, nx: c, ny: s, strength: 1.0 }
        })
        .collect()
}

#[test]
fn looking_along_normals_agrees_in_every_width() {
    let mut r = Random(2);
    for (round, n) in LENGTHS.into_iter().cycle().take(64).enumerate() {
        // Some windows are smaller than the reach, and some edges lie outside.
        let (width, height) = (2 + r.below(if round % 4 == 0 { 12 } else { 90 }), 2 + r.below(70));
        let gradient = numbers(&mut r, 2 * width * height, -0.4, 0.4);
        let centre = [100.0 + width as f32 / 2.0, 50.0 + height as f32 / 2.0];
        let pose = Pose::new(r.between(-180.0, 180.0), 7.9, centre);
        let steps = 1 + r.below(9);
        let look = Look {
            gradient: &gradient,
            width,
            height,
            pose,
            origin: [100.0, 50.0],
            steps,
            step_px: r.between(0.4, 1.1),
            pull: r.between(0.0, 0.2),
        };
        let edges = random_edges(&mut r, n, 6.0);
        let bends = if round % 2 == 0 { vec![] } else { numbers(&mut r, n, -1.0, 1.0) };
        let write = |offsets: &[Offset], out: &mut [f32]| {
            for (o, d) in offsets.iter().zip(out.chunks_mut(3)) {
                d.copy_from_slice(&[o.px, o.strength, f32::from(o.found)]);
            }
        };
        agree("measure", 3 * n, |level, out| {
            let mut offsets = vec![Offset { px: 9.0, strength: 9.0, found: true }; n];
            match level {
                None => measure_scalar(&look, &edges, &bends, &mut offsets),
                Some(level) => measure_at(level, &look, &edges, &bends, &mut offsets),
            }
            write(&offsets, out);
        });
    }
}

#[test]
fn a_step_in_the_ink_is_found_where_it_is() {
    // Ink that rises along x around column 20.3: its gradient peaks there.
    let (width, height) = (41, 30);
    let gradient: Vec<f32> =
        (0..width * height).flat_map(|i| [(-0.5 * ((i % width) as f32 - 20.3).powi(2) / 2.0).exp(), 0.0]).collect();
    let pose = Pose::new(0.0, 8.0, [20.0, 15.0]);
    let look = Look { gradient: &gradient, width, height, pose, origin: [0.0; 2], steps: 8, step_px: 0.5, pull: 0.0 };
    let edges = vec![Edge { x: -0.1, y: 0.2, nx: 1.0, ny: 0.0, strength: 1.0 }; 21];
    let mut found = vec![Offset { px: 0.0, strength: 0.0, found: false }; 21];
    seal_match_core::simd::edges::measure(&look, &edges, &[], &mut found);
    for o in found {
        assert!(o.found && (o.px - 1.1).abs() < 0.05 && o.strength > 0.9, "{o:?}");
    }
}

#[test]
fn transforms_agree_in_every_width() {
    let mut r = Random(3);
    let (re, im) = (numbers(&mut r, AREA, -1.0, 1.0), numbers(&mut r, AREA, -1.0, 1.0));
    agree("down", 2 * AREA, |level, out| {
        let (a, b) = out.split_at_mut(AREA);
        match level {
            None => fourier::down_scalar([a, b], [&re, &im]),
            Some(level) => fourier::down_at(level, [a, b], [&re, &im]),
        }
    });
    agree("across", 2 * AREA, |level, out| {
        let (a, b) = out.split_at_mut(AREA);
        match level {
            None => fourier::across_scalar([a, b], [&re, &im]),
            Some(level) => fourier::across_at(level, [a, b], [&re, &im]),
        }
    });
    let (q, z) = (numbers(&mut r, 4 * AREA, -1.0, 1.0), numbers(&mut r, 4 * AREA, -1.0, 1.0));
    agree("correlate", 2 * AREA, |level, out| {
        let (a, b) = out.split_at_mut(AREA);
        match level {
            None => fourier::correlate_scalar([a, b], &q, &z),
            Some(level) => fourier::correlate_at(level, [a, b], &q, &z),
        }
    });
    for n in LENGTHS {
        // Few values, so that the largest occurs several times.
        let values: Vec<f32> = (0..n).map(|_| r.below(6) as f32 - 9.0).collect();
        let mut expected = Peak { value: 0.0, at: 9 };
        fourier::peak_scalar(&values, &mut expected);
        let first = values.iter().position(|v| *v == expected.value).unwrap_or(0);
        assert_eq!(expected.at, first, "length {n}");
        for wide in WIDE {
            let mut found = Peak { value: 0.0, at: 9 };
            fourier::peak_at(wide, &values, &mut found);
            assert_eq!(found, expected, "{} of length {n}", wide.name());
        }
    }
}

#[test]
fn a_transform_is_the_sum_that_defines_it_and_undoes_itself() {
    let mut r = Random(4);
    let (re, im) = (numbers(&mut r, AREA, -1.0, 1.0), numbers(&mut r, AREA, -1.0, 1.0));
    let (mut a, mut b) = (re.clone(), im.clone());
    let mut work = [Vec::new(), Vec::new()];
    fourier::transform(&mut a, &mut b, &mut work);
    for _ in 0..40 {
        let (kx, ky) = (r.below(N), r.below(N));
        let (mut sr, mut si) = (0.0_f64, 0.0_f64);
        for (i, (&x, &y)) in re.iter().zip(&im).enumerate() {
            let turn = -std::f64::consts::TAU * ((kx * (i % N) + ky * (i / N)) % N) as f64 / N as f64;
            let (s, c) = turn.sin_cos();
            sr += f64::from(x) * c - f64::from(y) * s;
            si += f64::from(x) * s + f64::from(y) * c;
        }
        // The result is transposed.
        let k = kx * N + ky;
        assert!((f64::from(a[k]) - sr).abs() < 1e-3 && (f64::from(b[k]) - si).abs() < 1e-3, "{kx} {ky}");
    }
    // Swapped parts: the inverse, times the area.
    fourier::transform(&mut b, &mut a, &mut work);
    for i in 0..AREA {
        assert!((a[i] / AREA as f32 - re[i]).abs() < 1e-5 && (b[i] / AREA as f32 - im[i]).abs() < 1e-5, "{i}");
    }
}

#[test]
fn densities_agree_in_every_width() {
    let mut r = Random(5);
    let table: [f32; 256] = std::array::from_fn(|i| -((i as f32 + 1.0) / 256.0).ln());
    let direction = Direction { mean: 0.6, colour: [0.4, -0.1, -0.3], norm: 0.26 };
    for n in LENGTHS {
        let plane = bytes(&mut r, 5 * n + 30);
        let offsets: Vec<usize> = (0..4).map(|_| r.below(4 * n + 30)).collect();
        let weights = numbers(&mut r, 4, 0.0, 1.0);
        agree("mean_down", n, |level, out| match level {
            None => ink::mean_down_scalar(out, &plane, &offsets, &weights),
            Some(level) => ink::mean_down_at(level, out, &plane, &offsets, &weights),
        });
        for cell in [1.0, 1.57, 3.15, 9.4] {
            let samples = (n as f32 * cell) as usize + 1;
            let spans = Spans::new(n, samples, cell);
            let line = numbers(&mut r, spans.line_len(), 0.0, 255.0);
            agree("mean_across", n, |level, out| match level {
                None => ink::mean_across_scalar(out, &line, &spans, 1.7),
                Some(level) => ink::mean_across_at(level, out, &line, &spans, 1.7),
            });
        }
        let [y, cb, cr] = [(); 3].map(|()| numbers(&mut r, n, 0.0, 255.0));
        agree("cell_logs", 4 * n, |level, out| {
            let (a, rest) = out.split_at_mut(n);
            let (b, rest) = rest.split_at_mut(n);
            let (c, d) = rest.split_at_mut(n);
            match level {
                None => ink::cell_logs_scalar([a, b, c, d], &y, &cb, &cr, &table),
                Some(level) => ink::cell_logs_at(level, [a, b, c, d], &y, &cb, &cr, &table),
            }
        });
        let [log, top, bottom] = [(); 3].map(|()| numbers(&mut r, n, 0.0, 2.0));
        for floor in [0.0, f32::NEG_INFINITY] {
            agree("density", n, |level, out| match level {
                None => ink::density_scalar(out, &log, &top, &bottom, 0.3, floor),
                Some(level) => ink::density_at(level, out, &log, &top, &bottom, 0.3, floor),
            });
        }
        let od = [(); 3].map(|()| numbers(&mut r, n, -0.2, 1.5));
        let od = od.each_ref().map(Vec::as_slice);
        agree("split_cells", 2 * n, |level, out| {
            let (a, d) = out.split_at_mut(n);
            match level {
                None => ink::split_cells_scalar(a, d, od, &direction),
                Some(level) => ink::split_cells_at(level, a, d, od, &direction),
            }
        });
        agree("hue_sizes", n, |level, out| match level {
            None => ink::hue_sizes_scalar(out, od, [0.6, 0.8], 0.7),
            Some(level) => ink::hue_sizes_at(level, out, od, [0.6, 0.8], 0.7),
        });
        let (luma, paper) = (bytes(&mut r, n), numbers(&mut r, n, 0.0, 0.3));
        agree("luma_row", n, |level, out| match level {
            None => ink::luma_row_scalar(out, &luma, &paper, &table),
            Some(level) => ink::luma_row_at(level, out, &luma, &paper, &table),
        });
        let (cb, cr) = (bytes(&mut r, n), bytes(&mut r, n));
        let row = ChromaRow { luma: &y, cb: &cb, cr: &cr, paper: [&paper, &paper, &paper], direction, per_ink: 0.45 };
        agree("split_row", 2 * n, |level, out| {
            let (a, d) = out.split_at_mut(n);
            match level {
                None => ink::split_row_scalar(a, d, &row, &table),
                Some(level) => ink::split_row_at(level, a, d, &row, &table),
            }
        });
        agree("add_rows", n, |level, out| match level {
            None => ink::add_rows_scalar(out, [&log, &top, &bottom]),
            Some(level) => ink::add_rows_at(level, out, [&log, &top, &bottom]),
        });
        let sums = numbers(&mut r, n + 2, -2.0, 2.0);
        agree("cover_row", 2 * n, |level, out| {
            let (a, d) = out.split_at_mut(n);
            match level {
                None => ink::cover_row_scalar(a, d, &log, &top, &sums),
                Some(level) => ink::cover_row_at(level, a, d, &log, &top, &sums),
            }
        });
        let (share, black) = (numbers(&mut r, n / 2 + 2, 0.0, 1.0), numbers(&mut r, n / 2 + 2, 0.0, 1.0));
        let columns = Columns::new((0..n).map(|x| (x as i32 / 2, 0.25 + 0.5 * (x % 2) as f32)));
        agree("tint_row", 2 * n, |level, out| {
            let (a, d) = out.split_at_mut(n);
            match level {
                None => ink::tint_row_scalar(a, d, &log, &share, &black, &columns),
                Some(level) => ink::tint_row_at(level, a, d, &log, &share, &black, &columns),
            }
        });
    }
}

#[test]
fn agreement_agrees_in_every_width() {
    let mut r = Random(9);
    for n in LENGTHS {
        let many = [(); 9].map(|()| numbers(&mut r, n, -1.0, 1.6));
        let [a, b, c, d, e, f, g, h, i] = many.each_ref().map(Vec::as_slice);
        agree("products", 3 * n, |level, out| {
            let (x, rest) = out.split_at_mut(n);
            let (y, z) = rest.split_at_mut(n);
            match level {
                None => agreement::products_scalar([x, y, z], [a, b, c, d], [e, f, g, h]),
                Some(level) => agreement::products_at(level, [x, y, z], [a, b, c, d], [e, f, g, h]),
            }
        });
        agree("keep_best", 3 * n, |level, out| {
            out[..n].copy_from_slice(i);
            let (x, rest) = out.split_at_mut(n);
            let (y, z) = rest.split_at_mut(n);
            let means = Means { ab: a, a: b, inverse: c, b: d, bb: e };
            match level {
                None => agreement::keep_best_scalar([x, y, z], means, [1.0, -1.0]),
                Some(level) => agreement::keep_best_at(level, [x, y, z], means, [1.0, -1.0]),
            }
        });
    }
}

#[test]
fn a_stroke_whose_chroma_is_blurred_is_not_black_but_a_printed_line_is() {
    let covered = |black: [f32; 7]| {
        let (mut share, mut dark, mut columns) = ([0.0; 7], [0.0; 7], [0.0; 9]);
        columns[1..8].copy_from_slice(&black.map(|d| 3.0 * d));
        ink::cover_row(&mut share, &mut dark, &[0.5; 7], &black, &columns);
        (share[3], dark[3])
    };
    let (share, dark) = covered([0.0, 0.0, -0.3, 0.6, -0.3, 0.0, 0.0]);
    assert!(dark < 1e-6 && share == 1.0, "{dark} {share}");
    let (share, dark) = covered([0.0, 0.0, 0.0, 1.2, 0.0, 0.0, 0.0]);
    assert!((dark - 1.0).abs() < 1e-5 && share < 0.4, "{dark} {share}");
}

#[test]
fn a_mean_over_spans_is_that_of_a_ramp() {
    let spans = Spans::new(6, 20, 3.2);
    let line: Vec<f32> = (0..spans.line_len()).map(|i| 10.0 * i as f32).collect();
    let mut means = vec![0.0; 6];
    ink::mean_across(&mut means, &line, &spans, 1.0);
    for (i, m) in means.iter().enumerate() {
        // Span i covers 3.2 i .. 3.2 (i + 1) of a staircase of height 10 a sample.
        let (from, to) = (3.2 * i as f32, 3.2 * (i + 1) as f32);
        let exact: f32 = (0..20).map(|k| ((k as f32 + 1.0).min(to) - (k as f32).max(from)).max(0.0) * 10.0 * k as f32).sum();
        assert!((m - exact / 3.2).abs() < 0.01, "{i}: {m} {}", exact / 3.2);
    }
}

#[test]
fn tiles_agree_in_every_width() {
    let mut r = Random(6);
    for (round, width) in LENGTHS.into_iter().filter(|&w| w > 2).cycle().take(40).enumerate() {
        let (w, h) = (2 + r.below(if round % 4 == 0 { 3 } else { 60 }), 2 + r.below(50));
        let (field, dark) = (numbers(&mut r, w * h, 0.0, 1.0), numbers(&mut r, w * h, 0.0, 0.6));
        let centre = [40.0 + w as f32 / 2.0, 30.0 + h as f32 / 2.0];
        let warp = Warp {
            ink: &field,
            dark: &dark,
            width: w,
            height: h,
            pose: Pose::new(r.between(-180.0, 180.0), 7.9, centre),
            origin: [40.0, 30.0],
            displacement: [(); 2].map(|()| std::array::from_fn(|_| r.between(-0.1, 0.1))),
            radius_mm: 5.0,
            px_per_mm: 8.0,
            centre: (width - 1) as f32 / 2.0,
            limit: 0.32,
        };
        let v_mm = r.between(-4.0, 4.0);
        agree("warp_row", 2 * width, |level, out| {
            let (ink, covered) = out.split_at_mut(width);
            match level {
                None => tiles::warp_row_scalar(&warp, v_mm, ink, covered),
                Some(level) => tiles::warp_row_at(level, &warp, v_mm, ink, covered),
            }
        });
        let [src, top, bottom] = [(); 3].map(|()| numbers(&mut r, width, 0.5, 1.5));
        agree("level_row", width, |level, out| match level {
            None => tiles::level_row_scalar(out, &src, &top, &bottom, 0.4, 1.4),
            Some(level) => tiles::level_row_at(level, out, &src, &top, &bottom, 0.4, 1.4),
        });
        agree("beyond", width, |level, out| match level {
            None => tiles::beyond_scalar(out, &src, &top),
            Some(level) => tiles::beyond_at(level, out, &src, &top),
        });
        let n = 8 * width;
        let [reference, soft, moving, extra, missing] = [(); 5].map(|()| numbers(&mut r, n, 0.0, 1.2));
        let (support, covered) = (flags(&mut r, n), flags(&mut r, n));
        let band = Band { first: 1 + r.below(3), rows: r.below(4) + usize::from(round % 5 > 0), width };
        agree("level_columns", 2 * width, |level, out| match level {
            None => tiles::level_columns_scalar(band, &reference, &moving, &covered, out),
            Some(level) => tiles::level_columns_at(level, band, &reference, &moving, &covered, out),
        });
        let grid = Grid {
            ink: &reference,
            reference: &soft,
            moving: &moving,
            support: &support,
            covered: &covered,
            extra: &extra,
            missing: &missing,
        };
        agree("tile_columns", TILE_SUMS * width, |level, out| match level {
            None => tiles::tile_columns_scalar(band, &grid, out),
            Some(level) => tiles::tile_columns_at(level, band, &grid, out),
        });
        let outlines =
            Outlines { reference: [&reference, &soft], moving: [&moving, &extra], support: &support, covered: &covered };
        agree("outline_columns", OUTLINE_SUMS * width, |level, out| match level {
            None => tiles::outline_columns_scalar(band, &outlines, out),
            Some(level) => tiles::outline_columns_at(level, band, &outlines, out),
        });
    }
}

#[test]
fn the_press_agrees_in_every_width() {
    let mut r = Random(7);
    for (round, n) in LENGTHS.into_iter().cycle().take(48).enumerate() {
        let edges = random_edges(&mut r, n, 6.0);
        let coefficients = [(); 3].map(|()| std::array::from_fn(|_| r.between(-0.2, 0.2)));
        agree("smooth_offsets", n, |level, out| match level {
            None => press::smooth_offsets_scalar(out, &edges, &coefficients, 6.5),
            Some(level) => press::smooth_offsets_at(level, out, &edges, &coefficients, 6.5),
        });
        let (width, height) = (1 + r.below(if round % 4 == 0 { 4 } else { 90 }), 1 + r.below(60));
        let dark = numbers(&mut r, width * height, 0.0, 0.5);
        let cover = Cover {
            dark: &dark,
            width,
            height,
            pose: Pose::new(r.between(-180.0, 180.0), 7.9, [width as f32 / 2.0 + 5.0, height as f32 / 2.0 + 6.0]),
            origin: [5.0, 6.0],
            reach: 1.6,
            limit: 0.32,
        };
        agree("covered_edges", n, |level, out| match level {
            None => press::covered_edges_scalar(out, &edges, &cover),
            Some(level) => press::covered_edges_at(level, out, &edges, &cover),
        });
        let observations: Vec<Observation> = edges
            .iter()
            .map(|e| Observation {
                at: [e.x / 6.5, e.y / 6.5],
                normal: [e.nx, e.ny],
                value: r.between(-0.2, 0.2),
                weight: r.between(0.0, 1.0),
            })
            .collect();
        let mut expected = Moments::new();
        press::add_moments_scalar(&mut expected, &observations);
        for wide in WIDE {
            let mut found = Moments::new();
            press::add_moments_at(wide, &mut found, &observations);
            assert_eq!(found, expected, "{}", wide.name());
        }
    }
}

#[test]
fn robust_sums_agree_in_every_width_and_are_normal_equations() {
    let mut r = Random(31);
    for n in LENGTHS {
        let rows: Vec<Row> = (0..n).map(|_| std::array::from_fn(|_| r.between(-1.0, 1.0))).collect();
        let (delta, limit) = (std::array::from_fn(|_| r.between(-0.3, 0.3)), 0.8);
        let mut expected = [[0.0; 8]; 5];
        add_rows_scalar(&mut expected, &rows, &delta, limit);
        for wide in WIDE {
            let mut found = [[0.0; 8]; 5];
            add_rows_at(wide, &mut found, &rows, &delta, limit);
            assert_eq!(found.map(|s| s.map(f64::to_bits)), expected.map(|s| s.map(f64::to_bits)), "{}", wide.name());
        }
        let mut normal = Normal::<5>::new();
        for row in &rows {
            let [a, b, c, d, e, value, trust, _] = *row;
            normal.add(&[a, b, c, d, e], value, tukey(residual(row, &delta), limit) * trust);
        }
        for i in 0..5 {
            assert_eq!(expected[i][i..5], normal.matrix[i][i..5]);
            assert_eq!(expected[i][VALUE], normal.rhs[i]);
        }
    }
}

/// What a layer of 3 × 3 is, place by place.
fn convolved_by_definition(taps: &Taps<'_>) -> Vec<i32> {
    let (outputs, inputs) = (taps.bias.len(), taps.inputs);
    let at = |x: usize, y: usize, o: usize| {
        let mut sum = taps.bias[o];
        for (tap, k) in (0..9).flat_map(|tap| (0..inputs).map(move |k| (tap, k))) {
            let (sx, sy) = (taps.from + taps.step * x + tap % 3, taps.from + taps.step * y + tap / 3);
            let weight = taps.weights[tap * inputs * outputs + (k / 2 * outputs + o) * 2 + k % 2];
            sum += i32::from(taps.src[(sy * taps.src_side + sx) * inputs + k]) * i32::from(weight);
        }
        sum.max(0)
    };
    (0..taps.side * taps.side * outputs).map(|i| at(i / outputs % taps.side, i / outputs / taps.side, i % outputs)).collect()
}

#[test]
fn layers_over_windows_agree_in_every_width() {
    let mut r = Random(23);
    for (inputs, outputs, step, from, side, src_side) in
        [(16, 16, 1, 0, 14, 16), (2, 32, 2, 1, 7, 16), (32, 48, 1, 0, 7, 9), (6, 16, 1, 0, 7, 9)]
    {
        let mut words = |n: usize, size: f32| -> Vec<i16> { (0..n).map(|_| r.between(-size, size) as i16).collect() };
        let (src, weights) = (words(src_side * src_side * inputs, 4096.0), words(9 * inputs * outputs, 3000.0));
        let bias: Vec<i32> = words(outputs, 32767.0).iter().map(|v| 1000 * i32::from(*v)).collect();
        let taps = Taps { src_side, src: &src, inputs, from, step, weights: &weights, bias: &bias, side };
        let mut expected = vec![-7; side * side * outputs];
        convolve_scalar(&mut expected, &taps);
        assert_eq!(expected, convolved_by_definition(&taps));
        for wide in WIDE {
            let mut found = vec![-7; side * side * outputs];
            convolve_at(wide, &mut found, &taps);
            assert_eq!(found, expected, "convolve: {}", wide.name());
        }
        let (weights, bias) = (numbers(&mut r, inputs * outputs, -1.0, 1.0), numbers(&mut r, outputs, -1.0, 1.0));
        for sources in [0, 1, 7, 8, 19] {
            let src = numbers(&mut r, sources * inputs, -1.0, 1.0);
            agree("connect", sources * outputs, |level, out| match level {
                Some(level) => connect_at(level, out, &src, &weights, &bias),
                None => connect_scalar(out, &src, &weights, &bias),
            });
            let mut together = vec![0.0; sources * outputs];
            connect_scalar(&mut together, &src, &weights, &bias);
            for (one, src) in together.chunks_exact(outputs).zip(src.chunks_exact(inputs)) {
                let mut alone = vec![0.0; outputs];
                connect_scalar(&mut alone, src, &weights, &bias);
                assert_eq!(bits(&alone), bits(one), "one of {sources} sources");
            }
        }
    }
}

#[test]
fn sums_are_rounded_alike_in_every_width() {
    let mut r = Random(29);
    for n in LENGTHS {
        let src: Vec<i32> = (0..n).map(|_| r.bits() as i32 >> r.below(20)).collect();
        for lost in [0, 1, 2, 11, 31] {
            let rounded = |v: i32| ((i64::from(v) + (1_i64 << lost >> 1)) >> lost) as i16;
            let mut found = vec![-7; n];
            narrow_scalar(&mut found, &src, lost);
            assert_eq!(found, src.iter().map(|v| rounded(*v)).collect::<Vec<_>>(), "{lost}");
            for wide in WIDE {
                let mut wider = vec![-7; n];
                narrow_at(wide, &mut wider, &src, lost);
                assert_eq!(wider, found, "{} {lost}", wide.name());
            }
        }
    }
}

/// A tree of up to `most` nodes over `channels` channels, children after their parents.
fn random_tree(r: &mut Random, most: usize, channels: usize) -> Vec<(Node, f32)> {
    let mut tree = vec![(Node::Leaf, r.between(-1.0, 1.0))];
    while tree.len() + 2 <= most {
        let leaves: Vec<usize> = (0..tree.len()).filter(|&i| tree[i].0 == Node::Leaf).collect();
        let (parent, left) = (leaves[r.below(leaves.len())], tree.len());
        tree[parent].0 = Node::Split { channel: r.below(channels), threshold: r.between(-0.5, 0.5), left, right: left + 1 };
        tree.extend([(Node::Leaf, r.between(-1.0, 1.0)), (Node::Leaf, r.between(-1.0, 1.0))]);
    }
    tree
}

#[test]
fn trees_agree_in_every_width_and_with_a_plain_walk() {
    const CHANNELS: usize = 5;
    let mut r = Random(8);
    let mut forest = Forest::default();
    let trees: Vec<Vec<(Node, f32)>> = [1, 3, 9, 23, 31].iter().map(|&n| random_tree(&mut r, n, CHANNELS)).collect();
    for t in &trees {
        forest.push(t);
    }
    for n in LENGTHS {
        let mut columns = numbers(&mut r, CHANNELS * n, -1.0, 1.0);
        if n > 3 {
            columns[2] = f32::NAN;
        }
        let base = numbers(&mut r, n, -1.0, 1.0);
        let mut walked = base.clone();
        for (i, sum) in walked.iter_mut().enumerate() {
            for tree in &trees {
                let mut at = 0;
                while let Node::Split { channel, threshold, left, right } = tree[at].0 {
                    at = if columns[channel * n + i] <= threshold { left } else { right };
                }
                *sum += tree[at].1;
            }
        }
        agree("sum_trees", n, |level, out| {
            out.copy_from_slice(&base);
            match level {
                None => sum_trees_scalar(out, &columns, &forest),
                Some(level) => sum_trees_at(level, out, &columns, &forest),
            }
        });
        let mut sums = base.clone();
        sum_trees_scalar(&mut sums, &columns, &forest);
        assert_eq!(bits(&sums), bits(&walked), "length {n}");
    }
}

#[test]
fn the_chain_gives_the_same_bits_in_every_width() {
    for (rim, seed, colour) in [(Rim::Round, 71, true), (Rim::Square, 72, true), (Rim::Round, 73, false)] {
        let die = Die::new(rim, seed);
        let card = Image::pressed(&die, 300.0, [31.0, 27.0], 0.0);
        let mut moving = Image::pressed(&die, 200.0, [29.3, 26.2], 61.0);
        if !colour {
            moving = moving.grey();
        }
        let run = || {
            let reference = Reference::new(card.enrol().expect("a clean card").0);
            let c = examine(&reference, &moving.scan(), &Search::default()).expect("found");
            let p = &c.alignment.fit.pose;
            let mut all = vec![p.a, p.b, p.tx, p.ty];
            all.extend(c.evidence.values());
            all.extend(c.regions.iter().flat_map(|r| r.at_mm.into_iter().chain(r.values)));
            all.extend(&c.tiles.extra.data);
            bits(&all)
        };
        set_limit(Level::Scalar);
        assert_eq!(level(), Level::Scalar);
        let expected = run();
        for wide in WIDE {
            set_limit(wide);
            assert_eq!(level(), wide.min(available()));
            assert_eq!(run(), expected, "{}", wide.name());
        }
    }
}
