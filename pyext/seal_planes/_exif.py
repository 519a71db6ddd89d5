"""The two things that we believe from EXIF metadata: orientation and resolution."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import ExifTags, Image

from seal_planes._resolution import DpiPair, plausible_dpi

_CM_PER_INCH = 2.54


@dataclass(frozen=True, slots=True)
class ExifFacts:
    """Orientation 1 to 8 (1 is upright), and the resolution of the picture before it is turned."""

    orientation: int = 1
    dpi: DpiPair = (None, None)


def facts_of_block(block: bytes) -> ExifFacts:
    """Read the payload of a JPEG's APP1 segment; an unreadable block says nothing."""
    exif = Image.Exif()
    try:
        exif.load(block)
        return _facts(exif)
    except Exception:  # noqa: BLE001  # Pillow's parser raises many kinds on hostile metadata
        return ExifFacts()


def facts_of_image(image: Image.Image) -> ExifFacts:
    """Read the metadata of an opened picture; unreadable metadata says nothing."""
    try:
        return _facts(image.getexif())
    except Exception:  # noqa: BLE001  # Pillow's parser raises many kinds on hostile metadata
        return ExifFacts()


def _facts(exif: Image.Exif) -> ExifFacts:
    orientation = exif.get(ExifTags.Base.Orientation, 1)
    if not (isinstance(orientation, int) and 1 <= orientation <= 8):
        orientation = 1
    factor = {2: 1.0, 3: _CM_PER_INCH}.get(exif.get(ExifTags.Base.ResolutionUnit, 2))
    x, y = exif.get(ExifTags.Base.XResolution), exif.get(ExifTags.Base.YResolution)
    if factor is None or x is None or y is None:
        return ExifFacts(orientation)
    try:
        return ExifFacts(orientation, plausible_dpi(float(x) * factor, float(y) * factor))
    except (TypeError, ValueError, ZeroDivisionError):
        return ExifFacts(orientation)
