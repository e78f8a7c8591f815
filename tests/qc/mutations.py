"""Damage of many kinds to good files, and what of it an outside reader proves to be broken."""

from __future__ import annotations

import bz2
import gzip
import json
import random
import subprocess
import sys
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
WORDS = (b"\0", b"\t\t", b"\r", b"\n\n", b"@", b">", b"+", b"\xff\xfe", b"-1", b"99999999999999999999", b"=1+1", b'"')


def flip_bits(data: bytearray, chance: random.Random, _: bytes) -> bytearray:
    for _turn in range(chance.choice((1, 1, 1, 2, 8, 64))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return data


def move_block(data: bytearray, chance: random.Random, _: bytes) -> bytearray:
    start, size = chance.randrange(len(data)), chance.choice((1, 4, 18, 100, 1000))
    block = data[start : start + size]
    del data[start : start + size]
    at = chance.randrange(len(data) + 1)
    data[at:at] = block * chance.choice((0, 1, 1, 2, 20))
    return data


def change_number(data: bytearray, chance: random.Random, _: bytes) -> bytearray:
    """Two or four bytes, as a length or an offset would lie, get a number at the edge of what they hold."""
    width, at = chance.choice((1, 2, 4, 4, 8)), chance.randrange(min(len(data), chance.choice((64, 512, 1 << 30))))
    value = chance.choice(NUMBERS) & ((1 << 8 * width) - 1)
    data[at : at + width] = value.to_bytes(width, chance.choice(("little", "big")))
    return data


def splice(data: bytearray, chance: random.Random, other: bytes) -> bytearray:
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other)) :]


def cut(data: bytearray, chance: random.Random, _: bytes) -> bytearray:
    """At a border of lines or of blocks, or anywhere."""
    at = chance.randrange(len(data))
    if (border := data.find(chance.choice((b"\n", b"\x1f\x8b", b"PK")), at)) > 0 and chance.random() < 0.5:
        at = border + chance.choice((0, 1))
    return data[:at]


def put_word(data: bytearray, chance: random.Random, _: bytes) -> bytearray:
    at = chance.randrange(len(data) + 1)
    data[at:at] = chance.choice(WORDS) * chance.choice((1, 1, 1, 300))
    return data


KINDS: tuple[Callable[[bytearray, random.Random, bytes], bytearray], ...] = (
    flip_bits, move_block, change_number, splice, cut, put_word,
)  # fmt: skip


def unpack(data: bytes) -> bytes | None:
    """What lies within gzip, so that damage can be done below a checksum that still holds."""
    try:
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else None
    except (OSError, EOFError, zlib.error):
        return None


def mutated(good: Sequence[bytes], chance: random.Random, pack: Callable[[bytes], bytes] | None = None) -> bytes:
    """One of ``good``, damaged once or a few times; in half of the cases below its compression (``pack``)."""
    data, other = chance.choice(good), chance.choice(good)
    inner = unpack(data) if pack and chance.random() < 0.5 else None
    broken = bytearray(data if inner is None else inner)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        if broken:
            broken = chance.choice(KINDS)(broken, chance, (other if inner is None else unpack(other)) or data)
    return bytes(broken) if inner is None or pack is None else pack(bytes(broken))


def envelope_broken(data: bytes) -> str:
    """Why gzip or bzip2 refuse the file; nothing when they read it to its end."""
    try:
        if data[:2] == b"\x1f\x8b":
            gzip.decompress(data)
        elif data[:3] == b"BZh":
            bz2.decompress(data)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        return f"{type(error).__name__}: {error}"
    return ""


_READER = """
import json, sys, pysam
pysam.set_verbosity(0)
for line in sys.stdin:
    path, why = line.strip(), ""
    try:
        with pysam.AlignmentFile(path, check_sq=False) as file:
            for read in file.fetch(until_eof=True):
                read.query_sequence, read.query_qualities
        if path.endswith((".bam", ".cram")):
            pysam.quickcheck(path)
    except Exception as error:
        why = f"{type(error).__name__}: {str(error)[:200]}"
    print(json.dumps([path, why]), flush=True)
"""


def alignments_broken(paths: Sequence[Path]) -> dict[Path, str]:
    """What htslib says against each file, asked in a process of its own that may crash without harm."""
    found: dict[Path, str] = {}
    left = list(paths)
    while left:
        asked = subprocess.run(
            [sys.executable, "-c", _READER], input="\n".join(map(str, left)), capture_output=True, text=True,
            timeout=600, check=False,
        )  # fmt: skip
        answers = [json.loads(line) for line in asked.stdout.splitlines()]
        found |= {Path(path): why for path, why in answers}
        if len(answers) < len(left):  # the outside reader itself crashed: that proves nothing, go on behind it
            found[left[len(answers)]] = ""
        left = left[len(answers) + 1 :]
    return found
