"""What commands share of a command line: the reader's language, numbers within bounds, how they fail."""

from __future__ import annotations

import argparse
import errno
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


# What an operator does about a refusal of the system.
WAYS_OUT = {
    errno.ENOSPC: "the disk is full; free some space, then run the command again",
    errno.EDQUOT: "the quota of this account is used up; free some space, then run the command again",
    errno.EROFS: "the disk is mounted read-only; mount it for writing, or name another place",
    errno.EACCES: "this account may not; run the command as another one, or make this one the owner (chown)",
    errno.EPERM: "this account may not; run the command as another one, or make this one the owner (chown)",
    errno.EEXIST: "there is one already, and it is not overwritten; name another place",
    errno.ENOENT: "there is no such file or folder",
    errno.EIO: "the disk does not read or write here; look into the log of the system before you go on",
}


def told(error: Exception) -> str:
    """One line about a failure: of the system's with the file that it is about, and what to do."""
    cause: BaseException | None = error
    while cause and not isinstance(cause, OSError):
        cause = cause.__cause__
    said = " ".join(str(error).split()) or type(error).__name__
    way = WAYS_OUT.get(cause.errno or 0) if isinstance(cause, OSError) else None
    if not isinstance(cause, OSError) or not way:
        return said
    if cause is not error:  # somebody has said already where
        return said if way in said else f"{said}: {way}"
    named = (cause.filename, cause.filename2)
    places = [os.fsdecode(each) for each in named if isinstance(each, str | bytes | os.PathLike)]
    return f"{' -> '.join(places)}: {way}" if places else way


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
