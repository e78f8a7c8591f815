"""``biomoa submit PATH... --to URL --token T``: sheets and their data files to a station, in one go.

The same command again, also after it was killed, goes on where it stood and creates nothing twice.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from biomoa.cli.words import fail, language
from biomoa.client import ApiError, Client, ClientError, Problem, Receipt
from biomoa.client.upload import Step

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
TABLES = frozenset({".tsv", ".csv", ".txt", ".jsonl", ".ndjson"})
PROBLEMS_SHOWN = 50
BAR_WIDTH = 24


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    submit = subparsers.add_parser("submit", help="send sheets and data files to a station")
    submit.add_argument("path", nargs="+", type=Path, help="workbooks, tables named after their form, data, folders")
    submit.add_argument("--to", required=True, metavar="URL", help="the station, as https://station.example.org")
    submit.add_argument("--token", default="", help="personal token (or BIOMOA_TOKEN, which others cannot see)")
    submit.add_argument("--group", default="", help="code of the group that owns the data")
    submit.add_argument("--center", default="", help="code of the data center (default: that of the station)")
    submit.add_argument("--title", default="")
    submit.add_argument("--sheet", action="append", default=[], type=Path, help="a table whatever its name")
    submit.add_argument("--data", action="append", default=[], type=Path, help="a data file whatever its name")
    submit.add_argument(
        "--human-data", type=Path, metavar="JSON", help="answers to the questions on human data: {question: answer}"
    )
    submit.add_argument("--dry-run", action="store_true", help="check only; the station stores nothing")
    submit.add_argument("--json", action="store_true", help="print the receipt as JSON")
    submit.set_defaults(run=_submit)


def _submit(options: argparse.Namespace) -> int:
    token = options.token or os.environ.get("BIOMOA_TOKEN", "")
    try:
        human_data = _answers(options.human_data)
        with Client(options.to, token, language=language()) as station:
            sheets, files = sort_paths(options.path, station.forms())
            sheets, files = [*sheets, *options.sheet], [*files, *options.data]
            if not sheets:
                return fail("no sheet among the paths; name one with --sheet (a table is named after its form)")
            _tell(f"{len(sheets)} sheet(s), {len(files)} data file(s)")
            receipt = station.submit(
                sheets=sheets, files=files, group=options.group, center=options.center, title=options.title,
                dry_run=options.dry_run, human_data=human_data, progress=Bar() if sys.stderr.isatty() else None,
            )  # fmt: skip
    except ApiError as error:
        return _refused(error, as_json=options.json)
    except (ClientError, OSError) as error:
        return fail(str(error))
    print(msgspec.json.encode(receipt).decode() if options.json else said(receipt))
    return 1 if receipt.error_count else 0


def _answers(path: Path | None) -> dict[str, str] | None:
    """The file of answers. Raises OSError; ClientError when it is no such file."""
    if path is None:
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise ClientError(f"{path}: not answers to the questions on human data: {error}") from error


def sort_paths(paths: Iterable[Path], forms: Iterable[str]) -> tuple[list[Path], list[Path]]:
    """Sheets and data files, each in a fixed order; folders are looked through, hidden files left out.

    A workbook is a sheet. A table is one when it is named after a form, as ``biosample.tsv`` or
    ``study1.biosample.csv``: other tables may be data. Raises FileNotFoundError.
    """
    known = tuple(forms)
    sheets: list[Path] = []
    files: list[Path] = []
    for path in _iter_files(paths):
        (sheets if _is_sheet(path, known) else files).append(path)
    return sheets, files


def _iter_files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            inside = sorted(each for each in path.rglob("*") if each.is_file())
            yield from (each for each in inside if not _is_hidden(each.relative_to(path)))
        elif path.is_file():
            yield path
        else:
            raise FileNotFoundError(f"{path}: there is no such file or folder")


def _is_hidden(path: Path) -> bool:
    # ~$study.xlsx is the lock that Excel leaves beside an open workbook.
    return any(part.startswith((".", "~$")) for part in path.parts)


def _is_sheet(path: Path, forms: tuple[str, ...]) -> bool:
    suffix = path.suffix.lower()
    if suffix in WORKBOOKS:
        return True
    return suffix in TABLES and path.stem.lower().rpartition(".")[2] in forms


def said(receipt: Receipt) -> str:
    """The receipt for a reader."""
    lines = [f"{receipt.submission or 'dry run'}: {receipt.state}"]
    for line in receipt.accessions:
        version = f".{line.version}" if line.accession and line.version > 1 else ""
        lines.append(f"{line.form}\t{line.alias}\t{line.accession + version if line.accession else line.outcome}")
    lines += [_said_problem(problem) for problem in receipt.problems[:PROBLEMS_SHOWN]]
    more = receipt.error_count + receipt.warning_count - PROBLEMS_SHOWN
    if more > 0:
        lines.append(f"... and {more} more; --json prints them")
    lines.append(f"{receipt.error_count} error(s), {receipt.warning_count} warning(s)")
    return "\n".join(lines)


def _said_problem(problem: Problem) -> str:
    place = " ".join(
        part
        for part in (problem.file, problem.sheet, f"row {problem.row}" if problem.row else None, problem.field)
        if part
    )
    message = problem.message.ko if language() == "ko" else problem.message.en
    suggestion = f" -> {problem.suggestion}" if problem.suggestion else ""
    return f"{problem.severity}\t{place}\t{problem.code}\t{message}{suggestion}"


class Bar:
    """Progress on a terminal: the file, a bar, the speed."""

    def __init__(self) -> None:
        self.name, self.began, self.first = "", 0.0, 0

    def __call__(self, step: Step) -> None:
        if step.name != self.name:
            self.name, self.began, self.first = step.name, time.monotonic(), step.sent_bytes
        share = step.sent_bytes / step.size_bytes if step.size_bytes else 1.0
        bar = "#" * int(share * BAR_WIDTH)
        seconds = time.monotonic() - self.began
        speed = (step.sent_bytes - self.first) / seconds / 1024**2 if seconds > 0.2 else 0.0
        end = "\n" if step.sent_bytes >= step.size_bytes else ""
        sys.stderr.write(f"\r\033[K{step.name} [{bar:<{BAR_WIDTH}}] {share:4.0%} {speed:6.1f} MiB/s{end}")
        sys.stderr.flush()


def _refused(error: ApiError, *, as_json: bool) -> int:
    """What was sent is bad: 1. Whoever sends it may not, or the station cannot: 2, with one line."""
    if error.status != 422:
        return fail(error.detail)
    if as_json:
        told = {"status": error.status, "detail": error.detail, "problems": error.problems}
        print(msgspec.json.encode(told).decode())
    else:
        for problem in error.problems:
            print(_said_problem(problem))
    return 1


def _tell(line: str) -> None:
    if sys.stderr.isatty():
        print(line, file=sys.stderr)
