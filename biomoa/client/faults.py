"""How a call can fail.

ClientError
  Unreachable     no answer after all attempts
  ApiError        an answer that says no: ``status``, ``detail``, ``problems``
    NotSignedIn   401: token missing, unknown or expired
    NotPermitted  403
    NotFound      404: not there, or not for this reader
    Conflict      409: someone else changed it; ``current_revision``
    Invalid       422: ``problems`` tell what, where and the way out
  UploadBroken    what the station stored is not what was sent
"""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import msgspec

from biomoa.client.answers import Problem


class ClientError(Exception):
    """Every failure of this client."""


class Unreachable(ClientError):
    """The station did not answer."""


class UploadBroken(ClientError):
    """What the station stored is not what was sent."""


class ApiError(ClientError):
    def __init__(
        self, status: int, detail: str, problems: Sequence[Problem] = (), current_revision: int | None = None
    ) -> None:
        self.status = status
        self.detail = detail
        self.problems = tuple(problems)
        self.current_revision = current_revision
        super().__init__(f"{status}: {detail}")


class NotSignedIn(ApiError):
    pass


class NotPermitted(ApiError):
    pass


class NotFound(ApiError):
    pass


class Conflict(ApiError):
    pass


class Invalid(ApiError):
    pass


KINDS: dict[int, type[ApiError]] = {
    401: NotSignedIn,
    403: NotPermitted,
    404: NotFound,
    409: Conflict,
    422: Invalid,
}


class _Body(msgspec.Struct):
    detail: str = ""
    problems: tuple[Problem, ...] = ()
    current_revision: int | None = None


def raise_for(response: httpx.Response) -> None:
    """Raises the fault that the answer tells of; nothing for a good one."""
    if response.status_code < 400:
        return
    try:
        body = msgspec.json.decode(response.read(), type=_Body)
    except msgspec.DecodeError:
        body = _Body(detail=response.reason_phrase)
    kind = KINDS.get(response.status_code, ApiError)
    detail = body.detail or response.reason_phrase
    raise kind(response.status_code, detail, body.problems, body.current_revision)
