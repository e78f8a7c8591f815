"""Every export is judged by the outside schema it claims to follow."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from biomoa.catalog.load import load_catalogue
from biomoa.exchange.bundle import Bundle, FileFact, Item, NotExpressible
from biomoa.exchange.exports.tables import FORMULA_STARTS
from biomoa.exchange.registry import known_exports
from biomoa.forms.library import load_library
from biomoa.forms.textfiles import read_text_file
from biomoa.settings.station import default_catalogue

XML = "{http://www.w3.org/XML/1998/namespace}"
ADDRESS = "https://station.example.org"
TERMS = f"{ADDRESS}/help/#use"


@pytest.fixture(scope="module")
def forms() -> dict[str, Any]:
    return dict(load_library(load_catalogue(default_catalogue())).forms)


def item(accession: str, form: str, values: dict[str, str], **more: Any) -> Item:
    facts: dict[str, Any] = {
        "version": 1,
        "alias": values.get("alias", accession.lower()),
        "record_type": form,
        "title": "A title",
        "state": "released",
        "up": {},
        "files": (),
        "owner": "Kim Group",
        "center": "KOBIC",
        "accepted": "2026-01-02",
        "released": "2026-02-03",
        "release_on": "",
        "changed": "2026-03-04",
        "url": f"{ADDRESS}/{accession}",
    }
    return Item(accession=accession, form=form, values=values, **(facts | more))


READS = FileFact("a_R1.fastq.gz", 1234, "0" * 32, "0" * 64, "fastq", f"{ADDRESS}/files/1/a_R1.fastq.gz")
VARIANTS = FileFact("v.vcf.gz", 99, "1" * 32, "1" * 64, "unknown", f"{ADDRESS}/files/2/v.vcf.gz")
PROJECT = item(
    "KAP000001",
    "bioproject",
    {
        "project_alias": "p",
        "project_type": "Primary",
        "title": "Short",
        "description": "Why we did it",
        "description_ko": "왜 했는지",
        "grant_number": "1711043540",
        "grant_title": "Big grant",
        "funding_agency": "한국연구재단",
        "publication_doi": "10.5808/gi.22073",
        "publication_pubmed": "31452104",
        "keywords": "a & b <c>",
    },
    title="Short",
)
SAMPLE = item(
    "KAS00000001",
    "biosample",
    {
        "sample_name": "s1",
        "package": "Plant",
        "taxonomy_id": "4054",
        "organism": "Panax ginseng",
        "title": "Leaf",
        "geo_loc_name": "South Korea: Geumsan",
        "collection_date": "2025-09",
        "elev": "120",
        "description": "dry\x0bleaf",
    },
    up={"project": ("KAP000001",)},
)
EXPERIMENT = item(
    "KAE00000001",
    "ngs-experiment",
    {
        "library_strategy": "WGS",
        "library_source": "GENOMIC",
        "library_selection": "RANDOM",
        "library_layout": "PAIRED",
        "insert_size": "350",
        "platform": "ILLUMINA",
        "instrument_model": "Illumina NovaSeq 6000",
        "technique": "Bulk sequencing",
    },
    up={"sample": ("KAS00000001",)},
)
RUN = item(
    "KAR00000001",
    "ngs-run",
    {"file_type": "fastq", "files": "a_R1.fastq.gz"},
    up={"experiment": ("KAE00000001",)},
    files=(READS,),
    released="",
    release_on="2027-01-01",
)
ANALYSIS = item(
    "KAZ00000001",
    "ngs-analysis",
    {
        "analysis_type": "ABUNDANCE_MEASUREMENT",
        "method": "salmon",
        "reference_name": "GRCh38",
        "description": "Counts",
    },
    up={"project": ("KAP000001",), "samples": ("KAS00000001",), "runs": ("KAR00000001",)},
    files=(VARIANTS,),
)
ALL = (PROJECT, SAMPLE, EXPERIMENT, RUN, ANALYSIS)


def bundle(forms: dict[str, Any], *items: Item, around: tuple[Item, ...] = ()) -> Bundle:
    return Bundle(items, around, forms, "BioMoa Data Station", ADDRESS, TERMS)


def xsd(oracles: Path, *parts: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(oracles.joinpath(*parts))))


SRA = {
    "project": "ENA.project",
    "sample": "SRA.sample",
    "experiment": "SRA.experiment",
    "run": "SRA.run",
    "analysis": "SRA.analysis",
    "submission": "SRA.submission",
}


def check_sra(documents: dict[str, bytes], oracles: Path) -> None:
    for name, content in documents.items():
        schema = xsd(oracles, "insdc-sra-xsd", "sra", "schema", f"{SRA[name.removesuffix('.xml')]}.xsd")
        schema.assertValid(etree.fromstring(content))


def test_every_sra_document_is_valid(forms: dict[str, Any], oracles: Path) -> None:
    documents = known_exports()["sra-xml"].write(bundle(forms, *ALL))
    assert set(documents) == {f"{name}.xml" for name in SRA}
    check_sra(documents, oracles)


@pytest.mark.parametrize(("form", "file_type", "name", "found", "told"), [
    ("run", "OxfordNanopore_native", "a.pod5", "unknown", "OxfordNanopore_native"),
    ("run", "sff", "a.sff", "unknown", "sff"), ("run", "fastq", "a.bam", "bam", "bam"),
    ("run", "", "a.zip", "unknown", "tab"), ("analysis", "vcf", "a.vcf.gz", "unknown", "vcf"),
    ("analysis", "vcf", "a.vcf.gz.TBI", "unknown", "tabix"), ("analysis", "bam", "a.bam.bai", "alignment-index", "bai"),
    ("analysis", "other", "a", "unknown", "other"),
])  # fmt: skip
def test_a_file_of_a_format_that_is_not_inspected_is_what_the_depositor_says(
    forms: dict[str, Any], oracles: Path, form: str, file_type: str, name: str, found: str, told: str
) -> None:
    record = RUN if form == "run" else ANALYSIS
    file = msgspec.structs.replace(READS, name=name, format=found)
    changed = msgspec.structs.replace(record, values={**record.values, "file_type": file_type}, files=(file,))
    documents = known_exports()["sra-xml"].write(bundle(forms, changed))
    check_sra(documents, oracles)
    assert etree.fromstring(documents[f"{form}.xml"]).find(".//FILE").get("filetype") == told


def test_an_experiment_alone_finds_its_project_through_the_sample(forms: dict[str, Any], oracles: Path) -> None:
    documents = known_exports()["sra-xml"].write(bundle(forms, EXPERIMENT, around=(PROJECT, SAMPLE)))
    assert set(documents) == {"experiment.xml", "submission.xml"}
    check_sra(documents, oracles)
    assert b'STUDY_REF accession="KAP000001"' in documents["experiment.xml"]
    with pytest.raises(NotExpressible):
        known_exports()["sra-xml"].write(bundle(forms, EXPERIMENT))


def test_every_filled_field_of_a_sample_travels(forms: dict[str, Any]) -> None:
    text = known_exports()["sra-xml"].write(bundle(forms, SAMPLE))["sample.xml"].decode()
    for said in ("Panax ginseng", "4054", "Geumsan", "South Korea", "2025-09", "120", "Plant", "ERC"):
        assert said in text
    assert "region and locality" in text


def test_what_is_not_yet_public_is_held(forms: dict[str, Any]) -> None:
    assert b'HoldUntilDate="2027-01-01"' in known_exports()["sra-xml"].write(bundle(forms, *ALL))["submission.xml"]
    assert b"RELEASE" in known_exports()["sra-xml"].write(bundle(forms, PROJECT))["submission.xml"]


@pytest.mark.parametrize("kernel", ["kernel-4.5", "kernel-4.6"])
def test_datacite_xml_is_valid(forms: dict[str, Any], oracles: Path, kernel: str) -> None:
    schema = xsd(oracles, "datacite", "meta", kernel, "metadata.xsd")
    documents = known_exports()["datacite-xml"].write(bundle(forms, *ALL))
    assert len(documents) == len(ALL)
    for content in documents.values():
        schema.assertValid(etree.fromstring(content))


def test_datacite_json_is_valid(forms: dict[str, Any], oracles: Path) -> None:
    schema = json.loads((oracles / "datacite/json/kernel-4.3/datacite_4.3_schema.json").read_text())
    for content in known_exports()["datacite-json"].write(bundle(forms, *ALL)).values():
        jsonschema_rs.validator_for(schema).validate(json.loads(content))
    project = json.loads(known_exports()["datacite-json"].write(bundle(forms, PROJECT))["KAP000001.datacite.json"])
    assert project["fundingReferences"][0]["awardNumber"] == "1711043540"
    assert {r["relatedIdentifier"] for r in project["relatedIdentifiers"]} == {"10.5808/gi.22073", "31452104"}
    assert project["descriptions"][0]["description"] == "Why we did it"


@pytest.mark.parametrize("kernel", ["kernel-4.5", "kernel-4.6"])
def test_both_titles_travel_as_each_standard_has_them(forms: dict[str, Any], oracles: Path, kernel: str) -> None:
    both = msgspec.structs.replace(PROJECT, title_ko="짧은 제목", values={**PROJECT.values, "title_ko": "짧은 제목"})
    told = bundle(forms, both)
    written = {name: known_exports()[name].write(told) for name in ("datacite-json", "datacite-xml", "jsonld")}
    as_json = json.loads(written["datacite-json"]["KAP000001.datacite.json"])
    assert as_json["titles"] == [
        {"title": "Short", "lang": "en"},
        {"title": "짧은 제목", "lang": "ko", "titleType": "TranslatedTitle"},
    ]
    schema = json.loads((oracles / "datacite/json/kernel-4.3/datacite_4.3_schema.json").read_text())
    jsonschema_rs.validator_for(schema).validate(as_json)
    as_xml = etree.fromstring(written["datacite-xml"]["KAP000001.datacite.xml"])
    xsd(oracles, "datacite", "meta", kernel, "metadata.xsd").assertValid(as_xml)
    titles = as_xml.findall(".//{*}title")
    assert [(each.text, each.get(f"{XML}lang"), each.get("titleType")) for each in titles] == [
        ("Short", "en", None), ("짧은 제목", "ko", "TranslatedTitle"),
    ]  # fmt: skip
    described = json.loads(written["jsonld"]["KAP000001.jsonld"])
    assert (described["name"], described["alternateName"]) == ("Short", "짧은 제목")
    sra = known_exports()["sra-xml"].write(told)["project.xml"].decode()
    assert "Short (KAP000001)</TITLE>" in sra and "<TAG>title_ko</TAG>" in sra and "짧은 제목" in sra


def test_a_title_in_korean_alone_is_said_to_be_so(forms: dict[str, Any]) -> None:
    only = msgspec.structs.replace(PROJECT, title="짧은 제목", title_ko="짧은 제목")
    told = bundle(forms, only)
    as_json = json.loads(known_exports()["datacite-json"].write(told)["KAP000001.datacite.json"])
    assert as_json["titles"] == [{"title": "짧은 제목", "lang": "ko"}]
    assert "alternateName" not in json.loads(known_exports()["jsonld"].write(told)["KAP000001.jsonld"])
    sample = json.loads(known_exports()["datacite-json"].write(bundle(forms, SAMPLE))["KAS00000001.datacite.json"])
    assert sample["titles"] == [{"title": "A title"}], "a sample's form does not say in which language it is"


def test_biosamples_json_is_valid(forms: dict[str, Any], oracles: Path) -> None:
    folder = oracles / "biosamples-schemas/webapps/core/src/main/resources/schemas/core"
    schema = json.loads((folder / "sample.json").read_text())
    sample = json.loads(known_exports()["biosamples-json"].write(bundle(forms, SAMPLE))["KAS00000001.biosamples.json"])
    told = {name: value for name, value in sample.items() if name in schema["properties"]}
    for name in ("name", "domain", "release", "characteristics", "externalReferences"):
        jsonschema_rs.validator_for({**schema, "required": [], "additionalProperties": True}).validate(
            {name: told[name]}
        )
    assert sample["taxId"] == 4054
    with pytest.raises(NotExpressible):
        known_exports()["biosamples-json"].write(bundle(forms, PROJECT))


def test_json_ld_names_its_profile(forms: dict[str, Any]) -> None:
    for content in known_exports()["jsonld"].write(bundle(forms, *ALL)).values():
        described = json.loads(content)
        assert described["@context"] == "https://schema.org"
        assert described["http://purl.org/dc/terms/conformsTo"]["@id"].startswith("https://bioschemas.org/")
        assert described["identifier"] and described["name"] and described["url"]
        if described["@type"] == "Dataset":
            assert len(described["description"]) >= 50
            assert described["license"] == TERMS


VALUES = st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=40).filter(lambda v: v.strip())


@settings(max_examples=60, deadline=None)
@given(value=VALUES)
def test_any_text_stays_well_formed(value: str) -> None:
    forms = _FORMS or dict(load_library(load_catalogue(default_catalogue())).forms)
    _FORMS.update(forms)
    sample = msgspec.structs.replace(SAMPLE, values={**SAMPLE.values, "tissue": value, "title": value}, title=value)
    made = bundle(forms, sample)
    for name in ("sra-xml", "datacite-xml"):
        for content in known_exports()[name].write(made).values():
            etree.fromstring(content)
    rows = list(
        csv.DictReader(io.StringIO(known_exports()["tsv"].write(made)["biosample.tsv"].decode()), delimiter="\t")
    )
    assert len(rows) == 1


_FORMS: dict[str, Any] = {}


@pytest.mark.parametrize("value", ["=1+1", "+cmd", "@x", "-2+3"])
def test_a_table_never_holds_a_formula(forms: dict[str, Any], value: str) -> None:
    sample = msgspec.structs.replace(SAMPLE, values={**SAMPLE.values, "tissue": value})
    text = known_exports()["tsv"].write(bundle(forms, sample))["biosample.tsv"].decode()
    cells = next(csv.DictReader(io.StringIO(text), delimiter="\t"))
    assert cells["tissue"] == "'" + value


@pytest.mark.parametrize(
    "value", ["=1", "'=1", "''+x", "'quoted'", "007", "5'-ACGT", "-12.5", "＝1", 'a "b"', '"', "a\tb"]
)
def test_a_table_that_is_sent_back_has_its_cells_as_they_were(
    forms: dict[str, Any], value: str, tmp_path: Path
) -> None:
    sample = msgspec.structs.replace(SAMPLE, values={**SAMPLE.values, "tissue": value})
    path = tmp_path / "biosample.tsv"
    path.write_bytes(known_exports()["tsv"].write(bundle(forms, sample))["biosample.tsv"])
    cells = read_text_file(path).sheets[0].grid.rows()
    assert dict(zip(*cells, strict=True))["tissue"] == value


def test_a_negative_number_stays_a_number(forms: dict[str, Any]) -> None:
    sample = msgspec.structs.replace(SAMPLE, values={**SAMPLE.values, "elev": "-12.5"})
    text = known_exports()["tsv"].write(bundle(forms, sample))["biosample.tsv"].decode()
    assert next(csv.DictReader(io.StringIO(text), delimiter="\t"))["elev"] == "-12.5"


def test_json_lines_lose_nothing(forms: dict[str, Any]) -> None:
    documents = known_exports()["jsonl"].write(bundle(forms, *ALL))
    told = [json.loads(line) for content in documents.values() for line in content.decode().splitlines()]
    assert told == [{k: v for k, v in one.values.items() if v} for one in ALL]


@pytest.mark.parametrize(
    "value", ["=1+1", "+82", "-a", "@SUM(A1)", "\uff1d1+1", "\uff0bx", "\uff0dx", "\uff20x", "'quoted'", "5'-A"]
)
def test_a_table_runs_nothing_and_comes_back_as_it_was(forms: dict[str, Any], tmp_path: Path, value: str) -> None:
    sample = item("KAS00000009", "biosample", {"sample_name": "s9", "title": value})
    content = known_exports()["tsv"].write(Bundle((sample,), (), forms, "Station", ADDRESS, TERMS))["biosample.tsv"]
    cell = content.decode().splitlines()[1].split("\t")[1].strip('"')
    assert not cell.startswith(FORMULA_STARTS) or value == "+82"
    (tmp_path / "biosample.tsv").write_bytes(content)
    grid = read_text_file(tmp_path / "biosample.tsv").sheets[0].grid
    assert grid.row(1) == ("s9", value)
