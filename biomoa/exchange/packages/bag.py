"""BagIt 1.0 (RFC 8493): a folder as a bag, and the check of a bag that came from elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import bagit

from biomoa.exchange.packages.faults import Fault, walk_plain

logging.getLogger("bagit").setLevel(logging.CRITICAL)  # it tells its findings by exception, too
DECLARATION = "bagit.txt"


def make_bag(folder: Path, info: Mapping[str, str]) -> None:
    """Turns the files of ``folder`` into the payload of a bag there; each byte is read once for both checksums."""
    bagit.make_bag(str(folder), dict(info), checksums=["sha256", "md5"])


def check_bag(folder: Path) -> list[Fault]:
    """Every kind of break: declaration, completeness, checksums, paths that lead out. Nothing is fetched."""
    files, faults = walk_plain(folder)
    if faults:
        return faults
    if "fetch.txt" in files and files["fetch.txt"].st_size:
        faults.append(Fault("bag-fetch", "fetch.txt", "files of other addresses are not fetched; send a whole bag"))
    return [*faults, *_declaration(folder, files), *_whole(folder)]


def _declaration(folder: Path, files: Mapping[str, object]) -> list[Fault]:
    """RFC 8493 §2.1.1: exactly ``label: value``, no space before the colon, one after it."""
    if DECLARATION not in files:
        return [Fault("bag-declaration", DECLARATION, "a bag begins with bagit.txt")]
    lines = (folder / DECLARATION).read_text("utf-8", errors="replace").splitlines()
    labels = ("BagIt-Version: ", "Tag-File-Character-Encoding: ")
    for line, label in zip(lines, labels, strict=False):
        if not line.startswith(label) or line != label + line.removeprefix(label).strip():
            return [Fault("bag-declaration", DECLARATION, f"'{label}...' expected, not '{line[:80]}'")]
    return []


def _whole(folder: Path) -> list[Fault]:
    try:
        bagit.Bag(str(folder)).validate()
    except bagit.BagValidationError as error:
        if not error.details:
            return [Fault("bag-incomplete", ".", str(error))]
        return [Fault(*_of(detail)) for detail in error.details]
    except (bagit.BagError, ValueError, OSError, LookupError) as error:
        return [Fault("bag-unreadable", ".", str(error).replace(str(folder), "."))]
    return []


def _of(detail: object) -> tuple[str, str, str]:
    code = {
        "ChecksumMismatch": "bag-checksum",
        "FileMissing": "bag-file-missing",
        "UnexpectedFile": "bag-file-unlisted",
        "FileNormalizationConflict": "bag-file-name",
    }.get(type(detail).__name__, "bag-incomplete")
    return code, str(getattr(detail, "path", ".")), str(detail)
