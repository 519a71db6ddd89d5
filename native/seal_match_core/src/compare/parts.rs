//! Parts of a seal: strokes that hang together and are no larger than a character.
//!
//! A changed digit is a changed part. Faint strokes fall to pieces at a high threshold and crowded ones run together at a low one, so
//! parts are looked for at three. A code or a line that only the moving impression has makes added parts.

use crate::plane::Field;
use crate::simd::rows::above;
use crate::template::PX_PER_MM;

/// Longer side of a part, mm: from a small digit to the largest character that a window holds whole.
const SIDES_MM: [f32; 2] = [0.7, 5.2];
/// Longer side, mm, above which a part is looked at from further away.
const LARGE_MM: f32 = 2.25;
/// Fewest samples of a part.
const LEAST: usize = 8;
/// Density of what belongs to a stroke; a part found at an earlier one is not looked for again.
const STROKES: [f32; 3] = [0.5, 0.25, 0.8];
/// Nearest that the middles of two parts lie, half samples.
const APART: usize = 10;
/// The most parts of the reference, small ones first: above what any simulated seal has (172), so that specks push no digit out.
const MOST: usize = 192;
/// The most added parts.
const MOST_ADDED: usize = 24;
/// Mean density of the reference in an added part's box, at most.
const EMPTY: f32 = 0.15;

/// The box around a part, in samples of the reference's grid; the end is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Left and top.
    pub from: [usize; 2],
    /// Right and bottom.
    pub to: [usize; 2],
    /// Whether it is larger than a digit of the code, and so looked at from further away.
    pub large: bool,
    /// Whether it is the moving impression's, where the reference has next to nothing.
    pub added: bool,
}

impl Part {
    /// Twice its middle.
    fn middle(&self) -> [usize; 2] {
        [0, 1].map(|axis| self.from[axis] + self.to[axis])
    }
}

/// The parts of a reference: small ones, then large ones, each in reading order by threshold.
pub fn parts(ink: &Field) -> Vec<Part> {
    let mut found = at_strokes(ink);
    found.sort_by_key(|part| part.large);
    found.truncate(MOST);
    found
}

/// The parts at every density of [`STROKES`], each place once.
fn at_strokes(ink: &Field) -> Vec<Part> {
    let mut found: Vec<Part> = Vec::new();
    for stroke in STROKES {
        for part in connected(ink, stroke) {
            let near = |p: &Part| (0..2).all(|axis| p.middle()[axis].abs_diff(part.middle()[axis]) < APART);
            if !found.iter().any(near) {
                found.push(part);
            }
        }
    }
    found
}

/// What the moving impression adds, within the seal (`support` above zero) and where nothing covers it.
///
/// # Panics
/// When the images differ in size.
pub fn added(reference: &Field, moving: &Field, covered: &Field, support: &Field) -> Vec<Part> {
    assert!([moving, covered, support].iter().all(|f| (f.width, f.height) == (reference.width, reference.height)));
    let empty = |part: &Part| {
        let (columns, rows) = (part.from[0]..part.to[0], part.from[1]..part.to[1]);
        let area = (columns.len() * rows.len()) as f32;
        rows.flat_map(|y| &reference.row(y)[columns.clone()]).map(|v| v.min(1.0)).sum::<f32>() < EMPTY * area
    };
    let inside = |part: &Part| support.at(part.middle()[0] / 2, part.middle()[1] / 2) > 0.0;
    let open = Field::by_rows(moving.width, moving.height, |y, row| {
        let samples = moving.row(y).iter().zip(covered.row(y));
        row.iter_mut().zip(samples).for_each(|(d, (&v, &c))| *d = if c == 0.0 { v } else { 0.0 });
    });
    let mut found = at_strokes(&open);
    found.retain(|part| inside(part) && empty(part));
    found.sort_by_key(|part| part.large);
    found.truncate(MOST_ADDED);
    for part in &mut found {
        part.added = true;
    }
    found
}

/// Samples of a stroke side by side in a row, and what they hang together with.
struct Run {
    /// The first one's column and the column after the last.
    ends: [usize; 2],
    row: usize,
    /// An earlier run of the same piece, or itself for the first.
    joined: usize,
}

