"""Files held because they identify a person: what depositor and curator decide, also for files of records."""

from __future__ import annotations

from django.db import transaction

from biomoa.files import quarantine
from biomoa.files.rules import QUARANTINE
from biomoa.ledger import services as ledger
from biomoa.people.rules import Actor
from biomoa.records.models import RecordFile


def settle(actor: Actor, file_id: int, command: str, reason: str = "") -> int:
    """Does a command of ``files.rules.QUARANTINE``; a removal takes the file from the records that name it, too.

    The answer is how many other files hold the same content. Raises FileProblem (404, 403, 409, 422): nothing is done.
    """
    with transaction.atomic():
        if QUARANTINE[command].after is None:
            _take_from_records(actor, file_id)
        return quarantine.settle(actor, file_id, command, reason)


def _take_from_records(actor: Actor, file_id: int) -> None:
    """What the versions say stays; only that the file was one of theirs goes."""
    named = RecordFile.objects.filter(file_id=file_id)
    places = list(named.order_by("pk").values_list("record__accession", "version", "field"))
    named.delete()
    for accession, version, field in places:
        facts = {"version": version, "field": field, "file": f"FILE{file_id}"}
        ledger.record(actor.label, "record:file-removed", accession, facts)
