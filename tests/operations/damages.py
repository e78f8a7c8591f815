"""What can happen to stored files behind the station's back."""

from __future__ import annotations

import os
import random
from pathlib import Path

from .objects import the_store


def flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    overwrite(path, bytes(content))


def edit_and_hide(path: Path, chance: random.Random) -> None:
    """Same size, same times: nothing in the folder tells of it."""
    before = path.stat()
    flip(path, chance)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def cut(path: Path, chance: random.Random) -> None:
    overwrite(path, path.read_bytes()[: chance.randrange(path.stat().st_size)])


def grow(path: Path, chance: random.Random) -> None:
    overwrite(path, path.read_bytes() + chance.randbytes(3))


def delete(path: Path, _: random.Random) -> None:
    path.unlink()


def overwrite(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


def swap(one: Path, other: Path) -> None:
    middle = one.with_name("middle")
    one.rename(middle)
    other.rename(one)
    middle.rename(other)


DAMAGES = (flip, edit_and_hide, cut, grow, delete)


def damage(addresses: list[str], count: int, chance: random.Random) -> set[str]:
    """So many of them, in every way; a fifth change places in pairs."""
    victims = chance.sample(addresses, count)
    alone = count * 4 // 5
    for sha256 in victims[:alone]:
        chance.choice(DAMAGES)(the_store().path(sha256), chance)
    for one, other in zip(victims[alone::2], victims[alone + 1 :: 2], strict=True):
        swap(the_store().path(one), the_store().path(other))
    return set(victims)
