"""The charts of a FASTQ report, as Vega-Lite; ``usermeta`` carries the titles in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COLOURS = ["#256ef4", "#d63d4a", "#9e6a00", "#228738", "#58616a"]


def charts(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Quality by position, base content, GC, mean quality, lengths; none for a file without reads."""
    if not metrics.get("reads"):
        return []
    return [_quality(metrics), _content(metrics), _gc(metrics), _means(metrics), _lengths(metrics)]


def _chart(ko: str, en: str, layers: list[dict[str, Any]]) -> dict[str, Any]:
    return {"usermeta": {"ko": ko, "en": en}, "width": 560, "height": 240, "layer": layers}


def _quality(metrics: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        {"position": place, "mean": mean, "low": low, "median": median, "high": high}
        for place, (mean, low, median, high) in enumerate(metrics["quality_by_position"], 1)
    ]
    x = {"field": "position", "type": "quantitative", "title": "bp"}
    band = {
        "mark": {"type": "area", "opacity": 0.25, "color": COLOURS[0]},
        "encoding": {"x": x, "y": {"field": "low", "type": "quantitative", "title": "Phred"}, "y2": {"field": "high"}},
    }
    line = {
        "mark": {"type": "line", "color": COLOURS[0]},
        "encoding": {"x": x, "y": {"field": "mean", "type": "quantitative"}},
    }
    return _chart("위치별 품질", "Quality by position", [band, line]) | {"data": {"values": rows}}


def _content(metrics: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        {"position": place, "base": base, "percent": share}
        for place, shares in enumerate(metrics["base_content"], 1)
        for base, share in zip("ACGTN", shares, strict=True)
    ]
    base = {"field": "base", "type": "nominal", "title": None}
    encoding = {
        "x": {"field": "position", "type": "quantitative", "title": "bp"},
        "y": {"field": "percent", "type": "quantitative", "title": "%"},
        "color": {**base, "scale": {"domain": list("ACGTN"), "range": COLOURS}},
        "strokeDash": {**base, "scale": {"domain": list("ACGTN")}},  # the same domain: one legend for both
    }
    made = _chart("위치별 염기 구성", "Base content by position", [{"mark": "line", "encoding": encoding}])
    return made | {"data": {"values": rows}}


def _bars(ko: str, en: str, rows: list[dict[str, Any]], title: str) -> dict[str, Any]:
    encoding = {
        "x": {"field": "x", "type": "quantitative", "title": title},
        "y": {"field": "reads", "type": "quantitative", "title": None},
    }
    mark = {"type": "area", "color": COLOURS[0], "interpolate": "step-after", "opacity": 0.8}
    return _chart(ko, en, [{"mark": mark, "encoding": encoding}]) | {"data": {"values": rows}}


def _gc(metrics: Mapping[str, Any]) -> dict[str, Any]:
    rows = [{"x": percent, "reads": count} for percent, count in enumerate(metrics["gc_histogram"])]
    return _bars("리드별 GC 비율", "GC content of reads", rows, "GC %")


def _means(metrics: Mapping[str, Any]) -> dict[str, Any]:
    rows = [{"x": quality, "reads": count} for quality, count in enumerate(metrics["mean_quality_histogram"])]
    return _bars("리드별 평균 품질", "Mean quality of reads", rows, "Phred")


def _lengths(metrics: Mapping[str, Any]) -> dict[str, Any]:
    rows = [{"x": length, "reads": count} for length, count in metrics["length_histogram"]]
    if len(rows) == 1:
        rows = [{"x": rows[0]["x"] - 1, "reads": 0}, rows[0], {"x": rows[0]["x"] + 1, "reads": 0}]
    return _bars("리드 길이", "Read lengths", rows, "bp")
