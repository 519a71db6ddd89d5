"""Nothing in an image file may crash, hang or exhaust memory: a bad file gets a typed error."""

from __future__ import annotations

import math
import struct
import time
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from picture_files import (
    bmp_bomb,
    encode,
    exif_orientation,
    jpeg,
    patched_jpeg_frame,
    png_bomb,
    png_chunk,
    png_header,
    smooth_rgb,
    tiff,
    tiff_bomb,
)
from PIL import Image

import seal_planes
from seal_planes import decode

RGB = smooth_rgb()
JPEG = jpeg(RGB)
WHOLE_FILES = {
    "baseline": JPEG,
    "progressive": jpeg(RGB, progressive=True),
    "exif": jpeg(RGB, exif=exif_orientation(6, 200.0)),
    "rgb": jpeg(RGB, keep_rgb=True, subsampling=0),
    "png": encode(RGB, "PNG"),
    "png16": encode(RGB[:, :, 0].astype(np.uint16) * 257, "PNG"),
    "palette": encode(Image.fromarray(RGB).quantize(16), "PNG"),
    "bmp": encode(RGB, "BMP"),
    "tiff": encode(RGB, "TIFF"),
    "lzw": encode(RGB, "TIFF", compression="tiff_lzw"),
    "g4": encode(Image.fromarray(RGB[:, :, 0] > 128), "TIFF", compression="group4"),
}


def refusal(data: bytes, **options: object) -> str:
    """Decode, and return the code of the refusal."""
    with pytest.raises(seal_planes.PlanesError) as caught:
        decode(data, **options)
    assert str(caught.value)
    return caught.value.code


@pytest.mark.parametrize(
    "bomb",
    [
        png_bomb(),
        bmp_bomb(),
        tiff_bomb(),
        tiff_bomb(compression=5),
        patched_jpeg_frame(JPEG, width=60_000, height=60_000),
    ],
    ids=["png", "bmp", "g4", "lzw", "jpeg"],
)
def test_bombs_are_refused_from_their_header(bomb):
    start = time.perf_counter()
    with pytest.raises(seal_planes.TooManyPixelsError) as caught:
        decode(bomb)
    assert time.perf_counter() - start < 0.5
    assert (caught.value.width_px, caught.value.height_px) == (60_000, 60_000)


def test_tile_bomb_is_refused():
    tags = {
        256: (4, 1, 10), 257: (4, 1, 10), 258: (3, 1, 8), 259: (3, 1, 5), 262: (3, 1, 1), 277: (3,
        1, 1), 322: (4, 1, 60_000), 323: (4, 1, 60_000), 324: (4, 1, 200), 325: (4, 1, 16),
    }  # fmt: skip
    assert refusal(tiff(tags, b"\0" * 200)) == "TOO_MANY_PIXELS"


def test_limits_hold_for_the_last_allowed_value():
    assert decode(JPEG, max_pixels=RGB.shape[0] * RGB.shape[1], max_bytes=len(JPEG)).height == 61
    assert refusal(JPEG, max_pixels=RGB.shape[0] * RGB.shape[1] - 1) == "TOO_MANY_PIXELS"
    assert refusal(JPEG, max_bytes=len(JPEG) - 1) == "TOO_MANY_BYTES"
    assert refusal(JPEG, max_pixels=1000, scale_denom=8) == "TOO_MANY_PIXELS"


@pytest.mark.parametrize("limits", [{"max_pixels": 0}, {"max_bytes": -1}])
def test_senseless_limits_are_the_callers_mistake(limits):
    with pytest.raises(ValueError, match="limits must be positive"):
        decode(JPEG, **limits)


@pytest.mark.parametrize("dpi", [0, -200, math.nan, math.inf, 9.9, 10_001])
def test_bad_dpi(dpi):
    assert refusal(JPEG, dpi=dpi) == "BAD_DPI"


@pytest.mark.parametrize("scale_denom", [0, 3, 16, -1])
def test_bad_scale(scale_denom):
    assert refusal(JPEG, scale_denom=scale_denom) == "BAD_SCALE"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "EMPTY_INPUT"),
        (b"\xff", "TRUNCATED"),
        (b"\x89PNG", "TRUNCATED"),
        (b"GIF89a......", "UNKNOWN_FORMAT"),
        (b"%PDF-1.7 ...", "UNKNOWN_FORMAT"),
        (b"\0" * 100, "UNKNOWN_FORMAT"),
        (b"\xff\xd8\xff", "TRUNCATED"),
        (b"\xff\xd8\xff\xd9", "CORRUPT"),
        (b"\xff\xd8\xff\xe0\x00\x01", "CORRUPT"),
        (b"\xff\xd8" + b"\xff" * 10_000, "CORRUPT"),
        (b"\xff\xd8" + b"\xff\xfe\x00\x02" * 100_000, "CORRUPT"),
        (b"BM" + b"\0" * 100, "CORRUPT"),
        (b"II*\0" + b"\xff" * 100, "CORRUPT"),
        (png_header(0, 5) + png_chunk(b"IEND", b""), "CORRUPT"),
    ],
)
def test_rubbish(data, code):
    assert refusal(data) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"precision": 12}, "UNSUPPORTED_CODING"),
        ({"marker": 0xC3}, "UNSUPPORTED_CODING"),
        ({"marker": 0xC9}, "UNSUPPORTED_CODING"),
        ({"marker": 0xC5}, "UNSUPPORTED_CODING"),
        ({"height": 0}, "UNSUPPORTED_CODING"),
        ({"width": 0}, "CORRUPT"),
        ({"components": 2}, "UNSUPPORTED_COLOUR"),
        ({"components": 4}, "UNSUPPORTED_COLOUR"),
        ({"components": 1}, "CORRUPT"),
        ({"height": 3000}, "TRUNCATED"),
    ],
)
def test_jpeg_frames_that_we_do_not_decode(changes, code):
    assert refusal(patched_jpeg_frame(JPEG, **changes)) == code


