"""Puts the commands together, and sees to it that no traceback reaches a user."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from seal_service.cli.failures import EXIT_FAILED, CommandError

TRACEBACK_SWITCH = "SEALMATCH_TRACEBACK"
"""Environment variable by which a developer asks for the traceback of an internal error."""

_COMMANDS = {
    "verify": "verify:verify_command",
    "verify-batch": "verify_batch:verify_batch_command",
    "enrol": "enrol:enrol_command",
    "fold": "fold:fold_command",
    "simulate": "simulate:simulate_command",
    "audit": "audit:audit_app",
    "serve": "serving:serve_command",
    "migrate": "serving:migrate_command",
    "backup": "backup:backup_app",
    "call": "call:call_command",
    "config": "serving:config_app",
    "accuracy": "accuracy:accuracy_command",
}
"""Each command's module and name there."""
_PASSED_ON: dict[str, Any] = {
    "allow_extra_args": True,
    "ignore_unknown_options": True,
    "help_option_names": [],
}
_CONTEXTS = {"accuracy": _PASSED_ON}


class _Commands(TyperGroup):
    """Imports a command when it is asked for: a server needs nothing of the engine's commands."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the commands' names as `--help` lists them."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command; None where there is none of that name."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(f"seal_service.cli.{module}"), attribute)
        if isinstance(found, typer.Typer):
            command: Any = get_group(found)  # A group of one command is a group as well.
        else:
            alone = typer.Typer(add_completion=False)
            alone.command(cmd_name, context_settings=_CONTEXTS.get(cmd_name))(found)
            command = get_command(alone)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=_Commands, name="sealmatch", no_args_is_help=True, add_completion=False,
    pretty_exceptions_enable=False,
)  # fmt: skip


@app.callback(help="Verify seal impressions: is this seal from the die that left that one?")
def _sealmatch() -> None:
    """Make the program a group of commands."""


def main() -> None:
    """Run the command line and end the process: 0 done, 2 bad arguments, 1 otherwise."""
    # Without a handler of its own the logging module would print tracebacks to the terminal.
    logging.getLogger("seal_service").addHandler(logging.NullHandler())
    try:
        app()
    except CommandError as error:
        _say(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _say("stopped")
        sys.exit(EXIT_FAILED)
    except BrokenPipeError:
        # The reader of our output has left. Nothing may be flushed to it while we exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_FAILED)
    except MemoryError:
        _say("there is not enough memory")
        sys.exit(EXIT_FAILED)
    except Exception as error:  # noqa: BLE001  # the outermost door
        if os.environ.get(TRACEBACK_SWITCH):
            traceback.print_exc()
        _say(f"internal error ({type(error).__name__}); set {TRACEBACK_SWITCH}=1 for its traceback")
        sys.exit(EXIT_FAILED)


def _say(message: str) -> None:
    print(f"sealmatch: {message}", file=sys.stderr)
