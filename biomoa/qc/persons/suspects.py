"""Which of many cells are worth a search: a few linear expressions over whole columns, never narrower than the search.

A sheet has millions of cells and hardly one with an identifier; ``find`` takes some microseconds a cell.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

import polars as pl

from biomoa.qc.persons.detector import DISGUISES
from biomoa.qc.persons.late import late

_NUMBERS = (
    r"[0-9]{6}[^0-9A-Za-z]{0,5}[0-9*xX●○◯〇■□▲◆×＊#]{6}|[0-9](?:[ \x{A0}\x{3000}\-][0-9]){5}"
    r"|[0-9]{6}-[0-9][- ][0-9]{6}|02 [2-9][0-9]{6}"
    r"|[0-9]{2}[.\-/][0-9]{2}[.\-/][0-9]{2}[-\s]{1,3}[0-9]{7}|앞[^0-9]{0,8}[0-9]{6}|[뒤뒷][^0-9]{0,12}[0-9]{7}"
    r"|01[016789][^0-9A-Za-z]{0,4}[0-9]{3,4}[^0-9A-Za-z]{0,4}[0-9]{4}"
    r"|0[0-9]{1,3}[^0-9A-Za-z]{1,3}[0-9]{3,4}[^0-9A-Za-z]{1,2}[0-9]{4}"
    r"|82[^0-9A-Za-z]{0,6}(?:0[^0-9A-Za-z]{0,4})?[0-9]{1,3}[^0-9A-Za-z]{0,4}[0-9]{3,4}[^0-9A-Za-z]{0,3}[0-9]{4}"
    r"|[0-9]{4}[\-\s][0-9]{4}[\-\s][0-9]{4}|[0-9]{2}[\-. ][0-9]{2}[\-. ][0-9]{6}"
    r"|[가-힣]{2}[\s_\-]{1,2}(?:(?:19|20)[0-9]{2}|[0-9]{2})[01][0-9][0-3][0-9]|[0-9]{2}년\s?[0-9생]|[0-9]호"
)


def _runs(codes: Iterable[int]) -> str:
    """The characters as the inside of a class, neighbours together."""
    runs = (list(run) for _, run in itertools.groupby(enumerate(sorted(codes)), lambda each: each[1] - each[0]))
    return "".join(f"\\x{{{run[0][1]:X}}}-\\x{{{run[-1][1]:X}}}" for run in runs)


# Full width, parts of syllables (a macOS writes Hangul so), and what the search takes for a digit or for nothing.
_OTHER_SIGNS = _runs({*range(0xFF01, 0xFF5F), *range(0x1100, 0x1200), *DISGUISES, *map(ord, "①②③④⑤⑥⑦⑧⑨⓪﹫、。…")})
_WRITTEN_AT = (
    r"\{at\}|&#64;|%40|_at_| at [^ ]{1,63} dot |골뱅이|<at>|\(a\)| at (?:[^ .]{1,63}\.){1,5}[a-z]|-at-|#at#|앳"
)
_SPOKEN = r"공영일이삼사오육륙칠팔구〇零一二三四五六七八九"
_MARKS = (
    rf"@|(?i:\(at\)|\[at\]|{_WRITTEN_AT})|[A-Za-z]\^[A-Z]|[가-힣]\s?\((?:남|여|[MF])\s?[/,]|[{_OTHER_SIGNS}]"
    r"|[가-힣]{3}[ _,/(]{1,2}(?:[남여MF]|[0-9]{1,3}[세/,]|[0-9]{2,4}\.)"  # a name, a sex or an age
    r"|(?:SM|ID|LB|DS|PU):[0-9A-Za-z_\-]*[가-힣]{3}|[=\[<\"][가-힣]{3}|#CHROM"  # headers of files
    r"|(?i:번호|주민|rrn|연락처|전화|휴대폰|핸드폰|phone|mobile|tel|hp)[^0-9A-Za-z]{1,4}[0-9OolI]{3}"
    rf"|[0-9{_SPOKEN}][{_SPOKEN}][0-9{_SPOKEN}]|[{_SPOKEN}][0-9]"
)
# Python's engine would look from each syllable to the end: it is asked of texts that can be the name of a file.
_FILES = r"[가-힣]{3}.*\.(?:fastq|fq|fasta|bam|cram|sam|vcf|xlsx|csv|tsv|txt)"
_LONGEST_FILE = 255  # characters
# A word's edge in ASCII: at one in Unicode the automaton gives up on Korean text and is three hundred times slower.
_LABELS = (
    r"(?i:전화|연락처|휴대|핸드폰|폰 ?번호|contact(?:[ _]?(?:no|number|phone))?[^0-9A-Za-z]{1,6}1"
    r"|팩스|tel|phone|mobile|cell|fax"
    r"|여권|passport|(?-u:\b)pp ?no|면허|licen[cs]e|mrn|번호|환자|patient|medical"
    r"|hosp|chart|차트|챠트|(?-u:\b)pt(?:\.?[ _]|[#.])|emr|주민|생년|생일|출생|dob|birth|계좌|통장|예금주|입금|은행|뱅크|금고|신한"  # noqa: E501
    r"|농협|우체국|신협|account|접속|로그인|ip|remote|client|subject|donor|participant"
    r"|person|rrn|ssn|카드|card|visa|master|결제|차량|plate|vehicle|주소|거주지|자택|거소|address|residence|대상자|기증자|피험자|민번|신분|외국인|식별|넘버"
    r"|(?-u:\b)m\.?r\.?[ #n]|(?-u:\b)hn(?-u:\b)|(?-u:\b)p(?:at|t)?id(?-u:\b)|unit[ _]?n|[uc]/n"
    r"|ocs|med(?:ical)?[ _]?rec|alien|(?:national|korean) ?id|(?-u:\b)arc(?-u:\b)|거소"
    r"|resident|보험|insurance|nhi|의무|medrec|(?-u:\b)h\.?p(?-u:\b)|(?-u:\b)c\.p|(?-u:\b)t\.|☎|born|d\.o\.b)"
)
_HOMES = r"(?i:주소|거주지|자택|거소|address|residence)"
_NAMES = (
    r"(?i:성\s?명|성\s?함|姓\s?名|이름|환자|보호자|피험자|대상자|기증자|공여자|제공자|참여자|신청인|수검자|수진자|피검자|동의자|대리인|님|씨|환 ?아|환우|산모|임부|어린이|배우자|모친|부친|어머니|아버지|남편|아내|자녀|아들|딸|형제|자매|부모|조부|조모|할머니|할아버지|[부모]\s?[:=]|의 ?(?:주민|민번|연락|전화|휴대|핸드|생년|생일|여권|이메일|메일|주소|집|차트|병록|등록|진료|보험|면허)|환 {0,2}자|이 {0,2}름|이\s름|성\s{2}명|name|(?-u:\b)mr|(?-u:\b)ms|(?-u:\b)mrs|(?-u:\b)pt(?-u:\b)|mother|father|parent|spouse|patient|donor|subject|participant|full"  # noqa: E501
    r"|guardian)"
)
_WRITTEN_NAME = r"[가-힣]{2}|[가-힣] {1,2}[가-힣]|[A-Z][A-Za-z\-]+,?[ _]?[A-Z]"
_FIGURES = r"[0-9](?:[^0-9]?[0-9]){2}|[0-9a-f]{32}"


_LOOKED_AT = 1_000  # texts of a column by which its variety is judged
_ANY = f"{_NUMBERS}|{_MARKS}|{_FILES}|{_LABELS}|{_NAMES}|{_HOMES}"


def _python(pattern: str) -> re.Pattern[str]:
    """The same expression in Python's writing."""
    written = pattern.replace("(?-u:", "(?a:")
    return late(re.sub(r"\\x\{([0-9A-F]+)\}", lambda found: chr(int(found[1], 16)), written))


