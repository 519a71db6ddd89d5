"""PNG, BMP and TIFF through Pillow: slower than JPEG, and giving the same planes.

Pillow's plugin classes are called directly. ``Image.open`` would try every format on hostile bytes,
and checks the size against one global limit with a warning; we check it against the caller's limit,
before ``load`` takes any memory. Embedded ICC profiles and gamma are ignored, as scanners' profiles
do not change what is ink and what is paper.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import BmpImagePlugin, Image, ImageFile, PngImagePlugin, TiffImagePlugin

from seal_planes._exif import facts_of_image
from seal_planes._planes import FileFormat, Kind
from seal_planes._resolution import DpiPair, plausible_dpi
from seal_planes.errors import (
    CorruptError,
    TooManyPixelsError,
    TruncatedError,
    UnsupportedColourError,
)

_PLUGINS: dict[FileFormat, type[ImageFile.ImageFile]] = {
    "PNG": PngImagePlugin.PngImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
}
_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"
_TILE_WIDTH, _TILE_LENGTH, _BITS_PER_SAMPLE, _PHOTOMETRIC = 322, 323, 258, 262
_STRIP_ROWS = 256
_SIXTEEN_BIT = {"I;16", "I;16L", "I;16B", "I;16N"}

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SlowPicture:
    """A decoded picture in its stored direction.

    Attributes
    ----------
    pixels : ndarray, shape (rows, cols) or (rows, cols, 3), dtype uint8
        Grey or bilevel values, or RGB.
    kind : str
        What the file holds.
    dpi : tuple
        Resolution along the columns and the rows of `pixels`, or Nones.
    orientation : int
        What is left to be applied to `pixels`, 1 to 8.
    file_orientation : int
        What the file says; Pillow turns TIFFs itself.
    """

    pixels: Pixels
    kind: Kind
    dpi: DpiPair
    orientation: int
    file_orientation: int


def decode_slow(data: bytes, file_format: FileFormat, max_pixels: int) -> SlowPicture:
    """Decode the first page of a PNG, BMP or TIFF file.

    Raises
    ------
    TooManyPixelsError, TruncatedError, CorruptError, UnsupportedColourError
    """
    # Pillow is content with pixels; a PNG without its end has lost the checksum of its last ones.
    if file_format == "PNG" and _PNG_END not in data:
        raise TruncatedError(file_format, len(data))
    try:
        image = _PLUGINS[file_format](io.BytesIO(data))
        width, height = image.size
    except MemoryError:
        raise
    except Exception as error:  # Pillow's parsers raise many kinds on hostile bytes
        raise _refusal(error, file_format, "header", len(data)) from error
    with image:
        if width < 1 or height < 1:
            raise CorruptError(file_format, "header")
        _check_size(image, max_pixels)
        file_orientation = facts_of_image(image).orientation
        try:
            image.load()
        except MemoryError:
            raise
        except Exception as error:
            raise _refusal(error, file_format, "compressed data", len(data)) from error
        pixels, kind = _pixels(image, file_format)
        dpi = plausible_dpi(*_claimed_dpi(image))
        left = facts_of_image(image).orientation
        return SlowPicture(pixels, kind, dpi, left, file_orientation)


def _refusal(
    error: Exception, file_format: FileFormat, part: str, size: int
) -> TruncatedError | CorruptError:
    """Translate whatever Pillow raised. TIFF data that ends early is often only seen as damage."""
    if isinstance(error, EOFError) or "truncated" in str(error).lower():
        return TruncatedError(file_format, size)
    return CorruptError(file_format, part)


def _check_size(image: ImageFile.ImageFile, max_pixels: int) -> None:
    """Refuse a picture, or a single tile of a TIFF, of more than `max_pixels`."""
    sizes = [image.size]
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        tile = image.tag_v2.get(_TILE_WIDTH), image.tag_v2.get(_TILE_LENGTH)
        if isinstance(tile[0], int) and isinstance(tile[1], int):
            sizes.append((tile[0], tile[1]))
    for width, height in sizes:
        if width * height > max_pixels:
            raise TooManyPixelsError(width, height, max_pixels)


def _claimed_dpi(image: Image.Image) -> tuple[object, object]:
    """Return what the file says of its resolution, believable or not."""
    claim = image.info.get("dpi")
    return claim if isinstance(claim, tuple) and len(claim) == 2 else (None, None)


def _pixels(image: Image.Image, file_format: FileFormat) -> tuple[Pixels, Kind]:
    """Bring any colour mode to 8-bit grey or RGB on white paper."""
    mode = image.mode
    see_through = "transparency" in image.info
    if mode in _SIXTEEN_BIT:
        _check_depth(image, file_format)
        return _eight_bit(image), "grey"
    if mode == "1" and not see_through:
        return np.asarray(image.convert("L")), "bilevel"
    if mode == "L" and not see_through:
        return np.asarray(image), "grey"
    if mode in {"1", "L", "LA", "La"}:
        return _on_white(image)[:, :, 0], "grey"
    if mode == "P":
        return _palette_kind(_on_white(image) if see_through else np.asarray(image.convert("RGB")))
    if mode in {"RGBA", "RGBa", "PA"} or (mode == "RGB" and see_through):
        return _on_white(image), "colour"
    if mode == "RGB":
        return np.asarray(image), "colour"
    if mode == "RGBX":
        return np.asarray(image.convert("RGB")), "colour"
    raise UnsupportedColourError(file_format, mode)


def _check_depth(image: Image.Image, file_format: FileFormat) -> None:
    """Refuse the deep greys whose black or white Pillow leaves to its caller."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        if image.tag_v2.get(_BITS_PER_SAMPLE, (16,))[0] != 16:
            raise UnsupportedColourError(file_format, "12-bit grey")
        if image.tag_v2.get(_PHOTOMETRIC) == 0:
            raise UnsupportedColourError(file_format, "16-bit white-is-zero")


