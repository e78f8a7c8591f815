"""Reads a YAML file into a ``Document``: plain values and the line of every node.

The YAML is that of the 1.2 core schema, not of 1.1: only ``true`` and ``false`` are booleans, so the country code
``NO`` and the answer ``yes`` stay text, and ``2024-01`` is no date. Anchors, aliases and tags are refused: a
catalogue is read by people, and a chain of aliases can grow without limit.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from biomoa.catalog.model import Document

Place = tuple[str | int, ...]
Fault = tuple[Path, int, str]

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 30

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}", re.ASCII)
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}


class _Loader(yaml.CSafeLoader):
    """Composes nodes only; without implicit resolvers every untagged scalar is text, which is resolved here.

    Composing recurses in C: without an end to it a file of a million brackets would end the process. Where a node lies
    is told to the resolver on the way down, which is asked for each of them and has nothing else to do.
    """

    yaml_implicit_resolvers: dict[Any, Any] = {}
    _depth = deepest = 0

    def descend_resolver(self, current_node: object, current_index: object) -> None:  # noqa: ARG002 - as PyYAML calls it
        self._depth += 1
        if self._depth > self.deepest:
            if self._depth > MAX_DEPTH + 1:
                raise yaml.YAMLError("within what is nested too deep")
            self.deepest = self._depth

    def ascend_resolver(self) -> None:
        self._depth -= 1


_PLAIN_TAGS = frozenset(
    {_Loader.DEFAULT_SCALAR_TAG, _Loader.DEFAULT_SEQUENCE_TAG, _Loader.DEFAULT_MAPPING_TAG},
)


def read_document(path: Path, faults: list[Fault]) -> Document | None:
    """The file as a mapping with lines; ``None`` when it has any fault, which is then added to ``faults``."""
    text = read_text(path, faults)
    if text is None:
        return None
    try:
        root, too_deep = _composed(text)
    except yaml.YAMLError as error:
        faults.append((path, _line_of_error(error), _reason(error)))
        return None
    if too_deep:
        faults.append((path, too_deep, f"nested deeper than {MAX_DEPTH}"))
        return None
    reader = _Reader(path)
    data = reader.value(root, ()) if root is not None else None
    faults.extend(reader.faults)
    if reader.faults:
        return None
    if not isinstance(data, dict):
        faults.append((path, 1, "expected a mapping at the top of the file"))
        return None
    return Document(path=path, data=data, lines=reader.lines)


def _composed(text: str) -> tuple[yaml.Node | None, int | None]:
    """The node at the top, and the line that is nested too deep, if any. Raises yaml.YAMLError.

    The text is read once. Only what came near the limit, or could not be read, is asked again where that was.
    """
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
    except yaml.YAMLError:
        if line := _line_too_deep(text):
            return None, line
        raise
    return root, _line_too_deep(text) if loader.deepest > MAX_DEPTH else None


def _line_too_deep(text: str) -> int | None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                return event.start_mark.line + 1 if event.start_mark else 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def read_text(path: Path, faults: list[Fault]) -> str | None:
    """The text of a UTF-8 file, with or without a byte order mark; ``None`` and a fault when it cannot be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            faults.append((path, 1, f"larger than {MAX_BYTES} bytes"))
            return None
        raw = path.read_bytes()
    except FileNotFoundError:
        faults.append((path, 1, "file is missing"))
        return None
    except OSError as error:
        faults.append((path, 1, f"cannot be read: {error.strerror}"))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.append((path, raw.count(b"\n", 0, error.start) + 1, f"not UTF-8 (byte {error.start})"))
        return None


class _Reader:
    """Turns nodes into values and keeps the lines; faults are collected, never raised."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[Place, int] = {}
        self.faults: list[Fault] = []
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, place: Place) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(place, line)
        if not self._is_plain(node, line):
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*place, number)) for number, child in enumerate(node.value)]
        return _scalar(node) if isinstance(node, yaml.ScalarNode) else None

    def _is_plain(self, node: yaml.Node, line: int) -> bool:
        if node.tag not in _PLAIN_TAGS:
            self.faults.append((self.path, line, f"tag {node.tag} is not used in a catalogue"))
            return False
        if id(node) in self._seen:
            self.faults.append((self.path, line, "anchors and aliases are not used in a catalogue"))
            return False
        self._seen.add(id(node))
        return True

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, child in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.faults.append((self.path, line, "a key must be one word or text"))
                continue
            name: str = key.value
            if name in values:
                self.faults.append((self.path, line, f"duplicate key `{name}`"))
                continue
            self.lines[(*place, name)] = line
            values[name] = self.value(child, (*place, name))
        return values


def _scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if node.style:  # quoted or block text is never anything but text
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def _line_of_error(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return mark.line + 1 if mark is not None else 1


def _reason(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    return "not YAML: " + str(problem).replace("\n", " ")