/// Connected samples above `stroke` that together have the size of a part, in reading order of their first samples.
fn connected(ink: &Field, stroke: f32) -> Vec<Part> {
    let mut runs: Vec<Run> = Vec::new();
    let mut above = 0..0;
    let (mut bits, mut turns) = (vec![0; ink.width.div_ceil(64)], Vec::new());
    for row in 0..ink.height {
        let first = runs.len();
        let mut near = above.start;
        find_turns(ink.row(row), stroke, &mut bits, &mut turns);
        for ends in turns.chunks_exact(2) {
            let [from, to] = [ends[0], ends[1]];
            let this = runs.len();
            runs.push(Run { ends: [from, to], row, joined: this });
            // Those above that end before this begins touch nothing further right either.
            while near < above.end && runs[near].ends[1] < from {
                near += 1;
            }
            for other in near..above.end {
                if runs[other].ends[0] > to {
                    break;
                }
                let (one, two) = (first_of(&mut runs, this), first_of(&mut runs, other));
                runs[one.max(two)].joined = one.min(two);
            }
        }
        above = first..runs.len();
    }
    let mut pieces: Vec<Option<(Part, usize)>> = Vec::new();
    for i in 0..runs.len() {
        let piece = first_of(&mut runs, i);
        let Run { ends: [from, to], row, .. } = runs[i];
        pieces.push((piece == i).then_some((Part { from: [from, row], to: [to, row + 1], large: false, added: false }, 0)));
        if let Some((part, count)) = &mut pieces[piece] {
            part.from[0] = part.from[0].min(from);
            part.to = [part.to[0].max(to), row + 1];
            *count += to - from;
        }
    }
    let sized = |(mut part, count): (Part, usize)| {
        let side_mm = (part.to[0] - part.from[0]).max(part.to[1] - part.from[1]) as f32 / PX_PER_MM;
        part.large = side_mm > LARGE_MM;
        (count >= LEAST && (SIDES_MM[0]..=SIDES_MM[1]).contains(&side_mm)).then_some(part)
    };
    pieces.into_iter().flatten().filter_map(sized).collect()
}

/// The columns at which a row turns from paper to stroke and from stroke to paper, in turn; `bits` is scratch, one for 64 samples.
fn find_turns(row: &[f32], stroke: f32, bits: &mut [u64], turns: &mut Vec<usize>) {
    above(bits, row, stroke);
    turns.clear();
    let mut last = 0;
    // After the end there is paper.
    for (i, &word) in bits.iter().chain(&[0]).enumerate() {
        let mut changes = word ^ (word << 1 | last);
        while changes != 0 {
            turns.push(64 * i + changes.trailing_zeros() as usize);
            changes &= changes - 1;
        }
        last = word >> 63;
    }
}

