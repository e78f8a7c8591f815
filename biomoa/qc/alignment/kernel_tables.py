"""Tables and smallest steps of the record kernel. Import it only when records are read: numba loads slowly.

A compiled file is cached by its own date: after a change here, touch the other ``kernel`` modules too.
"""

# Inside compiled functions numpy's and Python's integers are one type, which mypy cannot know.
# mypy: disable-error-code="return-value,arg-type,assignment,no-any-return"

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from biomoa.qc.alignment import codes as c

Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.uint32]
Bytes = npt.NDArray[np.uint8]

CYCLES = 500  # columns of the quality table; later cycles are added to the last one
QUALITIES = 256  # rows
SHOWN = 8  # events of one code kept in one call
EVENTS_KEPT = 1024
READ_SIZES = 1024  # the last place counts longer reads
INSERT_SIZES = 4096
TAGS_KEPT = 256

# All tables lie in one array, because handing many arrays to each small function costs more than its work.
FLAGS = 64  # behind the numbers of ``codes``
MAPQ = FLAGS + 4096
READ_LENGTHS = MAPQ + 256
INSERTS = READ_LENGTHS + READ_SIZES
BASES = INSERTS + INSERT_SIZES  # by byte of two bases
TAIL = BASES + 256  # bases of the last half byte
COUNTS = TAIL + 16  # findings by code
SHOWN_NOW = COUNTS + 64  # findings by code in this call
EVENTS = SHOWN_NOW + 64  # record, code, offset
NAME = EVENTS + 3 * EVENTS_KEPT  # QNAME of the record before, NUL at its end
TAGS = NAME + 260  # tags seen in this record
FOUND = TAGS + TAGS_KEPT  # MM: offset, bytes; ML: values; CG: offset, values; MN: value
EXPECTED = FOUND + 8  # by tag: type letter, +128 when strict
LENGTHS = EXPECTED + 65536  # reference lengths; behind them reads by reference and without one,
# sorted hashes of the @RG IDs, and their reads


@njit(cache=True, nogil=True)
def u16(b: Bytes, o: int) -> int:
    return np.int64(b[o]) | np.int64(b[o + 1]) << 8


@njit(cache=True, nogil=True)
def i32(b: Bytes, o: int) -> int:
    v = np.int64(b[o]) | np.int64(b[o + 1]) << 8 | np.int64(b[o + 2]) << 16 | np.int64(b[o + 3]) << 24
    return v - (np.int64(1) << 32) if v >= np.int64(1) << 31 else v


@njit(cache=True, nogil=True)
def note(s: Ints, code: int, offset: int) -> None:
    """Counts a finding of the present record and keeps the first few of each code with their place."""
    s[COUNTS + code] += 1
    s[SHOWN_NOW + code] += 1
    k = s[c.EVENTS]
    if s[SHOWN_NOW + code] <= SHOWN and k < EVENTS_KEPT:
        s[EVENTS + 3 * k] = s[c.READS]
        s[EVENTS + 3 * k + 1] = code
        s[EVENTS + 3 * k + 2] = offset
        s[c.EVENTS] = k + 1


@njit(cache=True, nogil=True)
def digit(x: int) -> bool:
    return x >= 48 and x <= 57
