"""Pages without a browser: errors, home, display settings, forms, texts."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from biomoa.forms.library import Library
from biomoa.people.models import User
from biomoa.records.library import catalogue
from biomoa.site import queries
from biomoa.site.errors import ErrorPages, server_error
from biomoa.site.home import bars
from biomoa.site.limits import too_many
from biomoa.site.queries import month_starts
from biomoa.site.samples import SampleForm
from biomoa.site.templatetags.krds import file_size, page_window

ROOMS = Path(__file__).parents[2] / "biomoa"


def test_server_errors_need_no_database() -> None:
    request = RequestFactory().get("/")
    for language, word in (("ko", "문제가 생겼습니다"), ("en", "Something went wrong")):
        with translation.override(language):
            answer = server_error(request)
            assert answer.status_code == 500
            assert word in answer.content.decode()
    try:
        raise OperationalError("database is locked")
    except OperationalError:
        answer = server_error(request)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


@pytest.mark.parametrize("name", ["OperationalError", "InterfaceError"])
def test_an_error_of_the_driver_itself_is_a_database_that_is_away_too(name: str) -> None:
    """Django does not wrap what closing a cursor of the server raises (``QuerySet.iterator`` on a broken line)."""
    try:
        raise getattr(connection.Database, name)("server closed the connection unexpectedly")
    except connection.Database.Error:
        answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 503


@pytest.mark.django_db
@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 429])
@pytest.mark.parametrize(("language", "way"), [("ko", "가기"), ("en", "Go to")])
def test_a_bare_error_gets_a_page_that_tells_the_way_on(status: int, language: str, way: str) -> None:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpResponse

    pages = ErrorPages(lambda _request: HttpResponse(status=status, headers={"Allow": "POST"}))
    request = RequestFactory().get("/help/", headers={"Accept": "text/html"})
    request.user = AnonymousUser()
    with translation.override(language):
        answer = pages(request)
    assert answer.status_code == status
    assert answer.headers["Allow"] == "POST"
    text = answer.content.decode()  # type: ignore[attr-defined]
    assert str(status) in text
    assert 'class="button button-primary"' in text
    assert way in text


def test_a_program_gets_the_bare_error() -> None:
    from django.http import HttpResponse

    bare = HttpResponse(status=409)
    assert ErrorPages(lambda _request: bare)(RequestFactory().get("/", headers={"Accept": "application/json"})) is bare


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
class TestPages:
    def test_home_of_an_empty_station(self, client: Any) -> None:
        for language, word in (("ko", "아직 공개된 데이터가 없습니다"), ("en", "No record is public yet")):
            page = client.get("/", headers={"Accept-Language": language})
            assert page.status_code == 200
            assert word in page.content.decode()

    @pytest.mark.parametrize("address", ["/forms/", "/account/password/reset/"])
    def test_no_sender_says_where_addresses_begin(self, address: str) -> None:
        """An address that is drawn once for everybody would begin with what one sender told (``site.kept``)."""
        station = WSGIHandler()
        for told in ("/evil", ""):
            environ = RequestFactory().get(address, SCRIPT_NAME=told).environ
            page = b"".join(station(environ, lambda *_: None)).decode()
            assert 'lang="ko"' in page and "/evil" not in page

    @pytest.mark.parametrize("address", ["/", "/help/", "/search/", "/forms/", "/rules/"])
    def test_head_is_answered_as_get(self, client: Any, address: str) -> None:
        assert client.head(address).status_code == 200

    def test_display_is_kept_and_returns_home_from_elsewhere(self, client: Any) -> None:
        answer = client.post("/display/", {"contrast": "high", "size": "huge", "next": "https://evil.example/"})
        assert answer.headers["Location"] == "/"
        assert answer.cookies["biomoa_contrast"].value == "high"
        assert "biomoa_size" not in answer.cookies
        assert "contrast-high" in client.get("/help/").content.decode()
        client.cookies["biomoa_contrast"] = '"><script>'
        assert "contrast-normal" in client.get("/help/").content.decode()

    def test_the_desk_stands_in_the_menu_of_curators_only(self, client: Any) -> None:
        assert 'href="/desk/"' not in client.get("/help/").content.decode()
        client.force_login(
            User.objects.create_user("a@b.kr", "x", is_staff=True), "django.contrib.auth.backends.ModelBackend"
        )
        assert 'href="/desk/"' in client.get("/help/").content.decode()

    def test_the_style_page_is_for_the_demonstration(self, client: Any, settings: Any) -> None:
        import msgspec

        assert client.get("/style/").status_code == 200
        home = settings.BIOMOA_HOME
        settings.BIOMOA_HOME = msgspec.structs.replace(
            home, station=msgspec.structs.replace(home.station, demonstration=False)
        )
        assert client.get("/style/").status_code == 404


def test_forms_are_drawn_in_the_house_style(settings: Any) -> None:
    settings.FORM_RENDERER = "biomoa.site.renderer.KrdsRenderer"
    from django.forms.renderers import get_default_renderer

    get_default_renderer.cache_clear()
    try:
        with translation.override("ko"):
            text = str(SampleForm({"title": ""}))
    finally:
        get_default_renderer.cache_clear()
    assert "error-summary" in text
    assert 'aria-describedby="id_title_helptext id_title_error"' in text
    assert '<span class="required">필수</span>' in text


def test_every_part_says_what_it_needs() -> None:
    for part in sorted((ROOMS / "site/templates/site/parts").glob("*.html")):
        if part.name == "station_name.html":
            continue
        assert "{% comment %}" in part.read_text(encoding="utf-8").splitlines()[0], part.name


def test_every_part_stands_in_the_docs() -> None:
    said = (ROOMS.parent / "docs/developers/pages.md").read_text(encoding="utf-8")
    for part in (ROOMS / "site/templates/site/parts").glob("*.html"):
        assert f"`{part.name}`" in said, part.name


@pytest.mark.parametrize("room", ["site", "search"])
def test_every_text_is_said_in_korean(room: str) -> None:
    text = (ROOMS / room / "locale/ko/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    for entry in text.split("\n\n")[1:]:
        assert not entry.rstrip().endswith('msgstr ""'), entry
        assert "fuzzy" not in entry, entry


def test_no_template_has_inline_style_or_script() -> None:
    for template in ROOMS.glob("*/templates/**/*.html"):
        text = template.read_text(encoding="utf-8")
        assert " style=" not in text, template
        assert " onclick=" not in text, template
        assert "<script>" not in text, template


@pytest.mark.parametrize(
    ("size", "said"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KB"), (5 * 1024**3, "5.0 GB"), (2**60, "1024 PB")]
)
def test_sizes(size: int, said: str) -> None:
    assert file_size(size) == said


def test_page_numbers() -> None:
    assert list(page_window(1, 1)) == [1]
    assert list(page_window(6, 20)) == [1, None, 4, 5, 6, 7, 8, None, 20]


def test_months_reach_over_the_year() -> None:
    starts = month_starts(datetime(2026, 2, 10, tzinfo=UTC), 3)
    assert [f"{each:%Y-%m-%d}" for each in starts] == ["2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01"]


@pytest.mark.django_db
def test_numbers_of_another_catalogue_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test reads must not be left to the next; a running station has one catalogue."""
    foreign = queries.Numbers([queries.FormCount("moon-rock", "moon-rock", 1)], 0, 0, [])
    monkeypatch.setattr(queries, "_kept", {"numbers": (time.monotonic(), Library(catalogue(), {}, {}), foreign)})
    assert queries.numbers() != foreign
    kept = queries.numbers()
    assert queries.numbers() is kept


