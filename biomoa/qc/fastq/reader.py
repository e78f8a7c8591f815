"""Counts block by block, and mends what cannot be counted: wrapped records, blank lines; says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from biomoa.qc.fastq import counting
from biomoa.qc.model import CUT_OFF, Report
from biomoa.qc.persons.lines import CLOSELY, SAMPLED_BYTES, WHOLE_BYTES, Lines, text_of

ADAPTERS = (
    "AGATCGGAAGAGC",  # Illumina universal
    "TGGAATTCTCGGG",  # Illumina small RNA 3'
    "CTGTCTCTTATAC",  # Nextera transposase
    "AAGTCGGAGGCCA",  # MGI forward
    "AAGTCGGATCGTA",  # MGI reverse
)
LONGEST_RECORD = 256 * 1024**2
ROOM_BYTES = WHOLE_BYTES  # what was read last and the rest hold the last MiB, whose names are read whole
FIRST_NAME_BYTES = 2000
SHOWN = 40


class Reader:
    """Reads one stream once. ``counts`` are of whole records, ``first_name`` is the first read's name line."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.counts = counting.Counts(ADAPTERS)
        self.first_name = b""
        self._line = 1  # number of the line at which the unread rest begins
        self._is_wrapped = False
        self._noted: set[str] = set()
        self._persons = Lines(report, characters=CLOSELY)
        self._seen = 0
        self._last: tuple[int, bytes | memoryview] = (
            1,
            b"",
        )  # what was read last and its line; it stays until the next

    def read(self, blocks: Iterable[memoryview]) -> None:
        """Stops at the first record that is no FASTQ; the source completes its checksums without us."""
        try:
            self._read(blocks)
        finally:
            self._persons.finish()
            self.counts.settle()

    def _read(self, blocks: Iterable[memoryview]) -> None:
        """Two rooms in turn, so that what was read last is still there at the end; a record has room in one."""
        room, other, filled = memoryview(bytearray(ROOM_BYTES)), memoryview(bytearray(ROOM_BYTES)), 0
        for block in blocks:
            at = 0
            while at < len(block):
                size = min(len(block) - at, len(room) - filled)
                room[filled : filled + size] = block[at : at + size]
                at, filled = at + size, filled + size
                if filled < len(room):
                    break
                taken = self._scan(room.toreadonly(), is_last=False)
                if taken is None:
                    return
                filled -= taken
                if filled > LONGEST_RECORD:
                    self._blame("fastq-not-fastq", found="no end of line in 256 MiB")
                    return
                if 2 * filled > len(other):
                    other = memoryview(bytearray(2 * len(room)))
                other[:filled] = room[taken : taken + filled]
                room, other = other, room
        self._end(bytes(room[:filled]))

    def _end(self, rest: bytes) -> None:
        if not rest.strip():
            self._take_names(*self._last)
        else:
            whole = rest.rstrip(b"\r\n") + b"\n"
            if _ends_without_bases(whole):
                whole += b"\n"
            taken = self._scan(whole, is_last=True)
            if taken is not None and whole[taken:].strip():
                self._blame_end("fastq-truncated")
        if self.counts.reads == 0 and not self.counts.error:
            self._blame_end("fastq-no-reads")

    def _blame_end(self, code: str) -> None:
        """Says that reads are missing at the end; not where the source has told that it could not unpack them."""
        if self.report.has(*CUT_OFF):
            self.counts.error = self.counts.error or counting.NO_AT
        elif code == "fastq-truncated":
            self._blame(code)
        else:
            self.report.add(code)

    def _scan(self, data: bytes | memoryview, *, is_last: bool) -> int | None:
        """How much of the data is taken; None when nothing after it can be read."""
        if self._is_wrapped:
            return self._scan_wrapped(bytes(data), 0, is_last=is_last)
        if not self.first_name:
            self.first_name = bytes(data[:FIRST_NAME_BYTES]).lstrip(b"\r\n").split(b"\n", 1)[0]
        line = self._line
        taken = self._count(data)
        error = self.counts.error
        is_turn = error in (counting.NO_AT, counting.NO_PLUS, counting.LENGTHS_DIFFER)
        self._sample(line, data[:taken] if is_turn else data, is_last)
        if not error:
            return taken
        if is_turn:
            # It may be the wrapped form of the format, or blank lines: read on more slowly and see.
            self.counts.error = 0
            self._is_wrapped = True
            self._take_names(*self._last)
            self._last = (1, b"")  # its room is filled again, and no longer with records of four lines
            return self._scan_wrapped(bytes(data), taken, is_last=is_last)
        self._explain(bytes(data[taken : taken + 4_000_000]), error)
        return None

    def _count(self, data: bytes | memoryview) -> int:
        before = self.counts.reads
        taken = self.counts.take(data)
        self._line += 4 * (self.counts.reads - before)
        return taken

    def _sample(self, line: int, data: bytes | memoryview, is_last: bool) -> None:
        """Hands on read names; ``data`` begins with a record of four lines."""
        if is_last:
            self._take_names(*self._last)
        if is_last or self._seen < WHOLE_BYTES:
            self._take_names(line, data)
        else:
            self._take_names(line, data[:SAMPLED_BYTES])
            self._last = (line, data)
        self._seen += len(data)

    def _take_names(self, line: int, data: bytes | memoryview) -> None:
        for count, name in enumerate(bytes(data).split(b"\n")[:-1:4]):  # an unfinished line comes again, whole
            self._persons.take(f"line {line + 4 * count}", name)

    def _scan_wrapped(self, data: bytes, start: int, *, is_last: bool) -> int | None:
        """Records over any number of lines, unwrapped and counted one by one."""
        place = start
        while place < len(data):
            if data[place : place + 1] in (b"\n", b"\r"):
                place += 1
                self._line += data[place - 1 : place] == b"\n"
                if data[place:].strip():
                    self._note("fastq-blank-line")
                continue
            found = self._unwrap(data, place, is_last=is_last)
            if found is None:
                return place
            if isinstance(found, str):
                return None
            record, following, lines = found
            self._count_one(record, lines)
            if self.counts.error:
                return None
            place = following
        return place

    def _count_one(self, record: bytes, lines: int) -> None:
        line = self._line
        self._persons.take(f"line {line}", record.split(b"\n", 1)[0])
        self._count(record)
        self._line = line
        if self.counts.error:
            self._explain(record, self.counts.error)
        self._line = line + lines

    def _unwrap(self, data: bytes, place: int, *, is_last: bool) -> tuple[bytes, int, int] | str | None:
        """Record in four lines, where the next begins, its lines; None when unfinished; the code of an error."""
        if data[place : place + 1] != b"@":
            line = data[place : place + FIRST_NAME_BYTES].split(b"\n", 1)[0]
            self._persons.take(f"line {self._line}", line)  # the sentence quotes a part of it
            return self._blame("fastq-not-fastq", found=text_of(line)[:SHOWN])
        lines = _lines(data, place)
        name, _ = next(lines, (b"", 0))
        if not name:
            return None
        bases: list[bytes] = []
        for line, after in lines:
            if line.startswith(b"+"):
                return self._qualities(lines, data, name, b"".join(bases), line, after, len(bases), is_last)
            if line.startswith(b"@") and bases:
                return self._blame("fastq-plus-missing", lines=len(bases) + 1)
            bases.append(line)
        return self._blame("fastq-plus-missing") if is_last and len(bases) > 1 else None

    def _qualities(
        self, lines: Iterator[tuple[bytes, int]], data: bytes, name: bytes, bases: bytes, plus: bytes, after: int,
        base_lines: int, is_last: bool,
    ) -> tuple[bytes, int, int] | str | None:  # fmt: skip
        qualities: list[bytes] = []
        got = 0
        while got < len(bases) or (not qualities and not bases):
            line, after = next(lines, (b"", -1))
            if after < 0:
                return None
            if line.startswith(b"@") and got and got + len(line) > len(bases):
                break
            qualities.append(line)
            got += len(line)
        if got != len(bases):
            return self._blame("fastq-lengths-differ", lines=base_lines + 2, bases=len(bases), qualities=got)
        following = data[after : after + 1]
        if (following and following not in b"@\r\n") or (not following and not is_last):
            if not following:
                return None
            extra = data[after:].split(b"\n", 1)[0].rstrip(b"\r")
            return self._blame(
                "fastq-lengths-differ", lines=base_lines + 2, bases=len(bases), qualities=got + len(extra)
            )
        if base_lines > 1 or len(qualities) > 1:
            self._note("fastq-wrapped")
        record = b"\n".join((name, bases, plus, b"".join(qualities))) + b"\n"
        return record, after, 2 + base_lines + len(qualities)

    def _explain(self, data: bytes, error: int) -> None:
        """Says in words what the counting stopped at; ``data`` begins with the record."""
        lines = [line.rstrip(b"\r") for line in data.split(b"\n", 4)]
        if error == counting.BAD_BASE:
            codes = self.counts.codes
            found = next((chr(byte) for byte in lines[1] if codes[byte] == 255), "?")
            self._blame("fastq-base-invalid", lines=1, found=found if found.isprintable() else hex(ord(found)))
        elif error == counting.BAD_QUALITY:
            found = next((str(byte) for byte in lines[3] if not 33 <= byte <= 126), "?")
            self._blame("fastq-quality-invalid", lines=3, found=found)
        elif error == counting.PLUS_NAME_DIFFERS:
            self._blame("fastq-plus-name-differs", lines=2)
        else:
            self._blame("fastq-name-empty")

    def _blame(self, code: str, *, lines: int = 0, **facts: object) -> str:
        self.report.add(code, at=f"line {self._line + lines}", **facts)
        self.counts.error = self.counts.error or counting.NO_AT
        return code

    def _note(self, code: str) -> None:
        if code not in self._noted:
            self._noted.add(code)
            self.report.add(code, at=f"line {self._line}")


def _ends_without_bases(data: bytes) -> bool:
    """The last read is empty, as trimmers leave one behind: its qualities are the blank line that was stripped."""
    name, bases, plus = [b"", b"", *data[:-1].rsplit(b"\n", 3)][-3:]
    return name.startswith(b"@") and not bases.strip(b"\r") and plus.startswith(b"+")


def _lines(data: bytes, place: int) -> Iterator[tuple[bytes, int]]:
    """Each finished line without its end, and where the next one begins."""
    find: Callable[..., int] = data.find
    while (end := find(b"\n", place)) >= 0:
        yield data[place:end].rstrip(b"\r"), end + 1
        place = end + 1
