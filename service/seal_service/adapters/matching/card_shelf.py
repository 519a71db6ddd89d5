"""Enrols each card of a batch once, however many threads ask for it, and no longer than needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from threading import Lock

from seal_service.adapters.matching.enrolment import EnrolledSeal
from seal_service.adapters.matching.manifest_row import CardKey

Enrol = Callable[[CardKey], EnrolledSeal]


class CardShelf:
    """Holds the references of a batch while rows that use them remain.

    The first thread to ask for a card enrols it; the others wait for that one result, or get the
    same exception. Threads on *different* cards never wait for each other.
    """

    def __init__(self, uses: Iterable[CardKey], enrol: Enrol) -> None:
        self._enrol = enrol
        self._lock = Lock()
        self._left = Counter(uses)
        self._shelf: dict[CardKey, Future[EnrolledSeal]] = {}

    def take(self, key: CardKey) -> EnrolledSeal:
        """Return the reference for one row; call it once a row, then `give_back`.

        Raises
        ------
        MatchingError
            The card cannot be enrolled; every row that uses it gets the same error.
        """
        with self._lock:
            future = self._shelf.get(key)
            mine = future is None
            if future is None:
                future = self._shelf[key] = Future()
        if mine:
            try:
                future.set_result(self._enrol(key))
            except BaseException as error:
                future.set_exception(error)
                raise
        return future.result()

    def give_back(self, key: CardKey) -> None:
        """Note that one row is done; the last one frees the reference's memory."""
        with self._lock:
            self._left[key] -= 1
            if self._left[key] <= 0:
                del self._left[key]
                self._shelf.pop(key, None)

    def __len__(self) -> int:
        """Return how many references are held now."""
        with self._lock:
            return len(self._shelf)
