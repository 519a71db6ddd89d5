"""The value that the decoder returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["colour", "grey", "bilevel"]
FileFormat = Literal["JPEG", "PNG", "BMP", "TIFF"]
ScaleDenom = Literal[1, 2, 4, 8]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ImagePlanes:
    """An upright picture as separate luma and chroma planes.

    Everything here describes the planes as returned, after turning and scaling.

    Attributes
    ----------
    y : ndarray, shape (height, width), dtype uint8, read-only
        Luma, 0 black to 255 white (JFIF full range, BT.601 weights). Rows are contiguous and begin
        64-byte aligned; the row stride may exceed the width.
    cb, cr : ndarray or None, shape (ceil(height / 2**chroma_shift_y), ceil(width /
    2**chroma_shift_x)), dtype uint8
        Blue and red difference, 128 neutral, in the resolution of the file. None unless `kind` is
        ``"colour"``. Sample (r, c) covers the luma from row ``r << chroma_shift_y`` and column ``c
        << chroma_shift_x`` on.
    chroma_shift_x, chroma_shift_y : int
        0 to 2; 0 where there is no chroma.
    kind : {"colour", "grey", "bilevel"}
        What the *file* holds. A scaled bilevel picture has grey values, and is still of kind
        ``"bilevel"``.
    dpi_x, dpi_y : float or None
        Dots per inch of these planes: of the scan, divided by `scale_denom`. None where nobody
        knows.
    scale_denom : {1, 2, 4, 8}
        How many pixels of the file one pixel of `y` stands for, along each axis.
    orientation : int
        EXIF orientation of the file, 1 to 8. It has been applied already.
    file_format : {"JPEG", "PNG", "BMP", "TIFF"}
        The format of the file.

    Notes
    -----
    The planes share one allocation, which is overwritten with zeros when the last array (or other
    view) of it goes. That does not protect what was copied elsewhere: the caller's bytes, the
    decoder's working memory and, for PNG, BMP and TIFF, Pillow's and OpenCV's copies are freed
    without being wiped.
    """

    y: NDArray[np.uint8]
    cb: NDArray[np.uint8] | None
    cr: NDArray[np.uint8] | None
    chroma_shift_x: int
    chroma_shift_y: int
    kind: Kind
    dpi_x: float | None
    dpi_y: float | None
    scale_denom: ScaleDenom
    orientation: int
    file_format: FileFormat

    @property
    def width(self) -> int:
        """Width of the upright luma, in pixels."""
        return int(self.y.shape[1])

    @property
    def height(self) -> int:
        """Height of the upright luma, in pixels."""
        return int(self.y.shape[0])

    def __repr__(self) -> str:
        """Describe the picture without its pixels: customers' images do not belong in a log."""
        return (
            f"<ImagePlanes {self.file_format} {self.kind} {self.width} x {self.height} px, "
            f"dpi {self.dpi_x} x {self.dpi_y}, 1/{self.scale_denom}>"
        )
