"""One generator of picture files for every decoder test: known pixels in every flavour of file."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


def smooth_rgb(height: int = 61, width: int = 83, seed: int = 7) -> Pixels:
    """Make a picture with colour and structure, not symmetric in any way."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, size=(max(height // 8, 2), max(width // 8, 2), 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))


def encode(pixels: Pixels | Image.Image, file_format: str, **options: object) -> bytes:
    """Write a picture with Pillow."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    out = io.BytesIO()
    image.save(out, file_format, **options)
    return out.getvalue()


def jpeg(pixels: Pixels | Image.Image, **options: object) -> bytes:
    """Write a JPEG of good quality; `subsampling` is 0 (4:4:4), 1 (4:2:2) or 2 (4:2:0)."""
    return encode(pixels, "JPEG", **{"quality": 95, "subsampling": 2, **options})


def exif_orientation(orientation: int, dpi: float | None = None) -> bytes:
    """Make an EXIF block."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    if dpi:
        exif[0x011A] = exif[0x011B] = dpi
        exif[0x0128] = 2
    return exif.tobytes()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """Make one PNG chunk."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_header(width: int, height: int, *, interlace: int = 0) -> bytes:
    """Make the signature and IHDR of an 8-bit RGB PNG."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header)


def interlaced_png(rgb: Pixels) -> bytes:
    """Write an Adam7 PNG, which Pillow reads but cannot write: seven sub-pictures in turn."""
    passes = [
        (0, 0, 8, 8),
        (0, 4, 8, 8),
        (4, 0, 8, 4),
        (0, 2, 4, 4),
        (2, 0, 4, 2),
        (0, 1, 2, 2),
        (1, 0, 2, 1),
    ]
    rows = b"".join(
        b"\0" + row.tobytes()
        for top, left, down, right in passes
        for row in rgb[top::down, left::right]
    )
    header = png_header(rgb.shape[1], rgb.shape[0], interlace=1)
    return header + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")


def png_bomb(side: int = 60_000) -> bytes:
    """Make a PNG that announces a huge picture."""
    return png_header(side, side) + png_chunk(b"IDAT", zlib.compress(b"")) + png_chunk(b"IEND", b"")


def patched_jpeg_frame(data: bytes, **changes: int) -> bytes:
    """Change precision, height, width, components or marker in the first frame header."""
    at = next(i for i in range(len(data)) if data[i] == 0xFF and data[i + 1] in {0xC0, 0xC1, 0xC2})
    frame = bytearray(data)
    frame[at + 1] = changes.get("marker", frame[at + 1])
    frame[at + 4] = changes.get("precision", frame[at + 4])
    for name, offset in (("height", 5), ("width", 7)):
        if name in changes:
            struct.pack_into(">H", frame, at + offset, changes[name])
    frame[at + 9] = changes.get("components", frame[at + 9])
    return bytes(frame)


def bmp_bomb(side: int = 60_000) -> bytes:
    """Make a BMP that announces a huge picture."""
    info = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + info + b"\0" * 64


def tiff(tags: dict[int, tuple[int, int, int]], tail: bytes = b"") -> bytes:
    """Make a little-endian TIFF from ``{tag: (type, count, value)}`` and what follows them."""
    entries = b"".join(struct.pack("<HHII", tag, *tags[tag]) for tag in sorted(tags))
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", 0) + tail


def tiff_bomb(side: int = 60_000, compression: int = 4) -> bytes:
    """Make a bilevel G4 TIFF that announces a huge picture."""
    return tiff(
        {
            256: (4, 1, side),
            257: (4, 1, side),
            258: (3, 1, 1),
            259: (3, 1, compression),
            262: (3, 1, 0),
            273: (4, 1, 200),
            277: (3, 1, 1),
            278: (4, 1, side),
            279: (4, 1, 16),
        },
        b"\0" * 200,
    )
