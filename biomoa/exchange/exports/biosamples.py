"""BioSamples JSON (EMBL-EBI): one document a sample."""

from __future__ import annotations

import json
from typing import Any

from biomoa.exchange.bundle import Bundle, Export, Item, NotExpressible
from biomoa.forms.model import Field

TAXONOMY = "http://purl.obolibrary.org/obo/NCBITaxon_"


def write(bundle: Bundle) -> dict[str, bytes]:
    """``<accession>.biosamples.json`` for each sample; raises NotExpressible when none is there."""
    samples = bundle.of_type("biosample")
    if not samples:
        raise NotExpressible(
            "BioSamples JSON은 시료만 나타냅니다. 시료의 등록번호를 지정해 주세요.",
            "BioSamples JSON describes samples, and none of these records is one",
        )
    return {
        f"{item.accession}.biosamples.json": json.dumps(_sample(bundle, item), ensure_ascii=False, indent=1).encode()
        for item in samples
    }


def _sample(bundle: Bundle, item: Item) -> dict[str, Any]:
    taxon = bundle.first(item, "taxon_id")
    sample: dict[str, Any] = {
        "name": item.alias,
        "accession": item.accession,
        "domain": f"self.{item.center}",
        "release": f"{item.released or item.release_on or item.accepted}T00:00:00Z",
        "update": f"{item.changed}T00:00:00Z",
        "characteristics": _characteristics(bundle, item, taxon),
        "externalReferences": [{"url": item.url}],
        "organization": [{"Name": item.owner, "Role": "submitter"}],
    }
    if taxon.isdigit():
        sample["taxId"] = int(taxon)
    return sample


def _characteristics(bundle: Bundle, item: Item, taxon: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for field, value in bundle.filled(item):
        if field.type == "reference":
            continue
        one: dict[str, Any] = {"text": value}
        if field.unit:
            one["unit"] = field.unit
        if field.type == "organism" and taxon.isdigit():
            one["ontologyTerms"] = [TAXONOMY + taxon]
        found[_name(field)] = [one]
    return found


def _name(field: Field) -> str:
    named = field.maps.get("biosamples") or field.maps.get("insdc") or field.name
    return named.replace("_", " ")


EXPORTS = (Export("biosamples-json", "application/json", "BioSamples JSON", ("biosample",), write),)
