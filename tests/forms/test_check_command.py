"""``biomoa check``, ``template``, ``forms`` from outside."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from biomoa.cli.main import main

from .conftest import OWN

GOOD = "alias\tproject\tpackage\ttaxon_id\torganism\tcollection_date\tgeo_loc_name\tsex\n"
ROW = "S-001\tstudy-1\thuman\t9606\tHomo sapiens\t2024-03-05\tSouth Korea: Seoul\tfemale\n"
KEYS = {"sheet", "row", "field", "code", "severity", "value", "message", "suggestion"}


def biomoa(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "biomoa.cli.main", *map(str, words), "--catalogue", str(OWN)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_a_good_sheet(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text(GOOD + ROW)
    done = biomoa("check", "sample", path, "--json")
    assert json.loads(done.stdout) == {"form": "sample", "revision": "2026.1", "rows": 1, "valid": True, "problems": []}
    assert (done.returncode, done.stderr) == (0, "")


def test_a_bad_sheet_and_its_correction(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text(
        GOOD + ROW + ROW.replace("S-001", "S-002").replace("2024-03-05", "2024.3.5").replace("female", "여성")
    )
    done = biomoa("check", "sample", path, "--json", "--fix", tmp_path / "fixed.xlsx")
    told = json.loads(done.stdout)
    assert done.returncode == 1 and not told["valid"]
    assert all(set(problem) == KEYS and set(problem["message"]) == {"ko", "en"} for problem in told["problems"])
    assert [(each["row"], each["field"], each["suggestion"]) for each in told["problems"]] == [
        (2, "collection_date", "2024-03-05"),
        (2, "sex", "female"),
    ]
    assert "2 cell(s) corrected" in done.stderr
    assert biomoa("check", tmp_path / "fixed.xlsx").returncode == 0


def test_the_readable_table(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text(GOOD + ROW.replace("female", "femal"))
    done = biomoa("check", "sample", path)
    assert done.returncode == 1
    assert "line 2" in done.stdout and "term-unknown" in done.stdout and "-> female" in done.stdout


def test_lines_are_named_in_the_readers_language_and_rows_that_say_nothing_are_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.tsv"
    path.write_text(GOOD + ROW.replace("female", "femal") + "\t" * 7 + "\n" + ROW.replace("S-001", "S-002"))
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    told = biomoa("check", "sample", path).stdout
    assert "2번째 줄: " in told and "(sample): 2\n" in told


def test_a_row_of_a_turned_sheet_stands_in_a_column(tmp_path: Path) -> None:
    path, rows = tmp_path / "a.tsv", (GOOD, ROW, ROW.replace("S-001", "S-002").replace("female", "femal"))
    path.write_text(
        "".join("\t".join(line) + "\n" for line in zip(*(row.rstrip().split("\t") for row in rows), strict=True))
    )
    told = biomoa("check", "sample", path).stdout
    assert "column C: " in told and "-> female" in told


def test_a_line_that_is_no_record_is_named_in_the_readers_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('["S-001"]\n')
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    told = biomoa("check", "sample", path).stdout
    assert "1행: " in told and "row 1" not in told


def test_a_folder_is_no_sheet(tmp_path: Path) -> None:
    done = biomoa("check", "sample", tmp_path)
    assert done.returncode == 2 and done.stderr == f"biomoa: {tmp_path} is a folder\n"


@pytest.mark.parametrize(
    "words",
    [
        ("check", "nothing", __file__),
        ("check", "sample", "no-such-file.xlsx"),
        ("template", "nothing", "-o", "x.xlsx"),
        ("template", "sample", "-o", "x.csv"),
        ("template", "sample", "--package", "nothing", "-o", "x.xlsx"),
        ("forms", "nothing"),
    ],
)
def test_wrong_use_is_one_clear_line(words: tuple[str, ...]) -> None:
    done = biomoa(*words)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1 and done.stderr.startswith("biomoa: ")


def test_a_broken_catalogue_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text(GOOD)
    done = subprocess.run(
        [sys.executable, "-m", "biomoa.cli.main", "check", "sample", str(path), "--catalogue", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2 and "catalogue.yaml" in done.stderr


def test_a_damaged_workbook_is_bad_not_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"not a workbook")
    done = biomoa("check", "sample", path, "--json")
    assert done.returncode == 1
    assert [each["code"] for each in json.loads(done.stdout)["problems"]] == ["file-not-workbook"]


def test_template_and_forms(tmp_path: Path) -> None:
    assert biomoa("template", "project", "sample", "-o", tmp_path / "t.xlsx").returncode == 0
    assert (tmp_path / "t.xlsx").stat().st_size > 5000
    listed = json.loads(biomoa("forms", "--json").stdout)
    assert {each["form"] for each in listed} == {"project", "sample", "experiment", "run"}
    assert "geo_loc_name" in biomoa("forms", "sample").stdout
    assert json.loads(biomoa("forms", "sample", "--json").stdout)["$schema"].endswith("2020-12/schema")
    assert "2026.1" in biomoa("forms", "sample", "--revision", "2025.1").stdout


def test_django_is_never_imported(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text(GOOD + ROW)
    code = (
        "import sys; from biomoa.cli.forms import _check_here; from biomoa.cli.main import _parser; "
        f"words = ['check', 'sample', {str(path)!r}, '--json', '--catalogue', {str(OWN)!r}]; "
        "_check_here(_parser(words).parse_args(words)); sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("port", ["0", "99999", "-1", "http"])
def test_a_port_that_is_none_is_wrong_use(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["serve", f"--port={port}"])
    assert left.value.code == 2 and "1 to 65535" in capsys.readouterr().err
