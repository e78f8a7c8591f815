"""A form that was not taken leads back to its page: "try again" would open the address of its button."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from biomoa.site import errors, limits
from biomoa.site.wayback import Back, way_back

FORM, BUTTON = "/submissions/SUB00000001/?a=1&b=2", "/submissions/SUB00000001/do/comment"
HTML = "text/html"


def sent(referer: str = f"http://testserver{FORM}", *, signed_in: bool = True, method: str = "post") -> Any:
    request = getattr(RequestFactory(), method)(BUTTON, headers={"referer": referer, "accept": HTML})
    request.COOKIES = {"sessionid": "x"} if signed_in else {}
    return request


@pytest.mark.parametrize(
    ("referer", "address"),
    [
        (f"http://testserver{FORM}", FORM),
        ("http://testserver/", "/"),
        ("http://elsewhere.example/submissions/", None),
        ("http://testserver//elsewhere.example/", None),
        ("javascript:alert(1)", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_the_way_back_is_a_page_of_this_station(referer: str, address: str | None) -> None:
    found = way_back(sent(referer))
    assert (found and found.address) == address


def test_who_only_looked_needs_none() -> None:
    assert way_back(sent(method="get")) is None and way_back(None) is None


def test_what_was_typed_is_promised_only_where_it_was_kept() -> None:
    assert way_back(sent()) == Back(FORM, keeps=True)
    assert way_back(sent(signed_in=False)) == Back(FORM, keeps=False)
    assert way_back(sent("http://testserver/account/password/change/")) == Back(
        "/account/password/change/", keeps=False
    )


def test_a_failure_leads_back_to_the_form_and_a_page_that_failed_to_itself() -> None:
    page = errors.server_error(sent()).content.decode()
    assert f'href="{FORM}"'.replace("&", "&amp;") in page and 'href=""' not in page
    assert "브라우저에 남아" in page or "stays in this browser" in page
    looked = errors.server_error(sent(method="get")).content.decode()
    assert 'href=""' in looked and "stays in this browser" not in looked and "브라우저에 남아" not in looked


def test_too_many_requests_lead_back_too_and_the_page_is_kept_for_all() -> None:
    for address in (FORM, "/umbrellas/"):
        page = limits.too_many(sent(f"http://testserver{address}")).content.decode()
        assert f'href="{address}"'.replace("&", "&amp;") in page and limits.HERE not in page
    assert limits.HERE not in limits.too_many(sent(method="get")).content.decode()


def test_a_page_without_the_usual_frame_names_its_station() -> None:
    looked = sent(method="get")
    for page in (limits.too_many(looked).content.decode(), errors.server_error(looked).content.decode()):
        title, name = page.partition("<title>")[2].partition("</title>")[0], settings.BIOMOA_HOME.station.name_ko
        assert f" | {name}" in title and page.count(f"<span>{name}</span>") == 2


@pytest.mark.django_db
def test_an_error_with_the_usual_frame_has_one_primary_button(client: Client) -> None:
    answer = client.post("/no-such-page/", headers={"referer": "http://testserver/umbrellas/", "accept": HTML})
    page = answer.content.decode().partition('class="empty error-page"')[2].partition("</main>")[0]
    assert answer.status_code == 404 and 'href="/umbrellas/"' in page
    assert len(re.findall("button-primary", page)) == 1


@pytest.mark.django_db
def test_another_language_leads_to_the_page_of_the_form_never_to_the_address_of_a_command(client: Client) -> None:
    for headers, address in (
        ({"referer": "http://testserver/umbrellas/?page=2"}, "/umbrellas/?page=2"), ({}, "/"),
        ({"referer": "http://elsewhere.example/umbrellas/"}, "/"),
    ):  # fmt: skip
        page = client.post("/no-such-command/", headers={"accept": HTML} | headers).content.decode()
        assert set(re.findall(r'name="next" value="([^"]*)"', page)) == {address}
    looked = client.get("/search/?q=rice&page=2").content.decode()
    assert set(re.findall(r'name="next" value="([^"]*)"', looked)) == {"/search/?q=rice&amp;page=2"}
