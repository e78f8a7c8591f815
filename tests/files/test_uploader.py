"""The uploader in a real browser."""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect, sync_playwright

from biomoa.files.models import InspectionResult, Shelf, StoredFile, Upload
from biomoa.files.problems import refused

from .conftest import Tus, World

pytestmark = pytest.mark.browser
MIB = 1024**2


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    # Django refuses database calls beside a running event loop, which Playwright keeps in this thread.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(chromium: Any, live_server: Any, tus: Tus, live_world: World) -> Iterator[Page]:  # noqa: ARG001
    client = Client()
    client.force_login(live_world.users["member"])
    context = chromium.new_context()
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    # Heard for as long as the page lives: a chooser that is only waited for at its moment is missed now and then.
    opened.on("filechooser", lambda _: None)
    opened.on("console", lambda line: problems.append(line.text) if "Content Security" in line.text else None)
    yield opened
    context.close()
    assert problems == []


@pytest.fixture
def address(live_server: Any, live_world: World) -> Callable[..., str]:
    return lambda language="en": f"{live_server.url}/page/{live_world.shelf.pk}?lang={language}"


def _slowed(page: Page, kilobytes: int) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    limits = {"offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": kilobytes * 1024}
    session.send("Network.emulateNetworkConditions", limits)


def _file(folder: Path, name: str, size: int) -> Path:
    path = folder / name
    path.write_bytes(os.urandom(size))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def _kept_of_the_broken_part() -> int:
    """The bytes that the station has, once it has seen that the line is gone and has closed the part."""
    until = time.monotonic() + 60
    while not (kept := Upload.objects.get().offset_bytes):
        assert time.monotonic() < until, "nothing is kept of what had left"
        time.sleep(0.1)
    return kept


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_many_files_arrive_with_keyboard_and_stand_in_the_table(page: Page, address: Any, tmp_path: Path) -> None:
    files = [_file(tmp_path, f"reads_{n}.fastq", 20_000 + n) for n in range(7)]
    page.goto(address())
    # On a busy machine a page that has just been made may not have the focus yet.
    page.wait_for_function("() => document.readyState === 'complete' && document.hasFocus()")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").press("Enter")
    chooser.value.set_files([str(path) for path in files])
    expect(page.locator("[data-summary]")).to_have_text("7 of 7 files have arrived, 0 with problems")
    expect(page.locator("[data-arrived] tr")).to_have_count(7)
    expect(page.locator("[data-rows] tr"), "what has arrived stands in one list").to_have_count(0)
    expect(page.get_by_role("button", name="Pause all")).to_be_hidden()
    expect(page.locator("[data-arrived] .badge").first).to_be_visible()
    assert {file.object_id for file in StoredFile.objects.all()} == {_digest(path) for path in files}
    found = Axe().run(page, context="[data-uploader]").response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in found] == []


ROWS = 'rows => rows.map(row => row.outerHTML.replace(/value="[^"]{64}"/, \'\'))'  # without the masked token


def test_a_row_that_came_with_the_script_is_the_row_of_the_server(page: Page, address: Any, tmp_path: Path) -> None:
    """The same name, hour, verdict and Remove as after a reload, in the same place; and Remove works."""
    middle = _file(tmp_path, "m.fastq", 2_000)
    page.goto(address("ko"))
    page.locator("[data-files]").set_input_files(str(middle))
    rows = page.locator("[data-arrived] tr")
    expect(rows).to_have_count(1)
    first, last = _file(tmp_path, "a.fastq", 2_000), _file(tmp_path, "z & <b>.fastq", 2_000)
    page.locator("[data-files]").set_input_files([str(last), str(first)])
    expect(rows).to_have_count(3)
    expect(page.locator("[data-count]")).to_have_text("3")
    for kept in StoredFile.objects.select_related("object"):
        hour = timezone.localtime(kept.arrived_at).strftime("%Y-%m-%d %H:%M")
        expect(rows.filter(has_text=kept.object.md5)).to_contain_text(hour)
    before = rows.evaluate_all(ROWS)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(rows).to_have_count(3)
    assert rows.evaluate_all(ROWS) == before
    page.locator("[data-files]").set_input_files(str(_file(tmp_path, "b.fastq", 100)))
    expect(rows).to_have_count(4)
    page.locator("[data-arrived]").get_by_role("button", name="b.fastq").click()
    expect(rows).to_have_count(3)
    assert not StoredFile.objects.filter(name="b.fastq").exists()


