"""The check of one cell, compiled from a field: an exact rule in Python and its columnar forerunner.

``exact`` is the rule. ``surely_good`` is a polars expression that is true only where ``exact`` finds nothing and
changes nothing; it spares the exact rule the 99 % of cells that are plainly right. A property test holds them together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import polars as pl

from biomoa.catalog.model import Text
from biomoa.forms import cleaning, dates, links, numbers, places, taxa
from biomoa.forms.findings import CellResult, Finding
from biomoa.forms.missing import MissingTerms
from biomoa.forms.model import Field
from biomoa.forms.terms import TermIndex

DATE_FAST = r"^[1-9][0-9]{3}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|1[0-9]|2[0-8]))?)?$"
SEVERAL = ("files", "md5")  # types whose cells hold several values even without ``multiple``
_BOOLEANS = {
    **dict.fromkeys(["yes", "y", "true", "t", "1", "예", "네", "유", "있음", "o", "○"], "yes"),
    **dict.fromkeys(["no", "n", "false", "f", "0", "아니오", "아니요", "무", "없음", "x", "×"], "no"),
}
_TEXT_MARKS = ("'", "‘", "’", "`")
_OTHER_SEPARATORS = re.compile(r"\s*[,|\n]\s*")
Checker = Callable[[str], list[Finding]]


class CellCheck:
    """One field, compiled. ``missing`` are the catalogue's missing-value terms, ``countries`` its place list."""

    def __init__(
        self, field: Field, *, terms: TermIndex | None, missing: MissingTerms, countries: TermIndex | None
    ) -> None:
        self.field = field
        self.terms = terms
        self.missing = missing
        self.several = field.multiple or field.type in SEVERAL
        self.matcher = PatternMatcher(field.pattern)
        self._check_item = self._checker(countries)

    def exact(self, value: str) -> CellResult:
        """All findings about a cell, and its clean value."""
        clean, strange = cleaning.clean(value, lines=self.field.type == "paragraph")
        if len(clean) > self.field.max_length:
            facts = {"length": f"{len(clean):,}", "limit": f"{self.field.max_length:,}"}
            return CellResult("", (Finding("text-too-long", facts),))
        if not clean:
            return CellResult("", tuple(strange))
        absent = None if self.terms is not None and clean in self.terms else self.missing.check(clean, self.field)
        if absent is not None:
            meant = absent[-1].suggestion if absent else None
            return CellResult(clean if meant is None else meant, (*strange, *absent))
        if self.several:
            clean, found = self._check_items(clean)
        else:
            found = self._check_item(clean)
        if found and (misspelt := self.missing.misspelt(clean, self.field)):
            clean, found = misspelt[0].suggestion or clean, misspelt
        if found and clean.startswith(_TEXT_MARKS):
            found = self._without_mark(clean, found)
        return CellResult(clean, (*strange, *found))

    def _without_mark(self, value: str, found: list[Finding]) -> list[Finding]:
        """With what is right behind the apostrophe by which a spreadsheet keeps a value as text."""
        bare = self.exact(value.lstrip("".join(_TEXT_MARKS)))
        mended = _last_suggestion(bare.findings) if bare.findings else bare.clean or None
        return [each if each.suggestion is not None else each._replace(suggestion=mended) for each in found]

    def surely_good(self) -> pl.Expr:
        column = pl.col(self.field.name)
        return (column == "") | self._fast(column)

    def _check_items(self, value: str) -> tuple[str, list[Finding]]:
        items = [item for item in (part.strip() for part in value.split(";")) if item]
        found = [self._check_item(item) for item in items]
        clean = ";".join(items)
        if not any(found):
            return clean, self._repeated(items)
        mended = [item if not each else _last_suggestion(each) for item, each in zip(items, found, strict=True)]
        whole = ";".join(mended) if None not in mended else self._split_otherwise(value)  # type: ignore[arg-type]
        told = [
            _of_item(item, finding, len(items)) for item, each in zip(items, found, strict=True) for finding in each
        ]
        return clean, [finding._replace(suggestion=whole) for finding in told]

    def _repeated(self, items: list[str]) -> list[Finding]:
        once = list(dict.fromkeys(items))
        if len(once) == len(items):
            return []
        if self.field.type in SEVERAL:
            code = "file-twice" if self.field.type == "files" else "checksum-twice"
            twice = next(item for item in once if items.count(item) > 1)
            here = Text("같은 칸", "the same cell")
            return [Finding(code, {"file": twice, "checksum": twice, "place": here})]
        return [Finding("value-repeated", {}, ";".join(once))]

    def _split_otherwise(self, value: str) -> str | None:
        parts = [part for part in _OTHER_SEPARATORS.split(value) if part]
        if ";" in value or len(parts) < 2 or any(self._check_item(part) for part in parts):
            return None
        return ";".join(parts)

    def _checker(self, countries: TermIndex | None) -> Checker:
        field = self.field
        by_type: dict[str, Checker] = {
            "integer": lambda value: numbers.check_number(value, field),
            "number": lambda value: numbers.check_number(value, field),
            "date": lambda value: dates.check_date(
                value, allow_range=field.range, latest=dates.last_day() if field.past else None
            ),
            "boolean": _check_boolean,
            "term": self._check_term,
            "taxon_id": taxa.check_taxon_id,
            "organism": taxa.check_organism,
            "place": places.place_checker(countries),
            "lat_lon": places.check_lat_lon,
            "reference": lambda _: [],
            **links.LINK_CHECKS,
        }
        checker = by_type.get(field.type, _check_text)
        return self._with_pattern(checker) if field.pattern else checker

    def _with_pattern(self, checker: Checker) -> Checker:
        expected: Text | str = self.field.pattern_text or self.field.example or self.field.pattern

        def check(value: str) -> list[Finding]:
            if self.matcher.matches(value):
                return checker(value)
            mended = numbers.with_known_unit(value, self.matcher.matches)
            return [*checker(value), Finding("pattern-mismatch", {"expected": expected}, mended)]

        return check

    def _check_term(self, value: str) -> list[Finding]:
        terms = self.terms
        assert terms is not None
        if value in terms:
            return []
        severity = "warning" if self.field.open_vocabulary else None
        meant = terms.find(value)
        if meant is not None:
            return [Finding("term-spelling", {}, meant, None, severity)]
        if self.field.open_vocabulary:
            return [Finding("term-unlisted"), *_check_text(value)]
        return [Finding("term-unknown", {"expected": terms.shown()}, terms.nearest(value))]

    def _fast(self, column: pl.Expr) -> pl.Expr:
        kind, field = self.field.type, self.field
        if kind in ("taxon_id", "organism", "place", "paragraph") or (kind == "text" and field.max_length < 1):
            return pl.lit(False)
        if kind == "term":
            assert self.terms is not None
            return column.is_in(pl.Series(sorted(self.terms.values), dtype=pl.String).implode())
        longest = min(field.max_length, links.MAX_FILE_NAME) if kind == "files" else field.max_length
        fast = column.str.contains(_fast_pattern(field)) & (column.str.len_bytes() <= longest)
        if kind in ("integer", "number") and (field.minimum is not None or field.maximum is not None):
            fast &= column.cast(pl.Float64, strict=False).is_between(
                float("-inf") if field.minimum is None else field.minimum,
                float("inf") if field.maximum is None else field.maximum,
            )
        if field.past:
            fast &= column <= dates.last_day().isoformat()  # as of now: time only makes more of them good
        if kind in ("text", "reference", "files"):
            fast &= ~column.str.to_lowercase().is_in(
                pl.Series(sorted(self.missing.spellings), dtype=pl.String).implode()
            )
            if kind == "files":  # two names at most pass the pattern, and they must not be one
                halves = column.str.extract(r"^([^;]+);"), column.str.extract(r";([^;]+)$")
                fast &= (halves[0] != halves[1]).fill_null(True)
            elif self.several:
                fast &= ~column.str.contains(";", literal=True)
        return fast & column.str.contains(anchored(field.pattern)) if field.pattern else fast


