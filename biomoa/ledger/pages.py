"""``/ledger/heads``: what a station publishes so that others can hold it to its word. For anybody; it names nobody."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from biomoa.ledger import heads


@require_safe
def show_heads(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Every key and signed head, as JSON."""
    return HttpResponse(msgspec.json.encode(heads.published()), content_type="application/json")
