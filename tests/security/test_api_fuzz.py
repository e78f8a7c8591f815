"""Generated calls of every operation, as nobody, depositor and curator: no answer 5xx, none outside the schema.

``BIOMOA_API_EXAMPLES`` is the number of calls an operation; nightly/api_fuzz.py runs this with 500.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from biomoa.site.urls import api
from biomoa.site.wsgi import application
from tests.security.world import Place, make_place

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("BIOMOA_API_EXAMPLES", "6"))
SEED = int(os.environ.get("BIOMOA_API_SEED", "0"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
WHO = ("nobody", "owner-deposit-token", "curator-token")


@pytest.fixture(autouse=True)
def connection_stays() -> Iterator[None]:
    """As Django's own test client does it: the end of a request must not close the connection of the test."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.http.response.HttpResponseBase.close", lambda _response: None)
        yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def real_names(place: Place) -> dict[str, list[Any]]:
    """Things that exist, by the name of the parameter of a path: without them most calls would meet nothing."""
    things = place.things.values()
    return {
        "code": [thing.submission.code for thing in things],
        "accession": [thing.record.accession for thing in things if thing.record],
        "form": ["bioproject", "biosample", "ngs-run"],
        "position": [1, 2],
        "shelf": [str(thing.submission.shelf_id) for thing in things],
        "file_id": [thing.file.pk for thing in things],
        "problem_id": [thing.problem.pk for thing in things],
        "standard": ["jsonld", "tsv", "datacite-xml"],
        "group": ["lab"],
    }


@pytest.mark.parametrize("role", WHO)
def test_generated_calls(station: Callable[..., None], role: str) -> None:
    # Wrong tokens are among what is generated; the limits have tests of their own.
    station(token_guesses_per_minute=0, requests_per_minute_address=0, requests_per_minute_person=0)
    place = make_place()
    known, told, calls = real_names(place), dict[str, str](), 0
    headers = {"Authorization": f"Bearer {place.tokens[role]}"} if role in place.tokens else {}
    schema = schemathesis.openapi.from_dict(_loosened(json.loads(json.dumps(api.get_openapi_schema()))))
    schema.app = application

    def call(case: Any) -> None:
        nonlocal calls
        calls += 1
        with transaction.atomic():
            try:
                case.call_and_validate(headers=headers, checks=CHECKS)
            except (FailureGroup, Failure) as failure:
                for one in getattr(failure, "exceptions", (failure,)):
                    key = f"{case.operation.label}: {type(one).__name__} {str(one)[:300]}"
                    told.setdefault(key, case.as_curl_command()[:400])
            transaction.set_rollback(True)

    for found in schema.get_all_operations():
        _try_operation(found.ok(), known, call)
    assert calls > 100
    assert not told, "\n\n".join(f"{key}\n  {curl}" for key, curl in sorted(told.items()))


def _loosened(part: Any) -> Any:
    """The document, but for ``prefixItems``, which the generator takes for a word of an older JSON Schema."""
    if isinstance(part, dict):
        part.pop("prefixItems", None)
        return {key: _loosened(value) for key, value in part.items()}
    return [_loosened(value) for value in part] if isinstance(part, list) else part


def _try_operation(operation: Any, known: dict[str, list[Any]], call: Any) -> None:
    @hypothesis.seed(SEED)
    @hypothesis.settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(), is_real=st.booleans(), choice=st.integers(0, 6))
    def probe(case: Any, is_real: bool, choice: int) -> None:
        parameters = dict(case.path_parameters or {})
        for name in parameters:
            # A path with its own separator in it is another path: the schema says nothing of that.
            if "/" in str(parameters[name]) or str(parameters[name]) in (".", "..", ""):
                parameters[name] = known.get(name, ["x"])[0]
            elif is_real and name in known:
                parameters[name] = known[name][choice % len(known[name])]
        case.path_parameters = parameters
        call(case)

    probe()
