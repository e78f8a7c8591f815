"""``{{ form }}`` in the KRDS look (setting FORM_RENDERER)."""

from django.forms.renderers import DjangoTemplates


class KrdsRenderer(DjangoTemplates):
    """Forms and fields by the templates of this room; widgets as Django draws them."""

    form_template_name = "site/forms/form.html"
    field_template_name = "site/forms/field.html"
