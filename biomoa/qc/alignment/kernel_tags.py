"""The optional fields of a BAM record (SAMv1 1.5 and 4.2.4) and the tags that have rules of their own, compiled."""

# Inside compiled functions numpy's and Python's integers are one type, which mypy cannot know.
# mypy: disable-error-code="return-value,arg-type,assignment,no-any-return"

from __future__ import annotations

import numpy as np
from numba import njit

from biomoa.qc.alignment import codes as c
from biomoa.qc.alignment.kernel_tables import (
    EXPECTED,
    FOUND,
    LENGTHS,
    TAGS,
    TAGS_KEPT,
    Bytes,
    Ints,
    digit,
    i32,
    note,
    u16,
)


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
def check_aux(b: Bytes, o: int, end: int, start: int, s: Ints) -> None:
    """Walks the optional fields; ``found`` keeps MM (offset, bytes), ML and CG (offset, values) and MN."""
    for i in range(FOUND, FOUND + 8):
        s[i] = -1
    seen = 0
    group = False
    while o < end:
        if end - o < 4:
            note(s, c.AUX_MALFORMED, start)
            return
        size = _value_size(b, o + 2, end)
        if size < 0:
            note(s, c.AUX_TYPE if size == -2 else c.AUX_MALFORMED, start)
            return
        key = np.int64(b[o]) << 8 | np.int64(b[o + 1])
        for i in range(min(seen, TAGS_KEPT)):
            if s[TAGS + i] == key:
                note(s, c.AUX_DUPLICATED, start)
                break
        if seen < TAGS_KEPT:
            s[TAGS + seen] = key
        seen += 1
        _aux_field(b, o, size, key, start, s)
        if key == 21063 and b[o + 2] == 90:
            group = True
            _group(b, o + 3, size - 1, start, s)
        o += 3 + size
    if not group:
        s[c.WITHOUT_READ_GROUP] += 1


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
        count = i32(b, o + 2) & 0xFFFFFFFF
        size = 5 + width * count
    elif size == 0:
        return -2
    return size if o + 1 + size <= end else -1


@njit(cache=True, nogil=True)
def _letter(x: int) -> bool:
    return (x >= 65 and x <= 90) or (x >= 97 and x <= 122)


@njit(cache=True, nogil=True)
def _aux_field(b: Bytes, o: int, size: int, key: int, start: int, s: Ints) -> None:
    kind = b[o + 2]
    if not (_letter(b[o]) and (_letter(b[o + 1]) or digit(b[o + 1]))):
        note(s, c.AUX_TAG, start)
    if not _value_good(b, o + 3, size, kind):
        note(s, c.AUX_VALUE, start)
    expected = s[EXPECTED + key]
    if expected > 0:
        integer = kind == 99 or kind == 67 or kind == 115 or kind == 83 or kind == 105 or kind == 73
        family = np.uint8(105) if integer else kind
        if family != expected & 127:
            note(s, c.AUX_TYPE_WRONG if expected > 127 else c.AUX_UNUSUAL, start)
            return
    if key == 19789 and kind == 90:
        s[FOUND + 0] = o + 3
        s[FOUND + 1] = size - 1
    elif key == 19788 and kind == 66:
        s[FOUND + 2] = i32(b, o + 4)
    elif key == 17223 and kind == 66 and b[o + 3] == 73:
        s[FOUND + 3] = o + 8
        s[FOUND + 4] = i32(b, o + 4)
    elif key == 19790 and (kind == 105 or kind == 73):
        s[FOUND + 5] = i32(b, o + 3)
    elif key == 19790 and (kind == 115 or kind == 83):
        s[FOUND + 5] = u16(b, o + 3)
    elif key == 19790 and (kind == 99 or kind == 67):
        s[FOUND + 5] = b[o + 3]


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
            if not (digit(b[i]) or (b[i] >= 65 and b[i] <= 70)):
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
def _group(b: Bytes, o: int, size: int, start: int, s: Ints) -> None:
    groups = s[c.GROUPS]
    if groups == 0:
        note(s, c.RG_NO_HEADER, start)
        return
    wanted = np.int64(fnv(b, o, size))
    low = LENGTHS + 2 * s[c.REFERENCES] + 1
    first, last = low, low + groups - 1
    while first < last:
        middle = (first + last) >> 1
        if s[middle] < wanted:
            first = middle + 1
        else:
            last = middle
    if s[first] == wanted:
        s[first + groups] += 1
    else:
        note(s, c.RG_UNDECLARED, start)


