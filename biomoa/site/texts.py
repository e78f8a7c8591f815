"""Sentences of Django and allauth that this station says in better Korean: here so that they are extracted."""

from django.utils.translation import gettext_noop

REWORDED = (gettext_noop("Remember Me"), gettext_noop("This field is required."))
