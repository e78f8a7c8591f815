"""Record rules and statistics over raw BAM records (SAMv1 4.2), compiled. Import it only when records are read.

One pass over the bytes; findings leave as events (record, code, offset) for the caller to name.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from biomoa.qc.alignment import codes as c

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

CYCLES = 512  # rows of the quality table; later cycles are added to the last row
QUALITIES = 96  # columns of the quality table
MAX_RECORD = 256 << 20  # bytes; a larger block_size is damage, not a read
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
    quality: Ints  # CYCLES x QUALITIES
    counts: Ints  # by code
    shown: Ints  # by code, in this call
    events: Ints  # n x 3: record, code, offset
    name: Bytes  # 256: name of the record before
    tags: Ints  # 256: tags seen in this record
    found: Ints  # offsets of MM, ML, CG and value of MN; see _aux


@njit(cache=True, nogil=True)
def _u16(b: Bytes, o: int) -> int:
    return np.int64(b[o]) | np.int64(b[o + 1]) << 8


@njit(cache=True, nogil=True)
def _i32(b: Bytes, o: int) -> int:
    v = np.int64(b[o]) | np.int64(b[o + 1]) << 8 | np.int64(b[o + 2]) << 16 | np.int64(b[o + 3]) << 24
    return v - (np.int64(1) << 32) if v >= np.int64(1) << 31 else v


@njit(cache=True, nogil=True)
def _note(t: Tables, code: int, offset: int) -> None:
    t.counts[code] += 1
    t.shown[code] += 1
    k = t.numbers[c.EVENTS]
    if t.shown[code] <= SHOWN and k < t.events.shape[0]:
        t.events[k, 0] = t.numbers[c.READS]
        t.events[k, 1] = code
        t.events[k, 2] = offset
        t.numbers[c.EVENTS] = k + 1


@njit(cache=True, nogil=True)
def walk(b: Bytes, n: int, t: Tables) -> int:
    """Checks every whole record in ``b[:n]``; gives the number of bytes used. Stops at a record that cannot be."""
    o = 0
    while n - o >= 4 and t.numbers[c.FATAL] == 0:
        size = _i32(b, o)
        if size < 33 or size > MAX_RECORD:
            _note(t, c.RECORD_SIZE, o)
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
    cigar_count = _u16(b, o + 12)
    flag = _u16(b, o + 14)
    length = _i32(b, o + 16)
    name_at = o + 32
    cigar_at = name_at + name_length
    seq_at = cigar_at + 4 * cigar_count
    qual_at = seq_at + (length + 1) // 2
    t.flags[flag & 4095] += 1
    t.mapq[b[o + 9]] += 1
    if length < 0 or name_length < 2 or qual_at + length > end:
        _note(t, c.INCONSISTENT, start)
        return
    _name(b, name_at, name_length - 1, start, t)
    span = _cigar(b, cigar_at, cigar_count, length, start, t)
    _place(b, o, flag, cigar_count, span, start, t)
    _mate(b, o, flag, start, t)
    _flag(b, o, flag, cigar_count, start, t)
    _order(b, o, name_at, name_length - 1, start, t)
    _bases(b, seq_at, qual_at, length, flag, start, t)
    _aux(b, qual_at + length, end, start, t)
    _tag_rules(b, seq_at, length, flag, start, t)


@njit(cache=True, nogil=True)
def _name(b: Bytes, at: int, length: int, start: int, t: Tables) -> None:
    good = b[at + length] == 0 and length <= 254
    for i in range(at, at + length):
        if b[i] < 33 or b[i] > 126 or b[i] == 64:
            good = False
    if not good:
        _note(t, c.QNAME_INVALID, start)


@njit(cache=True, nogil=True)
def _cigar(b: Bytes, at: int, count: int, length: int, start: int, t: Tables) -> int:
    """Bases of the reference that the alignment spans; checks operations, clipping and the read length."""
    read = np.int64(0)
    span = np.int64(0)
    misplaced = False
    zero = False
    for i in range(count):
        word = _i32(b, at + 4 * i) & 0xFFFFFFFF
        op = word & 15
        size = word >> 4
        zero = zero or size == 0
        if op > 8:
            _note(t, c.CIGAR_UNKNOWN, start)
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
        _note(t, c.CIGAR_CLIP, start)
    if zero:
        _note(t, c.CIGAR_ZERO, start)
    if count > 0 and length > 0 and read != length:
        _note(t, c.CIGAR_LENGTH, start)
    return span


@njit(cache=True, nogil=True)
def _next_to_hard(b: Bytes, at: int, i: int, count: int) -> bool:
    """S may have only H between it and an end of the CIGAR (SAMv1 1.4.6)."""
    first = i == 1 and (b[at] & 15) == 5
    last = i == count - 2 and (b[at + 4 * (count - 1)] & 15) == 5
    return first or last


@njit(cache=True, nogil=True)
def _place(b: Bytes, o: int, flag: int, cigar_count: int, span: int, start: int, t: Tables) -> None:
    reference = _i32(b, o)
    position = _i32(b, o + 4)
    if reference < -1 or reference >= t.lengths.shape[0]:
        _note(t, c.REFERENCE_ID, start)
        return
    t.reference_reads[reference] += 1
    if position < -1:
        _note(t, c.POSITION_RANGE, start)
        return
    if reference >= 0 and t.lengths[reference] > 0:
        if position >= t.lengths[reference]:
            _note(t, c.POSITION_BEYOND, start)
        elif flag & 4 == 0 and position + span > t.lengths[reference]:
            _note(t, c.ALIGNMENT_BEYOND, start)
    if flag & 4 == 0 and (reference < 0 or position < 0):
        _note(t, c.FLAG_NO_PLACE, start)
    elif flag & 4 == 0 and cigar_count == 0:
        _note(t, c.CIGAR_MISSING, start)
    elif flag & 4 == 0 and t.numbers[c.CHECK_BINS] and position + span < 1 << 29:
        last = position + max(span, 1) - 1
        if _u16(b, o + 10) != _bin(position, last):
            _note(t, c.BIN, start)


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
    reference = _i32(b, o + 20)
    position = _i32(b, o + 24)
    insert = _i32(b, o + 28)
    if reference < -1 or reference >= t.lengths.shape[0]:
        _note(t, c.REFERENCE_ID, start)
        return
    if position < -1:
        _note(t, c.POSITION_RANGE, start)
    elif reference >= 0 and t.lengths[reference] > 0 and position >= t.lengths[reference]:
        _note(t, c.MATE_BEYOND, start)
    elif (reference < 0) != (position < 0) and flag & 1:
        _note(t, c.MATE_CONTRADICTION, start)
    if flag & 0x90F == 0x3 and insert > 0:
        t.inserts[min(insert, t.inserts.shape[0] - 1)] += 1


@njit(cache=True, nogil=True)
def _flag(b: Bytes, o: int, flag: int, cigar_count: int, start: int, t: Tables) -> None:
    if flag >= 4096:
        _note(t, c.FLAG_RESERVED, start)
    if flag & 1 == 0 and flag & 0xEA:
        _note(t, c.FLAG_UNPAIRED, start)
    if flag & 4 and (cigar_count > 0 or flag & 0x902):
        _note(t, c.FLAG_UNMAPPED, start)


@njit(cache=True, nogil=True)
def _order(b: Bytes, o: int, name_at: int, name_length: int, start: int, t: Tables) -> None:
    numbers = t.numbers
    reference = _i32(b, o)
    position = _i32(b, o + 4)
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
    if numbers[c.LEXICOGRAPHIC_BROKEN_AT] < 0 and _lexicographic(t.name, numbers[c.PREVIOUS_NAME_LENGTH], b, at, length) > 0:
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
def _digit(x: int) -> bool:
    return x >= 48 and x <= 57


@njit(cache=True, nogil=True)
def _natural(a: Bytes, b: Bytes, at: int) -> int:
    """Compares two NUL-ended names with runs of digits as numbers, as samtools sort -n does."""
    i = np.int64(0)
    j = np.int64(at)
    while a[i] != 0 and b[j] != 0:
        if not (_digit(a[i]) and _digit(b[j])):
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
        while _digit(a[i]) and a[i] == b[j]:
            i += 1
            j += 1
        difference = np.int64(a[i]) - np.int64(b[j])
        k = np.int64(0)
        while _digit(a[i + k]) and _digit(b[j + k]):
            k += 1
        if _digit(a[i + k]):
            return 1
        if _digit(b[j + k]):
            return -1
        if k > 0:
            return difference
        if (i - zeros_a) != (j - zeros_b):
            return (i - zeros_a) - (j - zeros_b)
    return np.int64(a[i]) - np.int64(b[j])


@njit(cache=True, nogil=True)
def _bases(b: Bytes, seq_at: int, qual_at: int, length: int, flag: int, start: int, t: Tables) -> None:
    numbers = t.numbers
    if flag & 0x900 == 0:
        numbers[c.BASES] += length
        numbers[c.MIN_LENGTH] = min(numbers[c.MIN_LENGTH], length)
        numbers[c.MAX_LENGTH] = max(numbers[c.MAX_LENGTH], length)
        t.read_lengths[min(length, t.read_lengths.shape[0] - 1)] += 1
        for i in range(seq_at, seq_at + length // 2):
            t.bases[b[i]] += 1
        if length & 1:
            t.tail[b[qual_at - 1] >> 4] += 1
    if length == 0:
        numbers[c.WITHOUT_SEQUENCE] += 1
    elif b[qual_at] != 255:
        _qualities(b, qual_at, length, flag, start, t)


@njit(cache=True, nogil=True)
def _qualities(b: Bytes, at: int, length: int, flag: int, start: int, t: Tables) -> None:
    """Counts qualities by cycle of the sequencer: a reverse read is turned back."""
    highest = np.uint8(0)
    counted = flag & 0x900 == 0
    table = t.quality
    for i in range(length):
        q = b[at + i]
        highest = max(highest, q)
        if counted:
            cycle = length - 1 - i if flag & 16 else i
            table[min(cycle, CYCLES - 1), min(q, np.uint8(94))] += 1
    if counted:
        t.numbers[c.QUALITY_BASES] += length
    if highest > 93:
        _note(t, c.QUALITY_RANGE, start)


@njit(cache=True, nogil=True)
def _width(kind: int) -> int:
    """Bytes of a fixed-size type (A c C s S i I f); 0 for others."""
    if kind == 65 or kind == 99 or kind == 67:
        return 1
    if kind == 115 or kind == 83:
        return 2
    if kind == 105 or kind == 73 or kind == 102:
        return 4
    return 0


@njit(cache=True, nogil=True)
def _aux(b: Bytes, o: int, end: int, start: int, t: Tables) -> None:
    """Walks the optional fields; ``found`` keeps MM (offset, bytes), ML and CG (offset, values) and MN."""
    t.found[:] = -1
    seen = 0
    group = False
    while o < end:
        if end - o < 4:
            _note(t, c.AUX_MALFORMED, start)
            return
        size = _value_size(b, o + 2, end)
        if size < 0:
            _note(t, c.AUX_TYPE if size == -2 else c.AUX_MALFORMED, start)
            return
        key = np.int64(b[o]) << 8 | np.int64(b[o + 1])
        for i in range(min(seen, t.tags.shape[0])):
            if t.tags[i] == key:
                _note(t, c.AUX_DUPLICATED, start)
                break
        if seen < t.tags.shape[0]:
            t.tags[seen] = key
        seen += 1
        _aux_field(b, o, size, key, start, t)
        if key == 21063 and b[o + 2] == 90:
            group = True
            _group(b, o + 3, size - 1, start, t)
        o += 3 + size
    if not group:
        t.numbers[c.WITHOUT_READ_GROUP] += 1


@njit(cache=True, nogil=True)
def _value_size(b: Bytes, o: int, end: int) -> int:
    """Bytes of the value after its type letter at ``o``; -1 when it does not fit, -2 for an unknown type."""
    kind = b[o]
    size = _width(kind)
    if size == 0 and (kind == 90 or kind == 72):
        while o + 1 + size < end and b[o + 1 + size] != 0:
            size += 1
        size += 1
    elif size == 0 and kind == 66:
        if o + 6 > end:
            return -1
        width = _width(b[o + 1])
        if width == 0 or b[o + 1] == 65:
            return -2
        count = _i32(b, o + 2) & 0xFFFFFFFF
        size = 5 + width * count
    elif size == 0:
        return -2
    return size if o + 1 + size <= end else -1


@njit(cache=True, nogil=True)
def _letter(x: int) -> bool:
    return (x >= 65 and x <= 90) or (x >= 97 and x <= 122)


@njit(cache=True, nogil=True)
def _aux_field(b: Bytes, o: int, size: int, key: int, start: int, t: Tables) -> None:
    kind = b[o + 2]
    if not (_letter(b[o]) and (_letter(b[o + 1]) or _digit(b[o + 1]))):
        _note(t, c.AUX_TAG, start)
    if not _value_good(b, o + 3, size, kind):
        _note(t, c.AUX_VALUE, start)
    expected = t.expected[key]
    if expected > 0:
        integer = kind == 99 or kind == 67 or kind == 115 or kind == 83 or kind == 105 or kind == 73
        family = np.uint8(105) if integer else kind
        if family != expected & 127:
            _note(t, c.AUX_TYPE_WRONG if expected > 127 else c.AUX_UNUSUAL, start)
            return
    if key == 19789 and kind == 90:
        t.found[0] = o + 3
        t.found[1] = size - 1
    elif key == 19788 and kind == 66:
        t.found[2] = _i32(b, o + 4)
    elif key == 17223 and kind == 66 and b[o + 3] == 73:
        t.found[3] = o + 8
        t.found[4] = _i32(b, o + 4)
    elif key == 19790 and (kind == 105 or kind == 73):
        t.found[5] = _i32(b, o + 3)
    elif key == 19790 and (kind == 115 or kind == 83):
        t.found[5] = _u16(b, o + 3)
    elif key == 19790 and (kind == 99 or kind == 67):
        t.found[5] = b[o + 3]


@njit(cache=True, nogil=True)
def _value_good(b: Bytes, o: int, size: int, kind: int) -> bool:
    if kind == 65:
        return b[o] > 32 and b[o] < 127
    if kind == 90:
        for i in range(o, o + size - 1):
            if b[i] < 32 or b[i] > 126:
                return False
    if kind == 72:
        for i in range(o, o + size - 1):
            if not (_digit(b[i]) or (b[i] >= 65 and b[i] <= 70)):
                return False
        return size & 1 == 1
    return True


@njit(cache=True, nogil=True)
def fnv(b: Bytes, o: int, size: int) -> np.uint64:
    """FNV-1a, 64 bits."""
    h = np.uint64(14695981039346656037)
    for i in range(o, o + size):
        h = (h ^ np.uint64(b[i])) * np.uint64(1099511628211)
    return h


@njit(cache=True, nogil=True)
def _group(b: Bytes, o: int, size: int, start: int, t: Tables) -> None:
    if t.groups.shape[0] == 0:
        _note(t, c.RG_NO_HEADER, start)
        return
    h = fnv(b, o, size)
    i = np.searchsorted(t.groups, h)
    if i < t.groups.shape[0] and t.groups[i] == h:
        t.group_reads[i] += 1
    else:
        _note(t, c.RG_UNDECLARED, start)


@njit(cache=True, nogil=True)
def _tag_rules(b: Bytes, seq_at: int, length: int, flag: int, start: int, t: Tables) -> None:
    found = t.found
    if found[3] >= 0:
        t.numbers[c.LONG_CIGARS] += 1
        read = np.int64(0)
        for i in range(found[4]):
            op = b[found[3] + 4 * i] & 15
            if op == 0 or op == 1 or op == 4 or op == 7 or op == 8:
                read += (_i32(b, found[3] + 4 * i) & 0xFFFFFFFF) >> 4
        if length > 0 and read != length:
            _note(t, c.LONG_CIGAR, start)
    if found[0] < 0:
        return
    t.numbers[c.MODIFIED_READS] += 1
    stale = found[5] >= 0 and found[5] != length and length > 0
    if stale:
        _note(t, c.MM_STALE, start)
    total = _modifications(b, found[0], found[1], seq_at, 0 if stale else length, flag, start, t)
    if total < 0:
        _note(t, c.MM_MALFORMED, start)
    elif found[2] >= 0 and found[2] != total:
        _note(t, c.MM_LIKELIHOODS, start)


@njit(cache=True, nogil=True)
def _modifications(b: Bytes, o: int, size: int, seq_at: int, length: int, flag: int, start: int, t: Tables) -> int:
    """Number of likelihoods that MM calls for, -1 when malformed (SAMtags 1.7)."""
    total = np.int64(0)
    end = o + size
    beyond = False
    while o < end:
        base = _code_of_base(b[o])
        if base == 0 or o + 3 > end or not (b[o + 1] == 43 or b[o + 1] == 45):
            return -1
        o += 2
        kinds = np.int64(0)
        if _digit(b[o]):
            kinds = 1
            while o < end and _digit(b[o]):
                o += 1
        else:
            while o < end and _letter(b[o]):
                o += 1
                kinds += 1
        if o < end and (b[o] == 46 or b[o] == 63):
            o += 1
        needed = np.int64(0)
        steps = np.int64(0)
        while o < end and b[o] == 44:
            o += 1
            if o >= end or not _digit(b[o]):
                return -1
            skip = np.int64(0)
            while o < end and _digit(b[o]):
                skip = min(skip * 10 + b[o] - 48, np.int64(1) << 40)
                o += 1
            needed += skip + 1
            steps += 1
        if kinds == 0 or o >= end or b[o] != 59:
            return -1
        o += 1
        total += steps * kinds
        if length > 0 and needed > _count_base(b, seq_at, length, base, flag):
            beyond = True
    if beyond:
        _note(t, c.MM_BEYOND, start)
    return total


@njit(cache=True, nogil=True)
def _code_of_base(x: int) -> int:
    """The 4-bit code of A C G T U N; 0 for another letter."""
    if x == 65:
        return 1
    if x == 67:
        return 2
    if x == 71:
        return 4
    if x == 84 or x == 85:
        return 8
    return 15 if x == 78 else 0


@njit(cache=True, nogil=True)
def _count_base(b: Bytes, at: int, length: int, base: int, flag: int) -> int:
    if base == 15:
        return length
    if flag & 16:  # MM speaks of the read as it was sequenced
        base = 8 if base == 1 else 4 if base == 2 else 2 if base == 4 else 1
    count = 0
    for i in range(length):
        byte = b[at + i // 2]
        code = byte >> 4 if i & 1 == 0 else byte & 15
        if code == base:
            count += 1
    return count
