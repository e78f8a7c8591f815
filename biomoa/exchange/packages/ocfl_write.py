"""Writing OCFL 1.1 objects: a first version, and further ones that keep only the bytes that are new."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from biomoa.exchange.packages.ocfl_check import INVENTORY

DECLARATION = "ocfl_object_1.1"
TYPE = "https://ocfl.io/1.1/spec/#inventory"
ALGORITHM = "sha512"


class Source(msgspec.Struct, frozen=True):
    """A file to keep: its path in the object, its bytes, and checksums that are known already (by OCFL's names)."""

    path: str
    blocks: Callable[[], Iterable[bytes]]
    sums: Mapping[str, str] = {}


class Broken(Exception):
    """The bytes of a source are not those that its checksum says; nothing was added to the object."""


def write_version(
    folder: Path, identifier: str, sources: Iterable[Source], *, message: str, user: Mapping[str, str], created: str
) -> str:
    """Adds a version to the object in ``folder`` (made if it is not there) and gives its name, as ``v2``.

    A version equal to the last one is not written again. The root's inventory, put in place last, is what makes a
    version: a run that was stopped before adds nothing, and the next one clears up after it. Raises Broken,
    FileExistsError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = _inventory_of(folder, identifier)
    name = f"v{len(before['versions']) + 1}"
    new, scratch = folder / name, folder.with_name(f"{folder.name}.{name}.new")
    for left in (scratch, new):  # of a run that was stopped
        shutil.rmtree(left, ignore_errors=True)
    try:
        inventory = _with_state(before, name, _keep(before, name, scratch, sources))
        if (
            name != "v1"
            and inventory["versions"][name]["state"] == before["versions"][f"v{int(name[1:]) - 1}"]["state"]
        ):
            return f"v{int(name[1:]) - 1}"
        inventory["versions"][name] |= {"created": created, "message": message, "user": dict(user)}
        _commit(folder, scratch, new, inventory)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return name


def _inventory_of(folder: Path, identifier: str) -> dict[str, Any]:
    if not (folder / INVENTORY).exists():
        return {"id": identifier, "type": TYPE, "digestAlgorithm": ALGORITHM, "head": "", "contentDirectory": "content",
                "fixity": {}, "manifest": {}, "versions": {}}  # fmt: skip
    found: dict[str, Any] = json.loads((folder / INVENTORY).read_bytes())
    if found["id"] != identifier or found["digestAlgorithm"] != ALGORITHM:
        raise FileExistsError(f"{folder} holds another object: {found['id']}")
    return found


class _Kept(msgspec.Struct):
    state: dict[str, list[str]]
    manifest: dict[str, list[str]]
    fixity: dict[str, dict[str, list[str]]]


def _keep(before: Mapping[str, Any], name: str, scratch: Path, sources: Iterable[Source]) -> _Kept:
    kept = _Kept({}, {}, {})
    for source in sources:
        place = scratch / "content" / source.path
        place.parent.mkdir(parents=True, exist_ok=True)
        digest = _write(place, source)
        kept.state.setdefault(digest, []).append(source.path)
        if digest in before["manifest"] or digest in kept.manifest:
            place.unlink()
            continue
        content_path = f"{name}/content/{source.path}"
        kept.manifest[digest] = [content_path]
        for algorithm, value in source.sums.items():
            kept.fixity.setdefault(algorithm, {}).setdefault(value, []).append(content_path)
    return kept


def _write(place: Path, source: Source) -> str:
    """Writes and syncs the bytes; every checksum that is known is compared on the way."""
    running = {ALGORITHM: hashlib.new(ALGORITHM)} | {name: hashlib.new(name) for name in source.sums}
    with place.open("xb") as file:
        for block in source.blocks():
            for digest in running.values():
                digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    for name, wanted in source.sums.items():
        if running[name].hexdigest() != wanted:
            raise Broken(f"{source.path}: {name} is {running[name].hexdigest()}, {wanted} expected")
    return running[ALGORITHM].hexdigest()


def _with_state(before: Mapping[str, Any], name: str, kept: _Kept) -> dict[str, Any]:
    fixity = {algorithm: dict(block) for algorithm, block in before.get("fixity", {}).items()}
    for algorithm, block in kept.fixity.items():
        known = fixity.setdefault(algorithm, {})
        known.update({digest: [*known.get(digest, []), *paths] for digest, paths in block.items()})
    state = {digest: sorted(paths) for digest, paths in sorted(kept.state.items())}
    return {
        **before, "head": name, "fixity": fixity, "manifest": {**before["manifest"], **kept.manifest},
        "versions": {**before["versions"], name: {"state": state}},
    }  # fmt: skip


def _commit(folder: Path, scratch: Path, new: Path, inventory: Mapping[str, Any]) -> None:
    content = json.dumps(inventory, ensure_ascii=False, indent=1, sort_keys=True).encode()
    sidecar = f"{hashlib.new(ALGORITHM, content).hexdigest()} {INVENTORY}\n".encode()
    scratch.mkdir(parents=True, exist_ok=True)
    _prune(scratch)
    both = ((f"{INVENTORY}.{ALGORITHM}", sidecar), (INVENTORY, content))
    for file_name, text in both:
        _put(scratch / file_name, text)
    if not (folder / f"0={DECLARATION}").exists():
        _put(folder / f"0={DECLARATION}", f"{DECLARATION}\n".encode())
    scratch.rename(new)
    for file_name, text in both:
        _put(folder / f".{file_name}", text)
        (folder / f".{file_name}").replace(folder / file_name)
    _sync(folder)


def _prune(folder: Path) -> None:
    """Takes away folders that hold nothing (E024)."""
    for path, _, _ in os.walk(folder, topdown=False):
        with contextlib.suppress(OSError):  # it holds something
            Path(path).rmdir()
    folder.mkdir(exist_ok=True)


def _put(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
