"""API: submissions and their rows, from draft to handing in."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any, Literal, get_args
from uuid import uuid4

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import File, Header, Query, Router, Schema, UploadedFile
from pydantic import Field

from biomoa.forms.problems import Problem, Severity
from biomoa.people import queries as people
from biomoa.people.edge import MOST_PAGE, BodyIn, Fault, Key, Position, TextOut, actor_of, plain, schema
from biomoa.people.models import Organisation
from biomoa.people.rules import Actor
from biomoa.records import human, queries, rules, services, services_curation
from biomoa.records.answers import CheckSummary, ImportResult, ProblemView, Receipt, RowPage, RowView, Step
from biomoa.records.models import Submission
from biomoa.records.problems import problem
from biomoa.records.receipts import receipt_of
from biomoa.records.refusals import NotFound, PermissionDenied, Refusal
from biomoa.records.sheets import kept
from biomoa.records.sheets import read as read_sheet

router = Router()
MOST_A_PAGE = 1_000
EXAMPLE_ROWS = {"bioproject": [{"alias": "gut-2024", "title": "Gut microbiome of Korean adults"}]}

READ = {401: Fault, 404: Fault}
CHANGE = {401: Fault, 403: Fault, 404: Fault, 409: Fault, 422: Fault}


class PartyOut(Schema):
    """A group or data center."""

    code: str
    name: TextOut  # type: ignore[valid-type]


class SubmissionOut(Schema):
    """A submission; ``may`` are the commands that this actor may give now."""

    code: str = Field(examples=["SUB00000012"])
    title: str
    state: str = Field(examples=["in-review"])
    revision: int = Field(description="grows with every change; send it back to notice another's change")
    group: PartyOut
    center: PartyOut
    release_on: date | None
    row_counts: dict[str, int] = Field(examples=[{"biosample": 48, "ngs-run": 96}])
    error_count: int
    warning_count: int
    human_data: str = Field(description="not-asked, unanswered, open, elsewhere, ask; files come when it is open or "
                            "not-asked")  # fmt: skip
    is_checked: bool = Field(description="the counts are of this revision")
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    released_at: datetime | None
    assigned_to: str
    may: list[str] = Field(examples=[["change", "submit"]])
    url: str
    tus: str = Field(description="where files are uploaded with tus 1.0")


class SubmissionsOut(Schema):
    submissions: list[SubmissionOut]
    total: int
    page: int
    size: int


class ReceiptOut(schema(Receipt)):  # type: ignore[misc]
    """What became of every row (alias -> accession), and what is wrong."""

    url: str = ""
    tus: str = ""


class SubmissionIn(BodyIn):
    """A whole submission. With neither ``rows`` nor a sheet it is an empty draft."""

    group: str = Field("", description="code of the group; not needed by who has one group")
    center: str = Field("", description="code of the data center; empty: the one of this station")
    title: str = ""
    is_human: bool = Field(False, description="the data is known to come from people: the questions are asked at once")
    release_on: date | None = Field(None, description="null: public at once when accepted")
    rows: dict[str, list[dict[str, Any]]] = Field(
        {}, description="form -> rows of field -> value", examples=[EXAMPLE_ROWS]
    )
    submit: bool = Field(True, description="false: check, but leave it a draft (to upload files first)")


class DetailsIn(BodyIn):
    title: str | None = None
    release_on: date | None = None
    revision: int | None = None


class RowsIn(BodyIn):
    rows: list[dict[str, Any]] = Field(examples=[EXAMPLE_ROWS["bioproject"]])
    revision: int | None = Field(None, description="409 when the submission is at another")


class RowIn(BodyIn):
    values: dict[str, Any]
    revision: int | None = None


class RowSaved(Schema):
    revision: int
    position: int
    problems: list[Any] = []


class CorrectionsIn(BodyIn):
    problems: list[Key] | Literal["all"] = Field("all", description="ids of problems whose proposal to take")


class PageIn(Schema):
    page: int = Field(1, ge=1, le=MOST_PAGE)
    size: int = Field(50, ge=1, le=MOST_A_PAGE)


class ProblemsOut(Schema):
    """Problems of the last check, errors first; ``id`` is what corrections and overrides take."""

    problems: list[schema(ProblemView)]  # type: ignore[misc]
    total: int
    is_checked: bool = Field(description="false: the rows have changed since; POST .../check looks at them now")


class ProblemsQuery(PageIn):
    form: str | None = None
    severity: str = Field("", pattern=f"^({'|'.join(get_args(Severity))})?$")


class Changed(Schema):
    changed: int


class ReasonIn(BodyIn):
    reason: str = Field(examples=["The samples were mixed up."])


class CommentIn(BodyIn):
    text: str
    form: str = ""
    position: int | None = None
    field: str = ""


class ListIn(PageIn):
    state: str = Field("", examples=["draft"], pattern=f"^({'|'.join(rules.STATES)})?$")
    q: str = ""


class RowsQuery(PageIn):
    only_problems: bool = False


@router.get("/submissions", response={200: SubmissionsOut}, summary="My groups' submissions")
def list_submissions(request: HttpRequest, asked: Query[ListIn]) -> Any:
    actor = actor_of(request)
    page = queries.submissions_of(actor, state=asked.state, text=asked.q, page=asked.page, size=asked.size)
    return {**_paging(page), "submissions": [submission_out(actor, one) for one in page.submissions]}


@router.post(
    "/submissions",
    response={200: ReceiptOut, 201: ReceiptOut, 413: Fault, **CHANGE},
    summary="Make a submission, whole or empty",
)
def create_submission(
    request: HttpRequest,
    payload: SubmissionIn,
    dry_run: bool = False,
    idempotency_key: str = Header("", alias="Idempotency-Key"),
) -> Any:
    """The answer is a receipt. Sent again with the same `Idempotency-Key` it creates nothing twice."""
    actor = actor_of(request)
    owner = _owner(actor, payload.group)
    if dry_run:
        receipt = services.whole(actor, owner, payload.rows, dry_run=True)
        return 200, plain(receipt)
    # Without a key of the program the call has its own, so that the two steps below meet the same submission.
    key = _client_key(actor, idempotency_key.strip()) or f"once:{uuid4()}"
    made = services.create_submission(
        actor, owner, title=payload.title, center_code=payload.center or None, client_key=key,
        says_human=payload.is_human,
    )  # fmt: skip
    if payload.release_on and made.state in rules.EDITABLE:
        services.set_details(actor, made.pk, release_on=payload.release_on)
    if not payload.rows:
        return 201, receipt_out(made, receipt_of(made))
    receipt = services.whole(actor, owner, payload.rows, client_key=key, submit=payload.submit)
    return 201, receipt_out(made, receipt)


@router.post("/check", response={200: schema(Receipt), 413: Fault, **CHANGE}, summary="Check sheets; store nothing")
def check_sheets(request: HttpRequest, group: str = "", sheets: list[UploadedFile] = File(...)) -> Any:  # noqa: B008
    """Workbooks and tables together, as if they were one submission of the group."""
    actor = actor_of(request)
    owner = _owner(actor, group)
    bundle: dict[str, list[dict[str, str]]] = {}
    told: list[Problem] = []
    for sheet in sheets:
        with kept(sheet.name, sheet.chunks()) as (path, name):
            tables, _, problems = read_sheet(path, name, services.most_rows())
        told += problems
        for form, rows in tables.items():
            bundle.setdefault(form, []).extend(rows)
    if any(bundle.values()):
        # A workbook has a sheet a form, and few use all of them.
        told = [problem for problem in told if problem.code != "sheet-empty"]
    receipt = services.whole(actor, owner, bundle, dry_run=True)
    errors = sum(problem.severity == "error" for problem in told)
    return plain(
        msgspec.structs.replace(
            receipt, problems=(*told, *receipt.problems), error_count=receipt.error_count + errors,
            warning_count=receipt.warning_count + sum(problem.severity == "warning" for problem in told),
        )
    )  # fmt: skip


@router.get("/submissions/{code}", response={200: SubmissionOut, **READ}, summary="One submission")
def read_submission(request: HttpRequest, code: str) -> Any:
    return submission_out(actor_of(request), _get(request, code))


@router.patch("/submissions/{code}", response={200: SubmissionOut, **CHANGE}, summary="Title, day of release")
def change_submission(request: HttpRequest, code: str, payload: DetailsIn) -> Any:
    found = _get(request, code)
    said = payload.model_dump(exclude_unset=True)
    revision = said.pop("revision", None)
    changed = services.set_details(actor_of(request), found.pk, expected_revision=revision, **said)
    return submission_out(actor_of(request), changed)


@router.delete("/submissions/{code}", response={204: None, **CHANGE}, summary="Delete a draft")
def delete_submission(request: HttpRequest, code: str) -> Any:
    services.delete_draft(actor_of(request), _get(request, code).pk)
    return 204, None


@router.get("/submissions/{code}/receipt", response={200: ReceiptOut, **READ}, summary="Receipt and problems")
def read_receipt(request: HttpRequest, code: str) -> Any:
    found = _get(request, code)
    return receipt_out(found, receipt_of(found))


@router.get("/submissions/{code}/problems", response={200: ProblemsOut, **READ}, summary="Stored problems")
def read_problems(request: HttpRequest, code: str, asked: Query[ProblemsQuery]) -> Any:
    found = _get(request, code)
    problems, total = queries.problems(found.pk, asked.form, severity=asked.severity, page=asked.page, size=asked.size)
    return {"problems": plain(problems), "total": total, "is_checked": found.checked_revision == found.revision}


@router.get("/submissions/{code}/rows/{form}", response={200: schema(RowPage), **READ}, summary="Rows of a form")
def read_rows(request: HttpRequest, code: str, form: str, asked: Query[RowsQuery]) -> Any:
    found = _get(request, code)
    page = queries.rows(found.pk, form, page=asked.page, size=asked.size, only_problems=asked.only_problems)
    return plain(page)


@router.put("/submissions/{code}/rows/{form}", response={200: SubmissionOut, 413: Fault, **CHANGE},
            summary="Replace all rows of a form")  # fmt: skip
def replace_rows(request: HttpRequest, code: str, form: str, payload: RowsIn) -> Any:
    return _save_rows(request, code, form, payload, "replace")


@router.post("/submissions/{code}/rows/{form}", response={200: SubmissionOut, 413: Fault, **CHANGE},
             summary="Add rows to a form; rows of a known alias replace theirs")  # fmt: skip
def add_rows(request: HttpRequest, code: str, form: str, payload: RowsIn) -> Any:
    return _save_rows(request, code, form, payload, "merge-by-alias")


def _save_rows(request: HttpRequest, code: str, form: str, payload: RowsIn, mode: services.Mode) -> Any:
    found = _get(request, code)
    changed = services.save_rows(
        actor_of(request), found.pk, form, payload.rows, expected_revision=payload.revision, mode=mode
    )
    return submission_out(actor_of(request), changed)


@router.get("/submissions/{code}/rows/{form}/{int:position}", response={200: schema(RowView), **READ},
            summary="One row")  # fmt: skip
def read_row(request: HttpRequest, code: str, form: str, position: Position) -> Any:
    return plain(queries.get_row(_get(request, code).pk, form, position))


@router.put("/submissions/{code}/rows/{form}/{int:position}", response={200: RowSaved, **CHANGE},
            summary="Write one row; 0 for a new one at the end")  # fmt: skip
def save_row(request: HttpRequest, code: str, form: str, position: Position, payload: RowIn) -> Any:
    """What is wrong is kept and told: `problems` are those of this row."""
    changed, row, problems = services.save_row(
        actor_of(request), _key(code), form, position or None, payload.values, payload.revision
    )
    return {"revision": changed.revision, "position": row.position, "problems": plain(problems)}


@router.delete("/submissions/{code}/rows/{form}/{int:position}", response={204: None, **CHANGE},
               summary="Take a row out")  # fmt: skip
def delete_row(request: HttpRequest, code: str, form: str, position: Position, revision: int | None = None) -> Any:
    services.delete_row(actor_of(request), _get(request, code).pk, form, position, revision)
    return 204, None


@router.post("/submissions/{code}/sheets", response={200: schema(ImportResult), 413: Fault, **CHANGE},
             summary="Upload a workbook or table (xlsx, csv, tsv, jsonl)")  # fmt: skip
def upload_sheet(request: HttpRequest, code: str, sheet: UploadedFile = File(...)) -> Any:  # noqa: B008
    found = _get(request, code)
    with kept(sheet.name, sheet.chunks()) as (path, name):
        return plain(services.import_sheet(actor_of(request), found.pk, path, name))


@router.post("/submissions/{code}/check", response={200: schema(CheckSummary), **CHANGE}, summary="Check")
def check_submission(request: HttpRequest, code: str) -> Any:
    return plain(services.check(_get(request, code).pk, actor_of(request)))


@router.post("/submissions/{code}/corrections", response={200: Changed, **CHANGE},
             summary="Take over proposed corrections")  # fmt: skip
def apply_corrections(request: HttpRequest, code: str, payload: CorrectionsIn) -> Any:
    found = _get(request, code)
    return {"changed": services.apply_suggestions(actor_of(request), found.pk, payload.problems)}


@router.post("/submissions/{code}/submit", response={200: ReceiptOut, **CHANGE}, summary="Hand in")
def submit(request: HttpRequest, code: str) -> Any:
    """With errors it stays a draft and the receipt tells them; asked again it gives the same receipt."""
    found = _get(request, code)
    return receipt_out(found, services.submit(actor_of(request), found.pk))


@router.post("/submissions/{code}/withdraw", response={200: SubmissionOut, **CHANGE}, summary="Take back")
def withdraw(request: HttpRequest, code: str, payload: ReasonIn) -> Any:
    found = _get(request, code)
    return submission_out(actor_of(request), services.withdraw(actor_of(request), found.pk, payload.reason))


@router.get("/submissions/{code}/thread", response={200: list[schema(Step)], **READ},  # type: ignore[misc]
            summary="Comments and steps")  # fmt: skip
def read_thread(request: HttpRequest, code: str) -> Any:
    return plain(queries.thread(_get(request, code)))


@router.post("/submissions/{code}/comments", response={201: None, **CHANGE},
             summary="Comment on it, on a row or a field")  # fmt: skip
def comment(request: HttpRequest, code: str, payload: CommentIn) -> Any:
    found = _get(request, code)
    services_curation.comment(actor_of(request), found.pk, payload.text, payload.form, payload.position, payload.field)
    return HttpResponse(status=201)


def _client_key(actor: Actor, said: str) -> str:
    """A person's own key: what another member of the group called theirs must not lead to the same draft."""
    return f"{actor.user_id}:{hashlib.sha256(said.encode()).hexdigest()}" if said else ""


