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
CODES, QUALITIES = 6, 97  # A C G T N other-IUPAC; characters 33..126, spare
LENGTHS = 1 << 16  # lengths beyond are counted in the last place
SAMPLED = 1 << 20  # hashes kept; when full, half are dropped by their low bits, so memory stays bounded
ADAPTER_LENGTH = 12
DIGEST_FORM = "2:"  # how names are hashed; only digests of one form say something about each other

# Places in the ``state`` array.
READS, BASES, MIN_LEN, MAX_LEN, MIN_Q, MAX_Q, CRLF, LOWER, EMPTY, NAMES_KEPT, NAME_MASK, SEQS_KEPT = range(12)
SEQ_MASK, MATE1, MATE2, PLUS_NAMED, LOOKS33, LOOKS64, ERROR, ERROR_LINE = range(12, 20)
ADAPTER_READS, SAMPLED_READS, DOTS, LETTERS_WAIT, MARKS_WAIT = range(20, 25)
STATES = 25
# Values of ``state[ERROR]``.
OK, NO_AT, NO_PLUS, LENGTHS_DIFFER, BAD_BASE, BAD_QUALITY, PLUS_NAME_DIFFERS, EMPTY_NAME = range(8)


def new_tables() -> tuple[np.ndarray[Any, Any], ...]:
    """state, bases and qualities by position, histograms of length, GC and mean quality, hashes of names and sequences,
    digests; and two that hold counts for a short while."""
    state = np.zeros(STATES, np.int64)
    state[MIN_LEN], state[MIN_Q] = 1 << 62, 255
    return (
        state,
        np.zeros((POSITIONS, CODES), np.int64),
        np.zeros((POSITIONS, QUALITIES), np.int64),
        np.zeros(LENGTHS, np.int64),
        np.zeros(101, np.int64),
        np.zeros(QUALITIES, np.int64),
        np.zeros(SAMPLED, np.uint64),
        np.zeros(SAMPLED, np.uint64),
        np.zeros(2, np.uint64),
        np.zeros(5 * POSITIONS, np.uint8),
        np.zeros((_LAST + _SPARE) * QUALITIES, np.uint32),
    )


def base_codes() -> np.ndarray[Any, Any]:
    """Character -> 0..5, or 255 for what is no IUPAC nucleotide code (NC-IUB 1984)."""
    codes = np.full(256, 255, np.uint8)
    for place, letters in enumerate(("Aa", "Cc", "Gg", "TtUu", "Nn.", "RrYySsWwKkMmBbDdHhVv")):
        for letter in letters:
            codes[ord(letter)] = place
    return codes


def adapter_words(adapters: tuple[str, ...]) -> np.ndarray[Any, Any]:
    """The first 12 bases of each adapter, two bits a base."""
    words = []
    for adapter in adapters:
        word = 0
        for letter in adapter[:ADAPTER_LENGTH]:
            word = (word << 2) | "ACGT".index(letter)
        words.append(word)
    return np.array(words, np.int64)


_U1, _U4, _I8, _U8 = types.uint8, types.uint32, types.int64, types.uint64
_BUFFER, _BYTES, _WORDS = Array(_U1, 1, "C", readonly=True), Array(_U1, 1, "C"), Array(_U4, 1, "C")
_COUNTS, _TABLE, _HASHES = Array(_I8, 1, "C"), Array(_I8, 2, "C"), Array(_U8, 1, "C")
# Letters are counted in bytes and qualities in four of them, which the processor does many at once; before one could be
# full they are moved to the tables: after so many reads, and so many bases and one block.
_READS_WAIT, _BASES_WAIT = 255, 1 << 30
_SUMMED = 1 << 20  # qualities of a read that are summed in four bytes before they are added to eight
# Qualities beyond the last position are counted in four rows in turn: writing one place again and again takes longer.
_SPARE = 4
_LAST = POSITIONS - 1


