"""TSV and JSON Lines with the form's own field names: export, edit, check, submit as a revision; nothing is lost."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from biomoa.exchange.bundle import Bundle, Export, Item
from biomoa.forms.model import Form

# A spreadsheet would run a cell that begins so (OWASP ASVS 5.0, 1.2.10), those of Korea and Japan also in full width;
# the apostrophe before it is the spreadsheet's own sign for text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\n", "\r", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_tsv(bundle: Bundle) -> dict[str, bytes]:
    """``<form>.tsv`` for each form: every field that any record fills, in the order of the form."""
    return {f"{form.form}.tsv": _tsv(form, items) for form, items in _by_form(bundle)}


def _tsv(form: Form, items: Sequence[Item]) -> bytes:
    columns = [field.name for field in form.fields if any(item.values.get(field.name) for item in items)]
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(columns)
    for item in items:
        writer.writerow([text_cell(item.values.get(name, "")) for name in columns])
    return text.getvalue().encode()


def text_cell(value: str) -> str:
    """What a spreadsheet takes for text, or for a number, and never for a formula."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")  # a lone CR ends a line for half of the readers
    # A text that has such an apostrophe of its own gets another, for one is taken off when the table is sent back.
    if not value.lstrip("'").startswith(FORMULA_STARTS) or _is_number(value):
        return value
    return "'" + value


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def write_jsonl(bundle: Bundle) -> dict[str, bytes]:
    """``<form>.jsonl`` for each form: one object a record."""
    return {
        f"{form.form}.jsonl": "".join(
            json.dumps({k: v for k, v in item.values.items() if v}, ensure_ascii=False) + "\n" for item in items
        ).encode()
        for form, items in _by_form(bundle)
    }


def _by_form(bundle: Bundle) -> list[tuple[Form, list[Item]]]:
    names = dict.fromkeys(item.form for item in bundle.items)
    return [(bundle.forms[name], [item for item in bundle.items if item.form == name]) for name in names]


EXPORTS = (
    Export("tsv", "text/tab-separated-values", "TSV", (), write_tsv),
    Export("jsonl", "application/x-ndjson", "JSON Lines", (), write_jsonl),
)
