"""Check a published copy: tiles against tiles, and the root against the signed checkpoint."""

from __future__ import annotations

from pathlib import Path

from seal_audit_check.findings import CheckError, Report
from seal_audit_check.notes import NoteError, Signed, read_note
from seal_audit_check.tree import WIDTH, Levels, cut, fold, new_of
from seal_audit_check.trust import Trust
from seal_audit_check.witnessed import Seen, kept_elsewhere, seen_elsewhere


def tile_path(level: int, index: int, width: int) -> Path:
    """Return the path of a tile as C2SP tlog-tiles names it."""
    name = f"{index % 1000:03d}" + ("" if width == WIDTH else f".p/{width}")
    index //= 1000
    parts = [name]
    while index:
        parts.insert(0, f"x{index % 1000:03d}")
        index //= 1000
    return Path("tile", str(level), *parts)


def check_published(folder: Path, trust: Trust) -> Report:
    """Check a folder with `checkpoint` and `tile/` (CheckError if no key is given)."""
    if not trust.log_keys:
        message = "a published copy does not say whose it is: give --key with the log's public key"
        raise CheckError(message)
    report = Report()
    kept = kept_elsewhere(trust, report)
    try:
        signed = read_note((folder / "checkpoint").read_text("utf-8"))
        signed.signer(trust.log_keys)
    except (OSError, UnicodeDecodeError, NoteError) as error:
        report.add("checkpoint", str(error))
        return report
    report.origin, report.events, report.checkpoints = signed.origin, signed.size, 1
    if trust.origin is not None and signed.origin != trust.origin:
        report.add("checkpoint", f"is of log {signed.origin}, not {trust.origin}")
    new = new_of(signed.algorithm)
    seen = [
        other
        for other in seen_elsewhere(kept, trust, trust.log_keys, report)
        if not other.place.startswith("published")
    ]
    wanted = {signed.size, *(other.signed.size for other in seen)}
    roots: list[bytes] = []
    tails: dict[int, bytes] = {}
    for at in range(0, signed.size, WIDTH):
        row = _tile(folder, 0, at // WIDTH, min(WIDTH, signed.size - at), report)
        if len(row) == WIDTH:
            roots.append(fold(new, row))
        for size in wanted:
            if at < size < at + WIDTH:
                tails[size] = fold(new, row[: size - at])
    levels = Levels(new, roots)
    for level, expected in enumerate(levels.rows, 1):
        for at in range(0, len(expected), WIDTH):
            part = expected[at : at + WIDTH]
            stored = _tile(folder, level, at // WIDTH, len(part), report)
            if stored != part and any(stored):
                place = f"tile {level}/{at // WIDTH}"
                report.add(place, "is not made of the roots of the tiles below")
    _compare(signed, seen, levels, tails, report)
    return report


def _compare(
    signed: Signed, seen: list[Seen], levels: Levels, tails: dict[int, bytes], report: Report
) -> None:
    if levels.root(signed.size, tails.get(signed.size)) != signed.root:
        report.add("checkpoint", "the tiles do not lead to the root that was signed")
    else:
        report.signed_size = signed.size
    for other in seen:
        size = other.signed.size
        if size > signed.size:
            report.add(other.place, f"has seen {size} events, the copy has {signed.size}")
        elif levels.root(size, tails.get(size)) != other.signed.root:
            report.add(other.place, "has seen another log than this")
        elif other.is_witness:
            report.cosigned_size = max(report.cosigned_size, size)


def _tile(folder: Path, level: int, index: int, width: int, report: Report) -> list[bytes]:
    """Return a tile's hashes, zeros for one that is not as it must be."""
    place = f"tile {level}/{index}"
    for path in (folder / tile_path(level, index, width), folder / tile_path(level, index, WIDTH)):
        try:
            data = path.read_bytes()
        except OSError:
            continue
        if len(data) < 32 * width or len(data) % 32:
            report.add(place, f"has {len(data)} bytes")
            break
        return cut(data)[:width]
    else:
        report.add(place, "is missing")
    return [b""] * width
