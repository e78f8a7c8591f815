"""The charts of a FASTQ report, as Vega-Lite; titles of charts and axes, and what is seen, are in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COLOURS = ["#256ef4", "#d63d4a", "#9e6a00", "#228738", "#58616a"]
POSITION = {"ko": "리드 안의 위치 (bp)", "en": "Position in read (bp)"}
QUALITY = {"ko": "품질 점수 (Phred)", "en": "Quality (Phred)"}
READS = {"ko": "리드 수", "en": "Reads"}
WHOLE = {"format": ",d", "tickMinStep": 1}
MOST_TICKS = 10
Said = tuple[str, str]  # in Korean, in English


def charts(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Quality by position, base content, GC, mean quality, lengths; none for a file without reads."""
    if not metrics.get("reads"):
        return []
    return [_quality(metrics), _content(metrics), _gc(metrics), _means(metrics), _lengths(metrics)]


def _chart(title: Said, said: Said, layers: list[dict[str, Any]], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """``said`` is what the picture shows, for who does not see it."""
    meta = {"ko": title[0], "en": title[1], "said": {"ko": said[0], "en": said[1]}}
    return {"usermeta": meta, "width": 440, "height": 220, "layer": layers, "data": {"values": rows}}


def _axis(field: str, title: Mapping[str, str], **axis: Any) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": title, "axis": {"titlePadding": 8, **axis}}


def _quality(metrics: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        {"position": place, "mean": mean, "low": low, "median": median, "high": high}
        for place, (mean, low, median, high) in enumerate(metrics["quality_by_position"], 1)
    ]
    x = _axis("position", POSITION, **WHOLE)
    band = {
        "mark": {"type": "area", "opacity": 0.25, "color": COLOURS[0]},
        "encoding": {"x": x, "y": _axis("low", QUALITY), "y2": {"field": "high"}},
    }
    line = {"mark": {"type": "line", "color": COLOURS[0]}, "encoding": {"x": x, "y": _axis("mean", QUALITY)}}
    least, most = (choose(rows, key=lambda row: row["mean"]) for choose in (min, max))
    said = (
        f"위치별 평균은 {least['mean']:.1f}~{most['mean']:.1f}이며 {least['position']:,}번째 염기에서 가장 낮습니다.",
        f"The mean lies between {least['mean']:.1f} and {most['mean']:.1f}, lowest at base {least['position']:,}.",
    )
    return _chart(("위치별 품질", "Quality by position"), said, [band, line], rows)


def _content(metrics: Mapping[str, Any]) -> dict[str, Any]:
    shares = metrics["base_content"]
    rows = [
        {"position": place, "base": base, "percent": share}
        for place, here in enumerate(shares, 1)
        for base, share in zip("ACGTN", here, strict=True)
    ]
    base = {"field": "base", "type": "nominal", "title": None}
    encoding = {
        "x": _axis("position", POSITION, **WHOLE),
        "y": _axis("percent", {"ko": "비율 (%)", "en": "Share (%)"}),
        "color": {**base, "scale": {"domain": list("ACGTN"), "range": COLOURS}},
        "strokeDash": {**base, "scale": {"domain": list("ACGTN")}},  # the same domain: one legend for both
    }
    means = [sum(column) / len(shares) for column in zip(*shares, strict=True)]
    told = ", ".join(f"{base} {mean:.1f} %" for base, mean in zip("ACGTN", means, strict=True))
    said = (f"위치 평균: {told}", f"Mean over positions: {told}")
    return _chart(
        ("위치별 염기 구성", "Base content by position"), said, [{"mark": "line", "encoding": encoding}], rows
    )


def _bars(title: Said, said: Said, rows: list[dict[str, Any]], x: dict[str, Any]) -> dict[str, Any]:
    encoding = {"x": x, "y": _axis("reads", READS, **WHOLE)}
    mark = {"type": "area", "color": COLOURS[0], "interpolate": "step", "opacity": 0.8}
    return _chart(title, said, [{"mark": mark, "encoding": encoding}], rows)


def _most(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return max(rows, key=lambda row: row["reads"])


def _gc(metrics: Mapping[str, Any]) -> dict[str, Any]:
    rows = [{"x": percent, "reads": count} for percent, count in enumerate(metrics["gc_histogram"])]
    most = _most(rows)
    said = (
        f"GC 비율 {most['x']} %인 리드가 {most['reads']:,}개로 가장 많습니다.",
        f"Most reads ({most['reads']:,}) have {most['x']} % GC.",
    )
    return _bars(
        ("리드별 GC 비율", "GC content of reads"), said, rows, _axis("x", {"ko": "GC 비율 (%)", "en": "GC (%)"})
    )


def _means(metrics: Mapping[str, Any]) -> dict[str, Any]:
    rows = [{"x": quality, "reads": count} for quality, count in enumerate(metrics["mean_quality_histogram"])]
    most = _most(rows)
    said = (
        f"평균 품질 {most['x']}인 리드가 {most['reads']:,}개로 가장 많습니다.",
        f"Most reads ({most['reads']:,}) have a mean quality of {most['x']}.",
    )
    x = _axis("x", {"ko": "리드의 평균 품질 (Phred)", "en": "Mean quality of a read (Phred)"}, **WHOLE)
    return _bars(("리드별 평균 품질", "Mean quality of reads"), said, rows, x)


def _lengths(metrics: Mapping[str, Any]) -> dict[str, Any]:
    rows = [{"x": length, "reads": count} for length, count in metrics["length_histogram"]]
    least, most, longest = rows[0], _most(rows), rows[-1]
    if len(rows) == 1:
        said = (f"모든 리드의 길이는 {most['x']:,} bp입니다.", f"All reads are {most['x']:,} bp long.")
        rows = [{"x": most["x"] - 1, "reads": 0}, most, {"x": most["x"] + 1, "reads": 0}]
    else:
        said = (
            f"길이는 {least['x']:,}~{longest['x']:,} bp이며 {most['x']:,} bp인 리드가 가장 많습니다.",
            f"Lengths from {least['x']:,} to {longest['x']:,} bp; most reads have {most['x']:,} bp.",
        )
    few = range(rows[0]["x"], rows[-1]["x"] + 1)
    ticks = {"values": list(few)} if len(few) <= MOST_TICKS else {}
    x = _axis("x", {"ko": "리드 길이 (bp)", "en": "Read length (bp)"}, **WHOLE, **ticks) | {"scale": {"zero": False}}
    return _bars(("리드 길이", "Read lengths"), said, rows, x)
