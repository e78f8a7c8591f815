"""What arrives under the name of a sequence file and is another thing: told by its first bytes."""

from __future__ import annotations

import re

from biomoa.catalog.model import Text

_ERROR_PAGE = Text(ko="내려받기 오류로 저장된 웹 페이지(HTML)", en="a web page (HTML), as a failed download leaves it")
_STARTS: tuple[tuple[bytes, Text], ...] = (
    (
        rb"version https://git-lfs\.github\.com/spec/",
        Text(
            ko="Git LFS의 자리 표시 파일(내용은 git lfs pull로 받습니다)",
            en="a pointer of Git LFS (git lfs pull fetches the file)",
        ),
    ),
    (
        rb"(?:\.\./|\.git/|/)*annex/objects/",
        Text(
            ko="git-annex의 자리 표시 파일(내용은 git annex get으로 받습니다)",
            en="a pointer of git-annex (git annex get fetches the file)",
        ),
    ),
    (
        rb"\x00\x05\x16[\x00\x07]",
        Text(
            ko="macOS가 만든 부속 파일(이름이 ._로 시작)",
            en="a file of macOS beside the real one (its name begins with ._)",
        ),
    ),
    (rb"NCBI\.sra", Text(ko="SRA 보관 형식(fasterq-dump로 풉니다)", en="an SRA archive (fasterq-dump unpacks it)")),
    (rb"\s{0,64}(?i:<!doctype html|<html|<head|<body)", _ERROR_PAGE),
    (rb"\s{0,64}<\?xml[^>]{0,200}\?>\s{0,64}<(?i:!doctype html|html)", _ERROR_PAGE),
    (
        rb"\s{0,64}<\?xml|\s{0,64}<Error>",
        Text(ko="XML 문서(저장소의 오류 응답일 수 있습니다)", en="an XML document, maybe the error of a store"),
    ),
    (
        rb"\s{0,64}\{\s{0,64}\"",
        Text(ko="JSON 문서(서버의 오류 응답일 수 있습니다)", en="a JSON document, maybe the error of a server"),
    ),
    (rb"%PDF-", Text(ko="PDF 문서", en="a PDF document")),
    (rb"L\x00\x00\x00\x01\x14\x02\x00", Text(ko="윈도 바로 가기", en="a shortcut of Windows")),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Text(ko="Office 문서(doc, xls)", en="an Office document (doc, xls)")),
    (rb"\{\\rtf", Text(ko="서식 있는 문서(RTF)", en="a rich text document (RTF)")),
    (rb"\x89PNG|\xff\xd8\xff|GIF8", Text(ko="그림 파일", en="a picture")),
    (
        rb"\x00{64}",
        Text(
            ko="0으로만 채워진 내용(복사가 끝나지 않은 파일)", en="nothing but zero bytes, as a broken copy leaves them"
        ),
    ),
    (rb"crypt4gh", Text(ko="Crypt4GH로 암호화한 파일", en="a file encrypted with Crypt4GH")),
    (rb"-----BEGIN PGP |Salted__", Text(ko="암호화한 파일(PGP, OpenSSL)", en="an encrypted file (PGP, OpenSSL)")),
    (
        rb"\x89HDF\r\n|\x8bPOD\r\n",
        Text(ko="나노포어 원신호 등의 HDF5·POD5 파일", en="an HDF5 or POD5 file, as of raw Nanopore signals"),
    ),
    (rb"ABIF", Text(ko="생어 시퀀싱 파형 파일(AB1)", en="a trace of Sanger sequencing (AB1)")),
    (rb"\.sff\x00", Text(ko="454 장비의 SFF 파일", en="an SFF file of a 454 machine")),
    (
        rb"[@>][^\r\n]{0,900}\r(?![\r\n])",
        Text(
            ko="줄바꿈이 CR뿐인 옛 매킨토시 방식의 글(줄바꿈을 LF로 바꿔 주세요)",
            en="text whose lines end as on old Macs (CR alone; convert the line ends to LF)",
        ),
    ),
    (rb"LOCUS {3,}\S", Text(ko="GenBank 형식의 문서", en="a GenBank flat file")),
    (rb"ID {3}\S[^\n]{0,200};", Text(ko="EMBL 형식의 문서", en="an EMBL flat file")),
    (rb"##gff-version", Text(ko="GFF 주석 파일", en="a GFF annotation")),
    (rb"##fileformat=VCF", Text(ko="VCF 변이 파일", en="a VCF file of variants")),
    (rb"#NEXUS|CLUSTAL", Text(ko="다중 정렬 파일(NEXUS, CLUSTAL)", en="a multiple alignment (NEXUS, CLUSTAL)")),
    (rb"[0-9a-f]{32,64} [ *][^\n]{1,255}\r?\n", Text(ko="체크섬 목록", en="a list of checksums")),
    (
        rb"-{4,}(?:WebKitFormBoundary|[0-9]{20,})",
        Text(ko="업로드 양식의 겉포장이 남은 내용", en="what a form for uploads wrapped around it"),
    ),
)
_FORMS = tuple((re.compile(start), kind) for start, kind in _STARTS)
LOOKED_AT = 1024


def stranger(head: bytes) -> Text | None:
    """What the decoded beginning is, when it holds neither reads nor sequences as its name says."""
    return next((kind for form, kind in _FORMS if form.match(head, 0, LOOKED_AT)), None)
