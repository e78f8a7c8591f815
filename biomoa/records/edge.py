"""What the pages of this room share: who asks, which submission, and how a refusal is told on a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TypeVar

import msgspec
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from biomoa.catalog.model import Text
from biomoa.forms.problems import Problem
from biomoa.forms.rules import RULE_TEXTS
from biomoa.people.edge import actor_of, language_of, number_in
from biomoa.records import queries
from biomoa.records.library import library
from biomoa.records.models import Submission
from biomoa.records.refusals import Conflict, NotFound, Refusal
from biomoa.records.reviewing import network_of


class Typed(msgspec.Struct, frozen=True):
    """What was typed into a field, and what stands there ``now``."""

    label: str
    value: str
    now: str = ""


Answer = TypeVar("Answer", bound=HttpResponseBase)
View = Callable[..., HttpResponse]


def get_submission(request: HttpRequest, code: str) -> Submission:
    """The submission of that temporary number; raises NotFound for another's as for none."""
    return queries.get_submission(actor_of(request), code)


def tell(request: HttpRequest, problems: Sequence[Problem]) -> None:
    """Puts problems above the next page."""
    for problem in problems:
        level = messages.ERROR if problem.severity == "error" else messages.WARNING
        messages.add_message(request, level, problem.message.in_(language_of()))


WORDS = ("reason", "text", "exception_reason", "value")  # what a person writes beside a command
MOST_TOLD = 5  # problems of one code and sheet above a page; the rest are counted


def tell_sheets(request: HttpRequest, problems: Sequence[Problem]) -> None:
    """The same for problems of sheets that were read: each with its sheet and row, many of one kind as a number."""
    kinds: dict[tuple[str, str | None], list[Problem]] = {}
    for problem in problems:
        kinds.setdefault((problem.code, problem.sheet), []).append(problem)
    for found in kinds.values():
        tell(request, [_placed(each) for each in found[:MOST_TOLD]])
        if len(found) > MOST_TOLD:
            tell(request, [_more(found[0], len(found) - MOST_TOLD)])


def _placed(problem: Problem) -> Problem:
    """The sentence begins with the sheet and the row, where it does not say them itself."""
    sheet = "" if not problem.sheet or f"‘{problem.sheet}’" in problem.message.ko else problem.sheet
    ko = " ".join([*([f"시트 ‘{sheet}’"] if sheet else []), *([f"{problem.row}행"] if problem.row else [])])
    en = " ".join([*([f"Sheet ‘{sheet}’"] if sheet else []), *([f"row {problem.row}"] if problem.row else [])])
    if not en:
        return problem
    message = Text(f"{ko} - {problem.message.ko}", f"{en[0].upper()}{en[1:]} - {problem.message.en}")
    return msgspec.structs.replace(problem, message=message)


def _more(like: Problem, count: int) -> Problem:
    rule = RULE_TEXTS.get(like.code)
    meaning = rule.meaning if rule else like.message
    message = Text(f"같은 문제가 {count:,}건 더 있습니다: {meaning.ko}", f"{count:,} more of this kind: {meaning.en}")
    return _placed(msgspec.structs.replace(like, row=None, message=message))


def command(view: View) -> View:
    """A POST that gives a command: a refusal is told on the page it came from, a conflict with a page of its own.

    So is the refusal of a row or of words, and what is no longer there: the page that it came from cannot show what was
    typed.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, code: str, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, code, *args, **kwargs)
        except Refusal as refusal:
            if _is_of_row(request) or _has_words(request):
                return _not_taken(request, code, "refused", 409, problems=refusal.problems)
            tell(request, refusal.problems)
            return redirect(back_to(request, code))
        except Conflict:
            return _not_taken(request, code, "changed", 409)
        except NotFound:
            if request.method != "POST":
                raise
            return _not_taken(request, code, "gone", 404)

    return wrapped


def _is_of_row(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.url_name in ("row", "new_row")


def _has_words(request: HttpRequest) -> bool:
    return any(request.POST.get(name, "").strip() for name in WORDS)


def _not_taken(request: HttpRequest, code: str, why: str, status: int, **more: object) -> HttpResponse:
    """Why it was not saved, the way on, and what was typed."""
    place = request.resolver_match.kwargs if request.resolver_match else {}
    form, found = place.get("form", ""), _find_submission(request, code)
    if found is None:
        way = "/desk/" if request.path.startswith("/desk/") else "/submissions/"
    elif _is_of_row(request):
        way = request.path if why == "changed" else f"/submissions/{code}/{form}/"
    else:
        way = back_to(request, code)
    now = queries.find_values(found.pk, form, place["position"]) if found and "position" in place else {}
    typed = [each for each in _typed(request, form, now) if why != "changed" or not now or each.value != each.now]
    context = {"why": why, "way": way, "typed": typed, **more}
    return render(request, "records/conflict.html", context, status=status)


def back_to(request: HttpRequest, code: str) -> str:
    """The page of the submission that the command came from: its own ``next``, the desk, or the overview."""
    wanted = request.POST.get("next", "")
    if wanted.startswith((f"/submissions/{code}/", f"/desk/{code}/")):
        return wanted
    return f"/desk/{code}/" if request.path.startswith("/desk/") else f"/submissions/{code}/"


def _find_submission(request: HttpRequest, code: str) -> Submission | None:
    try:
        return get_submission(request, code)
    except NotFound:
        return None


def _typed(request: HttpRequest, form: str, now: Mapping[str, str]) -> list[Typed]:
    """What was typed, so that it can be copied from the page that tells it was not taken."""
    hidden = (
        "csrfmiddlewaretoken", "revision", "seen", "next", "leave", "form", "position", "field", "row", "problem", "on",
        "outcome", "once", "pressed",
    )  # fmt: skip
    known = library().form(form).fields if form in library().forms else ()
    labels = {field.name: field.label.in_(language_of()) for field in known} or {
        "title": _("Working title"), "release_on": _("Release date"), "reason": _("Reason"), "text": _("Message"),
        "value": _("Corrected value"), "exception_reason": _("Why the data is right as it is"),
    }  # fmt: skip
    posted = ((name, ";".join(filter(None, request.POST.getlist(name)))) for name in request.POST if name not in hidden)
    return [Typed(labels.get(name, name), said, now.get(name, "")) for name, said in posted if said.strip()]


def caller_network(request: HttpRequest) -> str:
    """The network that a reader calls from, as much of it as may be kept; behind a proxy, what the proxy tells."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    proxies = settings.BIOMOA_HOME.station.security.trusted_proxies
    is_told = 0 < proxies <= len(hops)
    return network_of(hops[-proxies] if is_told else request.META.get("REMOTE_ADDR", ""))


# What is behind an address that must not be guessed is kept by nobody on the way and told to nobody else.
SECRECY = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def kept_secret(response: Answer, names: Sequence[str] = tuple(SECRECY)) -> Answer:
    """The same answer with those headers of ``SECRECY``."""
    for name in names:
        response[name] = SECRECY[name]
    return response


def posted_revision(request: HttpRequest) -> int | None:
    """The revision that the form was made from."""
    return number_in(request.POST.get("revision", ""))
