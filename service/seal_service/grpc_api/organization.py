"""OrganizationService."""

from __future__ import annotations

from collections.abc import Mapping

from google.protobuf.message import Message

from seal_service.application import changes, orgs
from seal_service.application.call import Call
from seal_service.domain.orgs import Org, OrgKind
from seal_service.domain.reasons import invalid
from seal_service.grpc_api.messages import change_message, instant, org_message
from seal_service.grpc_api.resources import id_of, next_token, page_of, version_of
from seal_service.interceptors.exchange import Handle
from sealapi.v1 import organization_pb2 as pb

_FIELDS = {"display_name", "kind"}


def create_org(call: Call, request: pb.CreateOrgRequest) -> Message:
    """Ask for a new organisation."""
    change = orgs.ask_create(
        call, org_id=request.org_id, name=request.display_name, parent=id_of(request.parent),
        kind_of=_kind(request.kind), reason=request.reason,
    )  # fmt: skip
    return pb.CreateOrgResponse(change=change_message(change))


def get_org(call: Call, request: pb.GetOrgRequest) -> Message:
    """Show one organisation."""
    return pb.GetOrgResponse(org=_message(call, orgs.shown(call, id_of(request.name))))


def list_orgs(call: Call, request: pb.ListOrgsRequest) -> Message:
    """List organisations in reach."""
    page = page_of(call, request)
    found = orgs.listed(call, page, parent=id_of(request.parent), inactive=request.show_inactive)
    pending = changes.pending_names(call, [f"orgs/{org.id}" for org in found])
    return pb.ListOrgsResponse(
        orgs=[org_message(org, pending.get(f"orgs/{org.id}", "")) for org in found],
        next_page_token=next_token(call, request, page, found, found[-1].id if found else ""),
    )


def update_org(call: Call, request: pb.UpdateOrgRequest) -> Message:
    """Ask for another name or kind."""
    mask = set(request.update_mask.paths)
    if not mask or not mask <= _FIELDS:
        raise invalid("update_mask", f"name one or more of {', '.join(sorted(_FIELDS))}")
    if "display_name" in mask and not request.display_name:
        raise invalid("display_name", "must not be empty")
    if "kind" in mask and request.kind == pb.Org.KIND_UNSPECIFIED:
        raise invalid("kind", "must be specified")
    change = orgs.ask_update(
        call, org_id=id_of(request.name), version=version_of(request.etag),
        name=request.display_name if "display_name" in mask else None,
        kind_of=_kind(request.kind) if "kind" in mask else None, reason=request.reason,
    )  # fmt: skip
    return pb.UpdateOrgResponse(change=change_message(change))


def delete_org(call: Call, request: pb.DeleteOrgRequest) -> Message:
    """Ask to close an organisation."""
    change = orgs.ask_delete(
        call, org_id=id_of(request.name), version=version_of(request.etag), reason=request.reason
    )
    return pb.DeleteOrgResponse(change=change_message(change))


def transfer_org(call: Call, request: pb.TransferOrgRequest) -> Message:
    """Ask to place an organisation under another parent."""
    change = orgs.ask_transfer(
        call, org_id=id_of(request.name), version=version_of(request.etag),
        new_parent=id_of(request.new_parent), reason=request.reason,
    )  # fmt: skip
    return pb.TransferOrgResponse(change=change_message(change))


def merge_orgs(call: Call, request: pb.MergeOrgsRequest) -> Message:
    """Ask to merge two outlets."""
    change, counts = orgs.ask_merge(
        call, org_id=id_of(request.name), version=version_of(request.etag),
        into=id_of(request.into), reason=request.reason,
    )  # fmt: skip
    return pb.MergeOrgsResponse(change=change_message(change), preview=_counts(counts))


def preview_merge(call: Call, request: pb.PreviewMergeRequest) -> Message:
    """Show what a merge would move."""
    counts, obstacles = orgs.preview_merge(
        call, org_id=id_of(request.name), into=id_of(request.into)
    )
    return pb.PreviewMergeResponse(counts=_counts(counts), obstacles=obstacles)


def list_org_history(call: Call, request: pb.ListOrgHistoryRequest) -> Message:
    """List organisations as they were."""
    page = page_of(call, request)
    found = orgs.history(call, page, as_of=instant(request.as_of))
    return pb.ListOrgHistoryResponse(
        orgs=[org_message(org) for org in found],
        next_page_token=next_token(call, request, page, found, found[-1].id if found else ""),
    )


def _message(call: Call, org: Org) -> pb.Org:
    name = f"orgs/{org.id}"
    return org_message(org, changes.pending_names(call, [name]).get(name, ""))


def _kind(value: pb.Org.Kind) -> OrgKind:
    return OrgKind(pb.Org.Kind.Name(value).removeprefix("KIND_"))


def _counts(counts: Mapping[str, int]) -> list[pb.MergeCount]:
    return [pb.MergeCount(what=what, count=count) for what, count in counts.items()]


HANDLERS: dict[str, Handle] = {
    "CreateOrg": create_org,
    "GetOrg": get_org,
    "ListOrgs": list_orgs,
    "UpdateOrg": update_org,
    "DeleteOrg": delete_org,
    "TransferOrg": transfer_org,
    "MergeOrgs": merge_orgs,
    "PreviewMerge": preview_merge,
    "ListOrgHistory": list_org_history,
}
