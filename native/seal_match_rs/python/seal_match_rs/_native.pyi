from collections.abc import Sequence
from typing import Literal, TypeAlias, TypedDict, final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "EVIDENCE_CHANNELS",
    "FOLD_CHANNELS",
    "GRAIN_CHANNELS",
    "LIKENESS_CHANNELS",
    "AlignmentUntrustedError",
    "BoxError",
    "Comparison",
    "Decision",
    "EngineError",
    "FoldError",
    "ImageTooSmallError",
    "ImprintError",
    "Network",
    "NoSealError",
    "PlaneError",
    "PoorCardError",
    "Profile",
    "ProfileError",
    "ResolutionError",
    "Scan",
    "SealMatchError",
    "Template",
    "TemplateError",
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

__version__: str
EVIDENCE_CHANNELS: list[str]
LIKENESS_CHANNELS: list[str]
FOLD_CHANNELS: list[str]
GRAIN_CHANNELS: list[str]

def build_profile() -> Literal["release", "debug"]: ...
def simd_level() -> Literal["scalar", "avx2", "avx512"]: ...

class SealMatchError(ValueError):
    code: str

class PlaneError(SealMatchError): ...
class ResolutionError(SealMatchError): ...
class ImageTooSmallError(SealMatchError): ...
class NoSealError(SealMatchError): ...

class PoorCardError(SealMatchError):
    reason: str

class BoxError(SealMatchError): ...
class TemplateError(SealMatchError): ...
class ProfileError(SealMatchError): ...
class FoldError(SealMatchError): ...
class ImprintError(SealMatchError): ...
class AlignmentUntrustedError(SealMatchError): ...
class EngineError(SealMatchError): ...

class _EnrolReport(TypedDict):
    quality: float
    size_mm: list[float]
    centre_px: list[float]
    seals_on_card: int
    warnings: list[str]

@final
class Scan:
    def __new__(
        cls,
        luma: NDArray[np.uint8],
        cb: NDArray[np.uint8] | None = None,
        cr: NDArray[np.uint8] | None = None,
        *,
        dpi: float,
        bilevel: bool = False,
    ) -> Scan: ...
    @property
    def dpi(self) -> float: ...
    @property
    def bilevel(self) -> bool: ...

@final
class Template:
    PX_PER_MM: float
    @staticmethod
    def enrol(
        cards: Sequence[tuple[Scan, Sequence[float] | None]],
    ) -> tuple[Template, _EnrolReport]: ...
    @staticmethod
    def from_bytes(data: bytes) -> Template: ...
    def to_bytes(self) -> bytes: ...
    @property
    def size_mm(self) -> list[float]: ...
    @property
    def quality(self) -> float: ...
    @property
    def impressions(self) -> int: ...
    def ink(self) -> NDArray[np.float32]: ...
    def hull_mm(self) -> list[list[float]]: ...

@final
class Comparison:
    REGION_CHANNELS: list[str]
    @property
    def rotation_deg(self) -> float: ...
    @property
    def centre_px(self) -> list[float]: ...
    @property
    def scale(self) -> float: ...
    @property
    def trusted(self) -> bool: ...
    def evidence(self) -> dict[str, float]: ...
    def map_points(self, points_mm: Sequence[Sequence[float]]) -> list[list[float]]: ...
    def aligned(self) -> NDArray[np.float32]: ...
    def covered(self) -> NDArray[np.float32]: ...
    def extra(self) -> NDArray[np.float32]: ...
    def missing(self) -> NDArray[np.float32]: ...
    def shifts(self) -> list[list[float]]: ...
    def folds(self) -> NDArray[np.float32]: ...
    def regions(self) -> NDArray[np.float32]: ...
    def parts(self) -> NDArray[np.int32]: ...

def examine(
    template: Template, scan: Scan, *, search_box: Sequence[float] | None = None
) -> Comparison | None: ...

_Status: TypeAlias = Literal[
    "continuous", "shifted", "missing", "extra", "occluded", "poor_ink", "grazing", "merged"
]
_Stroke: TypeAlias = tuple[
    float,
    float,
    float,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    _Status,
]

class _FoldSweep(TypedDict):
    strokes_judged: int
    broken_share: float | None
    shifted_share: float | None
    unknown_share: float | None
    extra_share: float | None
    median_offset_mm: float | None
    p90_offset_mm: float | None
    broken_folds: float | None
    worst: list[tuple[float, float, int, int, int, float]]
    angles_deg: NDArray[np.float32]
    offsets_mm: NDArray[np.float32]
    judged: NDArray[np.uint16]
    broken: NDArray[np.uint16]
    shifted: NDArray[np.uint16]
    unknown: NDArray[np.uint16]
    extra: NDArray[np.uint16]
    offset_mm: NDArray[np.float32]
    break_mm: NDArray[np.float32]

def fold_compose(
    reference: NDArray[np.float32],
    moving: NDArray[np.float32],
    *,
    angle_deg: float,
    offset_mm: float,
    side: str,
    px_per_mm: float,
) -> NDArray[np.float32]: ...
def fold_strokes(
    template: Template, comparison: Comparison, *, angle_deg: float, offset_mm: float, side: str
) -> list[_Stroke]: ...
def fold_sweep(
    template: Template, comparison: Comparison, *, angles: int, offsets: int
) -> _FoldSweep: ...
def fold_sentence(
    angle_deg: float, offset_mm: float, broken: int, shifted: int, judged: int, break_mm: float
) -> str: ...
def grain_channels(
    template: Template, comparison: Comparison, scan: Scan
) -> NDArray[np.float32] | None: ...
def imprint_levels(template: Template, comparison: Comparison) -> NDArray[np.uint8]: ...
def imprint_likeness(
    first: NDArray[np.uint8], second: NDArray[np.uint8]
) -> tuple[float, float, float, int] | None: ...

@final
class Network:
    @staticmethod
    def from_toml(text: str) -> Network: ...
    @staticmethod
    def inputs(
        reference: NDArray[np.float32], moving: NDArray[np.float32], covered: NDArray[np.float32]
    ) -> NDArray[np.float32]: ...
    def channels(self, comparison: Comparison) -> NDArray[np.float32]: ...
    def maps(
        self, comparison: Comparison
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]: ...

@final
class Decision:
    @property
    def verdict(self) -> Literal["PASS", "FAIL", "REFER", "RETAKE"]: ...
    @property
    def score(self) -> float: ...
    @property
    def reasons(self) -> list[str]: ...
    @property
    def contributions(self) -> dict[str, float]: ...
    @property
    def quality(self) -> float: ...

@final
class Profile:
    @staticmethod
    def from_toml(text: str) -> Profile: ...
    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    def decide(
        self, comparison: Comparison | None, *, kind: Literal["colour", "grey", "bilevel"]
    ) -> Decision: ...
    def region_statistics(self, comparison: Comparison) -> NDArray[np.float32]: ...
