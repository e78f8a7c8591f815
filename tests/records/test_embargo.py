"""Days of release as the page counts them, and what opens together with a record that is public at the INSDC."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from biomoa.files.models import InspectionResult
from biomoa.ledger.models import Entry
from biomoa.records import coupling, embargo, services, services_release
from biomoa.records.models import PublicElsewhere, Record
from biomoa.records.refusals import NotFound, PermissionDenied, Refusal
from tests.records.test_release import in_days, noon, states
from tests.records.test_reviewing_pages import client_of
from tests.records.world import World, accept, accepted, draft, lay_file, project, reads, review, sample, study

pytestmark = pytest.mark.usefixtures("at_noon")
DAY = date(2026, 11, 23)


def test_the_page_counts_what_is_left(world: World) -> None:
    made = accepted(world, study(1), release_on=in_days(30))
    told = embargo.embargo_of(made)
    limit, last = services_release.embargo_limits(made)
    assert (told.limit, told.last, told.days_to_opening, told.days_left) == (
        limit,
        last,
        30,
        (limit - in_days(30)).days,
    )
    assert told.days_by_request == (last - limit).days
    assert [each.day for each in told.choices] == sorted({each.day for each in told.choices})
    assert all(in_days(30) < each.day <= limit for each in told.choices) and told.choices[-1].day == limit
    owner, page = client_of(world.depositor), f"/submissions/{made.code}/"
    assert str(limit) in owner.get(page).content.decode() and str(last) in owner.get(page).content.decode()
    answer = owner.post(f"{page}do/set-release-date", {"release_on": told.choices[0].day.isoformat()})
    made.refresh_from_db()
    assert answer.status_code == 302 and made.release_on == told.choices[0].day
    owner.post(f"{page}do/extend-embargo", {"release_on": last.isoformat(), "reason": "특허 출원"})
    made.refresh_from_db()
    used = embargo.embargo_of(made)
    assert (made.release_on, used.days_left, used.choices) == (last, 0, ())
    assert used.days_by_request == 0 and last.isoformat() in owner.get(page).content.decode()
    owner.post(f"{page}do/extend-embargo", {"release_on": (last + timedelta(days=1)).isoformat(), "reason": "x"})
    made.refresh_from_db()
    assert made.release_on == last


def test_a_run_that_is_public_elsewhere_opens_with_sample_and_project(world: World) -> None:
    made = draft(world, {**reads(), "biosample": [sample("study-1-S1"), sample("study-1-S2")]})
    lay_file(made, "study-1.fastq")
    services.set_details(world.depositor, made.pk, release_on=in_days(300))
    accept(world, made)
    told = coupling.coupling_of(world.depositor, "KAR00000001")
    assert told is not None and not told.blockers
    assert dict(told.forms) == {"bioproject": 1, "biosample": 1, "ngs-experiment": 1, "ngs-run": 1}
    outcome = coupling.declare_public(world.depositor, "KAR00000001", [" srr1553609 ", "SRR1553609"])
    assert len(outcome.opened) == 4 and outcome.state == "released"
    assert states() == {
        "study-1": "released", "study-1-S1": "released", "study-1-S2": "accepted", "study-1-E1": "released",
        "study-1-R1": "released",
    }  # fmt: skip
    assert PublicElsewhere.objects.get().identifier == "SRR1553609"
    assert Entry.objects.filter(event="record:public-elsewhere", subject="KAR00000001").count() == 1


def test_a_project_that_is_public_elsewhere_opens_all_of_its_parts(world: World) -> None:
    accepted(world, study(3), release_on=in_days(300))
    accepted(world, {"biosample": [sample("later")]}, release_on=in_days(200))
    outcome = coupling.declare_public(world.manager, "KAP000001", ["PRJNA257197"])
    assert len(outcome.opened) == 5 and set(states().values()) == {"released"}


def test_what_is_held_is_told_and_opens_when_it_can(world: World) -> None:
    made = draft(world, reads())
    lay_file(made, "study-1.fastq")
    services.set_details(world.depositor, made.pk, release_on=in_days(300))
    accept(world, made)
    InspectionResult.objects.update(verdict="fail")
    told = coupling.coupling_of(world.depositor, "KAP000001")
    assert told is not None and [each.problem.code for each in told.blockers] == ["release-file-failed"]
    outcome = coupling.declare_public(world.depositor, "KAP000001", ["PRJEB1787"])
    assert len(outcome.opened) == 3 and states()["study-1-R1"] == "accepted" and outcome.state == "accepted"
    services_release.set_release_date(world.depositor, made.pk, in_days(200))
    assert Record.objects.get(accession="KAR00000001").release_on == timezone.localdate(), "not to be put off again"
    InspectionResult.objects.update(verdict="pass")
    assert services_release.open_due(noon(in_days(1))) == ["KAR00000001"]


def test_chosen_parts_open_with_what_they_stand_on(world: World) -> None:
    made = accepted(world, study(2), release_on=in_days(300))
    assert services_release.release(world.depositor, made.pk, ["KAS00000002"]).opened == ()
    page = f"/submissions/{made.code}/"
    client_of(world.depositor).post(f"{page}do/release-parts", {"accessions": "kas00000002", "together": "yes"})
    assert states() == {"study-1": "released", "study-1-S1": "accepted", "study-1-S2": "released"}
    with pytest.raises(Refusal):
        coupling.release_together(world.depositor, made.pk, ["KAP999999"])


def test_only_who_may_release_declares(world: World) -> None:
    accepted(world, study(1), release_on=in_days(30))
    for actor, error in ((world.stranger, NotFound), (world.auditor, PermissionDenied)):
        with pytest.raises(error):
            coupling.declare_public(actor, "KAP000001", ["PRJNA1"])
    for wrong in ([], ["KAP000001"], ["PRJNA1", "x"], ["PRJNA" + "1" * 40]):
        with pytest.raises(Refusal):
            coupling.declare_public(world.depositor, "KAP000001", wrong)
    assert Record.objects.get(accession="KAP000001").state == "accepted"
    assert coupling.coupling_of(world.auditor, "KAP000001") is None


def test_an_umbrella_couples_nothing(world: World) -> None:
    big = {"project_alias": "big", "project_type": "umbrella", "title": "Big", "members": "a;b"}
    day = in_days(100).isoformat()
    made = {"bioproject": [big, project("a", release_date=day), project("b", release_date=day)]}
    accept(world, draft(world, made))
    assert states() == {"big": "released", "a": "accepted", "b": "accepted"}
    coupling.declare_public(world.depositor, "KAP000002", ["PRJNA2"])
    assert sorted(states().values()) == ["accepted", "released", "released"]


def test_identifiers_are_found_in_the_fields(world: World) -> None:
    accepted(
        world, {"bioproject": [project(title="As in PRJNA257197 (SAMN02953603), not KAP000001")]}, release_on=in_days(9)
    )
    told = coupling.coupling_of(world.depositor, "KAP000001")
    assert told is not None and told.found == ("PRJNA257197", "SAMN02953603")
    page = client_of(world.depositor).get("/KAP000001").content.decode()
    assert "PRJNA257197 SAMN02953603" in page
    answer = client_of(world.depositor).post("/records/KAP000001/do/public-elsewhere", {"identifiers": "PRJNA257197"})
    assert answer.status_code == 302 and states() == {"study-1": "released"}


def test_a_group_takes_back_its_draft_and_with_a_reason_what_it_handed_in(world: World) -> None:
    owner, other = client_of(world.depositor), client_of(world.stranger)
    first, second = draft(world, study(1)), draft(world, study(1, "two"))
    assert other.post(f"/submissions/{first.code}/do/delete").status_code == 404
    assert "do/delete" in owner.get(f"/submissions/{first.code}/").content.decode()
    owner.post(f"/submissions/{first.code}/do/delete")
    assert owner.get(f"/submissions/{first.code}/").status_code == 404
    review(world, second)
    page = f"/submissions/{second.code}/"
    assert "do/withdraw" in owner.get(page).content.decode()
    owner.post(f"{page}do/withdraw", {"reason": "  "})
    second.refresh_from_db()
    assert second.state == "in-review", "not without a reason"
    owner.post(f"{page}do/withdraw", {"reason": "연구 중단"})
    second.refresh_from_db()
    assert second.state == "withdrawn" and "연구 중단" in owner.get(page).content.decode()
    events = Entry.objects.filter(event__in=("submission:deleted", "submission:withdrawn"))
    assert {each.subject for each in events} == {first.code, second.code}


@given(st.text())
def test_nothing_but_an_accession_is_taken(text: str) -> None:
    for each in coupling.find_identifiers({"a": text}):
        assert coupling.is_identifier(each) and each in text


@given(st.dates(min_value=DAY, max_value=DAY + timedelta(days=4_000)), st.integers(0, 1_500))
def test_choices_lie_between_the_day_and_the_limit(day: object, ahead: int) -> None:
    limit = day + timedelta(days=ahead)  # type: ignore[operator]
    for each in embargo.choices(day, limit):  # type: ignore[arg-type]
        assert day < each.day <= limit  # type: ignore[operator]
