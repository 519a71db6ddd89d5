"""How a command ends when it cannot do its work: one line for a person, and an exit code."""

from __future__ import annotations

EXIT_FAILED = 1
EXIT_BAD_ARGUMENTS = 2


class CommandError(Exception):
    """The command cannot go on; the text is the whole message."""

    exit_code = EXIT_FAILED


class BadArgumentError(CommandError):
    """What the caller asked for makes no sense."""

    exit_code = EXIT_BAD_ARGUMENTS
