"""Words that a password of this station must not be made of, and those that leaked elsewhere."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from biomoa.people.keyboard import is_common
from biomoa.people.models import User

WORDS = ("biomoa", "바이오모아", "kobic", "kbds", "bioone", "curator", "administrator", "depositor", "station")
DIGITS = 40  # of SHA-1 in hex
REST_LENGTH = 8  # what must remain when such words are taken away


class NoStationWords:
    """ASVS 6.2.11: a password is not the station's name with a number behind it."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002
        station = settings.BIOMOA_HOME.station
        names = re.findall(r"\w{4,}", f"{station.name_ko} {station.name_en} {station.center}".lower())
        rest = password.lower()
        for word in (*WORDS, *names):
            rest = rest.replace(word, "")
        if rest != password.lower() and len(rest) < REST_LENGTH:
            raise ValidationError(_("This password is made of words that everybody at this station knows."))

    def get_help_text(self) -> str:
        return _("Do not make it of the names of the station or of roles.")


class NotObvious:
    """ASVS 6.2.4, in this country: one sign again and again, blanks, words as a Korean keyboard types them."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002
        if len(set(password.casefold())) <= 1 or not password.strip() or is_common(password):
            raise ValidationError(
                _("This password is among the first that anybody would try. Please choose another one.")
            )

    def get_help_text(self) -> str:
        return _("Do not make it of one sign, or of a common Korean word, also not typed on the English keyboard.")


class NotLeaked:
    """ASVS 6.2.12: searches the file of leaked passwords that the operator gave; without one it lets all pass."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002
        home = settings.BIOMOA_HOME
        named = home.station.security.leaked_passwords
        if named and is_leaked(password, home.folder / named):
            raise ValidationError(_("This password is known from leaks of other services. Please choose another one."))

    def get_help_text(self) -> str:
        return _("Do not use one that is known from leaks of other services.")


def is_leaked(password: str, leaked: Path) -> bool:
    """``leaked`` has a line ``SHA-1:count`` each, in order: found by halving, so that 40 GB cost some 40 reads."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with leaked.open("rb") as file:
        low, high = 0, os.fstat(file.fileno()).st_size
        while low < high:
            middle = (low + high) // 2
            # The first line that begins at or behind the middle.
            file.seek(max(middle - 1, 0))
            if middle:
                file.readline()
            line = file.readline()
            if line and line[:DIGITS].upper() < wanted:
                low = file.tell()
            else:
                high = middle
        file.seek(low)
        return file.readline()[:DIGITS].upper() == wanted
