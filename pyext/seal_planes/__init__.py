"""Decode a scanned image to its luma and chroma planes, without a detour through RGB.

A seal's ink is told from print by its chroma, and its edges are measured in the luma: JPEG stores
exactly that, so the planes are taken as libjpeg-turbo finds them, at full size or scaled in the DCT
domain. PNG, BMP and TIFF are converted to the same planes. Image files are treated as hostile:
limits are checked before memory is taken, and every refusal is a `PlanesError` with a code.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seal_planes._jpeg import decode_planes, read_header
from seal_planes._orient import is_turned, upright
from seal_planes._planes import FileFormat, ImagePlanes, Kind, ScaleDenom
from seal_planes._resolution import MAX_DPI, MIN_DPI, DpiPair, checked_dpi
from seal_planes._slow import decode_slow, shrink, split_rgb
from seal_planes._turbo import BUILD_PROFILE, from_arrays
from seal_planes.errors import (
    BadDpiError,
    BadScaleError,
    CorruptError,
    EmptyInputError,
    PlanesError,
    TooManyBytesError,
    TooManyPixelsError,
    TooManyScansError,
    TruncatedError,
    UnknownFormatError,
    UnsupportedCodingError,
    UnsupportedColourError,
)

__all__ = [
    "DEFAULT_MAX_BYTES",
    "DEFAULT_MAX_PIXELS",
    "MAX_DPI",
    "MIN_DPI",
    "BadDpiError",
    "BadScaleError",
    "CorruptError",
    "EmptyInputError",
    "FileFormat",
    "ImagePlanes",
    "Kind",
    "PlanesError",
    "ScaleDenom",
    "TooManyBytesError",
    "TooManyPixelsError",
    "TooManyScansError",
    "TruncatedError",
    "UnknownFormatError",
    "UnsupportedCodingError",
    "UnsupportedColourError",
    "build_profile",
    "decode",
]

DEFAULT_MAX_PIXELS = 64_000_000  # A4 at 600 dpi has 35 million
DEFAULT_MAX_BYTES = 64 * 1024 * 1024

_MAGIC: dict[bytes, FileFormat] = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
}

_UNKNOWN = "image"
_Pixels = NDArray[np.uint8]
_Layers = tuple[list[_Pixels], int, int]  # planes, chroma_shift_x, chroma_shift_y


def build_profile() -> str:
    """Tell how the C part was compiled: ``"release"``, or ``"debug"``, which benchmarks refuse."""
    return BUILD_PROFILE


def decode(
    data: bytes | bytearray | memoryview,
    *,
    scale_denom: ScaleDenom = 1,
    dpi: float | None = None,
    max_pixels: int = DEFAULT_MAX_PIXELS,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> ImagePlanes:
    """Decode an image file to upright, read-only luma and chroma planes.

    Parameters
    ----------
    data : bytes, bytearray or memoryview
        A whole JPEG, PNG, BMP or TIFF (first page) file. ``bytes`` are read in place; anything else
        is copied first.
    scale_denom : {1, 2, 4, 8}, optional
        Decode at 1/`scale_denom` of the size, rounded up. A JPEG is scaled by its inverse DCT,
        which also saves time.
    dpi : float, optional
        Resolution of the *scan* (before scaling), in dots per inch, when the caller knows it better
        than the file. Without it JFIF, EXIF, PNG, BMP or TIFF metadata is believed if it lies
        within `MIN_DPI` to `MAX_DPI`.
    max_pixels : int, optional
        Largest accepted width x height of the file (before scaling), checked from its header.
    max_bytes : int, optional
        Largest accepted file.

    Returns
    -------
    ImagePlanes
        Turned as the EXIF orientation asks. JPEG planes are the file's own: no colour conversion,
        no resampling. Other formats are converted with the JFIF formula (full range, BT.601). Alpha
        is laid on white.

    Raises
    ------
    PlanesError
        One subclass per failure, each with `code` and its numbers; see `seal_planes.errors`. A JPEG
        on which libjpeg gives any warning is refused too, as evidence must not rest on pixels that
        a decoder made up: `TruncatedError` where data is missing, else `CorruptError`. Padding
        before the end marker is the one exception.
    ValueError
        If a limit is not positive.
    MemoryError
        If there is no memory for a picture within the limits.

    Examples
    --------
    >>> planes = decode(Path("voucher.jpg").read_bytes(), dpi=200)  # doctest: +SKIP
    >>> planes.y.shape, planes.chroma_shift_x, planes.kind  # doctest: +SKIP
    ((744, 1654), 1, 'colour')
    """
    if max_pixels < 1 or max_bytes < 1:
        message = f"limits must be positive: max_pixels={max_pixels}, max_bytes={max_bytes}"
        raise ValueError(message)
    if scale_denom not in (1, 2, 4, 8):
        raise BadScaleError(scale_denom)
    stated = None if dpi is None else checked_dpi(dpi)
    size = memoryview(data).nbytes
    if size == 0:
        raise EmptyInputError
    if size > max_bytes:
        raise TooManyBytesError(size, max_bytes)
    content = data if isinstance(data, bytes) else bytes(data)

    file_format = _file_format(content)
    if file_format == "JPEG":
        return _decode_jpeg(content, scale_denom, stated, max_pixels)
    picture = decode_slow(content, file_format, max_pixels)
    layers = _layers(shrink(picture.pixels, scale_denom))
    planes, shift_x, shift_y = upright(*layers, picture.orientation)
    claimed = _turned(picture.dpi, picture.file_orientation)
    return _assemble(
        (_owned(planes), shift_x, shift_y),
        kind=picture.kind,
        dpi=(stated, stated) if stated else claimed,
        scale_denom=scale_denom,
        orientation=picture.file_orientation,
        file_format=file_format,
    )


def _file_format(content: bytes) -> FileFormat:
    """Recognise the format by its first bytes; names and media types are not asked."""
    for magic, file_format in _MAGIC.items():
        if content.startswith(magic):
            return file_format
    if any(magic.startswith(content) for magic in _MAGIC):
        raise TruncatedError(_UNKNOWN, len(content))
    raise UnknownFormatError(content[:8].hex())


def _decode_jpeg(
    content: bytes, scale_denom: ScaleDenom, stated: float | None, max_pixels: int
) -> ImagePlanes:
    """Decode a JPEG; only a turned or an unusual one is copied."""
    header = read_header(content)
    if header.width_px * header.height_px > max_pixels:
        raise TooManyPixelsError(header.width_px, header.height_px, max_pixels)
    found = decode_planes(content, header, scale_denom)
    if isinstance(found, tuple):
        planes, shift_x, shift_y = found
        layers: _Layers = [np.asarray(plane) for plane in planes], shift_x, shift_y
    else:
        rgb_layers = _layers(found)
        layers = (_owned(rgb_layers[0]), *rgb_layers[1:])
    if header.orientation != 1:
        turned = upright(*layers, header.orientation)
        layers = (_owned(turned[0]), *turned[1:])
    return _assemble(
        layers,
        kind="colour" if len(layers[0]) == 3 else "grey",
        dpi=(stated, stated) if stated else _turned(header.dpi, header.orientation),
        scale_denom=scale_denom,
        orientation=header.orientation,
        file_format="JPEG",
    )


def _turned(dpi: DpiPair, orientation: int) -> DpiPair:
    """Exchange the resolutions where rows and columns change places."""
    return dpi[::-1] if is_turned(orientation) else dpi


def _layers(pixels: _Pixels) -> _Layers:
    """Return grey pixels as luma, RGB as luma and full-size chroma."""
    return ([pixels] if pixels.ndim == 2 else split_rgb(pixels)), 0, 0


def _owned(planes: list[_Pixels]) -> list[_Pixels]:
    """Copy arrays of any strides into read-only memory that is wiped when its last view goes."""
    return [np.asarray(plane) for plane in from_arrays(planes)]


def _assemble(
    layers: _Layers,
    *,
    kind: Kind,
    dpi: DpiPair,
    scale_denom: ScaleDenom,
    orientation: int,
    file_format: FileFormat,
) -> ImagePlanes:
    """Build the value; the resolution becomes that of the scaled planes."""
    planes, shift_x, shift_y = layers
    dpi_x, dpi_y = (None if value is None else value / scale_denom for value in dpi)
    return ImagePlanes(
        y=planes[0],
        cb=planes[1] if len(planes) == 3 else None,
        cr=planes[2] if len(planes) == 3 else None,
        chroma_shift_x=shift_x,
        chroma_shift_y=shift_y,
        kind=kind,
        dpi_x=dpi_x,
        dpi_y=dpi_y,
        scale_denom=scale_denom,
        orientation=orientation,
        file_format=file_format,
    )
