//! Boosted trees over many rows at once.
//!
//! ```text
//! for each tree:  node = root;  depth times: node = x[channel(node)] <= threshold(node) ? left(node) : right(node)
//!                 sum += value(node)
//! ```
//! The lanes are rows. A leaf points at itself, so all lanes take the same number of steps and no branch is mispredicted.

use super::vector::Vector;

/// Numbers of a node in [`Forest`]: channel, threshold, left, right.
const NODE: usize = 4;

/// Trees laid out for [`sum_trees`].
#[derive(Clone, Debug, Default)]
pub struct Forest {
    /// Channel, threshold, left, right of every node, whole numbers as floats.
    nodes: Vec<f32>,
    values: Vec<f32>,
    /// Root and depth of every tree.
    trees: Vec<(usize, usize)>,
    channels: usize,
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
    /// When it has no nodes, a child does not come after its parent, or all trees together have more than 2²² nodes.
    pub fn push(&mut self, tree: &[(Node, f32)]) {
        let first = self.values.len();
        assert!(!tree.is_empty() && first + tree.len() <= 1 << 22);
        let mut depths = vec![0; tree.len()];
        let mut depth = 0;
        for (i, &(node, value)) in tree.iter().enumerate() {
            depth = depth.max(depths[i]);
            let number = |n: usize| (first + n) as f32;
            match node {
                Node::Leaf => self.nodes.extend([0.0, f32::INFINITY, number(i), number(i)]),
                Node::Split { channel, threshold, left, right } => {
                    for child in [left, right] {
                        assert!(child > i && child < tree.len());
                        depths[child] = depths[i] + 1;
                    }
                    self.channels = self.channels.max(channel + 1);
                    self.nodes.extend([channel as f32, threshold, number(left), number(right)]);
                }
            }
            self.values.push(value);
        }
        self.trees.push((first, depth));
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
    /// When `columns` has fewer channels than the trees ask for, or more than 2²⁴ numbers.
    sum_trees, sum_trees_at, sum_trees_scalar = sum_trees_lanes(sums: &mut [f32], columns: &[f32], forest: &Forest)
}

#[inline(always)]
unsafe fn sum_trees_lanes<V: Vector>(sums: &mut [f32], columns: &[f32], forest: &Forest) {
    let n = sums.len();
    assert!(columns.len() >= n * forest.channels() && columns.len() <= 1 << 24);
    // This kernel reads what it writes, so the last rows are done one by one instead of twice.
    let whole = n - n % V::LANES;
    // SAFETY: every channel has n numbers, and `Forest` holds only indices of its own nodes.
    unsafe {
        for i in (0..whole).step_by(V::LANES) {
            sum_trees_step::<V>(i, sums, columns, forest);
        }
        for i in whole..n {
            sum_trees_step::<f32>(i, sums, columns, forest);
        }
    }
}

#[inline(always)]
unsafe fn sum_trees_step<V: Vector>(i: usize, sums: &mut [f32], columns: &[f32], forest: &Forest) {
    // SAFETY: i + LANES does not exceed the rows; channels and children are within their tables.
    unsafe {
        let rows = (V::iota() + V::splat(i as f32)).truncate();
        let n = sums.len() as i32;
        let (nodes, values) = (forest.nodes.as_ptr(), forest.values.as_ptr());
        let mut sum = V::load(sums.as_ptr().add(i));
        for &(root, depth) in &forest.trees {
            let mut node = V::splat(root as f32);
            for _ in 0..depth {
                let at = (node * V::splat(NODE as f32)).truncate();
                let (channel, threshold) = V::gather_pairs(nodes, at);
                let (left, right) = V::gather_pairs(nodes.add(2), at);
                let x = V::gather(columns.as_ptr(), V::index(channel.truncate(), n, rows));
                node = V::select(threshold.ge(x), left, right);
            }
            sum = sum + V::gather(values, node.truncate());
        }
        sum.store(sums.as_mut_ptr().add(i));
    }
}
