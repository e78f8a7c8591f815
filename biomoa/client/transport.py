"""One connection to a station: the token, and patience where a second try can do no harm."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx

from biomoa.client.faults import ClientError, Unreachable, raise_for

COMMANDS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
BUSY = frozenset({429, 502, 503, 504})
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 30.0
TOLD_PAUSE_SECONDS = 1.0  # a shorter one is not worth a line

log = logging.getLogger(__name__)


class Transport:
    """Sends requests; tries again after broken connections and busy answers, pausing longer each time.

    A pause that a person would notice is logged as a warning, which Python shows on standard error by itself.
    """

    def __init__(self, url: str, token: str, *, attempts: int, timeout_seconds: float, language: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ClientError(f"{url}: no address of a station; give it as https://station.example.org")
        self.attempts = attempts
        headers = {"Accept": "application/json", "Accept-Language": language, "User-Agent": "biomoa-client"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self.http = httpx.Client(base_url=url, headers=headers, timeout=timeout_seconds, follow_redirects=False)

    def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The good answer. Raises Unreachable after all attempts, ApiError for an answer that says no.

        Commands carry an idempotency key of their own unless one is given.
        """
        if method in COMMANDS:
            # The station does a command once, however often the line makes us send it.
            request["headers"] = {"Idempotency-Key": uuid4().hex, **request.get("headers", {})}
        said = ""
        for pause in pauses(self.attempts):
            try:
                response = self.http.request(method, path, **request)
            except httpx.TransportError as error:
                said = f"{type(error).__name__}: {error}"
            else:
                if response.status_code not in BUSY:
                    raise_for(response)
                    return response
                said = f"{response.status_code} {response.reason_phrase}"
                pause = max(pause, asked_pause(response))
            if pause >= TOLD_PAUSE_SECONDS:
                log.warning("%s did not answer (%s); asked again in %.0f s", self.http.base_url.host, said, pause)
            time.sleep(pause)
        raise Unreachable(f"{self.http.base_url.join(path)} did not answer ({said})")


def pauses(attempts: int) -> Iterator[float]:
    """Seconds to wait after each failed attempt."""
    pause = FIRST_PAUSE_SECONDS
    for attempt in range(attempts):
        yield pause if attempt + 1 < attempts else 0.0
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def asked_pause(response: httpx.Response) -> float:
    """``Retry-After`` in seconds, as far as we are ready to wait."""
    said = response.headers.get("Retry-After", "")
    return min(float(said), LONGEST_PAUSE_SECONDS) if said.isdecimal() else 0.0
