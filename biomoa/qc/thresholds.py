"""The thresholds of a form against the metrics of an inspection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from biomoa.catalog.model import Text
from biomoa.qc.model import Finding, Severity


class Limit(Protocol):
    """``biomoa.forms.model.Threshold``."""

    @property
    def metric(self) -> str: ...
    @property
    def label(self) -> Text: ...
    @property
    def warn_below(self) -> float | None: ...
    @property
    def fail_below(self) -> float | None: ...
    @property
    def warn_above(self) -> float | None: ...
    @property
    def fail_above(self) -> float | None: ...


def judge(thresholds: Iterable[Limit], metrics: Mapping[str, Any]) -> list[Finding]:
    """A finding for each threshold that is crossed: an error beyond ``fail``, a warning beyond ``warn``."""
    crossed = (_cross(limit, metrics.get(limit.metric)) for limit in thresholds)
    return [finding for finding in crossed if finding is not None]


def _cross(limit: Limit, value: Any) -> Finding | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    below: tuple[tuple[Severity, float | None], ...] = (("error", limit.fail_below), ("warning", limit.warn_below))
    above: tuple[tuple[Severity, float | None], ...] = (("error", limit.fail_above), ("warning", limit.warn_above))
    for severity, bound in below:
        if bound is not None and value < bound:
            return _finding(limit, severity, value, bound, "미만", "below")
    for severity, bound in above:
        if bound is not None and value > bound:
            return _finding(limit, severity, value, bound, "초과", "above")
    return None


def _finding(limit: Limit, severity: Severity, value: float, bound: float, ko: str, en: str) -> Finding:
    said = Text(f"{limit.label.ko}: {value:g} (기준 {bound:g} {ko})", f"{limit.label.en}: {value:g} ({en} {bound:g})")
    return Finding("threshold-crossed", severity, said, limit.metric)
