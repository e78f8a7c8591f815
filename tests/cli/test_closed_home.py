"""What lies in a home is for the account that runs the station: keys, sessions, letters with links to sign in by."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from biomoa.cli.main import main
from biomoa.operations.homecheck import examine_folder
from biomoa.settings.station import create_home, load_home


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    kept = os.umask(0o022)
    yield
    os.umask(kept)


def open_bits(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode) & 0o077


@pytest.mark.parametrize("is_there", [False, True])
def test_a_new_home_is_closed_to_other_accounts(tmp_path: Path, is_there: bool) -> None:
    folder = tmp_path / "home"
    if is_there:
        folder.mkdir(mode=0o755)
    create_home(folder)
    assert [path for path in (folder, *folder.iterdir()) if path.name != "station.toml" and open_bits(path)] == []


def test_the_folder_of_somebody_else_s_files_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o755)
    (tmp_path / "home" / "notes").touch()
    create_home(tmp_path / "home")
    assert open_bits(tmp_path / "home") == 0o055


def test_commands_on_a_home_write_for_its_account_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, int] = {}

    def run(_: object) -> int:
        (tmp_path / "made").touch()
        seen["bits"] = open_bits(tmp_path / "made")
        return 0

    monkeypatch.setattr("biomoa.cli.station._prepare_only", run)
    assert main(["prepare"]) == 0
    assert seen == {"bits": 0}
    assert os.umask(0o022) == 0o022, "the caller's own is as it was"
    assert main(["template", "ngs-run", "-o", str(tmp_path / "t.xlsx")]) == 0
    assert open_bits(tmp_path / "t.xlsx") == 0o044


def test_the_doctor_names_what_is_open(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home")
    database = home.folder / "station.sqlite3"
    database.touch(0o600)
    assert not [each for each in examine_folder(home) if each.code in ("open-to-others", "key-open")]
    opened = (home.folder, database, home.folder / "mail", home.folder / "ledger.key", home.folder / "secret.key")
    for path in opened:
        path.chmod(0o755)
    told = [each for each in examine_folder(load_home(home.folder)) if each.code in ("open-to-others", "key-open")]
    for path in opened:
        assert any(each.message.en.endswith(str(path)) and str(path) in each.repair.en for each in told), path
    assert all("chmod" in each.repair.en for each in told)
