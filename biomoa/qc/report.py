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


class Chart(msgspec.Struct, frozen=True):
    """A chart before it is drawn: title in both languages and its Vega-Lite specification."""

    title: Text
    spec: dict[str, Any]


def charts_of(format: str, metrics: Mapping[str, Any]) -> list[Chart]:
    """The charts of a format for these metrics; none for a format without charts."""
    from biomoa.qc.runner import known_formats

    known = known_formats().get(format)
    specs = known.charts(metrics) if known and known.charts and metrics else []
    return [Chart(_title(spec), spec) for spec in specs]


def _title(spec: Mapping[str, Any]) -> Text:
    titles = spec.get("usermeta", {})
    fallback = str(spec.get("title", ""))
    return Text(titles.get("ko", fallback), titles.get("en", fallback))


def draw(chart: Chart) -> str:
    """SVG text. Nothing is fetched: the renderer carries its own JavaScript."""
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        **{name: value for name, value in chart.spec.items() if name != "title"},
        "config": {"font": FONT, "background": "white", "view": {"stroke": None}, "axis": {"labelFontSize": 13}},
    }
    return _draw(msgspec.json.encode(spec))


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
