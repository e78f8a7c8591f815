"""What was taken out of a record because it identifies a person is in no file of the index, and in no suggestion."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from biomoa.ledger.followers import follow, lag, rebuild
from biomoa.records.models import Record, Submission, Version
from biomoa.search import services, today
from biomoa.search.followers import follower
from tests.search.test_follower import found, project, submission, tell  # noqa: F401
from tests.site.conftest import demonstration  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]
WORD = "홍길동의가계"


def _folders() -> list[Path]:
    return sorted(path for path in Path(settings.BIOMOA_HOME.index).iterdir() if path.name.isdigit())


def _is_in_files() -> bool:
    files = [path for path in Path(settings.BIOMOA_HOME.index).rglob("*") if path.is_file()]
    return any(word in path.read_bytes() for path in files for word in (WORD.encode(), b"4234567"))


def _made(submission: Submission) -> None:  # noqa: F811
    for number in range(1, 15):
        project(submission, number, f"{WORD} 880101-4234567" if number == 7 else f"과제 {number}")
    tell("record:released", *(f"KAP{number:06d}" for number in range(1, 15)))
    assert found(WORD) == ["KAP000007"] and services.suggest(WORD[:2]) and _is_in_files()


def _blank() -> None:
    Record.objects.filter(accession="KAP000007").update(title="[redacted]")
    Version.objects.filter(record__accession="KAP000007").update(values={"title": "[redacted]"})


def test_nothing_of_a_blanked_field_is_left(submission: Submission) -> None:  # noqa: F811
    _made(submission)
    before = _folders()
    _blank()
    tell("record:redacted", "KAP000007")
    assert found(WORD) == found("4234567") == [] and services.suggest(WORD[:2]) == []
    assert not _is_in_files()
    assert len(found()) == 14 and lag(follower()) == 0
    assert _folders() != before and len(_folders()) == 1


def test_the_index_is_made_anew_once_for_each(submission: Submission) -> None:  # noqa: F811
    _made(submission)
    _blank()
    tell("record:redacted", "KAP000007")
    once = _folders()
    tell("record:revised", "KAP000008")
    assert follow(follower()) == 0 and _folders() == once
    rebuild(follower())
    assert len(_folders()) == 1 and len(found()) == 14


def test_a_crash_before_the_new_index_is_begun_costs_nothing(
    submission: Submission,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _made(submission)
    _blank()
    with monkeypatch.context() as patch:
        patch.setattr("biomoa.search.store.Store.wipe", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tell("record:redacted", "KAP000007")
    assert found(WORD) == [], "it is not found in the meantime"
    follow(follower())
    assert not _is_in_files() and len(found()) == 14


def test_a_withdrawn_record_is_neither_found_nor_suggested(submission: Submission) -> None:  # noqa: F811
    _made(submission)
    Record.objects.filter(accession="KAP000007").update(state="withdrawn")
    tell("record:withdrawn", "KAP000007")
    assert found(WORD) == found("4234567") == [] and services.suggest(WORD[:2]) == []


def test_while_no_worker_comes_no_word_of_a_withdrawn_record_is_offered(submission: Submission) -> None:  # noqa: F811
    _made(submission)
    project(submission, 15, "Zymomonas alone")
    tell("record:released", "KAP000015")
    assert services.suggest("zymo") == ["zymomonas"] and today.search("zymomonos").did_you_mean == "zymomonas"
    Record.objects.filter(accession__in=("KAP000007", "KAP000015")).update(state="withdrawn")
    assert services.suggest(WORD[:2]) == services.suggest("zymo") == []
    assert today.search("zymomonos").did_you_mean == "" and services.suggest("과제") == ["과제"]


def test_words_of_a_record_that_changed_are_offered_again_when_the_index_follows(submission: Submission) -> None:  # noqa: F811
    _made(submission)
    Record.objects.filter(accession="KAP000007").update(changed_at=timezone.now())
    assert services.suggest(WORD[:2]) == [], "it may have been blanked"
    tell("record:revised", "KAP000007")
    assert services.suggest(WORD[:2]) == [WORD]
