"""A catalogue is read whole, or refused with file, line and reason."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from biomoa.catalog.load import load_catalogue
from biomoa.catalog.matrix import read_matrix
from biomoa.catalog.model import BrokenCatalogue

KOREA = Path(__file__).resolve().parents[2] / "catalogs" / "korea"
SMALL = (
    "catalogue.yaml",
    "vocabularies/library-layout.yaml",
    "vocabularies/sexes.yaml",
    "forms/ngs-run.yaml",
    "organisations.csv",
    "research-projects.csv",
)
YAML_FILES = [name for name in SMALL if name.endswith(".yaml")]
CSV_FILES = [name for name in SMALL if name.endswith(".csv")]

many = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few files of the real catalogue: quick to copy, break and mend."""
    folder = tmp_path_factory.mktemp("catalogue")
    for name in SMALL:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(KOREA / name, folder / name)
    return folder


def faults_with(folder: Path, name: str, content: bytes | None) -> list[tuple[Path, int, str]]:
    """The faults of the catalogue while one file has another content (or is away); the file is put back."""
    path = folder / name
    kept = path.read_bytes()
    try:
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)
        load_catalogue(folder)
    except BrokenCatalogue as broken:
        return broken.faults
    finally:
        path.write_bytes(kept)
    return []


def test_the_small_catalogue_is_whole(small: Path) -> None:
    catalogue = load_catalogue(small)
    assert set(catalogue.vocabularies) == {"library-layout", "sexes"}
    assert catalogue.accessions["bioproject"].prefix == "KAP"
    assert catalogue.forms["ngs-run"].line_of(("fields", 0, "name")) > 1


def test_the_line_of_a_node_is_the_line_in_the_file(small: Path) -> None:
    document = load_catalogue(small).forms["ngs-run"]
    lines = document.path.read_text().splitlines()
    for number, field in enumerate(document.data["fields"]):
        line = lines[document.line_of(("fields", number, "type")) - 1]
        assert line.strip() == f"type: {field['type']}"


def _unknown_key(line: str) -> list[str]:
    indent = len(line) - len(line.lstrip(" -"))
    return [line, " " * indent + "bogus: 1"]


def _twice(line: str) -> list[str]:
    indent = len(line) - len(line.lstrip(" -"))
    return [line, " " * indent + line.lstrip(" -")]


def _escaped(line: str) -> list[str]:
    key, _, rest = line.partition(": ")
    return [f'{key}: "{rest.replace(chr(34), "")} \\q"']


def _tagged(line: str) -> list[str]:
    key, _, rest = line.partition(": ")
    return [f"{key}: !!python/name:os.system {rest}"]


def _anchored(line: str) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip(" -")))
    return [line, f"{indent}one: &one {{a: b}}", f"{indent}two: *one"]


BREAKS = {"unknown": _unknown_key, "twice": _twice, "escaped": _escaped, "tagged": _tagged, "anchored": _anchored}


@many
@given(data=st.data())
def test_any_broken_node_is_refused_with_file_and_line(small: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(YAML_FILES))
    kind = data.draw(st.sampled_from(sorted(BREAKS)))
    lines = (small / name).read_text().splitlines()
    if name.startswith("forms") and kind == "unknown":
        kind = "twice"  # the keys of a form are known to the room of forms
    places = [number for number, line in enumerate(lines) if _is_entry(line)]
    number = data.draw(st.sampled_from(places))
    broken = [*lines[:number], *BREAKS[kind](lines[number]), *lines[number + 1 :]]
    faults = faults_with(small, name, "\n".join(broken).encode())
    assert faults, (name, number + 1, kind)
    assert {path for path, _, _ in faults} == {small / name}
    assert min(abs(line - number - 1) for _, line, _ in faults) <= 2
    assert all(reason for _, _, reason in faults)


def _is_entry(line: str) -> bool:
    """A line ``key: value``, where something can be broken without ending up in the middle of a text."""
    key, separator, rest = line.lstrip(" -").partition(": ")
    return bool(separator and rest) and key.isidentifier() and rest[0] not in "|>{["


