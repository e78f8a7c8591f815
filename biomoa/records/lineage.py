"""From the project to the data: the stages that a record stands in, to be drawn side by side."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from biomoa.records.answers import LinkView, RecordView


class Stage(msgspec.Struct, frozen=True):
    """Records of one form: the first of ``count``, which is a lower bound when capped; here: the record itself."""

    form: str
    count: int
    first: tuple[LinkView, ...]
    is_capped: bool = False
    is_here: bool = False


def lineage_of(record: RecordView) -> list[Stage]:
    """What the record stands on, itself, what hangs on it; nothing for a record that stands alone."""
    here = LinkView(record.accession, record.form, record.title, "", record.title_ko)
    above = _by_form({link.accession: link for link in (*record.above, *record.up)}.values())
    below = [Stage(each.form, each.count, each.first, each.is_capped) for each in record.down]
    return [*above, Stage(record.form, 1, (here,), is_here=True), *below] if above or below else []


def _by_form(links: Iterable[LinkView]) -> list[Stage]:
    forms: dict[str, list[LinkView]] = {}
    for link in links:
        forms.setdefault(link.form, []).append(link)
    return [Stage(form, len(members), tuple(members)) for form, members in forms.items()]
