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

if TYPE_CHECKING:
    from biomoa.qc.model import Inspection

MATES = (("_R1", "_R2"), ("_1.", "_2."), (".R1", ".R2"))
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
    "mapped_percent": "정렬된 리드(%)",
}


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    qc = subparsers.add_parser("qc", help="inspect files: FASTQ, FASTA, SAM, BAM, CRAM")
    qc.add_argument("file", nargs="+", type=Path, help="files, or folders of files")
    qc.add_argument("--format", help="take the files as this format instead of recognising it")
    qc.add_argument("--jobs", type=_positive, default=os.cpu_count() or 1, metavar="N", help="files at the same time")
    qc.add_argument("--json", action="store_true")
    qc.add_argument("--multiqc", type=Path, metavar="OUT", help="also write the metrics for MultiQC (*_mqc.json)")
    qc.set_defaults(run=_qc)


def _positive(word: str) -> int:
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _qc(options: argparse.Namespace) -> int:
    options.file = [each for path in options.file for each in _files_of(path)]
    missing = [str(path) for path in options.file if not path.is_file()]
    if missing:
        said = "파일이 없습니다" if _is_korean() else "no such file"
        print(f"biomoa: {said}: {', '.join(missing)}", file=sys.stderr)
        return 2
    found = _with_pairs(_inspect(options))
    if options.multiqc:
        _write_multiqc(options.multiqc, found)
    if options.json:
        print(json.dumps([_as_json(one) for one in found], ensure_ascii=False))
    else:
        for one in found:
            _tell(one)
    return 1 if any(one.verdict == "fail" for one in found) else 0


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
    from biomoa.qc.findings import verdict_of
    from biomoa.qc.pairs import check_pair

    by_path = {one.path: one for one in found}
    for first in list(by_path.values()):
        second = by_path.get(_mate(first.path))
        if second is None:
            continue
        told = check_pair(first.metrics, second.metrics)
        for path in (first.path, second.path):
            findings = (*by_path[path].findings, *told)
            by_path[path] = msgspec.structs.replace(by_path[path], findings=findings, verdict=verdict_of(findings))
    return [by_path[one.path] for one in found]


def _mate(path: str) -> str:
    name = Path(path).name
    for first, second in MATES:
        if first in name:
            head, _, tail = name.rpartition(first)
            return str(Path(path).with_name(head + second + tail))
    return ""


def _as_json(one: Inspection) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(one)
    return told


def _is_korean() -> bool:
    return (os.environ.get("LC_ALL") or os.environ.get("LANG") or "").startswith("ko")


def _tell(one: Inspection) -> None:
    language = "ko" if _is_korean() else "en"
    verdict = VERDICTS[one.verdict] if language == "ko" else one.verdict
    print(f"{verdict}  {one.format}  {one.size_bytes:,} B  {one.path}")
    for finding in one.findings:
        place = f" [{finding.at}]" if finding.at else ""
        print(f"  {SIGNS[finding.severity]} {finding.code}{place}: {finding.message.in_(language)}")
    for name, label in SHOWN.items():
        if isinstance(one.metrics.get(name), int | float):
            print(f"    {label if language == 'ko' else name}: {one.metrics[name]:,}")
