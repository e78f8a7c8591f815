"""The whole job by program: check, submit with files, wait, read, search, export."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import msgspec

from biomoa.client.answers import Changes, File, Group, Problem, Receipt, Record, Results, SheetResult, Submission
from biomoa.client.faults import ClientError
from biomoa.client.transport import Transport
from biomoa.client.upload import Progress, Shelf

API = "/api/v1"
ROWS_A_CALL = 5_000
CHANGES_A_CALL = 1_000
HARMLESS = frozenset({"sheet-empty"})  # a workbook has a sheet a form, and few use all of them
SETTLED = ("accepted", "released", "returned", "withdrawn")

Rows = Sequence[Mapping[str, Any]]
Bundle = Mapping[str, Rows]
T = TypeVar("T")


class Client:
    """A station, seen by the owner of a token. Not for several threads at once.

    ``attempts``: how often in a row a request may fail before ``Unreachable``. ``language``: of faults, ko or en.
    """

    def __init__(
        self,
        url: str,
        token: str = "",
        *,
        attempts: int = 8,
        timeout_seconds: float = 120.0,
        language: str = "en",
    ) -> None:
        self.url = url.rstrip("/")
        self.transport = Transport(
            self.url, token, attempts=attempts, timeout_seconds=timeout_seconds, language=language
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.transport.http.close()

    # Submitting

    def check(self, bundle: Bundle | None = None, sheets: Iterable[str | Path] = (), group: str = "") -> Receipt:
        """Everything that is wrong with rows or sheets; the station stores nothing."""
        if bundle:
            body = {"group": group, "rows": bundle}
            return self._post("/submissions", Receipt, json=body, params={"dry_run": "true"})
        parts = [("sheets", _part(Path(sheet))) for sheet in sheets]
        return self._post("/check", Receipt, files=parts, params={"group": group})

    def submit(
        self,
        bundle: Bundle | None = None,
        sheets: Iterable[str | Path] = (),
        files: Iterable[str | Path] = (),
        *,
        group: str = "",
        center: str = "",
        title: str = "",
        idempotency_key: str = "",
        dry_run: bool = False,
        progress: Progress | None = None,
        human_data: Mapping[str, str] | None = None,
    ) -> Receipt:
        """Rows or sheets together with their files, in one go.

        The same call again, also after it was killed half-way, goes on where it stood and creates nothing twice: the
        key is a digest of the sheets, the rows, and the names and sizes of the files, unless one is given.
        ``human_data`` answers the questions that are asked of data from people before any file is taken.
        """
        tables, paths = [Path(sheet) for sheet in sheets], [Path(file) for file in files]
        _check_names(paths)
        if dry_run:
            return self.check(bundle, tables, group)
        key = idempotency_key or content_key(bundle or {}, tables, paths)
        started = self.create(group=group, center=center, title=title, idempotency_key=key)
        if started.state not in ("draft", "returned"):
            return started
        for form, rows in (bundle or {}).items():
            self._put_rows(started.submission, form, rows)
        told = [problem for sheet in tables for problem in self.upload_sheet(started.submission, sheet).problems]
        if human_data:
            self.answer_human_data(started.submission, human_data)
        self.upload(paths, started.submission, progress=progress)
        if any(problem.severity == "error" and problem.code not in HARMLESS for problem in told):
            # What could not be read is not in the draft: handed in, it would be missing.
            return _with(self.receipt(started.submission), told)
        return _with(self.hand_in(started.submission), told)

    def create(self, *, group: str = "", center: str = "", title: str = "", idempotency_key: str = "") -> Receipt:
        """An empty draft; with the same key again, the same one."""
        body = {"group": group, "center": center, "title": title, "submit": False}
        key = idempotency_key or hashlib.sha256(repr((body, time.time_ns())).encode()).hexdigest()
        return self._post("/submissions", Receipt, json=body, headers={"Idempotency-Key": key})

    def _put_rows(self, submission: str, form: str, rows: Rows) -> None:
        """The first call replaces, so that a second run starts anew; the others add."""
        path = f"{API}/submissions/{submission}/rows/{form}"
        for start in range(0, max(len(rows), 1), ROWS_A_CALL):
            part = {"rows": list(rows[start : start + ROWS_A_CALL])}
            self.transport.send("POST" if start else "PUT", path, json=part)

    def upload_sheet(self, submission: str, sheet: str | Path) -> SheetResult:
        """A workbook or table into a draft; rows of a known alias replace theirs."""
        part = {"sheet": _part(Path(sheet))}
        return self._post(f"/submissions/{submission}/sheets", SheetResult, files=part)

    def upload(self, files: Iterable[str | Path], submission: str, progress: Progress | None = None) -> list[File]:
        """Files into a submission, by tus; resumes. ``progress`` is told every 8 MiB."""
        shelf = Shelf(self.transport, self.submission(submission).tus)
        return shelf.upload([Path(file) for file in files], progress)

    def answer_human_data(self, submission: str, answers: Mapping[str, str]) -> None:
        """Answers the questions on human data, all at once. Raises Invalid that names those without an answer."""
        self.transport.send("PUT", f"{API}/submissions/{submission}/human-data", json={"answers": dict(answers)})

    def hand_in(self, submission: str) -> Receipt:
        """With errors it stays a draft and the receipt tells them."""
        return self._post(f"/submissions/{submission}/submit", Receipt)

    def submission(self, code: str) -> Submission:
        return self._get(f"/submissions/{code}", Submission)

    def receipt(self, code: str) -> Receipt:
        return self._get(f"/submissions/{code}/receipt", Receipt)

    def wait(
        self,
        code: str,
        *,
        until: Sequence[str] = SETTLED,
        timeout_seconds: float = 3600.0,
        every_seconds: float = 2.0,
        tell: Callable[[Submission], None] | None = None,
    ) -> Receipt:
        """The receipt once the submission is in one of the states. Raises ClientError when the time is over."""
        end = time.monotonic() + timeout_seconds
        while (found := self.submission(code)).state not in until:
            if tell:
                tell(found)
            if time.monotonic() > end:
                raise ClientError(f"{code} is still {found.state} after {timeout_seconds:.0f} s")
            time.sleep(every_seconds)
        return self.receipt(code)

    # Reading

    def groups(self) -> list[Group]:
        """The organisations of the token's owner."""
        return self._get("/groups", list[Group])

    def forms(self) -> list[str]:
        """The names of the station's forms, in the order they are filled in."""
        return [str(form["form"]) for form in self._get("/forms", list[dict[str, Any]])]

    def record(self, accession: str, version: int | None = None) -> Record:
        return self._get(f"/records/{accession}", Record, version=version)

    def search(
        self,
        query: str = "",
        *,
        types: Sequence[str] = (),
        filters: Mapping[str, Sequence[str]] | None = None,
        sort: str = "relevance",
        page: int = 1,
        size: int = 20,
    ) -> Results:
        """Public records; an empty query lists all."""
        chosen = [f"{field}:{value}" for field, values in (filters or {}).items() for value in values]
        asked = {"q": query, "type": list(types), "filter": chosen, "sort": sort, "page": page, "size": size}
        return self._get("/search", Results, **asked)

    def changes(self, after: str = "", *, size: int = CHANGES_A_CALL) -> Changes:
        """Public records that changed after a mark of an earlier answer; without one, all of them, page by page.

        Raises Conflict when the ledger is another than the mark's: begin from the start. See ``client.harvest``.
        """
        return self._get("/changes", Changes, after=after, size=size)

    def export(self, accession: str, standard: str, *, whole: bool = False) -> bytes:
        """The document of a standard (several as a zip)."""
        path = f"{API}/records/{accession}/exports/{standard}"
        return self.transport.send("GET", path, params={"whole": str(whole).lower()}).content

    def _get(self, path: str, kind: type[T], **params: Any) -> T:
        given = {name: value for name, value in params.items() if value is not None}
        answer = self.transport.send("GET", API + path, params=given)
        return msgspec.json.decode(answer.content, type=kind)

    def _post(self, path: str, kind: type[T], **request: Any) -> T:
        answer = self.transport.send("POST", API + path, **request)
        return msgspec.json.decode(answer.content, type=kind)


