//! Seal-impression matching: is this impression from the die that left that one?
//!
//! Slices in, values out: no files, no clock, no logging, no threads. One verification runs
//! [`ink`] → [`locate`] → [`align`] → [`compare`] → [`score`]; [`verify`] is that chain.

pub mod align;
pub mod compare;
pub mod error;
pub mod filter;
pub mod fold;
pub mod geometry;
pub mod ink;
pub mod locate;
mod paper;
pub mod plane;
pub mod score;
pub mod simd;
pub mod template;
pub mod verify;
