"""Record rules and statistics over raw BAM records (SAMv1 4.2), compiled. Import it only when records are read.

One pass over the bytes; findings leave as events (record, code, offset) for the caller to name.
"""

# Inside compiled functions numpy's and Python's integers are one type, which mypy cannot know.
# mypy: disable-error-code="return-value,arg-type,assignment,no-any-return"

from __future__ import annotations

import numpy as np
from numba import njit

from biomoa.qc.alignment import codes as c
from biomoa.qc.alignment.kernel_tables import (
    BASES,
    CYCLES,
    FLAGS,
    INSERT_SIZES,
    INSERTS,
    LENGTHS,
    MAPQ,
    NAME,
    READ_LENGTHS,
    READ_SIZES,
    TAIL,
    Bytes,
    Counts,
    Ints,
    digit,
    i32,
    note,
    u16,
)
from biomoa.qc.alignment.kernel_tags import check_aux, check_tags

MAX_RECORD = 256 << 20  # bytes; a larger block_size is damage, not a read


@njit(cache=True, nogil=True)
def walk(b: Bytes, n: int, s: Ints, q: Counts) -> int:
    """Checks every whole record in ``b[:n]``; gives the number of bytes used. Stops at a record that cannot be."""
    o = 0
    while n - o >= 4 and s[c.FATAL] == 0:
        size = i32(b, o)
        if size < 33 or size > MAX_RECORD:
            note(s, c.RECORD_SIZE, o)
            s[c.FATAL] = 1
            break
        if n - o - 4 < size:
            break
        _record(b, o, o + 4, o + 4 + size, s, q)
        s[c.READS] += 1
        o += 4 + size
    return o


@njit(cache=True, nogil=True)
def _record(b: Bytes, start: int, o: int, end: int, s: Ints, q: Counts) -> None:
    name_length = np.int64(b[o + 8])
    cigar_count = u16(b, o + 12)
    flag = u16(b, o + 14)
    length = i32(b, o + 16)
    name_at = o + 32
    cigar_at = name_at + name_length
    seq_at = cigar_at + 4 * cigar_count
    qual_at = seq_at + (length + 1) // 2
    s[FLAGS + (flag & 4095)] += 1
    s[MAPQ + b[o + 9]] += 1
    if length < 0 or name_length < 2 or qual_at + length > end:
        note(s, c.INCONSISTENT, start)
        return
    _name(b, name_at, name_length - 1, start, s)
    span = _cigar(b, cigar_at, cigar_count, length, start, s)
    _place(b, o, flag, cigar_count, span, start, s)
    _mate(b, o, flag, start, s)
    _flag(flag, cigar_count, start, s)
    if b[cigar_at - 1] == 0:  # a name without its end must not be compared: it would run on
        _order(b, o, name_at, name_length - 1, s)
    _bases(b, seq_at, qual_at, length, flag, start, s, q)
    check_aux(b, qual_at + length, end, start, s)
    check_tags(b, seq_at, length, flag, start, s)


@njit(cache=True, nogil=True)
def _name(b: Bytes, at: int, length: int, start: int, s: Ints) -> None:
    good = b[at + length] == 0 and length <= 254
    for i in range(at, at + length):
        if b[i] < 33 or b[i] > 126 or b[i] == 64:
            good = False
    if not good:
        note(s, c.QNAME_INVALID, start)


@njit(cache=True, nogil=True)
def _cigar(b: Bytes, at: int, count: int, length: int, start: int, s: Ints) -> int:
    """Bases of the reference that the alignment spans; checks operations, clipping and the read length."""
    read = np.int64(0)
    span = np.int64(0)
    misplaced = False
    zero = False
    for i in range(count):
        word = i32(b, at + 4 * i) & 0xFFFFFFFF
        op = word & 15
        size = word >> 4
        zero = zero or size == 0
        if op > 8:
            note(s, c.CIGAR_UNKNOWN, start)
            return span
        if op == 0 or op == 1 or op == 4 or op == 7 or op == 8:
            read += size
        if op == 0 or op == 2 or op == 3 or op == 7 or op == 8:
            span += size
        if op == 0 or op == 7 or op == 8:
            s[c.ALIGNED_BASES] += size
        inside = i > 0 and i < count - 1
        if op == 5 and inside:
            misplaced = True
        if op == 4 and inside and not _next_to_hard(b, at, i, count):
            misplaced = True
    if misplaced:
        note(s, c.CIGAR_CLIP, start)
    if zero:
        note(s, c.CIGAR_ZERO, start)
    if count > 0 and length > 0 and read != length:
        note(s, c.CIGAR_LENGTH, start)
    return span


