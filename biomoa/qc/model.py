"""What an inspection of a file says, and the contract of a format module. Pure: no Django."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec

from biomoa.catalog.model import Text

Verdict = Literal["pass", "warn", "fail"]
Severity = Literal["error", "warning", "info"]

# Raised whenever a metric, a rule or a threshold of the inspection changes, so that an archive can be
# inspected again and switched over.
QC_VERSION = "2026.10"


class Finding(msgspec.Struct, frozen=True):
    """One observation. ``at`` names the place: ``line 12``, ``record 4``, ``byte 65280``."""

    code: str
    severity: Severity
    message: Text
    at: str | None = None


class Inspection(msgspec.Struct, frozen=True):
    """The answer for one file. ``fail`` when any finding is an error, ``warn`` when any is a warning."""

    path: str
    format: str  # name of the format module; "unknown" when none fits: stored, checksummed, said to be unchecked
    verdict: Verdict
    findings: tuple[Finding, ...]
    metrics: Mapping[str, Any]
    checksums: Mapping[str, str]  # md5, sha256 of the bytes as stored
    size_bytes: int
    seconds: float
    qc_version: str = QC_VERSION


class Source(Protocol):
    """The file, read once. Exactly one of ``raw`` and ``decoded`` is iterated by a format; hashes run beside it."""

    path: Path
    name: str
    size_bytes: int
    compression: Literal["none", "gzip", "bgzf", "bzip2"]

    def raw(self) -> Iterator[memoryview]:
        """Bytes as stored, in blocks of about 1 MiB."""
        ...

    def decoded(self) -> Iterator[memoryview]:
        """Decompressed bytes (of all gzip members), in blocks; damage is reported as findings by the source itself.

        Stops at the limits (bomb: ratio 50 over 64 MiB unless the format declares a higher one) with an error finding.
        """
        ...


# Of what could not be unpacked the rest is missing: that it ends too early, or holds nothing, is no finding of its own.
CUT_OFF = ("compression-truncated", "compression-corrupt", "compression-bomb")


class Report(Protocol):
    """Collects findings; after ``most_per_code`` of one code only their number is kept."""

    def add(self, code: str, *, at: str | None = None, **facts: object) -> None:
        """Adds the finding; severity and the ko/en sentence come from the format's ``findings`` table by code."""
        ...

    def has(self, *codes: str) -> bool:
        """Whether one of these was added, also by the source."""
        ...

    def keep_back(self, text: str, at: str | None) -> None:
        """A text that identifies a person, and its place: nothing that the report says may repeat it."""
        ...

    metrics: dict[str, Any]


class FindingText(msgspec.Struct, frozen=True):
    """A row of a format's public table of findings. ``message`` and ``repair`` may hold ``{name}`` for its facts.

    ``once``: it is about the whole file, so its first place is told, and how often it was met.
    """

    code: str
    severity: Severity
    message: Text
    repair: Text
    once: bool = False


class Format(msgspec.Struct, frozen=True):
    """A file format. The module ends in one constant, ``FORMAT``; that is all that makes it known."""

    name: str
    label: Text
    extensions: tuple[str, ...]  # without compression suffix: (".fastq", ".fq")
    sniff: Callable[[bytes], bool]  # the first decoded 64 KiB: could it be this format?
    inspect: Callable[[Source, Report], None]
    findings: tuple[FindingText, ...]
    charts: Callable[[Mapping[str, Any]], list[dict[str, Any]]] | None = None  # Vega-Lite specs from the metrics
