"""The second opinion on CRAM: htslib decodes the records, which pass our own rules as BAM. Never downloads."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from biomoa.qc.alignment.bam_stream import BamStream
from biomoa.qc.alignment.bgzf import inflate_blocks
from biomoa.qc.alignment.header import Header
from biomoa.qc.model import Report

# All fields but SEQ (htslib's CRAM_OPT_REQUIRED_FIELDS), which alone needs the reference.
_WITHOUT_SEQUENCE = [b"required_fields=0x1dff", b"decode_md=0"]


class Decoding(threading.Thread):
    """Decodes ``path`` into a pipe as plain BAM. ``error`` is the reader's word when it refused the file."""

    def __init__(self, path: Path, *, with_sequence: bool, pipe: int) -> None:
        super().__init__(daemon=True)
        self.error: str | None = None
        self._path, self._pipe = path, pipe
        self._options = None if with_sequence else _WITHOUT_SEQUENCE

    def run(self) -> None:
        """Ends when the file ends, the reader refuses, or nobody reads the pipe any more."""
        import pysam

        pysam.set_verbosity(0)
        with os.fdopen(self._pipe, "wb") as pipe:
            try:
                self._copy(pysam, pipe)
            except (OSError, ValueError, MemoryError) as error:
                self.error = str(error)[:200]

    def _copy(self, pysam: object, pipe: BinaryIO) -> None:
        open_file = getattr(pysam, "AlignmentFile")  # noqa: B009
        with (
            open_file(str(self._path), "rc", check_sq=False, format_options=self._options) as file,
            open_file(pipe, "wbu", header=file.header) as out,
        ):
            for record in file.fetch(until_eof=True):
                out.write(record)


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
    stream = BamStream(report, check_bins=False, header=header)
    with _no_downloads():
        read, write = os.pipe()
        decoding = Decoding(path, with_sequence=with_sequence, pipe=write)
        decoding.start()
        with os.fdopen(read, "rb") as pipe:
            stream.read(inflate_blocks(iter(lambda: pipe.read(1 << 20), b"")))
        decoding.join()
    if decoding.error is None:
        stream.finish(whole=False)
    return stream.tally.reads if stream.tally else 0, decoding.error
