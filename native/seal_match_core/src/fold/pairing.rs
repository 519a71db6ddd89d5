//! Which edge of one impression belongs to which edge of the other along a cut.
//!
//! A pairing keeps the order of both, uses an edge once at most and pairs none that lie further apart than the reach. Of all such
//! pairings the one with the largest Σ (2 · reach − distance) is taken: a stroke that vanished leaves its edges alone, although its
//! neighbour lies within their reach, and strokes that moved together stay together, also where the neighbour's old place is nearer
//! than their own: two edges that both moved by up to the reach are worth more than one that did not move and two that are alone. By
//! dynamic programming, over the partners within reach only:
//!
//! ```text
//! best[i][j] = the largest of best[i − 1][j], best[i][j − 1], best[i − 1][j − 1] + 2 · reach − |mine[i] − theirs[j]|
//! ```
//! Only edges within reach of each other, or of edges that are, bear on each other: such a group is paired by itself. Mostly it has
//! as many of mine as of theirs, and one by one they lie close: no other pairing keeps as many pairs, and one pair less loses more
//! than all distances together.
//!
//! Of two pairings that are equally good neither is: groups are paired from either end, and what only one end pairs stays alone. So a
//! cut walked the other way pairs the same edges.
//!
//! After Needleman and Wunsch, Journal of Molecular Biology 48 (1970), 10.1016/0022-2836(70)90057-4.

/// What a pair without distance is worth, in reaches. With one reach a row of strokes half a millimetre apart that moved by 0.4 mm lost
/// its first stroke, and the second read −0.1 mm.
const WORTH: f32 = 2.0;

/// Where the best pairing of the first edges comes from.
#[derive(Clone, Copy)]
enum Step {
    /// The last two are a pair.
    Paired,
    /// The last of mine is alone.
    MineAlone,
    /// The last of theirs is alone.
    TheirsAlone,
}

/// Partners of one kind of edge; kept and used again for the next cut.
#[derive(Default)]
pub(crate) struct Pairing {
    /// For each of mine the place of its partner.
    partners: Vec<Option<f32>>,
    /// The row of `best` that is being filled.
    best: Vec<f32>,
    /// For each of mine the partners within its reach, as indices, and where its steps begin.
    rows: Vec<[usize; 3]>,
    steps: Vec<Step>,
    /// A group seen from its other end, and the partners that it has from there.
    mirrored: [Vec<f32>; 2],
    others: Vec<Option<f32>>,
}

impl Pairing {
    /// Pairs ascending edges.
    pub(crate) fn pair(&mut self, mine: &[f32], theirs: &[f32], reach: f32) {
        self.partners.clear();
        self.partners.resize(mine.len(), None);
        let (mut i, mut j) = (0, 0);
        while i < mine.len() && j < theirs.len() {
            let apart = theirs[j] - mine[i];
            if apart < -reach {
                j += 1;
            } else if apart > reach {
                i += 1;
            } else if let Some(n) = one_by_one(&mine[i..], &theirs[j..], reach) {
                self.partners[i..i + n].iter_mut().zip(&theirs[j..]).for_each(|(partner, at)| *partner = Some(*at));
                (i, j) = (i + n, j + n);
            } else {
                let [mine_end, theirs_end] = group(mine, theirs, [i + 1, j + 1], reach);
                self.pair_from_both_ends(i, &mine[i..mine_end], &theirs[j..theirs_end], reach);
                (i, j) = (mine_end, theirs_end);
            }
        }
    }

    /// Pairs a group, whose first of mine is number `first`.
    fn pair_from_both_ends(&mut self, first: usize, mine: &[f32], theirs: &[f32], reach: f32) {
        let mut others = std::mem::take(&mut self.others);
        let mut mirrored = std::mem::take(&mut self.mirrored);
        for (there, here) in mirrored.iter_mut().zip([mine, theirs]) {
            there.clear();
            there.extend(here.iter().rev().map(|edge| -edge));
        }
        others.clear();
        others.resize(mine.len(), None);
        self.pair_group(&mirrored[0], &mirrored[1], reach, &mut others);
        let mut partners = std::mem::take(&mut self.partners);
        let here = &mut partners[first..first + mine.len()];
        self.pair_group(mine, theirs, reach, here);
        for (partner, other) in here.iter_mut().zip(others.iter().rev()) {
            *partner = partner.filter(|at| *other == Some(-at));
        }
        (self.partners, self.others, self.mirrored) = (partners, others, mirrored);
    }

    /// Pairs a group from its end; `partners` holds none yet.
    fn pair_group(&mut self, mine: &[f32], theirs: &[f32], reach: f32, partners: &mut [Option<f32>]) {
        self.rows.clear();
        self.steps.clear();
        self.best.clear();
        self.best.push(0.0);
        let (mut low, mut high) = (0, 0);
        for edge in mine {
            while low < theirs.len() && theirs[low] < edge - reach {
                low += 1;
            }
            high = high.max(low);
            while high < theirs.len() && theirs[high] <= edge + reach {
                high += 1;
            }
            // Where no partner was in reach before, one more adds nothing.
            let last = self.best[self.best.len() - 1];
            self.best.resize(high + 1, last);
            self.rows.push([low, high, self.steps.len()]);
            let mut diagonal = self.best[low];
            for j in low..high {
                let (alone, beside) = (self.best[j + 1], self.best[j]);
                let paired = diagonal + WORTH * reach - (edge - theirs[j]).abs();
                let (value, step) = if paired >= alone && paired >= beside {
                    (paired, Step::Paired)
                } else if alone >= beside {
                    (alone, Step::MineAlone)
                } else {
                    (beside, Step::TheirsAlone)
                };
                self.steps.push(step);
                self.best[j + 1] = value;
                diagonal = alone;
            }
        }
        self.follow(theirs, partners);
    }

