"""``biomoa harvest URL --into FILE``: a station's public records as one SQLite file, kept up to date.

The same command again brings what changed since; killed half-way, it goes on where it stood.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec

from biomoa.cli.words import fail, language
from biomoa.client import Client, ClientError, Conflict
from biomoa.client.harvest import harvest


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = subparsers.add_parser("harvest", help="copy a station's public records, and later what changed")
    command.add_argument("station", metavar="URL", help="the station, as https://station.example.org")
    command.add_argument("--into", required=True, type=Path, metavar="FILE", help="SQLite file, made where missing")
    command.add_argument("--anew", action="store_true", help="from the start; the old records stand meanwhile")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=_harvest)


def _harvest(options: argparse.Namespace) -> int:
    try:
        with Client(options.station, language=language()) as station:
            found = harvest(station, options.into, anew=options.anew, tell=_tell if sys.stderr.isatty() else None)
    except Conflict as error:
        return fail(f"{error.detail} (--anew)")
    except ClientError as error:
        return fail(str(error))
    if options.json:
        print(msgspec.json.encode(found).decode())
    else:
        print(f"{found.changed} changed, {found.removed} removed; {options.into} holds {found.records} records")
    return 0


def _tell(changes: int) -> None:
    print(f"\r{changes} changes", end="", file=sys.stderr, flush=True)