@njit(cache=True, nogil=True)
def _next_to_hard(b: Bytes, at: int, i: int, count: int) -> bool:
    """S may have only H between it and an end of the CIGAR (SAMv1 1.4.6)."""
    first = i == 1 and (b[at] & 15) == 5
    last = i == count - 2 and (b[at + 4 * (count - 1)] & 15) == 5
    return first or last


@njit(cache=True, nogil=True)
def _place(b: Bytes, o: int, flag: int, cigar_count: int, span: int, start: int, s: Ints) -> None:
    reference = i32(b, o)
    position = i32(b, o + 4)
    if reference < -1 or reference >= s[c.REFERENCES]:
        note(s, c.REFERENCE_ID, start)
        return
    s[LENGTHS + s[c.REFERENCES] + (reference if reference >= 0 else s[c.REFERENCES])] += 1
    if position < -1:
        note(s, c.POSITION_RANGE, start)
        return
    if reference >= 0 and s[LENGTHS + reference] > 0:
        if position >= s[LENGTHS + reference]:
            note(s, c.POSITION_BEYOND, start)
        elif flag & 4 == 0 and position + span > s[LENGTHS + reference]:
            note(s, c.ALIGNMENT_BEYOND, start)
    if flag & 4 == 0 and (reference < 0 or position < 0):
        note(s, c.FLAG_NO_PLACE, start)
    elif flag & 4 == 0 and cigar_count == 0:
        note(s, c.CIGAR_MISSING, start)
    elif flag & 4 == 0 and s[c.CHECK_BINS] and position + span < 1 << 29:
        last = position + max(span, 1) - 1
        if u16(b, o + 10) != _bin(position, last):
            note(s, c.BIN, start)


@njit(cache=True, nogil=True)
def _bin(first: int, last: int) -> int:
    """reg2bin of SAMv1 5.3 over an inclusive range."""
    shift = 14
    offset = 4681
    while shift < 29:
        if first >> shift == last >> shift:
            return offset + (first >> shift)
        shift += 3
        offset = (offset - 1) >> 3
    return 0


@njit(cache=True, nogil=True)
def _mate(b: Bytes, o: int, flag: int, start: int, s: Ints) -> None:
    reference = i32(b, o + 20)
    position = i32(b, o + 24)
    insert = i32(b, o + 28)
    if reference < -1 or reference >= s[c.REFERENCES]:
        note(s, c.REFERENCE_ID, start)
        return
    if position < -1:
        note(s, c.POSITION_RANGE, start)
    elif reference >= 0 and s[LENGTHS + reference] > 0 and position >= s[LENGTHS + reference]:
        note(s, c.MATE_BEYOND, start)
    elif (reference < 0) != (position < 0) and flag & 1:
        note(s, c.MATE_CONTRADICTION, start)
    if flag & 0x90F == 0x3 and insert > 0:
        s[INSERTS + min(insert, INSERT_SIZES - 1)] += 1


@njit(cache=True, nogil=True)
def _flag(flag: int, cigar_count: int, start: int, s: Ints) -> None:
    if flag >= 4096:
        note(s, c.FLAG_RESERVED, start)
    if flag & 1 == 0 and flag & 0xEA:
        note(s, c.FLAG_UNPAIRED, start)
    if flag & 4 and (cigar_count > 0 or flag & 0x902):
        note(s, c.FLAG_UNMAPPED, start)


@njit(cache=True, nogil=True)
def _order(b: Bytes, o: int, name_at: int, name_length: int, s: Ints) -> None:
    reference = i32(b, o)
    position = i32(b, o + 4)
    rank = reference if reference >= 0 else np.int64(1) << 40
    earlier = rank == s[c.PREVIOUS_REFERENCE] and position < s[c.PREVIOUS_POSITION] and reference >= 0
    if (rank < s[c.PREVIOUS_REFERENCE] or earlier) and s[c.COORDINATE_BROKEN_AT] < 0:
        s[c.COORDINATE_BROKEN_AT] = s[c.READS]
    s[c.PREVIOUS_REFERENCE] = rank
    s[c.PREVIOUS_POSITION] = position
    if s[c.CHECK_NAMES] == 0:
        return
    if s[c.READS] > 0:
        _name_order(b, name_at, name_length, s)
    kept = min(name_length, 255)
    for i in range(kept):
        s[NAME + i] = b[name_at + i]
    s[NAME + kept] = 0
    s[c.PREVIOUS_NAME_LENGTH] = kept


