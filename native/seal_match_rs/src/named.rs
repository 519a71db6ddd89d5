//! Results whose Python type a Rust type cannot tell: where a getter returns them, only the type itself can name it in the stub.

use std::convert::Infallible;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
#[cfg(feature = "stubs")]
use pyo3::{inspect::PyStaticExpr, type_hint_identifier};

/// Numbers by name, in this order: a dict.
pub struct Named(pub Vec<(&'static str, f32)>);

impl<'py> IntoPyObject<'py> for Named {
    type Target = PyDict;
    type Output = Bound<'py, PyDict>;
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const OUTPUT_TYPE: PyStaticExpr = std::collections::HashMap::<&str, f32>::OUTPUT_TYPE;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let d = PyDict::new(py);
        for (name, number) in self.0 {
            d.set_item(name, number)?;
        }
        Ok(d)
    }
}

/// The word of a verdict.
pub struct Verdict(pub &'static str);

impl<'py> IntoPyObject<'py> for Verdict {
    type Target = PyString;
    type Output = Bound<'py, PyString>;
    type Error = Infallible;

    #[cfg(feature = "stubs")]
    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("seal_match_rs._words", "Verdict");

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Infallible> {
        self.0.into_pyobject(py)
    }
}
