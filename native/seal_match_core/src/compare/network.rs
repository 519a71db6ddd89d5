//! A small convolutional network that looks at reference and moving ink together and says, place by place, whether another die
//! made the impression.
//!
//! ```text
//! input   16 channels of both impressions, see `agreement`             each 2 × 2 samples of 8 a mm become one place
//! layers  four of 3 × 3, 16 channels, dilations 1 1 2 4, ReLU         4 samples a mm; a place sees 2 mm around it
//! head    here: log odds that the dies differ at this place
//!         grain: how much outline and texture look like another die's
//! ```
//! Two images stacked as channels of one network: the "2-channel" form of Zagoruyko and Komodakis, "Learning to compare image
//! patches via convolutional neural networks", CVPR 2015, doi:10.1109/CVPR.2015.7299064. Its weights are data of the profile.
//!
//! Every output channel is one lane: its sum runs over rows, columns and inputs in one fixed order, each product fused with its
//! addition, so that all instruction sets give the same bits. Only blocks that a weighted output needs are computed, and of every
//! layer only the rows that the next one still looks at are kept, so that they stay in the cache.

use crate::compare::agreement::Agreement;
use crate::compare::tiles::{TILE_PX, Tiles};
use crate::error::{Error, Result};
use crate::plane::Field;
use crate::template::PX_PER_MM;

/// Channels of a layer.
pub const CHANNELS: usize = 16;
/// Samples per millimetre of the maps.
pub const MAP_PX_PER_MM: f32 = PX_PER_MM / 2.0;
const DILATIONS: [usize; 4] = [1, 1, 2, 4];
/// How far a weighted output looks, places.
const REACH: usize = 1 + 1 + 2 + 4;
const PAD: usize = 4;
/// The most neighbouring outputs that are computed together.
const BLOCK: usize = 12;

type Lanes = [f32; CHANNELS];

struct Layer {
    dilation: usize,
    /// Rows, columns, inputs; the lanes are the outputs.
    weights: Vec<Lanes>,
    bias: Lanes,
}

/// The network.
pub struct Network {
    layers: Vec<Layer>,
    head: [Lanes; 2],
    head_bias: [f32; 2],
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network").field("layers", &self.layers.len()).finish_non_exhaustive()
    }
}

/// What the network says, at [`MAP_PX_PER_MM`]; sample (0, 0) covers the samples 0 and 1 of the reference's grid.
pub struct Maps {
    /// Natural log odds that the dies differ here.
    pub here: Field,
    /// Evidence of another die in outline and texture, any unit.
    pub grain: Field,
    /// Zero (no stroke near, covered, or out of scope) to one.
    pub weight: Field,
}

/// Some rows of a map of [`CHANNELS`] lanes, the last ones that were written, with a border of [`PAD`] zeros at either end, and a row
/// of zeros for those above and below the map, so that no tap needs a check.
struct Lattice {
    stride: usize,
    height: usize,
    rows: usize,
    data: Vec<Lanes>,
}

impl Lattice {
    /// Of a map of this size, for a layer that looks `reach` rows up and down.
    fn new(width: usize, height: usize, reach: usize) -> Self {
        // A block may reach beyond the right edge.
        let (stride, rows) = (width + 2 * PAD + BLOCK, 2 * reach + 1);
        Self { stride, height, rows, data: vec![[0.0; CHANNELS]; stride * (rows + 1)] }
    }

    /// Where the first place of row `y` lies.
    #[inline]
    fn line(&self, y: Option<usize>) -> usize {
        let row = y.filter(|y| *y < self.height).map_or(self.rows, |y| y % self.rows);
        row * self.stride + PAD
    }
}

