"""The closed vocabularies of the engine's interface."""

from typing import Literal, TypeAlias

Verdict: TypeAlias = Literal["PASS", "FAIL", "REFER", "RETAKE"]
"""PASS; FAIL: a stated difference; REFER: a person must look; RETAKE: the image is at fault."""

ScanKind: TypeAlias = Literal["colour", "grey", "bilevel"]
"""What a scan can tell about ink."""

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels; right and bottom are the far edge, not the last pixel."""

StrokeStatus: TypeAlias = Literal[
    "continuous", "shifted", "missing", "extra", "occluded", "poor_ink", "grazing", "merged"
]
"""continuous; broken: shifted, missing; unknown: occluded, poor_ink, grazing, merged; extra."""