@njit(cache=True, nogil=True)
def _keep(kept, state, count_at, mask_at, value):  # type: ignore[no-untyped-def]
    """Keeps a hash if its low bits are those of the sample; makes room by halving the sample."""
    if (value & np.uint64(state[mask_at])) != 0:
        return
    if state[count_at] == kept.size:
        state[mask_at] = state[mask_at] * 2 + 1
        left = 0
        for i in range(kept.size):
            if (kept[i] & np.uint64(state[mask_at])) == 0:
                kept[left] = kept[i]
                left += 1
        state[count_at] = left
        if (value & np.uint64(state[mask_at])) != 0 or left == kept.size:
            return
    kept[state[count_at]] = value
    state[count_at] += 1


@njit(cache=True, nogil=True)
def _eight(buffer, at):  # type: ignore[no-untyped-def]
    """Eight bytes as a number; the compiler makes one load of it."""
    i = np.uint64(at)
    word = np.uint64(0)
    for j in range(8):
        word |= np.uint64(buffer[i + np.uint64(j)]) << np.uint64(8 * j)
    return word


@njit(cache=True, nogil=True)
def _line_end(buffer, at, size):  # type: ignore[no-untyped-def]
    """Place of the first line feed from ``at`` on, or ``size``."""
    while at + 8 <= size:
        word = _eight(buffer, at) ^ np.uint64(0x0A0A0A0A0A0A0A0A)
        if (word - np.uint64(0x0101010101010101)) & ~word & np.uint64(0x8080808080808080):
            break
        at += 8
    while at < size and buffer[at] != 10:
        at += 1
    return at


@njit(cache=True, nogil=True)
def _word_end(buffer, at, size):  # type: ignore[no-untyped-def]
    """Place of the first space, tab, carriage return or line feed from ``at`` on, or ``size``."""
    while at + 8 <= size:
        word = _eight(buffer, at)
        if (word - np.uint64(0x2121212121212121)) & ~word & np.uint64(0x8080808080808080):
            break
        at += 8
    while at < size and buffer[at] != 10 and buffer[at] != 32 and buffer[at] != 9 and buffer[at] != 13:
        at += 1
    return at


@njit(cache=True, nogil=True)
def _mixed(h):  # type: ignore[no-untyped-def]
    """A last mix, so that the low bits that choose the sample are as good as the high ones."""
    h ^= h >> np.uint64(33)
    h *= np.uint64(0xFF51AFD7ED558CCD)
    return h ^ (h >> np.uint64(33))


@njit(cache=True, nogil=True)
def _hash(buffer, at, end):  # type: ignore[no-untyped-def]
    h = np.uint64(14695981039346656037) ^ np.uint64(end - at)
    while at + 8 <= end:
        h = (h ^ _eight(buffer, at)) * np.uint64(0x9E3779B97F4A7C15)
        h ^= h >> np.uint64(32)
        at += 8
    while at < end:
        h = (h ^ np.uint64(buffer[at])) * np.uint64(1099511628211)
        at += 1
    return _mixed(h)


@njit(cache=True, nogil=True)
def _weigh_bases(buffer, at, length):  # type: ignore[no-untyped-def]
    """How many are A, C, G or T in capitals, how many C or G, how many N."""
    called, strong, unknown = np.int32(0), np.int32(0), np.int32(0)
    for j in range(length):
        letter = buffer[np.uint64(at + j)]
        is_strong = (letter == 67) | (letter == 71)
        strong = np.int32(strong + is_strong)
        called = np.int32(called + (is_strong | (letter == 65) | (letter == 84)))
        unknown = np.int32(unknown + (letter == 78))
    return np.int64(called), np.int64(strong), np.int64(unknown)


@njit(cache=True, nogil=True)
def _weigh_qualities(buffer, at, length):  # type: ignore[no-untyped-def]
    """Their sum, the lowest and the highest."""
    total = np.int64(0)
    for begin in range(0, length, _SUMMED):
        part = np.int32(0)
        for j in range(begin, min(begin + _SUMMED, length)):
            part = np.int32(part + np.int32(buffer[np.uint64(at + j)]))
        total += part
    low, high = np.uint8(255), np.uint8(0)
    for j in range(length):
        value = buffer[np.uint64(at + j)]
        low = min(low, value)
        high = max(high, value)
    return total, np.int64(low), np.int64(high)


