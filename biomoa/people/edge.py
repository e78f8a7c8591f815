"""What pages and API of every room share: who asks, in which language, how a problem is told."""

from __future__ import annotations

import functools
import json
import operator
from collections.abc import Callable, Sequence
from datetime import date, datetime
from types import UnionType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field, create_model

from biomoa.catalog.model import Text
from biomoa.forms.problems import Problem
from biomoa.people.rules import NOBODY, Actor
from biomoa.qc.persons.detector import kind_in

# Keys of a table and the places of rows: no database takes greater numbers.
Key = Annotated[int, Field(ge=0, lt=2**63)]
Position = Annotated[int, Field(ge=0, lt=2**31)]
MOST_PAGE = 1_000_000
PROBLEM_JSON = "application/problem+json"
PROBLEMS_SHOWN = 1_000
WITHHELD = Text(
    ko="보내신 내용에 개인을 알아볼 수 있는 정보가 있는 것 같아 되풀이하지 않습니다. 그 내용을 빼고 다시 보내 주세요.",
    en="What was sent seems to identify a person and is not repeated. Send it again without that.",
)

TITLES = {
    400: Text(ko="요청을 읽을 수 없습니다", en="The request cannot be read"),
    401: Text(ko="로그인이 필요합니다", en="Sign-in needed"),
    403: Text(ko="권한이 없습니다", en="Not permitted"),
    404: Text(ko="찾을 수 없습니다", en="Not found"),
    405: Text(ko="지원하지 않는 방식입니다", en="Method not allowed"),
    409: Text(ko="다른 변경과 부딪혔습니다", en="In conflict with another change"),
    411: Text(ko="길이를 밝혀야 합니다", en="The length is needed"),
    412: Text(ko="읽은 뒤에 바뀌었습니다", en="Changed since it was read"),
    413: Text(ko="너무 큽니다", en="Too large"),
    415: Text(ko="지원하지 않는 형식입니다", en="Unsupported format"),
    422: Text(ko="입력한 내용에 문제가 있습니다", en="There are problems in what was sent"),
    429: Text(ko="요청이 너무 많습니다", en="Too many requests"),
    500: Text(ko="서버에 문제가 생겼습니다", en="The server failed"),
    503: Text(ko="잠시 응답할 수 없습니다", en="Not available for a moment"),
    507: Text(ko="저장 공간이 부족합니다", en="No space is left"),
}


def _face(kind: Any) -> Any:
    """A type of a struct's field as pydantic wants it: structs become their schemas, at any depth."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return schema(kind)
    if parts := get_args(kind):
        if get_origin(kind) is Literal:
            return kind
        faces = tuple(_face(part) for part in parts)
        if isinstance(kind, UnionType):
            return functools.reduce(operator.or_, faces)
        return get_origin(kind)[faces]
    return kind


@functools.cache
def schema(struct: type[msgspec.Struct], name: str = "") -> type[Schema]:
    """The OpenAPI face of a struct, so that what a service answers is described once."""
    hints = get_type_hints(struct)
    fields: dict[str, Any] = {}
    for field in msgspec.structs.fields(struct):
        default = ... if field.required else _default(field)
        fields[field.name] = (_face(hints[field.name]), default)
    doc = (struct.__doc__ or "").split("\n")[0]
    return create_model(name or struct.__name__, __base__=Schema, __doc__=doc, **fields)


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default_factory() if field.default is msgspec.NODEFAULT else field.default


def plain(answer: Any) -> Any:
    """A struct (or a list or dictionary with structs) as JSON values; dates stay dates for the schema."""
    return msgspec.to_builtins(answer, builtin_types=(datetime, date))


ProblemOut = schema(Problem, "Problem")
TextOut = schema(Text)


class BodyIn(BaseModel):
    """What a program sends. A name that is not known is told instead of being passed over."""

    model_config = ConfigDict(extra="forbid")


class Fault(Schema):
    """application/problem+json (RFC 9457), with the problems of the house in ``problems``."""

    type: str = Field(examples=["about:blank"])
    title: TextOut  # type: ignore[valid-type]
    status: int = Field(examples=[422])
    detail: str
    problems: list[ProblemOut] = []  # type: ignore[valid-type]
    current_revision: int | None = Field(None, description="409: the revision of the submission now")


def actor_of(request: HttpRequest) -> Actor:
    """Who asks, as ActorMiddleware found out; nobody for what was answered before it, as an early error."""
    find: Callable[[], Actor] = getattr(request, "find_actor", lambda: NOBODY)
    return find()


def language_of(_: HttpRequest | None = None) -> str:
    """``ko`` or ``en``: what the reader chose."""
    return "en" if (get_language() or "ko").startswith("en") else "ko"


def speak(response: HttpResponse, language: str) -> None:
    """The station answers in this language from now on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


def number_in(text: str, most: int = 2**63 - 1) -> int | None:
    """The whole number that was sent as text; None for every other text, however long, and for one above ``most``."""
    is_number = text.isdecimal() and len(text) <= len(str(most))
    return int(text) if is_number and int(text) <= most else None


def page_number(request: HttpRequest) -> int:
    """``?page=``; 1 for anything that is no page."""
    return number_in(request.GET.get("page", ""), MOST_PAGE) or 1


def asks_for_json(request: HttpRequest) -> bool:
    """API paths always; elsewhere only who says so."""
    return request.path.startswith("/api/") or "json" in request.headers.get("Accept", "")


def told(problem: Problem) -> dict[str, Any]:
    """A problem as JSON values."""
    answer: dict[str, Any] = msgspec.to_builtins(problem)
    return answer


def without_persons(problem: Problem) -> Problem:
    """The problem of a request as it may be answered: what was sent and identifies a person is not repeated."""
    texts = (problem.value, problem.suggestion, problem.field, problem.file)
    said = f"{problem.message.ko}\n{problem.message.en}"
    if not kind_in("\n".join((said, *(text for text in texts if text)))):
        return problem
    value, suggestion, field, file = (None if text and kind_in(text) else text for text in texts)
    message = WITHHELD if kind_in(said) else problem.message
    return msgspec.structs.replace(problem, message=message, value=value, suggestion=suggestion, field=field, file=file)


def fault(status: int, detail: Text | None = None, problems: Sequence[Problem] = (), **more: Any) -> HttpResponse:
    """The answer of an edge that cannot do what was asked."""
    title = TITLES.get(status, Text(ko="요청을 처리할 수 없습니다", en="The request cannot be fulfilled"))
    problems = [without_persons(problem) for problem in problems[:PROBLEMS_SHOWN]]
    said = detail or (problems[0].message if problems else title)
    body = {
        "type": "about:blank",
        "title": msgspec.to_builtins(title),
        "status": status,
        "detail": said.in_(language_of()),
        "problems": [told(problem) for problem in problems],
        **more,
    }
    response = HttpResponse(json.dumps(body, ensure_ascii=False).encode(), status=status, content_type=PROBLEM_JSON)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="biomoa"'
    return response
