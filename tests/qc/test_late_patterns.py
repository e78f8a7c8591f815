"""Patterns of persons are compiled late: each is right all the same, and none costs a command that needs none."""

from __future__ import annotations

import subprocess
import sys

import pytest

from biomoa.qc.persons import patterns, suspects
from biomoa.qc.persons.late import Late, late

ALL = {name: each for module in (patterns, suspects) for name, each in vars(module).items() if isinstance(each, Late)}
STARTED = """
import re
compiled = []
def compile(pattern, flags=0, _before=re.compile):
    compiled.append(pattern)
    return _before(pattern, flags)
re.compile = compile
import biomoa.qc.runner
from biomoa.qc.persons import patterns
assert compiled and patterns.RRN._asked[0] not in compiled
assert patterns.RRN.search("900101-1234567") and patterns.RRN._asked[0] in compiled
"""


@pytest.mark.parametrize("name", ALL)
def test_every_pattern_compiles(name: str) -> None:
    assert ALL[name].search("") is None or ALL[name].match("") is not None


def test_it_is_the_pattern() -> None:
    word = late("(?P<a>[a-z])b", 2)
    for _ in range(2):
        assert [found["a"] for found in word.finditer("xb AB")] == ["x", "A"]
        assert word.sub("-", "1xb") == "1-" and word.fullmatch("xbc") is None and word.pattern == "(?P<a>[a-z])b"


def test_nothing_is_compiled_by_starting() -> None:
    subprocess.run([sys.executable, "-c", STARTED], check=True)
