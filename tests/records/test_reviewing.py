"""Reviewer links: what they show, to whom, how long, and what is written down of it."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from biomoa.files.models import StoredFile
from biomoa.ledger.models import Entry
from biomoa.people.rules import NOBODY
from biomoa.records import reviewing, services, services_release
from biomoa.records.models import Record, ReviewLink, Submission
from biomoa.records.refusals import NotFound, PermissionDenied, Refusal
from tests.records.test_release import in_days
from tests.records.world import World, accept, accepted, draft, lay_file, project, reads, study


def closed(world: World) -> tuple[Submission, StoredFile]:
    made = draft(world, {**reads(), "bioproject": [project(contact="kim@example.org")]})
    file = lay_file(made, "study-1.fastq")
    services.set_details(world.depositor, made.pk, release_on=in_days(90))
    accept(world, made)
    made.refresh_from_db()
    return made, file


def secret_of(made: reviewing.NewLink) -> str:
    return made.address.rstrip("/").rsplit("/", 1)[1]


def test_a_link_shows_what_was_chosen_and_only_its_digest_is_kept(world: World) -> None:
    submission, file = closed(world)
    made = reviewing.make_link(world.depositor, submission.pk, name="Journal of Ginseng")
    secret = secret_of(made)
    row = ReviewLink.objects.get()
    assert row.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str([*Entry.objects.values_list("data", flat=True), row.__dict__])
    link = reviewing.enter(secret)
    assert reviewing.shown_forms(link) == {"bioproject": 1, "biosample": 1, "ngs-experiment": 1, "ngs-run": 1}
    view = reviewing.shown_record(link, "KAP000001")
    assert "contact" not in view.values and view.values["title"] == "Study study-1" and not view.submission
    run = reviewing.shown_record(link, "KAR00000001")
    assert [each.id for each in run.files] == [file.pk] and run.up[0].accession == "KAE00000001"
    assert reviewing.shown_file(link, file.pk) == file
    assert [each.pk for each in reviewing.shown_files(link)[0]] == [file.pk]


def test_what_was_not_chosen_is_not_there(world: World) -> None:
    submission, file = closed(world)
    made = reviewing.make_link(
        world.depositor, submission.pk, name="J", accessions=["kap000001", "KAR00000001"], file_ids=()
    )
    link = reviewing.enter(secret_of(made))
    run = reviewing.shown_record(link, "KAR00000001")
    assert run.files == () and run.up == () and reviewing.shown_record(link, "KAP000001").down == ()
    with pytest.raises(NotFound):
        reviewing.shown_record(link, "KAS00000001")
    with pytest.raises(NotFound):
        reviewing.shown_file(link, file.pk)
    other, elsewhere = draft(world, reads("study-2")), None
    elsewhere = lay_file(other, "study-2.fastq", b"@x\nA\n+\nI\n")
    with pytest.raises(NotFound):
        reviewing.shown_file(link, elsewhere.pk)
    with pytest.raises(Refusal) as told:
        reviewing.make_link(world.depositor, submission.pk, name="J", file_ids=[elsewhere.pk])
    assert told.value.problems[0].code == "review-file-unknown"


def test_another_groups_records_cannot_be_shown(world: World) -> None:
    submission, _ = closed(world)
    for actor, error in ((world.stranger, NotFound), (world.curator, PermissionDenied), (NOBODY, NotFound)):
        with pytest.raises(error):
            reviewing.make_link(actor, submission.pk, name="J")
        with pytest.raises(error):
            reviewing.links_of(actor, submission.pk)
    theirs = services.whole(world.stranger, world.other.pk, study(1, "theirs"), submit=False)
    assert theirs.submission
    with pytest.raises(Refusal) as told:
        reviewing.make_link(world.depositor, submission.pk, name="J", accessions=["KAP000009"])
    assert told.value.problems[0].code == "review-record-unknown"
    with pytest.raises(Refusal) as told:
        reviewing.make_link(world.depositor, submission.pk, name=" ", days=400)
    assert {each.code for each in told.value.problems} == {"review-name-missing", "review-days"}
    with pytest.raises(Refusal) as told:
        reviewing.make_link(world.depositor, submission.pk, name="J", accessions=[" "])
    assert told.value.problems[0].code == "review-nothing"


def test_it_ends_when_revoked_expired_or_released(world: World) -> None:
    submission, file = closed(world)
    revoked, expired, released = (
        reviewing.make_link(world.depositor, submission.pk, name=name) for name in ("a", "b", "c")
    )
    for actor in (world.stranger, world.curator):
        with pytest.raises((NotFound, PermissionDenied)):
            reviewing.revoke_link(actor, revoked.id)
    reviewing.revoke_link(world.manager, revoked.id)
    reviewing.revoke_link(world.manager, revoked.id)
    assert Entry.objects.filter(event="review-link:revoked").count() == 1
    ReviewLink.objects.filter(pk=expired.id).update(expires_at=timezone.now() - timedelta(seconds=1))
    link = reviewing.enter(secret_of(released))
    services_release.release(world.depositor, submission.pk)
    for made, state in ((revoked, "revoked"), (expired, "expired"), (released, "released")):
        with pytest.raises(reviewing.Ended) as told:
            reviewing.enter(secret_of(made))
        assert told.value.state == state and "KAP000001" in told.value.public
    with pytest.raises(NotFound):
        reviewing.shown_file(link, file.pk)  # the file is public, but no longer through this door
    with pytest.raises(NotFound):
        reviewing.enter("A" * 43)
    assert {each.state for each in reviewing.links_of(world.depositor, submission.pk)} == {
        "revoked", "expired", "released"
    }  # fmt: skip
    reviewing.revoke_link(world.depositor, released.id)  # still possible when all is public


def test_a_record_that_is_taken_back_takes_its_files_with_it(world: World) -> None:
    submission, file = closed(world)
    link = reviewing.enter(secret_of(reviewing.make_link(world.depositor, submission.pk, name="J")))
    services_release.withdraw_record(world.curator, "KAR00000001", "consent")
    with pytest.raises(NotFound):
        reviewing.shown_file(link, file.pk)
    with pytest.raises(NotFound):
        reviewing.shown_record(link, "KAR00000001")
    assert reviewing.shown_record(link, "KAS00000001")


def test_part_of_it_may_open_and_the_rest_stays_shown(world: World) -> None:
    submission = accepted(world, study(2), release_on=in_days(30))
    secret = secret_of(reviewing.make_link(world.depositor, submission.pk, name="J"))
    services_release.release(world.depositor, submission.pk, ["KAP000001", "KAS00000001"])
    link = reviewing.enter(secret)
    assert reviewing.shown_forms(link) == {"biosample": 1}
    assert [each.accession for each in reviewing.shown_records(link, "biosample")] == ["KAS00000002"]


def test_every_opening_is_counted_without_the_reader(world: World) -> None:
    submission, file = closed(world)
    made = reviewing.make_link(world.depositor, submission.pk, name="J")
    link = reviewing.enter(secret_of(made))
    reviewing.note(link, "list", "", reviewing.network_of("203.0.113.77"))
    for size in (10, 20, 30):
        reviewing.note(link, "file", file.name, reviewing.network_of("203.0.113.77"), size)
    reviewing.note(link, "file", file.name, reviewing.network_of("2001:db8:1:2::9"), 5)
    found, total = reviewing.openings_of(world.manager, made.id)
    assert total == 3 and sorted((each.network, each.times, each.size_bytes) for each in found) == [
        ("2001:db8:1::/48", 1, 5), ("203.0.113.0/24", 1, 0), ("203.0.113.0/24", 3, 60)
    ]  # fmt: skip
    (state,) = reviewing.links_of(world.depositor, submission.pk)
    assert (state.openings, state.downloads, state.records, state.files) == (1, 4, 4, 1)
    with pytest.raises(PermissionDenied):
        reviewing.openings_of(world.curator, made.id)


@given(st.ip_addresses())
def test_no_whole_address_is_kept(address: object) -> None:
    network = reviewing.network_of(str(address))
    assert network.endswith(("/24", "/48")) and len(network) <= 43


def test_what_is_no_address_is_not_kept() -> None:
    assert reviewing.network_of("unix:") == "" and reviewing.network_of("::ffff:203.0.113.9") == "203.0.113.0/24"


def test_ten_thousand_records_are_named_in_one_go(world: World) -> None:
    submission = accepted(world, study(3_000), release_on=in_days(30))
    made = reviewing.make_link(world.depositor, submission.pk, name="J")
    assert made.records == 3_001
    link = reviewing.enter(secret_of(made))
    assert len(reviewing.shown_records(link, "biosample", 30)) == 100
    assert reviewing.shown_forms(link) == {"bioproject": 1, "biosample": 3_000}
    assert Record.objects.count() == 3_001
