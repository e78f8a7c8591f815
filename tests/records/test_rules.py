"""The pure rules of submissions and records."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biomoa.catalog.services import read_catalogue
from biomoa.forms.library import Library, load_library
from biomoa.ledger.rules import canonical
from biomoa.records import problems, rules
from tests.records.conftest import CATALOGUE

WORDS = st.dictionaries(st.sampled_from("abcdef"), st.text(max_size=8), max_size=6)
LAYERS = st.dictionaries(st.sampled_from("abcdef"), st.fixed_dictionaries({"value": st.text(max_size=8)}), max_size=3)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(read_catalogue(CATALOGUE))


def test_the_page_of_states_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "states.md"
    assert page.read_text(encoding="utf-8") == rules.state_table_markdown(), "write rules.state_table_markdown() to it"


@pytest.mark.parametrize("command", rules.COMMANDS, ids=lambda each: each.name)
def test_every_command_stays_within_the_states_and_somebody_may_give_it(command: rules.Command) -> None:
    assert set(command.before) <= rules.STATES.keys()
    assert command.after in {*rules.STATES, rules.SAME, rules.GONE}
    for state in command.before:
        assert rules.roles_for(command, state), (command.name, state)


def test_every_state_is_reached_and_only_the_last_ones_are_final() -> None:
    reached = {"draft"}
    for _ in rules.STATES:
        reached |= {each.after for each in rules.COMMANDS if set(each.before) & reached and each.after in rules.STATES}
    assert reached == rules.STATES.keys()
    leaving = {state for each in rules.COMMANDS for state in each.before if each.after not in ("", state)}
    assert rules.STATES.keys() - leaving == {"released", "withdrawn"}


@pytest.mark.parametrize(
    ("command", "facts", "codes"),
    [
        ("submit", rules.Facts("draft"), []),
        ("submit", rules.Facts("accepted"), ["wrong-state"]),
        ("submit", rules.Facts("draft", rows=0), ["nothing-to-submit"]),
        ("submit", rules.Facts("returned", errors=3), ["errors-left"]),
        ("accept", rules.Facts("in-review", errors=1), ["errors-left-in-review"]),
        ("accept", rules.Facts("submitted"), ["wrong-state"]),
        ("return", rules.Facts("in-review"), ["reason-needed"]),
        ("return", rules.Facts("in-review", reason="  "), ["reason-needed"]),
        ("return", rules.Facts("in-review", reason="메타데이터를 고쳐 주세요"), []),
        ("withdraw", rules.Facts("in-review", reason="mixed up"), []),
        ("withdraw", rules.Facts("accepted", reason="mixed up"), ["wrong-state"]),
    ],
)
def test_commands(command: str, facts: rules.Facts, codes: list[str]) -> None:
    assert [each.code for each in rules.check_command(command, facts)] == codes


def test_every_problem_of_the_room_speaks_both_languages() -> None:
    for code, rule in problems.RULE_TEXTS.items():
        assert code == rule.code and rule.message is not None
        for text in (rule.meaning, rule.repair, rule.message):
            assert text.ko and text.en and text.ko != text.en


def test_a_problem_without_its_facts_is_refused() -> None:
    with pytest.raises(KeyError):
        problems.problem("file-missing")


@pytest.mark.parametrize(
    ("today", "accepted", "years", "extension", "limit"),
    [
        (date(2026, 11, 23), None, 3, 0, date(2029, 11, 23)),
        (date(2026, 11, 23), date(2025, 1, 1), 3, 0, date(2028, 1, 1)),
        (date(2026, 11, 23), date(2025, 1, 1), 3, 2, date(2030, 1, 1)),
        (date(2028, 2, 29), None, 3, 0, date(2031, 2, 28)),
    ],
)
def test_release_limit(today: date, accepted: date | None, years: int, extension: int, limit: date) -> None:
    assert rules.release_limit(today, accepted, years, extension) == limit
    assert rules.check_release_date(limit, today, limit) == []
    late = rules.check_release_date(limit.replace(year=limit.year + 1), today, limit)
    assert [each.code for each in late] == ["release-date-too-late"]


def test_a_day_in_the_past_is_refused_and_at_once_is_none() -> None:
    today, limit = date(2026, 11, 23), date(2029, 11, 23)
    assert [each.code for each in rules.check_release_date(date(2026, 11, 22), today, limit)] == ["release-date-past"]
    assert rules.check_release_date(None, today, limit) == []
    assert rules.is_due(None, today) and rules.is_due(today, today) and not rules.is_due(limit, today)


@given(WORDS, WORDS)
def test_a_diff_leads_from_the_old_words_to_the_new(old: dict[str, str], new: dict[str, str]) -> None:
    changed = dict(old)
    for change in rules.diff(old, new):
        assert changed.get(change.field, "") == change.old != change.new
        changed[change.field] = change.new
    assert not rules.diff(changed, new)
    assert not rules.diff(new, new)


@given(WORDS, LAYERS, WORDS)
def test_a_correction_holds_until_the_depositor_changes_the_field(
    old: dict[str, str], layer: dict[str, dict[str, str]], new: dict[str, str]
) -> None:
    carried = rules.carry_layer(old, layer, new)
    for field in layer:
        assert (field in carried) == (old.get(field, "") == new.get(field, ""))
    said = rules.merge(new, carried)
    assert all(said[field] == layer[field]["value"] for field in carried)
    assert all(said[field] == new[field] for field in new if field not in carried)


@given(WORDS, LAYERS)
def test_sending_again_what_one_wrote_or_what_is_said_changes_nothing(
    words: dict[str, str], layer: dict[str, dict[str, str]]
) -> None:
    assert rules.is_unchanged(words, words, layer)
    assert rules.is_unchanged(rules.merge(words, layer), words, layer)


@given(WORDS, LAYERS, st.text(max_size=5))
def test_the_digest_is_sha256_of_canonical_json(
    words: dict[str, str], layer: dict[str, dict[str, str]], revision: str
) -> None:
    said = {"form": "biosample", "layer": layer, "revision": revision, "values": words}
    expected = hashlib.sha256(canonical(said).encode()).hexdigest()
    assert rules.digest(words, "biosample", revision, layer) == expected
    assert rules.digest(dict(reversed(words.items())), "biosample", revision, layer) == expected


@given(st.integers(0, 10**8 - 1000), st.integers(0, 500))
def test_accessions_go_on_in_order(last: int, count: int) -> None:
    numbers = rules.accessions("KAS", 8, last, count)
    assert [int(each[3:]) for each in numbers] == list(range(last + 1, last + count + 1))
    assert all(len(each) == 11 for each in numbers)


def test_a_used_up_series_gives_no_longer_numbers() -> None:
    with pytest.raises(OverflowError):
        rules.accessions("KAP", 6, 999_999, 1)
    assert rules.accessions("KAP", 6, 999_998, 1) == ["KAP999999"]


def test_forms_are_ordered_parents_first(library: Library) -> None:
    forms = dict(reversed(library.forms.items()))
    assert rules.ordered_forms(forms) == ["bioproject", "biosample", "ngs-experiment", "ngs-run"]


def test_an_umbrella_gets_its_number_before_its_members(library: Library) -> None:
    form = library.form("bioproject")
    rows = [
        {"project_alias": "a", "umbrella": "b"},
        {"project_alias": "c", "umbrella": "elsewhere"},
        {"project_alias": "b", "members": "a"},
    ]
    assert rules.ordered_within(form, rows) == [2, 0, 1]
    loop = [{"project_alias": "a", "umbrella": "b"}, {"project_alias": "b", "umbrella": "a"}]
    assert sorted(rules.ordered_within(form, loop)) == [0, 1]
    assert [each.name for each in rules.upward(form)] == ["umbrella"]
    assert [each.name for each in rules.downward(form)] == ["members"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, date(2027, 1, 1)),
        ({"release_date": "2028-05-06"}, date(2028, 5, 6)),
        ({"release_date": "2028-05"}, date(2027, 1, 1)),
        ({"project_type": "Umbrella", "release_date": "2028-05-06"}, None),
    ],
)
def test_the_day_a_project_opens(library: Library, values: dict[str, str], expected: date | None) -> None:
    assert rules.release_day(library.form("bioproject"), values, date(2027, 1, 1)) == expected


def test_kept_values_leave_out_what_is_empty() -> None:
    given_ = {"a": " x ", "b": "", "c": None, "d": 3, "e": "  "}
    assert rules.kept_values(given_) == {"a": "x", "d": "3"}


def test_values_of_a_program_are_told_as_a_sheet_of_json_lines_tells_them() -> None:
    given_ = {"list": ["a", 2, None], "yes": True, "no": False, "object": {"a": 1}, "number": 12.5, "none": []}
    assert rules.kept_values(given_) == {
        "list": "a;2;", "yes": "yes", "no": "no", "object": '{"a":1}', "number": "12.5",
    }  # fmt: skip


def test_citation() -> None:
    said = rules.citation("KAP000001", "Version 2", "된장", "Lab", "BioMoa", 2026, "https://x.kr/")
    assert said == "Lab (2026): 된장. Version 2. BioMoa. https://x.kr/KAP000001"
