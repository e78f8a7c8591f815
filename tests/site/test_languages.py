"""Every room speaks Korean: its catalogue holds each sentence of its templates and modules, translated."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils import translation
from django.utils.translation import gettext

from biomoa.site.api import api

PACKAGE = Path(__file__).resolve().parents[2] / "biomoa"
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/templates"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
HANGUL = re.compile("[가-힣]")
# What a Korean page writes in Latin letters too.
SAME_IN_BOTH = {"API", "English", "한국어"}

Entry = tuple[str, str]  # context, English sentence


def read(room: str) -> Path:
    return PACKAGE / room / "locale" / "ko" / "LC_MESSAGES" / "django.po"


def entries(path: Path, *selection: str) -> dict[Entry, list[str]]:
    """The entries of a catalogue that ``msgattrib`` selects -> their Korean sentences."""
    command = ["msgattrib", "--no-obsolete", "--no-wrap", *selection, str(path)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[Entry, list[str]] = {}
    for block in text.split("\n\n"):
        said = {key: _join(value) for key, value in re.findall(r'^(msg\S+)((?: ".*"\n?|".*"\n?)+)', block, re.M)}
        if said.get("msgid"):
            found[said.get("msgctxt", ""), said["msgid"]] = [v for k, v in said.items() if k.startswith("msgstr")]
    return found


def _join(quoted: str) -> str:
    return "".join(re.findall(r'"(.*)"', quoted))


def extracted(room: str, folder: Path) -> dict[Entry, list[str]]:
    """What ``makemessages`` finds in the room's files of today, in a copy."""
    copy = folder / room
    shutil.copytree(PACKAGE / room, copy, ignore=shutil.ignore_patterns("locale", "static", "__pycache__"))
    (copy / "locale").mkdir()
    command = [
        sys.executable,
        "-P",
        "-m",
        "django",
        "makemessages",
        "-l",
        "ko",
        "--no-location",
        "--no-wrap",
        "-v",
        "0",
    ]
    environment = dict(os.environ, DJANGO_SETTINGS_MODULE="django.conf.global_settings")
    subprocess.run(command, cwd=copy, check=True, capture_output=True, env=environment)
    return entries(copy / "locale" / "ko" / "LC_MESSAGES" / "django.po")


def test_rooms_with_templates_are_found() -> None:
    assert {"records", "files", "people", "search", "site"} <= set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_every_sentence_of_the_room_is_in_korean(room: str, tmp_path: Path) -> None:
    ready = entries(read(room), "--translated", "--no-fuzzy")
    assert sorted(set(extracted(room, tmp_path)) - set(ready)) == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_entry_is_fuzzy_or_empty(room: str) -> None:
    assert entries(read(room), "--only-fuzzy") == {}
    assert entries(read(room), "--untranslated") == {}


@pytest.mark.parametrize("room", ROOMS)
def test_korean_is_korean_and_keeps_the_placeholders(room: str) -> None:
    for (_, english), korean in entries(read(room)).items():
        for sentence in korean:
            assert sorted(PLACEHOLDER.findall(sentence)) == sorted(PLACEHOLDER.findall(english)), english
            assert HANGUL.search(sentence) or english in SAME_IN_BOTH or not re.search("[a-z]{3}", english), english


def test_rooms_agree_on_the_same_english() -> None:
    """Django merges the catalogues of all rooms: two Korean sentences for one English would show either."""
    meant: dict[Entry, dict[str, list[str]]] = {}
    for room in ROOMS:
        for entry, korean in entries(read(room)).items():
            meant.setdefault(entry, {}).setdefault(korean[0], []).append(room)
    assert {entry: by_korean for entry, by_korean in meant.items() if len(by_korean) > 1} == {}


def test_errors_of_the_sign_in_are_said_as_ours() -> None:
    """django-allauth's own Korean is of several hands; what a page shows of it is in the catalogue of this room."""
    adapters = (DefaultAccountAdapter, DefaultMFAAdapter)
    with translation.override("ko"):
        said = [str(each) for adapter in adapters for each in adapter.error_messages.values()]
    assert len(said) > 20 and [each for each in said if not each.endswith(("니다.", "주세요."))] == []


def test_every_operation_of_the_api_is_told_in_korean() -> None:
    """The page of the API shows the summaries of the description, which stays in English."""
    with translation.override("ko"):
        assert [said for *_, said in api.listed() if not HANGUL.search(gettext(said))] == []
