"""The status page, the answers to probes, the log and the numbers of requests, the doctor."""

from __future__ import annotations

import base64
import json
import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from biomoa.files.missed import note_missed
from biomoa.files.models import MissedObject, Shelf, StoredFile
from biomoa.files.storage import StoreAway
from biomoa.jobs.queries import QueueState
from biomoa.operations import queries, readiness
from biomoa.operations.advice import WORDS
from biomoa.operations.checkup import PATIENCE, check, check_care, check_lag, check_queue, check_set_back
from biomoa.operations.doctor import examine_station
from biomoa.operations.logs import JsonLines
from biomoa.operations.models import Care
from biomoa.operations.queries import Lag, LastCare, standing
from biomoa.operations.scrub import scrub
from biomoa.operations.tidy import tidy
from biomoa.people.models import Organisation, User
from biomoa.people.rules import system
from biomoa.settings.station import create_home

from .conftest import Operated
from .objects import keep, put, the_store

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh() -> None:
    queries._kept.clear()
    readiness._seen.clear()


def sign_in(client: Client, *, is_staff: bool) -> None:
    client.force_login(User.objects.create_user("somebody@example.org", "correct horse 9", is_staff=is_staff))


def with_care(settings: Any, **values: Any) -> None:
    home = django_settings.BIOMOA_HOME
    care = msgspec.structs.replace(home.station.care, **values)
    security = msgspec.structs.replace(home.station.security, second_factor="offered")
    station = msgspec.structs.replace(home.station, care=care, security=security)
    settings.BIOMOA_HOME = msgspec.structs.replace(home, station=station)


@pytest.mark.parametrize(("language", "heading"), [("ko", "스테이션 운영 상태"), ("en", "Status of the station")])
def test_everybody_reads_how_the_station_stands(client: Client, language: str, heading: str) -> None:
    client.cookies["django_language"] = language
    page = client.get("/status/").content.decode()
    assert heading in page
    assert standing().ledger_hash in page
    for hidden in ("biomoa doctor", "biomoa.jobs", "운영자용", "For administrators"):
        assert hidden not in page


def test_administrators_read_more(client: Client, settings: Any) -> None:
    with_care(settings)
    sign_in(client, is_staff=True)
    page = client.get("/status/").content.decode()
    assert "biomoa doctor" in page
    assert WORDS["backup-none"].message.ko in page


def test_a_member_reads_no_more_than_everybody(client: Client) -> None:
    sign_in(client, is_staff=False)
    assert "biomoa doctor" not in client.get("/status/").content.decode()
    assert client.get("/metrics").status_code == 403


def test_probes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/healthz").content == b"ok\n"
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)

    def away() -> bool:
        raise OSError("gone")

    monkeypatch.setattr(readiness, "_has_database", away)
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["database"], ready.json()["catalogue"]) == (503, False, True)
    assert "gone" not in ready.content.decode()
    assert client.get("/healthz").status_code == 200


def test_a_file_that_was_asked_for_in_vain_is_told_until_it_is_whole_again(client: Client, tmp_path: Path) -> None:
    sha256 = keep(b"asked for in vain", tmp_path)
    center = Organisation.objects.create(code="c", kind="data-center", name_ko="센터")
    shelf = Shelf.objects.create(owner=center, center=center)
    file = StoredFile.objects.create(shelf=shelf, name="r.fastq", name_key="r.fastq", object_id=sha256)
    the_store().remove(sha256)
    note_missed(file, FileNotFoundError(sha256))
    note_missed(file, FileNotFoundError(sha256))
    assert [each.severity for each in check(standing()) if each.code == "objects-missed"] == ["error"]
    assert standing().missed_file == f"r.fastq ({shelf.pk})"
    assert "내려받기" in client.get("/status/").content.decode()
    put(b"asked for in vain", tmp_path)
    assert standing().missed == 0
    scrub(system("operator"))
    assert not MissedObject.objects.exists()


@pytest.fixture(params=["gone", "empty"])
def away(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """The disk with the objects is not mounted."""
    folder = the_store().folder
    the_store().check()
    folder.rename(tmp_path / "away")
    if request.param == "empty":
        folder.mkdir()
    yield
    if folder.exists():
        folder.rmdir()
    (tmp_path / "away").rename(folder)


@pytest.mark.usefixtures("away")
def test_a_storage_that_is_away_is_told(client: Client) -> None:
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["storage"], ready.json()["scratch"]) == (503, False, True)
    assert "파일 보관소를 사용할 수 없습니다" in client.get("/status/").content.decode()
    codes = [each.code for each in examine_station(django_settings.BIOMOA_HOME)]
    assert "storage-elsewhere" in codes
    assert not {"storage-good", "storage-away", "home-unwritable"} & set(codes)
    with pytest.raises(StoreAway):
        scrub(system("operator"))
    with pytest.raises(StoreAway):
        tidy(system("operator"))


