"""``biomoa export ACCESSION... --as STANDARD``: write a standard's documents."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from biomoa.cli.station import start_django
from biomoa.cli.words import fail, language
from biomoa.settings.station import home_folder, load_home


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    export = subparsers.add_parser("export", help="write records as an outside standard")
    export.add_argument("accession", nargs="+")
    export.add_argument("--as", dest="standard", required=True, metavar="STANDARD",
                        help="sra-xml, datacite-xml, datacite-json, biosamples-json, jsonld, tsv, jsonl")  # fmt: skip
    export.add_argument("-o", "--output", help="folder for the documents (default: standard output)")
    export.add_argument("--only", action="store_true", help="these records alone, without what hangs on a project")
    export.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> int:
    start_django(load_home(home_folder()))
    from biomoa.exchange.bundle import NotExpressible
    from biomoa.exchange.services import export
    from biomoa.people.rules import system
    from biomoa.records.refusals import NotFound

    one_stream = not options.output or bool(Path(options.output).suffix)
    try:
        whole = not (options.only or one_stream)
        documents = export(system("operator"), options.accession, options.standard, whole=whole)
    except NotFound as error:
        return fail(f"no record {error} at this station")
    except NotExpressible as error:
        return fail(error.said.in_(language()))
    return _write_one(documents, options.output) if one_stream else _write_all(documents, Path(options.output))


def _write_all(documents: dict[str, bytes], folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in documents.items():
        (folder / name).write_bytes(content)
        print(folder / name)
    return 0


def _write_one(documents: dict[str, bytes], output: str | None) -> int:
    """One stream holds one document; the envelope of an archive's submission is left to the folder."""
    records = {name: content for name, content in documents.items() if name != "submission.xml"}
    if len(records) != 1:
        return fail(f"{len(records)} documents ({', '.join(records)}) do not fit one file; name a folder: -o FOLDER")
    content = next(iter(records.values()))
    if output:
        Path(output).write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
    return 0
