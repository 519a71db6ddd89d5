"""Check a stretch of a log, and that it is part of what was signed: fast enough to ask any time.

Rows, payloads and leaves of the stretch are hashed again as in a whole check. The tree above it is
taken from the stored tiles of level 1, which hold the root of every full tile below: they must lead
to the root that was signed, and must agree with the stretch. What lies outside of it is not looked
at; a whole check does that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from seal_audit_check.findings import CheckError, Finding
from seal_audit_check.notes import NoteError, Signed, read_note
from seal_audit_check.prunes import Prune, is_covered, prunes_in
from seal_audit_check.ranges import Outcome, Task, check_range
from seal_audit_check.sources import Source, as_bytes, as_int, number, open_source
from seal_audit_check.tree import WIDTH, Levels, cut, fold, new_of
from seal_audit_check.trust import Trust


@dataclass(slots=True)
class Stretch:
    """What a check of events [start, end) has shown; it is sound exactly without findings."""

    start: int
    end: int
    payloads: int = 0
    pruned: int = 0
    signed_size: int = 0
    """Size of the signed state that the stretch was compared with; 0 where there is none."""
    findings: list[Finding] = field(default_factory=list)


def check_stretch(url: str, trust: Trust, start: int, end: int) -> Stretch:
    """Check events [start, end) of the log behind a URL.

    Parameters
    ----------
    trust
        `log_keys` must name the log's keys: here nobody could read a remark that its own were
        taken.
    end
        At most the size of the log; larger is cut.

    Raises
    ------
    CheckError
        Nothing could be checked.
    """
    with open_source(url) as source:
        log = source.rows("SELECT hash_alg FROM audit_log")
        if len(log) != 1:
            message = "there is no audit log in this database"
            raise CheckError(message)
        algorithm = int(log[0][0])
        size = number(source.rows("SELECT coalesce(max(seq) + 1, 0) FROM audit_event"))
        found = Stretch(start, min(end, size))
        if found.start >= found.end:
            return found
        first, last = start - start % WIDTH, min(size, -(-found.end // WIDTH) * WIDTH)
        outcome = check_range(Task(url, algorithm, first, last, ()))
        _judge(outcome, url, found)
        signed = _newest(source, trust, found)
        if signed is not None:
            found.signed_size = signed.size
            _compare(source, signed, outcome, algorithm, found)
    return found


def _judge(outcome: Outcome, url: str, found: Stretch) -> None:
    inside = range(found.start, found.end)
    found.payloads = outcome.payloads
    found.findings += [one for one in outcome.findings if one.seq is None or one.seq in inside]
    prunes: tuple[Prune, ...] = ()
    if outcome.missing:
        # A newer look than the one at the events: a prune may have run between two.
        with open_source(url) as newest:
            prunes = prunes_in(newest)
    for lost in outcome.missing:
        if lost.seq not in inside:
            continue
        if not lost.is_prune and is_covered(prunes, lost.seq, lost.kind, lost.action, lost.at_us):
            found.pruned += 1
        else:
            problem = "is missing, and no prune accounts for it"
            found.findings.append(Finding("payload", problem, lost.seq))


def _newest(source: Source, trust: Trust, found: Stretch) -> Signed | None:
    rows = source.rows("SELECT size, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1")
    if not rows:
        return None
    try:
        signed = read_note(rows[0][1])
        signed.signer(trust.log_keys)
    except NoteError as error:
        found.findings.append(Finding(f"checkpoint {rows[0][0]}", str(error)))
        return None
    return signed


def _compare(
    source: Source, signed: Signed, outcome: Outcome, algorithm: int, found: Stretch
) -> None:
    new = new_of(algorithm)
    place = f"checkpoint {signed.size}"
    rows = source.rows("SELECT idx, hashes FROM audit_tile WHERE level = 1 ORDER BY idx")
    if [as_int(index) for index, _ in rows] != list(range(len(rows))):
        found.findings.append(Finding("tile 1", "the tiles are not numbered in order"))
        return
    roots = [root for _, hashes in rows for root in cut(as_bytes(hashes))]
    full, rest = divmod(signed.size, WIDTH)
    if len(roots) < full:
        found.findings.append(Finding(place, "tiles of what was signed are missing"))
        return
    tail = None
    if rest:
        row = source.rows("SELECT hashes FROM audit_tile WHERE level = 0 AND idx = {}", full)
        tail = fold(new, cut(as_bytes(row[0][0]))[:rest]) if row else None
    if Levels(new, roots).root(signed.size, tail) != signed.root:
        found.findings.append(Finding(place, "the tiles do not lead to the root that was signed"))
    for at, root in enumerate(outcome.tile_roots, outcome.start // WIDTH):
        if at < len(roots) and roots[at] != root:
            problem = f"hash {at % WIDTH} is wrong: it is not the root of the tile below"
            found.findings.append(Finding(f"tile 1/{at // WIDTH}", problem))
