//! Python binding of `seal_match_core`. This file registers; every other file converts for one topic.

use pyo3::prelude::*;

/// Images of a megabyte come and go a hundred times in a verification; the system's allocator gives each back to the kernel.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod engine;
mod errors;
mod fold;
mod grain;
mod imprint;
mod network;
mod profile;
mod scan;
mod width;

/// Tell how this library was compiled: `"release"`, or `"debug"` where benchmarks must refuse to run.
#[pyfunction]
const fn build_profile() -> &'static str {
    if cfg!(debug_assertions) { "debug" } else { "release" }
}

// An abi3 library cannot be loaded by a free-threaded interpreter of the versions that we support, so `gil_used = false`
// would promise what no test can show.
#[pymodule(gil_used = true)]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::build_profile;
    #[pymodule_export]
    use super::engine::{Comparison, Template, examine};
    #[pymodule_export]
    use super::errors::{
        AlignmentUntrustedError, BoxError, EngineError, FoldError, ImageTooSmallError, ImprintError, NoSealError, PlaneError,
        PoorCardError, ProfileError, ResolutionError, SealMatchError, TemplateError,
    };
    #[pymodule_export]
    use super::fold::{fold_compose, fold_sentence, fold_strokes, fold_sweep};
    #[pymodule_export]
    use super::grain::grain_channels;
    #[pymodule_export]
    use super::imprint::{imprint_levels, imprint_likeness};
    #[pymodule_export]
    use super::network::Network;
    #[pymodule_export]
    use super::profile::{Decision, Profile};
    #[pymodule_export]
    use super::scan::Scan;
    #[pymodule_export]
    use super::width::simd_level;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::width::limit_by_environment()?;
        module.add("EVIDENCE_CHANNELS", seal_match_core::compare::evidence::Evidence::NAMES.to_vec())?;
        module.add("LIKENESS_CHANNELS", seal_match_core::compare::likeness::NAMES.to_vec())?;
        module.add("FOLD_CHANNELS", seal_match_core::fold::channels::NAMES.to_vec())?;
        module.add("GRAIN_CHANNELS", seal_match_core::compare::grain::NAMES.to_vec())?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
