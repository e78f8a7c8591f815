"""``biomoa submit`` as a program of its own against a real server, killed in the middle and asked again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from biomoa.cli import submit
from biomoa.cli.main import main
from biomoa.files.models import StoredFile, Upload
from biomoa.records.models import Submission
from tests.client.proxy import Line

pytestmark = pytest.mark.django_db(transaction=True)
MIB = 1024**2


def start(token: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "biomoa.cli.main", "submit", *map(str, arguments)]
    environment = {**os.environ, "BIOMOA_TOKEN": token, "LANG": "C.UTF-8"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def run(token: str, *arguments: object) -> tuple[int, str, str]:
    program = start(token, *arguments)
    out, err = program.communicate(timeout=300)
    return program.returncode, out, err


def test_a_folder_goes_in_and_the_receipt_comes_out(
    live_server: Any, token: str, sheets: list[Path], reads: Callable[..., Path]
) -> None:
    reads(10_000)
    code, out, err = run(token, sheets[0].parent, "--to", live_server.url)
    assert (code, err) == (0, ""), out
    assert out.startswith("SUB") and "ngs-run\tR1\tpending" in out and "0 error(s)" in out
    code, again, _ = run(token, sheets[0].parent, "--to", live_server.url, "--json")
    receipt = json.loads(again)
    assert (code, receipt["state"]) == (0, "submitted")
    assert (Submission.objects.count(), StoredFile.objects.count()) == (1, 1)


def test_killed_in_the_middle_and_asked_again(
    line: Line, token: str, sheets: list[Path], reads: Callable[..., Path]
) -> None:
    """The line stalls after 12 of 20 MiB, the program is killed with -9, and the same command goes on."""
    path = reads(20 * MIB)
    line.cut_after, line.hang = 12 * MIB, True
    program = start(token, *sheets, path, "--to", line.url)
    assert line.hanging.wait(60)
    program.send_signal(signal.SIGKILL)
    program.communicate(timeout=60)
    begun = Upload.objects.get()
    assert begun.offset_bytes >= 8 * MIB
    line.cut_after, line.sent_bytes = None, 0
    code, out, err = run(token, *sheets, path, "--to", line.url)
    assert (code, err) == (0, ""), out
    assert line.sent_bytes <= path.stat().st_size - begun.offset_bytes + MIB
    assert (Submission.objects.count(), StoredFile.objects.count(), Upload.objects.count()) == (1, 1, 1)
    assert Submission.objects.get().state == "submitted"


def test_a_dry_run_tells_and_keeps_nothing(live_server: Any, token: str, sheets: list[Path]) -> None:
    sheets[1].write_text("sample_name\tproject\tsex\nS1\tstudy-1\tunheard-of\n")
    code, out, _ = run(token, *sheets, "--to", live_server.url, "--dry-run")
    assert code == 1
    assert "biosample" in out and "row 1 sex" in out and "dry run" in out
    assert not Submission.objects.exists()


def test_errors_are_told_and_mended_by_the_next_command(
    live_server: Any, token: str, sheets: list[Path], reads: Callable[..., Path]
) -> None:
    good = sheets[1].read_text()
    sheets[1].write_text(good.replace("female", "unheard-of"))
    code, out, _ = run(token, *sheets, reads(1000), "--to", live_server.url, "--json")
    receipt = json.loads(out)
    assert (code, receipt["state"], receipt["error_count"]) == (1, "draft", 1)
    sheets[1].write_text(good)
    code, out, _ = run(token, *sheets, reads(1000), "--to", live_server.url)
    assert code == 0, out


@pytest.mark.parametrize("arguments", [
    ["no-such-file.xlsx", "--to", "{url}"], ["{reads}", "--to", "{url}"], ["{sheet}", "--to", "http://127.0.0.1:9"],
    ["{sheet}", "--to", "station.example.org"], ["{sheet}", "--to", "{url}", "--group", "none"],
])  # fmt: skip
def test_wrong_use_is_one_clear_line(
    live_server: Any, token: str, sheets: list[Path], reads: Callable[..., Path], arguments: list[str],
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("BIOMOA_TOKEN", token)
    monkeypatch.setattr("biomoa.client.transport.LONGEST_PAUSE_SECONDS", 0.01)
    places = {"url": live_server.url, "reads": str(reads(1000)), "sheet": str(sheets[0])}
    assert main(["submit", *(argument.format_map(places) for argument in arguments)]) == 2
    told = capsys.readouterr()
    assert told.out == "" and len(told.err.splitlines()) == 1 and told.err.startswith("biomoa: ")


def test_a_wrong_token_says_so(
    live_server: Any, sheets: list[Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert main(["submit", str(sheets[0]), "--to", live_server.url, "--token", "bmo_wrong"]) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.startswith("biomoa: The token is unknown")


def test_sheets_and_data_are_told_apart(tmp_path: Path) -> None:
    names = ["study.xlsx", "biosample.tsv", "s1.ngs-run.csv", "counts.tsv", "reads.fastq.gz", ".hidden.tsv",
             "~$study.xlsx", "deep/ngs-experiment.jsonl", ".git/x.tsv"]  # fmt: skip
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    sheets, files = submit.sort_paths([tmp_path], ["biosample", "ngs-run", "ngs-experiment"])
    assert {path.name for path in sheets} == {"study.xlsx", "biosample.tsv", "s1.ngs-run.csv", "ngs-experiment.jsonl"}
    assert {path.name for path in files} == {"counts.tsv", "reads.fastq.gz"}


def test_progress_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    bar = submit.Bar()
    for sent in (0, 50, 100):
        bar(submit.Step("a.fastq", sent, 100))
    bar(submit.Step("empty", 0, 0))
    told = capsys.readouterr().err
    assert "a.fastq" in told and " 50%" in told and told.count("100%") == 2 and told.endswith("\n")
