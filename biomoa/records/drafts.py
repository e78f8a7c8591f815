"""Rows of a draft in the database: writing, correcting, moving from state to state. No decision is taken here."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

from django.db.models import Max

from biomoa.files import services as files
from biomoa.forms.model import Form
from biomoa.jobs.steps import step
from biomoa.ledger.prepared import Prepared
from biomoa.people.rules import Actor
from biomoa.records import bulk, human, queries, rules
from biomoa.records.bundles import Bundle, Table, load
from biomoa.records.library import library
from biomoa.records.models import Row, RowProblem, Submission, SubmissionProject
from biomoa.records.problems import problem
from biomoa.records.references import find_known
from biomoa.records.refusals import Conflict, NotFound, Refusal

Values = dict[str, str]
COLUMNS = ("submission_id", "form", "position", "alias", "values", "layer", "outcome")
MOST_ALIAS = 200
_ROW = Prepared(
    lambda submission, form, position: Row.objects.filter(submission=submission, form=form, position=position)[:1]
)


def get_form(name: str) -> Form:
    """The form of the catalogue; raises Refusal for an unknown one."""
    try:
        return library().form(name)
    except KeyError:
        known = ", ".join(library().forms)
        raise Refusal([problem("unknown-form", form=name, known=known)]) from None


def touch(submission: Submission, *, written: human.Written | None = None, **changes: Any) -> None:
    """Saves the changes under the next revision; rows that are about people shut the shelf until it is answered.

    ``written``: the only rows that changed, where that is known.
    """
    submission.revision += 1
    for name, value in changes.items():
        setattr(submission, name, value)
    human.follow(submission, written)
    bulk.store(submission, "revision", "changed_at", "has_human_rows", *changes)
    step("draft:touched")


def move(submission: Submission, state: str, **changes: Any) -> None:
    """Into another state, with its shelf. The revision stays: it counts what the depositor wrote."""
    submission.state = state
    for name, value in changes.items():
        setattr(submission, name, value)
    submission.save(update_fields=["state", "changed_at", *changes])
    step(f"submission:{state}")
    files.set_shelf_state(submission.shelf, state)


def alias_of(form: Form, values: Mapping[str, str]) -> str:
    return values.get(form.alias, "")[:MOST_ALIAS]


def write_rows(submission: Submission, form: Form, rows: Sequence[Values], mode: str) -> int:
    """The number of rows of the form afterwards."""
    own = Row.objects.filter(submission=submission, form=form.form)
    if mode == "replace":
        RowProblem.objects.filter(submission=submission, form=form.form).delete()
        own.delete()
        step("rows:cleared")
        _insert(submission, form, rows, 1)
        return len(rows)
    if mode == "merge-by-alias":
        rows = _replace_by_alias(own, form, rows)
    _insert(submission, form, rows, (own.aggregate(last=Max("position"))["last"] or 0) + 1)
    return own.count()


def _insert(submission: Submission, form: Form, rows: Sequence[Values], first: int) -> None:
    records = (
        (submission.pk, form.form, position, alias_of(form, row), bulk.json_text(row), "{}", "")
        for position, row in enumerate(rows, first)
    )
    bulk.insert(Row, COLUMNS, records)


def _replace_by_alias(own: Any, form: Form, rows: Sequence[Values]) -> list[Values]:
    """Writes the rows whose alias is there; gives the others.

    Of several rows of one alias each takes a row of its own: the check tells that they are called the same, and none
    is lost without a word. Sent again they take the same places.
    """
    places: dict[str, deque[int]] = {}
    for alias, key in own.exclude(alias="").order_by("position").values_list("alias", "pk"):
        places.setdefault(alias, deque()).append(key)
    changed, others = {}, []
    for row in rows:
        if free := places.get(alias_of(form, row)):
            changed[free.popleft()] = row
        else:
            others.append(row)
    # The curator's layer was laid on words that are gone.
    bulk.update(Row, ("values", "layer"), [(bulk.json_text(row), "{}", key) for key, row in changed.items()])
    return others


def check_as_seen(submission: Submission, form: str, position: int | None, seen: str | None, values: Values) -> None:
    """Raises Conflict unless the row still holds what it held when it was shown; a new row takes nothing away.

    Nor does one that holds the ``values`` already: its sender had no answer and sends them once more.
    """
    row = None if position is None else _ROW.first(submission.pk, form, position)
    if seen is None or (row is not None and rules.seen_of(row.values) != seen and row.values != values):
        raise Conflict(submission.revision)


def write_row(submission: Submission, form: Form, position: int | None, values: Values) -> tuple[Row, bool]:
    """The row and whether it is new. Raises NotFound for a position that is not there."""
    if position is None:
        own = Row.objects.filter(submission=submission, form=form.form)
        last = own.aggregate(last=Max("position"))["last"] or 0
        alias = alias_of(form, values)
        return own.create(submission=submission, form=form.form, position=last + 1, alias=alias, values=values), True
    row = _ROW.first(submission.pk, form.form, position)
    if row is None:
        raise NotFound("row")
    row.layer = rules.carry_layer(row.values, row.layer, values)
    row.values, row.alias = values, alias_of(form, values)
    bulk.store(row, "values", "alias", "layer")
    return row, False


def delete_row(submission: Submission, form: str, position: int) -> None:
    deleted, _ = Row.objects.filter(submission=submission, form=form, position=position).delete()
    if not deleted:
        raise NotFound("row")
    RowProblem.objects.filter(submission=submission, form=form, position=position).delete()


def apply_suggestions(
    submission: Submission, problem_ids: Iterable[int] | Literal["all"], leave: Collection[int] = ()
) -> int:
    """Writes the proposed values where the value is still the one that was found wrong."""
    found = queries.correctable(submission.pk)
    left = {_proposal(each) for each in found.filter(pk__in=list(leave))} if leave else set()
    if problem_ids != "all":
        found = found.filter(pk__in=list(problem_ids))
    wanted: dict[tuple[str, int], list[tuple[str, str | None, str]]] = {}
    for each in found.order_by("pk"):
        assert each.position is not None and each.suggestion is not None
        if _proposal(each) in left:
            continue
        wanted.setdefault((each.form, each.position), []).append((each.field, each.value, each.suggestion))
    return _correct(submission, wanted)


def _proposal(problem: RowProblem) -> tuple[str, str, str | None, str | None]:
    return problem.form, problem.field, problem.value, problem.suggestion


def _correct(submission: Submission, wanted: Mapping[tuple[str, int], list[tuple[str, str | None, str]]]) -> int:
    changed, rows = 0, []
    for form in {form for form, _ in wanted}:
        alias = library().form(form).alias
        for row in _rows_at(submission, form, [position for name, position in wanted if name == form]):
            before = dict(row.values)
            for field, value, suggestion in wanted[form, row.position]:
                if _is_still(before.get(field, ""), value) and row.values.get(field) == before.get(field):
                    row.values[field] = suggestion
                    changed += 1
            rows.append((bulk.json_text(row.values), row.values.get(alias, "")[:MOST_ALIAS], row.pk))
    bulk.update(Row, ("values", "alias"), rows)
    return changed


def _rows_at(submission: Submission, form: str, positions: Sequence[int]) -> Iterable[Row]:
    return Row.objects.filter(submission=submission, form=form, position__among=positions)


def _is_still(current: str, found: str | None) -> bool:
    """Problems keep the first 200 characters of a value only."""
    return current[:200].strip() == (found or "")[:200].strip()


def rename_files(submission: Submission, chosen: Sequence[tuple[str, int, str, str]]) -> int:
    """Replaces names of files in the rows' file fields: (form, position, named, file)."""
    changed = 0
    for form, position, named, file in chosen:
        row = Row.objects.filter(submission=submission, form=form, position=position).first()
        if row is None:
            raise NotFound("row")
        for field in rules.file_fields(get_form(form)):
            names = rules.split_values(row.values.get(field.name, ""))
            if named in names:
                row.values[field.name] = ";".join(file if name == named else name for name in names)
                changed += 1
        row.save(update_fields=["values"])
    return changed


