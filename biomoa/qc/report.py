"""Charts of an inspection, drawn here as SVG from the Vega-Lite of its format; and the export for MultiQC."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from biomoa.catalog.model import Text
from biomoa.qc.model import Inspection

FONT = "Pretendard GOV, Pretendard, Noto Sans CJK KR, Noto Sans KR, sans-serif"
SHOWN = ("reads", "bases", "length_mean", "gc_percent", "n_percent", "q30_percent", "adapter_percent",
         "duplication_percent", "sequences", "residues", "mapped", "mapped_percent")  # fmt: skip


DRAWN = ("width", "height", "layer", "mark", "encoding")
# Large enough to be read where the picture is as wide as a phone.
CONFIG = {
    "font": FONT,
    "background": "white",
    "view": {"stroke": None},
    "axis": {"labelFontSize": 14, "titleFontSize": 14, "titleFontWeight": "normal", "gridColor": "#e6e8ea"},
    "legend": {"labelFontSize": 14, "orient": "top", "symbolStrokeWidth": 2},
}


class Chart(msgspec.Struct, frozen=True):
    """A chart before it is drawn: title and what it shows, in both languages, and its Vega-Lite specification."""

    title: Text
    said: Text
    spec: dict[str, Any]


def charts_of(format: str, metrics: Mapping[str, Any]) -> list[Chart]:
    """The charts of a format for these metrics; none for a format without charts."""
    from biomoa.qc.runner import known_formats

    known = known_formats().get(format)
    specs = known.charts(metrics) if known and known.charts and metrics else []
    return [Chart(_title(spec), _said(spec), spec) for spec in specs]


def _title(spec: Mapping[str, Any]) -> Text:
    titles = spec.get("usermeta", {})
    fallback = str(spec.get("title", ""))
    return Text(titles.get("ko", fallback), titles.get("en", fallback))


def _said(spec: Mapping[str, Any]) -> Text:
    said = spec.get("usermeta", {}).get("said", {})
    return Text(said.get("ko", ""), said.get("en", ""))


def draw(chart: Chart, language: str) -> str:
    """SVG text, its words in the language. Nothing is fetched: the renderer carries its own JavaScript."""
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        **{name: _in_language(value, language) for name, value in chart.spec.items() if name in DRAWN},
        "data": chart.spec.get("data", {}),
        "config": CONFIG,
    }
    return _draw(msgspec.json.encode(spec))


def _in_language(value: Any, language: str) -> Any:
    """The same, with one sentence wherever there are two."""
    if isinstance(value, Mapping):
        if value.keys() == {"ko", "en"}:
            return value[language]
        return {name: _in_language(each, language) for name, each in value.items()}
    return [_in_language(each, language) for each in value] if isinstance(value, list) else value


@functools.lru_cache(maxsize=256)
def _draw(spec: bytes) -> str:
    import vl_convert

    return str(vl_convert.vegalite_to_svg(spec.decode(), vl_version="v5.20"))


def multiqc(inspections: Iterable[Inspection]) -> dict[str, Any]:
    """MultiQC custom content (a ``*_mqc.json`` file): one row a file in the general table."""
    rows = {one.path: {name: one.metrics[name] for name in SHOWN if name in one.metrics} for one in inspections}
    return {
        "id": "biomoa",
        "section_name": "BioMoa inspection",
        "description": "Metrics of the files as a BioMoa station computed them.",
        "plot_type": "generalstats",
        "pconfig": [{name: {"title": name.replace("_", " "), "namespace": "BioMoa"}} for name in SHOWN],
        "data": rows,
    }
