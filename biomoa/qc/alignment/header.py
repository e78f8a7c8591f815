"""The SAM header: its lines, their rules (SAMv1 section 1.3) and the facts other parts need."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from biomoa.qc.model import Report
from biomoa.qc.persons.lines import Lines

REFERENCE_NAME = re.compile(r"[0-9A-Za-z!#$%&+./:;?@^_|~-][0-9A-Za-z!#$%&*+./:;=?@^_|~-]*")
_ALIAS = re.compile(r"[0-9A-Za-z][0-9A-Za-z*+.@_|-]*")
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9]:[^\x00-\x1f\x7f]+")
_VERSION = re.compile(r"[0-9]+\.[0-9]+")
_SUBSORT = re.compile(r"(coordinate|queryname|unsorted)(:[A-Za-z0-9_-]+)+")
_MD5 = re.compile(r"[0-9A-Fa-f]{32}")
_NUMBER = re.compile(r"[0-9]+")
_BASES = re.compile(r"\*|[ACMGRSVTWYHKDBNacmgrsvtwyhkdbn]+")
PLATFORMS = frozenset(
    [
        "CAPILLARY",
        "DNBSEQ",
        "ELEMENT",
        "HELICOS",
        "ILLUMINA",
        "IONTORRENT",
        "LS454",
        "ONT",
        "PACBIO",
        "SINGULAR",
        "SOLID",
        "ULTIMA",
    ]
)
REQUIRED = {"@HD": ("VN",), "@SQ": ("SN", "LN"), "@RG": ("ID",), "@PG": ("ID",)}
MAX_REFERENCE_LENGTH = 2**31 - 1

Tags = dict[str, str]


class Header(msgspec.Struct):
    """What the header says. ``references`` keeps the order of the @SQ lines; lengths are in bases."""

    references: dict[str, int] = {}
    circular: set[str] = set()
    md5s: dict[str, str] = {}
    read_groups: dict[str, Tags] = {}
    programs: dict[str, Tags] = {}
    version: str | None = None
    sort_order: str = "unknown"
    sub_sort: str | None = None
    group_order: str = "none"
    lines: int = 0


class HeaderReader:
    """Takes header lines in order, keeps the facts and reports every broken rule with its line number."""

    def __init__(self, report: Report) -> None:
        self.header = Header()
        self.report = report
        self._aliases: set[str] = set()
        self._persons = Lines(report)

    def line(self, number: int, raw: bytes) -> None:
        """Checks one line without its line end; ``number`` counts from 1."""
        self.header.lines += 1
        at = f"line {number}"
        self._persons.take(at, raw)
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            self.report.add("header-not-utf8", at=at)
            text = raw.decode("utf-8", "replace")
        if text == "@CO" or text.startswith("@CO\t"):
            return
        self._typed(at, number, text)

    def finish(self) -> Header:
        """Checks what needs the whole header (chains of programs) and gives the facts."""
        self._persons.finish()
        self._chains()
        if self.header.version is None:
            self.report.add("header-hd-missing")
        return self.header

    def _typed(self, at: str, number: int, text: str) -> None:
        kind, *fields = text.split("\t")
        if not re.fullmatch(r"@[A-Za-z][A-Za-z]", kind) or not fields:
            self.report.add("header-line-malformed", at=at, value=text[:80])
            return
        if kind not in REQUIRED:
            self.report.add("header-record-type-unknown", at=at, value=kind)
            return
        if kind == "@HD" and number != 1:
            self.report.add("header-hd-not-first", at=at)
        tags = self._tags(at, kind, fields)
        for tag in REQUIRED[kind]:
            if tag not in tags:
                self.report.add("header-tag-missing", at=at, line=kind, tag=tag)
        _RULES[kind](self, at, tags)

    def _tags(self, at: str, kind: str, fields: list[str]) -> Tags:
        tags: Tags = {}
        for field in fields:
            if not _TAG.fullmatch(field):
                self.report.add("header-tag-malformed", at=at, line=kind, value=field[:80])
                continue
            tag, value = field[:2], field[3:]
            if tag in tags:
                self.report.add("header-tag-duplicated", at=at, line=kind, tag=tag)
            tags.setdefault(tag, value)
        return tags

    def _hd(self, at: str, tags: Tags) -> None:
        header = self.header
        header.version = tags.get("VN", "")
        header.sort_order = tags.get("SO", "unknown")
        header.group_order = tags.get("GO", "none")
        header.sub_sort = tags.get("SS")
        if "VN" in tags and not _VERSION.fullmatch(tags["VN"]):
            self.report.add("header-version-malformed", at=at, value=tags["VN"])
        if header.sort_order not in ("unknown", "unsorted", "queryname", "coordinate"):
            self.report.add("header-sort-order-unknown", at=at, value=header.sort_order)
        if header.group_order not in ("none", "query", "reference"):
            self.report.add("header-group-order-unknown", at=at, value=header.group_order)
        if tags.get("GO") == "none":
            self.report.add("header-group-none", at=at)
        if header.sub_sort is not None and not _SUBSORT.fullmatch(header.sub_sort):
            self.report.add("header-subsort-malformed", at=at, value=header.sub_sort)

    def _sq(self, at: str, tags: Tags) -> None:
        name = tags.get("SN")
        length = self._length(at, tags)
        if name is None:
            return
        if not REFERENCE_NAME.fullmatch(name):
            self.report.add("reference-name-invalid", at=at, value=name)
        if name in self.header.references:
            self.report.add("reference-name-duplicated", at=at, value=name)
        self.header.references.setdefault(name, length)
        self._alternatives(at, tags.get("AN"))
        self._reference_facts(at, name, tags)

    def _length(self, at: str, tags: Tags) -> int:
        text = tags.get("LN")
        if text is None:
            return 0
        length = int(text) if _NUMBER.fullmatch(text) and len(text) < 12 else 0
        if not 1 <= length <= MAX_REFERENCE_LENGTH:
            self.report.add("reference-length-invalid", at=at, value=text)
        return length

    def _alternatives(self, at: str, aliases: str | None) -> None:
        for alias in aliases.split(",") if aliases is not None else ():
            if not _ALIAS.fullmatch(alias):
                self.report.add("reference-alias-invalid", at=at, value=alias)
            if alias in self._aliases:
                self.report.add("reference-alias-duplicated", at=at, value=alias)
            self._aliases.add(alias)

    def _reference_facts(self, at: str, name: str, tags: Tags) -> None:
        if "AH" in tags and not _is_locus(tags["AH"]):
            self.report.add("reference-locus-invalid", at=at, value=tags["AH"])
        if "M5" in tags:
            self.header.md5s[name] = tags["M5"].lower()
            if not _MD5.fullmatch(tags["M5"]):
                self.report.add("reference-md5-invalid", at=at, value=tags["M5"])
        if tags.get("TP", "linear") == "circular":
            self.header.circular.add(name)
        elif "TP" in tags and tags["TP"] != "linear":
            self.report.add("reference-topology-unknown", at=at, value=tags["TP"])

    def _rg(self, at: str, tags: Tags) -> None:
        name = tags.get("ID")
        if name is not None and name in self.header.read_groups:
            self.report.add("read-group-duplicated", at=at, value=name)
        if name is not None:
            self.header.read_groups.setdefault(name, tags)
        self._date(at, tags.get("DT"))
        self._platform(at, tags.get("PL"))
        for tag, form in (("PI", _NUMBER), ("KS", _BASES), ("FO", _BASES)):
            if tag in tags and not form.fullmatch(tags[tag]):
                self.report.add("read-group-value-malformed", at=at, tag=tag, value=tags[tag][:80])

    def _date(self, at: str, value: str | None) -> None:
        if value is None:
            return
        if value != value.strip():
            self.report.add("read-group-date-spaces", at=at, value=value)
        try:
            datetime.fromisoformat(value.strip())
        except ValueError:
            self.report.add("read-group-date-malformed", at=at, value=value)

    def _platform(self, at: str, value: str | None) -> None:
        if value is None or value in PLATFORMS:
            return
        known = value.upper() in PLATFORMS
        self.report.add("read-group-platform-case" if known else "read-group-platform-unknown", at=at, value=value)

    def _pg(self, at: str, tags: Tags) -> None:
        name = tags.get("ID")
        if name is None:
            return
        if name in self.header.programs:
            self.report.add("program-duplicated", at=at, value=name)
        self.header.programs.setdefault(name, tags)

    def _chains(self) -> None:
        """Walks each PP chain once: what is settled is not walked again, so a long header stays linear."""
        settled: set[str] = set()
        for start in self.header.programs:
            path: dict[str, None] = {}
            name: str | None = start
            while name in self.header.programs and name not in settled and name not in path:
                path[name] = None
                name = self._previous(name)
            if name in path:
                self.report.add("program-cycle", value=name)
            settled.update(path)

    def _previous(self, name: str) -> str | None:
        previous = self.header.programs[name].get("PP")
        if previous is not None and previous not in self.header.programs:
            self.report.add("program-previous-missing", value=name, previous=previous)
        return previous


_RULES: Mapping[str, Callable[[HeaderReader, str, Tags], None]] = {
    "@HD": HeaderReader._hd,
    "@SQ": HeaderReader._sq,
    "@RG": HeaderReader._rg,
    "@PG": HeaderReader._pg,
}


def _is_locus(value: str) -> bool:
    """AH is ``*``, a chromosome, or ``chr:start-end``; a bare ``=`` stands only before ``:start-end``."""
    if value == "*":
        return True
    name, colon, span = value.rpartition(":")
    if not colon or not re.fullmatch(r"[0-9]+-[0-9]+", span):
        return REFERENCE_NAME.fullmatch(value) is not None
    return name == "=" or REFERENCE_NAME.fullmatch(name) is not None


def read_header(text: bytes, report: Report) -> Header:
    """The header of a BAM or CRAM file from its text, NUL padding allowed at the end (SAMv1 4.2)."""
    reader = HeaderReader(report)
    lines = text.rstrip(b"\0").split(b"\n")
    for number, line in enumerate(lines, 1):
        if line or number < len(lines):
            reader.line(number, line.removesuffix(b"\r"))
    return reader.finish()


def header_metrics(header: Header) -> dict[str, Any]:
    """Sort order, reference dictionary, read groups and programs for a report page."""
    names = "\n".join(f"{name}\t{length}" for name, length in header.references.items())
    return {
        "header_version": header.version,
        "sort_order": header.sort_order,
        "sub_sort": header.sub_sort,
        "group_order": header.group_order,
        "references": len(header.references),
        "reference_bases": sum(header.references.values()),
        "reference_digest": hashlib.sha256(names.encode()).hexdigest() if names else None,
        "references_with_md5": len(header.md5s),
        "assembly": guess_assembly(header.references),
        "read_groups": [
            {"id": name, "sample": tags.get("SM"), "library": tags.get("LB"), "platform": tags.get("PL")}
            for name, tags in list(header.read_groups.items())[:1000]
        ],
        "programs": [
            {"id": name, "name": tags.get("PN"), "version": tags.get("VN"), "command": tags.get("CL")}
            for name, tags in list(header.programs.items())[:200]
        ],
    }


# Lengths in bases of chromosomes 1, 2 and X, which no two of these assemblies share.
_ASSEMBLIES: Mapping[str, Mapping[str, int]] = {
    "GRCh38": {"1": 248956422, "2": 242193529, "X": 156040895},
    "GRCh37": {"1": 249250621, "2": 243199373, "X": 155270560},
    "T2T-CHM13v2.0": {"1": 248387328, "2": 242696752, "X": 154259566},
    "GRCm39": {"1": 195154279, "2": 181755017, "X": 169476592},
    "GRCm38": {"1": 195471971, "2": 182113224, "X": 171031299},
}


def guess_assembly(references: Mapping[str, int]) -> str | None:
    """The human or mouse assembly whose chromosome lengths are in the dictionary; at least two must agree."""
    lengths = set(references.values())
    for assembly, chromosomes in _ASSEMBLIES.items():
        if sum(length in lengths for length in chromosomes.values()) >= 2:
            return assembly
    return None
