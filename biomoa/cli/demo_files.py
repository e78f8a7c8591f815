"""Small files in real formats that the demonstration makes itself; the same seed gives the same bytes."""

from __future__ import annotations

import functools
import gzip
import io
import math
import random
import tempfile
from pathlib import Path

BASES = "ACGT"
READ_LENGTH = 100
QUALITIES = "FFFFFFFFFF:,#"  # binned as recent Illumina machines do: mostly 37, some 25, 11 and 2


def genome(chance: random.Random, length: int = 20_000) -> str:
    """A random genome with 41 % GC, as many real ones have."""
    return "".join(chance.choices("ATGC", weights=(29.5, 29.5, 20.5, 20.5), k=length))


def paired_fastq(chance: random.Random, reference: str, pairs: int) -> tuple[bytes, bytes]:
    """Gzipped R1 and R2 of fragments of the reference; names as an Illumina NovaSeq writes them."""
    first, second = io.StringIO(), io.StringIO()
    for number in range(pairs):
        start = chance.randrange(len(reference) - 350)
        fragment = reference[start : start + chance.randint(250, 350)]
        name = f"@A00123:45:HKGC7DSX5:1:1101:{1000 + number}:{chance.randint(1000, 32000)}"
        for mate, out, sequence in ((1, first, fragment), (2, second, _reverse_complement(fragment))):
            read = _with_errors(chance, sequence[:READ_LENGTH])
            out.write(f"{name} {mate}:N:0:ACGTACGT\n{read}\n+\n{_qualities(chance, QUALITIES, READ_LENGTH)}\n")
    return _gzip(first.getvalue()), _gzip(second.getvalue())


def long_fastq(chance: random.Random, reference: str, reads: int) -> bytes:
    """Gzipped reads of 1 to 8 kb, named as a Nanopore machine does."""
    out = io.StringIO()
    for number in range(reads):
        start, length = chance.randrange(len(reference) - 8_000), chance.randint(1_000, 8_000)
        sequence = _with_errors(chance, reference[start : start + length], rate=0.03)
        quality = _qualities(chance, "+5?I", len(sequence))
        out.write(f"@{chance.getrandbits(128):032x} runid=demo read={number} ch={chance.randint(1, 512)}\n")
        out.write(f"{sequence}\n+\n{quality}\n")
    return _gzip(out.getvalue())


def bam(chance: random.Random, reference: str, reads: int, sample: str) -> bytes:
    """A coordinate-sorted BAM of single reads on one reference sequence."""
    import pysam

    header = {
        "HD": {"VN": "1.6", "SO": "coordinate"},
        "SQ": [{"SN": "contig1", "LN": len(reference)}],
        "RG": [{"ID": "rg1", "SM": sample, "PL": "ILLUMINA"}],
        "PG": [{"ID": "demo", "PN": "biomoa-demo"}],
    }
    starts = sorted(chance.randrange(len(reference) - READ_LENGTH) for _ in range(reads))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demo.bam"
        with pysam.AlignmentFile(str(path), "wb", header=header) as out:
            for number, start in enumerate(starts):
                out.write(_aligned(pysam, out.header, f"r{number:06d}", reference[start : start + READ_LENGTH], start))
        return path.read_bytes()


def _aligned(pysam, header, name: str, sequence: str, start: int):  # type: ignore[no-untyped-def]
    read = pysam.AlignedSegment(header)
    read.query_name, read.flag, read.reference_id, read.reference_start = name, 0, 0, start
    read.mapping_quality, read.cigarstring, read.query_sequence = 60, f"{len(sequence)}M", sequence
    read.query_qualities = pysam.qualitystring_to_array("F" * len(sequence))
    read.set_tag("RG", "rg1")
    read.set_tag("NM", 0)
    return read


def fasta(reference: str, name: str) -> bytes:
    """Gzipped FASTA with lines of 60."""
    lines = [reference[start : start + 60] for start in range(0, len(reference), 60)]
    return _gzip(f">{name}\n" + "\n".join(lines) + "\n")


def cut(content: bytes) -> bytes:
    """The same file, cut off in the middle: what an interrupted copy leaves."""
    return content[: len(content) * 2 // 3]


def _gzip(text: str) -> bytes:
    return gzip.compress(text.encode(), 6, mtime=0)


def _reverse_complement(sequence: str) -> str:
    return sequence[::-1].translate(str.maketrans("ACGT", "TGCA"))


def _with_errors(chance: random.Random, sequence: str, rate: float = 0.002) -> str:
    letters = list(sequence)
    place = _gap(chance, rate)
    while place < len(letters):
        letters[place] = chance.choice(BASES)
        place += 1 + _gap(chance, rate)
    return "".join(letters)


def _gap(chance: random.Random, rate: float) -> int:
    """How many bases are read before the next error: a draw a base would take most of the demonstration's time."""
    return int(math.log(1 - chance.random()) / math.log(1 - rate))


def _qualities(chance: random.Random, signs: str, length: int) -> str:
    return chance.randbytes(length).translate(_one_of(signs)).decode()


@functools.cache
def _one_of(signs: str) -> bytes:
    return bytes(ord(signs[byte % len(signs)]) for byte in range(256))
