"""``biomoa account``: people of a station, by its operator (create, role, sign-out, disable and what else is below)."""

from __future__ import annotations

import argparse
import getpass
import json
import secrets
import sys

from biomoa.cli.station import start_django
from biomoa.cli.words import fail, language
from biomoa.settings.station import home_folder, load_home

SECRET_BYTES = 18


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    account = subparsers.add_parser("account", help="people of the station: first administrator, curators")
    actions = account.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make an account; the password is asked, or made and shown once")
    create.add_argument("email")
    create.add_argument("--name-ko", default="", help="name in Korean")
    create.add_argument("--name-en", default="", help="name in Latin letters")
    create.add_argument("--administrator", action="store_true")
    create.add_argument("--auditor", action="store_true", help="reads everything, changes nothing")
    create.set_defaults(run=_create)
    role = actions.add_parser("role", help="make a person a member of an organisation at once")
    role.add_argument("email")
    role.add_argument("organisation", metavar="CODE", help="as KOBIC")
    role.add_argument("role", metavar="ROLE", help="depositor, manager, curator or administrator of the organisation")
    role.set_defaults(run=_role)
    out = actions.add_parser("sign-out", help="end all sessions and tokens of a person at once")
    out.add_argument("email")
    out.set_defaults(run=_sign_out)
    forget = actions.add_parser("forget-factors", help="for who lost the second factor: remove it, end all sessions")
    forget.add_argument("email")
    forget.add_argument("--proof", required=True, choices=["mailbox", "in-person"], help="how it was proven who asks")
    forget.set_defaults(run=_forget)
    disable = actions.add_parser("disable", help="close an account at once: sessions and tokens end, no sign-in")
    disable.add_argument("email")
    disable.set_defaults(run=_disable)
    enable = actions.add_parser("enable", help="let a person whose account was disabled sign in again")
    enable.add_argument("email")
    enable.set_defaults(run=_enable)
    listed = actions.add_parser("list", help="accounts and their roles")
    listed.add_argument("--json", action="store_true")
    listed.set_defaults(run=_list)


def _create(options: argparse.Namespace) -> int:
    start_django(load_home(home_folder()))
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email
    from django.utils import translation

    from biomoa.people.models import User
    from biomoa.people.services import make_account

    if User.objects.filter(email__iexact=options.email).exists():
        return fail(f"{options.email}: this account exists; change it with 'biomoa account role'")
    password, is_made = _password()
    try:
        with translation.override("en"):
            validate_email(options.email)
            validate_password(password, User(email=options.email, name_ko=options.name_ko, name_en=options.name_en))
    except ValidationError as error:
        with translation.override("en"):
            return fail(" ".join(error.messages))
    name = options.name_ko or options.name_en or options.email.partition("@")[0]
    make_account(
        options.email, password=password, name_ko=options.name_ko or name, name_en=options.name_en,
        is_administrator=options.administrator, is_auditor=options.auditor,
    )  # fmt: skip
    print(f"{options.email} can sign in" + (f" with the password {password}" if is_made else ""))
    return 0


def _password() -> tuple[str, bool]:
    """Asked twice on a terminal, never an argument (other users see those); made where nobody can be asked."""
    if not sys.stdin.isatty():
        return secrets.token_urlsafe(SECRET_BYTES), True
    first = getpass.getpass("Password (empty: one is made): ")
    if not first:
        return secrets.token_urlsafe(SECRET_BYTES), True
    if getpass.getpass("The same again: ") != first:
        raise ValueError("the two passwords differ; nothing was made")
    return first, False


