"""The page of what is held: the depositor's and the curator's decisions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from biomoa.files import queries
from biomoa.files.models import StoredFile
from biomoa.files.problems import FileProblem
from biomoa.files.rules import PERSON, QUARANTINE, place_said
from biomoa.people.edge import actor_of, language_of
from biomoa.people.rules import Actor
from biomoa.records.edge import tell
from biomoa.records.models import Submission
from biomoa.records.services_quarantine import settle

MOST_PLACES = 5


@login_required
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Context: ``held``, each with ``file``, ``code`` of its submission, ``findings`` in words, ``may`` commands."""
    actor = actor_of(request)
    files = queries.quarantined_for(actor)
    submissions = Submission.objects.filter(shelf_id__in={file.shelf_id for file in files})
    codes = {each.shelf_id: each.code for each in submissions}
    results = queries.latest_inspections([file.object_id for file in files])
    held = [
        {"file": file, "code": codes.get(file.shelf_id, ""), "may": _may(actor, file),
         "findings": _said(results[file.object_id].findings) if file.object_id in results else []}
        for file in files
    ]  # fmt: skip
    return render(request, "records/quarantine.html", {"held": held})


def _may(actor: Actor, file: StoredFile) -> list[str]:
    return [
        name for name, rule in QUARANTINE.items()
        if file.quarantine.state in rule.before and queries.may_quarantined(actor, rule.verb, file.shelf)
    ]  # fmt: skip


def _said(findings: list[dict[str, Any]]) -> list[str]:
    """Each sentence once, with its first places."""
    places: dict[str, list[str]] = {}
    for each in findings:
        if each["code"] == PERSON:
            known = places.setdefault(each["message"][language_of()], [])
            if each.get("at"):
                known.append(place_said(each["at"], language_of()))
    return [_with_places(sentence, list(dict.fromkeys(known))) for sentence, known in places.items()]


def _with_places(sentence: str, places: list[str]) -> str:
    if not places:
        return sentence
    more = "" if len(places) <= MOST_PLACES else " …"
    return f"{sentence} ({', '.join(places[:MOST_PLACES])}{more})"


@login_required
@require_POST
def decide(request: HttpRequest, file_id: int, command: str) -> HttpResponse:
    """hold, declare, clear, order, remove."""
    if command not in QUARANTINE:
        raise Http404
    try:
        others = settle(actor_of(request), file_id, command, request.POST.get("reason", ""))
    except FileProblem as problem:
        if problem.status == 404:
            raise Http404 from problem
        tell(request, problem.problems)
        return redirect("quarantine")
    messages.success(request, _done(command))
    if others:
        text = ngettext(
            "%(count)s other file has the same content; it is held too, and the content stays until it is removed.",
            "%(count)s other files have the same content; they are held too, and it stays until they are removed.",
            others,
        )
        messages.warning(request, text % {"count": others})
    return redirect("quarantine")


def _done(command: str) -> str:
    return {
        "hold": _("The file is in quarantine now. Nobody can download it."),
        "declare": _("Your declaration was sent to the curator. The file stays in quarantine until the decision."),
        "clear": _("The file was released from quarantine."),
        "order": _("The file was removed."),
        "remove": _("The file was removed."),
    }[command]
