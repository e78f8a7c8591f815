"""The rules of one OCFL inventory (OCFL 1.0 and 1.1, §3.5) as functions of values; codes are the specification's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from biomoa.exchange.packages.faults import Fault

ALGORITHMS = {"sha512": 128, "sha256": 64}
FIXITY_HEX = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128, "blake2b-512": 128}
VERSION = re.compile(r"v(0*)([1-9][0-9]*)")
# RFC 3339 §5.6: to the second, with a zone.
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
Found = Iterator[Fault]


def check_inventory(inventory: Any, at: str, spec: str) -> Found:
    """All faults of one inventory in itself. ``spec`` is ``1.0`` or ``1.1``; ``at`` the path of the inventory."""
    if not isinstance(inventory, dict):
        yield Fault("E033", at, "the inventory is no JSON object")
        return
    yield from _heading(inventory, at, spec)
    yield from _manifest(inventory.get("manifest"), at)
    yield from _versions(inventory, at)
    yield from _fixity(inventory.get("fixity", {}), inventory, at)
    yield from _unused(inventory, at)


def _heading(inventory: Mapping[str, Any], at: str, spec: str) -> Found:
    identifier = inventory.get("id")
    if "id" not in inventory or "head" not in inventory:
        yield Fault("E036", at, "id and head must be there")
    if "id" in inventory and (not isinstance(identifier, str) or not identifier):
        yield Fault("E037", at, "id must be text that is not empty")
    elif isinstance(identifier, str) and not urlsplit(identifier).scheme:
        yield Fault("W005", at, "id should be a URI", "warning")
    if inventory.get("type") != f"https://ocfl.io/{spec}/spec/#inventory":
        yield Fault("E038", at, f"type must be the inventory of OCFL {spec}")
    algorithm = algorithm_of(inventory)
    if not algorithm:
        yield Fault(
            "E025" if "digestAlgorithm" in inventory else "E036", at, "digestAlgorithm must be sha512 or sha256"
        )
    elif algorithm != "sha512":
        yield Fault("W004", at, "sha512 is preferred", "warning")
    directory = inventory.get("contentDirectory", "content")
    if not isinstance(directory, str) or "/" in directory or not directory:
        yield Fault("E017", at, "contentDirectory must be one name")
    elif directory in (".", ".."):
        yield Fault("E018", at, "contentDirectory must not be . or ..")


def algorithm_of(inventory: Any) -> str:
    """The digest algorithm of the inventory; empty when it names none that OCFL allows."""
    named = inventory.get("digestAlgorithm") if isinstance(inventory, dict) else None
    return named if isinstance(named, str) and named in ALGORITHMS else ""


def digests_by_path(block: Any) -> Iterator[tuple[str, str]]:
    """(digest, path) of a manifest, state or fixity block, as far as it has the right shape."""
    for digest, paths in block.items() if isinstance(block, dict) else ():
        for path in paths if isinstance(paths, list) else ():
            if isinstance(path, str):
                yield digest, path


def _manifest(manifest: Any, at: str) -> Found:
    if not isinstance(manifest, dict):
        yield Fault("E041", at, "the manifest must be there, an object")
        return
    if len({digest.lower() for digest in manifest}) < len(manifest):
        yield Fault("E096", at, "a digest stands twice in the manifest")
    yield from _shape(manifest, at, "E092")
    paths = [path for _, path in digests_by_path(manifest)]
    yield from _paths(paths, at, ("E099", "E100", "E101"))


def _shape(block: Mapping[str, Any], at: str, code: str) -> Found:
    for digest, paths in block.items():
        if not isinstance(paths, list) or not paths or not all(isinstance(path, str) for path in paths):
            yield Fault(code, at, f"{digest[:16]}: a list of paths expected")


def _paths(paths: list[str], at: str, codes: tuple[str, str, str]) -> Found:
    """``codes``: an element ``.``, ``..`` or empty; a slash at an end; one path inside another, or twice."""
    for path in paths:
        if path.startswith("/") or path.endswith("/"):
            yield Fault(codes[1], at, f"{path!r} begins or ends with a slash")
        elif any(part in ("", ".", "..") for part in path.split("/")):
            yield Fault(codes[0], at, f"{path!r} has an element that leads elsewhere")
    folders = {"/".join(parts[:n]) for parts in (path.split("/") for path in paths) for n in range(1, len(parts))}
    for path in sorted(set(paths) & folders):
        yield Fault(codes[2], at, f"{path!r} is a file and a folder")
    if len(set(paths)) < len(paths):
        yield Fault(codes[2], at, "a path stands twice")


def version_names(inventory: Mapping[str, Any]) -> list[str]:
    """The well-formed version names, in their order."""
    versions = inventory.get("versions")
    names = [name for name in versions if VERSION.fullmatch(name)] if isinstance(versions, dict) else []
    return sorted(names, key=number)


def number(name: str) -> int:
    found = VERSION.fullmatch(name)
    return int(found[2]) if found else 0


def _versions(inventory: Mapping[str, Any], at: str) -> Found:
    versions, head = inventory.get("versions"), inventory.get("head")
    if not isinstance(versions, dict) or not versions:
        yield Fault("E044" if not isinstance(versions, dict) else "E008", at, "at least one version must be there")
        return
    names = version_names(inventory)
    if len(names) < len(versions):
        yield Fault("E046", at, "a version is not named v and a number")
    if [number(name) for name in names] != list(range(1, len(names) + 1)):
        yield Fault("E010", at, f"versions must be 1 to {len(names)} without a gap")
    padded = {len(name) for name in names if name.startswith("v0")}
    if padded and (len(padded) > 1 or {len(name) for name in names} != padded):
        yield Fault("E011", at, "version numbers are padded to different lengths")
    elif padded:
        yield Fault("W001", at, "version numbers are padded with zeros", "warning")
    if not isinstance(head, str) or (names and head != names[-1]):
        yield Fault("E040", at, f"head must be the last version, {names[-1] if names else '?'}")
    manifest = inventory.get("manifest")
    for name in names:
        yield from _version(versions[name], f"{at}#{name}", manifest if isinstance(manifest, dict) else {})


def _version(version: Any, at: str, manifest: Mapping[str, Any]) -> Found:
    if not isinstance(version, dict):
        yield Fault("E047", at, "a version is an object")
        return
    if "created" not in version or not isinstance(version.get("state"), dict):
        yield Fault("E048", at, "created and state must be there")
    if "created" in version and not _is_instant(version["created"]):
        yield Fault("E049", at, "created must be an instant to the second with its zone (RFC 3339)")
    yield from _state(version.get("state", {}), at, manifest)
    yield from _who(version, at)


def _state(state: Any, at: str, manifest: Mapping[str, Any]) -> Found:
    if not isinstance(state, dict):
        return
    yield from _shape(state, at, "E051")
    for digest in state:
        if digest not in manifest:
            yield Fault("E050", at, f"{digest[:16]} is not in the manifest")
    yield from _paths([path for _, path in digests_by_path(state)], at, ("E052", "E053", "E095"))


def _who(version: Mapping[str, Any], at: str) -> Found:
    user = version.get("user")
    if "message" in version and not isinstance(version["message"], str):
        yield Fault("E094", at, "message must be text")
    if "message" not in version or "user" not in version:
        yield Fault("W007", at, "a version should say message and user", "warning")
    if "user" not in version:
        return
    if not isinstance(user, dict) or not isinstance(user.get("name"), str) or not user["name"]:
        yield Fault("E054", at, "user must have a name")
    elif "address" not in user:
        yield Fault("W008", at, "user should have an address", "warning")
    elif not urlsplit(str(user["address"])).scheme:
        yield Fault("W009", at, "the address of a user should be a URI", "warning")


def _is_instant(text: Any) -> bool:
    if not isinstance(text, str) or not INSTANT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True


def _fixity(fixity: Any, inventory: Mapping[str, Any], at: str) -> Found:
    if not isinstance(fixity, dict) or not all(isinstance(block, dict) for block in fixity.values()):
        yield Fault("E111", at, "fixity must be objects by algorithm")
        return
    named = {path for _, path in digests_by_path(inventory.get("manifest"))}
    for algorithm, block in fixity.items():
        if len({digest.lower() for digest in block}) < len(block):
            yield Fault("E097", at, f"a digest stands twice in the fixity of {algorithm}")
        yield from _shape(block, at, "E057")
        paths = [path for _, path in digests_by_path(block)]
        yield from _paths(paths, at, ("E099", "E100", "E101"))
        for path in paths:
            if path not in named:
                yield Fault("E093", at, f"fixity names {path!r}, the manifest does not")


def _unused(inventory: Mapping[str, Any], at: str) -> Found:
    versions, manifest = inventory.get("versions"), inventory.get("manifest")
    if not isinstance(versions, dict) or not isinstance(manifest, dict):
        return
    states = [version.get("state") for version in versions.values() if isinstance(version, dict)]
    used = {digest for state in states if isinstance(state, dict) for digest in state}
    for digest in sorted(set(manifest) - used):
        yield Fault("E107", at, f"{digest[:16]} of the manifest is in no version")
