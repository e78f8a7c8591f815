"""Addresses that a user writes: nothing is fetched (test_dependencies.py), and nothing of theirs becomes a link."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client

from biomoa.people.models import User
from biomoa.records import services_curation, services_release
from biomoa.records.models import Record
from tests.records.world import draft, make_world, project, review, sample

OWN = ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x",
       "file:///etc/passwd", "https://evil.example/", "//evil.example", "gopher://127.0.0.1:6379/_x"]  # fmt: skip
LEADING = frozenset({"href", "src", "action", "formaction", "data", "srcset", "poster", "hx-get", "hx-post"})


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, name, value or "") for name, value in attrs if name in LEADING]


def tricks(oracles: Path) -> list[str]:
    lines = (oracles / "case-strings" / "hostile-strings.jsonl").read_text(encoding="utf-8").splitlines()
    made = [json.loads(line) for line in lines]
    outside = [each["value"] for each in made if each["kind"] == "ssrf_url"]
    return [*dict.fromkeys([*OWN, *(each for each in outside if each.isprintable() and each.strip())])]


@pytest.mark.django_db
def test_no_address_of_a_user_becomes_a_link(oracles: Path, client: Client) -> None:
    world = make_world()
    addresses = tricks(oracles)
    assert len(addresses) >= 40
    made = draft(
        world,
        {
            "bioproject": [project()],
            "biosample": [sample(f"S{number}", title=each[:200]) for number, each in enumerate(addresses)],
        },
    )
    client.force_login(User.objects.get(pk=world.depositor.user_id))
    pages = [f"/submissions/{made.code}/", f"/submissions/{made.code}/biosample/", f"/submissions/{made.code}/review/"]
    check(client, pages, addresses)
    review(world, made)
    services_curation.accept(world.curator, made.pk)
    services_release.release(world.depositor, made.pk)
    records = Record.objects.filter(submission=made).order_by("pk").values_list("accession", flat=True)
    check(Client(), [f"/{accession}" for accession in records], addresses)


def check(client: Client, pages: list[str], addresses: list[str]) -> None:
    """Every link of every page leads into the station, or is a drawing of its own."""
    for page in pages:
        answer = client.get(page, headers={"accept": "text/html"})
        assert answer.status_code == 200, page
        links = Links()
        links.feed(answer.content.decode())
        assert len(links.found) > 10
        for tag, name, value in links.found:
            assert value.startswith(("/", "#", "?", "data:image/")) and not value.startswith("//"), (page, tag, name)
            assert value not in addresses


@pytest.mark.django_db
@pytest.mark.parametrize("following", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
def test_signing_in_leads_nowhere_else(client: Client, person: User, following: str) -> None:
    answer = client.post("/account/login/", {"login": person.email, "password": "pass-phrase-1", "next": following})
    assert answer.status_code == 302 and answer["Location"].startswith("/") and "evil" not in answer["Location"]
