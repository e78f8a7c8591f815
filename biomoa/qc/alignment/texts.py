"""The public table of what may be found in an alignment file, shared by SAM, BAM and CRAM.

Sections are those of SAMv1 (The SAM/BAM Format Specification) and SAMtags unless another is named.
"""

from __future__ import annotations

from biomoa.catalog.model import Text
from biomoa.qc.model import FindingText, Severity

Row = tuple[str, str, str, str, str]  # code, ko, en, repair ko, repair en


def rows(severity: Severity, table: tuple[Row, ...]) -> tuple[FindingText, ...]:
    """The public rows of one severity; the repair is one sentence in each language."""
    return tuple(
        FindingText(code, severity, Text(ko=ko, en=en), Text(ko=repair_ko, en=repair_en))
        for code, ko, en, repair_ko, repair_en in table
    )


_RESORT = ("samtools sort로 다시 정렬해 주세요.", "Sort the file again with samtools sort.")
_HEADER = ("samtools reheader로 머리글을 고쳐 주세요.", "Correct the header with samtools reheader.")
_RECORD = (
    "이 레코드를 쓴 프로그램에서 파일을 다시 만들어 주세요.",
    "Write the file again with the program that made this record.",
)
_LOOK = (
    "허용되지만 뜻이 맞지 않습니다. 정렬 단계를 확인해 주세요.",
    "It is allowed but illogical: please review the alignment step.",
)
_TAGS = (
    "SAMtags 규격의 형식에 맞추어 태그를 다시 써 주세요.",
    "Write the tag again as the SAMtags specification says.",
)

HEADER = (
    *rows("error", (
        ("header-line-malformed", "머리글 줄의 형식이 잘못되었습니다: {value}", "A header line is malformed: {value}", *_HEADER),
        ("header-hd-not-first", "@HD 줄은 첫 줄이어야 합니다.", "The @HD line must be the first line.", *_HEADER),
        ("header-tag-malformed", "{line} 줄의 태그 형식이 잘못되었습니다: {value}",
         "A tag of a {line} line is malformed: {value}", *_HEADER),
        ("header-tag-duplicated", "{line} 한 줄에 {tag} 태그가 두 번 있습니다.",
         "Tag {tag} appears twice in one {line} line.", *_HEADER),
        ("header-tag-missing", "{line} 줄에 꼭 필요한 {tag} 태그가 없습니다.",
         "A {line} line lacks the required tag {tag}.", *_HEADER),
        ("header-version-malformed", "@HD의 VN 값이 '주.부' 형식이 아닙니다: {value}",
         "VN of @HD is not of the form major.minor: {value}", *_HEADER),
        ("header-sort-order-unknown", "@HD의 SO 값을 알 수 없습니다: {value}", "Unknown SO value in @HD: {value}",
         "unknown, unsorted, queryname, coordinate 중 하나로 써 주세요.",
         "Use one of unknown, unsorted, queryname, coordinate."),
        ("header-group-order-unknown", "@HD의 GO 값을 알 수 없습니다: {value}", "Unknown GO value in @HD: {value}",
         "none, query, reference 중 하나로 써 주세요.", "Use one of none, query, reference."),
        ("header-subsort-malformed", "@HD의 SS 값이 '정렬:세부정렬' 형식이 아닙니다: {value}",
         "SS of @HD is not of the form order:sub-order: {value}", *_HEADER),
        ("header-not-utf8", "머리글이 UTF-8 글자가 아닙니다.", "The header is not UTF-8 text.", *_HEADER),
        ("reference-name-invalid", "참조 서열 이름에 쓸 수 없는 글자가 있습니다: {value}",
         "A reference sequence name holds a forbidden character: {value}", *_HEADER),
        ("reference-name-duplicated", "참조 서열 이름이 겹칩니다: {value}",
         "A reference sequence name is used twice: {value}", *_HEADER),
        ("reference-length-invalid", "참조 서열 길이는 1부터 2147483647까지입니다: {value}",
         "A reference length must be 1 to 2147483647: {value}", *_HEADER),
        ("reference-alias-invalid", "참조 서열의 다른 이름(AN)이 잘못되었습니다: {value}",
         "An alternative reference name (AN) is invalid: {value}", *_HEADER),
        ("reference-locus-invalid", "AH 값이 '*' 또는 '서열[:시작-끝]' 형식이 아닙니다: {value}",
         "AH is neither * nor name[:start-end]: {value}", *_HEADER),
        ("reference-md5-invalid", "M5 값은 16진수 32자리여야 합니다: {value}",
         "M5 must be 32 hexadecimal digits: {value}", *_HEADER),
        ("reference-topology-unknown", "TP 값은 linear 또는 circular입니다: {value}",
         "TP must be linear or circular: {value}", *_HEADER),
        ("read-group-duplicated", "@RG의 ID가 겹칩니다: {value}", "An @RG ID is used twice: {value}", *_HEADER),
        ("read-group-date-malformed", "@RG의 DT가 ISO 8601 날짜가 아닙니다: {value}",
         "DT of @RG is not an ISO 8601 date: {value}", "2026-03-01처럼 써 주세요.", "Write it like 2026-03-01."),
        ("read-group-platform-unknown", "@RG의 PL 값이 규격의 목록에 없습니다: {value}",
         "PL of @RG is not in the specification's list: {value}",
         "규격의 이름(ILLUMINA, ONT, PACBIO, DNBSEQ 등)을 쓰거나 PL을 빼 주세요.",
         "Use a listed name (ILLUMINA, ONT, PACBIO, DNBSEQ ...) or leave PL out."),
        ("read-group-value-malformed", "@RG의 {tag} 값이 잘못되었습니다: {value}",
         "{tag} of @RG is malformed: {value}", *_HEADER),
        ("program-duplicated", "@PG의 ID가 겹칩니다: {value}", "An @PG ID is used twice: {value}", *_HEADER),
        ("program-previous-missing", "@PG {value}의 PP가 가리키는 프로그램이 없습니다: {previous}",
         "PP of @PG {value} names a program that is not there: {previous}", *_HEADER),
    )),
    *rows("warning", (
        ("header-record-type-unknown", "알 수 없는 머리글 종류입니다: {value}", "Unknown header record type: {value}", *_HEADER),
        ("header-group-none", "GO:none은 아무 뜻이 없으므로 적지 않는 것이 좋습니다.",
         "GO:none says nothing and is better left out.", *_HEADER),
        ("reference-alias-duplicated", "참조 서열의 다른 이름(AN)이 겹칩니다: {value}",
         "An alternative reference name (AN) is used twice: {value}", *_HEADER),
        ("read-group-date-spaces", "@RG의 DT 앞뒤에 빈칸이 있습니다: {value}", "DT of @RG has blanks around it: {value}", *_HEADER),
        ("read-group-platform-case", "@RG의 PL은 대문자로 써야 합니다: {value}",
         "PL of @RG must be written in capitals: {value}", *_HEADER),
        ("program-cycle", "@PG의 PP 사슬이 제자리로 돌아옵니다: {value}", "The PP chain of @PG comes back to itself: {value}", *_HEADER),
    )),
    *rows("info", (
        ("header-hd-missing", "@HD 줄이 없어 규격 판과 정렬 순서를 알 수 없습니다.",
         "There is no @HD line, so version and sort order are unknown.", *_HEADER),
    )),
)

