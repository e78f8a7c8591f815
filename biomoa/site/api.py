"""The HTTP API: one root, the routers of the rooms, and one way to tell that something cannot be done."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

import msgspec
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from ninja.openapi.docs import Swagger
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from biomoa.catalog.model import Text
from biomoa.exchange.api import router as exports
from biomoa.files.api import router as files
from biomoa.files.formupload import MOST_BYTES
from biomoa.files.problems import FileProblem
from biomoa.forms.problems import Problem
from biomoa.notices.api import router as notices
from biomoa.people.api import router as people
from biomoa.people.api_ledger import router as ledger
from biomoa.people.edge import actor_of, fault
from biomoa.people.middleware import route_of
from biomoa.people.rules import Invalid
from biomoa.people.services import note_refusal
from biomoa.records.api import router as records
from biomoa.records.api_curation import router as curation
from biomoa.records.api_forms import router as forms
from biomoa.records.api_human import router as human
from biomoa.records.api_quarantine import router as quarantine
from biomoa.records.api_records import router as released
from biomoa.records.api_trust import router as trust
from biomoa.records.refusals import Conflict, Refusal
from biomoa.search.api import router as search
from biomoa.site.errors import busy_fault, hear_out, is_database_away
from biomoa.site.openapi import Described

log = logging.getLogger(__name__)

DESCRIPTION = """
Everything that the pages of this station do. Send a personal token (account page) as `Authorization: Bearer bmo_...`;
without one the answers are those that anybody gets. What cannot be done is answered as `application/problem+json`
with the same problem objects that `biomoa check --json` prints. Texts come in Korean and English together; `detail`
follows `Accept-Language`. Lists take `page` (from 1) and `size`.

Uploads of any size use tus 1.0 at the `tus` address of a submission.
"""
# What was named in the body of a request, where "not found" would be read as the address.
ABSENT = {
    "group": Text(
        ko="그런 그룹이 없거나 볼 수 없습니다. 그룹 코드를 확인해 주세요.",
        en="There is no such group, or it is not yours. Check the code of the group.",
    ),
    "center": Text(
        ko="그런 데이터 센터가 없습니다. 센터 코드를 확인해 주세요.",
        en="There is no such data center. Check the code of the center.",
    ),
}
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Pages(Swagger):
    """The description as a page of the station: its scripts come from the station too."""

    template = "site/api_docs.html"


NUL_ESCAPE = b"\\u0000"  # the only way in which JSON can hold one


class Who(AuthBase):
    """A bearer token, or the session of a page; without either the actor is nobody, whom the policy table knows."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = "A personal token, made on the account page."

    def __call__(self, request: HttpRequest) -> Any:
        # A cookie alone must not change anything for another site's page. ActorMiddleware lets bearers of a token
        # pass: no browser sends one by itself.
        if check_csrf(request) is not None:
            raise HttpError(403, "csrf")
        return actor_of(request)


class Reader(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        """Raises DecodeError, also for text with a NUL: no page can send one, and PostgreSQL keeps none."""
        body = msgspec.json.decode(request.body)
        if NUL_ESCAPE in request.body and _has_nul(body):
            raise msgspec.DecodeError("text with a NUL character")
        return body


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(each) for key, each in value.items())
    return isinstance(value, list) and any(map(_has_nul, value))


