"""Words that stay for good, in the ledger or in a thread: none identifies a person, none is without end."""

from __future__ import annotations

from collections.abc import Mapping

from biomoa.catalog.model import Text
from biomoa.forms.problems import Problem
from biomoa.qc.persons import KINDS, kind_in
from biomoa.records.problems import problem
from biomoa.records.refusals import Refusal

MOST_CHARACTERS = 10_000
MOST = {"title": 500, "name": 200, "message": 2_000, "answer": 2_000}  # characters of those that are kept shorter
LABELS: Mapping[str, Text] = {
    "reason": Text(ko="사유", en="Reason"),
    "text": Text(ko="메시지", en="Message"),
    "title": Text(ko="제목", en="Title"),
    "name": Text(ko="이름", en="Name"),
    "message": Text(ko="요청 내용", en="Request"),
    "answer": Text(ko="답변", en="Answer"),
    "form": Text(ko="등록양식", en="Form"),
    "field": Text(ko="항목", en="Field"),
    "value": Text(ko="고칠 값", en="Corrected value"),
}


def check(**texts: str) -> None:
    """Raises Refusal naming each text that is too long or seems to identify a person. None of it is repeated."""
    if told := [_too_long(name, len(text.strip())) for name, text in texts.items() if len(text.strip()) > _most(name)]:
        raise Refusal(told)
    if told := [_told(name, kind) for name, text in texts.items() if text and (kind := kind_in(text))]:
        raise Refusal(told)


def _most(name: str) -> int:
    return MOST.get(name, MOST_CHARACTERS)


def _too_long(name: str, count: int) -> Problem:
    label = LABELS[name]
    facts = {"label_ko": label.ko, "label_en": label.en, "count": count, "most": _most(name)}
    return problem("text-too-long", field=name, **facts)


def _told(name: str, kind: str) -> Problem:
    label, said = LABELS[name], KINDS[kind]
    facts = {"label_ko": label.ko, "label_en": label.en, "kind_ko": said.ko, "kind_en": said.en}
    return problem("text-names-person", field=name, **facts)