@njit(cache=True, nogil=True)
def _add_plain(buffer, at, length, letters):  # type: ignore[no-untyped-def]
    """Counts capitals by position, many at once: no branch and no table."""
    for j in range(length):
        letter = buffer[np.uint64(at + j)]
        letters[np.uint64(j)] += np.uint8(letter == 65)
        letters[np.uint64(POSITIONS + j)] += np.uint8(letter == 67)
        letters[np.uint64(2 * POSITIONS + j)] += np.uint8(letter == 71)
        letters[np.uint64(3 * POSITIONS + j)] += np.uint8(letter == 84)
        letters[np.uint64(4 * POSITIONS + j)] += np.uint8(letter == 78)


@njit(cache=True, nogil=True)
def _add_any(bases, codes, by_base):  # type: ignore[no-untyped-def]
    """Counts whatever letters; gives called, strong, and whether some are small or dots. All -1 at what is no base."""
    for j in range(bases.size):
        if codes[bases[j]] == 255:
            return -1, -1, -1, -1
    called = strong = lower = dots = 0
    for j in range(bases.size):
        letter = bases[j]
        code = codes[letter]
        by_base[min(j, _LAST), code] += 1
        strong += (code == 1) | (code == 2)
        called += code < 4
        lower |= letter >= 97
        dots |= letter == 46
    return called, strong, lower, dots


@njit(cache=True, nogil=True)
def _add_qualities(buffer, at, length, marks):  # type: ignore[no-untyped-def]
    shown = min(length, _LAST)
    for j in range(shown):
        marks[np.uint64(j * QUALITIES - 33 + np.int64(buffer[np.uint64(at + j)]))] += np.uint32(1)
    for j in range(shown, length):
        row = _LAST + (j & (_SPARE - 1))
        marks[np.uint64(row * QUALITIES - 33 + np.int64(buffer[np.uint64(at + j)]))] += np.uint32(1)


@njit(cache=True, nogil=True)
def _move_letters(letters, by_base, state, longest):  # type: ignore[no-untyped-def]
    state[LETTERS_WAIT] = 0
    for code in range(5):
        for j in range(min(longest, POSITIONS)):
            by_base[j, code] += letters[code * POSITIONS + j]
            letters[code * POSITIONS + j] = 0


@njit(cache=True, nogil=True)
def _move_marks(marks, by_quality, state):  # type: ignore[no-untyped-def]
    state[MARKS_WAIT] = 0
    flat = by_quality.reshape(-1)
    for j in range(_LAST * QUALITIES):
        flat[j] += marks[j]
        marks[j] = 0
    for j in range(_SPARE * QUALITIES):
        by_quality[_LAST, j % QUALITIES] += marks[_LAST * QUALITIES + j]
        marks[_LAST * QUALITIES + j] = 0


@njit(cache=True, nogil=True)
def _third_line(buffer, start, plus, size, state):  # type: ignore[no-untyped-def]
    """Where the qualities begin; -1 when the line is unfinished, or wrong as ``state`` says."""
    if plus >= size:
        return -1
    if buffer[plus] != 43:
        state[ERROR], state[ERROR_LINE] = NO_PLUS, 2
        return -1
    end = plus + 1
    if end < size and buffer[end] == 10:
        return end + 1
    end = _line_end(buffer, end, size)
    if end >= size:
        return -1
    said = end - plus - 1
    if buffer[end - 1] == 13:
        said -= 1
    if said > 0:
        state[PLUS_NAMED] += 1
        for j in range(said):
            if buffer[plus + 1 + j] != buffer[start + 1 + j]:
                state[ERROR], state[ERROR_LINE] = PLUS_NAME_DIFFERS, 2
                return -1
    return end + 1


