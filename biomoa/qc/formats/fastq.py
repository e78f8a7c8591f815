"""FASTQ (Cock et al. 2010): four-line and wrapped records, Sanger and older quality offsets."""

from __future__ import annotations

import re

from biomoa.catalog.model import Text
from biomoa.qc.fastq.charts import charts
from biomoa.qc.fastq.findings import FINDINGS
from biomoa.qc.model import Format, Report, Source

_SAM_HEADER = re.compile(rb"@(?:HD|SQ|RG|PG)[\s,;|]+[A-Z][A-Za-z0-9]:")


def _sniff(head: bytes) -> bool:
    lines = head.lstrip(b"\r\n").split(b"\n", 3)
    if not lines[0].startswith(b"@") or len(lines) < 2:
        return False
    # A SAM header begins with @ too: two letters and a tab, or what an editor made of it.
    is_header = len(lines[0]) > 3 and lines[0][3:4] == b"\t" and lines[0][1:3].isalpha()
    return not is_header and not _SAM_HEADER.match(lines[0])


def _inspect(source: Source, report: Report) -> None:
    # The web, which asks for names and charts of formats, needs none of what counts.
    from biomoa.qc.fastq.metrics import remark_of_name, summarise
    from biomoa.qc.fastq.reader import Reader

    reader = Reader(report)
    reader.read(source.decoded())
    report.metrics.update(summarise(reader.counts, reader.first_name, report))
    is_one = not (reader.counts.mate1 and reader.counts.mate2)
    remark_of_name(source.name, report.metrics["mate"], is_one, report)


FORMAT = Format(
    name="fastq",
    label=Text("FASTQ", "FASTQ"),
    extensions=(".fastq", ".fq"),
    sniff=_sniff,
    inspect=_inspect,
    findings=FINDINGS,
    charts=charts,
)
