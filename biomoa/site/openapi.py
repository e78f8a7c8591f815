"""The description of the API, with what every operation may answer besides its own."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from biomoa.people.edge import PROBLEM_JSON

FAULT = {"$ref": "#/components/schemas/Fault"}
# Before an operation begins: unreadable, a bad token, too large, wrong parameters, too many requests, failed, busy.
ANYWHERE = {
    400: "Unreadable request", 401: "Unknown or expired token", 403: "Not permitted", 409: "In conflict",
    413: "Too large", 422: "Wrong parameters", 429: "Too many requests: see Retry-After",
    503: "Busy: see Retry-After",
}  # fmt: skip
BINARY = {"type": "string", "format": "binary"}


class Described(NinjaAPI):
    """A fault is `application/problem+json`, bytes are of any type, and the faults of the way in are everywhere."""

    def get_openapi_schema(self, **asked: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**asked)
        for methods in schema["paths"].values():
            for operation in methods.values():
                _complete(operation["responses"])
        return schema

    def listed(self) -> list[tuple[str, str, str]]:
        """(method, path, summary) of every operation, for the page that a reader sees first."""
        paths = self.get_openapi_schema(path_prefix="/api/v1")["paths"]
        return [
            (method.upper(), path, str(operation.get("summary", "")))
            for path, methods in sorted(paths.items())
            for method, operation in methods.items()
        ]


def _complete(responses: dict[Any, Any]) -> None:
    for status, answer in responses.items():
        content = answer.get("content", {})
        kept = content.get("application/json")
        if kept is None:
            continue
        if int(status) >= 400:
            answer["content"] = {PROBLEM_JSON: kept}
        elif {key: kept["schema"].get(key) for key in BINARY} == BINARY:
            answer["content"] = {"*/*": {}}
    for status, words in ANYWHERE.items():
        if status not in responses and str(status) not in responses:
            responses[status] = {"description": words, "content": {PROBLEM_JSON: {"schema": FAULT}}}
