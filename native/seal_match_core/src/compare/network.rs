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
//! addition, so that all instruction sets give the same bits. Only blocks that a weighted output needs are computed.

use crate::compare::agreement::channels;
use crate::compare::tiles::{TILE_PX, Tiles};
use crate::error::{Error, Result};
use crate::plane::Field;
use crate::template::PX_PER_MM;

/// Channels of a layer.
pub const CHANNELS: usize = 16;
/// Samples per millimetre of the maps.
pub const MAP_PX_PER_MM: f32 = PX_PER_MM / 2.0;
const DILATIONS: [usize; 4] = [1, 1, 2, 4];
const PAD: usize = 4;
/// The most neighbouring outputs that are computed together.
const BLOCK: usize = 8;

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

/// A map of [`CHANNELS`] lanes with a border of [`PAD`] zeros, so that no tap needs a check.
struct Lattice {
    stride: usize,
    data: Vec<Lanes>,
}

impl Lattice {
    fn new(width: usize, height: usize) -> Self {
        // A block may reach beyond the right edge.
        let stride = width + 2 * PAD + BLOCK;
        Self { stride, data: vec![[0.0; CHANNELS]; stride * (height + 2 * PAD)] }
    }

    #[inline]
    fn at(&self, x: usize, y: usize) -> usize {
        (y + PAD) * self.stride + x + PAD
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
        let (moving, covered) = (&tiles.aligned, &tiles.covered);
        let (width, height) = (reference.width / 2, reference.height / 2);
        let weight = weights(reference, moving, covered, &tiles.maps.scope);
        // What a layer must compute: all that the layers after it look at.
        let mut needed: Vec<Vec<bool>> = vec![weight.data.iter().map(|w| *w > 0.0).collect()];
        for layer in self.layers.iter().rev() {
            let last = &needed[needed.len() - 1];
            needed.push(grown(last, width, height, layer.dilation));
        }
        needed.reverse();
        let seen = needed.remove(0);
        let mut lattice = Lattice::new(width, height);
        let places = channels(reference, moving, covered, &seen);
        for (y, row) in places.chunks_exact(width.max(1)).enumerate() {
            let at = lattice.at(0, y);
            lattice.data[at..at + width].copy_from_slice(row);
        }
        // Two lattices in turn: what an earlier layer left where nothing is needed is never looked at, and nothing writes the border.
        let mut next = Lattice::new(width, height);
        for (layer, needed) in self.layers.iter().zip(&needed) {
            run(layer, &lattice, needed, width, height, &mut next);
            std::mem::swap(&mut lattice, &mut next);
        }
        let (mut here, mut grain) = (Field::zeros(width, height), Field::zeros(width, height));
        for y in 0..height {
            for x in 0..width {
                let i = y * width + x;
                if weight.data[i] > 0.0 {
                    let lanes = &lattice.data[lattice.at(x, y)];
                    let dot = |w: &Lanes| lanes.iter().zip(w).fold(0.0, |s, (a, b)| s + a * b);
                    here.data[i] = self.head_bias[0] + dot(&self.head[0]);
                    grain.data[i] = self.head_bias[1] + dot(&self.head[1]);
                }
            }
        }
        Maps { here, grain, weight }
    }
}

