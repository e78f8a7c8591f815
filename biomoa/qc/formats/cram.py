"""CRAM 2.0 to 3.1: containers, blocks and checksums by our own walk; records through htslib."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from biomoa.catalog.model import Text
from biomoa.qc.alignment import texts
from biomoa.qc.alignment.bam_texts import BAM
from biomoa.qc.alignment.charts import charts
from biomoa.qc.alignment.cram_decode import decode
from biomoa.qc.alignment.cram_walk import Facts, Walk
from biomoa.qc.alignment.header import header_metrics
from biomoa.qc.alignment.record_texts import RECORDS
from biomoa.qc.model import Format, Report, Source

# Without the bases these would speak of N only.
_OF_BASES = ("gc_percent", "n_percent")
_NEEDS_BASES = frozenset(("base-modification-beyond", "base-modification-stale", "cigar-length-mismatch"))


class _WithoutBases:
    """A report that leaves out what cannot be judged when the bases were not decoded."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.metrics: dict[str, Any] = report.metrics

    def add(self, code: str, *, at: str | None = None, **facts: object) -> None:
        if code not in _NEEDS_BASES:
            self._report.add(code, at=at, **facts)

    def has(self, *codes: str) -> bool:
        return self._report.has(*codes)

    def keep_back(self, text: str, at: str | None) -> None:
        self._report.keep_back(text, at)


def inspect(source: Source, report: Report) -> None:
    """Walks the file; if it is sound, decodes it without ever fetching a reference."""
    facts = Walk(source, report).run()
    report.metrics.update(_facts_metrics(facts))
    if facts.header is None:
        return
    report.metrics.update(header_metrics(facts.header))
    missing = [name for name in facts.header.references if name not in facts.header.md5s]
    if facts.needs_reference and missing:
        report.add("cram-md5-missing", count=len(missing), first=missing[0])
    if facts.needs_reference:
        report.add("cram-needs-reference")
    if facts.sound:
        _second_opinion(source, report, facts)


def _second_opinion(source: Source, report: Report, facts: Facts) -> None:
    assert facts.header is not None
    decoded = not facts.needs_reference
    taker: Report = report if decoded else _WithoutBases(report)
    records, refusal = decode(source.path, facts.header, taker, with_sequence=decoded)
    report.metrics["sequence_decoded"] = decoded
    if not decoded:
        report.metrics.update(dict.fromkeys(_OF_BASES), bases=facts.bases)
    # htslib loads the reference of a slice of many references even when no base is asked for.
    if refusal is not None and facts.multi_reference:
        report.add("cram-not-decoded", reason=refusal)
    elif refusal is not None:
        report.add("cram-refused", reason=refusal)
    elif records != facts.records:
        report.add("cram-record-count", found=records, expected=facts.records)


def _facts_metrics(facts: Facts) -> Mapping[str, Any]:
    return {
        "cram_version": facts.version,
        "containers": facts.containers,
        "slices": facts.slices,
        "records": facts.records,
        "bases": facts.bases,
        "compression_methods": dict(facts.methods),
        "reference": _reference(facts),
    }


def _reference(facts: Facts) -> str:
    if facts.needs_reference:
        return "external"
    return "embedded" if facts.embedded else "none"


def sniff(head: bytes) -> bool:
    """The file starts with the letters CRAM."""
    return head[:4] == b"CRAM"


