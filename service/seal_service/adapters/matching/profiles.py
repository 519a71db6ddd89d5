"""Loading a calibration profile: the packaged one, or a file's."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import seal_match_rs
from seal_match_rs import ProfileError
from seal_service.adapters.matching.errors import ProfileUnreadableError

MAX_PROFILE_BYTES = 8 * 1024 * 1024
_DIGITS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile as the engine reads it, and the SHA-256 of the text that it came from."""

    engine: seal_match_rs.Profile
    digest: str

    @property
    def label(self) -> str:
        """How results name the profile: name, version and the start of its digest."""
        return f"{self.engine.name}-{self.engine.version}+{self.digest[:_DIGITS_SHOWN]}"


def load_profile(path: Path | None = None) -> Profile:
    """Return the profile in the file at `path`, or the packaged default.

    Raises
    ------
    ProfileUnreadableError
    """
    source = "default profile" if path is None else f"profile {path}"
    try:
        content = _packaged() if path is None else _content(path, source)
        engine = seal_match_rs.Profile.from_toml(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ProfileUnreadableError(source, "not UTF-8 text") from error
    except (OSError, ValueError) as error:
        raise ProfileUnreadableError(source, _reason(error)) from error
    return Profile(engine, hashlib.sha256(content).hexdigest())


def _packaged() -> bytes:
    return files("seal_service").joinpath("profiles/default.toml").read_bytes()


def _content(path: Path, source: str) -> bytes:
    if not path.is_file():
        raise ProfileUnreadableError(source, "no such file")
    if path.stat().st_size > MAX_PROFILE_BYTES:
        raise ProfileUnreadableError(source, "too large to be a profile")
    return path.read_bytes()


def _reason(error: OSError | ValueError) -> str:
    """Say what the system, or the engine, did not like."""
    if isinstance(error, ProfileError):
        return str(error)
    if isinstance(error, OSError):
        return (error.strerror or "cannot be read").lower()
    return "not a valid path"
