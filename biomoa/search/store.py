"""The index on disk: one writer at a time, any number of readers, always a whole index to read.

``index/current`` names the folder that is read; a rebuild fills another folder and is swapped in when it has
followed the whole ledger, so that readers never see a half-built index. The position in the ledger is a document
of the index itself, written in the same commit as the records. Entries that change no record (a draft that is saved)
need no commit: a small file beside the index says how much farther it has followed. Another keeps the hash of an entry
that was followed, since a number alone does not tell an older copy of the database from the one that was followed.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import threading
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import tantivy

from biomoa.jobs.steps import step
from biomoa.search.schema import make_schema

HEAP_BYTES = 128 * 1024**2
SMALL_HEAP_BYTES = 15_000_000  # the least that tantivy takes; plenty for the records of a few entries
POSITION = "position"
NOTHING = "nothing"
FOLLOWED = "followed"
BEGUN = "begun"
MARK = "mark"
FEW = 100
MOST_BYTES = 4096  # of a file that points or signs
Commit = tuple[str, int, int]


class Store:
    """The index under ``folder``; ``signature`` says for which forms it is written."""

    def __init__(self, folder: Path, signature: str) -> None:
        self.folder = folder
        self.signature = signature
        self.schema = make_schema()
        self._opened: tuple[Commit, Any] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    # writing

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Waits for every other writer of this index; the lock dies with its process."""
        with (self.folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def position(self) -> int:
        """How far the index that is being written has followed the ledger."""
        name = self._target()
        index = self._find(name)
        return self._position(name, index) if index is not None else 0

    def _position(self, name: str, index: Any) -> int:
        farther = _read(self.folder / name / FOLLOWED)
        return max(read_position(index), int(farther) if farther.isdigit() else 0)

    def write(self, seq: int, gone: Collection[str], documents: Iterable[Any], *, head: int) -> None:
        """One commit: the records ``gone`` leave, the documents enter, the position moves to ``seq`` at least.

        An index under construction is swapped in when ``seq`` has reached ``head``.
        """
        name = self._target() or self._make(head)
        index = self._find(name) or self._open(name)
        reached = max(seq, self._position(name, index))
        fresh = list(documents)
        if gone or fresh or not reached:
            self._commit(index, reached, gone, fresh)
        else:
            _write_whole(self.folder / name / FOLLOWED, str(reached))
        if reached >= head:
            self._swap(name)

    def sign(self, seq: int, digest: str) -> None:
        """Keeps which entry was followed. After the write: killed in between, an older one is named, as true."""
        name = self._target()
        if name and seq == self.position():
            _write_whole(self.folder / name / MARK, f"{seq}-{digest}")

    def mark(self) -> tuple[int, str]:
        """An entry that the index which is written has followed, with the beginning of its hash; 0: none is known."""
        seq, _, digest = _read(self.folder / self._target() / MARK).partition("-")
        return (int(seq), digest) if seq.isdigit() and digest else (0, "")

    def _commit(self, index: Any, reached: int, gone: Collection[str], documents: Collection[Any]) -> None:
        writer = index.writer(SMALL_HEAP_BYTES if len(documents) < FEW else HEAP_BYTES, 1)
        writer.garbage_collect_files()  # what a killed writer left has the very names that this commit needs
        # The merge that a killed writer left begins again with this one, and can lose its first deletion: tantivy gives
        # it the stamp of the last commit, and takes what had deletions then for done. So the first is of nothing.
        writer.delete_documents_by_term("kind", NOTHING)
        for accession in gone:
            writer.delete_documents_by_term("accession", accession)
        for document in documents:
            writer.add_document(document)
        writer.delete_documents_by_term("kind", POSITION)
        writer.add_document(_position_document(reached))
        step("index:written")
        writer.commit()
        step("index:committed")
        writer.wait_merging_threads()

    def begun(self) -> int:
        """The end of the ledger when the index that is written was begun: nothing older than that is in it."""
        said = _read(self.folder / self._target() / BEGUN)
        return int(said) if said.isdigit() else 0

    def wipe(self, begun: int = 0) -> None:
        """A new, empty index is begun beside the one that is read, when the ledger ended at ``begun``."""
        name = self._make(begun)
        _write_whole(self.folder / "next", name)
        self._sweep()

    def _target(self) -> str:
        """The folder to write to: the one under construction, else the current one if it is fit."""
        for pointer in ("next", "current"):
            name = _read(self.folder / pointer)
            if name and _read(self.folder / name / "signature") == self.signature and self._find(name) is not None:
                return name
        return ""

    def _make(self, begun: int) -> str:
        taken = [int(path.name) for path in self.folder.iterdir() if path.name.isdigit()]
        name = f"{max(taken, default=0) + 1:06d}"
        self._open(name)
        _write_whole(self.folder / name / "signature", self.signature)
        _write_whole(self.folder / name / BEGUN, str(begun))
        _write_whole(self.folder / "next", name)
        return name

    def _open(self, name: str) -> Any:
        (self.folder / name).mkdir(exist_ok=True)
        return tantivy.Index(self.schema, path=str(self.folder / name))

    def _find(self, name: str) -> Any | None:
        """The index of that folder; None when it is not there or cannot be read. Opened once for each commit."""
        commit = _commit_of(self.folder, name)
        if commit is None:
            return None
        if self._opened is None or self._opened[0] != commit:
            try:
                self._opened = (commit, tantivy.Index(self.schema, path=str(self.folder / name)))
            except (ValueError, OSError):
                return None
        return self._opened[1]

    def _swap(self, name: str) -> None:
        if _read(self.folder / "current") != name:
            _write_whole(self.folder / "current", name)
        if _read(self.folder / "next") == name:
            (self.folder / "next").unlink()
        self._sweep()

    def _sweep(self) -> None:
        kept = {_read(self.folder / "current"), _read(self.folder / "next")}
        for path in self.folder.iterdir():
            if path.name.isdigit() and path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)


