"""What a command learns from station.toml and from how it was started."""

from __future__ import annotations

from pathlib import Path

import pytest

from biomoa.settings.station import StationError, create_home, load_home


@pytest.mark.parametrize(
    ("address", "links"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8123"),
        ("http://localhost", "http://localhost:8123"),
        ("http://[::1]:8000", "http://[::1]:8123"),
        ("https://localhost", "https://localhost"),
        ("https://station.example.org", "https://station.example.org"),
        ("http://station.example.org:80", "http://station.example.org:80"),
    ],
)
def test_links_lead_to_the_port_that_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, links: str
) -> None:
    create_home(tmp_path / "home", address=address)
    assert load_home(tmp_path / "home").station.address == address
    monkeypatch.setenv("BIOMOA_PORT", "8123")
    assert load_home(tmp_path / "home").station.address == links


def test_the_help_desk_is_an_address_that_can_be_followed(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home")
    said = home.folder / "station.toml"
    for contact, link in (
        ("help@example.org", "mailto:help@example.org"),
        ("https://example.org/help?to=a@b", "https://example.org/help?to=a@b"),
        ("", ""),
    ):
        said.write_text(f'contact = "{contact}"\n')
        assert load_home(home.folder).station.contact_link == link
    for wrong in ("javascript:alert(1)", "help", "a@b@c", "https://a b"):
        said.write_text(f'contact = "{wrong}"\n')
        with pytest.raises(StationError, match="contact: an e-mail address"):
            load_home(home.folder)


def test_terms_of_use_stand_at_a_web_address(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home")
    said = home.folder / "station.toml"
    for terms in ("https://example.org/terms", "javascript:alert(1)"):
        said.write_text(f'terms = "{terms}"\n')
        if terms.startswith("https"):
            assert load_home(home.folder).station.terms == terms
        else:
            with pytest.raises(StationError, match="web address"):
                load_home(home.folder)


@pytest.mark.parametrize(("line", "told"), [
    ('address = "station.example.org"', "address: station.example.org: no address of a station; give it as https://"),
    ("web_processes = 0", "web_processes: a whole number of 1 or more is expected"),
    ("web_threads = 0", "web_threads: a whole number of 1 or more is expected"),
    ("workers = -1", "workers: a whole number of 0 or more is expected"),
    ('workers = "2"', "workers: a whole number is expected"),
    ("[limits]\nfree_space_bytes = -5", "limits.free_space_bytes: a whole number of 0 or more is expected"),
    ("[limits]\nembargo_years = -1", "limits.embargo_years: a whole number of 0 or more is expected"),
    ("[mail]\nport = 70000", "mail.port: a whole number of 65535 or less is expected"),
    ('[care]\nmetrics_from = ["nonsense"]', "care.metrics_from: nonsense is neither an address nor a network"),
    ('[care]\nmetrics_from = "127.0.0.1"', 'care.metrics_from: a list, as ["..."] is expected'),
    ('[mail]\nsender = "nonsense"', "mail.sender: an e-mail address"),
    ('adress = "https://x.example"', "adress: there is no such key; did you mean `address`?"),
    ("[limits]\nfile_size = 1", "limits.file_size: there is no such key; did you mean `file_size_bytes`?"),
    ("[care]\nworkers = 1", "care.workers: there is no such key here; it belongs above all sections"),
    ("xyzzy = 1", "xyzzy: there is no such key; there are name_ko,"),
    ("limits = 3", "limits: a section is expected: [limits]"),
    ('profile = "big"', "profile: one of embedded, server is expected"),
    ('[database]\nengine = "mysql"', "database.engine: one of sqlite, postgresql is expected"),
    ("demonstration = 1", "demonstration: true or false is expected"),
    ("allowed_hosts = [1]", "allowed_hosts[0]: a text in quotes"),
])  # fmt: skip
def test_what_no_station_can_have_is_told_by_file_and_key(tmp_path: Path, line: str, told: str) -> None:
    home = create_home(tmp_path / "home")
    said = home.folder / "station.toml"
    said.write_text(line + "\n")
    with pytest.raises(StationError) as refused:
        load_home(home.folder)
    assert str(refused.value).startswith(f"{said}: {told}")


def test_a_station_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home")
    (home.folder / "station.toml").write_bytes(b"name_ko = '\xb0\xa1'\n")
    with pytest.raises(StationError, match=r"station\.toml: "):
        load_home(home.folder)


def test_a_slash_behind_the_address_is_not_part_of_it(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home")
    (home.folder / "station.toml").write_text('address = "https://station.example.org/"\n')
    assert load_home(home.folder).station.address == "https://station.example.org"
