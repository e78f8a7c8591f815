"""Pages kept for everybody are right at every moment: in all processes, and for nobody in particular."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from biomoa.files.models import Quarantine, StoredFile
from biomoa.ledger.followers import follow
from biomoa.people.models import Organisation, User
from biomoa.records import queries, services, services_curation, services_redaction, services_release
from biomoa.records.models import Link, Record
from biomoa.search.followers import follower
from biomoa.site import kept_pages, shown
from tests.records.world import World, accept, accepted, draft, lay_file, make_world, project, reads, sample, study

SAMPLE, RUN, PROJECT = "/KAS00000001", "/KAR00000001", "/KAP000001"
SEARCH = "/search/?q=study-1-S1"
TOKEN = b"csrfmiddlewaretoken"


@pytest.fixture
def world(demonstration: None, transactional_db: None) -> Iterator[World]:  # noqa: ARG001
    """A station whose index has followed all; everything is really committed."""
    cache.clear()
    made = make_world()
    follow(follower())
    yield made
    cache.clear()


@pytest.fixture
def processes(world: World) -> tuple[Client, Client]:  # noqa: ARG001
    """Readers at two web processes: each has layers, and kept pages, of its own."""
    return Client(), Client()


def body(answer: Any) -> str:
    """Without what is the reader's own in it."""
    return answer.content.decode()


def statements(client: Client, address: str, **more: Any) -> int:
    with CaptureQueriesContext(connection) as asked:
        client.get(address, **more)
    return len(asked)


def open_study(world: World) -> None:
    made = draft(world, reads())
    lay_file(made, "study-1.fastq")
    accept(world, made)
    follow(follower())


def test_the_same_page_is_drawn_once_and_asks_for_the_stamp_only(
    processes: tuple[Client, Client], world: World
) -> None:
    open_study(world)
    one, other = processes
    assert statements(one, SAMPLE) > 3
    assert statements(one, SAMPLE) == 1
    assert statements(other, SAMPLE) > 3, "the other process has none of it"
    first, second = one.get(SAMPLE), Client().get(SAMPLE)
    assert body(first) == body(second)
    kept_headers = {name: value for name, value in first.headers.items() if name not in ("Set-Cookie", "X-Request-ID")}
    fresh_headers = {
        name: value for name, value in second.headers.items() if name not in ("Set-Cookie", "X-Request-ID")
    }
    vary = kept_headers.pop("Vary"), fresh_headers.pop("Vary")
    assert kept_headers == fresh_headers
    assert set(vary[0].split(", ")) == set(vary[1].split(", "))


def withdraw(world: World) -> None:
    services_release.withdraw_record(world.curator, "KAR00000001", "동의 철회")


def suppress(world: World) -> None:
    services_release.withdraw_record(world.curator, "KAR00000001", "duplicate", kind="suppressed")


def correct(world: World) -> None:
    services_curation.curate_record(world.curator, "KAP000001", "title", "Corrected", "a slip")


def edit(world: World) -> None:
    values = {**queries.get_record(world.depositor, "KAP000001").depositor_values, "title": "Another title"}
    made = services.propose_revision(world.depositor, "KAP000001", values)
    accept(world, made)


def redact(world: World) -> None:
    services_redaction.redact(world.curator, "KAP000001", "title", "a name")


def hold_the_file(world: World) -> None:  # noqa: ARG001
    Quarantine.objects.create(file=StoredFile.objects.get(name="study-1.fastq"))


def rename_the_group(world: World) -> None:
    Organisation.objects.filter(pk=world.group.pk).update(name_ko="새 이름", name_en="New name")


def take_the_link_away(world: World) -> None:  # noqa: ARG001
    Link.objects.all().delete()