def test_bars_stay_in_the_drawing() -> None:
    chart = bars([(datetime(2026, month, 1, tzinfo=UTC), value) for month, value in ((1, 0), (2, 5), (3, 10))])
    assert [bar.height for bar in chart.bars] == [0, 88, 176]
    assert all(0 <= bar.x <= chart.width - bar.width and bar.y >= 0 for bar in chart.bars)


def test_the_last_words_need_nothing_at_all(settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    settings.STATIC_ROOT = "/nowhere"
    answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "다시 시도해 주세요" in answer.content.decode()


@pytest.mark.parametrize("answer", [server_error, too_many])
@pytest.mark.parametrize(
    ("cookies", "look"),
    [
        ({"biomoa_contrast": "high", "biomoa_size": "xlarge"}, "contrast-high size-xlarge"),
        ({"biomoa_size": '"><script>'}, "contrast-normal size-medium"),
    ],
)
def test_plain_pages_follow_how_the_reader_wants_them_shown(
    answer: Callable[[HttpRequest], HttpResponse], cookies: dict[str, str], look: str
) -> None:
    request = RequestFactory().get("/", headers={"accept": "text/html"})
    request.COOKIES |= cookies
    assert f'class="{look}"' in answer(request).content.decode()[:300]


def test_plain_pages_draw_without_context() -> None:
    assert "500" in render_to_string("500.html")
