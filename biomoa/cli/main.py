"""``biomoa``: the command line is a contract. Exit 0 good, 1 the thing checked is bad, 2 wrong use or a failure."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from biomoa.cli.limits import reader_left
from biomoa.cli.words import fail, told

# command -> the module that knows it; only that one is imported, so `biomoa check` never waits for Django.
COMMANDS = {
    "init": "station",
    "demo": "station",
    "prepare": "station",
    "serve": "station",
    "worker": "station",
    "ledger": "ledger",
    "check": "forms",
    "template": "forms",
    "forms": "forms",
    "qc": "qc",
    "submit": "submit",
    "harvest": "harvest",
    "search": "search",
    "index": "search",
    "account": "account",
    "inbox": "inbox",
    "export": "export",
    "package": "packages",
    "backup": "operate",
    "restore": "operate",
    "drill": "operate",
    "scrub": "operate",
    "tidy": "operate",
    "doctor": "operate",
}
# These never work on a home: what they write is for whom its writer says.
ON_FILES_ALONE = {"forms", "qc", "submit", "harvest"}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    options = _parser(arguments).parse_args(arguments)
    if options.home:
        os.environ["BIOMOA_HOME"] = options.home
    try:
        with _closed_to_others(options.command):
            code = int(options.run(options))
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return reader_left()
    except Exception as error:  # the contract: one clear line; the traceback on request
        if os.environ.get("BIOMOA_TRACEBACK"):
            raise
        return fail(told(error))


@contextmanager
def _closed_to_others(command: str) -> Iterator[None]:
    """A home holds keys, sessions and letters: whatever its commands write is for the account that runs them."""
    if COMMANDS[command] in ON_FILES_ALONE:
        yield
        return
    kept = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(kept)


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="biomoa", description="BioMoa station. Exit 0 good, 1 bad, 2 wrong use.")
    parser.add_argument("--home", help="the station's home folder (default: BIOMOA_HOME, else ./station)")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    asked = next((word for word in arguments if word in COMMANDS), None)
    modules = [COMMANDS[asked]] if asked else sorted(set(COMMANDS.values()))
    for module in modules:
        importlib.import_module(f"biomoa.cli.{module}").add_commands(subparsers)
    _take_home(subparsers)
    return parser


def _take_home(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """``--home`` is taken after the command too, and after an action of it, as ``ledger verify``."""
    for command in subparsers.choices.values():
        command.add_argument("--home", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        for action in command._actions:
            if isinstance(action, argparse._SubParsersAction):
                _take_home(action)


if __name__ == "__main__":
    sys.exit(main())
