"""The numba kernel of FASTQ: parses whole records of a block and counts everything in one pass, without the GIL."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

if not os.access(Path(__file__).parent, os.W_OK):  # an installed package that this account may not write to
    os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(tempfile.gettempdir()) / f"biomoa-numba-{os.getuid()}"))

from numba import njit, types
from numba.core.types import Array

POSITIONS = 512  # bases beyond are counted at the last position
CODES, QUALITIES = 8, 96  # A C G T N other-IUPAC, spare; characters 33..128
LENGTHS = 1 << 16  # lengths beyond are counted in the last place
SAMPLED = 1 << 20  # hashes kept; when full, half are dropped by their low bits, so memory stays bounded
ADAPTER_LENGTH = 12
FOLD_BYTES = 1 << 31  # what may be counted in 32 bits before ``fold``
IUPAC = ("Aa", "Cc", "Gg", "TtUu", "Nn.", "RrYySsWwKkMmBbDdHhVv")

# Places in the ``state`` array.
READS, BASES, MIN_LEN, MAX_LEN, MIN_Q, MAX_Q, CRLF, LOWER, EMPTY, NAMES_KEPT, NAME_MASK, SEQS_KEPT = range(12)
SEQ_MASK, MATE1, MATE2, PLUS_NAMED, LOOKS33, LOOKS64, ERROR, ERROR_LINE = range(12, 20)
ADAPTER_READS, SAMPLED_READS, DOTS = range(20, 23)
STATES = 23
# Values of ``state[ERROR]``.
OK, NO_AT, NO_PLUS, LENGTHS_DIFFER, BAD_BASE, BAD_QUALITY, PLUS_NAME_DIFFERS, EMPTY_NAME, UNFINISHED = range(9)

# Each letter and each quality is looked up as one number whose fields are sums of a read in the making: a chunk of
# at most 1,000 fits in 10 bits a field. The code of a letter stands above all fields, where an overflow is lost.
CHUNK = 1000
_STRONG, _CALLED, _LOWER, _DOT, _BAD_LETTER = (10 * n for n in range(5))
_CODE = 61
_BELOW_59, _BELOW_64, _FROM_76, _BAD_VALUE = (17 + 10 * n for n in range(4))
_FIELD, _VALUE = np.uint64(1023), np.uint64((1 << 17) - 1)
# A row of the counts is a cache line longer than it holds: rows 8 KiB apart would all want the same place in cache.
ROW = 256 * CODES + 16
_ROW = np.uint64(ROW)


def new_tables() -> tuple[np.ndarray[Any, Any], ...]:
    """state, joint table, length histogram, GC histogram, mean quality histogram, name and sequence hashes, digests."""
    state = np.zeros(STATES, np.int64)
    state[MIN_LEN], state[MIN_Q] = 1 << 62, 255
    return (
        state,
        np.zeros((POSITIONS, CODES, QUALITIES), np.int64),
        np.zeros(LENGTHS, np.int64),
        np.zeros(101, np.int64),
        np.zeros(QUALITIES, np.int64),
        np.zeros(SAMPLED, np.uint64),
        np.zeros(SAMPLED, np.uint64),
        np.zeros(2, np.uint64),
    )


def new_counts() -> np.ndarray[Any, Any]:
    """What ``scan`` counts into: position x character of the quality x code, 32 bits, so that it stays in cache."""
    return np.zeros(POSITIONS * ROW, np.uint32)


def fold(counts: np.ndarray[Any, Any], state: np.ndarray[Any, Any], joint: np.ndarray[Any, Any]) -> None:
    """Moves the counts into the joint table; due before ``FOLD_BYTES`` more are scanned, and at the end."""
    rows = counts.reshape(POSITIONS, ROW)[:, : 256 * CODES]
    by_position = rows.reshape(POSITIONS, 256, CODES)[:, 33 : 33 + QUALITIES]
    joint += by_position.transpose(0, 2, 1)
    counts[:] = 0
    seen = np.flatnonzero(joint.any(axis=(0, 1)))
    if seen.size:
        state[MIN_Q], state[MAX_Q] = int(seen[0]) + 33, int(seen[-1]) + 33


def base_codes() -> np.ndarray[Any, Any]:
    """Character -> 0..5, or 255 for what is no IUPAC nucleotide code (NC-IUB 1984)."""
    codes = np.full(256, 255, np.uint8)
    for place, letters in enumerate(IUPAC):
        for letter in letters:
            codes[ord(letter)] = place
    return codes


def letter_marks() -> np.ndarray[Any, Any]:
    """Character -> its code and the fields it adds to."""
    marks = [1 << _BAD_LETTER] * 256
    for place, letters in enumerate(IUPAC):
        for letter in letters:
            mark = place << _CODE | (place < 4) << _CALLED | (place in (1, 2)) << _STRONG
            marks[ord(letter)] = mark | letter.islower() << _LOWER | (letter == ".") << _DOT
    return np.array(marks, np.uint64)


def quality_marks() -> np.ndarray[Any, Any]:
    """Character of a quality -> its value and the fields it adds to."""
    marks = [
        value | (value < 59) << _BELOW_59 | (value < 64) << _BELOW_64 | (value >= 76) << _FROM_76
        if 33 <= value <= 126
        else 1 << _BAD_VALUE
        for value in range(256)
    ]
    return np.array(marks, np.uint64)


def adapter_words(adapters: tuple[str, ...]) -> np.ndarray[Any, Any]:
    """The first 12 bases of each adapter, two bits a base."""
    words = []
    for adapter in adapters:
        word = 0
        for letter in adapter[:ADAPTER_LENGTH]:
            word = (word << 2) | "ACGT".index(letter)
        words.append(word)
    return np.array(words, np.uint64)


# Indices are unsigned: a signed one costs a test for a place counted from the end, at each base.
_U1, _U4, _I8, _U8 = types.uint8, types.uint32, types.int64, types.uint64
_BUFFER = Array(_U1, 1, "C", readonly=True)
_SIGNATURE = types.int64(
    _BUFFER, _I8, _I8, Array(_U8, 1, "C"), Array(_U8, 1, "C"), Array(_U8, 1, "C"), Array(_U4, 1, "C"),
    Array(_I8, 1, "C"), Array(_I8, 3, "C"), Array(_I8, 1, "C"), Array(_I8, 1, "C"), Array(_I8, 1, "C"),
    Array(_U8, 1, "C"), Array(_U8, 1, "C"), Array(_U8, 1, "C"),
)  # fmt: skip
_0, _1, _2, _3, _4, _5, _6, _7, _8 = (np.uint64(n) for n in range(9))
_PRIME, _BASIS = np.uint64(1099511628211), np.uint64(14695981039346656037)
_MIX, _HALF = np.uint64(0xFF51AFD7ED558CCD), np.uint64(32)
_WORD_MASK = np.uint64((1 << (2 * ADAPTER_LENGTH)) - 1)
_SHIFT_CODE, _CHUNK, _LAST_ROW = np.uint64(_CODE), np.uint64(CHUNK), np.uint64(POSITIONS - 1)
_HEAD = np.uint64(50)


@njit
def _keep(kept, state, count_at, mask_at, value):  # type: ignore[no-untyped-def]
    """Keeps a hash if its low bits are those of the sample; makes room by halving the sample."""
    if (value & np.uint64(state[mask_at])) != _0:
        return
    if state[count_at] == kept.size:
        state[mask_at] = state[mask_at] * 2 + 1
        left = 0
        for i in range(kept.size):
            if (kept[i] & np.uint64(state[mask_at])) == _0:
                kept[left] = kept[i]
                left += 1
        state[count_at] = left
        if (value & np.uint64(state[mask_at])) != _0 or left == kept.size:
            return
    kept[state[count_at]] = value
    state[count_at] += 1


@njit
def _mixed(h):  # type: ignore[no-untyped-def]
    """A last mix, so that the low bits that choose the sample are as good as the high ones."""
    h ^= h >> _HALF
    h *= _MIX
    return h ^ (h >> _HALF)


@njit
def _word(buffer, i):  # type: ignore[no-untyped-def]
    """Eight bytes as one number; the compiler makes one load of it."""
    return (
        np.uint64(buffer[i]) | np.uint64(buffer[i + _1]) << np.uint64(8) | np.uint64(buffer[i + _2]) << np.uint64(16)
        | np.uint64(buffer[i + _3]) << np.uint64(24) | np.uint64(buffer[i + _4]) << np.uint64(32)
        | np.uint64(buffer[i + _5]) << np.uint64(40) | np.uint64(buffer[i + _6]) << np.uint64(48)
        | np.uint64(buffer[i + _7]) << np.uint64(56)
    )  # fmt: skip


@njit
def _hash(buffer, i, end):  # type: ignore[no-untyped-def]
    """Each word is mixed before it is added: names differ in a digit here and there, which must not cancel out."""
    h = _BASIS
    while i + _8 <= end:
        h = (h ^ _mixed(_word(buffer, i) * _MIX)) * _PRIME
        i += _8
    word = end - i
    while i < end:
        word = (word << _8) | np.uint64(buffer[i])
        i += _1
    return _mixed((h ^ _mixed(word * _MIX)) * _PRIME)


@njit
def _line_end(buffer, i, size):  # type: ignore[no-untyped-def]
    """The place of the next end of line; ``size`` when there is none."""
    while i < size and buffer[i] != 10:
        i += _1
    return i


@njit
def _name(buffer, start, name_end, size):  # type: ignore[no-untyped-def]
    """Hash of the name without its mate, and the mate: 1, 2, or 0 when it does not say (``/1`` or `` 1:``)."""
    last, before = buffer[name_end - _1], buffer[name_end - _2]
    if name_end - start > _3 and before == 47 and (last == 49 or last == 50):
        return _hash(buffer, start + _1, name_end - _2), np.int64(last) - 48
    mate = 0
    if name_end + _2 < size and buffer[name_end] == 32 and buffer[name_end + _2] == 58:
        mate = np.int64(buffer[name_end + _1]) - 48
    return _hash(buffer, start + _1, name_end), mate


@njit
def _plus(buffer, start, plus, stop):  # type: ignore[no-untyped-def]
    """Line 3 from ``plus`` to ``stop``: OK, or PLUS_NAME_DIFFERS when it repeats another name."""
    said = stop - plus - _1
    if said > _0 and buffer[stop - _1] == 13:
        said -= _1
    for j in range(said):
        if buffer[plus + _1 + j] != buffer[start + _1 + j]:
            return PLUS_NAME_DIFFERS
    return OK


@njit
def _qualities(buffer, quality, stop, size):  # type: ignore[no-untyped-def]
    """Line 4 should end at ``stop``: status and the place of the next record."""
    if stop >= size:  # unfinished, unless the line ends too early
        return (LENGTHS_DIFFER if _line_end(buffer, quality, size) < size else UNFINISHED), stop
    if buffer[stop] == 10:
        return OK, stop + _1
    if buffer[stop] != 13:
        return LENGTHS_DIFFER, stop
    if stop + _1 >= size:
        return UNFINISHED, stop
    return (OK if buffer[stop + _1] == 10 else LENGTHS_DIFFER), stop + _2


@njit
def _frame(buffer, start, size, guess):  # type: ignore[no-untyped-def]
    """Status, and where the parts of a record stand: end of name, bases from and to, qualities from, next record."""
    none = start
    if buffer[start] != 64:
        return NO_AT, none, none, none, none, none
    name_end = start + _1
    while name_end < size and buffer[name_end] > 32:
        name_end += _1
    header_end = _line_end(buffer, name_end, size)
    if header_end >= size:
        return UNFINISHED, none, none, none, none, none
    if name_end == start + _1:
        return EMPTY_NAME, none, none, none, none, none
    first = header_end + _1
    end = first + guess
    if guess == _0 or end >= size or buffer[end] != 10:
        end = _line_end(buffer, first, size)
    plus = end + _1
    if plus >= size:
        return UNFINISHED, none, none, none, none, none
    if buffer[plus] != 43:
        return NO_PLUS, none, none, none, none, none
    plus_end = _line_end(buffer, plus, size)
    if plus_end >= size:
        return UNFINISHED, none, none, none, none, none
    status = _plus(buffer, start, plus, plus_end)
    if end > first and buffer[end - _1] == 13:
        end -= _1
    following = none
    if status == OK:
        status, following = _qualities(buffer, plus_end + _1, plus_end + _1 + end - first, size)
    return status, name_end, first, end, plus_end + _1, following


@njit
def _count(buffer, first, quality, length, marks, values, counts, one):  # type: ignore[no-untyped-def]
    """Adds ``one`` (or takes it away) for each base; gives the sums: strong, called, lower, dots, bad letters,
    of the qualities their sum, below 59, below 64, from 76, bad ones."""
    sums = (_0, _0, _0, _0, _0, _0, _0, _0, _0, _0)
    done, row, step = _0, _0, _ROW
    while done < length:
        todo = min(length - done, _LAST_ROW if done == _0 else _CHUNK)
        letters, scores = _0, _0
        for j in range(done, done + todo):
            mark = marks[buffer[first + j]]
            value = buffer[quality + j]
            letters += mark
            scores += values[value]
            counts[row + (np.uint64(value) << _3) + (mark >> _SHIFT_CODE)] += one
            row += step
        sums = (
            sums[0] + (letters & _FIELD), sums[1] + (letters >> np.uint64(_CALLED) & _FIELD),
            sums[2] + (letters >> np.uint64(_LOWER) & _FIELD), sums[3] + (letters >> np.uint64(_DOT) & _FIELD),
            sums[4] + (letters >> np.uint64(_BAD_LETTER) & _FIELD), sums[5] + (scores & _VALUE),
            sums[6] + (scores >> np.uint64(_BELOW_59) & _FIELD), sums[7] + (scores >> np.uint64(_BELOW_64) & _FIELD),
            sums[8] + (scores >> np.uint64(_FROM_76) & _FIELD), sums[9] + (scores >> np.uint64(_BAD_VALUE) & _FIELD),
        )  # fmt: skip
        done += todo
        row, step = _LAST_ROW * _ROW, _0
    return sums


@njit
def _tally(state, lengths, gc, means, length, sums):  # type: ignore[no-untyped-def]
    """What is counted once a read."""
    state[READS] += 1
    state[BASES] += length
    state[LOWER] += sums[2] > _0
    state[DOTS] += sums[3] > _0
    state[MIN_LEN] = min(state[MIN_LEN], length)
    state[MAX_LEN] = max(state[MAX_LEN], length)
    lengths[min(length, LENGTHS - 1)] += 1
    if length == 0:
        state[EMPTY] += 1
        return
    means[(np.int64(sums[5]) + length // 2) // length - 33] += 1
    if sums[6] > _0:
        state[LOOKS33] += 1
    elif sums[7] == _0 and sums[8] > _0:
        state[LOOKS64] += 1
    called = np.int64(sums[1])
    if called > 0:
        gc[(100 * np.int64(sums[0]) + called // 2) // called] += 1


@njit
def _sample(buffer, first, length, marks, adapters, state, sequences, digests):  # type: ignore[no-untyped-def]
    """Looks for adapters, and keeps the hash of the first 50 bases."""
    s, word = _BASIS, _0
    run = found = 0
    head = min(length, _HEAD)
    for j in range(length):
        code = marks[buffer[first + j]] >> _SHIFT_CODE
        if j < head:
            s = (s ^ code) * _PRIME
        word = ((word << _2) | (code & _3)) & _WORD_MASK
        run = run + 1 if code < _4 else 0
        if run >= ADAPTER_LENGTH and found == 0:
            for k in range(adapters.size):
                if word == adapters[k]:
                    found = 1
        if found == 1 and j >= head:
            break
    state[SAMPLED_READS] += 1
    state[ADAPTER_READS] += found
    s = _mixed(s)
    digests[1] = (digests[1] ^ s) * _PRIME + _1
    _keep(sequences, state, SEQS_KEPT, SEQ_MASK, s)


@njit(_SIGNATURE, cache=True, nogil=True)
def scan(
    buffer, begin, until, marks, values, adapters, counts, state, joint, lengths, gc, means, names, sequences, digests
):  # type: ignore[no-untyped-def]  # noqa: E501
    """Counts the whole records of ``buffer[begin:until]`` and gives the place where the first unfinished one begins.

    Stops at the first record that breaks the four-line form; ``state[ERROR]`` says how.
    """
    start, size, guess = np.uint64(begin), np.uint64(until), _0
    while start < size:
        # The length of the record before is a good guess; whatever goes wrong with it is looked at again without.
        status, name_end, first, end, quality, following = _frame(buffer, start, size, guess)
        length = end - first
        sums = (_0, _0, _0, _0, _0, _0, _0, _0, _0, _0)
        if status == OK:
            sums = _count(buffer, first, quality, length, marks, values, counts, np.uint32(1))
            if sums[4] > _0 or sums[9] > _0:
                _count(buffer, first, quality, length, marks, values, counts, np.uint32(0xFFFFFFFF))
                status = BAD_BASE if sums[4] > _0 else BAD_QUALITY
        if status != OK:
            if guess != _0:
                guess = _0
                continue
            if status != UNFINISHED:
                state[ERROR] = status
            return np.int64(start)
        guess = end - first
        if buffer[end] == 13:
            guess += _1
            state[CRLF] += 1
        elif buffer[following - _2] == 13:
            state[CRLF] += 1
        number = state[READS]
        _tally(state, lengths, gc, means, np.int64(length), sums)
        h, mate = _name(buffer, start, name_end, size)
        if mate == 1:
            state[MATE1] += 1
        elif mate == 2:
            state[MATE2] += 1
        digests[0] = (digests[0] ^ h) * _PRIME + _1
        _keep(names, state, NAMES_KEPT, NAME_MASK, h)
        if number & 15 == 0 and length >= np.uint64(ADAPTER_LENGTH):
            _sample(buffer, first, length, marks, adapters, state, sequences, digests)
        start = following
    return np.int64(start)
