"""Lines of a file from its beginning to its end: those that could identify a person are chosen many at a time.

``find`` takes some 50 microseconds a line, ``suspects`` half of one; hardly any line of a sound file is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from biomoa.catalog.model import Text
from biomoa.qc.model import Report
from biomoa.qc.persons.detector import KINDS, PersonFinding, find, plain_form

BATCH = 20_000
MOST = 20  # as many as a report keeps of one code
CLOSELY = 2 << 20  # characters of read names that are read closely
# There are millions of read names: a sample is searched, so much of each MiB, and the first and last MiB whole.
SAMPLED_BYTES = 2048
WHOLE_BYTES = 1 << 20

IN_TEXT = Text(ko="머리글이나 리드 이름", en="a header or a read name")
IN_LINES = Text(ko="파일 내용", en="the text of the file")

# Names that archives and instruments give: run and number, film and well, lane and tile and place on it. Their digits
# are no person's.
_GIVEN = (
    r"[SED]RR[0-9]{6,}\.[0-9]+|m[0-9A-Za-z]*_[0-9]{6}_[0-9]{6}(?:_[0-9A-Za-z]+)*/[0-9]+"
    r"|:[0-9]{1,2}:[0-9]{4,6}:[0-9]{1,8}:[0-9]{1,8}"
)
# Whole names of these kinds, in which nothing else has room: millions of them need no closer look.
_ORDINARY = re.compile(
    rb"@[A-Za-z\-]{1,8}[0-9]{0,7}[A-Za-z]{0,2}:[0-9]{1,5}:(?=[0-9\-]{0,6}[A-Z])[0-9A-Z\-]{5,12}"
    rb":[0-9]{1,2}:[0-9]{4,6}:[0-9]{1,8}:[0-9]{1,8}(?: [12]:[YN]:[0-9]{1,4}:[ACGTN+0-9]{0,8}[ACGTN+]{0,24}|/[12])?"
    rb"|@[SED]RR[0-9]{6,9}\.[0-9]{1,10}(?:\.[12])?(?: [0-9]{1,10})?(?: length=[0-9]{1,6}|/[12])?"
)
# Text fields of alignments (SAMtags) that programs fill with sequences, qualities, barcodes and places.
TECHNICAL_TAGS = frozenset(
    b"MD SA XA OA MC MM Mm OC BC QT RX QX OX BZ MI CB CR CY UB UR UY OQ BQ E2 U2 Q2 R2 RG PG".split()
)
_SHORTEST = 4  # characters: less identifies nobody
_DAY = r"[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_MARKS = r"[\x00-/:-@\[-`{-\x7f]{0,4}"
_NO_DIGIT = r"[\x00-/:-\x7f]"
_BEFORE = r"(?:^|[\x00-/:-@\[-`{-\x7f])"  # no digit and no letter
# What ``find`` looks for in a line of ASCII, a little wider; lines with other letters go by ``suspects``. Classes are
# of ASCII and repetitions short: a larger automaton is twenty times slower.
_PLAIN = (
    rf"(?:^|{_NO_DIGIT}){_DAY}[^0-9A-Za-z]{{0,5}}[0-9]{{7}}(?:{_NO_DIGIT}|$)",
    r"[0-9](?:[ \-][0-9]){5}[ \-]{0,5}[0-9](?:[ \-][0-9]){6}",
    rf"{_DAY} ?[-_]? ?[0-9]{{1,5}}[*xX#]{{2,6}}",
    r"[0-9]{6}-[0-9]-[0-9]{6}|(?:19|20)[0-9]{6} ?[-_] ?[0-9]{7}|[0-9]{2}[.\-/][0-9]{2}[.\-/][0-9]{2}[- ]{1,3}[0-9]{7}",
    rf"{_BEFORE}01[016789]{_MARKS}[0-9]{{3,4}}{_MARKS}[0-9]{{4}}(?:{_NO_DIGIT}|$)",
    r"(?:\+|00|\()[127]?[ \-]{0,2}82[ \t\-_.()/~0-9]{8}|82-[1-7][0-9]?-[0-9]{3,4}-[0-9]{4}"
    r"|82[ \-]?0?10[ \-]?[0-9]{4}[ \-]?[0-9]{4}|02 [2-9][0-9]{6}",
    r"0(?:[2-6][1-5]?|70|50[2-8]?)[) \t.\-_~][ \t\-]{0,2}[0-9]{3,4}[ \t.\-_~]{1,2}[0-9]{4}",
    r"[0-9]{2}[\-. ][0-9]{2}[\-. ][0-9]{6}[\-. ][0-9]{2}",
    r"[0-9]{4}[\- \t][0-9]{4}[\- \t][0-9]{4}[\- \t][0-9]{4}",
    r"[0-9A-Za-z_+\-.] ?(?:@|[(<\[{][aA][tT]?[)>\]}]|&#64;|%40|_at_|-at-|#at#| (?i-u:at) ) ?"
    r"[0-9A-Za-z_\-.]{1,63}(?:\.| \. ?|[(\[]dot[)\]])[A-Za-z]{2}|[A-Za-z]\^[A-Z]|[0-9A-Za-z] (?i-u:at) [^ ]{1,63} dot ",
    rf"(?i-u:{_BEFORE}(?:tel|phone|mobile|cell|fax|mrn|pt\.?[ _]?(?:id|no|#)|emr|hosp|chart|patient|medical|med"
    r"|contact|unit|mr|hn|p(?:at|t)?id|pp|reg(?:istration)?|[uc]/n"
    r"|nhis?|insurance|dob|d\.o\.b|born|date|birth|ip|remote|client|rrn|resident|hp|h\.p|c\.p|t\.)"
    rf"|passport|licen[cs]e|account|card|visa|master|plate|vehicle){_NO_DIGIT}*"
    r"[0-9](?:[0-9\-./ ()_,:|=]{4}|[0-9]{2}[A-Za-z][0-9]{4}|[0-9]{0,2}\.[0-9]|[0-9]?[\-. ][A-Za-z]{3})",
    r"@ ?[0-9A-Za-z_\-]{1,63}, ?(?:ac|co|re|go|or|ne|pe|kr|com|net|org)",
    rf"(?i-u:{_BEFORE}(?:patients?|pt|donor|subject|participant|guardian|proband|mother|father|parent|spouse|husband"
    r"|wife|child|name))[\x20-\x7e]{0,20}[^A-Za-z][A-Z][A-Za-z\-]{0,12}[ ,_]{1,2}[A-Z][A-Za-z]",
    r"(?i-u:rrn|resident|tel|phone|mobile|hp)[^0-9A-Za-z]{0,6}[0-9OolI]{3}",
    r"(?i-u:(?:patient|donor|subject|participant|guardian)(?:'s)?[ \t_]?name)",
    rf"(?i-u:{_BEFORE}(?:patient|pt|donor|subject|participant|guardian|mother|father|mrs?|ms|name))[^A-Za-z][\x20-\x7e]{{0,24}}[A-Za-z]-[A-Za-z]"
    r"|[A-Za-z] ?\((?:[Pp]atient|[Dd]onor|[Gg]uardian)\)",
)


def is_ordinary(line: bytes) -> bool:
    """Is the whole line a name that an archive or an instrument gives, or the sign alone that begins one?"""
    return len(line) < _SHORTEST or _ORDINARY.fullmatch(line) is not None


class Lines:
    """Searches what it is given in batches and adds what it finds to the report. ``finish`` must be called.

    After ``MOST`` sure findings it looks no further: the file is held by the first. Of unsure ones as many are told.
    With ``characters`` at most so many of chosen lines are read closely; there is no limit without.
    """

    def __init__(self, report: Report, where: Text = IN_TEXT, *, characters: int | None = None) -> None:
        self._report, self._where, self._left = report, where, characters
        self._waiting: dict[str, str] = {}  # text -> place of its first occurrence
        self._told = self._asked = 0  # sure ones, and unsure ones

    def take(self, place: str, line: bytes) -> None:
        if self._told < MOST and line and not is_ordinary(line):
            self._waiting.setdefault(text_of(line), place)
            if len(self._waiting) >= BATCH:
                self.finish()

    def finish(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for text in chosen(waiting) if waiting else ():
            if self._left is not None:
                self._left -= len(text)
                if self._left < 0:
                    return
            said = without_given_name(text)
            for each in find_told(said, of_sequences=self._where is IN_TEXT):
                self._tell(each, said, waiting[text] or None)
            if self._told >= MOST:
                return

    def _tell(self, found: PersonFinding, text: str, at: str | None) -> None:
        if found.is_sure:
            self._told += 1
        else:
            self._asked += 1
        if found.is_sure or self._asked <= MOST:
            add(self._report, found, text, self._where, at)


def chosen(texts: Iterable[str]) -> list[str]:
    """Those in which a search could find something that is told, in their order."""
    import polars as pl  # only what has lines to search needs it

    from biomoa.qc.persons.suspects import suspects

    said = pl.col("whole").str.replace(r"^[@>]", "").str.replace(_GIVEN, "")
    frame = pl.DataFrame({"whole": list(texts)}, schema={"whole": pl.String}).with_columns(said=said)
    is_plain = pl.col("said").str.len_bytes() == pl.col("said").str.len_chars()
    others = suspects(frame.filter(~is_plain)["said"])
    is_chosen = pl.when(is_plain).then(pl.any_horizontal(pl.col("said").str.contains(each) for each in _PLAIN))
    return frame.filter(is_chosen.otherwise(pl.col("said").is_in(others.implode())))["whole"].to_list()


_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def text_of(line: bytes) -> str:
    """A line as UTF-8, or as the Windows of Korea writes it (CP949); letters that JSON gave a number are letters."""
    text = line.decode("utf-8", "replace")
    if "\ufffd" in text:
        korean = line.decode("cp949", "replace")
        text = korean if korean.count("\ufffd") < text.count("\ufffd") else text
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "\\u" in text else text


_GIVEN_NAME = re.compile(_GIVEN)


def find_told(text: str, *, of_sequences: bool = False) -> Iterator[PersonFinding]:
    """What is told of a text, and must be repeated nowhere."""
    return (each for each in find(text, of_sequences=of_sequences) if each.is_told)


def without_given_name(line: str) -> str:
    """The line without the name that an archive or an instrument gave."""
    return _GIVEN_NAME.sub("", line.removeprefix("@"), count=1)


def add(report: Report, found: PersonFinding, text: str, where: Text, at: str | None) -> None:
    """Tells kind and place of what was found in the text, and has it kept back everywhere else."""
    report.keep_back(plain_form(text)[found.start : found.end], at)
    code = "person-identifier-unsure" if found.confidence == "low" else "person-identifier"
    kind = KINDS[found.kind]
    report.add(code, at=at, kind_ko=kind.ko, kind_en=kind.en, where_ko=where.ko, where_en=where.en)
