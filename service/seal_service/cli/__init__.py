"""The `sealmatch` command: arguments in, text and files out."""

from seal_service.cli.program import app, main

__all__ = ["app", "main"]
