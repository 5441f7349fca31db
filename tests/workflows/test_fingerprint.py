from __future__ import annotations

import hashlib
import itertools

import pytest

from workflows.fingerprint import Leaf, leaf_hash, merkle_root

LEAVES = [Leaf(n, f"{n:064x}", "approve") for n in range(1, 8)]


def test_an_empty_list_has_no_fingerprint() -> None:
    with pytest.raises(ValueError, match="nothing"):
        merkle_root([])


def test_one_leaf_is_its_own_root() -> None:
    assert merkle_root(LEAVES[:1]) == leaf_hash(LEAVES[0]).hex()


def test_three_leaves_follow_rfc_9162() -> None:
    a, b, c = (leaf_hash(leaf) for leaf in LEAVES[:3])
    left = hashlib.sha256(b"\x01" + a + b).digest()
    assert merkle_root(LEAVES[:3]) == hashlib.sha256(b"\x01" + left + c).hexdigest()


def test_order_counts_and_every_length_differs() -> None:
    roots = [merkle_root(order) for order in itertools.permutations(LEAVES[:4])]
    roots += [merkle_root(LEAVES[:n]) for n in (1, 2, 3, 5, 6, 7)]
    assert len(set(roots)) == len(roots)


def test_the_last_leaf_twice_is_another_list() -> None:
    assert merkle_root(LEAVES[:3]) != merkle_root([*LEAVES[:3], LEAVES[2]])


@pytest.mark.parametrize(
    "changed", [Leaf(9, f"{1:064x}", "approve"), Leaf(1, "0" * 64, "approve"), Leaf(1, f"{1:064x}", "reject")]
)
def test_task_content_and_outcome_are_all_bound(changed: Leaf) -> None:
    assert merkle_root([changed, *LEAVES[1:]]) != merkle_root(LEAVES)


def test_an_inner_node_cannot_pass_for_a_leaf() -> None:
    inner = leaf_hash(LEAVES[0]) + leaf_hash(LEAVES[1])
    assert hashlib.sha256(b"\x00" + inner).hexdigest() != merkle_root(LEAVES[:2])
    assert hashlib.sha256(b"\x01" + inner).hexdigest() == merkle_root(LEAVES[:2])


def test_texts_that_run_together_make_other_leaves() -> None:
    assert leaf_hash(Leaf(1, "ab", "c")) != leaf_hash(Leaf(1, "a", "bc"))
    assert leaf_hash(Leaf(1, 'a","b', "c")) != leaf_hash(Leaf(1, "a", 'b","c'))
