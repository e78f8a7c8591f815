"""Words that a password of this station must not be made of."""

from __future__ import annotations

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from biomoa.people.models import User

WORDS = ("biomoa", "바이오모아", "kobic", "kbds", "bioone", "curator", "administrator", "depositor", "station")
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