@njit(cache=True, nogil=True)
def _fourth_line(buffer, quality, length, size, state):  # type: ignore[no-untyped-def]
    """Where the next record begins: after as many qualities as bases. -1 as in ``_third_line``."""
    stop = quality + length
    if stop >= size:
        if _line_end(buffer, quality, size) < size:  # it ends too early
            state[ERROR], state[ERROR_LINE] = LENGTHS_DIFFER, 3
        return -1
    if buffer[stop] == 10:
        return stop + 1
    if buffer[stop] == 13:
        if stop + 1 >= size:
            return -1
        if buffer[stop + 1] == 10:
            return stop + 2
    state[ERROR], state[ERROR_LINE] = LENGTHS_DIFFER, 3
    return -1


@njit(cache=True, nogil=True)
def _look_closely(bases, codes, adapters, state, sequences, digests):  # type: ignore[no-untyped-def]
    """Adapters, and the hash of the first 50 bases: done for one read in 16."""
    state[SAMPLED_READS] += 1
    s = np.uint64(14695981039346656037)
    word_mask = np.int64((1 << (2 * ADAPTER_LENGTH)) - 1)
    word = np.int64(0)
    run = found = 0
    head = min(bases.size, 50)
    for j in range(bases.size):
        code = codes[bases[j]]
        if j < head:
            s = (s ^ np.uint64(code)) * np.uint64(1099511628211)
        if code < 4:
            word = ((word << 2) | np.int64(code)) & word_mask
            run += 1
            if run >= ADAPTER_LENGTH and found == 0:
                for k in range(adapters.size):
                    if word == adapters[k]:
                        found = 1
        else:
            run = 0
        if found == 1 and j >= head:
            break
    state[ADAPTER_READS] += found
    s = _mixed(s)
    digests[1] = (digests[1] ^ s) * np.uint64(1099511628211) + np.uint64(1)
    _keep(sequences, state, SEQS_KEPT, SEQ_MASK, s)


