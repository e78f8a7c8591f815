"""The texts in the optional fields of a BAM record (SAMv1 4.2.4): what a person may have written there."""

from __future__ import annotations

from collections.abc import Iterator

from biomoa.qc.persons.lines import TECHNICAL_TAGS

LONGEST_TEXT = 4096
_SIZES = {"A": 1, "c": 1, "C": 1, "s": 2, "S": 2, "i": 4, "I": 4, "f": 4}
_SIZE_OF = {ord(kind): size for kind, size in _SIZES.items()}
_ARRAY, _TEXT, _HEX = b"BZH"


def tag_texts(buffer: bytes | bytearray, start: int) -> Iterator[bytes]:
    """Those of the record at ``start``, as SAM writes them; ends where a field cannot be read."""

    def number(at: int, size: int) -> int:
        return int.from_bytes(buffer[at : at + size], "little")

    end, bases = min(start + 4 + number(start, 4), len(buffer)), number(start + 20, 4)
    at = start + 36 + buffer[start + 12] + 4 * number(start + 16, 2) + (bases + 1) // 2 + bases
    while at + 3 < end:
        tag, kind = bytes(buffer[at : at + 2]), buffer[at + 2]
        at += 3
        if kind in (_TEXT, _HEX):
            stop = buffer.find(b"\0", at, end)
            if stop < 0:
                return
            if kind == _TEXT and tag not in TECHNICAL_TAGS:
                yield tag + b":Z:" + bytes(buffer[at : min(stop, at + LONGEST_TEXT)])
            at = stop + 1
        elif kind == _ARRAY:
            at += 5 + _SIZE_OF.get(buffer[at], 1) * number(at + 1, 4)
        elif kind in _SIZE_OF:
            at += _SIZE_OF[kind]
        else:
            return
