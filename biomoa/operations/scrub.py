"""Reading every object again: is it still what its address says? And putting it right from a second copy."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import msgspec
from django.conf import settings
from django.utils import timezone

from biomoa.files.missed import forget_missed
from biomoa.files.models import StoredObject
from biomoa.files.storage import BucketStore, FolderStore, ObjectStore, store
from biomoa.jobs.steps import step
from biomoa.operations.care import alone, check_may_operate, note
from biomoa.operations.chest import ChestError, open_chest
from biomoa.operations.rules import Damage, damage_of, swapped
from biomoa.operations.sealing import SealError
from biomoa.operations.strays import find_strays
from biomoa.operations.vault import Damaged, Vault, find_description, open_vault, write_out
from biomoa.people.rules import Actor

BLOCK_BYTES = 4 * 1024**2
PAGE = 5_000
NAMED_IN_SUMMARY = 100

SecondCopy = Callable[[str], Iterator[bytes]]


class ScrubReport(msgspec.Struct, frozen=True):
    """``remaining`` are damages that no good copy was found for; ``strays`` objects that the database does not name."""

    objects: int
    object_bytes: int
    damages: tuple[Damage, ...]
    swapped: tuple[str, ...]
    repaired: tuple[str, ...]
    remaining: tuple[str, ...]
    strays: tuple[str, ...]
    milliseconds: int

    @property
    def is_good(self) -> bool:
        return not self.remaining

    @property
    def megabytes_per_second(self) -> float:
        return self.object_bytes / 1e3 / max(1, self.milliseconds)


def scrub(
    actor: Actor,
    repair_from: str = "",
    key_file: Path | None = None,
    rate_bytes: float = 0.0,
    readers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> ScrubReport:
    """Reads all objects (at most ``rate_bytes`` a second; 0: as fast as it goes) and repairs what a copy can mend.

    ``repair_from`` is a backup, or a folder laid out as the station's own objects. ``progress`` hears bytes read and
    bytes in all. Raises ChestError, SealError, Busy, StoreAway.
    """
    check_may_operate(actor)
    started_at = timezone.now()
    store().check()  # of an empty folder it would be told that all is lost
    second = _second_copy(repair_from, key_file) if repair_from else None
    with alone() if second else nullcontext():
        damages, count, size_bytes = _read_all(rate_bytes, readers, progress)
        repaired = [damage.sha256 for damage in damages if second and _repair(second, damage.sha256)]
    report = ScrubReport(
        objects=count, object_bytes=size_bytes, damages=tuple(damages), swapped=tuple(swapped(damages)),
        repaired=tuple(repaired), remaining=tuple(d.sha256 for d in damages if d.sha256 not in set(repaired)),
        strays=tuple(find_strays()), milliseconds=int((timezone.now() - started_at).total_seconds() * 1000),
    )  # fmt: skip
    forget_missed(report.remaining)
    note(actor, "scrub", started_at, report.is_good, _summary(report, repair_from))
    return report


def _summary(report: ScrubReport, repair_from: str) -> dict[str, object]:
    return {
        "objects": report.objects,
        "object_bytes": report.object_bytes,
        "damaged": len(report.damages),
        "damages": [f"{damage.kind} {damage.sha256}" for damage in report.damages[:NAMED_IN_SUMMARY]],
        "repaired": len(report.repaired),
        "remaining": len(report.remaining),
        "strays": len(report.strays),
        "repair_from": repair_from,
        "milliseconds": report.milliseconds,
    }


# -- reading


def _read_all(
    rate_bytes: float, readers: int, progress: Callable[[int, int], None] | None
) -> tuple[list[Damage], int, int]:
    total = sum(StoredObject.objects.values_list("size_bytes", flat=True).iterator())
    pace = _Pace(rate_bytes, total, progress)
    source = store()
    damages: list[Damage] = []
    count = 0
    with ThreadPoolExecutor(max(1, readers)) as pool:
        for page in _pages():
            count += len(page)
            found = pool.map(lambda one: _look(source, one[0], one[1], pace), page)
            damages.extend(damage for damage in found if damage)
    # An object that was removed, row and all, while this ran was never damaged.
    still = [damage for damage in damages if StoredObject.objects.filter(pk=damage.sha256).exists()]
    return still, count, pace.read_bytes


def _pages() -> Iterator[list[tuple[str, int]]]:
    rows, after = StoredObject.objects.order_by("sha256").values_list("sha256", "size_bytes"), ""
    while page := list(rows.filter(sha256__gt=after)[:PAGE]):
        yield page
        after = page[-1][0]


def _look(source: ObjectStore, sha256: str, size_bytes: int, pace: _Pace) -> Damage | None:
    seen, found_bytes = hashlib.sha256(), 0
    try:
        for block in _blocks(source, sha256):
            seen.update(block)
            found_bytes += len(block)
            pace.wait_for(len(block))
    except FileNotFoundError:
        return damage_of(sha256, size_bytes, None, "")
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return Damage(sha256, "unreadable", size_bytes)
    return damage_of(sha256, size_bytes, found_bytes, seen.hexdigest())


def _blocks(source: ObjectStore, sha256: str) -> Iterator[bytes | memoryview]:
    if isinstance(source, FolderStore):
        return _from_disk(source.path(sha256))
    return source.iter_blocks(sha256)


def _from_disk(path: Path) -> Iterator[memoryview]:
    """The bytes as the disk has them: what the kernel holds in memory would hide a damage."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    buffer = bytearray(BLOCK_BYTES)
    view = memoryview(buffer)
    try:
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_SEQUENTIAL)
        while size_bytes := os.readv(handle, [buffer]):
            yield view[:size_bytes]
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)


class _Pace:
    """Counts bytes over all readers and holds them to a rate."""

    def __init__(self, rate_bytes: float, total_bytes: int, progress: Callable[[int, int], None] | None) -> None:
        self.rate_bytes, self.total_bytes, self.progress = rate_bytes, total_bytes, progress
        self.read_bytes = 0
        self._began = time.monotonic()
        self._lock = threading.Lock()

    def wait_for(self, size_bytes: int) -> None:
        with self._lock:
            self.read_bytes += size_bytes
            due = self._began + self.read_bytes / self.rate_bytes if self.rate_bytes else 0.0
            if self.progress:
                self.progress(self.read_bytes, self.total_bytes)
        if due > (now := time.monotonic()):
            time.sleep(due - now)


# -- repairing


def _second_copy(place: str, key_file: Path | None) -> SecondCopy:
    if find_description(open_chest(place)) is not None:
        vault: Vault = open_vault(place, key_file)
        return vault.read_object
    if not Path(place).is_dir():
        raise ChestError(f"{place}: no such backup or folder")
    return FolderStore(Path(place).resolve()).iter_blocks


def _repair(second: SecondCopy, sha256: str) -> bool:
    """The copy is verified before it takes the place of the damaged object."""
    path = settings.BIOMOA_HOME.scratch / f"repaired-{sha256[:16]}-{secrets.token_hex(4)}"
    try:
        write_out(_verified(second, sha256), path)
        step("scrub:copy-verified")
        target = store()
        if isinstance(target, BucketStore):
            target.remove(sha256)  # an object of the right size is not written again
        target.put(path, sha256)
        step("scrub:repaired")
    except (FileNotFoundError, Damaged, SealError):
        return False
    finally:
        path.unlink(missing_ok=True)
    return True


def _verified(second: SecondCopy, sha256: str) -> Iterator[bytes]:
    seen = hashlib.sha256()
    for block in second(sha256):
        seen.update(block)
        yield block
    if seen.hexdigest() != sha256:
        raise Damaged(sha256)