@njit(cache=True, nogil=True)
def check_tags(b: Bytes, seq_at: int, length: int, flag: int, start: int, s: Ints) -> None:
    if s[FOUND + 3] >= 0:
        s[c.LONG_CIGARS] += 1
        read = np.int64(0)
        for i in range(s[FOUND + 4]):
            op = b[s[FOUND + 3] + 4 * i] & 15
            if op == 0 or op == 1 or op == 4 or op == 7 or op == 8:
                read += (i32(b, s[FOUND + 3] + 4 * i) & 0xFFFFFFFF) >> 4
        if length > 0 and read != length:
            note(s, c.LONG_CIGAR, start)
    if s[FOUND + 0] < 0:
        return
    s[c.MODIFIED_READS] += 1
    stale = s[FOUND + 5] >= 0 and s[FOUND + 5] != length and length > 0
    if stale:
        note(s, c.MM_STALE, start)
    total = _modifications(b, s[FOUND + 0], s[FOUND + 1], seq_at, 0 if stale else length, flag, start, s)
    if total < 0:
        note(s, c.MM_MALFORMED, start)
    elif s[FOUND + 2] >= 0 and s[FOUND + 2] != total:
        note(s, c.MM_LIKELIHOODS, start)


@njit(cache=True, nogil=True)
def _modifications(b: Bytes, o: int, size: int, seq_at: int, length: int, flag: int, start: int, s: Ints) -> int:
    """Number of likelihoods that MM calls for, -1 when malformed (SAMtags 1.7)."""
    total = np.int64(0)
    end = o + size
    beyond = False
    while o < end:
        base = _code_of_base(b[o])
        if base == 0 or o + 3 > end or not (b[o + 1] == 43 or b[o + 1] == 45):
            return -1
        o, kinds = _kinds(b, o + 2, end)
        o, needed, steps = _skips(b, o, end)
        if kinds == 0 or o < 0 or o >= end or b[o] != 59:
            return -1
        o += 1
        total += steps * kinds
        if length > 0 and needed > _count_base(b, seq_at, length, base, flag):
            beyond = True
    if beyond:
        note(s, c.MM_BEYOND, start)
    return total


@njit(cache=True, nogil=True)
def _kinds(b: Bytes, o: int, end: int) -> tuple[int, int]:
    """Offset behind the codes of one group, and how many they are: one letter each, or one ChEBI number."""
    kinds = np.int64(0)
    if digit(b[o]):
        kinds = np.int64(1)
        while o < end and digit(b[o]):
            o += 1
    else:
        while o < end and _letter(b[o]):
            o += 1
            kinds += 1
    if o < end and (b[o] == 46 or b[o] == 63):
        o += 1
    return o, kinds


@njit(cache=True, nogil=True)
def _skips(b: Bytes, o: int, end: int) -> tuple[int, int, int]:
    """Offset behind the list of skips (-1 when malformed), bases that it needs, and its length."""
    needed = np.int64(0)
    steps = np.int64(0)
    while o < end and b[o] == 44:
        o += 1
        if o >= end or not digit(b[o]):
            return np.int64(-1), needed, steps
        skip = np.int64(0)
        while o < end and digit(b[o]):
            skip = min(skip * 10 + b[o] - 48, np.int64(1) << 40)
            o += 1
        needed += skip + 1
        steps += 1
    return o, needed, steps


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
