"""Run in a process of its own with BIOMOA_HOME: fills a station with generated records, people and drafts.

Prints one JSON line with what the generator must know.
"""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import accept
import pages_1m
import restore_drill

SHELF_FILES = 20


def main() -> None:
    records, clients = int(sys.argv[1]), int(sys.argv[2])
    import django

    django.setup()
    pages_1m.LARGE = min(pages_1m.LARGE, records // 10)
    pages_1m.SAMPLES_A_PROJECT = max(5, min(pages_1m.SAMPLES_A_PROJECT, records // 50))
    pages_1m._build(records)
    restore_drill.tell_the_ledger()
    accessions = _index()
    _number_on(records)
    tokens, curator = _tokens(clients)
    told = {"accessions": accessions[:: max(1, len(accessions) // 5000)], "tokens": tokens, "curator": curator}
    told |= {"drafts": _drafts(clients), "shelf": str(_shelf()), "bundle": accept.bundle_of(50, 0)}
    print(json.dumps(told))


def _index() -> list[str]:
    from biomoa.ledger.models import Head
    from biomoa.records.models import Record
    from biomoa.search import followers

    names = list(Record.objects.order_by("pk").values_list("accession", flat=True))
    follower = followers.follower()
    with follower.store.writing():
        head = Head.objects.get(id=1).seq
        follower.store.write(head, (), followers._documents(names), head=head)
    return names


def _number_on(records: int) -> None:
    """New accessions begin behind those that the generated records have."""
    from biomoa.records.models import Series

    for record_type in set(pages_1m.TYPE.values()):
        Series.objects.update_or_create(record_type=record_type, defaults={"last": records})


def _tokens(clients: int) -> tuple[list[str], str]:
    from biomoa.people.models import Membership, Organisation, User

    group = Organisation.objects.get(code="bench")
    secrets = []
    for number in range(clients):
        user = User.objects.create_user(f"client{number}@example.org", None)
        Membership.objects.create(user=user, organisation=group, role="depositor")
        secrets.append(_token(user, f"client-{number}"))
    return secrets, _token(User.objects.get(email="curator@example.org"), "curator")


def _token(user: Any, secret: str) -> str:
    from django.utils import timezone

    from biomoa.people.models import Token
    from biomoa.people.rules import SCOPES

    Token.objects.create(
        user=user, name="bench", prefix="bench", digest=hashlib.sha256(secret.encode()).hexdigest(),
        scopes=list(SCOPES), expires_at=timezone.now() + timedelta(days=1), last_used_at=timezone.now(),
    )  # fmt: skip
    return secret


def _drafts(clients: int) -> list[str]:
    """A draft of one sample row for each client."""
    from biomoa.people.models import Organisation, User
    from biomoa.people.queries import actor_of
    from biomoa.records import services

    group = Organisation.objects.get(code="bench").pk
    rows = accept.bundle_of(1, 0)["biosample"]
    codes = []
    for number in range(clients):
        actor = actor_of(User.objects.get(email=f"client{number}@example.org"))
        made = services.create_submission(actor, group)
        services.save_rows(actor, made.pk, "biosample", rows)
        codes.append(made.code)
    return codes


def _shelf() -> Any:
    from biomoa.files.models import StoredFile, StoredObject
    from biomoa.files.services import new_shelf
    from biomoa.people.models import Organisation

    shelf = new_shelf(Organisation.objects.get(code="bench").pk, Organisation.objects.get(code="KOBIC").pk)
    for number in range(SHELF_FILES):
        digest = hashlib.sha256(f"listed {number}".encode()).hexdigest()
        md5 = hashlib.md5(str(number).encode()).hexdigest()
        held = StoredObject.objects.create(sha256=digest, md5=md5, size_bytes=1)
        StoredFile.objects.create(shelf=shelf, name=f"F{number}.txt", name_key=f"f{number}.txt", object=held)
    return shelf.pk


if __name__ == "__main__":
    main()
