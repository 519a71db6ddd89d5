"""JPEG: read the header ourselves, refuse what we do not decode, then let libjpeg-turbo work.

Reading the markers first has three reasons: limits are checked before any memory is taken, the
resolution and the orientation are found on the way, and a file that libjpeg-turbo would decode
*somehow* (arithmetic, 12-bit) gets a clear answer instead. Source: ITU-T T.81 annex B, JFIF 1.02.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seal_planes._exif import ExifFacts, facts_of_block
from seal_planes._resolution import DpiPair, plausible_dpi
from seal_planes._turbo import Plane, TurboError, TurboUnsuitedError, decode_jpeg, decode_jpeg_rgb
from seal_planes.errors import (
    CorruptError,
    PlanesError,
    TooManyScansError,
    TruncatedError,
    UnsupportedCodingError,
    UnsupportedColourError,
)

_JPEG = "JPEG"

# A progressive file has 10 to 20 scans. A scan of a few bytes makes the decoder visit every block
# of the picture, so a small file with thousands of them is an attack on time (libjpeg-turbo, "Two
# issues with the JPEG standard").
MAX_SCANS = 100
# Files of cameras and scanners have tens of segments, and an ICC profile at most 255.
_MAX_SEGMENTS = 2_000
_MAX_FILL_BYTES = 64

_SOF_CODING = {
    0xC3: "lossless",
    0xC5: "hierarchical",
    0xC6: "hierarchical",
    0xC7: "hierarchical",
    0xC9: "arithmetic-coded",
    0xCA: "arithmetic-coded",
    0xCB: "arithmetic-coded",
    0xCD: "arithmetic-coded",
    0xCE: "arithmetic-coded",
    0xCF: "arithmetic-coded",
}
_SOF_SUPPORTED = {0xC0, 0xC1, 0xC2}
_SOF_PROGRESSIVE = 0xC2
_SOS, _EOI, _APP0, _APP1 = 0xDA, 0xD9, 0xE0, 0xE1

# Some scanners pad the picture's data before its last marker. libjpeg reports only its first
# warning; as this one can come only after every block has been decoded, nothing worse can hide
# behind it. It is the only warning that we accept.
_HARMLESS = b" extraneous bytes before marker 0xd9"


@dataclass(frozen=True, slots=True)
class _Frame:
    width_px: int
    height_px: int
    components: int
    progressive: bool


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """What the markers before the first scan say."""

    width_px: int
    height_px: int
    dpi: DpiPair
    orientation: int


def read_header(data: bytes) -> JpegHeader:
    """Read the markers of a JPEG up to its first scan.

    Raises
    ------
    TruncatedError, CorruptError, UnsupportedCodingError, UnsupportedColourError, TooManyScansError
    """
    frame: _Frame | None = None
    jfif_dpi: DpiPair = (None, None)
    exif_block = b""
    for marker, body, end in _segments(data):
        if marker in _SOF_SUPPORTED or marker in _SOF_CODING:
            if frame:
                raise CorruptError(_JPEG, "marker order")
            frame = _read_frame(marker, body)
        elif marker == _APP0 and body.startswith(b"JFIF\0") and len(body) >= 12:
            jfif_dpi = _jfif_dpi(body)
        elif marker == _APP1 and body.startswith(b"Exif\0\0") and not exif_block:
            exif_block = body
        elif marker == _SOS and frame:
            if frame.progressive or body[:1] != bytes([frame.components]):
                _check_scans(data, end)
            break
    else:
        raise CorruptError(_JPEG, "marker order")
    exif = facts_of_block(exif_block) if exif_block else ExifFacts()
    dpi = jfif_dpi if jfif_dpi[0] is not None else exif.dpi
    return JpegHeader(frame.width_px, frame.height_px, dpi=dpi, orientation=exif.orientation)


def decode_planes(
    data: bytes, header: JpegHeader, scale_denom: int
) -> tuple[list[Plane], int, int] | NDArray[np.uint8]:
    """Decode the picture, scaled in the DCT domain.

    Returns
    -------
    tuple of (planes, chroma_shift_x, chroma_shift_y)
        For grey and YCbCr files with the sampling that scanners use: no colour conversion, no
        resampling.
    ndarray, shape (rows, cols, 3), dtype uint8
        RGB, for the rare files that are stored as RGB or with another sampling.

    Raises
    ------
    TruncatedError, CorruptError
    """
    size = (header.width_px, header.height_px)
    try:
        try:
            return decode_jpeg(data, *size, scale_denom, _HARMLESS)
        except TurboUnsuitedError:
            packed = np.asarray(decode_jpeg_rgb(data, *size, scale_denom, _HARMLESS))
            return packed.reshape(packed.shape[0], -1, 3)
    except TurboError as error:
        raise _translate(str(error.args[0]), len(data)) from error


def _segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Yield marker, content and end of each segment, up to and including the first scan header."""
    pos = 2
    for _ in range(_MAX_SEGMENTS):
        marker, pos = _next_marker(data, pos)
        if marker == _EOI:
            return
        if pos + 2 > len(data):
            raise TruncatedError(_JPEG, len(data))
        length = int.from_bytes(data[pos : pos + 2])
        if length < 2:
            raise CorruptError(_JPEG, "segment length")
        if pos + length > len(data):
            raise TruncatedError(_JPEG, len(data))
        yield marker, data[pos + 2 : pos + length], pos + length
        pos += length
        if marker == _SOS:
            return


