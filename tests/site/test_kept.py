"""Parts of a page that are drawn once: by language and by what is named, and by nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.template import Context, Engine, engines
from django.utils import translation
from django.utils.html import strip_tags

from biomoa.site.kept import SaidOnce

PAGE = '{% kept "a part of a test" shown %}{% translate "Home" %} {{ shown }} {{ count.up }}{% endkept %}'


class Counted:
    def __init__(self) -> None:
        self.count = 0

    def up(self) -> int:
        self.count += 1
        return self.count


def drawn(page: Any, language: str, shown: str, count: Counted) -> str:
    with translation.override(language):
        return str(page.render(Context({"shown": shown, "count": count})))


def test_a_part_is_drawn_once_for_each_language_and_value() -> None:
    engine: Engine = engines["django"].engine
    page, count = engine.from_string(PAGE), Counted()
    assert drawn(page, "ko", "<b>", count) == "홈 &lt;b&gt; 1"
    assert drawn(page, "en", "<b>", count) == "Home &lt;b&gt; 2"
    assert drawn(page, "ko", "other", count) == "홈 other 3"
    assert drawn(page, "ko", "<b>", count) == "홈 &lt;b&gt; 1"
    assert count.count == 3


def test_a_page_without_a_station_does_not_stand_for_one_with_it() -> None:
    engine: Engine = engines["django"].engine
    page = engine.get_template("site/parts/footer.html")
    with translation.override("en"):
        bare = page.render(Context({}))
        named = page.render(Context({"station": {"name_ko": "가", "name_en": "B"}, "LANGUAGE_CODE": "en"}))
    assert "BioMoa" in bare
    assert bare != named


SAID = (
    '{% translate "Home" %}|{% translate word %}|{% translate "Home" as here %}{{ here }}'
    '|{% url "help" %}|{% url name %}'
)


def test_fixed_words_are_said_once_and_others_anew() -> None:
    engine: Engine = engines["django"].engine
    page = engine.from_string(SAID)
    once = page.nodelist.get_nodes_by_type(SaidOnce)
    assert len(once) == 2, "of what has a variable or is named, Django's own"
    for language, home in (("ko", "홈"), ("en", "Home"), ("ko", "홈")):
        with translation.override(language):
            said = page.render(Context({"word": "Home", "name": "search"}))
        assert said.split("|")[:3] == [home] * 3
        assert said.split("|")[3:] == ["/help/", "/search/"]
    assert [sorted(each.said) for each in once] == [["en", "ko"]] * 2
    with translation.override("en"):
        assert engine.from_string('{% translate "<b>&" %}').render(Context()) == "<b>&", "as Django: words of templates"


def test_a_day_is_that_of_the_station() -> None:
    engine: Engine = engines["django"].engine
    page = engine.from_string("{{ moment|day }}|{{ plain|day }}|{{ nothing|day }}")
    late = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)  # in Seoul it is the next day
    said = page.render(Context({"moment": late, "plain": date(2026, 11, 28), "nothing": None}))
    assert said.count("<time datetime=") == 2 and 'datetime="2026-11-29"' in said
    assert strip_tags(said) == "2026-11-29|2026-11-28|"