def test_cmyk_is_refused_in_every_format():
    cmyk = Image.fromarray(RGB).convert("CMYK")
    assert refusal(jpeg(cmyk)) == "UNSUPPORTED_COLOUR"
    assert refusal(encode(cmyk, "TIFF")) == "UNSUPPORTED_COLOUR"


def test_float_and_twelve_bit_tiff_are_refused():
    assert refusal(encode(Image.new("F", (8, 8)), "TIFF")) == "UNSUPPORTED_COLOUR"
    tags = {
        256: (4, 1, 8), 257: (4, 1, 8), 258: (3, 1, 12), 259: (3, 1, 1), 262: (3, 1, 1),
        273: (4, 1, 150), 277: (3, 1, 1), 278: (4, 1, 8), 279: (4, 1, 96),
    }  # fmt: skip
    assert refusal(tiff(tags, b"\0" * 400)) == "UNSUPPORTED_COLOUR"


@pytest.mark.parametrize("name", sorted(WHOLE_FILES))
def test_every_truncation_is_refused(name):
    data = WHOLE_FILES[name]
    step = max(len(data) // 150, 1)
    for length in range(1, len(data) - 20, step):
        assert refusal(data[:length]) in {"TRUNCATED", "CORRUPT"}, length


@pytest.mark.parametrize("name", ["baseline", "progressive", "exif", "rgb"])
def test_a_jpeg_cut_in_its_picture_is_called_truncated(name):
    data = WHOLE_FILES[name]
    scan = data.index(b"\xff\xda")
    assert refusal(data[: (scan + len(data)) // 2]) == "TRUNCATED"


def test_a_jpeg_without_its_end_marker_is_truncated():
    assert refusal(JPEG[:-2]) == "TRUNCATED"


def test_padding_before_the_end_marker_is_harmless_but_no_more():
    assert (decode(JPEG[:-2] + b"\0" * 16 + b"\xff\xd9").y == decode(JPEG).y).all()
    assert (decode(JPEG + b"trailing rubbish").y == decode(JPEG).y).all()
    middle = (JPEG.index(b"\xff\xda") + len(JPEG)) // 2
    assert refusal(JPEG[:middle] + b"\0" * 16 + b"\xff\xd9") in {"CORRUPT", "TRUNCATED"}


def test_a_progressive_file_with_very_many_scans_is_refused():
    data = WHOLE_FILES["progressive"]
    last = data.rindex(b"\xff\xda")
    hostile = data[:-2] + data[last:-2] * 5_000 + data[-2:]
    start = time.perf_counter()
    assert refusal(hostile) == "TOO_MANY_SCANS"
    assert time.perf_counter() - start < 0.5


def test_a_png_whose_text_inflates_without_end_does_not_take_memory():
    text = zlib.compress(b"\0" * 200_000_000, 9)
    bomb = (
        png_header(4, 4)
        + png_chunk(b"zTXt", b"a\0\0" + text)
        + png_chunk(b"IDAT", zlib.compress(b"\0" * 52))
    )
    assert refusal(bomb + png_chunk(b"IEND", b"")) == "CORRUPT"


def test_exif_rubbish_is_ignored():
    block = b"Exif\0\0" + struct.pack("<2sHIH", b"II", 42, 8, 65535) + b"\xff" * 400
    planes = decode(jpeg(RGB, exif=block))
    assert (planes.orientation, planes.dpi_x) == (1, None)


@settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(
    name=st.sampled_from(sorted(WHOLE_FILES)),
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12
    ),
    cut=st.floats(0, 1),
    scale_denom=st.sampled_from([1, 2, 4, 8]),
)
def test_mutated_bytes_decode_or_are_refused(name, changes, cut, scale_denom):
    data = bytearray(WHOLE_FILES[name])
    for place, value in changes:
        # Half of the changes fall into the first 200 bytes, where the headers are.
        span = min(200, len(data)) if value & 1 else len(data)
        data[int(place * span)] = value
    if cut < 0.2:
        del data[int(len(data) * cut * 5) :]
    try:
        planes = decode(bytes(data), scale_denom=scale_denom, max_pixels=4_000_000)
    except seal_planes.PlanesError:
        return
    assert planes.y.shape == (planes.height, planes.width)
    assert planes.width * planes.height <= 4_000_000
    assert int(planes.y.astype(np.int64).sum()) >= 0
    if planes.cb is not None and planes.cr is not None:
        assert planes.cb.shape == planes.cr.shape
        assert planes.cb.shape[0] << planes.chroma_shift_y >= planes.height
        assert planes.cb.shape[1] << planes.chroma_shift_x >= planes.width
