"""``biomoa inbox``: the delivery of a folder, by command."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from django.conf import settings

from biomoa.cli import inbox, main
from biomoa.files.inbox import QUIET_SECONDS
from biomoa.files.queries import files_of_shelf
from biomoa.people.models import Membership, Organisation, User
from biomoa.people.queries import actor_of
from biomoa.records.services import create_submission

pytestmark = pytest.mark.django_db


def test_files_of_the_folder_reach_the_draft(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("start_django", "load_home"):
        monkeypatch.setattr(inbox, name, lambda home: home)
    monkeypatch.setattr(inbox, "home_folder", lambda: Path())
    group = Organisation.objects.create(code="lab", kind="group", name_ko="연구실", name_en="Lab")
    Organisation.objects.get_or_create(
        code="KOBIC", defaults={"kind": "data-center", "name_ko": "센터", "name_en": "C"}
    )
    user = User.objects.create_user("d@example.org", None)
    Membership.objects.create(user=user, organisation=group, role="depositor")
    stranger = User.objects.create_user("s@example.org", None)
    submission = create_submission(actor_of(user), group.pk)
    folder = settings.BIOMOA_HOME.inbox / submission.code
    folder.mkdir(parents=True)
    (folder / "a.fastq").write_bytes(b"@r\nA\n+\nI\n")
    (folder / "link.fastq").symlink_to("/etc/hostname")
    before = time.time() - QUIET_SECONDS - 60
    os.utime(folder / "a.fastq", (before, before))

    assert main.main(["inbox", submission.code, "--by", stranger.email]) == 2
    assert main.main(["inbox", submission.code, "--by", user.email, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in told["files"]] == ["a.fastq"]
    assert [one["code"] for one in told["problems"]] == ["inbox-not-regular"]
    assert [file.name for file in files_of_shelf(submission.shelf_id)] == ["a.fastq"]
    assert sorted(path.name for path in folder.iterdir()) == ["link.fastq"]
