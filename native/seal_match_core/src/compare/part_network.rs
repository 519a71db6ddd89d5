//! A small convolutional network that looks at one part of the reference, in both impressions, and says whether the dies differ there.
//!
//! ```text
//! window  28 × 28 samples around the part, 8 a mm (a large part: 5⅓ a mm): reference, moving, covered, and their difference
//!         where nothing covers them; each 2 × 2 samples become one place of 16 numbers
//! layers  3 × 3 over 14 × 14 places; 3 × 3, every second place, 7 × 7; 3 × 3; all places together; ReLU after each
//! head    differs: log odds that the dies differ in this part
//!         copied: log odds that the part was engraved after an impression, or by eye
//! ```
//! Where `network` looks for a difference of any form at every place, this judges a digit or a character as a whole, as a reader does:
//! ink under print is shown to it together with what covers it. The number of channels is the profile's. The layers are computed in
//! whole numbers (`whole_layer`), the sums of the rest have one order (`simd::convolve`): all instruction sets give the same bits.

use crate::compare::parts::Part;
use crate::compare::whole_layer::{Layer, Places};
use crate::error::{Error, Result};
use crate::plane::Field;
use crate::simd::convolve::connect;

/// Samples a side of a window.
pub const WINDOW: usize = 28;
/// Numbers a place of the window.
const INPUTS: usize = 16;
/// Places a side after each layer, and from one to the next.
const SIDES: [usize; 3] = [WINDOW / 2, WINDOW / 4, WINDOW / 4];
const STEPS: [usize; 3] = [1, 2, 1];
/// The place under the first tap of the first output: a layer of step 2 has its border at the far side.
const FROM: [usize; 3] = [0, 1, 0];
/// Samples of the grid from one of the window to the next, for a large part.
const LARGE_STEP: f32 = 1.5;
/// Samples a side of a large part's window: its last place and the one after that are the furthest.
const LARGE_SIDE: usize = WINDOW * 3 / 2 + 2;
/// Further than a window reaches beyond the image, samples.
const BEYOND: f32 = 64.0;
/// Parts whose places are joined together, so that the weights are fetched once for all of them.
const TOGETHER: usize = 8;
/// Densest ink that the network is shown.
const FULL: f32 = 1.6;
const MOST_CHANNELS: usize = 64;

/// Weights (rows, columns, inputs, outputs, or inputs, outputs) and biases of one layer.
pub type LayerNumbers = (Vec<f32>, Vec<f32>);

/// What the network says of one part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// Natural log odds that the dies differ in this part.
    pub differs: f32,
    /// Natural log odds that the part is a copy's: engraved after an impression, or redrawn.
    pub copied: f32,
    /// Share of the part's box that nobody can see.
    pub hidden: f32,
    /// See [`Part::large`].
    pub large: bool,
    /// See [`Part::added`].
    pub added: bool,
}

/// The network.
#[derive(Debug)]
pub struct PartNetwork {
    layers: [Layer; 3],
    joint: LayerNumbers,
    head: LayerNumbers,
}

impl PartNetwork {
    /// Builds the network from its numbers: three layers, the one that joins all places, the head.
    ///
    /// # Errors
    /// [`Error::BadProfile`] when the count of numbers does not fit or one is not finite.
    pub fn new(layers: Vec<LayerNumbers>, joint: LayerNumbers, head: LayerNumbers) -> Result<Self> {
        let bad = |what: String| Error::BadProfile { reason: format!("part network: {what}") };
        let layers: [LayerNumbers; 3] =
            layers.try_into().map_err(|l: Vec<LayerNumbers>| bad(format!("{} layers instead of 3", l.len())))?;
        let mut inputs = 9 * INPUTS;
        for (i, (weights, bias)) in layers.iter().chain([&joint]).enumerate() {
            if bias.len() % 16 != 0 || !(16..=MOST_CHANNELS).contains(&bias.len()) || weights.len() != inputs * bias.len() {
                return Err(bad(format!("layer {i} has {} weights and {} biases", weights.len(), bias.len())));
            }
            inputs = if i < 2 { 9 } else { SIDES[2] * SIDES[2] } * bias.len();
        }
        if head.1.len() != 2 || head.0.len() != 2 * joint.1.len() {
            return Err(bad(format!("the head has {} weights and {} biases", head.0.len(), head.1.len())));
        }
        let all = layers.iter().chain([&joint, &head]).flat_map(|(w, b)| w.iter().chain(b));
        if all.into_iter().any(|v| !v.is_finite()) {
            return Err(bad("a weight is not finite".into()));
        }
        Ok(Self { layers: layers.each_ref().map(|(weights, bias)| Layer::new(weights, bias)), joint, head })
    }

