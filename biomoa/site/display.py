"""How a reader wants pages shown: contrast and text size, kept in two cookies so that no page flashes."""

from __future__ import annotations

from collections.abc import Mapping

CONTRASTS = ("normal", "high")
SIZES = ("small", "medium", "large", "xlarge")
CONTRAST_COOKIE = "biomoa_contrast"
SIZE_COOKIE = "biomoa_size"
KEPT_SECONDS = 365 * 24 * 3600


def contrast_of(cookies: Mapping[str, str]) -> str:
    """The contrast asked for; ``normal`` for an absent or forged cookie."""
    asked = cookies.get(CONTRAST_COOKIE, "")
    return asked if asked in CONTRASTS else "normal"


def size_of(cookies: Mapping[str, str]) -> str:
    """The text size asked for; ``medium`` for an absent or forged cookie."""
    asked = cookies.get(SIZE_COOKIE, "")
    return asked if asked in SIZES else "medium"