def test_metrics_are_for_who_is_named(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/metrics").status_code == 403
    with_care(settings, metrics_from=("127.0.0.0/8",))
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403
    with_care(settings, metrics_from=())
    sent = base64.b64encode(b"prometheus:secret of the scraper").decode()
    assert client.get("/metrics", headers={"Authorization": f"Basic {sent}"}).status_code == 403
    monkeypatch.setenv("BIOMOA_METRICS_PASSWORD", "secret of the scraper")
    answer = client.get("/metrics", headers={"Authorization": f"Basic {sent}"})
    assert answer.status_code == 200
    assert client.get("/metrics", headers={"Authorization": "Basic nonsense!"}).status_code == 403


def test_metrics_say_how_it_stands(client: Client, settings: Any) -> None:
    with_care(settings, metrics_from=("127.0.0.1",))
    Care.objects.create(kind="backup", started_at=timezone.now(), ended_at=timezone.now(), is_good=True)
    client.get("/healthz")
    text = client.get("/metrics").content.decode()
    assert 'biomoa_requests_total{method="GET",route="healthz",status="200"}' in text
    assert 'biomoa_care_good{kind="backup"} 1.0' in text
    assert "biomoa_queue_waiting 0.0" in text
    assert 'biomoa_follower_behind{follower="search"}' in text


def test_the_first_requests_of_a_process_may_come_together(tmp_path: Path) -> None:
    code = """
import threading
from biomoa.cli.station import start_django
from biomoa.settings.station import home_folder, load_home
start_django(load_home(home_folder()), is_being_made=True)
from biomoa.operations.metrics import count_request
faults, barrier = [], threading.Barrier(16)
def ask():
    barrier.wait()
    try:
        count_request("GET", "x", 200, 0.1)
    except Exception as error:
        faults.append(error)
threads = [threading.Thread(target=ask) for _ in range(16)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(len(faults))
"""
    environment = {**os.environ, "BIOMOA_HOME": str(create_home(tmp_path / "home").folder)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "0", done.stderr


@pytest.mark.parametrize("given", ["abcdef12", "a" * 64, "01HF-x.y:z_9"])
def test_a_request_keeps_the_number_it_came_with(client: Client, given: str) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "a" * 65, "<script>alert(1)</script>", "a b c d e f", "한글한글한글한글"]
)
def test_a_strange_number_is_replaced(client: Client, given: str) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": given})
    assert answer["X-Request-ID"] != given
    assert len(answer["X-Request-ID"]) == 16


def test_error_pages_show_the_number(client: Client) -> None:
    answer = client.get("/nothing-here", headers={"X-Request-ID": "asked-for-12", "Accept": "text/html"})
    assert (answer.status_code, "asked-for-12" in answer.content.decode()) == (404, True)


def test_the_log_tells_route_and_status_and_no_secret(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="biomoa.requests"):
        client.get("/search/?q=rare+disease", headers={"X-Request-ID": "logged-123"})
    line = json.loads(JsonLines().format(caplog.records[-1]))
    assert (line["route"], line["status"], line["level"]) == ("search/", 200, "info")
    assert "rare" not in json.dumps(line)


def test_an_exception_is_one_line_of_json() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed: %s", ("한글",), sys.exc_info())
    text = JsonLines().format(record)
    assert "\n" not in text
    line = json.loads(text)
    assert (line["message"], "ValueError" in line["exception"]) == ("failed: 한글", True)


# -- findings


def codes(found: Any) -> set[str]:
    return {each.code for each in found}


def test_a_young_station_is_told_what_it_lacks() -> None:
    found = list(check(standing()))
    assert {"backup-none", "scrub-none", "drill-none", "queue-no-worker"} <= codes(found)
    assert not [each for each in found if each.severity == "error"]


def test_a_full_disk_stops_uploads() -> None:
    now = standing()
    full = msgspec.structs.replace(now, room=msgspec.structs.replace(now.room, reserve_bytes=1 << 62))
    assert "disk-full" in codes(check(full))


