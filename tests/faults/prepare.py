"""``python -m tests.faults.prepare``: a migrated station with people in it, as fast as it can be made."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import timedelta
from pathlib import Path


def main() -> None:
    from biomoa.settings.station import create_home

    create_home(Path(os.environ["BIOMOA_HOME"]))
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from biomoa.people.models import Membership, Organisation, Token, User

    group = Organisation.objects.create(code="lab", kind="group", name_ko="연구실", name_en="Lab")
    center, _ = Organisation.objects.get_or_create(
        code="KOBIC", defaults={"kind": "data-center", "name_ko": "센터", "name_en": "Center"}
    )
    tokens = {}
    for name, organisation, role in (("depositor", group, "depositor"), ("curator", center, "curator")):
        user = User.objects.create_user(f"{name}@example.org", None)
        Membership.objects.create(user=user, organisation=organisation, role=role)
        tokens[name] = f"bmo_faults-{name}-{os.urandom(8).hex()}"
        Token.objects.create(
            user=user, name="faults", prefix=tokens[name][:12], scopes=["read", "deposit", "curate"],
            digest=hashlib.sha256(tokens[name].encode()).hexdigest(), expires_at=timezone.now() + timedelta(days=30),
        )  # fmt: skip
    print(json.dumps(tokens))


if __name__ == "__main__":
    main()
