"""Pages of one's own notices."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from biomoa.notices import queries, services
from biomoa.notices.models import Notice
from biomoa.notices.rules import DELIVERIES, say
from biomoa.people import queries as people
from biomoa.people.edge import actor_of, language_of, number_in, page_number


class DeliveryForm(forms.Form):
    delivery = forms.ChoiceField(label=gettext_lazy("Notices by e-mail"), widget=forms.RadioSelect)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        language = language_of()
        self.fields["delivery"].choices = [  # type: ignore[attr-defined]
            (name, label.in_(language)) for name, label in DELIVERIES.items()
        ]


@login_required
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Context: ``found`` (queries.NoticePage), ``tabs``, ``show``: ``all`` or ``unread``."""
    show = "unread" if request.GET.get("show") == "unread" else "all"
    found = queries.list_notices(
        actor_of(request), language=language_of(), unread_only=show == "unread", page=page_number(request)
    )
    tabs = [
        {"label": _("All notices"), "url": "/notices/", "is_current": show == "all"},
        {"label": _("Unread"), "url": "/notices/?show=unread", "is_current": show == "unread", "count": found.unread},
    ]
    return render(request, "notices/notices.html", {"found": found, "tabs": tabs, "show": show})


@login_required
@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """``notice`` is one key; without it, all of them."""
    said = request.POST.get("notice", "")
    key = number_in(said)
    if said and key is None:
        raise Http404
    count = services.mark_read(actor_of(request), None if key is None else [key])
    told = ngettext("%(n)s notice is marked as read.", "%(n)s notices are marked as read.", count)
    messages.success(request, told % {"n": count})
    return redirect("/notices/?show=unread" if request.POST.get("show") == "unread" else "/notices/")


@login_required
@never_cache
@require_safe
def open_notice(request: HttpRequest, key: int) -> HttpResponse:
    """To the thing that a notice is about; the notice is read then. The links of mails lead here."""
    try:
        notice = services.open_notice(actor_of(request), key)
    except Notice.DoesNotExist as error:
        raise Http404 from error
    return redirect(say(queries.told_of(notice), language_of()).url)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Context: ``form``, ``person``."""
    actor = actor_of(request)
    sent = request.POST if request.method == "POST" else None
    form = DeliveryForm(sent, initial={"delivery": queries.delivery_of(actor)})
    if request.method == "POST" and form.is_valid():
        services.set_delivery(actor, form.cleaned_data["delivery"])
        messages.success(request, _("Your choice is saved."))
        return redirect("notice_settings")
    context = {"form": form, "person": people.get_user(actor)}
    return render(request, "notices/settings.html", context, status=422 if form.errors else 200)
