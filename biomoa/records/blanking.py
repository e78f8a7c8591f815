"""Words on what a curator blanked: whatever repeats it in a table is blanked too."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

import msgspec
from django.db.models import Q

from biomoa.jobs.models import Answer
from biomoa.records.models import (
    Certificate,
    Comment,
    HumanDataAnswer,
    Override,
    Record,
    ReviewLink,
    RowProblem,
    Submission,
    UmbrellaRequest,
)

REDACTED = "[redacted]"
SHORTEST = 4  # characters; a shorter value is not looked for within other texts
TEXTS = ("message_ko", "message_en", "value", "suggestion")


def blank_words(submissions: Collection[int], gone: Iterable[str]) -> None:
    """Problems, decisions, reasons, comments, titles, links, certificates and kept answers that repeat what is gone."""
    long = sorted((each for each in gone if len(each) >= SHORTEST), key=len, reverse=True)
    for text in long:
        mine = Q(submission_id__in=submissions)
        _replace(Comment.objects.filter(mine, text__contains=text), ("text",), text)
        _replace(RowProblem.objects.filter(mine, _any_contains(TEXTS, text)), TEXTS, text)
        _replace(Override.objects.filter(mine, _any_contains(("value", "reason"), text)), ("value", "reason"), text)
        _replace(HumanDataAnswer.objects.filter(mine, words__contains=text), ("words",), text)
        _replace(Submission.objects.filter(pk__in=submissions, title__contains=text), ("title",), text)
        _replace(Record.objects.filter(mine, reason__contains=text), ("reason",), text)
        _replace(ReviewLink.objects.filter(mine, name__contains=text), ("name",), text)
        asked = Q(umbrella__submission_id__in=submissions) | Q(project__submission_id__in=submissions)
        said = _any_contains(("message", "answer"), text)
        _replace(UmbrellaRequest.objects.filter(asked, said), ("message", "answer"), text)
        for made in Certificate.objects.filter(mine | Q(record__submission_id__in=submissions)):
            _blank_certificate(made, text)
        # An answer that is kept for a repeated command; without it the command is carried out again.
        Answer.objects.filter(Q(body__contains=text.encode()) | Q(body__contains=_escaped(text))).delete()


def _any_contains(columns: Iterable[str], text: str) -> Q:
    found = Q()
    for column in columns:
        found |= Q(**{f"{column}__contains": text})
    return found


def _replace(things: Any, columns: tuple[str, ...], text: str) -> None:
    for each in things:
        for column in columns:
            if text in (getattr(each, column) or ""):
                setattr(each, column, getattr(each, column).replace(text, REDACTED))
        each.save(update_fields=columns)


def _blank_certificate(made: Certificate, text: str) -> None:
    """Its check code then says that it is not what was issued, which is so."""
    said = msgspec.json.encode(made.facts).decode()
    if text in said:
        made.facts = msgspec.json.decode(said.replace(text, REDACTED).encode())
        made.save(update_fields=["facts"])


def _escaped(text: str) -> bytes:
    """As JSON with ASCII only writes it."""
    return json.dumps(text)[1:-1].encode()
