"""`sealmatch call`: one call of the service, for a person at a shell."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seal_service.cli.failures import BadArgumentError, CommandError

if TYPE_CHECKING:
    from google.protobuf.descriptor import MethodDescriptor

    from sealmatch.client import CallError


def call_command(  # noqa: PLR0917  # typer reads the arguments by name
    method: Annotated[
        str, typer.Argument(help="Service and method, such as IdentityService/GetUser; or `list`.")
    ],
    request: Annotated[
        str, typer.Argument(help="The request as JSON, or - for standard input.")
    ] = "{}",
    address: Annotated[
        str, typer.Option(envvar="SEALMATCH_ADDRESS", help="host:port of the server.")
    ] = "127.0.0.1:7443",
    authority: Annotated[
        Path | None,
        typer.Option(envvar="SEALMATCH_AUTHORITY", help="PEM of the server's authority."),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="PEM of your own certificate, for mutual TLS.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="PEM of its key.")] = None,
    token: Annotated[
        str,
        typer.Option(envvar="SEALMATCH_TOKEN", help="A session's token; better in the variable."),
    ] = "",
    timeout: Annotated[float, typer.Option(min=0.0, help="Seconds to wait for the answer.")] = 30.0,
) -> None:
    """Call the service once and print the answer as JSON.

    A mutation without a request_id gets one. Login prints the token for SEALMATCH_TOKEN.
    """
    from google.protobuf import json_format, message_factory

    from sealmatch.client import CallError, Client

    if method == "list":
        for name in sorted(_methods()):
            typer.echo(name)
        return
    found = _methods().get(method.removeprefix("sealapi.v1."))
    if found is None:
        message = f"there is no method {method}; `sealmatch call list` names them"
        raise BadArgumentError(message)
    text = sys.stdin.read() if request == "-" else request
    message_type = message_factory.GetMessageClass(found.input_type)
    try:
        body = json_format.Parse(text, message_type())
    except json_format.ParseError as error:
        message = f"the request is no {found.input_type.name}: {error}"
        raise BadArgumentError(message) from error
    if not (token.isascii() and token.isprintable()):
        message = "the token holds characters that none has: is it whole?"
        raise BadArgumentError(message)
    if (certificate is None) != (key is None) or (certificate is not None and authority is None):
        message = "--certificate and --key are given together, and with --authority"
        raise BadArgumentError(message)
    path = f"/{found.containing_service.full_name}/{found.name}"
    try:
        with Client(
            address, authority=authority, certificate=certificate, key=key, token=token
        ) as client:
            reply_type = message_factory.GetMessageClass(found.output_type)
            reply = client.call(path, body, reply_type, timeout_s=timeout)
    except OSError as error:
        message = f"{error.filename}: {(error.strerror or 'cannot be read').lower()}"
        raise BadArgumentError(message) from error
    except CallError as error:
        raise CommandError(_lines(error)) from error
    typer.echo(
        json_format.MessageToJson(reply, preserving_proto_field_name=True, ensure_ascii=False)
    )


def _methods() -> dict[str, MethodDescriptor]:
    from seal_service.access.policies import SERVICES

    return {
        f"{service.name}/{method.name}": method
        for service in SERVICES
        for method in service.methods
    }


def _lines(error: CallError) -> str:
    """Say in English and Chinese what the server said."""
    lines = [f"{error.reason or error.code}: {error.english} {error.chinese}".rstrip()]
    lines += [f"  {field.field}: {field.description}" for field in error.fields]
    if error.numbers:
        lines.append(f"  {json.dumps(error.numbers, ensure_ascii=False)}")
    return "\n".join(lines)
