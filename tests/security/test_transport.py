"""What leaves the machine is encrypted; keys can be changed without locking anybody out."""

from __future__ import annotations

import logging.config
import socket
from pathlib import Path
from typing import Any

import pytest
from django.core.signing import TimestampSigner
from pytest_django import Settings

from biomoa.operations.chest import BucketChest
from biomoa.operations.logs import JsonLines
from biomoa.operations.postgresql import parameters_of, parameters_of_django
from biomoa.people.secondfactor import SecondFactors
from biomoa.settings.assemble import assemble
from biomoa.settings.station import StationError, create_home, load_home

REMOTE = '[database]\nengine = "postgresql"\nname = "b"\nhost = "db.example.org"\nuser = "b"\n'


def settings_of(folder: Path, told: str) -> dict[str, Any]:
    (folder / "station.toml").unlink(missing_ok=True)
    create_home(folder)
    (folder / "station.toml").write_text(told, encoding="utf-8")
    return assemble(load_home(folder))


def test_postgresql_on_another_machine_is_spoken_to_by_checked_tls_only(tmp_path: Path) -> None:
    database = settings_of(tmp_path, REMOTE + 'authority = "/etc/station/ca.pem"\n')["DATABASES"]["default"]
    assert database["OPTIONS"] == {"sslmode": "verify-full", "sslrootcert": "/etc/station/ca.pem"}
    assert parameters_of_django(database)["sslmode"] == "verify-full", "pg_dump is told the same"
    assert parameters_of(load_home(tmp_path).station.database)["sslmode"] == "verify-full"
    told = settings_of(tmp_path, REMOTE)["DATABASES"]["default"]["OPTIONS"]
    assert told == {"sslmode": "verify-full", "sslrootcert": "system"}
    here = settings_of(tmp_path, REMOTE.replace("db.example.org", "/run/postgresql"))
    assert here["DATABASES"]["default"]["OPTIONS"] == {}


@pytest.mark.parametrize(
    ("mail", "starts", "from_the_first_byte"),
    [
        ('host = "mail.example.org"', True, False),
        ('host = "mail.example.org"\nport = 465', False, True),
        ('host = "127.0.0.1"', False, False),
        ('host = "127.0.0.1"\nuser = "station"', True, False),
    ],
)
def test_mail_goes_to_another_machine_by_tls(
    tmp_path: Path, mail: str, starts: bool, from_the_first_byte: bool
) -> None:
    told = settings_of(tmp_path, f"[mail]\n{mail}\n")
    assert (told["EMAIL_USE_TLS"], told["EMAIL_USE_SSL"]) == (starts, from_the_first_byte)


def test_files_and_backups_go_to_another_machine_by_https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = '[storage]\nkind = "s3"\nbucket = "b"\nendpoint = "{}"\n'
    with pytest.raises(StationError, match="https only"):
        settings_of(tmp_path, storage.format("http://s3.example.org"))
    for good in ("https://s3.example.org", "http://127.0.0.1:9000"):
        settings_of(tmp_path, storage.format(good))
    monkeypatch.setenv("BIOMOA_BACKUP_S3_ENDPOINT", "http://s3.example.org")
    with pytest.raises(ValueError, match="https only"):
        assert BucketChest("b", "").client


def test_a_new_key_opens_what_the_former_one_closed(tmp_path: Path, settings: Settings) -> None:
    create_home(tmp_path)
    settings.SECRET_KEY = former = load_home(tmp_path).secret_key()
    kept, signed = SecondFactors().encrypt("JBSWY3DPEHPK3PXP"), TimestampSigner().sign("link")
    (tmp_path / "secret.key").write_text(f"{'n' * 64}\n{former}\n", encoding="ascii")
    told = assemble(load_home(tmp_path))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = told["SECRET_KEY"], told["SECRET_KEY_FALLBACKS"]
    assert settings.SECRET_KEY == "n" * 64
    assert settings.SECRET_KEY_FALLBACKS[0] == former
    assert SecondFactors().decrypt(kept) == "JBSWY3DPEHPK3PXP" and TimestampSigner().unsign(signed) == "link"
    renewed = SecondFactors().encrypt("JBSWY3DPEHPK3PXP")
    settings.SECRET_KEY_FALLBACKS = []
    assert SecondFactors().decrypt(renewed) == "JBSWY3DPEHPK3PXP"
    (tmp_path / "secret.key").write_text("\n", encoding="ascii")
    with pytest.raises(StationError, match="empty"):
        load_home(tmp_path).secret_key()


def test_the_log_goes_to_the_service_that_sends_it_on(tmp_path: Path) -> None:
    place = tmp_path / "log.socket"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as service:
        service.bind(str(place))
        service.settimeout(5)
        told = settings_of(tmp_path / "home", f'[care]\nsyslog = "{place}"\n')["LOGGING"]
        assert "syslog" in told["root"]["handlers"]
        logger = logging.Logger("alone")
        handler = logging.config.DictConfigurator(told).configure_handler(
            {**told["handlers"]["syslog"], "formatter": None}
        )
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)
        logger.warning("sign-in failed from %s", "203.0.113.7")
        assert b'"message":"sign-in failed from 203.0.113.7"' in service.recv(4096)
        handler.close()
    with pytest.raises(StationError, match="socket of this machine"):
        settings_of(tmp_path / "home", '[care]\nsyslog = "log.example.org:514"\n')
