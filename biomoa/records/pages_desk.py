"""The curator's desk: the queue, and one submission with its records, problems and thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from biomoa.files import queries as file_queries
from biomoa.people.edge import actor_of, language_of, number_in, page_number
from biomoa.people.models import User
from biomoa.people.rules import Actor
from biomoa.records import access, human, human_cases, queries, rules, rules_human, services_curation, services_human
from biomoa.records.edge import back_to, command, get_submission
from biomoa.records.embargo import opening_of
from biomoa.records.library import library
from biomoa.records.models import Submission
from biomoa.records.pages_human import said_history

ROWS_A_PAGE = 50
WAITING = ("submitted", "in-review", "returned")
Counts = Mapping[str, Mapping[str, int]]  # form -> severity -> open problems


def _curator(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not actor.has_desk:
        raise PermissionDenied
    return actor


@login_required
@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Context: ``page`` (SubmissionPage, oldest waiting first), ``filters`` chosen, ``states``, ``counts`` by state,

    ``cases`` of human data in drafts.
    """
    actor = _curator(request)
    asked = {name: request.GET.get(name, "") for name in ("state", "assigned", "q")}
    state = asked["state"] if asked["state"] in rules.STATES else ""
    assigned: Literal["me", "nobody", ""] = (
        "me" if asked["assigned"] == "me" else "nobody" if asked["assigned"] == "nobody" else ""
    )
    page = queries.desk(
        actor, state=state or None, assigned=assigned, text=asked["q"].strip(), page=page_number(request)
    )
    context = {
        "page": page,
        "filters": {**asked, "state": state},
        "states": {name: rules.STATES[name] for name in (*WAITING, "accepted", "released")},
        "counts": queries.desk_counts(actor),
        "cases": human_cases.cases_for(actor) if not any(asked.values()) else [],
    }
    return render(request, "records/desk.html", context)


@login_required
@never_cache
@require_safe
def case(request: HttpRequest, code: str) -> HttpResponse:
    """Context: ``submission``, ``groups`` of problems, ``form`` shown with ``page`` of rows, ``thread``, ``may``,

    ``about``: what a message is to be about, ``colleagues`` who could be in charge. Opens on the first form with
    errors, else on the first with warnings.
    """
    _curator(request)
    found = get_submission(request, code)
    forms = [name for name in rules.ordered_forms(_forms()) if found.row_counts.get(name)]
    counts, asked = queries.problem_counts(found.pk), request.GET.get("form", "")
    shown = asked if asked in forms else _first_to_look_at(forms, counts)
    return render(request, "records/case.html", _case(request, found, forms, shown, counts))


def _first_to_look_at(forms: list[str], counts: Counts) -> str:
    in_order = (name for severity in ("error", "warning") for name in forms if counts.get(name, {}).get(severity))
    return next(in_order, forms[0] if forms else "")


def _forms() -> dict[str, Any]:
    return dict(library().forms)


def _case(request: HttpRequest, found: Submission, forms: list[str], shown: str, counts: Counts) -> dict[str, Any]:
    actor = actor_of(request)
    only = request.GET.get("only") == "problems"
    page = (
        queries.rows(found.pk, shown, page=page_number(request), size=ROWS_A_PAGE, only_problems=only)
        if shown
        else None
    )
    used = {name for row in page.rows for name, value in row.merged.items() if value} if page else set()
    blamed = {view.problem.field for row in page.rows for view in row.problems} if page else set()
    return {
        "submission": found,
        "crumbs": [(_("Curation desk"), "/desk/")],
        "state_label": rules.STATES[found.state],
        "opening": opening_of(found),
        "groups": queries.problem_groups(found.pk),
        "forms": [
            {"form": _forms()[name], "rows": found.row_counts[name], "counts": counts.get(name, {})} for name in forms
        ],
        "form": _forms().get(shown),
        "columns": [f for f in _forms()[shown].fields if f.name in used or f.name in blamed] if shown else [],
        "page": page,
        "only_problems": only,
        "is_desk": True,
        "about": {name: request.GET.get(name, "") for name in ("form", "row", "field")},
        "files": file_queries.files_of_shelf(found.shelf_id, actor=actor),
        "thread": queries.thread(found, language_of()),
        "expected": queries.expected_days(found.center_id),
        "may": queries.may_now(actor, found),
        "colleagues": _colleagues(actor, found),
        "history": said_history(human.find_navigator(), human.history(found)),
    }


