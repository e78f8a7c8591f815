"""The offline NCBI taxonomy behind two field types and the rule that they agree."""

from __future__ import annotations

import difflib
import functools
import re
from types import ModuleType

from biomoa.forms.findings import Finding

# "taxon:9606", "txid9606", "NCBI:txid9606", "NCBITaxon_9606", "9606.0" and "9,606" as spreadsheets write a number.
_TAXON_ID = re.compile(
    r"(?:ncbi[:_ ]?)?(?:taxon|taxid|txid|tax_id)?[:_ ]*([0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.0+)?", re.I
)
_UNIDENTIFIED = 32644
_LOOKED_AT = 5  # names that may be meant


@functools.cache
def _taxonomy() -> ModuleType:
    # Imported at the first organism: the data package takes a third of a second that other sheets need not wait for.
    from biomoa.catalog import taxonomy

    return taxonomy


def check_taxon_id(value: str) -> list[Finding]:
    """An id of the NCBI taxonomy edition at hand."""
    if not (value.isascii() and value.isdigit()):
        digits = _TAXON_ID.fullmatch(value.strip())
        return [Finding("taxon-id-form", {}, digits[1].replace(",", "") if digits else None)]
    if len(value) < 10 and _taxonomy().find_by_id(int(value)):
        stripped = value.lstrip("0")
        return [] if stripped == value else [Finding("taxon-id-form", {}, stripped)]
    return [Finding("taxon-unknown", {"edition": _taxonomy().EDITION})]


def check_organism(value: str) -> list[Finding]:
    """A scientific name; a synonym, common name or other case is corrected to it."""
    found = _taxonomy().find_by_name(value)
    if found is None:
        return [Finding("organism-unknown", {"edition": _taxonomy().EDITION}, _nearest(value))]
    return [] if found.name == value else [Finding("organism-synonym", {}, found.name)]


def _nearest(name: str) -> str | None:
    """Of the names that may be meant the most alike: "Mus musculos" is Mus musculus, not Mus musculoides."""
    near: list[str] = _taxonomy().suggest(name, _LOOKED_AT)
    if not near or "." in name:  # an abbreviation is like none of them
        return near[0] if near else None
    return max(near, key=lambda each: difflib.SequenceMatcher(None, name.casefold(), each.casefold()).ratio())


def is_expected(organism: str, within: tuple[str, ...], without: tuple[str, ...]) -> bool:
    """Whether it stands below one of ``within``, and of none of ``without``. What is not known is passed over."""
    taxon = _taxonomy().find_by_name(organism)
    if taxon is None or taxon.tax_id == _UNIDENTIFIED:
        return True
    above = {taxon.name, *taxon.lineage}
    return (not within or not above.isdisjoint(within)) and above.isdisjoint(without)


def check_agreement(tax_id: str, organism: str) -> list[Finding]:
    """Whether id and name are one taxon; what is empty is proposed. Values wrong by themselves are passed over."""
    taxonomy = _taxonomy()
    by_id = taxonomy.find_by_id(int(tax_id)) if tax_id.isascii() and tax_id.isdigit() and len(tax_id) < 10 else None
    if not organism:
        return [Finding("value-derived", {}, by_id.name, "organism")] if by_id else []
    by_name = taxonomy.find_by_name(organism)
    if not tax_id:
        return [Finding("value-derived", {}, str(by_name.tax_id), "taxon_id")] if by_name else []
    if by_id is None or by_name is None or by_name.tax_id == by_id.tax_id or taxonomy.has_name(by_id.tax_id, organism):
        return []
    return [Finding("taxon-mismatch", {"other": tax_id, "other_name": by_id.name}, None, "organism")]
