"""Account, group and invitation pages."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from allauth.account.views import signup
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import list_usersessions
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from biomoa.people import accounts, queries, services, sessions
from biomoa.people.edge import actor_of, language_of, speak
from biomoa.people.forms import GroupForm, InviteForm, PeopleForm, ProfileForm, TokenForm, roles_in
from biomoa.people.models import Invitation, Membership, Organisation, Token, User
from biomoa.people.rules import Invalid


@sensitive_post_parameters()
def sign_up(request: HttpRequest) -> HttpResponse:
    """One transaction, so that an address that has an account costs what a new one costs.

    Pressed twice, the second finds what the first made: it is answered the same, and nothing is made twice.
    """
    if request.method != "POST":
        return signup(request)
    try:
        with transaction.atomic():
            return signup(request)
    except IntegrityError:
        with transaction.atomic():
            return signup(request)


def _person(request: HttpRequest) -> User:
    return queries.get_user(actor_of(request))


@login_required
@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Context: ``person``, ``groups`` [(Organisation, roles)], ``tokens``, and one form for each thing to do."""
    return _account(request)


def _account(request: HttpRequest, status: int = 200, **forms: PeopleForm) -> HttpResponse:
    person = _person(request)
    known = {"name_ko": person.name_ko, "name_en": person.name_en, "language": person.language}
    context = {
        "person": person,
        "groups": queries.groups_of(actor_of(request)),
        "tokens": queries.tokens_of(actor_of(request)),
        "profile_form": ProfileForm(initial=known),
        "group_form": GroupForm(),
        "token_form": TokenForm(),
        **forms,
    }
    return render(request, "people/account.html", context, status=status)


@login_required
@require_POST
def change_profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST)
    if form.is_valid():
        try:
            person = services.change_profile(actor_of(request), **form.cleaned_data)
        except Invalid as invalid:
            form.blame(invalid)
        else:
            messages.success(request, _("Your profile is saved."))
            response = redirect("account")
            speak(response, person.language)
            return response
    return _account(request, 422, profile_form=form)


@login_required
@require_POST
def create_group(request: HttpRequest) -> HttpResponse:
    form = GroupForm(request.POST)
    if form.is_valid():
        try:
            group = services.create_group(actor_of(request), **form.cleaned_data)
        except Invalid as invalid:
            form.blame(invalid)
        else:
            return redirect("group", code=group.code)
    return _account(request, 422, group_form=form)


@login_required
@never_cache
@require_POST
@reauthentication_required(enabled=sessions.is_to_prove)
def create_token(request: HttpRequest) -> HttpResponse:
    """The secret is on this answer only; the page behind it never shows it again.

    A token works for up to a year: who finds a browser open must not take one along (ASVS 7.5.1).
    """
    form = TokenForm(request.POST)
    if form.is_valid():
        try:
            token = services.create_token(actor_of(request), **form.cleaned_data)
        except Invalid as invalid:
            form.blame(invalid)
        else:
            return render(request, "people/token.html", {"token": token}, status=201)
    return _account(request, 422, token_form=form)


@login_required
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    try:
        services.revoke_token(actor_of(request), token_id)
    except Token.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("The token is revoked. Programs that use it are locked out from now on."))
    return redirect("account")


@login_required
@never_cache
@require_safe
def group(request: HttpRequest, code: str) -> HttpResponse:
    """Context: ``organisation``, ``members``, ``invitations``, ``roles``, ``may_manage``, ``invite_form``."""
    return _group(request, queries.get_group(actor_of(request), code))


def _group(request: HttpRequest, organisation: Organisation, status: int = 200, **forms: PeopleForm) -> HttpResponse:
    may_manage = queries.may_manage(actor_of(request), organisation)
    known = {"name_ko": organisation.name_ko, "name_en": organisation.name_en}
    context = {
        "organisation": organisation,
        "name": organisation.name(language_of()),
        "members": queries.members_of(organisation),
        "invitations": queries.open_invitations(organisation) if may_manage else [],
        "roles": roles_in(organisation),
        "may_manage": may_manage,
        "invite_form": InviteForm(organisation),
        "name_form": GroupForm(initial=known),
        **forms,
    }
    return render(request, "people/group.html", context, status=status)


