//! One Python exception class per failure of the core, all under `SealMatchError`, each with a `code` attribute.

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

/// Runs `work` without the GIL and maps its error: the one funnel between Python and the core.
pub fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> seal_match_core::error::Result<T> + Send) -> PyResult<T> {
    py.detach(work).map_err(|e| to_py(py, &e))
}
