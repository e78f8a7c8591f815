"""What may happen to a submission and its records. Functions of values: no Django, no clock, no database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from biomoa.catalog.model import Text
from biomoa.forms.cleaning import text_of
from biomoa.forms.model import Field, Form
from biomoa.forms.problems import Problem
from biomoa.people.rules import Role, Verb, is_allowed
from biomoa.records.problems import problem

State = str

STATES: Mapping[State, Text] = {
    "draft": Text(ko="작성 중", en="Draft"),
    "submitted": Text(ko="제출됨", en="Submitted"),
    "in-review": Text(ko="검토 중", en="In review"),
    "returned": Text(ko="보완 요청", en="Returned"),
    "accepted": Text(ko="승인됨", en="Accepted"),
    "released": Text(ko="공개됨", en="Released"),
    "withdrawn": Text(ko="철회됨", en="Withdrawn"),
}
RECORD_STATES: Mapping[State, Text] = {
    "accepted": Text(ko="비공개", en="Accepted, not yet public"),
    "released": Text(ko="공개", en="Public"),
    "suppressed": Text(ko="검색 제외", en="Suppressed"),
    "withdrawn": Text(ko="철회", en="Withdrawn"),
}
EDITABLE = ("draft", "returned")
PENDING = ("submitted", "in-review", "returned")
OPEN = ("accepted", "released")  # records that others may refer to
RELEASE_FIELD = "release_date"  # the field of a form in which a record may wish its own day
SAME = ""  # a command that leaves the state as it is
GONE = "(gone)"


class Command(msgspec.Struct, frozen=True):
    """One thing a person may do to a submission. Who may is in the policy table, under ``verb``."""

    name: str
    verb: Verb
    before: tuple[State, ...]
    after: State
    event: str
    label: Text
    needs_reason: bool = False


COMMANDS: tuple[Command, ...] = (
    Command("change", "change", EDITABLE, SAME, "rows:saved", Text(ko="작성", en="Edit")),
    Command("delete", "delete", ("draft",), GONE, "submission:deleted", Text(ko="삭제", en="Delete")),
    Command("submit", "submit", EDITABLE, "submitted", "submission:submitted", Text(ko="제출", en="Submit")),
    Command("withdraw", "withdraw", PENDING, "withdrawn", "submission:withdrawn",
            Text(ko="철회", en="Withdraw"), needs_reason=True),
    Command("take", "curate", ("submitted", "in-review"), "in-review", "submission:taken",
            Text(ko="검토 시작", en="Take into review")),
    Command("assign", "assign", ("submitted", "in-review"), SAME, "submission:assigned",
            Text(ko="담당 큐레이터 지정", en="Put a curator in charge")),
    Command("curate", "curate", ("submitted", "in-review"), SAME, "row:curated",
            Text(ko="정정", en="Correct a field"), needs_reason=True),
    Command("override", "override", ("in-review",), SAME, "problem:overridden",
            Text(ko="예외 인정", en="Override a problem"), needs_reason=True),
    Command("return", "decide", ("in-review",), "returned", "submission:returned",
            Text(ko="보완 요청", en="Return"), needs_reason=True),
    Command("accept", "decide", ("in-review",), "accepted", "submission:accepted", Text(ko="승인", en="Accept")),
    Command("set-release-date", "release", ("submitted", "in-review", "accepted"), SAME, "embargo:changed",
            Text(ko="공개일 변경", en="Change the release date")),
    Command("extend-embargo", "release", ("accepted",), SAME, "embargo:changed",
            Text(ko="비공개 기간 연장", en="Extend the embargo"), needs_reason=True),
    Command("release", "release", ("accepted",), "released", "submission:released", Text(ko="공개", en="Release")),
    Command("share", "share", ("accepted",), SAME, "review-link:made",
            Text(ko="심사자 링크", en="Make a reviewer link")),
    Command("certify", "certify", OPEN, SAME, "certificate:issued", Text(ko="확인서 발급", en="Certify")),
    Command("comment", "comment", ("draft", *PENDING, *OPEN), SAME, "comment:written",
            Text(ko="메시지", en="Message")),
)  # fmt: skip
COMMAND: Mapping[str, Command] = {command.name: command for command in COMMANDS}
# Command -> what stops it when errors are left: the way out is another for who hands in than for who accepts.
ERRORS_LEFT: Mapping[str, str] = {"submit": "errors-left", "accept": "errors-left-in-review"}
ROLES: tuple[Role, ...] = (
    "anyone",
    "signed-in",
    "depositor",
    "manager",
    "curator",
    "administrator",
    "auditor",
)


class Facts(msgspec.Struct, frozen=True):
    """What a decision needs to know of a submission."""

    state: State
    rows: int = 1
    errors: int = 0  # not overridden
    reason: str = ""


def roles_for(command: Command, state: State) -> tuple[Role, ...]:
    """The roles that may give the command in the state: the policy table, narrowed by ``before``."""
    if state not in command.before:
        return ()
    return tuple(role for role in ROLES if is_allowed({role}, command.verb, "submission", state))


def is_possible(command: str, state: State) -> bool:
    """Does the state table let the command happen in the state?"""
    return state in COMMAND[command].before


def check_command(command: str, facts: Facts) -> list[Problem]:
    """Why the command cannot be carried out now; nothing when it can. KeyError for an unknown command."""
    rule = COMMAND[command]
    if facts.state not in rule.before:
        return [wrong_state(rule, facts.state)]
    problems = []
    if rule.needs_reason and not facts.reason.strip():
        problems.append(problem("reason-needed", field="reason"))
    if command == "submit" and not facts.rows:
        problems.append(problem("nothing-to-submit"))
    if command in ERRORS_LEFT and facts.errors:
        problems.append(problem(ERRORS_LEFT[command], count=facts.errors))
    return problems


def check_size(form: Form, rows: int, most_rows: int) -> list[Problem]:
    """A form may hold so many rows in one submission; the rest goes into another under the same project."""
    if rows <= most_rows:
        return []
    facts = {"label_ko": form.label.ko, "label_en": form.label.en, "count": f"{rows:,}", "limit": f"{most_rows:,}"}
    return [problem("too-many-rows", sheet=form.form, **facts)]


def wrong_state(command: Command, state: State) -> Problem:
    """The command exists, the person may give it, but not in this state."""
    return problem(
        "wrong-state",
        state_ko=STATES[state].ko,
        state_en=STATES[state].en.lower(),
        command_ko=command.label.ko,
        command_en=command.label.en,
        allowed_ko=", ".join(STATES[each].ko for each in command.before),
        allowed_en=", ".join(STATES[each].en.lower() for each in command.before),
    )


# Release


def add_years(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def release_limit(today: date, accepted_on: date | None, years: int, extension: int = 0) -> date:
    """The last day on which the release may be set: counted from acceptance, or from today before it."""
    return add_years(accepted_on or today, years + extension)


def check_release_date(chosen: date | None, today: date, limit: date) -> list[Problem]:
    """``None`` is at once. A day in the past is refused, so that no one is surprised by an opening."""
    if chosen is None or today <= chosen <= limit:
        return []
    code = "release-date-past" if chosen < today else "release-date-too-late"
    return [problem(code, field="release_on", value=chosen.isoformat(), date=chosen, limit=limit)]


def has_own_day(form: Form) -> bool:
    """Can a record of the form open on another day than its submission says?"""
    return is_root(form) or any(field.name == RELEASE_FIELD for field in form.fields)


def release_day(form: Form, values: Mapping[str, str], release_on: date | None) -> date | None:
    """The day on which a record opens: its own wish, else that of the submission; an umbrella opens at once."""
    if is_umbrella(form, values):
        return None
    wish = values.get(RELEASE_FIELD, "") if any(field.name == RELEASE_FIELD for field in form.fields) else ""
    return wished_day(wish) or release_on


def wished_day(text: str) -> date | None:
    """A whole day in ISO 8601; a month or a year alone says no day."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def is_due(release_on: date | None, today: date) -> bool:
    """At once, or the day has come (the station's own calendar day)."""
    return release_on is None or release_on <= today


