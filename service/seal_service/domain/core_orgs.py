"""What the core system says of its organisations, and how they differ here (A25)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from seal_service.domain.orgs import Org, OrgKind
from seal_service.domain.reasons import Reason, Refusal


@dataclass(frozen=True, slots=True)
class CoreOrg:
    """An organisation as the core system reported it last."""

    id: str
    name: str
    parent_id: str | None
    active: bool
    reported_at: datetime


class DifferenceKind(StrEnum):
    """How an organisation differs from the core system's of the same code."""

    MISSING_HERE = "MISSING_HERE"
    UNKNOWN_TO_CORE = "UNKNOWN_TO_CORE"
    CLOSED_IN_CORE = "CLOSED_IN_CORE"
    OTHER_PARENT = "OTHER_PARENT"
    OTHER_NAME = "OTHER_NAME"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: what is here and what the core system has, where both have something."""

    org_id: str
    kind: DifferenceKind
    here: str = ""
    core: str = ""


def differences(orgs: Mapping[str, Org], core: Mapping[str, CoreOrg]) -> Iterator[Difference]:
    """Yield how the bank differs from what the core system has reported, by code.

    Virtual organisations, departments and clearing centres are this system's own: only real ones
    are compared. Until the core system has reported anything there is nothing to compare with.
    """
    if not core:
        return
    for code in sorted({*orgs, *core}):
        org, reported = orgs.get(code), core.get(code)
        if org is not None and org.kind is not OrgKind.REAL:
            continue
        if org is None or not org.active:
            if reported is not None and reported.active:
                yield Difference(code, DifferenceKind.MISSING_HERE, core=reported.parent_id or "")
        elif reported is None:
            yield Difference(code, DifferenceKind.UNKNOWN_TO_CORE)
        elif not reported.active:
            yield Difference(code, DifferenceKind.CLOSED_IN_CORE)
        else:
            here, there = org.parent_id or "", reported.parent_id or ""
            if here != there:
                yield Difference(code, DifferenceKind.OTHER_PARENT, here, there)
            if reported.name != org.name:
                yield Difference(code, DifferenceKind.OTHER_NAME, org.name, reported.name)


def require_follows(org: Org, reported: CoreOrg | None, *, fed: bool) -> None:
    """Refuse to make an organisation other than the core system has it.

    Parameters
    ----------
    org
        The organisation as it would be.
    reported
        What the core system reported of its code.
    fed
        Whether the core system has reported anything yet; until then the bank keeps its own list.

    Raises
    ------
    Refusal
        CORE_ORG_MISMATCH, with what the core system has: ``unknown``, ``closed``, ``active`` or
        the name of the parent.
    """
    if not fed or org.kind is not OrgKind.REAL:
        return
    if org.active:
        if reported is None:
            has = "unknown"
        elif not reported.active:
            has = "closed"
        elif reported.parent_id != org.parent_id:
            has = f"orgs/{reported.parent_id or ''}"
        else:
            return
    elif reported is not None and reported.active:
        has = "active"
    else:
        return
    raise Refusal(Reason.CORE_ORG_MISMATCH, org=f"orgs/{org.id}", core=has)
