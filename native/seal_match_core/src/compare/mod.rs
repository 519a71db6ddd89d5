//! Comparison of an aligned impression with its reference: displacement, dense differences, and the evidence they make.

pub mod agreement;
pub mod displacement;
pub mod evidence;
pub mod grain;
pub mod identical;
pub mod likeness;
pub mod network;
pub mod networks;
#[cfg(test)]
pub(crate) mod numbers;
pub mod part_network;
pub mod parts;
pub mod regions;
pub mod tiles;
pub(crate) mod whole_layer;