impl Network {
    /// Builds the network from its numbers: per layer weights (row, column, input, output) and biases, then the head's
    /// (input, output) and biases.
    ///
    /// # Errors
    /// [`Error::BadProfile`] when the count of numbers does not fit or one is not finite.
    pub fn new(layers: &[(Vec<f32>, Vec<f32>)], head: (&[f32], &[f32])) -> Result<Self> {
        let bad = |what: String| Error::BadProfile { reason: format!("network: {what}") };
        if layers.len() != DILATIONS.len() {
            return Err(bad(format!("{} layers instead of {}", layers.len(), DILATIONS.len())));
        }
        let all = layers.iter().flat_map(|(w, b)| w.iter().chain(b)).chain(head.0).chain(head.1);
        if all.into_iter().any(|v| !v.is_finite()) {
            return Err(bad("a weight is not finite".into()));
        }
        let lanes = |v: &[f32]| -> Lanes { std::array::from_fn(|i| v[i]) };
        let mut built = Vec::with_capacity(layers.len());
        for (i, ((weights, bias), dilation)) in layers.iter().zip(DILATIONS).enumerate() {
            if weights.len() != 9 * CHANNELS * CHANNELS || bias.len() != CHANNELS {
                return Err(bad(format!("layer {i} has {} weights and {} biases", weights.len(), bias.len())));
            }
            let weights = weights.chunks_exact(CHANNELS).map(lanes).collect();
            built.push(Layer { dilation, weights, bias: lanes(bias) });
        }
        if head.0.len() != 2 * CHANNELS || head.1.len() != 2 {
            return Err(bad(format!("the head has {} weights and {} biases", head.0.len(), head.1.len())));
        }
        let column = |k: usize| -> Lanes { std::array::from_fn(|i| head.0[2 * i + k]) };
        Ok(Self { layers: built, head: [column(0), column(1)], head_bias: [head.1[0], head.1[1]] })
    }

    /// Compares the reference's ink with the moving image on its grid.
    pub fn compare(&self, reference: &Field, tiles: &Tiles) -> Maps {
        self.look(reference, &tiles.aligned, &tiles.covered, &tiles.maps.scope)
    }

    fn look(&self, reference: &Field, moving: &Field, covered: &Field, scope: &Field) -> Maps {
        let (width, height) = (reference.width / 2, reference.height / 2);
        let weight = weights(reference, moving, covered, scope);
        // What a layer must compute: all that the layers after it look at.
        let mut needed: Vec<Vec<bool>> = vec![weight.data.iter().map(|w| *w > 0.0).collect()];
        for layer in self.layers.iter().rev() {
            let last = &needed[needed.len() - 1];
            needed.push(grown(last, width, height, layer.dilation));
        }
        needed.reverse();
        let agreement = Agreement::new(reference, moving, covered);
        let mut lattices: Vec<Lattice> = DILATIONS.iter().chain(&[0]).map(|&reach| Lattice::new(width, height, reach)).collect();
        let (mut here, mut grain) = (Field::zeros(width, height), Field::zeros(width, height));
        // Each layer is as many rows behind the one before as it looks down. What an earlier row left in a place that nothing needs
        // is never looked at.
        for step in 0..height + REACH {
            if step < height {
                let line = lattices[0].line(Some(step));
                let places = step * width..(step + 1) * width;
                agreement.row(step, &needed[0][places], &mut lattices[0].data[line..line + width]);
            }
            let mut behind = 0;
            for (i, layer) in self.layers.iter().enumerate() {
                behind += layer.dilation;
                if let Some(y) = step.checked_sub(behind).filter(|y| *y < height) {
                    let (before, after) = lattices.split_at_mut(i + 1);
                    run(layer, &before[i], y, &needed[i + 1][y * width..(y + 1) * width], &mut after[0]);
                }
            }
            if let Some(y) = step.checked_sub(behind) {
                let last = &lattices[DILATIONS.len()];
                let places = &last.data[last.line(Some(y))..];
                let weights = weight.row(y);
                for (x, lanes) in places[..width].iter().enumerate().filter(|(x, _)| weights[*x] > 0.0) {
                    let dot = |w: &Lanes| lanes.iter().zip(w).fold(0.0, |s, (a, b)| s + a * b);
                    here.data[y * width + x] = self.head_bias[0] + dot(&self.head[0]);
                    grain.data[y * width + x] = self.head_bias[1] + dot(&self.head[1]);
                }
            }
        }
        Maps { here, grain, weight }
    }
}

/// Where there is a stroke of either impression within half a millimetre, not covered and in scope.
fn weights(reference: &Field, moving: &Field, covered: &Field, scope: &Field) -> Field {
    let w = reference.width;
    let samples = reference.data.iter().zip(&moving.data).zip(&covered.data);
    let ink: Vec<bool> = samples.map(|((r, m), c)| *r > 0.35 || (*m > 0.45 && *c == 0.0)).collect();
    let near = grown(&ink, w, reference.height, 4);
    let speaks: Vec<u8> = near.iter().zip(&covered.data).map(|(near, c)| u8::from(*near && *c == 0.0)).collect();
    Field::by_rows(w / 2, reference.height / 2, |y, row| {
        let (upper, lower) = speaks[2 * y * w..(2 * y + 2) * w].split_at(w);
        let scope = scope.row(2 * y / TILE_PX);
        for (x, (d, (a, b))) in row.iter_mut().zip(upper.chunks_exact(2).zip(lower.chunks_exact(2))).enumerate() {
            *d = if scope[2 * x / TILE_PX] > 0.0 { f32::from(a[0] + a[1] + b[0] + b[1]) / 4.0 } else { 0.0 };
        }
    })
}

