"""``biomoa inbox SUBMISSION --by EMAIL``: takes a very large delivery from the inbox folder of the station."""

from __future__ import annotations

import argparse
import json
import sys

from biomoa.cli.station import start_django
from biomoa.cli.words import fail
from biomoa.settings.station import home_folder, load_home


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    inbox = subparsers.add_parser("inbox", help="take files that lie in inbox/SUBMISSION/ into a draft")
    inbox.add_argument("submission", help="its code, as SUB00000012; also the name of the folder")
    inbox.add_argument("--by", required=True, metavar="EMAIL", help="the member of its group who delivers")
    inbox.add_argument("--json", action="store_true")
    inbox.set_defaults(run=_inbox)


def _inbox(options: argparse.Namespace) -> int:
    start_django(load_home(home_folder()))
    from biomoa.files.inbox import receive_inbox
    from biomoa.files.problems import FileProblem
    from biomoa.people.models import User
    from biomoa.people.queries import actor_of
    from biomoa.records.queries import get_submission
    from biomoa.records.refusals import NotFound

    user = User.objects.filter(email__iexact=options.by, is_active=True).first()
    if not user:
        return fail(f"{options.by}: no such account")
    actor = actor_of(user)
    try:
        submission = get_submission(actor, options.submission)
        receipt = receive_inbox(actor, submission.shelf, options.submission)
    except NotFound:
        return fail(f"{options.submission}: no such submission of {options.by}")
    except FileProblem as refusal:
        return fail(str(refusal))
    told = [
        {"name": file.name, "sha256": file.object_id, "size_bytes": file.object.size_bytes} for file in receipt.files
    ]
    left = [{"code": one.code, "file": one.file, "message": {"ko": one.message.ko, "en": one.message.en}}
            for one in receipt.problems]  # fmt: skip
    if options.json:
        print(json.dumps({"submission": options.submission, "files": told, "problems": left}, ensure_ascii=False))
    else:
        for each in told:
            print(f"{each['sha256']}  {each['name']}")
        for one in receipt.problems:
            print(f"left where it lies: {one.message.en} [{one.code}]", file=sys.stderr)
    return 1 if left else 0
