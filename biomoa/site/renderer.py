"""``{{ form }}`` in the KRDS look (setting FORM_RENDERER)."""

from typing import Any

from django.forms.renderers import DjangoTemplates


class KrdsRenderer(DjangoTemplates):
    """Forms and fields by the templates of this room; widgets as Django draws them."""

    form_template_name = "site/forms/form.html"
    field_template_name = "site/forms/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """Without ``maxlength``: a browser cuts what is pasted without a word; the check names the limit instead."""
        context.get("widget", {}).get("attrs", {}).pop("maxlength", None)
        return super().render(template_name, context, request)
