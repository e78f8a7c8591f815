"""The files of a submission against its rows: there, named, whole, inspected, good enough, in agreement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

import msgspec

from biomoa.catalog.model import Text
from biomoa.files import queries as files
from biomoa.files.models import InspectionResult, StoredFile
from biomoa.files.rules import PERSON, is_held, verdict_of
from biomoa.forms.model import FilePairs, Form
from biomoa.forms.problems import Problem
from biomoa.qc.pairs import check_pair
from biomoa.qc.thresholds import judge
from biomoa.records import rules
from biomoa.records.answers import FileMatch
from biomoa.records.bundles import Bundle
from biomoa.records.library import library
from biomoa.records.models import RecordFile
from biomoa.records.problems import problem
from biomoa.records.references import find_own

COMPRESSIONS = (".gz", ".bz2", ".bgz", ".zip", ".xz", ".zst")
Place = dict[str, object]
MOST_SAID = 2  # findings in the sentence of a problem


class Named(msgspec.Struct, frozen=True):
    """A file as a row names it."""

    form: str
    position: int
    field: str
    order: int
    name: str
    md5: str  # of the sheet; empty when not given
    md5_field: str  # where it stands
    alias: str

    def place(self) -> Place:
        return {"sheet": self.form, "row": self.position, "field": self.field, "file": self.name}


class Kept(msgspec.Struct, frozen=True):
    """A stored file, as far as rows are concerned."""

    id: int
    name: str
    sha256: str
    md5: str
    quarantine: str | None = None

    @property
    def is_held(self) -> bool:
        return is_held(self.quarantine)


class Shelf(msgspec.Struct, frozen=True):
    """The files that rows may name: those uploaded here, and those of the records that are revised."""

    uploaded: Mapping[str, Kept]
    before: Mapping[tuple[str, str, str], Kept]  # (form, alias, name) -> file of the current version
    by_key: Mapping[str, str]  # loose name -> name
    by_md5: Mapping[str, str]  # md5 -> name

    def find(self, named: Named) -> Kept | None:
        return self.uploaded.get(named.name) or self.before.get((named.form, named.alias, named.name))


def check_files(named: Sequence[Named], shelf: Shelf) -> list[Problem]:
    """There, named, equal to the digest beside the name, inspected, good enough, in agreement."""
    found = [(each, shelf.find(each)) for each in named]
    there = [(each, file) for each, file in found if file is not None]
    inspected = files.latest_inspections({file.sha256 for _, file in there})
    return [
        *_check_missing(shelf, [each for each, file in found if file is None]),
        *_check_not_named(shelf, there),
        *_check_md5(there),
        *_check_inspections(there, inspected),
        *_check_pairs(there, inspected),
        *_check_held(shelf),
    ]


def _check_held(shelf: Shelf) -> Iterator[Problem]:
    """A file in quarantine lets nothing go on, whether a row names it or not."""
    for name, file in shelf.uploaded.items():
        if file.is_held:
            yield problem("file-quarantined", file_name=name, file=name)


def iter_named(bundle: Bundle) -> Iterator[Named]:
    """Every file that a row names, with the digest that stands beside it."""
    for name, table in bundle.tables.items():
        form = library().form(name)
        pairs = _digest_fields(form)
        for field in rules.file_fields(form):
            digests = pairs.get(field.name, "")
            for position, row in zip(table.positions, table.rows, strict=True):
                if text := row.get(field.name):
                    md5s = rules.split_values(row.get(digests, ""))
                    alias = row.get(form.alias, "")
                    for order, file in enumerate(rules.split_values(text)):
                        md5 = md5s[order].lower() if order < len(md5s) else ""
                        yield Named(name, position, field.name, order, file, md5, digests, alias)


def _digest_fields(form: Form) -> dict[str, str]:
    return {rule.files: rule.checksums for rule in form.rules if isinstance(rule, FilePairs)}


def read_shelf(bundle: Bundle, named: Sequence[Named]) -> Shelf:
    uploaded = _uploaded(bundle.shelf_id) if bundle.shelf_id else {}
    aliases: dict[str, set[str]] = {}
    for each in named:
        if each.name not in uploaded:
            aliases.setdefault(each.form, set()).add(each.alias)
    before: dict[tuple[str, str, str], Kept] = {}
    for form, wanted in aliases.items():
        own = find_own(bundle.owner_id, form, sorted(wanted))
        before |= _files_before(form, {each.id: alias for alias, each in own.items()})
    return Shelf(
        uploaded,
        before,
        {loose(name): name for name in uploaded},
        {file.md5: name for name, file in uploaded.items()},
    )


def _uploaded(shelf_id: UUID) -> dict[str, Kept]:
    """Twenty thousand files a shelf: as values, since the rows of the model take three times as long."""
    rows = StoredFile.objects.filter(shelf_id=shelf_id, is_current=True).order_by("name")
    found = (Kept(*row) for row in rows.values_list("pk", "name", "object_id", "object__md5", "quarantine__state"))
    return {each.name: each for each in found}


def _files_before(form: str, aliases: Mapping[int, str]) -> dict[tuple[str, str, str], Kept]:
    """The files of the newest version that has any, of the group's own records."""
    found = {}
    columns = ("record_id", "file_id", "file__name", "file__object_id", "file__object__md5", "file__quarantine__state")
    rows = RecordFile.objects.filter(record_id__among=aliases).order_by("version").values_list(*columns)
    for record, *kept in rows:
        each = Kept(*kept)
        found[form, aliases[record], each.name] = each
    return found