class Writer(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> Any:  # noqa: ARG002
        return msgspec.json.encode(data, enc_hook=str)


def make_api(namespace: str = "api") -> NinjaAPI:
    """Puts the API together; called once, by the addresses of the site."""
    api = Described(
        title="BioMoa",
        version=version("biomoa"),
        description=DESCRIPTION,
        urls_namespace=namespace,
        docs=Pages(),
        auth=Who(),
        parser=Reader(),
        renderer=Writer(),
    )
    for tag, router in (
        ("submissions", records),
        ("submissions", human),
        ("curation", curation),
        ("records", released),
        ("records", trust),
        ("files", quarantine),
        ("files", files),
        ("forms", forms),
        ("search", search),
        ("exports", exports),
        ("people", people),
        ("people", notices),
        ("ledger", ledger),
    ):
        api.add_router("", router, tags=[tag])
    # The last of all: an address that is none is told like every other fault, not as a page.
    unknown = Router()
    unknown.api_operation(METHODS, "/{path:path}", include_in_schema=False)(_unknown)
    unknown.api_operation(METHODS, "/", include_in_schema=False)(_no_page)
    api.add_router("", unknown)
    _tell_faults(api)
    return api


def _unknown(request: HttpRequest, path: str) -> HttpResponse:  # noqa: ARG001
    return fault(404)


def _no_page(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return fault(404)


def _tell_faults(api: NinjaAPI) -> None:
    api.add_exception_handler(PermissionDenied, _denied)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(ValidationError, _unreadable)
    api.add_exception_handler(RequestDataTooBig, _too_big)
    api.add_exception_handler(FileProblem, lambda _, error: fault(error.status, problems=error.problems))
    api.add_exception_handler(Conflict, _conflict)
    api.add_exception_handler(Exception, _failed)
    for absent in (Http404, ObjectDoesNotExist):
        api.add_exception_handler(absent, lambda _request, error: fault(404, ABSENT.get(str(error))))
    for refusal in (Refusal, Invalid):
        api.add_exception_handler(refusal, lambda _request, error: fault(422, problems=error.problems))


def _denied(request: HttpRequest, _: Exception) -> HttpResponse:
    actor = actor_of(request)
    if actor.user_id is None:
        return fault(401)
    note_refusal(actor, str(request.method), route_of(request))
    return fault(403, _narrow(actor.scopes))


def _narrow(scopes: frozenset[str] | None) -> Text | None:
    if scopes is None:
        return None
    held = ", ".join(sorted(scopes)) or "-"
    return Text(
        ko=f"이 토큰의 권한 범위({held}) 또는 역할로는 할 수 없는 일입니다.",
        en=f"Neither the scopes of this token ({held}) nor your role permit this.",
    )


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.message == "csrf":
        if actor_of(request).user_id is None:  # a program that forgot its token, not a forged form
            return fault(401)
        said = Text(
            ko="CSRF 확인 값이 없습니다. 토큰을 쓰거나 X-CSRFToken 헤더를 보내 주세요.",
            en="The CSRF value is missing. Use a token, or send the header X-CSRFToken.",
        )
        return fault(403, said)
    if error.status_code == 400:
        said = Text(
            ko="요청 본문이 올바른 JSON이 아니거나 NUL 문자가 들어 있습니다.",
            en="The body of the request is not valid JSON, or holds a NUL character.",
        )
        return fault(400, said)
    return fault(error.status_code)


def _unreadable(_: HttpRequest, error: ValidationError) -> HttpResponse:
    problems = [_problem_of(each) for each in error.errors]
    return fault(422, problems=problems)


def _problem_of(error: Mapping[str, Any]) -> Problem:
    """pydantic's complaint as a problem; ``field`` is the path in the request: ``body.rows.0.alias``."""
    place = ".".join(str(part) for part in error.get("loc", ()) if part != "payload")
    said = str(error.get("msg", ""))
    message = Text(ko=f"요청의 {place} 값이 맞지 않습니다: {said}", en=f"{place} in the request is wrong: {said}")
    value = error.get("input")
    shown = None if value is None or isinstance(value, (dict, list)) else str(value)[:200]
    return Problem("request-invalid", "error", message, field=place, value=shown)


def _too_big(request: HttpRequest, _: Exception) -> HttpResponse:
    hear_out(request)
    if request.content_type == "multipart/form-data":
        most = MOST_BYTES // 1024**2
        return fault(
            413,
            Text(
                ko=f"한 번에 보내는 표 파일은 모두 {most} MiB까지이며, 먼저 로그인하거나 토큰을 보내야 합니다. 나누어 "
                "보내 주세요.",
                en=f"Sheets may have up to {most} MiB together, and need a sign-in or a token. Send them in parts.",
            ),
        )
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024**2
    return fault(
        413,
        Text(
            ko=f"요청 본문은 {most} MiB까지입니다. 행을 나누어 보내거나 표 파일을 올려 주세요.",
            en=f"The body may have up to {most} MiB. Send the rows in parts, or upload a sheet.",
        ),
    )


def _conflict(_: HttpRequest, error: Conflict) -> HttpResponse:
    now = error.current_revision
    said = Text(
        ko=f"읽은 뒤에 다른 사람이 바꾸었습니다. 지금 판은 {now}입니다.",
        en=f"Someone else changed it since it was read; it is at revision {now} now.",
    )
    return fault(409, said, current_revision=now)


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    if is_database_away(error):
        log.warning("%s %s: the database did not answer", request.method, route_of(request), exc_info=error)
        return busy_fault()
    log.error("%s %s failed", request.method, route_of(request), exc_info=error)
    return fault(500)


def operations(api: NinjaAPI) -> Iterable[tuple[str, str]]:
    """(method, path) of every operation of the document, as ``GET /submissions``."""
    for path, methods in api.get_openapi_schema(path_prefix="")["paths"].items():
        for method in methods:
            yield method.upper(), path


api = make_api()
