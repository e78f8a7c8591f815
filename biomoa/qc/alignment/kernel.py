"""Record rules and statistics over raw BAM records (SAMv1 4.2), compiled. Import it only when records are read.

One pass over the bytes; findings leave as events (record, code, offset) for the caller to name.
"""

# Inside compiled functions numpy's and Python's integers are one type, which mypy cannot know.
# mypy: disable-error-code="return-value,arg-type,assignment,no-any-return"

from __future__ import annotations

import numpy as np
from numba import njit

from biomoa.qc.alignment import codes as c
from biomoa.qc.alignment.kernel_tables import CYCLES, Bytes, Counts, Ints, Tables, digit, i32, note, u16
from biomoa.qc.alignment.kernel_tags import check_aux, check_tags

MAX_RECORD = 256 << 20  # bytes; a larger block_size is damage, not a read


@njit(cache=True, nogil=True)
def walk(b: Bytes, n: int, t: Tables) -> int:
    """Checks every whole record in ``b[:n]``; gives the number of bytes used. Stops at a record that cannot be."""
    o = 0
    while n - o >= 4 and t.numbers[c.FATAL] == 0:
        size = i32(b, o)
        if size < 33 or size > MAX_RECORD:
            note(t, c.RECORD_SIZE, o)
            t.numbers[c.FATAL] = 1
            break
        if n - o - 4 < size:
            break
        _record(b, o, o + 4, o + 4 + size, t)
        t.numbers[c.READS] += 1
        o += 4 + size
    return o


@njit(cache=True, nogil=True)
def _record(b: Bytes, start: int, o: int, end: int, t: Tables) -> None:
    name_length = np.int64(b[o + 8])
    cigar_count = u16(b, o + 12)
    flag = u16(b, o + 14)
    length = i32(b, o + 16)
    name_at = o + 32
    cigar_at = name_at + name_length
    seq_at = cigar_at + 4 * cigar_count
    qual_at = seq_at + (length + 1) // 2
    t.flags[flag & 4095] += 1
    t.mapq[b[o + 9]] += 1
    if length < 0 or name_length < 2 or qual_at + length > end:
        note(t, c.INCONSISTENT, start)
        return
    _name(b, name_at, name_length - 1, start, t)
    span = _cigar(b, cigar_at, cigar_count, length, start, t)
    _place(b, o, flag, cigar_count, span, start, t)
    _mate(b, o, flag, start, t)
    _flag(flag, cigar_count, start, t)
    _order(b, o, name_at, name_length - 1, t)
    _bases(b, seq_at, qual_at, length, flag, start, t)
    check_aux(b, qual_at + length, end, start, t)
    check_tags(b, seq_at, length, flag, start, t)


@njit(cache=True, nogil=True)
def _name(b: Bytes, at: int, length: int, start: int, t: Tables) -> None:
    good = b[at + length] == 0 and length <= 254
    for i in range(at, at + length):
        if b[i] < 33 or b[i] > 126 or b[i] == 64:
            good = False
    if not good:
        note(t, c.QNAME_INVALID, start)


@njit(cache=True, nogil=True)
def _cigar(b: Bytes, at: int, count: int, length: int, start: int, t: Tables) -> int:
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
            note(t, c.CIGAR_UNKNOWN, start)
            return span
        if op == 0 or op == 1 or op == 4 or op == 7 or op == 8:
            read += size
        if op == 0 or op == 2 or op == 3 or op == 7 or op == 8:
            span += size
        if op == 0 or op == 7 or op == 8:
            t.numbers[c.ALIGNED_BASES] += size
        inside = i > 0 and i < count - 1
        if op == 5 and inside:
            misplaced = True
        if op == 4 and inside and not _next_to_hard(b, at, i, count):
            misplaced = True
    if misplaced:
        note(t, c.CIGAR_CLIP, start)
    if zero:
        note(t, c.CIGAR_ZERO, start)
    if count > 0 and length > 0 and read != length:
        note(t, c.CIGAR_LENGTH, start)
    return span


@njit(cache=True, nogil=True)
def _next_to_hard(b: Bytes, at: int, i: int, count: int) -> bool:
    """S may have only H between it and an end of the CIGAR (SAMv1 1.4.6)."""
    first = i == 1 and (b[at] & 15) == 5
    last = i == count - 2 and (b[at + 4 * (count - 1)] & 15) == 5
    return first or last


