"""What may be found in an alignment record, whichever file holds it (SAMv1 1.4, 1.5 and SAMtags)."""

from __future__ import annotations

from biomoa.qc.alignment.texts import HEADER_REPAIR, RECORD_REPAIR, rows

_RESORT = ("samtools sort로 다시 정렬해 주세요.", "Sort the file again with samtools sort.")
_LOOK = (
    "허용되지만 뜻이 맞지 않습니다. 정렬 단계를 확인해 주세요.",
    "It is allowed but illogical: please review the alignment step.",
)
_TAGS = (
    "SAMtags 규격의 형식에 맞추어 태그를 다시 써 주세요.",
    "Write the tag again as the SAMtags specification says.",
)

_WHOLE = (
    "원래 의도한 파일인지, 앞 단계에서 빠진 것이 없는지 확인해 주세요.",
    "Make sure that this is the file you mean, and that no step before lost anything.",
)

RECORDS = (
    *rows(
        "warning",
        (
            ("alignment-no-records", "머리글만 있고 리드가 없습니다.", "There is a header and no read.", *_WHOLE),
            (
                "alignment-no-sequences",
                "모든 리드에 염기 서열이 없습니다(SEQ가 *).",
                "No read has a sequence (SEQ is *).",
                *_WHOLE,
            ),
            (
                "alignment-no-qualities",
                "모든 리드에 품질값이 없습니다(QUAL이 *).",
                "No read has qualities (QUAL is *).",
                *_WHOLE,
            ),
            (
                "alignment-mates-missing",
                "쌍으로 표시된 리드가 {paired}개인데 첫째가 {first}개, 둘째가 {second}개입니다.",
                "{paired} reads are flagged as of pairs: {first} as the first, {second} as the second.",
                *_WHOLE,
            ),
        ),
    ),
    *rows(
        "error",
        (
            (
                "qname-invalid",
                "리드 이름(QNAME)이 잘못되었습니다: {name}",
                "The read name (QNAME) is invalid: {name}",
                *RECORD_REPAIR,
            ),
            (
                "reference-id-out-of-range",
                "참조 서열 번호가 목록을 벗어났습니다: {name}",
                "A reference number is outside the dictionary: {name}",
                *RECORD_REPAIR,
            ),
            (
                "position-out-of-range",
                "위치 값이 허용 범위를 벗어났습니다: {name}",
                "A position is outside the allowed range: {name}",
                *RECORD_REPAIR,
            ),
            (
                "cigar-operation-unknown",
                "CIGAR에 알 수 없는 연산이 있습니다: {name}",
                "CIGAR holds an unknown operation: {name}",
                *RECORD_REPAIR,
            ),
            (
                "cigar-length-mismatch",
                "CIGAR 길이와 서열 길이가 다릅니다: {name}",
                "CIGAR and sequence differ in length: {name}",
                *RECORD_REPAIR,
            ),
            (
                "cigar-clip-position",
                "잘라내기(S, H)가 CIGAR의 끝이 아닌 곳에 있습니다: {name}",
                "Clipping (S, H) stands inside the CIGAR: {name}",
                *RECORD_REPAIR,
            ),
            (
                "quality-out-of-range",
                "품질 값이 0~93을 벗어났습니다: {name}",
                "A base quality is outside 0 to 93: {name}",
                *RECORD_REPAIR,
            ),
            (
                "coordinate-order-broken",
                "머리글은 좌표순이라고 하지만 그렇지 않습니다: {name}",
                "The header says coordinate order, but it is not so: {name}",
                *_RESORT,
            ),
            (
                "queryname-order-broken",
                "머리글은 이름순이라고 하지만 그렇지 않습니다: {name}",
                "The header says queryname order, but it is not so: {name}",
                *_RESORT,
            ),
            (
                "aux-malformed",
                "추가 필드의 형식이 잘못되었습니다: {name}",
                "An optional field is malformed: {name}",
                *_TAGS,
            ),
            (
                "aux-tag-invalid",
                "추가 필드의 태그 이름이 잘못되었습니다: {name}",
                "An optional field has an invalid tag name: {name}",
                *_TAGS,
            ),
            (
                "aux-type-unknown",
                "추가 필드의 형을 알 수 없습니다: {name}",
                "An optional field has an unknown type: {name}",
                *_TAGS,
            ),
            (
                "aux-value-invalid",
                "추가 필드의 값이 그 형에 맞지 않습니다: {name}",
                "The value of an optional field does not fit its type: {name}",
                *_TAGS,
            ),
            (
                "aux-duplicated",
                "한 레코드에 같은 태그가 두 번 있습니다: {name}",
                "A tag appears twice in one record: {name}",
                *_TAGS,
            ),
            (
                "aux-type-wrong",
                "표준 태그의 형이 규격과 다릅니다: {name}",
                "A standard tag has another type than specified: {name}",
                *_TAGS,
            ),
            (
                "read-group-undeclared",
                "RG 태그의 값이 머리글의 @RG에 없습니다: {name}",
                "The value of the RG tag is not an @RG of the header: {name}",
                *HEADER_REPAIR,
            ),
            (
                "base-modification-malformed",
                "염기 변형(MM) 태그의 문법이 잘못되었습니다: {name}",
                "The base modification tag (MM) is malformed: {name}",
                *_TAGS,
            ),
            (
                "base-modification-likelihoods",
                "ML 값의 수가 MM의 변형 수와 다릅니다: {name}",
                "ML has another number of values than MM has modifications: {name}",
                *_TAGS,
            ),
            (
                "long-cigar-invalid",
                "긴 CIGAR(CG 태그)가 서열과 맞지 않습니다: {name}",
                "The long CIGAR (CG tag) does not fit the sequence: {name}",
                *RECORD_REPAIR,
            ),
        ),
    ),
    *rows(
        "warning",
        (
            (
                "flag-reserved-bits",
                "FLAG에 예약된 비트가 켜져 있습니다: {name}",
                "FLAG sets reserved bits: {name}",
                *_LOOK,
            ),
            (
                "flag-unpaired-contradiction",
                "쌍이 아닌 리드(0x1 없음)에 쌍 비트가 켜져 있습니다: {name}",
                "A read that is not paired (no 0x1) sets pair bits: {name}",
                *_LOOK,
            ),
            (
                "flag-unmapped-contradiction",
                "정렬되지 않은 리드(0x4)에 정렬 정보가 있습니다: {name}",
                "An unmapped read (0x4) carries mapping facts: {name}",
                *_LOOK,
            ),
            (
                "flag-mapped-without-place",
                "정렬된 리드인데 자리(RNAME, POS)가 없습니다: {name}",
                "A mapped read has no place (RNAME, POS): {name}",
                *_LOOK,
            ),
            ("cigar-missing", "정렬된 리드인데 CIGAR가 없습니다: {name}", "A mapped read has no CIGAR: {name}", *_LOOK),
            (
                "cigar-zero-length",
                "CIGAR에 길이 0인 연산이 있습니다: {name}",
                "CIGAR holds an operation of length 0: {name}",
                *_LOOK,
            ),
            (
                "position-beyond-reference",
                "위치가 참조 서열의 끝을 넘습니다: {name}",
                "The position is beyond the end of the reference: {name}",
                *_LOOK,
            ),
            (
                "alignment-beyond-reference",
                "정렬이 참조 서열의 끝을 넘습니다: {name}",
                "The alignment runs beyond the end of the reference: {name}",
                *_LOOK,
            ),
            (
                "mate-beyond-reference",
                "짝의 위치가 참조 서열의 끝을 넘습니다: {name}",
                "The mate's position is beyond the end of its reference: {name}",
                *_LOOK,
            ),
            (
                "mate-contradiction",
                "짝의 참조 서열과 위치(RNEXT, PNEXT)가 서로 맞지 않습니다: {name}",
                "The mate's reference and position (RNEXT, PNEXT) disagree: {name}",
                *_LOOK,
            ),
            (
                "aux-type-unusual",
                "표준 태그가 규격과 다른 형으로 쓰였습니다: {name}",
                "A standard tag is used with another type than specified: {name}",
                *_TAGS,
            ),
            (
                "base-modification-beyond",
                "염기 변형 위치가 서열에 있는 염기 수를 넘습니다: {name}",
                "Base modifications run beyond the bases of the sequence: {name}",
                *_TAGS,
            ),
            (
                "base-modification-stale",
                "MN 값이 서열 길이와 달라 염기 변형을 해석할 수 없습니다: {name}",
                "MN differs from the sequence length, so the modifications cannot be read: {name}",
                *_TAGS,
            ),
            (
                "bin-mismatch",
                "색인 구간(bin) 값이 위치와 맞지 않습니다: {name}",
                "The bin field does not fit the position: {name}",
                *RECORD_REPAIR,
            ),
        ),
    ),
    *rows(
        "warning",
        (
            (
                "read-group-header-missing",
                "RG 태그가 있지만 머리글에 @RG가 없습니다: {name}",
                "There are RG tags but no @RG in the header: {name}",
                *HEADER_REPAIR,
            ),
        ),
        once=True,
    ),
)
