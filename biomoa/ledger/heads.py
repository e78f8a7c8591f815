"""Signing where the chain ends, once a day; the keys that sign; what is published and what others kept of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from biomoa.ledger import models, rules, services, signatures
from biomoa.ledger.models import SignedHead, SigningKey
from biomoa.ledger.signatures import Heads, Key

KEY_FILE = "ledger.key"
NEXT_KEY_FILE = "ledger.key.next"
HOURS_SETTING = "head-hours"
HOURS = "24"
OWN_LABEL = "system:ledger"


class KeyLost(Exception):
    """The private key that belongs to the station's newest public key is not in its home."""


def sign_due(now: datetime | None = None) -> bool:
    """Clock job: signs the head when the last one is older than the setting says; whether it did.

    A clock that was set back counts as due, too: the order of heads is their number.
    """
    now = now or timezone.now()
    last = SignedHead.objects.order_by("-number").first()
    hours = timedelta(hours=int(get_setting(HOURS_SETTING, HOURS)))
    if last and abs(now - datetime.fromisoformat(last.at)) < hours:
        return False
    sign(now)
    return True


def sign(now: datetime | None = None) -> SignedHead:
    """Signs where the chain ends now, and publishes it. Raises KeyLost."""
    at = rules.instant((now or timezone.now()).astimezone(UTC))
    with transaction.atomic():
        # The chain cannot grow, nor another process sign, while its head is locked.
        head = models.Head.objects.select_for_update().get(id=1)
        key = _current_key(at)
        last = SignedHead.objects.order_by("-number").values_list("number", flat=True).first() or 0
        signature = signatures.sign_head(_private_of(key), last + 1, at, head.seq, head.hash, key.number)
        return SignedHead.objects.create(
            number=last + 1, at=at, seq=head.seq, hash=head.hash, key=key.number, signature=signature
        )


def published() -> Heads:
    """Every key and signed head of this station, for anybody to keep."""
    keys = SigningKey.objects.order_by("number").values_list("number", "public", "since", "endorsement")
    heads = SignedHead.objects.order_by("number").values_list("number", "at", "seq", "hash", "key", "signature")
    return Heads(
        settings.BIOMOA_HOME.station.address,
        tuple(Key(*key) for key in keys),
        tuple(signatures.Head(*head) for head in heads),
    )


def verify(kept: Heads | None = None, trusted: str = "") -> Iterator[rules.Break]:
    """Every break of the chain, held against the station's own signed heads and against those that someone kept."""
    own = published()
    yield from signatures.iter_forgeries(own, trusted)
    anchors = signatures.anchors_of(own.heads)
    if kept is not None:
        first = own.keys[0].public if own.keys else ""
        yield from signatures.iter_forgeries(kept, trusted or first)
        yield from _iter_differences(own, kept)
        anchors |= signatures.anchors_of(kept.heads)
    yield from services.verify(anchors)


def _iter_differences(own: Heads, kept: Heads) -> Iterator[rules.Break]:
    mine = {head.number: head for head in own.heads}
    for head in kept.heads:
        if head.number not in mine:
            yield rules.Break(head.seq, "rolled-back", f"head {head.number} was published and is not here")
        elif mine[head.number] != head:
            yield rules.Break(head.seq, "rewritten", f"head {head.number} is not the one that was published")


def rotate_key(actor: str) -> SigningKey:
    """A new key, endorsed by the one before, with its entry; the private one is on the disk before the row is.

    To be called by the confirmed proposal, in its transaction. Raises KeyLost.
    """
    at = rules.instant(timezone.now().astimezone(UTC))
    old = _current_key(at)
    private = secrets.token_hex(32)
    _write_key(_home() / NEXT_KEY_FILE, private)
    public = signatures.public_of(private)
    endorsement = signatures.endorse(_private_of(old), old.number + 1, public, at)
    key = SigningKey.objects.create(number=old.number + 1, public=public, since=at, endorsement=endorsement)
    services.record(actor, "ledger:key-rotated", "ledger", {"key": key.number, "public": public})
    transaction.on_commit(lambda: _settle_key(key))
    return key


def get_setting(name: str, default: str) -> str:
    found = models.Setting.objects.filter(pk=name).values_list("value", flat=True).first()
    return default if found is None else found


def _current_key(at: str) -> SigningKey:
    """The newest key; at the very first call the one that ``init`` made becomes key 1."""
    found = SigningKey.objects.order_by("-number").first()
    if found:
        return found
    path = _home() / KEY_FILE
    if not path.exists():
        _write_key(path, secrets.token_hex(32))  # a station made before there were keys
    private = path.read_text().strip()
    public = signatures.public_of(private)
    own = signatures.endorse(private, 1, public, at)
    return SigningKey.objects.create(number=1, public=public, since=at, endorsement=own)


def _private_of(key: SigningKey) -> str:
    """The private key in the home that belongs to ``key``. Raises KeyLost."""
    _settle_key(key)
    path = _home() / KEY_FILE
    private = path.read_text().strip() if path.is_file() else ""
    if not private or signatures.public_of(private) != key.public:
        raise KeyLost(f"{path}: not the private key of ledger key {key.number}; restore it from the backup")
    return private


def _settle_key(key: SigningKey) -> None:
    """Puts a rotated key in its place; also what a crash between the commit and this left undone."""
    waiting = _home() / NEXT_KEY_FILE
    if waiting.is_file() and signatures.public_of(waiting.read_text().strip()) == key.public:
        waiting.replace(_home() / KEY_FILE)
        _sync_folder(_home())


def _write_key(path: Path, private: str) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, private.encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _home() -> Path:
    home: Path = settings.BIOMOA_HOME.folder
    return home
