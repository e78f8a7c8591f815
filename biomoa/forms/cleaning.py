"""Stray characters of a cell: spaces, invisible and control characters, full-width letters, split Hangul."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import msgspec

from biomoa.catalog.model import Text
from biomoa.forms.findings import Finding

# C0 and C1 controls except tab and line ends, which are spaces here.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ufffe\uffff]")
_C1 = re.compile(r"[\x80-\x9f]")
# Zero-width characters, soft hyphen, bidi marks, embeddings, overrides and isolates (Unicode TR9), BOM, tag characters.
_HIDDEN = re.compile(r"[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_FULL_WIDTH = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_FULL_WIDTH_ALL = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_SPACES = re.compile(r"[ \t\r\n\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_LINE_SPACES = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_LINE_END = re.compile(r"[\r\n\u2028\u2029]")
_STRAY = (
    (re.compile(r"\A\s|\s\Z"), Text("앞이나 뒤", "before or after")),
    (re.compile(r"\t"), Text("탭", "a tab")),
    (re.compile(r"[\u00a0\u202f]"), Text("줄 바꿈 없는 공백 U+00A0", "a no-break space, U+00A0")),
    (re.compile(r"[\u1680\u2000-\u200a\u205f\u3000]"), Text("너비가 다른 공백", "a space of another width")),
    (re.compile(r"\S[ \t]{2,}\S"), Text("겹친 공백", "double")),
)
_FORMULA = re.compile(r"\s*['\"]?[=@\uff1d]|\s*[+-](?![\d.,\s]*$)")
_CLEAN_ASCII = re.compile(r"[\x21-\x7e]+(?: [\x21-\x7e]+)*")

# The same in the dialect of the columnar engine (Rust regex): a value that matches needs no cleaning.
# Its first character is none with which a formula may start.
CLEAN_PATTERN = r"^[!#-&(-*,./0-9:;<>?A-~가-힣][!-~가-힣]*(?: [!-~가-힣]+)*$"


def clean(value: str, *, lines: bool = False) -> tuple[str, list[Finding]]:
    """The value without stray characters, and what was strange about it. ``lines`` keeps line ends (paragraphs)."""
    if _CLEAN_ASCII.fullmatch(value):
        return value, []
    if (broken := _read_wrongly(value)) is not None:
        return broken, [Finding("text-broken", {}, broken)]
    findings: list[Finding] = []
    cleaned = _drop(value, _CONTROL, "text-control-character", findings)
    cleaned = _drop(cleaned, _HIDDEN, "text-hidden-character", findings)
    cleaned = _noted(cleaned, unicodedata.normalize("NFC", cleaned), "text-decomposed", findings)
    if _FULL_WIDTH.search(cleaned):
        cleaned = _noted(cleaned, cleaned.translate(_FULL_WIDTH_ALL), "text-full-width", findings)
    tidy = _tidy_lines(cleaned) if lines else _SPACES.sub(" ", cleaned).strip(" ")
    if tidy and tidy != cleaned:
        findings.append(Finding("text-spaces", {"what": _which_spaces(cleaned, lines=lines)}))
    return tidy, [finding._replace(suggestion=tidy) for finding in findings]


def _read_wrongly(value: str) -> str | None:
    """The text whose UTF-8 was read as Latin: "ì\x84\x9cì\x9a¸" is 서울. The controls in it show that it is none."""
    if not _C1.search(value):
        return None
    try:
        found = value.encode("latin-1").decode()
    except UnicodeError:
        return None
    return None if _CONTROL.search(found) or _HIDDEN.search(found) else found


def text_of(value: Any) -> str:
    """A JSON value as a cell: lists with ``;``, yes/no for true/false."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ";".join(text_of(item) for item in value)
    return msgspec.json.encode(value).decode() if isinstance(value, dict) else str(value)


def is_like_formula(value: str) -> bool:
    """Whether a spreadsheet program might run the text: it starts with ``=``, ``@``, or a sign and no number."""
    return bool(_FORMULA.match(value))


def _which_spaces(value: str, *, lines: bool) -> Text:
    """What of them is stray, as most of it cannot be seen."""
    found = [text for pattern, text in _STRAY if pattern.search(value)]
    if not lines and _LINE_END.search(value):
        found.insert(0, Text("줄바꿈", "a line break"))
    found = found or [Text("줄 앞뒤", "around lines")]
    return Text(", ".join(each.ko for each in found), ", ".join(each.en for each in found))


def _tidy_lines(value: str) -> str:
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_LINE_SPACES.sub(" ", line).rstrip(" ") for line in lines).strip()


def _drop(value: str, pattern: re.Pattern[str], code: str, findings: list[Finding]) -> str:
    found = sorted(set(pattern.findall(value)))
    if not found:
        return value
    names = ", ".join(f"U+{ord(character):04X}" for character in found[:5])
    findings.append(Finding(code, {"characters": names}))
    return pattern.sub("", value)


def _noted(before: str, after: str, code: str, findings: list[Finding]) -> str:
    if after != before:
        findings.append(Finding(code))
    return after
