"""How far a submission is: each step of the registration with its state, from what is there and what was checked."""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from biomoa.files.models import StoredFile
from biomoa.records import rules
from biomoa.records.answers import Stage
from biomoa.records.checking import is_checked
from biomoa.records.models import RowProblem, Submission

STEPS = ("metadata", "files", "check", "review", "release")
STEP_OF_STATE = {"submitted": "review", "in-review": "review", "accepted": "release", "released": "release"}
Told = tuple[str, str]  # state (done, problem, present, empty, or none), and its words


def stages(found: Submission, step: str) -> list[Stage]:
    """``step``: that of the page, as long as the submission is its group's to work on."""
    here = STEP_OF_STATE.get(found.state, step)
    address = f"/submissions/{found.code}/"
    addresses = {"metadata": address, "files": f"{address}files/", "check": f"{address}review/"}
    labels = (_("Metadata"), _("Files"), _("Check and submit"), _("Curation"), _("Release"))
    told = [*_made(found), *_decided(found)]
    return [
        Stage(label, addresses.get(name, ""), *state, name == here)
        for name, label, state in zip(STEPS, labels, told, strict=True)
    ]


def _made(found: Submission) -> tuple[Told, Told]:
    """Rows and files. What was changed since the check, or never checked, is there and no more."""
    errors = RowProblem.objects.filter(submission=found, severity="error", overridden=False)
    of_files = Count("pk", filter=Q(code__startswith="file-"))
    count = errors.aggregate(all=Count("pk"), files=of_files)
    has_rows = any(found.row_counts.values())
    has_files = StoredFile.objects.filter(shelf_id=found.shelf_id, is_current=True).exists()
    is_known = found.state not in rules.EDITABLE or is_checked(found)
    rows = _told(has_rows, count["all"] - count["files"], is_known, _("Nothing entered"))
    return rows, _told(has_files, count["files"], is_known, _("No file"))


def _told(is_there: bool, errors: int, is_known: bool, nothing: str) -> Told:
    if errors:
        return "problem", ngettext("%s error", "%s errors", errors) % f"{errors:,}"
    if not is_there:
        return "empty", nothing
    return ("done", pgettext("step", "Done")) if is_known else ("present", _("Not checked yet"))


def _decided(found: Submission) -> tuple[Told, Told, Told]:
    done: Told = ("done", pgettext("step", "Done"))
    is_in = bool(found.submitted_at) and found.state not in rules.EDITABLE
    is_open, is_public = found.state in rules.OPEN, found.state == "released"
    handed_in, decided, public = (done if each else ("", "") for each in (is_in, is_open, is_public))
    return handed_in, decided, public