@njit(cache=True, nogil=True)
def _place(b: Bytes, o: int, flag: int, cigar_count: int, span: int, start: int, t: Tables) -> None:
    reference = i32(b, o)
    position = i32(b, o + 4)
    if reference < -1 or reference >= t.lengths.shape[0]:
        note(t, c.REFERENCE_ID, start)
        return
    t.reference_reads[reference] += 1
    if position < -1:
        note(t, c.POSITION_RANGE, start)
        return
    if reference >= 0 and t.lengths[reference] > 0:
        if position >= t.lengths[reference]:
            note(t, c.POSITION_BEYOND, start)
        elif flag & 4 == 0 and position + span > t.lengths[reference]:
            note(t, c.ALIGNMENT_BEYOND, start)
    if flag & 4 == 0 and (reference < 0 or position < 0):
        note(t, c.FLAG_NO_PLACE, start)
    elif flag & 4 == 0 and cigar_count == 0:
        note(t, c.CIGAR_MISSING, start)
    elif flag & 4 == 0 and t.numbers[c.CHECK_BINS] and position + span < 1 << 29:
        last = position + max(span, 1) - 1
        if u16(b, o + 10) != _bin(position, last):
            note(t, c.BIN, start)


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
def _mate(b: Bytes, o: int, flag: int, start: int, t: Tables) -> None:
    reference = i32(b, o + 20)
    position = i32(b, o + 24)
    insert = i32(b, o + 28)
    if reference < -1 or reference >= t.lengths.shape[0]:
        note(t, c.REFERENCE_ID, start)
        return
    if position < -1:
        note(t, c.POSITION_RANGE, start)
    elif reference >= 0 and t.lengths[reference] > 0 and position >= t.lengths[reference]:
        note(t, c.MATE_BEYOND, start)
    elif (reference < 0) != (position < 0) and flag & 1:
        note(t, c.MATE_CONTRADICTION, start)
    if flag & 0x90F == 0x3 and insert > 0:
        t.inserts[min(insert, t.inserts.shape[0] - 1)] += 1


@njit(cache=True, nogil=True)
def _flag(flag: int, cigar_count: int, start: int, t: Tables) -> None:
    if flag >= 4096:
        note(t, c.FLAG_RESERVED, start)
    if flag & 1 == 0 and flag & 0xEA:
        note(t, c.FLAG_UNPAIRED, start)
    if flag & 4 and (cigar_count > 0 or flag & 0x902):
        note(t, c.FLAG_UNMAPPED, start)


@njit(cache=True, nogil=True)
def _order(b: Bytes, o: int, name_at: int, name_length: int, t: Tables) -> None:
    numbers = t.numbers
    reference = i32(b, o)
    position = i32(b, o + 4)
    rank = reference if reference >= 0 else np.int64(1) << 40
    earlier = rank == numbers[c.PREVIOUS_REFERENCE] and position < numbers[c.PREVIOUS_POSITION] and reference >= 0
    if (rank < numbers[c.PREVIOUS_REFERENCE] or earlier) and numbers[c.COORDINATE_BROKEN_AT] < 0:
        numbers[c.COORDINATE_BROKEN_AT] = numbers[c.READS]
    numbers[c.PREVIOUS_REFERENCE] = rank
    numbers[c.PREVIOUS_POSITION] = position
    if numbers[c.CHECK_NAMES] == 0:
        return
    if numbers[c.READS] > 0:
        _name_order(b, name_at, name_length, t)
    kept = min(name_length, 255)
    for i in range(kept):
        t.name[i] = b[name_at + i]
    t.name[kept] = 0
    numbers[c.PREVIOUS_NAME_LENGTH] = kept


