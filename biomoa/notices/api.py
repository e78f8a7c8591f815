"""API: my notices."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from biomoa.notices import queries, services
from biomoa.people.edge import MOST_PAGE, BodyIn, Fault, Key, actor_of, language_of, plain, schema

router = Router()
NEEDS = {401: Fault, 403: Fault}
MOST_A_PAGE = 100
NoticesOut = schema(queries.NoticePage, "NoticesOut")


class ReadIn(BodyIn):
    """Either some notices or all of them."""

    ids: list[Key] | None = Field(None, max_length=1_000, description="null: all", examples=[[12, 15]])


class ReadOut(Schema):
    marked: int = Field(description="how many were unread until now")
    unread: int


@router.get("/notices", response={200: NoticesOut, 422: Fault, **NEEDS}, summary="My notices, the newest first")
def list_notices(
    request: HttpRequest,
    unread: bool = False,
    page: int = Query(1, ge=1, le=MOST_PAGE),  # type: ignore[type-arg]
    size: int = Query(queries.PAGE, ge=1, le=MOST_A_PAGE),  # type: ignore[type-arg]
) -> Any:
    """Texts are in the language of `Accept-Language`; `url` is from the root of the station."""
    language = language_of()
    return plain(queries.list_notices(actor_of(request), language=language, unread_only=unread, page=page, size=size))


@router.post("/notices/read", response={200: ReadOut, 422: Fault, **NEEDS}, summary="Mark my notices as read")
def mark_read(request: HttpRequest, payload: ReadIn) -> Any:
    actor = actor_of(request)
    marked = services.mark_read(actor, payload.ids)
    return ReadOut(marked=marked, unread=queries.own(actor).filter(read_at=None).count())
