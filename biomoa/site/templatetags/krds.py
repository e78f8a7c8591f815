"""Template tags of the house: bilingual texts, icons, badges, sizes, page numbers. Built into every template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext_lazy

from biomoa.catalog.model import Text
from biomoa.site import kept
from biomoa.site.wayback import way_back
from biomoa.site.weight import SCRIPT, SHEET, addresses, sheet_link

register = template.Library()
register.tag("kept", kept.parse)
register.tag("translate", kept.translate)
register.tag("url", kept.url)
register.simple_tag(lambda context: way_back(context.get("request")), takes_context=True, name="way_back")

Badge = tuple[str, str, Any]  # look, icon, label

STATE_BADGES: Mapping[str, Badge] = {
    "draft": ("neutral", "pencil", pgettext_lazy("state", "Draft")),
    "submitted": ("information", "inbox", pgettext_lazy("state", "Submitted")),
    "in-review": ("primary", "eye", pgettext_lazy("state", "In review")),
    "returned": ("warning", "return", pgettext_lazy("state", "Returned")),
    "accepted": ("success", "check", pgettext_lazy("state", "Accepted")),
    "released": ("success", "globe", pgettext_lazy("state", "Released")),
    "suppressed": ("warning", "closed", pgettext_lazy("state", "Suppressed")),
    "withdrawn": ("neutral", "closed", pgettext_lazy("state", "Withdrawn")),
}
VERDICT_BADGES: Mapping[str, Badge] = {
    "pass": ("success", "success", pgettext_lazy("verdict", "Pass")),
    "warn": ("warning", "warning", pgettext_lazy("verdict", "Warning")),
    "fail": ("danger", "danger", pgettext_lazy("verdict", "Fail")),
    "pending": ("information", "clock", pgettext_lazy("verdict", "Waiting for inspection")),
    "unchecked": ("neutral", "help", pgettext_lazy("verdict", "Not checked")),
}
SEVERITY_BADGES: Mapping[str, Badge] = {
    "error": ("danger", "danger", pgettext_lazy("severity", "Error")),
    "warning": ("warning", "warning", pgettext_lazy("severity", "Warning")),
    "info": ("information", "information", pgettext_lazy("severity", "Note")),
}
ALERT_ICONS: Mapping[str, str] = {"error": "danger", "danger": "danger", "warning": "warning", "success": "success"}
UNITS = ("B", "KB", "MB", "GB", "TB", "PB")


@register.filter
def said(text: Text | None) -> str:
    """A bilingual text in the reader's language."""
    return text.in_(get_language() or "ko") if text else ""


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A sign of ``icons.svg``; silent to screen readers unless it has a label of its own."""
    href = f"{static('site/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"/></svg>', href)


@register.simple_tag
def badge(label: str, look: str = "neutral", sign: str = "") -> SafeString:
    """A badge; ``look`` is neutral, primary, information, success, warning or danger."""
    return format_html('<span class="badge badge-{}">{}{}</span>', look, icon(sign) if sign else "", label)


@register.filter
def marks(found: Iterable[Any]) -> SafeString:
    """A text with its pieces that were found marked: objects with ``text`` and ``is_found``."""
    drawn = (f"<mark>{escape(each.text)}</mark>" if each.is_found else escape(each.text) for each in found)
    return mark_safe("".join(drawn))


@register.simple_tag
def state_badge(state: str) -> SafeString:
    """The badge of a submission's or record's state."""
    return _badge_of(STATE_BADGES, state)


@register.simple_tag
def verdict_badge(verdict: str) -> SafeString:
    """The badge of an inspection's verdict; ``pending`` and ``unchecked`` too."""
    return _badge_of(VERDICT_BADGES, verdict)


@register.simple_tag
def severity_badge(severity: str) -> SafeString:
    """The badge of a problem's severity."""
    return _badge_of(SEVERITY_BADGES, severity)


def _badge_of(badges: Mapping[str, Badge], value: str) -> SafeString:
    look, sign, label = badges.get(value, ("neutral", "", value))
    return badge(str(label), look, sign)


@register.filter
def state_label(state: str) -> str:
    """The state in words."""
    return str(STATE_BADGES[state][2]) if state in STATE_BADGES else state


@register.filter
def alert_icon(kind: str) -> str:
    """The icon of an alert of this kind."""
    return ALERT_ICONS.get(kind.split(" ")[-1], "information")


@register.filter
def day(value: date | datetime | str | None) -> SafeString:
    """The day in both languages, where the station is: 2026-11-29. Of a moment Django's own filter asks far more.

    In an element of its own, which never breaks at its hyphens: for text, not for attributes.
    """
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    told = value.isoformat() if isinstance(value, date) else value
    return format_html('<time datetime="{}">{}</time>', told, told) if told else SafeString("")


@register.filter
def grouped(value: int | None) -> str:
    """A whole number with thousands commas in both languages: 1,234,567."""
    return "" if value is None else f"{value:,}"


@register.filter
def file_size(size_bytes: int | None) -> str:
    """Bytes as people say them, in powers of 1,024: 1.4 GB."""
    if size_bytes is None:
        return ""
    size, unit = float(size_bytes), 0
    while size >= 1024 and unit < len(UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.0f} {UNITS[unit]}" if unit == 0 or size >= 100 else f"{size:.1f} {UNITS[unit]}"


@register.inclusion_tag("site/parts/pagination.html", takes_context=True)
def pagination(context: template.Context, number: int, count: int, parameter: str = "page") -> dict[str, Any]:
    """Links to the pages of a list; the other parameters of the address stay as they are."""
    links = [(page, _address(context, parameter, page or 0)) for page in page_window(number, count)]
    return {
        "number": number,
        "count": count,
        "links": links,
        "previous": _address(context, parameter, number - 1) if number > 1 else "",
        "next": _address(context, parameter, number + 1) if number < count else "",
    }


def page_window(number: int, count: int, around: int = 2) -> Iterable[int | None]:
    """The page numbers to show; None stands for a gap: 1 … 4 5 6 7 8 … 20."""
    shown = sorted({1, count, *range(max(1, number - around), min(count, number + around) + 1)})
    before = 0
    for page in shown:
        if page - before > 1:
            yield None
        yield page
        before = page


def _address(context: template.Context, parameter: str, page: int) -> str:
    query = context["request"].GET.copy()
    query[parameter] = str(page)
    return f"?{query.urlencode()}"


@register.simple_tag
def style_sheets() -> SafeString:
    """The sheets that every page has."""
    return format_html_join("\n  ", "{}", ((sheet_link(one),) for one in addresses(SHEET)))


@register.simple_tag
def scripts() -> SafeString:
    """The scripts that every page has."""
    return format_html_join("\n  ", '<script src="{}" defer></script>', ((one,) for one in addresses(SCRIPT)))
