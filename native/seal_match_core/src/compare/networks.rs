//! The networks of a profile.

use crate::compare::network::Network;
use crate::compare::part_network::PartNetwork;

/// One that looks at every place, and one that judges every part.
#[derive(Debug)]
pub struct Networks {
    /// Looks at every place.
    pub places: Network,
    /// Looks at every part.
    pub parts: PartNetwork,
}
