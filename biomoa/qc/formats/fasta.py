"""FASTA of nucleotides or proteins (NC-IUB and IUPAC-IUB one-letter codes)."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import numpy as np

from biomoa.catalog.model import Text
from biomoa.qc.model import CUT_OFF, FindingText, Format, Report, Severity, Source
from biomoa.qc.persons.lines import Lines

NUCLEOTIDES = b"ACGTUNRYSWKMBDHVacgtunryswkmbdhv"
PROTEINS = b"ACDEFGHIKLMNPQRSTVWYBZXJUOacdefghiklmnpqrstvwybzxjuo*"
GAPS = b"-."
PLAIN_BASES = b"ACGTUNacgtun"
FEWEST_BASES = 30  # so many of nothing but A, C, G, T, U, N are no protein
OF_PROTEINS, OF_NUCLEOTIDES = (".faa",), (".fna", ".ffn", ".frn")
BLANKS = b" \t\r\n"
NAMES_KEPT = 2_000_000  # beyond, repeated names are no longer looked for; the metrics say so
LONGEST_NAME = 1 << 20
COMPRESSED = (".gz", ".bgz", ".bz2")
_INNER_BLANK = re.compile(rb"[^\s>][ \t]+[^\s]")
_PROTEIN, _NUCLEOTIDE = Text("단백질", "proteins"), Text("핵산", "nucleotides")


_MEND = ("파일을 고쳐 다시 올려 주세요.", "Mend the file and upload it again.")
_LINE_ENDS = (
    "dos2unix 같은 도구로 바꾸면 더 많은 프로그램이 읽습니다.",
    "More programs read it after dos2unix or the like.",
)
_ALIGNED = (
    "정렬한 서열이면 그대로 두고, 아니면 ‘-’를 지워 주세요.",
    "If the sequences are aligned, leave them; else remove the gaps.",
)


def _text(code: str, severity: Severity, ko: str, en: str, repair: tuple[str, str] = _MEND) -> FindingText:
    return FindingText(code, severity, Text(ko, en), Text(*repair))


FINDINGS = (
    _text("fasta-no-sequences", "error", "서열이 하나도 없습니다.", "There is no sequence."),
    _text(
        "fasta-text-before-first",
        "error",
        "첫 ‘>’ 줄보다 앞에 다른 내용이 있습니다.",
        "Text stands before the first ‘>’.",
    ),
    _text("fasta-name-empty", "warning", "‘>’ 뒤에 이름이 없습니다.", "No name follows the ‘>’."),
    _text("fasta-name-repeated", "warning", "이름 ‘{name}’이(가) 두 번 나옵니다.", "The name ‘{name}’ is used twice."),
    _text("fasta-sequence-empty", "error", "‘{name}’의 서열이 비어 있습니다.", "The sequence of ‘{name}’ is empty."),
    _text(
        "fasta-letter-invalid",
        "error",
        "‘{name}’에 서열로 쓸 수 없는 글자 ‘{found}’이(가) 있습니다.",
        "‘{name}’ holds ‘{found}’, which is no code of a sequence.",
    ),
    _text(
        "fasta-kinds-mixed",
        "warning",
        "핵산과 단백질 서열이 섞여 있습니다.",
        "Nucleotide and protein sequences are mixed.",
    ),
    _text(
        "fasta-kind-not-as-named",
        "warning",
        "이름은 {named_ko} 파일이지만 서열은 대부분 {found_ko}입니다.",
        "The name says {named_en}, but most sequences are {found_en}.",
    ),
    _text(
        "fasta-blank-in-sequence",
        "warning",
        "서열 줄 안에 빈칸이나 탭이 있습니다.",
        "Blanks or tabs stand within lines of sequence.",
    ),
    _text("fasta-only-n", "warning", "모든 서열이 N뿐입니다.", "All sequences are nothing but N."),
    _text("fasta-crlf", "warning", "윈도 줄바꿈(CRLF)을 씁니다.", "Lines end as on Windows (CRLF).", _LINE_ENDS),
    _text("fasta-gaps", "info", "정렬의 빈자리(-)가 있습니다.", "There are alignment gaps (-).", _ALIGNED),
)


class _Reader:
    """Reads blocks; sequence lines are counted many at a time, header lines one by one."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.line = 1
        self.name = ""
        self.lengths: list[int] = []
        self.counts = np.zeros(256, np.int64)  # of the sequence being read
        self.total = np.zeros(256, np.int64)
        self.kinds = {"nucleotide": 0, "protein": 0}
        self.names: set[bytes] = set()
        self.has_carriage = self.is_open = self.has_blank = self.has_plain_bases = self.is_before_first = False
        self.persons = Lines(report)

    def take(self, data: bytes) -> bytes:
        """Whole lines of the data; what is left over begins with an unfinished line."""
        end = data.rfind(b"\n") + 1
        place = 0
        while place < end:
            if data[place : place + 1] == b">":
                stop = data.index(b"\n", place)
                self._header(data[place + 1 : stop])
                place = stop + 1
                self.line += 1
                continue
            following = data.find(b"\n>", place, end)
            stop = following + 1 if following >= 0 else end
            self.take_part(data[place:stop])
            place = stop
        return data[end:]

    def _header(self, header: bytes) -> None:
        self._close()
        self.is_open, self.is_before_first = True, False
        self.has_carriage |= header.endswith(b"\r")
        self.persons.take(f"line {self.line}", header)
        # samtools and others end the name at the first blank, also when it is the first sign.
        name = header.split(None, 1)[0] if header.strip() and not header[:1].isspace() else b""
        self.name = name[:100].decode("utf-8", "replace")
        if not name:
            self.report.add("fasta-name-empty", at=f"line {self.line}")
        elif len(self.names) < NAMES_KEPT:
            mark = hashlib.blake2b(name, digest_size=8).digest()
            if mark in self.names:
                self.report.add("fasta-name-repeated", at=f"line {self.line}", name=self.name)
            self.names.add(mark)

    def take_part(self, part: bytes) -> None:
        if not self.is_open and part.strip():
            self.report.add("fasta-text-before-first", at=f"line {self.line}")
            self.is_open = self.is_before_first = True
        self.counts += np.bincount(np.frombuffer(part, np.uint8), minlength=256)
        if not self.is_before_first:
            self._search(part)
        self.line += part.count(b"\n")

    def _search(self, part: bytes) -> None:
        odd = part.translate(None, PROTEINS + GAPS + BLANKS)
        if odd:
            self._blame(part, odd[:1])
        if b" " in part or b"\t" in part:
            self.has_blank |= bool(_INNER_BLANK.search(part))

    def _blame(self, part: bytes, odd: bytes) -> None:
        line = self.line + part[: part.index(odd)].count(b"\n")
        shown = odd.decode("latin-1")
        self.report.add(
            "fasta-letter-invalid",
            at=f"line {line}",
            name=self.name,
            found=shown if shown.isprintable() else hex(odd[0]),
        )

    def _close(self) -> None:
        if not self.is_open:
            return
        self.has_carriage |= bool(self.counts[13])
        self.counts[list(BLANKS)] = 0
        length = int(self.counts.sum())
        if length == 0:
            self.report.add("fasta-sequence-empty", at=f"line {self.line}", name=self.name)
        else:
            others = length - int(self.counts[list(NUCLEOTIDES + GAPS)].sum())
            self.kinds["protein" if others else "nucleotide"] += 1
            self.has_plain_bases |= length >= FEWEST_BASES and length == int(self.counts[list(PLAIN_BASES)].sum())
        self.lengths.append(length)
        self.total += self.counts
        self.counts[:] = 0
        self.is_open = False

    def finish(self, rest: bytes) -> None:
        if rest.strip():
            self.take(rest + b"\n")
        self._close()
        self.persons.finish()
        if not self.lengths and not self.report.has(*CUT_OFF):
            self.report.add("fasta-no-sequences")
        if self.has_carriage:
            self.report.add("fasta-crlf")
        if self.total[list(GAPS)].any():
            self.report.add("fasta-gaps")
        if self.has_blank:
            self.report.add("fasta-blank-in-sequence")
        # A short peptide may be written in letters of nucleotides only.
        if self.kinds["protein"] and (self.has_plain_bases or self.kinds["nucleotide"] > self.kinds["protein"]):
            self.report.add("fasta-kinds-mixed")
        residues = int(self.total.sum())
        if residues and int(self.total[list(b"Nn")].sum()) == residues:
            self.report.add("fasta-only-n")
        self.report.metrics.update(self._metrics())

    @property
    def is_protein(self) -> bool:
        return self.kinds["protein"] > self.kinds["nucleotide"]

    def check_name(self, name: str) -> None:
        """Against the suffixes that NCBI gives to files of one kind."""
        plain = name.casefold()
        for suffix in COMPRESSED:
            plain = plain.removesuffix(suffix)
        is_of_proteins = plain.endswith(OF_PROTEINS)
        if not any(self.kinds.values()) or not (is_of_proteins or plain.endswith(OF_NUCLEOTIDES)):
            return
        if is_of_proteins != self.is_protein:
            named, found = (_PROTEIN, _NUCLEOTIDE) if is_of_proteins else (_NUCLEOTIDE, _PROTEIN)
            self.report.add(
                "fasta-kind-not-as-named", named_ko=named.ko, named_en=named.en, found_ko=found.ko, found_en=found.en
            )

    def _metrics(self) -> dict[str, Any]:
        letters = np.zeros(256, np.int64)
        for upper, lower in zip(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz", strict=True):
            letters[upper] = self.total[upper] + self.total[lower]
        residues = int(self.total.sum())
        is_protein = self.is_protein
        metrics: dict[str, Any] = {
            "sequences": len(self.lengths),
            "residues": residues,
            "molecule": "protein" if is_protein else "nucleotide",
            **_lengths(self.lengths),
            "names_all_compared": len(self.names) < NAMES_KEPT,
        }
        if residues and not is_protein:
            strong, weak = int(letters[list(b"GC")].sum()), int(letters[list(b"ATU")].sum())
            metrics |= {
                "gc_percent": round(100 * strong / (strong + weak), 3) if strong + weak else 0.0,
                "n_percent": round(100 * int(letters[ord("N")]) / residues, 3),
                "masked_percent": round(100 * int(self.total[97:123].sum()) / residues, 3),
            }
        return metrics


def _lengths(lengths: list[int]) -> dict[str, Any]:
    if not lengths:
        return {}
    ordered = np.sort(np.array(lengths, np.int64))[::-1]
    running = np.cumsum(ordered)
    n50 = int(ordered[np.searchsorted(running, running[-1] / 2)]) if running[-1] else 0
    return {
        "length_min": int(ordered[-1]),
        "length_max": int(ordered[0]),
        "length_mean": round(float(ordered.mean()), 2),
        "length_n50": n50,
    }


def _sniff(head: bytes) -> bool:
    return head.lstrip(b"\r\n").startswith(b">")


def _inspect(source: Source, report: Report) -> None:
    reader, rest = _Reader(report), b""
    for block in source.decoded():
        rest = reader.take(rest + bytes(block))
        if len(rest) > LONGEST_NAME and not rest.startswith(b">"):
            # A sequence on one line of any length: its letters may be counted as they come.
            reader.take_part(rest)
            rest = b""
    reader.finish(rest)
    reader.check_name(source.name)


FORMAT = Format(
    name="fasta",
    label=Text("FASTA", "FASTA"),
    extensions=(".fasta", ".fa", ".fna", ".faa", ".ffn", ".frn", ".fas"),
    sniff=_sniff,
    inspect=_inspect,
    findings=FINDINGS,
)
