//! Comparison of an aligned impression with its reference: displacement, dense differences, and the evidence they make.

pub mod displacement;
pub mod evidence;
pub mod likeness;
pub mod network;
pub mod regions;
pub mod tiles;
