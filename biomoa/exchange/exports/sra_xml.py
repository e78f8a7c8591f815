"""INSDC/ENA XML: project, sample, experiment, run, analysis and submission documents (SRA XSD 1.5 of the ENA)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from lxml import etree

from biomoa.exchange.bundle import Bundle, Export, FileFact, Item, NotExpressible, xml_text
from biomoa.forms.model import Field

STANDARD = "sra"
CHECKLIST_TAG = "ENA-CHECKLIST"
COUNTRY_TAG = "country and/or sea)"
ANALYSIS_ELEMENTS = ("REFERENCE_ALIGNMENT", "SEQUENCE_VARIATION", "PROCESSED_READS")
DEFAULT_CHECKLIST = "ERC000011"
RUN_FILE_TYPES = ("fastq", "fasta", "bam", "cram", "sff", "sra", "PacBio_HDF5", "OxfordNanopore_native")
ANALYSIS_FILE_TYPES = (
    "bam", "bai", "cram", "crai", "vcf", "bcf", "tabix", "csi", "fasta", "fastq", "gff", "gff3", "bed", "wig", "tab",
    "tsv", "flatfile", "readme_file",
)  # fmt: skip
INDEXES = {".bai": "bai", ".crai": "crai", ".csi": "csi", ".tbi": "tabix"}
SHORTEST, LONGEST_TITLE, LONGEST_DESCRIPTION = 20, 250, 4000  # ENA.project.xsd

# What has an element or attribute of its own below; everything else travels as TAG and VALUE, so nothing is lost.
PLACED = frozenset(
    (
        "@alias",
        "TITLE",
        "DESCRIPTION",
        "SUBMISSION_PROJECT",
        "PARENT_PROJECT",
        "TAXON_ID",
        "SCIENTIFIC_NAME",
        "SAMPLE_DESCRIPTOR",
        "STUDY_REF",
        "DESIGN_DESCRIPTION",
        "LIBRARY_NAME",
        "LIBRARY_STRATEGY",
        "LIBRARY_SOURCE",
        "LIBRARY_SELECTION",
        "LIBRARY_LAYOUT",
        "@NOMINAL_LENGTH",
        "LIBRARY_CONSTRUCTION_PROTOCOL",
        "PLATFORM",
        "INSTRUMENT_MODEL",
        "EXPERIMENT_REF",
        "SAMPLE_REF",
        "RUN_REF",
        "ANALYSIS_TYPE",
        "@refname",
        "@filename",
        "@checksum",
    )
)

Element = etree._Element


def write(bundle: Bundle) -> dict[str, bytes]:
    """One document a type: ``project.xml``, ``sample.xml`` ... and the ``submission.xml`` that adds them."""
    documents = {
        name: _document(f"{name.upper()}_SET", (make(bundle, item) for item in items))
        for name, make, record_type in _KINDS
        if (items := bundle.of_type(record_type))
    }
    if not documents:
        raise NotExpressible(
            "이 레코드는 SRA 스키마로 나타낼 수 없습니다. 다른 표준을 골라 주세요.",
            "none of these records has a place in the SRA schemas",
        )
    documents["submission"] = _submission(bundle, list(documents))
    return {f"{name}.xml": text for name, text in documents.items()}


def _place(field: Field) -> str:
    """The name of the element (or ``@attribute``) that holds the field: the end of its path in the form's maps."""
    path = field.maps.get(STANDARD) or field.maps.get("ena", "")
    end = path.rsplit("/", 1)[-1]
    return end if end in PLACED else ""


def _placed(bundle: Bundle, item: Item) -> dict[str, str]:
    """The filled values that have a place, by its name."""
    return {place: value for field, value in bundle.filled(item) if (place := _place(field))}


