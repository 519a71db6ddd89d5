//! The fold test: composed pictures, strokes over one cut, the sweep over all cuts.

use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use seal_match_core::error::{Error, Result};
use seal_match_core::fold::sweep::Cell;
use seal_match_core::fold::{Broken, Cut, FoldMap, FoldReason, Pair, Side, Status, Summary, Unknown};
use seal_match_core::fold::{compose, continuity, sweep};
use seal_match_core::plane::{Field, Plane};

use crate::engine::{Comparison, Template};
use crate::errors::{bad_fold, detached};

/// Position, width, crossing, offset, break, width difference, direction difference, ink ratio, status.
type StrokeTuple = (f32, f32, f32, Option<f32>, Option<f32>, Option<f32>, Option<f32>, Option<f32>, &'static str);

fn side(py: Python<'_>, word: &str) -> PyResult<Side> {
    match word {
        "reference" => Ok(Side::Reference),
        "moving" => Ok(Side::Moving),
        other => Err(bad_fold(py, format!("side {other:?} is neither reference nor moving"))),
    }
}

const fn status(status: Status) -> &'static str {
    match status {
        Status::Continuous => "continuous",
        Status::Broken(Broken::Shifted) => "shifted",
        Status::Broken(Broken::Missing) => "missing",
        Status::Extra => "extra",
        Status::Unknown(Unknown::Occluded) => "occluded",
        Status::Unknown(Unknown::PoorInk) => "poor_ink",
        Status::Unknown(Unknown::Grazing) => "grazing",
        Status::Unknown(Unknown::Merged) => "merged",
    }
}

/// An array to read where it lies, or a copy of one whose samples are not adjacent in their rows.
fn borrowed<'py>(array: &Bound<'py, PyArray2<f32>>) -> PyResult<PyReadonlyArray2<'py, f32>> {
    let written = || bad_fold(array.py(), "an impression is being written to".to_owned());
    if stride_of(array).is_some() {
        return array.try_readonly().map_err(|_| written());
    }
    Ok(array.call_method0("copy")?.cast_into::<PyArray2<f32>>()?.readonly())
}

/// Samples from a row to the next, where all samples are aligned and a row's lie side by side.
fn stride_of(array: &Bound<'_, PyArray2<f32>>) -> Option<usize> {
    const SIZE: usize = size_of::<f32>();
    let (strides, width) = (array.strides(), array.shape()[1]);
    let stride = usize::try_from(strides[0]).ok()?;
    let apart = stride >= width * SIZE && stride.is_multiple_of(SIZE) && usize::try_from(strides[1]) == Ok(SIZE);
    (apart && array.data().is_aligned()).then_some(stride / SIZE)
}

fn plane<'a>(array: &'a PyReadonlyArray2<'_, f32>) -> Result<Plane<'a, f32>> {
    let [height, width] = [array.shape()[0], array.shape()[1]];
    let Some(stride) = stride_of(array).filter(|_| height * width > 0) else {
        return Err(Error::BadFoldMaps { why: "an impression is empty" });
    };
    // SAFETY:
    // - numpy guarantees that sample x of row y lies at y * strides[0] + x * strides[1] bytes from the data pointer, which `stride_of`
    //   has found to be aligned samples in order, so that these many belong to the array;
    // - the borrow is read-only and alive for 'a. It keeps other Rust code from writing; Python code must not, as for a scan.
    let data = unsafe { std::slice::from_raw_parts(array.data(), (height - 1) * stride + width) };
    Plane::new(data, width, height, stride)
}

/// Composes two impressions over a cut; see `seal_match_rs.compose_fold`.
#[pyfunction]
#[pyo3(signature = (
    reference: "NDArray[np.float32]", moving: "NDArray[np.float32]", *, angle_deg, offset_mm, side, px_per_mm
) -> "NDArray[np.float32]")]
pub fn fold_compose<'py>(
    py: Python<'py>,
    reference: &Bound<'py, PyArray2<f32>>,
    moving: &Bound<'py, PyArray2<f32>>,
    angle_deg: f32,
    offset_mm: f32,
    side: &str,
    px_per_mm: f32,
) -> PyResult<Bound<'py, PyArray2<f32>>> {
    let (reference, moving, side) = (borrowed(reference)?, borrowed(moving)?, self::side(py, side)?);
    let [reference, moving] = [plane(&reference), plane(&moving)];
    let out = detached(py, move || {
        let (reference, moving) = (reference?, moving?);
        let cut = Cut::new(angle_deg, offset_mm, side)?;
        let mut out = Field::zeros(reference.width(), reference.height());
        compose(&reference, &moving, &cut, px_per_mm, &mut out)?;
        Ok(out)
    })?;
    PyArray1::from_vec(py, out.data).reshape([out.height, out.width])
}