RECORDS = (
    *rows("error", (
        ("qname-invalid", "읽기 이름(QNAME)이 잘못되었습니다: {name}",
         "The read name (QNAME) is invalid: {name}", *_RECORD),
        ("reference-id-out-of-range", "참조 서열 번호가 목록을 벗어났습니다: {name}",
         "A reference number is outside the dictionary: {name}", *_RECORD),
        ("position-out-of-range", "위치 값이 허용 범위를 벗어났습니다: {name}",
         "A position is outside the allowed range: {name}", *_RECORD),
        ("cigar-operation-unknown", "CIGAR에 알 수 없는 연산이 있습니다: {name}",
         "CIGAR holds an unknown operation: {name}", *_RECORD),
        ("cigar-length-mismatch", "CIGAR 길이와 서열 길이가 다릅니다: {name}",
         "CIGAR and sequence differ in length: {name}", *_RECORD),
        ("cigar-clip-position", "잘라내기(S, H)가 CIGAR의 끝이 아닌 곳에 있습니다: {name}",
         "Clipping (S, H) stands inside the CIGAR: {name}", *_RECORD),
        ("quality-out-of-range", "품질 값이 0~93을 벗어났습니다: {name}",
         "A base quality is outside 0 to 93: {name}", *_RECORD),
        ("coordinate-order-broken", "머리글은 좌표순이라고 하지만 그렇지 않습니다: {name}",
         "The header says coordinate order, but it is not so: {name}", *_RESORT),
        ("queryname-order-broken", "머리글은 이름순이라고 하지만 그렇지 않습니다: {name}",
         "The header says queryname order, but it is not so: {name}", *_RESORT),
        ("aux-malformed", "추가 필드의 형식이 잘못되었습니다: {name}", "An optional field is malformed: {name}", *_TAGS),
        ("aux-tag-invalid", "추가 필드의 태그 이름이 잘못되었습니다: {name}",
         "An optional field has an invalid tag name: {name}", *_TAGS),
        ("aux-type-unknown", "추가 필드의 형을 알 수 없습니다: {name}",
         "An optional field has an unknown type: {name}", *_TAGS),
        ("aux-value-invalid", "추가 필드의 값이 그 형에 맞지 않습니다: {name}",
         "The value of an optional field does not fit its type: {name}", *_TAGS),
        ("aux-duplicated", "한 레코드에 같은 태그가 두 번 있습니다: {name}",
         "A tag appears twice in one record: {name}", *_TAGS),
        ("aux-type-wrong", "표준 태그의 형이 규격과 다릅니다: {name}",
         "A standard tag has another type than specified: {name}", *_TAGS),
        ("read-group-undeclared", "RG 태그의 값이 머리글의 @RG에 없습니다: {name}",
         "The value of the RG tag is not an @RG of the header: {name}", *_HEADER),
        ("base-modification-malformed", "염기 변형(MM) 태그의 문법이 잘못되었습니다: {name}",
         "The base modification tag (MM) is malformed: {name}", *_TAGS),
        ("base-modification-likelihoods", "ML 값의 수가 MM의 변형 수와 다릅니다: {name}",
         "ML has another number of values than MM has modifications: {name}", *_TAGS),
        ("long-cigar-invalid", "긴 CIGAR(CG 태그)가 서열과 맞지 않습니다: {name}",
         "The long CIGAR (CG tag) does not fit the sequence: {name}", *_RECORD),
    )),
    *rows("warning", (
        ("flag-reserved-bits", "FLAG에 예약된 비트가 켜져 있습니다: {name}", "FLAG sets reserved bits: {name}", *_LOOK),
        ("flag-unpaired-contradiction", "쌍이 아닌 읽기(0x1 없음)에 쌍 비트가 켜져 있습니다: {name}",
         "A read that is not paired (no 0x1) sets pair bits: {name}", *_LOOK),
        ("flag-unmapped-contradiction", "정렬되지 않은 읽기(0x4)에 정렬 정보가 있습니다: {name}",
         "An unmapped read (0x4) carries mapping facts: {name}", *_LOOK),
        ("flag-mapped-without-place", "정렬된 읽기인데 자리(RNAME, POS)가 없습니다: {name}",
         "A mapped read has no place (RNAME, POS): {name}", *_LOOK),
        ("cigar-missing", "정렬된 읽기인데 CIGAR가 없습니다: {name}", "A mapped read has no CIGAR: {name}", *_LOOK),
        ("cigar-zero-length", "CIGAR에 길이 0인 연산이 있습니다: {name}", "CIGAR holds an operation of length 0: {name}", *_LOOK),
        ("position-beyond-reference", "위치가 참조 서열의 끝을 넘습니다: {name}",
         "The position is beyond the end of the reference: {name}", *_LOOK),
        ("alignment-beyond-reference", "정렬이 참조 서열의 끝을 넘습니다: {name}",
         "The alignment runs beyond the end of the reference: {name}", *_LOOK),
        ("mate-beyond-reference", "짝의 위치가 참조 서열의 끝을 넘습니다: {name}",
         "The mate's position is beyond the end of its reference: {name}", *_LOOK),
        ("mate-contradiction", "짝의 참조 서열과 위치(RNEXT, PNEXT)가 서로 맞지 않습니다: {name}",
         "The mate's reference and position (RNEXT, PNEXT) disagree: {name}", *_LOOK),
        ("aux-type-unusual", "표준 태그가 규격과 다른 형으로 쓰였습니다: {name}",
         "A standard tag is used with another type than specified: {name}", *_TAGS),
        ("read-group-header-missing", "RG 태그가 있지만 머리글에 @RG가 없습니다: {name}",
         "There are RG tags but no @RG in the header: {name}", *_HEADER),
        ("base-modification-beyond", "염기 변형 위치가 서열에 있는 염기 수를 넘습니다: {name}",
         "Base modifications run beyond the bases of the sequence: {name}", *_TAGS),
        ("base-modification-stale", "MN 값이 서열 길이와 달라 염기 변형을 해석할 수 없습니다: {name}",
         "MN differs from the sequence length, so the modifications cannot be read: {name}", *_TAGS),
        ("bin-mismatch", "색인 구간(bin) 값이 위치와 맞지 않습니다: {name}",
         "The bin field does not fit the position: {name}", *_RECORD),
    )),
)  # fmt: skip

BGZF = (
    *rows("error", (
        ("bgzf-block-malformed", "BGZF 블록의 머리가 잘못되었습니다.", "A BGZF block header is malformed.", *_RECORD),
        ("bgzf-data-damaged", "BGZF 블록의 압축이 풀리지 않습니다.", "A BGZF block does not inflate.", "원본에서 파일을 다시 복사해 주세요.", "Copy the file again from its origin."),
        ("bgzf-crc-mismatch", "BGZF 블록의 검사합(CRC)이나 길이가 다릅니다.", "The checksum (CRC) or length of a BGZF block differs.", "원본에서 파일을 다시 복사해 주세요.", "Copy the file again from its origin."),
        ("bgzf-truncated", "파일이 BGZF 블록 중간에서 끊겼습니다.", "The file ends inside a BGZF block.", "파일을 처음부터 다시 올려 주세요.", "Upload the file again from the start."),
        ("bgzf-bomb", "풀린 크기가 안전 한도를 넘어 검사를 멈췄습니다.", "The inflated size exceeds the safe limit, so the inspection stopped.", *_RECORD),
    )),
)  # fmt: skip
