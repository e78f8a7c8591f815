"""Released records and their files as BagIt and OCFL packages, and such packages taken in as a draft."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.utils import timezone

from biomoa.exchange.bundle import Bundle, FileFact, NotExpressible
from biomoa.exchange.packages import contents
from biomoa.exchange.packages.bag import make_bag
from biomoa.exchange.packages.faults import Fault
from biomoa.exchange.packages.ocfl_write import Broken, Source, write_version
from biomoa.exchange.queries import load_bundle
from biomoa.exchange.services import get_export
from biomoa.files import services as files
from biomoa.files.models import Shelf
from biomoa.files.storage import store
from biomoa.people.rules import NOBODY, Actor
from biomoa.records import services
from biomoa.records.models import Submission
from biomoa.records.receipts import Receipt, receipt_of

KINDS = ("bagit", "ocfl")


class Damaged(Exception):
    """The package is not whole; ``faults`` say where."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{one.code} {one.at}: {one.detail}" for one in faults[:3]))
        self.faults = faults


def write_package(accession: str, kind: str, folder: Path) -> Path:
    """Everything released under a record, with its files, below ``folder``; an OCFL object gets a further version.

    What a stranger may not read has no place in a package. Raises NotFound, NotExpressible (nothing there is
    released), Broken (a stored file is damaged), FileExistsError (a bag is there already).
    """
    bundle = load_bundle(NOBODY, [accession], whole=True)
    if not bundle.items:
        raise NotExpressible(f"{accession}에는 공개된 것이 없습니다.", f"nothing of {accession} is released")
    place = folder / f"{accession}{'.bag' if kind == 'bagit' else ''}"
    found = contents.sources(bundle, get_export("jsonl").write(bundle), _blocks)
    if kind == "bagit":
        _write_bag(place, accession, bundle, list(found))
    else:
        now = timezone.now().isoformat(timespec="seconds")
        user = {"name": bundle.station, "address": bundle.address}
        message = f"{len(bundle.items)} records as of {now[:10]}"
        write_version(place, f"{bundle.address}/{accession}", found, message=message, user=user, created=now)
    return place


def _blocks(file: FileFact) -> Iterator[bytes]:
    return store().iter_blocks(file.sha256)


def _write_bag(place: Path, accession: str, bundle: Bundle, sources: list[Source]) -> None:
    """Built beside its place and renamed there, so that a bag that can be seen is whole."""
    if place.exists():
        raise FileExistsError(f"{place} is there already; name another folder, or take it away")
    building = place.with_name(f"{place.name}.new")
    shutil.rmtree(building, ignore_errors=True)
    try:
        for source in sources:
            _copy(building / source.path, source)
        info = {
            "Source-Organization": bundle.station,
            "External-Identifier": f"{bundle.address}/{accession}",
            "External-Description": next(one.title for one in bundle.items if one.accession == accession),
            "Bagging-Date": timezone.localdate().isoformat(),
        }
        make_bag(building, info)
        building.rename(place)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _copy(path: Path, source: Source) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with path.open("xb") as file:
        for block in source.blocks():
            digest.update(block)
            file.write(block)
    if source.sums.get("sha256", digest.hexdigest()) != digest.hexdigest():
        raise Broken(f"{source.path}: the stored file is damaged")


def take_in(actor: Actor, owner_id: int, folder: Path) -> Receipt:
    """A package as a checked draft of the group: its rows and files. The same package again makes nothing twice.

    Raises Damaged with every fault, ValueError for rows that cannot be read, FileProblem for a file.
    """
    kind, faults = contents.check_package(folder)
    if errors := [fault for fault in faults if fault.severity == "error"]:
        raise Damaged(errors)
    package = contents.open_package(folder, kind)
    rows, names = package.rows(), package.files()
    if not rows:
        raise ValueError(f"{contents.RECORDS}*.jsonl: the package holds no rows of a form")
    key = f"package:{hashlib.sha256(package.identifier.encode()).hexdigest()[:32]}"
    receipt = services.whole(actor, owner_id, rows, client_key=key, submit=False, title=package.identifier[:100])
    submission = Submission.objects.get(pk=int(receipt.submission[3:]))
    for name, path in names.items():
        with path.open("rb") as stream:
            files.receive(actor, Shelf.objects.get(pk=submission.shelf_id), name, stream)
    services.check(submission.pk, actor)
    return receipt_of(Submission.objects.get(pk=submission.pk))