def test_a_clock_behind_the_ledger_is_an_error() -> None:
    now = standing()
    behind = msgspec.structs.replace(now, ledger_at=now.at + timedelta(hours=1))
    assert "clock-behind" in codes(check(behind))


@pytest.mark.parametrize("kind", sorted(PATIENCE))
def test_care_grows_old(kind: str) -> None:
    now = timezone.now()
    for age, wanted in ((timedelta(hours=1), f"{kind}-good"), (PATIENCE[kind] + timedelta(days=1), f"{kind}-old")):
        last = LastCare(now - age, True, now - age, {})
        assert check_care(kind, last, now).code == wanted
    assert check_care(kind, LastCare(now, False, None, {}), now).severity == "error"


def test_queue_and_followers_that_stand_still() -> None:
    waiting = QueueState(waiting=3, running=0, failed=0, oldest_seconds=7200, workers=1)
    assert codes(check_queue(waiting)) == {"queue-stuck"}
    assert codes(check_queue(msgspec.structs.replace(waiting, workers=0))) == {"queue-no-worker"}
    assert check_lag(Lag("search", 5, 3, timedelta(minutes=20))).code == "follower-stuck"
    assert check_lag(Lag("search", 5, 3, timedelta(seconds=2))).code == "follower-good"


def test_an_older_database_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    astray = Lag("search", 90, 0, timedelta(0), is_astray=True)
    found = check_lag(astray)
    assert (found.code, found.severity) == ("follower-astray", "error")
    now = timezone.now()
    for age, severities in ((timedelta(hours=1), ["error"]), (timedelta(days=2), ["warning"]), (timedelta(20), [])):
        assert [each.severity for each in check_set_back(now - age, now)] == severities
    monkeypatch.setattr(queries, "_lags", lambda _: [astray])
    for language, said in (("ko", "데이터베이스가 색인보다 오래되어"), ("en", "The database is older than the index")):
        client.cookies["django_language"] = language
        assert said in client.get("/status/").content.decode()


def test_every_code_has_words_in_both_languages() -> None:
    for words in WORDS.values():
        for text in (words.message, words.repair):
            assert bool(text.ko) == bool(text.en)


# -- the command


def test_the_doctor_queues_files_of_an_older_inspection(station: Operated) -> None:
    with closing(sqlite3.connect(station.folder / "station.sqlite3")) as database:
        (files,) = database.execute("SELECT COUNT(DISTINCT object_id) FROM files_inspectionresult").fetchone()
        database.execute("UPDATE files_inspectionresult SET qc_version = '2020.1'")
        database.commit()
    told = {each["code"] for each in station.ask("doctor", expected=1)["findings"]}
    assert files and "inspections-old" in told
    station.ask("doctor", "--inspect-again", expected=1)
    with closing(sqlite3.connect(station.folder / "station.sqlite3")) as database:
        query = "SELECT COUNT(*) FROM django_tasks_database_dbtaskresult WHERE priority < 0 AND status = 'READY'"
        assert database.execute(query).fetchone() == (files,)


def test_the_doctor_finds_what_was_broken(station: Operated) -> None:
    wrong = [each["code"] for each in station.ask("doctor", expected=1)["findings"] if each["severity"] == "error"]
    assert wrong == ["queue-no-worker"]
    (station.folder / "secret.key").chmod(0o644)
    (station.folder / "scratch").chmod(0o500)
    with closing(sqlite3.connect(station.folder / "station.sqlite3")) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE ledger_entry SET data = '{}' WHERE seq = 5")
        database.commit()
    answer = station.ask("doctor", expected=1)
    found = {each["code"] for each in answer["findings"] if each["severity"] != "good"}
    assert {"key-open", "ledger-broken"} <= found
    (station.folder / "station.toml").write_text("name_xx = 1\n")
    code, output, _ = Operated(station.folder, {"LANG": "ko_KR.UTF-8"}).run("doctor")
    assert code == 1
    assert "스테이션을 읽을 수 없습니다" in output


@pytest.mark.parametrize(("language", "words"), [("ko", "저장 공간이 부족하여"), ("en", "There is no room")])
def test_a_station_without_room_does_not_say_that_it_works(
    client: Client, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    room = msgspec.structs.replace(standing().room, free_bytes=0)
    monkeypatch.setattr(queries, "_room", lambda: room)
    page = client.get("/status/", headers={"accept-language": language}).content.decode()
    assert words in page
    assert "alert-warning" in page
    assert "alert-success" not in page
