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
mod named;
mod network;
mod profile;
mod scan;
mod width;

/// Tell how this library was compiled: `"release"`, or `"debug"` where benchmarks must refuse to run.
#[pyfunction]
#[pyo3(signature = () -> "Literal['release', 'debug']")]
const fn build_profile() -> &'static str {
    if cfg!(debug_assertions) { "debug" } else { "release" }
}

// An abi3 library cannot be loaded by a free-threaded interpreter of the versions that we support, so `gil_used = false`
// would promise what no test can show.
#[pymodule(gil_used = true)]
mod _native {
    use pyo3::prelude::*;
    use seal_match_core::compare::{evidence, grain, likeness};
    use seal_match_core::fold::channels;

    #[pymodule_export]
    use super::build_profile;
    #[pymodule_export]
    use super::engine::{Comparison, Template, examine};
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

    #[pymodule_export]
    const EVIDENCE_CHANNELS: &[&str] = evidence::Evidence::NAMES;
    #[pymodule_export]
    const LIKENESS_CHANNELS: &[&str] = &likeness::NAMES;
    #[pymodule_export]
    const FOLD_CHANNELS: &[&str] = &channels::NAMES;
    #[pymodule_export]
    const GRAIN_CHANNELS: &[&str] = &grain::NAMES;
    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    // Without the module as its argument: what it could add there would be missing from the stub.
    #[pymodule_init]
    fn init() -> PyResult<()> {
        super::width::limit_by_environment()
    }
}
