//! A layer of 3 × 3 in whole numbers, of which a processor multiplies twice as many at once as of floats, and whose sums are exact.
//!
//! ```text
//! weight   round(w · 2^scale) in 16 bits
//! input    round(v · 2^scale) in 12 bits, v not below zero; its scale is chosen anew for every window and layer
//! sum      the product's scale is the sum of both; 2³⁰ at most, and 2²⁹ of bias
//! ```
//! Only roundings of weights and inputs are lost, about a thousandth of a sum (`tests` below; method: Jacob et al. 2018, "Quantization and
//! training of neural networks for efficient integer-arithmetic-only inference", with scales that are powers of two).

use crate::simd::convolve::{Taps, convolve, narrow};

/// Bits of an input.
const INPUT_BITS: i32 = 12;
/// The most that weights of one output add up to, times the largest input: 2³⁰.
const WEIGHTS: f64 = (1_u32 << (30 - INPUT_BITS)) as f64;
/// The most of a bias in a sum, log2.
const BIAS_BITS: i32 = 29;

/// A square of places with a border of zeros, one place wide: rows, columns, channels.
#[derive(Debug)]
pub(crate) struct Places {
    /// Numbers a place.
    channels: usize,
    /// Places a side, the border left out.
    side: usize,
    /// How many doublings of the values the numbers are.
    scale: i32,
    numbers: Vec<i16>,
}

impl Places {
    /// Scale of the window that a network is shown, whose values lie below two.
    pub(crate) const WINDOW_SCALE: i32 = INPUT_BITS - 1;

    pub(crate) fn new(side: usize, channels: usize) -> Self {
        let numbers = vec![0; (side + 2) * (side + 2) * channels];
        Self { channels, side, scale: Self::WINDOW_SCALE, numbers }
    }

    /// The numbers at column `x` and row `y`.
    pub(crate) fn at(&mut self, x: usize, y: usize) -> &mut [i16] {
        let start = ((y + 1) * (self.side + 2) + x + 1) * self.channels;
        &mut self.numbers[start..start + self.channels]
    }

    /// Takes over a layer's sums, rounded to the bits of an input, at a scale of `most` at most.
    fn narrow(&mut self, sums: &[i32], scale: i32, most: i32) {
        let largest = sums.iter().fold(0, |all, v| all | v);
        let bits = 32 - largest.leading_zeros() as i32;
        let lost = (bits - INPUT_BITS).max(scale.saturating_sub(most)).clamp(0, 31);
        self.scale = scale - lost;
        let row = self.side * self.channels;
        for (y, sums) in sums.chunks_exact(row).enumerate() {
            let start = ((y + 1) * (self.side + 2) + 1) * self.channels;
            narrow(&mut self.numbers[start..start + row], sums, lost as u32);
        }
    }
}

/// One layer.
#[derive(Debug)]
pub(crate) struct Layer {
    /// Rows, columns, pairs of inputs, outputs, the two of a pair.
    weights: Vec<i16>,
    bias: Vec<f32>,
    inputs: usize,
    /// Scale of the weights.
    scale: i32,
    /// The largest scale of the inputs at which the bias fits.
    most: i32,
}

impl Layer {
    /// Rounds a layer's numbers: `weights` are rows, columns, inputs (an even number), outputs; all are finite.
    pub(crate) fn new(weights: &[f32], bias: &[f32]) -> Self {
        let outputs = bias.len();
        let inputs = weights.len() / outputs / 9;
        let mut totals = vec![0.0; outputs];
        for row in weights.chunks_exact(outputs) {
            totals.iter_mut().zip(row).for_each(|(sum, w)| *sum += f64::from(w.abs()));
        }
        let largest = |values: &[f32]| values.iter().fold(0.0, |m: f64, v| m.max(f64::from(v.abs())));
        let total = totals.iter().fold(0.0, |m: f64, v| m.max(*v));
        // A bias fits at the window's scale at least.
        let offset = largest(bias) * f64::from(1 << (INPUT_BITS - 1)) / f64::from(1 << BIAS_BITS);
        let least = (total / WEIGHTS).max(largest(weights) / f64::from(i16::MAX)).max(offset).max(f64::MIN_POSITIVE);
        let scale = -least.log2().ceil() as i32;
        let most = ((f64::from(BIAS_BITS) - largest(bias).log2()).floor() as i32).saturating_sub(scale);
        let rounded = |w: f32| (f64::from(w) * 2_f64.powi(scale)).round() as i16;
        let pairs = weights.chunks_exact(2 * outputs);
        let weights = pairs.flat_map(|pair| (0..outputs).flat_map(|o| [pair[o], pair[outputs + o]])).map(rounded).collect();
        Self { weights, bias: bias.to_vec(), inputs, scale, most }
    }