/// Where there is a stroke of either impression within half a millimetre, not covered and in scope.
fn weights(reference: &Field, moving: &Field, covered: &Field, scope: &Field) -> Field {
    let (w, h) = (reference.width, reference.height);
    let ink: Vec<bool> =
        (0..w * h).map(|i| reference.data[i] > 0.35 || (moving.data[i] > 0.45 && covered.data[i] == 0.0)).collect();
    let near = grown(&ink, w, h, 4);
    let mut out = Field::zeros(w / 2, h / 2);
    for y in 0..h / 2 {
        for x in 0..w / 2 {
            if scope.at(2 * x / TILE_PX, 2 * y / TILE_PX) > 0.0 {
                let corner = 2 * y * w + 2 * x;
                let speaks = [0, 1, w, w + 1].iter().filter(|k| near[corner + *k] && covered.data[corner + *k] == 0.0).count();
                out.data[y * (w / 2) + x] = speaks as f32 / 4.0;
            }
        }
    }
    out
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

/// Computes one layer where it is needed.
fn run(layer: &Layer, src: &Lattice, needed: &[bool], width: usize, height: usize, dst: &mut Lattice) {
    #[cfg(target_arch = "x86_64")]
    match crate::simd::level() {
        crate::simd::Level::Avx512 => {
            return sweep::<8>(needed, width, height, dst, |first, out| {
                // SAFETY: the processor has AVX-512F; `sweep` hands out places whose eight neighbours lie in the lattice.
                unsafe { taps_avx512(layer, src, first, out) }
            });
        }
        crate::simd::Level::Avx2 => {
            return sweep::<4>(needed, width, height, dst, |first, out| {
                // SAFETY: the processor has AVX2 and FMA; `sweep` hands out places whose four neighbours lie in the lattice.
                unsafe { taps_avx2(layer, src, first, out) }
            });
        }
        crate::simd::Level::Scalar => {}
    }
    sweep::<4>(needed, width, height, dst, |first, out| taps_scalar(layer, src, first, out));
}

/// Visits blocks of `B` neighbours in which at least one output is needed.
#[inline(always)]
fn sweep<const B: usize>(
    needed: &[bool],
    width: usize,
    height: usize,
    dst: &mut Lattice,
    mut taps: impl FnMut(usize, &mut [Lanes; B]),
) {
    let mut out = [[0.0; CHANNELS]; B];
    for y in 0..height {
        for x in (0..width).step_by(B) {
            let end = (x + B).min(width);
            if needed[y * width + x..y * width + end].iter().any(|n| *n) {
                let at = dst.at(x, y);
                taps(at, &mut out);
                dst.data[at..at + end - x].copy_from_slice(&out[..end - x]);
            }
        }
    }
}

/// Index of the first input of each of the nine taps around the block that starts at `at`.
#[inline(always)]
fn tap_starts(layer: &Layer, src: &Lattice, at: usize) -> [usize; 9] {
    let d = layer.dilation;
    std::array::from_fn(|k| at - d * (src.stride + 1) + (k / 3) * d * src.stride + (k % 3) * d)
}

/// One block: the specification of the fast forms.
fn taps_scalar(layer: &Layer, src: &Lattice, at: usize, out: &mut [Lanes; 4]) {
    *out = [layer.bias; 4];
    for (start, tap) in tap_starts(layer, src, at).into_iter().zip(layer.weights.chunks_exact(CHANNELS)) {
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
unsafe fn taps_avx512(layer: &Layer, src: &Lattice, at: usize, out: &mut [Lanes; 8]) {
    use std::arch::x86_64::{
        _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_max_ps, _mm512_set1_ps, _mm512_setzero_ps, _mm512_storeu_ps,
    };
    // SAFETY: every pointer comes from an array of sixteen floats.
    unsafe {
        let mut sums = [_mm512_loadu_ps(layer.bias.as_ptr()); 8];
        for (start, tap) in tap_starts(layer, src, at).into_iter().zip(layer.weights.chunks_exact(CHANNELS)) {
            let inputs = &src.data[start..start + 8];
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
unsafe fn taps_avx2(layer: &Layer, src: &Lattice, at: usize, out: &mut [Lanes; 4]) {
    use std::arch::x86_64::{
        _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_max_ps, _mm256_set1_ps, _mm256_setzero_ps, _mm256_storeu_ps,
    };
    // SAFETY: every pointer comes from an array of sixteen floats and reaches over eight of them.
    unsafe {
        let bias = layer.bias.as_ptr();
        let mut sums = [[_mm256_loadu_ps(bias), _mm256_loadu_ps(bias.add(8))]; 4];
        for (start, tap) in tap_starts(layer, src, at).into_iter().zip(layer.weights.chunks_exact(CHANNELS)) {
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
            let mut out = Lattice::new(width, height);
            for y in 0..height {
                for x in 0..width {
                    let at = out.at(x, y);
                    out.data[at] = self.lanes();
                }
            }
            out
        }
    }

    /// The layer by its definition: the same sums in the same order, one output at a time.
    fn defined(layer: &Layer, src: &Lattice, x: usize, y: usize) -> Lanes {
        let mut sum = layer.bias;
        for row in 0..3 {
            for column in 0..3 {
                let at = src.at(x, y) + row * layer.dilation * src.stride + column * layer.dilation
                    - layer.dilation * (src.stride + 1);
                for k in 0..CHANNELS {
                    let w = &layer.weights[(3 * row + column) * CHANNELS + k];
                    for c in 0..CHANNELS {
                        sum[c] = src.data[at][k].mul_add(w[c], sum[c]);
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
            let mut chosen = Lattice::new(width, height);
            run(&layer, &src, &needed, width, height, &mut chosen);
            let mut scalar = Lattice::new(width, height);
            sweep::<4>(&needed, width, height, &mut scalar, |at, out| taps_scalar(&layer, &src, at, out));
            let mut half = Lattice::new(width, height);
            #[cfg(target_arch = "x86_64")]
            if crate::simd::available() >= crate::simd::Level::Avx2 {
                // SAFETY: the processor has AVX2 and FMA.
                sweep::<4>(&needed, width, height, &mut half, |at, out| unsafe {
                    taps_avx2(&layer, &src, at, out);
                });
            }
            for y in 0..height {
                for x in 0..width {
                    if needed[y * width + x] {
                        let at = src.at(x, y);
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
    fn what_is_not_weighted_changes_nothing() {
        // Skipping blocks must not show: a network over a lattice whose unweighted places are skipped equals one that computes all.
        let mut n = Numbers(11);
        let (width, height) = (40, 30);
        let layers = [n.layer(1), n.layer(2), n.layer(4)];
        let src = n.lattice(width, height);
        let wanted: Vec<bool> = (0..width * height).map(|i| (18..22).contains(&(i % width)) && i / width == 15).collect();
        let all = vec![true; width * height];
        let through = |needs: [&[bool]; 3]| {
            let mut lattice = Lattice { stride: src.stride, data: src.data.clone() };
            for (layer, needed) in layers.iter().zip(needs) {
                let mut next = Lattice::new(width, height);
                run(layer, &lattice, needed, width, height, &mut next);
                lattice = next;
            }
            lattice
        };
        let second = grown(&wanted, width, height, 4);
        let first = grown(&second, width, height, 2);
        let (few, full) = (through([&first, &second, &wanted]), through([&all, &all, &all]));
        for x in 18..22 {
            let at = src.at(x, 15);
            assert_eq!(bits(&few.data[at]), bits(&full.data[at]));
        }
    }
}
