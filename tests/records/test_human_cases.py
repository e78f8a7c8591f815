"""Answers on human data that need a judgement: a curator sees them, decides, and the group hears what is next."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from biomoa.catalog.navigator import decide
from biomoa.ledger.followers import follow
from biomoa.ledger.models import Entry
from biomoa.notices.followers import follower
from biomoa.notices.models import Notice
from biomoa.people.models import Organisation
from biomoa.people.rules import NOBODY, Actor
from biomoa.records import human, human_cases, services, services_curation, services_human, services_redaction
from biomoa.records import rules_human as rules
from biomoa.records.models import HumanDataAnswer, Record, Submission
from biomoa.records.refusals import NotFound, PermissionDenied, Refusal
from tests.records.test_human_data import ASK, BANK, OPEN, codes, enter, of_people, put
from tests.records.world import World, draft, lay_file, make_actor


@pytest.fixture
def asked(world: World) -> Submission:
    made = draft(world, of_people(), title="Blood of volunteers")
    services_human.answer(world.depositor, made.pk, ASK, text="The consent form is being translated.")
    return made


@pytest.fixture
def foreign(world: World) -> Actor:  # noqa: ARG001
    center = Organisation.objects.create(code="NABIC", kind="data-center", name_ko="농업센터", name_en="NABIC")
    return make_actor("foreign", center, "curator")


def told(actor: Actor) -> list[str]:
    follow(follower())
    return list(Notice.objects.filter(user_id=actor.user_id).order_by("seq", "pk").values_list("kind", flat=True))


def decision(actor: Actor, made: Submission, choice: str, reason: str = "IRB number seen", **more: Any) -> Submission:
    return services_human.decide(actor, made.pk, choice, reason, **more)


# Rules


def test_the_state_that_the_policy_is_asked_with() -> None:
    navigator = human.find_navigator()
    assert navigator is not None
    by_name = {each.outcome: each for each in navigator.outcomes}
    assert [each.outcome for each in rules.choices(navigator)] == ["here", "bank"]
    for name, is_decision, state in (
        ("ask", False, "ask"), ("ask", True, "decided"), ("here", True, "decided"), ("bank", False, ""),
        ("here", False, ""),
    ):  # fmt: skip
        assert rules.case_state(by_name[name], is_decision) == state
    assert rules.case_state(None, True) == "", "an outcome that a newer edition no longer knows is answered anew"
    assert rules.chosen(navigator, "bank", None) == by_name["bank"]
    assert rules.chosen(navigator, "ask", by_name["ask"]) is None, "only by `more`"
    assert rules.chosen(navigator, "more", by_name["ask"]) == by_name["ask"]
    assert rules.chosen(navigator, "more", by_name["here"]) is None
    assert rules.shown(by_name["ask"], True, "why").reason.ko == "why"
    assert rules.shown(by_name["ask"], False, "why") == by_name["ask"]


# Deciding


def test_a_decision_opens_the_draft_and_is_in_the_ledger(world: World, asked: Submission) -> None:
    revision = Submission.objects.get(pk=asked.pk).revision
    decision(world.curator, asked, "here")
    made = Submission.objects.get(pk=asked.pk)
    assert human.state_of(made) == "open" and human.find_problem(made) is None and put(world, made)
    assert made.revision == revision, "what the depositor is writing is no conflict"
    entry = Entry.objects.filter(event="human-data:decided", subject=made.code).get()
    assert entry.actor == world.curator.label
    assert json.loads(entry.data) == {"answers": ASK, "outcome": "here", "edition": "1", "reason": "IRB number seen"}


def test_a_decision_can_send_it_elsewhere_or_ask_for_more(world: World, asked: Submission) -> None:
    for choice, state in (("bank", "elsewhere"), ("more", "ask"), ("here", "open"), ("more", "ask")):
        decision(world.curator, asked, choice)
        made = Submission.objects.get(pk=asked.pk)
        assert human.state_of(made) == state
        case = human_cases.get_case(world.curator, asked.pk)
        assert case.state == "decided" and case.standing.answers == ASK, "a curator may decide again"
        assert case.by_rule == decide(human.find_navigator(), ASK)  # type: ignore[arg-type]


def test_who_may_decide(world: World, asked: Submission, foreign: Actor) -> None:
    for actor in (world.stranger, foreign, NOBODY):
        with pytest.raises(NotFound):
            decision(actor, asked, "here")
    for actor in (world.depositor, world.auditor):
        with pytest.raises(PermissionDenied):
            decision(actor, asked, "here")
    assert not HumanDataAnswer.objects.filter(is_decision=True).exists()
    decision(world.administrator, asked, "here")


def test_what_is_refused(world: World, asked: Submission) -> None:
    standing = HumanDataAnswer.objects.get()
    for choice, reason, on, code in (
        ("ask", "x", None, "human-data-choice"), ("", "x", None, "human-data-choice"),
        ("here", "  ", None, "reason-needed"), ("here", "x", standing.pk + 1, "human-data-changed"),
        ("here", "880101-4234567", None, "text-names-person"),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            decision(world.curator, asked, choice, reason, on=on)
        assert codes(refused) == [code]
    decision(world.curator, asked, "here", on=standing.pk)
    lay_file(asked, "study-1.fastq")
    services.submit(world.depositor, asked.pk)
    with pytest.raises(Refusal) as refused:
        decision(world.curator, asked, "bank")
    assert codes(refused) == ["human-data-settled"]


def test_answers_that_lead_somewhere_by_themselves_are_no_case(world: World) -> None:
    made = draft(world, of_people())
    for answers in (None, OPEN, BANK):
        if answers:
            services_human.answer(world.depositor, made.pk, answers)
        with pytest.raises(NotFound):
            human_cases.get_case(world.curator, made.pk)
        with pytest.raises(NotFound):
            decision(world.curator, made, "here")
    assert human_cases.cases_for(world.curator) == []


def test_the_same_answers_keep_a_decision_and_others_set_it_aside(world: World, asked: Submission) -> None:
    decision(world.curator, asked, "here")
    services_human.answer(world.depositor, asked.pk, ASK)
    assert human.state_of(Submission.objects.get(pk=asked.pk)) == "open" and HumanDataAnswer.objects.count() == 2
    services_human.answer(world.depositor, asked.pk, ASK, text="One more thing")
    assert human.state_of(Submission.objects.get(pk=asked.pk)) == "ask"
    decision(world.curator, asked, "more", "Which one?")
    services_human.answer(world.depositor, asked.pk, ASK)
    assert human_cases.get_case(world.curator, asked.pk).is_waiting, "the same again after `more` waits again"
    services_human.answer(world.depositor, asked.pk, BANK)
    assert human.state_of(Submission.objects.get(pk=asked.pk)) == "elsewhere"


def test_a_change_after_acceptance_keeps_the_decision(world: World, asked: Submission) -> None:
    decision(world.curator, asked, "here")
    lay_file(asked, "study-1.fastq")
    services.submit(world.depositor, asked.pk)
    services_curation.take(world.curator, asked.pk)
    services_curation.accept(world.curator, asked.pk)
    record = Record.objects.get(form="biosample")
    values = record.versions.get().values
    made = services.propose_revision(world.depositor, record.accession, {**values, "sex": "male"})
    standing = human.latest(made)
    assert standing is not None and standing.is_decision and standing.by_id == world.curator.user_id
    assert human.state_of(made) == "open"


def test_a_reason_forgets_what_is_blanked(world: World, asked: Submission) -> None:
    decision(world.curator, asked, "here", "the title Human Blood is fine")
    lay_file(asked, "study-1.fastq")
    services.submit(world.depositor, asked.pk)
    services_curation.take(world.curator, asked.pk)
    services_curation.accept(world.curator, asked.pk)
    services_redaction.redact(world.curator, Record.objects.get(form="biosample").accession, "title", "a person")
    assert "Human Blood" not in HumanDataAnswer.objects.filter(is_decision=True).get().words


# Who hears of it


def test_curators_are_told_of_answers_to_judge_and_the_group_of_the_decision(
    world: World, asked: Submission, foreign: Actor
) -> None:
    assert told(world.curator) == ["human-data-to-judge"] and told(world.second_curator) == ["human-data-to-judge"]
    assert told(foreign) == [] and told(world.manager) == ["human-data-stopped"]
    decision(world.curator, asked, "more", "Send the IRB number")
    assert told(world.depositor) == ["human-data-decided"]
    notice = Notice.objects.get(user=world.depositor.user_id)
    assert notice.facts["outcome"]["ko"] == "자료나 설명이 더 필요합니다" and "다시 답해" in notice.facts["way"]["ko"]
    assert notice.facts["quote"] == "Send the IRB number"
    services_human.answer(world.depositor, asked.pk, BANK)
    assert told(world.curator) == ["human-data-to-judge"], "what goes elsewhere needs no judgement"


# Pages and API


def test_the_desk_shows_the_answers_and_takes_the_decision(
    client: Client, world: World, asked: Submission, foreign: Actor
) -> None:
    address = f"/desk/{asked.code}/human-data/"
    desk = enter(client, world.curator).get("/desk/").content.decode()
    assert f'href="{address}"' in desk and "Blood of volunteers" in desk
    assert client.get(f"/desk/{asked.code}/").status_code == 404, "the draft itself stays closed"
    assert client.get(f"/submissions/{asked.code}/").status_code == 404
    page = client.get(address).content.decode()
    for said in ("개인정보가 있습니까?", "동의하였습니까?", "depositor", "동의가 없습니다.", "being translated"):
        assert said in page
    assert 'name="outcome" value="here"' in page and 'value="more"' in page and "study-1-S1" not in page
    on = HumanDataAnswer.objects.get().pk
    done = client.post(address, {"outcome": "more", "reason": "IRB 번호가 필요합니다", "on": on, "next": address})
    assert done.status_code == 302 and done["Location"] == address
    assert client.get(address).content.decode().count('class="disclosure" open>') == 2, "the decision and the answers"
    stale = client.post(address, {"outcome": "here", "reason": "x", "on": on, "next": address}, follow=True)
    assert "그사이" in stale.content.decode() or "바뀌었습니다" in stale.content.decode()
    assert human.state_of(Submission.objects.get(pk=asked.pk)) == "ask"
    for actor, status in ((foreign, 404), (world.depositor, 403), (world.stranger, 403)):
        assert enter(client, actor).get(address).status_code == status
        assert client.post(address, {"outcome": "here", "reason": "x"}).status_code == status
    assert "Blood of volunteers" not in enter(client, foreign).get("/desk/").content.decode()
    files = enter(client, world.depositor).get(f"/submissions/{asked.code}/files/").content.decode()
    assert "IRB 번호가 필요합니다" in files, "every page of the draft says what the curator asks for"
    mine = client.get(f"/submissions/{asked.code}/human-data/").content.decode()
    assert "IRB 번호가 필요합니다" in mine and "자료나 설명이 더 필요합니다" in mine and 'name="text"' in mine


def test_the_depositor_answers_again_with_a_word(client: Client, world: World, asked: Submission) -> None:
    decision(world.curator, asked, "more")
    address = f"/submissions/{asked.code}/human-data/"
    enter(client, world.depositor).post(address, {**ASK, "text": "IRB 2026-1234"})
    case = human_cases.get_case(world.curator, asked.pk)
    assert case.is_waiting and case.standing.words == "IRB 2026-1234"
    assert "IRB 2026-1234" in enter(client, world.curator).get(f"/desk/{asked.code}/human-data/").content.decode()


def test_the_api_lists_shows_and_decides(client: Client, world: World, asked: Submission) -> None:
    address = f"/api/v1/submissions/{asked.code}/human-data"
    listed = enter(client, world.curator).get("/api/v1/human-data").json()
    assert [(each["code"], each["case"], each["outcome"]) for each in listed] == [(asked.code, "ask", "ask")]
    shown = client.get(address).json()
    assert shown["case"] == "ask" and shown["history"][0]["words"] == "The consent form is being translated."
    body = {"outcome": "here", "reason": "seen", "on": shown["history"][0]["id"]}
    told_ = client.post(f"{address}/decision", body, content_type="application/json").json()
    assert (told_["state"], told_["case"], told_["history"][0]["is_decision"]) == ("open", "decided", True)
    assert client.get(f"/api/v1/submissions/{asked.code}").status_code == 404, "the draft itself stays closed"
    assert enter(client, world.depositor).get("/api/v1/human-data").json() == []
    assert client.post(f"{address}/decision", body, content_type="application/json").status_code == 403


def test_the_desk_asks_no_query_for_each_case(world: World, django_assert_max_num_queries: Any) -> None:
    for number in range(4):
        made = draft(world, of_people(f"s{number}"))
        services_human.answer(world.depositor, made.pk, ASK)
    with django_assert_max_num_queries(2):
        cases = human_cases.cases_for(world.curator)
        assert [each.submission.owner.code for each in cases] == ["lab"] * 4
        assert [each.standing.by.name("en") for each in cases if each.standing.by] == ["depositor"] * 4
