"""The public page of rules knows every code that a source of the station can say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

import biomoa
from biomoa.records.rulebook import every_rule

ROOT = Path(biomoa.__file__).parent
# Where problems and findings are made: ``problem("code"``, ``refused("code"``, ``add("code"`` and their kin.
SAID = re.compile(
    r"""\b(?:problem|file_problem|sheet_problem|refused|report\.add|_report)\(\s*["']([a-z]+(?:-[a-z0-9]+)+)["']"""
)


def test_every_code_that_is_said_is_explained() -> None:
    said = {code for path in ROOT.rglob("*.py") for code in SAID.findall(path.read_text(encoding="utf-8"))}
    assert len(said) > 80
    assert sorted(said - {rule.code for rule in every_rule()}) == []


def test_each_has_meaning_and_way_out_in_both_languages() -> None:
    for rule in every_rule():
        for text in (rule.meaning, rule.repair):
            assert text.ko and text.en and "{" not in text.ko + text.en, rule.code


@pytest.mark.django_db
def test_page_and_api_show_the_same(client: Client) -> None:
    page = client.get("/rules/").content.decode()
    listed = [rule["code"] for rule in client.get("/api/v1/rules").json()]
    assert listed == sorted(listed) == [rule.code for rule in every_rule()]
    assert all(f'id="{code}"' in page for code in listed)
