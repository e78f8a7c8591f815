"""``/<accession>``: one address, answering HTML, JSON, JSON-LD or an outside standard, as it is asked."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from biomoa.exchange.bundle import Export, NotExpressible
from biomoa.exchange.queries import bundle_of_view
from biomoa.exchange.registry import known_exports
from biomoa.exchange.services import as_archive, export
from biomoa.people.edge import actor_of
from biomoa.records import queries
from biomoa.records.answers import RecordView
from biomoa.records.pages_record import record

# Media type -> standard; the first that the reader accepts. JSON is the record of our own API.
NEGOTIATED = {
    "application/ld+json": "jsonld",
    "application/xml": "sra-xml",
    "text/xml": "sra-xml",
    "application/vnd.datacite.datacite+xml": "datacite-xml",
    "application/vnd.datacite.datacite+json": "datacite-json",
    "text/tab-separated-values": "tsv",
}
OFFERED = ("text/html", "application/json", *NEGOTIATED)


@require_safe
@vary_on_headers("Accept", "Cookie", "Authorization", "Accept-Language")
def resolve(request: HttpRequest, accession: str, version: int | None = None) -> HttpResponse:
    """The record, or a redirect to the submission of that temporary number. Raises 404, also for what is hidden."""
    if accession.startswith("SUB"):
        return redirect("submission", code=accession)
    wanted = request.GET.get("as", "")
    if wanted in known_exports():
        return _standard(request, accession, wanted)
    preferred = request.get_preferred_type(OFFERED) or "text/html"
    if preferred == "application/json":
        address = f"/api/v1/records/{accession}"
        return redirect(address if version is None else f"{address}?version={version}")
    if preferred in NEGOTIATED:
        return _standard(request, accession, NEGOTIATED[preferred])
    return _page(request, accession, version)


def _page(request: HttpRequest, accession: str, version: int | None) -> HttpResponse:
    view = queries.get_record(actor_of(request), accession, version)
    more = {}
    if not view.is_tombstone:
        more = {"standards": _standards(view.record_type), "json_ld": _json_ld(view)}
    return record(request, view, **more)


def _standards(record_type: str) -> list[tuple[str, str]]:
    known = known_exports().values()
    return [(one.name, one.label) for one in known if not one.record_types or record_type in one.record_types]


def _json_ld(view: RecordView) -> str:
    """JSON-LD for the page's head; ``<`` is escaped so that no value can end the element."""
    document = next(iter(known_exports()["jsonld"].write(bundle_of_view(view)).values()))
    return (
        json.dumps(json.loads(document), ensure_ascii=False)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
    )


def _standard(request: HttpRequest, accession: str, name: str) -> HttpResponse:
    chosen = known_exports()[name]
    try:
        documents = export(actor_of(request), [accession], name, whole="whole" in request.GET)
    except NotExpressible as error:
        raise Http404(str(error)) from error
    records = {name: content for name, content in documents.items() if name != "submission.xml"}
    return _archive(accession, documents) if len(records) > 1 else _one(chosen, records)


def _one(chosen: Export, records: dict[str, bytes]) -> HttpResponse:
    name, content = next(iter(records.items()))
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=f"{chosen.media_type}; charset=utf-8", headers=headers)


def _archive(accession: str, documents: dict[str, bytes]) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{accession}.zip"'}
    return HttpResponse(as_archive(documents), content_type="application/zip", headers=headers)
