"""The part in C under the sanitisers: whole, cut and damaged blocks, each in memory of just its size."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

HARNESS = Path(__file__).with_name("counting_harness.c")
LENGTHS = (0, 1, 7, 31, 32, 33, 40, 64, 150, 151, 511, 512, 513, 700, 9000)
DAMAGE = (b"\n", b"\r", b"@", b"+", b"\0", b"\xff", b" ", b"N", b"acgt", b"\n\n", b"\r\n")


@pytest.fixture(scope="module", params=["-mno-avx", "-mavx2"])
def harness(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = tmp_path_factory.mktemp("harness") / "harness"
    flags = ["-std=c11", "-O2", "-g", "-Wno-psabi", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    subprocess.run(["gcc", *flags, request.param, "-o", program, HARNESS], check=True, timeout=120)
    return program


def record(chance: random.Random) -> bytes:
    size = chance.choice(LENGTHS)
    end = chance.choice([b"\n", b"\n", b"\r\n"])
    name = bytes(chance.choices(b"ABCxyz019:_-/ \t", k=chance.randrange(1, 40))) + chance.choice(
        [b"", b"/1", b" 2:N:0"]
    )
    bases = bytes(chance.choices(chance.choice([b"ACGT", b"ACGTN", b"acgtRYKM."]), k=size))
    again = chance.choice([b"", b"", name])
    return end.join((b"@" + name, bases, b"+" + again, bytes(chance.choices(range(33, 127), k=size)), b""))


def damaged(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randrange(3)):
        at = chance.randrange(len(data) + 1)
        data = data[:at] + chance.choice(DAMAGE) + data[at + chance.randrange(4) :]
    return data[: chance.randrange(1, len(data) + 1)] if chance.random() < 0.5 else data


def run(harness: Path, blocks: list[bytes], beyond: int = 0) -> subprocess.CompletedProcess[bytes]:
    given = b"".join(len(block).to_bytes(8, "little") + block for block in blocks)
    options = {"ASAN_OPTIONS": "detect_leaks=0"}  # its tables live until its end
    return subprocess.run(
        [harness, str(beyond)], input=given, env=options, capture_output=True, check=False, timeout=300
    )


def test_nothing_outside_the_block_is_touched(harness: Path) -> None:
    chance = random.Random(20261128)
    blocks = [
        damaged(b"".join(record(chance) for _ in range(chance.randrange(1, 6))), chance) or b"@" for _ in range(4000)
    ]
    blocks += [record(chance) for _ in range(600)]
    found = run(harness, blocks)
    assert found.returncode == 0, found.stderr.decode()[-3000:]
    said, reads = found.stdout.split()[0], int(found.stdout.split()[2])
    assert int(said) == len(blocks)
    assert reads > 4000


def test_the_sanitiser_would_tell(harness: Path) -> None:
    found = run(harness, [b"@a\nACGT\n+\nIIII"], beyond=1)
    assert found.returncode != 0
    assert b"heap-buffer-overflow" in found.stderr
