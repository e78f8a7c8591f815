"""Dates: ISO 8601 of four precisions (year, month, day, time), ranges with "/", and corrections of other spellings."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from biomoa.forms.findings import Finding

_ISO = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?P<zone>Z|[+-]\d\d:?\d\d)?)?)?)?"
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
            "aug august", "sep sept september", "oct october", "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_WORD = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YMD = re.compile(
    r"(\d{4})\s*[-./년\s]\s*(\d{1,2})(?:\s*[-./월\s]\s*(\d{1,2}))?\s*[일월.]?(?:\s*\([월화수목금토일]\))?"
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_YEAR = re.compile(r"(\d{4})\s*년")
_DAY_WORD_YEAR = re.compile(rf"(?:(\d{{1,2}})(?:st|nd|rd|th)?[\s./-]*)?({_WORD})\.?[\s,./-]*(\d{{4}})", re.I)
_WORD_DAY_YEAR = re.compile(rf"({_WORD})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})", re.I)
_YEAR_WORD_DAY = re.compile(rf"(\d{{4}})[\s./-]*({_WORD})\.?(?:[\s./-]*(\d{{1,2}}))?", re.I)
_DMY = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")
_TIME = re.compile(
    r"(.*?\S)(?:T|\s+)(오전|오후|[ap]m\s)?\s*(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*"
    r"([ap]m)?\s*(Z|[+-]\d\d:?\d\d)?",
    re.I,
)
_SHORT_YEAR = re.compile(r"['‘’`](\d\d)(?=[-./년\s]\s*\d{1,2}[-./월\s])")  # "'24.3.5" leaves the century out
_REST = re.compile(r"(?:(\d{1,2})\s*[-./월]\s*)?(\d{1,2})\s*[일.]?")  # of the end of a range: "2024.3.5 ~ 3.10"
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(18264, 73051)  # 1950-01-01 to 2099-12-31: outside, a five-digit number is no date


def check_date(value: str, *, allow_range: bool, latest: date | None = None) -> list[Finding]:
    """Findings about a date; INSDC collection_date, ISO 8601-1 sections 4.2, 4.3 and 4.4 (interval).

    A date after ``latest`` is a warning.
    """
    found = _check_form(value, allow_range)
    return [Finding("date-future")] if not found and latest is not None and _is_after(value, latest) else found


def last_day() -> date:
    """The latest day that has begun somewhere on earth: a sample may come from east of here."""
    return date.today() + timedelta(days=1)


def _is_after(value: str, latest: date) -> bool:
    """Whether the end of a good date or range lies after the day, at the precision that is written."""
    end = value.split("/")[-1][:10]
    return end > latest.isoformat()[: len(end)]


def _check_form(value: str, allow_range: bool) -> list[Finding]:
    parts = value.split("/")
    if allow_range and len(parts) == 2 and all(_ISO.fullmatch(part) for part in parts):
        return _check_range(parts[0], parts[1])
    if _ISO.fullmatch(value):
        return [] if is_real(value) else [Finding("date-impossible")]
    suggestion = _suggest(value, allow_range)
    if suggestion is None and _is_unreal(value):
        return [Finding("date-impossible")]
    return [Finding("date-form", _form_facts(allow_range), suggestion)]


def _is_unreal(value: str) -> bool:
    """Whether it is a day of a month in another spelling, as 31/02/2024, that the month does not have."""
    readings = [
        (int(match[order.index("y") + 1]), _month(match[order.index("m") + 1]), int(match[order.index("d") + 1]))
        for pattern, order in (*_SPELLINGS[1:], (_DMY, "dmy"), (_DMY, "mdy"))
        if (match := pattern.fullmatch(value)) and len(order) == 3 and all(match.groups())
    ]
    of_months = [each for each in readings if each[1] in range(1, 13) and each[2] in range(1, 32)]
    return bool(of_months) and not any(is_real(f"{year}-{month:02d}-{day:02d}") for year, month, day in of_months)


def is_real(value: str) -> bool:
    """Whether an ISO date of any precision exists in the calendar."""
    match = _ISO.fullmatch(value)
    if not match:
        return False
    year, month, day = (int(match[name] or 1) for name in ("year", "month", "day"))
    if not (1 <= month <= 12 and year >= 1 and 1 <= day <= monthrange(year, month)[1]):
        return False
    return int(match["hour"] or 0) < 24 and int(match["minute"] or 0) < 60 and int(match["second"] or 0) < 60


def is_before(first: str, second: str) -> bool | None:
    """Whether ``first`` is surely not after ``second`` at their common precision; None when one is no date."""
    first, second = first.split("/")[0], second.split("/")[-1]
    if not (is_real(first) and is_real(second)):
        return None
    common = min(len(first), len(second), 10)
    return first[:common] <= second[:common]


def suggest_date(value: str) -> str | None:
    """ISO 8601 for a date in another usual spelling; None where it would be a guess (03/04/2024)."""
    value = _SHORT_YEAR.sub(_with_century, value)
    return _day(value) or _timed(value) or _serial(value)


def _with_century(match: re.Match[str]) -> str:
    year = int(match[1])
    return str(2000 + year if 2000 + year <= last_day().year else 1900 + year)


def _day(value: str) -> str | None:
    if _ISO.fullmatch(value):
        return value if is_real(value) else None
    for pattern, order in _SPELLINGS:
        match = pattern.fullmatch(value)
        if match:
            return _iso(dict(zip(order, match.groups(), strict=True)))
    return _day_first(value)


_SPELLINGS = (
    (_COMPACT, "ymd"),
    (_YMD, "ymd"),
    (_YEAR, "y"),
    (_DAY_WORD_YEAR, "dmy"),
    (_WORD_DAY_YEAR, "mdy"),
    (_YEAR_WORD_DAY, "ymd"),
)


def _form_facts(allow_range: bool) -> dict[str, str]:
    text = ", 2024-01/2024-03" if allow_range else ""
    return {"range_ko": text, "range_en": text}


def _check_range(first: str, second: str) -> list[Finding]:
    if not (is_real(first) and is_real(second)):
        return [Finding("date-impossible")]
    if is_before(first, second):
        return []
    return [Finding("date-range-order", {}, f"{second}/{first}")]


def _suggest(value: str, allow_range: bool) -> str | None:
    whole = suggest_date(value)
    if whole or not allow_range:
        return whole
    halves = re.split(r"\s*[~〜–—]\s*|\s+(?:to|-|/)\s+|/", value, maxsplit=1, flags=re.I)
    if len(halves) != 2:
        return None
    ends = [half if is_real(half) else suggest_date(half) for half in halves]
    if ends[0] and not ends[1]:
        ends[1] = _like_start(ends[0], halves[1])
    if None in ends or not is_before(*ends):  # type: ignore[arg-type]
        return None
    return f"{ends[0]}/{ends[1]}"


def _like_start(start: str, end: str) -> str | None:
    """The end of a range that leaves out the year, or year and month, of its start."""
    match = _REST.fullmatch(end)
    if not match or len(start) != len("2024-03-05"):
        return None
    return _iso({"y": start[:4], "m": match[1] or start[5:7], "d": match[2]})


def _month(text: str) -> int:
    """Its number; 0 for none."""
    return int(text) if text.isdigit() else _MONTHS.get(text.lower(), 0)


def _iso(parts: dict[str, str | None]) -> str | None:
    year, month, day = parts.get("y"), parts.get("m"), parts.get("d")
    number = _month(month) if month else None
    text = f"{year}" + (f"-{number:02d}" if number is not None else "") + (f"-{int(day):02d}" if day else "")
    return text if is_real(text) else None


def _timed(value: str) -> str | None:
    match = _TIME.fullmatch(value)
    if not match:
        return None
    written, before, clock, minute, second, after, zone = match.groups()
    day, half = _day(written), (before or after or "").strip().lower()
    if day is None or len(day) != len("2024-03-05") or (half and not 1 <= int(clock) <= 12):
        return None
    hour = int(clock) % 12 + 12 * (half in ("오후", "pm")) if half else int(clock)
    if (hour, int(minute), int(second or 0)) == (0, 0, 0) and not zone:
        return day  # a spreadsheet's date cell, not a measured midnight
    text = f"{day}T{hour:02d}:{minute}" + (f":{second}" if second else "") + (zone or "").upper()
    return text if is_real(text) else None


def _day_first(value: str) -> str | None:
    match = _DMY.fullmatch(value)
    if not match:
        return None
    first, second, year = (int(part) for part in match.groups())
    if first > 12 >= second or first == second:
        return _iso({"y": str(year), "m": str(second), "d": str(first)})
    return _iso({"y": str(year), "m": str(first), "d": str(second)}) if second > 12 >= first else None


def _serial(value: str) -> str | None:
    match = _SERIAL.fullmatch(value)
    if not match or int(match[1]) not in _SERIALS:
        return None
    return (_EXCEL_EPOCH + timedelta(days=int(match[1]))).isoformat()
