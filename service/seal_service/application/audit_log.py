"""Who may see what of the audit log, and the proofs that go with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from seal_service.application.call import Call, Caller
from seal_service.application.ports import Database
from seal_service.audit.errors import AuditError
from seal_service.audit.note import SignatureLine, check_cosignature
from seal_service.audit.search import Checked, Cursor, Filter, Found, Order, Page, Tally
from seal_service.audit.signed import Signed
from seal_service.domain.reasons import Reason, Refusal, invalid, not_found

READ, REPORT = "log.read", "report.make"
LONGEST_REPORT = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Search:
    """What was found, and how far the rights reached with which it was looked for."""

    page: Page
    reach: tuple[str, ...] | None


def search(
    database: Database,
    caller: Caller,
    wanted: Filter,
    *,
    limit: int,
    order: Order,
    after: Cursor | None,
) -> Search:
    """Look for events outside of the call's own transaction: a long look holds up no writer."""
    reach = caller.authority.reach(READ)
    with database.read() as work:
        page = work.log.find(wanted, reach=reach, limit=limit, order=order, after=after)
    return Search(page, reach)


def shown(call: Call, found: Search) -> Page:
    """Return what was found if the caller may still see as much (else CONFLICT: try again)."""
    if call.reach() != found.reach:
        raise Refusal(Reason.CONFLICT)
    return found.page


def event(call: Call, seq: int) -> Found:
    """Return one event of an organisation in reach."""
    found = call.work.log.event(seq)
    if found is None:
        raise not_found(f"auditEvents/{seq}")
    org = call.work.orgs.get(found.entry.organisation)
    if org is None:
        call.require_bank()  # Nobody in particular had asked for it.
    else:
        call.require(call.survivor(org))
    call.note(f"auditEvents/{seq}")
    return found


def checkpoint(call: Call, size: int | None) -> Signed:
    """Return a checkpoint: it says how large the log is and nothing of what is in it."""
    call.own_record()
    found = call.work.log.checkpoint(size)
    if found is None:
        raise not_found(f"checkpoints/{'latest' if size is None else size}")
    return found


def inclusion(call: Call, seq: int, size: int | None) -> tuple[Found, Sequence[bytes], Signed]:
    """Return an event in reach, the proof that it is in a checkpoint's tree, the checkpoint."""
    found, signed = event(call, seq), checkpoint(call, size)
    if seq >= signed.checkpoint.size:
        raise Refusal(Reason.NOT_SIGNED_YET)
    return found, call.work.log.inclusion(seq, signed.checkpoint.size), signed


def consistency(call: Call, old_size: int, size: int | None) -> tuple[Sequence[bytes], Signed]:
    """Return the proof that a checkpoint's tree continues a smaller one, and the checkpoint."""
    signed = checkpoint(call, size)
    if old_size > signed.checkpoint.size:
        raise invalid("old_size", f"is more than the checkpoint's {signed.checkpoint.size}")
    return call.work.log.consistency(old_size, signed.checkpoint.size), signed


def check_range(database: Database, caller: Caller, start: int, count: int) -> Checked | None:
    """Check events outside of the call's own transaction, which others wait for.

    None where the caller may not ask: whoever will be refused has no work done.
    """
    allowed = caller.authority.bank_wide(READ)
    return database.check_log(start, start + count) if allowed else None


def checked(call: Call, found: Checked | None) -> Checked:
    """Return what a check has shown, and let the log know of it."""
    call.require_bank()
    if found is None:
        raise Refusal(Reason.CONFLICT)  # The right has come since.
    state = {"end": found.end, "findings": len(found.findings)}
    call.note(f"auditEvents/{found.start}", after=state)
    return found


@dataclass(frozen=True, slots=True)
class Report:
    """Counts of an organisation and what was below its path, and of a time.

    No counts where the caller may not have them: whoever will be refused has no work done.
    """

    org: str
    path: str
    since: datetime
    before: datetime
    tally: Tally | None


def count(
    database: Database, caller: Caller, org_id: str, since: datetime, before: datetime
) -> Report:
    """Count what happened at an organisation and below, outside of the call's transaction."""
    if not timedelta(0) < before - since <= LONGEST_REPORT:
        raise invalid("end_time", f"must be 1 to {LONGEST_REPORT.days} days after start_time")
    with database.read() as work:
        org = work.orgs.get(org_id)
        path = "" if org is None else org.path
        if not path or not caller.authority.over(REPORT, path):
            return Report(org_id, path, since, before, None)
        tally = work.log.tally(Filter(since=since, before=before), below=path)
    return Report(org_id, path, since, before, tally)


def counted(call: Call, report: Report) -> Tally:
    """Return the counts if the organisation is in reach."""
    org = call.org_named(report.org)
    call.require(org)
    if report.tally is None or report.path != org.path:
        raise Refusal(Reason.CONFLICT)  # The organisation or the right has come or moved since.
    return report.tally


def cosign(call: Call, size: int, text: str) -> Signed:
    """Keep the cosignature of a witness that this log knows."""
    call.require_bank()
    signed = checkpoint(call, size)
    try:
        line = SignatureLine.parse(text)
        check_cosignature(line, signed.checkpoint, call.rules.witnesses)
    except AuditError as error:
        problem = "is not the signature of a known witness over this checkpoint"
        raise invalid("cosignature", problem) from error
    call.work.log.cosign(signed, line)
    call.note(f"checkpoints/{size}", after={"witness": line.name})
    return checkpoint(call, size)
