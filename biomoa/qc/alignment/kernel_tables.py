"""Tables and smallest steps of the record kernel. Import it only when records are read: numba loads slowly.

A compiled file is cached by its own date: after a change here, touch the other ``kernel`` modules too.
"""

# Inside compiled functions numpy's and Python's integers are one type, which mypy cannot know.
# mypy: disable-error-code="return-value,arg-type,assignment,no-any-return"

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from biomoa.qc.alignment import codes as c

Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.uint32]
Bytes = npt.NDArray[np.uint8]

CYCLES = 500  # columns of the quality table; later cycles are added to the last one
QUALITIES = 256  # rows of the quality table
SHOWN = 8  # events of one code kept in one call


class Tables(NamedTuple):
    """Inputs (dictionary, tag types, read groups) and outputs of the kernel; see ``new_tables``."""

    numbers: Ints
    lengths: Ints  # reference lengths in bases
    expected: Bytes  # by tag: type letter, +128 when strict
    groups: npt.NDArray[np.uint64]  # sorted hashes of @RG IDs
    group_reads: Ints
    reference_reads: Ints  # by reference; the last place counts reads without one
    flags: Ints  # 4096
    mapq: Ints  # 256
    read_lengths: Ints  # 1024, the last place counts longer reads
    inserts: Ints  # 4096
    bases: Ints  # 256: by byte of two bases
    tail: Ints  # 16: bases of the last half byte
    quality: Counts  # QUALITIES x CYCLES, flat, of this call
    counts: Ints  # by code
    shown: Ints  # by code, in this call
    events: Ints  # n x 3: record, code, offset
    name: Bytes  # 256: name of the record before
    tags: Ints  # 256: tags seen in this record
    found: Ints  # offsets of MM, ML, CG and value of MN; see _aux


@njit(cache=True, nogil=True)
def u16(b: Bytes, o: int) -> int:
    return np.int64(b[o]) | np.int64(b[o + 1]) << 8


@njit(cache=True, nogil=True)
def i32(b: Bytes, o: int) -> int:
    v = np.int64(b[o]) | np.int64(b[o + 1]) << 8 | np.int64(b[o + 2]) << 16 | np.int64(b[o + 3]) << 24
    return v - (np.int64(1) << 32) if v >= np.int64(1) << 31 else v


@njit(cache=True, nogil=True)
def note(t: Tables, code: int, offset: int) -> None:
    t.counts[code] += 1
    t.shown[code] += 1
    k = t.numbers[c.EVENTS]
    if t.shown[code] <= SHOWN and k < t.events.shape[0]:
        t.events[k, 0] = t.numbers[c.READS]
        t.events[k, 1] = code
        t.events[k, 2] = offset
        t.numbers[c.EVENTS] = k + 1


@njit(cache=True, nogil=True)
def digit(x: int) -> bool:
    return x >= 48 and x <= 57
