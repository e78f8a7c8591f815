"""Small good files of every format that is inspected, made here; the seeds of the mutations."""

from __future__ import annotations

import bz2
import gzip
import io
import random
from collections.abc import Callable
from pathlib import Path

import pysam

from tests.qc.formats.alignments import bgzf


def fastq(chance: random.Random, reads: int = 40) -> bytes:
    lines = []
    for number in range(reads):
        bases = "".join(chance.choices("ACGTN", k=chance.randrange(1, 120)))
        lines.append(f"@M0:1:A:1:{number}:{number}:9 1:N:0:ACGT\n{bases}\n+\n{'F' * len(bases)}\n")
    return "".join(lines).encode()


def fasta(chance: random.Random, sequences: int = 20) -> bytes:
    return b"".join(
        b">seq%d a description\n" % number
        + b"".join("".join(chance.choices("ACGTN", k=60)).encode() + b"\n" for _ in range(chance.randrange(1, 5)))
        for number in range(sequences)
    )


def sam_text(chance: random.Random, reads: int = 60) -> str:
    lines = ["@HD\tVN:1.6\tSO:coordinate", "@SQ\tSN:chr1\tLN:100000", "@RG\tID:g\tSM:s\tPL:ILLUMINA"]
    for number in range(reads):
        bases = "".join(chance.choices("ACGT", k=50))
        quality = "".join(chance.choices("#5?I", k=50))
        columns = (f"r{number}", 0, "chr1", 1 + number * 100, 60, "48M2S", "*", 0, 0, bases, quality)
        lines.append("\t".join(map(str, columns)) + "\tRG:Z:g\tNM:i:1\tMD:Z:48\tXB:B:s,1,-2,3")
    return "\n".join(lines) + "\n"


def alignments(folder: Path, chance: random.Random) -> dict[str, bytes]:
    """The same reads as SAM, BAM and CRAM (without a reference), with their indexes, written by htslib."""
    text, bam, cram = folder / "x.sam", folder / "x.bam", folder / "x.cram"
    text.write_text(sam_text(chance), encoding="ascii")
    with pysam.AlignmentFile(str(text)) as reads, pysam.AlignmentFile(str(bam), "wb", template=reads) as out:
        for read in reads:
            out.write(read)
    with (
        pysam.AlignmentFile(str(text)) as reads,
        pysam.AlignmentFile(str(cram), "wc", template=reads, format_options=[b"no_ref=1"]) as out,
    ):
        for read in reads:
            out.write(read)
    with cram.open("r+b") as file:  # its id is the path that it was written to; a seed should say all
        file.seek(6)
        file.write(b"x.cram".ljust(20, b"\0"))
    pysam.index(str(bam), str(folder / "x.bam.bai"))
    pysam.index("-c", str(bam), str(folder / "x.bam.csi"))
    pysam.index(str(cram), str(folder / "x.cram.crai"))
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def good_files(folder: Path, seed: int) -> dict[str, tuple[list[bytes], Callable[[bytes], bytes] | None]]:
    """By file name: a few good files, and how the format packs its bytes."""
    chance = random.Random(seed)
    plain = [fastq(chance, reads) for reads in (1, 12, 40)]
    genome = [fasta(chance, count) for count in (1, 20)]
    aligned = []
    for number in range(2):
        (folder / str(number)).mkdir()
        aligned.append(alignments(folder / str(number), chance))
    return {
        "x.fastq": (plain, None),
        "x.fastq.gz": ([_gzip(one) for one in plain] + [bgzf(one) for one in plain], _gzip),
        "x.fastq.bz2": ([bz2.compress(one) for one in plain], None),
        "x.fasta": (genome, None),
        "x.fasta.gz": ([_gzip(one) for one in genome], _gzip),
        **{name: ([one[name] for one in aligned], _packing(name)) for name in aligned[0]},
    }


def _packing(name: str) -> Callable[[bytes], bytes] | None:
    if name.endswith(".crai"):
        return _gzip
    return bgzf if name.endswith((".bam", ".csi")) else None


def _gzip(data: bytes) -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as file:
        file.write(data)
    return out.getvalue()