@many
@given(data=st.data())
def test_a_value_of_another_type_is_refused(small: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([file for file in YAML_FILES if not file.startswith("forms")]))
    wrong = data.draw(st.sampled_from(["[1]", "{a: 1}", "", "7", "true"]))
    lines = (small / name).read_text().splitlines()
    number = data.draw(st.sampled_from([at for at, line in enumerate(lines) if _is_entry(line)]))
    key = lines[number].partition(": ")[0]
    if key.endswith("digits") and wrong == "7":
        return
    broken = [*lines[:number], f"{key}: {wrong}", *lines[number + 1 :]]
    faults = faults_with(small, name, "\n".join(broken).encode())
    assert (small / name) in {path for path, _, _ in faults}
    assert number + 1 in {line for _, line, _ in faults}


@many
@given(name=st.sampled_from(SMALL), content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_a_file_holds_the_answer_is_a_catalogue_or_faults(small: Path, name: str, content: bytes) -> None:
    for path, line, reason in faults_with(small, name, content):
        assert path == small / name
        assert line >= 1
        assert reason


@pytest.mark.parametrize("name", [name for name in SMALL if "/" not in name])
def test_a_missing_file_is_named(small: Path, name: str) -> None:
    assert faults_with(small, name, None) == [(small / name, 1, "file is missing")]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenCatalogue) as refusal:
        load_catalogue(tmp_path)
    assert {path.name for path, _, _ in refusal.value.faults} >= {"vocabularies", "forms", "catalogue.yaml"}
    assert "catalogue.yaml:1: file is missing" in str(refusal.value)


@pytest.mark.parametrize("name", SMALL)
def test_bytes_that_are_not_utf8_are_named_with_their_line(small: Path, name: str) -> None:
    raw = (small / name).read_bytes()
    third = raw.index(b"\n", raw.index(b"\n") + 1) + 1
    [(path, line, reason)] = faults_with(small, name, raw[:third] + "한글".encode("cp949") + raw[third:])
    assert (path, line) == (small / name, 3)
    assert "UTF-8" in reason


def test_a_byte_order_mark_does_no_harm(small: Path) -> None:
    for name in SMALL:
        assert faults_with(small, name, b"\xef\xbb\xbf" + (small / name).read_bytes()) == []


def test_all_faults_of_all_files_are_told_at_once(small: Path) -> None:
    path = small / "organisations.csv"
    kept = path.read_bytes()
    try:
        path.write_bytes(kept + "X1,kind,가,A,NOBODY,\nX1,ministry,나,B,,\nX2,ministry,,C,X2\n".encode())
        faults = faults_with(small, "vocabularies/sexes.yaml", b"vocabulary: other\nlabel: 3\nsource: x\nterms: []\n")
    finally:
        path.write_bytes(kept)
    said = "\n".join(reason for _, _, reason in faults)
    for part in ("kind `kind`", "parent `NOBODY`", "code `X1` stands in line", "expected 6 cells, found 5", "at label"):
        assert part in said


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ("[{value: a}, {value: a}]", "repeats term `a`"),
        ("[{value: a, synonyms: [B]}, {value: b}]", "repeats term `a`"),
        ("[{value: a, synonyms: [x, X]}]", "repeats a synonym"),
        ("[{value: a, synonyms: [A]}]", "repeats term `a`"),
        ("[{value: 'a;b'}]", "without a semicolon"),
        ("[{value: ' a'}]", "without outer"),
        ("[{value: 1}]", "Expected `str`, got `int` at terms[0].value"),
        ("[{value: a, label: {ko: 가}}]", "missing required field `en` at terms[0].label"),
        ("[{value: a, colour: red}]", "unknown key `colour` at terms[0].colour"),
        ("{value: a}", "expected a list at terms"),
        ("[]", "needs terms"),
    ],
)
def test_a_wrong_term_says_what_is_wrong(small: Path, terms: str, reason: str) -> None:
    text = f"vocabulary: sexes\nlabel: {{ko: 성별, en: Sex}}\nsource: x\nterms: {terms}\n"
    faults = faults_with(small, "vocabularies/sexes.yaml", text.encode())
    assert any(reason in said for _, _, said in faults), faults


