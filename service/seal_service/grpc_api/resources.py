"""Names, etags and pages: the parts of the contract that every service shares."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message

from seal_service.application.call import Call, Caller, Tools
from seal_service.application.ports import Page
from seal_service.domain.reasons import Reason, Refusal, invalid

DEFAULT_PAGE = 50
T = TypeVar("T")


def id_of(name: str) -> str:
    """Return the last part of a resource name, whose form the contract has checked."""
    return name.rpartition("/")[2]


def etag_of(version: int) -> str:
    """Return the etag of a version."""
    return f"v{version}"


def version_of(etag: str) -> int:
    """Return the version of an etag; one that we never gave out matches nothing."""
    number = etag.removeprefix("v")
    if not etag.startswith("v") or not number.isascii() or not number.isdigit() or len(number) > 9:
        raise Refusal(Reason.ETAG_MISMATCH)
    return int(number)


def masked(mask: FieldMask, known: Mapping[str, tuple[str, Any]]) -> dict[str, Any]:
    """Return the fields that an update mask names, by the domain's names.

    `known`: each path that can be changed, with the domain's name and the value.
    """
    paths = list(dict.fromkeys(mask.paths))
    if not paths or any(path not in known for path in paths):
        raise invalid("update_mask", f"name one or more of {', '.join(sorted(known))}")
    return dict(known[path] for path in paths)


class Asked(Protocol):
    """Who asks, with what to sign a token: a `Call`, or what there is of one before it begins."""

    @property
    def tools(self) -> Tools:
        """What holds the key."""

    @property
    def caller(self) -> Caller:
        """Who asks."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks before the call's transaction has begun."""

    tools: Tools
    caller: Caller


def page_of(call: Asked, request: Any) -> Page:
    """Return which part of a list a request asks for.

    A token is signed and belongs to its query and its caller: nobody can make one, or carry one
    over to another query.
    """
    limit = request.page_size or DEFAULT_PAGE
    if not request.page_token:
        return Page(limit=limit)
    try:
        raw = base64.urlsafe_b64decode(request.page_token.encode("ascii"))
    except (binascii.Error, ValueError) as error:
        raise Refusal(Reason.PAGE_TOKEN_INVALID) from error
    tag, _, after = raw.partition(b"|")
    if not call.tools.secrets.is_tag(tag.decode("latin-1"), _asked(call, request, after)):
        raise Refusal(Reason.PAGE_TOKEN_INVALID)
    return Page(after=after.decode(), limit=limit)


def next_token(call: Call, request: Any, page: Page, found: list[Any], last: str) -> str:
    """Return the token of the part after this one; empty where this one was not full."""
    if len(found) < page.limit:
        return ""
    return token_of(call, request, last)


def token_of(call: Asked, request: Message, last: str) -> str:
    """Return the token of the part of a list after `last`."""
    after = last.encode()
    tag = call.tools.secrets.tag(_asked(call, request, after))
    return base64.urlsafe_b64encode(tag.encode() + b"|" + after).decode()


def _asked(call: Asked, request: Message, after: bytes) -> bytes:
    """Return what a page token is signed over."""
    query = type(request)()
    query.CopyFrom(request)
    query.ClearField("page_token")
    query.ClearField("page_size")
    body = query.SerializeToString(deterministic=True).hex()
    data = json.dumps([call.caller.user_id, request.DESCRIPTOR.full_name, body, after.hex()])
    return b"page|" + data.encode()