def _eight_bit(image: Image.Image) -> Pixels:
    """Round 16-bit grey to 8 bits; one value may be declared see-through."""
    table = ((np.arange(65536) * 255 + 32767) // 65535).astype(np.uint8)
    clear = image.info.get("transparency")
    if isinstance(clear, int) and 0 <= clear < 65536:
        table[clear] = 255
    return np.asarray(table[np.asarray(image)])


def _on_white(image: Image.Image) -> Pixels:
    """Lay a see-through picture on white paper, in strips, to save memory."""
    width, height = image.size
    rgb = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, _STRIP_ROWS):
        bottom = min(top + _STRIP_ROWS, height)
        strip = image.crop((0, top, width, bottom))
        strip = (strip.convert("LA") if image.mode == "La" else strip).convert("RGBA")
        paper = Image.new("RGBA", strip.size, (255, 255, 255, 255))
        rgb[top:bottom] = np.asarray(Image.alpha_composite(paper, strip).convert("RGB"))
    return rgb


def _palette_kind(rgb: Pixels) -> tuple[Pixels, Kind]:
    """Judge by the colours that occur: scanners store grey and bilevel pictures so, too."""
    first = rgb[:, :, 0]
    if not (np.array_equal(first, rgb[:, :, 1]) and np.array_equal(first, rgb[:, :, 2])):
        return rgb, "colour"
    bilevel = bool(np.isin(first, (0, 255)).all())
    return np.ascontiguousarray(first), "bilevel" if bilevel else "grey"


def shrink(pixels: Pixels, scale_denom: int) -> Pixels:
    """Average blocks of `scale_denom` x `scale_denom` pixels, after repeating the edge."""
    if scale_denom == 1:
        return pixels
    rows, cols = pixels.shape[:2]
    out_rows, out_cols = -(-rows // scale_denom), -(-cols // scale_denom)
    bottom, right = out_rows * scale_denom - rows, out_cols * scale_denom - cols
    whole = cv2.copyMakeBorder(pixels, 0, bottom, 0, right, cv2.BORDER_REPLICATE)
    return np.asarray(
        cv2.resize(whole, (out_cols, out_rows), interpolation=cv2.INTER_AREA), np.uint8
    )


def split_rgb(rgb: Pixels) -> list[Pixels]:
    """Convert RGB, shape (rows, cols, 3), to Y, Cb, Cr: JFIF's formula within one level."""
    ycrcb = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2YCrCb)
    return [np.asarray(ycrcb[:, :, channel], np.uint8) for channel in (0, 2, 1)]
