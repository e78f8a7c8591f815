"""BagIt and OCFL: outside fixtures get the verdict of their label; what is written is whole, what is broken found."""

from __future__ import annotations

import hashlib
import json
import os
import random
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biomoa.exchange.packages.bag import check_bag, make_bag
from biomoa.exchange.packages.contents import check_package, open_package
from biomoa.exchange.packages.faults import Fault
from biomoa.exchange.packages.ocfl_check import check_object
from biomoa.exchange.packages.ocfl_write import Broken, Source, write_version
from tests.conftest import ORACLES

Check = Callable[[Path], list[Fault]]
CHECKS: dict[str, Check] = {"case-bagit": check_bag, "case-ocfl": check_object}
# Their defect is gone where names keep their case and form: the second file was never unpacked, or is another one.
LOST_BY_UNPACKING = {"duplicate-file-with-different-case", "same-filename-listed-twice-with-different-normalization"}


def unpacked(case: str, label: str, folder: Path) -> list[Path]:
    """The packages of one archive. Members are written one by one: never a link, never outside."""
    with tarfile.open(ORACLES / case / f"{label}.tar.gz") as archive:
        for member in archive:
            path = (folder / member.name).resolve()
            stream = archive.extractfile(member) if member.isfile() else None
            if stream and path.is_relative_to(folder.resolve()):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(stream.read())
    return sorted(path for path in folder.glob("*/*/*/*") if path.is_dir())


def errors(found: list[Fault]) -> set[str]:
    return {fault.code for fault in found if fault.severity == "error"}


@pytest.mark.parametrize("case", CHECKS)
def test_outside_fixtures(case: str, tmp_path: Path) -> None:
    for label in ("valid", "invalid", "warn"):
        packages = unpacked(case, label, tmp_path / label)
        assert packages
        for package in packages:
            if package.name not in LOST_BY_UNPACKING:
                assert bool(errors(CHECKS[case](package))) == (label == "invalid"), package


def test_ocfl_objects_break_the_rule_in_their_name(tmp_path: Path) -> None:
    other = {"E011_E013_invalid_padded_head_version"}  # told as the history and the content that do not fit
    for package in unpacked("case-ocfl", "invalid", tmp_path):
        named = {part for part in package.name.split("_") if part[0] == "E" and part[1:].isdigit()}
        assert package.name in other or named & errors(check_object(package)), package
    for package in unpacked("case-ocfl", "warn", tmp_path / "warn"):
        assert package.name.split("_")[0] in {fault.code for fault in check_object(package)}, package


def source(path: str, content: bytes) -> Source:
    return Source(path, lambda: [content], {"sha256": hashlib.sha256(content).hexdigest()})


def write(folder: Path, files: dict[str, bytes], **more: Any) -> str:
    told = {"message": "m", "user": {"name": "n", "address": "https://a.example"}, "created": "2026-01-02T03:04:05Z"}
    return write_version(folder, "urn:one", [source(*item) for item in files.items()], **(told | more))


names = st.text("ab.é가", min_size=1, max_size=4).filter(lambda name: name.strip(".") == name)
trees = st.dictionaries(names, st.binary(max_size=6), min_size=1, max_size=5)


@settings(max_examples=30, deadline=None)
@given(st.lists(trees, min_size=1, max_size=4))
def test_versions_that_are_written_are_whole(tmp_path_factory: pytest.TempPathFactory, history: list[Any]) -> None:
    folder = tmp_path_factory.mktemp("object") / "o"
    for files in history:
        write(folder, {f"files/{name}": content for name, content in files.items()})
        assert check_object(folder) == []
    package = open_package(folder, "ocfl")
    assert {path: at.read_bytes() for path, at in package.paths.items()} == {
        f"files/{name}": content for name, content in history[-1].items()
    }


