"""Pages of certificates: issuing, the public page that verifies one, its document."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from biomoa.people.edge import actor_of, language_of
from biomoa.records import certificates
from biomoa.records.certificates_pdf import render_pdf
from biomoa.records.edge import command, get_submission, kept_secret
from biomoa.records.refusals import NotFound

NOT_INDEXED = ("X-Robots-Tag", "Cache-Control")


@login_required
@require_POST
@command
def issue_for_submission(request: HttpRequest, code: str) -> HttpResponse:
    made = certificates.certify_submission(actor_of(request), get_submission(request, code).pk)
    messages.success(request, _("The certificate is issued. Its document is below, in Korean and in English."))
    return redirect("certificate", code=made.code)


@login_required
@require_POST
def issue_for_record(request: HttpRequest, accession: str) -> HttpResponse:
    version = request.POST.get("version", "")
    number = int(version) if version.isdecimal() and len(version) < 9 else None
    made = certificates.certify_record(actor_of(request), accession, number)
    messages.success(request, _("The certificate is issued. Its document is below, in Korean and in English."))
    return redirect("certificate", code=made.code)


@never_cache
@require_safe
def look_up(request: HttpRequest) -> HttpResponse:
    """Where the code on a paper is typed in. Context: ``typed``, ``is_wrong``."""
    typed = request.GET.get("code", "")
    if code := certificates.normal_code(typed):
        return redirect("certificate", code=code)
    return render(request, "records/certificates.html", {"typed": typed[:100], "is_wrong": bool(typed)})


@never_cache
@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Is it genuine, what does it cover, is there something newer? For anyone who holds the code."""
    try:
        told = certificates.verify(code)
    except NotFound:
        context = {"typed": code[:100], "is_wrong": True, "is_unknown": True}
        return kept_secret(render(request, "records/certificates.html", context, status=404), NOT_INDEXED)
    if told.code != code:
        return redirect("certificate", code=told.code)
    digest = told.facts.get("digest", "")
    context = {
        "told": told, "facts": told.facts, "may_have_document": _may_have(request, code),
        "digest_parts": [digest[start : start + 16] for start in range(0, len(digest), 16)],
    }  # fmt: skip
    return kept_secret(render(request, "records/certificate.html", context), NOT_INDEXED)


def _may_have(request: HttpRequest, code: str) -> bool:
    try:
        return bool(certificates.get_own(actor_of(request), code))
    except NotFound:
        return False


@never_cache
@require_safe
def document(request: HttpRequest, code: str) -> HttpResponse:
    """The PDF, in ``?language=ko|en`` or the reader's own; for who may issue the certificate."""
    asked = request.GET.get("language", "")
    language = asked if asked in ("ko", "en") else language_of(request)
    made = certificates.get_own(actor_of(request), code)
    headers = {
        "Content-Disposition": f'attachment; filename="certificate-{made.facts["accession"]}-{language}.pdf"',
        "X-Content-Type-Options": "nosniff",
    }
    pdf = render_pdf(made, "ko" if language == "ko" else "en")
    return kept_secret(HttpResponse(pdf, "application/pdf", headers=headers), NOT_INDEXED)
