"""A catalogue with a broken form is refused with file, line and reason; older revisions are lifted."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biomoa.catalog.load import load_catalogue
from biomoa.catalog.model import BrokenCatalogue
from biomoa.forms.library import Library, load_library
from biomoa.forms.revisions import steps_from, upgrade, upgrade_frame

from .conftest import OWN


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("sample.yaml", "vocabulary: sexes, missing", "vocabulary: genders, missing", "unknown vocabulary `genders`"),
        ("sample.yaml", "type: boolean", "type: flag", "Invalid enum value"),
        ("sample.yaml", "to: project", "to: study", "unknown form `study`"),
        ("sample.yaml", "alias: alias", "alias: name", "alias: no field `name`"),
        ("sample.yaml", "record_type: sample", "record_type: specimen", "has no accession series"),
        ("sample.yaml", 'revision: "2026.1"\nlabel', 'revision: "2027.1"\nlabel', "is not in the history"),
        ("sample.yaml", "organism: organism}", "organism: species}", "no field `species`"),
        ("sample.yaml", 'is: ["yes"]', 'is: ["yes"], or: 1', "unknown key `or`"),
        (
            "sample.yaml",
            "section: attributes, example: female",
            "section: other, example: female",
            "unknown section `other`",
        ),
        ("sample.yaml", "example: female", "example: woman", "breaks its own rule: term-unknown"),
        ("sample.yaml", "matrix: sample.tsv", "matrix: none.tsv", "no file `none.tsv`"),
        ("sample.yaml", "selector: package", "selector: kind", "no field `kind`"),
        ("sample.yaml", "minimum: 0, maximum: 150", "minimum: 200, maximum: 150", "greater than the maximum"),
        ("sample.yaml", "name: tags", "name: title", "stands twice"),
        ("sample.tsv", "passage\t-", "passages\t-", "field `passages` is not in the form"),
        ("sample.tsv", "human\tmicrobe", "human\tmicrobes", "package `microbe` has no column"),
        ("sample.tsv", "sex\tM", "sex\tX", "is none of M, O, -, G:group-name"),
        ("project.yaml", 'pattern: "[A-Za-z0-9._-]+"', 'pattern: "[A-Za-z"', "the pattern does not compile"),
        ("project.yaml", 'pattern: "[A-Za-z0-9._-]+"', 'pattern: "(?=a)b"', "the pattern does not compile"),
        ("experiment.yaml", "depends_on: platform", "depends_on: machine", "no field `machine`"),
        ("experiment.yaml", ", depends_on: platform", "", "depends on another field: say which"),
        ("run.yaml", "layout: experiment.layout", "layout: experiment.shape", "form `experiment` has no field `shape`"),
        ("run.yaml", "layout: experiment.layout", "layout: sample.layout", "`sample` is no reference field"),
    ],
)
def test_a_broken_form_is_refused(tmp_path: Path, file: str, old: str, new: str, reason: str) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(OWN, folder)
    path = folder / "forms" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(BrokenCatalogue) as caught:
        load_library(load_catalogue(folder))
    told = [fault for fault in caught.value.faults if reason in fault[2]]
    assert told, caught.value
    assert told[0][0] == path
    changed = text[: text.index(old)].count("\n") + 1
    assert abs(told[0][1] - changed) <= 3 or "stands twice" in reason or file.endswith(".tsv")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(OWN, folder)
    path = folder / "forms" / "sample.yaml"
    path.write_text(
        path.read_text().replace("to: project", "to: study").replace("record_type: sample", "record_type: x")
    )
    with pytest.raises(BrokenCatalogue) as caught:
        load_library(load_catalogue(folder))
    assert len(caught.value.faults) >= 2


def test_an_unknown_form_is_a_key_error(library: Library) -> None:
    with pytest.raises(KeyError):
        library.check_record("nothing", {})


def test_steps(library: Library) -> None:
    form = library.form("sample")
    assert steps_from(form, "2026.1") == []
    assert [step.revision for step in steps_from(form, "2025.1") or []] == ["2026.1"]
    assert steps_from(form, "2020.1") is None


OLD = st.fixed_dictionaries(
    {},
    optional={
        "sample_name": st.sampled_from(["S-1", ""]),
        "gender": st.sampled_from(["F", "M", "female", ""]),
        "old_code": st.text(max_size=3),
        "package": st.sampled_from(["", "microbe"]),
    },
)


@given(record=OLD)
def test_a_record_and_a_table_are_lifted_alike(library: Library, record: dict[str, str]) -> None:
    form = library.form("sample")
    lifted = upgrade(form, record, "2025.1")
    table = upgrade_frame(form, pl.DataFrame([{"x": "1", **record}]), "2025.1")
    assert table.drop("x").row(0, named=True) == lifted
    assert lifted.get("sex") in (None, "", "female", "male")
    assert lifted["package"] in ("human", "microbe")
    assert "old_code" not in lifted
