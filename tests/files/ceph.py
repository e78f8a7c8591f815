"""A Ceph of one node with its S3 gateway (Debian: radosgw ceph-mon ceph-osd ceph-mgr ceph-common), for the tests."""

from __future__ import annotations

import shutil
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from contextlib import ExitStack, suppress
from pathlib import Path

from tests.ports import held_port

KEY, SECRET = "testkey", "testsecret"
PROGRAMS = ("ceph", "ceph-authtool", "ceph-mgr", "ceph-mon", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin")
CAPABILITIES = [word for kind in ("mon", "osd", "mgr", "mds") for word in ("--cap", kind, "allow *")]

CONFIGURATION = """
[global]
fsid = {fsid}
mon host = {monitor}
keyring = {folder}/keyring
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
ms bind ipv4 = true
ms bind port min = {first_port}
ms bind port max = {last_port}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd crush initial weight = 1
osd objectstore = bluestore
osd memory target = 939524096
osd max object name len = 256
osd max object namespace len = 64
bluestore block size = 4294967296
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
mon data avail crit = 1
mon data avail warn = 2
run dir = {folder}
admin socket = {folder}/$name.asok
pid file = {folder}/$name.pid
log file = {folder}/$name.log
mon cluster log file = {folder}/cluster.log
mon data = {folder}/mon
mgr data = {folder}/mgr
osd data = {folder}/osd
[client.rgw]
rgw data = {folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:{gateway_port}
"""


def missing_programs() -> list[str]:
    return [name for name in PROGRAMS if shutil.which(name) is None]


class Ceph:
    """Processes in the foreground, so that each is ended by the handle that started it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self._held = ExitStack()
        self.port, second, third, first = (self._held.enter_context(held_port()) for _ in range(4))
        self.fsid = str(uuid.uuid4())
        monitor = f"[v2:127.0.0.1:{second},v1:127.0.0.1:{third}]"
        self.monitor = monitor
        text = CONFIGURATION.format(
            fsid=self.fsid, monitor=monitor, folder=folder, first_port=first, last_port=min(first + 200, 65535),
            gateway_port=self.port,
        )  # fmt: skip
        (folder / "ceph.conf").write_text(text)
        for name in ("mon", "mgr", "osd", "rgw"):
            (folder / name).mkdir()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._make_keys()
        self._run("ceph-mon", "--mkfs", "-i", "a", "--monmap", "monmap", "--keyring", "keyring")
        self._start("ceph-mon", "-f", "-i", "a")
        self._start("ceph-mgr", "-f", "-i", "x")
        number = self._run("ceph", "--connect-timeout", "30", "osd", "create", self.fsid).strip()
        self._run("ceph-osd", "-i", number, "--mkfs", "--osd-uuid", self.fsid)
        self._start("ceph-osd", "-f", "-i", number)
        self._start("radosgw", "-f", "-n", "client.rgw")
        self._wait_for_gateway()
        person = ["user", "create", "--uid=tests", "--display-name=tests"]
        self._run("radosgw-admin", *person, f"--access-key={KEY}", f"--secret={SECRET}")

    def end(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()
        self._held.close()

    def _make_keys(self) -> None:
        self._plain("monmaptool", "--create", "--clobber", "--fsid", self.fsid, "--addv", "a", self.monitor, "monmap")
        self._plain("ceph-authtool", "-C", "keyring", "-n", "mon.", "--gen-key", "--cap", "mon", "allow *")
        for name in ("client.admin", "client.rgw", "mgr.x", "osd.0"):
            self._plain("ceph-authtool", "keyring", "-n", name, "--gen-key", *CAPABILITIES)

    def _run(self, program: str, *words: str) -> str:
        return self._plain(program, "-c", "ceph.conf", *words)

    def _plain(self, *command: str) -> str:
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=180, check=False)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr[-2000:]}")
        return done.stdout

    def _start(self, program: str, *words: str) -> None:
        with (self.folder / f"{program}.out").open("wb") as out:
            command = [program, "-c", "ceph.conf", *words]
            self.processes.append(subprocess.Popen(command, cwd=self.folder, stdout=out, stderr=out))

    def _wait_for_gateway(self) -> None:
        until = time.monotonic() + 180
        while time.monotonic() < until:
            with suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(self.endpoint, timeout=2).close()
                return
            time.sleep(0.3)
        raise RuntimeError("the S3 gateway does not answer: " + (self.folder / "radosgw.out").read_text()[-2000:])
