"""Loading a calibration profile: the packaged one, or a file's."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from seal_match_rs import Profile, ProfileError
from seal_service.adapters.matching.errors import ProfileUnreadableError

MAX_PROFILE_BYTES = 4 * 1024 * 1024


def load_profile(path: Path | None = None) -> Profile:
    """Return the profile in the file at `path`, or the packaged default.

    Raises
    ------
    ProfileUnreadableError
    """
    source = "default profile" if path is None else f"profile {path}"
    try:
        if path is None:
            text = files("seal_service").joinpath("profiles/default.toml").read_text("utf-8")
        elif not path.is_file():
            raise ProfileUnreadableError(source, "no such file")
        elif path.stat().st_size > MAX_PROFILE_BYTES:
            raise ProfileUnreadableError(source, "too large to be a profile")
        else:
            text = path.read_text("utf-8")
        return Profile.from_toml(text)
    except UnicodeDecodeError as error:
        raise ProfileUnreadableError(source, "not UTF-8 text") from error
    except OSError as error:
        raise ProfileUnreadableError(source, error.strerror or "cannot be read") from error
    except ProfileError as error:
        raise ProfileUnreadableError(source, str(error)) from error


def profile_label(profile: Profile) -> str:
    """Return how results name the profile: name, version and the start of its digest."""
    return f"{profile.name}-{profile.version}+{profile.digest[:12]}"
