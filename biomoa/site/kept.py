"""``{% kept %}``: parts of a page that are the same for every reader, drawn once in a process.

    {% kept "menu" here %} … {% endkept %}

What stands between is kept by the language and by the values that are named, and may depend on nothing else: no name,
no secret and no address of the reader. The frame of a page is most of what a short page costs.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template import defaulttags
from django.templatetags import i18n
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

MOST = 2_000

_KEPT: dict[tuple[Any, ...], SafeString] = {}


class KeptNode(template.Node):
    def __init__(self, nodes: template.NodeList, name: str, values: list[Any]) -> None:
        self.nodes = nodes
        self.name = name
        self.values = values

    def render(self, context: template.Context) -> SafeString:
        key = (self.name, get_language(), *(str(value.resolve(context, ignore_failures=True)) for value in self.values))
        drawn = _KEPT.get(key)
        if drawn is None:
            drawn = mark_safe(self.nodes.render(context))
            if len(_KEPT) < MOST:
                _KEPT[key] = drawn
        return drawn


def parse(parser: template.base.Parser, token: template.base.Token) -> KeptNode:
    """``{% kept "name" value … %}`` to ``{% endkept %}``."""
    _, name, *values = token.split_contents()
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodes, name.strip("\"'"), [parser.compile_filter(value) for value in values])


class SaidOnce(template.Node):
    """A tag that says nothing but fixed words, or a fixed address: drawn once for each language."""

    def __init__(self, node: template.Node) -> None:
        self.node = node
        self.said: dict[str | None, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        language = get_language()
        said = self.said.get(language)
        if said is None:
            said = self.said[language] = mark_safe(self.node.render(context))
        return said


def translate(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """``{% translate "words" %}``; with a variable, a filter or ``as`` it is Django's own."""
    node = i18n.do_translate(parser, token)
    words, place = node.filter_expression, node.message_context
    is_fixed = not node.asvar and not words.filters and getattr(words.var, "literal", None) is not None
    return SaidOnce(node) if is_fixed and (place is None or isinstance(place.var, str)) else node


def url(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """``{% url "name" %}``; with arguments or ``as`` it is Django's own."""
    node = defaulttags.url(parser, token)
    is_fixed = not (node.args or node.kwargs or node.asvar) and isinstance(node.view_name.var, str)
    return SaidOnce(node) if is_fixed and not node.view_name.filters and ":" not in node.view_name.var else node
