//! Plane geometry: similarity poses, convex hulls, small linear systems.

/// A similarity from reference millimetres (x right, y down, origin at the seal's centre) to moving pixels.
///
/// `x' = a·x − b·y + tx`, `y' = b·x + a·y + ty`: a positive angle turns clockwise as seen on the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// Pixels per millimetre times the cosine of the rotation.
    pub a: f32,
    /// Pixels per millimetre times the sine of the rotation.
    pub b: f32,
    /// Column of the seal's centre.
    pub tx: f32,
    /// Row of the seal's centre.
    pub ty: f32,
}

impl Pose {
    /// A pose from its parts; `angle_deg` is clockwise.
    pub fn new(angle_deg: f32, px_per_mm: f32, centre_px: [f32; 2]) -> Self {
        let (s, c) = angle_deg.to_radians().sin_cos();
        Self { a: px_per_mm * c, b: px_per_mm * s, tx: centre_px[0], ty: centre_px[1] }
    }

    /// Maps a reference point (mm) to the moving image (px).
    #[inline]
    pub fn map(&self, x: f32, y: f32) -> [f32; 2] {
        [self.a * x - self.b * y + self.tx, self.b * x + self.a * y + self.ty]
    }

    /// Maps a moving point (px) back to the reference (mm).
    pub fn unmap(&self, x: f32, y: f32) -> [f32; 2] {
        let (dx, dy) = (x - self.tx, y - self.ty);
        let n = self.a * self.a + self.b * self.b;
        [(self.a * dx + self.b * dy) / n, (self.a * dy - self.b * dx) / n]
    }

    /// Turns a reference direction into the moving image, keeping its length.
    #[inline]
    pub fn turn(&self, x: f32, y: f32) -> [f32; 2] {
        let s = self.px_per_mm();
        [(self.a * x - self.b * y) / s, (self.b * x + self.a * y) / s]
    }

    /// Pixels of the moving image per reference millimetre.
    #[inline]
    pub fn px_per_mm(&self) -> f32 {
        (self.a * self.a + self.b * self.b).sqrt()
    }

    /// Clockwise rotation in (−180, 180].
    pub fn angle_deg(&self) -> f32 {
        let d = self.b.atan2(self.a).to_degrees();
        if d <= -180.0 { d + 360.0 } else { d }
    }
}

