"""Latitude and longitude in columns of their own, as ENA, MIxS and Darwin Core sheets have them, read as one field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from biomoa.forms.model import Form
from biomoa.forms.places import suggest_lat_lon

_LATITUDES = (
    "latitude", "lat", "decimallatitude", "geographiclocationlatitude", "geographiclocationlatitudedd", "위도",
)  # fmt: skip
_LONGITUDES = (
    "longitude", "lon", "long", "lng", "decimallongitude", "geographiclocationlongitude",
    "geographiclocationlongitudedd", "경도",
)  # fmt: skip

_NOTE = re.compile(r"[(\[（].*?[)\]）]")  # a unit: "위도(°N)"


class Halves(NamedTuple):
    """The two columns of a coordinate (from 0), their headers, and the field that they fill."""

    field: str
    columns: tuple[int, int]
    headers: tuple[str, str]


def find_halves(form: Form, fields: Mapping[str, int], line: Sequence[str | None]) -> Halves | None:
    """The columns, where the form has a coordinate that has no column and the header has one of each."""
    field = next((each.name for each in form.fields if each.type == "lat_lon"), None)
    if field is None or field in fields:
        return None
    keys = {
        at: (_key(cell), _key(_NOTE.sub("", cell)))
        for at, cell in enumerate(line)
        if cell and at not in fields.values()
    }
    found = [[at for at, each in keys.items() if {*each} & {*known}] for known in (_LATITUDES, _LONGITUDES)]
    if any(len(each) != 1 for each in found):
        return None
    lat, lon = found[0][0], found[1][0]
    return Halves(field, (lat, lon), ((line[lat] or "").strip(), (line[lon] or "").strip()))


def joined(body: pl.DataFrame, halves: Halves) -> pl.Series:
    """The column of the field. Two plain numbers become a coordinate; anything else stands there as written."""
    lats, lons = (body.to_series(at).fill_null("").to_list() for at in halves.columns)
    pairs = {pair: _joined(*pair) for pair in set(zip(lats, lons, strict=True))}
    return pl.Series(halves.field, [pairs[pair] for pair in zip(lats, lons, strict=True)], dtype=pl.String)


def _joined(lat: str, lon: str) -> str:
    lat, lon = lat.strip(), lon.strip()
    if lat == lon or not (lat and lon):
        return lat or lon  # nothing, a missing-value term in both, or a half that the rule will tell
    written, swapped = suggest_lat_lon(f"{lat}, {lon}")
    return written if written and not swapped else f"{lat}, {lon}"


def _key(header: str) -> str:
    return "".join(letter for letter in header.casefold() if letter.isalnum())
