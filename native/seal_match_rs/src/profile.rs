//! `Profile` and `Decision`: from a comparison to a verdict.

use numpy::PyArray1;
use pyo3::prelude::*;
use seal_match_core::plane::ScanKind;
use seal_match_core::score::{Decision as CoreDecision, Profile as CoreProfile};

use crate::engine::Comparison;
use crate::errors::{ProfileError, detached};
use crate::named::{Named, Verdict};

/// Weights, calibration and thresholds of one version.
#[pyclass(frozen, module = "seal_match_rs")]
pub struct Profile {
    core: CoreProfile,
}

#[pymethods]
impl Profile {
    /// Parses a profile's TOML.
    #[staticmethod]
    fn from_toml(py: Python<'_>, text: &str) -> PyResult<Self> {
        let core = detached(py, || CoreProfile::from_toml(text))?;
        Ok(Self { core })
    }

    /// The profile's name.
    #[getter]
    fn name(&self) -> &str {
        self.core.name()
    }

    /// The profile's version.
    #[getter]
    fn version(&self) -> &str {
        self.core.version()
    }

    /// Judges a comparison, or its absence; `kind` is "colour", "grey" or "bilevel".
    #[pyo3(signature = (comparison, *, kind: "ScanKind"))]
    fn decide(&self, py: Python<'_>, comparison: Option<&Comparison>, kind: &str) -> PyResult<Decision> {
        let kind = match kind {
            "colour" => ScanKind::Colour,
            "grey" => ScanKind::Grey,
            "bilevel" => ScanKind::Bilevel,
            other => return Err(ProfileError::new_err(format!("kind {other:?} is not colour, grey or bilevel"))),
        };
        let core = detached(py, || Ok(self.core.decide(comparison.map(Comparison::core), kind)))?;
        Ok(Decision { core })
    }

    /// Order statistics of a comparison's regions, (6,) float32, for fitting the seal model.
    #[pyo3(signature = (comparison) -> "NDArray[np.float32]")]
    fn region_statistics<'py>(&self, py: Python<'py>, comparison: &Comparison) -> PyResult<Bound<'py, PyArray1<f32>>> {
        let found = detached(py, || Ok(self.core.region_statistics(comparison.core())))?;
        Ok(PyArray1::from_slice(py, &found))
    }
}

/// A verdict with its score and reasons.
#[pyclass(frozen, module = "seal_match_rs")]
pub struct Decision {
    core: CoreDecision,
}

#[pymethods]
impl Decision {
    /// "PASS", "FAIL", "REFER" or "RETAKE".
    #[getter]
    fn verdict(&self) -> Verdict {
        Verdict(self.core.verdict.word())
    }

    /// log10 likelihood ratio, higher is more genuine.
    #[getter]
    fn score(&self) -> f32 {
        self.core.score
    }

    /// Machine-readable reasons; every verdict but PASS has at least one.
    #[getter]
    fn reasons(&self) -> Vec<&'static str> {
        self.core.reasons.clone()
    }

    /// Zero to one: how much of the seal is uncovered, inked and seen.
    #[getter]
    fn quality(&self) -> f32 {
        self.core.quality
    }

    /// How much each channel moved the seal model's output towards genuine (natural log odds), largest first.
    #[getter]
    fn contributions(&self) -> Named {
        Named(self.core.contributions.clone())
    }
}
