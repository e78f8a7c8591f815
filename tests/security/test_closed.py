"""What is closed answers like what was never there: every method, kind of answer, spelling and suffix of an address.

The matrix asks the addresses as they are meant; here they are asked as somebody asks who looks for a way around.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from biomoa.exchange.queries import load_bundle
from biomoa.files.models import Quarantine
from biomoa.ledger.models import Entry
from biomoa.people import rules as people_rules
from biomoa.people.rules import NOBODY, Row
from biomoa.records import access, services, services_redaction, services_release
from biomoa.records.models import Record
from biomoa.records.refusals import NotFound
from biomoa.search.followers import follower
from tests.records.world import accept, draft, study
from tests.security.world import Place, Thing, make_place

pytestmark = pytest.mark.django_db
CLOSED = ("draft", "in-review", "returned", "accepted")
ASKED = ("draft", "accepted")  # before and after there are records; the matrix has all states
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
KINDS = ("text/html", "application/ld+json", "application/xml")
STANDARDS = ("sra-xml", "jsonld", "tsv", "jsonl", "datacite-xml", "datacite-json", "biosamples-json")
RECORD = (
    "/{acc}", "/{acc}/", "/{acc}.1", "/{acc}.1/", "/{acc}.json", "/{acc}.xml", "/{acc}?format=json",
    "/{acc}?as=sra-xml", "/{acc}?export=tsv", "/records/{acc}/edit", "/records/{acc}/umbrella",
    "/records/{acc}/certificate",
    "/records/{acc}/do/withdraw", "/api/v1/records/{acc}", "/api/v1/records/{acc}/", "/api/v1/records/{acc}.1",
    "/api/v1/records/{acc}?version=1", "/api/v1/records/{acc}/changes", "/api/v1/records/{acc}/coupling",
    *(f"/api/v1/records/{{acc}}/exports/{name}" for name in STANDARDS),
)  # fmt: skip
SUBMISSION = (
    "/submissions/{code}/", "/submissions/{code}", "/submissions/{code}/files/", "/submissions/{code}/review/",
    "/submissions/{code}/biosample/1/", "/submissions/{code}/reviewers/", "/submissions/{code}/certificate",
    "/submissions/{code}/sheet", "/desk/{code}", "/api/v1/submissions/{code}", "/api/v1/submissions/{code}/",
    "/api/v1/submissions/{code}/receipt", "/api/v1/submissions/{code}/problems", "/api/v1/submissions/{code}/thread",
    "/api/v1/submissions/{code}/rows/biosample", "/api/v1/submissions/{code}/embargo-limits",
    "/api/v1/submissions/{code}/review-links", "/files/tus/{shelf}/", "/files/shelves/{shelf}/",
    "/api/v1/shelves/{shelf}/files", "/api/v1/shelves/{shelf}/uploads",
)  # fmt: skip
FILE = (
    "/files/{file}/{name}", "/files/{file}/x", "/files/{file}/", "/files/{file}/remove", "/inspections/{file}/",
    "/inspections/{file}.json", "/inspections/{file}_mqc.json", "/inspections/{file}/chart-0.svg",
    "/api/v1/files/{file}",
)  # fmt: skip
DIGEST = ("/files/{digest}", "/objects/{digest}", "/api/v1/objects/{digest}", "/static/{digest}")
SEARCHES = ("/search/?q=", "/search/suggest/?q=", "/api/v1/search?q=", "/api/v1/suggest?q=")


def values_of(thing: Thing) -> dict[str, str]:
    file = thing.file
    return {
        "acc": thing.record.accession if thing.record else "KAP000778", "code": thing.submission.code,
        "shelf": str(file.shelf_id), "file": str(file.pk), "name": file.name, "digest": file.object_id,
    }  # fmt: skip


ABSENT = {
    "acc": "KAP000777", "code": "SUB00000777", "shelf": "3f0c5d52-6f3b-4f4d-9bb4-000000000000", "file": "777777",
    "name": "zqabsentmarker.fastq", "digest": "f" * 64,
}  # fmt: skip


def told(answer: Any, values: dict[str, str]) -> tuple[int, str]:
    """Status and text, without what was asked and what is new in every answer."""
    text = answer.content.decode("utf-8", "replace") if not answer.streaming else "a file"
    text = re.sub(r'csrfmiddlewaretoken" value="\w+"|<code>\w+</code>|"milliseconds": ?[\d.]+', "", text)
    for value in sorted(values.values(), key=len, reverse=True):
        text = text.replace(value, "@")
    # Ids of one or two digits stand in many words: numbers do not count.
    return answer.status_code, re.sub(r"\d+|@", "", text)


def differences(place: Place, role: str, thing: Thing) -> list[str]:
    client, values, found = place.client(role), values_of(thing), []
    for path in (*RECORD, *SUBMISSION, *FILE, *DIGEST):
        for method in METHODS:
            for kind in KINDS if method == "GET" else ("text/html",):
                here, nowhere = (
                    client.generic(
                        method, path.format(**each), b"{}" if method[0] in "PD" else b"", "application/json",
                        headers={"accept": kind},
                    )
                    for each in (values, ABSENT)
                )  # fmt: skip
                if told(here, values) != told(nowhere, ABSENT):
                    found.append(
                        f"{role} {method} {path} {kind} [{thing.state}]: {here.status_code}, {nowhere.status_code}"
                    )
                if here.status_code >= 500 or (here.status_code in (200, 206) and method == "GET"):
                    found.append(f"{role} {method} {path} {kind} [{thing.state}]: {here.status_code}")
                if thing.marker in here.content.decode("utf-8", "replace") and thing.marker not in path.format(
                    **values
                ):
                    found.append(f"{role} {method} {path} {kind} [{thing.state}] tells its name")
    return found


@pytest.fixture
def place(db: None) -> Place:  # noqa: ARG001
    cache.clear()
    return make_place()


@pytest.mark.parametrize("role", ["nobody", "stranger"])
def test_no_address_tells_that_something_is_there(place: Place, role: str) -> None:
    found = [line for state in ASKED for line in differences(place, role, place.things[state])]
    assert found == []


@pytest.mark.parametrize("role", ["nobody", "stranger", "other-curator"])
def test_a_tombstone_tells_nothing_in_any_form(place: Place, role: str) -> None:
    """Its address stays and says that it was withdrawn; what it said is in no page, export or package any more."""
    thing, client = place.things["withdrawn"], place.client(role)
    accessions = Record.objects.filter(submission=thing.submission).values_list("accession", flat=True)
    for accession in accessions:
        values = {**values_of(thing), "acc": accession}
        for path in (*RECORD, *(f"/{{acc}}?as={name}" for name in STANDARDS), *FILE):
            for kind in (*KINDS, "text/tab-separated-values", "application/vnd.datacite.datacite+json"):
                answer = client.get(path.format(**values), headers={"accept": kind})
                text = answer.content.decode("utf-8", "replace").replace(thing.file.name, "")
                assert thing.marker not in text, (path, kind, answer.status_code)
                if "/exports/" in path or "?as=" in path:
                    assert answer.status_code == 404, (path, kind)
        for whole in ("", "?whole=true"):
            assert client.get(f"/api/v1/records/{accession}/exports/jsonl{whole}").status_code == 404
    with pytest.raises(NotFound):
        load_bundle(NOBODY, list(accessions)[:1], whole=True)


def test_an_export_names_nothing_closed_above(place: Place) -> None:
    """What leads up to a record that is open: only what its reader may read too."""
    thing = place.things["released"]
    closed = Record.objects.filter(submission=thing.submission, form="bioproject").get()
    Record.objects.filter(pk=closed.pk).update(state="accepted")
    for record in Record.objects.filter(submission=thing.submission).exclude(pk=closed.pk):
        for name in STANDARDS:
            answer = place.client("nobody").get(f"/api/v1/records/{record.accession}/exports/{name}?whole=true")
            assert closed.accession not in answer.content.decode("utf-8", "replace"), (record.accession, name)
            own = place.client("owner").get(f"/api/v1/records/{record.accession}/exports/{name}")
            assert own.status_code in (200, 422), (record.accession, name)


LEAKS = (Row("record", "read", ("accepted",), ("anyone",)), Row("submission", "read", ("draft",), ("signed-in",)),
         Row("file", "read", ("draft",), ("signed-in",)))  # fmt: skip


@pytest.mark.parametrize("leak", LEAKS, ids=lambda row: row.kind)
def test_the_asking_finds_one_wrong_row_of_the_policy(place: Place, monkeypatch: pytest.MonkeyPatch, leak: Row) -> None:
    """The measure itself: a single thing too many that somebody may read is seen."""
    for module in (people_rules, access):
        monkeypatch.setattr(module, "RIGHTS", people_rules.rights_of((*people_rules.POLICY, leak)))
    assert differences(place, "stranger", place.things[leak.states[0]]) != []


@pytest.mark.parametrize("role", ["nobody", "stranger"])
def test_no_search_tells_it_either(place: Place, role: str) -> None:
    client = place.client(role)
    for state in CLOSED:
        thing = place.things[state]
        for asked in (thing.marker, thing.marker[:4], *values_of(thing).values()):
            for search in SEARCHES:
                answer = client.get(search + asked)
                assert answer.status_code == 200, (search, asked)
                said = answer.content.decode().replace(asked, "")
                assert thing.marker not in said, (search, asked)


@pytest.mark.parametrize("path", ["/", "/search/", "/status/", "/api/v1/search", "/api/v1/changes",
                                  "/api/v1/accession-series", "/ledger/heads", "/api/v1/openapi.json",
                                  "/certificates/"])  # fmt: skip
def test_no_figure_or_list_for_everybody_names_it(place: Place, path: str) -> None:
    for role in ("nobody", "stranger"):
        text = place.client(role).get(path).content.decode()
        for state in CLOSED:
            thing = place.things[state]
            assert thing.marker not in text and thing.submission.code not in text, (role, path, state)


def _suppressed_before_release(place: Place) -> tuple[Record, Record]:
    """A project taken back while it was closed, and its sample, which was released afterwards."""
    world = place.world
    submission = draft(world, study(1, "zqparentmarker"))
    later = timezone.localdate() + timedelta(days=100)
    services.set_details(world.depositor, submission.pk, release_on=later)
    accept(world, submission)
    parent, child = (Record.objects.get(alias=alias) for alias in ("zqparentmarker", "zqparentmarker-S1"))
    services_release.withdraw_record(world.curator, parent.accession, "mixed up", "suppressed")
    services_release.release(world.depositor, submission.pk)
    return parent, child


@pytest.mark.parametrize("role", ["nobody", "stranger", "other-curator"])
def test_a_child_does_not_tell_the_title_of_a_parent_that_was_never_public(place: Place, role: str) -> None:
    parent, child = _suppressed_before_release(place)
    client = place.client(role)
    for path in (f"/{child.accession}", f"/api/v1/records/{child.accession}"):
        answer = client.get(path)
        assert answer.status_code == 200 and parent.title not in answer.content.decode()
    assert parent.title in place.client("owner").get(f"/{child.accession}").content.decode()


def test_an_answer_that_a_program_kept_is_not_good_any_more_when_something_in_it_was_taken_back(place: Place) -> None:
    """A file that is held and a record below that is withdrawn change the answer, though not the record itself."""
    thing, client = place.things["released"], place.client("nobody")
    run = Record.objects.get(submission=thing.submission, form="ngs-run")
    above = Record.objects.get(submission=thing.submission, form="ngs-experiment")
    for record, take_back in (
        (run, lambda: Quarantine.objects.create(file=thing.file)),
        (above, lambda: services_release.withdraw_record(place.world.curator, run.accession, "mixed up")),
    ):
        address = f"/api/v1/records/{record.accession}"
        tag = client.get(address).headers["ETag"]
        assert client.get(address, headers={"if-none-match": tag}).status_code == 304
        take_back()
        assert client.get(address, headers={"if-none-match": tag}).status_code == 200


def test_the_search_tells_nothing_that_was_taken_back_before_the_index_follows(place: Place) -> None:
    """No worker may run for an hour; what was withdrawn or blanked meanwhile is in no list."""
    follower().apply(list(Entry.objects.order_by("seq")))
    submission, client = place.things["released"].submission, place.client("nobody")
    project, sample = (Record.objects.get(submission=submission, form=form) for form in ("bioproject", "biosample"))
    lists = {f"{path}{name}": name for name in (project.accession, sample.accession) for path in SEARCHES[::2]}
    assert all(f'"/{name}"' in client.get(path).content.decode() for path, name in lists.items())
    services_release.withdraw_record(place.world.curator, sample.accession, "mixed up")
    services_redaction.redact(place.world.curator, project.accession, "title", "names a person")
    for path in (*lists, "/", "/api/v1/changes"):
        told = client.get(path).content.decode()
        assert f'"/{sample.accession}"' not in told and project.title not in told
    assert f'"/{project.accession}"' in client.get(next(iter(lists))).content.decode()
