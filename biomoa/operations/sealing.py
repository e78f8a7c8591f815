"""Encryption of backups: AES-256-GCM over chunks, so that files of any size stream through.

A sealed file is ``MAGIC``, 16 random bytes (salt), then chunks of at most CHUNK_BYTES of plain text, each followed by
its 16-byte tag. The key of a file is HKDF-SHA256(master key, salt, info = its name): files cannot change names. The
nonce of chunk *n* is *n* as 11 bytes, big endian, and one byte that is 1 for the last chunk: chunks cannot be
dropped, doubled, reordered or cut off. There is always a last chunk, empty for an empty file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"BIOMOA-SEALED-1\n"
KEY_LABEL = "BIOMOA-KEY-1 "
CHUNK_BYTES = 1024**2
SALT_BYTES = TAG_BYTES = 16
KEY_BYTES = 32
SHORTEST_PASSPHRASE = 12
SCRYPT_COST, SCRYPT_BLOCK = 2**16, 8


class SealError(Exception):
    """The key is wrong or unusable, or sealed bytes were changed."""


def new_key_text() -> str:
    """The text of a fresh key file: 32 random bytes."""
    return KEY_LABEL + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n"


def master_key(text: str, salt: bytes) -> bytes:
    """The key that a key file holds, or that a passphrase gives with the backup's salt. Raises SealError."""
    text = text.strip()
    if text.startswith(KEY_LABEL):
        return _key_of_file(text)
    if len(text) < SHORTEST_PASSPHRASE:
        raise SealError(f"a passphrase has at least {SHORTEST_PASSPHRASE} characters")
    return Scrypt(salt=salt, length=KEY_BYTES, n=SCRYPT_COST, r=SCRYPT_BLOCK, p=1).derive(text.encode())


def _key_of_file(text: str) -> bytes:
    try:
        key = base64.b64decode(text.removeprefix(KEY_LABEL), validate=True)
    except binascii.Error as error:
        raise SealError("the key file is damaged") from error
    if len(key) != KEY_BYTES:
        raise SealError("the key file is damaged")
    return key


def hidden_name(master: bytes, name: str) -> str:
    """A name that tells nothing without the key: the digest of a file would tell who has the same one."""
    return hmac.new(_derived(master, b"", "names"), name.encode(), hashlib.sha256).hexdigest()


def sealed_size(size_bytes: int) -> int:
    """Bytes of the sealed file of so many plain bytes."""
    chunks = max(1, -(-size_bytes // CHUNK_BYTES))
    return len(MAGIC) + SALT_BYTES + size_bytes + chunks * TAG_BYTES


def seal(master: bytes, name: str, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The sealed file of the bytes, in blocks."""
    salt = secrets.token_bytes(SALT_BYTES)
    cipher = AESGCM(_derived(master, salt, name))
    yield MAGIC + salt
    for number, (chunk, is_last) in enumerate(_chunks(blocks, CHUNK_BYTES)):
        yield cipher.encrypt(_nonce(number, is_last), chunk, None)


def unseal(master: bytes, name: str, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The plain bytes; each block is authentic when it is given. Raises SealError at the first that is not."""
    source = _Reader(blocks)
    head = source.take(len(MAGIC) + SALT_BYTES)
    if not head.startswith(MAGIC) or len(head) < len(MAGIC) + SALT_BYTES:
        raise SealError(f"{name}: this is no sealed file")
    cipher = AESGCM(_derived(master, head[len(MAGIC) :], name))
    try:
        for number, (chunk, is_last) in enumerate(_chunks(source.rest(), CHUNK_BYTES + TAG_BYTES)):
            yield cipher.decrypt(_nonce(number, is_last), chunk, None)
    except InvalidTag as error:
        raise SealError(f"{name}: the key is not the right one, or the file was changed") from error


def _derived(master: bytes, salt: bytes, name: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=b"biomoa:" + name.encode()).derive(master)


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")


def _chunks(blocks: Iterable[bytes], size_bytes: int) -> Iterator[tuple[bytes, bool]]:
    """Chunks of exactly ``size_bytes``, the last one shorter or equal, and whether it is the last."""
    source = _Reader(blocks)
    chunk = source.take(size_bytes)
    while following := source.take(size_bytes):
        yield chunk, False
        chunk = following
    yield chunk, True


class _Reader:
    """Takes exact numbers of bytes from blocks of any size."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._held = memoryview(b"")

    def take(self, size_bytes: int) -> bytes:
        parts, wanted = [], size_bytes
        while wanted:
            if not self._held:
                block = next(self._blocks, None)
                if block is None:
                    break
                self._held = memoryview(block)
                continue
            parts.append(self._held[:wanted])
            self._held = self._held[len(parts[-1]) :]
            wanted -= len(parts[-1])
        return bytes(parts[0]) if len(parts) == 1 else b"".join(parts)

    def rest(self) -> Iterator[bytes]:
        if self._held:
            yield bytes(self._held)
            self._held = memoryview(b"")
        yield from self._blocks