/// Dilates by a square of side `2 r + 1`.
fn grown(src: &[bool], w: usize, h: usize, r: usize) -> Vec<bool> {
    let join = |dst: &mut [bool], src: &[bool]| dst.iter_mut().zip(src).for_each(|(d, s)| *d |= *s);
    let mut rows = src.to_vec();
    for (dst, src) in rows.chunks_exact_mut(w.max(1)).zip(src.chunks_exact(w.max(1))) {
        for shift in 1..(r + 1).min(w) {
            join(&mut dst[shift..], src);
            join(dst, &src[shift..]);
        }
    }
    let mut out = rows.clone();
    for shift in 1..(r + 1).min(h) {
        join(&mut out[shift * w..], &rows);
        join(&mut out, &rows[shift * w..]);
    }
    out
}

/// Computes row `y` of one layer where it is needed.
fn run(layer: &Layer, src: &Lattice, y: usize, needed: &[bool], dst: &mut Lattice) {
    let line = dst.line(Some(y));
    let row = &mut dst.data[line..line + needed.len()];
    let starts = tap_starts(layer, src, y);
    #[cfg(target_arch = "x86_64")]
    match crate::simd::level() {
        crate::simd::Level::Avx512 => {
            return sweep::<BLOCK>(needed, row, |x, out| {
                // SAFETY: the processor has AVX-512F.
                unsafe { taps_avx512(layer, src, starts.map(|s| s + x), out) }
            });
        }
        crate::simd::Level::Avx2 => {
            return sweep::<4>(needed, row, |x, out| {
                // SAFETY: the processor has AVX2 and FMA.
                unsafe { taps_avx2(layer, src, starts.map(|s| s + x), out) }
            });
        }
        crate::simd::Level::Scalar => {}
    }
    sweep::<4>(needed, row, |x, out| taps_scalar(layer, src, starts.map(|s| s + x), out));
}

/// Visits blocks of `B` neighbours of a row, each from an output on that is needed.
#[inline(always)]
fn sweep<const B: usize>(needed: &[bool], row: &mut [Lanes], mut taps: impl FnMut(usize, &mut [Lanes; B])) {
    let mut out = [[0.0; CHANNELS]; B];
    let mut x = 0;
    while let Some(gap) = needed[x..].iter().position(|n| *n) {
        let from = x + gap;
        x = (from + B).min(needed.len());
        taps(from, &mut out);
        row[from..x].copy_from_slice(&out[..x - from]);
    }
}

/// Index of the first input of each of the nine taps around the first place of row `y`.
fn tap_starts(layer: &Layer, src: &Lattice, y: usize) -> [usize; 9] {
    let d = layer.dilation;
    let lines = [y.checked_sub(d), Some(y), Some(y + d)].map(|y| src.line(y));
    std::array::from_fn(|k| lines[k / 3] + (k % 3) * d - d)
}

/// One block: the specification of the fast forms.
fn taps_scalar(layer: &Layer, src: &Lattice, starts: [usize; 9], out: &mut [Lanes; 4]) {
    *out = [layer.bias; 4];
    for (start, tap) in starts.into_iter().zip(layer.weights.chunks_exact(CHANNELS)) {
        for (k, weights) in tap.iter().enumerate() {
            for (sum, input) in out.iter_mut().zip(&src.data[start..]) {
                for (s, w) in sum.iter_mut().zip(weights) {
                    *s = input[k].mul_add(*w, *s);
                }
            }
        }
    }
    out.iter_mut().flatten().for_each(|v| *v = v.max(0.0));
}

/// # Safety
/// - The processor has AVX-512F.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn taps_avx512(layer: &Layer, src: &Lattice, starts: [usize; 9], out: &mut [Lanes; BLOCK]) {
    use std::arch::x86_64::{
        _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_max_ps, _mm512_set1_ps, _mm512_setzero_ps, _mm512_storeu_ps,
    };
    // SAFETY: every pointer comes from an array of sixteen floats.
    unsafe {
        let mut sums = [_mm512_loadu_ps(layer.bias.as_ptr()); BLOCK];
        for (start, tap) in starts.into_iter().zip(layer.weights.chunks_exact(CHANNELS)) {
            let inputs = &src.data[start..start + BLOCK];
            for (k, weights) in tap.iter().enumerate() {
                let w = _mm512_loadu_ps(weights.as_ptr());
                for (sum, input) in sums.iter_mut().zip(inputs) {
                    *sum = _mm512_fmadd_ps(_mm512_set1_ps(input[k]), w, *sum);
                }
            }
        }
        for (lanes, sum) in out.iter_mut().zip(sums) {
            _mm512_storeu_ps(lanes.as_mut_ptr(), _mm512_max_ps(sum, _mm512_setzero_ps()));
        }
    }
}

