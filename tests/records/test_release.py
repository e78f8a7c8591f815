"""Opening by day, by the clock and by choice; what keeps records closed; tombstones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from biomoa.files.models import InspectionResult
from biomoa.ledger.models import Entry
from biomoa.ledger.services import verify
from biomoa.people.rules import NOBODY
from biomoa.records import queries, services, services_curation, services_release
from biomoa.records.models import Record, Submission
from biomoa.records.refusals import NotFound, PermissionDenied, Refusal
from tests.records.world import World, accept, accepted, draft, lay_file, project, reads, review, sample, study

pytestmark = pytest.mark.usefixtures("at_noon")


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)  # noon in Seoul


def states() -> dict[str, str]:
    return dict(Record.objects.values_list("alias", "state"))


def test_without_a_day_it_opens_at_once(world: World) -> None:
    made = accepted(world, study(1))
    assert made.state == "released" and set(states().values()) == {"released"}
    assert {each.subject for each in Entry.objects.filter(event="record:released")} == {"KAP000001", "KAS00000001"}
    assert queries.get_record(NOBODY, "KAS00000001").is_public


def test_the_clock_opens_it_on_its_day_and_not_before(world: World) -> None:
    made = accepted(world, study(1), release_on=in_days(30))
    assert made.state == "accepted"
    with pytest.raises(NotFound):
        queries.get_record(NOBODY, "KAS00000001")
    assert services_release.open_due(noon(in_days(29))) == []
    # The day is that of the station's calendar: midnight in Seoul is 15:00 UTC of the day before.
    day = in_days(30)
    before = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=9, seconds=1)
    assert services_release.open_due(before) == []
    assert services_release.open_due(before + timedelta(seconds=2)) == ["KAP000001", "KAS00000001"]
    assert services_release.open_due(noon(in_days(31))) == []
    made.refresh_from_db()
    assert made.state == "released"
    assert Entry.objects.filter(event="record:released").count() == 2
    assert Entry.objects.get(event="submission:released").actor == "system:clock"


def test_a_project_may_wish_a_day_of_its_own(world: World) -> None:
    bundle = {**study(1), "bioproject": [project(release_date=in_days(10).isoformat())]}
    accept(world, draft(world, bundle))
    assert set(states().values()) == {"accepted"}, "the sample waits for its project"
    assert services_release.open_due(noon(in_days(10))) == ["KAP000001", "KAS00000001"]
    late = draft(world, {"bioproject": [project("late", release_date=in_days(6 * 365).isoformat())]})
    assert [each.code for each in services.submit(world.depositor, late.pk).problems] == ["release-date-too-late"]


def test_a_closed_parent_keeps_its_children_closed_until_it_opens(world: World) -> None:
    accepted(world, study(1), release_on=in_days(30))
    added = accepted(world, {"biosample": [sample("added")]})
    assert added.state == "accepted", "at once, but its project is closed"
    (blocker,) = services_release.what_blocks_release(added)
    assert (blocker.problem.code, blocker.accession) == ("release-parent-closed", "KAS00000002")
    assert services_release.open_due(noon(in_days(30))) == ["KAP000001", "KAS00000001", "KAS00000002"]


def test_a_pending_submission_holds_back_its_project_unless_parts_are_chosen(world: World) -> None:
    made = accepted(world, study(2), release_on=in_days(1))
    pending = review(world, draft(world, {"biosample": [sample("more")]}))
    assert services_release.open_due(noon(in_days(1))) == []
    told = {blocker.problem.code: blocker for blocker in services_release.what_blocks_release(made)}
    held = told["release-linked-pending"]
    assert held.since == pending.submitted_at and not held.hard and pending.code in held.problem.message.ko
    outcome = services_release.release(world.depositor, made.pk, ["KAP000001", "KAS00000002"])
    assert outcome.opened == ("KAP000001", "KAS00000002") and outcome.state == "accepted"
    assert states() == {"study-1": "released", "study-1-S1": "accepted", "study-1-S2": "released"}
    assert services_release.open_due(noon(in_days(1))) == ["KAS00000001"]


def test_a_part_whose_parent_is_not_chosen_is_told(world: World) -> None:
    made = accepted(world, study(2), release_on=in_days(30))
    outcome = services_release.release(world.depositor, made.pk, ["KAS00000001"])
    assert outcome.opened == () and [each.problem.code for each in outcome.blockers] == ["release-parent-closed"]
    assert services_release.release(world.manager, made.pk).state == "released"
    assert services_release.release(world.manager, made.pk).opened == ()
    assert not list(verify())


def test_a_failed_or_lost_inspection_keeps_a_record_closed(world: World) -> None:
    made = draft(world, reads())
    file = lay_file(made, "study-1.fastq")
    services.set_details(world.depositor, made.pk, release_on=in_days(5))
    accept(world, made)
    InspectionResult.objects.update(verdict="fail")
    assert [each.problem.code for each in services_release.what_blocks_release(made)] == ["release-file-failed"]
    assert len(services_release.open_due(noon(in_days(5)))) == 3
    file.refresh_from_db()
    assert not file.is_public and states()["study-1-R1"] == "accepted"
    InspectionResult.objects.all().delete()
    assert [each.problem.code for each in services_release.what_blocks_release(made)] == ["release-file-unchecked"]
    lay_file(made, "study-1.fastq")
    assert services_release.open_due(noon(in_days(6))) == ["KAR00000001"]
    file.refresh_from_db()
    assert file.is_public


def test_days_can_be_changed_within_the_limits_and_longer_by_request(world: World) -> None:
    made = accepted(world, study(1), release_on=in_days(30))
    services_release.set_release_date(world.depositor, made.pk, in_days(60))
    assert set(Record.objects.values_list("release_on", flat=True)) == {in_days(60)}
    beyond, last = services_release.embargo_limits(made)
    with pytest.raises(Refusal) as told:
        services_release.set_release_date(world.depositor, made.pk, beyond + timedelta(days=1))
    assert told.value.problems[0].code == "release-date-too-late"
    with pytest.raises(Refusal):
        services_release.extend_embargo(world.depositor, made.pk, beyond + timedelta(days=1), "")
    extended = services_release.extend_embargo(world.depositor, made.pk, last, "특허 출원")
    assert extended.release_on == last and extended.extended_days == (last - beyond).days
    with pytest.raises(Refusal):
        services_release.extend_embargo(world.depositor, made.pk, last + timedelta(days=1), "more")
    assert services_release.set_release_date(world.depositor, made.pk, None).state == "released"
    told_of = [each.data for each in Entry.objects.filter(event="embargo:changed").order_by("seq")]
    assert len(told_of) == 3 and "특허 출원" in told_of[1]


def test_withdrawn_leaves_a_tombstone_and_suppressed_a_page(world: World) -> None:
    made = draft(world, reads())
    file = lay_file(made, "study-1.fastq")
    accept(world, made)
    with pytest.raises(PermissionDenied):
        services_release.withdraw_record(world.depositor, "KAR00000001", "x")
    with pytest.raises(Refusal):
        services_release.withdraw_record(world.curator, "KAR00000001", "")
    services_release.withdraw_record(world.curator, "KAR00000001", "동의 철회")
    services_release.withdraw_record(world.curator, "KAS00000001", "duplicate", kind="suppressed")
    stone, page = queries.get_record(NOBODY, "KAR00000001"), queries.get_record(NOBODY, "KAS00000001")
    assert (stone.is_tombstone, stone.reason, stone.values, stone.files, stone.title) == (True, "동의 철회", {}, (), "")
    assert not page.is_tombstone and page.values["sex"] == "female" and page.state == "suppressed"
    file.refresh_from_db()
    assert not file.is_public
    with pytest.raises(NotFound):
        queries.get_record(NOBODY, "KAR00000001", 1)
    assert queries.get_record(world.depositor, "KAR00000001").values
    resolved = queries.resolve("kar00000001")
    assert resolved is not None and resolved.kind == "record"
    events = set(Entry.objects.values_list("event", flat=True))
    assert {"record:withdrawn", "record:suppressed"} <= events
    again = services.whole(world.depositor, world.group.pk, {"biosample": [sample("study-1-S1")]})
    assert [each.code for each in again.problems] == ["alias-withdrawn"]


def test_a_record_never_public_says_nothing_on_its_tombstone(world: World) -> None:
    accepted(world, study(1), release_on=in_days(30))
    services_release.withdraw_record(world.curator, "KAS00000001", "mixed up", kind="suppressed")
    stone = queries.get_record(NOBODY, "KAS00000001")
    assert stone.is_tombstone and not stone.values and not stone.title and not stone.alias


def test_private_fields_are_for_those_inside(world: World) -> None:
    accept(world, draft(world, {"bioproject": [project(contact="kim@example.org")]}))
    assert "contact" not in queries.get_record(NOBODY, "KAP000001").values
    assert "contact" not in queries.get_record(NOBODY, "KAP000001").depositor_values
    assert "contact" in queries.get_record(world.depositor, "KAP000001").values
    assert all("contact" not in each.values for each in queries.iter_records())


def test_the_expected_days_are_measured_from_past_decisions(world: World) -> None:
    assert queries.expected_days(world.center.pk).median_days is None
    now = timezone.now()
    for days in (1, 2, 3, 10):
        made = review(world, draft(world, study(1, f"p{days}")))
        services_curation.accept(world.curator, made.pk)
        Submission.objects.filter(pk=made.pk).update(submitted_at=now - timedelta(days=days), decided_at=now)
    expected = queries.expected_days(world.center.pk)
    assert (expected.median_days, expected.ninety_percent_days, expected.decisions) == (2.5, 10.0, 4)


def test_records_stream_in_order_with_parents(world: World) -> None:
    accept(world, draft(world, study(3)))
    found = list(queries.iter_records(form="biosample"))
    assert [each.accession for each in found] == ["KAS00000001", "KAS00000002", "KAS00000003"]
    assert {each.parents for each in found} == {(("project", "KAP000001"),)}
    assert [each.accession for each in queries.iter_records(accessions=["KAS00000002", "KAS99999999"])] == [
        "KAS00000002"
    ]
