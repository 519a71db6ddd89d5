"""Many pairs on several threads; the engine releases the GIL, so the threads share the cores."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from seal_service.adapters.matching.enrolment import EnrolledSeal, open_reference
from seal_service.adapters.matching.errors import MatchingError
from seal_service.adapters.matching.findings import Earlier
from seal_service.adapters.matching.manifest_row import BatchItem, BatchRow, CardKey, EarlierKey
from seal_service.adapters.matching.profiles import Profile
from seal_service.adapters.matching.result import FailedResult, RowResult
from seal_service.adapters.matching.shelf import Shelf
from seal_service.adapters.matching.verification import open_earlier, verify

AHEAD = 4
"""Rows in work or waiting per thread: enough that a slow row leaves no thread idle."""

_log = logging.getLogger(__name__)


def verify_batch(
    items: Sequence[BatchItem], *, profile: Profile, threads: int
) -> Generator[RowResult, None, None]:
    """Verify pairs, yielding one result an item in the order of the items.

    Parameters
    ----------
    items : sequence of BatchItem
        Rows; a `FailedResult` among them is handed through in its place.
    profile : Profile
        Weights and thresholds.
    threads : int
        At least 1. Results do not depend on it.

    Yields
    ------
    VerificationResult or FailedResult
        A row that fails does not stop the batch.

    Raises
    ------
    ValueError
        `threads` is not positive.
    """
    if threads < 1:
        message = f"threads is {threads}; it must be at least 1"
        raise ValueError(message)
    return _verify_in_order(items, profile, threads)


def _verify_in_order(
    items: Sequence[BatchItem], profile: Profile, threads: int
) -> Generator[RowResult, None, None]:
    rows = [item for item in items if isinstance(item, BatchRow)]
    cards = Shelf[CardKey, EnrolledSeal](row.card for row in rows)
    earlier = Shelf[EarlierKey, Earlier](key for row in rows for key in row.earlier_keys())

    def judge(row: BatchRow) -> RowResult:
        return _judge(row, cards, earlier, profile)

    pool = ThreadPoolExecutor(threads, thread_name_prefix="verify")
    waiting: deque[Future[RowResult] | FailedResult] = deque()
    try:
        for item in items:
            waiting.append(item if isinstance(item, FailedResult) else pool.submit(judge, item))
            if len(waiting) >= AHEAD * threads:
                yield _result_of(waiting.popleft())
        while waiting:
            yield _result_of(waiting.popleft())
    finally:
        # Also when the consumer stops early (Ctrl-C): rows in work end, the others never begin.
        pool.shutdown(wait=True, cancel_futures=True)


def _result_of(entry: Future[RowResult] | FailedResult) -> RowResult:
    return entry if isinstance(entry, FailedResult) else entry.result()


def _enrol(key: CardKey) -> EnrolledSeal:
    return open_reference(key.path, dpi=key.dpi, box=key.box)


def _judge(
    row: BatchRow,
    cards: Shelf[CardKey, EnrolledSeal],
    earlier: Shelf[EarlierKey, Earlier],
    profile: Profile,
) -> RowResult:
    try:
        reference = cards.take(row.card, _enrol)

        def opened(key: EarlierKey) -> Earlier:
            # Files of one name in several folders must be told apart in a batch's output.
            return open_earlier(reference, key.path, dpi=key.dpi, name=str(key.path))

        return verify(
            reference,
            row.voucher,
            profile=profile,
            dpi=row.voucher_dpi,
            search_box=row.search_box,
            row_id=row.id,
            earlier=[earlier.take(key, opened) for key in row.earlier_keys()],
        )
    except MatchingError as error:
        return FailedResult(error.code, str(error), row.id)
    except MemoryError:
        return FailedResult("OUT_OF_MEMORY", "there is not enough memory for this image", row.id)
    except Exception as error:  # noqa: BLE001  # one bad row must not cost the others their results
        _log.exception("row %r failed", row.id)
        return FailedResult("INTERNAL", f"unexpected {type(error).__name__}", row.id)
    finally:
        for key in row.earlier_keys():
            earlier.give_back(key)
        cards.give_back(row.card)
