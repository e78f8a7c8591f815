"""Deposit pages: list, new, overview, rows, one row, sheets, review, commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import partial
from secrets import token_urlsafe
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from biomoa.files import queries as file_queries
from biomoa.forms.model import Form
from biomoa.forms.problems import Problem
from biomoa.people import queries as people_queries
from biomoa.people.edge import actor_of, language_of, page_number
from biomoa.people.models import Organisation
from biomoa.records import human, queries, rules, services
from biomoa.records.answers import ReleaseOutcome, Step
from biomoa.records.certificates import certificates_of
from biomoa.records.checking import is_checked
from biomoa.records.coupling import release_together
from biomoa.records.edge import back_to, command, get_submission, posted_revision, tell, tell_sheets
from biomoa.records.editor import sections_of, typed_values
from biomoa.records.embargo import embargo_of, opening_of
from biomoa.records.library import library
from biomoa.records.models import Submission
from biomoa.records.problems import problem
from biomoa.records.progress import stages
from biomoa.records.receipts import receipt_of
from biomoa.records.refusals import Refusal
from biomoa.records.services_curation import comment
from biomoa.records.services_release import (
    embargo_limits,
    extend_embargo,
    release,
    set_release_date,
    what_blocks_release,
)
from biomoa.records.sheets import kept

ROWS_A_PAGE = 50


@login_required
@never_cache
@require_safe
def submissions(request: HttpRequest) -> HttpResponse:
    """Context: ``page`` (SubmissionPage), ``states``, ``state`` chosen, ``query``."""
    state = request.GET.get("state", "")
    query = request.GET.get("q", "").strip()
    page = queries.submissions_of(
        actor_of(request), state=state if state in rules.STATES else None, text=query, page=page_number(request)
    )
    return render(
        request, "records/submissions.html", {"page": page, "states": rules.STATES, "state": state, "query": query}
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Context: ``groups`` in which the reader may deposit, ``centers``, ``forms``, ``typed``, ``human_is_open``."""
    actor = actor_of(request)
    groups = people_queries.groups_to_deposit(actor)
    typed = request.POST.dict() if request.method == "POST" else {}
    asks_human = human.find_navigator() is not None
    human_is_open = request.method == "POST" and asks_human and typed.get("is_human") not in ("yes", "no")
    if request.method == "POST":
        chosen = next((group for group in groups if str(group.pk) == typed.get("owner")), None)
        if chosen is not None and not human_is_open:
            try:
                submission = services.create_submission(
                    actor, chosen.pk, title=typed.get("title", ""), center_code=typed.get("center") or None,
                    says_human=typed.get("is_human") == "yes",
                )  # fmt: skip
            except Refusal as refusal:  # of the title
                tell(request, refusal.problems)
            else:
                is_asked = submission.says_human and asks_human
                return redirect("human_data" if is_asked else "submission", code=submission.code)
        if human_is_open:
            messages.error(request, _("Say whether the data comes from people."))
        if chosen is None:
            messages.error(request, _("Choose the group that the data belongs to."))
    context = {
        "groups": groups,
        "centers": Organisation.objects.filter(kind="data-center").order_by("pk"),
        "forms": _forms(),
        "typed": typed,
        "asks_human": asks_human,
        "human_is_open": human_is_open,
    }
    return render(request, "records/new.html", context, status=422 if request.method == "POST" else 200)


@login_required
@never_cache
@require_safe
def submission(request: HttpRequest, code: str) -> HttpResponse:
    """Context: see ``_overview``."""
    return render(request, "records/submission.html", _overview(request, get_submission(request, code)))


def _overview(request: HttpRequest, found: Submission) -> dict[str, Any]:
    """``submission``, ``forms`` with counts, ``files``, ``thread``, ``returned`` (why), ``expected``, ``may``..."""
    counts, thread = queries.problem_counts(found.pk), queries.thread(found, language_of())
    shared = frame(request, found, "metadata")
    return {
        **shared,
        **_day_of(found, shared["may"]),
        "forms": [
            {"form": form, "rows": found.row_counts.get(form.form, 0), "counts": counts.get(form.form)}
            for form in _forms()
        ],
        "files": file_queries.files_of_shelf(found.shelf_id, actor=actor_of(request)),
        "thread": thread,
        "returned": _last_return(thread) if found.state == "returned" else None,
        "expected": queries.expected_days(found.center_id),
        "receipt": receipt_of(found) if found.state in rules.OPEN else None,
        "blockers": what_blocks_release(found) if found.state == "accepted" else (),
        "embargo": embargo_of(found) if found.state == "accepted" else None,
        "certificates": certificates_of(actor_of(request), submission_id=found.pk),
    }


