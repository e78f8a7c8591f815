"""The public table of what may be found in an alignment file, shared by SAM, BAM and CRAM.

Sections are those of SAMv1 (The SAM/BAM Format Specification) and SAMtags unless another is named.
"""

from __future__ import annotations

from biomoa.catalog.model import Text
from biomoa.qc.model import FindingText, Severity

Row = tuple[str, str, str, str, str]  # code, ko, en, repair ko, repair en


def rows(severity: Severity, table: tuple[Row, ...], *, once: bool = False) -> tuple[FindingText, ...]:
    """The public rows of one severity; the repair is one sentence in each language."""
    return tuple(
        FindingText(code, severity, Text(ko=ko, en=en), Text(ko=repair_ko, en=repair_en), once)
        for code, ko, en, repair_ko, repair_en in table
    )


HEADER_REPAIR = ("samtools reheader로 머리글을 고쳐 주세요.", "Correct the header with samtools reheader.")
RECORD_REPAIR = (
    "이 레코드를 쓴 프로그램에서 파일을 다시 만들어 주세요.",
    "Write the file again with the program that made this record.",
)

HEADER = (
    *rows(
        "error",
        (
            (
                "header-line-malformed",
                "머리글 줄의 형식이 잘못되었습니다: {value}",
                "A header line is malformed: {value}",
                *HEADER_REPAIR,
            ),
            (
                "header-hd-not-first",
                "@HD 줄은 첫 줄이어야 합니다.",
                "The @HD line must be the first line.",
                *HEADER_REPAIR,
            ),
            (
                "header-tag-malformed",
                "{line} 줄의 태그 형식이 잘못되었습니다: {value}",
                "A tag of a {line} line is malformed: {value}",
                *HEADER_REPAIR,
            ),
            (
                "header-tag-duplicated",
                "{line} 한 줄에 {tag} 태그가 두 번 있습니다.",
                "Tag {tag} appears twice in one {line} line.",
                *HEADER_REPAIR,
            ),
            (
                "header-tag-missing",
                "{line} 줄에 꼭 필요한 {tag} 태그가 없습니다.",
                "A {line} line lacks the required tag {tag}.",
                *HEADER_REPAIR,
            ),
            (
                "header-version-malformed",
                "@HD의 VN 값이 '주.부' 형식이 아닙니다: {value}",
                "VN of @HD is not of the form major.minor: {value}",
                *HEADER_REPAIR,
            ),
            (
                "header-sort-order-unknown",
                "@HD의 SO 값을 알 수 없습니다: {value}",
                "Unknown SO value in @HD: {value}",
                "unknown, unsorted, queryname, coordinate 중 하나로 써 주세요.",
                "Use one of unknown, unsorted, queryname, coordinate.",
            ),
            (
                "header-group-order-unknown",
                "@HD의 GO 값을 알 수 없습니다: {value}",
                "Unknown GO value in @HD: {value}",
                "none, query, reference 중 하나로 써 주세요.",
                "Use one of none, query, reference.",
            ),
            (
                "header-subsort-malformed",
                "@HD의 SS 값이 '정렬:세부정렬' 형식이 아닙니다: {value}",
                "SS of @HD is not of the form order:sub-order: {value}",
                *HEADER_REPAIR,
            ),
            ("header-not-utf8", "머리글이 UTF-8 글자가 아닙니다.", "The header is not UTF-8 text.", *HEADER_REPAIR),
            (
                "reference-name-invalid",
                "참조 서열 이름에 쓸 수 없는 글자가 있습니다: {value}",
                "A reference sequence name holds a forbidden character: {value}",
                *HEADER_REPAIR,
            ),
            (
                "reference-name-duplicated",
                "참조 서열 이름이 겹칩니다: {value}",
                "A reference sequence name is used twice: {value}",
                *HEADER_REPAIR,
            ),
            (
                "reference-length-invalid",
                "참조 서열 길이는 1부터 2147483647까지입니다: {value}",
                "A reference length must be 1 to 2147483647: {value}",
                *HEADER_REPAIR,
            ),
            (
                "reference-alias-invalid",
                "참조 서열의 다른 이름(AN)이 잘못되었습니다: {value}",
                "An alternative reference name (AN) is invalid: {value}",
                *HEADER_REPAIR,
            ),
            (
                "reference-locus-invalid",
                "AH 값이 '*' 또는 '서열[:시작-끝]' 형식이 아닙니다: {value}",
                "AH is neither * nor name[:start-end]: {value}",
                *HEADER_REPAIR,
            ),
            (
                "reference-md5-invalid",
                "M5 값은 16진수 32자리여야 합니다: {value}",
                "M5 must be 32 hexadecimal digits: {value}",
                *HEADER_REPAIR,
            ),
            (
                "reference-topology-unknown",
                "TP 값은 linear 또는 circular입니다: {value}",
                "TP must be linear or circular: {value}",
                *HEADER_REPAIR,
            ),
            (
                "read-group-duplicated",
                "@RG의 ID가 겹칩니다: {value}",
                "An @RG ID is used twice: {value}",
                *HEADER_REPAIR,
            ),
            (
                "read-group-date-malformed",
                "@RG의 DT가 ISO 8601 날짜가 아닙니다: {value}",
                "DT of @RG is not an ISO 8601 date: {value}",
                "2026-03-01처럼 써 주세요.",
                "Write it like 2026-03-01.",
            ),
            (
                "read-group-platform-unknown",
                "@RG의 PL 값이 규격의 목록에 없습니다: {value}",
                "PL of @RG is not in the specification's list: {value}",
                "규격의 이름(ILLUMINA, ONT, PACBIO, DNBSEQ 등)을 쓰거나 PL을 빼 주세요.",
                "Use a listed name (ILLUMINA, ONT, PACBIO, DNBSEQ ...) or leave PL out.",
            ),
            (
                "read-group-value-malformed",
                "@RG의 {tag} 값이 잘못되었습니다: {value}",
                "{tag} of @RG is malformed: {value}",
                *HEADER_REPAIR,
            ),
            ("program-duplicated", "@PG의 ID가 겹칩니다: {value}", "An @PG ID is used twice: {value}", *HEADER_REPAIR),
            (
                "program-previous-missing",
                "@PG {value}의 PP가 가리키는 프로그램이 없습니다: {previous}",
                "PP of @PG {value} names a program that is not there: {previous}",
                *HEADER_REPAIR,
            ),
        ),
    ),
    *rows(
        "warning",
        (
            (
                "header-record-type-unknown",
                "알 수 없는 머리글 종류입니다: {value}",
                "Unknown header record type: {value}",
                *HEADER_REPAIR,
            ),
            (
                "header-group-none",
                "GO:none은 아무 뜻이 없으므로 적지 않는 것이 좋습니다.",
                "GO:none says nothing and is better left out.",
                *HEADER_REPAIR,
            ),
            (
                "reference-alias-duplicated",
                "참조 서열의 다른 이름(AN)이 겹칩니다: {value}",
                "An alternative reference name (AN) is used twice: {value}",
                *HEADER_REPAIR,
            ),
            (
                "read-group-date-spaces",
                "@RG의 DT 앞뒤에 빈칸이 있습니다: {value}",
                "DT of @RG has blanks around it: {value}",
                *HEADER_REPAIR,
            ),
            (
                "read-group-platform-case",
                "@RG의 PL은 대문자로 써야 합니다: {value}",
                "PL of @RG must be written in capitals: {value}",
                *HEADER_REPAIR,
            ),
            (
                "program-cycle",
                "@PG의 PP 사슬이 제자리로 돌아옵니다: {value}",
                "The PP chain of @PG comes back to itself: {value}",
                *HEADER_REPAIR,
            ),
        ),
    ),
    *rows(
        "info",
        (
            (
                "header-hd-missing",
                "@HD 줄이 없어 규격 판과 정렬 순서를 알 수 없습니다.",
                "There is no @HD line, so version and sort order are unknown.",
                *HEADER_REPAIR,
            ),
        ),
    ),
)

