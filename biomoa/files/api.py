"""API: files of a shelf, in small steps; large ones come by tus."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Header, Router, Schema
from pydantic import Field

from biomoa.files import queries, services
from biomoa.files.bodies import Whole, body_of
from biomoa.files.models import InspectionResult, StoredFile, Upload
from biomoa.files.queries import get_file, get_shelf
from biomoa.people.edge import Fault, Key, actor_of

router = Router()
ANSWERS = {401: Fault, 403: Fault, 404: Fault, 409: Fault, 413: Fault, 422: Fault}


class InspectionOut(Schema):
    """What the inspection says; ``metrics`` are those of the format."""

    qc_version: str
    format: str = Field(examples=["fastq"])
    verdict: str = Field(examples=["pass"])
    findings: list[dict[str, Any]] = []
    metrics: dict[str, Any] = {}
    seconds: float


class FileOut(Schema):
    """A version of a file; ``verdict`` is empty while it has not been inspected."""

    id: int
    name: str = Field(examples=["S1_R1.fastq.gz"])
    version: int
    is_current: bool
    size_bytes: int
    md5: str
    sha256: str
    verdict: str = ""
    format: str = ""
    url: str = Field(description="download; takes ranges")


class UploadOut(Schema):
    """An upload that was begun: ``url`` is its tus address, ``offset_bytes`` are safe."""

    name: str
    size_bytes: int
    offset_bytes: int
    url: str


class FileWithInspection(FileOut):
    inspection: InspectionOut | None = None


@router.get("/shelves/{shelf}/files", response={200: list[FileOut], **ANSWERS}, summary="Files of a shelf")
def list_files(request: HttpRequest, shelf: UUID, history: bool = False) -> Any:
    """The shelf is the last part of a submission's `tus` address; `history` lists former versions too."""
    found = get_shelf(actor_of(request), shelf)
    files = queries.files_of_shelf(found.pk, history=history, actor=actor_of(request))
    listed = [file_out(file, file.inspection) for file in files]  # type: ignore[attr-defined]
    # As it is: to have each of a thousand files looked through by the schema takes longer than to find them.
    return HttpResponse(msgspec.json.encode(listed), content_type="application/json; charset=utf-8")


@router.get("/shelves/{shelf}/uploads", response={200: list[UploadOut], **ANSWERS}, summary="Uploads to go on with")
def list_uploads(request: HttpRequest, shelf: UUID) -> Any:
    found = get_shelf(actor_of(request), shelf)
    begun = Upload.objects.filter(shelf=found, file=None, expires_at__gt=timezone.now()).order_by("created_at")
    return [
        {"name": each.name, "size_bytes": each.size_bytes, "offset_bytes": each.offset_bytes,
         "url": f"/files/tus/{found.pk}/{each.pk}"}
        for each in begun
    ]  # fmt: skip


@router.put("/shelves/{shelf}/files/{name}", response={201: FileOut, **ANSWERS}, summary="Send a small file whole",
            openapi_extra={"requestBody": {"content": {"application/octet-stream": {}}}})  # fmt: skip
def put_file(request: HttpRequest, shelf: UUID, name: str, content_md5: str = Header("", alias="Content-MD5")) -> Any:
    """The body is the file. Sent again with the same content it changes nothing. For large files use tus."""
    found = get_shelf(actor_of(request), shelf, "change")
    body = body_of(request.META)
    stored = services.receive(
        actor_of(request), found, name, Whole(body, name), size_bytes=body.declared_bytes or 0,
        expected_md5=_hex(content_md5),
    )  # fmt: skip
    return 201, file_out(stored, None)


@router.get("/files/{int:file_id}", response={200: FileWithInspection, **ANSWERS}, summary="A file, inspected")
def read_file(request: HttpRequest, file_id: Key) -> Any:
    file = get_file(actor_of(request), file_id, "read")
    inspection = queries.latest_inspections([file.object_id]).get(file.object_id)
    return {**file_out(file, inspection), "inspection": inspection}


@router.delete("/files/{int:file_id}", response={204: None, **ANSWERS}, summary="Remove a file of a draft")
def remove_file(request: HttpRequest, file_id: Key) -> Any:
    services.remove(actor_of(request), get_file(actor_of(request), file_id, "read"))
    return 204, None


def file_out(file: StoredFile, inspection: InspectionResult | None) -> dict[str, Any]:
    return {
        "id": file.pk,
        "name": file.name,
        "version": file.version,
        "is_current": file.is_current,
        "size_bytes": file.object.size_bytes,
        "md5": file.object.md5,
        "sha256": file.object_id,
        "verdict": inspection.verdict if inspection else "",
        "format": inspection.format if inspection else "",
        "url": queries.address_of(file),
    }


def _hex(content_md5: str) -> str:
    """``Content-MD5`` is base64 (RFC 1864); the hexadecimal form that most people have at hand is taken too."""
    try:
        return base64.b64decode(content_md5, validate=True).hex() if len(content_md5) == 24 else content_md5
    except binascii.Error:
        return content_md5
