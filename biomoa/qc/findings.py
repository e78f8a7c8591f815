"""Findings that any file can have, and the report that collects them with a limit on each code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from biomoa.catalog.korean import settled
from biomoa.catalog.model import Language, Text
from biomoa.qc.model import Finding, FindingText, Severity, Verdict

MOST_PER_CODE = 20
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def _text(code: str, severity: Severity, ko: str, en: str, repair_ko: str, repair_en: str) -> FindingText:
    return FindingText(code, severity, Text(ko, en), Text(repair_ko, repair_en))


AGAIN = (
    "원본에서 다시 복사하거나 압축한 뒤 올려 주세요.",
    "Copy or compress it again from the original, then upload it.",
)
HELP = (
    "파일을 확인해 주세요. 문제가 이어지면 데이터센터에 문의해 주세요.",
    "Check the file; if the trouble stays, ask the data center.",
)

GENERAL: tuple[FindingText, ...] = (
    _text("file-empty", "error", "파일이 비어 있습니다.", "The file is empty.", *AGAIN),
    _text("file-not-regular", "error", "일반 파일이 아닙니다.", "It is not a regular file.", *HELP),
    _text(
        "format-not-checked",
        "warning",
        "알 수 없는 형식입니다. 저장하고 체크섬만 계산했으며, 내용은 검사하지 않았습니다.",
        "The format is not known: stored and checksummed, but its content is unchecked.",
        "형식이 맞는지 확인해 주세요.",
        "Make sure that this is the file you mean.",
    ),
    _text(
        "format-not-as-named",
        "warning",
        "이름은 {named} 파일인데 내용은 {found} 형식입니다.",
        "By its name it is {named}, by its content {found}.",
        "파일 이름의 확장자를 바로잡아 주세요.",
        "Mend the ending of the file name.",
    ),
    _text(
        "another-thing",
        "error",
        "이름은 {named} 파일인데 내용은 {kind_ko}입니다.",
        "By its name it is {named}, but it is {kind_en}.",
        "원래 데이터 파일을 다시 내려받거나 복사해 올려 주세요.",
        "Download or copy the data file itself again, then upload that.",
    ),
    _text(
        "compression-padded",
        "warning",
        "압축이 끝난 뒤에 0으로 채워진 {count}바이트가 더 있습니다. 원본과 체크섬이 다릅니다.",
        "After the end of the compressed data stand {count} zero bytes; the checksum is not that of the original.",
        *AGAIN,
    ),
    _text(
        "bgzf-end-missing",
        "warning",
        "BGZF(bgzip) 파일의 끝 표시가 없습니다. 블록 경계에서 잘린 파일일 수 있습니다.",
        "The end mark of BGZF (bgzip) is missing: the file may be cut at the border of a block.",
        *AGAIN,
    ),
    _text(
        "bgzf-size-wrong",
        "error",
        "BGZF(bgzip)라고 적혀 있지만 블록 크기가 맞지 않아 색인으로 찾아 읽을 수 없습니다.",
        "It says to be BGZF (bgzip), but the size of a block is wrong: no index can find its way in it.",
        "bgzip으로 다시 압축해 주세요.",
        "Compress it again with bgzip.",
    ),
    _text(
        "compression-not-as-named",
        "error",
        "이름은 {named} 압축 파일인데 내용이 그렇게 압축되어 있지 않습니다.",
        "By its name it is compressed with {named}; its content is not.",
        "파일을 압축하거나 이름에서 압축 확장자를 빼 주세요.",
        "Compress the file, or take the ending off its name.",
    ),
    _text(
        "compression-not-named",
        "warning",
        "내용은 {found}으로 압축되어 있는데 이름에 그 확장자가 없어, 많은 프로그램이 읽지 못합니다.",
        "It is compressed with {found}, but its name does not say so; many programs will not read it.",
        "파일 이름 끝에 ‘{ending}’을(를) 붙여 주세요.",
        "Add ‘{ending}’ to the end of its name.",
    ),
    _text(
        "packed-otherwise",
        "warning",
        "{kind} 형식으로 묶인 파일이라 내용을 검사하지 않았습니다. 저장하고 체크섬만 계산했습니다.",
        "It is packed with {kind}, which is not opened here: stored and checksummed, but its content is unchecked.",
        "풀어서 필요하면 gzip으로 압축한 뒤 올려 주세요.",
        "Unpack it, compress it with gzip if need be, and upload that.",
    ),
    _text(
        "text-byte-order-mark",
        "error",
        "파일이 {kind} 바이트 순서 표식(BOM)으로 시작해 다른 프로그램이 읽지 못합니다.",
        "The file begins with a byte order mark (BOM) of {kind}; other programs cannot read it.",
        "BOM이 없는 UTF-8이나 ASCII로 다시 저장해 주세요.",
        "Save it again as UTF-8 without BOM, or as ASCII.",
    ),
    _text(
        "compression-truncated", "error", "{kind} 압축이 중간에서 끊겼습니다.", "The {kind} stream is cut off.", *AGAIN
    ),
    _text(
        "compression-corrupt",
        "error",
        "{kind} 압축 데이터가 손상되었습니다({why}).",
        "The {kind} data is damaged ({why}).",
        *AGAIN,
    ),
    _text(
        "compression-trailing-garbage",
        "error",
        "압축이 끝난 뒤에 다른 내용이 붙어 있습니다.",
        "Something that is no gzip follows the end of the compressed data.",
        *AGAIN,
    ),
    _text(
        "compression-bomb",
        "error",
        "{size_bytes}바이트가 {inflated_bytes}바이트 넘게 풀려 검사를 멈추었습니다.",
        "{size_bytes} bytes inflate to more than {inflated_bytes}; the inspection stopped.",
        *HELP,
    ),
    _text(
        "inspection-crashed", "error", "검사가 비정상 종료되었습니다({why}).", "The inspection crashed ({why}).", *HELP
    ),
    _text(
        "inspection-timeout",
        "error",
        "검사가 제한 시간 {seconds}초를 넘겼습니다.",
        "The inspection took longer than {seconds} s.",
        *HELP,
    ),
    _text(
        "inspection-out-of-memory",
        "error",
        "검사에 필요한 메모리가 한도를 넘었습니다.",
        "The inspection needed more memory than allowed.",
        *HELP,
    ),
    _text(
        "findings-cut",
        "info",
        "{code}: 같은 문제가 모두 {count}건 있습니다.",
        "{code}: {count} of this kind in all.",
        *HELP,
    ),
)
BY_CODE = {text.code: text for text in GENERAL}


class Collector:
    """``biomoa.qc.model.Report``."""

    def __init__(self, texts: Iterable[FindingText] = ()) -> None:
        self.metrics: dict[str, Any] = {}
        self._texts = dict(BY_CODE)
        self.know(texts)
        self.kept_back: list[tuple[str, str | None]] = []  # a text that identifies a person, and its place
        self._kept: list[Finding] = []
        self._quoted: list[tuple[str, ...]] = []  # of each that is kept: what it may repeat of the file
        self._counts: Counter[str] = Counter()

    def know(self, texts: Iterable[FindingText]) -> None:
        """Adds the findings of a format to what may be said."""
        self._texts |= {text.code: text for text in texts}

    def add(self, code: str, *, at: str | None = None, **facts: object) -> None:
        self._counts[code] += 1
        if at is None and facts == {"name": ""}:
            return  # one more of a kind whose places were told: it is only counted
        if self._counts[code] <= (1 if self._texts[code].once else MOST_PER_CODE):
            finding = self._finding(code, at, facts)
            if at is not None and finding in self._kept:  # seen in the head of the file and again by its reader
                self._counts[code] -= 1
                return
            self._kept.append(finding)
            self._quoted.append(tuple(fact for fact in facts.values() if isinstance(fact, str) and fact))

    def has(self, *codes: str) -> bool:
        return any(self._counts[code] for code in codes)

    def keep_back(self, text: str, at: str | None) -> None:
        self.kept_back.append((text, at))

    def quoting(self) -> list[tuple[Finding, tuple[str, ...]]]:
        """The findings that may repeat something of the file, and what that is."""
        return [(each, said) for each, said in zip(self._kept, self._quoted, strict=True) if said]

    def replace(self, old: Finding, new: Finding) -> None:
        """Says a finding otherwise."""
        self._kept = [new if each is old else each for each in self._kept]

    def _finding(self, code: str, at: str | None, facts: dict[str, object]) -> Finding:
        text = self._texts[code]
        ko, en = (
            [sentence.in_(language).format(**_shown(facts, language)) for sentence in (text.message, text.repair)]
            for language in ("ko", "en")
        )
        said = Text(settled(f"{_ended(ko[0])} {ko[1]}"), f"{_ended(en[0])} {en[1]}")
        return Finding(code, text.severity, said, at)

    def findings(self) -> tuple[Finding, ...]:
        kept = Counter(finding.code for finding in self._kept)
        cut = [code for code, count in self._counts.items() if count > kept[code]]
        more = [self._finding("findings-cut", None, {"code": code, "count": self._counts[code]}) for code in cut]
        return (*self._kept, *more)


def _shown(facts: dict[str, object], language: Language) -> dict[str, object]:
    """The facts in the language. What of a file no terminal should be sent is a mark that nothing can be read there."""
    said = {name: fact.in_(language) if isinstance(fact, Text) else fact for name, fact in facts.items()}
    return {name: _UNREADABLE.sub("\ufffd", fact) if isinstance(fact, str) else fact for name, fact in said.items()}


def _ended(sentence: str) -> str:
    """A sentence that ends in what was found: the way out that follows begins a new one."""
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """``fail`` when any finding is an error, ``warn`` when any is a warning."""
    severities = {finding.severity for finding in findings}
    return "fail" if "error" in severities else "warn" if "warning" in severities else "pass"
