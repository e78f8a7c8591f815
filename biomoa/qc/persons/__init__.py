"""Identifiers of persons in text, as Korean rules name them. Pure: no Django."""

from biomoa.qc.persons.detector import KINDS, Confidence, PersonFinding, find, find_in_table, kind_in

__all__ = ["KINDS", "Confidence", "PersonFinding", "find", "find_in_table", "kind_in"]