def test_yes_no_and_norway_stay_text(small: Path) -> None:
    head = "vocabulary: sexes\nlabel: {ko: 성별, en: Sex}\nsource: x\nterms:\n"
    text = head + "".join(f"  - value: {word}\n" for word in ("yes", "NO", "on", "2024-01", "12:30"))
    assert faults_with(small, "vocabularies/sexes.yaml", text.encode()) == []


@pytest.mark.parametrize("depth", [30, 31, 5_000, 1_000_000])
def test_deep_nesting_is_refused_and_does_not_end_the_process(small: Path, depth: int) -> None:
    faults = faults_with(small, "catalogue.yaml", b"name: " + b"[" * depth)
    assert faults == [(small / "catalogue.yaml", 1, "nested deeper than 30")]


@pytest.mark.parametrize(
    ("value", "line", "reason"),
    [
        ("[" * 29 + "x" + "]" * 29, 1, "unknown key `deep`"),
        ("[" * 29 + "\n[]" + "]" * 29, 2, "nested deeper than 30"),
        ("[" * 29 + "\n{}" + "]" * 29 + "\n  broken: [", 2, "nested deeper than 30"),
        ("[x\nmore: " + "[" * 40, 2, "not YAML: did not find expected ',' or ']'"),
    ],
)
def test_depth_is_told_where_it_is_and_before_what_comes_after_it(
    small: Path, value: str, line: int, reason: str
) -> None:
    faults = faults_with(small, "catalogue.yaml", f"deep: {value}\n".encode())
    assert (small / "catalogue.yaml", line, reason) in faults, faults


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("a\tM\n", "expected 3 cells, found 2"),
        ("a\tM\tX\n", "is none of M, O, -"),
        ("a\tM\tO\na\tM\tO\n", "stands in line 2 too"),
        ("a\tG:\tO\n", "is none of M, O, -"),
    ],
)
def test_a_broken_matrix_is_refused(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "matrix.tsv"
    path.write_text("field\tHuman\tPlant\n" + line)
    with pytest.raises(BrokenCatalogue, match=r"matrix\.tsv") as refusal:
        read_matrix(path)
    assert any(reason in said for _, _, said in refusal.value.faults)


def test_the_levels_and_groups_of_a_matrix(tmp_path: Path) -> None:
    path = tmp_path / "matrix.tsv"
    path.write_text("field\tHuman\tPlant\nsex\tM\t-\nage\tO\tG:age\ndev_stage\t-\tG:age\n")
    matrix = read_matrix(path)
    assert matrix.levels("Human") == {"sex": "M", "age": "O", "dev_stage": "-"}
    assert matrix.groups("Plant") == {"age": ("age", "dev_stage")}
    assert matrix.lines["dev_stage"] == 4


TOGETHER = """
import sys, threading, types
from pathlib import Path
import msgspec
from biomoa.catalog.convert import convert
from biomoa.catalog.documents import Document

sys.setswitchinterval(1e-6)
SOURCE = '''
import msgspec
class Inner(msgspec.Struct):
    ko: str
    en: str
class Outer(msgspec.Struct):
    name: str
    label: Inner
    parts: tuple[Inner, ...]
'''
document, value = Document(Path("x.yaml"), None, {}), {"ko": "a", "en": "b"}
for number in range(200):
    # A module of its own each time: what a struct is made of is gathered at its first use only.
    module = types.ModuleType(f"first{number}")
    sys.modules[module.__name__] = module
    exec(SOURCE, module.__dict__)
    gate = threading.Barrier(8)
    def use():
        gate.wait()
        convert(document, (), {"name": "x", "label": value, "parts": [value]}, module.Outer, [])
    threads = [threading.Thread(target=use) for _ in range(8)]
    [each.start() for each in threads]
    [each.join() for each in threads]
"""


def test_threads_that_read_a_catalogue_together_do_not_end_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", TOGETHER], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
