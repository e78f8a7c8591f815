"""The sandbox: whatever a file does to the child, the answer is a finding and the next file is inspected."""

from __future__ import annotations

import gzip
import hashlib
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from biomoa.qc import child as child_module
from biomoa.qc.runner import inspect_many
from biomoa.qc.sandbox import Sandbox

READ = b"@r1\nACGT\n+\nIIII\n"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.fastq"
    path.write_bytes(READ)
    return path


def codes(found: object) -> set[str]:
    return {finding.code for finding in found.findings}  # type: ignore[attr-defined]


def test_a_good_file_passes_with_both_checksums(good: Path) -> None:
    found = Sandbox().inspect(good, name=good.name)
    assert (found.verdict, found.format, found.metrics["reads"]) == ("pass", "fastq", 1)
    assert found.checksums == {"md5": hashlib.md5(READ).hexdigest(), "sha256": hashlib.sha256(READ).hexdigest()}
    assert found.path == str(good)


def test_children_outlive_the_thread_that_asked_first(good: Path) -> None:
    sandbox = Sandbox()
    for _ in range(3):
        thread = threading.Thread(target=lambda: sandbox.inspect(good, name=good.name))
        thread.start()
        thread.join()
        time.sleep(0.1)
        assert sandbox.inspect(good, name=good.name).verdict == "pass"


def test_many_files_keep_their_order(tmp_path: Path) -> None:
    paths = []
    for number in range(12):
        paths.append(tmp_path / f"{number}.fastq")
        paths[-1].write_bytes(READ * (number + 1))
    assert [found.metrics["reads"] for found in inspect_many(paths, jobs=3)] == list(range(1, 13))


@pytest.fixture
def endless(tmp_path: Path) -> Iterator[Path]:
    """A file large enough that its inspection takes a while."""
    path = tmp_path / "large.fastq.gz"
    with gzip.open(path, "wb", compresslevel=1) as out:
        for _ in range(40):
            out.write(b"".join(b"@r%d\n%s\n+\n%s\n" % (n, b"ACGTTGCA" * 40, b"IIIIFFFF" * 40) for n in range(5_000)))
    yield path


def test_a_killed_child_is_a_finding_and_the_next_file_is_inspected(endless: Path, good: Path) -> None:
    sandbox = Sandbox()
    assert sandbox.inspect(good, name=good.name).verdict == "pass"
    child = sandbox._idle.queue[0]
    os.kill(child._process.pid, signal.SIGSTOP)  # however fast it is, it is not done before the signal

    def kill() -> None:
        while not sandbox._idle.empty():
            time.sleep(0.01)
        time.sleep(0.2)  # taken off the shelf it is asked at once
        os.kill(child._process.pid, signal.SIGSEGV)
        os.kill(child._process.pid, signal.SIGCONT)

    killer = threading.Thread(target=kill)
    killer.start()
    found = sandbox.inspect(endless, name=endless.name)
    killer.join()
    assert (found.verdict, codes(found)) == ("fail", {"inspection-crashed"})
    assert found.checksums["sha256"] == hashlib.sha256(endless.read_bytes()).hexdigest()
    assert sandbox.inspect(good, name=good.name).verdict == "pass"


def test_a_hang_ends_at_the_limit_of_time(endless: Path, good: Path) -> None:
    found = Sandbox(seconds=0.05).inspect(endless, name=endless.name)
    assert codes(found) == {"inspection-timeout"}
    assert Sandbox().inspect(good, name=good.name).verdict == "pass"


def test_too_little_memory_is_a_finding(good: Path) -> None:
    found = Sandbox(memory_bytes=200 * 1024**2).inspect(good, name=good.name)
    assert found.verdict == "fail"
    assert codes(found) <= {"inspection-out-of-memory", "inspection-crashed"}


def test_a_bomb_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "bomb.fastq.gz"
    with gzip.open(path, "wb", compresslevel=9) as out:
        out.write(b"@r\n")
        for _ in range(1_300):
            out.write(b"A" * 1_000_000)
    found = Sandbox().inspect(path, name=path.name)
    assert found.verdict == "fail"
    assert codes(found) & {"compression-bomb", "fastq-not-fastq"}


def test_a_child_has_no_network() -> None:
    """In its own process the child has no way to a listener of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            child_module._leave_the_network(__import__("ctypes").CDLL(None, use_errno=True))
            socket.create_connection(("127.0.0.1", port), timeout=2)
            os.write(writer, b"reached")
        except BaseException:
            os.write(writer, b"refused")
        os._exit(0)
    os.waitpid(pid, 0)
    assert os.read(reader, 10) == b"refused"
    listener.close()


def test_secrets_of_the_station_are_not_in_the_childs_environment(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIOMOA_DATABASE_PASSWORD", "secret")
    sandbox = Sandbox()
    sandbox.inspect(good, name=good.name)
    environment = Path(f"/proc/{sandbox._idle.queue[0]._process.pid}/environ").read_bytes()
    assert b"secret" not in environment
    assert b"BIOMOA" not in environment


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="not a regular file"):
        Sandbox().inspect(tmp_path, name="x")


def test_an_unknown_format_is_refused_by_name(good: Path) -> None:
    with pytest.raises(ValueError, match="fastq"):
        Sandbox().inspect(good, name=good.name, format="nope")