/// # Safety
/// - The processor has AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn taps_avx2(layer: &Layer, src: &Lattice, starts: [usize; 9], out: &mut [Lanes; 4]) {
    use std::arch::x86_64::{
        _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_max_ps, _mm256_set1_ps, _mm256_setzero_ps, _mm256_storeu_ps,
    };
    // SAFETY: every pointer comes from an array of sixteen floats and reaches over eight of them.
    unsafe {
        let bias = layer.bias.as_ptr();
        let mut sums = [[_mm256_loadu_ps(bias), _mm256_loadu_ps(bias.add(8))]; 4];
        for (start, tap) in starts.into_iter().zip(layer.weights.chunks_exact(CHANNELS)) {
            let inputs = &src.data[start..start + 4];
            for (k, weights) in tap.iter().enumerate() {
                let w = [_mm256_loadu_ps(weights.as_ptr()), _mm256_loadu_ps(weights.as_ptr().add(8))];
                for (sum, input) in sums.iter_mut().zip(inputs) {
                    let v = _mm256_set1_ps(input[k]);
                    for (s, w) in sum.iter_mut().zip(w) {
                        *s = _mm256_fmadd_ps(v, w, *s);
                    }
                }
            }
        }
        for (lanes, sum) in out.iter_mut().zip(sums) {
            for (half, s) in sum.into_iter().enumerate() {
                _mm256_storeu_ps(lanes.as_mut_ptr().add(8 * half), _mm256_max_ps(s, _mm256_setzero_ps()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::agreement::channels;
    use crate::compare::numbers::Numbers;

    impl Numbers {
        fn lanes(&mut self) -> Lanes {
            std::array::from_fn(|_| self.next())
        }

        fn layer(&mut self, dilation: usize) -> Layer {
            let weights = (0..9 * CHANNELS).map(|_| self.lanes()).collect();
            Layer { dilation, weights, bias: self.lanes() }
        }

        fn lattice(&mut self, width: usize, height: usize) -> Lattice {
            let mut out = whole(width, height);
            for y in 0..height {
                let line = out.line(Some(y));
                out.data[line..line + width].fill_with(|| self.lanes());
            }
            out
        }
    }

    /// A lattice that keeps all its rows.
    fn whole(width: usize, height: usize) -> Lattice {
        Lattice::new(width, height, height)
    }

    /// The layer by its definition: the same sums in the same order, one output at a time.
    fn defined(layer: &Layer, src: &Lattice, x: usize, y: usize) -> Lanes {
        let mut sum = layer.bias;
        for row in 0..3 {
            for column in 0..3 {
                let [sx, sy] = [x + column * layer.dilation, y + row * layer.dilation].map(|v| v.checked_sub(layer.dilation));
                let width = src.stride - 2 * PAD - BLOCK;
                let inside = sx.filter(|x| *x < width).zip(sy.filter(|y| *y < src.height));
                let input = inside.map_or([0.0; CHANNELS], |(x, y)| src.data[src.line(Some(y)) + x]);
                for k in 0..CHANNELS {
                    let w = &layer.weights[(3 * row + column) * CHANNELS + k];
                    for c in 0..CHANNELS {
                        sum[c] = input[k].mul_add(w[c], sum[c]);
                    }
                }
            }
        }
        sum.map(|v| v.max(0.0))
    }

    fn bits(lanes: &Lanes) -> [u32; CHANNELS] {
        lanes.map(f32::to_bits)
    }

    #[test]
    fn every_form_of_a_layer_gives_the_bits_of_its_definition() {
        let mut n = Numbers(7);
        for (width, height, dilation) in [(8, 3, 1), (13, 9, 2), (21, 12, 4), (1, 1, 4)] {
            let (layer, src) = (n.layer(dilation), n.lattice(width, height));
            let needed: Vec<bool> = (0..width * height).map(|_| n.next() > -0.6).collect();
            let [mut chosen, mut scalar, mut half] = [(); 3].map(|()| whole(width, height));
            for y in 0..height {
                let (row, line, starts) = (&needed[y * width..(y + 1) * width], src.line(Some(y)), tap_starts(&layer, &src, y));
                run(&layer, &src, y, row, &mut chosen);
                let places = line..line + width;
                sweep::<4>(row, &mut scalar.data[places.clone()], |x, out| {
                    taps_scalar(&layer, &src, starts.map(|s| s + x), out);
                });
                #[cfg(target_arch = "x86_64")]
                if crate::simd::available() >= crate::simd::Level::Avx2 {
                    // SAFETY: the processor has AVX2 and FMA.
                    sweep::<4>(row, &mut half.data[places], |x, out| unsafe {
                        taps_avx2(&layer, &src, starts.map(|s| s + x), out);
                    });
                }
            }
            for y in 0..height {
                for x in 0..width {
                    if needed[y * width + x] {
                        let at = src.line(Some(y)) + x;
                        let expected = bits(&defined(&layer, &src, x, y));
                        assert_eq!(bits(&chosen.data[at]), expected, "chosen form at {x}, {y}");
                        assert_eq!(bits(&scalar.data[at]), expected, "scalar form at {x}, {y}");
                        if crate::simd::available() >= crate::simd::Level::Avx2 {
                            assert_eq!(bits(&half.data[at]), expected, "AVX2 at {x}, {y}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn growing_is_the_largest_value_within_the_square() {
        let mut n = Numbers(3);
        for (w, h, r) in [(17, 11, 1), (9, 14, 4), (3, 2, 4), (1, 1, 2)] {
            let src: Vec<bool> = (0..w * h).map(|_| n.next() > 0.8).collect();
            let out = grown(&src, w, h, r);
            for y in 0..h {
                for x in 0..w {
                    let near = (0..w * h).any(|i| src[i] && (i % w).abs_diff(x) <= r && (i / w).abs_diff(y) <= r);
                    assert_eq!(out[y * w + x], near, "{x}, {y} of {w} x {h}, r {r}");
                }
            }
        }
    }

    #[test]
    fn rows_in_turn_give_the_bits_of_whole_layers() {
        const WIDTH: usize = 40;
        // What is not weighted is skipped and rows are written over: a network equals its layers computed everywhere, one by one.
        let mut n = Numbers(11);
        let (width, height) = (WIDTH, 46);
        let weights = |n: &mut Numbers, count: usize| (0..count).map(|_| 0.2 * n.next()).collect::<Vec<f32>>();
        let layers: Vec<_> =
            DILATIONS.iter().map(|_| (weights(&mut n, 9 * CHANNELS * CHANNELS), weights(&mut n, CHANNELS))).collect();
        let head = (weights(&mut n, 2 * CHANNELS), weights(&mut n, 2));
        let network = Network::new(&layers, (&head.0, &head.1)).unwrap();
        let image = |n: &mut Numbers, sparse: f32| {
            let data = (0..4 * width * height).map(|_| 3.0 * (n.next() - sparse).max(0.0)).collect();
            Field { width: 2 * width, height: 2 * height, data }
        };
        let (reference, moving) = (image(&mut n, 0.7), image(&mut n, 0.7));
        let covered = Field { data: image(&mut n, 0.9).data.iter().map(|v| v.ceil()).collect(), ..reference.clone() };
        let mut scope = Field::zeros(width.div_ceil(2), height.div_ceil(2));
        for y in 9..14 {
            scope.row_mut(y)[3..17].fill(1.0);
        }
        let maps = network.look(&reference, &moving, &covered, &scope);
        let mut lattice = whole(width, height);
        for (y, row) in channels(&reference, &moving, &covered).chunks_exact(width).enumerate() {
            let line = lattice.line(Some(y));
            lattice.data[line..line + width].copy_from_slice(row);
        }
        for layer in &network.layers {
            let mut next = whole(width, height);
            for y in 0..height {
                run(layer, &lattice, y, &[true; WIDTH], &mut next);
            }
            lattice = next;
        }
        assert!(maps.weight.data.iter().filter(|w| **w > 0.0).count() > 50);
        for (i, weight) in maps.weight.data.iter().enumerate() {
            let lanes = &lattice.data[lattice.line(Some(i / width)) + i % width];
            let dot = |k: usize| lanes.iter().zip(&network.head[k]).fold(0.0, |s, (a, b)| s + a * b);
            let [here, grain] = [0, 1].map(|k| if *weight > 0.0 { network.head_bias[k] + dot(k) } else { 0.0 });
            assert_eq!([maps.here.data[i], maps.grain.data[i]].map(f32::to_bits), [here, grain].map(f32::to_bits), "{i}");
        }
    }
}