def close_by_hand(world: World) -> None:  # noqa: ARG001
    """As an operator does who must have it closed now: past all services."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE records_record SET state = 'accepted' WHERE accession = 'KAR00000001'")


CHANGES: list[tuple[Callable[[World], None], str]] = [
    (withdraw, RUN), (suppress, RUN), (correct, PROJECT), (edit, PROJECT), (redact, PROJECT), (redact, PROJECT + ".1"),
    (hold_the_file, RUN), (rename_the_group, RUN), (take_the_link_away, RUN), (close_by_hand, RUN),
]  # fmt: skip


@pytest.mark.parametrize(("change", "address"), CHANGES, ids=lambda each: getattr(each, "__name__", each))
def test_a_change_shows_at_once_in_every_process(
    change: Callable[[World], None], address: str, processes: tuple[Client, Client], world: World
) -> None:
    open_study(world)
    before = [body(client.get(address)) for client in processes for _ in range(2)]
    assert len(set(before)) == 1
    change(world)
    after = [client.get(address) for client in (*processes, Client()) for _ in range(2)]
    assert {each.status_code for each in after} in ({200}, {410}, {404})
    assert len({body(each) for each in after if each.status_code != 404}) <= 1, "what is drawn now is what is kept"
    assert all(body(each) != before[0] for each in after)


def test_what_was_withdrawn_is_found_no_more(processes: tuple[Client, Client], world: World) -> None:
    open_study(world)
    for client in processes:
        assert "KAS00000001" in body(client.get(SEARCH)) and statements(client, SEARCH) == 1
    services_release.withdraw_record(world.curator, "KAS00000001", "duplicate", kind="suppressed")
    follow(follower())
    for client in processes:
        assert 'href="/KAS00000001"' not in body(client.get(SEARCH))


def test_what_was_withdrawn_counts_no_more_while_no_worker_comes(
    processes: tuple[Client, Client], world: World
) -> None:
    open_study(world)
    before = [body(client.get(SEARCH)) for client in processes]
    services_release.withdraw_record(world.curator, "KAS00000001", "duplicate", kind="suppressed")
    after = [body(client.get(SEARCH)) for client in processes]
    assert len({*before, *after}) == 2 and 'href="/KAS00000001"' not in after[0]
    assert statements(processes[0], SEARCH) == 1, "and that page is kept"
    follow(follower())
    assert body(processes[0].get(SEARCH)) == after[0]


def test_an_embargo_that_ends_opens_at_once(processes: tuple[Client, Client], world: World) -> None:
    made = accepted(world, study(1), release_on=timezone.localdate() + timedelta(days=30))
    assert [client.get(SAMPLE).status_code for client in processes] == [404, 404]
    services_release.release(world.depositor, made.pk)
    assert [client.get(SAMPLE).status_code for client in processes] == [200, 200]
    Record.objects.update(state="accepted")
    assert [client.get(SAMPLE).status_code for client in processes] == [404, 404]


def test_a_change_that_was_not_committed_shows_nowhere(processes: tuple[Client, Client], world: World) -> None:
    open_study(world)
    one, _ = processes
    before = body(one.get(PROJECT))
    with transaction.atomic():
        Record.objects.filter(accession="KAP000001").update(title="not yet")
        Organisation.objects.filter(pk=world.group.pk).update(name_ko="not yet")
        assert "not yet" in body(one.get(PROJECT))  # in the transaction itself, and kept by nobody
        transaction.set_rollback(True)
    assert body(one.get(PROJECT)) == before


def test_who_is_signed_in_is_not_answered_from_here_and_leaves_nothing_behind(
    processes: tuple[Client, Client], world: World
) -> None:
    made = draft(world, {"bioproject": [project(contact="kim@example.org")]})
    accept(world, made)
    one, _ = processes
    nobody = body(one.get(PROJECT))
    inside = Client()
    inside.handler = one.handler  # the same process
    inside.force_login(User.objects.get(pk=world.depositor.user_id))
    assert "kim@example.org" in body(inside.get(PROJECT))
    assert body(one.get(PROJECT)) == nobody
    assert "kim@example.org" not in nobody
    Record.objects.update(state="accepted")
    assert inside.get(PROJECT).status_code == 200
    assert one.get(PROJECT).status_code == 404
    assert one.get(PROJECT, HTTP_AUTHORIZATION="Bearer nothing").status_code == 401


def test_a_page_for_everybody_holds_nothing_of_its_reader_and_changes_how_it_looks(world: World) -> None:
    open_study(world)
    one = Client(enforce_csrf_checks=True)
    page = one.get(SAMPLE)
    assert TOKEN not in page.content and not page.cookies
    said = {"language": "en", "next": SAMPLE}
    changed = one.post("/i18n/setlang/", said)
    assert changed.status_code == 302 and changed["Location"] == SAMPLE
    assert 'lang="en"' in one.get(SAMPLE).content.decode()[:300]
    for site in ("cross-site", "same-site"):
        for address, fields in (("/i18n/setlang/", {"language": "ko"}), ("/display/", {"contrast": "high"})):
            assert one.post(address, fields, HTTP_SEC_FETCH_SITE=site).status_code == 403
    assert one.post("/display/", {"contrast": "high"}, HTTP_SEC_FETCH_SITE="same-origin").status_code == 302
    assert "contrast-high" in one.get(SAMPLE).content.decode()[:300]


@pytest.mark.parametrize("address", [SAMPLE, SEARCH])
def test_a_kept_page_goes_out_packed_to_who_takes_it(world: World, address: str) -> None:
    open_study(world)
    client = Client()
    drawn, plain, packed = (client.get(address, **how) for how in ({}, {}, {"HTTP_ACCEPT_ENCODING": "br, gzip"}))
    assert "Content-Encoding" not in drawn and "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip" and gzip.decompress(packed.content) == plain.content == drawn.content
    assert int(packed["Content-Length"]) == len(packed.content) and int(plain["Content-Length"]) == len(plain.content)
    assert {"Accept-Encoding", "Cookie", "Sec-Fetch-Site"} <= set(re.split(r", *", packed["Vary"]))
    for name in ("Content-Type", "Content-Language", "Referrer-Policy", "X-Frame-Options"):
        assert packed[name] == plain[name] == drawn[name]


def test_language_look_host_and_kind_have_pages_of_their_own(world: World) -> None:
    open_study(world)
    client = Client()
    korean = client.get(SAMPLE, HTTP_ACCEPT_LANGUAGE="ko").content.decode()
    english = client.get(SAMPLE, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert 'lang="ko"' in korean[:300] and 'lang="en"' in english[:300]
    client.cookies["biomoa_contrast"] = "high"
    assert "contrast-high" in client.get(SAMPLE, HTTP_ACCEPT_LANGUAGE="ko").content.decode()[:300]
    client.cookies.clear()
    assert "contrast-high" not in client.get(SAMPLE, HTTP_ACCEPT_LANGUAGE="ko").content.decode()[:300]
    assert statements(client, SAMPLE, HTTP_ACCEPT_LANGUAGE="ko") == 1
    assert statements(client, SAMPLE, HTTP_ACCEPT_LANGUAGE="ko", HTTP_HOST="other.example.org") > 1
    assert client.get(SAMPLE, HTTP_ACCEPT="application/json").status_code == 302
    assert client.get(SAMPLE, HTTP_ACCEPT="application/ld+json")["Content-Type"].startswith("application/ld+json")
    assert client.get(SAMPLE, HTTP_ACCEPT_LANGUAGE="ko")["Content-Type"].startswith("text/html")


def test_only_what_the_stamp_covers_is_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    open_study(world)
    client = Client()
    covered = {table: events for table, events in shown.SHOWN.items() if table != "records_version"}
    monkeypatch.setattr(shown, "SHOWN", covered)
    shown.is_covered.cache_clear()
    assert min(statements(client, SAMPLE) for _ in range(3)) > 3
    shown.is_covered.cache_clear()
    monkeypatch.undo()
    assert [statements(client, SAMPLE) > 1 for _ in range(2)] == [True, False]
    assert not shown.is_covered('DELETE FROM "records_record"')
    assert not shown.is_covered("SELECT 1 FROM records_record JOIN people_user ON 1")


def test_drafts_move_nothing_and_every_shown_table_does(world: World) -> None:
    open_study(world)
    before = shown.stamp()
    made = draft(world, study(2, "study-2"))
    services.save_row(world.depositor, made.pk, "biosample", 1, sample("study-2-S1", "study-2"))
    lay_file(made, "new.fastq", b"@q\nA\n+\nI\n", verdict=None)
    assert shown.stamp() == before is not None
    Quarantine.objects.create(file=StoredFile.objects.get(name="new.fastq"))
    with connection.cursor() as cursor:
        for table in shown.SHOWN:
            before = shown.stamp()
            column = {"files_storedobject": "md5"}.get(table, "id")
            cursor.execute(f"UPDATE {table} SET {column} = {column}")
            assert shown.stamp() != before, table


def test_triggers_that_a_migration_dropped_are_there_again_after_it(world: World) -> None:
    open_study(world)
    with connection.cursor() as cursor:
        drop = "DROP TRIGGER shown_moves ON records_record" if connection.vendor == "postgresql" else (
            "DROP TRIGGER shown_records_record_update"
        )  # fmt: skip
        cursor.execute(drop)
    before = shown.stamp()
    call_command("migrate", interactive=False, verbosity=0)
    assert shown.stamp() != before, "what was done meanwhile may be on any page"
    before = shown.stamp()
    Record.objects.update(reason="another")
    assert shown.stamp() != before


def test_kept_pages_have_a_bound(world: World) -> None:
    open_study(world)
    pages = kept_pages.Pages(most_bytes=3 * kept_pages.OVERHEAD_BYTES + 40)
    for number in range(10):
        pages.keep(number, kept_pages.Page("a", 200, (), b"0123456789", None))
        pages.keep(number, kept_pages.Page("a", 200, (), b"0123456789", None))
    assert pages.bytes <= 3 * kept_pages.OVERHEAD_BYTES + 40
    assert [number for number in range(10) if pages.find(number, "a")] == [7, 8, 9]
    assert pages.find(9, "b") is None


def test_who_walks_through_all_pages_pushes_out_none_that_is_read_again() -> None:
    """A search engine asks for each record once: with ten times as many as there is place for, the popular stays."""
    pages = kept_pages.Pages(most_bytes=4 * kept_pages.OVERHEAD_BYTES, remembered=8)

    def ask(name: str) -> bool:
        if pages.find(name, "a"):
            return True
        if pages.has_place_for(name):
            pages.keep(name, kept_pages.Page("a", 200, (), b"", None))
        return False

    for number in range(4):
        ask(f"walked-{number}")
    assert not ask("popular") and not ask("popular"), "the first time it is not known to be popular"
    for number in range(40):
        assert not ask(f"walked-again-{number}")
        assert ask("popular"), number
    assert not ask("walked-again-39") and ask("walked-again-39"), "asked for twice, it is kept"


def test_other_addresses_methods_and_conditions_go_their_way(world: World) -> None:
    open_study(world)
    client = Client()
    client.get(SAMPLE)
    assert client.head(SAMPLE).status_code == 200
    assert client.post(SAMPLE).status_code == 405
    assert client.get("/help/").status_code == client.get("/help/").status_code == 200
    assert statements(client, SAMPLE, HTTP_HX_REQUEST="true") > 1
    assert statements(client, "/search/?q=" + "a" * 600) == statements(client, "/search/?q=" + "a" * 600)
    long = "text/html, " + "x/y;q=0.1, " * 100
    assert statements(client, SAMPLE, HTTP_ACCEPT=long) == statements(client, SAMPLE, HTTP_ACCEPT=long) > 1
