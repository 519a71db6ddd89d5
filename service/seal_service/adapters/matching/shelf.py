"""Makes each thing that rows of a batch share once, and holds it no longer than needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Shelf(Generic[K, V]):
    """Holds the values of keys while uses of them remain.

    The first thread to ask for a key makes its value; the others wait for that one result, or get
    the same exception. Threads with *different* keys never wait for each other, so a value may be
    made with one taken from another shelf, but not from its own.
    """

    def __init__(self, uses: Iterable[K]) -> None:
        """Announce every use that will come: a key once for each `take`."""
        self._lock = Lock()
        self._left = Counter(uses)
        self._shelf: dict[K, Future[V]] = {}

    def take(self, key: K, make: Callable[[K], V]) -> V:
        """Return the value for one use, made by the first caller's `make`; then `give_back`.

        Raises
        ------
        Exception
            Whatever `make` raised: every use of the key gets the same.
        """
        with self._lock:
            future = self._shelf.get(key)
            mine = future is None
            if future is None:
                future = self._shelf[key] = Future()
        if mine:
            try:
                future.set_result(make(key))
            except BaseException as error:
                future.set_exception(error)
                raise
        return future.result()

    def give_back(self, key: K) -> None:
        """Note that one use is over, taken or not; the last one frees the value's memory."""
        with self._lock:
            self._left[key] -= 1
            if self._left[key] <= 0:
                del self._left[key]
                self._shelf.pop(key, None)

    def __len__(self) -> int:
        """Return how many values are held now."""
        with self._lock:
            return len(self._shelf)
