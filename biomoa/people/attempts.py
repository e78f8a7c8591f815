"""The table in which attempts to sign in are counted."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import transaction
from django.utils import timezone


class Attempts(DatabaseCache):  # type: ignore[misc]
    """Django's, but a count that the database could not keep is no silence.

    allauth would take it for somebody else's lock, and tell a person on a full disk of too many attempts.
    """

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        is_set = bool(super()._base_set(mode, key, value, timeout))
        if not is_set and (mode == "set" or (mode == "add" and not _is_held(key))):
            _write(key)
        return is_set


def _is_held(key: str) -> bool:
    from biomoa.people.models import CacheEntry

    return CacheEntry.objects.filter(cache_key=key, expires__gt=timezone.now()).exists()


def _write(key: str) -> None:
    """Raises what is wrong with the database, if it still is."""
    from biomoa.people.models import CacheEntry

    with transaction.atomic():
        trouble, _ = CacheEntry.objects.update_or_create(
            cache_key=f"trouble {key}"[:255], defaults={"value": "", "expires": timezone.now()}
        )
        trouble.delete()
