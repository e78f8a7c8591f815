"""What every long-running process of a station sets once, after it has loaded its code."""

from __future__ import annotations

import gc


def settle() -> None:
    """Keeps loaded code out of garbage collection and collects less often.

    A request that handles 50,000 rows makes some million small objects; looking through all of them again and again
    takes a quarter of its time (``bench/accept.py``). Reference counting still frees what is not in a cycle at once.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
