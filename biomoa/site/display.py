"""How a reader wants pages shown: contrast and text size, kept in two cookies so that no page flashes."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.contrib.messages.storage.base import BaseStorage
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage

CONTRASTS = ("normal", "high")
SIZES = ("small", "medium", "large", "xlarge")
CONTRAST_COOKIE = "biomoa_contrast"
SIZE_COOKIE = "biomoa_size"
KEPT_SECONDS = 365 * 24 * 3600


def cookie_name(name: str) -> str:
    """Over https the name binds the cookie to this host (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{name}" if settings.SESSION_COOKIE_SECURE else name


def contrast_of(cookies: Mapping[str, str]) -> str:
    """The contrast asked for; ``normal`` for an absent or forged cookie."""
    asked = cookies.get(cookie_name(CONTRAST_COOKIE), "")
    return asked if asked in CONTRASTS else "normal"


def size_of(cookies: Mapping[str, str]) -> str:
    """The text size asked for; ``medium`` for an absent or forged cookie."""
    asked = cookies.get(cookie_name(SIZE_COOKIE), "")
    return asked if asked in SIZES else "medium"


def look_of(cookies: Mapping[str, str]) -> dict[str, str]:
    """What the frame of a page is drawn with."""
    return {"contrast": contrast_of(cookies), "text_size": size_of(cookies)}


class _HostCookie(CookieStorage):
    @property
    def cookie_name(self) -> str:  # type: ignore[override]
        return cookie_name("messages")


class HostMessages(FallbackStorage):
    """What a page tells once after the last step; its cookie is bound to this host like all others."""

    storage_classes: tuple[type[BaseStorage], ...] = (_HostCookie, SessionStorage)  # type: ignore[assignment]
