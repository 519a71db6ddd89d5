"""IdentityService: posts, roles and exclusion rules, which differ only in their fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

from seal_service.application import changes, posts
from seal_service.application.call import Call
from seal_service.domain.posts import ExclusionRule, Post, Role, RuleKind, RuleReach
from seal_service.domain.reasons import invalid
from seal_service.grpc_api.messages import (
    assignment_message,
    change_message,
    post_message,
    role_message,
    rule_message,
)
from seal_service.grpc_api.resources import id_of, masked, next_token, page_of, version_of
from seal_service.interceptors.exchange import Handle
from sealapi.v1 import identity_pb2 as pb

Record = TypeVar("Record", Post, Role, ExclusionRule)


def post_fields(message: pb.Post) -> dict[str, Any]:
    """Return a post's fields by the contract's names."""
    return {
        "display_name_zh": ("name_zh", message.display_name_zh),
        "display_name_en": ("name_en", message.display_name_en),
        "org_levels": ("org_levels", tuple(sorted(set(message.org_levels)))),
        "clearing_centre_only": ("clearing_centre_only", message.clearing_centre_only),
        "bank_wide": ("bank_wide", message.bank_wide),
        "roles": ("roles", tuple(id_of(name) for name in message.roles)),
        "appointed_by": ("appointed_by", tuple(id_of(name) for name in message.appointed_by)),
    }


def role_fields(message: pb.Role) -> dict[str, Any]:
    """Return a role's fields by the contract's names."""
    return {
        "display_name_zh": ("name_zh", message.display_name_zh),
        "display_name_en": ("name_en", message.display_name_en),
        "permissions": ("permissions", tuple(sorted(set(message.permissions)))),
    }


def rule_fields(message: pb.ExclusionRule) -> dict[str, Any]:
    """Return an exclusion rule's fields by the contract's names."""
    try:
        kind = RuleKind(pb.ExclusionRule.Kind.Name(message.kind).removeprefix("KIND_"))
        reach = RuleReach(pb.ExclusionRule.Reach.Name(message.reach).removeprefix("REACH_"))
    except ValueError as error:
        raise invalid("rule", "kind and reach must be specified") from error
    return {
        "kind": ("kind", kind),
        "first": ("first", message.first),
        "second": ("second", message.second),
        "reach": ("reach", reach),
    }


@dataclass(frozen=True, slots=True)
class Resource(Generic[Record]):
    """What the three kinds of record differ in."""

    record_type: type[Record]
    noun: str
    field: str
    plural: str
    fields: Callable[[Any], dict[str, Any]]
    message: Callable[[Any, str], Message]

    def create(self, call: Call, request: Any) -> Message:
        """Ask for a new record."""
        message = getattr(request, self.field)
        fields = dict(self.fields(message).values())
        record = self.record_type(id=getattr(request, f"{self.field}_id"), **fields)
        change = posts.ask_create(call, record, reason=request.reason)
        return self._response("Create", change=change_message(change))

    def get(self, call: Call, request: Any) -> Message:
        """Show a record with its pending change."""
        record = posts.shown(call, self.record_type, id_of(request.name))
        pending = changes.pending_names(call, [request.name]).get(request.name, "")
        return self._response("Get", **{self.field: self.message(record, pending)})

    def list(self, call: Call, request: Any) -> Message:
        """List records."""
        page = page_of(call, request)
        found = posts.listed(call, self.record_type, page)
        prefix = posts.PREFIXES[self.record_type]
        pending = changes.pending_names(call, [f"{prefix}/{one.id}" for one in found])
        shown = [self.message(one, pending.get(f"{prefix}/{one.id}", "")) for one in found]
        response: type[Message] = getattr(pb, f"List{self.noun}sResponse")
        last = found[-1].id if found else ""
        token = next_token(call, request, page, found, last)
        return response(**{self.plural: shown, "next_page_token": token})

    def update(self, call: Call, request: Any) -> Message:
        """Ask to change some fields."""
        message = getattr(request, self.field)
        prefix = posts.PREFIXES[self.record_type]
        if not message.name.startswith(f"{prefix}/"):
            raise invalid(f"{self.field}.name", f"is not like {prefix}/some-id")
        change = posts.ask_update(
            call, self.record_type, id_of(message.name), version=version_of(message.etag),
            fields=masked(request.update_mask, self.fields(message)), reason=request.reason,
        )  # fmt: skip
        return self._response("Update", change=change_message(change))

    def delete(self, call: Call, request: Any) -> Message:
        """Ask to delete a record."""
        change = posts.ask_delete(
            call, self.record_type, id_of(request.name), version=version_of(request.etag),
            reason=request.reason,
        )  # fmt: skip
        return self._response("Delete", change=change_message(change))

    def handlers(self) -> dict[str, Callable[[Call, Any], Message]]:
        """Return the five methods of this kind of record."""
        return {
            f"Create{self.noun}": self.create,
            f"Get{self.noun}": self.get,
            f"List{self.noun}s": self.list,
            f"Update{self.noun}": self.update,
            f"Delete{self.noun}": self.delete,
        }

    def _response(self, verb: str, **fields: Any) -> Message:
        response: type[Message] = getattr(pb, f"{verb}{self.noun}Response")
        return response(**fields)


def preview_exclusion_rule(call: Call, request: pb.PreviewExclusionRuleRequest) -> Message:
    """List who would break a rule."""
    fields = dict(rule_fields(request.rule).values())
    rule = ExclusionRule(id=id_of(request.rule.name) or "preview", **fields)
    offender = pb.PreviewExclusionRuleResponse.Offender
    return pb.PreviewExclusionRuleResponse(
        offenders=[
            offender(
                user=f"users/{one.user_id}",
                first=assignment_message(one),
                second=assignment_message(other),
            )
            for one, other in posts.preview(call, rule)
        ]
    )


POSTS = Resource(Post, "Post", "post", "posts", post_fields, post_message)
ROLES = Resource(Role, "Role", "role", "roles", role_fields, role_message)
RULES = Resource(ExclusionRule, "ExclusionRule", "rule", "rules", rule_fields, rule_message)
HANDLERS: dict[str, Handle] = {
    **POSTS.handlers(),
    **ROLES.handlers(),
    **RULES.handlers(),
    "PreviewExclusionRule": preview_exclusion_rule,
}