def loose(name: str) -> str:
    """A file name without case and compression: what people mistake."""
    key = name.casefold()
    for ending in COMPRESSIONS:
        key = key.removesuffix(ending)
    return key


def propose(shelf: Shelf, named: Named) -> FileMatch | None:
    """The uploaded file that the row may mean: by its digest, or by its name but for case and compression."""
    place = (named.form, named.position, named.field, named.name)
    if named.md5 and named.md5 in shelf.by_md5:
        return FileMatch(*place, shelf.by_md5[named.md5], "md5")
    found = shelf.by_key.get(loose(named.name))
    if found is None:
        return None
    return FileMatch(*place, found, "name" if found.casefold() == named.name.casefold() else "compression")


def awaited(bundle: Bundle) -> tuple[list[Named], list[FileMatch]]:
    """The named files that are not there under their names, and a proposal for each that may be there under another."""
    named = list(iter_named(bundle))
    shelf = read_shelf(bundle, named)
    missing = [each for each in named if shelf.find(each) is None]
    return missing, [match for each in missing if (match := propose(shelf, each))]


def _check_missing(shelf: Shelf, missing: Sequence[Named]) -> Iterator[Problem]:
    for each in missing:
        match = propose(shelf, each)
        yield problem(
            "file-missing",
            file_name=each.name,
            value=each.name,
            suggestion=match.file if match else None,
            **each.place(),
        )


def _check_not_named(shelf: Shelf, there: Sequence[tuple[Named, Kept]]) -> Iterator[Problem]:
    named = {file.id for _, file in there}
    for name, file in shelf.uploaded.items():
        if file.id not in named:
            yield problem("file-not-named", file_name=name, file=name)


def _check_md5(there: Sequence[tuple[Named, Kept]]) -> Iterator[Problem]:
    for each, file in there:
        if each.md5 and each.md5 != file.md5:
            facts = {"file_name": each.name, "expected": each.md5, "found": file.md5}
            place: Place = {**each.place(), "field": each.md5_field}
            yield problem("file-md5-differs", value=each.md5, **facts, **place)


def _check_inspections(
    there: Sequence[tuple[Named, Kept]], inspected: Mapping[str, InspectionResult]
) -> Iterator[Problem]:
    for each, file in there:
        result = inspected.get(file.sha256)
        if file.is_held:
            continue  # told once for the file
        if result is None:
            yield problem("file-inspection-pending", file_name=each.name, **each.place())
            continue
        verdict = verdict_of(result.verdict, result.findings, file.quarantine)
        if verdict in ("fail", "warn"):
            code = "file-inspection-failed" if verdict == "fail" else "file-inspection-warned"
            facts = {f"why_{language}": _why(result, verdict, language) for language in ("ko", "en")}
            yield problem(code, file_name=each.name, value=file.sha256, **facts, **each.place())
        yield from _check_thresholds(each, result)


def _why(result: InspectionResult, verdict: str, language: str) -> str:
    """The first findings of the worst kind in words; the whole report is a page of its own."""
    severity = "error" if verdict == "fail" else "warning"
    worst = [each for each in result.findings if each["severity"] == severity and each["code"] != PERSON]
    said = dict.fromkeys(each["message"][language] for each in worst if "message" in each)
    return " ".join([*said][:MOST_SAID])


def _check_thresholds(each: Named, result: InspectionResult) -> Iterator[Problem]:
    for finding in judge(library().form(each.form).thresholds, result.metrics):
        code = "file-below-threshold" if finding.severity == "error" else "file-near-threshold"
        facts = {"file_name": each.name, "why_ko": finding.message.ko, "why_en": finding.message.en}
        yield problem(code, value=result.object_id, **facts, **each.place())


def _check_pairs(there: Sequence[tuple[Named, Kept]], inspected: Mapping[str, InspectionResult]) -> Iterator[Problem]:
    """R1 and R2 of one row, when both were inspected."""
    rows: dict[tuple[str, int, str], list[tuple[Named, Kept]]] = {}
    for each, file in there:
        rows.setdefault((each.form, each.position, each.field), []).append((each, file))
    for pair in rows.values():
        if len(pair) == 2 and all(file.sha256 in inspected for _, file in pair):
            first, second = pair[0][0], pair[1][0]
            metrics = [inspected[file.sha256].metrics for _, file in pair]
            for finding in check_pair(*metrics):
                names = f"{first.name}, {second.name}"
                yield _pair_problem(first, names, finding.message)


def _pair_problem(first: Named, names: str, why: Text) -> Problem:
    return problem("file-pair-differs", file_name=names, why_ko=why.ko, why_en=why.en, value=names, **first.place())
