"""The document of a certificate: PDF in Korean or English, from its stored facts alone."""

from __future__ import annotations

import io
from typing import Any, Literal
from urllib.parse import quote

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from biomoa.records.certificates import LISTED, address_of
from biomoa.records.models import Certificate

QR_PREFIX = "data:image/svg+xml"


def render_pdf(made: Certificate, language: Literal["ko", "en"]) -> bytes:
    document: bytes = lay_out(made, language).write_pdf()
    return document


def lay_out(made: Certificate, language: Literal["ko", "en"]) -> Any:
    """The pages. Nothing but the code's own picture is loaded while they are set, whatever stands in a title."""
    from weasyprint import HTML  # loads Pango and the fonts: only where a document is made

    with translation.override(language):
        html = render_to_string("records/certificate_pdf.html", document_context(made, language))
    return HTML(string=html, url_fetcher=_fetch).render()


def document_context(made: Certificate, language: Literal["ko", "en"]) -> dict[str, Any]:
    """Context of the template: ``facts``, ``code``, ``address``, ``qr``, names in the language, ``unlisted``."""
    facts, station = made.facts, settings.BIOMOA_HOME.station
    address = address_of(made.code)
    return {
        "facts": facts,
        "code": made.code,
        "address": address,
        "qr": qr(address),
        "language": language,
        "group": facts["group"][language],
        "center": facts["center"][language],
        "station_name": station.name_ko if language == "ko" else station.name_en,
        "facts_digest": made.digest,
        "unlisted": max(0, facts.get("count", 0) - LISTED),
    }


def qr(address: str) -> str:
    """The address as a QR code (ISO/IEC 18004), a picture in a ``data:`` address."""
    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(picture, kind="svg", scale=4, border=2, xmldecl=False)
    return f"{QR_PREFIX},{quote(picture.getvalue())}"


def _fetch(url: str, **_: Any) -> Any:
    from weasyprint.urls import URLFetcher

    if not url.startswith(f"{QR_PREFIX},"):
        raise ValueError("a certificate loads nothing")
    return URLFetcher(allowed_protocols=["data"]).fetch(url)
