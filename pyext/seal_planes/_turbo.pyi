from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

_Bytes2D: TypeAlias = NDArray[np.uint8]

BUILD_PROFILE: Literal["release", "debug"]

class TurboError(Exception):
    args: tuple[str]

class TurboUnsuitedError(Exception): ...

class Plane:
    @property
    def rows(self) -> int: ...
    @property
    def cols(self) -> int: ...
    @property
    def stride(self) -> int: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...

def from_arrays(arrays: list[_Bytes2D]) -> list[Plane]: ...
def decode_jpeg(
    data: bytes, width: int, height: int, scale_denom: int, tolerated: bytes = b""
) -> tuple[list[Plane], int, int]: ...
def decode_jpeg_rgb(
    data: bytes, width: int, height: int, scale_denom: int, tolerated: bytes = b""
) -> Plane: ...