@login_required
@require_POST
@command
def decide(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """take, assign, return, accept, override, curate, comment."""
    actor, found, said = _curator(request), get_submission(request, code), request.POST
    reason = said.get("reason", "").strip()
    if verb == "take":
        services_curation.take(actor, found.pk)
        messages.success(request, _("You are now in charge of this submission."))
    elif verb == "assign":
        taken = services_curation.assign(actor, found.pk, _number(said.get("user")))
        messages.success(request, _assigned(actor, taken))
    elif verb == "return":
        services_curation.return_(actor, found.pk, reason)
        messages.success(request, _("Returned to the depositor with your reasons."))
    elif verb == "accept":
        receipt = services_curation.accept(actor, found.pk)
        messages.success(request, _("Accepted: %s accessions.") % len(receipt.accessions))
    elif verb == "override":
        services_curation.override(actor, _number(said.get("problem")), reason)
        messages.success(request, _("The problem is overridden with your reason."))
    elif verb == "curate":
        services_curation.curate_field(
            actor, _number(said.get("row")), said.get("field", ""), said.get("value", ""), reason
        )
        messages.success(request, _("The field is corrected; what the depositor wrote stays beside it."))
    elif verb == "comment":
        position = _number(said["position"]) if said.get("position") else None
        services_curation.comment(
            actor,
            found.pk,
            said.get("text", ""),
            form=said.get("form", ""),
            position=position,
            field=said.get("field", ""),
        )
        messages.success(request, _("Your message is sent."))
    else:
        raise Http404
    return redirect(back_to(request, code))


def _assigned(actor: Actor, found: Submission) -> str:
    if found.assigned_to_id == actor.user_id or found.assigned_to is None:
        return _("You are now in charge of this submission.")
    return _("%s is in charge now and is told of it.") % found.assigned_to.name(language_of())


def _colleagues(actor: Actor, found: Submission) -> list[User]:
    """Who else could be in charge."""
    if not queries.may_now(actor, found)["assign"]:
        return []
    return [user for user in queries.curators_for(actor, found) if user.pk != found.assigned_to_id]


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@command
def human_data(request: HttpRequest, code: str) -> HttpResponse:
    """Context: ``case`` (human_cases.Case), ``history``, ``choices`` of a decision, ``may_decide``, ``may_read``.

    Of a draft this is all that a curator sees.
    """
    actor = _curator(request)
    if request.method == "POST":
        on, said = request.POST.get("on", ""), request.POST
        case = human_cases.get_case(actor, code)
        number = number_in(on)
        services_human.decide(actor, case.submission.pk, said.get("outcome", ""), said.get("reason", ""), on=number)
        messages.success(request, _("Your decision was kept, and its group was told."))
        return redirect("human_case", code=code)
    case, navigator = human_cases.get_case(actor, code), human.find_navigator()
    context = {
        "case": case,
        "submission": case.submission,
        "history": said_history(navigator, human.history(case.submission)),
        "choices": rules_human.choices(navigator) if navigator else (),
        "may_decide": case.allows(actor, "decide") and case.submission.state in rules.EDITABLE,
        "may_read": access.may_on(actor, "read", case.submission),
    }
    return render(request, "records/human_case.html", context)


def _number(text: str | None) -> int:
    number = number_in(text or "")
    if number is None:
        raise Http404
    return number
