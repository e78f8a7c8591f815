"""Signed heads, as functions of values: who signs is known by an unbroken line of keys, what was signed by its text.

Ed25519 (RFC 8032); keys and signatures are lower-case hexadecimal. A head says: on this instant the ledger had this
many entries, and the last one had this hash. Who keeps yesterday's heads sees a cut or rolled-back ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from biomoa.ledger.rules import Break, canonical

KEY_PURPOSE = "biomoa-ledger-key"
HEAD_PURPOSE = "biomoa-ledger-head"


class Head(msgspec.Struct, frozen=True):
    """``number`` counts the heads from 1; ``key`` is the number of the key that signed."""

    number: int
    at: str
    seq: int
    hash: str
    key: int
    signature: str


class Key(msgspec.Struct, frozen=True):
    """A key of the station, from 1; ``endorsement`` is the signature of the key before over this one (1: its own)."""

    number: int
    public: str
    since: str
    endorsement: str


class Heads(msgspec.Struct, frozen=True):
    """What a station publishes, and what others keep of it."""

    station: str
    keys: tuple[Key, ...]
    heads: tuple[Head, ...]


def public_of(private: str) -> str:
    """The public key of a private one. Raises ValueError for what is no key."""
    return _private(private).public_key().public_bytes_raw().hex()


def sign_head(private: str, number: int, at: str, seq: int, hash: str, key: int) -> str:
    return _private(private).sign(head_text(number, at, seq, hash, key)).hex()


def endorse(private: str, number: int, public: str, since: str) -> str:
    return _private(private).sign(key_text(number, public, since)).hex()


def head_text(number: int, at: str, seq: int, hash: str, key: int) -> bytes:
    """What is signed for a head."""
    return canonical([HEAD_PURPOSE, number, at, seq, hash, key]).encode()


def key_text(number: int, public: str, since: str) -> bytes:
    """What is signed for a key."""
    return canonical([KEY_PURPOSE, number, public, since]).encode()


def is_signed(public: str, signature: str, text: bytes) -> bool:
    """False also for what is no key or no signature at all."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def iter_forgeries(heads: Heads, trusted: str = "") -> Iterator[Break]:
    """Keys that no key before endorsed, heads that their key did not sign, heads that go back.

    ``trusted`` is the public key of the first key, known from elsewhere; without it the first key is believed.
    """
    public = dict[int, str]()
    for number, key in enumerate(heads.keys, 1):
        by = public.get(number - 1, trusted or key.public)
        if key.number != number or not is_signed(by, key.endorsement, key_text(key.number, key.public, key.since)):
            yield Break(0, "forged-head", f"key {key.number} is not endorsed by the one before")
        public[number] = key.public
    seq = 0
    for number, head in enumerate(heads.heads, heads.heads[0].number if heads.heads else 1):
        text = head_text(head.number, head.at, head.seq, head.hash, head.key)
        if head.number != number or not is_signed(public.get(head.key, ""), head.signature, text):
            yield Break(head.seq, "forged-head", f"head {head.number} was not signed by key {head.key}")
        elif head.seq < seq:
            yield Break(head.seq, "rolled-back", f"head {head.number} is behind the one before, which had {seq}")
        seq = max(seq, head.seq)


def anchors_of(heads: Sequence[Head]) -> dict[int, str]:
    """The signed hashes by entry; a ledger that was empty anchors nothing."""
    return {head.seq: head.hash for head in heads if head.seq}


def _private(private: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private))
