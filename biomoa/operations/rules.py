"""What a backup is and when it is kept, what a damage is: functions of values."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

CareKind = Literal["backup", "restore", "drill", "scrub", "tidy"]
Engine = Literal["sqlite", "postgresql"]
DamageKind = Literal["missing", "cut", "altered", "unreadable"]

FORMAT = 1
CATALOGUE = "catalogue"  # folder of the home into which a catalogue from elsewhere is restored
SAFE_HOURS = 24.0
STAMP = "%Y%m%dT%H%M%SZ"
GENERATION = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{8,64}")

# Of the home folder, a backup leaves out what is kept elsewhere, can be made anew, or is under way.
LEFT_OUT = frozenset({"scratch", "inbox", "index", "static", "log", "mail", "prepared", "restoring"})


class Part(msgspec.Struct, frozen=True):
    """A file of a generation, as it was before sealing; ``sha256`` in lower-case hexadecimal."""

    name: str
    sha256: str
    size_bytes: int


class Manifest(msgspec.Struct, frozen=True):
    """What a generation holds. It is written last: a generation without one is no backup."""

    generation: str
    made_at: str
    software: str
    station: str
    engine: Engine
    parts: tuple[Part, ...]
    objects: int
    object_bytes: int
    tables: dict[str, int]
    ledger_seq: int
    ledger_hash: str
    catalogue: str  # digest of the catalogue's files
    missing: tuple[str, ...] = ()  # objects that the station itself no longer had whole
    format: int = FORMAT

    def part(self, name: str) -> Part:
        """Raises KeyError."""
        for part in self.parts:
            if part.name == name:
                return part
        raise KeyError(name)


class Damage(msgspec.Struct, frozen=True):
    """An object that is not what its address says. ``found`` is the digest of what lies there, empty when none does."""

    sha256: str
    kind: DamageKind
    size_bytes: int
    found: str = ""


def generation_name(at: datetime, token: str, newest: str = "") -> str:
    """``20261123T040506Z-0badcafe``: sorts behind ``newest``, also within its second, or when the clock was set back.

    Its manifest says when it was made. ``token`` tells apart two that were begun at once.
    """
    after = datetime.strptime(newest.split("-")[0], STAMP).replace(tzinfo=UTC) + timedelta(seconds=1) if newest else at
    return f"{max(at.astimezone(UTC), after):{STAMP}}-{token}"


def generations_to_drop(names: Collection[str], keep: int) -> list[str]:
    """All but the newest ``keep`` (0: none is dropped), oldest first."""
    ordered = sorted(names)
    return ordered[: max(0, len(ordered) - keep)] if keep > 0 else []


def is_left_out(name: str, storage_folder: str, database: str) -> bool:
    """Whether an entry of the home folder, by its first name, is no part of the copy of the home."""
    beside = (f"{database}-wal", f"{database}-shm", f"{database}-journal")
    kept_elsewhere = {storage_folder.split("/")[0], database, *beside}
    return name in LEFT_OUT or name in kept_elsewhere or name.endswith((".lock", ".pyc"))


def damage_of(sha256: str, size_bytes: int, found_bytes: int | None, found: str) -> Damage | None:
    """None when what was read is the object. ``found_bytes`` None: there is nothing."""
    if found_bytes is None:
        return Damage(sha256, "missing", size_bytes)
    if found == sha256:
        return None
    return Damage(sha256, "cut" if found_bytes < size_bytes else "altered", size_bytes, found)


def swapped(damages: Sequence[Damage]) -> list[str]:
    """Damaged objects that hold the bytes of another object: files that changed places."""
    addresses = {damage.sha256 for damage in damages}
    return sorted(damage.sha256 for damage in damages if damage.found in addresses)


def is_request_id(text: str) -> bool:
    """Whether a caller's X-Request-ID may stand in logs and pages: 8 to 64 plain characters."""
    return REQUEST_ID.fullmatch(text) is not None