def _role(options: argparse.Namespace) -> int:
    start_django(load_home(home_folder()))
    from biomoa.people.models import Organisation, User
    from biomoa.people.rules import ORGANISATION_ROLES, Invalid, system
    from biomoa.people.services import appoint

    person = User.objects.filter(email__iexact=options.email).first()
    organisation = Organisation.objects.filter(code=options.organisation).first()
    if not person:
        return fail(f"{options.email}: no such account; make it with 'biomoa account create'")
    if not organisation:
        codes = ", ".join(Organisation.objects.exclude(kind="group").values_list("code", flat=True))
        return fail(f"{options.organisation}: no such organisation; known: {codes}")
    if options.role not in ORGANISATION_ROLES:
        return fail(f"{options.role}: no such role; known: {', '.join(ORGANISATION_ROLES)}")
    try:
        appoint(system("operator"), organisation, person, options.role)
    except Invalid as refusal:
        return fail(" ".join(problem.message.en for problem in refusal.problems))
    print(f"{person.email}: {options.role} of {organisation.code}")
    return 0


def _sign_out(options: argparse.Namespace) -> int:
    start_django(load_home(home_folder()))
    from django.db import transaction

    from biomoa.people.models import User
    from biomoa.people.rules import system
    from biomoa.people.services import end_tokens
    from biomoa.people.sessions import end_all_sessions

    person = User.objects.filter(email__iexact=options.email).first()
    if not person:
        return fail(f"{options.email}: no such account; see 'biomoa account list'")
    operator = system("operator")
    with transaction.atomic():
        count = end_all_sessions(operator, person)
        end_tokens(operator.label, person.pk, "signed-out-by-operator")
    print(f"{person.email}: {count} sessions ended, tokens revoked")
    return 0


def _forget(options: argparse.Namespace) -> int:
    start_django(load_home(home_folder()))
    from biomoa.people.models import User
    from biomoa.people.rules import system
    from biomoa.people.secondfactor import forget_factors

    person = User.objects.filter(email__iexact=options.email).first()
    if not person:
        return fail(f"{options.email}: no such account; see 'biomoa account list'")
    try:
        forget_factors(system("operator"), person, options.proof)
    except ValueError as error:
        return fail(f"{person.email}: {error}; use --proof in-person once that was done")
    print(f"{person.email}: second factors removed, signed out everywhere, tokens revoked; a mail tells it")
    return 0


def _disable(options: argparse.Namespace) -> int:
    start_django(load_home(home_folder()))
    from biomoa.people.models import User
    from biomoa.people.rules import Invalid, system
    from biomoa.people.services_accounts import disable_account

    person = User.objects.filter(email__iexact=options.email).first()
    if not person:
        return fail(f"{options.email}: no such account; see 'biomoa account list'")
    try:
        count = disable_account(system("operator"), person)
    except Invalid as refusal:
        return fail(" ".join(problem.message.in_(language()) for problem in refusal.problems))
    print(f"{person.email}: closed; {count} sessions ended, tokens revoked. Open it again with 'biomoa account enable'")
    return 0


def _enable(options: argparse.Namespace) -> int:
    start_django(load_home(home_folder()))
    from biomoa.people.models import User
    from biomoa.people.rules import system
    from biomoa.people.services_accounts import enable_account

    person = User.objects.filter(email__iexact=options.email).first()
    if not person:
        return fail(f"{options.email}: no such account; see 'biomoa account list'")
    enable_account(system("operator"), person)
    print(f"{person.email} can sign in")
    return 0


def _list(options: argparse.Namespace) -> int:
    start_django(load_home(home_folder()))
    from biomoa.people.models import Membership, User

    roles: dict[int, list[str]] = {}
    for user, code, role in Membership.objects.values_list("user_id", "organisation__code", "role").order_by("pk"):
        roles.setdefault(user, []).append(f"{role} of {code}")
    people = [
        {"email": user.email, "active": user.is_active, "administrator": user.is_staff, "auditor": user.is_auditor,
         "roles": roles.get(user.pk, [])}
        for user in User.objects.order_by("email")
    ]  # fmt: skip
    if options.json:
        print(json.dumps(people, ensure_ascii=False))
    for each in people if not options.json else ():
        marks = [word for word in ("administrator", "auditor") if each[word]] + ([] if each["active"] else ["closed"])
        print(f"{each['email']:<40} {', '.join([*marks, *each['roles']])}")
    return 0
