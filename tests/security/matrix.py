"""What is asked of every thing: one row a request, with the permission of the policy table that it needs.

``kind`` says which state counts (of the submission, the record or the file); ``command`` names the row of the state
table that must also fit (records/rules.py). A route of tests/security/routes.csv marked ``matrix`` has a row here.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
from django.test import Client

from biomoa.files.queries import file_state
from biomoa.people.rules import Actor, Verb, may
from biomoa.records import rules
from tests.security.world import Thing


class Ask(msgspec.Struct, frozen=True):
    route: str  # as in routes.csv
    method: str
    path: str  # {code} {acc} {shelf} {file} {name} {problem} {marker} are filled in
    kind: Any  # Kind, or "shelf": all files of a submission
    verb: Verb
    command: str = ""
    body: Any = None  # dict: a form on a page, JSON for the API
    desk: bool = False  # also needs to be staff of some center: the desk is not the depositor's page


def _page(route: str, method: str, verb: Verb, **more: Any) -> Ask:
    return Ask(f"submissions/<code:code>/{route}", method, f"/submissions/{{code}}/{more.pop('path', route)}",
               "submission", verb, **more)  # fmt: skip


def _api(method: str, route: str, verb: Verb, *, kind: str = "submission", **more: Any) -> Ask:
    path = more.pop("path", "/api/v1" + route.replace("{code}", "{code}").replace("{accession}", "{acc}"))
    return Ask(f"api {method} {route}", method, path, kind, verb, **more)


VERSION_ROUTE = "<slug:accession>.<int:version>"
EXPORT_ROUTE = "api GET /records/{accession}/exports/{standard}"
ROW = "biosample"
REASON = {"reason": "mixed up"}
FIELD = {"field": "title", "value": "Other", "reason": "typo"}
BLANK = {"field": "title", "reason": "a person"}
ASKS: tuple[Ask, ...] = (
    _page("", "GET", "read"),
    _page("files/", "GET", "read"),
    _page("review/", "GET", "read"),
    _page("human-data/", "GET", "read"),
    _page("human-data/", "POST", "change", command="change", body={"personal": "no"}),
    _page("<slug:form>/", "GET", "read", path=f"{ROW}/"),
    _page("<slug:form>/<int:position>/", "GET", "read", path=f"{ROW}/1/"),
    _page("<slug:form>/<int:position>/", "POST", "change", path=f"{ROW}/1/", command="change", body={"title": "x"}),
    _page("<slug:form>/new", "POST", "change", path=f"{ROW}/new", command="change", body={"sample_name": "n"}),
    _page("<slug:form>/<int:position>/delete", "POST", "change", path=f"{ROW}/1/delete", command="change", body={}),
    _page("details", "POST", "change", command="change", body={"title": "x"}),
    _page("submit", "POST", "submit", command="submit", body={}),
    _page("corrections", "POST", "change", command="change", body={}),
    _page("do/<slug:verb>", "POST", "withdraw", path="do/withdraw", command="withdraw", body=REASON),
    _page("do/<slug:verb>", "POST", "delete", path="do/delete", command="delete", body={}),
    _page("do/<slug:verb>", "POST", "release", path="do/release", command="release", body={}),
    _page("do/<slug:verb>", "POST", "comment", path="do/comment", command="comment", body={"text": "word"}),
    _page("reviewers/", "GET", "share"),
    _page("certificate", "POST", "certify", command="certify", body={}),
    Ask("desk/<code:code>/", "GET", "/desk/{code}/", "submission", "read", desk=True),
    Ask("desk/<code:code>/do/<slug:verb>", "POST", "/desk/{code}/do/take", "submission", "curate", "take", {}, True),
    Ask("desk/<code:code>/do/<slug:verb>", "POST", "/desk/{code}/do/assign", "submission", "assign", "assign",
        {"user": "1"}, True),
    Ask("desk/<code:code>/do/<slug:verb>", "POST", "/desk/{code}/do/return", "submission", "decide", "return",
        REASON, True),
    Ask("desk/<code:code>/do/<slug:verb>", "POST", "/desk/{code}/do/accept", "submission", "decide", "accept",
        {}, True),
    _api("GET", "/submissions/{code}", "read"),
    _api("PATCH", "/submissions/{code}", "change", command="change", body={"title": "x"}),
    _api("DELETE", "/submissions/{code}", "delete", command="delete"),
    _api("GET", "/submissions/{code}/receipt", "read"),
    _api("GET", "/submissions/{code}/problems", "read"),
    _api("GET", "/submissions/{code}/thread", "read"),
    _api("GET", "/submissions/{code}/blockers", "read"),
    _api("GET", "/submissions/{code}/human-data", "read"),
    _api("PUT", "/submissions/{code}/human-data", "change", command="change", body={"answers": {"personal": "no"}}),
    _api("GET", "/submissions/{code}/rows/{form}", "read", path=f"/api/v1/submissions/{{code}}/rows/{ROW}"),
    _api("PUT", "/submissions/{code}/rows/{form}", "change", path=f"/api/v1/submissions/{{code}}/rows/{ROW}",
         command="change", body={"rows": []}),
    _api("POST", "/submissions/{code}/rows/{form}", "change", path=f"/api/v1/submissions/{{code}}/rows/{ROW}",
         command="change", body={"rows": []}),
    _api("GET", "/submissions/{code}/rows/{form}/{position}", "read",
         path=f"/api/v1/submissions/{{code}}/rows/{ROW}/1"),
    _api("PUT", "/submissions/{code}/rows/{form}/{position}", "change",
         path=f"/api/v1/submissions/{{code}}/rows/{ROW}/1", command="change", body={"values": {"title": "x"}}),
    _api("DELETE", "/submissions/{code}/rows/{form}/{position}", "change",
         path=f"/api/v1/submissions/{{code}}/rows/{ROW}/1", command="change"),
    _api("POST", "/submissions/{code}/rows/{form}/{position}/curated", "curate",
         path=f"/api/v1/submissions/{{code}}/rows/{ROW}/1/curated", command="curate", body=FIELD),
    _api("POST", "/submissions/{code}/corrections", "change", command="change", body={"problems": "all"}),
    _api("POST", "/submissions/{code}/submit", "submit", command="submit"),
    _api("POST", "/submissions/{code}/withdraw", "withdraw", command="withdraw", body=REASON),
    _api("POST", "/submissions/{code}/comments", "comment", command="comment", body={"text": "word"}),
    _api("POST", "/submissions/{code}/take", "curate", command="take", body={}),
    _api("GET", "/submissions/{code}/curators", "assign"),
    _api("POST", "/submissions/{code}/assign", "assign", command="assign", body={"user": 1}),
    _api("POST", "/submissions/{code}/return", "decide", command="return", body=REASON),
    _api("POST", "/submissions/{code}/accept", "decide", command="accept"),
    _api("POST", "/problems/{problem_id}/override", "override", path="/api/v1/problems/{problem}/override",
         command="override", body=REASON),
    _api("POST", "/submissions/{code}/release", "release", command="release", body={}),
    _api("PUT", "/submissions/{code}/release-date", "release", command="set-release-date",
         body={"release_on": "2027-01-01"}),
    _api("POST", "/submissions/{code}/embargo", "release", command="extend-embargo",
         body={"release_on": "2027-01-01", "reason": "journal"}),
    _api("GET", "/submissions/{code}/review-links", "share"),
    _api("POST", "/submissions/{code}/review-links", "share", command="share", body={"name": "Journal"}),
    _api("POST", "/submissions/{code}/certificates", "certify", command="certify"),
    _api("POST", "/submissions/{code}/check", "read"),
    _api("POST", "/records/{accession}/certificates", "certify", kind="record", body={}),
    Ask(r"^(?P<accession>[A-Z]{3}\d{6,12})$", "GET", "/{acc}", "record", "read"),
    Ask(VERSION_ROUTE, "GET", "/{acc}.1", "record", "read"),
    _api("GET", "/records/{accession}", "read", kind="record"),
    _api("GET", "/records/{accession}/changes", "read", kind="record"),
    _api("GET", "/records/{accession}/exports/{standard}", "read", kind="record",
         path="/api/v1/records/{acc}/exports/jsonld"),
    _api("POST", "/records/{accession}/revisions", "change", kind="record", body={"values": {"title": "x"}}),
    _api("POST", "/records/{accession}/withdraw", "withdraw", kind="record", body=REASON),
    _api("POST", "/records/{accession}/curated", "curate", kind="record", body=FIELD),
    _api("POST", "/records/{accession}/redacted", "decide", kind="record", body=BLANK),
    Ask("records/<slug:accession>/edit", "GET", "/records/{acc}/edit", "record", "change"),
    Ask("records/<slug:accession>/edit", "POST", "/records/{acc}/edit", "record", "change", body={"title": "x"}),
    Ask("records/<slug:accession>/do/<slug:verb>", "POST", "/records/{acc}/do/withdraw", "record", "withdraw",
        body=REASON),
    Ask("records/<slug:accession>/do/<slug:verb>", "POST", "/records/{acc}/do/redact", "record", "decide", body=BLANK),
    Ask("records/<slug:accession>/certificate", "POST", "/records/{acc}/certificate", "record", "certify", body={}),
    Ask("files/<int:file_id>/<path:name>", "GET", "/files/{file}/{name}", "file", "download"),
    Ask("inspections/<int:file_id>/", "GET", "/inspections/{file}/", "file", "read"),
    Ask("inspections/<int:file_id>.json", "GET", "/inspections/{file}.json", "file", "read"),
    Ask("inspections/<int:file_id>_mqc.json", "GET", "/inspections/{file}_mqc.json", "file", "read"),
    Ask("files/<int:file_id>/remove", "POST", "/files/{file}/remove", "file", "change", body={}),
    _api("GET", "/files/{file_id}", "read", kind="file", path="/api/v1/files/{file}"),
    _api("DELETE", "/files/{file_id}", "change", kind="file", path="/api/v1/files/{file}"),
    _api("GET", "/shelves/{shelf}/files", "read", kind="shelf", path="/api/v1/shelves/{shelf}/files"),
    _api("GET", "/shelves/{shelf}/uploads", "read", kind="shelf", path="/api/v1/shelves/{shelf}/uploads"),
    _api("PUT", "/shelves/{shelf}/files/{name}", "change", kind="shelf", path="/api/v1/shelves/{shelf}/files/new.txt",
         body="bytes"),
    Ask("files/shelves/<uuid:shelf_id>/", "GET", "/files/shelves/{shelf}/", "shelf", "read"),
    Ask("files/tus/<uuid:shelf_id>/", "POST", "/files/tus/{shelf}/", "shelf", "change", body="tus"),
)  # fmt: skip


def state_of(ask: Ask, thing: Thing, verb: Verb | None = None) -> str | None:
    """The state that the policy table is asked with; None when there is no such thing yet."""
    if ask.kind == "record":
        return thing.record.state if thing.record else None
    if ask.kind == "file":
        return file_state(thing.file)
    state: str = thing.submission.state
    # A shelf is never public as a whole: reading it is for its people.
    closed = ask.kind == "shelf" and state in ("released", "withdrawn") and (verb or ask.verb) == "read"
    return "accepted" if closed else state


def is_permitted(ask: Ask, actor: Actor, thing: Thing, verb: Verb | None = None) -> bool:
    """What the policy table (and the table of states) says."""
    state = state_of(ask, thing, verb)
    assert state is not None
    if verb is None and not _is_its_moment(ask, actor, state):
        return False
    wanted = verb or ask.verb
    if ask.route in (VERSION_ROUTE, EXPORT_ROUTE) and state == "withdrawn":
        wanted = "read-private"  # of what was withdrawn the public sees the tombstone, no version and no export
    own, center = thing.submission.owner_id, thing.submission.center_id
    return may(actor, wanted, "file" if ask.kind == "shelf" else ask.kind, state, owner=own, center=center)


def _is_its_moment(ask: Ask, actor: Actor, state: str) -> bool:
    if is_for_people(ask) and actor.scopes is not None:
        return False  # a program has the API
    if ask.desk and not (actor.is_administrator or actor.organisations("curator")):
        return False
    return not ask.command or state in rules.COMMAND[ask.command].before


def is_for_people(ask: Ask) -> bool:
    """Pages that need a session: a token is sent to sign in there."""
    return ask.route.startswith(("submissions/", "desk/", "records/"))


def send(client: Client, ask: Ask, thing: Thing, *, absent: bool = False) -> Any:
    """The request itself; with ``absent`` for a thing that does not exist."""
    path = ask.path.format(
        code="SUB99999999" if absent else thing.submission.code,
        acc="KAP999999" if absent or not thing.record else thing.record.accession,
        shelf="00000000-0000-4000-8000-000000000000" if absent else thing.submission.shelf_id,
        file=99_999_999 if absent else thing.file.pk,
        name=thing.file.name,
        problem=99_999_999 if absent else thing.problem.pk,
    )
    headers = {"accept": "application/json" if path.startswith("/api/") else "text/html"}
    if ask.body == "tus":
        headers |= {"tus-resumable": "1.0.0", "upload-length": "5", "upload-metadata": "filename bmV3LnR4dA=="}
        return client.generic(ask.method, path, b"", headers=headers)
    if ask.body == "bytes":
        return client.generic(ask.method, path, b"12345", content_type="application/octet-stream", headers=headers)
    if path.startswith("/api/") and ask.body is not None:
        return client.generic(ask.method, path, json.dumps(ask.body), "application/json", headers=headers)
    if ask.method == "POST":
        return client.post(path, ask.body or {}, headers=headers)
    return client.generic(ask.method, path, headers=headers)
