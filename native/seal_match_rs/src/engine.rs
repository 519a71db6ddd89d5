//! `Template` and `Comparison`: enrolment and examination.

use std::sync::OnceLock;

use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use seal_match_core::compare::evidence::Evidence;
use seal_match_core::compare::regions;
use seal_match_core::error::Error;
use seal_match_core::fold::channels::channels;
use seal_match_core::plane::Field;
use seal_match_core::template::{CardScan, PX_PER_MM, Reference, Template as CoreTemplate};
use seal_match_core::verify::{Comparison as CoreComparison, Search, examine as core_examine};

use crate::errors::detached;
use crate::named::Named;
use crate::scan::Scan;

/// A reserved seal, ready to be stored and verified against.
#[pyclass(frozen, module = "seal_match_rs")]
pub struct Template {
    core: CoreTemplate,
    reference: OnceLock<Reference>,
}

impl Template {
    /// What the core derives from the template, once.
    pub fn reference(&self) -> &Reference {
        self.reference.get_or_init(|| Reference::new(self.core.clone()))
    }
}

#[pymethods]
impl Template {
    /// Enrols one or more cards of the same die; returns the template and a report.
    // An argument extracted from Python objects is owned: there is no slice of them to borrow.
    #[allow(clippy::needless_pass_by_value)]
    #[staticmethod]
    #[pyo3(signature = (cards: "Sequence[tuple[Scan, Sequence[float] | None]]") -> "tuple[Template, EnrolReport]")]
    fn enrol(py: Python<'_>, cards: Vec<(Py<Scan>, Option<[f32; 4]>)>) -> PyResult<(Self, Py<PyDict>)> {
        let borrowed = cards.iter().map(|(scan, _)| scan.get().borrow(py)).collect::<PyResult<Vec<_>>>()?;
        let lent = borrowed
            .iter()
            .zip(&cards)
            .map(|(b, (_, seal_box))| Ok(CardScan { scan: b.view(py)?, seal_box: *seal_box }))
            .collect::<PyResult<Vec<_>>>()?;
        let (core, report) = detached(py, || CoreTemplate::enrol(&lent))?;
        let d = PyDict::new(py);
        d.set_item("quality", report.quality)?;
        d.set_item("size_mm", report.size_mm)?;
        d.set_item("centre_px", report.centre_px)?;
        d.set_item("seals_on_card", report.seals_on_card)?;
        d.set_item("warnings", report.warnings)?;
        Ok((Self { core, reference: OnceLock::new() }, d.unbind()))
    }

    /// Reads what `to_bytes` wrote.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        let core = detached(py, || CoreTemplate::from_bytes(data))?;
        Ok(Self { core, reference: OnceLock::new() })
    }

    /// Serialises compactly.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.core.to_bytes())
    }

    /// Longer and shorter side in millimetres.
    #[getter]
    fn size_mm(&self) -> [f32; 2] {
        self.core.size_mm()
    }

    /// Enrolment quality, zero to one.
    #[getter]
    fn quality(&self) -> f32 {
        self.core.quality()
    }

    /// How many impressions it was built from.
    #[getter]
    fn impressions(&self) -> u16 {
        self.core.impressions()
    }

    /// Samples per millimetre of `ink` and of every map of a comparison.
    #[classattr]
    const PX_PER_MM: f32 = PX_PER_MM;

    /// The normalised ink: (H, W) float32, a full stroke is one, the seal's centre in the middle.
    #[pyo3(signature = () -> "NDArray[np.float32]")]
    fn ink<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        array(py, &self.core.ink_field())
    }

    /// The convex hull in millimetres from the centre: list of (x, y).
    fn hull_mm(&self) -> Vec<[f32; 2]> {
        self.core.hull_mm().to_vec()
    }
}

fn array<'py>(py: Python<'py>, f: &Field) -> PyResult<Bound<'py, PyArray2<f32>>> {
    numpy::PyArray1::from_slice(py, &f.data).reshape([f.height, f.width])
}

/// What was measured on one moving scan.
#[pyclass(frozen, module = "seal_match_rs")]
pub struct Comparison {
    core: CoreComparison,
    nominal_px_per_mm: f32,
}

impl Comparison {
    /// The core's comparison.
    pub const fn core(&self) -> &CoreComparison {
        &self.core
    }

    /// The core's comparison, if it was made with this template.
    ///
    /// # Errors
    /// [`Error::BadFoldMaps`] when it was made with another.
    pub fn made_with(&self, template: &Template) -> Result<&CoreComparison, Error> {
        if self.core.reference_ink == template.reference().ink {
            Ok(&self.core)
        } else {
            Err(Error::BadFoldMaps { why: "the comparison was made with another template" })
        }
    }
}

#[pymethods]
impl Comparison {
    /// Clockwise rotation of the moving seal, degrees in (−180, 180].
    #[getter]
    fn rotation_deg(&self) -> f32 {
        self.core.placement.angle_deg()
    }

