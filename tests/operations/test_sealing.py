"""Sealed files: any bytes come back, and nothing that was changed does."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biomoa.operations import sealing
from biomoa.operations.sealing import SealError, seal, sealed_size, unseal

KEY = secrets.token_bytes(32)
CHUNK = sealing.CHUNK_BYTES


def joined(*blocks: bytes) -> bytes:
    return b"".join(seal(KEY, "name", blocks))


@given(st.lists(st.binary(max_size=50)), st.integers(1, 60))
def test_any_bytes_in_any_blocks_come_back(blocks: list[bytes], cut: int) -> None:
    sealed = joined(*blocks)
    plain = b"".join(blocks)
    pieces = [sealed[start : start + cut] for start in range(0, len(sealed), cut)]
    assert b"".join(unseal(KEY, "name", pieces)) == plain
    assert len(sealed) == sealed_size(len(plain))


@pytest.mark.parametrize("size_bytes", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])
def test_chunk_borders(size_bytes: int) -> None:
    plain = secrets.token_bytes(size_bytes)
    sealed = joined(plain)
    assert (b"".join(unseal(KEY, "name", [sealed])), len(sealed)) == (plain, sealed_size(size_bytes))


@given(st.binary(min_size=1, max_size=200), st.integers(0), st.integers(0, 7))
def test_a_changed_bit_is_refused(plain: bytes, place: int, bit: int) -> None:
    sealed = bytearray(joined(plain))
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises(SealError):
        b"".join(unseal(KEY, "name", [bytes(sealed)]))


def test_chunks_cannot_be_dropped_doubled_swapped_or_cut() -> None:
    sealed = joined(secrets.token_bytes(3 * CHUNK))
    head, size = len(sealing.MAGIC) + sealing.SALT_BYTES, CHUNK + sealing.TAG_BYTES
    one, two, three = (sealed[head + n * size : head + (n + 1) * size] for n in range(3))
    begin = sealed[:head]
    for changed in (begin + one + three, begin + two + one + three, begin + one + one + two + three,
                    begin + one + two, begin, sealed[:-1], sealed + b"x"):  # fmt: skip
        with pytest.raises(SealError):
            b"".join(unseal(KEY, "name", [changed]))


def test_a_file_cannot_take_the_place_of_another() -> None:
    with pytest.raises(SealError):
        b"".join(unseal(KEY, "other", [joined(b"text")]))
    with pytest.raises(SealError):
        b"".join(unseal(secrets.token_bytes(32), "name", [joined(b"text")]))


def test_keys_and_passphrases() -> None:
    text = sealing.new_key_text()
    assert sealing.master_key(text, b"salt") == sealing.master_key(text, b"other salt")
    assert sealing.master_key("a long passphrase", b"salt") != sealing.master_key("a long passphrase", b"other")
    for bad in ("short", sealing.KEY_LABEL + "AAAA", sealing.KEY_LABEL + "!"):
        with pytest.raises(SealError):
            sealing.master_key(bad, b"salt")