    /// Judges every part; all three images are on the reference's grid.
    ///
    /// # Panics
    /// When the images differ in size.
    pub fn judge(&self, parts: &[Part], reference: &Field, moving: &Field, covered: &Field) -> Vec<Judged> {
        assert!([moving, covered].iter().all(|f| (f.width, f.height) == (reference.width, reference.height)));
        let [first, second, third] = &self.layers;
        let mut window = Places::new(SIDES[0], INPUTS);
        let mut places = [Places::new(SIDES[0], first.outputs()), Places::new(SIDES[1], second.outputs())];
        let mut sums = vec![0; SIDES[0] * SIDES[0] * MOST_CHANNELS];
        let size = SIDES[2] * SIDES[2] * third.outputs();
        let mut flat = vec![0.0; TOGETHER.min(parts.len()) * size];
        let outputs = self.joint.1.len();
        let mut joint = vec![0.0; TOGETHER.min(parts.len()) * outputs];
        let mut out = Vec::with_capacity(parts.len());
        for parts in parts.chunks(TOGETHER) {
            let (flat, joint) = (&mut flat[..parts.len() * size], &mut joint[..parts.len() * outputs]);
            for (part, flat) in parts.iter().zip(flat.chunks_exact_mut(size)) {
                fill(&mut window, part, [reference, moving, covered]);
                let [one, two] = &mut places;
                first.apply(one, &mut sums, &window, [FROM[0], STEPS[0]], second);
                second.apply(two, &mut sums, one, [FROM[1], STEPS[1]], third);
                let scale = third.sums(&mut sums[..size], two, FROM[2], STEPS[2]);
                let unit = 2_f64.powi(-scale) as f32;
                flat.iter_mut().zip(&sums).for_each(|(to, v)| *to = *v as f32 * unit);
            }
            connect(joint, flat, &self.joint.0, &self.joint.1);
            for (part, joint) in parts.iter().zip(joint.chunks_exact(outputs)) {
                let head =
                    |k: usize| joint.iter().zip(self.head.0.chunks_exact(2)).fold(self.head.1[k], |sum, (v, w)| sum + v * w[k]);
                out.push(Judged {
                    differs: head(0),
                    copied: head(1),
                    hidden: hidden(part, covered),
                    large: part.large,
                    added: part.added,
                });
            }
        }
        out
    }
}

/// Share of a part's box that is covered.
fn hidden(part: &Part, covered: &Field) -> f32 {
    let (mut sum, mut count) = (0.0_f32, 0.0_f32);
    for y in part.from[1]..part.to[1] {
        for v in &covered.data[y * covered.width..][part.from[0]..part.to[0]] {
            sum += f32::from(*v > 0.0);
            count += 1.0;
        }
    }
    sum / count.max(1.0)
}

/// Writes the window of a part.
fn fill(window: &mut Places, part: &Part, images: [&Field; 3]) {
    let sampled = images.map(|image| look(image, part));
    let number = |v: f32| (v * (1 << Places::WINDOW_SCALE) as f32 + 0.5) as i16;
    for y in 0..WINDOW {
        for x in 0..WINDOW {
            let i = y * WINDOW + x;
            let (r, q, c) = (sampled[0][i].clamp(0.0, FULL), sampled[1][i].clamp(0.0, FULL), sampled[2][i].clamp(0.0, 1.0));
            let first = 4 * (2 * (y % 2) + x % 2);
            let numbers = [r, q, c, (r - q).abs() * (1.0 - c)].map(number);
            window.at(x / 2, y / 2)[first..first + 4].copy_from_slice(&numbers);
        }
    }
}

