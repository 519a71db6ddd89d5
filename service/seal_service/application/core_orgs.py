"""Organisations here against the core system's (A25): the feed, the check, the list."""

from __future__ import annotations

from collections.abc import Iterable

from seal_service.application.call import Call
from seal_service.application.ports import Page
from seal_service.domain import core_orgs as rules
from seal_service.domain.core_orgs import CoreOrg, Difference
from seal_service.domain.orgs import Org


def record(call: Call, orgs: Iterable[CoreOrg]) -> int:
    """Take over what the core system says of its organisations; return of how many."""
    call.require_bank()
    given = list(orgs)
    call.work.core_orgs.take(given)
    call.note("coreOrgs/-", after={"orgs": [org.id for org in given]})
    return len(given)


def require_follows(call: Call, org: Org) -> None:
    """Refuse to make an organisation other than the core system has it."""
    known = call.work.core_orgs
    rules.require_follows(org, known.get(org.id), fed=known.fed())


def listed(call: Call, page: Page) -> list[tuple[Difference, CoreOrg | None]]:
    """Return differences in reach with what the core system has reported, by code and kind.

    One that is not here yet is shown to those who reach the place where the core system has it.
    """
    reach = call.reach()
    call.note("orgDifferences/-")
    orgs = {org.id: org for org in call.work.orgs.all()}
    core = {org.id: org for org in call.work.core_orgs.all()}

    def is_in_reach(found: Difference) -> bool:
        place = orgs.get(found.org_id) or orgs.get(found.core)
        return reach is None or (place is not None and place.path.startswith(reach))

    wanted = [one for one in rules.differences(orgs, core) if is_in_reach(one)]
    wanted.sort(key=key_of)
    rest = [one for one in wanted if key_of(one) > page.after]
    return [(one, core.get(one.org_id)) for one in rest[: page.limit]]


def key_of(found: Difference) -> str:
    """Return what differences are listed by."""
    return f"{found.org_id}/{found.kind}"
