"""What notices say, when mails go: functions of values."""

from __future__ import annotations

import json
import string
from datetime import UTC, date, datetime, timedelta
from email import message_from_string
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from hypothesis import example, given, settings
from hypothesis import strategies as st

from biomoa.notices import rules
from biomoa.notices.kinds import EVENTS, KINDS, kinds_of
from biomoa.notices.rules import PAUSES, Told, compose, is_due, next_try, one_line, say, topic_of

SOURCE = Path(rules.__file__).parents[1]
# What happenings.py puts into the facts.
FACTS = {"title", "code", "who", "center", "curator", "days", "way", "name", "file", "accession", "project", "group",
         "role", "kind", "value", "due", "outcome", "page", "subject"}  # fmt: skip
HOSTILE = "A\r\nBcc: all@example.org\r\n\r\n<script>{code}\u202e\x00\u2028끝"


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_says_what_is_next_and_by_when_in_both_languages(kind: rules.Kind) -> None:
    for text in (kind.said, kind.next, kind.by, kind.otherwise):
        assert text.ko.strip() and text.en.strip()
        assert fields(text.ko) | fields(text.en) <= FACTS
    assert fields(kind.url) <= FACTS and kind.url.startswith("/")
    for language in ("ko", "en"):
        for due in (None, date(2027, 1, 2)):
            said = say(Told(kind.name, dict.fromkeys(FACTS, "x"), due), language)
            assert said.what and said.next and said.by


def test_every_event_is_one_that_some_service_records() -> None:
    sources = "".join(path.read_text() for path in SOURCE.rglob("*.py") if "notices" not in path.parts)
    prefixes = {"record:withdrawn": 'f"record:{kind}"', "record:suppressed": 'f"record:{kind}"'}
    assert [event for event in EVENTS if prefixes.get(event, f'"{event}"') not in sources] == []
    assert len({kind.name for kind in KINDS}) == len(KINDS)


def test_the_days_and_the_reader_language() -> None:
    told = Told("accepted", {"title": "벼", "code": "SUB00000001"}, date(2027, 3, 1))
    assert "2027-03-01에 공개됩니다" in say(told, "ko").by
    assert say(told, "en").what == "“벼” (SUB00000001) was accepted and has its accessions."
    assert "no deadline" in say(Told("returned", {}), "en").by
    bilingual = Told("joined", {"who": {"ko": "김민지", "en": ""}, "group": {"ko": "연구실", "en": "Lab"}})
    assert "김민지" in say(bilingual, "en").what and "Lab" in say(bilingual, "en").what


@settings(deadline=None)
@given(st.text())
@example(HOSTILE)
def test_no_title_breaks_a_line_or_a_header(title: str) -> None:
    told = Told("returned", {"title": title, "code": "SUB00000001", "quote": title})
    subject, body = compose([(1, told), (2, told)], "ko", f"Station {title}", "https://s.example.org")
    assert "\n" not in subject and "\r" not in subject and len(subject) <= rules.SUBJECT_SIGNS
    sent = EmailMessage(subject, body, "a@example.org", ["b@example.org"]).message().as_string()
    assert (
        message_from_string(sent).keys()
        == message_from_string(EmailMessage("s", "b", "a@example.org", ["b@example.org"]).message().as_string()).keys()
    )
    assert json.loads(json.dumps(one_line(title))).splitlines() in ([], [one_line(title)])


def test_a_hostile_title_is_words_and_no_template() -> None:
    said = say(Told("returned", {"title": HOSTILE, "code": "SUB00000001"}), "en")
    assert said.what == "“A Bcc: all@example.org <script>{code} 끝” (SUB00000001) was returned to you."


def test_many_notices_make_one_mail_that_names_the_rest() -> None:
    notices = [(key, Told("released", {"title": f"T{key}", "code": "S"})) for key in range(1, 81)]
    subject, body = compose(notices, "ko", "스테이션", "https://s.example.org")
    assert subject == "[스테이션] ‘T1’(S) 자료가 공개되었습니다. (외 79건)"
    assert body.count("- 언제까지:") == rules.MOST_IN_A_MAIL
    assert "그 밖에 30건이 있습니다: https://s.example.org/notices/\n" in body
    long = compose([(1, Told("released", {"title": "가" * 400}))], "en", "Station", "https://s")[0]
    assert len(long) == rules.SUBJECT_SIGNS and long.endswith("…")


def test_when_mails_go() -> None:
    morning = datetime(2027, 1, 2, 8, 0, tzinfo=UTC)
    assert is_due("now", morning, None) and not is_due("none", morning, None)
    assert is_due("daily", morning, None) and is_due("daily", morning, date(2027, 1, 1))
    assert not is_due("daily", morning, date(2027, 1, 2))
    assert not is_due("daily", morning - timedelta(minutes=1), None)
    tries = [next_try(attempts, morning) for attempts in range(1, len(PAUSES) + 2)]
    assert tries[0] == morning + timedelta(minutes=1) and tries[-1] is None
    assert sum(PAUSES, timedelta()) > timedelta(days=1)


def test_what_comes_in_numbers_is_told_once_in_ten_minutes() -> None:
    (failed,), (returned,) = kinds_of("file:inspected"), kinds_of("submission:returned")
    at = ("2027-01-02T03:14:00.000000Z", "2027-01-02T03:19:59.000000Z", "2027-01-02T03:20:00.000000Z")
    topics = [topic_of(failed, seq, "SUB00000001", moment) for seq, moment in enumerate(at, 1)]
    assert topics[0] == topics[1] != topics[2]
    assert topic_of(failed, 1, "SUB00000002", at[0]) != topics[0]
    assert [topic_of(returned, seq, "SUB00000001", at[0]) for seq in (1, 2)] == ["1", "2"]
