"""Numbers as text: plain decimal notation, their limits, and corrections of thousands commas and units."""

from __future__ import annotations

import re
from collections.abc import Callable

from biomoa.catalog.model import Text
from biomoa.forms.findings import Finding
from biomoa.forms.model import Field

NUMBER_PATTERN = r"^-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,15})?$"
INTEGER_PATTERN = r"^-?(?:0|[1-9][0-9]{0,17})$"
_NUMBER = re.compile(NUMBER_PATTERN.strip("^$"))
_INTEGER = re.compile(INTEGER_PATTERN.strip("^$"))
_WITH_UNIT = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,2})?)\s*(.*)")
_GROUPED = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")  # "12 000", as the SI writes it
_BELOW_ZERO = re.compile(r"(?:섭씨\s*)?영하\s*(?=\d)")
_CELSIUS = re.compile(r"섭씨\s*(?=[\d+-])")
_SHOWN_UNITS = {
    "Cel": "°C", "um": "µm", "ug": "µg", "uL": "µL", "[ppm]": "ppm", "1": "", "/m2": "/m²", "kg/m2": "kg/m²",
}  # fmt: skip
_UNITS = (  # UCUM code, then what people write
    "Cel °c ℃ c 도 degc celsius", "um µm μm micrometer micron 마이크로미터", "mm 밀리미터", "cm 센티미터 센치",
    "m 미터 meter meters metre metres", "km 킬로미터", "kg 킬로그램",
    "g 그램 gram grams gr", "mg 밀리그램", "ng 나노그램", "ug µg μg",
    "mL ml 밀리리터 cc", "L l 리터 liter litre", "uL µl μl ul",
    "% 퍼센트 percent pct", "a y yr yrs year years 세 년 살",
    "mo mon mos month months 개월 달 개월령 월령", "wk w wks week weeks 주 주령",
    "d day days 일 일령", "h hr hrs hour hours 시간", "min minutes minute 분",
    "s sec secs second seconds 초", "bp nt base bases 염기 {bp} [bp]", "kb kbp", "1 개 ea",
)  # fmt: skip


def check_number(value: str, field: Field) -> list[Finding]:
    """Findings about a number or an integer: form, then the limits of the field (in its unit)."""
    whole = field.type == "integer"
    if not (_INTEGER if whole else _NUMBER).fullmatch(value):
        unit = shown_unit(field.unit)
        facts = {"unit": Text(f"({unit})", f" ({unit})") if unit else ""}
        return [Finding("integer-form" if whole else "number-form", facts, suggest_number(value, field))]
    return [] if is_within(float(value), field) else [Finding("number-range", _range_facts(field))]


def is_within(number: float, field: Field) -> bool:
    above = field.minimum is None or number >= field.minimum
    return above and (field.maximum is None or number <= field.maximum)


def suggest_number(value: str, field: Field) -> str | None:
    """The plain number in the field's unit, if nothing has to be guessed or converted."""
    match = _WITH_UNIT.fullmatch(_bare(value, field.unit))
    if not match or not re.search(r"\d", match[1]) or not _is_unit(match[2].strip(), field.unit):
        return None
    number = _plain(match[1].replace(",", "").lstrip("+"))
    if field.type == "integer":
        number = number.removesuffix(".0")
    return number if (_INTEGER if field.type == "integer" else _NUMBER).fullmatch(number) else None


def shown_unit(unit: str) -> str:
    """A unit as people write it; forms name it by its UCUM code."""
    return _SHOWN_UNITS.get(unit, unit)


def with_known_unit(value: str, is_right: Callable[[str], bool]) -> str | None:
    """A number with the name of its unit by which the text is right: "8 weeks" for "8주" and "8wks"."""
    match = _WITH_UNIT.fullmatch(value)
    if not match or not match[1]:
        return None
    written = match[2].strip(" .()[]").casefold()
    names = [row.split() for row in _UNITS if written in row.casefold().split()]
    if len(names) != 1:
        return None
    number = match[1].replace(",", "")
    longest_first = sorted(filter(str.isascii, names[0]), key=len, reverse=True)
    known = sorted(longest_first, key=lambda name: (number == "1") == name.endswith("s"))
    return next((text for name in known if is_right(text := f"{number} {name}")), None)


def _bare(value: str, unit: str) -> str:
    """Without the words and the groups of digits that a habit puts around a number."""
    value = _GROUPED.sub("", value.replace("−", "-"))
    return _CELSIUS.sub("", _BELOW_ZERO.sub("-", value)) if unit == "Cel" else value


def _plain(text: str) -> str:
    number = float(text)
    if "e" in text.lower():
        return f"{number:.15f}".rstrip("0").rstrip(".")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, point, decimals = digits.partition(".")
    whole = whole.lstrip("0") or "0"
    if set(decimals) <= {"0"}:
        return f"{sign}{whole}"
    return f"{sign}{whole}{point}{decimals}"


def _is_unit(written: str, unit: str) -> bool:
    if not written:
        return True
    names = {unit.casefold()}
    for row in _UNITS:
        code, *others = row.split()
        if unit == code or unit.casefold() in others:
            names |= {code.casefold(), *others}
    return written.casefold().strip(" .()[]") in names


def _range_facts(field: Field) -> dict[str, str]:
    low = "" if field.minimum is None else f"{field.minimum:g}"
    high = "" if field.maximum is None else f"{field.maximum:g}"
    return {"expected": f"{low} – {high}".strip(), "unit": f" {shown_unit(field.unit)}" if field.unit else ""}
