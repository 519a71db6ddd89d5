//! `Network`: what the networks say without the rest of a profile, for fitting and for pictures.

use numpy::{PyArray1, PyArray2, PyArray3, PyArrayMethods, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use seal_match_core::compare::agreement;
use seal_match_core::compare::network::CHANNELS;
use seal_match_core::compare::networks::Networks;
use seal_match_core::plane::Field;
use seal_match_core::score;

use crate::engine::Comparison;
use crate::errors::detached;

/// The networks of a profile: of places and of parts.
#[pyclass(frozen, module = "seal_match_rs")]
pub struct Network {
    core: Networks,
}

#[pymethods]
impl Network {
    /// Reads the section `[network]`, with `[network.parts]`, of a profile's TOML.
    #[staticmethod]
    fn from_toml(py: Python<'_>, text: &str) -> PyResult<Self> {
        let core = detached(py, || score::networks_from_toml(text))?;
        Ok(Self { core })
    }

    /// What the first layer sees: reference, moving and covered (H, W) float32 give (H / 2, W / 2, 16) float32.
    #[staticmethod]
    #[pyo3(signature = (
        reference: "NDArray[np.float32]", moving: "NDArray[np.float32]", covered: "NDArray[np.float32]"
    ) -> "NDArray[np.float32]")]
    fn inputs<'py>(
        py: Python<'py>,
        reference: PyReadonlyArray2<'py, f32>,
        moving: PyReadonlyArray2<'py, f32>,
        covered: PyReadonlyArray2<'py, f32>,
    ) -> PyResult<Bound<'py, PyArray3<f32>>> {
        let [reference, moving, covered] = [reference, moving, covered].map(|a| field(&a));
        let (width, height) = (reference.width, reference.height);
        if [&moving, &covered].iter().any(|f| (f.width, f.height) != (width, height)) || width.min(height) < 2 {
            return Err(PyValueError::new_err("three arrays of one shape, 2 or more a side, were expected"));
        }
        let lanes = detached(py, || Ok(agreement::channels(&reference, &moving, &covered)))?;
        PyArray1::from_slice(py, lanes.as_flattened()).reshape([height / 2, width / 2, CHANNELS])
    }

    /// The channels `LIKENESS_CHANNELS` of a comparison, (n,) float32.
    #[pyo3(signature = (comparison) -> "NDArray[np.float32]")]
    fn channels<'py>(&self, py: Python<'py>, comparison: &Comparison) -> PyResult<Bound<'py, PyArray1<f32>>> {
        let found = detached(py, || Ok(comparison.core().likeness(&self.core)))?;
        Ok(PyArray1::from_slice(py, &found))
    }

    /// Log odds that the dies differ, grain and weight, each (H / 2, W / 2) float32 on half the reference's grid.
    #[allow(clippy::type_complexity)]
    #[pyo3(signature = (comparison) -> "tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]")]
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

/// A copy: any strides are read, and Python may go on writing.
fn field(array: &PyReadonlyArray2<'_, f32>) -> Field {
    let [height, width] = [array.shape()[0], array.shape()[1]];
    Field { width, height, data: array.as_array().iter().copied().collect() }
}
