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
# A C G T N other-IUPAC, spare; characters 33..126, spare. A position has 97 lines of the cache and not 96, so that
# neighbours do not meet in the same few of them.
CODES, QUALITIES = 8, 97
LENGTHS = 1 << 16  # lengths beyond are counted in the last place
SAMPLED = 1 << 20  # hashes kept; when full, half are dropped by their low bits, so memory stays bounded
ADAPTER_LENGTH = 12

# Places in the ``state`` array.
READS, BASES, MIN_LEN, MAX_LEN, MIN_Q, MAX_Q, CRLF, LOWER, EMPTY, NAMES_KEPT, NAME_MASK, SEQS_KEPT = range(12)
SEQ_MASK, MATE1, MATE2, PLUS_NAMED, LOOKS33, LOOKS64, ERROR, ERROR_LINE = range(12, 20)
ADAPTER_READS, SAMPLED_READS, DOTS = range(20, 23)
STATES = 23
# Values of ``state[ERROR]``.
OK, NO_AT, NO_PLUS, LENGTHS_DIFFER, BAD_BASE, BAD_QUALITY, PLUS_NAME_DIFFERS, EMPTY_NAME = range(8)


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


_U1, _I8, _U8 = types.uint8, types.int64, types.uint64
_SIGNATURE = types.int64(
    Array(_U1, 1, "C", readonly=True), _I8, Array(_U1, 1, "C"), Array(_I8, 1, "C"), Array(_I8, 1, "C"),
    Array(_I8, 3, "C"), Array(_I8, 1, "C"), Array(_I8, 1, "C"), Array(_I8, 1, "C"), Array(_U8, 1, "C"),
    Array(_U8, 1, "C"), Array(_U8, 1, "C"),
)  # fmt: skip
_KEEP = types.void(Array(_U8, 1, "C"), Array(_I8, 1, "C"), _I8, _I8, _U8)


@njit(_KEEP, cache=True, nogil=True)
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


