"""The manifest's parser takes any bytes: each line becomes a row or a stated error in its place."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seal_service.adapters.matching import BatchRow, FailedResult
from seal_service.cli.manifest import parse_line, parse_manifest

FOLDER = Path("/data")
GOOD: dict[str, Any] = {"id": "a", "card": "c.jpg", "voucher": "v.jpg"}

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=12,
)


def parsed(**fields: object) -> BatchRow | FailedResult:
    return parse_line(json.dumps({**GOOD, **fields}).encode(), 7, FOLDER)


def test_full_row_is_read():
    row = parsed(card_dpi=300, voucher_dpi=200.5, search_box=[1, 2, 30, 40], card_box=[0, 0, 9, 9])
    assert isinstance(row, BatchRow)
    assert row.id == "a"
    assert row.card.path == FOLDER / "c.jpg"
    assert row.card.dpi == 300.0
    assert row.card.box == (0.0, 0.0, 9.0, 9.0)
    assert row.voucher == FOLDER / "v.jpg"
    assert row.voucher_dpi == 200.5
    assert row.search_box == (1.0, 2.0, 30.0, 40.0)


def test_earlier_impressions_are_read():
    row = parsed(earlier=["a.imprint", "/old/b.jpg"], earlier_dpi=300)
    assert isinstance(row, BatchRow)
    assert row.earlier == (FOLDER / "a.imprint", Path("/old/b.jpg"))
    assert row.earlier_dpi == 300.0
    assert parsed(earlier=[]) == parsed(earlier=None) == parsed()


def test_optional_fields_may_be_missing_or_null_and_others_are_ignored():
    assert parsed(card_dpi=None, search_box=None, note={"x": 1}) == parsed()


def test_absolute_paths_stay_absolute():
    row = parsed(card="/elsewhere/c.jpg")
    assert isinstance(row, BatchRow)
    assert row.card.path == Path("/elsewhere/c.jpg")


@pytest.mark.parametrize(
    ("fields", "code", "word"),
    [
        ({"card": None}, "BAD_MANIFEST_FIELD", "card"),
        ({"card": 5}, "BAD_MANIFEST_FIELD", "card"),
        ({"voucher": ""}, "BAD_MANIFEST_FIELD", "voucher"),
        ({"voucher": ["v.jpg"]}, "BAD_MANIFEST_FIELD", "voucher"),
        ({"card_dpi": 0}, "BAD_DPI", "card_dpi"),
        ({"voucher_dpi": -200}, "BAD_DPI", "voucher_dpi"),
        ({"voucher_dpi": "200"}, "BAD_MANIFEST_FIELD", "voucher_dpi"),
        ({"voucher_dpi": True}, "BAD_MANIFEST_FIELD", "voucher_dpi"),
        ({"voucher_dpi": 10**400}, "BAD_MANIFEST_FIELD", "voucher_dpi"),
        ({"search_box": [1, 2, 3]}, "BAD_MANIFEST_FIELD", "search_box"),
        ({"search_box": "1,2,3,4"}, "BAD_MANIFEST_FIELD", "search_box"),
        ({"search_box": [1, 2, None, 4]}, "BAD_MANIFEST_FIELD", "search_box"),
        ({"search_box": [5, 2, 1, 4]}, "BAD_BOX", "search_box"),
        ({"card_box": [1, 1, 1, 4]}, "BAD_BOX", "card_box"),
        ({"earlier": "a.jpg"}, "BAD_MANIFEST_FIELD", "earlier"),
        ({"earlier": {"a.jpg": 1}}, "BAD_MANIFEST_FIELD", "earlier"),
        ({"earlier": ["a.jpg", 5]}, "BAD_MANIFEST_FIELD", "earlier"),
        ({"earlier": ["a.jpg", ""]}, "BAD_MANIFEST_FIELD", "earlier"),
        ({"earlier": [None]}, "BAD_MANIFEST_FIELD", "earlier"),
        ({"earlier_dpi": 0}, "BAD_DPI", "earlier_dpi"),
    ],
)
def test_wrong_field_is_named_and_keeps_the_id(fields: dict[str, object], code: str, word: str):
    failed = parsed(**fields)
    assert isinstance(failed, FailedResult)
    assert failed.id == "a"
    assert failed.code == code
    assert word in failed.message
    assert "line 7" in failed.message


@pytest.mark.parametrize("row_id", [None, True, 1.5, ["a"], {}])
def test_wrong_id_is_said_to_be_wrong(row_id: object):
    failed = parsed(id=row_id)
    assert isinstance(failed, FailedResult)
    assert failed.id is None
    assert "id" in failed.message


@pytest.mark.parametrize("row_id", ["", "a", 17, "票据-1", "\ud800"])
def test_strings_and_whole_numbers_are_ids(row_id: str | int):
    assert parsed(id=row_id).id == row_id


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"nonsense",
        b"[1, 2]",
        b'"a"',
        b"null",
        b"\xff\xfe\x00",
        b'{"id": NaN}',
        b'{"id": "a", "card_dpi": Infinity}',
        b"[" * 200_000,
        b'{"id": ' + b"1" * 10_000 + b"}",
        b" " * 5 + b"x" * 2_000_000,
    ],
)
def test_malformed_line_is_an_error_row(line: bytes):
    failed = parse_line(line, 3, FOLDER)
    assert isinstance(failed, FailedResult)
    assert failed.code == "BAD_MANIFEST_LINE"
    assert failed.id is None
    assert failed.message.startswith("line 3: ")
    assert len(failed.message) < 300


def test_order_blank_lines_byte_order_mark_and_line_ends():
    lines = [json.dumps({**GOOD, "id": k}) for k in range(3)]
    content = b"\xef\xbb\xbf" + "\r\n".join([lines[0], "", lines[1], "  ", lines[2]]).encode()
    assert [item.id for item in parse_manifest(content, FOLDER)] == [0, 1, 2]


def test_duplicate_ids_are_allowed():
    line = json.dumps(GOOD).encode()
    assert len(list(parse_manifest(line + b"\n" + line, FOLDER))) == 2


@given(st.binary(max_size=400))
def test_any_bytes_give_one_item_a_line(content: bytes):
    items = list(parse_manifest(content, FOLDER))
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    assert len(items) == sum(bool(line.strip()) for line in lines)
    for item in items:
        if isinstance(item, FailedResult):
            json.dumps(item.to_json(), allow_nan=False)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(
            ["id", "card", "voucher", "card_dpi", "voucher_dpi", "search_box", "earlier"]
        ),
        any_json,
    )
)
def test_any_values_give_a_sound_row_or_an_error(fields: dict[str, Any]):
    item = parse_line(json.dumps({**GOOD, **fields}).encode(), 1, FOLDER)
    if isinstance(item, BatchRow):
        for dpi in (item.voucher_dpi, item.card.dpi):
            assert dpi is None or (math.isfinite(dpi) and dpi > 0)
        assert item.search_box is None or item.search_box[0] < item.search_box[2]
    else:
        assert isinstance(item, FailedResult)
        assert item.code
        assert item.message
