# Written by `make stubs` from the crate; nobody edits it.

from collections.abc import Sequence
from typing import Final, Literal, SupportsFloat, SupportsIndex, final

import numpy as np
from numpy.typing import NDArray

from seal_match_rs._records import EnrolReport, FoldSweep, Stroke
from seal_match_rs._words import ScanKind, Verdict

__all__ = [
    "EVIDENCE_CHANNELS",
    "FOLD_CHANNELS",
    "GRAIN_CHANNELS",
    "LIKENESS_CHANNELS",
    "Comparison",
    "Decision",
    "Network",
    "Profile",
    "Scan",
    "Template",
    "__version__",
    "build_profile",
    "examine",
    "fold_compose",
    "fold_sentence",
    "fold_strokes",
    "fold_sweep",
    "grain_channels",
    "imprint_levels",
    "imprint_likeness",
    "simd_level",
]

EVIDENCE_CHANNELS: Final[list[str]]
FOLD_CHANNELS: Final[list[str]]
GRAIN_CHANNELS: Final[list[str]]
LIKENESS_CHANNELS: Final[list[str]]
__version__: Final[str]

@final
class Comparison:
    REGION_CHANNELS: Final[list[str]]
    """
    Names of the region channels, in order.
    """
    def aligned(self, /) -> NDArray[np.float32]: ...
    @property
    def centre_px(self, /) -> list[float]: ...
    def covered(self, /) -> NDArray[np.float32]: ...
    def evidence(self, /) -> dict[str, float]: ...
    def extra(self, /) -> NDArray[np.float32]: ...
    def folds(self, /) -> NDArray[np.float32]: ...
    def map_points(self, /, points_mm: Sequence[Sequence[float]]) -> list[list[float]]: ...
    def missing(self, /) -> NDArray[np.float32]: ...
    def parts(self, /) -> NDArray[np.int32]: ...
    def regions(self, /) -> NDArray[np.float32]: ...
    @property
    def rotation_deg(self, /) -> float: ...
    @property
    def scale(self, /) -> float: ...
    def shifts(self, /) -> list[list[float]]: ...
    @property
    def trusted(self, /) -> bool: ...

@final
class Decision:
    @property
    def contributions(self, /) -> dict[str, float]: ...
    @property
    def quality(self, /) -> float: ...
    @property
    def reasons(self, /) -> list[str]: ...
    @property
    def score(self, /) -> float: ...
    @property
    def verdict(self, /) -> Verdict: ...

@final
class Network:
    def channels(self, /, comparison: Comparison) -> NDArray[np.float32]: ...
    @staticmethod
    def from_toml(text: str) -> Network: ...
    @staticmethod
    def inputs(
        reference: NDArray[np.float32], moving: NDArray[np.float32], covered: NDArray[np.float32]
    ) -> NDArray[np.float32]: ...
    def maps(
        self, /, comparison: Comparison
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]: ...

@final
class Profile:
    def decide(self, /, comparison: Comparison | None, *, kind: ScanKind) -> Decision: ...
    @staticmethod
    def from_toml(text: str) -> Profile: ...
    @property
    def name(self, /) -> str: ...
    def region_statistics(self, /, comparison: Comparison) -> NDArray[np.float32]: ...
    @property
    def version(self, /) -> str: ...

@final
class Scan:
    def __new__(
        cls,
        /,
        luma: NDArray[np.uint8],
        cb: NDArray[np.uint8] | None = None,
        cr: NDArray[np.uint8] | None = None,
        *,
        dpi: SupportsFloat | SupportsIndex,
        bilevel: bool = False,
    ) -> Scan: ...
    @property
    def bilevel(self, /) -> bool: ...
    @property
    def dpi(self, /) -> float: ...

@final
class Template:
    PX_PER_MM: Final[float]
    """
    Samples per millimetre of `ink` and of every map of a comparison.
    """
    @staticmethod
    def enrol(
        cards: Sequence[tuple[Scan, Sequence[float] | None]],
    ) -> tuple[Template, EnrolReport]: ...
    @staticmethod
    def from_bytes(data: bytes) -> Template: ...
    def hull_mm(self, /) -> list[list[float]]: ...
    @property
    def impressions(self, /) -> int: ...
    def ink(self, /) -> NDArray[np.float32]: ...
    @property
    def quality(self, /) -> float: ...
    @property
    def size_mm(self, /) -> list[float]: ...
    def to_bytes(self, /) -> bytes: ...

def build_profile() -> Literal["release", "debug"]: ...
def examine(
    template: Template, scan: Scan, *, search_box: Sequence[float] | None = None
) -> Comparison | None: ...
def fold_compose(
    reference: NDArray[np.float32],
    moving: NDArray[np.float32],
    *,
    angle_deg: SupportsFloat | SupportsIndex,
    offset_mm: SupportsFloat | SupportsIndex,
    side: str,
    px_per_mm: SupportsFloat | SupportsIndex,
) -> NDArray[np.float32]: ...
def fold_sentence(
    angle_deg: SupportsFloat | SupportsIndex,
    offset_mm: SupportsFloat | SupportsIndex,
    broken: SupportsIndex,
    shifted: SupportsIndex,
    judged: SupportsIndex,
    break_mm: SupportsFloat | SupportsIndex,
) -> str: ...
def fold_strokes(
    template: Template,
    comparison: Comparison,
    *,
    angle_deg: SupportsFloat | SupportsIndex,
    offset_mm: SupportsFloat | SupportsIndex,
    side: str,
) -> list[Stroke]: ...
def fold_sweep(
    template: Template, comparison: Comparison, *, angles: SupportsIndex, offsets: SupportsIndex
) -> FoldSweep: ...
def grain_channels(
    template: Template, comparison: Comparison, scan: Scan
) -> NDArray[np.float32] | None: ...
def imprint_levels(template: Template, comparison: Comparison) -> NDArray[np.uint8]: ...
def imprint_likeness(
    first: NDArray[np.uint8], second: NDArray[np.uint8]
) -> tuple[float, float, float, int] | None: ...
def simd_level() -> Literal["scalar", "avx2", "avx512"]: ...
