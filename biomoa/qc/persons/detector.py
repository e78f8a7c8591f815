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
from biomoa.qc.persons.names import LAST_OF_GIVEN, OF_A_THING, WHOLE_NAME, is_any_name, is_asked, is_name, is_person
from biomoa.qc.persons.romanised import romanised

Confidence = Literal["low", "medium", "high"]
BEFORE = 32
LINE = 2_000  # signs within which the begin of a line is looked for
MOST_LABEL = 128  # characters of a label: longer ones are none, and would be searched again with every cell
HEX_RUN = 28
RESIDENT_DIGITS = 13
_LAST_BIRTHS = "39"  # years of birth after it, with the digit of this century, are to come
_CENTENARIANS = "27"  # years of birth before it, with the digit of the last century

KINDS: dict[str, Text] = {
    "resident-number": Text(ko="주민등록번호", en="resident registration number"),
    "foreigner-number": Text(ko="외국인등록번호", en="foreigner registration number"),
    "phone": Text(ko="전화번호", en="phone number"),
    "email": Text(ko="전자우편 주소", en="e-mail address"),
    "passport": Text(ko="여권번호", en="passport number"),
    "driving-licence": Text(ko="운전면허번호", en="driving licence number"),
    "insurance-number": Text(ko="건강보험증번호", en="health insurance number"),
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
_MARKS = {0x2026: 0x2E, 0x3001: 0x2C, 0x3002: 0x2E, 0xFE6B: 0x40}
_WAVES = (0x223C, 0x301C, 0x3030)
_INVISIBLE = (
    0xAD, 0x34F, 0x61C, 0x115F, 0x1160, *range(0x180B, 0x1810), *range(0x200B, 0x2010), *range(0x202A, 0x202F),
    *range(0x2060, 0x2070), 0x3164, *range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0, *range(0xE0000, 0xE0080),
    *range(0xE0100, 0xE01F0),
)  # fmt: skip
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | _DIGITS | {0x3000: 0x20, 0xA0: 0x20}
_FOLD |= _MARKS | dict.fromkeys(_HYPHENS, 0x2D) | dict.fromkeys(_DOTS, 0xB7) | dict.fromkeys(_WAVES, 0x7E)
_TABLE: dict[int, int | None] = {**_FOLD, **dict.fromkeys(_INVISIBLE)}
# Digits in words or in rings. A number is read so only as a whole and where it is no other text.
_SPOKEN_DIGITS = (
    "공영零〇⓪⁰₀",
    "일①¹₁一",
    "이②²₂二",
    "삼③³₃三",
    "사④⁴₄四",
    "오⑤⁵₅五",
    "육륙⑥⁶₆六",
    "칠⑦⁷₇七",
    "팔⑧⁸₈八",
    "구⑨⁹₉九",
)
_SPOKEN = {ord(sign): 0x30 + digit for digit, signs in enumerate(_SPOKEN_DIGITS) for sign in signs}
SPOKEN = "".join(map(chr, _SPOKEN))
_IS_SPOKEN = re.compile(rf"[{SPOKEN}][0-9{SPOKEN}\-_. ]{{1,3}}[0-9{SPOKEN}]")
_SPOKEN_TABLE = _TABLE | _SPOKEN
_LETTERS = _SPOKEN_TABLE | dict.fromkeys(map(ord, "OoＯ"), 0x30) | dict.fromkeys(map(ord, "lI"), 0x31)
DISGUISES = frozenset((*_DIGITS, *_HYPHENS, *_INVISIBLE))  # characters behind which a number is not seen as one

Hit = tuple[str, Confidence, int, int]


def plain_form(text: str) -> str:
    """The text in which the places of findings are counted: in normal form C, other signs as the plain ones."""
    return unicodedata.normalize("NFC", text).translate(_TABLE)


def find(text: str, *, field: str = "", of_sequences: bool = False) -> list[PersonFinding]:
    """Every identifier in the text, in its order. ``field`` is the label of a cell and counts as context.

    ``of_sequences``: the text is a header or a name of reads, of which the sign before it may have been taken off.

    Never raises; linear in the length. Of findings that overlap the surest one is kept.
    """
    folded = plain_form(text)
    label = f"{field[-MOST_LABEL:]}: " if field else "@" if of_sequences else ""
    hits = _apart((*(hit for search in _SEARCHES for hit in search(label + folded)), *_disguised(label, text)))
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


def _disguised(label: str, text: str) -> Iterator[Hit]:
    """Numbers whose digits are words, stand in rings, or are letters of their shape. Places are those of ``find``."""
    normal = unicodedata.normalize("NFC", text)
    if _IS_SPOKEN.search(normal):
        read = label + normal.translate(_SPOKEN_TABLE)
        yield from _registration(read)
        yield from _phones(read)
    for place in p.NUMBER_LABEL.finditer(label + normal):
        ahead = (label + normal)[place.end() : place.end() + 48].translate(_LETTERS)
        read = place[0] + ahead
        shift = place.end() - len(place[0])
        for hit in (*_registration(read), *_phones(read)):
            if hit[2] >= len(place[0]):
                yield hit[0], hit[1], hit[2] + shift, hit[3] + shift


def _registration(text: str) -> Iterator[Hit]:
    for match in p.RRN.finditer(text):
        digits = match[1] + match[3]
        sure = _registration_confidence(text, match, digits)
        if sure:
            yield _registration_kind(digits), sure, match.start(), match.end()
    for match in p.SPACED.finditer(text):
        digits = re.sub(r"[^0-9]", "", match[0])
        if numbers.is_birth_date(digits):
            yield _registration_kind(digits), _spaced_confidence(text, match, digits), match.start(), match.end()
    yield from _parted_registrations(text)
    for match in p.RRN_MASKED.finditer(text):
        digits = re.sub(r"[^0-9]", "", match[0])
        is_as_long = len(re.sub(r"[\s_\-]", "", match[0])) == RESIDENT_DIGITS
        if is_as_long and numbers.is_birth_date(digits):
            yield _registration_kind(digits), "low", match.start(), match.end()


def _parted_registrations(text: str) -> Iterator[Hit]:
    """Written with the whole year, in more parts than two, or one half after the other with words in between."""
    for match in p.RRN_NAMED.finditer(text):
        digits = re.sub(r"[^0-9]", "", match[1])[-13:]
        if numbers.is_birth_date(digits):
            yield _registration_kind(digits), "high", match.start(1), match.end(1)
    for pattern in (p.RRN_LONG, p.RRN_PARTED, p.RRN_HALVES):
        for match in pattern.finditer(text):
            digits = re.sub(r"[^0-9]", "", "".join(match.groups()))[-13:]
            if _is_of_a_thing(text, *match.span()):
                continue
            is_labelled = pattern is p.RRN_HALVES or p.RRN_CONTEXT.search(_before(text, match.start()))
            is_sure = is_labelled or numbers.has_check_digit(digits)
            if (
                numbers.is_birth_date(digits)
                and pattern is p.RRN_PARTED
                and not is_sure
                and p.RRN_GAPPED.fullmatch(match[0])
            ):
                yield _registration_kind(digits), "low", match.start(), match.end()
            elif numbers.is_birth_date(digits) and is_sure:
                yield _registration_kind(digits), "high", match.start(), match.end()
    for pattern, front, back in ((p.RRN_BACK_FIRST, 2, 1), (p.RRN_BACK_NAMED, 1, 2)):
        for match in pattern.finditer(text):
            if numbers.is_birth_date(match[front] + match[back]):
                yield _registration_kind(match[front] + match[back]), "high", match.start(), match.end()


def _spaced_confidence(text: str, match: re.Match[str], digits: str) -> Confidence:
    """Of single digits with a blank between each: also a row of counts looks so."""
    is_parted = match[1] != match[0][1]
    is_labelled = p.RRN_CONTEXT.search(_before(text, match.start()))
    return "high" if is_parted or is_labelled or numbers.has_check_digit(digits) else "low"


def _registration_kind(digits: str) -> str:
    return "foreigner-number" if digits[6] in "5678" else "resident-number"


def _registration_confidence(text: str, match: re.Match[str], digits: str) -> Confidence | None:
    before = _before(text, match.start())
    if not numbers.is_birth_date(digits) or _in_hex(text, *match.span()) or _is_of_a_thing(text, *match.span()):
        return None
    if p.RRN_CONTEXT.search(before):
        return "high"
    if match[2] == "_" and _is_of_nobody_alive(digits):  # also runs and specimens have a day and a number
        return None
    if match[2] == "_" and not numbers.has_check_digit(digits):
        return "low"
    if any(mark in match[2] for mark in "\t,;|\n"):  # columns of numbers stand side by side in every table
        is_person = p.SEX_AFTER.match(text, match.end()) or p.NAME_BEFORE.search(before)
        return "medium" if is_person else _parted_confidence(text, match, digits)
    is_in_row = p.NUMBER_BEFORE.search(before) or p.NUMBER_AFTER.match(text, match.end())
    if is_in_row and (match[2] == "." or match[2].isspace()):
        return None
    if match[2] == ".":  # as a number with seven decimals, one of ten of which has a check digit
        return "low"
    if not match[2] and _is_ordinary(text, match, digits):
        return "low" if numbers.has_check_digit(digits) and digits[6] not in "09" else None
    if not match[2] and numbers.is_ean13(digits) and not _is_of_sequences(text, *match.span()):
        return _article_confidence(digits)
    return _unlabelled_confidence(match[2], digits)


def _is_of_a_thing(text: str, start: int, end: int) -> bool:
    """The number of a firm or of goods, or from one place on a sequence or a map to another."""
    before = _before(text, start)
    if p.OF_A_FIRM.search(before):
        return True
    if p.RRN_CONTEXT.search(before):
        return False
    is_on_a_map = p.REGION.search(before) or p.ON_A_MAP.search(before) or p.ON_A_MAP_AFTER.match(text, end)
    return bool(is_on_a_map) or _is_no_person(text, start, end)


def _is_of_nobody_alive(digits: str) -> bool:
    return digits[6] in "09" or (digits[6] in "1256" and digits[:2] < _CENTENARIANS)


def _is_of_sequences(text: str, start: int, end: int) -> bool:
    """In a header or a name of reads, or a name of a file of them: nobody writes the number of an article there."""
    near = max(0, start - LINE)  # a line of a megabyte is not walked through for each number in it
    line = max(text.rfind("\n", near, start) + 1, near)
    return text[line : line + 1] in ("@", "#", ">") or bool(p.SEQUENCES_AFTER.match(text, end))


def _article_confidence(digits: str) -> Confidence | None:
    """Every tenth number is the number of an article, too: it is asked about where somebody can have it."""
    if numbers.has_check_digit(digits):
        is_korean_article = digits.startswith("880") and digits[6] not in "1256"
        return None if is_korean_article else "low"
    # Without its own check digit it was given since October 2020. Who was born in 1940 or, as a Korean, in 1988 got
    # theirs long before; of Korea and Germany come most articles in a laboratory here.
    is_article = digits.startswith(("880", "400", "401")) or digits[6] in "09" or _is_of_the_future(digits)
    return None if is_article else "low"


def _is_of_the_future(digits: str) -> bool:
    return digits[6] in "3478" and digits[:2] > _LAST_BIRTHS


def _is_ordinary(text: str, match: re.Match[str], digits: str) -> bool:
    """Whether thirteen bare digits are as likely the name of a thing: with letters, as of an accession, or a day and a
    running number, as of a sample; whoever was born so is a hundred years old."""
    beside = text[max(match.start() - 1, 0) : match.start()], text[match.end() : match.end() + 1]
    is_in_word = any(each.isascii() and each.isalpha() for each in beside)
    return is_in_word or _is_of_nobody_alive(digits)


def _parted_confidence(text: str, match: re.Match[str], digits: str) -> Confidence | None:
    """Of two numbers with a comma between them, as in any table: nothing else, or Korean words on a side."""
    if "\t" in match[2] or "\n" in match[2] or digits[6] in "09":
        return None
    before, after = text[max(0, match.start() - 3) : match.start()], text[match.end() : match.end() + 3]
    if not before.strip() and not after.strip():
        return "low" if len(text.strip()) == match.end() - match.start() else None
    is_said = p.KOREAN_BEFORE.search(before) or p.KOREAN_AFTER.match(after)
    return ("medium" if numbers.has_check_digit(digits) else "low") if is_said else None


def _unlabelled_confidence(separator: str, digits: str) -> Confidence | None:
    """What the number itself says. Numbers issued since October 2020 have no check digit."""
    mark = separator.strip()
    if mark in {"=", "+", "\\", "#", "&", "<", ">"}:  # of formulas and tables
        return "low" if separator == mark else None
    if numbers.has_check_digit(digits) or mark in ("-", "--", "---"):
        return "high"
    if separator and (mark in ("", "_", "/", "·") or separator == ". "):
        return "medium"
    return "low" if mark in ("", ".", "~", ":") or not mark.strip("()") else None


def _phones(text: str) -> Iterator[Hit]:
    for pattern in (p.MOBILE, p.INTERNATIONAL, p.LANDLINE):
        for match in pattern.finditer(text):
            is_other = _is_no_person(text, *match.span()) or p.DAY_AND_NUMBER.match(match[0])
            if not is_other and not _in_hex(text, *match.span()):
                is_written = any(mark in match[0] for mark in "-+ ).")
                yield "phone", "high" if is_written else "medium", match.start(), match.end()
    for match in p.MOBILE_ODD.finditer(text):
        if not _is_in_numbers(text, match) and not _is_no_person(text, *match.span()):
            yield "phone", "medium", match.start(), match.end()
    for pattern in (p.LABELLED_PHONE, p.PHONE_NAMED):
        for match in pattern.finditer(text):
            if not p.NATIONWIDE.match(match[1]):
                yield "phone", "high", match.start(1), match.end(1)


def _is_in_numbers(text: str, match: re.Match[str]) -> bool:
    """One of a row of numbers, as of a table or of the place of a read on a film."""
    around = text[max(match.start() - 2, 0) : match.start()], text[match.end() : match.end() + 2]
    return bool(re.search(r"[0-9][\s,;:|]$", around[0]) or re.match(r"[\s,;:|][0-9]", around[1]))


def _names(text: str) -> Iterator[Hit]:
    for match in p.NAME_LABELLED.finditer(text):
        after = text[match.end() : match.end() + BEFORE]
        if is_name(match[1], match[2], match[3], _before(text, match.start()), after):
            yield "name", "high", match.start(3), match.end(3)
    for match in p.NAME_APART.finditer(text):
        if is_person(re.sub(r"\s", "", match[1] or match[2])):
            yield "name", "high", match.start(match.lastindex or 1), match.end(match.lastindex or 1)
    for match in p.NAME_ADDRESSED.finditer(text):
        if WHOLE_NAME.fullmatch(match[1]) and is_person(match[1]):
            yield "name", "medium", match.start(1), match.end(1)


def _names_beside_facts(text: str) -> Iterator[Hit]:
    """Beside a sex, an age or a day of birth; and as DICOM and Latin letters write them."""
    for match in p.NAME_AND_SEX.finditer(text):
        at = match.lastindex or 1
        if at == 1 or is_person(match[at]):
            yield "name", "high", match.start(at), match.end(at)
    for match in p.NAME_LATIN.finditer(text):
        yield "name", "high", match.start(1), match.end(1)
    for match in p.NAME_DICOM.finditer(text):
        yield "name", "medium", match.start(), match.end()
    for match in p.NAME_AND_BIRTH.finditer(text):
        is_day = numbers.is_birth_date(match[2][-6:] + "1")
        if is_day and WHOLE_NAME.fullmatch(match[1]) and is_person(match[1]):
            yield "name", "high", match.start(1), match.end(1)


def _names_unlabelled(text: str) -> Iterator[Hit]:
    """Before a label, after one that is set oddly, beside a sex, an age or a day, in Latin letters, in headers."""
    for pattern, sure in _OF_NAMES:
        for match in pattern.finditer(text):
            if is_person(match[1]):
                yield "name", sure, match.start(1), match.end(1)
    for match in p.NAME_ODDLY_LABELLED.finditer(text):
        if _is_oddly_labelled(match) and not OF_A_THING.search(_before(text, match.start())):
            yield "name", "high", match.start(3), match.end(3)
    for match in p.NAME_ROMANISED.finditer(text):
        at = match.lastindex or 1
        yield "name", "high", match.start(at), match.end(at)
    for start, end in romanised(text):
        yield "name", "high", start, end


def _is_oddly_labelled(match: re.Match[str]) -> bool:
    if re.match(r"이\s{0,2}름", match[1]):
        return is_any_name(match[3])
    return is_person(match[3]) or is_asked(match[1], match[2], match[3])


def _names_in_places(text: str) -> Iterator[Hit]:
    """Nothing but its place says that it is one: the columns of a VCF, the name of a file."""
    for line in p.VCF_COLUMNS.finditer(text):
        for match in p.NAME_ALONE.finditer(text, line.start(), line.end()):
            if is_person(match[1]):
                yield "name", "medium", match.start(1), match.end(1)
    if p.FILE_NAME.fullmatch(text):
        for match in p.NAME_ALONE.finditer(text):
            if is_person(match[1]):
                sure: Confidence = "medium" if match[1][-1] in LAST_OF_GIVEN else "low"
                yield "name", sure, match.start(1), match.end(1)


_OF_NAMES: tuple[tuple[re.Pattern[str], Confidence], ...] = (
    (p.NAME_BEFORE_LABEL, "medium"),
    (p.NAME_AND_DAY, "medium"),
    (p.NAME_IN_HEADER, "medium"),
    (p.NAME_WITH_PARTICLE, "medium"),
    (p.NAME_OF_OWNER, "medium"),
)


def _records(text: str) -> Iterator[Hit]:
    for match in p.RECORD_NUMBER.finditer(text):
        count = sum(map(str.isdigit, match[1]))
        is_parted = re.fullmatch(r"[0-9]+(?:-[0-9]+)+", match[1]) is not None
        few = 7 if is_parted and not p.OF_A_HOSPITAL.match(match[0]) else 5
        if count >= few and not _is_registered_thing(text, match):
            yield "record-number", "high", match.start(1), match.end(1)
    for pattern in (p.RECORD_SHORT, p.RECORD_OF_PATIENT):
        for match in pattern.finditer(text):
            yield "record-number", "high", match.start(1), match.end(1)


def _is_registered_thing(text: str, match: re.Match[str]) -> bool:
    """ "등록번호" is what every register calls its numbers, those of hospitals among them."""
    if not match[0].startswith("등록"):
        return False
    return bool(p.NOT_A_PATIENT.search(_before(text, match.start())) or p.OF_AN_ARCHIVE.match(match[1]))


def _addresses(text: str) -> Iterator[Hit]:
    for match in p.ADDRESS.finditer(text):
        before = _before(text, match.start())
        is_home = (p.HOME.search(before) and not p.OFFICE.search(before)) or match[0].endswith("호")
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


def _emails(text: str) -> Iterator[Hit]:
    for match in p.EMAIL.finditer(text):
        if not p.OF_A_PROGRAM.match(text, match.start()):
            yield "email", "high", match.start(), match.end()
    for match in p.EMAIL_SPOKEN.finditer(text):
        is_alone = not text[: match.start()].strip() and not text[match.end() :].strip()
        is_told = is_alone or p.BEFORE_MAIL.search(_before(text, match.start())) or re.search(r"[0-9._]", match[1])
        if is_told and not p.NO_USER.fullmatch(match[1]):
            yield "email", "medium", match.start(), match.end()


def _addresses_of_computers(text: str) -> Iterator[Hit]:
    for match in p.IP.finditer(text):
        is_version = len(match[1]) == len("1.2.3.4")  # one digit between dots: no network has such an address
        if not is_version or match[0][:2].lower() not in ("cl", "ip", "re") or "주소" in match[0]:
            yield "ip-address", "medium", match.start(1), match.end(1)


def _plates(text: str) -> Iterator[Hit]:
    for match in p.PLATE.finditer(text):
        is_named = re.search(r"차량|차번호|번호판|plate|vehicle", _before(text, match.start()), re.I)
        yield "plate", "high" if is_named else "low", match.start(), match.end()


def _plain(kind: str, confidence: Confidence, pattern: re.Pattern[str]) -> Callable[[str], Iterator[Hit]]:
    def search(text: str) -> Iterator[Hit]:
        for match in pattern.finditer(text):
            group = match.lastindex or 0
            yield kind, confidence, match.start(group), match.end(group)

    return search


_SEARCHES: tuple[Callable[[str], Iterator[Hit]], ...] = (
    _registration,
    _phones,
    _names,
    _names_beside_facts,
    _names_unlabelled,
    _names_in_places,
    _records,
    _addresses,
    _cards,
    _plates,
    _emails,
    _addresses_of_computers,
    _plain("insurance-number", "high", p.INSURANCE),
    _plain("passport", "high", p.PASSPORT),
    _plain("driving-licence", "high", p.LICENCE_LABELLED),
    _plain("driving-licence", "medium", p.LICENCE),
    _plain("card", "high", p.ACCOUNT),
    _plain("birth-date", "high", p.BIRTH),
    _plain("birth-date", "high", p.BIRTH_LABELLED),
    _plain("birth-date", "low", p.BIRTH_UNSURE),
    _plain("hashed-identifier", "low", p.HASHED),
)