@njit(cache=True, nogil=True)
def _name_order(b: Bytes, at: int, length: int, t: Tables) -> None:
    """Queryname order may be lexicographic (htsjdk) or natural (samtools); SAMv1 1.3.1 allows both as SS."""
    numbers = t.numbers
    if (
        numbers[c.LEXICOGRAPHIC_BROKEN_AT] < 0
        and _lexicographic(t.name, numbers[c.PREVIOUS_NAME_LENGTH], b, at, length) > 0
    ):
        numbers[c.LEXICOGRAPHIC_BROKEN_AT] = numbers[c.READS]
    if numbers[c.NATURAL_BROKEN_AT] < 0 and _natural(t.name, b, at) > 0:
        numbers[c.NATURAL_BROKEN_AT] = numbers[c.READS]


@njit(cache=True, nogil=True)
def _lexicographic(a: Bytes, a_length: int, b: Bytes, at: int, b_length: int) -> int:
    for i in range(min(a_length, b_length)):
        if a[i] != b[at + i]:
            return np.int64(a[i]) - np.int64(b[at + i])
    return a_length - b_length


@njit(cache=True, nogil=True)
def _natural(a: Bytes, b: Bytes, at: int) -> int:
    """Compares two NUL-ended names with runs of digits as numbers, as samtools sort -n does."""
    i = np.int64(0)
    j = np.int64(at)
    while a[i] != 0 and b[j] != 0:
        if not (digit(a[i]) and digit(b[j])):
            if a[i] != b[j]:
                return np.int64(a[i]) - np.int64(b[j])
            i += 1
            j += 1
            continue
        zeros_a = i
        zeros_b = j
        while a[i] == 48:
            i += 1
        while b[j] == 48:
            j += 1
        while digit(a[i]) and a[i] == b[j]:
            i += 1
            j += 1
        difference = np.int64(a[i]) - np.int64(b[j])
        k = np.int64(0)
        while digit(a[i + k]) and digit(b[j + k]):
            k += 1
        if digit(a[i + k]):
            return 1
        if digit(b[j + k]):
            return -1
        if k > 0:
            return difference
        if (i - zeros_a) != (j - zeros_b):
            return (i - zeros_a) - (j - zeros_b)
    return np.int64(a[i]) - np.int64(b[j])


@njit(cache=True, nogil=True)
def _bases(b: Bytes, seq_at: int, qual_at: int, length: int, flag: int, start: int, t: Tables) -> None:
    numbers = t.numbers
    primary = flag & 0x900 == 0
    if primary:
        numbers[c.BASES] += length
        numbers[c.MIN_LENGTH] = min(numbers[c.MIN_LENGTH], length)
        numbers[c.MAX_LENGTH] = max(numbers[c.MAX_LENGTH], length)
        t.read_lengths[min(length, t.read_lengths.shape[0] - 1)] += 1
        _count_bases(b[seq_at : seq_at + length // 2], t.bases)
        if length & 1:
            t.tail[b[qual_at - 1] >> 4] += 1
    if length == 0:
        numbers[c.WITHOUT_SEQUENCE] += 1
    elif b[qual_at] != 255:
        qualities = b[qual_at : qual_at + length]
        if primary:
            numbers[c.QUALITY_BASES] += length
            _count_qualities(qualities, flag & 16 != 0, t.quality)
        if _highest(qualities) > 93:
            note(t, c.QUALITY_RANGE, start)


@njit(cache=True, nogil=True)
def _count_bases(pairs: Bytes, table: Ints) -> None:
    for i in range(pairs.shape[0]):
        table[pairs[i]] += 1


@njit(cache=True, nogil=True)
def _highest(values: Bytes) -> int:
    highest = np.uint8(0)
    for i in range(values.shape[0]):
        highest = max(highest, values[i])
    return highest


@njit(cache=True, nogil=True)
def _count_qualities(values: Bytes, reverse: bool, table: Counts) -> None:
    """Counts by cycle of the sequencer: a reverse read is turned back. The flat table has a row a quality."""
    length = values.shape[0]
    early = min(length, CYCLES)
    for cycle in range(early):
        value = values[np.uint64(length - 1 - cycle)] if reverse else values[np.uint64(cycle)]
        table[np.uint64(value) * np.uint64(CYCLES) + np.uint64(cycle)] += np.uint32(1)
    for cycle in range(early, length):
        value = values[np.uint64(length - 1 - cycle)] if reverse else values[np.uint64(cycle)]
        table[np.uint64(value) * np.uint64(CYCLES) + np.uint64(CYCLES - 1)] += np.uint32(1)
