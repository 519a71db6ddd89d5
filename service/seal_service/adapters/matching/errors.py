"""Why an image could not be used at all: one type per failure, each with a stable code.

A voucher that can be decoded but not judged is not an error: that is a RETAKE or REFER result.
`refusal_of` maps the native modules' errors to the same shape, so callers see one vocabulary.
"""

from __future__ import annotations

from typing import ClassVar

from seal_match_rs import SealMatchError
from seal_planes import PlanesError

Source = str
"""What an error says it is about: ``card`` or ``voucher`` and, if it came from a file, its path."""


class MatchingError(Exception):
    """An input was refused. `code` is fit for a program to act on; the text for a person."""

    code: ClassVar[str] = "MATCHING"


class FileMissingError(MatchingError):
    """There is no such file."""

    code = "FILE_NOT_FOUND"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.source = source

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.source}: no such file"


class FileUnreadableError(MatchingError):
    """The path is not a regular file, or the system does not let us read it."""

    code = "FILE_UNREADABLE"

    def __init__(self, source: Source, why: str) -> None:
        super().__init__(source, why)
        self.source = source
        self.why = why

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.source}: {self.why}"


class DpiUnknownError(MatchingError):
    """Neither the caller nor the file states a resolution; sizes in millimetres need one."""

    code = "DPI_UNKNOWN"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.source = source

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.source}: the file does not state its resolution; give it in dpi"


class DpiUnequalError(MatchingError):
    """The file states different resolutions along its axes."""

    code = "DPI_UNEQUAL"

    def __init__(self, source: Source, dpi_x: float, dpi_y: float) -> None:
        super().__init__(source, dpi_x, dpi_y)
        self.source = source
        self.dpi_x = dpi_x
        self.dpi_y = dpi_y

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"{self.source}: the file states {self.dpi_x:g} dpi across and {self.dpi_y:g} dpi down;"
            " scan with equal resolutions, or give the dpi if the file is wrong"
        )


class SearchBoxError(MatchingError):
    """The search box does not meet the voucher."""

    code = "BAD_BOX"

    def __init__(self, box: tuple[float, ...], width_px: int, height_px: int) -> None:
        super().__init__(box, width_px, height_px)
        self.box = box
        self.width_px = width_px
        self.height_px = height_px

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"the search box {list(self.box)} is empty or outside the voucher of "
            f"{self.width_px} x {self.height_px} px"
        )


class ImageRefusedError(MatchingError):
    """The decoder or the engine refused an image; the code is theirs."""

    def __init__(self, source: Source, refused_code: str, why: str) -> None:
        super().__init__(source, refused_code, why)
        self.source = source
        self.why = why
        self.code = refused_code  # type: ignore[misc]  # the one error that carries another's code

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.source}: {self.why}"


class ProfileUnreadableError(MatchingError):
    """The profile cannot be read or is not a profile that this engine reads."""

    code = "BAD_PROFILE"

    def __init__(self, source: Source, why: str) -> None:
        super().__init__(source, why)
        self.source = source
        self.why = why

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.source}: {self.why}"


class NothingAlignedError(MatchingError):
    """No seal in the voucher could be laid over the reserved one, so there is no pair to show."""

    code = "NOTHING_ALIGNED"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.source = source

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.source}: no seal could be laid over the reserved one"


class FoldRefusedError(MatchingError):
    """The engine refused a fold; the code is its own."""

    def __init__(self, refused_code: str, why: str) -> None:
        super().__init__(refused_code, why)
        self.why = why
        self.code = refused_code  # type: ignore[misc]  # the engine tells range from trust

    def __str__(self) -> str:
        """Say it in one line."""
        return self.why


def refusal_of(error: SealMatchError | PlanesError, source: Source) -> ImageRefusedError:
    """Return the error of a native module as ours."""
    return ImageRefusedError(source, getattr(error, "code", "MATCHING"), str(error))
