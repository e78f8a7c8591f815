"""The fields of the index."""

from __future__ import annotations

import functools
from typing import Any

import tantivy

VERSION = 4  # of fields, analysis, what is shown, how it is written; another one makes every station rebuild its index
TITLE_ORDER = {"ko": "title_order_ko", "en": "title_order"}  # by the title that a reader of the language sees
RAW: dict[str, Any] = {"tokenizer_name": "raw", "index_option": "basic"}


@functools.cache
def make_schema() -> Any:
    """``filters`` is JSON, so that the forms of a catalogue add filters without a new schema.

    kind: ``record``, or ``position`` for the one document that says how far the ledger was followed; it is written
    in the same commit as the records, so that the two cannot disagree.
    """
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("kind", **RAW)
    builder.add_text_field("accession", stored=True, fast=True, **RAW)
    builder.add_text_field("type", fast=True, **RAW)
    for order in TITLE_ORDER.values():
        builder.add_text_field(order, fast=True, **RAW)
    builder.add_text_field("title", tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("lexicon", **RAW)
    builder.add_json_field("filters", fast=True, **RAW)
    builder.add_integer_field("released", fast=True, indexed=True)
    builder.add_integer_field("seq", stored=True)
    builder.add_bytes_field("shown", stored=True)
    return builder.build()
