"""The world of the records' tests, its followers, and a mail server that really listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from biomoa.ledger.followers import follow
from biomoa.notices.followers import follower
from biomoa.notices.models import Notice
from biomoa.people.models import User
from biomoa.people.rules import Actor
from tests.notices.smtp import MailServer, mail_server
from tests.records.conftest import _catalogue, lasting_world, world  # noqa: F401


@pytest.fixture
def heard() -> Callable[[Actor], list[str]]:
    """The kinds of notices of a person in their order, after following."""

    def list_(actor: Actor) -> list[str]:
        follow(follower())
        return list(Notice.objects.filter(user_id=actor.user_id).order_by("seq", "pk").values_list("kind", flat=True))

    return list_


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 60
        settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = False, ""
        yield server


@pytest.fixture
def address_of() -> Callable[[Actor], str]:
    return lambda actor: User.objects.get(pk=actor.user_id).email
