"""One fingerprint over an ordered list of things to decide (DESIGN.md 5): a Merkle root.

The tree is that of RFC 9162 section 2.1.1: leaves and inner nodes are hashed with different first bytes, so
that no inner node can be passed off as a leaf (second preimage), and a list is split at the largest power of
two below its length, so that no list shares its root with the same list padded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

_LEAF = b"\x00"
_NODE = b"\x01"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One decision as it was shown: which task, which content (its fingerprint), which outcome."""

    task_id: int
    version_fingerprint: str
    outcome: str


def leaf_hash(leaf: Leaf) -> bytes:
    """SHA-256 of the leaf; written as a JSON list, so that no two leaves share one text."""
    text = json.dumps([leaf.task_id, leaf.version_fingerprint, leaf.outcome], ensure_ascii=True)
    return hashlib.sha256(_LEAF + text.encode()).digest()


def merkle_root(leaves: Sequence[Leaf]) -> str:
    """The root over the leaves in their order, as 64 hexadecimal digits; ValueError for an empty list."""
    if not leaves:
        raise ValueError("nothing to decide, nothing to sign")
    return _root([leaf_hash(leaf) for leaf in leaves]).hex()


def root_over(texts: Sequence[bytes]) -> str:
    """The root over any texts in their order; that of an empty list is the hash of nothing (RFC 9162, 2.1.1)."""
    hashes = [hashlib.sha256(_LEAF + text).digest() for text in texts]
    return (_root(hashes) if hashes else hashlib.sha256(b"").digest()).hex()


def _root(hashes: Sequence[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return hashlib.sha256(_NODE + _root(hashes[:split]) + _root(hashes[split:])).digest()
