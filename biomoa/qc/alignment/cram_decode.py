"""The second opinion on CRAM: htslib decodes the records, which pass our own rules as BAM. Never downloads."""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from biomoa.qc.alignment.bgzf import inflate_blocks
from biomoa.qc.alignment.header import Header
from biomoa.qc.model import Report

# All fields but SEQ (htslib's CRAM_OPT_REQUIRED_FIELDS), which alone needs the reference.
_WITHOUT_SEQUENCE = ["required_fields=0x1dff", "decode_md=0"]
_PORTION = 8 << 20  # bytes of plain BAM between two looks at the size
_LOOK_EVERY = 64  # records


@contextlib.contextmanager
def _no_downloads() -> Iterator[None]:
    """htslib looks for references where REF_PATH and REF_CACHE say; a path that is not there finds none."""
    before = {name: os.environ.get(name) for name in ("REF_PATH", "REF_CACHE")}
    os.environ.update(REF_PATH="/nonexistent/%s", REF_CACHE="/nonexistent/%s")
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def decode(path: Path, header: Header, report: Report, *, with_sequence: bool) -> tuple[int, str | None]:
    """Records read and the reader's refusal, if any; rules and metrics of the records go to ``report``."""
    from biomoa.qc.alignment.tally import Tally  # numba loads slowly, and only records need it

    tally = Tally(header, report, check_bins=False)
    with _no_downloads():
        try:
            for records in _portions(path, None if with_sequence else _WITHOUT_SEQUENCE):
                tally.take(records, _place)
        except (OSError, ValueError) as error:
            return tally.reads, str(error)[:200]
    tally.finish(_place)
    return tally.reads, None


def _place(record: int) -> str:
    return f"record {record + 1}"


def _portions(path: Path, options: list[str] | None) -> Iterator[bytes]:
    """Raw BAM records, some megabytes at a time, so that memory does not grow with the file.

    They pass through an anonymous file: pysam holds the interpreter while it writes, so a pipe would block.
    """
    import pysam  # slow to load, and only CRAM needs it

    pysam.set_verbosity(0)
    with pysam.AlignmentFile(str(path), "rc", check_sq=False, format_options=options) as file:
        records = file.fetch(until_eof=True)
        more = True
        while more:
            with os.fdopen(os.memfd_create("portion"), "w+b") as portion:
                more = _write(pysam, portion, file.header, records)
                portion.seek(0)
                plain = b"".join(inflate_blocks([portion.read()]))
            yield plain[_header_size(plain) :]


def _write(pysam: Any, portion: Any, header: Any, records: Iterator[Any]) -> bool:
    """Writes the next records; false when there are no more."""
    with pysam.AlignmentFile(portion, "wbu", header=header) as out:
        for number, record in enumerate(records, 1):
            out.write(record)
            if number % _LOOK_EVERY == 0 and os.fstat(portion.fileno()).st_size > _PORTION:
                return True
    return False


def _header_size(plain: bytes) -> int:
    """Bytes before the first record (SAMv1 4.2)."""
    text = int(struct.unpack_from("<i", plain, 4)[0])
    at = 12 + text
    for _ in range(struct.unpack_from("<i", plain, 8 + text)[0]):
        at += 8 + int(struct.unpack_from("<i", plain, at)[0])
    return at
