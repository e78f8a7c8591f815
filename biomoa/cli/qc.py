"""``biomoa qc FILE...``: inspect sequence files in the sandbox."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from biomoa.cli.words import fail, language, whole

if TYPE_CHECKING:
    from biomoa.qc.model import Inspection

SIGNS = {"error": "x", "warning": "!", "info": "-"}
VERDICTS = {"pass": "적합", "warn": "주의", "fail": "부적합"}
SHOWN = {
    "reads": "리드 수",
    "bases": "염기 수",
    "sequences": "서열 수",
    "residues": "잔기 수",
    "length_mean": "평균 길이",
    "length_n50": "N50",
    "gc_percent": "GC(%)",
    "q30_percent": "Q30 이상(%)",
    "adapter_percent": "어댑터(%)",
    "duplication_percent": "중복 추정(%)",
    "mapped": "정렬된 리드 수",
}


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    qc = subparsers.add_parser("qc", help="inspect files: FASTQ, FASTA, SAM, BAM, CRAM")
    qc.add_argument("file", nargs="+", type=Path, help="files, or folders of files")
    qc.add_argument("--format", help="take the files as this format instead of recognising it")
    qc.add_argument("--jobs", type=whole(1), default=os.cpu_count() or 1, metavar="N", help="files at the same time")
    qc.add_argument("--json", action="store_true")
    qc.add_argument("--multiqc", type=Path, metavar="OUT", help="also write the metrics for MultiQC (*_mqc.json)")
    qc.set_defaults(run=_qc)


def _qc(options: argparse.Namespace) -> int:
    options.file = [each for path in options.file for each in _files_of(path)]
    if problem := _wrong_with(options):
        return fail(problem)
    found = _with_pairs(_inspect(options))
    if options.multiqc:
        _write_multiqc(options.multiqc, found)
    if options.json:
        print(json.dumps([_as_json(one) for one in found], ensure_ascii=False))
    else:
        for one in found:
            _tell(one)
    return 1 if any(one.verdict == "fail" for one in found) else 0


def _wrong_with(options: argparse.Namespace) -> str:
    """What cannot be done is said before hours of inspection, not after."""
    is_korean = language() == "ko"
    if empty := [str(path) for path in options.file if path.is_dir()]:
        return f"{'폴더에 파일이 없습니다' if is_korean else 'no file in the folder'}: {', '.join(empty)}"
    if missing := [str(path) for path in options.file if not path.is_file()]:
        return f"{'파일이 없습니다' if is_korean else 'no such file'}: {', '.join(missing)}"
    if options.multiqc and not options.multiqc.parent.is_dir():
        return f"{'폴더가 없습니다' if is_korean else 'no such folder'}: {options.multiqc.parent}"
    return ""


def _files_of(path: Path) -> list[Path]:
    """A folder stands for the files in it, at any depth, but not for hidden ones."""
    if not path.is_dir():
        return [path]
    inside = (each for each in path.rglob("*") if each.is_file() and not each.name.startswith("."))
    return sorted(inside) or [path]


def _inspect(options: argparse.Namespace) -> list[Inspection]:
    from biomoa.qc.runner import inspect_many

    return inspect_many(options.file, jobs=options.jobs, format=options.format, on_done=_progress(len(options.file)))


def _progress(count: int) -> Callable[[int], None] | None:
    """A counter on a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        return None

    def tell(done: int) -> None:
        print(f"\r{done}/{count}", end="\n" if done == count else "", file=sys.stderr, flush=True)

    return tell


def _write_multiqc(path: Path, found: list[Inspection]) -> None:
    from biomoa.qc.report import multiqc

    path.write_text(json.dumps(multiqc(found), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _with_pairs(found: list[Inspection]) -> list[Inspection]:
    """R1 and R2 given together must agree; what is wrong is said of both."""
    from biomoa.forms.pairs import mates_among
    from biomoa.qc.findings import verdict_of
    from biomoa.qc.pairs import check_pair

    by_path = {one.path: one for one in found}
    folders: dict[Path, list[str]] = {}
    for path in by_path:
        folders.setdefault(Path(path).parent, []).append(path)
    for pair in (pair for paths in folders.values() for pair in mates_among(paths)):
        told = check_pair(*(by_path[path].metrics for path in pair))
        for path in pair:
            findings = (*by_path[path].findings, *told)
            by_path[path] = msgspec.structs.replace(by_path[path], findings=findings, verdict=verdict_of(findings))
    return [by_path[one.path] for one in found]


def _as_json(one: Inspection) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(one)
    return told


def _tell(one: Inspection) -> None:
    is_korean = language() == "ko"
    verdict = VERDICTS[one.verdict] if is_korean else one.verdict
    print(f"{verdict}  {one.format}  {one.size_bytes:,} B  {one.path}")
    for finding in one.findings:
        place = f" [{finding.at}]" if finding.at else ""
        print(f"  {SIGNS[finding.severity]} {finding.code}{place}: {finding.message.in_(language())}")
    for name, label in SHOWN.items():
        if isinstance(one.metrics.get(name), int | float):
            print(f"    {label if is_korean else name}: {one.metrics[name]:,}")
