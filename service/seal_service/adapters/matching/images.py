"""From an image's bytes to a scan that the engine reads."""

from __future__ import annotations

from dataclasses import dataclass

import seal_planes
from seal_match_rs import Scan, ScanKind
from seal_planes import ImagePlanes, PlanesError
from seal_service.adapters.matching.errors import DpiUnequalError, DpiUnknownError, refusal_of

EQUAL_WITHIN = 0.01
"""Share by which the two resolutions of a file may differ: scanner tolerance (domain.md)."""


@dataclass(frozen=True, slots=True, eq=False)
class DecodedImage:
    """Planes of an image and the resolution to believe."""

    planes: ImagePlanes
    dpi: float
    source: str

    @property
    def kind(self) -> ScanKind:
        """What the file can tell about ink."""
        return self.planes.kind

    def scan(self) -> Scan:
        """Lend the planes to the engine.

        Raises
        ------
        seal_match_rs.ImageTooSmallError
            The image is smaller than any seal.
        seal_match_rs.ResolutionError
            The resolution is outside what the engine accepts.
        """
        planes = self.planes
        return Scan(planes.y, planes.cb, planes.cr, dpi=self.dpi, bilevel=planes.kind == "bilevel")


def decode_image(content: bytes, source: str, *, dpi: float | None) -> DecodedImage:
    """Decode at full size; the caller's resolution is believed before the file's.

    Raises
    ------
    ImageRefusedError
        The decoder's refusal, with its code.
    DpiUnknownError, DpiUnequalError
    """
    try:
        planes = seal_planes.decode(content, dpi=dpi)
    except PlanesError as error:
        raise refusal_of(error, source) from error
    if planes.dpi_x is None or planes.dpi_y is None:
        raise DpiUnknownError(source)
    if abs(planes.dpi_x - planes.dpi_y) > EQUAL_WITHIN * max(planes.dpi_x, planes.dpi_y):
        raise DpiUnequalError(source, planes.dpi_x, planes.dpi_y)
    return DecodedImage(planes, (planes.dpi_x + planes.dpi_y) / 2.0, source)
