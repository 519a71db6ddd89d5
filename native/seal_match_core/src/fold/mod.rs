//! The fold test (折角验印): half of one impression laid against half of the other, and what happens to the strokes at the cut.
//!
//! [`compose`] makes the picture, [`continuity`] measures every stroke that crosses one cut, [`sweep`] does so for all cuts.
//! Everything is on the reference's grid ([`crate::template::PX_PER_MM`]), after alignment, so the smooth deformation of a press is
//! gone and what a cut shows is what only another die can do. A quarter turn of both images turns what is found and changes no bit of it. The idea is a teller's; by machine: Fujitsu, JPS5884369A (1981).

pub mod channels;
pub mod compose;
pub mod continuity;
pub mod cut;
mod density;
mod fit;
pub mod pair;
mod pairing;
pub mod stroke;
pub mod summary;
pub mod sweep;
mod trace;
mod worst;

pub use compose::compose;
pub use continuity::continuity;
pub use cut::{Cut, Side};
pub use pair::{Impressions, Pair};
pub use stroke::{Broken, Status, Stroke, Unknown};
pub use summary::{FoldReason, Summary};
pub use sweep::{FoldMap, sweep};