def keep_projects(submission: Submission) -> None:
    """Notes to which registered projects the submission adds, so that what waits for it can be shown."""
    known = find_known(load(submission))
    projects = {each.id if each.is_root else each.project_id for form in known.values() for each in form.values()}
    SubmissionProject.objects.filter(submission=submission).delete()
    SubmissionProject.objects.bulk_create(
        SubmissionProject(submission=submission, project_id=project)
        for project in sorted(projects - {None})  # type: ignore[type-var]
    )


def delete(actor: Actor, submission: Submission) -> None:
    """The draft with all that hangs on it; its files go through the files room, which frees their bytes."""
    shelf = submission.shelf
    for file in shelf.files.filter(is_current=True):
        files.remove(actor, file)
    own = Row.objects.filter(submission=submission)
    own.delete()
    submission.delete()
    files.set_shelf_state(shelf, "deleted")


def bundle_of(owner_id: int, bundle: Mapping[str, Sequence[Mapping[str, Any]]]) -> Bundle:
    """Rows that are in no submission, for a dry run. Raises Refusal for an unknown form."""
    tables = {}
    for name, rows in bundle.items():
        get_form(name)
        kept = [rules.kept_values(row) for row in rows]
        tables[name] = Table(list(range(1, len(kept) + 1)), kept)
    return Bundle(owner_id, None, None, tables)
