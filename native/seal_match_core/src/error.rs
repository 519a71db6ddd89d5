//! The one error type of the crate: a closed list, each with a stable code and its numbers.

use std::fmt;

/// What can be wrong with an argument of this crate. Every variant is a caller's or an image's fault, never a panic.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// Width, height or stride do not describe the slice that came with them.
    BadPlane {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
        /// Bytes from one row to the next.
        stride: usize,
        /// Bytes in the slice.
        len: usize,
    },
    /// The chroma planes are not the luma plane's size divided by 1, 2 or 4.
    BadChroma,
    /// The resolution is not a finite number in the accepted range.
    BadDpi {
        /// The value, in dots per inch.
        dpi: f32,
    },
    /// The image is smaller than any seal.
    ImageTooSmall {
        /// Its smaller side in millimetres.
        side_mm: f32,
    },
    /// No seal was found on the card.
    NoSealOnCard,
    /// The seal on the card cannot be verified against; the string is the reason code of the quality report.
    PoorCard {
        /// The machine-readable reason.
        reason: &'static str,
    },
    /// A box lies outside its image or is empty.
    BadBox,
    /// The bytes are not a template that this version reads.
    BadTemplate {
        /// What did not hold.
        reason: &'static str,
    },
    /// The text is not a profile that this version reads.
    BadProfile {
        /// What did not hold.
        reason: String,
    },
    /// A number that describes a fold is NaN or outside its range.
    FoldOutOfRange {
        /// Which number, with its unit.
        what: &'static str,
        /// The value.
        value: f32,
        /// The least that is accepted.
        low: f32,
        /// The most that is accepted.
        high: f32,
    },
    /// Two impressions cannot be folded together: their maps do not describe one grid.
    BadFoldMaps {
        /// What did not hold.
        why: &'static str,
    },
    /// Codes are no imprint, or one of another template.
    BadImprint {
        /// What did not hold.
        why: &'static str,
    },
    /// Too little agrees to measure anything over a fold, or to take an imprint.
    AlignmentUntrusted {
        /// What was asked: edges, or strokes as areas.
        what: &'static str,
        /// The share of them that agrees.
        share: f32,
        /// The share that is needed.
        needed: f32,
    },
}

impl Error {
    /// The stable machine-readable code, as it appears in command-line output.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadPlane { .. } => "BAD_PLANE",
            Self::BadChroma => "BAD_CHROMA",
            Self::BadDpi { .. } => "BAD_DPI",
            Self::ImageTooSmall { .. } => "IMAGE_TOO_SMALL",
            Self::NoSealOnCard => "NO_SEAL_ON_CARD",
            Self::PoorCard { .. } => "POOR_CARD",
            Self::BadBox => "BAD_BOX",
            Self::BadTemplate { .. } => "BAD_TEMPLATE",
            Self::BadProfile { .. } => "BAD_PROFILE",
            Self::FoldOutOfRange { .. } => "FOLD_OUT_OF_RANGE",
            Self::BadFoldMaps { .. } => "BAD_FOLD_MAPS",
            Self::BadImprint { .. } => "BAD_IMPRINT",
            Self::AlignmentUntrusted { .. } => "ALIGNMENT_UNTRUSTED",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadPlane { width, height, stride, len } => {
                write!(f, "a plane of {width} x {height} pixels with stride {stride} does not fit {len} bytes")
            }
            Self::BadChroma => f.write_str("the chroma planes do not match the luma plane's size"),
            Self::BadDpi { dpi } => write!(f, "a resolution of {dpi} dpi is outside 72 to 2400"),
            Self::ImageTooSmall { side_mm } => write!(f, "the image's smaller side is {side_mm:.1} mm, less than any seal"),
            Self::NoSealOnCard => f.write_str("no seal was found on the card"),
            Self::PoorCard { reason } => write!(f, "the card's seal cannot be verified against: {reason}"),
            Self::BadBox => f.write_str("the box is empty or outside the image"),
            Self::BadTemplate { reason } => write!(f, "not a readable template: {reason}"),
            Self::BadProfile { reason } => write!(f, "not a readable profile: {reason}"),
            Self::FoldOutOfRange { what, value, low, high } => write!(f, "{what} is {value}, not within {low} to {high}"),
            Self::BadFoldMaps { why } => write!(f, "the impressions cannot be folded together: {why}"),
            Self::BadImprint { why } => write!(f, "not an imprint of this template: {why}"),
            Self::AlignmentUntrusted { what, share, needed } => {
                let percent = |v: &f32| (100.0 * v.max(0.0)).floor();
                write!(
                    f,
                    "the alignment is only a guess ({} % of the {what} agree, {} % are needed): nothing can be measured by it",
                    percent(share),
                    percent(needed)
                )
            }
        }
    }
}

impl std::error::Error for Error {}

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;