    /// Centre of the seal in the moving scan, (x, y) in pixels.
    #[getter]
    fn centre_px(&self) -> [f32; 2] {
        let p = &self.core.placement;
        [p.tx, p.ty]
    }

    /// Size of the moving seal relative to the reference, after both resolutions.
    #[getter]
    fn scale(&self) -> f32 {
        self.core.placement.px_per_mm() / self.nominal_px_per_mm
    }

    /// Whether enough edges agree to base a judgement on.
    #[getter]
    fn trusted(&self) -> bool {
        self.core.trusted()
    }

    /// Evidence channels by name.
    fn evidence(&self) -> Named {
        Named(Evidence::NAMES.iter().copied().zip(self.core.evidence.values()).collect())
    }

    /// The channels `FOLD_CHANNELS`: the fold sweep as evidence, (n,) float32.
    #[pyo3(signature = () -> "NDArray[np.float32]")]
    fn folds<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<f32>>> {
        Ok(PyArray1::from_slice(py, &detached(py, || Ok(channels(&self.core)))?))
    }

    /// Region evidence: (n, 2 + channels) float32; x, y in mm from the seal's centre, then the channels of `REGION_CHANNELS`.
    #[pyo3(signature = () -> "NDArray[np.float32]")]
    fn regions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let rows: Vec<f32> =
            self.core.regions.iter().flat_map(|r| r.at_mm.iter().chain(&r.values).copied().collect::<Vec<f32>>()).collect();
        numpy::PyArray1::from_vec(py, rows).reshape([self.core.regions.len(), 2 + regions::NAMES.len()])
    }

    /// The parts that the networks judge: (n, 6) int32, left, top, right, bottom on the reference's grid (the end is not part of it),
    /// one if larger than a digit of the code, one if added by the moving impression.
    #[pyo3(signature = () -> "NDArray[np.int32]")]
    fn parts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<i32>>> {
        let rows: Vec<i32> = self
            .core
            .parts
            .iter()
            .flat_map(|p| {
                let [left, top, right, bottom] = [p.from[0], p.from[1], p.to[0], p.to[1]].map(|v| v as i32);
                [left, top, right, bottom, i32::from(p.large), i32::from(p.added)]
            })
            .collect();
        numpy::PyArray1::from_vec(py, rows).reshape([self.core.parts.len(), 6])
    }

    /// Names of the region channels, in order.
    #[classattr]
    #[allow(non_snake_case)]
    fn REGION_CHANNELS() -> Vec<&'static str> {
        regions::NAMES.to_vec()
    }

    /// Maps reference points (mm from the seal's centre) to moving pixels, smooth deformation included.
    #[pyo3(signature = (points_mm: "Sequence[Sequence[float]]"))]
    fn map_points(&self, points_mm: Vec<[f32; 2]>) -> Vec<[f32; 2]> {
        let (pose, smooth) = (&self.core.alignment.fit.pose, &self.core.displacement.smooth);
        points_mm
            .into_iter()
            .map(|p| {
                let d = smooth.displacement(p[0], p[1]);
                pose.map(p[0] + d[0], p[1] + d[1])
            })
            .collect()
    }

    /// Moving ink on the reference's grid: (H, W) float32, one = a full stroke.
    #[pyo3(signature = () -> "NDArray[np.float32]")]
    fn aligned<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        array(py, &self.core.tiles.aligned)
    }

    /// One where black covers the moving image, on the reference's grid.
    #[pyo3(signature = () -> "NDArray[np.float32]")]
    fn covered<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        array(py, &self.core.tiles.covered)
    }

    /// Extra ink, 0 to 1, on the reference's grid.
    #[pyo3(signature = () -> "NDArray[np.float32]")]
    fn extra<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        array(py, &self.core.tiles.extra)
    }

    /// Missing ink, 0 to 1, on the reference's grid.
    #[pyo3(signature = () -> "NDArray[np.float32]")]
    fn missing<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        array(py, &self.core.tiles.missing)
    }

    /// Local shifts beyond the smooth deformation: (x, y, dx, dy, trust) in millimetres.
    fn shifts(&self) -> Vec<[f32; 5]> {
        self.core.displacement.coarse.iter().map(|l| [l.at_mm[0], l.at_mm[1], l.shift_mm[0], l.shift_mm[1], l.trust]).collect()
    }
}

/// Finds the template's seal in a scan and compares it; None when nothing can be aligned.
#[pyfunction]
#[pyo3(signature = (template, scan, *, search_box: "Sequence[float] | None" = None))]
pub fn examine(py: Python<'_>, template: &Template, scan: &Scan, search_box: Option<[f32; 4]>) -> PyResult<Option<Comparison>> {
    let borrowed = scan.borrow(py)?;
    let view = borrowed.view(py)?;
    let search = Search { within: search_box };
    let found = detached(py, || Ok(core_examine(template.reference(), &view, &search)))?;
    Ok(found.map(|core| Comparison { core, nominal_px_per_mm: view.px_per_mm() }))
}
