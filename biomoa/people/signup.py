"""What the sign-up form asks besides address and password (allauth adds these fields to its own)."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from biomoa.people.edge import language_of
from biomoa.people.models import User
from biomoa.people.rules import check_names, tidy_name


class SignUpForm(forms.Form):
    name_ko = forms.CharField(label=_("Name in Korean"), max_length=100, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=100)

    def clean_name_ko(self) -> str:
        return self._name("name_ko")

    def clean_name_en(self) -> str:
        return self._name("name_en")

    def _name(self, field: str) -> str:
        name = tidy_name(self.cleaned_data[field])
        if name and (problems := check_names("person", **{field: name})):
            raise forms.ValidationError([problem.message.in_(language_of()) for problem in problems])
        return name

    def signup(self, _request: HttpRequest, user: User) -> None:
        """Called by allauth with the new user."""
        user.name_ko = self.cleaned_data["name_ko"]
        user.name_en = self.cleaned_data["name_en"]
        user.language = "en" if get_language() == "en" else "ko"
        user.save(update_fields=["name_ko", "name_en", "language"])
