"""``biomoa package write | check | take-in``: released data as BagIt and OCFL, checked and taken in again."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import msgspec

from biomoa.cli.station import start_django
from biomoa.cli.words import fail
from biomoa.settings.station import home_folder, load_home

KINDS = ("bagit", "ocfl")


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    package = subparsers.add_parser("package", help="released records with their files as BagIt or OCFL packages")
    actions = package.add_subparsers(dest="action", required=True, metavar="ACTION")
    write = actions.add_parser("write", help="write what is released under these records")
    write.add_argument("accession", nargs="+")
    write.add_argument("--as", dest="kind", required=True, choices=KINDS)
    write.add_argument("-o", "--output", required=True, metavar="FOLDER", help="an OCFL object there gets a version")
    write.set_defaults(run=_write)
    check = actions.add_parser("check", help="is a package whole? BagIt 1.0 (RFC 8493), OCFL 1.0 and 1.1")
    check.add_argument("folder", nargs="+")
    check.add_argument("--json", action="store_true")
    check.set_defaults(run=_check)
    take_in = actions.add_parser("take-in", help="make a draft of a package: its rows and its files")
    take_in.add_argument("folder")
    take_in.add_argument("--by", required=True, metavar="EMAIL", help="the person to whom the draft belongs")
    take_in.add_argument("--group", metavar="CODE", help="the group (default: the person's only one)")
    take_in.add_argument("--json", action="store_true")
    take_in.set_defaults(run=_take_in)


def _write(options: argparse.Namespace) -> int:
    start_django(load_home(home_folder()))
    from biomoa.exchange.bundle import NotExpressible
    from biomoa.exchange.packages.ocfl_write import Broken
    from biomoa.exchange.services_packages import write_package
    from biomoa.records.refusals import NotFound

    for accession in options.accession:
        try:
            print(write_package(accession, options.kind, Path(options.output)))
        except NotFound:
            return fail(f"{accession}: no released record at this station")
        except (NotExpressible, Broken, OSError) as error:
            return fail(f"{accession}: {error}")
    return 0


def _check(options: argparse.Namespace) -> int:
    from biomoa.exchange.packages.contents import check_package

    reports = []
    for name in options.folder:
        if not Path(name).is_dir():
            return fail(f"{name}: no such folder")
        kind, faults = check_package(Path(name))
        good = not any(fault.severity == "error" for fault in faults)
        reports.append({"path": name, "kind": kind, "valid": good, "faults": msgspec.to_builtins(faults)})
    if options.json:
        print(json.dumps(reports, ensure_ascii=False))
    else:
        for report in reports:
            print(f"{report['path']}: {'whole' if report['valid'] else 'NOT WHOLE'} ({report['kind'] or 'no package'})")
            for fault in report["faults"]:
                print(f"  {fault['severity']} {fault['code']} {fault['at']}: {fault['detail']}")
    return 0 if all(report["valid"] for report in reports) else 1


def _take_in(options: argparse.Namespace) -> int:
    start_django(load_home(home_folder()))
    from biomoa.exchange.services_packages import Damaged, take_in
    from biomoa.files.problems import FileProblem
    from biomoa.people.queries import actor_of
    from biomoa.records.refusals import NotFound

    user, group = _person(options.by), options.group
    if not user:
        return fail(f"{options.by}: no such account")
    actor = actor_of(user)
    owner = _group(user.pk, group)
    if not owner:
        return fail(f"name one of the groups of {options.by} with --group CODE")
    try:
        receipt = take_in(actor, owner, Path(options.folder))
    except Damaged as damaged:
        if options.json:
            print(json.dumps({"valid": False, "faults": msgspec.to_builtins(damaged.faults)}, ensure_ascii=False))
        for fault in () if options.json else damaged.faults:
            print(f"{fault.code} {fault.at}: {fault.detail}", file=sys.stderr)
        return 1
    except (ValueError, OSError, FileProblem, NotFound) as error:
        return fail(f"{options.folder}: {error}")
    if options.json:
        print(msgspec.json.encode(receipt).decode())
    else:
        print(f"{receipt.submission}: {receipt.state}, {receipt.error_count} errors, {receipt.warning_count} warnings")
    return 0


def _person(email: str):  # type: ignore[no-untyped-def]
    from biomoa.people.models import User

    return User.objects.filter(email__iexact=email, is_active=True).first()


def _group(user_id: int, code: str | None) -> int | None:
    from biomoa.people.models import Membership

    own = Membership.objects.filter(user_id=user_id, role__in=("depositor", "manager"))
    found = own.filter(organisation__code=code) if code else own
    keys = set(found.values_list("organisation_id", flat=True))
    return keys.pop() if len(keys) == 1 else None
