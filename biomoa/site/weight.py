"""What makes a page light on a slow connection: one style sheet to wait for, and compressed HTML."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.core.files.base import ContentFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEETS = ("site/tokens.css", "site/layout.css", "site/controls.css", "site/content.css")
JOINED = "site/pages.css"


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Joins the style sheets when a station collects them: each file that a page waits for costs a round trip."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run:
            if self.exists(JOINED):
                self.delete(JOINED)
            self._save(JOINED, ContentFile(b"\n".join(self._read(name) for name in SHEETS)))
            paths[JOINED] = (self, JOINED)
        yield from super().post_process(paths, dry_run, **options)

    def url(self, name: str | None, force: bool = False) -> str:
        """The address with the digest; looked up once, for what was collected does not change while a process runs."""
        if name not in self._addresses:
            self._addresses[name] = str(super().url(name, force))
        return self._addresses[name]

    @cached_property
    def _addresses(self) -> dict[str | None, str]:
        return {}

    def _read(self, name: str) -> bytes:
        with self.open(name) as file:
            return bytes(file.read())


class CompressedPages(GZipMiddleware):
    """Pages only: files keep their lengths and ranges. Django pads what it compresses against BREACH."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)  # type: ignore[arg-type]
