"""SAM: the text form of alignments (SAMv1 section 1), plain or compressed."""

from __future__ import annotations

from collections.abc import Iterator

from biomoa.catalog.model import Text
from biomoa.qc.alignment import texts
from biomoa.qc.alignment.charts import charts
from biomoa.qc.alignment.header import Header, HeaderReader, header_metrics
from biomoa.qc.alignment.record_texts import RECORDS
from biomoa.qc.alignment.sam_line import LineReader
from biomoa.qc.model import Format, Report, Source

_BATCH = 2 << 20  # bytes of records handed to the kernel at once
_LONGEST_LINE = 256 << 20  # bytes; more without a line end is not SAM


def _lines(source: Source, report: Report) -> Iterator[tuple[int, bytes, bool]]:
    """Number from 1, line without its end, and whether the end was there."""
    rest, number = b"", 0
    for block in source.decoded():
        if b"\n" not in bytes(block) and len(rest) < _LONGEST_LINE:
            rest += bytes(block)
            continue
        *whole, rest = (rest + bytes(block)).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            report.add("sam-line-too-long", at=f"line {number + len(whole) + 1}")
            return
        for line in whole:
            number += 1
            yield number, line, True
    if rest:
        yield number + 1, rest, False


class _Reader:
    """The header first, then records in batches; the kernel sees them in their BAM form."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.header_reader = HeaderReader(report)
        self.header: Header | None = None
        self.unreadable = 0
        self._batch = bytearray()
        self._numbers: list[int] = []
        self._first = 0

    def take(self, number: int, line: bytes, ended: bool) -> None:
        at = f"line {number}"
        if line.endswith(b"\r"):
            self.report.add("sam-carriage-return", at=at)
            line = line[:-1]
        if self.header is None and line.startswith(b"@"):
            self.header_reader.line(number, line)
            return
        if not line:
            self.report.add("sam-empty-line", at=at)
            return
        self._record(number, line, at, ended)

    def _record(self, number: int, line: bytes, at: str, ended: bool) -> None:
        self._begin()
        record = self.lines.encode(line, at)
        if not ended:
            self.report.add("sam-last-line-open" if record else "sam-truncated", at=at)
        if record is None:
            self.unreadable += 1
            if line[:1] == b"@" and line[3:4] == b"\t":
                self.report.add("sam-header-after-records", at=at)
            return
        self._batch += record
        self._numbers.append(number)
        if len(self._batch) > _BATCH:
            self._flush()

    def _begin(self) -> None:
        if self.header is None:
            from biomoa.qc.alignment.tally import Tally  # numba loads slowly, and only records need it

            self.header = self.header_reader.finish()
            self.lines = LineReader(self.header.references, self.report)
            self.tally = Tally(self.header, self.report, check_bins=False)

    def _place(self, record: int) -> str:
        index = record - self._first
        return f"line {self._numbers[index]}" if 0 <= index < len(self._numbers) else f"record {record + 1}"

    def _flush(self) -> None:
        self._first = self.tally.reads
        self.tally.take(bytes(self._batch), self._place)
        self._batch.clear()
        self._numbers.clear()

    def finish(self) -> None:
        self._begin()
        self._flush()
        self.tally.finish(lambda record: f"record {record + 1}", whole=not self.unreadable)
        assert self.header is not None
        self.report.metrics.update(header_metrics(self.header), unreadable_records=self.unreadable)


def inspect(source: Source, report: Report) -> None:
    """Checks header, every column and every record; says all with line numbers."""
    reader = _Reader(report)
    number = 0
    for number, line, ended in _lines(source, report):
        reader.take(number, line, ended)
    if number == 0:
        report.add("sam-empty")
    reader.finish()


def sniff(head: bytes) -> bool:
    """A SAM header line, or a first line with 11 columns whose second and fourth are numbers."""
    first = head.split(b"\n", 1)[0].rstrip(b"\r")
    if first[:4] in (b"@HD\t", b"@SQ\t", b"@RG\t", b"@PG\t", b"@CO\t") or first == b"@CO":
        return True
    columns = first.split(b"\t")
    return len(columns) >= 11 and columns[1].isdigit() and columns[3].isdigit() and columns[4].isdigit()


_COLUMN = (
    "SAM 규격 1.4절에 맞게 이 칸을 고치고 파일을 다시 만들어 주세요.",
    "Correct the column as section 1.4 of the SAM specification says and write the file again.",
)
_TEXT = ("편집기가 아니라 samtools로 파일을 다시 써 주세요.", "Write the file again with samtools, not with an editor.")
FINDINGS = (
    *texts.HEADER,
    *RECORDS,
    *texts.rows(
        "error",
        (
            (
                "sam-empty",
                "파일이 비어 있습니다.",
                "The file is empty.",
                "내용이 있는 파일을 올려 주세요.",
                "Upload a file with content.",
            ),
            (
                "sam-columns-missing",
                "11개 칸이 있어야 하는데 {columns}개뿐입니다.",
                "There are {columns} columns where 11 are required.",
                *_COLUMN,
            ),
            (
                "sam-truncated",
                "마지막 줄이 중간에서 끊겼습니다.",
                "The last line is cut off.",
                "파일을 처음부터 다시 올려 주세요.",
                "Upload the file again from the start.",
            ),
            ("sam-empty-line", "빈 줄이 있습니다.", "There is an empty line.", *_TEXT),
            (
                "sam-header-after-records",
                "머리글 줄이 레코드 뒤에 있습니다.",
                "A header line stands after the records.",
                *_TEXT,
            ),
            ("sam-line-too-long", "줄 끝이 없는 지나치게 긴 줄입니다.", "The line is too long and has no end.", *_TEXT),
            (
                "flag-malformed",
                "FLAG이 0~65535의 정수가 아닙니다: {name}",
                "FLAG is not an integer from 0 to 65535: {name}",
                *_COLUMN,
            ),
            (
                "position-malformed",
                "POS가 0~2147483647의 정수가 아닙니다: {name}",
                "POS is not an integer from 0 to 2147483647: {name}",
                *_COLUMN,
            ),
            (
                "mapq-malformed",
                "MAPQ가 0~255의 정수가 아닙니다: {name}",
                "MAPQ is not an integer from 0 to 255: {name}",
                *_COLUMN,
            ),
            (
                "mate-position-malformed",
                "PNEXT가 0~2147483647의 정수가 아닙니다: {name}",
                "PNEXT is not an integer from 0 to 2147483647: {name}",
                *_COLUMN,
            ),
            (
                "template-length-malformed",
                "TLEN이 허용 범위의 정수가 아닙니다: {name}",
                "TLEN is not an integer of the allowed range: {name}",
                *_COLUMN,
            ),
            (
                "rname-malformed",
                "RNAME에 쓸 수 없는 글자가 있거나 비어 있습니다: {name}",
                "RNAME is empty or holds a forbidden character: {name}",
                *_COLUMN,
            ),
            (
                "rname-undeclared",
                "RNAME이 머리글의 @SQ에 없습니다: {name}",
                "RNAME is not declared by an @SQ line: {name}",
                *_COLUMN,
            ),
            (
                "rnext-malformed",
                "RNEXT에 쓸 수 없는 글자가 있거나 비어 있습니다: {name}",
                "RNEXT is empty or holds a forbidden character: {name}",
                *_COLUMN,
            ),
            (
                "rnext-undeclared",
                "RNEXT가 머리글의 @SQ에 없습니다: {name}",
                "RNEXT is not declared by an @SQ line: {name}",
                *_COLUMN,
            ),
            ("cigar-malformed", "CIGAR의 문법이 잘못되었습니다: {name}", "CIGAR is malformed: {name}", *_COLUMN),
            (
                "sequence-malformed",
                "SEQ에 쓸 수 없는 글자가 있거나 비어 있습니다: {name}",
                "SEQ is empty or holds a forbidden character: {name}",
                *_COLUMN,
            ),
            (
                "quality-malformed",
                "QUAL에 쓸 수 없는 글자가 있거나 비어 있습니다: {name}",
                "QUAL is empty or holds a forbidden character: {name}",
                *_COLUMN,
            ),
            (
                "quality-length-mismatch",
                "QUAL과 SEQ의 길이가 다릅니다: {name}",
                "QUAL and SEQ differ in length: {name}",
                *_COLUMN,
            ),
            (
                "quality-without-sequence",
                "SEQ가 '*'이면 QUAL도 '*'여야 합니다: {name}",
                "QUAL must be * where SEQ is *: {name}",
                *_COLUMN,
            ),
        ),
    ),
    *texts.rows(
        "warning",
        (
            ("sam-carriage-return", "줄이 윈도 줄바꿈(CRLF)으로 끝납니다.", "Lines end with CRLF.", *_TEXT),
            (
                "dictionary-missing",
                "머리글에 @SQ가 없어 참조 서열을 확인할 수 없습니다: {name}",
                "Without @SQ lines the reference cannot be checked: {name}",
                *texts.HEADER_REPAIR,
            ),
        ),
        once=True,
    ),
    *texts.rows(
        "warning",
        (
            (
                "sam-last-line-open",
                "마지막 줄에 줄바꿈이 없습니다. 끝까지 올라온 파일인지 확인해 주세요.",
                "The last line has no line end: please check that the file is whole.",
                *_TEXT,
            ),
            (
                "rnext-explicit",
                "RNEXT가 RNAME과 같을 때에는 '='로 씁니다: {name}",
                "RNEXT equal to RNAME is written as =: {name}",
                *_COLUMN,
            ),
            (
                "sequence-unusual",
                "SEQ에 소문자나 IUPAC 밖의 글자가 있습니다: {name}",
                "SEQ holds lower case or letters outside IUPAC: {name}",
                *_COLUMN,
            ),
        ),
    ),
)

FORMAT = Format(
    name="sam",
    label=Text(ko="정렬된 리드(SAM)", en="Aligned reads (SAM)"),
    extensions=(".sam",),
    sniff=sniff,
    inspect=inspect,
    findings=FINDINGS,
    charts=charts,
)