def _day_of(found: Submission, may: Mapping[str, bool]) -> dict[str, Any]:
    """When it opens, and where on the page that can be changed."""
    may_move = may["set-release-date"]
    place = "#details" if may["change"] else "#embargo" if may_move else ""
    return {
        "opening": opening_of(found),
        "change_day": place,
        "may_move_day": may_move and found.state not in rules.OPEN,
    }


def _last_return(thread: list[Step]) -> Step | None:
    return next((step for step in reversed(thread) if step.kind == "return"), None)


def frame(request: HttpRequest, found: Submission, step: str) -> dict[str, Any]:
    """What every page of a submission shows: state, steps, what the reader may do now."""
    actor = actor_of(request)
    return {
        "submission": found,
        "crumbs": [(_("My submissions"), "/submissions/"), (found.code, f"/submissions/{found.code}/")],
        "state_label": rules.STATES[found.state],
        "stages": partial(stages, found, step),  # asked for by the template: a row that saves itself shows none
        "may": queries.may_now(actor, found),
        "release_limit": embargo_limits(found)[found.state == "accepted"],
        "human_problem": human.find_problem(found) if found.state in rules.EDITABLE else None,
    }


def _forms() -> list[Form]:
    forms = dict(library().forms)
    return [forms[name] for name in rules.ordered_forms(forms)]


def _form(name: str) -> Form:
    if name not in library().forms:
        raise Http404
    return library().form(name)


