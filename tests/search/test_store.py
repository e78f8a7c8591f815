"""The index on disk: whole at any moment, one position with its effect, rebuilt beside the one that is read."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from biomoa.search.documents import document_of
from biomoa.search.store import Reader, Store
from tests.search.conftest import source


def accessions(folder: Path) -> set[str]:
    import tantivy

    searcher = Reader(folder).searcher()
    if searcher is None:
        return set()
    query = tantivy.Query.term_query(Store(folder, "").schema, "kind", "record")
    return {searcher.doc(address)["accession"][0] for _, address in searcher.search(query, 1000).hits}


def docs(*numbers: int) -> list[Any]:
    return [document_of(source(number, f"과제 {number}")) for number in numbers]


def test_position_and_records_are_one_commit(store: Store) -> None:
    assert store.position() == 0
    store.write(5, (), docs(1, 2), head=5)
    store.write(7, ["KAP000001"], docs(3), head=7)
    assert store.position() == 7
    assert accessions(store.folder) == {"KAP000002", "KAP000003"}


def test_the_same_entries_twice_change_nothing(store: Store) -> None:
    for _ in range(2):
        store.write(5, ["KAP000001", "KAP000002"], docs(1, 2), head=5)
    assert accessions(store.folder) == {"KAP000001", "KAP000002"}
    store.write(3, ["KAP000001"], docs(1), head=5)
    assert store.position() == 5, "an older page of entries does not move the position back"


def test_entries_that_change_no_record_move_the_position_without_a_commit(store: Store) -> None:
    store.write(5, ["KAP000001"], docs(1), head=5)
    (meta,) = store.folder.glob("*/meta.json")
    before = meta.read_bytes()
    store.write(9, (), (), head=9)
    assert store.position() == Store(store.folder, store.signature).position() == 9
    assert meta.read_bytes() == before
    store.write(7, (), (), head=9)
    assert store.position() == 9
    store.write(12, ["KAP000001"], (), head=12)
    assert (store.position(), accessions(store.folder)) == (12, set())
    store.wipe()
    assert store.position() == 0
    store.write(12, (), (), head=12)
    assert store.position() == 12, "a rebuild of a ledger without records is whole"


def test_readers_keep_the_old_index_until_the_new_one_is_whole(store: Store) -> None:
    store.write(9, (), docs(1, 2), head=9)
    reader = Reader(store.folder)
    assert reader.searcher().num_docs == 3
    store.wipe()
    assert store.position() == 0
    assert accessions(store.folder) == {"KAP000001", "KAP000002"}
    store.write(4, (), docs(1), head=9)
    assert accessions(store.folder) == {"KAP000001", "KAP000002"}
    store.write(9, (), docs(4), head=9)
    assert accessions(store.folder) == {"KAP000001", "KAP000004"}
    assert reader.searcher().num_docs == 3
    assert len([path for path in store.folder.iterdir() if path.is_dir()]) == 1, "the old index is gone"


def test_other_forms_begin_a_new_index(store: Store) -> None:
    store.write(9, (), docs(1), head=9)
    changed = Store(store.folder, "forms-2")
    assert changed.position() == 0
    changed.write(9, (), docs(1, 2), head=9)
    assert changed.position() == 9
    assert accessions(store.folder) == {"KAP000001", "KAP000002"}


def test_a_damaged_index_is_begun_anew(store: Store) -> None:
    store.write(9, (), docs(1), head=9)
    for path in store.folder.glob("*/meta.json"):
        path.write_text("{")
    assert store.position() == 0
    store.write(9, (), docs(2), head=9)
    assert accessions(store.folder) == {"KAP000002"}


def test_what_a_killed_writer_left_is_in_nobodys_way(store: Store) -> None:
    """Killed before its commit, it leaves lists of deleted documents under the names that the next commit chooses."""
    store.write(1, (), docs(1, 2, 3), head=0)
    (folder,) = [path.parent for path in store.folder.glob("*/meta.json")]
    meta = json.loads((folder / "meta.json").read_text())
    segments = [segment["segment_id"].replace("-", "") for segment in meta["segments"]]
    left = [f"{segment}.{meta['opstamp'] + step}.del" for segment in segments for step in range(1, 20)]
    for name in left:
        (folder / name).write_bytes(b"")
    managed = json.loads((folder / ".managed.json").read_text())
    (folder / ".managed.json").write_text(json.dumps([*managed, *left]))
    store.write(2, ["KAP000002"], (), head=0)
    assert store.position() == 2
    assert accessions(store.folder) == {"KAP000001", "KAP000003"}


WRITER = """
import sys
from pathlib import Path
from biomoa.search.store import Store
from biomoa.search.documents import document_of
from tests.search.conftest import source
store = Store(Path(sys.argv[1]), "forms-1")
for seq in range(store.position() + 1, 10_000):
    with store.writing():
        store.write(seq, [f"KAP{seq:06d}"], [document_of(source(seq, f"과제 {seq}"))], head=0)
    print(seq, flush=True)
"""


def test_a_killed_writer_resumes_where_the_index_stands(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    for _ in range(3):
        command = [sys.executable, "-c", WRITER, str(folder)]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2], env=_environment())
        assert writer.stdout is not None
        for _ in range(4):
            assert writer.stdout.readline(), "the writer ended by itself"
        time.sleep(0.03)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        reached = Store(folder, "forms-1").position()
        assert accessions(folder) == {f"KAP{seq:06d}" for seq in range(1, reached + 1)}
    assert reached >= 12


KILLED = """
import sys
from pathlib import Path
from biomoa.jobs.steps import arm
from biomoa.search.store import Store
from tests.search.test_store import MERGED, docs
arm("index:committed:1:kill")
Store(Path(sys.argv[1]), "forms-1").write(MERGED, [], docs(2 * MERGED, 2 * MERGED + 1), head=0)
"""
MERGED = 8  # segments of a size are merged when there are so many


def test_a_record_leaves_while_segments_of_a_killed_writer_are_merged(store: Store, tmp_path: Path) -> None:
    """The next writer begins with the merge that the killed one had not ended, and deletes meanwhile.

    Which segment the merge takes first is chance, and the deletion was lost for one of them only.
    """
    for seq in range(1, MERGED):
        store.write(seq, [], docs(2 * seq, 2 * seq + 1), head=0)
    left = _killed_before_the_merge(store, tmp_path / "left")
    numbers = range(2, 2 * MERGED + 2)
    for number in [*numbers, *numbers]:
        again = shutil.copytree(left, tmp_path / "again")
        Store(again, "forms-1").write(MERGED + 1, [f"KAP{number:06d}"], docs(99), head=0)
        assert accessions(again) == {f"KAP{each:06d}" for each in (*numbers, 99) if each != number}
        shutil.rmtree(again)


def _killed_before_the_merge(store: Store, left: Path) -> Path:
    """Once in a while the merge is quicker than the kill."""
    for _ in range(50):
        shutil.copytree(store.folder, left)
        command = [sys.executable, "-c", KILLED, str(left)]
        killed = subprocess.run(command, cwd=Path(__file__).parents[2], env=_environment(), check=False)
        assert killed.returncode == -signal.SIGKILL
        (meta,) = left.glob("*/meta.json")
        if len(json.loads(meta.read_text())["segments"]) == MERGED:
            return left
        shutil.rmtree(left)
    raise AssertionError("every killed writer had time to merge")


def _environment() -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "biomoa.settings.testing"}
