"""The public table of what can be wrong with a FASTQ file."""

from __future__ import annotations

from biomoa.catalog.model import Text
from biomoa.qc.model import FindingText, Severity


def _text(code: str, severity: Severity, ko: str, en: str, repair: tuple[str, str]) -> FindingText:
    return FindingText(code, severity, Text(ko, en), Text(*repair))


AGAIN = ("장비나 변환 프로그램에서 다시 내보내 주세요.", "Export it again from the instrument or the converter.")
COPY = ("원본에서 다시 복사해 주세요.", "Copy it again from the original.")
NONE = ("그대로 두어도 됩니다.", "Nothing needs to be done.")

FINDINGS: tuple[FindingText, ...] = (
    _text("fastq-no-reads", "error", "리드가 하나도 없습니다.", "There is no read.", COPY),
    _text(
        "fastq-not-fastq",
        "error",
        "FASTQ가 아닙니다: 이름 줄은 @로 시작해야 하는데 ‘{found}’입니다.",
        "It is no FASTQ: the line of a name begins with @, found ‘{found}’.",
        AGAIN,
    ),
    _text("fastq-name-empty", "error", "리드 이름이 비어 있습니다.", "The name of a read is empty.", AGAIN),
    _text("fastq-plus-missing", "error", "+ 줄이 없습니다.", "The + line is missing.", AGAIN),
    _text(
        "fastq-plus-name-differs",
        "error",
        "+ 줄의 이름이 @ 줄의 이름과 다릅니다.",
        "The name on the + line differs from the one on the @ line.",
        AGAIN,
    ),
    _text(
        "fastq-lengths-differ",
        "error",
        "염기 {bases}개에 품질값은 {qualities}개입니다.",
        "{bases} bases, but {qualities} qualities.",
        AGAIN,
    ),
    _text(
        "fastq-base-invalid",
        "error",
        "염기로 쓸 수 없는 글자 ‘{found}’가 있습니다.",
        "‘{found}’ is no nucleotide code.",
        AGAIN,
    ),
    _text(
        "fastq-quality-invalid",
        "error",
        "품질값으로 쓸 수 없는 문자(코드 {found})가 있습니다.",
        "Character code {found} is no quality; 33 to 126 are.",
        AGAIN,
    ),
    _text("fastq-truncated", "error", "마지막 리드가 중간에서 끊겼습니다.", "The last read is cut off.", COPY),
    _text(
        "fastq-blank-line", "warning", "리드 사이에 빈 줄이 있습니다.", "There are blank lines between reads.", AGAIN
    ),
    _text(
        "fastq-crlf",
        "warning",
        "윈도 줄바꿈(CRLF)을 씁니다.",
        "Lines end as on Windows (CRLF).",
        (
            "dos2unix 같은 도구로 바꾸면 더 많은 프로그램이 읽습니다.",
            "More programs read it after dos2unix or the like.",
        ),
    ),
    _text(
        "fastq-wrapped",
        "warning",
        "염기나 품질이 여러 줄에 나뉘어 있습니다.",
        "Bases or qualities are wrapped over lines.",
        (
            "많은 프로그램이 네 줄 형식만 읽습니다. 한 줄로 풀어 주세요.",
            "Many programs read four-line records only; unwrap it.",
        ),
    ),
    _text(
        "fastq-offset-64",
        "warning",
        "품질값이 Phred+64(옛 일루미나) 방식으로 보입니다.",
        "Qualities look like Phred+64 (old Illumina).",
        ("Phred+33으로 바꿔 주세요.", "Convert them to Phred+33."),
    ),
    _text(
        "fastq-offset-mixed",
        "warning",
        "Phred+33과 Phred+64 품질값이 섞여 있습니다(+64로 보이는 리드 {count}개).",
        "Phred+33 and Phred+64 qualities are mixed ({count} reads look like +64).",
        ("서로 다른 장비의 파일을 합쳤는지 확인해 주세요.", "Check whether files of different machines were joined."),
    ),
    _text(
        "fastq-names-repeated",
        "warning",
        "같은 이름의 리드가 있습니다(중복 {count}개).",
        "Reads share a name ({count} repeated).",
        AGAIN,
    ),
    _text(
        "fastq-interleaved",
        "info",
        "R1과 R2가 한 파일에 번갈아 들어 있습니다.",
        "R1 and R2 alternate in one file.",
        NONE,
    ),
    _text(
        "fastq-nothing-called",
        "error",
        "모든 염기가 N입니다.",
        "Every base is N.",
        AGAIN,
    ),
    _text(
        "fastq-mostly-n",
        "warning",
        "염기의 {percent}%가 N입니다.",
        "{percent}% of the bases are N.",
        ("장비의 판독 실패나 마스킹이 아닌지 확인해 주세요.", "Check whether the run failed or bases were masked."),
    ),
    _text(
        "fastq-qualities-alike",
        "warning",
        "모든 염기의 품질값이 같습니다(Phred {quality}). 품질값이 없는 데이터에서 만든 파일로 보입니다.",
        "All bases have the same quality (Phred {quality}), as in files made from data without qualities.",
        (
            "품질값이 있는 원본이 있으면 그것을 올려 주세요.",
            "If there is an original with qualities, upload that.",
        ),
    ),
    _text(
        "fastq-mate-not-as-named",
        "warning",
        "파일 이름은 R{named}인데 리드 이름은 모두 R{found}입니다.",
        "By its name the file holds R{named}, by the names of its reads R{found}.",
        (
            "두 파일의 이름이 서로 바뀌지 않았는지 확인해 주세요.",
            "Check whether the names of the two files are swapped.",
        ),
    ),
    _text(
        "fastq-empty-reads", "warning", "길이가 0인 리드가 {count}개 있습니다.", "Reads without a base: {count}.", AGAIN
    ),
)
