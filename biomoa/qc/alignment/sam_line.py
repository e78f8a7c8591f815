"""One SAM alignment line: the syntax of its columns (SAMv1 1.4 and 1.5), and its BAM form for the kernel."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from functools import lru_cache

from biomoa.qc.alignment.header import REFERENCE_NAME
from biomoa.qc.model import Report
from biomoa.qc.persons.lines import text_of

_NUMBER = re.compile(rb"0|[1-9][0-9]{0,9}")
_SIGNED = re.compile(rb"0|-?[1-9][0-9]{0,9}")
_QNAME = re.compile(rb"[!-?A-~]{1,254}")
_CIGAR = re.compile(rb"\*|([0-9]+[MIDNSHPX=])+")
_CIGAR_STEP = re.compile(rb"([0-9]+)([MIDNSHPX=])")
_SEQUENCE = re.compile(rb"\*|[A-Za-z=.]+")
_QUALITY = re.compile(rb"[!-~]+")
_FIELD = re.compile(rb"([^:]*):([^:]*):(.*)", re.DOTALL)
_TAG = re.compile(rb"[A-Za-z][A-Za-z0-9]")
_INTEGER = re.compile(rb"[-+]?[0-9]+")
_FLOAT = re.compile(rb"[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?")
_TEXT = re.compile(rb"[ !-~]*")
_HEX = re.compile(rb"([0-9A-F][0-9A-F])*")

_CODES = b"=ACMGRSVTWYHKDBN"
_PLAIN = re.compile(rb"[=ACMGRSVTWYHKDBN]*")
_TO_HEX = bytes(
    b"0123456789ABCDEF"[_CODES.find(bytes([i]).upper().replace(b"U", b"T"))] if i < 128 else 70 for i in range(256)
)
_TO_PHRED = bytes(max(i - 33, 0) for i in range(256))
_OPERATIONS = {ord(letter): number for number, letter in enumerate("MIDNSHP=X")}
_FIXED = struct.Struct("<iiBBHHHiiii")
_ARRAYS = {
    b"c": ("b", -(2**7), 2**7 - 1),
    b"C": ("B", 0, 2**8 - 1),
    b"s": ("h", -(2**15), 2**15 - 1),
    b"S": ("H", 0, 2**16 - 1),
    b"i": ("i", -(2**31), 2**31 - 1),
    b"I": ("I", 0, 2**32 - 1),
}
_FLOAT_MAX = 3.4028235677973366e38  # half a step over the largest 32-bit float still rounds to it
_FLOAT_MIN = 2.0**-150
MAX_POSITION = 2**31 - 1


class Syntax(ValueError):
    """A column breaks its rule; ``args[0]`` is the code of the finding."""


class LineReader:
    """Checks lines against one dictionary. ``encode`` gives the BAM record, or None when a column is unreadable."""

    def __init__(self, references: Mapping[str, int], report: Report) -> None:
        self._ids = {name.encode(): number for number, name in enumerate(references)}
        self._report = report
        self._declared = bool(references)
        self._failed = 0

    def encode(self, line: bytes, at: str) -> bytes | None:
        """``line`` has no line end. Every broken column is told; all must be readable for a record."""
        columns = line.split(b"\t")
        if len(columns) < 11:
            self._report.add("sam-columns-missing", at=at, columns=len(columns))
            return None
        name = text_of(columns[0])[:80]
        self._failed = 0
        flag = self._number(columns[1], 65535, "flag-malformed", at, name)
        position = self._number(columns[3], MAX_POSITION, "position-malformed", at, name)
        mapq = self._number(columns[4], 255, "mapq-malformed", at, name)
        mate_position = self._number(columns[7], MAX_POSITION, "mate-position-malformed", at, name)
        insert = self._insert(columns[8], at, name)
        if not _QNAME.fullmatch(columns[0]):
            self._fail("qname-invalid", at, name)
        reference = self._reference(columns[2], at, name)
        mate = self._mate(columns[6], columns[2], reference, at, name)
        cigar = self._cigar(columns[5], at, name)
        sequence, quality = self._bases(columns[9], columns[10], at, name)
        fields = self._fields(columns[11:], at, name)
        if self._failed:
            return None
        length = 0 if columns[9] == b"*" else len(columns[9])
        fixed = _FIXED.pack(
            reference, position - 1, len(columns[0]) + 1, mapq, 0, len(cigar) // 4, flag, length,
            mate, mate_position - 1, insert,
        )  # fmt: skip
        body = b"".join((fixed, columns[0], b"\0", cigar, sequence, quality, *fields))
        return struct.pack("<i", len(body)) + body

    def _fail(self, code: str, at: str, name: str) -> None:
        self._failed += 1
        self._report.add(code, at=at, name=name)

    def _number(self, text: bytes, most: int, code: str, at: str, name: str) -> int:
        if _NUMBER.fullmatch(text):
            value = int(text)
            if value <= most:
                return value
        self._fail(code, at, name)
        return 0

    def _insert(self, text: bytes, at: str, name: str) -> int:
        if _SIGNED.fullmatch(text):
            value = int(text)
            if -MAX_POSITION <= value <= MAX_POSITION:
                return value
        self._fail("template-length-malformed", at, name)
        return 0

    def _reference(self, text: bytes, at: str, name: str) -> int:
        found = self._ids.get(text)
        if found is None and text != b"*":
            return self._unknown(text, "rname", at, name)
        if found is not None and not REFERENCE_NAME.fullmatch(text.decode("utf-8", "replace")):
            self._fail("rname-malformed", at, name)
        return -1 if found is None else found

    def _mate(self, text: bytes, rname: bytes, reference: int, at: str, name: str) -> int:
        if text == b"=":
            return reference
        if text == rname and text != b"*":
            self._report.add("rnext-explicit", at=at, name=name)
            return reference
        found = self._ids.get(text)
        if found is None and text != b"*":
            return self._unknown(text, "rnext", at, name)
        if found is not None and not REFERENCE_NAME.fullmatch(text.decode("utf-8", "replace")):
            self._fail("rnext-malformed", at, name)
        return -1 if found is None else found

    def _unknown(self, text: bytes, column: str, at: str, name: str) -> int:
        """A name that no @SQ line declares: an error once the file has @SQ lines (SAMv1 1.4.3)."""
        if not REFERENCE_NAME.fullmatch(text.decode("utf-8", "replace")):
            self._fail(f"{column}-malformed", at, name)
        elif self._declared:
            self._fail(f"{column}-undeclared", at, name)
        else:
            self._report.add("dictionary-missing", at=at, name=name)
        return -1

    def _cigar(self, text: bytes, at: str, name: str) -> bytes:
        try:
            return encode_cigar(text)
        except Syntax as problem:
            self._fail(str(problem), at, name)
            return b""

    def _bases(self, text: bytes, quality: bytes, at: str, name: str) -> tuple[bytes, bytes]:
        if not _SEQUENCE.fullmatch(text):
            self._fail("sequence-malformed", at, name)
            return b"", b""
        if not _QUALITY.fullmatch(quality):
            self._fail("quality-malformed", at, name)
            return b"", b""
        if text == b"*":
            if quality != b"*":
                self._fail("quality-without-sequence", at, name)
            return b"", b""
        if not _PLAIN.fullmatch(text):
            self._report.add("sequence-unusual", at=at, name=name)
        digits = text.translate(_TO_HEX) + (b"0" if len(text) & 1 else b"")
        packed = bytes.fromhex(digits.decode("ascii"))
        if quality == b"*" and len(text) != 1:
            return packed, b"\xff" * len(text)
        if len(quality) != len(text):
            self._fail("quality-length-mismatch", at, name)
        return packed, quality.translate(_TO_PHRED)

    def _fields(self, fields: list[bytes], at: str, name: str) -> list[bytes]:
        packed = []
        for field in fields:
            try:
                packed.append(encode_field(field) if len(field) < 64 else _encode_field(field))
            except Syntax as problem:
                self._fail(str(problem), at, f"{name} {text_of(field)[:40]}")
        return packed


@lru_cache(maxsize=1 << 14)
def encode_cigar(text: bytes) -> bytes:
    """Packed operations (SAMv1 4.2), empty for ``*``. Raises Syntax."""
    if not _CIGAR.fullmatch(text):
        raise Syntax("cigar-malformed")
    steps = [(int(size) if len(size) < 12 else 1 << 40, op[0]) for size, op in _CIGAR_STEP.findall(text)]
    if any(size >= 1 << 28 for size, _ in steps) or len(steps) > 65535:
        raise Syntax("cigar-malformed")
    return struct.pack(f"<{len(steps)}I", *(size << 4 | _OPERATIONS[op] for size, op in steps))


def _encode_field(field: bytes) -> bytes:
    match = _FIELD.fullmatch(field)
    if match is None:
        raise Syntax("aux-malformed")
    tag, kind, value = match.groups()
    if not _TAG.fullmatch(tag):
        raise Syntax("aux-tag-invalid")
    encoder = _ENCODERS.get(kind)
    if encoder is None:
        raise Syntax("aux-type-unknown")
    return tag + encoder(value)


encode_field = lru_cache(maxsize=1 << 16)(_encode_field)


def _letter(value: bytes) -> bytes:
    if len(value) != 1 or not 33 <= value[0] <= 126:
        raise Syntax("aux-value-invalid")
    return b"A" + value


def _whole(value: bytes) -> int:
    """The number of a decimal text; leading zeros may be many, so that they are cut before the conversion."""
    if not _INTEGER.fullmatch(value):
        raise Syntax("aux-value-invalid")
    digits = value.lstrip(b"+-").lstrip(b"0") or b"0"
    if len(digits) > 10:
        raise Syntax("aux-value-invalid")
    return -int(digits) if value[:1] == b"-" else int(digits)


def _integer(value: bytes) -> bytes:
    number = _whole(value)
    if -(2**31) <= number < 2**31:
        return b"i" + struct.pack("<i", number)
    if number < 2**32 and number > 0:
        return b"I" + struct.pack("<I", number)
    raise Syntax("aux-value-invalid")


def _real(value: bytes) -> float:
    if not _FLOAT.fullmatch(value):
        raise Syntax("aux-value-invalid")
    number = float(value)
    if abs(number) >= _FLOAT_MAX or (0 < abs(number) <= _FLOAT_MIN):
        raise Syntax("aux-value-invalid")
    return number


def _float(value: bytes) -> bytes:
    if value.lower().lstrip(b"+-") in (b"nan", b"inf"):  # htslib writes them for BAM values that have no decimal form
        return b"f" + struct.pack("<f", float(value))
    return b"f" + struct.pack("<f", _real(value))


def _string(value: bytes) -> bytes:
    if not _TEXT.fullmatch(value):
        raise Syntax("aux-value-invalid")
    return b"Z" + value + b"\0"


def _hex(value: bytes) -> bytes:
    if not _HEX.fullmatch(value):
        raise Syntax("aux-value-invalid")
    return b"H" + value + b"\0"


def _array(value: bytes) -> bytes:
    subtype, *items = value.split(b",")
    if subtype == b"f":
        return b"Bf" + struct.pack(f"<i{len(items)}f", len(items), *map(_real, items))
    if subtype not in _ARRAYS:
        raise Syntax("aux-value-invalid")
    code, least, most = _ARRAYS[subtype]
    numbers = [_whole(item) for item in items]
    if not all(least <= number <= most for number in numbers):
        raise Syntax("aux-value-invalid")
    return b"B" + subtype + struct.pack(f"<i{len(items)}{code}", len(items), *numbers)


_ENCODERS = {b"A": _letter, b"i": _integer, b"f": _float, b"Z": _string, b"H": _hex, b"B": _array}
