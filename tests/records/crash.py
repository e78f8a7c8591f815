"""``python -m tests.records.crash SUBMISSION CURATOR FAULT``: accepts a submission and dies at the named step."""

from __future__ import annotations

import os
import sys


def main(submission_id: int, curator_id: int, fault: str) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    settings.DATABASES["default"]["NAME"] = os.environ["BIOMOA_CRASH_DATABASE"]
    connections["default"].settings_dict["NAME"] = os.environ["BIOMOA_CRASH_DATABASE"]

    from biomoa.jobs.steps import arm
    from biomoa.people.models import User
    from biomoa.people.queries import actor_of
    from biomoa.records import services_curation

    arm(fault)
    services_curation.accept(actor_of(User.objects.get(pk=curator_id)), submission_id)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