/// Every stroke that crosses a cut, in order; see `seal_match_rs.fold`.
#[pyfunction]
#[pyo3(signature = (template, comparison, *, angle_deg, offset_mm, side) -> "list[Stroke]")]
pub fn fold_strokes(
    py: Python<'_>,
    template: &Template,
    comparison: &Comparison,
    angle_deg: f32,
    offset_mm: f32,
    side: &str,
) -> PyResult<Vec<StrokeTuple>> {
    let side = self::side(py, side)?;
    let strokes = detached(py, || {
        let cut = Cut::new(angle_deg, offset_mm, side)?;
        continuity(&Pair::of(comparison.made_with(template)?)?, &cut)
    })?;
    let tuple = |s: &seal_match_core::fold::Stroke| {
        (
            s.position_mm,
            s.width_mm,
            s.crossing_deg,
            s.offset_mm,
            s.break_mm,
            s.width_difference_mm,
            s.direction_difference_deg,
            s.ink_ratio,
            status(s.status),
        )
    };
    Ok(strokes.iter().map(tuple).collect())
}

/// The continuity map as dicts of arrays and of numbers, and the worst folds; see `seal_match_rs.sweep_folds`.
#[pyfunction]
#[pyo3(signature = (template, comparison, *, angles, offsets) -> "FoldSweep")]
pub fn fold_sweep<'py>(
    py: Python<'py>,
    template: &Template,
    comparison: &Comparison,
    angles: usize,
    offsets: usize,
) -> PyResult<Bound<'py, PyDict>> {
    let map = detached(py, || {
        let core = comparison.made_with(template)?;
        let pair = Pair::of(core)?;
        let radius_mm = core.radius_mm.min(pair.reach_mm());
        sweep(&pair, angles, offsets, radius_mm)
    })?;
    let reason = |r: &FoldReason| (r.angle_deg, r.offset_mm, r.broken, r.shifted, r.judged, r.break_mm);
    let d = PyDict::new(py);
    d.set_item("cells", cells(py, &map)?)?;
    d.set_item("numbers", numbers(py, &map.summary)?)?;
    d.set_item("worst", map.summary.worst.iter().map(reason).collect::<Vec<_>>())?;
    Ok(d)
}

fn cells<'py>(py: Python<'py>, map: &FoldMap) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    d.set_item("angles_deg", PyArray1::from_slice(py, &map.angles_deg))?;
    d.set_item("offsets_mm", PyArray1::from_slice(py, &map.offsets_mm))?;
    d.set_item("judged", array(py, map, |c| c.judged)?)?;
    d.set_item("broken", array(py, map, |c| c.broken)?)?;
    d.set_item("shifted", array(py, map, |c| c.shifted)?)?;
    d.set_item("unknown", array(py, map, |c| c.unknown)?)?;
    d.set_item("extra", array(py, map, |c| c.extra)?)?;
    d.set_item("offset_mm", array(py, map, |c| c.offset_mm(Side::Moving))?)?;
    d.set_item("break_mm", array(py, map, |c| c.break_mm)?)?;
    Ok(d)
}

fn array<'py, T: numpy::Element>(
    py: Python<'py>,
    map: &FoldMap,
    value: impl Fn(&Cell) -> T,
) -> PyResult<Bound<'py, PyArray2<T>>> {
    let values: Vec<T> = map.cells.iter().map(value).collect();
    PyArray1::from_vec(py, values).reshape([map.angles_deg.len(), map.offsets_mm.len()])
}

fn numbers<'py>(py: Python<'py>, summary: &Summary) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    d.set_item("strokes_judged", summary.judged)?;
    d.set_item("broken_share", summary.broken_share)?;
    d.set_item("shifted_share", summary.shifted_share)?;
    d.set_item("unknown_share", summary.unknown_share)?;
    d.set_item("extra_share", summary.extra_share)?;
    d.set_item("median_offset_mm", summary.median_offset_mm)?;
    d.set_item("p90_offset_mm", summary.p90_offset_mm)?;
    d.set_item("broken_folds", summary.broken_folds)?;
    Ok(d)
}

/// The sentence about one fold; see `seal_match_rs.FoldReason`.
#[pyfunction]
pub fn fold_sentence(
    py: Python<'_>,
    angle_deg: f32,
    offset_mm: f32,
    broken: u16,
    shifted: u16,
    judged: u16,
    break_mm: f32,
) -> PyResult<String> {
    let said = || Ok::<_, Error>(FoldReason { angle_deg, offset_mm, broken, shifted, judged, break_mm }.to_string());
    detached(py, said)
}
