"""What makes a page light on a slow connection: compressed HTML, one style sheet, one script.

Who comes from elsewhere gets the sheet within the page: on a slow line to wait for it takes longer than the page.
Who goes on from one of our pages has it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.templatetags.static import static
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString
from whitenoise.storage import CompressedManifestStaticFilesStorage

from biomoa.site.headers import POLICY

SHEET, SCRIPT = "site/pages.css", "site/pages.js"
JOINED = {
    SHEET: ("site/tokens.css", "site/layout.css", "site/controls.css", "site/content.css"),
    SCRIPT: ("site/site.js", "site/keep.js"),
}
_SPACE = r"(?:\s|/\*.*?\*/)"
_TOKEN = re.compile(
    rf"""("[^"]*"|'[^']*')|{_SPACE}*(?:;{_SPACE}*)*(}}){_SPACE}*|{_SPACE}*([{{;,>]){_SPACE}*|(:){_SPACE}+|{_SPACE}+""",
    re.DOTALL,
)


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Joins the files of every page when a station collects them: each that a page waits for costs a round trip."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        for name, parts in () if dry_run else JOINED.items():
            if self.exists(name):
                self.delete(name)
            text = "\n".join(self._read(part) for part in parts)
            self._save(name, ContentFile((tightened(text) if name.endswith(".css") else text).encode()))
            paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)

    def url(self, name: str | None, force: bool = False) -> str:
        """The address with the digest; looked up once, for what was collected does not change while a process runs."""
        if name not in self._addresses:
            self._addresses[name] = str(super().url(name, force))
        return self._addresses[name]

    @cached_property
    def _addresses(self) -> dict[str | None, str]:
        return {}

    @cached_property
    def within(self) -> tuple[bytes, bytes, str]:
        """The link to the sheet of all pages, what stands in its place within a page, and the policy that lets it."""
        address, text = self.url(SHEET), self._read(self.stored_name(SHEET))
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        ahead = format_html('<link rel="prefetch" href="{}" as="style">', address)  # for the page after this one
        placed = f"<style>{text}</style>\n  {ahead}"
        return sheet_link(address).encode(), placed.encode(), f"{POLICY}; style-src 'self' 'sha256-{digest}'"

    def _read(self, name: str) -> str:
        with self.open(name) as file:
            return bytes(file.read()).decode()


def tightened(sheet: str) -> str:
    """A style sheet without comments and without space that says nothing; strings stay as they are."""
    return (
        _TOKEN.sub(lambda found: found[found.lastindex] if found.lastindex else " ", sheet).replace(";}", "}").strip()
    )


def addresses(name: str) -> list[str]:
    """Of a joined file where a station collected its static files; else of each of its parts."""
    return [static(part) for part in ([name] if isinstance(staticfiles_storage, StaticFiles) else JOINED[name])]


def sheet_link(address: str) -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', address)


class LightPages(GZipMiddleware):
    """Pages only: files keep their lengths and ranges. Django pads what it compresses against BREACH."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not isinstance(response, HttpResponse) or not response.get("Content-Type", "").startswith("text/html"):
            return response
        patch_vary_headers(response, ["Sec-Fetch-Site"])
        if "Content-Encoding" in response.headers:
            patch_vary_headers(response, ["Accept-Encoding"])
            return response
        if isinstance(staticfiles_storage, StaticFiles) and _comes_from_elsewhere(request):
            _put_sheet_within(response, *staticfiles_storage.within)
        return super().process_response(request, response)


def takes_packed(request: HttpRequest) -> bool:
    """May the page go out as gzip that was made before? Not to those who get the sheet within it."""
    return bool(re_accepts_gzip.search(request.headers.get("Accept-Encoding", ""))) and not _comes_from_elsewhere(
        request
    )


def _comes_from_elsewhere(request: HttpRequest) -> bool:
    """As browsers tell since 2023; of others nothing is known, and they follow the link."""
    is_entry = request.headers.get("Sec-Fetch-Site") in ("none", "cross-site")
    return is_entry and request.headers.get("Sec-Fetch-Dest") == "document" and not _is_signed_in(request)


def _is_signed_in(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _put_sheet_within(response: HttpResponse, link: bytes, placed: bytes, policy: str) -> None:
    if link in response.content and "Content-Security-Policy" not in response.headers:
        response.content = response.content.replace(link, placed, 1)
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["Content-Security-Policy"] = policy
