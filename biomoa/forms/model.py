"""A form says what a record must say (design, idea 1). These structs are the whole YAML grammar of a form.

The faces of a form (validator, JSON Schema, workbook template, web form, help page, search filters, exports)
are all derived from ``Form``; none of them keeps a second copy of a rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from biomoa.catalog.model import Text

FieldType = Literal[
    "text",  # one line
    "paragraph",  # many lines
    "integer",
    "number",
    "date",  # ISO 8601, precision year, year-month, day or time; a range with "/" when ``range: true``
    "boolean",  # stored as "yes" / "no"
    "term",  # a value of ``vocabulary``
    "taxon_id",  # NCBI taxonomy id
    "organism",  # scientific name; checked with the taxon_id field named in a ``taxon-agreement`` rule
    "place",  # INSDC country list, then an optional ": locality" -- "South Korea: Seoul"
    "lat_lon",  # "37.56 N 126.99 E"
    "url",
    "email",
    "doi",
    "pubmed",
    "reference",  # an alias or accession of a record of the form ``to``
    "files",  # file names, separated by ";" (R1;R2)
    "md5",  # MD5 digests in the order of the files, separated by ";"
]

Requirement = Literal["mandatory", "recommended", "optional"]


class Standard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The international standard that a form follows."""

    name: str
    reference: str


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    label: Text
    help: Text | None = None


class Search(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """``text``: found by its words; ``filter``: a facet with counts; ``sort``: may order a list."""

    text: bool = True
    filter: bool = False
    sort: bool = False


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One column of a sheet, one control of a web form, one property of the JSON Schema."""

    name: str
    label: Text
    type: FieldType
    section: str = "general"
    requirement: Requirement = "optional"
    help: Text | None = None
    example: str = ""
    unit: str = ""  # UCUM; shown beside the label
    vocabulary: str = ""
    open_vocabulary: bool = False  # other values are a warning instead of an error
    depends_on: str = ""  # the field whose value chooses the terms (vocabulary.by)
    multiple: bool = False  # several values separated by ";"
    minimum: float | None = None
    maximum: float | None = None
    max_length: int = 1000  # characters
    pattern: str = ""  # anchored; linear-time matcher only (Rust regex, no look-around)
    pattern_text: Text | None = None  # what the pattern means, in words
    range: bool = False  # dates: "2024-01/2024-03" is allowed
    past: bool = False  # dates: of what has happened; one that is still to come is a warning
    missing: bool = False  # INSDC missing-value terms are allowed
    unique: bool = False  # in the sheet
    to: str = ""  # type reference: name of the form referred to
    privacy: Literal["public", "private"] = "public"
    language: Literal["", "ko", "en"] = ""  # of what is written in it, where a form asks for it in both
    search: Search | None = None
    maps: Mapping[str, str] = {}  # standard -> its name for the field: {"insdc": "collection_date", "ena": "..."}


class Package(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A column of the package x attribute matrix."""

    name: str
    label: Text
    family: str = ""
    help: Text | None = None
    maps: Mapping[str, str] = {}  # {"insdc": "Human.1.0", "ena": "ERC000011"}


class Packages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``selector`` is the field whose value is the package name.

    ``matrix`` is the name of a TSV beside the form: first column ``field``, then one column a package; a cell is
    ``M`` mandatory, ``O`` optional, ``-`` not used, or ``G:group-name`` at least one of the group.
    """

    selector: str
    matrix: str
    packages: tuple[Package, ...]
    group_labels: Mapping[str, Text] = {}


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """True when the field has one of the values ``is_``, or, without them, when it is filled."""

    field: str
    is_: tuple[str, ...] = msgspec.field(default=(), name="is")


class RequiredWhen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="required-when", tag_field="kind"):
    fields: tuple[str, ...]
    when: Condition


class NotUsedWhen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="not-used-when", tag_field="kind"):
    fields: tuple[str, ...]
    when: Condition


class OneOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="one-of", tag_field="kind"):
    """At least one of the fields must be filled; missing-value terms do not count."""

    fields: tuple[str, ...]
    label: Text


class UniqueTogether(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="unique-together", tag_field="kind"):
    fields: tuple[str, ...]


class Ordered(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="ordered", tag_field="kind"):
    """The first field (number or date) may not be greater than the second."""

    fields: tuple[str, str]


class TaxonAgreement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="taxon-agreement", tag_field="kind"):
    """The id and the name must be the same taxon of the offline NCBI taxonomy edition."""

    taxon_id: str
    organism: str


class PackageTaxa(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="package-taxa", tag_field="kind"):
    """What the organisms of some packages, or of a family of them, are below, or not below, in the taxonomy.

    ``within`` and ``without`` are scientific names; ``expected`` says it to people.
    """

    organism: str
    expected: Text
    packages: tuple[str, ...] = ()
    family: str = ""
    within: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


class FilePairs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="file-pairs", tag_field="kind"):
    """As many digests as files; R1 and R2 belong together; no file in two rows; PAIRED needs two read files.

    ``layout`` may name a field of the referred-to form, as ``experiment.library_layout``.
    """

    files: str
    checksums: str
    layout: str = ""


class Derived(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="derived", tag_field="kind"):
    """When the field is empty, it is proposed from the template: ``"{strategy} of {sample}"``."""

    field: str
    template: str


Rule = (
    RequiredWhen | NotUsedWhen | OneOf | UniqueTogether | Ordered | TaxonAgreement | PackageTaxa | FilePairs | Derived
)


class Upgrade(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A step that lifts a record of the revision before to this one."""

    rename: Mapping[str, str] = {}
    values: Mapping[str, Mapping[str, str]] = {}  # field -> {old value: new value}
    drop: tuple[str, ...] = ()
    default: Mapping[str, str] = {}


class Revision(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    revision: str
    date: str
    note: Text
    upgrade: Upgrade = Upgrade()


class Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A QC threshold against a metric of the inspection: below ``warn_below`` warns, below ``fail_below`` fails."""

    metric: str
    label: Text
    warn_below: float | None = None
    fail_below: float | None = None
    warn_above: float | None = None
    fail_above: float | None = None


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A registration form (표준등록양식) of one record type.

    ``alias`` names the field that identifies the record for the depositor, unique in the group for this form;
    ``title`` the fields tried in order for the record's title, those in Korean last; ``parents`` the reference fields
    that lead up. Sheets of other archives may have no column of the alias: ``alias_from`` is the field that
    stands for it there, where its values are unique.
    """

    form: str
    revision: str
    label: Text
    description: Text
    record_type: str
    alias: str
    title: tuple[str, ...]
    standard: Standard
    fields: tuple[Field, ...]
    history: tuple[Revision, ...]
    alias_from: str = ""
    sections: tuple[Section, ...] = ()
    parents: tuple[str, ...] = ()
    packages: Packages | None = None
    rules: tuple[Rule, ...] = ()
    thresholds: tuple[Threshold, ...] = ()

    @property
    def private_fields(self) -> frozenset[str]:
        """The names of the fields that nobody outside the group and the staff reads."""
        return frozenset(field.name for field in self.fields if field.privacy == "private")

    def field(self, name: str) -> Field:
        """The field of that name; raises KeyError."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)