/// Convex hull in order, without collinear points (Andrew's monotone chain).
pub fn convex_hull(points: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let mut p = points.to_vec();
    p.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    p.dedup();
    if p.len() < 3 {
        return p;
    }
    let cross = |o: [f32; 2], a: [f32; 2], b: [f32; 2]| (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
    let mut hull: Vec<[f32; 2]> = Vec::new();
    for pass in 0..2 {
        let start = hull.len();
        let walk: Box<dyn Iterator<Item = &[f32; 2]>> = if pass == 0 { Box::new(p.iter()) } else { Box::new(p.iter().rev()) };
        for &q in walk {
            while hull.len() >= start + 2 && cross(hull[hull.len() - 2], hull[hull.len() - 1], q) <= 0.0 {
                hull.pop();
            }
            hull.push(q);
        }
        hull.pop();
    }
    hull
}

/// The sides of a convex hull as half-planes, for fast distances.
pub struct HalfPlanes(Vec<[f32; 3]>);

impl HalfPlanes {
    /// From a hull in the order that [`convex_hull`] returns.
    pub fn new(hull: &[[f32; 2]]) -> Self {
        Self(
            hull.iter()
                .enumerate()
                .map(|(i, p)| {
                    let q = hull[(i + 1) % hull.len()];
                    let (dx, dy) = (q[0] - p[0], q[1] - p[1]);
                    let len = dx.hypot(dy).max(1e-6);
                    [dy / len, -dx / len, (dx * p[1] - dy * p[0]) / len]
                })
                .collect(),
        )
    }

    /// How far a point lies outside the hull's sides (negative inside).
    #[inline]
    pub fn outside(&self, x: f32, y: f32) -> f32 {
        self.0.iter().fold(f32::NEG_INFINITY, |m, h| m.max(h[0] * x + h[1] * y + h[2]))
    }

    /// The stretch of a horizontal line at `y` that lies at most `grow` outside; empty when the first exceeds the second.
    pub fn span(&self, y: f32, grow: f32) -> [f32; 2] {
        self.0.iter().fold([f32::NEG_INFINITY, f32::INFINITY], |[lo, hi], h| {
            let limit = grow - h[2] - h[1] * y;
            if h[0] > 1e-6 {
                [lo, hi.min(limit / h[0])]
            } else if h[0] < -1e-6 {
                [lo.max(limit / h[0]), hi]
            } else if limit < 0.0 {
                [f32::INFINITY, f32::NEG_INFINITY]
            } else {
                [lo, hi]
            }
        })
    }
}

/// Sides of the smallest upright-after-turning rectangle around the points: [longer, shorter].
pub fn smallest_box(points: &[[f32; 2]]) -> [f32; 2] {
    let mut best = (f32::INFINITY, [0.0; 2]);
    for step in 0..90 {
        let (s, c) = (step as f32).to_radians().sin_cos();
        let (mut lo, mut hi) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
        for p in points {
            let q = [c * p[0] + s * p[1], c * p[1] - s * p[0]];
            for k in 0..2 {
                lo[k] = lo[k].min(q[k]);
                hi[k] = hi[k].max(q[k]);
            }
        }
        let side = [hi[0] - lo[0], hi[1] - lo[1]];
        if side[0] * side[1] < best.0 {
            best = (side[0] * side[1], [side[0].max(side[1]), side[0].min(side[1])]);
        }
    }
    best.1
}

/// Share of a convex polygon's area that lies between 0 and `size` (Sutherland and Hodgman 1974), 0 to 1; of one without area, 1.
pub fn share_inside(polygon: &[[f32; 2]], size: [f32; 2]) -> f32 {
    let area = |p: &[[f32; 2]]| {
        let around = p.iter().zip(p.iter().cycle().skip(1));
        around.map(|(a, b)| f64::from(a[0]) * f64::from(b[1]) - f64::from(b[0]) * f64::from(a[1])).sum::<f64>().abs()
    };
    let mut kept = polygon.to_vec();
    // A point is kept where its distance from the border, towards the middle, is positive.
    for (axis, limit, sign) in [(0, 0.0, 1.0), (0, size[0], -1.0), (1, 0.0, 1.0), (1, size[1], -1.0)] {
        let depth = |p: &[f32; 2]| sign * (p[axis] - limit);
        let whole = std::mem::take(&mut kept);
        for (a, b) in whole.iter().zip(whole.iter().cycle().skip(1)) {
            let (from, to) = (depth(a), depth(b));
            if from >= 0.0 {
                kept.push(*a);
            }
            if (from >= 0.0) != (to >= 0.0) {
                let t = from / (from - to);
                kept.push([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]);
            }
        }
    }
    let whole = area(polygon);
    if whole > 0.0 { (area(&kept) / whole) as f32 } else { 1.0 }
}

/// Symmetric positive-definite normal equations of a small least-squares problem with `N` unknowns.
#[derive(Clone, Debug)]
pub struct Normal<const N: usize> {
    /// The matrix, of which the upper triangle is filled.
    pub matrix: [[f64; N]; N],
    /// The right-hand side.
    pub rhs: [f64; N],
}

impl<const N: usize> Normal<N> {
    /// Nothing observed yet.
    pub fn new() -> Self {
        Self { matrix: [[0.0; N]; N], rhs: [0.0; N] }
    }

    /// Adds the observation `row · x = value` with a weight.
    #[inline]
    pub fn add(&mut self, row: &[f32; N], value: f32, weight: f32) {
        for i in 0..N {
            let wi = f64::from(weight * row[i]);
            for j in i..N {
                self.matrix[i][j] += wi * f64::from(row[j]);
            }
            self.rhs[i] += wi * f64::from(value);
        }
    }

    /// Solves by Cholesky with `ridge` added to the diagonal; `None` when the matrix is not positive definite.
    pub fn solve(&self, ridge: &[f64; N]) -> Option<[f64; N]> {
        let mut l = [[0.0_f64; N]; N];
        for i in 0..N {
            for j in 0..=i {
                let mut sum = self.matrix[j][i] + if i == j { ridge[i] } else { 0.0 };
                for k in 0..j {
                    sum -= l[i][k] * l[j][k];
                }
                if i == j {
                    if sum <= 1e-12 {
                        return None;
                    }
                    l[i][i] = sum.sqrt();
                } else {
                    l[i][j] = sum / l[j][j];
                }
            }
        }
        let mut x = self.rhs;
        for i in 0..N {
            for k in 0..i {
                x[i] -= l[i][k] * x[k];
            }
            x[i] /= l[i][i];
        }
        for i in (0..N).rev() {
            for k in i + 1..N {
                x[i] -= l[k][i] * x[k];
            }
            x[i] /= l[i][i];
        }
        Some(x)
    }
}

impl<const N: usize> Default for Normal<N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pose_maps_there_and_back() {
        let p = Pose::new(33.0, 7.9, [120.0, 88.0]);
        let q = p.map(3.0, -4.5);
        let back = p.unmap(q[0], q[1]);
        assert!((back[0] - 3.0).abs() < 1e-4 && (back[1] + 4.5).abs() < 1e-4);
        assert!((p.angle_deg() - 33.0).abs() < 1e-3);
    }

    #[test]
    fn hull_of_a_square_with_inner_points() {
        let h = convex_hull(&[[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0], [1.0, 1.0], [1.0, 0.0]]);
        assert_eq!(h.len(), 4);
        let sides = HalfPlanes::new(&h);
        assert!(sides.outside(1.0, 1.0) < 0.0);
        assert!((sides.outside(3.0, 1.0) - 1.0).abs() < 1e-5);
        let [lo, hi] = sides.span(1.0, 0.5);
        assert!((lo + 0.5).abs() < 1e-5 && (hi - 2.5).abs() < 1e-5);
        let [lo, hi] = sides.span(3.0, 0.5);
        assert!(lo > hi);
        assert_eq!(smallest_box(&h), [2.0, 2.0]);
    }

    #[test]
    fn a_polygon_is_cut_at_every_side() {
        let square = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]];
        let moved = |x: f32, y: f32| square.map(|p| [p[0] + x, p[1] + y]);
        let share = |x: f32, y: f32| share_inside(&moved(x, y), [10.0, 8.0]);
        for (x, y, expected) in [
            (3.0, 2.0, 1.0),
            (0.0, 0.0, 1.0),
            (-1.0, 2.0, 0.75),
            (7.0, 2.0, 0.75),
            (3.0, -3.0, 0.25),
            (3.0, 5.0, 0.75),
            (-2.0, -2.0, 0.25),
            (8.0, 6.0, 0.25),
            (-4.0, 2.0, 0.0),
            (30.0, 2.0, 0.0),
            (3.0, -50.0, 0.0),
        ] {
            assert!((share(x, y) - expected).abs() < 1e-5, "{x} {y}: {}", share(x, y));
        }
        // A corner of one that stands on its tip.
        let tip = [[5.0, -1.0], [8.0, 2.0], [5.0, 5.0], [2.0, 2.0]];
        assert!((share_inside(&tip, [10.0, 8.0]) - (1.0 - 1.0 / 18.0)).abs() < 1e-5);
        assert_eq!(share_inside(&[[1.0, 1.0]], [10.0, 8.0]), 1.0);
    }

    #[test]
    fn normal_equations_recover_a_line() {
        let mut n = Normal::<2>::new();
        for i in 0..10 {
            n.add(&[i as f32, 1.0], 3.0 * i as f32 - 2.0, 1.0);
        }
        let x = n.solve(&[0.0; 2]).unwrap();
        assert!((x[0] - 3.0).abs() < 1e-6 && (x[1] + 2.0).abs() < 1e-6);
    }
}
