"""Commands of care: backup, restore, drill, scrub, tidy, doctor."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from biomoa.cli.station import start_django
from biomoa.cli.words import amount, language, told, whole
from biomoa.settings.station import Home, StationError, home_folder, load_home

if TYPE_CHECKING:
    from biomoa.operations.advice import Finding

HELP_OF_KEY = "file with the key (biomoa backup --new-key FILE makes one) or a passphrase of 12 or more characters"


# With these, Django does not start, or could only say the same in other words.
BEFORE_DJANGO = {
    "key-missing", "key-unreadable", "catalogue-broken",
    "database-missing", "database-closed", "database-broken", "database-trouble",
}  # fmt: skip


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    _add_backup(subparsers)
    _add_restore(subparsers)
    _add_drill(subparsers)
    _add_scrub(subparsers)
    _add_tidy(subparsers)
    doctor = subparsers.add_parser("doctor", help="say in plain words what is wrong with the station and what to do")
    doctor.add_argument("--retry-parked", action="store_true", help="start tasks and mails again that failed for good")
    again = "inspect files again that only an older version of the inspection has seen"
    doctor.add_argument("--inspect-again", action="store_true", help=again)
    right = "confirm a clock that jumped: what is due by its day is opened, which cannot be taken back"
    doctor.add_argument("--clock-is-right", action="store_true", help=right)
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=_doctor)


def _add_backup(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backup = subparsers.add_parser("backup", help="add a generation to a backup, while the station works")
    backup.add_argument("target", nargs="?", help="a folder on another disk, or s3://bucket/prefix")
    backup.add_argument("--encrypt-to", metavar="FILE", type=_key_file, help=HELP_OF_KEY)
    backup.add_argument(
        "--keep", type=whole(1), default=0, metavar="N", help="keep the newest N generations (default: all)"
    )
    backup.add_argument("--new-key", metavar="FILE", type=Path, help="only make a new key file")
    backup.add_argument("--list", action="store_true", help="only list the generations")
    backup.add_argument("--json", action="store_true")
    backup.set_defaults(run=_backup)


def _add_restore(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    restore = subparsers.add_parser("restore", help="make an equal station from a backup in an empty --home")
    restore.add_argument("source", help="a folder, or s3://bucket/prefix")
    restore.add_argument("--generation", default="", help="default: the newest")
    restore.add_argument("--key", metavar="FILE", type=_key_file, help=HELP_OF_KEY)
    other = "a station.toml to use instead of the saved one (another database, storage, address)"
    restore.add_argument("--station-file", metavar="FILE", type=Path, help=other)
    restore.add_argument("--json", action="store_true")
    restore.set_defaults(run=_restore)


def _add_drill(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    drill = subparsers.add_parser("drill", help="restore a backup for practice, compare, and record the result")
    drill.add_argument("source", help="a folder, or s3://bucket/prefix")
    drill.add_argument("--generation", default="", help="default: the newest")
    drill.add_argument("--key", metavar="FILE", type=_key_file, help=HELP_OF_KEY)
    drill.add_argument("--scratch", metavar="FOLDER", type=Path, help="where to restore (default: the scratch folder)")
    drill.add_argument("--json", action="store_true")
    drill.set_defaults(run=_drill)


def _add_scrub(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    scrub = subparsers.add_parser("scrub", help="read every stored object and compare; exit 1 when damage stays")
    scrub.add_argument("--repair-from", default="", metavar="COPY", help="a backup, or a folder laid out as objects/")
    scrub.add_argument("--key", metavar="FILE", type=_key_file, help=HELP_OF_KEY)
    scrub.add_argument(
        "--rate", type=amount(0), default=0, metavar="MB/S", help="read at most so much (default: no limit)"
    )
    scrub.add_argument("--jobs", type=whole(1), default=1, help="readers at the same time")
    scrub.add_argument("--json", action="store_true")
    scrub.set_defaults(run=_scrub)


def _add_tidy(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    tidy = subparsers.add_parser("tidy", help="let go of objects that nothing names and of abandoned scratch files")
    tidy.add_argument(
        "--safe-hours", type=amount(0), default=24.0, help="what changed later is left alone (default: 24)"
    )
    tidy.add_argument("--dry-run", action="store_true", help="only tell")
    tidy.add_argument("--json", action="store_true")
    tidy.set_defaults(run=_tidy)


def _key_file(word: str) -> Path:
    """For ``type=``: a file with text, by name where it is none."""
    try:
        Path(word).read_text(encoding="utf-8")
    except OSError as error:
        raise argparse.ArgumentTypeError(told(error)) from error
    except UnicodeDecodeError as error:
        raise argparse.ArgumentTypeError(f"{word} holds neither a key nor a passphrase: it is not text") from error
    return Path(word)


def _backup(options: argparse.Namespace) -> int:
    if options.new_key:
        return _make_key(options.new_key)
    if not options.target:
        raise ValueError("name the place of the backup: biomoa backup TARGET")
    if options.list:
        return _list(options)
    start_django(load_home(home_folder()))
    from biomoa.operations.backup import back_up
    from biomoa.people.rules import system

    report = back_up(system("operator"), options.target, options.encrypt_to, options.keep)
    _tell(report, options.json, [
        f"generation {report.generation} in {report.place}",
        f"{report.objects} objects ({_size(report.object_bytes)}), {report.new_objects} of them new"
        f" ({_size(report.new_bytes)}); database {_size(report.database_bytes)}; {report.milliseconds / 1000:.1f} s",
        *(
            f"MISSING at the station: object {sha256}"
            + (f": {report.lost_files[sha256]}" if sha256 in report.lost_files else "")
            for sha256 in report.missing
        ),
        *(
            [f"{len(report.missing)} objects are lost at the station, and no older generation was dropped: "
             f"biomoa scrub --repair-from {report.place}"] if report.missing else []
        ),
    ])  # fmt: skip
    return 0 if report.is_good else 1


def _make_key(path: Path) -> int:
    from biomoa.operations.sealing import new_key_text

    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(new_key_text())
    print(f"{path}: keep a copy away from the station; without it an encrypted backup cannot be read")
    return 0


def _list(options: argparse.Namespace) -> int:
    from biomoa.operations.vault import open_vault

    vault = open_vault(options.target, options.encrypt_to)
    manifests = [vault.manifest(name) for name in vault.generations()]
    if options.json:
        print(json.dumps([msgspec.to_builtins(manifest) for manifest in manifests], ensure_ascii=False))
        return 0
    for manifest in manifests:
        print(f"{manifest.generation}  {manifest.objects} objects, {_size(manifest.object_bytes)}, ledger "
              f"{manifest.ledger_seq}")  # fmt: skip
    return 0


def _restore(options: argparse.Namespace) -> int:
    from biomoa.jobs import steps
    from biomoa.operations.restore import put_back
    from biomoa.operations.vault import open_vault

    if fault := os.environ.get(steps.FAULT_VARIABLE):
        steps.arm(fault)
    started_at = datetime.now(UTC)
    vault = open_vault(options.source, options.key)
    restored = put_back(vault, home_folder(), options.generation, options.station_file)
    _start_unnamed(restored.home)
    from biomoa.operations.reopening import reopen
    from biomoa.people.rules import system

    report = reopen(system("operator"), restored, started_at)
    _tell(report, options.json, [
        f"{report.home} is the station of {report.made_at} (generation {report.generation})",
        f"{report.objects} objects ({_size(report.object_bytes)}) and {report.rows} rows, each compared;"
        f" ledger of {report.ledger_seq} entries; {report.milliseconds / 1000:.1f} s",
        *(f"PROBLEM: {problem}" for problem in report.problems),
    ])  # fmt: skip
    return 0 if report.is_good else 1


def _drill(options: argparse.Namespace) -> int:
    start_django(load_home(home_folder()))
    from biomoa.operations.drill import hold_drill
    from biomoa.people.rules import system

    report = hold_drill(system("operator"), options.source, options.key, options.generation, options.scratch)
    _tell(report, options.json, [
        f"generation {report.generation}: {report.objects} objects ({_size(report.object_bytes)}), {report.rows} rows,"
        f" ledger of {report.ledger_seq} entries restored in {report.milliseconds / 1000:.1f} s",
        *(f"PROBLEM: {problem}" for problem in report.problems),
        "the restored station is equal" if report.is_good else "THIS BACKUP DOES NOT GIVE AN EQUAL STATION",
    ])  # fmt: skip
    return 0 if report.is_good else 1


def _scrub(options: argparse.Namespace) -> int:
    start_django(load_home(home_folder()))
    from biomoa.operations.scrub import scrub
    from biomoa.people.rules import system

    show = _progress if sys.stderr.isatty() and not options.json else None
    report = scrub(system("operator"), options.repair_from, options.key, options.rate * 1e6, options.jobs, show)
    repaired = set(report.repaired)
    _tell(report, options.json, [
        *(f"{'repaired' if d.sha256 in repaired else 'DAMAGED'}: {d.kind} object {d.sha256}" for d in report.damages),
        *(f"stray: {name}" for name in report.strays),
        f"{report.objects} objects ({_size(report.object_bytes)}) read at {report.megabytes_per_second:.0f} MB/s:"
        f" {len(report.damages)} damaged, {len(report.repaired)} repaired, {len(report.strays)} strays",
    ])  # fmt: skip
    return 0 if report.is_good else 1


def _progress(read_bytes: int, all_bytes: int) -> None:
    sys.stderr.write(f"\r{_size(read_bytes)} of {_size(all_bytes)} ")


def _tidy(options: argparse.Namespace) -> int:
    start_django(load_home(home_folder()))
    from biomoa.operations.tidy import tidy
    from biomoa.people.rules import system

    report = tidy(system("operator"), options.safe_hours, dry_run=options.dry_run)
    _tell(report, options.json, [
        f"{'would be ' if report.dry_run else ''}set aside: {report.set_aside}; let go: {report.let_go}"
        f" ({_size(report.freed_bytes)}); put back: {report.put_back}; abandoned scratch entries: {report.scratch}"
    ])  # fmt: skip
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from biomoa.operations.advice import finding
    from biomoa.operations.doctor import examine_home

    findings: list[Finding] = []
    try:
        home = load_home(home_folder())
        findings += examine_home(home)
    except StationError as error:
        findings.append(finding("home-not-a-station", "error", detail=error))
    else:
        if not any(each.code in BEFORE_DJANGO for each in findings):
            findings += _look_inside(home, options)
    is_good = all(each.severity != "error" for each in findings)
    if options.json:
        print(json.dumps({"good": is_good, "findings": msgspec.to_builtins(findings)}, ensure_ascii=False))
    else:
        _print_findings(findings)
    return 0 if is_good else 1


def _look_inside(home: Home, options: argparse.Namespace) -> list[Finding]:
    """What is wrong with a station must not keep the doctor from telling the rest."""
    from biomoa.operations.advice import finding
    from biomoa.operations.doctor import examine_station

    found: list[Finding] = []
    try:
        start_django(home)
        if options.retry_parked:
            _retry_parked()
        if options.inspect_again:
            _inspect_again()
        if options.clock_is_right:
            _confirm_clock()
        found += examine_station(home)
    except Exception as error:
        if os.environ.get("BIOMOA_TRACEBACK"):
            raise
        found.append(finding("not-looked-at", "error", detail=" ".join(str(error).split())[:500]))
    return found


def _inspect_again() -> None:
    from biomoa.files.tasks import inspect_again

    print(f"queued: {inspect_again():,}", file=sys.stderr)


def _confirm_clock() -> None:
    from biomoa.jobs.timekeeping import confirm

    print("the clock is believed" if confirm() else "the clock was not doubted", file=sys.stderr)


def _retry_parked() -> None:
    from biomoa.jobs.queries import failed_tasks
    from biomoa.jobs.queue import retry_failed
    from biomoa.notices.mailing import retry_parked

    retry_parked()
    for task in failed_tasks():
        retry_failed(task.id)


def _print_findings(findings: list[Finding]) -> None:
    marks = {"good": "  ok", "warning": "NOTE", "error": " BAD"}
    if language() == "ko":
        marks = {"good": "정상", "warning": "주의", "error": "문제"}
    for each in findings:
        print(f"{marks[each.severity]}  {each.message.in_(language())}")
        if each.severity != "good" and each.repair.en:
            print(f"      → {each.repair.in_(language())}")


def _start_unnamed(home: Home) -> None:
    """Django on a home that has no station.toml yet: it gets one when all is proven."""
    import django
    from django.conf import settings

    from biomoa.settings.assemble import assemble

    os.environ["BIOMOA_HOME"] = str(home.folder)
    settings.configure(**assemble(home))
    django.setup()


def _tell(report: msgspec.Struct, as_json: bool, lines: list[str]) -> None:
    if as_json:
        print(json.dumps({"good": report.is_good, **msgspec.to_builtins(report)}, ensure_ascii=False))  # type: ignore[attr-defined]
        return
    for line in lines:
        print(line)


def _size(size_bytes: int) -> str:
    size, unit = float(size_bytes), "B"
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
