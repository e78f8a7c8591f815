"""What may be found in the binary records and the header of BAM; CRAM shares them when it is decoded."""

from __future__ import annotations

from biomoa.qc.alignment import texts

_AGAIN = ("파일을 처음부터 다시 올려 주세요.", "Upload the file again from the start.")
_WRITE = ("samtools view -b로 파일을 다시 써 주세요.", "Write the file again with samtools view -b.")

BAM = (
    *texts.rows(
        "error",
        (
            (
                "bam-magic-wrong",
                "BAM 표지(BAM\\1)로 시작하지 않습니다.",
                "It does not start with the BAM magic (BAM\\1).",
                *_WRITE,
            ),
            (
                "bam-header-truncated",
                "머리글이 끝나기 전에 파일이 끝났습니다.",
                "The file ends before its header does.",
                *_AGAIN,
            ),
            (
                "bam-header-malformed",
                "BAM 머리글이나 참조 목록의 길이가 잘못되었습니다.",
                "A length in the BAM header or dictionary is wrong.",
                *_WRITE,
            ),
            (
                "bam-dictionary-disagrees",
                "머리글 글의 @SQ({text})와 이진 참조 목록({binary})이 다릅니다.",
                "The @SQ lines ({text}) and the binary dictionary ({binary}) disagree.",
                *_WRITE,
            ),
            (
                "bam-dictionary-duplicated",
                "이진 참조 목록에 같은 이름이 두 번 있습니다.",
                "The binary dictionary holds a name twice.",
                *_WRITE,
            ),
            (
                "bam-truncated",
                "마지막 레코드가 중간에서 끊겼습니다({left}바이트).",
                "The last record is cut off ({left} bytes).",
                *_AGAIN,
            ),
            (
                "bam-record-size",
                "레코드 길이가 말이 되지 않아 그 뒤를 읽을 수 없습니다.",
                "The size of a record makes no sense, so nothing after it can be read.",
                *_WRITE,
            ),
            (
                "bam-record-inconsistent",
                "레코드 안의 길이들이 서로 맞지 않습니다: {name}",
                "The lengths inside a record do not fit together: {name}",
                *_WRITE,
            ),
        ),
    ),
    *texts.rows(
        "info",
        (
            (
                "bam-dictionary-only-binary",
                "머리글 글에 @SQ가 없고 이진 참조 목록만 있습니다.",
                "Only the binary dictionary names references; the header text has no @SQ.",
                *_WRITE,
            ),
        ),
    ),
)
