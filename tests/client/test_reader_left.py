"""``biomoa ... | head``: quiet when the reader leaves, and a connection that breaks never ends a process."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from biomoa.cli.main import main


@pytest.mark.parametrize("command", [["forms", "biosample"], ["forms", "bioproject", "--json"]])
def test_a_reader_that_leaves_early_is_no_failure(command: list[str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "biomoa.cli.main", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout and process.stderr
    process.stdout.close()
    told = process.stderr.read()
    assert process.wait() == 128 + signal.SIGPIPE
    assert told == b""


def test_a_command_leaves_broken_connections_to_those_who_read_them(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGPIPE)
    assert main(["forms"]) == 0
    assert capsys.readouterr().out
    assert signal.getsignal(signal.SIGPIPE) == before == signal.SIG_IGN
