"""Where the rows of a form stand: in a sheet, or in several of a file that count as one."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import polars as pl

from biomoa.catalog.model import Text
from biomoa.forms.beside import letters


class Part(msgspec.Struct, frozen=True):
    """A sheet of a file. ``first_line`` is the line of its row 1 (from 1); the column, where it was turned.

    0: its rows are the values of one JSON list, which are counted.
    """

    name: str
    height: int
    first_line: int
    is_turned: bool = False

    def line(self, row: int) -> Text:
        """Where the file has the row (from 1): ``line 12``, or ``column C``."""
        if not self.first_line:
            return Text(ko=f"{row}번째 값", en=f"value {row}")
        at = self.first_line + row - 1
        if self.is_turned:
            return Text(ko=f"{letters(at - 1)}열", en=f"column {letters(at - 1)}")
        return Text(ko=f"{at}번째 줄", en=f"line {at}")


class Placed(msgspec.Struct, frozen=True):
    """A sheet of a form as given, with its clean values. ``rows`` are the row numbers when they are not 1..n.

    ``parts`` are the sheets of the file that it was read from, in order.
    """

    form: str
    sheet: str | None
    clean: pl.DataFrame
    rows: Sequence[int] | None = None
    parts: Sequence[Part] = ()

    def row(self, index: int) -> int:
        return index + 1 if self.rows is None else self.rows[index]

    def spoken(self, index: int, *, with_sheet: bool = False) -> Text:
        """The row for a sentence about another one, with its line in the file and, of several, its sheet."""
        row, sheet = self.row(index), (self.sheet if with_sheet else None) or ""
        ko = en = ""
        for part in self.parts:
            if row <= part.height:
                line = part.line(row)
                ko, en = f"({line.ko})", f" ({line.en})"
                sheet = part.name if len(self.parts) > 1 else sheet
                break
            row -= part.height
        if sheet:
            return Text(ko=f"‘{sheet}’ 시트 {row}행{ko}", en=f"row {row} of sheet ‘{sheet}’{en}")
        return Text(ko=f"{row}행{ko}", en=f"row {row}{en}")
