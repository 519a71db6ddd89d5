//! The width of the engine's kernels: told, and limited by the environment.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use seal_match_core::simd::{Level, level, set_limit};

/// Names the widest kernels that this process may use.
const VARIABLE: &str = "SEALMATCH_SIMD";

/// Tell which kernels run: `"scalar"`, `"avx2"` or `"avx512"`. Results do not depend on it.
#[pyfunction]
#[pyo3(signature = () -> "Literal['scalar', 'avx2', 'avx512']")]
pub fn simd_level() -> &'static str {
    level().name()
}

/// Reads the limit from the environment; a name that is none is an error rather than a silent default.
pub fn limit_by_environment() -> PyResult<()> {
    let Some(name) = std::env::var_os(VARIABLE) else { return Ok(()) };
    let limit = name.to_str().and_then(Level::from_name).ok_or_else(|| {
        PyValueError::new_err(format!("{VARIABLE} must be scalar, avx2 or avx512, not {:?}", name.to_string_lossy()))
    })?;
    set_limit(limit);
    Ok(())
}
