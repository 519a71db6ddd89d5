//! Alignment: where the reference seal lies in the moving image, from nothing but the two.

pub mod coarse;
pub mod refine;
