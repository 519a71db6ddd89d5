"""Organisations (机构): three levels, transfers among equals, merges of outlets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from seal_service.domain.reasons import Reason, Refusal, invalid

HEADQUARTERS, BRANCH, OUTLET = 1, 2, 3


class OrgKind(StrEnum):
    """What sort of place it is."""

    REAL = "REAL"
    VIRTUAL = "VIRTUAL"
    DEPARTMENT = "DEPARTMENT"
    CLEARING_CENTRE = "CLEARING_CENTRE"


class OrgState(StrEnum):
    """Whether it does business."""

    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"
    MERGED = "MERGED"


@dataclass(frozen=True, slots=True)
class Org:
    """One organisation. `path` is ``/hq/branch/outlet/``, so a subtree is a prefix."""

    id: str
    name: str
    level: int
    parent_id: str | None
    parent_level: int | None
    path: str
    kind: OrgKind
    state: OrgState
    merged_into: str | None
    admin_org_id: str
    created_at: datetime
    updated_at: datetime
    version: int = 1

    @property
    def active(self) -> bool:
        """Whether it does business."""
        return self.state is OrgState.ACTIVE


def headquarters(org_id: str, name: str, at: datetime) -> Org:
    """Return the bank's first organisation."""
    return Org(
        id=org_id, name=name, level=HEADQUARTERS, parent_id=None, parent_level=None,
        path=f"/{org_id}/", kind=OrgKind.REAL, state=OrgState.ACTIVE, merged_into=None,
        admin_org_id=org_id, created_at=at, updated_at=at,
    )  # fmt: skip


def new_org(org_id: str, name: str, parent: Org, kind: OrgKind, at: datetime) -> Org:
    """Return an organisation below `parent` (A23: exactly three levels).

    A virtual one (A40) and a department (A48) are looked after by headquarters, every other one
    by itself.
    """
    require_active(parent)
    if parent.level >= OUTLET:
        raise invalid("parent", "an outlet has nothing below it: there are three levels")
    _check_kind(kind, parent.level + 1)
    return Org(
        id=org_id, name=name, level=parent.level + 1, parent_id=parent.id,
        parent_level=parent.level, path=f"{parent.path}{org_id}/", kind=kind,
        state=OrgState.ACTIVE, merged_into=None,
        admin_org_id=_admin_of(org_id, kind, parent.path), created_at=at, updated_at=at,
    )  # fmt: skip


def updated(org: Org, *, name: str | None, kind: OrgKind | None, at: datetime) -> Org:
    """Return the organisation under another name or of another kind."""
    require_active(org)
    kind = kind or org.kind
    _check_kind(kind, org.level)
    return replace(
        org,
        name=name or org.name,
        kind=kind,
        admin_org_id=_admin_of(org.id, kind, org.path),
        updated_at=at,
    )


def _check_kind(kind: OrgKind, level: int) -> None:
    if level == HEADQUARTERS and kind is not OrgKind.REAL:
        raise invalid("kind", "headquarters is real")
    if level != BRANCH and kind is OrgKind.DEPARTMENT:
        raise invalid("kind", "a department is directly below headquarters")


def _admin_of(org_id: str, kind: OrgKind, path: str) -> str:
    kept_by_headquarters = kind in {OrgKind.VIRTUAL, OrgKind.DEPARTMENT}
    return path.split("/")[1] if kept_by_headquarters else org_id


def transferred(org: Org, new_parent: Org, at: datetime) -> Org:
    """Return the organisation under a new parent of the old parent's level (A26)."""
    require_active(org)
    require_active(new_parent)
    # The parent's level alone also keeps an organisation from going below itself.
    if org.parent_level is None or new_parent.level != org.parent_level:
        raise Refusal(Reason.CROSS_LEVEL_TRANSFER, level=org.level, parent_level=new_parent.level)
    if new_parent.id == org.parent_id:
        raise invalid("new_parent", "is the parent already")
    return replace(org, parent_id=new_parent.id, path=f"{new_parent.path}{org.id}/", updated_at=at)


def moved_below(org: Org, old_path: str, new_path: str, at: datetime) -> Org:
    """Return an organisation of a transferred subtree, with its new path."""
    return replace(org, path=new_path + org.path.removeprefix(old_path), updated_at=at)


def merged(org: Org, into: Org, at: datetime) -> Org:
    """Return the organisation that ends in a merge of two outlets (A27)."""
    require_active(org)
    require_active(into)
    if org.id == into.id:
        raise invalid("into", "an outlet cannot be merged into itself")
    if org.level != OUTLET or into.level != OUTLET:
        raise Refusal(Reason.CROSS_LEVEL_TRANSFER, level=org.level, parent_level=into.level)
    return replace(org, state=OrgState.MERGED, merged_into=into.id, updated_at=at)


def survivor_id(org_id: str, merged_into: Callable[[str], str | None]) -> str:
    """Return the organisation that goes on after all merges of this one.

    Raises
    ------
    Refusal
        DATA_DAMAGED: the merges lead in a circle. No call makes one, but whoever can write to the
        database can, and no call may hang for it.
    """
    seen = {org_id}
    while following := merged_into(org_id):
        if following in seen:
            raise Refusal(Reason.DATA_DAMAGED, resource=f"orgs/{following}")
        seen.add(following)
        org_id = following
    return org_id


def closed(org: Org, at: datetime) -> Org:
    """Return the organisation closed; its code is never used again."""
    require_active(org)
    if org.level == HEADQUARTERS:
        raise invalid("name", "headquarters cannot be closed")
    return replace(org, state=OrgState.CLOSED, updated_at=at)


def require_active(org: Org) -> None:
    """Refuse an organisation that does no business any more."""
    if not org.active:
        raise Refusal(Reason.ORG_INACTIVE, org=f"orgs/{org.id}")


def common_path(first: str, second: str) -> str:
    """Return the path of the lowest organisation above both, never one of the two themselves."""
    parts: list[str] = []
    for one, other in zip(
        parent_path(first).split("/"), parent_path(second).split("/"), strict=False
    ):
        if one != other:
            break
        parts.append(one)
    path = "/".join(parts)
    return path if path.endswith("/") else f"{path}/"


def parent_path(path: str) -> str:
    """Return the path of the organisation above; headquarters is its own."""
    above = path.rstrip("/").rpartition("/")[0]
    return f"{above}/" if above else path
