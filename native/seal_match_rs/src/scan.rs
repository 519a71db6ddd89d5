//! `Scan`: planes of one image, kept alive while Rust reads them without a copy.

use numpy::{PyArrayMethods, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::prelude::*;
use seal_match_core::plane::{Plane, Scan as CoreScan};

use crate::errors::PlaneError;

/// One scanned image for the engine.
///
/// Holds references to its arrays, it does not copy them. The arrays must not be written to while an engine call runs:
/// numpy's read-only flag on this side does not stop another owner of the same memory.
#[pyclass(frozen, module = "seal_match_rs")]
pub struct Scan {
    luma: Py<numpy::PyArray2<u8>>,
    chroma: Option<[Py<numpy::PyArray2<u8>>; 2]>,
    /// Dots per inch.
    #[pyo3(get)]
    dpi: f32,
    /// Whether the scan has two levels only.
    #[pyo3(get)]
    bilevel: bool,
}

#[pymethods]
impl Scan {
    /// Wraps planes: `luma` (H, W) uint8; `cb` and `cr` uint8 with each side divided by 1, 2 or 4 (rounded up), or None for grey.
    #[new]
    #[pyo3(signature = (
        luma: "NDArray[np.uint8]", cb: "NDArray[np.uint8] | None" = None, cr: "NDArray[np.uint8] | None" = None,
        *, dpi, bilevel = false
    ))]
    fn new(
        py: Python<'_>,
        luma: Py<numpy::PyArray2<u8>>,
        cb: Option<Py<numpy::PyArray2<u8>>>,
        cr: Option<Py<numpy::PyArray2<u8>>>,
        dpi: f32,
        bilevel: bool,
    ) -> PyResult<Self> {
        let chroma = match (cb, cr) {
            (Some(cb), Some(cr)) => Some([cb, cr]),
            (None, None) => None,
            _ => return Err(PlaneError::new_err("cb and cr come together or not at all")),
        };
        let scan = Self { luma, chroma, dpi, bilevel };
        scan.borrow(py)?.view(py)?;
        Ok(scan)
    }
}

fn plane<'a>(array: &'a PyReadonlyArray2<'_, u8>) -> Result<Plane<'a>, Option<seal_match_core::error::Error>> {
    let strides = array.strides();
    let (h, w) = (array.shape()[0], array.shape()[1]);
    let stride = usize::try_from(strides[0]).map_err(|_| None)?;
    if strides[1] != 1 || stride < w || h == 0 || w == 0 {
        return Err(None);
    }
    let len = (h - 1) * stride + w;
    // SAFETY: numpy guarantees that the first element of row r lies at r * strides[0] from the data pointer and that elements of
    // a row lie strides[1] = 1 apart, so the bytes 0..len belong to the array; the read-only borrow is alive for 'a.
    let data = unsafe { std::slice::from_raw_parts(array.data(), len) };
    Plane::new(data, w, h, stride).map_err(Some)
}

/// The planes of a [`Scan`], borrowed read-only for as long as this lives.
pub struct Borrowed<'py> {
    luma: PyReadonlyArray2<'py, u8>,
    chroma: Option<[PyReadonlyArray2<'py, u8>; 2]>,
    dpi: f32,
    bilevel: bool,
}

impl Borrowed<'_> {
    /// The core's view.
    pub fn view(&self, py: Python<'_>) -> PyResult<CoreScan<'_>> {
        let refused = |e: Option<seal_match_core::error::Error>| {
            e.map_or_else(
                || PlaneError::new_err("a plane must be a non-empty array of rows with adjacent elements"),
                |e| crate::errors::to_py(py, &e),
            )
        };
        let chroma = match &self.chroma {
            Some([cb, cr]) => Some([plane(cb).map_err(refused)?, plane(cr).map_err(refused)?]),
            None => None,
        };
        CoreScan::new(plane(&self.luma).map_err(refused)?, chroma, self.dpi, self.bilevel)
            .map_err(|e| crate::errors::to_py(py, &e))
    }
}

impl Scan {
    /// Borrows the planes read-only.
    pub fn borrow<'py>(&self, py: Python<'py>) -> PyResult<Borrowed<'py>> {
        let read = |a: &Py<numpy::PyArray2<u8>>| {
            a.bind(py).try_readonly().map_err(|_| PlaneError::new_err("a plane is being written to"))
        };
        let chroma = match &self.chroma {
            Some([cb, cr]) => Some([read(cb)?, read(cr)?]),
            None => None,
        };
        Ok(Borrowed { luma: read(&self.luma)?, chroma, dpi: self.dpi, bilevel: self.bilevel })
    }
}