@njit(cache=True, nogil=True)
def _name_order(b: Bytes, at: int, length: int, s: Ints) -> None:
    """Queryname order may be lexicographic (htsjdk) or natural (samtools); SAMv1 1.3.1 allows both as SS."""
    if s[c.LEXICOGRAPHIC_BROKEN_AT] < 0 and _lexicographic(s, s[c.PREVIOUS_NAME_LENGTH], b, at, length) > 0:
        s[c.LEXICOGRAPHIC_BROKEN_AT] = s[c.READS]
    if s[c.NATURAL_BROKEN_AT] < 0 and _natural(s, b, at) > 0:
        s[c.NATURAL_BROKEN_AT] = s[c.READS]


@njit(cache=True, nogil=True)
def _lexicographic(s: Ints, s_length: int, b: Bytes, at: int, b_length: int) -> int:
    for i in range(min(s_length, b_length)):
        if s[NAME + i] != b[at + i]:
            return s[NAME + i] - np.int64(b[at + i])
    return s_length - b_length


@njit(cache=True, nogil=True)
def _natural(s: Ints, b: Bytes, at: int) -> int:
    """Compares two NUL-ended names with runs of digits as numbers, as samtools sort -n does."""
    i = np.int64(NAME)
    j = np.int64(at)
    while s[i] != 0 and b[j] != 0:
        if not (digit(s[i]) and digit(b[j])):
            if s[i] != b[j]:
                return s[i] - np.int64(b[j])
            i += 1
            j += 1
            continue
        zeros_a = i
        zeros_b = j
        while s[i] == 48:
            i += 1
        while b[j] == 48:
            j += 1
        while digit(s[i]) and s[i] == b[j]:
            i += 1
            j += 1
        difference = s[i] - np.int64(b[j])
        k = np.int64(0)
        while digit(s[i + k]) and digit(b[j + k]):
            k += 1
        if digit(s[i + k]):
            return 1
        if digit(b[j + k]):
            return -1
        if k > 0:
            return difference
        if (i - zeros_a) != (j - zeros_b):
            return (i - zeros_a) - (j - zeros_b)
    return s[i] - np.int64(b[j])


@njit(cache=True, nogil=True)
def _bases(b: Bytes, seq_at: int, qual_at: int, length: int, flag: int, start: int, s: Ints, q: Counts) -> None:
    primary = flag & 0x900 == 0
    if primary:
        s[c.BASES] += length
        s[c.MIN_LENGTH] = min(s[c.MIN_LENGTH], length)
        s[c.MAX_LENGTH] = max(s[c.MAX_LENGTH], length)
        s[READ_LENGTHS + min(length, READ_SIZES - 1)] += 1
        _count_bases(b, seq_at, seq_at + length // 2, s)
        if length & 1:
            s[TAIL + (b[qual_at - 1] >> 4)] += 1
    if length == 0:
        s[c.WITHOUT_SEQUENCE] += 1
    elif b[qual_at] != 255:
        if primary:
            s[c.QUALITY_BASES] += length
            _count_qualities(b, qual_at, length, flag & 16 != 0, q)
        if _highest(b, qual_at, length) > 93:
            note(s, c.QUALITY_RANGE, start)


@njit(cache=True, nogil=True)
def _count_bases(b: Bytes, at: int, end: int, s: Ints) -> None:
    for i in range(at, end):
        s[np.uint64(BASES) + np.uint64(b[np.uint64(i)])] += 1


@njit(cache=True, nogil=True)
def _highest(b: Bytes, at: int, length: int) -> int:
    highest = np.uint8(0)
    for i in range(at, at + length):
        highest = max(highest, b[np.uint64(i)])
    return highest


@njit(cache=True, nogil=True)
def _count_qualities(b: Bytes, at: int, length: int, reverse: bool, q: Counts) -> None:
    """Counts by cycle of the sequencer: a reverse read is turned back. The flat table has a row a quality."""
    step = -1 if reverse else 1
    place = at + length - 1 if reverse else at
    early = min(length, CYCLES)
    for cycle in range(early):
        value = np.uint64(b[np.uint64(place + step * cycle)])
        q[value * np.uint64(CYCLES) + np.uint64(cycle)] += np.uint32(1)
    for cycle in range(early, length):
        value = np.uint64(b[np.uint64(place + step * cycle)])
        q[value * np.uint64(CYCLES) + np.uint64(CYCLES - 1)] += np.uint32(1)
