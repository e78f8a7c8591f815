"""The command line as a contract: one language, numbers within bounds, ``--home`` wherever it stands."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from biomoa.cli import words
from biomoa.cli.main import main
from biomoa.settings.station import StationError, checked_address


@pytest.mark.parametrize(("said", "language"), [
    ({}, "en"), ({"LANG": "ko_KR.UTF-8"}, "ko"), ({"LANG": "ko_KR.UTF-8", "LC_ALL": ""}, "ko"),
    ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, "en"), ({"LANG": "C", "LC_MESSAGES": "ko_KR"}, "ko"),
])  # fmt: skip
def test_every_command_speaks_the_readers_language(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, str], language: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    assert words.language() == language


@pytest.mark.parametrize("arguments", [
    "tidy --safe-hours -1", "tidy --safe-hours nan", "backup /x --keep 0", "backup /x --keep x", "scrub --jobs 0",
    "search --limit 1000", "search --page 0",
    "scrub --rate -5", "scrub --rate inf", "qc x.fastq --jobs x",
])  # fmt: skip
def test_a_number_out_of_bounds_is_wrong_use(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments.split())
    assert ended.value.code == 2
    assert "number of" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", ["ledger verify", "account list", "index rebuild", "package write K --as ocfl -o x"]
)
def test_the_home_may_be_named_at_the_end(
    arguments: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIOMOA_HOME", "elsewhere")
    assert main([*arguments.split(), "--home", str(tmp_path)]) == 2
    assert f"{tmp_path} is not a station" in capsys.readouterr().err


@pytest.mark.parametrize(("address", "kept"), [
    ("https://station.example.org", "https://station.example.org"), ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
    ("http://[::1]:8000", "http://[::1]:8000"),
])  # fmt: skip
def test_the_address_of_a_station(address: str, kept: str) -> None:
    assert checked_address(address) == kept


@pytest.mark.parametrize("address", ["foo", "https://x.example/path", 'https://x"y', "ftp://x", "https://", "x.org:80"])
def test_what_is_no_address_makes_no_station(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(StationError):
        checked_address(address)
    assert main(["init", "--home", str(tmp_path / "new"), "--address", address]) == 2
    assert not (tmp_path / "new").exists()
    assert capsys.readouterr().err.startswith(f"biomoa: {address}: ")


def test_a_form_named_twice_is_one_sheet(tmp_path: Path) -> None:
    assert main(["template", "ngs-run", "ngs-run", "-o", str(tmp_path / "t.xlsx")]) == 0


def test_changes_of_no_form_are_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forms", "--revision", "2026.1"]) == 2
    assert "--revision needs a form" in capsys.readouterr().err


def test_pairs_are_known_as_the_station_knows_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    read = b"@r%d\n" + b"ACGT" * 10 + b"\n+\n" + b"I" * 40 + b"\n"
    for name, count in (("s_R1_val_1.fq", 2), ("s_R2_val_2.fq", 3), ("t_1_clean.fq", 1), ("t_2_clean.fq", 1)):
        (tmp_path / name).write_bytes(b"".join(read % number for number in range(count)))
    assert main(["qc", str(tmp_path), "--json", "--jobs", "1"]) == 1
    told = {Path(one["path"]).name: [each["code"] for each in one["findings"]]
            for one in json.loads(capsys.readouterr().out)}  # fmt: skip
    assert told["s_R1_val_1.fq"] == told["s_R2_val_2.fq"] == ["pair-counts-differ"]
    assert told["t_1_clean.fq"] == ["pair-same-file"]


def test_what_cannot_be_written_is_told_before_the_inspection(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.fastq").write_bytes(b"@r\nA\n+\nI\n")
    assert main(["qc", str(tmp_path / "x.fastq"), "--multiqc", str(tmp_path / "none" / "x_mqc.json")]) == 2
    out, err = capsys.readouterr()
    assert (out, "none" in err) == ("", True)


@pytest.mark.parametrize(("number", "way"), [
    (errno.ENOSPC, "the disk is full; free some space"), (errno.EROFS, "mounted read-only"),
    (errno.EEXIST, "not overwritten"), (errno.EACCES, "this account may not"),
])  # fmt: skip
def test_a_refusal_of_the_system_names_the_file_and_the_way_out(number: int, way: str) -> None:
    said = words.told(OSError(number, os.strerror(number), "/backup/part"))
    assert said.startswith("/backup/part: ") and way in said and "Errno" not in said
    assert way in words.told(OSError(number, os.strerror(number)))


def test_what_others_said_about_a_refusal_is_kept() -> None:
    try:
        try:
            raise OSError(errno.EROFS, "Read-only file system")
        except OSError as cause:
            raise ValueError("/home/station.toml cannot be kept") from cause
    except ValueError as error:
        assert words.told(error).startswith("/home/station.toml cannot be kept: the disk is mounted read-only")
    assert words.told(ConnectionRefusedError(errno.ECONNREFUSED, "refused")) == "[Errno 111] refused"


def test_a_disk_without_room_names_the_file_it_had_no_room_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from biomoa.operations import vault

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(vault, "_write_whole", full)
    with pytest.raises(OSError) as refused:
        vault.write_out([b"x"], tmp_path / "part")
    assert words.told(refused.value).startswith(f"{tmp_path / 'part'}: the disk is full")


@pytest.mark.parametrize("command", ["backup x --encrypt-to", "restore x --key", "drill x --key", "scrub --key"])
def test_a_key_file_that_is_none_is_named(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "key").write_bytes(b"\xff\xfe\x00")
    for name, way in (("key", "neither a key nor a passphrase"), ("none", "no such file")):
        with pytest.raises(SystemExit) as ended:
            main([*command.split(), str(tmp_path / name)])
        said = capsys.readouterr().err
        assert ended.value.code == 2 and str(tmp_path / name) in said and way in said
