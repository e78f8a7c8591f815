"""Identifiers of persons in the rows of sheets: told by kind and place; what was written is repeated nowhere.

Whatever is told (``is_told``) is withheld from every other problem too, also where it is not sure.
"""

from __future__ import annotations

import functools
import itertools
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec
import polars as pl

from biomoa.catalog.model import Text
from biomoa.forms.aside import begin
from biomoa.forms.findings import VALUE_LIMIT, Finding, problem_of
from biomoa.forms.model import Form
from biomoa.forms.problems import Problem
from biomoa.qc.persons.detector import KINDS, PersonFinding, find, is_split, plain_form
from biomoa.qc.persons.suspects import is_suspect, suspects

CONTACT = frozenset({"email", "phone"})  # types of fields in which the submitters' own contacts are asked for
OF_CONTACTS = frozenset({"email", "phone", "name"})
MASK = "●"
_DIGITS = "^[0-9]+$"
MANY_ROWS = 2_000  # from here on columns are searched side by side
NAME_OF_COLUMN = Text(ko="열 이름", en="The name of a column")
WITHHELD = Text(
    ko="개인정보로 보이는 값이 있어 내용을 표시하지 않습니다. 개인정보 문제를 먼저 해결해 주세요.",
    en="The value seems to identify a person and is not shown. Mend that problem first.",
)


class Seen(msgspec.Struct, frozen=True):
    """A cell, or the name of a column, with an identifier. ``texts`` must not be repeated."""

    row: int  # index of the frame
    column: str
    kind: str
    is_sure: bool
    texts: tuple[str, ...]
    is_name: bool = False


def search_frame(form: Form, frame: pl.DataFrame) -> list[Seen]:
    """Every cell that holds an identifier, columns that the form does not know included."""
    known = {field.name: field.type for field in form.fields}
    text = frame.select(pl.all().cast(pl.String).fill_null(""))
    columns = text.get_columns()
    types = [known.get(name) for name in text.columns]
    if text.height < MANY_ROWS:
        told = list(map(_search_column, columns, types))
    else:
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # polars lets go of the interpreter while it searches a column
            told = list(pool.map(_search_column, columns, types))
    found = [each for seen in told for each in seen]
    return [*found, *_search_pairs(text, {(each.row, each.column) for each in found})]


def begin_search(form: Form, frame: pl.DataFrame) -> Callable[[], list[Seen]]:
    """``search_frame`` beside what the caller does meanwhile; its answer is what the answer of this function gives."""
    if frame.height < MANY_ROWS:
        return functools.partial(search_frame, form, frame)
    return begin(search_frame, form, frame)


def search_values(form: Form, values: Mapping[str, str]) -> list[Seen]:
    """The same for one record, whose row is 0."""
    known = {field.name: field.type for field in form.fields}
    texts = {name: str(value) for name, value in values.items() if value}
    found = [seen for name in values if name not in known and (seen := _search_name(name))]
    found += [
        seen
        for name, text in texts.items()
        if (name not in known or is_suspect(text)) and (seen := _search_cell(0, name, text, known.get(name)))
    ]
    halves = any(map(is_split, texts.values(), list(texts.values())[1:]))
    pairs = _search_pairs(pl.DataFrame([texts]), {(0, each.column) for each in found}) if halves else ()
    return [*found, *pairs]


def _search_column(column: pl.Series, type_: str | None) -> list[Seen]:
    chosen = column.unique() if type_ is None else suspects(column)
    said = {text: each for text in chosen if text and (each := _search_cell(0, column.name, text, type_))}
    places = column.is_in(list(said)).arg_true() if said else ()
    found = [msgspec.structs.replace(said[column[index]], row=index) for index in places]
    return [name, *found] if type_ is None and (name := _search_name(column.name)) else found


def _search_name(column: str) -> Seen | None:
    """Of a column that no form has: what a depositor called it."""
    told = _told(find(column), None)
    if not told:
        return None
    return Seen(0, column, told[0].kind, told[0].is_sure, _texts_of(column, told), is_name=True)


def _search_cell(row: int, column: str, text: str, type_: str | None) -> Seen | None:
    # The label of a declared field says nothing of the cell; the name of an unknown column may be all there is.
    told = _told(find(text, field=column if type_ is None else ""), type_)
    return Seen(row, column, told[0].kind, told[0].is_sure, _texts_of(text, told)) if told else None


def _told(found: Iterable[PersonFinding], type_: str | None) -> list[PersonFinding]:
    """What is told of a field of that type, the surest first."""
    told = [each for each in found if each.is_told and not (type_ in CONTACT and each.kind in OF_CONTACTS)]
    return sorted(told, key=lambda each: ("high", "medium", "low").index(each.confidence))


