"""Letting go of what nobody needs: objects that no row names, and what killed processes left in the scratch folder.

An upload puts its object first and commits its row afterwards, so an unnamed object may be about to be named, and one
that looks old may have been put again a moment ago. No lock is held against that. An unnamed object is first *set
aside*, under a name that the store does not serve, and only let go of when a whole safe period later still nobody
names it; whenever a row names one that was set aside, it goes back. So no order of events loses bytes.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import msgspec
from django.conf import settings
from django.utils import timezone

from biomoa.files.models import StoredObject
from biomoa.files.storage import ADDRESS, BucketStore, FolderStore, store, sync_folder
from biomoa.jobs.steps import step
from biomoa.operations.care import alone, check_may_operate, note
from biomoa.operations.rules import SAFE_HOURS
from biomoa.operations.strays import iter_unnamed
from biomoa.people.rules import Actor

ASIDE = ".aside."  # before the address, as a hidden name beside the object
KEPT_IN_SCRATCH = frozenset({"uploads", "metrics"})  # they have their own clocks


class TidyReport(msgspec.Struct, frozen=True):
    """Counts; ``dry_run`` changes nothing and tells what would be set aside and let go of."""

    set_aside: int
    put_back: int
    let_go: int
    freed_bytes: int
    scratch: int
    dry_run: bool = False

    @property
    def is_good(self) -> bool:
        return True


class AsideStore(Protocol):
    """What tidying wants of a store besides serving objects. Times are seconds since the epoch."""

    def changed_at(self, sha256: str) -> float | None:
        """When the object was last put; None when it is not there."""
        ...

    def set_aside(self, sha256: str) -> None: ...

    def put_back(self, sha256: str) -> None:
        """Nothing is overwritten: an object that was put again since stays as it is."""
        ...

    def iter_aside(self) -> Iterator[tuple[str, float, int]]:
        """Address, when it was set aside, bytes."""
        ...

    def let_go(self, sha256: str) -> None: ...


def tidy(actor: Actor, safe_hours: float = SAFE_HOURS, *, dry_run: bool = False) -> TidyReport:
    """One round: put back what is named again, let go of what was aside long enough, set aside what is unnamed."""
    check_may_operate(actor)
    started_at = timezone.now()
    before = time.time() - safe_hours * 3600
    with alone():
        if dry_run:
            return _foresee(before)
        store().check()
        aside = _aside_store()
        back, gone, freed = _settle_aside(aside, before)
        unnamed = _set_aside(aside, before)
        # An upload may have committed its row between the look and the rename.
        again = _put_back_named(aside, unnamed)
        report = TidyReport(len(unnamed) - again, back + again, gone, freed, _clear_scratch(before))
    note(actor, "tidy", started_at, True, msgspec.to_builtins(report))
    return report


def put_back_named() -> int:
    """Clock job: objects that were set aside and are named now; how many."""
    aside = _aside_store()
    return _put_back_named(aside, [sha256 for sha256, _, _ in aside.iter_aside()])


def _foresee(before: float) -> TidyReport:
    aside = _aside_store()
    old = [size for sha256, at, size in aside.iter_aside() if at < before and not _is_named(sha256)]
    return TidyReport(len(list(_old_unnamed(aside, before))), 0, len(old), sum(old), 0, dry_run=True)


def _settle_aside(aside: AsideStore, before: float) -> tuple[int, int, int]:
    back = gone = freed = 0
    for sha256, set_aside_at, size_bytes in list(aside.iter_aside()):
        if _is_named(sha256):
            aside.put_back(sha256)
            back += 1
        elif set_aside_at < before:
            aside.let_go(sha256)
            step("tidy:let-go")
            gone, freed = gone + 1, freed + size_bytes
    return back, gone, freed


def _set_aside(aside: AsideStore, before: float) -> list[str]:
    chosen = list(_old_unnamed(aside, before))
    for sha256 in chosen:
        aside.set_aside(sha256)
        step("tidy:set-aside")
    return chosen


def _old_unnamed(aside: AsideStore, before: float) -> Iterator[str]:
    for sha256 in iter_unnamed(store().iter_addresses()):
        changed_at = aside.changed_at(sha256)
        if changed_at is not None and changed_at < before:
            yield sha256


def _put_back_named(aside: AsideStore, addresses: Iterable[str]) -> int:
    count = 0
    for sha256 in addresses:
        if _is_named(sha256):
            aside.put_back(sha256)
            count += 1
    return count


def _is_named(sha256: str) -> bool:
    return StoredObject.objects.filter(pk=sha256).exists()


def _clear_scratch(before: float) -> int:
    """Entries in which nothing has changed for the safe period; how many."""
    scratch: Path = settings.BIOMOA_HOME.scratch
    count = 0
    for path in list(scratch.iterdir()):
        if path.name in KEPT_IN_SCRATCH or _newest(path) >= before:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        count += 1
    return count


def _newest(path: Path) -> float:
    """When anything in it was last written."""
    newest = path.lstat().st_mtime
    for place, folders, names in os.walk(path):
        for name in (*folders, *names):
            with suppress(FileNotFoundError):
                newest = max(newest, Path(place, name).lstat().st_mtime)
    return newest


# -- stores


def _aside_store() -> AsideStore:
    source = store()
    if isinstance(source, FolderStore):
        return _FolderAside(source)
    if isinstance(source, BucketStore):
        return _BucketAside(source)
    raise TypeError(f"no tidying for {type(source).__name__}")


class _FolderAside:
    def __init__(self, source: FolderStore) -> None:
        self.source = source

    def _aside(self, sha256: str) -> Path:
        return self.source.path(sha256).with_name(ASIDE + sha256)

    def changed_at(self, sha256: str) -> float | None:
        # The change time: a link to an old file keeps its modification time, but linking it is a change.
        try:
            return self.source.path(sha256).stat().st_ctime
        except FileNotFoundError:
            return None

    def set_aside(self, sha256: str) -> None:
        with suppress(FileNotFoundError):
            self.source.path(sha256).replace(self._aside(sha256))
            sync_folder(self._aside(sha256).parent)

    def put_back(self, sha256: str) -> None:
        with suppress(FileExistsError, FileNotFoundError):
            os.link(self._aside(sha256), self.source.path(sha256))
        sync_folder(self._aside(sha256).parent)
        self._aside(sha256).unlink(missing_ok=True)

    def iter_aside(self) -> Iterator[tuple[str, float, int]]:
        for path in sorted(self.source.folder.glob(f"??/??/{ASIDE}*")):
            if ADDRESS.fullmatch(sha256 := path.name.removeprefix(ASIDE)):
                kept = path.stat()
                yield sha256, kept.st_ctime, kept.st_size  # renaming is a change

    def let_go(self, sha256: str) -> None:
        self._aside(sha256).unlink(missing_ok=True)


class _BucketAside:
    """``aside/<address>`` in the same bucket, by server-side copies."""

    PREFIX = "aside/"

    def __init__(self, source: BucketStore) -> None:
        self.source, self.bucket, self.client = source, source.bucket, source.client

    def _key(self, sha256: str) -> str:
        return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def _aside(self, sha256: str) -> str:
        # Not an address by itself: the store lists every key that ends in one.
        return f"{self.PREFIX}{sha256}.aside"

    def changed_at(self, sha256: str) -> float | None:
        if self.source.find_size(sha256) is None:
            return None
        head = self.client.head_object(Bucket=self.bucket, Key=self._key(sha256))
        return float(head["LastModified"].timestamp())

    def set_aside(self, sha256: str) -> None:
        self._copy(self._key(sha256), self._aside(sha256))
        self.source.remove(sha256)

    def put_back(self, sha256: str) -> None:
        if self.source.find_size(sha256) is None:
            self._copy(self._aside(sha256), self._key(sha256))
        self.let_go(sha256)

    def iter_aside(self) -> Iterator[tuple[str, float, int]]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.PREFIX)
        for entry in (entry for page in pages for entry in page.get("Contents", ())):
            sha256 = entry["Key"].removeprefix(self.PREFIX).removesuffix(".aside")
            yield sha256, entry["LastModified"].timestamp(), entry["Size"]

    def let_go(self, sha256: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=self._aside(sha256))

    def _copy(self, source: str, target: str) -> None:
        self.client.copy({"Bucket": self.bucket, "Key": source}, self.bucket, target)