BGZF = (
    *rows(
        "error",
        (
            (
                "bgzf-block-malformed",
                "BGZF 블록의 머리가 잘못되었습니다.",
                "A BGZF block header is malformed.",
                *RECORD_REPAIR,
            ),
            (
                "bgzf-data-damaged",
                "BGZF 블록의 압축이 풀리지 않습니다.",
                "A BGZF block does not inflate.",
                "원본에서 파일을 다시 복사해 주세요.",
                "Copy the file again from its origin.",
            ),
            (
                "bgzf-crc-mismatch",
                "BGZF 블록의 검사합(CRC)이나 길이가 다릅니다.",
                "The checksum (CRC) or length of a BGZF block differs.",
                "원본에서 파일을 다시 복사해 주세요.",
                "Copy the file again from its origin.",
            ),
            (
                "bgzf-truncated",
                "파일이 BGZF 블록 중간에서 끊겼습니다.",
                "The file ends inside a BGZF block.",
                "파일을 처음부터 다시 올려 주세요.",
                "Upload the file again from the start.",
            ),
            (
                "bgzf-bomb",
                "풀린 크기가 안전 한도를 넘어 검사를 멈췄습니다.",
                "The inflated size exceeds the safe limit, so the inspection stopped.",
                *RECORD_REPAIR,
            ),
        ),
    ),
)
