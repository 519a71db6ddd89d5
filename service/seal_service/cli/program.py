"""Puts the commands together, and sees to it that no traceback reaches a user."""

from __future__ import annotations

import logging
import os
import sys
import traceback

import typer

from seal_service.cli.accuracy import accuracy_command
from seal_service.cli.audit import audit_app
from seal_service.cli.call import call_command
from seal_service.cli.enrol import enrol_command
from seal_service.cli.failures import EXIT_FAILED, CommandError
from seal_service.cli.fold import fold_command
from seal_service.cli.serving import config_app, migrate_command, serve_command
from seal_service.cli.simulate import simulate_command
from seal_service.cli.verify import verify_command
from seal_service.cli.verify_batch import verify_batch_command

TRACEBACK_SWITCH = "SEALMATCH_TRACEBACK"
"""Environment variable by which a developer asks for the traceback of an internal error."""

app = typer.Typer(
    name="sealmatch",
    help="Verify seal impressions: is this seal from the die that left that one?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("verify")(verify_command)
app.command("verify-batch")(verify_batch_command)
app.command("enrol")(enrol_command)
app.command("fold")(fold_command)
app.command("simulate")(simulate_command)
app.add_typer(audit_app)
app.command("serve")(serve_command)
app.command("migrate")(migrate_command)
app.command("call")(call_command)
app.add_typer(config_app, name="config")
app.command(
    "accuracy",
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "help_option_names": [],
    },
)(accuracy_command)


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
