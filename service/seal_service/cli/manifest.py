"""Reading a batch's manifest: hostile text in, a row or a stated error per line out.

One JSON object a line; the fields are described in `sealmatch verify-batch --help`. A line that
cannot be understood becomes a `FailedResult` in its place; nothing in a manifest stops a batch.
Fields that we do not know are ignored, so that a caller may keep notes in them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn, TypeAlias, cast

from seal_service.adapters.matching import BatchItem, BatchRow, Box, CardKey, FailedResult, RowId

MALFORMED = "BAD_MANIFEST_LINE"
BAD_FIELD = "BAD_MANIFEST_FIELD"
BAD_DPI = "BAD_DPI"
BAD_BOX = "BAD_BOX"
MAX_LINE_BYTES = 1024 * 1024

_Fields: TypeAlias = dict[str, object]


class _FieldError(Exception):
    """A field is wrong; `code` goes into the row's error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def parse_manifest(content: bytes, folder: Path) -> Iterator[BatchItem]:
    """Yield one item per line that is not blank; paths are relative to `folder`."""
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if line.strip():
            yield parse_line(line, number, folder)


def parse_line(line: bytes, number: int, folder: Path) -> BatchItem:
    """Return the row of one line, or what is wrong with it."""
    fields = _object_of(line)
    if isinstance(fields, str):
        return FailedResult(MALFORMED, f"line {number}: {fields}", None)
    row_id = fields.get("id")
    if isinstance(row_id, bool) or not isinstance(row_id, str | int):
        said = "is missing" if row_id is None else "is not a string or a whole number"
        return FailedResult(BAD_FIELD, f"line {number}: id {said}", None)
    try:
        return _row_of(fields, row_id, folder)
    except _FieldError as error:
        return FailedResult(error.code, f"line {number}: {error}", row_id)


def _object_of(line: bytes) -> _Fields | str:
    """Return the line's object, or in words why it has none."""
    if len(line) > MAX_LINE_BYTES:
        return f"longer than {MAX_LINE_BYTES} bytes"
    try:
        value: object = json.loads(line.decode("utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        return "not UTF-8 text"
    except json.JSONDecodeError as error:
        return f"not JSON: {error.msg} at column {error.colno}"
    except RecursionError:
        return "not JSON: nested too deeply"
    except ValueError as error:
        return f"not JSON: {error}"
    if not isinstance(value, dict):
        return "not a JSON object"
    return cast("_Fields", value)


def _no_constant(word: str) -> NoReturn:
    message = f"{word} is not a number"
    raise ValueError(message)


def _row_of(fields: _Fields, row_id: RowId, folder: Path) -> BatchRow:
    card = CardKey(
        path=folder / _path(fields, "card"),
        dpi=_dpi(fields, "card_dpi"),
        box=_box(fields, "card_box"),
    )
    return BatchRow(
        id=row_id,
        card=card,
        voucher=folder / _path(fields, "voucher"),
        voucher_dpi=_dpi(fields, "voucher_dpi"),
        search_box=_box(fields, "search_box"),
        earlier=tuple(folder / path for path in _paths(fields, "earlier")),
        earlier_dpi=_dpi(fields, "earlier_dpi"),
    )


def _paths(fields: _Fields, name: str) -> list[str]:
    value = fields.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(path, str) and path for path in value):
        raise _FieldError(BAD_FIELD, f"{name} is not a list of paths")
    return cast("list[str]", value)


def _path(fields: _Fields, name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        said = "is missing" if value is None else "is not a path"
        raise _FieldError(BAD_FIELD, f"{name} {said}")
    return value


def _number(value: object) -> float | None:
    """Return a finite number, or None for anything else; a truth value is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _dpi(fields: _Fields, name: str) -> float | None:
    value = fields.get(name)
    if value is None:
        return None
    number = _number(value)
    if number is None:
        raise _FieldError(BAD_FIELD, f"{name} is not a number")
    if number <= 0.0:
        raise _FieldError(BAD_DPI, f"{name} is {number:g}; it must be positive")
    return number


def _box(fields: _Fields, name: str) -> Box | None:
    value = fields.get(name)
    if value is None:
        return None
    numbers = [_number(side) for side in value] if isinstance(value, list) else []
    if len(numbers) != 4 or None in numbers:
        raise _FieldError(BAD_FIELD, f"{name} is not four numbers [x0, y0, x1, y1]")
    x0, y0, x1, y1 = cast("list[float]", numbers)
    if not (x0 < x1 and y0 < y1):
        raise _FieldError(BAD_BOX, f"{name} is empty")
    return x0, y0, x1, y1
