"""Pages are light: one style sheet, one script, compressed HTML; files are never compressed on their way."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from pathlib import Path

import pytest
import tinycss2
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import Client, RequestFactory

from biomoa.site import weight
from biomoa.site.headers import POLICY
from biomoa.site.weight import JOINED, SCRIPT, SHEET, LightPages, StaticFiles, sheet_link, tightened

FROM_OUTSIDE = {"Sec-Fetch-Site": "none", "Sec-Fetch-Dest": "document"}


@pytest.fixture
def collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StaticFiles:
    storage = StaticFiles(location=tmp_path, base_url="/static/")
    for _ in range(2):  # collecting twice changes nothing
        names = [name for parts in JOINED.values() for name in parts]
        for name in names:
            (tmp_path / name).unlink(missing_ok=True)
            storage._save(name, ContentFile(Path(str(find(name))).read_bytes()))
        list(storage.post_process({name: (storage, name) for name in names}))
    monkeypatch.setattr(weight, "staticfiles_storage", storage)
    return storage


@pytest.mark.django_db
def test_a_page_is_compressed_for_who_takes_it(client: Client) -> None:
    plain = client.get("/")
    packed = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed["Content-Encoding"] == "gzip" and len(packed.content) < len(plain.content) / 2
    assert gzip.decompress(packed.content).startswith(plain.content[:200])


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/v1/openapi.json", "/forms/template.xlsx?form=biosample"])
def test_what_is_no_page_keeps_its_bytes(client: Client, address: str) -> None:
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("name", [SHEET, SCRIPT])
def test_files_of_every_page_are_joined_in_their_order(collected: StaticFiles, tmp_path: Path, name: str) -> None:
    joined = tmp_path / collected.stored_name(name)
    whole = "\n".join(Path(str(find(part))).read_text() for part in JOINED[name])
    assert joined.read_text() == (tightened(whole) if name == SHEET else whole)
    assert joined.name != Path(name).name and not (tmp_path / name).exists(), "only the copy with its digest"


def test_a_tightened_sheet_says_the_same() -> None:
    whole = "\n".join(Path(str(find(part))).read_text() for part in JOINED[SHEET])
    assert said(tightened(whole)) == said(whole)
    assert len(tightened(whole)) < len(whole) * 0.9


@pytest.mark.parametrize(
    ("loose", "tight"),
    [
        ("a , b > c { color : red ; }\n", "a,b>c{color :red}"),
        ('nav :focus::after { content: " ; { /* x */  : "; }', 'nav :focus::after{content:" ; { /* x */  : "}'),
        ("/* one\n two */ p { width: calc(1px + 2px) } /* three */", "p{width:calc(1px + 2px)}"),
        ("@media (a: 1px) and (b: 2px) { a { b: c ; ; } }", "@media (a:1px) and (b:2px){a{b:c}}"),
    ],
)
def test_space_that_says_something_stays(loose: str, tight: str) -> None:
    assert tightened(loose) == tight


def said(sheet: str) -> list[str]:
    """Its tokens without space and comments, and without the semicolon that ends a block."""
    kept: list[str] = []

    def walk(tokens: list[tinycss2.ast.Node]) -> None:
        for token in tokens:
            inner = getattr(token, "content", None) or getattr(token, "arguments", None)
            if token.type not in ("whitespace", "comment"):
                kept.append(f"{token.type} {getattr(token, 'value', '')} {getattr(token, 'lower_name', '')}")
            if inner:
                walk(inner)
            if token.type == "{} block" and kept[-1] == "literal ; ":
                kept.pop()

    walk(tinycss2.parse_component_value_list(sheet))
    return kept


# -- the sheet within the page ----------------------------------------------------------------------------------------


def visit(storage: StaticFiles, policy: str = "", kind: str = "text/html", **headers: str) -> HttpResponse:
    page = f"<head>{sheet_link(storage.url(SHEET))}</head>"
    answer = HttpResponse(page, content_type=kind, headers={"Content-Length": str(len(page))})
    if policy:
        answer["Content-Security-Policy"] = policy
    request = RequestFactory().get("/", headers={name.replace("_", "-"): value for name, value in headers.items()})
    found = LightPages(lambda _: answer)(request)
    assert isinstance(found, HttpResponse)
    return found


@pytest.mark.parametrize("site", ["none", "cross-site"])
def test_who_comes_from_elsewhere_gets_the_sheet_within_the_page(
    collected: StaticFiles, tmp_path: Path, site: str
) -> None:
    answer = visit(collected, Sec_Fetch_Site=site, Sec_Fetch_Dest="document")
    text = answer.content.decode()
    (sheet,) = re.findall("<style>(.*?)</style>", text, re.DOTALL)
    assert sheet == (tmp_path / collected.stored_name(SHEET)).read_text()
    assert "stylesheet" not in text and f'<link rel="prefetch" href="{collected.url(SHEET)}" as="style">' in text
    assert answer["Content-Length"] == str(len(answer.content))
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    assert answer["Content-Security-Policy"] == f"{POLICY}; style-src 'self' 'sha256-{digest}'"
    assert "Sec-Fetch-Site" in answer["Vary"]
    assert "url(" not in sheet and "<" not in sheet, "it means the same wherever it stands"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec_Fetch_Site": "same-origin", "Sec_Fetch_Dest": "document"},
        {"Sec_Fetch_Site": "none", "Sec_Fetch_Dest": "empty"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Dest": "iframe"},
        {**FROM_OUTSIDE, "Cookie": f"{settings.SESSION_COOKIE_NAME}=x"},
        {**FROM_OUTSIDE, "policy": "sandbox"},
        {**FROM_OUTSIDE, "kind": "application/xhtml+xml"},
    ],
)
def test_all_others_follow_the_link(collected: StaticFiles, headers: dict[str, str]) -> None:
    answer = visit(collected, **headers)
    assert answer.content.decode() == f"<head>{sheet_link(collected.url(SHEET))}</head>"
    assert answer.get("Content-Security-Policy", "") == headers.get("policy", "")
