"""What commands share of a command line: the reader's language, numbers within bounds, how they fail."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Callable


def language() -> str:
    """``ko`` or ``en``: the first of the three variables that says something (POSIX, section 8.2)."""
    said = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "ko" if next(filter(None, said), "").startswith("ko") else "en"


def fail(sentence: str) -> int:
    """Says on standard error why the command was not done; the status to exit with."""
    print(f"biomoa: {sentence}", file=sys.stderr)
    return 2


def whole(least: int, most: float = math.inf) -> Callable[[str], int]:
    """For ``type=``: a whole number from ``least`` on, up to ``most``."""

    def read(word: str) -> int:
        number = int(_number(word, least, is_whole=True))
        if number > most:
            raise argparse.ArgumentTypeError(f"{word} is no number of at most {most:g}")
        return number

    return read


def amount(least: float) -> Callable[[str], float]:
    """For ``type=``: a number from ``least`` on."""
    return lambda word: _number(word, least, is_whole=False)


def _number(word: str, least: float, *, is_whole: bool) -> float:
    try:
        number = int(word) if is_whole else float(word)
    except ValueError:
        number = math.nan
    if not least <= number < math.inf:
        raise argparse.ArgumentTypeError(f"{word} is no {'whole ' * is_whole}number of {least:g} or more")
    return number