_DIGIT = re.compile("[0-9]")
_ONE_HOME, _ONE_FILE = _python(_HOMES), _python(_FILES)
_ONE_NUMBER, _ONE_MARK, _ONE_LABEL = _python(_NUMBERS), _python(_MARKS), _python(_LABELS)
_ONE_FIGURE, _ONE_WRITTEN_NAME, _ONE_NAME = _python(_FIGURES), _python(_WRITTEN_NAME), _python(_NAMES)


def is_suspect(text: str) -> bool:
    """``suspects`` of one text: for a row that is saved, waking polars takes longer than the search."""
    if _ONE_MARK.search(text):
        return True
    has_number = _DIGIT.search(text) is not None and _ONE_NUMBER.search(text) is not None
    if has_number or (_ONE_FIGURE.search(text) and _ONE_LABEL.search(text)):
        return True
    if _DIGIT.search(text) and _ONE_HOME.search(text):
        return True
    if len(text) <= _LONGEST_FILE and _ONE_FILE.search(text):
        return True
    return bool(_ONE_WRITTEN_NAME.search(text) and _ONE_NAME.search(text))


def suspects(column: pl.Series) -> pl.Series:
    """The different texts of a column in which a search could find something that is more than unsure."""
    texts = column if _is_various(column) else column.unique()
    # Series, not expressions: their threads would build the automaton of a large pattern anew for each column.
    few = texts.filter(texts.str.contains(_ANY)).unique()  # one pass over all, the rest over few
    if few.is_empty():
        return few
    return few.filter(
        few.str.contains(_NUMBERS)
        | few.str.contains(_MARKS)
        | few.str.contains(_FILES)
        | (few.str.contains(_FIGURES) & few.str.contains(_LABELS))
        | (few.str.contains("[0-9]") & few.str.contains(_HOMES))
        | (few.str.contains(_WRITTEN_NAME) & few.str.contains(_NAMES))
    )


def _is_various(column: pl.Series) -> bool:
    """Whether it would take longer to find the different texts than to look through all."""
    first = column.head(_LOOKED_AT)
    return first.n_unique() > 0.95 * len(first)
