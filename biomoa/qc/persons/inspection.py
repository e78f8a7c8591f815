"""What an inspection searches for persons: the name of the file, and the texts of its first decoded 64 KiB."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from biomoa.catalog.model import Text
from biomoa.qc.model import FindingText, Report
from biomoa.qc.persons.detector import KINDS, PersonFinding, find

_REPAIR = Text(
    ko="개인을 알아볼 수 있는 정보를 지우거나 연구용 번호로 바꾼 뒤 다시 올려 주세요.",
    en="Remove it or replace it by a study number, then upload the file again.",
)

FINDINGS = (
    FindingText(
        "person-identifier", "error",
        Text(ko="{where_ko}에 {kind_ko}(으)로 보이는 내용이 있습니다.", en="There seems to be a {kind_en} in {where_en}."),  # noqa: E501
        _REPAIR,
    ),
    FindingText(
        "person-identifier-unsure", "warning",
        Text(ko="{where_ko}에 {kind_ko}일 수 있는 내용이 있습니다.", en="There may be a {kind_en} in {where_en}."),
        _REPAIR,
    ),
)  # fmt: skip

_IN_NAME = Text(ko="파일 이름", en="the file name")
_IN_TEXT = Text(ko="머리글이나 리드 이름", en="a header or a read name")


_IN_CONTAINER = Text(ko="압축 파일의 머리글", en="the head of the compressed file")


def search_file(name: str, format: str, head: bytes, report: Report) -> None:
    """Adds what is found to the report; what is found is never repeated there."""
    for each in find(name):
        _add(report, each, _IN_NAME, None)
    for number, text in _texts(format, head):
        for each in find(text):
            _add(report, each, _IN_TEXT, f"line {number + each.line - 1}")


def search_container(text: str, report: Report) -> None:
    """The same for what a compressed file says of itself."""
    for each in find(text):
        _add(report, each, _IN_CONTAINER, None)


def _add(report: Report, found: PersonFinding, where: Text, at: str | None) -> None:
    code = "person-identifier-unsure" if found.confidence == "low" else "person-identifier"
    kind = KINDS[found.kind]
    report.add(code, at=at, kind_ko=kind.ko, kind_en=kind.en, where_ko=where.ko, where_en=where.en)


def _texts(format: str, head: bytes) -> list[tuple[int, str]]:
    """Texts with their line from 1. Sequences and qualities hold no text and are left out."""
    if format == "bam":
        length = int.from_bytes(head[4:8], "little")
        return [(1, head[8 : 8 + length].decode("utf-8", "replace"))]
    if b"\0" in head:
        return [(1, "\n".join(_strings(head)))]
    lines = list(enumerate(head.decode("utf-8", "replace").splitlines(), 1))
    if format == "fastq":
        return lines[::4]
    if format == "fasta":
        return [(number, line) for number, line in lines if line.startswith(">")]
    if format == "sam":
        return [(number, line if line.startswith("@") else line.partition("\t")[0]) for number, line in lines]
    return [(1, "\n".join(line for _, line in lines))]


_PRINTED = re.compile(rb"[\x20-\x7e\t]{6,4096}")


def _strings(head: bytes) -> Iterator[str]:
    """What can be read in a binary file; also the header block of a CRAM, which is most often gzip."""
    for run in _PRINTED.findall(head):
        yield run.decode("ascii")
    packed = head.find(b"\x1f\x8b\x08") if head.startswith(b"CRAM") else -1
    if packed >= 0:
        try:
            yield zlib.decompressobj(31).decompress(head[packed:], 1 << 16).decode("utf-8", "replace")
        except zlib.error:
            return  # damage is told by the inspection of the format