def test_a_verdict_comes_into_the_row_and_who_stands_on_its_button_stays_there(
    page: Page, address: Any, tmp_path: Path
) -> None:
    page.goto(address())
    page.locator("[data-files]").set_input_files(str(_file(tmp_path, "a.fastq", 100)))
    row = page.locator("[data-arrived] tr")
    expect(row.locator(".badge")).to_have_text("Being inspected")
    row.get_by_role("button").focus()
    kept = StoredFile.objects.get()
    InspectionResult.objects.create(object_id=kept.object_id, qc_version="1", format="fastq", verdict="warn", seconds=0)
    expect(row.locator(".badge")).to_have_text("Caution")
    expect(row).to_have_attribute("data-verdict", "warn")
    expect(row.get_by_role("button", name="Remove a.fastq")).to_be_focused()


def test_pause_and_resume(page: Page, address: Any, tmp_path: Path) -> None:
    path = _file(tmp_path, "big.bam", 3_000_000)
    page.goto(address())
    _slowed(page, 200)
    page.locator("[data-files]").set_input_files(str(path))
    row = page.locator('[data-rows] tr[data-name="big.bam"]')
    bar = row.locator("progress")
    expect(bar, "a row that waits names its size, too: something has left").not_to_have_js_property("value", 0)
    row.get_by_role("button", name="Pause: big.bam").click()
    expect(row).to_have_attribute("data-state", "paused")
    expect(row.get_by_role("button", name="Resume: big.bam")).to_be_focused()
    kept = _kept_of_the_broken_part()
    expect(bar, "what has arrived is still told").to_have_js_property("value", kept)
    expect(row.locator(".uploader-said")).to_have_text(re.compile(r"^Paused [\d.]+ [KM]B / 2.9 MB$"))
    assert not StoredFile.objects.exists()
    _slowed(page, 100_000)
    row.get_by_role("button", name="Resume: big.bam").click()
    expect(page.locator("[data-arrived]")).to_contain_text("big.bam")
    expect(row).to_have_count(0)
    assert StoredFile.objects.get().object_id == _digest(path)


def test_after_a_reload_the_same_file_goes_on_where_it_stopped(page: Page, address: Any, tmp_path: Path) -> None:
    path = _file(tmp_path, "big.bam", 4_000_000)
    page.goto(address())
    _slowed(page, 300)
    page.locator("[data-files]").set_input_files(str(path))
    page.wait_for_function("() => document.querySelector('[data-rows] progress')?.value > 400000")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    _slowed(page, 100_000)
    row = page.locator('[data-rows] tr[data-name="big.bam"]')
    expect(row).to_contain_text(re.compile(r"Choose the same file again to go on from [1-9]\d? %"))
    kept = Upload.objects.get()
    assert 0 < kept.offset_bytes < kept.size_bytes
    page.locator("[data-files]").set_input_files(str(path))
    expect(page.locator("[data-arrived]")).to_contain_text("big.bam")
    expect(row).to_have_count(0)
    assert Upload.objects.get().pk == kept.pk
    assert StoredFile.objects.get().object_id == _digest(path)


def test_a_refused_file_says_why_in_korean_and_the_others_arrive(page: Page, address: Any, tmp_path: Path) -> None:
    bad, good = _file(tmp_path, "con.fastq", 100), _file(tmp_path, "good.fastq", 100)
    page.goto(address("ko"))
    page.locator("[data-files]").set_input_files([str(bad), str(good)])
    row = page.locator('[data-rows] tr[data-name="con.fastq"]')
    expect(row).to_contain_text("운영체제가 사용하는 이름입니다.")
    row.get_by_role("button").first.click()
    expect(page.locator("[data-arrived]")).to_contain_text("file-con.fastq")
    expect(page.locator("[data-arrived]")).to_contain_text("good.fastq")


