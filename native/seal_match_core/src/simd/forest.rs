//! Boosted trees over many rows at once.
//!
//! ```text
//! for each tree, its nodes from the last to the root:
//!   reached = value                                             of a leaf
//!             x[channel] <= threshold ? reached(left) : reached(right)
//! sum += reached(root)
//! ```
//! The lanes are rows. Children come after their parents, so both are known when a node is reached; every row looks at every node,
//! but at the same one as its neighbours: nothing is gathered and no branch depends on a row.

use super::vector::Vector;

/// Trees laid out for [`sum_trees`].
#[derive(Clone, Debug, Default)]
pub struct Forest {
    nodes: Vec<(Node, f32)>,
    /// For every tree the node after its last.
    ends: Vec<usize>,
    channels: usize,
    /// Nodes of the largest tree.
    largest: usize,
}

/// A node as [`Forest::push`] takes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Node {
    /// Where a row ends.
    Leaf,
    /// A row goes left when its channel does not exceed the threshold; children count from the tree's first node.
    Split {
        /// Index into the row.
        channel: usize,
        /// Largest number that goes left.
        threshold: f32,
        /// After its parent.
        left: usize,
        /// After its parent.
        right: usize,
    },
}

impl Forest {
    /// Appends a tree; its first node is the root.
    ///
    /// # Panics
    /// When it has no nodes or a child does not come after its parent.
    pub fn push(&mut self, tree: &[(Node, f32)]) {
        assert!(!tree.is_empty());
        for (i, &(node, _)) in tree.iter().enumerate() {
            if let Node::Split { channel, left, right, .. } = node {
                assert!([left, right].iter().all(|&child| child > i && child < tree.len()));
                self.channels = self.channels.max(channel + 1);
            }
        }
        self.largest = self.largest.max(tree.len());
        self.nodes.extend(tree);
        self.ends.push(self.nodes.len());
    }

    /// How many channels a row must have.
    pub fn channels(&self) -> usize {
        self.channels.max(1)
    }
}

kernel! {
    /// `sums[i] += ` the trees' values for row i, tree after tree. `columns` holds the rows channel by channel: number i of channel c
    /// at `c · sums.len() + i`.
    ///
    /// # Panics
    /// When `columns` has fewer channels than the trees ask for.
    sum_trees, sum_trees_at, sum_trees_scalar = sum_trees_lanes(sums: &mut [f32], columns: &[f32], forest: &Forest)
}

#[inline(always)]
unsafe fn sum_trees_lanes<V: Vector>(sums: &mut [f32], columns: &[f32], forest: &Forest) {
    let n = sums.len();
    assert!(columns.len() >= n * forest.channels());
    // This kernel reads what it writes, so the last rows are done one by one instead of twice.
    let whole = n - n % V::LANES;
    let mut reached = vec![0.0; forest.largest * V::LANES];
    let mut first = 0;
    for &end in &forest.ends {
        let tree = &forest.nodes[first..end];
        // SAFETY: every channel has n numbers, and there is room for what every node of a tree has reached.
        unsafe {
            for i in (0..whole).step_by(V::LANES) {
                add_tree::<V>(i, sums, columns, tree, reached.as_mut_ptr());
            }
            for i in whole..n {
                add_tree::<f32>(i, sums, columns, tree, reached.as_mut_ptr());
            }
        }
        first = end;
    }
}

#[inline(always)]
unsafe fn add_tree<V: Vector>(i: usize, sums: &mut [f32], columns: &[f32], tree: &[(Node, f32)], reached: *mut f32) {
    // SAFETY: i + LANES does not exceed the rows; channels and children are within their tables.
    unsafe {
        let (rows, x) = (sums.len(), columns.as_ptr().add(i));
        for (at, &(node, value)) in tree.iter().enumerate().rev() {
            let here = match node {
                Node::Leaf => V::splat(value),
                Node::Split { channel, threshold, left, right } => {
                    let goes_left = V::splat(threshold).ge(V::load(x.add(channel * rows)));
                    let [left, right] = [V::load(reached.add(left * V::LANES)), V::load(reached.add(right * V::LANES))];
                    V::select(goes_left, left, right)
                }
            };
            here.store(reached.add(at * V::LANES));
        }
        let sums = sums.as_mut_ptr().add(i);
        (V::load(sums) + V::load(reached)).store(sums);
    }
}
