"""What the core system says of its tellers, and where rights here go beyond it (A49)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from seal_service.domain.people import User, UserKind
from seal_service.domain.posts import CORE_BOUND


@dataclass(frozen=True, slots=True)
class CoreTeller:
    """A teller as the core system reported last."""

    id: str
    name: str
    org_id: str
    rights: tuple[str, ...]
    active: bool
    reported_at: datetime


class FindingKind(StrEnum):
    """How a user differs from the core system's teller of the same number."""

    UNKNOWN_TELLER = "UNKNOWN_TELLER"
    INACTIVE_TELLER = "INACTIVE_TELLER"
    OTHER_ORG = "OTHER_ORG"
    BEYOND_CORE_RIGHTS = "BEYOND_CORE_RIGHTS"


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference, as one night's comparison found it; `since` is the first night in a row."""

    id: str
    day: date
    user_id: str
    org_id: str
    kind: FindingKind
    post_id: str
    permissions: tuple[str, ...]
    since: date

    @property
    def matter(self) -> tuple[str, FindingKind, str]:
        """What it is about: the same matter on two nights is one that lasts."""
        return (self.user_id, self.kind, self.post_id)


def lasting(finding: Finding, began: Mapping[tuple[str, FindingKind, str], date]) -> Finding:
    """Return the finding since the day on which its matter began."""
    return replace(finding, since=began.get(finding.matter, finding.since))


def beyond(granted: Iterable[str], rights: Iterable[str]) -> tuple[str, ...]:
    """Return the granted permissions that the core system must grant as well and does not."""
    return tuple(sorted(CORE_BOUND & set(granted) - set(rights)))


def rights_in_core(user: User, teller: CoreTeller | None, *, fed: bool) -> tuple[str, ...] | None:
    """Return what the core system lets a user do; None where nobody knows.

    Parameters
    ----------
    user
        Whoever holds posts here. A service is no teller: nothing is compared.
    teller
        What the core system reported of that number.
    fed
        Whether the core system has reported anything yet. Until then the rights that were
        declared with the user count, where there are any.
    """
    if user.kind is UserKind.SERVICE:
        return None
    if teller is not None:
        return teller.rights if teller.active else ()
    return () if fed else (user.core_rights or None)


def differences(
    user: User,
    held: Iterable[tuple[str, frozenset[str]]],
    teller: CoreTeller | None,
    *,
    teller_org: str,
    fed: bool,
) -> Iterator[tuple[FindingKind, str, tuple[str, ...]]]:
    """Yield how a user who holds posts differs from the core system: kind, post, permissions.

    Parameters
    ----------
    held
        Each post's id with the permissions that it grants.
    teller_org
        The organisation that the core system names, or the one that went on after its merge.
    """
    if user.kind is UserKind.PERSON and fed:
        if teller is None:
            yield FindingKind.UNKNOWN_TELLER, "", ()
        elif not teller.active:
            yield FindingKind.INACTIVE_TELLER, "", ()
        elif teller_org != user.org_id:
            yield FindingKind.OTHER_ORG, "", ()
    rights = rights_in_core(user, teller, fed=fed)
    if rights is None:
        return
    for post_id, granted in held:
        missing = beyond(granted, rights)
        if missing:
            yield FindingKind.BEYOND_CORE_RIGHTS, post_id, missing
