//! The sums of a robust fit with five unknowns.
//!
//! ```text
//! r = value − c·δ,   w = tukey(r, limit)·trust,   sums[i][j] += (w·cᵢ)·rowⱼ        c = the row's first five numbers
//! ```
//! Products and sums in double precision run in the order of the rows; column [`VALUE`] of the sums is the right-hand side of the
//! normal equations.

use super::vector::Vector;

/// An observation: the model's five coefficients, the value, the weight it earns, and nothing.
pub type Row = [f32; 8];

/// The value's place in a row.
pub const VALUE: usize = 5;

/// What a solution leaves of a row's value.
#[inline(always)]
pub fn residual(row: &Row, delta: &[f32; 5]) -> f32 {
    row[VALUE] - (row[0] * delta[0] + row[1] * delta[1] + row[2] * delta[2] + row[3] * delta[3] + row[4] * delta[4])
}

/// Tukey's biweight.
#[inline(always)]
pub fn tukey(r: f32, c: f32) -> f32 {
    let u = r / c;
    let v = 1.0 - u * u;
    if v > 0.0 { v * v } else { 0.0 }
}

kernel! {
    /// Adds the rows to the sums, each weighted by its trust and by how near `delta` comes to it.
    add_rows, add_rows_at, add_rows_scalar = add_rows_lanes(sums: &mut [[f64; 8]; 5], rows: &[Row], delta: &[f32; 5], limit: f32)
}

/// Double precision has no lanes of its own here: the compiler spreads the eight columns over the width of the caller.
#[inline(always)]
#[allow(clippy::extra_unused_type_parameters)]
unsafe fn add_rows_lanes<V: Vector>(sums: &mut [[f64; 8]; 5], rows: &[Row], delta: &[f32; 5], limit: f32) {
    let mut all = *sums;
    for row in rows {
        let weight = tukey(residual(row, delta), limit) * row[VALUE + 1];
        let mut i = 0;
        while i < 5 {
            let factor = f64::from(weight * row[i]);
            let mut j = 0;
            while j < 8 {
                all[i][j] += factor * f64::from(row[j]);
                j += 1;
            }
            i += 1;
        }
    }
    *sums = all;
}
