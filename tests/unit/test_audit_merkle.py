"""Roots and proofs: RFC 6962's known trees, and laws over trees of any size."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seal_audit_check.tree import Levels, fold, new_of
from seal_service.audit import HashId, hasher_of
from seal_service.audit.errors import InvalidProofError, LogDamagedError
from seal_service.audit.merkle import (
    Tree,
    root_of_hashes,
    verify_consistency,
    verify_inclusion,
    verify_range,
)
from seal_service.audit.tiles import (
    Frontier,
    TileId,
    partial_tiles,
    tiles_between,
    tree_of,
    width_at,
)

SHA256 = hasher_of(HashId.SHA256)

# The eight leaves and the roots that implementations of RFC 6962 have in common.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
    (1, 5): (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
CONSISTENCY = {
    (1, 1): (),
    (1, 8): INCLUSION[0, 8],
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
    (6, 7): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
}


def leaf(number: int) -> bytes:
    return SHA256.leaf(number.to_bytes(4, "big"))


def mth(leaves: Sequence[bytes]) -> bytes:
    """Follow the definition of RFC 9162, section 2.1.1, word by word."""
    if not leaves:
        return SHA256.empty()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return SHA256.node(mth(leaves[:k]), mth(leaves[k:]))


def tree_over(leaves: Sequence[bytes]) -> Tree:
    def node(level: int, index: int) -> bytes:
        return mth(leaves[index << level : (index + 1) << level])

    return Tree(SHA256, node, len(leaves))


def known_tree(size: int) -> Tree:
    return tree_over([SHA256.leaf(data) for data in LEAVES[:size]])


@pytest.mark.parametrize("size", range(9))
def test_rfc6962_roots(size: int) -> None:
    hashes = [SHA256.leaf(data) for data in LEAVES[:size]]
    expected = bytes.fromhex(ROOTS[size])
    assert known_tree(size).root() == expected
    assert root_of_hashes(SHA256, hashes) == expected
    assert Frontier.empty(SHA256).extend(hashes)[0].root() == expected
    assert fold(new_of(1), hashes) == expected


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_rfc6962_inclusion_proofs(index: int, size: int) -> None:
    proof = [bytes.fromhex(text) for text in INCLUSION[index, size]]
    assert known_tree(size).inclusion(index) == proof
    verify_inclusion(
        SHA256,
        leaf=SHA256.leaf(LEAVES[index]),
        index=index,
        size=size,
        proof=proof,
        root=bytes.fromhex(ROOTS[size]),
    )


@pytest.mark.parametrize(("old", "size"), CONSISTENCY)
def test_rfc6962_consistency_proofs(old: int, size: int) -> None:
    proof = [bytes.fromhex(text) for text in CONSISTENCY[old, size]]
    assert known_tree(size).consistency(old) == proof
    verify_consistency(
        SHA256,
        old_size=old,
        size=size,
        old_root=bytes.fromhex(ROOTS[old]),
        root=bytes.fromhex(ROOTS[size]),
        proof=proof,
    )


def test_every_proof_of_every_small_tree_verifies() -> None:
    leaves = [leaf(number) for number in range(40)]
    roots = [mth(leaves[:size]) for size in range(41)]
    for size in range(1, 41):
        tree = tree_over(leaves[:size])
        for index in range(size):
            verify_inclusion(
                SHA256,
                leaf=leaves[index],
                index=index,
                size=size,
                proof=tree.inclusion(index),
                root=roots[size],
            )
        for old in range(size + 1):
            verify_consistency(
                SHA256,
                old_size=old,
                size=size,
                old_root=roots[old],
                root=roots[size],
                proof=tree.consistency(old),
            )


@given(st.data())
def test_a_damaged_proof_never_verifies(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 70))
    leaves = [leaf(number) for number in range(size)]
    tree, root = tree_over(leaves), mth(leaves)
    old = data.draw(st.integers(1, size - 1))
    for proof, verify in (
        (
            tree.inclusion(old),
            lambda proof: verify_inclusion(
                SHA256, leaf=leaves[old], index=old, size=size, proof=proof, root=root
            ),
        ),
        (
            tree.consistency(old),
            lambda proof: verify_consistency(
                SHA256, old_size=old, size=size, old_root=mth(leaves[:old]), root=root, proof=proof
            ),
        ),
    ):
        verify(proof)
        at = data.draw(st.integers(0, len(proof) - 1))
        bit = data.draw(st.integers(0, 255))
        flipped = bytearray(proof[at])
        flipped[bit // 8] ^= 1 << bit % 8
        for wrong in (
            [*proof[:at], bytes(flipped), *proof[at + 1 :]],
            proof[:at] + proof[at + 1 :],
            [*proof, root],
            [root, *proof],
            [*proof[:at], b"", *proof[at + 1 :]],
        ):
            with pytest.raises(InvalidProofError):
                verify(wrong)


def test_a_proof_for_another_place_or_size_does_not_verify() -> None:
    leaves = [leaf(number) for number in range(13)]
    tree, root = tree_over(leaves), mth(leaves)
    for index in range(13):
        proof = tree.inclusion(index)
        for wrong_index in set(range(-1, 15)) - {index}:
            with pytest.raises(InvalidProofError):
                verify_inclusion(
                    SHA256, leaf=leaves[index], index=wrong_index, size=13, proof=proof, root=root
                )
    with pytest.raises(InvalidProofError):
        tree.inclusion(13)
    with pytest.raises(InvalidProofError):
        tree.consistency(14)
    for old, size in ((5, 3), (-1, 3), (0, 3)):
        with pytest.raises(InvalidProofError):
            verify_consistency(
                SHA256, old_size=old, size=size, old_root=root, root=root, proof=[root]
            )


@given(st.data())
def test_a_range_is_proved_by_what_surrounds_it(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 90))
    start = data.draw(st.integers(0, size - 1))
    end = data.draw(st.integers(start + 1, size))
    leaves = [leaf(number) for number in range(size)]
    left, right = tree_over(leaves).surroundings(start, end)
    root = mth(leaves)
    inside = leaves[start:end]

    def verify(some: Sequence[bytes], first: int, before: list[bytes], after: list[bytes]) -> None:
        verify_range(
            SHA256, leaves=some, start=first, size=size, left=before, right=after, root=root
        )

    verify(inside, start, left, right)
    for wrong in (
        (inside[::-1] if len(inside) > 1 else [bytes(32)], start, left, right),
        (inside, start + 1, left, right),
        (inside, start, [*left, root], right),
        (inside, start, left, [*right, root]),
        (inside[:-1], start, left, right),
    ):
        with pytest.raises(InvalidProofError):
            verify(*wrong)


class Shelf(dict[TileId, bytes]):
    """Tiles in memory."""

    def read(self, tile: TileId) -> bytes:
        """Return a tile, or nothing."""
        return self.get(tile, b"")


@given(st.lists(st.integers(1, 700), min_size=1, max_size=5))
def test_tiles_grow_to_the_same_tree_however_events_come(steps: list[int]) -> None:
    shelf, frontier = Shelf(), Frontier.empty(SHA256)
    for count in steps:
        old = frontier.size
        frontier, changed = frontier.extend([leaf(old + n) for n in range(count)])
        assert set(changed) == set(tiles_between(old, frontier.size))
        shelf.update(changed)
        for tile, hashes in changed.items():
            assert len(hashes) == 32 * width_at(tile, frontier.size)
    leaves = [leaf(number) for number in range(frontier.size)]
    assert frontier.root() == mth(leaves) == tree_of(SHA256, shelf.read, len(leaves)).root()
    assert Frontier.load(SHA256, shelf.read, len(leaves)) == frontier
    full = [fold(new_of(1), leaves[at : at + 256]) for at in range(0, len(leaves) - 255, 256)]
    tail = leaves[len(full) * 256 :]
    levels = Levels(new_of(1), full)
    assert levels.root(len(leaves), fold(new_of(1), tail) if tail else None) == mth(leaves)


def test_a_tree_of_three_levels_of_tiles() -> None:
    size = 66_000
    leaves = [leaf(number) for number in range(size)]
    frontier, changed = Frontier.empty(SHA256).extend(leaves)
    shelf = Shelf(changed)
    assert {tile.level for tile in shelf} == {0, 1, 2}
    assert list(partial_tiles(size)) == [TileId(0, 257), TileId(1, 1), TileId(2, 0)]
    root = root_of_hashes(SHA256, leaves)
    tree = tree_of(SHA256, shelf.read, size)
    assert frontier.root() == tree.root() == root
    for index in (0, 255, 256, 65_535, 65_536, size - 1):
        verify_inclusion(
            SHA256,
            leaf=leaves[index],
            index=index,
            size=size,
            proof=tree.inclusion(index),
            root=root,
        )
    old_root = root_of_hashes(SHA256, leaves[:65_537])
    verify_consistency(
        SHA256,
        old_size=65_537,
        size=size,
        old_root=old_root,
        root=root,
        proof=tree.consistency(65_537),
    )
    shelf[TileId(1, 0)] = shelf[TileId(1, 0)][:-32]
    with pytest.raises(LogDamagedError):
        tree_of(SHA256, shelf.read, size).inclusion(10)


@pytest.mark.parametrize(
    ("tile", "width", "path"),
    [
        (TileId(0, 0), 256, "tile/0/000"),
        (TileId(1, 5), 17, "tile/1/005.p/17"),
        (TileId(0, 1234067), 256, "tile/0/x001/x234/067"),
        (TileId(2, 1000), 1, "tile/2/x001/000.p/1"),
    ],
)
def test_tiles_have_the_paths_of_tlog_tiles(tile: TileId, width: int, path: str) -> None:
    assert str(tile.path(width)) == path