def _project(bundle: Bundle, item: Item) -> Element:
    said = _placed(bundle, item)
    project = _object("PROJECT", bundle, item)
    if item.released:
        project.set("first_public", item.released)
    _text(project, "NAME", item.alias)
    _text(project, "TITLE", _at_least(item.title, item)[:LONGEST_TITLE])
    _text(project, "DESCRIPTION", _at_least(said.get("DESCRIPTION", item.title), item)[:LONGEST_DESCRIPTION])
    if said.get("SUBMISSION_PROJECT", "").casefold().startswith("umbrella"):
        etree.SubElement(project, "UMBRELLA_PROJECT")
    else:
        etree.SubElement(etree.SubElement(project, "SUBMISSION_PROJECT"), "SEQUENCING_PROJECT")
    parents = bundle.up(item, "bioproject")
    if parents:
        related = etree.SubElement(project, "RELATED_PROJECTS")
        for parent in parents:
            one = etree.SubElement(related, "RELATED_PROJECT")
            etree.SubElement(one, "PARENT_PROJECT", accession=parent)
    _attributes(project, "PROJECT", _others(bundle, item))
    return project


def _sample(bundle: Bundle, item: Item) -> Element:
    said = _placed(bundle, item)
    sample = _object("SAMPLE", bundle, item)
    _text(sample, "TITLE", item.title)
    name = etree.SubElement(sample, "SAMPLE_NAME")
    _text(name, "TAXON_ID", said.get("TAXON_ID", "32644"))  # 32644: unidentified
    if said.get("SCIENTIFIC_NAME"):
        _text(name, "SCIENTIFIC_NAME", said["SCIENTIFIC_NAME"])
    if said.get("DESCRIPTION"):
        _text(sample, "DESCRIPTION", said["DESCRIPTION"])
    attributes = [(CHECKLIST_TAG, _checklist(bundle, item), ""), *_others(bundle, item)]
    _attributes(sample, "SAMPLE", attributes)
    return sample


def _checklist(bundle: Bundle, item: Item) -> str:
    packages = bundle.forms[item.form].packages
    if packages is None:
        return DEFAULT_CHECKLIST
    chosen = item.values.get(packages.selector, "")
    maps = next((package.maps for package in packages.packages if package.name == chosen), {})
    return maps.get("ena", DEFAULT_CHECKLIST)


def _experiment(bundle: Bundle, item: Item) -> Element:
    said = _placed(bundle, item)
    experiment = _object("EXPERIMENT", bundle, item)
    _text(experiment, "TITLE", item.title)
    _reference(experiment, "STUDY_REF", _project_of(bundle, item))
    design = etree.SubElement(experiment, "DESIGN")
    _text(design, "DESIGN_DESCRIPTION", said.get("DESIGN_DESCRIPTION", ""))
    for sample in bundle.up(item, "biosample")[:1]:
        _reference(design, "SAMPLE_DESCRIPTOR", sample)
    _library(design, said)
    platform = etree.SubElement(etree.SubElement(experiment, "PLATFORM"), said.get("PLATFORM", "ILLUMINA"))
    _text(platform, "INSTRUMENT_MODEL", said.get("INSTRUMENT_MODEL", "unspecified"))
    _attributes(experiment, "EXPERIMENT", _others(bundle, item))
    return experiment


def _library(design: Element, said: dict[str, str]) -> None:
    library = etree.SubElement(design, "LIBRARY_DESCRIPTOR")
    if said.get("LIBRARY_NAME"):
        _text(library, "LIBRARY_NAME", said["LIBRARY_NAME"])
    for tag, unsaid in (("STRATEGY", "OTHER"), ("SOURCE", "OTHER"), ("SELECTION", "unspecified")):
        _text(library, f"LIBRARY_{tag}", said.get(f"LIBRARY_{tag}", unsaid))
    layout = etree.SubElement(etree.SubElement(library, "LIBRARY_LAYOUT"), said.get("LIBRARY_LAYOUT", "SINGLE").upper())
    if layout.tag == "PAIRED" and said.get("@NOMINAL_LENGTH", "").isdigit():
        layout.set("NOMINAL_LENGTH", said["@NOMINAL_LENGTH"])
    if said.get("LIBRARY_CONSTRUCTION_PROTOCOL"):
        _text(library, "LIBRARY_CONSTRUCTION_PROTOCOL", said["LIBRARY_CONSTRUCTION_PROTOCOL"])


