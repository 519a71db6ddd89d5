"""The Merkle tree of RFC 9162, section 2: roots and proofs, and how each is verified.

Proofs are made by the RFC's recursive definitions and verified by its iterative algorithms, so that
the two check each other. The tree itself is read through `Nodes`, which answers for perfect
subtrees only; whatever lies between is hashed here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from seal_service.audit.errors import InvalidProofError
from seal_service.audit.hashing import HASH_BYTES, Hasher

Nodes = Callable[[int, int], bytes]
"""`nodes(level, index)`: hash of the perfect subtree of 2^level leaves from index·2^level on."""


def root_of_hashes(hasher: Hasher, hashes: Sequence[bytes]) -> bytes:
    """Return the root over subtrees of one size, the last of which may be smaller."""
    if not hashes:
        return hasher.empty()
    row = list(hashes)
    while len(row) > 1:
        # An odd one out goes up as it is: that is how RFC 9162 splits at powers of two.
        above = [hasher.node(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        if len(row) % 2:
            above.append(row[-1])
        row = above
    return row[0]


def _split(count: int) -> int:
    """Return the largest power of two below `count` (at least 2)."""
    return 1 << (count - 1).bit_length() - 1


@dataclass(frozen=True, slots=True)
class Tree:
    """The tree over the first `size` leaves."""

    hasher: Hasher
    nodes: Nodes
    size: int

    def root(self) -> bytes:
        """Return the Merkle tree hash."""
        return self._hash(0, self.size) if self.size else self.hasher.empty()

    def inclusion(self, index: int) -> list[bytes]:
        """Return the proof that leaf `index` is in the tree, from the leaf upwards (2.1.3.1).

        Raises
        ------
        InvalidProofError
            There is no such leaf.
        """
        if not 0 <= index < self.size:
            message = f"leaf {index} is not in a tree of {self.size}"
            raise InvalidProofError(message)
        proof: list[bytes] = []
        start, end = 0, self.size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(self._hash(middle, end))
                end = middle
            else:
                proof.append(self._hash(start, middle))
                start = middle
        return proof[::-1]

    def consistency(self, old_size: int) -> list[bytes]:
        """Return the proof that this tree continues the one of `old_size` leaves (2.1.4.1).

        Raises
        ------
        InvalidProofError
            The older tree is larger than this one.
        """
        if not 0 <= old_size <= self.size:
            message = f"a tree of {self.size} does not continue one of {old_size}"
            raise InvalidProofError(message)
        if old_size in {0, self.size}:
            return []
        proof: list[bytes] = []
        start, end, whole = 0, self.size, True
        while old_size != end:
            middle = start + _split(end - start)
            if old_size <= middle:
                proof.append(self._hash(middle, end))
                end = middle
            else:
                proof.append(self._hash(start, middle))
                start, whole = middle, False
        if not whole:
            proof.append(self._hash(start, end))
        return proof[::-1]

    def surroundings(self, start: int, end: int) -> tuple[list[bytes], list[bytes]]:
        """Return the subtrees left and right of leaves [start, end), each from left to right.

        With the leaves themselves they make the root: `verify_range`.

        Raises
        ------
        InvalidProofError
            The range is empty or not in the tree.
        """
        if not 0 <= start < end <= self.size:
            message = f"leaves {start} to {end} are not a range of a tree of {self.size}"
            raise InvalidProofError(message)
        left: list[bytes] = []
        right: list[bytes] = []
        pieces = [(0, self.size)]
        while pieces:
            low, high = pieces.pop()
            if high <= start:
                left.append(self._hash(low, high))
            elif end <= low:
                right.append(self._hash(low, high))
            elif low < start or end < high:
                middle = low + _split(high - low)
                pieces += [(middle, high), (low, middle)]
        return left, right

    def _hash(self, start: int, end: int) -> bytes:
        count = end - start
        if count & count - 1 == 0 and start % count == 0:
            level = count.bit_length() - 1
            return self.nodes(level, start >> level)
        middle = start + _split(count)
        return self.hasher.node(self._hash(start, middle), self._hash(middle, end))


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(value) != HASH_BYTES for value in hashes):
        message = f"a hash in the proof does not have {HASH_BYTES} bytes"
        raise InvalidProofError(message)


def verify_inclusion(
    hasher: Hasher, *, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that a leaf's hash is at `index` of the tree with this size and root (2.1.3.2).

    Raises
    ------
    InvalidProofError
        It is not, or the proof has another length than it must have.
    """
    if not 0 <= index < size:
        message = f"leaf {index} is not in a tree of {size}"
        raise InvalidProofError(message)
    _check_hashes([leaf, root, *proof])
    node, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            message = "the inclusion proof is too long"
            raise InvalidProofError(message)
        if node % 2 or node == last:
            value = hasher.node(sibling, value)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            value = hasher.node(value, sibling)
        node, last = node >> 1, last >> 1
    if last or value != root:
        message = f"the inclusion proof does not lead from leaf {index} to the root of {size}"
        raise InvalidProofError(message)


def verify_consistency(
    hasher: Hasher,
    *,
    old_size: int,
    size: int,
    old_root: bytes,
    root: bytes,
    proof: Sequence[bytes],
) -> None:
    """Check that the tree of `size` begins with the whole tree of `old_size` (2.1.4.2).

    Raises
    ------
    InvalidProofError
        It does not.
    """
    _check_hashes([old_root, root, *proof])
    message = f"the tree of {size} is not shown to continue the one of {old_size}"
    if not 0 <= old_size <= size:
        raise InvalidProofError(message)
    if old_size in {0, size}:
        # The empty tree is continued by every tree, but its root is known.
        expected = root if old_size else hasher.empty()
        if proof or old_root != expected:
            raise InvalidProofError(message)
        return
    path = list(proof)
    if old_size & old_size - 1 == 0:
        path.insert(0, old_root)
    if not path:
        raise InvalidProofError(message)
    node, last = old_size - 1, size - 1
    while node % 2:
        node, last = node >> 1, last >> 1
    old_value = new_value = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise InvalidProofError(message)
        if node % 2 or node == last:
            old_value = hasher.node(sibling, old_value)
            new_value = hasher.node(sibling, new_value)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            new_value = hasher.node(new_value, sibling)
        node, last = node >> 1, last >> 1
    if last or old_value != old_root or new_value != root:
        raise InvalidProofError(message)


def verify_range(
    hasher: Hasher,
    *,
    leaves: Sequence[bytes],
    start: int,
    size: int,
    left: Sequence[bytes],
    right: Sequence[bytes],
    root: bytes,
) -> None:
    """Check that these leaf hashes are leaves `start` and following of the tree with this root.

    Raises
    ------
    InvalidProofError
        They are not, or hashes are missing or left over.
    """
    end = start + len(leaves)
    if not leaves or not 0 <= start < end <= size:
        message = f"leaves {start} to {end} are not a range of a tree of {size}"
        raise InvalidProofError(message)
    _check_hashes([root, *leaves, *left, *right])
    lefts, rights = iter(left), iter(right)
    outside = object()

    def value(low: int, high: int) -> bytes:
        if high <= start or end <= low:
            found = next(lefts if high <= start else rights, outside)
            if not isinstance(found, bytes):
                message = "the range proof is too short"
                raise InvalidProofError(message)
            return found
        if high - low == 1:
            return leaves[low - start]
        middle = low + _split(high - low)
        return hasher.node(value(low, middle), value(middle, high))

    computed = value(0, size)
    if computed != root or next(lefts, None) is not None or next(rights, None) is not None:
        message = f"leaves {start} to {end} do not lead to the root of {size}"
        raise InvalidProofError(message)
