"""API: the same search as the page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from biomoa.catalog.model import Text
from biomoa.forms.problems import Problem
from biomoa.people.edge import Fault, language_of, plain, schema
from biomoa.people.rules import Invalid
from biomoa.records.library import library
from biomoa.search import services, today
from biomoa.search.filters import filters_of

router = Router()
SORTS = ("relevance", "newest", "title", "accession")


class Asked(Schema):
    q: str = Field("", examples=["gut microbiome"], max_length=500)
    type: list[str] = Field([], examples=[["project"]])
    filter: list[str] = Field([], description="field:value, many", examples=[["organism:Homo sapiens"]])
    sort: str = Field("relevance", pattern=f"^({'|'.join(SORTS)})$")
    page: int = Field(1, ge=1, le=10_000)
    size: int = Field(20, ge=1, le=100)


@router.get("/search", response={200: schema(services.Results), 422: Fault}, summary="Search public records")
def search(request: HttpRequest, asked: Query[Asked]) -> Any:
    """An empty query lists all. `facets` are counts by filter."""
    results = today.search(
        asked.q, types=tuple(asked.type), filters=_filters(asked.filter), sort=asked.sort, page=asked.page,
        size=asked.size, language=language_of(request),
    )  # fmt: skip
    return plain(results)


@router.get("/suggest", response=list[str], summary="Completions of a word")
def suggest(request: HttpRequest, q: str = "") -> Any:  # noqa: ARG001
    return [str(each) for each in services.suggest(q[:100])]


def _filters(asked: list[str]) -> dict[str, list[str]]:
    """Raises Invalid."""
    chosen: dict[str, list[str]] = {}
    known = filters_of(library())
    for each in asked:
        field, _, value = each.partition(":")
        if field not in known or not value:
            raise Invalid([_unknown(each, ", ".join(known))])
        chosen.setdefault(field, []).append(value)
    return chosen


def _unknown(asked: str, names: str) -> Problem:
    """All records are no answer to a misspelt filter."""
    said = Text(
        ko=f"‘{asked}’ 거르기는 없습니다. ‘항목:값’으로 적어 주세요. 쓸 수 있는 항목: {names}.",
        en=f"There is no filter ‘{asked}’. Write field:value; the fields are: {names}.",
    )
    return Problem("filter-unknown", "error", said, field="filter", value=asked)
