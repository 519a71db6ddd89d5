//! Small parts of a seal: strokes that hang together and are as small as a digit of the code.
//!
//! A changed digit under a pen's line is a change that nobody can see; whether the digits could be seen is evidence of its own.

use crate::plane::Field;
use crate::template::PX_PER_MM;

/// Longer side of a part, mm.
const SIDES_MM: [f32; 2] = [0.7, 2.0];
/// Fewest samples of a part.
const LEAST: usize = 8;
const STROKE: f32 = 0.5;

/// The box around a part, in samples of the reference's grid; the end is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Left and top.
    pub from: [usize; 2],
    /// Right and bottom.
    pub to: [usize; 2],
}

/// The parts of a reference, in reading order.
pub fn parts(ink: &Field) -> Vec<Part> {
    let (w, h) = (ink.width, ink.height);
    let mut open: Vec<bool> = ink.data.iter().map(|v| *v > STROKE).collect();
    let (mut found, mut stack) = (Vec::new(), Vec::new());
    for start in 0..w * h {
        if !std::mem::take(&mut open[start]) {
            continue;
        }
        let mut part = Part { from: [w, h], to: [0, 0] };
        let mut count = 0;
        stack.push(start);
        while let Some(i) = stack.pop() {
            let at = [i % w, i / w];
            count += 1;
            for axis in 0..2 {
                part.from[axis] = part.from[axis].min(at[axis]);
                part.to[axis] = part.to[axis].max(at[axis] + 1);
            }
            for y in at[1].saturating_sub(1)..(at[1] + 2).min(h) {
                for x in at[0].saturating_sub(1)..(at[0] + 2).min(w) {
                    if std::mem::take(&mut open[y * w + x]) {
                        stack.push(y * w + x);
                    }
                }
            }
        }
        let side = (part.to[0] - part.from[0]).max(part.to[1] - part.from[1]) as f32 / PX_PER_MM;
        if count >= LEAST && (SIDES_MM[0]..=SIDES_MM[1]).contains(&side) {
            found.push(part);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_as_small_as_a_digit_is_a_part() {
        let mut ink = Field::zeros(80, 60);
        let mut fill = |x: std::ops::Range<usize>, y: std::ops::Range<usize>| {
            y.for_each(|j| x.clone().for_each(|i| ink.data[j * 80 + i] = 1.0));
        };
        fill(5..8, 10..20); // 1.25 mm high
        fill(20..60, 10..14); // 5 mm long
        fill(20..22, 40..42); // a speck
        fill(40..48, 40..43); // 1 mm, and a corner that touches it
        fill(48..50, 43..45);
        assert_eq!(parts(&ink), [Part { from: [5, 10], to: [8, 20] }, Part { from: [40, 40], to: [50, 45] }]);
        assert!(parts(&Field::zeros(0, 0)).is_empty());
    }
}
