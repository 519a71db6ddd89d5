//! One Python exception class per failure of the core, all under `SealMatchError`, each with a `code` attribute.
//!
//! Python defines them (`_errors.py`): pyo3 cannot describe an exception in a stub, and calls a module that exports one incomplete.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::import_exception;
use pyo3::prelude::*;
use seal_match_core::error::Error;

import_exception!(seal_match_rs._errors, SealMatchError);
import_exception!(seal_match_rs._errors, PlaneError);
import_exception!(seal_match_rs._errors, ResolutionError);
import_exception!(seal_match_rs._errors, ImageTooSmallError);
import_exception!(seal_match_rs._errors, NoSealError);
import_exception!(seal_match_rs._errors, PoorCardError);
import_exception!(seal_match_rs._errors, BoxError);
import_exception!(seal_match_rs._errors, TemplateError);
import_exception!(seal_match_rs._errors, ProfileError);
import_exception!(seal_match_rs._errors, FoldError);
import_exception!(seal_match_rs._errors, ImprintError);
import_exception!(seal_match_rs._errors, AlignmentUntrustedError);
import_exception!(seal_match_rs._errors, EngineError);

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
