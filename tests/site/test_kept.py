"""Parts of a page that are drawn once: by language and by what is named, and by nothing else."""

from __future__ import annotations

from typing import Any

from django.template import Context, Engine, engines
from django.utils import translation

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
