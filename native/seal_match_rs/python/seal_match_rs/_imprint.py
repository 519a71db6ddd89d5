"""What one stamping leaves and another does not repeat, kept to find it again.

A replay is the very impression of an earlier voucher, copied into a new one. Inside the strokes,
where the die is flat, each stamping has a film of its own, and along them a grain of its own. An
*imprint* is both in five levels, small enough to be kept for every accepted impression.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from seal_match_rs._errors import ImprintError
from seal_match_rs._native import (
    Comparison,
    Template,
    imprint_levels,
    imprint_likeness,
)

_MAGIC = b"SMI1"
_HEAD = struct.Struct("<4s16sHH")
_HIGHEST = 10
_MAX_SIDE = 1024


@dataclass(frozen=True, slots=True)
class Likeness:
    """How far two imprints agree.

    Attributes
    ----------
    value : float
        -1 to 1: two thirds `film`, one third `outline`. About 0.1 for two stampings, near 1 for one
        and its copy.
    film, outline : float
        Correlation, -1 to 1, of the films inside the strokes and of the grain of their edges.
    samples : int
        Samples of the grid (`Template.PX_PER_MM` a millimetre) that both imprints know.
    """

    value: float
    film: float
    outline: float
    samples: int


@dataclass(frozen=True, slots=True, eq=False)
class Imprint:
    """The film of one stamping on the grid of the template that it was examined with.

    Attributes
    ----------
    levels : ndarray
        (H, W) uint8: 0 unknown (paper, covered); inside strokes 1, the thinnest film, to 5, the
        thickest; along their edges 6 to 10 likewise.
    template_digest : bytes
        First 16 bytes of the SHA-256 of the template; imprints of two templates cannot be compared.
    """

    levels: NDArray[np.uint8]
    template_digest: bytes

    def likeness_to(self, other: Imprint) -> Likeness | None:
        """Return how far both agree; the order does not matter.

        Returns
        -------
        Likeness or None
            None: they share too few samples of either kind to say anything (fewer than 200, 3 mm²).

        Raises
        ------
        ImprintError
            They are of two templates.
        """
        if self.template_digest != other.template_digest:
            _refuse("the imprint is of another template")
        found = imprint_likeness(self.levels, other.levels)
        return None if found is None else Likeness(*found)

    def to_bytes(self) -> bytes:
        """Serialise: magic, digest, height and width, then the levels, deflated."""
        height, width = self.levels.shape
        head = _HEAD.pack(_MAGIC, self.template_digest, height, width)
        return head + zlib.compress(self.levels.tobytes(), 9)

    @classmethod
    def from_bytes(cls, data: bytes) -> Imprint:
        """Read what `to_bytes` wrote.

        Raises
        ------
        ImprintError
            The bytes are anything else; none of them make it use more than a few megabytes.
        """
        if len(data) < _HEAD.size:
            _refuse("the imprint is cut short")
        magic, digest, height, width = _HEAD.unpack_from(data)
        if magic != _MAGIC:
            _refuse("the bytes are not an imprint")
        if not (0 < height <= _MAX_SIDE and 0 < width <= _MAX_SIDE):
            _refuse("the imprint has no such size")
        reader = zlib.decompressobj()
        try:
            levels = reader.decompress(data[_HEAD.size :], height * width + 1)
        except zlib.error:
            _refuse("the imprint is damaged")
        if len(levels) != height * width or not reader.eof or reader.unused_data:
            _refuse("the imprint is damaged")
        codes = np.frombuffer(levels, np.uint8).reshape(height, width)
        if int(codes.max()) > _HIGHEST:
            _refuse("the imprint is damaged")
        return cls(codes, digest)


def take_imprint(template: Template, comparison: Comparison) -> Imprint:
    """Take the imprint of an impression that was examined with `template`.

    Raises
    ------
    AlignmentUntrustedError
        The alignment is only a guess.
    ImprintError
        The comparison was made with another template.
    """
    digest = hashlib.sha256(template.to_bytes()).digest()[:16]
    return Imprint(imprint_levels(template, comparison), digest)


def _refuse(why: str) -> NoReturn:
    error = ImprintError(why)
    error.code = "BAD_IMPRINT"
    raise error
