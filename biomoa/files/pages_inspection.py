"""The report of an inspection: verdict in words, findings, metrics, charts; also as JSON and for MultiQC."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from biomoa.files.models import InspectionResult, StoredFile
from biomoa.files.problems import FileProblem
from biomoa.files.queries import get_file, latest_inspections
from biomoa.files.rules import place_said
from biomoa.people.edge import actor_of, language_of
from biomoa.qc.model import Inspection
from biomoa.qc.report import SHOWN, charts_of, draw, multiqc

DRAWN = 2  # counts the ways charts were drawn


def _load(request: HttpRequest, file_id: int) -> tuple[StoredFile, InspectionResult | None]:
    try:
        file = get_file(actor_of(request), file_id)
    except FileProblem as problem:
        raise Http404 from problem
    return file, latest_inspections([file.object_id]).get(file.object_id)


@require_safe
def inspection(request: HttpRequest, file_id: int) -> HttpResponse:
    """Context: ``file``, ``result`` (InspectionResult or None), ``metrics`` [(label, value)], ``charts`` and words."""
    file, result = _load(request, file_id)
    charts = charts_of(result.format, result.metrics) if result else []
    context = {
        "file": file,
        "result": result,
        "findings": [_finding(one) for one in result.findings] if result else [],
        "metrics": _metrics(result.metrics) if result else [],
        "charts": [(chart.title, chart.said) for chart in charts],
    }
    return render(request, "files/inspection.html", context)


def _finding(kept: dict[str, Any]) -> dict[str, Any]:
    language = language_of()
    return {**kept, "said": kept["message"][language], "at": place_said(kept.get("at") or "", language)}


def _metrics(metrics: dict[str, Any]) -> list[tuple[str, str]]:
    labels = {
        "reads": _("Reads"),
        "bases": _("Bases"),
        "length_mean": _("Mean length (bp)"),
        "gc_percent": _("GC (%)"),
        "n_percent": _("N (%)"),
        "q30_percent": _("Bases of Q30 or better (%)"),
        "adapter_percent": _("Reads with adapter (%)"),
        "duplication_percent": _("Duplication, estimated (%)"),
        "sequences": _("Sequences"),
        "residues": _("Residues"),
        "mapped": _("Mapped reads"),
        "mapped_percent": _("Mapped reads (%)"),
    }
    found = [(labels[name], metrics[name]) for name in SHOWN if isinstance(metrics.get(name), int | float)]
    return [(label, f"{value:,}" if isinstance(value, int) else f"{value:,.2f}") for label, value in found]


@require_safe
def chart(request: HttpRequest, file_id: int, number: int) -> HttpResponse:
    """A chart as SVG; the same for as long as the bytes, the version of the inspection and the way to draw are."""
    file, result = _load(request, file_id)
    charts = charts_of(result.format, result.metrics) if result else []
    if result is None or number >= len(charts):
        raise Http404
    etag = quote_etag(f"{file.object_id}-{result.qc_version}-{number}-{language_of()}-{DRAWN}")
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    headers = {"ETag": etag, "Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(draw(charts[number], language_of()), content_type="image/svg+xml", headers=headers)


@require_safe
def as_json(request: HttpRequest, file_id: int) -> HttpResponse:
    return JsonResponse(_told(*_load(request, file_id)), json_dumps_params={"ensure_ascii": False})


@require_safe
def for_multiqc(request: HttpRequest, file_id: int) -> HttpResponse:
    file, result = _load(request, file_id)
    if result is None:
        raise Http404
    one = Inspection(
        path=file.name, format=result.format, verdict=result.verdict, findings=(), metrics=result.metrics,
        checksums={}, size_bytes=file.object.size_bytes, seconds=result.seconds,
    )  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="file{file.pk}_mqc.json"'}
    return JsonResponse(multiqc([one]), headers=headers)


def _told(file: StoredFile, result: InspectionResult | None) -> dict[str, Any]:
    kept = file.object
    told: dict[str, Any] = {
        "path": file.name,
        "checksums": {"md5": kept.md5, "sha256": kept.sha256},
        "size_bytes": kept.size_bytes,
        "verdict": None,
    }
    if result is not None:
        names = ("format", "verdict", "findings", "metrics", "seconds", "qc_version")
        told |= {name: getattr(result, name) for name in names}
    return told
