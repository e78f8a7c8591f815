"""``biomoa search`` and ``biomoa index rebuild``."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from biomoa.cli.station import start_django
from biomoa.cli.words import fail, whole
from biomoa.settings.station import home_folder, load_home


def add_commands(subparsers: Any) -> None:
    search = subparsers.add_parser("search", help="search the public records of the station")
    search.add_argument("query", nargs="?", default="", help="words; empty for all")
    search.add_argument("--type", action="append", default=[], help="only this type of record; may be repeated")
    search.add_argument("--limit", type=whole(1, 100), default=20, help="how many results (1 to 100)")
    search.add_argument("--page", type=whole(1), default=1)
    search.add_argument("--json", action="store_true")
    search.set_defaults(run=run_search)
    index = subparsers.add_parser("index", help="the search index").add_subparsers(dest="action", required=True)
    rebuild = index.add_parser("rebuild", help="build the index anew from the ledger; the old one serves meanwhile")
    rebuild.add_argument("--json", action="store_true")
    rebuild.set_defaults(run=run_rebuild)


def run_search(options: argparse.Namespace) -> int:
    """Prints what the search page would show; exit 0 also when nothing is found."""
    start_django(load_home(home_folder()))
    from biomoa.records.library import library
    from biomoa.search import today

    types = sorted({form.record_type for form in library().forms.values()})
    if strange := [name for name in options.type if name not in types]:
        return fail(f"no type {', '.join(strange)}; there are: {', '.join(types)}")
    found = today.search(options.query, types=options.type, page=options.page, size=options.limit)
    if options.json:
        results = [
            {"accession": hit.accession, "type": hit.type, "title": hit.title, "url": hit.url} for hit in found.results
        ]
        print(json.dumps({"total": found.total, "results": results}, ensure_ascii=False))
        return 0
    for hit in found.results:
        print(f"{hit.accession}\t{hit.type}\t{hit.title}")
    print(f"{found.total} found", file=sys.stderr)
    return 0


def run_rebuild(options: argparse.Namespace) -> int:
    """Builds the index from the first entry of the ledger."""
    start_django(load_home(home_folder()))
    from biomoa.ledger.followers import rebuild
    from biomoa.search.followers import follower

    entries = rebuild(follower())
    print(json.dumps({"entries": entries}) if options.json else f"index rebuilt from {entries} entries of the ledger")
    return 0
