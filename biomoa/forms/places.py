"""Places of the INSDC country list, and coordinates as INSDC ``lat_lon`` writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from biomoa.forms.findings import Finding
from biomoa.forms.terms import TermIndex

_SEPARATORS = re.compile(r"\s*[:;|/,：]\s*|\s+[-–—]\s+")
_LAT_LON = re.compile(r"(\d{1,2}(?:\.\d+)?) ([NS]) (\d{1,3}(?:\.\d+)?) ([EW])")
_COUNTRY_NEAR = 0.7  # "Germny"; not "Granada", a town, for Grenada
_NUMBER = r"\d{1,3}(?:\.\d+)?"
_DECIMAL_PAIR = re.compile(rf"([+-]?{_NUMBER})\s*[°도]?\s*[,;/\s]\s*([+-]?{_NUMBER})\s*[°도]?")
_LETTERED_PAIR = re.compile(rf"{_NUMBER}\s*[°도]?\s*[NS][\s,;/]*{_NUMBER}\s*[°도]?\s*[EW]", re.I)
_COMMA = re.compile(r"(?<=\d),(?=\d)")  # of decimals, where no point stands
_COMMA_PAIR = re.compile(r"\d{1,2},\d+\s*°?\s*[NS][\s;/]+\d{1,3},\d+\s*°?\s*[EW]", re.I)
_NAMED_PAIR = re.compile(
    rf"(위도|lat\w*\.?|경도|lon\w*\.?)\s*[:=]?\s*([+-]?{_NUMBER})\s*[°도]?[\s,;/]*"
    rf"(위도|lat\w*\.?|경도|lon\w*\.?)\s*[:=]?\s*([+-]?{_NUMBER})\s*[°도]?",
    re.I,
)
_ANGLE = re.compile(
    rf"({_NUMBER})\s*[°º˚도d]?\s*(?:({_NUMBER})\s*['′’분m]\s*)?(?:({_NUMBER})\s*(?:[\"″”초s]|''|′′)\s*)?", re.I
)
# The seventeen first-level divisions of Korea as their own sites write them in English.
_REGIONS = {
    "서울": "Seoul", "부산": "Busan", "대구": "Daegu", "인천": "Incheon", "광주": "Gwangju", "대전": "Daejeon",
    "울산": "Ulsan", "세종": "Sejong", "경기": "Gyeonggi-do", "강원": "Gangwon-do", "충북": "Chungcheongbuk-do",
    "충청북": "Chungcheongbuk-do", "충남": "Chungcheongnam-do", "충청남": "Chungcheongnam-do", "전북": "Jeollabuk-do",
    "전라북": "Jeollabuk-do", "전남": "Jeollanam-do", "전라남": "Jeollanam-do", "경북": "Gyeongsangbuk-do",
    "경상북": "Gyeongsangbuk-do", "경남": "Gyeongsangnam-do", "경상남": "Gyeongsangnam-do", "제주": "Jeju-do",
}  # fmt: skip
# What ISO 3166 sets behind a name: "Moldova, Republic of", "Bolivia (Plurinational State of)".
_FORMAL = re.compile(r"\(?(?:the )?(?:[a-z']+ ){0,3}(?:republic|states?|province) of(?: (?:the|china))?\)?", re.I)
_REGION_END = re.compile(r"(?:특별자치시|특별자치도|특별시|광역시|시|도)$")
_LETTERS = {
    "n": "N", "north": "N", "북위": "N", "s": "S", "south": "S", "남위": "S",
    "e": "E", "east": "E", "동경": "E", "w": "W", "west": "W", "서경": "W",
}  # fmt: skip
_LETTER = re.compile(r"(north|south|east|west|북위|남위|동경|서경|(?<![a-z])[nsew](?![a-z]))", re.I)

# The columnar engine's form of a coordinate inside its ranges.
LAT_LON_PATTERN = (
    r"^(?:[0-8]?[0-9](?:\.[0-9]+)?|90(?:\.0+)?) [NS] (?:(?:1[0-7][0-9]|[0-9]{1,2})(?:\.[0-9]+)?|180(?:\.0+)?) [EW]$"
)


def place_checker(countries: TermIndex | None) -> Callable[[str], list[Finding]]:
    """Checks ``country`` or ``country: locality`` against the country list (INSDC geo_loc_name)."""

    def check(value: str) -> list[Finding]:
        country, colon, locality = value.partition(":")
        known = countries is None or country in countries
        if known and (
            not colon or (locality.startswith(" ") and locality == f" {locality.strip()}" and locality.strip())
        ):
            return []
        suggestion = _suggest_place(value, countries)
        if known or suggestion is not None:
            return [Finding("place-form", {}, suggestion)]
        return [Finding("place-unknown", {"country": country.strip()}, None)]

    return check


def check_lat_lon(value: str) -> list[Finding]:
    """INSDC lat_lon: ``37.56 N 126.99 E`` in decimal degrees."""
    match = _LAT_LON.fullmatch(value)
    if match and float(match[1]) <= 90 and float(match[3]) <= 180:
        return []
    suggestion, swapped = suggest_lat_lon(value)
    if swapped:
        return [Finding("lat-lon-swapped", {}, suggestion)]
    if match or (suggestion is None and any(each.fullmatch(value) for each in (_DECIMAL_PAIR, _LETTERED_PAIR))):
        return [Finding("lat-lon-range")]
    return [Finding("lat-lon-form", {}, suggestion)]


def suggest_lat_lon(value: str) -> tuple[str | None, bool]:
    """The coordinate in INSDC form, if the text can be read as one, and whether longitude stood first."""
    if named := _NAMED_PAIR.fullmatch(value):
        return _from_named(named)
    if _COMMA_PAIR.fullmatch(value):
        value = _COMMA.sub(".", value)
    pair = _DECIMAL_PAIR.fullmatch(value)
    if pair:
        return _from_signed(pair[1], pair[2])
    pieces = _LETTER.split(value)
    if len(pieces) != 5:
        return None, False
    before, first, middle, second, after = pieces
    angles = (middle, after) if not before.strip(" ,;") else (before, middle)
    if before.strip(" ,;") and after.strip(" ,;."):
        return None, False  # what stands behind would be lost
    return _from_letters(angles, (_LETTERS[first.lower()], _LETTERS[second.lower()]))


def _from_named(match: re.Match[str]) -> tuple[str | None, bool]:
    """ "위도 37.56, 경도 126.99": the words say which is which, in either order."""
    name, number, other, second = match.groups()
    lat_first, lon_first = (name[:3].lower().startswith(each) for each in (("위도", "lat"), ("경도", "lon")))
    lat, lon = (number, second) if lat_first else (second, number)
    is_pair = lon_first != other[:3].lower().startswith(("경도", "lon"))
    if not is_pair or abs(float(lat)) > 90 or abs(float(lon)) > 180:
        return None, False
    return _written(lat, float(lat) < 0, lon, float(lon) < 0), False


def _from_signed(first: str, second: str) -> tuple[str | None, bool]:
    lat, lon = float(first), float(second)
    if abs(lat) <= 90 and abs(lon) <= 180:
        return _written(first, lat < 0, second, lon < 0), False
    if abs(lon) <= 90 and abs(lat) <= 180:
        return _written(second, lon < 0, first, lat < 0), True
    return None, False


def _written(lat: str, south: bool, lon: str, west: bool) -> str:
    return f"{lat.lstrip('+-')} {'S' if south else 'N'} {lon.lstrip('+-')} {'W' if west else 'E'}"


def _from_letters(angles: tuple[str, str], letters: tuple[str, str]) -> tuple[str | None, bool]:
    degrees = [_degrees(angle.strip(" ,;/")) for angle in angles]
    if degrees[0] is None or degrees[1] is None or {*letters} & {"N", "S"} == {*letters}:
        return None, False
    swapped = letters[0] in "EW"
    if swapped == (letters[1] in "EW"):
        return None, False
    (lat, ns), (lon, ew) = sorted(zip(degrees, letters, strict=True), key=lambda item: item[1] in "EW")
    assert lat is not None and lon is not None
    if float(lat) > 90 or float(lon) > 180:
        return None, False
    return f"{lat} {ns} {lon} {ew}", swapped


def _degrees(text: str) -> str | None:
    match = _ANGLE.fullmatch(text)
    if not match:
        return None
    whole, minutes, seconds = match.groups()
    if minutes is None and seconds is None:
        return whole
    if float(minutes or 0) >= 60 or float(seconds or 0) >= 60:
        return None
    decimal = float(whole) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    return f"{decimal:.6f}".rstrip("0").rstrip(".")


def _suggest_place(value: str, countries: TermIndex | None) -> str | None:
    parts = [part for part in _SEPARATORS.split(value) if part]
    if not parts or countries is None:
        return None
    if len(parts) > 1 and ":" not in value and (whole := countries.find(value)):
        return whole  # "Korea, Republic of"
    country = countries.find(parts[0])
    last = countries.find(parts[-1]) if len(parts) > 1 else None
    if country and last and country != last and ":" not in value:
        return None  # "Georgia, USA": which of the two is meant?
    if country:
        rest = _locality(part for part in parts[1:] if not _FORMAL.fullmatch(part) and countries.find(part) != country)
        return f"{country}: {rest}" if rest else country
    if last:
        return f"{last}: {_locality(parts[:-1])}"
    words = parts[0].split()
    for count in range(len(words) - 1, 0, -1):
        if country := countries.find(" ".join(words[:count])):
            rest = " ".join(words[count:])
            rest = _locality([*([] if _FORMAL.fullmatch(rest) else [rest]), *parts[1:]])
            return f"{country}: {rest}" if rest else country
    if within := _in_korea(parts, countries):
        return within
    near = countries.nearest(parts[0], likeness_least=_COUNTRY_NEAR)
    if near is None or (parts[0].isascii() and near[0].casefold() != parts[0][0].casefold()):
        return None  # "Siberia: Yakutsk" is not in Liberia
    return near if len(parts) == 1 else f"{near}: {_locality(parts[1:])}"


def _in_korea(parts: list[str], countries: TermIndex) -> str | None:
    """Where a place begins with one of the divisions of Korea, as people write who write for readers at home."""
    country, (first, *words) = countries.find("대한민국"), parts[0].split()
    region = _REGIONS.get(_REGION_END.sub("", first))
    if region is None:
        region = next((each for each in _REGIONS.values() if parts[0] in (each, each.removesuffix("-do"))), None)
        words = []
    if country is None or region is None:
        return None
    return f"{country}: {_locality([region, *([' '.join(words)] if words else []), *parts[1:]])}"


def _locality(parts: Iterable[str]) -> str:
    return ", ".join(_REGIONS.get(_REGION_END.sub("", part), part) for part in parts)
