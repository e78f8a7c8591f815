"""Answers of the search that are kept: a question asked again of the same commit of the index costs nothing.

The commit is part of the key, so that a record that is released, changed or withdrawn leaves no old answer behind.
The index holds public records only: an answer is the same for everybody who asks in that language.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

from biomoa.search.answers import Answered

MOST = 512


class Kept:
    """The answers asked for last, of one process; ``key`` names the commit and all that was asked."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, Answered] = OrderedDict()

    def find(self, key: Hashable) -> Answered | None:
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
            return found

    def keep(self, key: Hashable, answer: Answered) -> None:
        with self._lock:
            self._answers[key] = answer
            if len(self._answers) > self._most:
                self._answers.popitem(last=False)
