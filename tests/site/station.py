"""Public records written straight into the tables (the way there is the matter of other tests), and their index."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from biomoa.files.models import Shelf, StoredFile, StoredObject
from biomoa.ledger.followers import follow
from biomoa.ledger.services import Event, record_many
from biomoa.people.models import Membership, Organisation, User
from biomoa.records.models import Link, Record, Submission, Tally, Version
from biomoa.search.followers import follower

TITLES = (
    "폐암 환자의 단일세포 전사체 지도",
    "Gut microbiome of healthy adults in Korea",
    "벼 도열병 저항성 유전자의 발현 분석",
    "된장 발효 과정의 미생물 군집 변화",
)
SAMPLES = 6


def fill_station() -> None:
    """Four public projects of six samples each, a public file, an account to enter with one click."""
    center, _ = Organisation.objects.get_or_create(
        code="KOBIC",
        defaults={
            "kind": "data-center",
            "name_ko": "국가생명연구자원정보센터",
            "name_en": "Korea Bioinformation Center",
        },
    )
    group = Organisation.objects.create(code="lab", kind="group", name_ko="시스템생물학 연구실", name_en="Systems Lab")
    curator = User.objects.create_user("curator@example.org", "a-long-secret", name_ko="나큐레", name_en="Curie Na")
    User.objects.filter(pk=curator.pk).update(demonstration="curator")
    Membership.objects.create(user=curator, organisation=center, role="curator")
    for number, title in enumerate(TITLES, 1):
        _release_study(group, center, number, title)
    Tally.objects.create(center=center, form="bioproject", state="released", records=len(TITLES))
    Tally.objects.create(center=center, form="biosample", state="released", records=len(TITLES) * SAMPLES)
    follow(follower())


@transaction.atomic
def _release_study(group: Organisation, center: Organisation, number: int, title: str) -> None:
    shelf = Shelf.objects.create(owner=group, center=center, state="released")
    submission = Submission.objects.create(owner=group, center=center, shelf=shelf, title=title, state="released")
    kept = StoredObject.objects.create(sha256=f"{number:064d}", md5=f"{number:032d}", size_bytes=number * 10**9)
    StoredFile.objects.create(
        shelf=shelf, name="reads.fastq.gz", name_key="reads.fastq.gz", object=kept, is_public=True
    )
    values = {"project_alias": f"study-{number}", "title": title, "project_type": "primary", "contact": "me@lab.kr"}
    project = add_record(submission, "bioproject", f"KAP{number:06d}", f"study-{number}", title, values, days=number)
    released = [project.accession]
    for place in range(1, SAMPLES + 1):
        name = f"study-{number}-S{place}"
        values = {"sample_name": name, "project": f"study-{number}", "title": f"{title} 시료 {place}", "sex": "female"}
        accession = f"KAS{number * 100 + place:08d}"
        sample = add_record(submission, "biosample", accession, name, values["title"], values, days=number)
        Link.objects.create(child=sample, parent=project, field="project")
        released.append(accession)
    record_many("system:test", [Event("record:released", accession, {"version": 1}) for accession in released])


def add_record(
    submission: Submission, form: str, accession: str, alias: str, title: str, values: dict[str, str], *,
    days: int = 0, state: str = "released", **more: Any,
) -> Record:  # fmt: skip
    """A record with its first version."""
    now = timezone.now() - timedelta(days=days)
    record = Record.objects.create(
        accession=accession, form=form, record_type=form, alias=alias, owner=submission.owner, center=submission.center,
        submission=submission, title=title, state=state, accepted_at=now, changed_at=now,
        released_at=now if state == "released" else None, **more,
    )  # fmt: skip
    Version.objects.create(
        record=record, number=1, form_revision="1", values=values, digest="0" * 64, submission=submission,
        author="user:1", created_at=now,
    )  # fmt: skip
    return record
