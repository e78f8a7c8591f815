"""JSON-LD of schema.org / Bioschemas: Dataset 1.0, DataCatalog parts, BioSample 0.1 (as ``additionalType``)."""

from __future__ import annotations

import json
from typing import Any

from biomoa.exchange.bundle import Bundle, Export, Item

DATASET = "https://bioschemas.org/profiles/Dataset/1.0-RELEASE"
SAMPLE = "https://bioschemas.org/types/BioSample/0.1-RELEASE-2019_06_19"
SHORTEST_DESCRIPTION = 50  # asked by dataset search engines


def write(bundle: Bundle) -> dict[str, bytes]:
    """``<accession>.jsonld`` for each record."""
    return {
        f"{item.accession}.jsonld": json.dumps(describe(bundle, item), ensure_ascii=False, indent=1).encode()
        for item in bundle.items
    }


def describe(bundle: Bundle, item: Item) -> dict[str, Any]:
    """The JSON-LD of one record."""
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@id": item.url,
        "url": item.url,
        "identifier": item.accession,
        "name": item.title,
        "version": str(item.version),
        "dateModified": item.changed,
        "publisher": {"@type": "Organization", "name": bundle.station, "url": bundle.address},
    }
    if item.title_ko and item.title_ko != item.title:
        facts["alternateName"] = item.title_ko
    if item.released:
        facts["datePublished"] = item.released
    return facts | (_sample(bundle, item) if item.record_type == "biosample" else _dataset(bundle, item))


def _dataset(bundle: Bundle, item: Item) -> dict[str, Any]:
    description = bundle.first(item, "paragraph")
    if len(description) < SHORTEST_DESCRIPTION:
        label = bundle.forms[item.form].label.en
        description = f"{description} {label} {item.accession}: {item.title}, registered at {bundle.station}.".strip()
    facts: dict[str, Any] = {
        "@type": "Dataset",
        "http://purl.org/dc/terms/conformsTo": {"@id": DATASET},
        "description": description,
        "keywords": [value for field, value in bundle.filled(item) if field.search and field.search.filter],
        "creator": {"@type": "Organization", "name": item.owner},
        "license": bundle.terms,
        "isAccessibleForFree": True,
        "includedInDataCatalog": {"@type": "DataCatalog", "name": bundle.station, "url": bundle.address},
    }
    parents = [accession for accessions in item.up.values() for accession in accessions]
    if parents:
        facts["isPartOf"] = [{"@id": f"{bundle.address}/{accession}"} for accession in parents]
    if item.files:
        facts["distribution"] = [
            {"@type": "DataDownload", "name": file.name, "contentUrl": file.url, "contentSize": f"{file.size_bytes} B",
             "encodingFormat": file.format, "sha256": file.sha256}
            for file in item.files
        ]  # fmt: skip
    return facts


def _sample(bundle: Bundle, item: Item) -> dict[str, Any]:
    return {
        "@type": ["BioChemEntity", "BioSample"],
        "http://purl.org/dc/terms/conformsTo": {"@id": SAMPLE},
        "additionalProperty": [
            {"@type": "PropertyValue", "name": field.label.en, "value": value}
            | ({"unitText": field.unit} if field.unit else {})
            for field, value in bundle.filled(item)
            if field.type != "reference"
        ],
    }


EXPORTS = (Export("jsonld", "application/ld+json", "Bioschemas JSON-LD", (), write),)
