"""``biomoa ledger``: verify the chain, print or sign its head, export the heads for others to keep."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from biomoa.cli.station import start_django
from biomoa.settings.station import home_folder, load_home

if TYPE_CHECKING:
    from biomoa.ledger.signatures import Heads


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    actions = subparsers.add_parser("ledger", help="the ledger").add_subparsers(dest="action", required=True)
    verify = actions.add_parser("verify", help="find every break; with --heads also a ledger cut or rolled back")
    verify.add_argument("--heads", type=Path, help="signed heads kept earlier: /ledger/heads saved, or an export")
    verify.add_argument("--key", default="", help="the station's first public key, known from elsewhere")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(run=run_verify)
    head = actions.add_parser("head", help="the newest signed head")
    head.add_argument("--sign", action="store_true", help="sign where the ledger ends now")
    head.add_argument("--json", action="store_true")
    head.set_defaults(run=run_head)
    export = actions.add_parser("export", help="every key and signed head, for others to keep")
    export.add_argument("-o", "--output", type=Path, help="a file; else it is printed")
    export.set_defaults(run=run_export)


def run_verify(options: argparse.Namespace) -> int:
    """Exit 1 when anything is broken."""
    kept = _read_heads(options.heads) if options.heads else None
    start_django(load_home(home_folder()))
    from biomoa.ledger import heads
    from biomoa.ledger.models import Head

    breaks = list(heads.verify(kept, options.key))
    entries = Head.objects.get(id=1).seq
    if options.json:
        faults = [{"seq": b.seq, "fault": b.fault, "detail": b.detail} for b in breaks]
        print(json.dumps({"entries": entries, "good": not breaks, "breaks": faults}))
    else:
        for b in breaks:
            print(f"entry {b.seq}: {b.fault}: {b.detail}")
        print(f"{entries} entries, " + (f"{len(breaks)} breaks" if breaks else "the chain holds"))
    return 1 if breaks else 0


def run_head(options: argparse.Namespace) -> int:
    """Exit 1 when nothing has been signed yet."""
    start_django(load_home(home_folder()))
    from biomoa.ledger import heads

    if options.sign:
        heads.sign()
    found = heads.published().heads
    if not found and options.json:
        print(json.dumps(None))
    elif not found:
        print("no head has been signed yet", file=sys.stderr)
    if not found:
        return 1
    newest = found[-1]
    if options.json:
        print(json.dumps(msgspec.to_builtins(newest)))
    else:
        print(f"head {newest.number} of {newest.at}: {newest.seq} entries, {newest.hash}, key {newest.key}")
    return 0


def run_export(options: argparse.Namespace) -> int:
    """The document of ``/ledger/heads``."""
    start_django(load_home(home_folder()))
    from biomoa.ledger import heads

    text = json.dumps(msgspec.to_builtins(heads.published()), indent=1) + "\n"
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


def _read_heads(path: Path) -> Heads:
    from biomoa.ledger.signatures import Heads

    try:
        found: Any = msgspec.json.decode(path.read_bytes(), type=Heads)
    except (OSError, msgspec.DecodeError) as error:
        raise ValueError(f"{path}: not a file of signed heads ({error})") from error
    return found  # type: ignore[no-any-return]
