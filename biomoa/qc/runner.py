"""Inspecting files: in this process, or safely in a warm child without network and with limits."""

from __future__ import annotations

import functools
import importlib
import itertools
import pkgutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from biomoa.qc import formats
from biomoa.qc.findings import Collector, verdict_of
from biomoa.qc.model import Format, Inspection
from biomoa.qc.persons import inspection as persons
from biomoa.qc.sandbox import MEMORY_BYTES, Sandbox
from biomoa.qc.source import FileSource
from biomoa.qc.strangers import stranger

GZIP = ("gzip", "bgzf")
COMPRESSIONS = {".gz": GZIP, ".bgz": GZIP, ".bz2": ("bzip2",)}
UNKNOWN = "unknown"
OF_TEXT = ("fastq", "fasta", "sam")  # formats of bgzip's blocks tell of them themselves
# Beginnings of what is packed in ways that are not opened here, looked for below gzip and bzip2 too.
PACKED = {
    b"\xfd7zXZ\0": "xz", b"\x28\xb5\x2f\xfd": "zstd", b"PK\x03\x04": "zip", b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a": "rar", b"\x04\x22\x4d\x18": "lz4", b"\x1f\x8b\x08": "gzip x 2", b"BZh": "bzip2 x 2",
}  # fmt: skip
MARKS = {b"\xef\xbb\xbf": "UTF-8", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class UnknownFormat(ValueError):
    """``--format`` names none of the known ones; the message lists them."""


@functools.cache
def known_formats() -> dict[str, Format]:
    """Format by name: every module of ``qc.formats`` that ends in ``FORMAT``."""
    modules = [importlib.import_module(f"{formats.__name__}.{m.name}") for m in pkgutil.iter_modules(formats.__path__)]
    found: list[Format] = [module.FORMAT for module in modules if hasattr(module, "FORMAT")]
    return {one.name: one for one in found}


def inspect(path: Path, *, name: str = "", format: str | None = None) -> Inspection:
    """Inspects a file in this process. Raises OSError when it cannot be read, UnknownFormat."""
    if format is not None and format not in known_formats():
        raise UnknownFormat(f"unknown format '{format}'; known: {', '.join(sorted(known_formats()))}")
    started = time.perf_counter()
    report = Collector()
    source = FileSource(path, name or path.name, report)
    chosen = _choose(source, format, report)
    if not any(each.code == "another-thing" for each in report.findings()):
        _check_compression(source, chosen, report)
    report.know(persons.FINDINGS)
    try:
        head = source.head() if source.size_bytes else b""
        persons.search_file(source.name, chosen.name if chosen else UNKNOWN, head, report)
        if chosen is not None and not report.has("text-byte-order-mark"):  # no reader of the format gets beyond it
            report.know(chosen.findings)
            chosen.inspect(source, report)
        else:
            persons.search_text(source, head, report)
    finally:
        checksums = source.finish()
    persons.search_container(source.labels, report)
    if chosen is not None and chosen.name in OF_TEXT and source.compression == "bgzf":
        source.check_blocks()
    withheld = persons.withhold(report)
    metrics = withheld.without_persons(report.metrics) if report.kept_back else report.metrics
    findings = report.findings()
    return Inspection(
        path=str(path),
        format=chosen.name if chosen else UNKNOWN,
        verdict=verdict_of(findings),
        findings=findings,
        metrics=metrics,
        checksums=checksums,
        size_bytes=source.size_bytes,
        seconds=round(time.perf_counter() - started, 3),
    )


def _check_compression(source: FileSource, chosen: Format | None, report: Collector) -> None:
    """A file that only its name calls compressed, or only its content, stops every later program that believes it."""
    suffix = Path(source.name.casefold()).suffix
    if source.size_bytes and source.compression not in COMPRESSIONS.get(suffix, (source.compression,)):
        report.add("compression-not-as-named", named="bzip2" if suffix == ".bz2" else "gzip")
    elif chosen is not None and chosen.name in OF_TEXT and source.compression != "none" and suffix in chosen.extensions:
        kind, ending = ("bzip2", ".bz2") if source.compression == "bzip2" else ("gzip", ".gz")
        report.add("compression-not-named", found=kind, ending=ending)


def _choose(source: FileSource, asked: str | None, report: Collector) -> Format | None:
    """The format asked for, else the one the content shows; the name only breaks a tie."""
    named = _named(source.name)
    if source.size_bytes == 0:
        report.add("file-empty")
        return None
    if asked is not None:
        return known_formats()[asked]
    head = source.head()
    if named is not None and (kind := stranger(head)) is not None:
        report.add("another-thing", named=named.label, kind_ko=kind.ko, kind_en=kind.en)
        return None
    packed = _packed(source.name, named, head)
    if packed:
        report.add("packed-otherwise", kind=packed)
    if mark := next((kind for start, kind in MARKS.items() if head.startswith(start)), ""):
        report.add("text-byte-order-mark", kind=mark)
    fitting = [one for one in known_formats().values() if one.sniff(head)]
    if named is not None and (named in fitting or not fitting):
        return named
    if not fitting:
        if not packed:
            report.add("format-not-checked")
        return None
    if named is not None:
        report.add("format-not-as-named", named=named.label, found=fitting[0].label)
    return fitting[0]


def _packed(name: str, named: Format | None, head: bytes) -> str:
    """How the content is packed, when in a way that is not opened here."""
    if head[257:262] == b"ustar":
        return "tar"
    kind = next((kind for start, kind in PACKED.items() if head.startswith(start)), "")
    is_own = kind == "zip" and named is None and not name.casefold().endswith(".zip")  # a workbook is a zip too
    return "" if is_own else kind


def _named(name: str) -> Format | None:
    plain = name.casefold()
    for suffix in COMPRESSIONS:
        plain = plain.removesuffix(suffix)
    return next((one for one in known_formats().values() if plain.endswith(one.extensions)), None)


@functools.cache
def _sandbox(memory_bytes: int) -> Sandbox:
    return Sandbox(memory_bytes=memory_bytes)


def inspect_safely(
    path: Path, *, name: str = "", format: str | None = None, memory_bytes: int = MEMORY_BYTES
) -> Inspection:
    """Inspects a file in a warm child: a crash, a hang or a bomb is a finding, never a pass. Raises OSError."""
    return _sandbox(memory_bytes).inspect(path, name=name or path.name, format=format)


def inspect_many(
    paths: Sequence[Path], *, jobs: int = 1, format: str | None = None, on_done: Callable[[int], None] | None = None
) -> list[Inspection]:
    """Several files, ``jobs`` at a time, in the order given; ``on_done`` hears how many are finished."""
    done = itertools.count(1)

    def look(path: Path) -> Inspection:
        found = inspect_safely(path, format=format)
        if on_done is not None:
            on_done(next(done))
        return found

    if len(paths) == 1 or jobs == 1:
        return [look(path) for path in paths]
    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(look, paths))
