from typing import Literal

__version__: str

def build_profile() -> Literal["release", "debug"]: ...
