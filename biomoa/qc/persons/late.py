"""Patterns compiled when they are first used: all of them take a seventh of a second, and most commands need none."""

from __future__ import annotations

import re
from typing import Any, cast


class Late:
    def __init__(self, pattern: str, flags: int) -> None:
        self._asked = pattern, flags

    def __getattr__(self, name: str) -> Any:
        """Only what is not yet there is asked of us: what is found stays, so that later uses cost nothing."""
        found = getattr(re.compile(*self._asked), name)
        self.__dict__[name] = found
        return found


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """``re.compile``, later. A wrong pattern is told when it is used: a test uses all."""
    return cast("re.Pattern[str]", Late(pattern, flags))
