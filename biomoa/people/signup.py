"""What the sign-up form asks besides address and password (allauth adds these fields to its own)."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from biomoa.people.models import User


class SignUpForm(forms.Form):
    name_ko = forms.CharField(label=_("Name in Korean"), max_length=100, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=100)

    def signup(self, _request: HttpRequest, user: User) -> None:
        """Called by allauth with the new user."""
        user.name_ko = self.cleaned_data["name_ko"]
        user.name_en = self.cleaned_data["name_en"]
        user.language = "en" if get_language() == "en" else "ko"
        user.save(update_fields=["name_ko", "name_en", "language"])
