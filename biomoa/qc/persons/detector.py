"""Searches a text for identifiers of persons. A finding never holds the datum it was made from."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from biomoa.catalog.model import Text
from biomoa.qc.persons import numbers
from biomoa.qc.persons import patterns as p
from biomoa.qc.persons.names import WHOLE_NAME, WORDS, is_name

Confidence = Literal["low", "medium", "high"]
BEFORE = 32
MOST_LABEL = 128  # characters of a label: longer ones are none, and would be searched again with every cell
HEX_RUN = 28

KINDS: dict[str, Text] = {
    "resident-number": Text(ko="주민등록번호", en="resident registration number"),
    "foreigner-number": Text(ko="외국인등록번호", en="foreigner registration number"),
    "phone": Text(ko="전화번호", en="phone number"),
    "email": Text(ko="전자우편 주소", en="e-mail address"),
    "passport": Text(ko="여권번호", en="passport number"),
    "driving-licence": Text(ko="운전면허번호", en="driving licence number"),
    "record-number": Text(ko="환자·의무기록 번호", en="medical record number"),
    "name": Text(ko="사람 이름", en="name of a person"),
    "address": Text(ko="주소", en="address"),
    "plate": Text(ko="차량번호", en="vehicle plate"),
    "card": Text(ko="카드·계좌번호", en="card or account number"),
    "birth-date": Text(ko="생년월일", en="date of birth"),
    "ip-address": Text(ko="접속 IP 주소", en="IP address of a person"),
    "hashed-identifier": Text(ko="해시한 식별자", en="hashed identifier"),
}


NUMBERS = frozenset({"resident-number", "foreigner-number"})


class PersonFinding(msgspec.Struct, frozen=True):
    """``start`` and ``end`` are characters of the text in normal form C without invisible characters."""

    kind: str  # of KINDS
    confidence: Confidence
    start: int
    end: int
    line: int  # from 1
    field: str = ""

    @property
    def is_sure(self) -> bool:
        """More than a likeness."""
        return self.confidence != "low"

    @property
    def is_told(self) -> bool:
        """Sure, or a number of a resident, which is told even when it is not."""
        return self.is_sure or self.kind in NUMBERS

    @property
    def description(self) -> Text:
        """Kind and length; nothing of the datum itself."""
        return Text(
            ko=f"{KINDS[self.kind].ko}(으)로 보이는 {self.end - self.start}글자",
            en=f"{self.end - self.start} characters that look like personal information ({KINDS[self.kind].en})",
        )


def kind_in(text: str) -> str | None:
    """The kind of the first identifier for which a text may not be kept for good; None for a text that may.

    Every door to what is never deleted (the ledger, names of files, reasons, comments, titles) asks here: what is
    written there with an unsure number of a resident cannot be taken back when the number turns out to be one.
    """
    return next((each.kind for each in find(text) if each.is_told), None)


# What people and keyboards write for a digit, a hyphen, a dot, or for nothing at all: the same identifier every time.
# Digits stand ten in a row, so one of eight neighbours tells of them all; to ask each of 130,000 signs takes 14 ms.
_DIGITS = {
    code: 0x30 + unicodedata.decimal(chr(code))
    for eighth in range(0x80, 0x1FC00, 8)
    if chr(eighth).isdecimal()
    for code in range(eighth - 9, eighth + 10)
    if code >= 0x80 and chr(code).isdecimal()
}
_HYPHENS = (
    *range(0x2010, 0x2016),
    0x2043,
    0x2212,
    0x2500,
    0x2501,
    0x2796,
    0x30FC,
    0x1173,
    0x3161,
    0x4E00,
    0xFE58,
    0xFE63,
)
_DOTS = (0x2022, 0x2027, 0x30FB, 0x318D)
_WAVES = (0x223C, 0x301C, 0x3030)
_INVISIBLE = (
    0xAD, 0x34F, 0x61C, 0x115F, 0x1160, *range(0x180B, 0x1810), *range(0x200B, 0x2010), *range(0x202A, 0x202F),
    *range(0x2060, 0x2070), 0x3164, *range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0, *range(0xE0000, 0xE0080),
    *range(0xE0100, 0xE01F0),
)  # fmt: skip
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | _DIGITS | {0x3000: 0x20, 0xA0: 0x20}
_FOLD |= dict.fromkeys(_HYPHENS, 0x2D) | dict.fromkeys(_DOTS, 0xB7) | dict.fromkeys(_WAVES, 0x7E)
_TABLE: dict[int, int | None] = {**_FOLD, **dict.fromkeys(_INVISIBLE)}
DISGUISES = frozenset((*_DIGITS, *_HYPHENS, *_INVISIBLE))  # characters behind which a number is not seen as one

Hit = tuple[str, Confidence, int, int]


def find(text: str, *, field: str = "") -> list[PersonFinding]:
    """Every identifier in the text, in its order. ``field`` is the label of a cell and counts as context.

    Never raises; linear in the length. Of findings that overlap the surest one is kept.
    """
    folded = unicodedata.normalize("NFC", text).translate(_TABLE)
    label = f"{field[-MOST_LABEL:]}: " if field else ""
    hits = _apart(hit for search in _SEARCHES for hit in search(label + folded))
    shift = len(label)
    return [
        PersonFinding(kind, sure, max(start - shift, 0), end - shift, folded.count("\n", 0, max(start - shift, 0)) + 1, field)  # noqa: E501
        for kind, sure, start, end in hits
        if end > shift
    ]  # fmt: skip


def find_in_table(rows: Iterable[Sequence[str]]) -> Iterator[tuple[int, PersonFinding]]:
    """Findings of a table whose first row is its header, each with its row from 1; split columns are seen together."""
    header: Sequence[str] = ()
    for number, row in enumerate(rows, 1):
        seen: set[str] = set()
        for place, cell in enumerate(row):
            for each in find(cell, field=header[place] if place < len(header) else ""):
                seen.add(each.kind)
                yield number, each
        for each in find("\t".join(row)):
            if each.kind not in seen:
                yield number, each
        for place, (left, right) in enumerate(itertools.pairwise(row)):
            if is_split(left, right) and place < len(header):
                yield from (
                    (number, each) for each in find(f"{left}\t{right}", field=header[place]) if each.kind not in seen
                )
        header = header or row


def is_split(left: str, right: str) -> bool:
    """Two cells that may be the halves of a registration number."""
    return len(left) == 6 and len(right) == 7 and left.isdigit() and right.isdigit()


_SURE: dict[Confidence, int] = {"high": 0, "medium": 1, "low": 2}


def _apart(hits: Iterable[Hit]) -> list[Hit]:
    kept: list[Hit] = []
    end = -1
    for hit in sorted(hits, key=lambda each: (each[2], _SURE[each[1]], -each[3])):
        if hit[2] >= end:
            kept.append(hit)
            end = hit[3]
        elif _SURE[hit[1]] < _SURE[kept[-1][1]]:
            kept[-1] = hit
            end = max(end, hit[3])
    return kept


def _before(text: str, start: int) -> str:
    return text[max(0, start - BEFORE) : start]


def _in_hex(text: str, start: int, end: int) -> bool:
    """Part of a digest: a long run of hexadecimal digits with letters in it."""
    left = re.search(r"[0-9a-fA-F]*$", text[max(0, start - HEX_RUN) : start])
    right = re.match(r"[0-9a-fA-F]*", text[end : end + HEX_RUN])
    around = (left.group() if left else "") + (right.group() if right else "")
    return len(around) + end - start >= HEX_RUN


def _is_no_person(text: str, start: int, end: int) -> bool:
    return bool(p.NO_PERSON.search(_before(text, start)) or p.UNIT.match(text, end))


def _registration(text: str) -> Iterator[Hit]:
    for match in p.RRN.finditer(text):
        digits = match[1] + match[3]
        sure = _registration_confidence(text, match, digits)
        if sure:
            yield _registration_kind(digits), sure, match.start(), match.end()
    for match in p.SPACED.finditer(text):
        digits = re.sub(r"[^0-9]", "", match[0])
        if numbers.is_birth_date(digits):
            yield _registration_kind(digits), "high", match.start(), match.end()
    yield from _parted_registrations(text)
    for match in p.RRN_MASKED.finditer(text):
        digits = re.sub(r"[^0-9]", "", match[0])
        if numbers.is_birth_date(digits):
            yield _registration_kind(digits), "low", match.start(), match.end()


def _parted_registrations(text: str) -> Iterator[Hit]:
    """Written with the whole year, in more parts than two, or one half after the other with words in between."""
    for pattern in (p.RRN_LONG, p.RRN_PARTED, p.RRN_HALVES):
        for match in pattern.finditer(text):
            digits = re.sub(r"[^0-9]", "", "".join(match.groups()))[-13:]
            is_labelled = pattern is p.RRN_HALVES or p.RRN_CONTEXT.search(_before(text, match.start()))
            if numbers.is_birth_date(digits) and (is_labelled or numbers.has_check_digit(digits)):
                yield _registration_kind(digits), "high", match.start(), match.end()


def _registration_kind(digits: str) -> str:
    return "foreigner-number" if digits[6] in "5678" else "resident-number"


def _registration_confidence(text: str, match: re.Match[str], digits: str) -> Confidence | None:
    before = _before(text, match.start())
    if not numbers.is_birth_date(digits) or _in_hex(text, *match.span()):
        return None
    if p.RRN_CONTEXT.search(before):
        return "high"
    if p.REGION.search(before) or _is_no_person(text, *match.span()):
        return None
    if any(mark in match[2] for mark in "\t,;|\n"):  # columns of numbers stand side by side in every table
        is_person = p.SEX_AFTER.match(text, match.end()) or p.NAME_BEFORE.search(before)
        return "medium" if is_person else None
    if match[2].isspace() and (p.NUMBER_BEFORE.search(before) or p.NUMBER_AFTER.match(text, match.end())):
        return None
    return _unlabelled_confidence(match[2], digits)


def _unlabelled_confidence(separator: str, digits: str) -> Confidence | None:
    """What the number itself says. Numbers issued since October 2020 have no check digit."""
    mark = separator.strip()
    if not separator and numbers.is_ean13(digits):  # every tenth number is an article number, too
        return "low" if numbers.has_check_digit(digits) else None
    if numbers.has_check_digit(digits) or mark == "-":
        return "high"
    if separator and (mark in ("", "_", "/", "·") or separator == ". "):
        return "medium"
    return "low" if mark in ("", ".", "~", ":") or not mark.strip("()") else None


def _phones(text: str) -> Iterator[Hit]:
    for pattern in (p.MOBILE, p.INTERNATIONAL, p.LANDLINE):
        for match in pattern.finditer(text):
            if not _is_no_person(text, *match.span()) and not _in_hex(text, *match.span()):
                is_written = any(mark in match[0] for mark in "-+ ).")
                yield "phone", "high" if is_written else "medium", match.start(), match.end()
    for match in p.LABELLED_PHONE.finditer(text):
        yield "phone", "high", match.start(1), match.end(1)


def _names(text: str) -> Iterator[Hit]:
    for match in p.NAME_LABELLED.finditer(text):
        after = text[match.end() : match.end() + BEFORE]
        if is_name(match[1], match[2], match[3], _before(text, match.start()), after):
            yield "name", "high", match.start(3), match.end(3)
    for match in p.NAME_APART.finditer(text):
        if not WORDS.match(match[1].replace(" ", "")):
            yield "name", "high", match.start(1), match.end(1)
    for match in p.NAME_ADDRESSED.finditer(text):
        if WHOLE_NAME.fullmatch(match[1]) and not WORDS.match(match[1]):
            yield "name", "medium", match.start(1), match.end(1)
    for match in p.NAME_AND_SEX.finditer(text):
        yield "name", "high", match.start(1), match.end(1)
    for match in p.NAME_LATIN.finditer(text):
        yield "name", "high", match.start(1), match.end(1)
    for match in p.NAME_DICOM.finditer(text):
        yield "name", "medium", match.start(), match.end()
    for match in p.NAME_AND_BIRTH.finditer(text):
        if numbers.is_birth_date(match[2][-6:] + "1") and not WORDS.match(match[1]):
            yield "name", "high", match.start(1), match.end(1)


def _records(text: str) -> Iterator[Hit]:
    for match in p.RECORD_NUMBER.finditer(text):
        if not p.NOT_A_PATIENT.search(_before(text, match.start())):
            yield "record-number", "high", match.start(1), match.end(1)


def _addresses(text: str) -> Iterator[Hit]:
    for match in p.ADDRESS.finditer(text):
        is_home = p.HOME.search(_before(text, match.start())) or match[0].endswith("호")
        yield "address", "high" if is_home else "low", match.start(), match.end()


def _cards(text: str) -> Iterator[Hit]:
    for match in p.ACCOUNT_NAMED.finditer(text):
        if 10 <= sum(map(str.isdigit, match[1])) <= 16:
            yield "card", "high", match.start(1), match.end(1)
    for match in p.CARD.finditer(text):
        digits = match[1] + match[3] + match[4] + match[5]
        if p.CARD_CONTEXT.search(_before(text, match.start())):
            yield "card", "high", match.start(), match.end()
        elif digits[0] in "3456" and match[2] and numbers.is_luhn(digits):
            yield "card", "medium", match.start(), match.end()


def _plates(text: str) -> Iterator[Hit]:
    for match in p.PLATE.finditer(text):
        is_named = re.search(r"차량|차번호|번호판|plate|vehicle", _before(text, match.start()), re.I)
        yield "plate", "high" if is_named else "low", match.start(), match.end()


def _plain(kind: str, confidence: Confidence, pattern: re.Pattern[str]) -> Callable[[str], Iterator[Hit]]:
    def search(text: str) -> Iterator[Hit]:
        for match in pattern.finditer(text):
            group = 1 if pattern.groups else 0
            yield kind, confidence, match.start(group), match.end(group)

    return search


_SEARCHES: tuple[Callable[[str], Iterator[Hit]], ...] = (
    _registration,
    _phones,
    _names,
    _records,
    _addresses,
    _cards,
    _plates,
    _plain("email", "high", p.EMAIL),
    _plain("passport", "high", p.PASSPORT),
    _plain("driving-licence", "high", p.LICENCE_LABELLED),
    _plain("driving-licence", "medium", p.LICENCE),
    _plain("card", "high", p.ACCOUNT),
    _plain("birth-date", "high", p.BIRTH),
    _plain("birth-date", "high", p.BIRTH_LABELLED),
    _plain("ip-address", "medium", p.IP),
    _plain("hashed-identifier", "low", p.HASHED),
)
