"""Why a service did not do what was asked. The edges turn these into 404, 403, 409 and 422."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404

from biomoa.forms.problems import Problem

__all__ = ["Conflict", "NotFound", "PermissionDenied", "Refusal"]


class NotFound(Http404):
    """Not there, or not for this reader: the answer does not tell which."""


class Conflict(Exception):
    """Someone else changed the submission since it was read; ``current_revision`` is what it is now."""

    def __init__(self, current_revision: int) -> None:
        self.current_revision = current_revision
        super().__init__(f"the submission is at revision {current_revision} now")


class Refusal(Exception):
    """The person may, but it cannot be done as things are; ``problems`` say why and the way out."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.message.en for problem in problems))
