"""``station.toml``: what an operator sets. One file, in the station's home folder; read once, at start."""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from email.utils import parseaddr
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from biomoa.settings.sayings import said

STATION_FILE = "station.toml"
PREPARED = "prepared"  # marker: what its database and static files were brought up to
FOLDERS = ("objects", "scratch", "inbox", "index", "mail", "log")
_ADDRESS = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")

_CONTACT = re.compile(r"https?://[^\s<>\"]+|[^\s@<>\"/:]+@[^\s@<>\"/:]+")


_MAILBOX = re.compile(r"[^\s@<>]+@[^\s@<>]+")

Count = Annotated[int, msgspec.Meta(ge=0)]
OneOrMore = Annotated[int, msgspec.Meta(ge=1)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class StationError(Exception):
    """The home folder or its station.toml cannot be used; the message says which and why."""


class Database(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    engine: Literal["sqlite", "postgresql"] = "sqlite"
    name: str = "station.sqlite3"  # a file in the home folder, or the PostgreSQL database
    host: str = ""
    port: Port = 5432
    user: str = ""
    password_env: str = "BIOMOA_DATABASE_PASSWORD"
    # To another host: TLS, its certificate checked. False only where a tunnel already encrypts.
    tls: bool = True
    authority: str = ""  # file with the certificate of the authority; empty: those of the system

    def encryption(self) -> dict[str, str]:
        """What libpq is told: to another machine TLS, its certificate checked, never without (ASVS 12.3.1)."""
        if is_this_machine(self.host) or not self.tls:
            return {}
        return {"sslmode": "verify-full", "sslrootcert": self.authority or "system"}


class Storage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: Literal["folder", "s3"] = "folder"
    folder: str = "objects"
    endpoint: str = ""
    bucket: str = ""
    region: str = "us-east-1"
    key_env: str = "BIOMOA_S3_KEY"
    secret_env: str = "BIOMOA_S3_SECRET"


class Mail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Without ``host``, mails are written as files into ``mail/`` of the home folder. To another host: TLS."""

    host: str = ""
    port: Port = 25
    user: str = ""
    password_env: str = "BIOMOA_MAIL_PASSWORD"
    tls: bool = True
    sender: str = "BioMoa <no-reply@localhost>"


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    file_size_bytes: OneOrMore = 5 * 1024**4
    free_space_bytes: Count = 64 * 1024**2  # uploads are refused below this reserve
    upload_expires_days: OneOrMore = 14
    inspection_memory_bytes: OneOrMore = 3 * 1024**3
    samples_per_submission: OneOrMore = 100_000
    embargo_years: Count = 3
    embargo_extension_years: Count = 2
    group_bytes: Count = 50 * 1024**4  # files of a group that are kept, drafts included; 0: no limit
    group_files: OneOrMore = 1_000_000
    uploads_at_once: OneOrMore = 1_000  # unfinished uploads of one group


class Security(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sign-in, sessions and how much one caller may ask; 0 switches a limit of requests off."""

    # staff: curators, administrators and auditors must have one; all: everybody who signs in
    second_factor: Literal["offered", "staff", "all"] = "staff"
    leaked_passwords: str = ""  # file of SHA-1 digests in order, as Have I Been Pwned gives it; relative to the home
    session_idle_minutes: OneOrMore = 120
    session_hours: OneOrMore = 24
    trusted_proxies: Count = 0  # proxies in front, each adding its caller to X-Forwarded-For
    # Far above what two processes can serve for one person, so that a limit is reached by a flood alone.
    requests_per_minute_person: Count = 60_000
    requests_per_minute_address: Count = 60_000
    token_guesses_per_minute: Count = 30  # wrong tokens from one address
    waiting_requests: Count = 64  # of one web process; what comes on top is answered 503


class Care(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who besides administrators may read ``/metrics``; where the log goes besides its file."""

    metrics_from: tuple[str, ...] = ()  # addresses or networks; not for a station behind a proxy
    metrics_password_env: str = "BIOMOA_METRICS_PASSWORD"
    syslog: str = ""  # socket of this machine's log service, as /dev/log, which sends it on


class Station(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name_ko: str = "바이오모아 데이터 스테이션"
    name_en: str = "BioMoa Data Station"
    profile: Literal["embedded", "server"] = "embedded"
    address: str = "http://127.0.0.1:8000"
    catalogue: str = ""  # folder; empty for the one that comes with BioMoa
    center: str = "KOBIC"  # code of the organisation that runs the station
    terms: str = ""  # web address of the terms under which data may be used; empty: the guide says what holds
    contact: str = ""  # e-mail or web address of the help desk, on the guide and where a page leads no further
    demonstration: bool = False
    allowed_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    web_processes: OneOrMore = 2
    web_threads: OneOrMore = 8
    workers: Count = 1
    database: Database = Database()
    storage: Storage = Storage()
    mail: Mail = Mail()
    limits: Limits = Limits()
    security: Security = Security()
    care: Care = Care()

    @property
    def contact_link(self) -> str:
        """Where a link to the help desk leads; empty without one."""
        return f"mailto:{self.contact}" if "@" in self.contact and "//" not in self.contact else self.contact


class Home(msgspec.Struct, frozen=True):
    """A station's home folder and what its station.toml says."""

    folder: Path
    station: Station

    @property
    def catalogue(self) -> Path:
        """The catalogue folder: named in station.toml, else BIOMOA_CATALOGUE, else the one of BioMoa."""
        named = self.station.catalogue or os.environ.get("BIOMOA_CATALOGUE", "")
        return (self.folder / named).resolve() if named else default_catalogue()

    @property
    def scratch(self) -> Path:
        return self.folder / "scratch"

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @property
    def index(self) -> Path:
        return self.folder / "index"

    @property
    def database_file(self) -> Path | None:
        """Of SQLite; None where a server keeps the database."""
        database = self.station.database
        return self.folder / database.name if database.engine == "sqlite" else None

    def lacks_database(self) -> bool:
        """A home that was worked on, and its database is not there: an empty one in its place would hide the loss."""
        path = self.database_file
        if path is None or (path.is_file() and path.stat().st_size):
            return False
        # Not the mark of the folder (files.storage.MARK): a first start that was killed has made it already.
        objects = (self.folder / self.station.storage.folder).glob("[!.]*")
        return (self.folder / PREPARED).exists() or next(objects, None) is not None

    def secret_key(self) -> str:
        """The signing key of the station; raises StationError when the file is gone."""
        return self.secret_keys()[0]

    def secret_keys(self) -> list[str]:
        """The key in use, then former ones (a line each) that still open what they signed and encrypted."""
        path = self.folder / "secret.key"
        if not path.is_file():
            raise StationError(f"{path}: the signing key is missing; restore it from the backup")
        try:
            keys = path.read_text(encoding="ascii").split()
        except (OSError, UnicodeDecodeError) as error:
            raise StationError(f"{path}: {getattr(error, 'strerror', None) or 'no key: it is not text'}") from error
        if not keys:
            raise StationError(f"{path}: the signing key is empty; restore it from the backup")
        return keys


def default_catalogue() -> Path:
    """``catalogs/korea`` beside the package (a checkout), or installed under the prefix."""
    return Path(__file__).resolve().parents[2] / "catalogs" / "korea"


def home_folder(named: str | None = None) -> Path:
    """``--home``, else BIOMOA_HOME, else ``./station``."""
    return Path(named or os.environ.get("BIOMOA_HOME") or "station").resolve()


def load_home(folder: Path) -> Home:
    """Reads station.toml. Raises StationError naming the file, the key that is wrong and what is expected there."""
    path = folder / STATION_FILE
    if not path.is_file():
        raise StationError(f"{folder} is not a station (no {STATION_FILE}); make one with: biomoa init --home {folder}")
    try:
        station = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Station)
        _check_words(station)
        _check_places(station)
        station = msgspec.structs.replace(station, address=_checked_key(station.address))
    except msgspec.ValidationError as error:
        raise StationError(f"{path}: {said(error, Station)}") from error
    except OSError as error:
        raise StationError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, StationError) as error:
        raise StationError(f"{path}: {error}") from error
    return Home(folder, _at_port(station))


def _checked_key(address: str) -> str:
    try:
        return checked_address(address)
    except StationError as error:
        raise StationError(f"address: {error}") from error


def _check_words(station: Station) -> None:
    """Addresses that people are sent to. Raises StationError."""
    if station.terms and not station.terms.startswith(("https://", "http://")):
        raise StationError("terms: a web address, as https://example.org/terms")
    if station.contact and not _CONTACT.fullmatch(station.contact):
        raise StationError("contact: an e-mail address, as help@example.org, or a web address")
    if not _MAILBOX.fullmatch(parseaddr(station.mail.sender)[1]) or "\n" in station.mail.sender:
        raise StationError('mail.sender: an e-mail address, as "Station <no-reply@example.org>"')


def _check_places(station: Station) -> None:
    """Places that the station itself works with. Raises StationError."""
    if station.care.syslog and not station.care.syslog.startswith("/"):
        raise StationError("care.syslog: the socket of this machine's log service, as /dev/log")
    endpoint = urlsplit(station.storage.endpoint)
    if endpoint.scheme == "http" and not is_this_machine(endpoint.hostname or ""):
        raise StationError("storage.endpoint: files go to another machine over https only")
    for each in station.care.metrics_from:
        try:
            ip_network(each, strict=False)
        except ValueError as error:
            raise StationError(
                f"care.metrics_from: {each} is neither an address nor a network, as 192.0.2.7 or 192.0.2.0/24"
            ) from error


def _at_port(station: Station) -> Station:
    """Served at another port (``serve --port``, in BIOMOA_PORT): links of a station of this machine lead there."""
    port, parts = os.environ.get("BIOMOA_PORT", ""), urlsplit(station.address)
    if not port or parts.scheme != "http" or not is_this_machine(parts.hostname or ""):
        return station
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return msgspec.structs.replace(station, address=f"{parts.scheme}://{host}:{port}")


def checked_address(address: str) -> str:
    """Scheme, host and perhaps a port, without a slash at the end. Raises StationError."""
    said = address.rstrip("/")
    if not _ADDRESS.fullmatch(said):
        raise StationError(f"{address}: no address of a station; give it as https://station.example.org")
    return said


def is_this_machine(host: str) -> bool:
    """True for the loopback and for a socket in the file system: nothing leaves the machine."""
    return host in ("", "localhost", "::1") or host.startswith(("/", "127."))


def create_home(folder: Path, *, address: str = "", demonstration: bool = False) -> Home:
    """Makes the home folder with its sub-folders, key and station.toml; an existing station is left as it is."""
    address = checked_address(address or Station().address)
    make_folders(folder)
    _write_private(folder / "secret.key", secrets.token_urlsafe(48))
    _write_private(folder / "ledger.key", secrets.token_hex(32))  # an Ed25519 seed; signs the ledger's heads
    if not (folder / STATION_FILE).exists():
        lines = ["# What this station is; every key is explained in docs/operators.md"]
        lines += [f'address = "{address}"', f"demonstration = {str(demonstration).lower()}"]
        (folder / STATION_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_home(folder)


def make_folders(folder: Path) -> None:
    """New ones are closed to other accounts, as is an empty folder that becomes a home; one in use is its owner's."""
    is_new = not folder.exists() or not any(folder.iterdir())
    folder.mkdir(parents=True, exist_ok=True)
    if is_new:
        folder.chmod(0o700)
    for name in FOLDERS:
        (folder / name).mkdir(mode=0o700, exist_ok=True)


def _write_private(path: Path, text: str) -> None:
    if path.exists():
        return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text + "\n")
