"""The component's files as they are shipped."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

WEB = "seal_service.viewer.web"


@cache
def component_style() -> str:
    """Return the stylesheet; every rule of it begins with `.sv`."""
    return files(WEB).joinpath("seal_view.css").read_text("utf-8")


@cache
def component_modules() -> dict[str, str]:
    """Return the ES modules, source by file name; `seal_view.js` exports `mount`."""
    found = (file for file in files(WEB).iterdir() if file.name.endswith(".js"))
    return {file.name: file.read_text("utf-8") for file in sorted(found, key=lambda f: f.name)}