def content_key(bundle: Bundle, sheets: Iterable[Path], files: Iterable[Path]) -> str:
    """The same content gives the same key. Data files enter by name and size: they may be too large to read twice."""
    digest = hashlib.sha256(msgspec.json.encode(bundle, order="deterministic"))
    for content in sorted(sheet.read_bytes() for sheet in sheets):
        digest.update(hashlib.sha256(content).digest())
    for name, size in sorted((path.name, path.stat().st_size) for path in files):
        digest.update(f"\n{name}\t{size}".encode())
    return digest.hexdigest()


def _with(receipt: Receipt, told: Sequence[Problem]) -> Receipt:
    """The receipt with what was found while the sheets were read, which the station does not keep."""
    wanted = [problem for problem in told if problem.code not in HARMLESS]
    errors = sum(problem.severity == "error" for problem in wanted)
    warnings = sum(problem.severity == "warning" for problem in wanted)
    return msgspec.structs.replace(
        receipt,
        problems=(*wanted, *receipt.problems),
        error_count=receipt.error_count + errors,
        warning_count=receipt.warning_count + warnings,
    )


def _check_names(paths: Sequence[Path]) -> None:
    seen: dict[str, Path] = {}
    for path in paths:
        if path.name in seen:
            raise ClientError(f"two files are named {path.name}: {seen[path.name]} and {path}")
        seen[path.name] = path


def _part(sheet: Path) -> tuple[str, bytes]:
    # The bytes, not the open file: a request that is tried again must start from the first byte.
    return sheet.name, sheet.read_bytes()