_AGAIN = ("파일을 처음부터 다시 올려 주세요.", "Upload the file again from the start.")
_WRITE = ("samtools view -C로 파일을 다시 써 주세요.", "Write the file again with samtools view -C.")
FINDINGS = (
    *texts.HEADER,
    *RECORDS,
    *BAM,
    *texts.rows(
        "error",
        (
            ("cram-empty", "파일이 비어 있습니다.", "The file is empty.", *_AGAIN),
            ("cram-magic-wrong", "CRAM 표지로 시작하지 않습니다.", "It does not start with the CRAM magic.", *_WRITE),
            ("cram-version-unknown", "알 수 없는 CRAM 판입니다: {value}", "Unknown CRAM version: {value}", *_WRITE),
            ("cram-truncated", "파일이 컨테이너 중간에서 끊겼습니다.", "The file ends inside a container.", *_AGAIN),
            (
                "cram-eof-missing",
                "끝 표지(EOF) 컨테이너가 없어 파일이 잘렸을 수 있습니다.",
                "The end container (EOF) is missing: the file may be cut.",
                *_AGAIN,
            ),
            (
                "cram-data-after-eof",
                "끝 표지 컨테이너 뒤에 다른 바이트가 있습니다.",
                "There are other bytes after the end container.",
                *_AGAIN,
            ),
            (
                "cram-header-missing",
                "SAM 머리글 컨테이너가 없거나 읽을 수 없습니다.",
                "The SAM header container is missing or unreadable.",
                *_WRITE,
            ),
            (
                "cram-structure-malformed",
                "컨테이너나 블록의 구조가 잘못되었습니다.",
                "A container or block is malformed.",
                *_WRITE,
            ),
            (
                "cram-container-crc-mismatch",
                "컨테이너 머리의 CRC32가 다릅니다.",
                "The CRC32 of a container header differs.",
                *_AGAIN,
            ),
            ("cram-block-crc-mismatch", "블록의 CRC32가 다릅니다.", "The CRC32 of a block differs.", *_AGAIN),
            ("cram-block-damaged", "블록의 압축이 풀리지 않습니다.", "A block does not inflate.", *_AGAIN),
            (
                "cram-method-unknown",
                "이 판에 없는 압축 방법입니다: {value}",
                "The compression method is not of this version: {value}",
                *_WRITE,
            ),
            (
                "cram-block-count",
                "블록이 {expected}개여야 하는데 {found}개입니다.",
                "There are {found} blocks where {expected} are declared.",
                *_WRITE,
            ),
            (
                "cram-compression-header-missing",
                "컨테이너에 압축 머리 블록이 없습니다.",
                "A container has no compression header.",
                *_WRITE,
            ),
            (
                "cram-landmarks-wrong",
                "조각(slice) 위치 표가 실제와 다릅니다.",
                "The landmarks differ from the places of the slices.",
                *_WRITE,
            ),
            (
                "cram-slice-records",
                "조각의 레코드 합({found})이 컨테이너의 수({expected})와 다릅니다.",
                "The slices hold {found} records, the container says {expected}.",
                *_WRITE,
            ),
            (
                "cram-reference-undeclared",
                "조각이 목록에 없는 참조 번호를 씁니다: {value}",
                "A slice uses a reference number outside the dictionary: {value}",
                *_WRITE,
            ),
            (
                "cram-refused",
                "표준 해독기(htslib)가 파일을 거부했습니다({reason}).",
                "The standard reader (htslib) refused the file ({reason}).",
                *_WRITE,
            ),
            (
                "cram-record-count",
                "해독된 레코드({found})와 적힌 수({expected})가 다릅니다.",
                "{found} records were decoded where {expected} are declared.",
                *_WRITE,
            ),
        ),
    ),
    *texts.rows(
        "warning",
        (
            (
                "cram-block-count-empty",
                "레코드가 없는 컨테이너에 블록이 {expected}개여야 하는데 {found}개입니다.",
                "A container without records has {found} blocks where {expected} are declared.",
                *_WRITE,
            ),
            (
                "cram-record-counter",
                "레코드 번호가 {expected}이어야 하는데 {found}입니다.",
                "The record counter is {found} where {expected} is due.",
                *_WRITE,
            ),
            (
                "cram-md5-missing",
                "참조 서열 {count}개({first} 등)에 M5가 없어 참조를 찾을 수 없습니다.",
                "{count} references ({first} ...) lack M5, so they cannot be looked up.",
                "samtools reheader로 M5를 넣거나 참조를 내장해(embed_ref) 주세요.",
                "Add M5 with samtools reheader or embed the reference (embed_ref).",
            ),
            (
                "cram-not-decoded",
                "외부 참조 서열이 없어 레코드를 해독하지 못했습니다: {reason}",
                "Without the outside reference the records could not be decoded: {reason}",
                "참조를 내장한(embed_ref) CRAM이나 BAM으로 올려 주세요.",
                "Upload a CRAM with the reference embedded (embed_ref), or a BAM.",
            ),
        ),
    ),
    *texts.rows(
        "info",
        (
            (
                "cram-needs-reference",
                "서열을 풀려면 외부 참조 서열이 필요합니다. 염기는 검사하지 않았습니다.",
                "Its bases need an outside reference; they were not checked.",
                "어떤 참조를 썼는지 기록에 적어 주세요.",
                "State the reference in the record.",
            ),
            (
                "cram-eof-not-defined",
                "CRAM 2.0에는 끝 표지가 없어 잘렸는지 알 수 없습니다.",
                "CRAM 2.0 has no end marker, so a cut cannot be seen.",
                *_WRITE,
            ),
        ),
    ),
)

FORMAT = Format(
    name="cram",
    label=Text(ko="정렬된 리드(CRAM)", en="Aligned reads (CRAM)"),
    extensions=(".cram",),
    sniff=sniff,
    inspect=inspect,
    findings=FINDINGS,
    charts=charts,
)
