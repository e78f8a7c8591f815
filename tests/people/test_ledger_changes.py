"""Two administrators for the ledger's settings, through the API with sessions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.test import Client

from biomoa.ledger import heads
from biomoa.ledger.models import Entry, Proposal, SigningKey
from biomoa.people.models import User

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = {"kind": "rotate-key", "value": "", "reason": "a year is over"}


def _session(name: str, **flags: Any) -> Client:
    client = Client()
    client.force_login(User.objects.create_user(f"{name}@example.org", None, **flags))
    return client


def test_one_proposes_and_another_confirms(tmp_path: Path, settings: Any) -> None:
    settings.BIOMOA_HOME = msgspec.structs.replace(settings.BIOMOA_HOME, folder=tmp_path)
    heads.sign()
    one, two, auditor = _session("one", is_staff=True), _session("two", is_staff=True), _session("x", is_auditor=True)
    made = one.post("/api/v1/ledger/changes", ASKED, "application/json")
    assert made.status_code == 201, made.content
    path = f"/api/v1/ledger/changes/{made.json()['id']}/confirm"
    own = one.post(path)
    assert own.status_code == 422 and own.json()["problems"][0]["code"] == "proposal-own"
    assert auditor.post(path).status_code == 403
    assert [each["state"] for each in auditor.get("/api/v1/ledger/changes").json()] == ["open"]
    assert SigningKey.objects.count() == 1
    assert two.post(path).json()["state"] == "done" and SigningKey.objects.count() == 2
    assert two.post(path).json()["problems"][0]["code"] == "proposal-decided"
    assert two.post("/api/v1/ledger/changes/999/confirm").status_code == 404


def test_a_reason_that_identifies_a_person_is_refused_and_not_repeated(tmp_path: Path, settings: Any) -> None:
    settings.BIOMOA_HOME = msgspec.structs.replace(settings.BIOMOA_HOME, folder=tmp_path)
    answer = _session("one", is_staff=True).post(
        "/api/v1/ledger/changes", {**ASKED, "reason": "asked by 880101-4234567"}, "application/json"
    )
    assert answer.json()["problems"][0]["code"] == "proposal-names-person" and b"880101" not in answer.content
    assert not Proposal.objects.exists() and not Entry.objects.filter(data__contains="880101").exists()
