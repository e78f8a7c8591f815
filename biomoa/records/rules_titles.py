"""The title of a record, where its form asks for it in two languages. Functions of values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from biomoa.catalog.model import Text
from biomoa.forms.model import Form

LONGEST = 500  # characters
KOREAN = "ko"
HANGUL = re.compile("[가-힣]")


class TitleFields(msgspec.Struct, frozen=True):
    """The fields that make a title, in the order in which they are tried."""

    any: tuple[str, ...]
    korean: tuple[str, ...]


class Titled(msgspec.Struct, frozen=True):
    """A title for one reader. A language is named only where it is known to be another than the reader's."""

    text: str
    language: str = ""
    other: str = ""  # the title in the other language, where there is one
    other_language: str = ""


def title_fields(form: Form) -> TitleFields:
    korean = tuple(name for name in form.title if form.field(name).language == KOREAN)
    others = tuple(name for name in form.title if name not in korean)
    return TitleFields((*others, *korean, form.alias), korean)


def titles_of(form: Form | TitleFields, values: Mapping[str, str]) -> tuple[str, str]:
    """The title: first filled title field, else the alias; and the title in Korean, empty without one."""
    fields = form if isinstance(form, TitleFields) else title_fields(form)
    return _first(fields.any, values), _first(fields.korean, values)


def title_values(form: Form, said: str) -> dict[str, str]:
    """A title that somebody typed, under the field that asks for one in its script."""
    fields = title_fields(form)
    is_korean = bool(fields.korean) and HANGUL.search(said) is not None
    return {(fields.korean if is_korean else fields.any)[0]: said}


def _first(names: Sequence[str], values: Mapping[str, str]) -> str:
    return next((said[:LONGEST] for name in names if (said := values.get(name, "").strip())), "")


def text_of(title: str, title_ko: str) -> Text:
    """Each reader's title: that in the own language where it is given, else the other."""
    return Text(ko=title_ko or title, en=title)


def titled(form: Form | None, title: str, title_ko: str, reader: str) -> Titled:
    """What a reader of that language is shown."""
    if reader != KOREAN:
        if title == title_ko:
            return Titled(title, KOREAN if title else "")
        return Titled(title, "", title_ko, KOREAN if title_ko else "")
    own = language_of(form)
    if not title_ko:
        return Titled(title, own)
    return Titled(title_ko, "", *((title, own) if title != title_ko else ()))


def language_of(form: Form | None) -> str:
    """The language of the title that is not in Korean; empty where the form does not say."""
    said = (form.field(name).language for name in form.title) if form else iter(())
    return next((each for each in said if each not in ("", KOREAN)), "")