@login_required
@require_POST
def rename_group(request: HttpRequest, code: str) -> HttpResponse:
    organisation = queries.get_group(actor_of(request), code)
    form = GroupForm(request.POST)
    if form.is_valid():
        try:
            services.rename_group(actor_of(request), organisation, **form.cleaned_data)
        except Invalid as invalid:
            form.blame(invalid)
        else:
            messages.success(request, _("The name is saved."))
            return redirect("group", code=code)
    return _group(request, organisation, 422, name_form=form)


@login_required
@require_POST
def invite(request: HttpRequest, code: str) -> HttpResponse:
    organisation = queries.get_group(actor_of(request), code)
    form = InviteForm(organisation, request.POST)
    if form.is_valid():
        try:
            invitation = services.invite(actor_of(request), organisation, **form.cleaned_data)
        except Invalid as invalid:
            form.blame(invalid)
        else:
            messages.success(request, _("An invitation was sent to %(email)s.") % {"email": invitation.email})
            return redirect("group", code=code)
    return _group(request, organisation, 422, invite_form=form)


@login_required
@require_POST
def withdraw_invitation(request: HttpRequest, code: str, invitation_id: int) -> HttpResponse:
    organisation = queries.get_group(actor_of(request), code)
    try:
        services.withdraw_invitation(actor_of(request), organisation, invitation_id)
    except Invitation.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("group", code=code)


@login_required
@require_POST
def change_member(request: HttpRequest, code: str, user_id: int) -> HttpResponse:
    """``role`` is the new role; empty removes the member, or leaves the group."""
    organisation = queries.get_group(actor_of(request), code)
    role = request.POST.get("role", "")
    try:
        if role:
            services.set_role(actor_of(request), organisation, user_id, role)
        else:
            services.remove_member(actor_of(request), organisation, user_id)
    except Membership.DoesNotExist as error:
        raise Http404 from error
    except Invalid as invalid:
        for problem in invalid.problems:
            messages.error(request, problem.message.in_(language_of()))
        return _group(request, organisation, 422)
    messages.success(request, _("The members are saved."))
    left = not role and user_id == actor_of(request).user_id
    return redirect("account") if left else redirect("group", code=code)


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Context: ``invitation`` or None, ``name`` of the organisation, ``problems``. GET changes nothing."""
    found = queries.find_invitation(secret)
    problems = []
    if request.method == "POST" and request.user.is_authenticated:
        try:
            organisation = services.accept_invitation(_person(request), secret)
        except Invalid as invalid:
            problems = invalid.problems
        else:
            messages.success(request, _("You are a member now."))
            return redirect("group", code=organisation.code)
    name = found.organisation.name(language_of()) if found else ""
    context = {"invitation": found, "name": name, "problems": problems}
    status = 422 if problems else (200 if found else 404)
    return render(request, "people/invitation.html", context, status=status)


@login_required
@never_cache
@reauthentication_required(allow_get=True)
@require_http_methods(["GET", "POST"])
def list_sessions(request: HttpRequest) -> HttpResponse:
    """Shown without more; all others are ended by who proves again who they are (ASVS 7.5.2)."""
    return list_usersessions(request)


@login_required
@require_POST
@reauthentication_required
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Signs one browser of the person out, this one or another."""
    try:
        sessions.end_session(_person(request), session_id)
    except UserSession.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("The session is ended."))
    return redirect("usersessions_list")


@require_POST
def enter_demonstration(request: HttpRequest, role: str) -> HttpResponse:
    """One click signs in as a demonstration account: only in a demonstration, and never as a real person."""
    if not settings.BIOMOA_HOME.station.demonstration:
        raise Http404
    person = queries.find_demonstration_account(role)
    if person is None:
        raise Http404
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    UserSession.objects.create_from_request(request)
    return redirect(accounts.start_of(person))
