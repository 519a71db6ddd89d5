//! One Python exception class per failure of the core, all under `SealMatchError`, each with a `code` attribute.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use seal_match_core::error::Error;

create_exception!(seal_match_rs, SealMatchError, PyValueError, "Base of everything that this engine refuses.");
create_exception!(seal_match_rs, PlaneError, SealMatchError, "An array's shape, stride or type is not an image plane.");
create_exception!(seal_match_rs, ResolutionError, SealMatchError, "The resolution is missing or outside 72 to 2400 dpi.");
create_exception!(seal_match_rs, ImageTooSmallError, SealMatchError, "The image is smaller than any seal.");
create_exception!(seal_match_rs, NoSealError, SealMatchError, "No seal was found on the card.");
create_exception!(seal_match_rs, PoorCardError, SealMatchError, "The card's seal cannot be verified against.");
create_exception!(seal_match_rs, BoxError, SealMatchError, "A box is empty or outside its image.");
create_exception!(seal_match_rs, TemplateError, SealMatchError, "The bytes are not a template that this version reads.");
create_exception!(seal_match_rs, ProfileError, SealMatchError, "The text is not a profile that this version reads.");
create_exception!(
    seal_match_rs,
    FoldError,
    SealMatchError,
    "What was asked for is no fold: a number out of range, maps of two sizes."
);
create_exception!(
    seal_match_rs,
    ImprintError,
    SealMatchError,
    "Not an imprint that this version reads, or one of another template."
);
create_exception!(
    seal_match_rs,
    AlignmentUntrustedError,
    SealMatchError,
    "The alignment is a guess; nothing can be measured by it."
);
create_exception!(seal_match_rs, EngineError, SealMatchError, "A defect of the engine, not of its arguments; please report it.");

/// Maps a core error to its Python exception; the only place that does.
pub fn to_py(py: Python<'_>, error: &Error) -> PyErr {
    let text = error.to_string();
    let made = match error {
        Error::BadPlane { .. } | Error::BadChroma => PlaneError::new_err(text),
        Error::BadDpi { .. } => ResolutionError::new_err(text),
        Error::ImageTooSmall { .. } => ImageTooSmallError::new_err(text),
        Error::NoSealOnCard => NoSealError::new_err(text),
        Error::PoorCard { .. } => PoorCardError::new_err(text),
        Error::BadBox => BoxError::new_err(text),
        Error::BadTemplate { .. } => TemplateError::new_err(text),
        Error::BadProfile { .. } => ProfileError::new_err(text),
        Error::FoldOutOfRange { .. } | Error::BadFoldMaps { .. } => FoldError::new_err(text),
        Error::BadImprint { .. } => ImprintError::new_err(text),
        Error::AlignmentUntrusted { .. } => AlignmentUntrustedError::new_err(text),
        _ => SealMatchError::new_err(text),
    };
    let value = made.value(py);
    // Setting an attribute on a fresh exception object cannot fail for a reason that the caller could act on.
    let _ = value.setattr("code", error.code());
    if let Error::PoorCard { reason } = error {
        let _ = value.setattr("reason", *reason);
    }
    made
}

/// A fold that the binding itself refuses.
pub fn bad_fold(py: Python<'_>, text: String) -> PyErr {
    let made = FoldError::new_err(text);
    let _ = made.value(py).setattr("code", "BAD_FOLD");
    made
}

fn internal(py: Python<'_>) -> PyErr {
    let made = EngineError::new_err("the engine failed internally");
    let _ = made.value(py).setattr("code", "INTERNAL");
    made
}

/// Runs `work` without the GIL and maps its error: the one funnel between Python and the core.
///
/// A panic becomes [`EngineError`]: the binding's own `PanicException` is a `BaseException`, which `except Exception` lets through.
pub fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> seal_match_core::error::Result<T> + Send) -> PyResult<T> {
    // What a panic may leave half-done is dropped with `work`: templates and profiles are frozen, a `OnceLock` that was being
    // filled stays empty, and scans are only read.
    match py.detach(|| catch_unwind(AssertUnwindSafe(work))) {
        Ok(done) => done.map_err(|e| to_py(py, &e)),
        Err(_) => Err(internal(py)),
    }
}