def _next_marker(data: bytes, pos: int) -> tuple[int, int]:
    """Return the marker at `pos` and the position after it; a few more 0xFF may stand before it."""
    first = pos
    while data[pos : pos + 1] == b"\xff":
        pos += 1
        if pos - first > _MAX_FILL_BYTES:
            raise CorruptError(_JPEG, "fill bytes")
    if pos >= len(data):
        raise TruncatedError(_JPEG, len(data))
    marker = data[pos]
    if pos == first or marker in {0x00, 0x01, 0xD8} or 0xD0 <= marker <= 0xD7:
        raise CorruptError(_JPEG, "marker order")
    return marker, pos + 1


def _check_scans(data: bytes, pos: int) -> None:
    """Count the scans of a file that may have several: compressed data never contains 0xFFDA."""
    scans = data.count(b"\xff\xda", pos) + 1
    if scans > MAX_SCANS:
        raise TooManyScansError(scans, MAX_SCANS)


def _read_frame(marker: int, body: bytes) -> _Frame:
    """Read a start-of-frame segment, or refuse its coding or colours."""
    if marker in _SOF_CODING:
        raise UnsupportedCodingError(_JPEG, _SOF_CODING[marker])
    if len(body) < 6:
        raise CorruptError(_JPEG, "frame header")
    precision, height, width, components = struct.unpack(">BHHB", body[:6])
    if precision != 8:
        raise UnsupportedCodingError(_JPEG, f"{precision}-bit")
    if components == 4:
        raise UnsupportedColourError(_JPEG, "CMYK")
    if components not in {1, 3}:
        raise UnsupportedColourError(_JPEG, f"{components}-component")
    if height == 0:
        raise UnsupportedCodingError(_JPEG, "open-ended (DNL)")
    if width == 0 or len(body) != 6 + 3 * components:
        raise CorruptError(_JPEG, "frame header")
    return _Frame(width, height, components, progressive=marker == _SOF_PROGRESSIVE)


def _jfif_dpi(body: bytes) -> DpiPair:
    """Return the resolution from a JFIF header; unit 0 is a mere aspect ratio."""
    unit, x, y = struct.unpack(">BHH", body[7:12])
    if unit == 1:
        return plausible_dpi(x, y)
    if unit == 2:
        return plausible_dpi(x * 2.54, y * 2.54)
    return None, None


def _translate(words: str, size: int) -> PlanesError:
    """Turn libjpeg's words into our own error. Its message texts have been stable since 1991."""
    lowered = words.lower()
    if "premature end" in lowered:
        return TruncatedError(_JPEG, size)
    if "scans" in lowered:
        return CorruptError(_JPEG, "scans")
    return CorruptError(_JPEG, "compressed data" if "corrupt" in lowered else "structure")
