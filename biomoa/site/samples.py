"""What the style page shows: every component once, with made-up content."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from biomoa.site.templatetags.krds import SEVERITY_BADGES, STATE_BADGES, VERDICT_BADGES


class SampleForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title of the project"), help_text=gettext_lazy("A short sentence."))
    organism = forms.ChoiceField(
        label=gettext_lazy("Organism"), choices=[("9606", "Homo sapiens"), ("4530", "Oryza sativa")], required=False
    )
    summary = forms.CharField(label=gettext_lazy("Summary"), widget=forms.Textarea, required=False)
    opening = forms.ChoiceField(
        label=gettext_lazy("Release"),
        choices=[("now", gettext_lazy("When accepted")), ("later", gettext_lazy("On a date"))],
        widget=forms.RadioSelect,
    )
    agreed = forms.BooleanField(label=gettext_lazy("I have read the rules"))


def samples() -> dict[str, Any]:
    """The context of ``site/style.html``."""
    return {
        "form": SampleForm({"organism": "9606", "summary": ""}),
        "states": list(STATE_BADGES),
        "verdicts": list(VERDICT_BADGES),
        "severities": list(SEVERITY_BADGES),
        "steps": [_("Project"), _("Samples"), _("Experiments"), _("Files"), _("Review")],
        "tabs": [
            {"label": _("All"), "url": "#tabs", "count": 1204, "is_current": True},
            {"label": _("Samples"), "url": "#samples", "count": 980, "is_current": False},
            {"label": _("Files"), "url": "#files", "count": 224, "is_current": False},
        ],
        "problems": [
            {"anchor": "id_title", "text": _("Title of the project: please fill this in.")},
            {"anchor": "id_agreed", "text": _("I have read the rules: please tick this.")},
        ],
        "colours": ["primary", "secondary", "tertiary", "danger", "text"],
    }
