"""Check a log in a database: plan the ranges, run them side by side, put the tree together."""

from __future__ import annotations

import gc
import multiprocessing
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass

from seal_audit_check.findings import CheckError, Report
from seal_audit_check.notes import Key, NoteError, Signed, cosigned_at, key_of, read_note
from seal_audit_check.prunes import Prune, is_covered, prunes_in
from seal_audit_check.ranges import Missing, Outcome, Task, check_range
from seal_audit_check.sources import Row, Source, as_bytes, as_int, number, open_source
from seal_audit_check.tree import WIDTH, Levels, cut, new_of
from seal_audit_check.trust import Trust
from seal_audit_check.witnessed import Kept, Seen, kept_elsewhere, seen_elsewhere

_CHUNK = 32 * WIDTH
_MOST_UNSIGNED = 1000
"""The log is signed at the latest when so many events are not under a checkpoint."""


@dataclass(frozen=True, slots=True)
class _Tree:
    """The tree as it was rebuilt: levels, and the last tile's root for each size of interest."""

    levels: Levels
    tails: dict[int, bytes]

    def root(self, size: int) -> bytes:
        return self.levels.root(size, self.tails.get(size))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the first look at the database has shown."""

    origin: str
    algorithm: int
    size: int
    keys: tuple[Key, ...]
    checkpoints: Sequence[Row]
    cosignatures: Sequence[Row]
    seen: Sequence[Seen]


def check_database(url: str, trust: Trust, processes: int) -> Report:
    """Check the log behind a URL with this many processes (CheckError if it cannot be read)."""
    report = Report(processes=processes)
    kept = kept_elsewhere(trust, report)
    with open_source(url) as source:
        plan = _plan(source, trust, kept, report)
        upper = source.rows("SELECT level, idx, hash_alg, hashes FROM audit_tile WHERE level > 0")
        # Only here can the right edge be judged: it may have grown when the ranges are read.
        edge = source.rows(
            "SELECT idx, hashes FROM audit_tile WHERE level = 0 AND (idx < 0 OR idx >= {})",
            plan.size // WIDTH,
        )
        stray = source.rows(
            "SELECT seq FROM audit_payload WHERE seq < 0 OR seq >= {} LIMIT 10", plan.size
        )
    for (seq,) in stray:
        report.add("payload", "belongs to no event", int(seq))
    wanted = _wanted_sizes(plan)
    tasks = [
        Task(
            url,
            plan.algorithm,
            start,
            min(start + _CHUNK, plan.size),
            tuple(size for size in wanted if start < size <= start + _CHUNK),
        )
        for start in range(0, plan.size, _CHUNK)
    ]
    roots: list[bytes] = []
    tails: dict[int, bytes] = {}
    with _side_by_side(url, tasks, processes) as (outcomes, repeated):
        # While others hash: what only takes the processor for a moment, but would stand alone.
        signed = [_signed(row, plan) for row in plan.checkpoints]
        prunes: tuple[Prune, ...] | None = None
        unexplained: list[Missing] = []
        for outcome in outcomes:
            if outcome.missing and prunes is None:  # To look for them takes its time.
                prunes = _prunes(url)
            unexplained += _take(outcome, prunes or (), report, roots, tails)
        for first, last, _ in repeated():
            report.add("event", f"has the same event id as seq {first}", int(last))
    _explain(url, unexplained, report)
    levels = Levels(new_of(plan.algorithm), roots)
    _check_upper_tiles(plan, levels, upper, edge, report)
    _check_roots(plan, _Tree(levels, tails), signed, trust, report)
    return report


@contextmanager
def _side_by_side(
    url: str, tasks: Sequence[Task], processes: int
) -> Iterator[tuple[Iterable[Outcome], Callable[[], Sequence[Row]]]]:
    """Begin to check the ranges, and to look for event ids that are there twice.

    Outcomes come in the order of the tasks; where there is one process, each when it is asked for.
    """
    if processes < 2 or len(tasks) < 2:
        yield map(check_range, tasks), lambda: repeated_ids(url)
        return
    # A fork starts at once, but must not be made while other threads may hold locks.
    method = "fork" if threading.active_count() == 1 else "forkserver"
    context = multiprocessing.get_context(method)
    # Rows refer to nothing, so to look for circles among them only costs a twentieth of the time.
    workers = ProcessPoolExecutor(min(processes, len(tasks)), context, initializer=gc.disable)
    try:
        with workers as pool:
            repeated = pool.submit(repeated_ids, url)
            yield pool.map(check_range, tasks), repeated.result
    except BrokenProcessPool as error:
        message = "a process of the check died"
        raise CheckError(message) from error


def repeated_ids(url: str) -> Sequence[Row]:
    """Return the first and last number of each event id that stands in the log more than once."""
    with open_source(url) as source:
        # To count is a tenth of the work of grouping.
        whole = source.rows("SELECT count(*) - count(DISTINCT event_id) FROM audit_event")
        if number(whole) == 0:
            return []
        return source.rows(
            "SELECT min(seq), max(seq), count(*) FROM audit_event"
            " GROUP BY event_id HAVING count(*) > 1"
        )


def _plan(source: Source, trust: Trust, kept: Sequence[Kept], report: Report) -> _Plan:
    try:
        log = source.rows("SELECT origin, hash_alg FROM audit_log")
        own_keys = source.rows("SELECT verifier FROM audit_key")
        last_event = number(source.rows("SELECT coalesce(max(seq) + 1, 0) FROM audit_event"))
        checkpoints = source.rows(
            "SELECT size, hash_alg, root, signature_alg, note FROM audit_checkpoint ORDER BY size"
        )
        cosignatures = source.rows("SELECT size, witness, line FROM audit_cosignature")
        report.waiting = number(source.rows("SELECT count(*) FROM audit_outbox"))
    except CheckError:
        raise
    except Exception as error:
        message = f"there is no audit log in this database: {error}"
        raise CheckError(message) from error
    if len(log) != 1:
        message = "there is no audit log in this database"
        raise CheckError(message)
    origin, algorithm = str(log[0][0]), int(log[0][1])
    if trust.origin is not None and origin != trust.origin:
        report.add("log", f"is {origin}, not {trust.origin}")
    keys = trust.log_keys
    if not keys:
        keys = tuple(key_of(text) for (text,) in own_keys)
        report.remarks.append(
            "the log's own key was trusted: give --key with a copy kept elsewhere"
        )
    report.origin = origin
    return _Plan(
        origin,
        algorithm,
        last_event,
        keys,
        checkpoints,
        cosignatures,
        seen_elsewhere(kept, trust, keys, report),
    )


def _wanted_sizes(plan: _Plan) -> list[int]:
    sizes = {as_int(row[0]) for row in plan.checkpoints} | {seen.signed.size for seen in plan.seen}
    return sorted(size for size in sizes if 0 < size <= plan.size)


def _take(
    outcome: Outcome,
    prunes: Sequence[Prune],
    report: Report,
    roots: list[bytes],
    tails: dict[int, bytes],
) -> list[Missing]:
    """Add a range's outcome to the whole; return the missing payloads that no prune explains."""
    roots += outcome.tile_roots
    tails.update(outcome.tails)
    report.events += outcome.events
    report.payloads += outcome.payloads
    for found in outcome.findings:
        report.add(found.place, found.problem, found.seq)
    report.remarks += [
        f"seq {seq}: the wall clock is behind that of the event before" for seq in outcome.backwards
    ]
    unexplained = [lost for lost in outcome.missing if not _is_pruned(lost, prunes)]
    report.pruned += len(outcome.missing) - len(unexplained)
    return unexplained


