"""`seal_planes.decode` gives the right pixels, geometry and metadata for every flavour of file."""

from __future__ import annotations

import ctypes
import gc
import io
import pickle
import threading

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from picture_files import encode, exif_orientation, interlaced_png, jpeg, smooth_rgb
from PIL import Image, ImageOps

import seal_planes
from seal_planes import decode


def jfif(rgb: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    """Convert by the formula of JFIF 1.02, in real numbers."""
    red, green, blue = (rgb[:, :, i].astype(float) for i in range(3))
    y = 0.299 * red + 0.587 * green + 0.114 * blue
    return [y, 128 + (blue - y) / 1.772, 128 + (red - y) / 1.402]


def farthest(a: NDArray[np.generic], b: NDArray[np.generic]) -> float:
    """Return the largest difference; equal shapes, as broadcasting would hide an error."""
    assert a.shape == b.shape
    return float(np.abs(a.astype(float) - b.astype(float)).max())


def colour_planes(planes: seal_planes.ImagePlanes) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    assert planes.cb is not None
    assert planes.cr is not None
    return planes.cb, planes.cr


def at_full_size(chroma: NDArray[np.uint8], planes: seal_planes.ImagePlanes) -> NDArray[np.uint8]:
    """Repeat each chroma sample over the luma that it covers."""
    rows, cols = np.indices(planes.y.shape)
    return chroma[rows >> planes.chroma_shift_y, cols >> planes.chroma_shift_x]


@pytest.mark.parametrize("scale_denom", [1, 2, 4, 8])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("size", [(64, 96), (61, 83), (1, 1), (7, 130), (17, 16)])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_luma_equals_pillow_draft(size, subsampling, scale_denom, progressive):
    data = jpeg(smooth_rgb(*size), subsampling=subsampling, progressive=progressive)
    planes = decode(data, scale_denom=scale_denom)
    height, width = (-(-side // scale_denom) for side in size)
    assert (planes.height, planes.width) == planes.y.shape == (height, width)
    expected = Image.open(io.BytesIO(data))
    assert expected.draft("L", (max(size[1] // scale_denom, 1), max(size[0] // scale_denom, 1)))
    if expected.size == (width, height):  # draft never scales below one pixel
        assert farthest(planes.y, np.asarray(expected.convert("L"))) <= 1


@pytest.mark.parametrize(("subsampling", "shifts"), [(0, (0, 0)), (1, (1, 0)), (2, (1, 1))])
@pytest.mark.parametrize("scale_denom", [1, 2, 4, 8])
def test_jpeg_chroma_has_its_own_resolution_and_place(subsampling, shifts, scale_denom):
    rgb = smooth_rgb(128, 192)
    planes = decode(jpeg(rgb, subsampling=subsampling, quality=100), scale_denom=scale_denom)
    assert (planes.chroma_shift_x, planes.chroma_shift_y) == shifts
    block = (scale_denom << shifts[0], scale_denom << shifts[1])
    for plane, wanted in zip(colour_planes(planes), jfif(rgb)[1:], strict=True):
        small = cv2.resize(wanted, (192 // block[0], 128 // block[1]), interpolation=cv2.INTER_AREA)
        assert farthest(plane, small) < 12  # a DCT scale is not a box filter
        assert np.corrcoef(plane.ravel(), small.ravel())[0, 1] > 0.99


def test_jpeg_full_chroma_is_that_of_opencv():
    data = jpeg(smooth_rgb(64, 96), subsampling=0)
    planes = decode(data)
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    back = cv2.cvtColor(np.dstack([planes.y, *colour_planes(planes)[::-1]]), cv2.COLOR_YCrCb2BGR)
    assert farthest(back, bgr) <= 2


@pytest.mark.parametrize("sampling", ["4:4:0", "4:1:1"])
def test_jpeg_other_samplings(sampling):
    rgb = smooth_rgb(64, 96)
    factor = {
        "4:4:0": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_440,
        "4:1:1": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_411,
    }
    written, data = cv2.imencode(
        ".jpg", rgb[:, :, ::-1], [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, factor[sampling]]
    )
    assert written
    planes = decode(data.tobytes())
    assert (planes.chroma_shift_x, planes.chroma_shift_y) == {"4:4:0": (0, 1), "4:1:1": (2, 0)}[
        sampling
    ]
    cb, cr = colour_planes(planes)
    assert cb.shape == cr.shape == (64 >> planes.chroma_shift_y, 96 >> planes.chroma_shift_x)
    assert farthest(planes.y, cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)) <= 1


@pytest.mark.parametrize("scale_denom", [1, 2])
def test_jpeg_stored_as_rgb_is_converted(scale_denom):
    rgb = smooth_rgb(64, 96)
    planes = decode(jpeg(rgb, keep_rgb=True, subsampling=0, quality=100), scale_denom=scale_denom)
    assert planes.chroma_shift_x == planes.chroma_shift_y == 0
    y, cb, cr = (
        cv2.resize(p, None, fx=1 / scale_denom, fy=1 / scale_denom, interpolation=cv2.INTER_AREA)
        for p in jfif(rgb)
    )
    for plane, wanted in zip((planes.y, *colour_planes(planes)), (y, cb, cr), strict=True):
        assert farthest(plane, wanted) <= (4 if scale_denom == 1 else 12)


def test_jpeg_grey():
    grey = smooth_rgb()[:, :, 0]
    data = jpeg(grey)
    planes = decode(data)
    assert planes.kind == "grey"
    assert planes.cb is planes.cr is None
    assert farthest(planes.y, np.asarray(Image.open(io.BytesIO(data)))) == 0


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "TIFF"])
def test_slow_formats_follow_the_jfif_formula(file_format):
    rgb = smooth_rgb()
    planes = decode(encode(rgb, file_format))
    assert (planes.kind, planes.file_format) == ("colour", file_format)
    for plane, wanted in zip((planes.y, *colour_planes(planes)), jfif(rgb), strict=True):
        assert farthest(plane, wanted) <= 1


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "TIFF"])
def test_slow_formats_keep_grey_exactly(file_format):
    grey = smooth_rgb()[:, :, 1]
    planes = decode(encode(grey, file_format))
    assert planes.kind == "grey"
    assert farthest(planes.y, grey) == 0


@pytest.mark.parametrize(
    ("file_format", "options"),
    [
        ("TIFF", {"compression": "group4"}),
        ("TIFF", {"compression": "group3"}),
        ("TIFF", {}),
        ("PNG", {}),
        ("BMP", {}),
    ],
)
def test_bilevel(file_format, options):
    ink = smooth_rgb()[:, :, 0] > 128
    planes = decode(encode(Image.fromarray(ink), file_format, **options))
    assert planes.kind == "bilevel"
    assert farthest(planes.y, ink * 255) == 0


def test_tiff_gives_its_first_page():
    first, second = Image.new("L", (9, 5), 10), Image.new("L", (4, 4), 200)
    planes = decode(encode(first, "TIFF", save_all=True, append_images=[second]))
    assert planes.y.shape == (5, 9)
    assert (planes.y == 10).all()


def test_sixteen_bit_grey_is_rounded():
    deep = np.array([[0, 128, 129, 257, 32768, 65535]], np.uint16)
    for file_format in ("PNG", "TIFF"):
        planes = decode(encode(deep, file_format))
        assert planes.kind == "grey"
        assert planes.y.tolist() == [[0, 0, 1, 1, 128, 255]]


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_alpha_is_laid_on_white(mode):
    clear, solid = ((10, 20, 30, 0), (10, 20, 30, 255)) if mode == "RGBA" else ((40, 0), (40, 255))
    image = Image.new(mode, (2, 1))
    image.putpixel((0, 0), clear)
    image.putpixel((1, 0), solid)
    planes = decode(encode(image, "PNG"))
    assert planes.kind == ("colour" if mode == "RGBA" else "grey")
    assert planes.y.tolist() == [[255, 18 if mode == "RGBA" else 40]]


@pytest.mark.parametrize(
    ("colours", "kind"),
    [
        ([(0, 0, 0), (255, 255, 255)], "bilevel"),
        ([(9, 9, 9), (200, 200, 200)], "grey"),
        ([(255, 0, 0), (9, 9, 9)], "colour"),
    ],
)
def test_palette_kind_is_that_of_its_colours(colours, kind):
    image = Image.new("P", (2, 1))
    image.putpalette([value for colour in colours for value in colour])
    image.putpixel((1, 0), 1)
    planes = decode(encode(image, "PNG"))
    assert planes.kind == kind
    assert farthest(planes.y, jfif(np.array([colours], np.uint8))[0]) <= 1


def test_interlaced_png():
    rgb = smooth_rgb(33, 29)
    assert farthest(decode(interlaced_png(rgb)).y, decode(encode(rgb, "PNG")).y) == 0


@pytest.mark.parametrize("scale_denom", [2, 4, 8])
def test_slow_scale_is_a_block_mean_with_jpeg_sizes(scale_denom):
    grey = smooth_rgb(61, 83)[:, :, 0]
    small = decode(encode(grey, "PNG"), scale_denom=scale_denom)
    assert small.y.shape == (-(-61 // scale_denom), -(-83 // scale_denom))
    block = grey[:scale_denom, scale_denom : 2 * scale_denom]
    assert abs(float(small.y[0, 1]) - block.mean()) <= 0.5 + 1e-9


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("size", [(48, 80), (45, 79)])
def test_orientation_is_applied(orientation, subsampling, size):
    data = jpeg(
        smooth_rgb(*size),
        subsampling=subsampling,
        exif=exif_orientation(orientation),
        dpi=(100, 200),
    )
    planes = decode(data)
    image = Image.open(io.BytesIO(data))
    image.draft("YCbCr", image.size)
    upright = ImageOps.exif_transpose(image)
    assert (planes.width, planes.height) == upright.size
    assert planes.orientation == orientation
    assert (planes.dpi_x, planes.dpi_y) == ((200, 100) if orientation >= 5 else (100, 200))
    assert farthest(planes.y, np.asarray(upright)[:, :, 0]) == 0

    # The chroma must stay with its luma: laid out at full size, it is the stored one, turned.
    stored = decode(jpeg(smooth_rgb(*size), subsampling=subsampling))
    for plane, before in zip(colour_planes(planes), colour_planes(stored), strict=True):
        flat = Image.fromarray(at_full_size(before, stored))
        flat.getexif()[0x0112] = orientation
        assert farthest(at_full_size(plane, planes), np.asarray(ImageOps.exif_transpose(flat))) == 0


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_orientation_of_slow_formats(orientation, file_format):
    grey = smooth_rgb(20, 31)[:, :, 0]
    planes = decode(encode(grey, file_format, exif=exif_orientation(orientation), dpi=(100, 200)))
    turned = Image.fromarray(grey)
    turned.getexif()[0x0112] = orientation
    assert farthest(planes.y, np.asarray(ImageOps.exif_transpose(turned))) == 0
    assert planes.orientation == orientation
    assert (planes.dpi_x, planes.dpi_y) == pytest.approx(
        (200, 100) if orientation >= 5 else (100, 200), abs=0.02
    )


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "BMP", "TIFF"])
def test_resolution_comes_from_the_file(file_format):
    planes = decode(encode(smooth_rgb(), file_format, dpi=(200, 300)))
    assert (planes.dpi_x, planes.dpi_y) == pytest.approx((200, 300), abs=0.02)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "BMP", "TIFF"])
def test_resolution_of_the_caller_wins_and_follows_the_scale(file_format):
    planes = decode(encode(smooth_rgb(), file_format, dpi=(100, 100)), dpi=300, scale_denom=2)
    assert (planes.dpi_x, planes.dpi_y) == (150, 150)


def test_resolution_is_unknown_when_the_file_does_not_say_or_talks_nonsense():
    for data in (jpeg(smooth_rgb()), encode(smooth_rgb(), "PNG"), jpeg(smooth_rgb(), dpi=(1, 1))):
        planes = decode(data)
        assert planes.dpi_x is planes.dpi_y is None


def test_resolution_from_exif_when_jfif_is_silent():
    assert decode(jpeg(smooth_rgb(), exif=exif_orientation(1, 240.0))).dpi_x == 240
    assert decode(jpeg(smooth_rgb(), exif=exif_orientation(1, 240.0), dpi=(300, 300))).dpi_x == 300


def test_planes_are_read_only_aligned_and_contiguous_by_row():
    planes = decode(jpeg(smooth_rgb()))
    for plane in (planes.y, *colour_planes(planes)):
        assert plane.dtype == np.uint8
        assert plane.ctypes.data % 64 == 0
        assert plane.strides[1] == 1
        assert plane.strides[0] % 64 == 0
        with pytest.raises(ValueError, match="read-only"):
            plane[0, 0] = 1
        with pytest.raises(ValueError, match="cannot set WRITEABLE"):
            plane.flags.writeable = True
    with pytest.raises(AttributeError):
        planes.y = planes.y  # type: ignore[misc]


def test_padded_rows_are_not_handed_out_as_one_run_of_bytes():
    padded, whole = decode(jpeg(smooth_rgb(8, 60))), decode(jpeg(smooth_rgb(8, 64)))
    with pytest.raises(BufferError, match="padded"):
        (ctypes.c_char * 480).from_buffer_copy(padded.y.base.obj)
    assert bytes(memoryview(padded.y.base.obj)) == padded.y.tobytes()
    assert bytes(memoryview(whole.y.base.obj)) == whole.y.tobytes()


def test_views_outlive_the_picture_and_memory_is_wiped_with_the_last_of_them():
    planes = decode(encode(np.full((64, 64), 200, np.uint8), "PNG"))
    view = planes.y[10:20]
    # Allocated before the plane goes: looking at freed memory must not itself reuse it.
    memory = (ctypes.c_ubyte * 2048).from_address(planes.y.ctypes.data + 256)
    before = (ctypes.c_ubyte * 2048)()
    ctypes.memmove(before, memory, 2048)
    del planes
    gc.collect()
    assert (view == 200).all()
    assert set(before) == {200}
    del view
    gc.collect()
    ctypes.memmove(before, memory, 2048)
    assert set(before) == {0}


def test_every_buffer_type_is_accepted_and_not_changed():
    data = jpeg(smooth_rgb())
    wanted = decode(data).y
    for same in (bytearray(data), memoryview(data), memoryview(data + data)[: len(data)]):
        assert farthest(decode(same).y, wanted) == 0


def test_many_threads_decode_the_same_bits():
    data = jpeg(smooth_rgb(300, 400))
    wanted = decode(data).y.tobytes()
    answers: list[bool] = []

    def work() -> None:
        answers.extend(decode(data).y.tobytes() == wanted for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 160


def test_errors_survive_pickling_with_their_numbers():
    with pytest.raises(seal_planes.TooManyPixelsError) as caught:
        decode(jpeg(smooth_rgb(10, 20)), max_pixels=199)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.code, again.width_px, again.height_px, again.max_pixels) == (
        "TOO_MANY_PIXELS",
        20,
        10,
        199,
    )
    assert "20 x 10" in str(again)


def test_representation_shows_no_pixels():
    assert (
        repr(decode(jpeg(smooth_rgb(10, 20))))
        == "<ImagePlanes JPEG colour 20 x 10 px, dpi None x None, 1/1>"
    )


def test_see_through_pictures_taller_than_a_strip_have_no_seam():
    rgb = smooth_rgb(600, 40)
    alpha = np.full((600, 40, 1), 255, np.uint8)
    solid = decode(encode(np.concatenate([rgb, alpha], axis=2), "PNG"))
    assert farthest(solid.y, decode(encode(rgb, "PNG")).y) == 0


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_one_declared_colour_may_be_see_through(mode):
    image = Image.fromarray(np.array([[0, 255]], np.uint8)).convert(mode)
    black = image.getpixel((0, 0))
    planes = decode(encode(image, "PNG", transparency=black))
    assert planes.y.tolist() == [[255, 255]]
