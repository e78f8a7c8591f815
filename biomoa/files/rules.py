"""What a file may be called, and what the headers of an upload or a download say. Functions of values."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec

from biomoa.catalog.model import Text
from biomoa.forms.problems import Problem, RuleText
from biomoa.qc.persons.detector import kind_in

LONGEST_NAME_BYTES = 255
RESERVED = frozenset(
    {".", "..", "con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}
)
DIGEST_BYTES: Mapping[str, int] = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}
METADATA_LIMIT_BYTES = 8 * 1024

# -- names of files --------------------------------------------------------------------------------------------------

PATH_PART = re.compile(r"[/\\]")
DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

NAME_RULES: tuple[RuleText, ...] = (
    RuleText(
        "file-name-empty", "error",
        Text(ko="파일 이름이 비어 있습니다.", en="The file has no name."),
        Text(ko="파일 이름을 정해 주세요.", en="Give the file a name."),
    ),
    RuleText(
        "file-name-path", "error",
        Text(ko="파일 이름에 경로(/ 또는 \\)가 들어 있습니다.", en="The file name contains path parts (/ or \\)."),
        Text(ko="폴더를 뺀 이름만 사용해 주세요.", en="Use the name alone, without folders."),
    ),
    RuleText(
        "file-name-control", "error",
        Text(ko="파일 이름에 제어 문자나 보이지 않는 문자가 있습니다.",
             en="The file name contains control or invisible characters."),
        Text(ko="해당 문자를 지워 주세요.", en="Remove these characters."),
    ),
    RuleText(
        "file-name-direction", "error",
        Text(ko="파일 이름에 글자 방향을 바꾸는 문자가 있어 실제 이름과 다르게 보일 수 있습니다.",
             en="The file name contains characters that change the direction of writing and may hide its real name."),
        Text(ko="해당 문자를 지워 주세요.", en="Remove these characters."),
    ),
    RuleText(
        "file-name-long", "error",
        Text(ko="파일 이름이 255바이트보다 깁니다.", en="The file name is longer than 255 bytes."),
        Text(ko="이름을 줄여 주세요.", en="Shorten the name."),
    ),
    RuleText(
        "file-name-reserved", "error",
        Text(ko="운영체제가 사용하는 이름입니다.", en="The name is reserved by operating systems."),
        Text(ko="다른 이름을 사용해 주세요.", en="Choose another name."),
    ),
    RuleText(
        "file-name-person", "error",
        Text(ko="파일 이름에 개인을 알아볼 수 있는 정보가 있습니다. 이름은 표시하지 않습니다.",
             en="The file name seems to identify a person; it is not shown."),
        Text(ko="연구용 번호로 바꾼 이름을 사용해 주세요.", en="Use a name with a study number instead."),
    ),
    RuleText(
        "file-name-edges", "error",
        Text(ko="파일 이름이 공백으로 시작하거나 공백 또는 마침표로 끝납니다.",
             en="The file name begins with a space, or ends with a space or a full stop."),
        Text(ko="앞뒤의 공백과 마침표를 지워 주세요.", en="Remove them."),
    ),
)  # fmt: skip

_RULES = {rule.code: rule for rule in NAME_RULES}


def normal_name(name: str) -> str:
    """The name in Unicode normal form C, as it is stored: macOS sends Hangul in parts."""
    return unicodedata.normalize("NFC", name)


def name_key(name: str) -> str:
    """What two names that would be taken for each other have in common: normal form C, case folded."""
    return unicodedata.normalize("NFC", normal_name(name).casefold())


def check_name(name: str) -> list[Problem]:
    """Every problem of a file name (after normal form C); each proposes the same safe name."""
    wanted = normal_name(name)
    if kind_in(wanted):
        rule = _RULES["file-name-person"]
        said = Text(ko=f"{rule.meaning.ko} {rule.repair.ko}", en=f"{rule.meaning.en} {rule.repair.en}")
        return [Problem(rule.code, rule.severity, said, field="file_name")]
    codes = [code for code, is_wrong in _NAME_CHECKS if is_wrong(wanted)]
    if not codes:
        return []
    safe = safe_name(name)
    return [_name_problem(_RULES[code], wanted, safe) for code in codes]


def safe_name(name: str) -> str:
    """The nearest name that ``check_name`` accepts; keeps the last part of a path and the extension."""
    last = PATH_PART.split(normal_name(name).rstrip("/\\"))[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in HIDDEN_CATEGORIES)
    trimmed = _shortened(_trimmed(unicodedata.normalize("NFC", kept)))
    return f"file-{trimmed}".rstrip(". -") if not trimmed or _is_reserved(trimmed) else trimmed


def _trimmed(name: str) -> str:
    before = None
    while before != name:
        before, name = name, name.strip().rstrip(".")
    return name


def _shortened(name: str) -> str:
    if len(name.encode()) <= LONGEST_NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    tail = f"{dot}{extension}" if stem and len(extension.encode()) <= 32 else ""
    room = LONGEST_NAME_BYTES - len(tail.encode())
    # A cut may fall inside a character: what is left of it is dropped.
    return _trimmed((name.encode()[:room].decode(errors="ignore") if room else "") + tail)


def _is_reserved(name: str) -> bool:
    return name in {".", ".."} or name.split(".")[0].strip().casefold() in RESERVED


def _has_hidden(name: str) -> bool:
    return any(unicodedata.category(c) in HIDDEN_CATEGORIES and c not in DIRECTION for c in name)


_NAME_CHECKS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("file-name-empty", lambda name: not name.strip()),
    ("file-name-path", lambda name: PATH_PART.search(name) is not None),
    ("file-name-control", _has_hidden),
    ("file-name-direction", lambda name: not DIRECTION.isdisjoint(name)),
    ("file-name-long", lambda name: len(name.encode(errors="replace")) > LONGEST_NAME_BYTES),
    ("file-name-reserved", _is_reserved),
    ("file-name-edges", lambda name: bool(name.strip()) and not _is_reserved(name) and _trimmed(name) != name),
)


def _name_problem(rule: RuleText, name: str, safe: str) -> Problem:
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in name)[:200]
    message = Text(
        ko=f"{rule.meaning.ko} {rule.repair.ko} 사용할 수 있는 이름: {safe}",
        en=f"{rule.meaning.en} {rule.repair.en} A name that can be used: {safe}",
    )
    return Problem(rule.code, rule.severity, message, field="file_name", value=shown, suggestion=safe, file=shown)


# -- headers ---------------------------------------------------------------------------------------------------------


class HeaderError(ValueError):
    """A header that does not follow its standard; the message says which and how."""


class Checksum(msgspec.Struct, frozen=True):
    algorithm: str
    digest: bytes


def parse_length(value: str, header: str) -> int:
    """A non-negative integer of a tus header (tus 1.0, Upload-Offset and Upload-Length). Raises HeaderError."""
    if not re.fullmatch(r"[0-9]{1,18}", value, re.ASCII):
        raise HeaderError(f"{header} must be a non-negative integer, not {value[:40]!r}")
    return int(value)


def parse_metadata(header: str) -> dict[str, str]:
    """Upload-Metadata (tus 1.0, creation): pairs of a key and a Base64 value, separated by commas.

    Raises HeaderError for an empty or repeated key, a key that is not ASCII, and a value that is not Base64 of UTF-8.
    """
    if len(header) > METADATA_LIMIT_BYTES:
        raise HeaderError(f"Upload-Metadata is longer than {METADATA_LIMIT_BYTES} bytes")
    pairs: dict[str, str] = {}
    for part in header.split(",") if header.strip() else []:
        key, _, value = part.strip().partition(" ")
        if not key or not key.isascii():
            raise HeaderError("Upload-Metadata: a key is empty or not ASCII")
        if key in pairs:
            raise HeaderError(f"Upload-Metadata: the key {key!r} is there twice")
        pairs[key] = _metadata_value(key, value.strip())
    return pairs


def _metadata_value(key: str, value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise HeaderError(f"Upload-Metadata: the value of {key!r} is not Base64 of UTF-8 text") from error


def parse_checksum(header: str) -> Checksum:
    """Upload-Checksum (tus 1.0, checksum): algorithm and Base64 digest. Raises HeaderError."""
    algorithm, _, value = header.strip().partition(" ")
    if algorithm not in DIGEST_BYTES:
        raise HeaderError(f"Upload-Checksum: {algorithm[:20]!r} is not one of {', '.join(DIGEST_BYTES)}")
    try:
        digest = base64.b64decode(value.strip(), validate=True)
    except binascii.Error as error:
        raise HeaderError("Upload-Checksum: the digest is not Base64") from error
    if len(digest) != DIGEST_BYTES[algorithm]:
        raise HeaderError(f"Upload-Checksum: a {algorithm} digest has {DIGEST_BYTES[algorithm]} bytes")
    return Checksum(algorithm, digest)


def normal_digest(value: str, algorithm: Literal["md5", "sha256"]) -> str:
    """A hexadecimal digest in lower case; empty for empty. Raises HeaderError for anything else."""
    cleaned = value.strip().lower()
    if cleaned and not re.fullmatch(rf"[0-9a-f]{{{2 * DIGEST_BYTES[algorithm]}}}", cleaned, re.ASCII):
        raise HeaderError(f"{algorithm}: {value[:80]!r} is not a hexadecimal {algorithm} digest")
    return cleaned


class Span(msgspec.Struct, frozen=True):
    """Bytes ``start`` to ``stop`` (not included)."""

    start: int
    stop: int


def parse_range(header: str, size_bytes: int) -> Span | Literal["unsatisfiable"] | None:
    """The span of a Range header (RFC 9110, 14.1.2). None: answer with the whole, as for several ranges at once."""
    match = re.fullmatch(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*", header.strip(), re.ASCII)
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        length = int(last)
        return Span(max(0, size_bytes - length), size_bytes) if length and size_bytes else "unsatisfiable"
    if last and int(last) < int(first):
        return None
    if int(first) >= size_bytes:
        return "unsatisfiable"
    return Span(int(first), min(int(last) + 1, size_bytes) if last else size_bytes)


# -- quarantine ------------------------------------------------------------------------------------------------------

PERSON = "person-identifier"  # the finding of an inspection that holds a file
PLACES = {"line": "번째 줄", "byte": "번째 바이트"}
QUARANTINED = "quarantined"  # what the policy table is asked with while a file is held
HELD = ("held", "declared")


class QuarantineCommand(msgspec.Struct, frozen=True):
    """``before`` has an empty text for a file without a quarantine; ``after`` is None when the file is gone.

    ``verb`` is of the policy table, for a file in state quarantined.
    """

    before: tuple[str, ...]
    after: str | None
    verb: Literal["change", "decide", "delete"]
    event: str
    needs_reason: bool = True


QUARANTINE: Mapping[str, QuarantineCommand] = {
    # What no search finds: a face, a name in Latin letters. Who sees it need not leave it open to everybody.
    "hold": QuarantineCommand(("", "cleared"), "held", "decide", "file:quarantined"),
    "declare": QuarantineCommand(("held",), "declared", "change", "quarantine:declared"),
    "clear": QuarantineCommand(HELD, "cleared", "decide", "quarantine:cleared"),
    "order": QuarantineCommand(HELD, None, "decide", "quarantine:ordered"),
    "remove": QuarantineCommand(HELD, None, "delete", "quarantine:removed", needs_reason=False),
}


def is_held(state: str | None) -> bool:
    """Is a file with this state of quarantine (None: it has none) kept from everybody?"""
    return state in HELD


def verdict_of(verdict: str, findings: Sequence[Mapping[str, object]], quarantine: str | None) -> str:
    """The verdict without the finding that a curator has let go, if the quarantine was so settled."""
    if quarantine != "cleared" or verdict != "fail":
        return verdict
    left = {each["severity"] for each in findings if each["code"] != PERSON}
    return "fail" if "error" in left else "warn" if "warning" in left else "pass"


def check_quarantine(command: str, state: str | None, reason: str) -> str | None:
    """The code of what stands against the command; None when it may be done."""
    rule = QUARANTINE[command]
    if (state or "") not in rule.before:
        return "quarantine-decided"
    if rule.needs_reason and not reason.strip():
        return "quarantine-needs-reason"
    return "reason-names-person" if kind_in(reason) else None


def place_said(place: str, language: str) -> str:
    """Where a finding is, as ``line 12`` and ``byte 400`` of the inspection, in the reader's language."""
    kind, _, number = place.partition(" ")
    return f"{number}{PLACES[kind]}" if language == "ko" and kind in PLACES and number.isdecimal() else place
