//! `Network`: the place-by-place comparison without the rest of a profile, for fitting and for pictures.

use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use seal_match_core::compare::likeness;
use seal_match_core::compare::network::Network as CoreNetwork;
use seal_match_core::plane::Field;
use seal_match_core::score;

use crate::engine::Comparison;
use crate::errors::detached;

/// The network of a profile.
#[pyclass(frozen, module = "seal_match_rs")]
pub struct Network {
    core: CoreNetwork,
}

#[pymethods]
impl Network {
    /// Reads the section `[network]` of a profile's TOML.
    #[staticmethod]
    fn from_toml(py: Python<'_>, text: &str) -> PyResult<Self> {
        let core = detached(py, || score::network_from_toml(text))?;
        Ok(Self { core })
    }

    /// The channels `LIKENESS_CHANNELS` of a comparison, (n,) float32.
    fn channels<'py>(&self, py: Python<'py>, comparison: &Comparison) -> PyResult<Bound<'py, PyArray1<f32>>> {
        let found = detached(py, || {
            let core = comparison.core();
            Ok(likeness::channels(&core.reference_ink, &core.maps(&self.core)))
        })?;
        Ok(PyArray1::from_slice(py, &found))
    }

    /// Log odds that the dies differ, grain and weight, each (H / 2, W / 2) float32 on half the reference's grid.
    #[allow(clippy::type_complexity)]
    fn maps<'py>(
        &self,
        py: Python<'py>,
        comparison: &Comparison,
    ) -> PyResult<(Bound<'py, PyArray2<f32>>, Bound<'py, PyArray2<f32>>, Bound<'py, PyArray2<f32>>)> {
        let maps = detached(py, || Ok(comparison.core().maps(&self.core)))?;
        let array = |f: &Field| PyArray1::from_slice(py, &f.data).reshape([f.height, f.width]);
        Ok((array(&maps.here)?, array(&maps.grain)?, array(&maps.weight)?))
    }
}
