"""The `sealmatch` command: arguments in, text and files out."""

from seal_service.cli.main import app, main

__all__ = ["app", "main"]
