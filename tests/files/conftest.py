"""A group with a depositor, a curator of its center and a stranger; a shelf; a tus client of our own."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.utils import timezone

from biomoa.files.models import Shelf
from biomoa.files.services import new_shelf
from biomoa.files.storage import BucketStore
from biomoa.people.models import Membership, Organisation, Token, User
from biomoa.people.queries import actor_of
from biomoa.people.rules import Actor

from .ceph import KEY, SECRET, Ceph, missing_programs


@dataclass
class World:
    """Ids and actors; tokens are the secrets by name."""

    shelf: Shelf
    member: Actor
    curator: Actor
    stranger: Actor
    tokens: dict[str, str]
    users: dict[str, User]


def _user(name: str) -> User:
    return User.objects.create_user(f"{name}@example.org", "correct horse 9", name_en=name)


def _token(user: User, scopes: list[str], days: int = 1) -> str:
    secret = f"secret-{user.pk}-{'-'.join(scopes)}-{days}"
    Token.objects.create(
        user=user, name="test", prefix=secret[:12], digest=hashlib.sha256(secret.encode()).hexdigest(),
        scopes=scopes, expires_at=timezone.now() + timedelta(days=days),
    )  # fmt: skip
    return secret


def make_world() -> World:
    group = Organisation.objects.create(code="lab", kind="group", name_ko="연구실")
    center = Organisation.objects.create(code="center", kind="data-center", name_ko="센터")
    users = {name: _user(name) for name in ("member", "curator", "stranger")}
    Membership.objects.create(user=users["member"], organisation=group, role="depositor")
    Membership.objects.create(user=users["curator"], organisation=center, role="curator")
    tokens = {name: _token(user, ["deposit"]) for name, user in users.items()}
    tokens["expired"] = _token(users["member"], ["deposit"], days=-1)
    tokens["reader"] = _token(users["member"], ["read"])
    actors = {name: actor_of(user) for name, user in users.items()}
    return World(new_shelf(group.pk, center.pk), **actors, tokens=tokens, users=users)


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001
    return make_world()


@pytest.fixture(autouse=True)
def room_urls(settings: Any) -> None:
    settings.ROOT_URLCONF = f"{__package__}.urls"
    settings.CSRF_FAILURE_VIEW = f"{__package__}.urls.forged"


def pairs(**values: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


class Tus:
    """The least that a tus client does, each step apart."""

    def __init__(self, root: str, world: World, token: str = "member") -> None:
        self.address = f"{root}/files/tus/{world.shelf.pk}/"
        headers = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {world.tokens[token]}"}
        self.http = httpx.Client(headers=headers, timeout=60)

    def create(self, name: str, size: int, *, body: bytes | None = None, **headers: str) -> httpx.Response:
        extra = headers.pop("meta", "")
        meta = ",".join(part for part in (pairs(filename=name), extra) if part)
        sent = {"Upload-Length": str(size), "Upload-Metadata": meta.strip(), **_dashed(headers)}
        if body is not None:
            sent["Content-Type"] = "application/offset+octet-stream"
        return self.http.post(self.address, content=body, headers=sent)

    def patch(self, url: str, offset: int, body: Any, **headers: str) -> httpx.Response:
        sent = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream", **_dashed(headers)}
        return self.http.patch(url, content=body, headers=sent)

    def offset(self, url: str) -> int:
        return int(self.http.head(url).headers["Upload-Offset"])


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {key.replace("_", "-"): value for key, value in headers.items()}


@pytest.fixture
def tus(transactional_db: None, live_server: Any) -> Iterator[Tus]:  # noqa: ARG001
    client = Tus(live_server.url, make_world())
    yield client
    client.http.close()


@pytest.fixture
def live_world(tus: Tus) -> World:  # noqa: ARG001
    """The world of ``tus``."""
    member = User.objects.get(email="member@example.org")
    users = {name: User.objects.get(email=f"{name}@example.org") for name in ("member", "curator", "stranger")}
    actors = {name: actor_of(user) for name, user in users.items()}
    tokens = {name: f"secret-{user.pk}-deposit-1" for name, user in users.items()}
    tokens["expired"] = f"secret-{member.pk}-deposit--1"
    tokens["reader"] = f"secret-{member.pk}-read-1"
    return World(Shelf.objects.get(), **actors, tokens=tokens, users=users)


@pytest.fixture(scope="session")
def ceph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ceph]:  # noqa: ARG001
    """An S3 server for the session; where CI runs its programs must be there."""
    if missing := missing_programs():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"not installed: {', '.join(missing)}")
    # A short path: Ceph's sockets have names of at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="ceph-"))
    server = Ceph(folder)
    try:
        server.start()
        yield server
    finally:
        server.end()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def bucket(ceph: Ceph, tmp_path: Path) -> BucketStore:
    """A fresh bucket."""
    store = BucketStore(f"b{secrets.token_hex(6)}", ceph.endpoint, "us-east-1", KEY, SECRET, tmp_path)
    store.client.create_bucket(Bucket=store.bucket)
    return store
