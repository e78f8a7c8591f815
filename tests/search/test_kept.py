"""Kept answers: the same question of the same commit is answered once; a new commit forgets the answers before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from biomoa.search import asking, services
from biomoa.search.answers import Results
from biomoa.search.kept import Kept
from biomoa.search.store import Reader, Store
from tests.search.conftest import source


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    made = Reader(tmp_path / "index")
    monkeypatch.setattr(services, "_reader", lambda: made)
    return made


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was really looked up in the index."""
    done: list[Any] = []
    run = asking.run

    def counted(*given: Any, **named: Any) -> Any:
        done.append(given)
        return run(*given, **named)

    monkeypatch.setattr(asking, "run", counted)
    return done


@pytest.mark.usefixtures("reader")
def test_a_question_is_looked_up_once_for_a_commit(fill: Callable[..., Any], runs: list[Any]) -> None:
    fill(source(1, "Rice roots"))
    first, second = services.search("rice"), services.search("rice")
    assert first == second and first.total == 1 and len(runs) == 1


@pytest.mark.usefixtures("reader")
def test_a_new_commit_is_seen_at_once(store: Store, fill: Callable[..., Any]) -> None:
    fill(source(1, "Rice roots"))
    assert services.search("rice").total == 1
    with store.writing():
        store.write(9, ("KAP000001",), (), head=9)
    assert services.search("rice").total == 0


@pytest.mark.usefixtures("reader")
def test_other_language_filters_and_pages_are_other_questions(fill: Callable[..., Any], runs: list[Any]) -> None:
    fill(source(1, "Rice roots"))
    korean, english = services.search("rice", language="ko"), services.search("rice", language="en")
    assert korean.results[0].center != english.results[0].center
    services.search("rice", types=["biosample"])
    services.search("rice", size=50)
    assert len(runs) == 4


def test_only_the_answers_asked_for_last_are_kept() -> None:
    kept = Kept(most=2)
    for name in ("a", "b"):
        kept.keep(name, Results(query=name))
    kept.find("a")
    kept.keep("c", Results(query="c"))
    assert kept.find("b") is None and kept.find("a") == Results(query="a")
