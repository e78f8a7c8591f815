"""The register of addresses: a route without a row, or a row without a route, fails here."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.test import Client

from biomoa.people.rules import POLICY
from tests.security.matrix import ASKS
from tests.security.routes import known_routes

REGISTER = Path(__file__).with_name("routes.csv")
ROWS = list(csv.DictReader(REGISTER.read_text(encoding="utf-8").splitlines()))
CHECKS = {"matrix", "public", "own", "secret", "members", "desk", "demonstration"}
pytestmark = pytest.mark.django_db


def test_every_route_has_its_row() -> None:
    registered = [row["route"] for row in ROWS]
    assert len(registered) == len(set(registered))
    missing, gone = known_routes() - set(registered), set(registered) - known_routes()
    assert not missing, f"say in {REGISTER.name} who may use: {sorted(missing)}"
    assert not gone, f"no longer there: {sorted(gone)}"


def test_rows_name_a_permission_and_a_way_of_checking() -> None:
    permissions = {f"{row.kind}:{row.verb}" for row in POLICY} | {"-"}
    for row in ROWS:
        assert row["check"] in CHECKS, row
        assert set(row["permission"].split()) <= permissions, row
        assert (row["permission"] == "-") == (row["check"] in ("public", "own", "secret", "demonstration")), row
        assert row["why"] or row["check"] == "matrix", row


def test_the_matrix_asks_every_route_that_the_register_gives_it() -> None:
    assert {ask.route for ask in ASKS} == {row["route"] for row in ROWS if row["check"] == "matrix"}
    said = {row["route"]: set(row["permission"].split()) for row in ROWS}
    for ask in ASKS:
        kind = "file" if ask.kind == "shelf" else ask.kind
        assert f"{kind}:{ask.verb}" in said[ask.route], ask


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row["check"] in ("own", "desk", "members")], ids=lambda r: r["route"]
)
def test_what_is_ones_own_is_closed_to_nobody(client: Client, row: dict[str, str]) -> None:
    if not (example := row["example"]):
        pytest.fail(f"{row['route']}: an example address is needed")
    method, path = example.split(" ", 1)
    answer = client.generic(method, path, headers={"accept": "application/json"})
    if answer.status_code == 200 and "application/json" in answer.headers["Content-Type"]:
        assert answer.json() in ([], {"groups": []}) or not answer.json().get("total", answer.json().get("email"))
        return
    to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/account/")
    assert to_sign_in or answer.status_code in (400, 401, 403, 404, 405, 412, 422), answer.status_code