def test_an_upload_waits_for_room_and_goes_on_by_itself(
    page: Page, address: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _file(tmp_path, "waits.fastq", 1000)
    page.clock.install()
    page.goto(address("ko"))
    row = page.locator('[data-rows] tr[data-name="waits.fastq"]')
    with monkeypatch.context() as patch:
        patch.setattr("biomoa.files.disk.shutil.disk_usage", lambda _: type("Usage", (), {"free": 1}))
        page.locator("[data-files]").set_input_files(str(path))
        expect(row).to_contain_text("저장 공간이 부족하여")
        expect(row).to_contain_text("tried again every few seconds")
        expect(row).to_have_attribute("data-state", "sending")
    page.clock.fast_forward(20_000)
    expect(page.locator("[data-summary]")).to_have_text(re.compile("^1 of 1"))
    assert StoredFile.objects.get().object_id == _digest(path)


def test_a_full_disk_stays_told_until_a_small_part_has_found_room(
    page: Page, address: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _file(tmp_path, "half.fastq", 3 * MIB)
    asked, has_room = list[int](), threading.Event()

    def check(incoming_bytes: int) -> None:
        asked.append(incoming_bytes)
        if len(asked) == 1:
            raise refused("storage-full")
        assert has_room.wait(60)

    monkeypatch.setattr("biomoa.files.uploads.check_space", check)
    page.clock.install()
    page.goto(address("ko"))
    row = page.locator('[data-rows] tr[data-name="half.fastq"]')
    page.locator("[data-files]").set_input_files(str(path))
    expect(row).to_contain_text("저장 공간이 부족하여")
    page.clock.fast_forward(20_000)
    until = time.monotonic() + 60
    while len(asked) < 2:
        assert time.monotonic() < until, "it was not tried again"
        page.wait_for_timeout(50)
    page.clock.run_for(1_000)
    expect(row).to_contain_text("저장 공간이 부족하여")
    has_room.set()
    expect(page.locator("[data-summary]")).to_have_text(re.compile("^1 of 1"))
    assert asked == [3 * MIB, MIB, 2 * MIB]
    assert StoredFile.objects.get().object_id == _digest(path)


def test_five_thousand_files_stand_in_the_list(page: Page, address: Any) -> None:
    page.goto(address())
    page.route("**/files/tus/**", lambda route: None)  # noqa: ARG005
    page.evaluate("""() => {
      const given = new DataTransfer();
      for (let n = 0; n < 5000; n++) given.items.add(new File(["x"], `f${n}.txt`));
      const drop = document.querySelector("[data-drop]");
      const input = document.querySelector("[data-files]");
      input.files = given.files;
      input.dispatchEvent(new Event("change"));
    }""")
    expect(page.locator("[data-rows] tr")).to_have_count(5000)


def test_without_script_a_plain_form_sends_files(client: Client, live_world: World, tmp_path: Path) -> None:
    client.force_login(live_world.users["member"])
    path = _file(tmp_path, "plain.fastq", 2_500_000)
    where = f"/files/shelves/{live_world.shelf.pk}/form"
    with path.open("rb") as file:
        answer = client.post(where, {"file": file, "next": f"/page/{live_world.shelf.pk}"})
    assert (answer.status_code, answer["Location"]) == (302, f"/page/{live_world.shelf.pk}")
    assert StoredFile.objects.get().object_id == _digest(path)
    page = client.get(f"/page/{live_world.shelf.pk}").content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert "plain.fastq" in page
    assert "style=" not in page
    guarded = Client(enforce_csrf_checks=True)
    guarded.force_login(live_world.users["member"])
    with path.open("rb") as file:
        assert guarded.post(where, {"file": file}).status_code == 403
    Shelf.objects.update(state="submitted")
    assert 'enctype="multipart/form-data"' not in client.get(f"/page/{live_world.shelf.pk}").content.decode()
