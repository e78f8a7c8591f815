"""The people and things that the tests of this room act on, and short ways to bring them into a state."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from django.conf import settings

from biomoa.files.models import InspectionResult, StoredFile, StoredObject
from biomoa.files.storage import store
from biomoa.people.models import Membership, Organisation, User
from biomoa.people.queries import actor_of
from biomoa.people.rules import Actor
from biomoa.qc.model import QC_VERSION
from biomoa.records import services, services_curation
from biomoa.records.answers import Receipt
from biomoa.records.models import Submission

Bundle = dict[str, list[dict[str, str]]]


class World(msgspec.Struct):
    """``depositor`` and ``manager`` belong to ``group``, ``stranger`` to ``other``, ``curator`` to ``center``."""

    group: Any
    other: Any
    center: Any
    depositor: Actor
    manager: Actor
    stranger: Actor
    curator: Actor
    second_curator: Actor
    administrator: Actor
    auditor: Actor


def make_world() -> World:
    group = Organisation.objects.create(code="lab", kind="group", name_ko="연구실", name_en="Lab")
    other = Organisation.objects.create(code="rival", kind="group", name_ko="다른 연구실", name_en="Rival")
    center, _ = Organisation.objects.get_or_create(
        code="KOBIC", defaults={"kind": "data-center", "name_ko": "국가생명연구자원정보센터", "name_en": "KOBIC"}
    )
    return World(
        group=group,
        other=other,
        center=center,
        depositor=make_actor("depositor", group, "depositor"),
        manager=make_actor("manager", group, "manager"),
        stranger=make_actor("stranger", other, "manager"),
        curator=make_actor("curator", center, "curator"),
        second_curator=make_actor("curator2", center, "curator"),
        administrator=make_actor("administrator", is_staff=True),
        auditor=make_actor("auditor", is_auditor=True),
    )


def make_actor(name: str, organisation: Organisation | None = None, role: str = "", **flags: Any) -> Actor:
    user = User.objects.create_user(f"{name}@example.org", None, name_ko=name, name_en=name, **flags)
    if organisation is not None:
        Membership.objects.create(user=user, organisation=organisation, role=role)
    return actor_of(user)


def project(alias: str = "study-1", **more: str) -> dict[str, str]:
    return {"project_alias": alias, "project_type": "primary", "title": f"Study {alias}", **more}


def sample(name: str, project_alias: str = "study-1", **more: str) -> dict[str, str]:
    return {"sample_name": name, "project": project_alias, "sex": "female", **more}


def experiment(alias: str, sample_name: str, layout: str = "SINGLE") -> dict[str, str]:
    return {"experiment_alias": alias, "sample": sample_name, "library_layout": layout}


def run(alias: str, experiment_alias: str, *files: str) -> dict[str, str]:
    return {"run_alias": alias, "experiment": experiment_alias, "file_names": ";".join(files or (f"{alias}.fastq",))}


def study(samples: int = 2, alias: str = "study-1") -> Bundle:
    """A project with samples only: nothing in it needs a file."""
    return {
        "bioproject": [project(alias)],
        "biosample": [sample(f"{alias}-S{number}", alias) for number in range(1, samples + 1)],
    }


def reads(alias: str = "study-1", *, content: str = "") -> Bundle:
    """A project, a sample, an experiment and a run with one file, which ``lay_files`` puts on the shelf."""
    del content
    return {
        "bioproject": [project(alias)],
        "biosample": [sample(f"{alias}-S1", alias)],
        "ngs-experiment": [experiment(f"{alias}-E1", f"{alias}-S1")],
        "ngs-run": [run(f"{alias}-R1", f"{alias}-E1", f"{alias}.fastq")],
    }


def draft(world: World, bundle: Mapping[str, Sequence[Mapping[str, str]]], **more: Any) -> Submission:
    receipt = services.whole(world.depositor, world.group.pk, bundle, submit=False, **more)
    return Submission.objects.get(pk=int(receipt.submission[3:]))


def _put(content: bytes, sha256: str) -> None:
    if store().find_size(sha256) is None:
        arrived = settings.BIOMOA_HOME.scratch / f"laid-{sha256}"
        arrived.write_bytes(content)
        store().put(arrived, sha256)
        arrived.unlink()


def lay_file(
    submission: Submission, name: str, content: bytes = b"@r\nA\n+\nI\n", verdict: str | None = "pass", **metrics: Any
) -> StoredFile:
    """A file on the submission's shelf, with its inspection (``verdict`` None: not inspected yet)."""
    sha256 = hashlib.sha256(content).hexdigest()
    kept, _ = StoredObject.objects.get_or_create(
        sha256=sha256, defaults={"md5": hashlib.md5(content).hexdigest(), "size_bytes": len(content)}
    )
    _put(content, sha256)
    StoredFile.objects.filter(shelf=submission.shelf, name=name).update(is_current=False)
    version = StoredFile.objects.filter(shelf=submission.shelf, name=name).count() + 1
    file = StoredFile.objects.create(
        shelf=submission.shelf, name=name, name_key=name.casefold(), version=version, object=kept
    )
    if verdict:
        InspectionResult.objects.update_or_create(
            object=kept, qc_version=QC_VERSION, defaults={
                "format": "fastq", "verdict": verdict, "metrics": {"reads": 100, **metrics}, "seconds": 0.1,
                "findings": [] if verdict == "pass" else [{"code": "bad-quality", "severity": "error"}],
            }
        )  # fmt: skip
    return file


def review(world: World, submission: Submission) -> Submission:
    receipt = services.submit(world.depositor, submission.pk)
    assert receipt.state == "submitted", receipt.problems
    return services_curation.take(world.curator, submission.pk)


def accept(world: World, submission: Submission) -> Receipt:
    review(world, submission)
    return services_curation.accept(world.curator, submission.pk)


def accepted(world: World, bundle: Bundle, *, release_on: date | None = None) -> Submission:
    submission = draft(world, bundle)
    if release_on:
        services.set_details(world.depositor, submission.pk, release_on=release_on)
    accept(world, submission)
    submission.refresh_from_db()
    return submission


def numbers(receipt: Receipt) -> dict[str, str]:
    """Alias -> accession."""
    return {line.alias: line.accession for line in receipt.accessions}
