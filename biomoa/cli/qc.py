"""``biomoa qc FILE...``: inspect sequence files in the sandbox."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from biomoa.qc.model import Inspection

MATES = (("_R1", "_R2"), ("_1.", "_2."), (".R1", ".R2"))
SIGNS = {"error": "x", "warning": "!", "info": "-"}


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    qc = subparsers.add_parser("qc", help="inspect files: FASTQ, FASTA, SAM, BAM, CRAM")
    qc.add_argument("file", nargs="+", type=Path)
    qc.add_argument("--format", help="take the files as this format instead of recognising it")
    qc.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="files at the same time")
    qc.add_argument("--json", action="store_true")
    qc.set_defaults(run=_qc)


def _qc(options: argparse.Namespace) -> int:
    missing = [str(path) for path in options.file if not path.is_file()]
    if missing:
        print(f"biomoa: no such file: {', '.join(missing)}", file=sys.stderr)
        return 2
    found = _with_pairs(_inspect(options))
    if options.json:
        print(json.dumps([_as_json(one) for one in found], ensure_ascii=False))
    else:
        for one in found:
            _tell(one)
    return 1 if any(one.verdict == "fail" for one in found) else 0


def _inspect(options: argparse.Namespace) -> list[Inspection]:
    from biomoa.qc.runner import inspect_many

    def progress(done: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done}/{len(options.file)}", end="\n" if done == len(options.file) else "", file=sys.stderr)

    found: list[Inspection] = []
    step = max(1, options.jobs)
    for start in range(0, len(options.file), step):
        found += inspect_many(options.file[start : start + step], jobs=step, format=options.format)
        progress(len(found))
    return found


def _with_pairs(found: list[Inspection]) -> list[Inspection]:
    """R1 and R2 given together must agree; what is wrong is said of both."""
    from biomoa.qc.findings import verdict_of
    from biomoa.qc.pairs import check_pair

    by_path = {one.path: one for one in found}
    for first in found:
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


def _tell(one: Inspection) -> None:
    is_korean = os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("ko")
    verdicts = {"pass": "적합", "warn": "주의", "fail": "부적합"} if is_korean else {}
    print(f"{verdicts.get(one.verdict, one.verdict):<5} {one.format:<8} {one.size_bytes:>14,}  {one.path}")
    for finding in one.findings:
        place = f" [{finding.at}]" if finding.at else ""
        print(f"  {SIGNS[finding.severity]} {finding.code}{place}: {finding.message.in_('ko' if is_korean else 'en')}")
    for name in ("reads", "bases", "length_mean", "gc_percent", "q30_percent", "adapter_percent"):
        if name in one.metrics:
            print(f"    {name:<20} {one.metrics[name]:,}")
