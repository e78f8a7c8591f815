"""Objects for tests: in the store, with their rows."""

from __future__ import annotations

import hashlib
import random
import shutil
from pathlib import Path

from biomoa.files.models import StoredObject
from biomoa.files.storage import FolderStore, store


def the_store() -> FolderStore:
    kept = store()
    assert isinstance(kept, FolderStore)
    return kept


def make_empty() -> None:
    """No objects; the mark stays."""
    for place in the_store().folder.glob("??"):
        shutil.rmtree(place)


def put(content: bytes, scratch: Path) -> str:
    """Into the store, without a row."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = scratch / f"t-{sha256[:12]}"
    path.write_bytes(content)
    store().put(path, sha256)
    path.unlink()
    return sha256


def name(sha256: str, size_bytes: int) -> None:
    """A row, as an upload commits it."""
    StoredObject.objects.get_or_create(sha256=sha256, defaults={"md5": sha256[:32], "size_bytes": size_bytes})


def keep(content: bytes, scratch: Path) -> str:
    sha256 = put(content, scratch)
    name(sha256, len(content))
    return sha256


def fill(count: int, scratch: Path, seed: int = 7) -> list[str]:
    """So many objects of 1 byte to 50 kB."""
    chance = random.Random(seed)
    return [
        keep(chance.randbytes(chance.choice((1, 200, 5_000, 50_000))) + str(n).encode(), scratch) for n in range(count)
    ]
