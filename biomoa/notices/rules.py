"""What a notice says, to whom a mail goes and when it is tried again. Functions of values: no Django, no clock."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from biomoa.catalog.model import Text
from biomoa.notices.kinds import KIND, Kind

Fact = str | Mapping[str, str]
Delivery = Literal["now", "daily", "none"]
DELIVERIES: Mapping[str, Text] = {
    "now": Text(ko="바로 보내기", en="At once"),
    "daily": Text(ko="하루에 한 번 모아 보내기(오전 8시)", en="Once a day, together (at 8 in the morning)"),
    "none": Text(ko="이메일로 받지 않기", en="No e-mail"),
}
DIGEST_HOUR = 8
SUBJECT_SIGNS = 150
MOST_IN_A_MAIL = 50
QUOTE_SIGNS = 1_000
# After the first, second, ... try that failed: two days in all, so that a mail server may be away over a night.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))


class Said(msgspec.Struct, frozen=True):
    """A notice in the reader's language: one line each; ``quote`` are words of a person, perhaps several lines."""

    what: str
    next: str
    by: str
    quote: str
    url: str  # of the thing, from the root of the station


class Told(msgspec.Struct, frozen=True):
    """A notice as it was stored."""

    kind: str
    facts: Mapping[str, Fact]
    due: date | None = None


def topic_of(kind: Kind, seq: int, subject: str, at: str) -> str:
    """What a person hears of once: the entry, or ten minutes of such entries about one thing."""
    return f"{kind.name}:{subject}:{at[:15]}" if kind.collects else str(seq)


def say(told: Told, language: str) -> Said:
    """The texts of a notice. What people wrote (titles, names) becomes one line without signs that do not show."""
    kind = KIND[told.kind]
    facts = defaultdict(str, {name: one_line(_in(fact, language)) for name, fact in told.facts.items()})
    facts["due"] = told.due.isoformat() if told.due else ""
    by = kind.by if told.due else kind.otherwise
    what, following, until = (text.in_(language).format_map(facts) for text in (kind.said, kind.next, by))
    quote = some_lines(_in(told.facts.get("quote", ""), language))
    return Said(what, following, until, quote, kind.url.format_map(facts))


def _in(fact: Fact, language: str) -> str:
    if isinstance(fact, str):
        return fact
    return fact.get(language) or next(filter(None, fact.values()), "")


def one_line(text: str) -> str:
    """No line break, control or direction sign: nothing that could begin a header or turn a line round."""
    return " ".join("".join(_shown(sign) for sign in text).split())


def some_lines(text: str) -> str:
    return "\n".join(line for line in map(one_line, text.splitlines()) if line)[:QUOTE_SIGNS]


def _shown(sign: str) -> str:
    # Cc control, Cf direction and width (the joiner of emoji is lost with them), Cs half signs, Zl and Zp line ends.
    return " " if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") else sign


def is_due(delivery: str, now: datetime, digest_on: date | None) -> bool:
    """May a mail be made now? ``now`` is the station's local time; a digest once a day, from eight o'clock on."""
    if delivery == "daily":
        return now.hour >= DIGEST_HOUR and digest_on != now.date()
    return delivery == "now"


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When a mail that failed so often is tried again; None: it is parked."""
    return now + PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def compose(notices: Sequence[tuple[int, Told]], language: str, station: str, address: str) -> tuple[str, str]:
    """Subject and plain text of a mail about one notice or several (key, notice): what asks for something first."""
    ordered = sorted(notices, key=lambda each: KIND[each[1].kind].urgency != "act")
    said = [(key, say(told, language)) for key, told in ordered[:MOST_IN_A_MAIL]]
    first = said[0][1].what
    more = len(notices) - 1
    also = Text(ko=f" (외 {more}건)", en=f" (and {more} more)").in_(language) if more else ""
    room = SUBJECT_SIGNS - len(also)
    subject = f"[{one_line(station)}] {first}"
    subject = (subject if len(subject) <= room else subject[: room - 1] + "…") + also
    parts = [_part(each, f"{address}/notices/{key}/", language) for key, each in said]
    if left := len(notices) - len(said):
        parts.append(
            Text(ko=f"그 밖에 {left}건이 있습니다: ", en=f"{left} more: ").in_(language) + f"{address}/notices/"
        )
    return subject, "\n\n".join([*parts, _foot(language, one_line(station), address)]) + "\n"


def _part(said: Said, address: str, language: str) -> str:
    labels = Text(ko="다음에 할 일|언제까지|바로 가기", en="Next|By when|Open").in_(language).split("|")
    lines = [said.what, *(f"> {line}" for line in said.quote.splitlines())]
    lines += [f"- {label}: {value}" for label, value in zip(labels, (said.next, said.by, address), strict=True)]
    return "\n".join(lines)


def _foot(language: str, station: str, address: str) -> str:
    return Text(
        ko=f"--\n{station}에서 보낸 알림입니다. 받는 방법 바꾸기: {address}/notices/settings/",
        en=f"--\nA notice from {station}. Change how you receive them: {address}/notices/settings/",
    ).in_(language)