# Versions


class FieldChange(msgspec.Struct, frozen=True):
    """One field that differs between two versions; empty text for a field that is not filled."""

    field: str
    old: str
    new: str


def diff(old: Mapping[str, str], new: Mapping[str, str]) -> list[FieldChange]:
    """The changed fields, in the order of the new values, then those that are gone. Empty equals absent."""
    fields = [*new, *(field for field in old if field not in new)]
    return [
        FieldChange(field, old.get(field, ""), new.get(field, ""))
        for field in fields
        if old.get(field, "") != new.get(field, "")
    ]


def merge(values: Mapping[str, str], layer: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What the record says: the depositor's words, with the curator's corrections laid over them."""
    if not layer:
        return dict(values)
    return {**values, **{field: correction["value"] for field, correction in layer.items()}}


def carry_layer(
    old: Mapping[str, str], layer: Mapping[str, Mapping[str, str]], new: Mapping[str, str]
) -> dict[str, Mapping[str, str]]:
    """The corrections that still hold for the new words: those of fields that the depositor did not change."""
    return {field: each for field, each in layer.items() if old.get(field, "") == new.get(field, "")}


def is_unchanged(values: Mapping[str, str], old: Mapping[str, str], layer: Mapping[str, Mapping[str, str]]) -> bool:
    """The depositor sends again what they wrote, or what the record says now."""
    return not diff(old, values) or not diff(merge(old, layer), values)


def seen_of(values: Mapping[str, str]) -> str:
    """Told with a row and back with its change: it shows that nobody changed the row meanwhile."""
    return hashlib.sha256(msgspec.json.encode(values, order="deterministic")).hexdigest()


def digest(
    values: Mapping[str, str], form: str, revision: str, layer: Mapping[str, Mapping[str, str]] | None = None
) -> str:
    """SHA-256 (hex) over canonical JSON (RFC 8785 for text values) of what a version says, layer included."""
    said = {"form": form, "layer": layer or {}, "revision": revision, "values": values}
    return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()


# Accessions and forms


def accessions(prefix: str, digits: int, last: int, count: int) -> list[str]:
    """The next numbers of a series: ``KAS00000001`` ... Raises OverflowError when the digits are used up."""
    if last + count >= 10**digits:
        raise OverflowError(f"{prefix} has no {count} numbers left after {last}")
    return [f"{prefix}{number:0{digits}d}" for number in range(last + 1, last + count + 1)]


def references(form: Form) -> tuple[Field, ...]:
    """The fields of a form that name other records."""
    return tuple(field for field in form.fields if field.type == "reference")


def upward(form: Form) -> tuple[Field, ...]:
    """The reference fields that name what a record stands on, those of ``parents`` first."""
    fields = [field for field in references(form) if field not in downward(form)]
    return tuple(sorted(fields, key=lambda field: field.name not in form.parents))


def downward(form: Form) -> tuple[Field, ...]:
    """Fields that name members instead of parents: an umbrella project lists the projects that it ties together."""
    return tuple(field for field in references(form) if field.to == form.form and field.name not in form.parents)


def file_fields(form: Form) -> tuple[Field, ...]:
    return tuple(field for field in form.fields if field.type == "files")


def split_values(text: str) -> list[str]:
    """``a.fastq.gz; b.fastq.gz`` -> both; empty parts are dropped."""
    return [part for part in (each.strip() for each in text.split(";")) if part]


def ordered_forms(forms: Mapping[str, Form]) -> list[str]:
    """Parents before children, otherwise by name. A form that refers to itself (umbrella) counts once."""
    done: list[str] = []
    waiting = sorted(forms)
    while waiting:
        ready = [name for name in waiting if not _targets(forms[name]) & set(waiting) - {name}]
        for name in ready or waiting[:1]:  # a cycle between forms is broken at the first name
            done.append(name)
            waiting.remove(name)
    return done


def _targets(form: Form) -> set[str]:
    return {field.to for field in references(form)}


def is_root(form: Form) -> bool:
    """A form whose records stand at the top (the project): no parent but, perhaps, one of its own kind."""
    return _targets(form) <= {form.form}


def is_umbrella(form: Form, values: Mapping[str, str]) -> bool:
    """An umbrella project ties projects together; samples and data cannot hang on it (K-BDS, section 2)."""
    return is_root(form) and any(
        values.get(field.name, "").strip().lower() == "umbrella" for field in form.fields if field.type == "term"
    )


def ordered_within(form: Form, rows: Sequence[Mapping[str, str]]) -> list[int]:
    """The order in which rows of one form get accessions: as written, but an umbrella before its members."""
    own = [field.name for field in upward(form) if field.to == form.form]
    if not own:
        return list(range(len(rows)))
    place = {row.get(form.alias, ""): index for index, row in enumerate(rows)}
    order: list[int] = []
    seen: set[int] = set()
    for index in range(len(rows)):
        _visit(index, rows, own, place, order, seen)
    return order


def _visit(
    index: int, rows: Sequence[Mapping[str, str]], own: Iterable[str], place: Mapping[str, int],
    order: list[int], seen: set[int],
) -> None:  # fmt: skip
    chain = []
    at: int | None = index
    while at is not None and at not in seen:
        seen.add(at)
        chain.append(at)
        at = next((place[rows[at].get(name, "")] for name in own if rows[at].get(name, "") in place), None)
    order += reversed(chain)


def citation(accession: str, version: str, title: str, owner: str, station: str, year: int, address: str) -> str:
    """DataCite's recommended form: Creator (Year): Title. Version. Publisher. Identifier. ``version``: "Version 2"."""
    return f"{owner} ({year}): {title}. {version}. {station}. {address.rstrip('/')}/{accession}"


FOR_NUL = "\uffff"


def kept_values(values: Mapping[str, Any]) -> dict[str, str]:
    """Values as the station keeps them: text without outer spaces, empty fields left out.

    No table of PostgreSQL holds a NUL: another control character stands for it, which the check tells.
    """
    kept = {}
    for field, value in values.items():
        text = text_of(value).replace("\0", FOR_NUL).strip()
        if text:
            kept[str(field).replace("\0", FOR_NUL)] = text
    return kept


# The public page


def state_table_markdown() -> str:
    """The page docs/reference/states.md: every command, every state, who may, what follows."""
    lines = [
        "# States of a submission", "",
        "Generated from `biomoa/records/rules.py` and `biomoa/people/rules.py`; do not edit by hand.", "",
        "| state | 상태 |", "| --- | --- |",
        *(f"| {state} | {label.ko} |" for state, label in STATES.items()), "",
        "## Commands", "",
        "| command | 명령 | from | to | reason | event |", "| --- | --- | --- | --- | --- | --- |",
        *(_command_line(command) for command in COMMANDS), "",
        "## State x role", "",
        "What each role may do in each state. Roles are relative to the submission: a depositor or manager of",
        "the group that owns it, a curator of its data center.", "",
        "| state | " + " | ".join(ROLES[2:]) + " |", "| --- |" + " --- |" * len(ROLES[2:]),
        *(_state_line(state) for state in STATES), "",
    ]  # fmt: skip
    return "\n".join(lines)


def _command_line(command: Command) -> str:
    after = command.after or "(same)"
    reason = "needed" if command.needs_reason else "-"
    cells = (command.name, command.label.ko, ", ".join(command.before), after, reason, f"`{command.event}`")
    return f"| {' | '.join(cells)} |"


def _state_line(state: State) -> str:
    cells = []
    for role in ROLES[2:]:
        allowed = [command.name for command in COMMANDS if role in roles_for(command, state)]
        if is_allowed({role}, "read", "submission", state):
            allowed.insert(0, "read")
        cells.append(", ".join(allowed) or "-")
    return f"| {state} | " + " | ".join(cells) + " |"
