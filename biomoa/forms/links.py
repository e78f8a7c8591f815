"""Web addresses, e-mail, DOI, PubMed ids, file names and checksums."""

from __future__ import annotations

import re
from collections.abc import Callable

from biomoa.forms.findings import Finding

URL_PATTERN = r"^https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:[/?#][!-~가-힣]*)?$"
EMAIL_PATTERN = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$"
DOI_PATTERN = r"^10\.[0-9]{4,9}/[!-~]+$"
PUBMED_PATTERN = r"^[1-9][0-9]{0,8}$"
# File names of POSIX portable characters, and Hangul and a few more that archives take; never a path.
FILE_PATTERN = r"^[A-Za-z0-9_가-힣][A-Za-z0-9_.+=@()가-힣-]*$"
FILES_PATTERN = r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:;[A-Za-z0-9_][A-Za-z0-9_.-]*)?$"
MD5_PATTERN = r"^[0-9a-f]{32}$"
MD5S_PATTERN = r"^[0-9a-f]{32}(?:;[0-9a-f]{32})?$"
MAX_FILE_NAME = 255  # bytes, of the usual file systems

_DOI_IN = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:?\s*)(10\.\d{4,9}/[!-~]+)", re.I)
_PUBMED_IN = re.compile(
    r"(?:https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/|PMID:?\s*)(\d+)/?", re.I
)
_HEX = re.compile(r"[0-9a-fA-F]{32}")


def check_url(value: str) -> list[Finding]:
    """RFC 3986 http(s) addresses; ``www.`` alone is completed."""
    if re.fullmatch(URL_PATTERN.strip("^$"), value):
        return []
    completed = f"https://{value}"
    looks = value.startswith("www.") and re.fullmatch(URL_PATTERN.strip("^$"), completed)
    return [Finding("url-form", {}, completed if looks else None)]


def check_email(value: str) -> list[Finding]:
    """The addresses that HTML's ``input type=email`` takes, with a dot in the domain."""
    if re.fullmatch(EMAIL_PATTERN.strip("^$"), value):
        return []
    bare = value.removeprefix("mailto:").strip("<> ")
    return [Finding("email-form", {}, bare if re.fullmatch(EMAIL_PATTERN.strip("^$"), bare) else None)]


def check_doi(value: str) -> list[Finding]:
    """A bare DOI (ISO 26324): ``10.5808/gi.22073``."""
    if re.fullmatch(DOI_PATTERN.strip("^$"), value):
        return []
    match = _DOI_IN.fullmatch(value)
    return [Finding("doi-form", {}, match[1] if match else None)]


def check_pubmed(value: str) -> list[Finding]:
    if re.fullmatch(PUBMED_PATTERN.strip("^$"), value):
        return []
    match = _PUBMED_IN.fullmatch(value)
    return [Finding("pubmed-form", {}, match[1] if match else None)]


_DATA_FILE = re.compile(r"\.(?:fastq|fq|fasta|fa|bam|cram|sam)(?:\.gz|\.bz2)?$", re.I)


def check_file_name(value: str) -> list[Finding]:
    """A plain file name. A path is corrected to its last part when that is a good name."""
    if re.fullmatch(FILE_PATTERN.strip("^$"), value) and len(value.encode()) <= MAX_FILE_NAME:
        return []
    several = value.split()
    if len(several) > 1 and all(_DATA_FILE.search(each) and not check_file_name(each) for each in several):
        return [Finding("file-name-form", {}, ";".join(several))]
    base = re.split(r"[/\\]", value)[-1].strip().replace(" ", "_")
    usable = re.fullmatch(FILE_PATTERN.strip("^$"), base) and len(base.encode()) <= MAX_FILE_NAME
    return [Finding("file-name-form", {}, base if usable and ".." not in value else None)]


def check_md5(value: str) -> list[Finding]:
    """RFC 1321 digest as md5sum prints it."""
    if re.fullmatch(MD5_PATTERN.strip("^$"), value):
        return []
    found = _HEX.findall(value)
    bare = found[0].lower() if len(found) == 1 and len(value) <= 120 and _is_md5sum_line(value) else None
    return [Finding("md5-form", {}, bare)]


def _is_md5sum_line(value: str) -> bool:
    """``<digest>  file``, ``MD5 (file) = <digest>`` or the digest in capitals."""
    return bool(re.fullmatch(r"[0-9a-fA-F]{32}(\s+\*?\S+)?|MD5\s*\(.+\)\s*=\s*[0-9a-fA-F]{32}", value))


LINK_CHECKS: dict[str, Callable[[str], list[Finding]]] = {
    "url": check_url,
    "email": check_email,
    "doi": check_doi,
    "pubmed": check_pubmed,
    "files": check_file_name,
    "md5": check_md5,
}