@njit(cache=True, nogil=True)
def _note_lengths(state, lengths, means, length, total, low, high):  # type: ignore[no-untyped-def]
    state[READS] += 1
    state[BASES] += length
    state[MIN_LEN] = min(state[MIN_LEN], length)
    state[MAX_LEN] = max(state[MAX_LEN], length)
    lengths[min(length, LENGTHS - 1)] += 1
    if length == 0:
        state[EMPTY] += 1
        return
    state[MIN_Q] = min(state[MIN_Q], low)
    state[MAX_Q] = max(state[MAX_Q], high)
    means[(total + length // 2) // length - 33] += 1
    if low < 59:
        state[LOOKS33] += 1
    elif low >= 64 and high >= 76:
        state[LOOKS64] += 1


@njit(cache=True, nogil=True)
def _mate(buffer, start, name_end, size):  # type: ignore[no-untyped-def]
    """1 or 2 as the name says by ``/1`` or `` 1:``, else 0; and where the name ends that both mates share."""
    if name_end - start > 3 and buffer[name_end - 2] == 47 and 49 <= buffer[name_end - 1] <= 50:
        return np.int64(buffer[name_end - 1]) - 48, name_end - 2
    if name_end + 2 < size and buffer[name_end] == 32 and buffer[name_end + 2] == 58:
        number = np.int64(buffer[name_end + 1]) - 48
        return number * (1 <= number <= 2), name_end
    return np.int64(0), name_end


# What Python calls has a signature: it is loaded from the cache at once, with all that it calls.
@njit(
    _I8(_BUFFER, _I8, _BUFFER, _COUNTS, _COUNTS, _TABLE, _TABLE, _COUNTS, _COUNTS, _COUNTS, _HASHES, _HASHES, _HASHES,
        _BYTES, _WORDS),
    cache=True, nogil=True,
)  # fmt: skip
def scan(  # type: ignore[no-untyped-def]  # noqa: C901
    buffer, size, codes, adapters, state, by_base, by_quality, lengths, gc, means, names, sequences, digests, letters,
    marks,
):  # fmt: skip
    """Counts the whole records of ``buffer[:size]`` and gives the place where the first unfinished one begins.

    Stops at the first record that breaks the four-line form; ``state[ERROR]`` and ``ERROR_LINE`` (0..3) say how.
    """
    start = guess = np.int64(0)
    while start < size:
        if buffer[start] != 64:
            state[ERROR], state[ERROR_LINE] = NO_AT, 0
            break
        name_end = _word_end(buffer, start + 1, size)
        first = _line_end(buffer, name_end, size) + 1
        if first > size:
            break
        if name_end == start + 1:
            state[ERROR], state[ERROR_LINE] = EMPTY_NAME, 0
            break
        # The length of the record before is a good guess for the end of the bases; a line feed among them is no base.
        line_end = first + guess
        if line_end >= size or buffer[line_end] != 10:
            line_end = _line_end(buffer, first, size)
            if line_end >= size:
                break
        end = line_end - (line_end > first and buffer[line_end - 1] == 13)
        called, strong, unknown = _weigh_bases(buffer, first, end - first)
        is_plain = called + unknown == end - first
        if not is_plain:
            line_end = _line_end(buffer, first, size)
            end = line_end - (line_end > first and buffer[line_end - 1] == 13)
        length = end - first
        quality = _third_line(buffer, start, line_end + 1, size, state)
        if quality < 0:
            break
        following = _fourth_line(buffer, quality, length, size, state)
        if following < 0:
            break
        # All lines stand: count.
        total, low, high = _weigh_qualities(buffer, quality, length)
        if length > 0 and (low < 33 or high > 126):
            state[ERROR], state[ERROR_LINE] = BAD_QUALITY, 3
            break
        if is_plain:
            shown = min(length, POSITIONS)
            _add_plain(buffer, first, shown, letters)
            for j in range(shown, length):
                by_base[_LAST, codes[buffer[first + j]]] += 1
            state[LETTERS_WAIT] += 1
            if state[LETTERS_WAIT] == _READS_WAIT:
                _move_letters(letters, by_base, state, max(state[MAX_LEN], length))
        else:
            called, strong, lower, dots = _add_any(buffer[first:end], codes, by_base)
            if called < 0:
                state[ERROR], state[ERROR_LINE] = BAD_BASE, 1
                break
            state[LOWER] += lower
            state[DOTS] += dots
        _add_qualities(buffer, quality, length, marks)
        state[MARKS_WAIT] += length
        if state[READS] & 15 == 0 and length >= ADAPTER_LENGTH:
            _look_closely(buffer[first:end], codes, adapters, state, sequences, digests)
        _note_lengths(state, lengths, means, length, total, low, high)
        state[CRLF] += buffer[first - 2] == 13 or buffer[following - 2] == 13
        if called > 0:
            gc[(100 * strong + called // 2) // called] += 1
        mate, name_end = _mate(buffer, start, name_end, size)
        h = _hash(buffer, start + 1, name_end)
        state[MATE1] += mate == 1
        state[MATE2] += mate == 2
        digests[0] = (digests[0] ^ h) * np.uint64(1099511628211) + np.uint64(1)
        _keep(names, state, NAMES_KEPT, NAME_MASK, h)
        guess = line_end - first
        start = following
    if state[MARKS_WAIT] > _BASES_WAIT:
        _move_marks(marks, by_quality, state)
    return start


@njit(types.void(_COUNTS, _TABLE, _TABLE, _BYTES, _WORDS), cache=True, nogil=True)
def _settle(state, by_base, by_quality, letters, marks):  # type: ignore[no-untyped-def]
    _move_letters(letters, by_base, state, POSITIONS)
    _move_marks(marks, by_quality, state)


def settle(tables: tuple[np.ndarray[Any, Any], ...]) -> None:
    """Moves what still waits to the tables, after the last block."""
    state, by_base, by_quality, *_, letters, marks = tables
    _settle(state, by_base, by_quality, letters, marks)
