"""Vega-Lite charts from the metrics of an alignment file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def charts(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Mapping quality, insert size and mean base quality by cycle; a chart without data is left out."""
    specs = (
        _chart("mapq", "Mapping quality (MAPQ)", "Records", metrics.get("mapq", ()), "bar"),
        _chart("insert-size", "Insert size (bp)", "Pairs", metrics.get("insert_sizes", ())[:2000], "line"),
        _chart("quality", "Cycle", "Mean base quality (Phred)", metrics.get("quality_by_cycle", ()), "line"),
    )
    return [spec for spec in specs if spec["data"]["values"]]


def _chart(name: str, x: str, y: str, values: Sequence[float], mark: str) -> dict[str, Any]:
    start = 1 if name == "quality" else 0
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "name": name,
        "width": "container",
        "height": 220,
        "data": {"values": [{"x": i, "y": value} for i, value in enumerate(values, start)]},
        "mark": {"type": mark, "tooltip": True},
        "encoding": {
            "x": {"field": "x", "type": "quantitative", "title": x},
            "y": {"field": "y", "type": "quantitative", "title": y},
        },
    }