def _texts_of(text: str, told: Iterable[PersonFinding]) -> tuple[str, ...]:
    """The whole text, as far as a problem repeats it, and what was found in it."""
    plain = plain_form(text)
    return (text, text[:VALUE_LIMIT], *(plain[each.start : each.end] for each in told))


def _search_pairs(text: pl.DataFrame, known: set[tuple[int, str]]) -> Iterator[Seen]:
    """Halves of a registration number in columns side by side."""
    if text.width < 2:
        return
    pairs = list(itertools.pairwise(text.columns))
    as_long = [(pl.col(left).str.len_bytes() == 6) & (pl.col(right).str.len_bytes() == 7) for left, right in pairs]
    candidates = text.select(both.alias(str(place)) for place, both in enumerate(as_long))
    for place, (name, right) in enumerate(pairs):
        at = candidates.to_series(place).arg_true()
        digits = text[name].gather(at).str.contains(_DIGITS) & text[right].gather(at).str.contains(_DIGITS)
        for index in at.filter(digits).to_list():
            cells = text.row(index)
            around = "\t".join(cells[max(0, place - 1) : place + 3])
            if is_split(*cells[place : place + 2]) and (index, name) not in known and find(around, field=name):
                yield Seen(index, name, "resident-number", True, (cells[place], cells[place + 1]))


def problems_of(
    form: Form, seen: Iterable[Seen], sheet: str | None, rows: Sequence[int] | None = None
) -> Iterator[Problem]:
    """One problem a cell: kind and place, and as many dots as there were characters."""
    seen = list(seen)
    labels = {field.name: field.label for field in form.fields}
    labels |= {each.column: NAME_OF_COLUMN for each in seen if each.is_name}
    named = {each.column for each in seen if each.is_name}
    for each in seen:
        code = "person-identifier" if each.is_sure else "person-identifier-unsure"
        label = labels.get(each.column) or Text(ko=each.column, en=each.column)
        mask = MASK * min(len(each.texts[0]), 40)
        field = MASK if each.column in named else each.column
        told = problem_of(Finding(code, {"kind": KINDS[each.kind]}), label=label, value=mask, field=field)
        row = None if each.is_name else each.row + 1 if rows is None else rows[each.row]
        yield msgspec.structs.replace(told, sheet=sheet, row=row)


def withhold(problems: Sequence[Problem], seen: Sequence[Seen]) -> list[Problem]:
    """The problems without any text of the cells seen, wherever it stands in them."""
    texts = {text for each in seen for text in each.texts}
    return _without(problems, texts, {each.column for each in seen if each.is_name})


_QUOTED = re.compile(r"‘([^’]*)")


def withhold_quoted(problems: Sequence[Problem], contacts: Collection[str] = ()) -> list[Problem]:
    """The same for problems met while reading: what they quote is searched itself. ``contacts``: fields of contacts."""
    quoted: dict[str, str | None] = {}  # a text that is repeated, and the type of its field
    for each in problems:
        type_ = "email" if each.field in contacts else None
        parts = (each.value, each.suggestion, *_QUOTED.findall(each.message.ko))
        quoted |= {part: type_ for part in parts if part and (type_ is None or part not in quoted)}
    chosen = suspects(pl.Series(list(quoted), dtype=pl.String)) if quoted else ()
    told = {text: found for text in chosen if (found := _told(find(text), quoted[text]))}
    return _without(problems, {each for text, found in told.items() for each in _texts_of(text, found)}, ())


def _without(problems: Sequence[Problem], texts: Iterable[str], names: Collection[str]) -> list[Problem]:
    """The problems without any of these texts, in whichever signs; ``names`` are columns that must not be named."""
    asked = sorted({form for text in texts for form in (text, plain_form(text)) if len(form) > 1})
    if not asked or not problems:
        return list(problems)
    said = pl.Series([_said(each) for each in problems]).str.contains_any(asked)
    return [_masked(each, names) if is_told else each for each, is_told in zip(problems, said, strict=True)]


def _said(problem: Problem) -> str:
    parts = (problem.value, problem.suggestion, problem.field, problem.file, problem.message.ko, problem.message.en)
    others = (plain_form(part) for part in parts[:2] if part and not part.isascii())
    return "\n".join((*(part for part in parts if part), *others))


def _masked(problem: Problem, names: Collection[str]) -> Problem:
    field = MASK if problem.field in names else problem.field
    return msgspec.structs.replace(problem, message=WITHHELD, value=None, suggestion=None, field=field)
