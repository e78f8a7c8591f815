"""What is swept: each workflow is short, begins where the one before ended, and says whether it needs the worker."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from typing import Any

import msgspec

from tests.faults.driver import Driver, wait_until

PART_BYTES = 6_000


class Workflow(msgspec.Struct, frozen=True):
    """``least_steps``: fewer named steps than durable writes would mean that a write is not swept."""

    name: str
    run: Callable[[Driver, str], None]
    needs_worker: bool = False


def reads(tag: str, seed: int = 0) -> bytes:
    chance = random.Random(f"{tag}{seed}")
    lines = [f"@{tag}.{n}\n{''.join(chance.choices('ACGT', k=80))}\n+\n{'I' * 80}\n" for n in range(80)]
    return "".join(lines).encode()


def rows(tag: str, *, sex: str = "female") -> dict[str, list[dict[str, str]]]:
    return {
        "bioproject": [{"project_alias": tag, "project_type": "primary", "title": f"Study {tag}"}],
        "biosample": [{"sample_name": f"{tag}-S1", "project": tag, "sex": sex},
                      {"sample_name": f"{tag}-S2", "project": tag, "sex": sex}],
        "ngs-experiment": [{"experiment_alias": f"{tag}-E1", "sample": f"{tag}-S1", "library_layout": "SINGLE"}],
        "ngs-run": [{"run_alias": f"{tag}-R1", "experiment": f"{tag}-E1", "file_names": f"{tag}.fastq"}],
    }  # fmt: skip


def code_of(driver: Driver, tag: str) -> str:
    """The submission of that tag; creating is repeatable, so asking is creating again."""
    return str(driver.create(tag, {})["submission"])


def create(driver: Driver, tag: str) -> None:
    driver.create(tag, rows(tag), release_on="2027-03-01")


def upload(driver: Driver, tag: str) -> None:
    content = reads(tag)
    driver.upload(driver.create(tag, {})["tus"], f"{tag}.fastq", content, PART_BYTES)
    driver.told.files.append(hashlib.sha256(content).hexdigest())


def inspect(driver: Driver, tag: str) -> None:
    shelf = driver.create(tag, {})["tus"].rstrip("/").rsplit("/", 1)[-1]

    def is_inspected() -> bool:
        files = driver.api("depositor", "GET", f"/shelves/{shelf}/files")
        return all(file["verdict"] == "pass" for file in files)

    wait_until(is_inspected, 300, "no inspection")


def submit(driver: Driver, tag: str) -> None:
    code = code_of(driver, tag)
    driver.command("depositor", code, "submit", "submitted")
    driver.command("curator", code, "take", "in-review", {})


def accept(driver: Driver, tag: str) -> None:
    driver.accept(code_of(driver, tag), "accepted")


def release(driver: Driver, tag: str) -> None:
    code = code_of(driver, tag)
    answer = driver.api("depositor", "POST", f"/submissions/{code}/release", {})
    assert answer["state"] == "released", answer
    driver.told.states[code] = "released"
    driver.keep_heads()


def new_version(driver: Driver, tag: str) -> None:
    """One asked for by the depositor, one by the curator's correction."""
    accession = driver.told.accessions[f"{tag}-S1"]
    values = {"values": rows(tag, sex="male")["biosample"][0]}
    made = driver.api("depositor", "POST", f"/records/{accession}/revisions", values)
    code = made["code"]
    driver.told.states[code] = "draft"
    driver.command("depositor", code, "submit", "submitted")
    driver.command("curator", code, "take", "in-review", {})
    driver.accept(code, "released")
    assert driver.told.versions[accession] == 2
    correction = {"field": "sex", "value": "female", "reason": "as the sheet said"}
    other = driver.told.accessions[f"{tag}-S2"]
    assert driver.api("curator", "POST", f"/records/{other}/curated", correction)["version"] == 2
    driver.told.versions[other] = 2


def withdraw(driver: Driver, tag: str) -> None:
    """A record, and another submission before it was accepted, with a word between."""
    accession = driver.told.accessions[f"{tag}-R1"]
    driver.api("curator", "POST", f"/records/{accession}/withdraw", {"reason": "asked for"})
    driver.told.withdrawn.append(accession)
    other = driver.create(f"{tag}-b", {"bioproject": rows(f"{tag}-b")["bioproject"]})["submission"]
    driver.command("depositor", other, "submit", "submitted")
    driver.api("curator", "POST", f"/submissions/{other}/comments", {"text": "why twice?"})
    driver.command("depositor", other, "withdraw", "withdrawn", {"reason": "by mistake"})


def follow(driver: Driver, tag: str) -> None:
    """Until the search knows it all."""

    def is_found() -> bool:
        found = driver.api("depositor", "GET", f"/search?q={tag}&size=50")
        public = [a for alias, a in driver.told.accessions.items() if alias == tag or alias.startswith(f"{tag}-")]
        return bool(found["total"] == len(set(public) - set(driver.told.withdrawn)))

    wait_until(is_found, 30, "the index does not follow")


WORKFLOWS = (
    Workflow("create", create),
    Workflow("upload", upload),
    Workflow("inspect", inspect, needs_worker=True),
    Workflow("submit", submit),
    Workflow("accept", accept),
    Workflow("release", release),
    Workflow("new-version", new_version),
    Workflow("withdraw", withdraw),
    Workflow("follow", follow, needs_worker=True),
)


def whole(driver: Driver, tag: str) -> None:
    """All of them, for a station with a worker."""
    for each in WORKFLOWS:
        each.run(driver, tag)


def steps_of(record: Any) -> list[str]:
    return [line for line in record.read_text().splitlines() if line] if record.exists() else []