def _key(code: str) -> int:
    """For a command that asks itself whether the actor may: the submission is not read twice. Raises NotFound."""
    number = queries.submission_id_of(code)
    if number is None:
        raise NotFound("submission")
    return number


def _get(request: HttpRequest, code: str) -> Submission:
    return queries.get_submission(actor_of(request), code)


def submission_out(actor: Actor, found: Submission) -> dict[str, Any]:
    """The face of a submission for this actor."""
    own = ("title", "state", "revision", "release_on", "row_counts", "error_count", "warning_count")
    times = ("created_at", "submitted_at", "decided_at", "released_at")
    return {
        **{name: getattr(found, name) for name in (*own, *times)},
        "code": found.code,
        "group": _party(found.owner),
        "center": _party(found.center),
        "human_data": human.state_of(found),
        "is_checked": found.checked_revision == found.revision,
        "assigned_to": found.assigned_to.name() if found.assigned_to else "",
        "may": [command for command, is_given in queries.may_now(actor, found).items() if is_given],
        **_addresses(found),
    }


def receipt_out(found: Submission, receipt: Receipt) -> dict[str, Any]:
    return {**plain(receipt), **_addresses(found)}


def _addresses(found: Submission) -> dict[str, str]:
    return {"url": f"/submissions/{found.code}/", "tus": f"/files/tus/{found.shelf_id}/"}


def _party(organisation: Organisation) -> dict[str, Any]:
    name = {"ko": organisation.name("ko"), "en": organisation.name("en")}
    return {"code": organisation.code, "name": name}


def _paging(page: Any) -> dict[str, int]:
    return {"total": page.total, "page": page.page, "size": page.size}


def _owner(actor: Actor, code: str) -> int:
    """The group that the data belongs to.

    Raises PermissionDenied for nobody, Http404 for another's, Refusal for who is in none.
    """
    if actor.user_id is None:
        raise PermissionDenied("create")
    if code:
        return people.get_group(actor, code).pk
    own = people.groups_to_deposit(actor)
    if not own:
        raise Refusal([problem("no-group", field="group")])
    return own[0].pk
