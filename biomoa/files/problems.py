"""What can go wrong when a file arrives: each with a code, an HTTP status and a sentence in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from django.http import HttpResponse

from biomoa.catalog.korean import settled
from biomoa.catalog.model import Text
from biomoa.forms.problems import Problem
from biomoa.people.edge import fault


class FileProblem(Exception):
    """A file is refused, or cannot be taken now. ``status`` is the HTTP status, ``problems`` say why and what to do."""

    def __init__(self, status: int, problems: list[Problem], *, retry_seconds: int | None = None) -> None:
        super().__init__("; ".join(problem.message.en for problem in problems))
        self.status, self.problems, self.retry_seconds = status, problems, retry_seconds


class ShelfClosed(FileProblem):
    """The room above lets nothing come to this shelf yet; ``address`` is the page where that is mended."""

    def __init__(self, closed: Mapping[str, str]) -> None:
        self.address = closed["url"]
        super().__init__(422, [Problem(closed["code"], "error", Text(ko=closed["ko"], en=closed["en"]))])


class _Known(msgspec.Struct, frozen=True):
    status: int
    ko: str
    en: str
    retry_seconds: int | None = None


_KNOWN: Mapping[str, _Known] = {
    "sign-in-needed": _Known(
        401,
        "로그인이 필요하거나 토큰이 만료되었습니다. 다시 로그인한 뒤 이어서 전송해 주세요.",
        "Sign in first, or your token has expired; then the upload goes on where it stopped.",
    ),
    "session-check-failed": _Known(
        403,
        "페이지를 연 뒤 로그인 상태가 바뀌었습니다. 페이지를 새로 고친 뒤 이어서 전송해 주세요.",
        "The sign-in has changed since the page was opened. Reload the page and go on with the upload.",
    ),
    "not-found": _Known(
        404,
        "요청하신 항목을 찾을 수 없습니다.",
        "There is no such thing here.",
    ),
    "not-allowed": _Known(
        403,
        "이 보관함에 파일을 올릴 권한이 없습니다. 그룹 관리자에게 문의해 주세요.",
        "You may not add files here. Ask a manager of the group.",
    ),
    "shelf-not-editable": _Known(
        409,
        "현재 상태({state})에서는 파일을 바꿀 수 없습니다. 작성 중이거나 반려된 제출만 바꿀 수 있습니다.",
        "Files cannot be changed while the state is {state}; only drafts and returned submissions can be.",
    ),
    "protocol-version": _Known(
        412,
        "지원하는 tus 프로토콜 버전은 1.0.0입니다.",
        "The tus version here is 1.0.0.",
    ),
    "bad-header": _Known(
        400,
        "요청 머리말이 올바르지 않습니다: {detail}",
        "A header is wrong: {detail}",
    ),
    "wrong-media-type": _Known(
        415,
        "본문의 형식은 application/offset+octet-stream이어야 합니다.",
        "The body must be application/offset+octet-stream.",
    ),
    "wrong-offset": _Known(
        409,
        "{file}: 서버에는 {found}바이트까지 저장되어 있으나 {expected}바이트부터 보내셨습니다. "
        "저장된 위치부터 다시 보내 주세요.",
        "{file}: the server holds {found} bytes, the request begins at {expected}. Go on from what is held.",
    ),
    "upload-busy": _Known(
        423,
        "{file}: 같은 파일을 다른 연결에서 전송하고 있습니다. 잠시 후 다시 시도해 주세요.",
        "{file}: another connection is sending this file. Try again in a moment.",
        2,
    ),
    "upload-gone": _Known(
        410,
        "전송 기한이 지났거나 취소된 파일입니다. 파일을 처음부터 다시 올려 주세요.",
        "This upload has expired or was cancelled. Send the file again from the beginning.",
    ),
    "file-too-large": _Known(
        413,
        "{file}: 파일 크기 {found}바이트가 한도 {expected}바이트를 넘습니다.",
        "{file}: {found} bytes are more than the limit of {expected} bytes.",
    ),
    "group-quota-bytes": _Known(
        413,
        "이 그룹이 보관할 수 있는 용량을 넘습니다: 모두 {found}바이트가 되며 한도는 {expected}바이트입니다. 쓰지 않는 "
        "파일을 지우거나 운영자에게 한도를 늘려 달라고 요청해 주세요.",
        "The group would keep {found} bytes; its limit is {expected}. Remove files that are not needed, or ask the "
        "operator for more.",
    ),
    "group-quota-files": _Known(
        413,
        "이 그룹은 파일을 {expected}개까지 보관할 수 있습니다. 쓰지 않는 파일을 지우거나 운영자에게 문의해 주세요.",
        "The group may keep {expected} files. Remove files that are not needed, or ask the operator for more.",
    ),
    "too-many-uploads": _Known(
        429,
        "이 그룹에서 전송 중인 파일이 {expected}개입니다. 먼저 시작한 전송을 마치거나 취소한 뒤 다시 시도해 주세요.",
        "The group has {expected} uploads under way. Finish or cancel some of them, then try again.",
        60,
    ),
    "upload-too-long": _Known(
        413,
        "{file}: 선언한 크기 {expected}바이트보다 많은 {found}바이트를 보내셨습니다. 전송 중 파일이 "
        "바뀌었는지 확인해 주세요.",
        "{file}: {found} bytes were sent, {expected} were declared. Did the file change meanwhile?",
    ),
    "upload-too-short": _Known(
        400,
        "{file}: 선언한 {expected}바이트 가운데 {found}바이트만 도착했습니다. 받은 만큼은 저장되어 "
        "있으므로 이어서 보내 주세요.",
        "{file}: {found} of {expected} bytes have arrived. They are kept; go on from there.",
    ),
    "file-cut": _Known(
        400,
        "{file}: 선언한 {expected}바이트 가운데 {found}바이트만 도착하여 저장하지 않았습니다. 다시 보내 주세요. "
        "큰 파일은 tus로 올리면 이어서 보낼 수 있습니다.",
        "{file}: {found} of {expected} bytes arrived; nothing was kept. Send it again; by tus an upload can go on.",
    ),
    "part-checksum-mismatch": _Known(
        460,
        "{file}: 전송 중 손상된 부분이 있습니다. 예상 {expected}, 실제 {found}. 이 부분을 다시 보내 주세요.",
        "{file}: a part was damaged on the way: expected {expected}, found {found}. Send this part again.",
    ),
    "file-checksum-mismatch": _Known(
        460,
        "{file}: 체크섬이 다릅니다. 예상 {expected}, 실제 {found}. 파일이나 입력한 체크섬을 확인한 "
        "뒤 다시 올려 주세요.",
        "{file}: the checksum differs: expected {expected}, found {found}. Check the file or the "
        "checksum given, then send it again.",
    ),
    "storage-full": _Known(
        507,
        "저장 공간이 부족하여 지금은 파일을 받을 수 없습니다. 이미 받은 부분은 보존되며, 운영자가 "
        "공간을 확보한 뒤 이어서 보내실 수 있습니다.",
        "There is not enough space to take the file now. What has arrived is kept; the upload can go "
        "on when the operator has made room.",
        600,
    ),
    "storage-failed": _Known(
        503,
        "저장 장치에 쓰지 못했습니다. 이미 확인된 부분은 보존되어 있으니 잠시 후 이어서 보내 주세요.",
        "Writing failed. What was confirmed is kept; go on in a moment.",
        30,
    ),
    "storage-away": _Known(
        503,
        "보관소를 사용할 수 없어 지금은 파일을 받을 수 없습니다. 운영자에게 알려졌습니다. 이미 확인된 부분은 보존되어 "
        "있으니 나중에 이어서 보내 주세요.",
        "The storage cannot be used, so no file can be taken now. The operators have been told. What was confirmed is "
        "kept; go on later.",
        600,
    ),
    "file-absent": _Known(
        503,
        "{file}: 파일이 보관소에 없거나 온전하지 않습니다. 운영자에게 알려졌습니다. 복구된 뒤 같은 주소에서 다시 받아 "
        "주세요.",
        "{file}: the file is missing from the storage, or not whole. The operators have been told; get it again at the "
        "same address when it has been restored.",
        3600,
    ),
    "no-file": _Known(
        400,
        "선택한 파일이 없습니다. 파일을 선택한 뒤 다시 시도해 주세요.",
        "No file was chosen. Choose one and try again.",
    ),
    "inbox-absent": _Known(
        404,
        "수신 폴더 {file}이(가) 없습니다.",
        "There is no inbox folder {file}.",
    ),
    "inbox-not-regular": _Known(
        400,
        "{file}: 일반 파일이 아니므로(링크, 폴더, 장치 등) 받지 않습니다. 실제 파일로 넣어 주세요.",
        "{file}: not a regular file (a link, folder or device). Put the file itself there.",
    ),
    "inbox-growing": _Known(
        409,
        "{file}: 아직 쓰는 중인 파일입니다. 복사가 끝난 뒤 다시 시도해 주세요.",
        "{file}: still being written. Try again when the copy is complete.",
        30,
    ),
    "quarantine-decided": _Known(
        409,
        "이 파일의 격리는 이미 처리되었습니다. 화면을 새로 고쳐 현재 상태를 확인해 주세요.",
        "The quarantine of this file has been settled. Reload to see its state.",
    ),
    "quarantine-needs-reason": _Known(
        422,
        "사유가 비어 있습니다. 판단한 근거를 적어 주세요.",
        "The reason is empty. Say what the decision rests on.",
    ),
    "reason-names-person": _Known(
        422,
        "사유에 개인을 알아볼 수 있는 정보가 있습니다. 해당 내용을 빼고 다시 적어 주세요.",
        "The reason itself seems to identify a person. Write it without that.",
    ),
    "content-removed": _Known(
        409,
        "개인정보가 확인되어 삭제한 파일과 내용이 같으므로 받지 않습니다. 개인정보를 지운 파일을 올려 주세요.",
        "The same content was removed because it identifies a person. Upload a file without that.",
    ),
    "file-in-use": _Known(
        409,
        "{file}: 등록된 레코드가 사용하는 파일이므로 지울 수 없습니다.",
        "{file}: a record uses this file, so it cannot be removed.",
    ),
}


def problem(code: str, **facts: Any) -> Problem:
    """The problem of a code, with its facts (file, expected, found, ...) in the sentences."""
    known = _KNOWN[code]
    message = Text(ko=settled(known.ko.format_map(facts)), en=known.en.format_map(facts))
    value = facts.get("found")
    return Problem(
        code, "error", message,
        value=None if value is None else str(value)[:200], file=facts.get("file"),
    )  # fmt: skip


def refused(code: str, **facts: Any) -> FileProblem:
    """What to raise for a code."""
    known = _KNOWN[code]
    return FileProblem(known.status, [problem(code, **facts)], retry_seconds=known.retry_seconds)


def known_codes() -> Mapping[str, tuple[int, Text]]:
    """Every code with its HTTP status and sentence, for the public page of rules."""
    return {code: (known.status, Text(ko=known.ko, en=known.en)) for code, known in _KNOWN.items()}


def problem_response(error: FileProblem, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """The answer of RFC 9457 in the shape of the house, with the headers that the trouble asks for."""
    response = fault(error.status, problems=error.problems)
    if error.retry_seconds is not None:
        response["Retry-After"] = str(error.retry_seconds)
    if error.status == 460:
        response.reason_phrase = "Checksum Mismatch"
    for name, value in (headers or {}).items():
        response[name] = value
    return response