class Reader:
    """What the web processes hold: the newest commit of the current index, looked for at every question."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._seen: Commit | None = None
        self._index: Any = None
        self._reached: tuple[Commit | None, int] = (None, 0)

    def commit(self) -> Commit | None:
        """The newest commit, None when it cannot be told."""
        return _commit_of(self.folder, _read(self.folder / "current"))

    def searcher(self) -> Any | None:
        """A searcher over the newest commit; None while no index was ever written."""
        return self.look()[1]

    def position(self) -> int | None:
        """The ledger entry up to which a later look knows the records at least; None while there is no index."""
        farther = _read(self.folder / _read(self.folder / "current") / FOLLOWED)  # before the commit that it is of
        commit, searcher = self.look()
        if searcher is None:
            return None
        if commit is None or self._reached[0] != commit:
            self._reached = (commit, _position_in(searcher))
        return max(self._reached[1], int(farther) if farther.isdigit() else 0)

    def look(self) -> tuple[Commit | None, Any | None]:
        """The newest commit, None when it cannot be told, and a searcher over it, None while there is no index."""
        with self._lock:
            seen = self.commit()
            if seen is None:
                return None, self._index.searcher() if self._index is not None else None
            name = seen[0]
            if self._seen is None or self._seen[0] != name:
                self._index = tantivy.Index(make_schema(), path=str(self.folder / name))
                self._index.config_reader("manual")
            if seen != self._seen:
                self._index.reload()
                self._seen = seen
            return seen, self._index.searcher()


def read_position(index: Any) -> int:
    """The ledger entry that the last commit of the index includes."""
    index.reload()
    return _position_in(index.searcher())


def _position_in(searcher: Any) -> int:
    query = tantivy.Query.term_query(make_schema(), "kind", POSITION)
    hits = searcher.search(query, 1).hits
    return int(searcher.doc(hits[0][1])["seq"][0]) if hits else 0


def _position_document(seq: int) -> Any:
    document = tantivy.Document()
    document.add_text("kind", POSITION)
    document.add_integer("seq", seq)
    return document


def _commit_of(folder: Path, name: str) -> Commit | None:
    """Every commit writes a new file of what the index is made of."""
    try:
        written = (folder / name / "meta.json").stat()
    except OSError:
        return None
    return name, written.st_mtime_ns, written.st_ino


def _read(path: Path) -> str:
    """What a small file says: one line, as each question reads a few of them."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return os.read(file, MOST_BYTES).decode().strip()
        finally:
            os.close(file)
    except OSError:
        return ""


def _write_whole(path: Path, text: str) -> None:
    """The file has the old text or the new one, never half of it."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with fresh.open("w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
