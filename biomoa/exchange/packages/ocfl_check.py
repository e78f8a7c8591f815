"""Is a folder a whole OCFL object? OCFL 1.0 and 1.1 (https://ocfl.io/1.1/spec/); codes are the specification's."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from biomoa.exchange.packages import ocfl_inventory as rules
from biomoa.exchange.packages.faults import Fault, walk_plain

INVENTORY = "inventory.json"
INVENTORY_LIMIT_BYTES = 256 << 20
SPECS = ("1.0", "1.1")
# https://ocfl.github.io/extensions/, registered extensions
EXTENSIONS = frozenset(
    {
        "0000-example-extension", "0001-digest-algorithms", "0002-flat-direct-storage-layout",
        "0003-hash-and-id-n-tuple-storage-layout", "0004-hashed-n-tuple-storage-layout", "0005-mutable-head",
        "0006-flat-omit-prefix-storage-layout", "0007-n-tuple-omit-prefix-storage-layout", "0008-schema-registry",
        "0009-digest-algorithms", "0010-differential-n-tuple-omit-prefix-storage-layout", "initial",
    }
)  # fmt: skip
Found = Iterator[Fault]


def check_object(folder: Path) -> list[Fault]:
    """Every break of an OCFL object: structure, inventories, digests of each content file. Reads all bytes."""
    files, faults = walk_plain(folder)
    return faults or list(dict.fromkeys(_Object(folder, files).check()))


class _Object:
    """One object while it is looked at."""

    def __init__(self, folder: Path, files: Mapping[str, os.stat_result]) -> None:
        self.folder, self.files = folder, files
        self.sums: dict[tuple[str, str], str] = {}
        self.spec_before = SPECS[0]  # of the version before

    def check(self) -> Found:
        spec = next((spec for spec in reversed(SPECS) if f"0=ocfl_object_{spec}" in self.files), "")
        yield from self._declaration(spec)
        if INVENTORY not in self.files:
            yield Fault("E063", INVENTORY, "the object has no inventory")
            return
        inventory, faults = self._read(INVENTORY)
        yield from faults
        if not isinstance(inventory, dict):
            return
        own = list(rules.check_inventory(inventory, INVENTORY, spec or SPECS[-1]))
        yield from own
        names = rules.version_names(inventory)
        yield from self._root(names, rules.algorithm_of(inventory))
        for place, name in enumerate(names):
            yield from self._version(name, inventory, spec, is_last=place == len(names) - 1)
        if not any(fault.code in ("E041", "E099", "E100") for fault in own):
            yield from self._content(inventory, names)

    def _declaration(self, spec: str) -> Found:
        name = f"0=ocfl_object_{spec}"
        if not spec:
            yield Fault("E003", ".", "the object does not declare its version of OCFL")
        elif (self.folder / name).read_bytes() != f"ocfl_object_{spec}\n".encode():
            yield Fault("E007", name, "the declaration must repeat its own name")

    def _read(self, path: str) -> tuple[Any, list[Fault]]:
        if self.files[path].st_size > INVENTORY_LIMIT_BYTES:
            return None, [Fault("E034", path, "the inventory is too long")]
        content = (self.folder / path).read_bytes()
        try:
            inventory = json.loads(content)
        except (ValueError, RecursionError):
            return None, [Fault("E033", path, "the inventory is not JSON")]
        return inventory, self._sidecar(path, content, rules.algorithm_of(inventory) or "sha512")

    def _sidecar(self, path: str, content: bytes, algorithm: str) -> list[Fault]:
        name = f"{path}.{algorithm}"
        if name not in self.files:
            return [Fault("E058", name, "the inventory has no file with its digest")]
        parts = (self.folder / name).read_text("utf-8", errors="replace").rstrip("\r\n").split(None, 1)
        if len(parts) != 2 or parts[1] != INVENTORY or len(parts[0]) != rules.ALGORITHMS[algorithm]:
            return [Fault("E061", name, "expected: digest, space, inventory.json")]
        if parts[0].lower() != hashlib.new(algorithm, content).hexdigest():
            return [Fault("E060", name, "the inventory is not the one whose digest stands here")]
        return []

    def _root(self, names: list[str], algorithm: str) -> Found:
        known = {*names, "logs", "extensions", INVENTORY, f"{INVENTORY}.{algorithm}"}
        for entry in sorted(os.scandir(self.folder), key=lambda one: one.name):
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.name not in known and not entry.name.startswith("0=ocfl_object_"):
                code = "E046" if is_folder and rules.VERSION.fullmatch(entry.name) else "E001"
                yield Fault(code, entry.name, "this has no place in the root of an object")
            elif entry.name in names and not is_folder:
                yield Fault("E046", entry.name, "a version must be a folder")
        for name in sorted(set(names) - {path.name for path in self.folder.iterdir()}):
            yield Fault("E010", name, "the folder of the version is not there")
        yield from self._extensions()

    def _extensions(self) -> Found:
        place = self.folder / "extensions"
        for entry in os.scandir(place) if place.is_dir() else ():
            at = f"extensions/{entry.name}"
            if not entry.is_dir(follow_symlinks=False):
                yield Fault("E067", at, "extensions holds folders only")
            elif entry.name not in EXTENSIONS:
                yield Fault("W013", at, "the extension is not registered", "warning")

    def _version(self, name: str, root: Mapping[str, Any], spec: str, *, is_last: bool) -> Found:
        directory = str(root.get("contentDirectory", "content"))
        for path in self.files:
            if path.startswith(f"{name}/") and path.count("/") == 1 and not _is_inventory(path.split("/")[1]):
                yield Fault("E015", path, "a version holds its inventory and its content only")
        place = self.folder / name
        for entry in os.scandir(place) if place.is_dir() else ():
            if entry.is_dir(follow_symlinks=False) and entry.name != directory:
                yield Fault("W002", f"{name}/{entry.name}", "a further folder in a version", "warning")
        at = f"{name}/{INVENTORY}"
        if at not in self.files:
            yield Fault("W010", at, "each version should keep its inventory", "warning")
        elif is_last and (self.folder / at).read_bytes() != (self.folder / INVENTORY).read_bytes():
            yield Fault("E064", at, "the last version's inventory is not that of the root")
        elif not is_last:
            yield from self._older(name, at, root, spec)

    def _older(self, name: str, at: str, root: Mapping[str, Any], spec: str) -> Found:
        older, faults = self._read(at)
        yield from faults
        if not isinstance(older, dict):
            return
        own_spec = str(older.get("type", "")).removeprefix("https://ocfl.io/").partition("/")[0]
        own_spec = own_spec if own_spec in SPECS else spec
        if not self.spec_before <= own_spec <= spec:
            yield Fault("E103", at, "an older version follows a newer specification than the next one")
        self.spec_before = own_spec
        yield from rules.check_inventory(older, at, own_spec)
        if older.get("id") != root.get("id"):
            yield Fault("E037", at, "another id than the root's")
        if older.get("contentDirectory", "content") != root.get("contentDirectory", "content"):
            yield Fault("E019", at, "another contentDirectory than the root's")
        if older.get("head") != name:
            yield Fault("E040", at, f"head must be {name}")
        yield from _same_history(older, root, at)
        yield from self._content(older, rules.version_names(older), at)

    def _content(self, inventory: Mapping[str, Any], names: list[str], at: str = INVENTORY) -> Found:
        """Each content file of these versions is in the manifest, and each path of the manifest has its digest."""
        algorithm = rules.algorithm_of(inventory)
        if not algorithm:
            return
        directory = inventory.get("contentDirectory", "content")
        named = {path: digest for digest, path in rules.digests_by_path(inventory.get("manifest"))}
        inside = tuple(f"{name}/{directory}/" for name in names)
        for path in self.files:
            if path.startswith(inside) and path not in named:
                yield Fault("E023", path, f"not in the manifest of {at}")
        for path, digest in named.items():
            if path not in self.files:
                yield Fault("E092", path, f"named in {at}, but not there")
            elif self._sum(path, algorithm) != digest.lower():
                yield Fault("E092", path, f"has another digest than {at} says")
        yield from self._fixity(inventory, at)

    def _fixity(self, inventory: Mapping[str, Any], at: str) -> Found:
        fixity = inventory.get("fixity", {})
        for algorithm, block in fixity.items() if isinstance(fixity, dict) else ():
            for digest, path in rules.digests_by_path(block) if algorithm in rules.FIXITY_HEX else ():
                if path in self.files and self._sum(path, algorithm) != digest.lower():
                    yield Fault("E093", path, f"has another {algorithm} than {at} says")

    def _sum(self, path: str, algorithm: str) -> str:
        if (path, algorithm) not in self.sums:
            name = "blake2b" if algorithm == "blake2b-512" else algorithm
            with (self.folder / path).open("rb") as file:
                self.sums[path, algorithm] = hashlib.file_digest(file, lambda: hashlib.new(name)).hexdigest()
        return self.sums[path, algorithm]


def _is_inventory(name: str) -> bool:
    return name == INVENTORY or name.startswith(f"{INVENTORY}.")


def _same_history(older: Mapping[str, Any], root: Mapping[str, Any], at: str) -> Found:
    """What an older inventory says of its versions, the root must say, too (§3.5.3)."""
    for name in rules.version_names(older):
        before, now = older["versions"][name], _versions(root).get(name)
        if not isinstance(before, dict) or not isinstance(now, dict):
            continue
        if _logical(before, older) != _logical(now, root):
            yield Fault("E066", at, f"tells another content of {name} than the root")
        if any(before.get(key) != now.get(key) for key in ("created", "message", "user")):
            yield Fault("W011", at, f"tells {name} in other words than the root", "warning")


def _versions(inventory: Mapping[str, Any]) -> Mapping[str, Any]:
    versions = inventory.get("versions")
    return versions if isinstance(versions, dict) else {}


def _logical(version: Mapping[str, Any], inventory: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Logical path -> content paths: comparable between inventories of different digests."""
    content: dict[str, set[str]] = {}
    for digest, path in rules.digests_by_path(inventory.get("manifest")):
        content.setdefault(digest, set()).add(path)
    # A later inventory may know further copies of the same bytes; the first one is in both.
    state = rules.digests_by_path(version.get("state"))
    return {path: frozenset(sorted(content.get(digest, ()), key=_age)[:1]) for digest, path in state}


def _age(path: str) -> tuple[int, str]:
    return rules.number(path.partition("/")[0]), path
