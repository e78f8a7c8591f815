"""A disk that forgets what was not synced: rebuilt from the record of a run at any point of it.

Bytes count once their file was synced; a name counts once its folder was. Of what came later the disk may keep
nothing, all, the beginning (the last write torn at a sector) or any part; names it keeps in the order they were made.
"""

from __future__ import annotations

import random
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path

import msgspec

HEAD = struct.Struct("<BBHHHI4xQ")  # struct head of shim.c
SECTOR_BYTES = 512
MODES = ("nothing", "all", "beginning", "any")


class Change(msgspec.Struct, frozen=True):
    """One change of the disk: w(rite), t(runcate), s(ync), c(reate), r(ename), l(ink), u(nlink), d (mkdir)."""

    end: int  # where its record ends
    kind: str
    path: str
    other: str
    data: bytes
    offset: int


class File:
    """The bytes that are safe, and the changes that are not yet."""

    def __init__(self, content: bytes = b"") -> None:
        self.content = bytearray(content)
        self.waiting: list[Change] = []

    def sync(self) -> None:
        for change in self.waiting:
            _apply(self.content, change, len(change.data))
        self.waiting = []

    def after(self, mode: str, chance: random.Random) -> bytes:
        """What a power cut leaves."""
        kept = bytearray(self.content)
        if mode == "any":
            for change in self.waiting:
                if chance.random() < 0.5:
                    _apply(kept, change, len(change.data))
            return bytes(kept)
        count = {"nothing": 0, "all": len(self.waiting)}.get(mode, chance.randint(0, len(self.waiting)))
        for change in self.waiting[:count]:
            _apply(kept, change, len(change.data))
        if mode == "beginning" and count < len(self.waiting):
            torn = self.waiting[count]
            _apply(kept, torn, chance.randint(0, len(torn.data) // SECTOR_BYTES) * SECTOR_BYTES)
        return bytes(kept)


def _apply(content: bytearray, change: Change, size: int) -> None:
    if change.kind == "t":
        del content[change.offset :]
        content.extend(bytes(change.offset - len(content)))
    elif size:
        content.extend(bytes(max(0, change.offset - len(content))))
        content[change.offset : change.offset + size] = change.data[:size]


class Disk:
    """A folder as it lies safely, and what is under way to it."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.names: dict[str, File] = {}
        self.safe: dict[str, File] = {}
        self.folders, self.safe_folders = {str(root)}, {str(root)}
        self.waiting: dict[str, list[tuple[Change, File | None]]] = {}
        for path in sorted(folder.rglob("*")):
            name = str(root / path.relative_to(folder))
            if path.is_dir():
                self.folders.add(name)
                self.safe_folders.add(name)
            elif not name.endswith("-shm"):
                self.names[name] = self.safe[name] = File(path.read_bytes())

    def do(self, change: Change) -> None:
        if change.kind in "wt" and change.path in self.names:
            self.names[change.path].waiting.append(change)
        elif change.kind == "s":
            self._sync(change.path)
        elif change.kind in "clrud":
            self._name(change)

    def _sync(self, path: str) -> None:
        if path in self.names:
            self.names[path].sync()
        for change, file in self.waiting.pop(path, ()):
            _rename(self.safe, self.safe_folders, change, file)

    def _name(self, change: Change) -> None:
        file = File() if change.kind == "c" else self.names.get(change.path)
        _rename(self.names, self.folders, change, file)
        parent = (change.other or change.path).rpartition("/")[0]
        self.waiting.setdefault(parent, []).append((change, file))

    def cut(self, target: Path, root: Path, chance: random.Random) -> str:
        """Lays down in ``target`` what is left after a power cut now; the mode that was drawn."""
        mode = chance.choice(MODES)
        names, folders = dict(self.safe), set(self.safe_folders)
        for parent in sorted(self.waiting):
            pending = self.waiting[parent]
            count = {"nothing": 0, "all": len(pending)}.get(mode, chance.randint(0, len(pending)))
            for change, file in pending[:count]:
                _rename(names, folders, change, file)
        shutil.rmtree(target, ignore_errors=True)
        for name in sorted(folders, key=len):
            if all(str(parent) in folders for parent in Path(name).parents if str(parent).startswith(str(root))):
                (target / Path(name).relative_to(root)).mkdir(parents=True, exist_ok=True)
        for name, file in names.items():
            place = target / Path(name).relative_to(root)
            if place.parent.is_dir():
                place.write_bytes(file.after(mode, chance))
        return mode


def _rename(names: dict[str, File], folders: set[str], change: Change, file: File | None) -> None:
    match change.kind:
        case "c" | "l":
            if file is not None:
                names[change.other or change.path] = file
        case "r":
            names.pop(change.path, None)
            if file is not None:
                names[change.other] = file
        case "u":
            names.pop(change.path, None)
            folders.discard(change.path)
        case "d":
            folders.add(change.path)


def iter_changes(record: Path) -> Iterator[Change]:
    """The changes of a run, in order."""
    text = record.read_bytes()
    place = 0
    while place + HEAD.size <= len(text):
        kind, _, first, second, _, data, offset = HEAD.unpack_from(text, place)
        start = place + HEAD.size
        end = start + first + second + data
        path = text[start : start + first].decode()
        other = text[start + first : start + first + second].decode()
        yield Change(end, chr(kind), path, other, text[end - data : end], offset)
        place = end