def test_a_version_keeps_only_new_bytes_and_an_equal_one_is_not_written(tmp_path: Path) -> None:
    folder = tmp_path / "o"
    assert write(folder, {"a": b"1", "b": b"1"}) == "v1"
    assert write(folder, {"a": b"1", "b": b"1"}) == "v1"
    assert write(folder, {"a": b"1", "c": b"2"}) == "v2"
    assert [path.name for path in (folder / "v2/content").iterdir()] == ["c"]
    with pytest.raises(FileExistsError, match="another object"):
        write_version(folder, "urn:two", [], message="", user={"name": "n"}, created="2026-01-02T03:04:05Z")


def test_a_stored_file_that_is_damaged_makes_no_version(tmp_path: Path) -> None:
    write(tmp_path / "o", {"a": b"1"})
    with pytest.raises(Broken, match="sha256"):
        write_version(tmp_path / "o", "urn:one", [Source("a", lambda: [b"x"], {"sha256": "0" * 64})],
                      message="", user={"name": "n"}, created="2026-01-02T03:04:05Z")  # fmt: skip
    assert check_object(tmp_path / "o") == []


def test_a_run_that_was_stopped_is_cleared_up_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "o"
    write(folder, {"a": b"1"})
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("stopped")))
        with pytest.raises(OSError, match="stopped"):
            write(folder, {"a": b"2"})
    assert "E046" in errors(check_object(folder))
    assert write(folder, {"a": b"2"}) == "v2"
    assert errors(check_object(folder)) == set() or (folder / ".inventory.json.sha512").exists()


@pytest.mark.parametrize("kind", ["bagit", "ocfl"])
def test_every_random_damage_is_found(kind: str, tmp_path: Path) -> None:
    chance = random.Random(11)
    for number in range(60):
        folder = tmp_path / str(number)
        if kind == "ocfl":
            write(folder, {"a/b": b"12345", "c": b"67890"})
        else:
            for name, content in (("a/b", b"12345"), ("c", b"67890")):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
            make_bag(folder, {"Bagging-Date": "2026-01-02"})
        assert check_package(folder) == (kind, [])
        content_files = [
            path for path in folder.rglob("*") if path.is_file() and path.read_bytes() in (b"12345", b"67890")
        ]
        _damage(chance.choice(content_files), chance)
        assert errors(check_package(folder)[1]), number


def _damage(path: Path, chance: random.Random) -> None:
    kept = path.stat()
    content = bytearray(path.read_bytes())
    match chance.randrange(5):
        case 0:
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            path.write_bytes(content)
            os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
        case 1:
            path.write_bytes(content[:-1])
        case 2:
            path.unlink()
        case 3:
            path.with_name("stray").write_bytes(b"x")
        case 4:
            path.unlink()
            path.symlink_to("/etc/hostname")


def test_links_are_never_followed(tmp_path: Path) -> None:
    write(tmp_path / "o", {"a": b"1"})
    (tmp_path / "o" / "v1" / "content" / "b").symlink_to("/etc/passwd")
    assert {fault.code for fault in check_object(tmp_path / "o")} == {"not-a-plain-file"}


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"id": 1, "versions": []}', '{"manifest": {"x": 1}}', "[" * 50_000]
)
def test_inventories_of_any_shape_are_told_not_raised(content: str, tmp_path: Path) -> None:
    write(tmp_path, {"a": b"1"})
    (tmp_path / "inventory.json").write_text(content)
    assert errors(check_object(tmp_path))


leaves = st.none() | st.booleans() | st.integers() | st.text("v1/.", max_size=3)
words = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("v1a", max_size=2), inner, max_size=2)
)
KEYS = ("id", "type", "head", "digestAlgorithm", "contentDirectory", "manifest", "versions", "fixity")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(KEYS), words)
def test_a_key_of_any_shape(tmp_path_factory: pytest.TempPathFactory, key: str, value: Any) -> None:
    folder = tmp_path_factory.mktemp("o")
    write(folder, {"a": b"1"})
    inventory = json.loads((folder / "inventory.json").read_bytes())
    (folder / "inventory.json").write_text(json.dumps(inventory | {key: value}))
    assert errors(check_object(folder))  # at the least, the digest beside it is another
