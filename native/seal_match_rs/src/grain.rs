//! The grain of an impression's ink, for telling a print.

use numpy::PyArray1;
use pyo3::prelude::*;
use seal_match_core::compare::grain;

use crate::engine::{Comparison, Template};
use crate::errors::detached;
use crate::scan::Scan;

/// The numbers `GRAIN_CHANNELS`, (n,) float32, or None where nothing can be told; see `seal_match_rs.measure_grain`.
#[pyfunction]
#[pyo3(signature = (template, comparison, scan) -> "NDArray[np.float32] | None")]
pub fn grain_channels<'py>(
    py: Python<'py>,
    template: &Template,
    comparison: &Comparison,
    scan: &Scan,
) -> PyResult<Option<Bound<'py, PyArray1<f32>>>> {
    let borrowed = scan.borrow(py)?;
    let view = borrowed.view(py)?;
    let found = detached(py, || Ok(grain::measure(template.reference(), comparison.core(), &view)))?;
    Ok(found.map(|channels| PyArray1::from_slice(py, &channels)))
}
