"""The forms of this room's pages. What they say is checked by the services; here is only how it is asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from biomoa.people.edge import language_of
from biomoa.people.models import Membership, Organisation
from biomoa.people.rules import GRANTABLE, TOKEN_DAYS_MAX, Invalid

SCOPE_LABELS = (
    ("read", _("Read what I may read")),
    ("deposit", _("Deposit: fill in, upload, submit")),
    ("curate", _("Curate: review, correct, accept, return")),
)


class PeopleForm(forms.Form):
    """Keeps what was typed and takes the problems of a service, each to its field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # A page shows several of these forms: their controls need ids of their own.
        super().__init__(*args, auto_id=f"{type(self).__name__.lower()}_%s", **kwargs)

    def blame(self, invalid: Invalid) -> None:
        for problem in invalid.problems:
            place = problem.field if problem.field in self.fields else None
            self.add_error(place, problem.message.in_(language_of()))


class ProfileForm(PeopleForm):
    name_ko = forms.CharField(label=_("Name in Korean"), max_length=100, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=100, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=(("ko", "한국어"), ("en", "English")))


class GroupForm(PeopleForm):
    name_ko = forms.CharField(label=_("Group name in Korean"), max_length=200, required=False)
    name_en = forms.CharField(label=_("Group name in English"), max_length=200, required=False)


class InviteForm(PeopleForm):
    email = forms.CharField(label=_("E-mail"), max_length=254, widget=forms.EmailInput)
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles_in(organisation)  # type: ignore[attr-defined]


class TokenForm(PeopleForm):
    name = forms.CharField(label=_("What the token is for"), max_length=100)
    scopes = forms.MultipleChoiceField(label=_("Scopes"), choices=SCOPE_LABELS, widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(label=_("Days until it expires"), min_value=1, max_value=TOKEN_DAYS_MAX, initial=90)


def roles_in(organisation: Organisation) -> list[tuple[str, Any]]:
    """The roles that can be given there, with their labels."""
    labels = dict(Membership.ROLES)
    return [(role, labels[role]) for role in GRANTABLE[organisation.kind]]