def _project_of(bundle: Bundle, item: Item) -> str:
    """The project: named by the experiment itself, or the one of its sample."""
    own = bundle.up(item, "bioproject")
    if own:
        return own[0]
    by_accession = {other.accession: other for other in (*bundle.around, *bundle.items)}
    for sample in bundle.up(item, "biosample"):
        if sample in by_accession and (projects := bundle.up(by_accession[sample], "bioproject")):
            return projects[0]
    raise NotExpressible(
        f"{item.accession}: 실험에는 프로젝트가 필요하지만 실험과 시료 어디에도 적혀 있지 않습니다.",
        f"{item.accession}: an experiment needs its project, and neither it nor its sample names one",
    )


def _run(bundle: Bundle, item: Item) -> Element:
    run = _object("RUN", bundle, item)
    _text(run, "TITLE", item.title)
    for experiment in bundle.up(item, "ngs-experiment")[:1]:
        _reference(run, "EXPERIMENT_REF", experiment)
    if item.files:
        block = etree.SubElement(etree.SubElement(run, "DATA_BLOCK"), "FILES")
        for file in item.files:
            _file(block, file, _file_type(bundle, item, file, RUN_FILE_TYPES) or "tab")
    _attributes(run, "RUN", _others(bundle, item))
    return run


def _analysis(bundle: Bundle, item: Item) -> Element:
    said = _placed(bundle, item)
    analysis = _object("ANALYSIS", bundle, item)
    _text(analysis, "TITLE", item.title)
    _text(analysis, "DESCRIPTION", said.get("DESCRIPTION", item.title))
    for tag, record_type in (("STUDY", "bioproject"), ("SAMPLE", "biosample"), ("EXPERIMENT", "ngs-experiment"),
                             ("RUN", "ngs-run")):  # fmt: skip
        for accession in bundle.up(item, record_type)[: 1 if tag == "STUDY" else None]:
            _reference(analysis, f"{tag}_REF", accession)
    _analysis_type(etree.SubElement(analysis, "ANALYSIS_TYPE"), said)
    files = etree.SubElement(analysis, "FILES")
    for file in item.files:
        _file(files, file, _file_type(bundle, item, file, ANALYSIS_FILE_TYPES) or "other")
    _attributes(analysis, "ANALYSIS", _others(bundle, item))
    return analysis


def _analysis_type(parent: Element, said: dict[str, str]) -> None:
    kind = said.get("ANALYSIS_TYPE", "")
    one = etree.SubElement(parent, kind if kind in ANALYSIS_ELEMENTS else "PROCESSED_READS")
    assembly = said.get("@refname")
    if assembly:
        standard = etree.SubElement(etree.SubElement(one, "ASSEMBLY"), "STANDARD")
        standard.set("refname", assembly)


def _submission(bundle: Bundle, names: list[str]) -> bytes:
    first = bundle.items[0]
    submission = etree.Element("SUBMISSION", alias=f"{first.accession}.{first.version}", center_name=first.center)
    actions = etree.SubElement(submission, "ACTIONS")
    for name in names:
        etree.SubElement(etree.SubElement(actions, "ACTION"), "ADD", source=f"{name}.xml", schema=name)
    hold = max((item.release_on for item in bundle.items if not item.released), default="")
    action = etree.SubElement(actions, "ACTION")
    etree.SubElement(action, "HOLD", HoldUntilDate=hold) if hold else etree.SubElement(action, "RELEASE")
    return _document("SUBMISSION_SET", [submission])


def _object(tag: str, bundle: Bundle, item: Item) -> Element:
    element = etree.Element(tag, alias=xml_text(item.alias), center_name=item.center, accession=item.accession)
    identifiers = etree.SubElement(element, "IDENTIFIERS")
    _text(identifiers, "PRIMARY_ID", item.accession)
    submitter = _text(identifiers, "SUBMITTER_ID", item.alias)
    submitter.set("namespace", item.owner or bundle.station)
    return element