def _explain(url: str, unexplained: Sequence[Missing], report: Report) -> None:
    """Judge what is missing by a second look: a prune may have run since the first."""
    if not unexplained:
        return
    prunes = _prunes(url)
    for lost in unexplained:
        if _is_pruned(lost, prunes):
            report.pruned += 1
        else:
            report.add("payload", "is missing, and no prune accounts for it", lost.seq)


def _prunes(url: str) -> tuple[Prune, ...]:
    with open_source(url) as source:
        return prunes_in(source)


def _is_pruned(lost: Missing, prunes: Sequence[Prune]) -> bool:
    return not lost.is_prune and is_covered(prunes, lost.seq, lost.kind, lost.action, lost.at_us)


def _check_upper_tiles(
    plan: _Plan, levels: Levels, upper: Sequence[Row], edge: Sequence[Row], report: Report
) -> None:
    """Compare the tiles above level 0 with the tree, and see that there are no others."""
    for index, size in ((as_int(row[0]), len(as_bytes(row[1]))) for row in edge):
        if index < 0 or index * WIDTH + size // 32 > plan.size or size % 32:
            lost = index * WIDTH + size // 32 - plan.size
            report.add(f"tile 0/{index}", f"has hashes of {lost} events after the last row")
    stored = {
        (as_int(level), as_int(index)): (as_int(alg), as_bytes(data))
        for level, index, alg, data in upper
    }
    for level, row in enumerate(levels.rows, 1):
        for index in range((len(row) + WIDTH - 1) // WIDTH):
            place = f"tile {level}/{index}"
            algorithm, data = stored.pop((level, index), (plan.algorithm, b""))
            expected = row[index * WIDTH : (index + 1) * WIDTH]
            if algorithm != plan.algorithm:
                report.add(place, f"says hash algorithm {algorithm}")
            if not data:
                report.add(place, "is missing")
            elif data != b"".join(expected):
                wrong = [
                    at
                    for at, pair in enumerate(zip(expected, cut(data), strict=False))
                    if pair[0] != pair[1]
                ]
                where = f"hash {wrong[0]} is wrong" if wrong else "has the wrong length"
                report.add(place, f"{where}: it is not the root of the tile below")
    for level, index in sorted(stored):
        report.add(f"tile {level}/{index}", "belongs to no tree of this size")


def _signed(row: Row, plan: _Plan) -> tuple[Signed, Key] | NoteError:
    """Return what a checkpoint's note says and who signed it, or what is wrong with it."""
    try:
        signed = read_note(row[4])
        return signed, signed.signer(plan.keys)
    except NoteError as error:
        return error


def _check_roots(
    plan: _Plan,
    tree: _Tree,
    signed: Sequence[tuple[Signed, Key] | NoteError],
    trust: Trust,
    report: Report,
) -> None:
    report.checkpoints = len(plan.checkpoints)
    notes = _check_checkpoints(plan, tree, signed, report)
    for row in plan.cosignatures:
        _check_cosignature(row, notes, trust, report)
    for seen in plan.seen:
        if _fits(seen.signed, seen.place, plan, tree, report) and seen.is_witness:
            report.cosigned_size = max(report.cosigned_size, seen.signed.size)
    if plan.cosignatures and not trust.witness_keys:
        report.remarks.append("cosignatures were not checked: no --key of a witness was given")
    late = plan.size - report.signed_size
    if late > _MOST_UNSIGNED and not report.findings:
        report.add("checkpoint", f"the last {late} events are under no signed checkpoint")
    elif late and not report.findings:
        report.remarks.append(f"the last {late} events are not under a signed checkpoint yet")


def _check_checkpoints(
    plan: _Plan, tree: _Tree, read: Sequence[tuple[Signed, Key] | NoteError], report: Report
) -> dict[int, Signed]:
    notes: dict[int, Signed] = {}
    for row, found in zip(plan.checkpoints, read, strict=True):
        size = as_int(row[0])
        place = f"checkpoint {size}"
        if isinstance(found, NoteError):
            report.add(place, str(found))
            continue
        signed, key = found
        notes[size] = signed
        columns = (size, row[1], row[2], row[3], plan.origin)
        said = (signed.size, signed.algorithm, signed.root, key.algorithm, signed.origin)
        if columns != said or signed.algorithm != plan.algorithm:
            report.add(place, "the signed note says something else than its row")
        if signed.size == size and _fits(signed, place, plan, tree, report):
            report.signed_size = max(report.signed_size, size)
    return notes


def _check_cosignature(row: Row, notes: dict[int, Signed], trust: Trust, report: Report) -> None:
    size, witness, line = as_int(row[0]), row[1], row[2]
    place = f"cosignature of {witness} over {size}"
    if size not in notes:
        report.add(place, "there is no such checkpoint")
        return
    try:
        at_s = cosigned_at(line, notes[size], trust.witness_keys)
    except NoteError as error:
        report.add(place, str(error))
        return
    if at_s is not None:
        report.cosigned_size = max(report.cosigned_size, size)
    elif any(key.name == witness for key in trust.witness_keys):
        report.add(place, "the line is not by the known key of that name")


def _fits(signed: Signed, place: str, plan: _Plan, tree: _Tree, report: Report) -> bool:
    """Tell whether a signed state is one of this tree."""
    if signed.size > plan.size:
        lost = signed.size - plan.size
        report.add(place, f"{signed.size} events were signed, the last {lost} rows are gone")
        return False
    if signed.origin != plan.origin:
        report.add(place, f"is of log {signed.origin}")
        return False
    if tree.root(signed.size) != signed.root:
        report.add(place, "the events do not lead to the root that was signed")
        return False
    return True
