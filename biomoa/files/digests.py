"""Running SHA-256 and MD5 that can be laid aside and taken up again, also by another process.

``hashlib`` cannot give its state away, so an upload that goes on after a restart (or in another web process) would
have to read everything again. The structures of OpenSSL's ``openssl/sha.h`` and ``openssl/md5.h`` are public and
plain, so their bytes are the state. Where libcrypto is not found, ``hashlib`` is used and ``state()`` is empty: the
caller then reads the stored bytes once again when it goes on.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
import hashlib
from collections.abc import Iterable
from typing import Protocol

import msgspec

# sizeof(SHA256_CTX) and sizeof(MD5_CTX); the version tells a state of another layout apart.
SHA256_STATE_BYTES, MD5_STATE_BYTES = 112, 92
STATE_VERSION = b"\x01"


class Sums(msgspec.Struct, frozen=True):
    """Digests in lower-case hexadecimal."""

    sha256: str
    md5: str


class Digests(Protocol):
    def update(self, block: bytes) -> None: ...

    def sums(self) -> Sums:
        """The digests so far; updating may go on."""
        ...

    def state(self) -> bytes:
        """What ``resume`` takes; empty when this implementation cannot."""
        ...


def start() -> Digests:
    """Digests of nothing yet."""
    library = _libcrypto()
    return _OpenSslDigests(library) if library else _HashlibDigests()


def resume(state: bytes) -> Digests | None:
    """Digests that go on from ``state``; None when it cannot be taken up here (read the bytes again then)."""
    library = _libcrypto()
    whole = len(state) == len(STATE_VERSION) + SHA256_STATE_BYTES + MD5_STATE_BYTES
    if library is None or not whole or state[:1] != STATE_VERSION:
        return None
    return _OpenSslDigests(library, state)


def of_blocks(blocks: Iterable[bytes]) -> Digests:
    """Digests after all the blocks."""
    digests = start()
    for block in blocks:
        digests.update(block)
    return digests


class _HashlibDigests:
    def __init__(self) -> None:
        self._sha256, self._md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)

    def update(self, block: bytes) -> None:
        self._sha256.update(block)
        self._md5.update(block)

    def sums(self) -> Sums:
        return Sums(self._sha256.hexdigest(), self._md5.hexdigest())

    def state(self) -> bytes:
        return b""


class _OpenSslDigests:
    """ctypes lets go of the interpreter lock during a call, so other requests run while a block is hashed."""

    def __init__(self, library: ctypes.CDLL, state: bytes = b"") -> None:
        self._library = library
        self._sha256 = ctypes.create_string_buffer(SHA256_STATE_BYTES)
        self._md5 = ctypes.create_string_buffer(MD5_STATE_BYTES)
        if state:
            self._sha256.raw = state[1 : 1 + SHA256_STATE_BYTES]
            self._md5.raw = state[1 + SHA256_STATE_BYTES :]
        else:
            library.SHA256_Init(self._sha256)
            library.MD5_Init(self._md5)

    def update(self, block: bytes) -> None:
        self._library.SHA256_Update(self._sha256, block, len(block))
        self._library.MD5_Update(self._md5, block, len(block))

    def sums(self) -> Sums:
        sha256 = _final(self._library.SHA256_Final, self._sha256, 32)
        return Sums(sha256, _final(self._library.MD5_Final, self._md5, 16))

    def state(self) -> bytes:
        return STATE_VERSION + self._sha256.raw + self._md5.raw


def _final(final: ctypes._NamedFuncPointer, state: ctypes.Array[ctypes.c_char], size_bytes: int) -> str:
    # Finishing spoils the state, so a copy is finished.
    copy = ctypes.create_string_buffer(state.raw, len(state))
    digest = ctypes.create_string_buffer(size_bytes)
    final(digest, copy)
    return digest.raw.hex()


@functools.cache
def _libcrypto() -> ctypes.CDLL | None:
    name = ctypes.util.find_library("crypto")
    try:
        library = ctypes.CDLL(name) if name else None
        if library is not None:
            for function in (library.SHA256_Update, library.MD5_Update):
                function.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t]
    except (OSError, AttributeError):
        return None
    return library if library is not None and _keeps_its_promise(library) else None


def _keeps_its_promise(library: ctypes.CDLL) -> bool:
    """A state laid aside in the middle of a block gives what hashlib gives: the layout is the one we think."""
    sample = bytes(range(256)) * 9
    first = _OpenSslDigests(library)
    first.update(sample[:1001])
    second = _OpenSslDigests(library, first.state())
    second.update(sample[1001:])
    known = Sums(hashlib.sha256(sample).hexdigest(), hashlib.md5(sample, usedforsecurity=False).hexdigest())
    return second.sums() == known
