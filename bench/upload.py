"""Uploads through the web server against a bare loop that hashes and writes the same bytes, in one run.

    python bench/upload.py [--megabytes 1024] [--files 50] [--folder /tmp]

Prints seconds, MB/s and the ratio for one large file and for many small ones, and the most memory the server took.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.ports import held_port

BLOCK = 1024**2
SMALL_BYTES = 8 * 1024**2
CLIENTS = 4
HEADERS = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
PREPARE = """
import django; django.setup()
from datetime import timedelta
import hashlib
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.utils import timezone
from biomoa.files.services import new_shelf
from biomoa.people.models import Membership, Organisation, Token, User
group = Organisation.objects.create(code="bench", kind="group", name_ko="b")
user = User.objects.create_user("bench@example.org", "x")
Membership.objects.create(user=user, organisation=group, role="depositor")
Token.objects.create(user=user, name="b", prefix="b", digest=hashlib.sha256(b"bench").hexdigest(),
                     scopes=["deposit"], expires_at=timezone.now() + timedelta(days=1))
print(new_shelf(group.pk, group.pk).pk)
"""


class Server:
    """A station in a folder of its own behind gunicorn, as ``biomoa serve`` starts it."""

    def __init__(self, folder: Path, port: int) -> None:
        from biomoa.settings.station import create_home

        create_home(folder)
        self.port = port
        self.environment = {
            **os.environ,
            "BIOMOA_HOME": str(folder),
            "DJANGO_SETTINGS_MODULE": "biomoa.settings.django",
        }
        made = subprocess.run([sys.executable, "-c", PREPARE], env=self.environment, check=True, capture_output=True)
        self.shelf = made.stdout.decode().split()[-1]
        command = [sys.executable, "-m", "gunicorn", "-k", "gthread", "-w", "2", "--threads", "8"]
        command += ["-b", f"127.0.0.1:{self.port}", "--log-level", "error", "biomoa.site.wsgi"]
        self.process = subprocess.Popen(command, env=self.environment)
        self._wait()

    def _wait(self) -> None:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise SystemExit("the server does not answer")

    def peak_megabytes(self) -> float:
        """The most resident memory of the largest web process so far."""
        return max(_peak_kilobytes(int(child)) for child in self._children()) / 1024

    def cpu_seconds(self) -> float:
        """What all web processes have used so far."""
        return sum(_cpu_seconds(int(child)) for child in self._children())

    def _children(self) -> list[str]:
        return Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def upload(self, path: Path) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600, blocksize=BLOCK)
        where = f"/files/tus/{self.shelf}/"
        name = base64.b64encode(path.name.encode()).decode()
        headers = {**HEADERS, "Authorization": "Bearer bench"}
        size = path.stat().st_size
        created = {
            **headers,
            "Content-Type": "text/plain",
            "Upload-Length": str(size),
            "Upload-Metadata": f"filename {name}",
        }
        connection.request("POST", where, headers=created)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 201, answer.status
        place = str(answer.headers["Location"]).partition(str(self.port))[2]
        with path.open("rb") as file:
            connection.request(
                "PATCH", place, body=file, headers={**headers, "Upload-Offset": "0", "Content-Length": str(size)}
            )
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 204, answer.status
        connection.close()


def hash_and_write(path: Path, target: Path) -> None:
    """The least that must be done with the bytes of an upload."""
    sha256, md5 = hashlib.sha256(), hashlib.md5()
    with path.open("rb") as source, target.open("wb") as copy:
        while block := source.read(BLOCK):
            copy.write(block)
            sha256.update(block)
            md5.update(block)
        copy.flush()
        os.fsync(copy.fileno())


class Cost(NamedTuple):
    wall: float
    cpu: float


def cost(work: Callable[[], object], clock: Callable[[], float]) -> Cost:
    """Seconds on the wall, and of the processor by ``clock``."""
    begun, used = time.perf_counter(), clock()
    work()
    return Cost(time.perf_counter() - begun, clock() - used)


def in_parallel(work: Callable[[Path], None], paths: list[Path]) -> None:
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(work, paths))


def make_file(path: Path, size: int) -> Path:
    with path.open("wb") as file:
        while (left := size - file.tell()) > 0:
            file.write(os.urandom(min(16 * BLOCK, left)))
    return path


def tell(what: str, megabytes: float, bare: Cost, ours: Cost) -> None:
    print(
        f"{what}: bare {bare.wall:.2f} s ({megabytes / bare.wall:.0f} MB/s, CPU {bare.cpu:.2f} s), "
        f"upload {ours.wall:.2f} s ({megabytes / ours.wall:.0f} MB/s, server CPU {ours.cpu:.2f} s), "
        f"ratio {ours.wall / bare.wall:.2f} on the wall, {ours.cpu / bare.cpu:.2f} of CPU"
    )


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_kilobytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--megabytes", type=int, default=1024)
    options.add_argument("--files", type=int, default=50)
    options.add_argument("--folder", type=Path, default=None)
    given = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-upload-", dir=given.folder))
    with held_port() as port:
        server = Server(folder / "home", port)
        try:
            measure(server, folder, given.megabytes, given.files)
        finally:
            server.end()
            shutil.rmtree(folder, ignore_errors=True)


def measure(server: Server, folder: Path, megabytes: int, files: int) -> None:
    in_parallel(server.upload, [make_file(folder / f"warm-{n}.bin", 1000) for n in range(8)])
    at_rest = server.peak_megabytes()
    big = make_file(folder / "big.bin", megabytes * 1024**2)
    bare = cost(lambda: hash_and_write(big, folder / "copy"), time.process_time)
    ours = cost(lambda: server.upload(big), server.cpu_seconds)
    tell(f"1 x {megabytes} MB", megabytes, bare, ours)
    small = [make_file(folder / f"small-{n}.bin", SMALL_BYTES) for n in range(files)]
    copy = partial(in_parallel, lambda path: hash_and_write(path, path.with_suffix(".copy")), small)
    bare = cost(copy, time.process_time)
    ours = cost(partial(in_parallel, server.upload, small), server.cpu_seconds)
    tell(f"{files} x 8 MB, {CLIENTS} at a time", files * 8, bare, ours)
    print(f"server memory: {at_rest:.0f} MB at rest, {server.peak_megabytes():.0f} MB at most in one of 2 processes")


if __name__ == "__main__":
    main()