    /// Numbers a place of the output.
    pub(crate) fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// Sums of every place of the output (rows, columns, outputs), none below zero, and their scale; `from` and `step` as in [`Taps`].
    pub(crate) fn sums(&self, sums: &mut [i32], src: &Places, from: usize, step: usize) -> i32 {
        let scale = src.scale + self.scale;
        let factor = 2_f64.powi(scale);
        let bias: Vec<i32> = self.bias.iter().map(|b| (f64::from(*b) * factor).round() as i32).collect();
        let taps = Taps {
            src_side: src.side + 2,
            src: &src.numbers,
            inputs: self.inputs,
            from,
            step,
            weights: &self.weights,
            bias: &bias,
            side: src.side / step,
        };
        convolve(sums, &taps);
        scale
    }

    /// Like [`Layer::sums`], made the inputs of the layer `next`.
    pub(crate) fn apply(&self, dst: &mut Places, sums: &mut [i32], src: &Places, [from, step]: [usize; 2], next: &Self) {
        let sums = &mut sums[..dst.side * dst.side * dst.channels];
        let scale = self.sums(sums, src, from, step);
        dst.narrow(sums, scale, next.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::numbers::Numbers;

    /// Two layers of random numbers, whatever their size, against their definition.
    #[test]
    fn what_is_lost_is_a_thousandth() {
        let mut n = Numbers(11);
        for (size, bias_size) in [(1.0, 0.1), (1e-6, 1e-8), (40.0, 900.0), (1e-3, 0.0)] {
            let (inputs, outputs, side) = (16, 32, 7);
            let mut layer = |inputs: usize| -> (Vec<f32>, Vec<f32>) {
                let weights = (0..9 * inputs * outputs).map(|_| size * n.next()).collect();
                (weights, (0..outputs).map(|_| bias_size * n.next()).collect())
            };
            let floats = [layer(inputs), layer(outputs)];
            let layers = floats.each_ref().map(|(w, b)| Layer::new(w, b));
            let mut window = Places::new(side, inputs);
            let mut values = vec![0.0; side * side * inputs];
            for (i, place) in values.chunks_exact_mut(inputs).enumerate() {
                for (v, number) in place.iter_mut().zip(window.at(i % side, i / side)) {
                    *number = (n.next().abs().min(1.6) * 2048.0).round() as i16;
                    *v = f64::from(*number) / 2048.0;
                }
            }
            let mut middle = Places::new(side, outputs);
            let mut sums = vec![0; side * side * outputs];
            layers[0].apply(&mut middle, &mut sums, &window, [0, 1], &layers[1]);
            let scale = layers[1].sums(&mut sums, &middle, 0, 1);
            for (weights, bias) in &floats {
                values = defined(&values, side, weights, bias);
            }
            let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            assert!(largest > 0.0);
            for (v, sum) in values.iter().zip(&sums) {
                let found = f64::from(*sum) / 2_f64.powi(scale);
                assert!((found - v).abs() < 1e-3 * largest, "{found} {v} {largest} of weights of {size}");
            }
        }
    }

    fn defined(src: &[f64], side: usize, weights: &[f32], bias: &[f32]) -> Vec<f64> {
        let (inputs, outputs) = (src.len() / side / side, bias.len());
        let at = |x: usize, y: usize, o: usize| {
            let mut sum = f64::from(bias[o]);
            for (i, j) in (0..9).map(|t| (t / 3, t % 3)) {
                let (sx, sy) = ((x + j).wrapping_sub(1), (y + i).wrapping_sub(1));
                if sx < side && sy < side {
                    let place = &src[(sy * side + sx) * inputs..][..inputs];
                    let taps = weights[(3 * i + j) * inputs * outputs + o..].iter().step_by(outputs);
                    sum += place.iter().zip(taps).map(|(v, w)| v * f64::from(*w)).sum::<f64>();
                }
            }
            sum.max(0.0)
        };
        (0..side * side * outputs).map(|i| at(i / outputs % side, i / outputs / side, i % outputs)).collect()
    }

    #[test]
    fn numbers_of_any_size_do_no_harm() {
        for (weight, bias) in [(0.0, 0.0), (f32::MAX, f32::MAX), (1e-40, f32::MAX), (f32::MAX, 1e-40)] {
            let layer = Layer::new(&vec![weight; 9 * 16 * 16], &[bias; 16]);
            let (mut src, mut dst) = (Places::new(7, 16), Places::new(7, 16));
            src.at(3, 3).fill(4096);
            let mut sums = vec![0; 7 * 7 * 16];
            for _ in 0..4 {
                layer.apply(&mut dst, &mut sums, &src, [0, 1], &layer);
                assert!(dst.numbers.iter().all(|v| (0..=4096).contains(v)));
                std::mem::swap(&mut src, &mut dst);
            }
        }
    }
}
