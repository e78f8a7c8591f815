"""Umbrella projects: own projects at once, those of another group when it agrees; shown on both pages."""

from __future__ import annotations

import pytest

from biomoa.ledger.models import Entry
from biomoa.ledger.services import verify
from biomoa.people.rules import NOBODY
from biomoa.records import queries, services, services_curation, umbrellas
from biomoa.records.models import Link, Submission, UmbrellaRequest
from biomoa.records.refusals import NotFound, PermissionDenied, Refusal
from tests.records.test_release import in_days
from tests.records.world import Bundle, World, accept, draft, project, review, sample

BIG = {"project_alias": "big", "project_type": "umbrella", "title": "Big"}


def made(world: World, bundle: Bundle) -> None:
    accept(world, draft(world, bundle))


def theirs(world: World, bundle: Bundle) -> None:
    """The same for the other group."""
    receipt = services.whole(world.stranger, world.other.pk, bundle)
    assert receipt.state == "submitted", receipt.problems
    submission = Submission.objects.get(pk=int(receipt.submission[3:]))
    services_curation.take(world.curator, submission.pk)
    services_curation.accept(world.curator, submission.pk)


def test_own_projects_are_tied_at_once_and_shown_on_both_pages(world: World) -> None:
    made(world, {"bioproject": [BIG, project("a"), project("b")], "biosample": [sample("S1", "a")]})
    assert umbrellas.link(world.depositor, "KAP000001", "kap000002 ") == "linked"
    assert umbrellas.link(world.depositor, "KAP000001", "KAP000002") == "linked", "again: nothing changes"
    below = queries.get_record(NOBODY, "KAP000001")
    assert [(each.form, [one.accession for one in each.first]) for each in below.down] == [
        ("bioproject", ["KAP000002"])
    ]
    above = queries.get_record(NOBODY, "KAP000002")
    assert [each.accession for each in above.up] == ["KAP000001"] and above.version == 2
    assert above.values["umbrella"] == "KAP000001" and above.down[0].form == "biosample"
    place = umbrellas.place_of(world.depositor, "KAP000001")
    assert place.is_umbrella and [each.accession for each in place.members] == ["KAP000002"]
    assert Entry.objects.filter(event="record:revised", subject="KAP000002").count() == 1 and not list(verify())


def test_what_cannot_be_tied_is_told(world: World) -> None:
    made(world, {"bioproject": [BIG, {**BIG, "project_alias": "big2"}, project("a")], "biosample": [sample("S", "a")]})
    umbrellas.link(world.depositor, "KAP000001", "KAP000003")
    for over, under, code in (
        ("KAP000002", "KAP000003", "umbrella-many"),
        ("KAP000001", "KAP000002", "umbrella-member-expected"),
        ("KAP000003", "KAP000001", "umbrella-expected"),
        ("KAP000001", "KAP000001", "umbrella-member-expected"),
        ("KAP000001", "KAS00000001", "umbrella-member-expected"),
    ):
        with pytest.raises(Refusal) as told:
            umbrellas.link(world.depositor, over, under)
        assert code in [each.code for each in told.value.problems]
    with pytest.raises(PermissionDenied):
        umbrellas.link(world.stranger, "KAP000001", "KAP000003")
    with pytest.raises(NotFound):
        umbrellas.link(world.depositor, "KAP000001", "KAP000099")


def test_another_group_is_asked_and_agrees(world: World) -> None:
    made(world, {"bioproject": [project("a"), project("b")]})
    theirs(world, {"bioproject": [BIG]})
    assert umbrellas.link(world.depositor, "KAP000003", "KAP000001", "우리도 함께하고 싶습니다") == "asked"
    assert umbrellas.link(world.depositor, "KAP000003", "KAP000001") == "asked"
    (request,) = umbrellas.requests_to(world.stranger)
    assert request.asked_id == world.other.pk and not Link.objects.filter(parent__accession="KAP000003").exists()
    with pytest.raises(PermissionDenied):
        umbrellas.answer(world.depositor, request.pk, agrees=True)
    with pytest.raises(NotFound):
        umbrellas.answer(world.curator, request.pk, agrees=True)
    umbrellas.answer(world.stranger, request.pk, agrees=True)
    assert queries.get_record(NOBODY, "KAP000001").up[0].accession == "KAP000003"
    with pytest.raises(NotFound):
        umbrellas.answer(world.stranger, request.pk, agrees=False)
    # The other way round: the umbrella's group asks for a project, which declines.
    assert umbrellas.link(world.stranger, "KAP000003", "KAP000002") == "asked"
    (request,) = umbrellas.requests_to(world.manager)
    umbrellas.answer(world.manager, request.pk, agrees=False, text="No")
    assert UmbrellaRequest.objects.get(pk=request.pk).state == "declined"
    assert queries.get_record(NOBODY, "KAP000002").up == ()
    assert umbrellas.link(world.stranger, "KAP000003", "KAP000002") == "asked"
    umbrellas.take_back(world.stranger, umbrellas.requests_to(world.depositor)[0].pk)
    assert umbrellas.requests_to(world.depositor) == []


def test_a_closed_project_of_another_group_cannot_even_be_asked_for(world: World) -> None:
    submission = draft(world, {"bioproject": [project("a")]})
    services.set_details(world.depositor, submission.pk, release_on=in_days(30))
    accept(world, submission)
    theirs(world, {"bioproject": [BIG]})
    with pytest.raises(NotFound):
        umbrellas.link(world.stranger, "KAP000002", "KAP000001")
    assert umbrellas.link(world.depositor, "KAP000002", "KAP000001") == "asked"
    umbrellas.answer(world.stranger, umbrellas.requests_to(world.stranger)[0].pk, agrees=True)
    assert queries.get_record(NOBODY, "KAP000002").down == (), "who may not read the project does not see it"
    assert queries.get_record(world.depositor, "KAP000002").down[0].count == 1


def test_either_group_unties_with_a_reason(world: World) -> None:
    made(world, {"bioproject": [{**BIG, "members": "a;b"}, project("a"), project("b")]})
    with pytest.raises(Refusal):
        umbrellas.unlink(world.depositor, "KAP000001", "KAP000002", " ")
    umbrellas.unlink(world.depositor, "KAP000001", "KAP000002", "moved")
    assert queries.get_record(NOBODY, "KAP000002").up == ()
    assert queries.get_record(NOBODY, "KAP000001").values["members"] == "b"
    umbrellas.link(world.depositor, "KAP000001", "KAP000002")
    umbrellas.unlink(world.depositor, "KAP000001", "KAP000002", "moved")
    assert "umbrella" not in queries.get_record(NOBODY, "KAP000002").values
    with pytest.raises(NotFound):
        umbrellas.unlink(world.depositor, "KAP000001", "KAP000002", "again")


def test_a_sheet_cannot_claim_another_groups_umbrella(world: World) -> None:
    theirs(world, {"bioproject": [BIG]})
    receipt = services.whole(world.depositor, world.group.pk, {"bioproject": [project("a", umbrella="KAP000001")]})
    assert [each.code for each in receipt.problems] == ["umbrella-not-agreed"]
    made(world, {"bioproject": [project("b")]})
    umbrellas.link(world.depositor, "KAP000001", "KAP000002")
    umbrellas.answer(world.stranger, umbrellas.requests_to(world.stranger)[0].pk, agrees=True)
    again = draft(world, {"bioproject": [project("b", umbrella="KAP000001", title="New title")]})
    services_curation.accept(world.curator, review(world, again).pk)
    assert queries.get_record(NOBODY, "KAP000002").up[0].accession == "KAP000001"
