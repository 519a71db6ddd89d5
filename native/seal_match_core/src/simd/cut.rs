//! Two impressions, packed into one word a sample, read along a straight line.
//!
//! ```text
//! for k in 0..steps:  p = minor + k·slope, rounded to 1/256;  a, b = the words at first + k·line + ⌊p⌋ and behind it;  f = p's fraction
//!                     sample k = a·(1 − f) + b·f   of the low and of the high bytes
//! ```
//! All of it is done in integers. What lies between two 256ths is rounded to the even one: a mirrored line reads the same. Where a cut's edges come cannot be predicted, so besides the samples
//! their highest bits are collected: whoever looks for edges goes from one to the next.

use super::vector::Vector;

/// Half of 1/256 in 16.16 fixed point.
const HALF_PART: i64 = 128;

/// A line over packed samples.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    /// Index of the line of samples (a row or a column) on which the first sample lies.
    pub first: i32,
    /// From there to that of the next sample.
    pub line: i32,
    /// Place of the first sample on its line, 16.16 fixed point.
    pub minor: u32,
    /// From there to the next sample's, 16.16 fixed point.
    pub slope: i32,
}

impl Steps {
    /// Whether `n` samples along the line, and what each is mixed with, lie within `len`.
    fn within(&self, n: usize, len: usize) -> bool {
        // Places change by the same amount from sample to sample: all lie between the first and the last.
        [0, n.saturating_sub(1) as i64].into_iter().all(|k| {
            let minor = i64::from(self.minor) + k * i64::from(self.slope);
            let index = i64::from(self.first) + k * i64::from(self.line) + ((minor + HALF_PART) >> 16);
            u32::try_from(minor + HALF_PART).is_ok() && (0..len as i64 - 1).contains(&index)
        })
    }
}

kernel! {
    /// Reads `samples.len()` samples along a line of `data`: the mixture of the low bytes in the low sixteen bits of a sample, that of the
    /// high bytes in its high ones, both out of 256 · 255. Bit x of `above[0]` tells whether bit 15 of sample x is set, of `above[1]`
    /// whether bit 31 is; bits behind the last sample are zero.
    ///
    /// # Panics
    /// When the line leaves `data`, or either of `above` does not have a word for each 64 samples begun.
    along, along_at, along_scalar = along_lanes(samples: &mut [u32], above: [&mut [u64]; 2], data: &[u16], steps: &Steps)
}

#[inline(always)]
unsafe fn along_lanes<V: Vector>(samples: &mut [u32], above: [&mut [u64]; 2], data: &[u16], steps: &Steps) {
    let n = samples.len();
    assert!(n == 0 || (steps.within(n, data.len()) && i32::try_from(data.len()).is_ok()));
    let [low, high] = above;
    assert!(low.len() == n.div_ceil(64) && high.len() == low.len());
    low.fill(0);
    high.fill(0);
    let whole = n - n % V::LANES;
    // SAFETY: every sample and its neighbour lie within data, and x + LANES does not exceed n.
    unsafe {
        for x in (0..whole).step_by(V::LANES) {
            along_step::<V>(x, samples, low, high, data, steps);
        }
        for x in whole..n {
            along_step::<f32>(x, samples, low, high, data, steps);
        }
    }
}

#[inline(always)]
unsafe fn along_step<V: Vector>(x: usize, samples: &mut [u32], low: &mut [u64], high: &mut [u64], data: &[u16], steps: &Steps) {
    // SAFETY: the caller's promise.
    unsafe {
        let k = V::add_int(V::splat_int(x as i32), V::iota().truncate());
        let minor = V::index(k, steps.slope, V::splat_int(steps.minor as i32));
        let odd = V::and_int(V::shift_right::<8>(minor), V::splat_int(1));
        let minor = V::add_int(minor, V::add_int(odd, V::splat_int(HALF_PART as i32 - 1)));
        let index = V::add_int(V::index(k, steps.line, V::splat_int(steps.first)), V::shift_right::<16>(minor));
        let pair = V::gather_words(data.as_ptr(), index);
        let byte = V::splat_int(0xff);
        let f = V::and_int(V::shift_right::<8>(minor), byte);
        let high_byte = V::splat_int(0xff_0000);
        let a = V::add_int(V::and_int(pair, byte), V::and_int(V::shift_left::<8>(pair), high_byte));
        let b = V::add_int(V::and_int(V::shift_right::<16>(pair), byte), V::and_int(V::shift_right::<8>(pair), high_byte));
        // Neither half leaves its sixteen bits.
        let rest = V::index(f, -1, V::splat_int(256));
        let v = V::add_int(V::mul_int(a, rest), V::mul_int(b, f));
        V::store_int(v, samples.as_mut_ptr().add(x).cast());
        *low.get_unchecked_mut(x / 64) |= u64::from(V::signs(V::shift_left::<16>(v))) << (x % 64);
        *high.get_unchecked_mut(x / 64) |= u64::from(V::signs(v)) << (x % 64);
    }
}
