"""The main job, whole: a study goes in by a browser, is checked, curated, accessioned, found and exported."""

from __future__ import annotations

import json
import random
import re
import time
from pathlib import Path

import pytest
from lxml import etree
from playwright.sync_api import Browser, Page, expect

from biomoa.catalog.load import load_catalogue
from biomoa.cli import demo_files
from biomoa.forms.library import load_library
from biomoa.forms.template import write_template
from biomoa.settings.station import default_catalogue
from tests.e2e.conftest import Running, enter

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e")]

FOUND_SECONDS = 60  # by a worker that shares the processor with whatever else runs
ROWS = {
    "bioproject": [
        {
            "project_alias": "e2e",
            "project_type": "Primary",
            "title": "Gochujang starter strains of Sunchang",
            "title_ko": "순창 고추장 종균 유전체",
            "description": "Genomes of Bacillus strains from gochujang of Sunchang.",
            "data_types": "Genome sequencing",
        }
    ],
    "biosample": [
        {
            "sample_name": "E1",
            "project": "e2e",
            "package": "Microbe",
            "title": "Strain E1",
            "taxonomy_id": "1423",
            "organism": "Bacillus subtilis",
            "strain": "E1",
            "collection_date": "2026.3.5",
            "geo_loc_name": "South Korea;Sunchang",
            "isolation_source": "gochujang",
            "sample_type": "cell culture",
            "biomaterial_provider": "KCTC",
        }
    ],
    "ngs-experiment": [
        {
            "experiment_alias": "E1-X",
            "sample": "E1",
            "technique": "Bulk sequencing",
            "title": "WGS of E1",
            "library_name": "E1-lib",
            "library_strategy": "WGS",
            "library_source": "GENOMIC",
            "library_selection": "RANDOM",
            "library_layout": "PAIRED",
            "platform": "ILLUMINA",
            "instrument_model": "Illumina NovaSeq 6000",
            "library_construction_protocol": "TruSeq",
        }
    ],
    "ngs-run": [
        {
            "run_alias": "E1-R",
            "experiment": "E1-X",
            "title": "Reads of E1",
            "file_type": "fastq",
            "files": "E1_R1.fastq.gz;E1_R2.fastq.gz",
        }
    ],
}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    chance = random.Random(7)
    first, second = demo_files.paired_fastq(chance, demo_files.genome(chance), 200)
    (folder / "E1_R1.fastq.gz").write_bytes(first)
    (folder / "E1_R2.fastq.gz").write_bytes(second)
    library = load_library(load_catalogue(default_catalogue()))
    write_template(library, list(ROWS), folder / "study.xlsx", rows=ROWS)
    return folder


def test_from_data_to_a_citable_accession(station: Running, browser: Browser, study: Path) -> None:
    depositor = enter(browser.new_context(), station, "depositor", "en")
    depositor.goto(station.address + "/submissions/new")
    depositor.fill("#title", "Gochujang")
    depositor.check("#human-no")
    depositor.get_by_role("button", name="Start").click()
    depositor.wait_for_url(re.compile(r"/submissions/SUB\d+/$"))
    code = depositor.url.rstrip("/").rsplit("/", 1)[-1]

    depositor.set_input_files("#sheet-file", str(study / "study.xlsx"))
    depositor.get_by_role("button", name="Upload and check").click()
    depositor.wait_for_url(re.compile(r"/review/$"))
    # The dates and places of people are proposed in the standard's form; one click takes them over.
    with depositor.expect_navigation():
        depositor.get_by_role("button", name="Apply the chosen corrections").click()
    expect(depositor.get_by_role("button", name="Apply the chosen corrections")).to_have_count(0)

    depositor.goto(f"{station.address}/submissions/{code}/files/")
    files = [str(study / name) for name in ("E1_R1.fastq.gz", "E1_R2.fastq.gz")]
    depositor.locator("[data-files]").set_input_files(files)
    for name in ("E1_R1.fastq.gz", "E1_R2.fastq.gz"):  # among what has arrived: the page names them before, too
        expect(depositor.locator("[data-arrived]")).to_contain_text(name)

    assert _submitted(depositor, station, code)

    curator = enter(browser.new_context(), station, "curator", "en")
    curator.goto(station.address + "/desk/")
    curator.get_by_role("link", name="Gochujang").click()
    with curator.expect_navigation():
        curator.get_by_role("button", name="Take into review").click()
    _accepted(curator)

    depositor.goto(f"{station.address}/submissions/{code}/")
    accession = depositor.get_by_role("link", name=re.compile(r"^KAP\d{6}$")).first.inner_text()
    _found_within_seconds(station, browser, "고추장", accession)
    _exported(station, accession)


def _accepted(page: Page) -> None:
    """Accepting waits for the inspection of every file, and says so until it is done. It asks, each time."""
    page.on("dialog", lambda dialog: dialog.accept())
    for _ in range(120):
        with page.expect_navigation():
            page.get_by_role("button", name="Accept and give accessions").click()
        if not page.get_by_role("button", name="Accept and give accessions").count():
            return
        expect(page.locator("main")).to_contain_text("not inspected yet")
        time.sleep(1)
    raise AssertionError(page.inner_text("main"))


def _submitted(page: Page, station: Running, code: str) -> bool:
    """The inspection runs in the worker; the page says so until it is done."""
    for _ in range(120):
        page.goto(f"{station.address}/submissions/{code}/review/")
        with page.expect_navigation():
            page.get_by_role("button", name="Submit", exact=True).click()
        if page.url.endswith(f"/submissions/{code}/"):
            return True
        time.sleep(1)
    raise AssertionError(page.inner_text("main"))


def _found_within_seconds(station: Running, browser: Browser, word: str, accession: str) -> None:
    reader = browser.new_context().new_page()
    until = time.monotonic() + FOUND_SECONDS
    reader.goto(f"{station.address}/search/?q={word}")
    while not reader.get_by_text(accession).count():
        assert time.monotonic() < until, f"{accession} was not found within {FOUND_SECONDS} s"
        time.sleep(0.5)
        reader.goto(f"{station.address}/search/?q={word}")
    reader.goto(f"{station.address}/{accession}")
    expect(reader.get_by_role("heading", level=1)).to_contain_text("Gochujang starter strains")
    described = json.loads(reader.locator("script[type='application/ld+json']").text_content() or "")
    assert described["identifier"] == accession
    terms, _, section = described["license"].partition("#")
    assert f'id="{section}"' in reader.request.get(terms).text(), "what is said of the use of data is there to read"
    told = station.biomoa("search", word, "--json")
    assert accession in {one["accession"] for one in json.loads(told.stdout)["results"]}


def _exported(station: Running, accession: str) -> None:
    told = station.biomoa("export", accession, "--as", "sra-xml", "--only")
    assert told.returncode == 0, told.stderr
    assert etree.fromstring(told.stdout.encode()).tag == "PROJECT_SET"
    assert station.biomoa("ledger", "verify").returncode == 0
