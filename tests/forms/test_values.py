"""Values of each type: what is right, what is wrong, and what it is corrected to."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biomoa.catalog.model import Term, Text
from biomoa.forms import cleaning, dates, links, numbers, pairs, places, taxa
from biomoa.forms.library import Library
from biomoa.forms.model import Field
from biomoa.forms.terms import TermIndex

COUNTRIES = TermIndex(
    [
        Term("South Korea", Text("대한민국", "South Korea"), ("Korea", "Republic of Korea", "한국")),
        Term("Japan", Text("일본", "Japan")),
    ]
)


@pytest.mark.parametrize(
    "value", ["2024", "2024-03", "2024-03-05", "2024-02-29", "2024-03-05T13:30", "2024-03-05T13:30:00Z"]
)
def test_iso_dates_are_right(value: str) -> None:
    assert dates.check_date(value, allow_range=False) == []


@pytest.mark.parametrize("value", ["2025", "2024-13", "2024-06-02", "2024-07", "2024-01/2024-07", "2024-06-02T00:00Z"])
def test_what_has_happened_lies_not_in_the_future(value: str) -> None:
    (finding,) = dates.check_date(value, allow_range=True, latest=date(2024, 6, 1))
    assert finding.code == ("date-impossible" if "13" in value else "date-future")


@pytest.mark.parametrize("value", ["2024", "2024-06", "2024-06-01", "2023-12/2024-06", "2024-06-01T23:59Z"])
def test_a_date_may_be_of_today(value: str) -> None:
    assert dates.check_date(value, allow_range=True, latest=date(2024, 6, 1)) == []


@pytest.mark.parametrize(
    ("value", "suggestion"),
    [
        ("2024.3.5", "2024-03-05"),
        ("2024. 3. 5.", "2024-03-05"),
        ("2024/3/5", "2024-03-05"),
        ("2024년 3월 5일", "2024-03-05"),
        ("2024년3월", "2024-03"),
        ("2024년", "2024"),
        ("05-Mar-2024", "2024-03-05"),
        ("5 March 2024", "2024-03-05"),
        ("March 5, 2024", "2024-03-05"),
        ("Mar-2024", "2024-03"),
        ("20240305", "2024-03-05"),
        ("45356", "2024-03-05"),
        ("2024-03-05 00:00:00", "2024-03-05"),
        ("13/04/2024", "2024-04-13"),
        ("04/13/2024", "2024-04-13"),
        ("03/04/2024", None),
        ("2024-13", None),
        ("spring", None),
        ("99999", None),
    ],
)
def test_other_spellings_of_a_date(value: str, suggestion: str | None) -> None:
    (finding,) = dates.check_date(value, allow_range=False)
    assert finding.code in ("date-form", "date-impossible")
    assert finding.suggestion == suggestion


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back_from_each_spelling(day: date) -> None:
    spellings = (
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}년 {day.month}월 {day.day}일",
        day.strftime("%d-%b-%Y"),
    )
    assert {dates.suggest_date(each) for each in (*spellings, day.strftime("%Y%m%d"))} == {day.isoformat()}


@given(st.text(max_size=30))
def test_a_proposed_date_is_a_right_date(value: str) -> None:
    for finding in dates.check_date(value, allow_range=True):
        if finding.suggestion is not None:
            assert dates.check_date(finding.suggestion, allow_range=True) == []


def test_ranges() -> None:
    assert dates.check_date("2024-01/2024-03", allow_range=True) == []
    assert dates.check_date("2024-01/2024-03", allow_range=False)[0].code == "date-form"
    assert dates.check_date("2024-03/2024-01", allow_range=True)[0].suggestion == "2024-01/2024-03"
    assert dates.check_date("2024.3.5 ~ 2024.4.1", allow_range=True)[0].suggestion == "2024-03-05/2024-04-01"


@pytest.mark.parametrize(
    ("value", "code", "suggestion"),
    [
        ("37.56, 126.99", "lat-lon-form", "37.56 N 126.99 E"),
        ("126.99, 37.56", "lat-lon-swapped", "37.56 N 126.99 E"),
        ("126.99 E 37.56 N", "lat-lon-swapped", "37.56 N 126.99 E"),
        ("37°33'36\"N 126°59'24\"E", "lat-lon-form", "37.56 N 126.99 E"),
        ("북위 37.56 동경 126.99", "lat-lon-form", "37.56 N 126.99 E"),
        ("-33.1 151.2", "lat-lon-form", "33.1 S 151.2 E"),
        ("N37.56 E126.99", "lat-lon-form", "37.56 N 126.99 E"),
        ("97 N 10 E", "lat-lon-range", None),
        ("Seoul", "lat-lon-form", None),
    ],
)
def test_coordinates(value: str, code: str, suggestion: str | None) -> None:
    (finding,) = places.check_lat_lon(value)
    assert (finding.code, finding.suggestion) == (code, suggestion)


@given(st.decimals(-90, 90, places=3), st.decimals(-180, 180, places=3))
def test_a_proposed_coordinate_is_right(lat: object, lon: object) -> None:
    (finding,) = places.check_lat_lon(f"{lat}, {lon}")
    assert finding.suggestion is not None
    assert places.check_lat_lon(finding.suggestion) == []


@pytest.mark.parametrize(
    ("value", "suggestion"),
    [
        ("South Korea;Seoul", "South Korea: Seoul"),
        ("Korea, Seoul", "South Korea: Seoul"),
        ("대한민국: 서울", "South Korea: Seoul"),
        ("대한민국 경상북도", "South Korea: Gyeongsangbuk-do"),
        ("Seoul, Korea", "South Korea: Seoul"),
        ("South Korea:Seoul", "South Korea: Seoul"),
        ("south korea", "South Korea"),
        ("South Koera: Busan", "South Korea: Busan"),
    ],
)
def test_places_are_corrected(value: str, suggestion: str) -> None:
    check = places.place_checker(COUNTRIES)
    (finding,) = check(value)
    assert (finding.code, finding.suggestion) == ("place-form", suggestion)
    assert check(suggestion) == []


@pytest.mark.parametrize(
    ("value", "suggestion"),
    [
        ("South Korea - Seoul", "South Korea: Seoul"),
        ("South Korea Seoul", "South Korea: Seoul"),
        ("Korea, Republic of", "South Korea"),
        ("Korea, Democratic People's Republic of", "North Korea"),
        ("Congo, the Democratic Republic of the", "Democratic Republic of the Congo"),
        ("Moldova, Republic of", "Moldova"),
        ("Bolivia (Plurinational State of)", "Bolivia"),
        ("Georgia, USA", None),
        ("Hong Kong, China", None),
    ],
)
def test_official_names_and_two_countries(korea: Library, value: str, suggestion: str | None) -> None:
    countries = TermIndex(korea.catalogue.vocabularies["countries"].terms)
    (finding,) = places.place_checker(countries)(value)
    assert finding.suggestion == suggestion


def test_nothing_behind_a_coordinate_is_lost() -> None:
    (finding,) = places.check_lat_lon("37.56 N 126.99 E (Seoul)")
    assert (finding.code, finding.suggestion) == ("lat-lon-form", None)


@pytest.mark.parametrize(("value", "suggestion"), [("male/female", "pooled male and female"), ("여자", "female")])
def test_sexes_as_people_write_them(korea: Library, value: str, suggestion: str) -> None:
    assert TermIndex(korea.catalogue.vocabularies["sexes"].terms).find(value) == suggestion


def test_an_unknown_place_is_told() -> None:
    assert places.place_checker(COUNTRIES)("Atlantis: Sea")[0].code == "place-unknown"


@pytest.mark.parametrize(
    ("value", "unit", "suggestion"),
    [
        ("1,234.5", "m", "1234.5"),
        ("37.5 °C", "Cel", "37.5"),
        ("34 세", "a", "34"),
        ("10 μm", "um", "10"),
        ("12 mm", "m", None),
        ("about 5", "m", None),
        ("1.5e3", "", "1500"),
        ("+7", "", "7"),
        ("1,23", "", None),
    ],
)
def test_numbers_are_corrected_but_never_converted(value: str, unit: str, suggestion: str | None) -> None:
    field = Field(name="x", label=Text("x", "x"), type="number", unit=unit)
    (finding,) = numbers.check_number(value, field)
    assert finding.suggestion == suggestion
    if suggestion is not None:
        assert numbers.check_number(suggestion, field) == []


@pytest.mark.parametrize(
    "value", ["../etc/passwd", "C:\\data\\a.fq", "a/b.fq", ".hidden", "a\u202egz.fq", "", "x" * 300]
)
def test_file_names_are_no_paths(value: str) -> None:
    assert links.check_file_name(value)[0].code == "file-name-form"


def test_a_path_is_corrected_to_its_name_but_never_from_a_climb() -> None:
    assert links.check_file_name("data/a_R1.fastq.gz")[0].suggestion == "a_R1.fastq.gz"
    assert links.check_file_name("../a_R1.fastq.gz")[0].suggestion is None


def test_names_with_spaces_between_are_told_apart() -> None:
    (finding,) = links.check_file_name("a_R1.fastq.gz a_R2.fastq.gz")
    assert finding.suggestion == "a_R1.fastq.gz;a_R2.fastq.gz"
    assert links.check_file_name("my sample.fastq.gz")[0].suggestion == "my_sample.fastq.gz"


@pytest.mark.parametrize("value", ["txid9606", "NCBI:txid9606", "NCBITaxon_9606", "taxon:9606", "9606.0"])
def test_ids_of_taxa_as_people_write_them(value: str) -> None:
    assert taxa.check_taxon_id(value)[0].suggestion == "9606"


@pytest.mark.parametrize(
    ("vocabulary", "value", "near"),
    [
        ("library-source", "single cell", None),
        ("read-file-types", "fasta", None),
        ("library-source", "GENOMIK", "GENOMIC"),
        ("library-strategy", "miRNA", "miRNA-Seq"),
    ],
)
def test_no_guess_between_terms(korea: Library, vocabulary: str, value: str, near: str | None) -> None:
    assert TermIndex(korea.catalogue.vocabularies[vocabulary].terms).nearest(value) == near


@pytest.mark.parametrize("value", ["D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e  a.fq"])
def test_md5(value: str) -> None:
    assert links.check_md5(value)[0].suggestion == "d41d8cd98f00b204e9800998ecf8427e"


@pytest.mark.parametrize(
    ("first", "second", "mates"),
    [
        ("a_R1.fastq.gz", "a_R2.fastq.gz", True),
        ("a_S1_L001_R1_001.fastq.gz", "a_S1_L001_R2_001.fastq.gz", True),
        ("SRR1_1.fq", "SRR1_2.fq", True),
        ("a_f1.fq.gz", "a_r2.fq.gz", True),
        ("a_1_clean.fq.gz", "a_2_clean.fq.gz", True),
        ("a_R1_val_1.fq.gz", "a_R2_val_2.fq.gz", True),
        ("a_read1.fastq", "a_read2.fastq", True),
        ("a_F.fastq", "a_R.fastq", True),
        ("sampleR1.fastq", "sampleR2.fastq", True),
        ("a_R1_val_1.fq.gz", "b_R2_val_2.fq.gz", False),
        ("CTR1.fastq", "CTR2.fastq", False),
        ("sample1.fastq", "sample2.fastq", False),
        ("a_1_R1.fastq", "a_2_R1.fastq", False),
        ("rep_1_x_1.fastq", "rep_2_x_1.fastq", False),
        ("liver_R1_S1_L001_R1_001.fastq.gz", "liver_R1_S1_L001_R2_001.fastq.gz", True),
        ("a_1_F.fastq", "a_1_R.fastq", True),
        ("a_R1.fastq.gz", "a_R1.fastq.gz", False),
        ("a_R2.fastq.gz", "a_R1.fastq.gz", False),
        ("a_R1.fastq.gz", "b_R2.fastq.gz", False),
        ("a.fastq.gz", "b.fastq.gz", False),
    ],
)
def test_mates(first: str, second: str, mates: bool) -> None:
    assert pairs.are_mates(first, second) is mates


def test_mates_among_many() -> None:
    names = ["b_R2.fq", "a_1_R1.fq", "a_1_R2.fq", "a_2_R1.fq", "a_2_R2.fq", "b_R1.fq", "c_R1.fq", "c_I1.fq", "d.fq"]
    assert sorted(pairs.mates_among(names)) == [
        ("a_1_R1.fq", "a_1_R2.fq"), ("a_2_R1.fq", "a_2_R2.fq"), ("b_R1.fq", "b_R2.fq"),
    ]  # fmt: skip


@given(st.text(max_size=40))
def test_cleaning_is_done_once(value: str) -> None:
    clean, _ = cleaning.clean(value)
    assert cleaning.clean(clean) == (clean, [])


def test_stray_characters_are_named() -> None:
    clean, findings = cleaning.clean("\u202eHomo\u00a0 sapiens\x07 １２ ")
    assert clean == "Homo sapiens 12"
    assert [each.code for each in findings] == [
        "text-control-character", "text-hidden-character", "text-full-width", "text-spaces"
    ]  # fmt: skip


def test_split_hangul_is_composed() -> None:
    assert cleaning.clean("\u1112\u1161\u11ab\u1100\u1173\u11af")[0] == "한글"


@pytest.mark.parametrize("value", ["=1+1", "@SUM(1,1)", "+1+1", "-1+1", "\t=1", "'=1", "＝1+1"])
def test_formula_like_text(value: str) -> None:
    assert cleaning.is_like_formula(value)


@pytest.mark.parametrize("value", ["-1.5", "+2", "-", "a=b", "mail@x.org"])
def test_plain_text_is_no_formula(value: str) -> None:
    assert not cleaning.is_like_formula(value)


def test_nearest_term() -> None:
    index = TermIndex([Term("Illumina NovaSeq 6000"), Term("NextSeq 2000"), Term("MinION")])
    assert index.find("minion") == "MinION"
    assert index.nearest("Ilumina NovaSeq 6000") == "Illumina NovaSeq 6000"
    assert index.nearest("PacBio") is None


def _pairs(word: str) -> set[str]:
    return {left + right for left, right in zip(f"^{word}", f"{word}$", strict=True)}


def _likeness(word: str, other: str) -> float:
    return 2 * len(_pairs(word) & _pairs(other)) / (len(_pairs(word)) + len(_pairs(other)))


WORDS = st.text("abcd", min_size=1, max_size=12)


@given(st.sets(WORDS, max_size=30), WORDS)
def test_the_nearest_term_is_that_of_a_plain_comparison(words: set[str], value: str) -> None:
    """It alone is most alike, and enough to be a misspelling; no part of several terms, and not the end of one."""
    near = {word for word in words if _likeness(word, value) >= 0.6}
    best = [word for word in near if _likeness(word, value) == max(_likeness(each, value) for each in near)]
    parted = sum(value in word for word in words) > 1
    ends = any(abs(len(word) - len(value)) > 1 and (word.endswith(value) or value.endswith(word)) for word in best)
    expected = best[0] if len(best) == 1 and not parted and not ends else None
    assert TermIndex(map(Term, sorted(words))).nearest(value) == expected