/// One image around a part, zero beyond its edges.
fn look(image: &Field, part: &Part) -> [f32; WINDOW * WINDOW] {
    let ends = [0, 1].map(|axis| (part.from[axis] + part.to[axis]) as i32);
    let mut out = [0.0; WINDOW * WINDOW];
    let (rows, _) = out.as_chunks_mut::<WINDOW>();
    if !part.large {
        // The middle is at half a sample where the box has an even side.
        cut(image, ends.map(|e| e.div_euclid(2) - WINDOW as i32 / 2), rows);
        return out;
    }
    let start = ends.map(|e| 0.5 * (e - 1) as f32 - LARGE_STEP * 0.5 * (WINDOW - 1) as f32);
    // The sample before each place of the window, and how far the place lies beyond it.
    let places = start.map(|start| {
        std::array::from_fn::<(i32, f32), WINDOW, _>(|i| {
            let v = start + LARGE_STEP * i as f32;
            // The window reaches less than its own size beyond the image.
            let before = (v + BEYOND) as i32 - BEYOND as i32;
            (before, v - before as f32)
        })
    });
    let corner = places.map(|line| line[0].0);
    let mut around = [[0.0; LARGE_SIDE]; LARGE_SIDE];
    cut(image, corner, &mut around);
    let [columns, lines] = [0, 1].map(|axis| places[axis].map(|(before, part)| ((before - corner[axis]) as usize, part)));
    for (out, (top, fy)) in rows.iter_mut().zip(lines) {
        for (v, (left, fx)) in out.iter_mut().zip(columns) {
            let row = |y: usize| around[y][left] * (1.0 - fx) + around[y][left + 1] * fx;
            *v = row(top) * (1.0 - fy) + row(top + 1) * fy;
        }
    }
    out
}

