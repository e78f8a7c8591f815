"""The bytes of a file, read once: hashed by two threads, inflated by a third, parsed by the caller."""

from __future__ import annotations

import bz2
import hashlib
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, Protocol

from isal import igzip_lib

IsalError: type[Exception] = igzip_lib.error  # type: ignore[assignment]  # its stub says instance
BLOCK_BYTES = 1 << 18
OUT_BYTES = 1 << 18  # a MiB would be given back to the system each time and cost half as much again
AHEAD = 4
SNIFF_BYTES = 1 << 16
LABEL_BYTES = 4096  # of the head of a gzip member that are looked at
MOST_LABELS = 1_000  # different ones that are kept
BOMB_RATIO, BOMB_FROM_BYTES = 200, 1 << 30  # reads of one base repeated reach 1000:1 only in files made for it

BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")

Compression = Literal["none", "gzip", "bgzf", "bzip2"]


class Told(Protocol):
    def add(self, code: str, *, at: str | None = None, **facts: object) -> None: ...


class FileSource:
    """``biomoa.qc.model.Source`` over a file on disk. ``finish`` must be called: it completes the checksums."""

    def __init__(self, path: Path, name: str, report: Told) -> None:
        self.path, self.name, self.report = path, name, report
        self.size_bytes = path.stat().st_size
        self._file = path.open("rb", buffering=0)
        self._first = self._file.read(BLOCK_BYTES)
        self.compression = _compression_of(self._first)
        self._last = b""  # the last bytes that passed
        self._hashes = _Hashes()
        self._blocks = self._iter_blocks()
        self.labels: dict[bytes, None] = {}  # names and comments in the heads of gzip, of all members that were met
        if self.compression in ("gzip", "bgzf"):
            self._note_labels(self._first)

    def _iter_blocks(self) -> Iterator[bytes]:
        block = self._first
        while block:
            self._hashes.take(block)
            self._last = (
                (self._last + block)[-len(BGZF_END) :] if len(block) < len(BGZF_END) else block[-len(BGZF_END) :]
            )
            yield block
            block = self._file.read(BLOCK_BYTES)

    def head(self) -> bytes:
        """The first decoded 64 KiB, for recognising the format; takes nothing from the stream."""
        try:
            if self.compression in ("gzip", "bgzf"):
                return bytes(_gunzip().decompress(self._first, SNIFF_BYTES))
            if self.compression == "bzip2":
                return bz2.BZ2Decompressor().decompress(self._first, SNIFF_BYTES)
        except (IsalError, OSError):
            return b""
        return self._first[:SNIFF_BYTES]

    def _note_labels(self, member: bytes) -> None:
        """Keeps name and comment in the head of a member of a gzip file."""
        if len(self.labels) < MOST_LABELS:
            self.labels |= dict.fromkeys(_labels_of(member))

    def check_blocks(self) -> None:
        """That what says to be BGZF is so (SAMv1 4.1): the first block is as long as it says, the end mark stands last.

        To be asked when the whole file has passed.
        """
        first, size = self._first, int.from_bytes(self._first[16:18], "little") + 1
        if len(first) > size and first[size : size + 2] != b"\x1f\x8b"[: len(first) - size]:
            self.report.add("bgzf-size-wrong")
        elif self._last != BGZF_END:
            self.report.add("bgzf-end-missing")

    def raw(self) -> Iterator[memoryview]:
        for block in self._blocks:
            yield memoryview(block)

    def decoded(self) -> Iterator[memoryview]:
        inflate = {"none": self._plain, "bzip2": self._bzip2}.get(self.compression, self._gzip)
        for block in _ahead(inflate()):
            yield memoryview(block)

    def finish(self) -> dict[str, str]:
        """Reads what nobody wanted and gives MD5 and SHA-256 of the whole file as stored."""
        for _ in self._blocks:
            pass
        self._file.close()
        return self._hashes.close()

    def _plain(self) -> Iterator[bytes]:
        yield from self._blocks

    def _bzip2(self) -> Iterator[bytes]:
        yield from self._members(bz2.BZ2Decompressor, lambda _: True)

    def _gzip(self) -> Iterator[bytes]:
        if len(self._first) > 3 and self._first[3] & 0xE0:  # which gzip(1) refuses, and RFC 1952, 2.3.1.2 with it
            self._broken(0, "reserved flags")
        yield from self._members(_gunzip, _starts_member)

    def _members(self, begin: Callable[[], Any], starts: Callable[[bytes], bool]) -> Iterator[bytes]:
        inflater, members, total = begin(), 0, 0
        for block in self._blocks:
            data = block
            while data or not inflater.needs_input:
                if inflater.eof:
                    data = inflater.unused_data + data
                    if not data:
                        break
                    members += 1
                    if not starts(data):
                        self._after_end(data)
                        return
                    if data[3:4] > b"\7" or len(data) < LABEL_BYTES:  # those of BGZF, which are many, have no label
                        data += next(self._blocks, b"") if len(data) < LABEL_BYTES else b""
                        self._note_labels(data)
                    inflater = begin()
                try:
                    out = inflater.decompress(data, OUT_BYTES)
                except (IsalError, OSError) as error:
                    self._broken(members, str(error))
                    return
                data = b""
                total += len(out)
                if self._is_bomb(total):
                    return
                if out:
                    yield out
        if not inflater.eof:
            self.report.add("compression-truncated", kind="bzip2" if self.compression == "bzip2" else "gzip")

    def _after_end(self, data: bytes) -> None:
        rest = len(data)
        if any(data):
            self.report.add("compression-trailing-garbage")
            return
        for block in self._blocks:
            rest += len(block)
            if block.strip(b"\0"):
                self.report.add("compression-trailing-garbage")
                return
        self.report.add("compression-padded", count=rest)

    def _broken(self, members: int, why: str = "") -> None:
        self.report.add("compression-corrupt", kind=self.compression, members=members, why=why or "-")

    def _is_bomb(self, total: int) -> bool:
        if total < BOMB_FROM_BYTES or total < BOMB_RATIO * self.size_bytes:
            return False
        self.report.add("compression-bomb", size_bytes=self.size_bytes, inflated_bytes=total)
        return True


