"""DataCite Metadata Schema 4: XML (kernel-4) and JSON, one document a record."""

from __future__ import annotations

import json
from typing import Any

from lxml import etree

from biomoa.exchange.bundle import Bundle, Export, Item, xml_text

KERNEL = "http://datacite.org/schema/kernel-4"
LOCATION = f"{KERNEL} https://schema.datacite.org/meta/kernel-4/metadata.xsd"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NAMESPACES: dict[str | None, str] = {None: KERNEL, "xsi": XSI}
GENERAL = {"bioproject": "Collection", "biosample": "PhysicalObject"}  # resourceTypeGeneral; else Dataset


def _facts(bundle: Bundle, item: Item) -> dict[str, Any]:
    """The record in the words of DataCite JSON (properties of kernel 4.3, which later kernels keep)."""
    form = bundle.forms[item.form]
    said = bundle.mapped(item, "datacite")
    day = item.released or item.release_on or item.accepted
    facts: dict[str, Any] = {
        "schemaVersion": KERNEL,
        "identifiers": [{"identifier": item.url, "identifierType": "URL"}],
        "alternateIdentifiers": [
            {"alternateIdentifier": item.accession, "alternateIdentifierType": "Accession"},
            {"alternateIdentifier": item.alias, "alternateIdentifierType": "Submitter alias"},
        ],
        "creators": [{"name": item.owner, "nameType": "Organizational"}],
        "titles": _titles(bundle, item),
        "publisher": bundle.station,
        "publicationYear": day[:4],
        "types": {
            "resourceType": form.label.en,
            "resourceTypeGeneral": GENERAL.get(item.record_type, "Dataset"),
        },
        "dates": [{"date": item.accepted, "dateType": "Accepted"}, {"date": day, "dateType": "Available"}],
        "version": str(item.version),
    }
    if abstract := said.get("descriptions.description") or bundle.first(item, "paragraph"):
        facts["descriptions"] = [{"description": abstract, "descriptionType": "Abstract"}]
    if organism := bundle.first(item, "organism"):
        facts["subjects"] = [{"subject": organism, "subjectScheme": "NCBI Taxonomy"}]
    if item.files:
        facts["sizes"] = [f"{sum(file.size_bytes for file in item.files)} bytes", f"{len(item.files)} files"]
        facts["formats"] = sorted({file.format for file in item.files})
    if related := _related(bundle, item):
        facts["relatedIdentifiers"] = related
    if grants := _grants(bundle, item):
        facts["fundingReferences"] = grants
    return facts


def _titles(bundle: Bundle, item: Item) -> list[dict[str, str]]:
    """The first is the title, the other a translation of it, as DataCite 4 tells them apart (property 3)."""
    titles = [{"title": title, "lang": language} for title, language in bundle.titles(item)]
    titles[1:] = [{**each, "titleType": "TranslatedTitle"} for each in titles[1:]]
    return [{name: said for name, said in each.items() if said} for each in titles]


def _related(bundle: Bundle, item: Item) -> list[dict[str, str]]:
    up = [
        {
            "relatedIdentifier": f"{bundle.address}/{accession}",
            "relatedIdentifierType": "URL",
            "relationType": "IsPartOf",
        }
        for accessions in item.up.values()
        for accession in accessions
    ]
    said = bundle.mapped(item, "datacite")
    papers = [
        {"relatedIdentifier": part.strip(), "relatedIdentifierType": kind, "relationType": "IsSupplementTo"}
        for kind in ("DOI", "PMID")
        for part in said.get(f"relatedIdentifiers {kind}", "").split(";")
        if part.strip()
    ]
    return up + papers


def _grants(bundle: Bundle, item: Item) -> list[dict[str, str]]:
    said = bundle.mapped(item, "datacite")
    named = {name: said.get(f"fundingReferences.{name}", "") for name in ("funderName", "awardNumber", "awardTitle")}
    if not any(named.values()):
        return []
    return [
        {name: value for name, value in (named | {"funderName": named["funderName"] or "unknown"}).items() if value}
    ]


def write_json(bundle: Bundle) -> dict[str, bytes]:
    """``<accession>.datacite.json`` for each record."""
    return {
        f"{item.accession}.datacite.json": json.dumps(_facts(bundle, item), ensure_ascii=False, indent=1).encode()
        for item in bundle.items
    }


def write_xml(bundle: Bundle) -> dict[str, bytes]:
    """``<accession>.datacite.xml`` for each record."""
    return {f"{item.accession}.datacite.xml": _xml(_facts(bundle, item)) for item in bundle.items}


def _xml(facts: dict[str, Any]) -> bytes:
    root = etree.Element(f"{{{KERNEL}}}resource", nsmap=_NAMESPACES)  # type: ignore[arg-type]
    root.set(f"{{{XSI}}}schemaLocation", LOCATION)
    identifier = facts["identifiers"][0]
    _add(root, "identifier", identifier["identifier"], identifierType=identifier["identifierType"])
    creator = _add(_add(root, "creators"), "creator")
    _add(creator, "creatorName", facts["creators"][0]["name"], nameType="Organizational")
    titles = _add(root, "titles")
    for each in facts["titles"]:
        title = _add(titles, "title", each["title"], **{k: v for k, v in each.items() if k == "titleType"})
        if "lang" in each:
            title.set(XML_LANG, each["lang"])
    _add(root, "publisher", facts["publisher"])
    _add(root, "publicationYear", facts["publicationYear"])
    _add(
        root,
        "resourceType",
        facts["types"]["resourceType"],
        resourceTypeGeneral=facts["types"]["resourceTypeGeneral"],
    )
    _lists(root, facts)
    _add(root, "version", facts["version"])
    if "descriptions" in facts:
        description = _add(root, "descriptions")
        _add(description, "description", facts["descriptions"][0]["description"], descriptionType="Abstract")
    for grant in facts.get("fundingReferences", ()):
        reference = _add(_add(root, "fundingReferences"), "fundingReference")
        for name in ("funderName", "awardNumber", "awardTitle"):
            if name in grant:
                _add(reference, name, grant[name])
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


# Group, element, the key that holds the text; the other keys are attributes.
_LISTS = (
    ("subjects", "subject", "subject"),
    ("dates", "date", "date"),
    ("alternateIdentifiers", "alternateIdentifier", "alternateIdentifier"),
    ("relatedIdentifiers", "relatedIdentifier", "relatedIdentifier"),
    ("sizes", "size", ""),
    ("formats", "format", ""),
)


def _lists(root: etree._Element, facts: dict[str, Any]) -> None:
    for group, element, key in _LISTS:
        if not facts.get(group):
            continue
        parent = _add(root, group)
        for value in facts[group]:
            attributes = {} if isinstance(value, str) else {k: v for k, v in value.items() if k != key}
            _add(parent, element, value if isinstance(value, str) else value[key], **attributes)


def _add(parent: etree._Element, tag: str, text: str | None = None, **attributes: str) -> etree._Element:
    element = etree.SubElement(
        parent, f"{{{KERNEL}}}{tag}", {name: xml_text(value) for name, value in attributes.items()}
    )
    element.text = xml_text(text) if text else text
    return element


EXPORTS = (
    Export("datacite-xml", "application/vnd.datacite.datacite+xml", "DataCite 4 XML", (), write_xml),
    Export("datacite-json", "application/vnd.datacite.datacite+json", "DataCite 4 JSON", (), write_json),
)