    /// Follows the steps back from the end.
    fn follow(&self, theirs: &[f32], partners: &mut [Option<f32>]) {
        let mut end = theirs.len();
        for (partner, [low, high, steps]) in partners.iter_mut().zip(&self.rows).rev() {
            end = end.min(*high);
            while end > *low {
                match self.steps[steps + end - 1 - low] {
                    Step::Paired => {
                        end -= 1;
                        *partner = Some(theirs[end]);
                        break;
                    }
                    Step::MineAlone => break,
                    Step::TheirsAlone => end -= 1,
                }
            }
        }
    }

    /// For each of mine, in order, the place of its partner.
    pub(crate) fn partners(&self) -> &[Option<f32>] {
        &self.partners
    }
}

/// How many pairs the group has that begins with a pair, where its edges are partners one by one; `None` where they may not be.
#[inline]
fn one_by_one(mine: &[f32], theirs: &[f32], reach: f32) -> Option<usize> {
    let mut moved = 0.0;
    for (n, (a, b)) in mine.iter().zip(theirs).enumerate() {
        moved += (a - b).abs();
        // Half of what a pair is worth, so that no rounding tells.
        if moved > 0.5 * WORTH * reach {
            return None;
        }
        let apart = |next: Option<&f32>, edge: &f32| next.is_none_or(|next| next - edge > reach);
        if apart(mine.get(n + 1), b) && apart(theirs.get(n + 1), a) {
            return Some(n + 1);
        }
    }
    None
}

/// Where the group ends that holds what comes before `ends`.
fn group(mine: &[f32], theirs: &[f32], ends: [usize; 2], reach: f32) -> [usize; 2] {
    let [mut i, mut j] = ends;
    loop {
        let before = [i, j];
        while i < mine.len() && mine[i] - theirs[j - 1] <= reach {
            i += 1;
        }
        while j < theirs.len() && theirs[j] - mine[i - 1] <= reach {
            j += 1;
        }
        if before == [i, j] {
            return before;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paired(mine: &[f32], theirs: &[f32]) -> Vec<Option<f32>> {
        let mut pairing = Pairing::default();
        // What was paired before leaves nothing behind.
        pairing.pair(&[1.0, 2.0, 3.0], &[1.5, 2.5], 4.0);
        pairing.pair(mine, theirs, 6.0);
        pairing.partners().to_vec()
    }

    #[test]
    fn the_nearer_of_two_keeps_its_partner_and_the_other_is_alone() {
        assert_eq!(paired(&[84.98, 89.85], &[84.68]), [Some(84.68), None]);
        assert_eq!(paired(&[84.98, 89.85], &[89.5]), [None, Some(89.5)]);
        assert_eq!(paired(&[10.0, 15.0, 20.0], &[10.0, 20.0]), [Some(10.0), None, Some(20.0)]);
    }

    #[test]
    fn what_moved_together_stays_together() {
        assert_eq!(paired(&[0.0, 5.0, 10.0], &[3.0, 8.0, 13.0]), [Some(3.0), Some(8.0), Some(13.0)]);
        // The second lies where the first has come to.
        assert_eq!(paired(&[0.0, 5.0], &[5.0, 10.0]), [Some(5.0), Some(10.0)]);
        assert_eq!(paired(&[0.0, 5.0], &[-5.0, 0.0]), [Some(-5.0), Some(0.0)]);
    }

    #[test]
    fn nothing_beyond_the_reach_is_a_partner() {
        assert_eq!(paired(&[0.0, 50.0], &[6.1, 43.9]), [None, None]);
        assert_eq!(paired(&[0.0, 50.0], &[6.0, 44.0]), [Some(6.0), Some(44.0)]);
        assert_eq!(paired(&[], &[1.0]), []);
        assert_eq!(paired(&[1.0], &[]), [None]);
    }

    #[test]
    fn what_lies_right_between_two_belongs_to_neither() {
        assert_eq!(paired(&[0.0, 4.0], &[2.0]), [None, None]);
        assert_eq!(paired(&[2.0], &[0.0, 4.0]), [None]);
    }

    /// The best sum of all pairings that keep the order, tried one by one.
    fn best(mine: &[f32], theirs: &[f32], reach: f32) -> f32 {
        let Some((edge, rest)) = mine.split_first() else { return 0.0 };
        let mut most = best(rest, theirs, reach);
        for (j, other) in theirs.iter().enumerate() {
            let distance = (edge - other).abs();
            if distance <= reach {
                most = most.max(WORTH * reach - distance + best(rest, &theirs[j + 1..], reach));
            }
        }
        most
    }

    #[test]
    fn no_pairing_in_order_is_better() {
        let mut state = 7_u32;
        let mut edges = |n: usize| {
            let mut at = 0.0;
            (0..n)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    at += 0.2 + (state >> 8) as f32 / 4_194_304.0;
                    at
                })
                .collect::<Vec<f32>>()
        };
        for round in 0..300 {
            let (mine, theirs) = (edges(round % 7), edges(round / 7 % 7));
            let found = paired(&mine, &theirs);
            let kept: Vec<f32> = found.iter().flatten().copied().collect();
            assert!(kept.windows(2).all(|w| w[0] < w[1]), "{found:?}");
            let sum: f32 = mine.iter().zip(&found).filter_map(|(a, b)| Some(6.0 * WORTH - (a - (*b)?).abs())).sum();
            assert!((sum - best(&mine, &theirs, 6.0)).abs() < 1e-3, "{mine:?} {theirs:?}: {found:?}");
        }
    }
}