/// The first run of a run's piece; the way to it is made shorter.
fn first_of(runs: &mut [Run], mut run: usize) -> usize {
    while runs[run].joined != run {
        let next = runs[run].joined;
        runs[run].joined = runs[next].joined;
        run = next;
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(ink: &mut Field, x: std::ops::Range<usize>, y: std::ops::Range<usize>, value: f32) {
        for j in y {
            ink.data[j * ink.width..][x.clone()].fill(value);
        }
    }

    #[test]
    fn what_is_no_larger_than_a_character_is_a_part() {
        let mut ink = Field::zeros(80, 60);
        fill(&mut ink, 5..8, 10..20, 1.0); // 1.25 mm high
        fill(&mut ink, 20..64, 10..14, 1.0); // 5.5 mm long
        fill(&mut ink, 20..22, 40..42, 1.0); // a speck
        fill(&mut ink, 40..48, 40..43, 1.0); // 1 mm, and a corner that touches it
        fill(&mut ink, 48..50, 43..45, 1.0);
        fill(&mut ink, 60..63, 20..44, 1.0); // 3 mm: after the small ones, though it begins before one of them
        let expected = [
            Part { from: [5, 10], to: [8, 20], large: false, added: false },
            Part { from: [40, 40], to: [50, 45], large: false, added: false },
            Part { from: [60, 20], to: [63, 44], large: true, added: false },
        ];
        assert_eq!(parts(&ink), expected);
        assert!(parts(&Field::zeros(0, 0)).is_empty());
    }

    #[test]
    fn faint_and_crowded_strokes_are_parts_once() {
        let mut ink = Field::zeros(60, 60);
        fill(&mut ink, 10..14, 10..20, 0.3); // faint, but for a spot of it
        fill(&mut ink, 11..13, 11..14, 0.9);
        fill(&mut ink, 30..34, 10..20, 0.9); // two that run together, with a third too long to be one
        fill(&mut ink, 34..40, 12..14, 0.6);
        fill(&mut ink, 40..44, 10..20, 0.9);
        fill(&mut ink, 44..58, 10..11, 0.6);
        fill(&mut ink, 44..45, 10..54, 0.6);
        let found = parts(&ink);
        let at = |from, to| Part { from, to, large: false, added: false };
        assert_eq!(found, [at([10, 10], [14, 20]), at([30, 10], [34, 20]), at([40, 10], [44, 20])]);
    }

    #[test]
    fn many_small_parts_leave_room_for_large_ones() {
        let mut ink = Field::zeros(200, 120);
        for i in 0..150 {
            let (x, y) = (5 + 12 * (i % 15), 5 + 8 * (i / 15));
            fill(&mut ink, x..x + 6, y..y + 6, 1.0);
        }
        fill(&mut ink, 10..40, 90..94, 1.0); // 3.75 mm
        let found = parts(&ink);
        assert_eq!((found.len(), found.iter().filter(|part| part.large).count()), (151, 1));
    }

    #[test]
    fn what_only_the_moving_impression_has_is_added() {
        let (mut reference, mut moving, mut covered) = (Field::zeros(80, 40), Field::zeros(80, 40), Field::zeros(80, 40));
        let mut support = Field::zeros(80, 40);
        fill(&mut support, 0..60, 0..40, 1.0);
        fill(&mut reference, 5..9, 10..20, 1.0);
        fill(&mut moving, 5..9, 10..20, 1.0); // in both
        fill(&mut moving, 20..24, 10..20, 1.0); // added
        fill(&mut moving, 30..34, 10..20, 1.0); // under print
        fill(&mut covered, 28..36, 8..22, 1.0);
        fill(&mut moving, 40..44, 8..35, 0.3); // added, large and faint
        fill(&mut moving, 66..70, 10..20, 1.0); // beyond the seal
        let found = added(&reference, &moving, &covered, &support);
        let expected = [
            Part { from: [20, 10], to: [24, 20], large: false, added: true },
            Part { from: [40, 8], to: [44, 35], large: true, added: true },
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn pieces_are_those_of_a_flood() {
        let mut n = crate::compare::numbers::Numbers(3);
        // Rows shorter than a word of bits, as long as one, as two, and longer.
        for (share, (w, h)) in [0.1, 0.35, 0.5, 0.65].into_iter().zip([(41, 33), (64, 30), (128, 17), (150, 20)]) {
            let ink = Field { width: w, height: h, data: (0..w * h).map(|_| 0.5 * n.next() + share).collect() };
            let mut open: Vec<bool> = ink.data.iter().map(|v| *v > 0.5).collect();
            let mut flooded = Vec::new();
            for start in 0..w * h {
                let (mut from, mut to, mut count, mut stack) = ([w, h], [0, 0], 0, vec![start]);
                while let Some(i) = stack.pop() {
                    if !std::mem::take(&mut open[i]) {
                        continue;
                    }
                    let (x, y) = (i % w, i / w);
                    from = [from[0].min(x), from[1].min(y)];
                    to = [to[0].max(x + 1), to[1].max(y + 1)];
                    count += 1;
                    stack.extend(
                        (y.saturating_sub(1)..(y + 2).min(h))
                            .flat_map(|y| (x.saturating_sub(1)..(x + 2).min(w)).map(move |x| y * w + x)),
                    );
                }
                let side = (to[0].saturating_sub(from[0])).max(to[1].saturating_sub(from[1])) as f32 / PX_PER_MM;
                if count >= LEAST && (SIDES_MM[0]..=SIDES_MM[1]).contains(&side) {
                    flooded.push((from, to));
                }
            }
            let found: Vec<_> = connected(&ink, 0.5).iter().map(|p| (p.from, p.to)).collect();
            assert_eq!(found, flooded, "{share}");
        }
    }
}
