"""Every way in which a picture can be refused: a class per failure, with its code and numbers.

``args`` holds the numbers in the order of the constructor, so the errors survive pickling. The
words of a third-party decoder are never part of a message; they stay in ``__cause__`` for a log.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "BadDpiError",
    "BadScaleError",
    "CorruptError",
    "EmptyInputError",
    "PlanesError",
    "TooManyBytesError",
    "TooManyPixelsError",
    "TooManyScansError",
    "TruncatedError",
    "UnknownFormatError",
    "UnsupportedCodingError",
    "UnsupportedColourError",
]


class PlanesError(ValueError):
    """A picture was refused; `code` is stable and fit for a program to act on."""

    code: ClassVar[str] = "PLANES"


class EmptyInputError(PlanesError):
    """There are no bytes at all."""

    code = "EMPTY_INPUT"

    def __str__(self) -> str:
        """Say it in one line."""
        return "the image is empty: 0 bytes"


class TooManyBytesError(PlanesError):
    """The file is larger than the caller allows."""

    code = "TOO_MANY_BYTES"

    def __init__(self, size: int, max_bytes: int) -> None:
        super().__init__(size, max_bytes)
        self.size = size
        self.max_bytes = max_bytes

    def __str__(self) -> str:
        """Say it in one line."""
        return f"the image file has {self.size} bytes; at most {self.max_bytes} are accepted"


class UnknownFormatError(PlanesError):
    """The first bytes are not those of JPEG, PNG, BMP or TIFF."""

    code = "UNKNOWN_FORMAT"

    def __init__(self, first_bytes_hex: str) -> None:
        super().__init__(first_bytes_hex)
        self.first_bytes_hex = first_bytes_hex

    def __str__(self) -> str:
        """Say it in one line."""
        return f"not a JPEG, PNG, BMP or TIFF file: it begins with {self.first_bytes_hex}"


class TooManyPixelsError(PlanesError):
    """The header announces more pixels than the caller allows; no memory was taken for them."""

    code = "TOO_MANY_PIXELS"

    def __init__(self, width_px: int, height_px: int, max_pixels: int) -> None:
        super().__init__(width_px, height_px, max_pixels)
        self.width_px = width_px
        self.height_px = height_px
        self.max_pixels = max_pixels

    def __str__(self) -> str:
        """Say it in one line."""
        pixels = self.width_px * self.height_px
        return (
            f"the image is {self.width_px} x {self.height_px} = {pixels} pixels; "
            f"at most {self.max_pixels} are accepted"
        )


class TooManyScansError(PlanesError):
    """The JPEG has so many scans that its decoding time is out of proportion to its size."""

    code = "TOO_MANY_SCANS"

    def __init__(self, scans: int, max_scans: int) -> None:
        super().__init__(scans, max_scans)
        self.scans = scans
        self.max_scans = max_scans

    def __str__(self) -> str:
        """Say it in one line."""
        return f"the JPEG has {self.scans} scans; at most {self.max_scans} are accepted"


class TruncatedError(PlanesError):
    """The file ends before its picture does."""

    code = "TRUNCATED"

    def __init__(self, file_format: str, size: int) -> None:
        super().__init__(file_format, size)
        self.file_format = file_format
        self.size = size

    def __str__(self) -> str:
        """Say it in one line."""
        return f"the {self.file_format} file ends early, after {self.size} bytes"


class CorruptError(PlanesError):
    """The file breaks the rules of its own format; `part` says in which part it does."""

    code = "CORRUPT"

    def __init__(self, file_format: str, part: str) -> None:
        super().__init__(file_format, part)
        self.file_format = file_format
        self.part = part

    def __str__(self) -> str:
        """Say it in one line."""
        return f"the {self.file_format} file is damaged in its {self.part}"


class UnsupportedColourError(PlanesError):
    """The colours of the file are not grey, RGB or YCbCr of 8 or 16 bits."""

    code = "UNSUPPORTED_COLOUR"

    def __init__(self, file_format: str, colour: str) -> None:
        super().__init__(file_format, colour)
        self.file_format = file_format
        self.colour = colour

    def __str__(self) -> str:
        """Say it in one line."""
        return f"the {self.file_format} file has {self.colour} colours; save it as RGB or grey"


class UnsupportedCodingError(PlanesError):
    """The JPEG is arithmetic, lossless, hierarchical or not of 8 bits."""

    code = "UNSUPPORTED_CODING"

    def __init__(self, file_format: str, coding: str) -> None:
        super().__init__(file_format, coding)
        self.file_format = file_format
        self.coding = coding

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"{self.coding} {self.file_format} is not supported; save it as an 8-bit baseline file"
        )


class BadDpiError(PlanesError):
    """The caller's resolution is not a finite number within the accepted range."""

    code = "BAD_DPI"

    def __init__(self, dpi: float, min_dpi: float, max_dpi: float) -> None:
        super().__init__(dpi, min_dpi, max_dpi)
        self.dpi = dpi
        self.min_dpi = min_dpi
        self.max_dpi = max_dpi

    def __str__(self) -> str:
        """Say it in one line."""
        return f"the resolution {self.dpi} dpi is not within {self.min_dpi} to {self.max_dpi} dpi"


class BadScaleError(PlanesError):
    """`scale_denom` is not 1, 2, 4 or 8."""

    code = "BAD_SCALE"

    def __init__(self, scale_denom: object) -> None:
        super().__init__(scale_denom)
        self.scale_denom = scale_denom

    def __str__(self) -> str:
        """Say it in one line."""
        return f"scale_denom is {self.scale_denom}; it must be 1, 2, 4 or 8"