class PatternMatcher:
    """The columnar engine's own matcher for single values too, so that both ways read a pattern alike."""

    _MOST = 200_000  # answers kept

    def __init__(self, pattern: str) -> None:
        self._pattern = anchored(pattern)
        self._answers: dict[str, bool] = {}

    def matches(self, value: str) -> bool:
        if value not in self._answers:
            self.prime([value])
        return self._answers.get(value, False)

    def prime(self, values: Sequence[str]) -> None:
        """Answers many values at once: one at a time each costs a tenth of a millisecond."""
        if len(self._answers) + len(values) > self._MOST:
            self._answers = {}
        found = pl.Series(values, dtype=pl.String).str.contains(self._pattern).to_list()
        self._answers.update(zip(values, found, strict=True))


def anchored(pattern: str) -> str:
    """The pattern over the whole value."""
    return rf"\A(?:{pattern})\z"


def _fast_pattern(field: Field) -> str:
    patterns = {
        "integer": numbers.INTEGER_PATTERN,
        "number": numbers.NUMBER_PATTERN,
        "date": DATE_FAST,
        "boolean": "^(?:yes|no)$",
        "lat_lon": places.LAT_LON_PATTERN,
        "url": links.URL_PATTERN,
        "email": links.EMAIL_PATTERN,
        "doi": links.DOI_PATTERN,
        "pubmed": links.PUBMED_PATTERN,
        "files": r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$" if field.pattern else links.FILES_PATTERN,
        "md5": links.MD5_PATTERN,
    }
    pattern = patterns.get(field.type, cleaning.CLEAN_PATTERN)
    return pattern.removesuffix("$") + r"\z" if pattern.endswith("$") else pattern


def _of_item(item: str, finding: Finding, count: int) -> Finding:
    """Of several values in a cell the sentence names the one that is meant."""
    if count == 1:
        return finding
    own = {} if finding.suggestion is None else {"suggestion": finding.suggestion}
    return finding._replace(facts={"value": item, **own, **finding.facts})


def _check_boolean(value: str) -> list[Finding]:
    return [] if value in ("yes", "no") else [Finding("boolean-form", {}, _BOOLEANS.get(value.casefold()))]


def _check_text(value: str) -> list[Finding]:
    return [Finding("text-like-formula")] if cleaning.is_like_formula(value) else []


def _last_suggestion(findings: Sequence[Finding]) -> str | None:
    return findings[-1].suggestion