@login_required
@never_cache
@require_safe
def rows(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """Context: the frame, ``form``, ``page`` (RowPage), ``columns`` (Field), ``only_problems``."""
    found, chosen = get_submission(request, code), _form(form)
    only = request.GET.get("only") == "problems"
    page = queries.rows(found.pk, form, page=page_number(request), size=ROWS_A_PAGE, only_problems=only)
    context = {
        **frame(request, found, "metadata"),
        "form": chosen,
        "page": page,
        "columns": _columns(chosen, page.rows),
        "only_problems": only,
    }
    return render(request, "records/rows.html", context)


def _columns(form: Form, shown: tuple[Any, ...]) -> list[Any]:
    """The columns worth showing: what any row fills or has a problem with, and what is mandatory."""
    used = {name for row in shown for name, value in row.merged.items() if value}
    blamed = {view.problem.field for row in shown for view in row.problems}
    return [f for f in form.fields if f.name in used or f.name in blamed or f.requirement == "mandatory"]


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@command
def row(request: HttpRequest, code: str, form: str, position: int | None = None) -> HttpResponse:
    """One row as a web form; saves with every change (``row.js``) and without script by its button."""
    found, chosen = get_submission(request, code), _form(form)
    if request.method == "POST":
        return _save_row(request, found, chosen, position)
    stored = queries.get_row(found.pk, form, position) if position else None
    values = stored.merged if stored else _first_values(request, chosen)
    problems = [view.problem for view in stored.problems] if stored else []
    context = _row_context(request, found, chosen, position, values, problems)
    context |= {"seen": stored.seen} if stored else {"seen": "", "once": token_urlsafe(12)}
    return render(request, "records/row.html", context)


def _first_values(request: HttpRequest, form: Form) -> dict[str, str]:
    known = {field.name for field in form.fields}
    return {name: value for name, value in request.GET.items() if name in known}


def _row_context(
    request: HttpRequest,
    found: Submission,
    form: Form,
    position: int | None,
    values: Mapping[str, str],
    problems: list[Problem],
) -> dict[str, Any]:
    return {
        **frame(request, found, "metadata"),
        "form": form,
        "position": position,
        "sections": sections_of(form, values, problems),
        "problem_count": len(problems),
        "whole_row": [one for one in problems if not one.field],
    }


def _save_row(request: HttpRequest, found: Submission, form: Form, position: int | None) -> HttpResponse:
    values, revision = typed_values(form, request.POST), posted_revision(request)
    actor, seen = actor_of(request), request.POST.get("seen")
    if position:
        values = {**queries.get_row(found.pk, form.form, position).values, **values}
        done = services.save_row(actor, found.pk, form.form, position, values, revision, seen)
    else:
        once = request.POST.get("once", "")
        done = services.add_row(actor, found.pk, form.form, values, revision, seen, once=once)
    saved, stored, problems = done
    is_script = "HX-Request" in request.headers
    if is_script and "pressed" not in request.POST:
        context = _row_context(request, saved, form, stored.position, values, problems)
        context |= {"just_saved": True, "seen": rules.seen_of(stored.values)}
        response = render(request, "records/parts/row_form.html", context)
        if not position:
            response.headers["HX-Push-Url"] = f"/submissions/{saved.code}/{form.form}/{stored.position}/"
        return response
    way = _after_button(request, saved, form, stored.position, problems)
    return HttpResponse(status=204, headers={"HX-Location": way.url}) if is_script else way


def _after_button(
    request: HttpRequest, saved: Submission, form: Form, position: int, problems: list[Problem]
) -> HttpResponseRedirect:
    """A row that was saved by a button: on to the list, or to the row itself while something is wrong in it."""
    is_left = "leave" in request.POST or request.POST.get("pressed") == "leave"
    if problems and not is_left:
        messages.warning(request, _("Saved. Please look at the problems beside the fields."))
        return redirect("row", code=saved.code, form=form.form, position=position)
    messages.success(request, _("Saved."))
    return redirect("rows", code=saved.code, form=form.form)


@login_required
@require_POST
@command
def delete_row(request: HttpRequest, code: str, form: str, position: int) -> HttpResponse:
    found = get_submission(request, code)
    services.delete_row(actor_of(request), found.pk, form, position, posted_revision(request))
    messages.success(request, _("The row is deleted."))
    return redirect("rows", code=code, form=form)


@login_required
@require_POST
@command
def upload_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """A workbook or table; what could be read is kept, what could not is told with sheet, row and field."""
    found = get_submission(request, code)
    sheets = request.FILES.getlist("sheet")
    if not sheets:
        messages.error(request, _("Choose a workbook (.xlsx) or a table (.tsv, .csv, .jsonl)."))
    taken = Counter[str]()
    try:
        for sheet in sheets:
            taken.update(_import(request, found, sheet))
    finally:
        _tell_rows(request, taken)
    services.check(found.pk)
    return redirect("review", code=code)


def _import(request: HttpRequest, found: Submission, sheet: UploadedFile) -> dict[str, int]:
    with kept(sheet.name, sheet.chunks()) as (path, name):
        result = services.import_sheet(actor_of(request), found.pk, path, name)
    # A workbook has a sheet a form, and few use all of them; what needs nothing done is not told.
    passed_over = {"sheet-empty"} if any(result.rows.values()) else set()
    tell_sheets(request, [each for each in result.problems if each.severity != "info" and each.code not in passed_over])
    return result.rows


def _tell_rows(request: HttpRequest, taken: Counter[str]) -> None:
    """One line for all that came in."""
    if not taken.total():
        return
    parts = [f"{library().form(form).label.in_(language_of())} {count:,}" for form, count in taken.items()]
    text = ngettext("%(count)s row taken in: %(parts)s.", "%(count)s rows taken in: %(parts)s.", taken.total())
    messages.success(request, text % {"count": f"{taken.total():,}", "parts": ", ".join(parts)})


@login_required
@never_cache
@require_safe
def files(request: HttpRequest, code: str) -> HttpResponse:
    """Context: the frame, ``shelf``, ``files`` for the uploader, ``missing`` that rows name, ``matches`` for them."""
    found = get_submission(request, code)
    missing, matches = queries.files_awaited(found)
    context = {
        **frame(request, found, "files"),
        "shelf": found.shelf,
        "files": file_queries.files_of_shelf(found.shelf_id, actor=actor_of(request)),
        "missing": missing,
        "matches": matches,
    }
    return render(request, "records/files.html", context)


@login_required
@require_POST
@command
def match_files(request: HttpRequest, code: str) -> HttpResponse:
    """Takes over every proposed match of names."""
    found = get_submission(request, code)
    chosen = [(m.form, m.position, m.named, m.file) for m in queries.file_matches(found)]
    services.match_files(actor_of(request), found.pk, chosen)
    services.check(found.pk)
    return redirect("review", code=code)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@command
def review(request: HttpRequest, code: str) -> HttpResponse:
    """Context: the frame, ``groups`` of problems by form and code, ``summary``. POST checks again."""
    found = get_submission(request, code)
    if request.method == "POST" or not is_checked(found):
        services.check(found.pk, actor_of(request))
        found.refresh_from_db()
    return render(request, "records/review.html", _review(request, found))


def _review(request: HttpRequest, found: Submission) -> dict[str, Any]:
    groups, corrections = queries.problem_groups(found.pk), queries.corrections(found.pk)
    correctable = queries.correctable(found.pk).count()
    return {
        **frame(request, found, "check"),
        "opening": opening_of(found),
        "groups": groups,
        "overridable": any(one.overridable for group in groups if group.severity == "error" for one in group.first),
        "correctable": correctable,
        "corrections": corrections,
        "more_corrections": sum(each.rows for each in corrections) < correctable,
        "row_total": sum(found.row_counts.values()),
        "files_missing": any(group.code == "file-missing" for group in groups),
    }


@login_required
@require_POST
@command
def accept_corrections(request: HttpRequest, code: str) -> HttpResponse:
    found = get_submission(request, code)
    left = {*request.POST.getlist("shown")} - {*request.POST.getlist("take")}
    revision = posted_revision(request)
    changed = services.apply_suggestions(
        actor_of(request), found.pk, "all", revision, leave=[int(each) for each in left if each.isdecimal()]
    )
    services.check(found.pk)
    messages.success(request, ngettext("%s field corrected.", "%s fields corrected.", changed) % changed)
    return redirect("review", code=code)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@command
def submit(request: HttpRequest, code: str) -> HttpResponse:
    """Not submitted, the review is drawn again with the reason for an exception as it was typed."""
    if request.method == "GET":  # another language was chosen on the page that was drawn again
        return redirect("review", code=code)
    found = get_submission(request, code)
    reason = request.POST.get("exception_reason", "").strip()
    receipt = services.submit(actor_of(request), found.pk, exception_reason=reason)
    if receipt.state in rules.EDITABLE:
        messages.error(request, _("Not submitted yet: please fix the errors below."))
        if not reason:
            return redirect("review", code=code)
        found.refresh_from_db()
        return render(request, "records/review.html", _review(request, found) | {"typed_reason": reason}, status=422)
    messages.success(request, _("Submitted. A curator looks at it now; you will see every step on this page."))
    return redirect("submission", code=code)


@login_required
@require_POST
@command
def change_details(request: HttpRequest, code: str) -> HttpResponse:
    found = get_submission(request, code)
    services.set_details(
        actor_of(request),
        found.pk,
        title=request.POST.get("title", found.title),
        release_on=_day(request.POST.get("release_on", "")),
        expected_revision=posted_revision(request),
    )
    messages.success(request, _("Saved."))
    return redirect("submission", code=code)


def _day(text: str) -> date | None:
    """ISO 8601; empty is none. Raises Refusal."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refusal([problem("release-date-unreadable", value=text)]) from None


@login_required
@require_POST
@command
def give(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """The small commands of the overview; the last ones are those of the day of release."""
    found, actor, said = get_submission(request, code), actor_of(request), request.POST
    reason = said.get("reason", "").strip()
    if verb == "delete":
        services.delete_draft(actor, found.pk)
        messages.success(request, _("The draft is deleted."))
        return redirect("submissions")
    if verb == "withdraw":
        services.withdraw(actor, found.pk, reason)
        messages.success(request, _("The submission is withdrawn."))
    elif verb == "comment":
        comment(actor, found.pk, said.get("text", ""))
        messages.success(request, _("Your message is sent."))
    elif verb == "release":
        _tell_opened(request, release(actor, found.pk, said.getlist("accession") or None))
    elif verb == "release-parts":
        _release_parts(request, found)
    elif verb == "set-release-date":
        set_release_date(actor, found.pk, _day(said.get("release_on", "")))
        messages.success(request, _("The release date is changed."))
    elif verb == "extend-embargo":
        extend_embargo(actor, found.pk, _day(said.get("release_on", "")), reason)
        messages.success(request, _("The release date is changed."))
    else:
        raise Http404
    return redirect(back_to(request, code))


def _release_parts(request: HttpRequest, found: Submission) -> None:
    """Chosen records, alone or together with what belongs to them."""
    chosen = request.POST.get("accessions", "").replace(",", " ").replace(";", " ").upper().split()
    open_them = release_together if "together" in request.POST else release
    _tell_opened(request, open_them(actor_of(request), found.pk, chosen))


def _tell_opened(request: HttpRequest, outcome: ReleaseOutcome) -> None:
    """How many records opened, and what stayed closed."""
    count = len(outcome.opened)
    messages.success(request, ngettext("%s record is public now.", "%s records are public now.", count) % count)
    tell(request, [each.problem for each in outcome.blockers[:20]])
