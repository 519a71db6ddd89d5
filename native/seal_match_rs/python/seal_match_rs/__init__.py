"""Typed Python API of the seal-matching engine."""

from seal_match_rs._native import __version__, build_profile

__all__ = ["__version__", "build_profile"]
