"""A backup as a whole: its description, generations and objects, in the clear or sealed."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from io import FileIO
from pathlib import Path

import msgspec
import zstandard

from biomoa.operations import sealing
from biomoa.operations.chest import BLOCK_BYTES, Chest, ChestError, open_chest
from biomoa.operations.rules import GENERATION, Manifest, Part
from biomoa.operations.sealing import SealError

DESCRIPTION = "biomoa-backup.json"
MANIFEST = "manifest.json"
OBJECTS, GENERATIONS = "objects", "generations"
REMOVED = "removed"  # digests of content that was removed to protect a person
ZSTD_LEVEL = 1


class Description(msgspec.Struct, frozen=True):
    """``biomoa-backup.json``, never sealed: what is needed to open the rest."""

    format: int
    is_sealed: bool
    salt: str = ""  # base64; of a passphrase
    proof: str = ""  # tells a wrong key from a damaged file


class Damaged(Exception):
    """A file of the backup is not what its manifest says."""


class Vault:
    """Reading and writing a backup; ``key`` is None for one in the clear."""

    def __init__(self, chest: Chest, key: bytes | None) -> None:
        self.chest, self.key = chest, key

    # -- objects

    def object_name(self, sha256: str) -> str:
        name = sealing.hidden_name(self.key, sha256) if self.key else sha256
        return f"{OBJECTS}/{name[:2]}/{name[2:4]}/{name}"

    def object_size(self, size_bytes: int) -> int:
        """Bytes that an object takes in the chest."""
        return sealing.sealed_size(size_bytes) if self.key else size_bytes

    def read_object(self, sha256: str) -> Iterator[bytes]:
        """The bytes, checked: raises Damaged at the end when they are not the object, FileNotFoundError."""
        seen = hashlib.sha256()
        for block in self.read(self.object_name(sha256)):
            seen.update(block)
            yield block
        if seen.hexdigest() != sha256:
            raise Damaged(f"object {sha256} in the backup has other bytes")

    def removed(self) -> set[str]:
        """Objects that no generation holds any more, whatever its manifest says."""
        try:
            return set(b"".join(self.read(REMOVED)).decode().split())
        except FileNotFoundError:
            return set()

    def forget(self, digests: Iterable[str]) -> int:
        """Drops objects from all generations, for good; how many were there."""
        wanted, there = set(digests) - self.removed(), self.chest.sizes(OBJECTS)
        if not wanted:
            return 0
        self.write(REMOVED, ["\n".join(sorted(wanted | self.removed())).encode()])
        self.chest.settle()  # first it is known that they are gone on purpose
        names = [name for sha256 in wanted if (name := self.object_name(sha256)) in there]
        for name in names:
            self.chest.remove(name)
        self.chest.settle()
        return len(names)

    # -- files

    def write(self, name: str, blocks: Iterable[bytes]) -> None:
        self.chest.write(name, sealing.seal(self.key, name, blocks) if self.key else blocks)

    def read(self, name: str) -> Iterator[bytes]:
        blocks = self.chest.read(name)
        return sealing.unseal(self.key, name, blocks) if self.key else blocks

    # -- generations

    def generations(self) -> list[str]:
        """Whole ones, oldest first."""
        ends = {name.split("/")[1] for name in self.chest.sizes(GENERATIONS) if name.endswith(f"/{MANIFEST}")}
        return sorted(name for name in ends if GENERATION.fullmatch(name))

    def write_part(self, generation: str, name: str, blocks: Iterable[bytes]) -> Part:
        """Compresses the bytes into the generation."""
        seen, size_bytes = hashlib.sha256(), 0

        def counted() -> Iterator[bytes]:
            nonlocal size_bytes
            for block in _compressed(blocks):
                seen.update(block)
                size_bytes += len(block)
                yield block

        self.write(f"{GENERATIONS}/{generation}/{name}", counted())
        return Part(name, seen.hexdigest(), size_bytes)

    def read_part(self, generation: str, part: Part) -> Iterator[bytes]:
        """The bytes as they were given to ``write_part``. Raises Damaged at the end when they are others."""
        seen = hashlib.sha256()

        def checked() -> Iterator[bytes]:
            for block in self.read(f"{GENERATIONS}/{generation}/{part.name}"):
                seen.update(block)
                yield block

        try:
            yield from _decompressed(checked())
        except (FileNotFoundError, zstandard.ZstdError) as error:
            raise Damaged(f"{generation}/{part.name} cannot be read: {error}") from error
        if seen.hexdigest() != part.sha256:
            raise Damaged(f"{generation}/{part.name} has other bytes than its manifest says")

    def write_manifest(self, manifest: Manifest) -> None:
        """Seals a generation; everything before is made durable first."""
        self.chest.settle()
        content = msgspec.json.format(msgspec.json.encode(manifest))
        own = hashlib.sha256(content).hexdigest().encode()
        self.write(f"{GENERATIONS}/{manifest.generation}/{MANIFEST}", [content, b"\n", own, b"\n"])
        self.chest.settle()

    def manifest(self, generation: str) -> Manifest:
        """Raises Damaged."""
        content, _, own = b"".join(self.read(f"{GENERATIONS}/{generation}/{MANIFEST}")).rstrip().rpartition(b"\n")
        if hashlib.sha256(content).hexdigest().encode() != own:
            raise Damaged(f"{generation}/{MANIFEST} has been changed")
        return msgspec.json.decode(content, type=Manifest)

    def iter_objects(self, manifest: Manifest) -> Iterator[tuple[str, int]]:
        """Digest and size of every object of a generation, in order."""
        held = b""
        for block in self.read_part(manifest.generation, manifest.part("objects.zst")):
            *lines, held = (held + block).split(b"\n")
            for line in lines:
                sha256, _, size_bytes = line.partition(b" ")
                yield sha256.decode(), int(size_bytes)

    def drop(self, generation: str) -> None:
        """The manifest goes first: a generation half removed is none."""
        names = self.chest.sizes(f"{GENERATIONS}/{generation}")
        for name in sorted(names, key=lambda each: not each.endswith(MANIFEST)):
            self.chest.remove(name)
            if name.endswith(MANIFEST):
                self.chest.settle()


def find_description(chest: Chest) -> Description | None:
    try:
        return msgspec.json.decode(b"".join(chest.read(DESCRIPTION)), type=Description)
    except FileNotFoundError:
        return None


def open_vault(place: str, key_file: Path | None) -> Vault:
    """A backup that is there. Raises ChestError, SealError (no key, or not the right one)."""
    chest = open_chest(place)
    description = find_description(chest)
    if description is None:
        raise ChestError(f"{place} is no backup of a station (no {DESCRIPTION})")
    return Vault(chest, _key(place, description, key_file))


def open_or_begin(place: str, key_file: Path | None) -> Vault:
    """A backup to be written to; begun when there is none. To be called while the chest is held."""
    chest = open_chest(place)
    description = find_description(chest)
    if description is None:
        if chest.sizes(""):
            raise ChestError(f"{place} holds something else; name an empty place for a new backup")
        description = _begin(chest, key_file)
    return Vault(chest, _key(place, description, key_file))


def _begin(chest: Chest, key_file: Path | None) -> Description:
    salt = secrets.token_bytes(16)
    proof = _proof(sealing.master_key(key_file.read_text(), salt)) if key_file else ""
    description = Description(1, key_file is not None, base64.b64encode(salt).decode(), proof)
    chest.write(DESCRIPTION, [msgspec.json.encode(description) + b"\n"])
    chest.settle()
    return description


def _key(place: str, description: Description, key_file: Path | None) -> bytes | None:
    if description.is_sealed and key_file is None:
        raise SealError(f"{place} is encrypted; name the file with its key or passphrase")
    if not description.is_sealed and key_file is not None:
        raise SealError(f"{place} is a backup in the clear; name another place for an encrypted one")
    if key_file is None:
        return None
    key = sealing.master_key(key_file.read_text(), base64.b64decode(description.salt))
    if _proof(key) != description.proof:
        raise SealError(f"{key_file} is not the key of {place}")
    return key


def _proof(key: bytes) -> str:
    return sealing.hidden_name(key, "proof")


def _compressed(blocks: Iterable[bytes]) -> Iterator[bytes]:
    packer = zstandard.ZstdCompressor(level=ZSTD_LEVEL, write_checksum=True).compressobj()
    for block in blocks:
        if packed := packer.compress(block):
            yield packed
    yield packer.flush()


def _decompressed(blocks: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zstandard.ZstdDecompressor().decompressobj()
    for block in blocks:
        # Small steps: a block of zeros unpacks to thousands of times its size.
        for start in range(0, len(block), 128 * 1024):
            if plain := unpacker.decompress(block[start : start + 128 * 1024]):
                yield plain


def blocks_of(path: Path) -> Iterator[bytes]:
    """The bytes of a local file."""
    with path.open("rb", buffering=0) as file:
        while block := file.read(BLOCK_BYTES):
            yield block


def write_out(blocks: Iterable[bytes], path: Path) -> int:
    """Writes a new local file durably; its size in bytes. The folder is not synced."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb", 0) as file:
            size_bytes = sum(_write_whole(file, block) for block in blocks)
            os.fsync(file.fileno())
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):  # the system does not say which file it had no room for
            error.filename = os.fspath(path)
        raise
    return size_bytes


def _write_whole(file: FileIO, block: bytes) -> int:
    view = memoryview(block)
    while view:
        view = view[file.write(view) :]
    return len(block)
