"""BAM: binary alignments in BGZF (SAMv1 section 4)."""

from __future__ import annotations

import itertools

from biomoa.catalog.model import Text
from biomoa.qc.alignment import texts
from biomoa.qc.alignment.bam_stream import BamStream
from biomoa.qc.alignment.bam_texts import BAM
from biomoa.qc.alignment.bgzf import BgzfReader
from biomoa.qc.alignment.charts import charts
from biomoa.qc.alignment.record_texts import RECORDS
from biomoa.qc.model import Format, Report, Source


def inspect(source: Source, report: Report) -> None:
    """Checks framing, header, dictionary and every record in one pass over the stored bytes."""
    if source.size_bytes == 0:
        report.add("bam-empty")
        return
    chunks = source.raw()
    first = next(chunks)
    if source.compression not in ("gzip", "bgzf") or not _has_extra_field(first):
        report.add("bam-not-bgzf")
        return
    blocks = BgzfReader(itertools.chain((first,), chunks))
    stream = BamStream(report)
    stream.read(blocks)
    blocks.report(report, end_code="bam-eof-missing", trailing_code="bam-data-after-eof")
    stream.finish(whole=blocks.problem is None)
    report.metrics["bgzf_blocks"] = blocks.blocks


def _has_extra_field(first: memoryview) -> bool:
    """Whether it can be a block of BGZF: plain gzip has none of the field in which a block says its size (4.1)."""
    return len(first) < 4 or bool(first[3] & 4)


def sniff(head: bytes) -> bool:
    """The inflated bytes start with the magic."""
    return head[:4] == b"BAM\1"


_AGAIN = ("파일을 처음부터 다시 올려 주세요.", "Upload the file again from the start.")
FINDINGS = (
    *texts.HEADER,
    *RECORDS,
    *texts.BGZF,
    *BAM,
    *texts.rows(
        "error",
        (
            ("bam-empty", "파일이 비어 있습니다.", "The file is empty.", *_AGAIN),
            (
                "bam-not-bgzf",
                "BAM은 BGZF로 압축되어야 합니다.",
                "BAM must be compressed with BGZF.",
                "samtools view -b로 다시 써 주세요.",
                "Write it again with samtools view -b.",
            ),
            (
                "bam-eof-missing",
                "BAM 끝 표지(EOF)가 없어 파일이 잘렸을 수 있습니다.",
                "The BAM end marker (EOF) is missing: the file may be cut.",
                *_AGAIN,
            ),
            (
                "bam-data-after-eof",
                "BAM 끝 표지 뒤에 다른 바이트가 있습니다.",
                "There are other bytes after the BAM end marker.",
                *_AGAIN,
            ),
        ),
    ),
)

FORMAT = Format(
    name="bam",
    label=Text(ko="정렬된 리드(BAM)", en="Aligned reads (BAM)"),
    extensions=(".bam",),
    sniff=sniff,
    inspect=inspect,
    findings=FINDINGS,
    charts=charts,
)
