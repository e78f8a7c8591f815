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
