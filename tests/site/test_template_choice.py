"""A template is downloaded for one sample package, from the pages of the forms and of a submission."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client

from biomoa.records import services
from biomoa.records.library import catalogue, library
from tests.records.test_reviewing_pages import client_of
from tests.records.world import make_world

KOREAN: dict[str, Any] = {"headers": {"accept-language": "ko"}}
CHOICE = re.compile(r'<form method="get" action="/forms/template.xlsx".*?</form>', re.S)


@pytest.fixture(autouse=True)
def _korea(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.delenv("BIOMOA_CATALOGUE", raising=False)
    catalogue.cache_clear()
    library.cache_clear()
    yield
    catalogue.cache_clear()
    library.cache_clear()


@pytest.mark.django_db
def test_pages_offer_the_packages(client: Client) -> None:
    world = make_world()
    made = services.create_submission(world.depositor, world.group.pk, title="새 연구")
    listed = client.get("/forms/", **KOREAN).content.decode()
    own = client_of(world.depositor).get(f"/submissions/{made.code}/", **KOREAN).content.decode()
    for page, count in ((listed, 2), (own, 1)):
        forms = CHOICE.findall(page)
        assert len(forms) == count
        for form in forms:
            assert '<option value="Microbe">미생물</option>' in form and "시료 패키지" in form
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids))


@pytest.mark.django_db
def test_the_whole_workbook_is_that_of_the_package(client: Client, tmp_path: Path) -> None:
    def columns(query: str) -> dict[str, int]:
        answer = client.get(f"/forms/template.xlsx?{query}")
        (tmp_path / "t.xlsx").write_bytes(b"".join(answer.streaming_content))
        return {sheet.title: sheet.max_column for sheet in openpyxl.load_workbook(tmp_path / "t.xlsx")}

    every, microbe = columns("package="), columns("package=Microbe")
    assert every["biosample"] > 200 > 50 > microbe["biosample"]
    assert {name: count for name, count in every.items() if name not in ("biosample", "_terms")} == {
        name: count for name, count in microbe.items() if name not in ("biosample", "_terms")
    }


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?package=Microbe"])
def test_a_form_has_each_id_once(client: Client, query: str) -> None:
    page = client.get(f"/forms/biosample/{query}", **KOREAN).content.decode()
    ids = re.findall(r' id="([^"]+)"', page)
    assert [each for each in set(ids) if ids.count(each) > 1] == []
    assert 'id="package"' in page, "the row of the field keeps its address"
