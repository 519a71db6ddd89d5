//! The imprint of a stamping, and how far two agree: arrays in and out.

use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::prelude::*;
use seal_match_core::compare::identical::Imprint;
use seal_match_core::error::Result;

use crate::engine::{Comparison, Template};
use crate::errors::detached;

/// The codes of a comparison's imprint: (H, W) uint8 on the reference's grid; see `seal_match_rs.Imprint`.
#[pyfunction]
#[pyo3(signature = (template, comparison) -> "NDArray[np.uint8]")]
pub fn imprint_levels<'py>(py: Python<'py>, template: &Template, comparison: &Comparison) -> PyResult<Bound<'py, PyArray2<u8>>> {
    let found = detached(py, || Imprint::of(template.reference(), comparison.core()))?;
    let [width, height] = found.size();
    PyArray1::from_slice(py, found.levels()).reshape([height, width])
}

/// Likeness of two imprints, of their films, of their outlines, and the samples it rests on, or None; see `seal_match_rs.Imprint.likeness_to`.
#[pyfunction]
#[allow(clippy::needless_pass_by_value)]
#[pyo3(signature = (first: "NDArray[np.uint8]", second: "NDArray[np.uint8]"))]
pub fn imprint_likeness(
    py: Python<'_>,
    first: PyReadonlyArray2<'_, u8>,
    second: PyReadonlyArray2<'_, u8>,
) -> PyResult<Option<(f32, f32, f32, usize)>> {
    let [a, b] = [taken(&first), taken(&second)];
    let found = detached(py, || a?.likeness(&b?))?;
    Ok(found.map(|l| (l.value(), l.film, l.outline, l.samples)))
}

fn taken(codes: &PyReadonlyArray2<'_, u8>) -> Result<Imprint> {
    // Row by row as it lies, where it lies so: faster than sample by sample.
    let levels = codes.as_slice().map_or_else(|_| codes.as_array().iter().copied().collect(), <[u8]>::to_vec);
    Imprint::new(codes.shape()[1], codes.shape()[0], levels)
}