def _others(bundle: Bundle, item: Item) -> list[tuple[str, str, str]]:
    """Tag, value, unit of every public field that has no element of its own in the schema."""
    return [
        attribute
        for field, value in bundle.filled(item)
        if not _place(field) or _is_squeezed(field, value)
        for attribute in _tagged(field, value)
    ]


def _is_squeezed(field: Field, value: str) -> bool:
    """The element of an analysis type the schema lacks is another one, so the word itself travels as an attribute."""
    return _place(field) == "ANALYSIS_TYPE" and value not in ANALYSIS_ELEMENTS


def _tagged(field: Field, value: str) -> list[tuple[str, str, str]]:
    tag = _tag(field)
    country, colon, locality = value.partition(":")
    if field.type == "place" and colon and tag.endswith(COUNTRY_TAG):
        # ENA keeps the country in a list of its own and the rest beside it.
        region = tag.replace(COUNTRY_TAG, "region and locality)")
        return [(tag, country.strip(), ""), (region, locality.strip(), "")]
    return [(tag, value, field.unit)]


def _tag(field: Field) -> str:
    """The tag of a checklist attribute; "EXPERIMENT_ATTRIBUTE input molecule" names it in its second half."""
    named = field.maps.get(STANDARD, "")
    if "ATTRIBUTE " in named:
        return named.split("ATTRIBUTE ", 1)[1]
    ena = field.maps.get("ena", "")
    return (ena if ena != CHECKLIST_TAG else "") or field.maps.get("insdc") or field.name


def _attributes(parent: Element, kind: str, attributes: Iterable[tuple[str, str, str]]) -> None:
    rows = list(attributes)
    if not rows:
        return
    group = etree.SubElement(parent, f"{kind}_ATTRIBUTES")
    for tag, value, unit in rows:
        one = etree.SubElement(group, f"{kind}_ATTRIBUTE")
        _text(one, "TAG", tag)
        _text(one, "VALUE", value)
        if unit:
            _text(one, "UNITS", unit)


def _reference(parent: Element, tag: str, accession: str) -> None:
    etree.SubElement(parent, tag, accession=accession)


def _file_type(bundle: Bundle, item: Item, file: FileFact, known: Sequence[str]) -> str:
    """What the inspection found; of a format that it does not know, what the name of an index or the depositor says."""
    said = (value for field, value in bundle.filled(item) if field.maps.get(STANDARD, "").endswith("@filetype"))
    index = INDEXES.get(file.name[file.name.rfind(".") :].casefold(), "")
    return next((kind for kind in (file.format, index, *said) if kind in known), "")


def _file(parent: Element, file: FileFact, kind: str) -> None:
    name = xml_text(file.name)
    etree.SubElement(parent, "FILE", filename=name, filetype=kind, checksum_method="MD5", checksum=file.md5)


def _at_least(text: str, item: Item) -> str:
    """ENA asks 20 characters of a project's title and description; a short one is said with its accession."""
    longer = text if len(text) >= SHORTEST else f"{text} ({item.accession})"
    return longer if len(longer) >= SHORTEST else f"BioProject {longer}"


def _text(parent: Element, tag: str, text: str) -> Element:
    element = etree.SubElement(parent, tag)
    element.text = xml_text(text)
    return element


def _document(root: str, elements: Iterable[Element]) -> bytes:
    top = etree.Element(root)
    top.extend(elements)
    return bytes(etree.tostring(top, encoding="UTF-8", xml_declaration=True, pretty_print=True))


_KINDS: tuple[tuple[str, Callable[[Bundle, Item], Element], str], ...] = (
    ("project", _project, "bioproject"),
    ("sample", _sample, "biosample"),
    ("experiment", _experiment, "ngs-experiment"),
    ("run", _run, "ngs-run"),
    ("analysis", _analysis, "ngs-analysis"),
)

EXPORTS = (Export("sra-xml", "application/xml", "INSDC/ENA XML", (), write),)