@njit(_SIGNATURE, cache=True, nogil=True)
def scan(buffer, size, codes, adapters, state, joint, lengths, gc, means, names, sequences, digests):  # type: ignore[no-untyped-def]  # noqa: C901
    """Counts the whole records of ``buffer[:size]`` and gives the place where the first unfinished one begins.

    Stops at the first record that breaks the four-line form; ``state[ERROR]`` and ``ERROR_LINE`` (0..3) say how.
    """
    prime = np.uint64(1099511628211)
    basis = np.uint64(14695981039346656037)
    word_mask = np.int64((1 << (2 * ADAPTER_LENGTH)) - 1)
    table = joint.reshape(-1)
    width = CODES * QUALITIES
    offsets = np.empty(256, np.int64)
    for j in range(256):
        offsets[j] = np.int64(codes[j]) * QUALITIES - 33
    start = np.int64(0)
    guess = np.int64(0)
    while start < size:
        # Line 1: the name.
        if buffer[start] != 64:
            state[ERROR], state[ERROR_LINE] = NO_AT, 0
            return start
        h = basis
        mate = 0
        i = start + 1
        while i < size and buffer[i] != 10 and buffer[i] != 32 and buffer[i] != 9 and buffer[i] != 13:
            h = (h ^ np.uint64(buffer[i])) * prime
            i += 1
        if i >= size:
            return start
        name_end = i
        if name_end == start + 1:
            state[ERROR], state[ERROR_LINE] = EMPTY_NAME, 0
            return start
        if (
            name_end - start > 3
            and buffer[name_end - 2] == 47
            and (buffer[name_end - 1] == 49 or buffer[name_end - 1] == 50)
        ):
            mate = buffer[name_end - 1] - 48
            h = basis
            for j in range(start + 1, name_end - 2):
                h = (h ^ np.uint64(buffer[j])) * prime
        elif buffer[i] == 32 and i + 2 < size and buffer[i + 2] == 58 and 49 <= buffer[i + 1] <= 50:
            mate = buffer[i + 1] - 48
        while i < size and buffer[i] != 10:
            i += 1
        if i >= size:
            return start
        carriage = 1 if buffer[i - 1] == 13 else 0
        # Line 2: the bases; the length of the record before is a good guess for the end.
        first = i + 1
        end = first + guess
        if not (end < size and buffer[end] == 10):
            end = first
            while end < size and buffer[end] != 10:
                end += 1
            if end >= size:
                return start
        else:
            guessed = buffer[first:end]
            broken = 0
            for j in range(guessed.size):
                broken |= guessed[j] == 10
            if broken:
                end = first
                while buffer[end] != 10:
                    end += 1
        line_end = end
        if end > first and buffer[end - 1] == 13:
            end -= 1
        length = end - first
        # Line 3.
        plus = line_end + 1
        if plus >= size:
            return start
        if buffer[plus] != 43:
            state[ERROR], state[ERROR_LINE] = NO_PLUS, 2
            return start
        i = plus + 1
        if i < size and buffer[i] != 10:
            while i < size and buffer[i] != 10:
                i += 1
            if i >= size:
                return start
            said = i - plus - 1
            if buffer[i - 1] == 13:
                said -= 1
            if said > 0:
                state[PLUS_NAMED] += 1
                for j in range(said):
                    if buffer[plus + 1 + j] != buffer[start + 1 + j]:
                        state[ERROR], state[ERROR_LINE] = PLUS_NAME_DIFFERS, 2
                        return start
        if i >= size:
            return start
        # Line 4: as many qualities as bases.
        quality = i + 1
        stop = quality + length
        if stop >= size:
            # Unfinished, unless the line ends too early.
            for j in range(quality, size):
                if buffer[j] == 10:
                    state[ERROR], state[ERROR_LINE] = LENGTHS_DIFFER, 3
                    return start
            return start
        if buffer[stop] == 13:
            if stop + 1 >= size:
                return start
            if buffer[stop + 1] != 10:
                state[ERROR], state[ERROR_LINE] = LENGTHS_DIFFER, 3
                return start
            following = stop + 2
            carriage = 1
        elif buffer[stop] == 10:
            following = stop + 1
        else:
            state[ERROR], state[ERROR_LINE] = LENGTHS_DIFFER, 3
            return start
        # All lines stand: count. Sums that the compiler can do for many bases at once come first, the table after.
        bases = buffer[first:end]
        qualities = buffer[quality:stop]
        total_quality = np.int64(0)
        strong = np.int64(0)
        called = np.int64(0)
        low, high = np.uint8(255), np.uint8(0)
        seen = np.uint8(0)
        dots = 0
        lower = 0
        for j in range(length):
            value = qualities[j]
            total_quality += value
            low = min(low, value)
            high = max(high, value)
        for j in range(length):
            letter = bases[j]
            code = codes[letter]
            seen |= code
            strong += (code == 1) | (code == 2)
            called += code < 4
            lower |= letter >= 97
            dots |= letter == 46
        if length > 0 and (seen > 127 or low < 33 or high > 126):
            for j in range(length):
                if codes[bases[j]] == 255:
                    state[ERROR], state[ERROR_LINE] = BAD_BASE, 1
                    return start
                if qualities[j] < 33 or qualities[j] > 126:
                    state[ERROR], state[ERROR_LINE] = BAD_QUALITY, 3
                    return start
                table[min(j, POSITIONS - 1) * width + offsets[bases[j]] + np.int64(qualities[j])] += 1
        shown = length if length < POSITIONS else POSITIONS
        for j in range(shown):
            table[j * width + offsets[bases[j]] + np.int64(qualities[j])] += 1
        for j in range(shown, length):
            table[(POSITIONS - 1) * width + np.int64(offsets[bases[j]]) + np.int64(qualities[j])] += 1
        number = state[READS]
        state[READS] += 1
        state[BASES] += length
        state[CRLF] += carriage
        state[LOWER] += lower
        state[DOTS] += dots
        guess = line_end - first
        if length < state[MIN_LEN]:
            state[MIN_LEN] = length
        if length > state[MAX_LEN]:
            state[MAX_LEN] = length
        lengths[length if length < LENGTHS else LENGTHS - 1] += 1
        if length == 0:
            state[EMPTY] += 1
        else:
            if low < state[MIN_Q]:
                state[MIN_Q] = low
            if high > state[MAX_Q]:
                state[MAX_Q] = high
            means[(total_quality + length // 2) // length - 33] += 1
            if low < 59:
                state[LOOKS33] += 1
            elif low >= 64 and high >= 76:
                state[LOOKS64] += 1
        if called > 0:
            gc[(100 * strong + called // 2) // called] += 1
        if mate == 1:
            state[MATE1] += 1
        elif mate == 2:
            state[MATE2] += 1
        # A last mix, so that the low bits that choose the sample are as good as the high ones.
        h ^= h >> np.uint64(33)
        h *= np.uint64(0xFF51AFD7ED558CCD)
        h ^= h >> np.uint64(33)
        digests[0] = (digests[0] ^ h) * prime + np.uint64(1)
        _keep(names, state, NAMES_KEPT, NAME_MASK, h)
        # Sequence statistics on one read in 16.
        if number & 15 == 0 and length >= ADAPTER_LENGTH:
            state[SAMPLED_READS] += 1
            s = basis
            word = np.int64(0)
            run = 0
            found = 0
            head = length if length < 50 else 50
            for j in range(length):
                code = codes[buffer[first + j]]
                if j < head:
                    s = (s ^ np.uint64(code)) * prime
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
            s ^= s >> np.uint64(33)
            s *= np.uint64(0xFF51AFD7ED558CCD)
            s ^= s >> np.uint64(33)
            digests[1] = (digests[1] ^ s) * prime + np.uint64(1)
            _keep(sequences, state, SEQS_KEPT, SEQ_MASK, s)
        start = following
    return start