/// Copies the square of an image from `corner` on over zeros; beyond the image they are left.
fn cut<const SIDE: usize>(image: &Field, corner: [i32; 2], rows: &mut [[f32; SIDE]]) {
    let width = image.width as i32;
    let [from, to] = [corner[0], corner[0] + SIDE as i32].map(|x| x.clamp(0, width));
    for (y, row) in (corner[1]..).zip(rows) {
        if from < to && (0..image.height as i32).contains(&y) {
            let line = &image.row(y as usize)[from as usize..to as usize];
            row[(from - corner[0]) as usize..][..line.len()].copy_from_slice(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::numbers::Numbers;

    impl Numbers {
        fn dense(&mut self, inputs: usize, outputs: usize) -> LayerNumbers {
            let size = (2.0 / inputs as f32).sqrt();
            ((0..inputs * outputs).map(|_| size * self.next()).collect(), (0..outputs).map(|_| 0.1 * self.next()).collect())
        }
    }

    type All = (Vec<LayerNumbers>, LayerNumbers, LayerNumbers);

    fn parts_of(n: &mut Numbers) -> All {
        let layers = vec![n.dense(9 * 16, 16), n.dense(9 * 16, 32), n.dense(9 * 32, 32)];
        (layers, n.dense(49 * 32, 32), n.dense(32, 2))
    }

    fn noise(n: &mut Numbers, width: usize, height: usize) -> Field {
        Field { width, height, data: (0..width * height).map(|_| n.next().max(0.0)).collect() }
    }

    /// Convolution with "same" borders by its definition, in f64: (side, side, inputs) to (side / step, side / step, outputs).
    fn defined(src: &[f64], side: usize, (weights, bias): &LayerNumbers, step: usize) -> Vec<f64> {
        let (outputs, inputs) = (bias.len(), src.len() / (side * side));
        let out_side = side / step;
        // The total border of a layer of step 2 over an even side is one, at the far side.
        let near = usize::from(step == 1);
        let mut out = Vec::new();
        for y in 0..out_side {
            for x in 0..out_side {
                for o in 0..outputs {
                    let mut sum = f64::from(bias[o]);
                    for i in 0..3 {
                        for j in 0..3 {
                            let (sy, sx) = ((y * step + i).wrapping_sub(near), (x * step + j).wrapping_sub(near));
                            if sy < side && sx < side {
                                for k in 0..inputs {
                                    let w = weights[((3 * i + j) * inputs + k) * outputs + o];
                                    sum += src[(sy * side + sx) * inputs + k] * f64::from(w);
                                }
                            }
                        }
                    }
                    out.push(sum.max(0.0));
                }
            }
        }
        out
    }

    fn dense(src: &[f64], (weights, bias): &LayerNumbers) -> Vec<f64> {
        let o = bias.len();
        (0..o)
            .map(|c| f64::from(bias[c]) + src.iter().enumerate().map(|(k, v)| v * f64::from(weights[k * o + c])).sum::<f64>())
            .collect()
    }

    #[test]
    fn a_part_is_judged_as_the_layers_are_defined() {
        let mut n = Numbers(5);
        let (layers, joint, head) = parts_of(&mut n);
        let network = PartNetwork::new(layers.clone(), joint.clone(), head.clone()).unwrap();
        let (reference, moving) = (noise(&mut n, 90, 70), noise(&mut n, 90, 70));
        let covered = Field { width: 90, height: 70, data: (0..90 * 70).map(|_| f32::from(n.next() > 0.5)).collect() };
        // One in the middle, one whose window leaves the image, and a large one.
        let boxes = [([40, 30], [47, 41], false), ([0, 60], [6, 70], false), ([30, 20], [61, 44], true)];
        let parts = boxes.map(|(from, to, large)| Part { from, to, large, added: false });
        let judged = network.judge(&parts, &reference, &moving, &covered);
        for (part, found) in parts.iter().zip(judged) {
            let mut window = Places::new(14, 16);
            fill(&mut window, part, [&reference, &moving, &covered]);
            let mut inner = |i: usize| window.at(i % 14, i / 14).iter().map(|v| f64::from(*v) / 2048.0).collect::<Vec<_>>();
            let mut places: Vec<f64> = (0..14 * 14).flat_map(&mut inner).collect();
            for (i, side) in [14, 14, 7].into_iter().enumerate() {
                places = defined(&places, side, &layers[i], STEPS[i]);
            }
            let hidden: Vec<f64> = dense(&places, &joint).into_iter().map(|v| v.max(0.0)).collect();
            let expected = dense(&hidden, &head);
            assert!((f64::from(found.differs) - expected[0]).abs() < 1e-3, "{found:?} {expected:?}");
            assert!((f64::from(found.copied) - expected[1]).abs() < 1e-3, "{found:?} {expected:?}");
        }
    }

    #[test]
    fn a_window_is_centred_on_its_part() {
        let mut image = Field::zeros(80, 80);
        image.data[40 * 80 + 40] = 1.0;
        let small = look(&image, &Part { from: [37, 38], to: [44, 43], large: false, added: false });
        assert_eq!(small.iter().position(|v| *v > 0.0), Some(14 * WINDOW + 14));
        // A large part's middle lies between the window's middle samples.
        let large = look(&image, &Part { from: [26, 26], to: [55, 55], large: true, added: false });
        let (mut x, mut y, mut sum) = (0.0, 0.0, 0.0);
        for (i, v) in large.iter().enumerate() {
            x += v * (i % WINDOW) as f32;
            y += v * (i / WINDOW) as f32;
            sum += v;
        }
        assert!(sum > 0.0 && (x / sum - 13.5).abs() < 0.2 && (y / sum - 13.5).abs() < 0.2, "{x} {y} {sum}");
    }

    #[test]
    fn numbers_that_do_not_fit_are_refused() {
        let mut n = Numbers(9);
        let good = parts_of(&mut n);
        assert!(PartNetwork::new(good.0.clone(), good.1.clone(), good.2.clone()).is_ok());
        let broken: [fn(&mut All); 6] = [
            |p| p.0.truncate(2),
            |p| p.0[1].0.truncate(100),
            |p| p.0[2].1.truncate(31),
            |p| p.1.0[7] = f32::NAN,
            |p| p.2.1.truncate(1),
            |p| p.0[0] = (vec![], vec![]),
        ];
        for change in broken {
            let mut bad = good.clone();
            change(&mut bad);
            assert!(matches!(PartNetwork::new(bad.0, bad.1, bad.2), Err(Error::BadProfile { .. })));
        }
    }
}
