"""What an inspection searches for persons: the name of the file, the texts of its first decoded 64 KiB, and other text.

Headers, descriptions and read names further on are handed to ``Lines`` by the readers of their formats.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from biomoa.catalog.model import Text
from biomoa.qc.findings import Collector
from biomoa.qc.model import Finding, FindingText, Report, Source
from biomoa.qc.persons.detector import find, plain_form
from biomoa.qc.persons.lines import (
    IN_LINES,
    IN_TEXT,
    TECHNICAL_TAGS,
    Lines,
    add,
    find_told,
    is_ordinary,
    text_of,
    without_given_name,
)
from biomoa.qc.persons.names import is_person
from biomoa.qc.persons.patterns import NAME_ALONE

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

PREFIX = "person-identifier"  # of the codes of both
MASK = "●●●"
_WITHHELD = Text(
    ko="개인정보로 보이는 내용이 있어 표시하지 않습니다. 개인정보 문제를 먼저 해결해 주세요.",
    en="What it says seems to identify a person and is not shown. Mend that problem first.",
)
_IN_NAME = Text(ko="파일 이름", en="the file name")
_IN_CONTAINER = Text(ko="압축 파일의 머리글", en="the head of the compressed file")


def search_file(name: str, format: str, head: bytes, report: Report) -> None:
    """Adds what is found to the report; what is found is never repeated there."""
    for each in find(name):
        add(report, each, name, _IN_NAME, None)
    for number, text in _texts(format, head):
        said = text if "\n" in text else without_given_name(text)
        for each in find(said, of_sequences=format in _OF_SEQUENCES):
            add(report, each, said, IN_TEXT, f"line {number + each.line - 1}")


_OF_SEQUENCES = ("fastq", "fasta", "sam")  # whose texts are taken line by line


def search_container(labels: Iterable[bytes], report: Report) -> None:
    """The same for what a compressed file says of itself: the names of what was packed, and comments."""
    for text in map(text_of, labels):
        for each in find(text):
            add(report, each, text, _IN_CONTAINER, None)


class Withheld:
    """What nothing of a report may repeat: every text that was found in the file."""

    def __init__(self, kept_back: Iterable[tuple[str, str | None]]) -> None:
        found = list(kept_back)
        self._texts = {text for text, _ in found if len(text) > 1}
        self._begins = {text[:_CUT] for text in self._texts}
        self._places = {at for _, at in found if at is not None}

    def holds_back(self, finding: Finding, quoted: Iterable[str]) -> bool:
        """Whether what a finding quotes of the file may not be shown: at a place where something was found, or alike.

        A quotation may end within the text that was found; what is found only after the report has enough is searched
        for here.
        """
        return finding.at in self._places or any(_repeats(each, self._begins) for each in quoted)

    def without_persons(self, value: Any) -> Any:
        """Metrics without the texts that identify a person, as the name of a sample in a header."""
        if isinstance(value, str):
            return MASK if _repeats(value, self._texts) or is_called_so(value) else value
        if isinstance(value, dict):
            return {self.without_persons(key): self.without_persons(each) for key, each in value.items()}
        return [self.without_persons(each) for each in value] if isinstance(value, list | tuple) else value


_CUT = 6  # letters of a text: so many of the beginning say enough


def _repeats(said: str, texts: Iterable[str]) -> bool:
    plain = plain_form(said)
    return any(text in plain for text in texts) or any(find_told(without_given_name(said), of_sequences=True))


def withhold(report: Collector) -> Withheld:
    """Takes what identifies a person out of every sentence of the report; code and place stay.

    A sentence can be the only place at which a text was met, as that of a line which no reader understands.
    """
    quoting = [pair for pair in report.quoting() if not pair[0].code.startswith(PREFIX)]
    known = {at for _, at in report.kept_back}
    for finding, quoted in quoting:
        for text in quoted if finding.at not in known else ():
            for each in find_told(without_given_name(text), of_sequences=True):
                add(report, each, without_given_name(text), IN_LINES, finding.at)
    withheld = Withheld(report.kept_back)
    for finding, quoted in quoting if report.kept_back else ():
        if withheld.holds_back(finding, quoted):
            report.replace(finding, msgspec.structs.replace(finding, message=_WITHHELD))
    return withheld


def is_called_so(text: str) -> bool:
    """A short text with the name of a person in it, as that of a sample; in a header that is found by its place."""
    return len(text) <= LONGEST_NAME and any(is_person(each[1]) for each in NAME_ALONE.finditer(text))


LONGEST_NAME = 64
TEXT_BYTES = 64 << 20  # of a text of no known format, searched line by line; of the rest every 16th block
LONGEST_LINE = 1 << 20
CLOSELY = 4 << 20  # characters of chosen lines: a table of numbers has many that look like something


def search_text(source: Source, head: bytes, report: Report) -> None:
    """A text whose format nobody knows, as a table: whole when it is not huge; lines of a header always."""
    is_wide = head.startswith(_WIDE)
    if not head or (b"\0" in head and not is_wide):
        return
    rows, header = Lines(report, IN_LINES, characters=CLOSELY), Lines(report)
    number, rest, seen = 0, b"", 0
    blocks = _narrow(source.decoded()) if is_wide else source.decoded()
    for count, block in enumerate(blocks):
        *lines, rest = (rest + bytes(block)).split(b"\n")
        is_searched = seen < TEXT_BYTES or count % 16 == 0
        for line in lines if is_searched else ():
            number += 1
            (header if line.startswith(b"#") else rows).take(f"line {number}" if seen < TEXT_BYTES else "", line)
        seen += len(block)
        rest = rest if len(rest) < LONGEST_LINE else b""
    rows.take(f"line {number + 1}" if seen < TEXT_BYTES else "", rest)
    header.finish()
    rows.finish()


_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def _narrow(blocks: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    """Text of two bytes a letter, as Windows writes "Unicode", in the encoding of all other text."""
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    return (decoder.decode(bytes(block)).encode("utf-8", "replace") for block in blocks)


def _texts(format: str, head: bytes) -> list[tuple[int, str]]:
    """Texts with their line from 1. Sequences and qualities hold no text and are left out."""
    if format == "bam":
        length = int.from_bytes(head[4:8], "little")
        return [(1, head[8 : 8 + length].decode("utf-8", "replace"))]
    if head.startswith(_WIDE):
        head = b"".join(_narrow([head]))
    if b"\0" in head:
        return [(1, "\n".join(_strings(head)))]
    if format == "fastq":
        return list(_names_of_reads(head.splitlines()))
    lines = list(enumerate(map(text_of, head.splitlines()), 1))
    if format == "fasta":
        return [(number, line) for number, line in lines if line.startswith(">")]
    if format == "sam":
        return [(number, line if line.startswith("@") else _words_of_record(line)) for number, line in lines]
    return [(1, "\n".join(line for _, line in lines))]


_NAME_LINES = {1: b"@", 3: b"+"}  # the place of a line in its record; none of a wrapped one


def _names_of_reads(lines: Sequence[bytes]) -> Iterator[tuple[int, str]]:
    for number, line in zip(range(1, len(lines) + 1, 2), lines[::2], strict=True):
        if line.startswith(_NAME_LINES[number % 4]) and not is_ordinary(line):
            yield number, text_of(line)


def _words_of_record(line: str) -> str:
    """The name of a read and the texts of its optional fields."""
    fields = line.split("\t")
    texts = (field for field in fields[11:] if field[2:5] == ":Z:" and field[:2].encode() not in TECHNICAL_TAGS)
    return "\t".join([fields[0], *texts])


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
