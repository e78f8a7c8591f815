"""Counts what whole four-line records of FASTQ hold, in one pass without the GIL; ``counting.c`` does the work."""

from __future__ import annotations

import ctypes
import sysconfig
from pathlib import Path
from typing import Any

import numpy as np

POSITIONS = 512  # bases beyond are counted at the last position
CODES, QUALITIES = 6, 97  # A C G T N other-IUPAC; characters 33..126, spare
LENGTHS = 1 << 16  # lengths beyond are counted in the last place
SAMPLED = 1 << 20  # hashes kept; when full, half are dropped by their low bits, so memory stays bounded
ADAPTER_LENGTH = 12
DIGEST_FORM = "2:"  # how names are hashed; only digests of one form say something about each other
# Values of ``Counts.error``.
OK, NO_AT, NO_PLUS, LENGTHS_DIFFER, BAD_BASE, BAD_QUALITY, PLUS_NAME_DIFFERS, EMPTY_NAME = range(8)

Table = np.ndarray[Any, Any]
_NUMBERS = (
    *("reads", "bases", "min_length", "max_length", "min_quality", "max_quality", "crlf", "empty"),
    *("mate1", "mate2", "looks33", "looks64", "adapter_reads", "sampled_reads"),
    *("names_kept", "name_mask", "sequences_kept", "sequence_mask"),
    *("error", "letters_wait", "marks_wait", "tails_wait"),
)
_TABLES: dict[str, tuple[tuple[int, ...], type[np.generic]]] = {
    "by_base": ((POSITIONS, CODES), np.int64),
    "by_quality": ((POSITIONS, QUALITIES), np.int64),
    "lengths": ((LENGTHS,), np.int64),
    "gc": ((101,), np.int64),
    "means": ((QUALITIES,), np.int64),
    "names": ((SAMPLED,), np.uint64),
    "sequences": ((SAMPLED,), np.uint64),
    # What is counted for a short while: letters by position, qualities by position, and of the last position on.
    "_letters": ((5, POSITIONS), np.uint8),
    "_marks": ((POSITIONS - 1, 96), np.uint16),
    "_tails": ((4, 96), np.uint32),
}


def base_codes() -> Table:
    """Character -> 0..5, or 255 for what is no IUPAC nucleotide code (NC-IUB 1984)."""
    codes = np.full(256, 255, np.uint8)
    for place, letters in enumerate(("Aa", "Cc", "Gg", "TtUu", "Nn.", "RrYySsWwKkMmBbDdHhVv")):
        for letter in letters:
            codes[ord(letter)] = place
    return codes


def adapter_words(adapters: tuple[str, ...]) -> Table:
    """The first 12 bases of each adapter, two bits a base."""
    words = []
    for adapter in adapters:
        word = 0
        for letter in adapter[:ADAPTER_LENGTH]:
            word = (word << 2) | "ACGT".index(letter)
        words.append(word)
    return np.array(words, np.int64)


class Counts(ctypes.Structure):
    """The numbers and tables of ``struct counts``; ``error`` says why it stopped.

    ``by_base`` and ``by_quality`` count by position (rows); ``lengths``, ``gc`` (percent) and ``means`` (quality) count
    reads; ``names`` and ``sequences`` hold sampled hashes. What is counted stands there only after ``settle``.
    """

    _fields_ = (
        *((name, ctypes.c_int64) for name in _NUMBERS),
        *((name, ctypes.c_uint64) for name in ("name_digest", "sequence_digest")),
        ("_adapter_count", ctypes.c_int64),
        *((f"_at_{name}", ctypes.c_void_p) for name in ("adapters", "codes", *_TABLES)),
    )

    def __init__(self, adapters: tuple[str, ...]) -> None:
        words = adapter_words(adapters)
        super().__init__(min_length=1 << 62, min_quality=255, _adapter_count=words.size)
        self._hold("adapters", words)
        self._hold("codes", base_codes())
        for name, (shape, kind) in _TABLES.items():
            self._hold(name, np.zeros(shape, kind))

    def _hold(self, name: str, table: Table) -> None:
        """Keeps the table alive as long as its address is known to C."""
        setattr(self, name, table)
        setattr(self, f"_at_{name}", table.ctypes.data)

    def take(self, data: bytes | memoryview) -> int:
        """Counts the whole records of ``data``; the place where the first unfinished or wrong one begins."""
        buffer = np.frombuffer(data, np.uint8)
        return int(_library.fastq_count(ctypes.byref(self), buffer.ctypes.data, buffer.size))

    def settle(self) -> None:
        """Moves what still waits to the tables, after the last block."""
        _library.fastq_settle(ctypes.byref(self))


def _load() -> ctypes.CDLL:
    library = ctypes.CDLL(str(Path(__file__).with_name(f"_counting{sysconfig.get_config_var('EXT_SUFFIX')}")))
    library.fastq_count.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
    library.fastq_count.restype = library.fastq_counts_size.restype = ctypes.c_int64
    library.fastq_settle.argtypes, library.fastq_settle.restype = (ctypes.c_void_p,), None
    if library.fastq_counts_size() != ctypes.sizeof(Counts):
        raise ImportError("the compiled part of biomoa.qc.fastq is of another version: install again")
    return library


_library = _load()