def _labels_of(member: bytes) -> list[bytes]:
    """Name and comment in the head of a gzip member (RFC 1952, 2.3)."""
    if len(member) < 12 or member[:2] != b"\x1f\x8b":
        return []
    flags, at = member[3], 10
    if flags & 4:
        at += 2 + int.from_bytes(member[10:12], "little")
    wanted = (flags >> 3 & 1) + (flags >> 4 & 1)
    return member[at : at + LABEL_BYTES].split(b"\0")[:wanted]


def _gunzip() -> Any:
    return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)


class _Hashes:
    """MD5 and SHA-256, each in its own thread: hashlib lets go of the interpreter while it works."""

    def __init__(self) -> None:
        self._names = ("md5", "sha256")
        self._queues: list[queue.Queue[bytes | None]] = [queue.Queue(8) for _ in self._names]
        self._sums = [hashlib.md5(usedforsecurity=False), hashlib.sha256()]
        self._threads = [
            threading.Thread(target=_hash, args=pair, daemon=True)
            for pair in zip(self._queues, self._sums, strict=True)
        ]
        for thread in self._threads:
            thread.start()

    def take(self, block: bytes) -> None:
        for waiting in self._queues:
            waiting.put(block)

    def close(self) -> dict[str, str]:
        for waiting in self._queues:
            waiting.put(None)
        for thread in self._threads:
            thread.join()
        return {name: one.hexdigest() for name, one in zip(self._names, self._sums, strict=True)}


def _hash(waiting: queue.Queue[bytes | None], running: Any) -> None:
    while (block := waiting.get()) is not None:
        running.update(block)


def _ahead(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same blocks, made in a thread a few ahead of the reader, so that inflating and parsing overlap."""
    made: queue.Queue[bytes | BaseException | None] = queue.Queue(AHEAD)
    stop = threading.Event()

    def make() -> None:
        try:
            for block in blocks:
                if stop.is_set():
                    return
                made.put(block)
            made.put(None)
        except BaseException as error:
            made.put(error)

    thread = threading.Thread(target=make, daemon=True)
    thread.start()
    try:
        while (block := made.get()) is not None:
            if isinstance(block, BaseException):
                raise block
            yield block
    finally:
        stop.set()
        while thread.is_alive():
            _empty(made)
            thread.join(0.01)


def _empty(made: queue.Queue[Any]) -> None:
    while True:
        try:
            made.get_nowait()
        except queue.Empty:
            return


def _compression_of(first: bytes) -> Compression:
    if first[:2] == b"\x1f\x8b":
        is_bgzf = len(first) > 16 and bool(first[3] & 4) and first[12:14] == b"BC"
        return "bgzf" if is_bgzf else "gzip"
    return "bzip2" if first[:3] == b"BZh" else "none"


def _starts_member(data: bytes) -> bool:
    return data[:2] == b"\x1f\x8b" or data == b"\x1f"
