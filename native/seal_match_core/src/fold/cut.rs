//! A straight cut through a seal, and which half lies on which side of it.

use crate::error::{Error, Result};

/// Whose half lies on the side that the cut's normal points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The reference; the moving impression lies on the other side.
    Reference,
    /// The moving impression; the reference lies on the other side.
    Moving,
}

impl Side {
    /// The halves exchanged.
    #[must_use]
    pub fn swapped(self) -> Self {
        match self {
            Self::Reference => Self::Moving,
            Self::Moving => Self::Reference,
        }
    }

    /// What turns "moving minus reference" into "the normal's side minus the other side".
    #[inline]
    pub(crate) fn sign(self) -> f32 {
        match self {
            Self::Reference => -1.0,
            Self::Moving => 1.0,
        }
    }
}

/// Furthest cut from the centre that is accepted, in millimetres: beyond every seal.
pub const MAX_OFFSET_MM: f32 = 60.0;

/// A cut: the points whose distance from the seal's centre along the normal is the offset.
///
/// The cut runs along (cos α, sin α), x to the right, y down; a position along it is counted in that direction from the point
/// nearest to the centre. Its normal is (−sin α, cos α): for 0° the cut is level, runs to the right, and its normal points
/// down; the angle grows clockwise as seen on the page.
///
/// ```
/// use seal_match_core::fold::{Cut, Side};
/// let cut = Cut::new(45.0, -2.5, Side::Reference)?;
/// assert_eq!(cut.side(), Side::Reference);
/// assert!(Cut::new(181.0, 0.0, Side::Moving).is_err());
/// assert!(Cut::new(f32::NAN, 0.0, Side::Moving).is_err());
/// # Ok::<(), seal_match_core::error::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cut {
    angle_deg: f32,
    offset_mm: f32,
    side: Side,
}

impl Cut {
    /// Checks and makes a cut.
    ///
    /// # Errors
    /// [`Error::FoldOutOfRange`] when the angle is outside 0 to 180 or the offset beyond [`MAX_OFFSET_MM`], or either is NaN.
    pub fn new(angle_deg: f32, offset_mm: f32, side: Side) -> Result<Self> {
        let check = |what, value: f32, low: f32, high: f32| {
            // NaN lies in no range.
            if (low..=high).contains(&value) { Ok(()) } else { Err(Error::FoldOutOfRange { what, value, low, high }) }
        };
        check("angle_deg", angle_deg, 0.0, 180.0)?;
        check("offset_mm", offset_mm, -MAX_OFFSET_MM, MAX_OFFSET_MM)?;
        Ok(Self { angle_deg, offset_mm, side })
    }

    /// Degrees clockwise from level, 0 to 180.
    pub fn angle_deg(&self) -> f32 {
        self.angle_deg
    }

    /// Distance from the centre along the normal, millimetres.
    pub fn offset_mm(&self) -> f32 {
        self.offset_mm
    }

    /// Whose half lies on the normal's side.
    pub fn side(&self) -> Side {
        self.side
    }

    /// The cut's direction (cos α, sin α).
    pub(crate) fn direction(&self) -> [f32; 2] {
        direction(self.angle_deg)
    }
}

/// (cos α, sin α), computed in double precision; of two angles 90° apart one is the other turned by a quarter, to the bit.
pub(crate) fn direction(angle_deg: f32) -> [f32; 2] {
    if angle_deg >= 90.0 {
        let [c, s] = direction(angle_deg - 90.0);
        return [-s, c];
    }
    let (s, c) = f64::from(angle_deg).to_radians().sin_cos();
    [c as f32, s as f32]
}
