"""Who may do what: one table, deny by default. Functions of values; nothing here reads the database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import Literal

import msgspec

from biomoa.catalog.model import Text
from biomoa.forms.problems import Problem, RuleText
from biomoa.qc.persons.detector import kind_in

# Roles are always relative to one thing: a member of the group that owns it, a curator of its center, ...
# ``reviewer``: who holds a reviewer link, on the records and files that it names; no membership gives it.
Role = Literal["anyone", "signed-in", "depositor", "manager", "curator", "administrator", "auditor", "reviewer"]
Verb = Literal[
    "find", "read", "read-private", "download", "create", "change", "delete", "submit", "comment",
    "decide", "override", "curate", "release", "withdraw", "manage", "operate", "share", "certify", "mark", "assign",
]  # fmt: skip
Kind = Literal["submission", "human-data", "record", "file", "ledger", "organisation", "token", "notice", "station"]
MembershipRole = Literal["depositor", "manager", "curator", "administrator"]

ANY_STATE = "*"
ORGANISATION_ROLES: tuple[MembershipRole, ...] = ("depositor", "manager", "curator", "administrator")


class Row(msgspec.Struct, frozen=True):
    """A permission: these roles may do this verb to this kind of thing in these states."""

    kind: Kind
    verb: Verb
    states: tuple[str, ...]
    roles: tuple[Role, ...]


Rights = Mapping[tuple[Kind, Verb], tuple[Row, ...]]

OWNERS: tuple[Role, ...] = ("depositor", "manager")
STAFF: tuple[Role, ...] = ("curator", "administrator")
EDITABLE = ("draft", "returned")
IN_CARE = ("submitted", "in-review", "returned", "accepted", "released")
PUBLIC = ("released", "suppressed", "withdrawn")
OPEN_FILES = ("draft", *IN_CARE, "suppressed", "withdrawn", "deleted")  # every state but quarantined

POLICY: tuple[Row, ...] = (
    Row("submission", "create", (ANY_STATE,), ("depositor", "manager", "administrator")),
    Row("submission", "read", (ANY_STATE,), (*OWNERS, "administrator", "auditor")),
    Row("submission", "read", IN_CARE, ("curator",)),
    Row("submission", "change", EDITABLE, OWNERS),
    Row("submission", "delete", ("draft",), OWNERS),
    Row("submission", "submit", EDITABLE, OWNERS),
    Row("submission", "withdraw", ("submitted", "in-review", "returned"), OWNERS),
    Row("submission", "release", ("submitted", "in-review"), OWNERS),  # its day only: nothing is open yet
    Row("submission", "release", ("accepted",), (*OWNERS, *STAFF)),
    Row("submission", "share", ("accepted", "released"), OWNERS),
    Row("submission", "certify", ("accepted", "released"), (*OWNERS, *STAFF)),
    Row("submission", "comment", (*IN_CARE, "draft"), OWNERS),
    Row("submission", "comment", IN_CARE, STAFF),
    Row("submission", "curate", ("submitted", "in-review"), STAFF),
    Row("submission", "assign", ("submitted", "in-review"), STAFF),  # to a curator of its center
    Row("submission", "decide", ("in-review",), STAFF),
    Row("submission", "override", ("in-review",), STAFF),
    # Answers on human data that need a judgement, also of a draft: they alone, not its rows and files.
    Row("human-data", "read", ("ask", "decided"), (*OWNERS, "curator", "administrator", "auditor")),
    Row("human-data", "decide", ("ask", "decided"), STAFF),
    Row("record", "find", PUBLIC[:1], ("anyone",)),
    Row("record", "read", PUBLIC, ("anyone",)),
    Row("record", "read", (ANY_STATE,), (*OWNERS, "administrator", "auditor")),
    Row("record", "read", ("submitted", "in-review", "returned", "accepted"), ("curator",)),
    Row("record", "read-private", (ANY_STATE,), (*OWNERS, *STAFF)),
    Row("record", "change", ("accepted", "released"), OWNERS),
    Row("record", "curate", ("in-review", "accepted", "released"), STAFF),
    Row("record", "release", ("accepted",), (*OWNERS, *STAFF)),
    Row("record", "withdraw", ("accepted", "released"), STAFF),
    Row("record", "decide", ("accepted", *PUBLIC), STAFF),  # to blank a field that identifies a person
    Row("record", "share", ("accepted",), OWNERS),
    Row("record", "read", ("accepted",), ("reviewer",)),
    Row("record", "certify", ("accepted", "released"), (*OWNERS, *STAFF)),
    Row("file", "read", PUBLIC[:1], ("anyone",)),
    Row("file", "download", PUBLIC[:1], ("anyone",)),
    Row("file", "read", OPEN_FILES, (*OWNERS, "administrator")),
    Row("file", "read", IN_CARE, ("curator",)),
    Row("file", "download", OPEN_FILES, (*OWNERS, "administrator")),
    Row("file", "download", IN_CARE, ("curator",)),
    Row("file", "read", ("accepted",), ("reviewer",)),
    Row("file", "download", ("accepted",), ("reviewer",)),
    Row("file", "change", EDITABLE, OWNERS),
    Row("file", "read", ("quarantined",), (*OWNERS, "curator")),  # that it is there; nobody downloads it
    Row("file", "change", ("quarantined",), OWNERS),
    Row("file", "delete", ("quarantined",), OWNERS),
    Row("file", "decide", ("quarantined",), ("curator",)),
    Row("ledger", "read", (ANY_STATE,), ("administrator", "auditor")),
    Row("ledger", "manage", (ANY_STATE,), ("administrator",)),  # and a second one: ledger.proposals
    Row("organisation", "create", (ANY_STATE,), ("signed-in",)),
    Row("organisation", "read", (ANY_STATE,), ("depositor", "manager", "curator", "administrator")),
    Row("organisation", "manage", (ANY_STATE,), ("manager", "administrator")),
    Row("token", "create", (ANY_STATE,), ("signed-in",)),
    Row("notice", "read", (ANY_STATE,), ("signed-in",)),  # one's own: notices.queries
    Row("notice", "mark", (ANY_STATE,), ("signed-in",)),  # as read
    Row("notice", "change", (ANY_STATE,), ("signed-in",)),  # how they come
    Row("station", "operate", (ANY_STATE,), ("administrator",)),
    Row("station", "curate", (ANY_STATE,), STAFF),
)


def rights_of(policy: Iterable[Row]) -> Rights:
    """The rows by what they are about: a page asks a dozen times, each time for two or three of them."""
    found: dict[tuple[Kind, Verb], tuple[Row, ...]] = {}
    for row in policy:
        found[row.kind, row.verb] = (*found.get((row.kind, row.verb), ()), row)
    return found


RIGHTS = rights_of(POLICY)

# What a personal token's scope lets through, however much its owner may do.
SCOPES: Mapping[str, frozenset[Verb]] = {
    "read": frozenset({"find", "read", "read-private", "download"}),
    "deposit": frozenset({"find", "read", "read-private", "download", "create", "change", "delete", "submit",
                          "comment", "release", "withdraw", "share", "certify", "mark"}),
    "curate": frozenset({"find", "read", "read-private", "download", "comment", "curate", "decide",
                         "assign", "override", "release", "withdraw", "certify", "mark"}),
}  # fmt: skip


class Actor(msgspec.Struct, frozen=True):
    """Who acts. ``roles`` are the membership roles by organisation id; ``scopes`` is None for a session."""

    user_id: int | None = None
    label: str = "nobody"  # what the ledger writes: "user:12", "system:worker"
    name: str = ""
    roles: Mapping[int, frozenset[str]] = {}
    is_administrator: bool = False
    is_auditor: bool = False
    scopes: frozenset[str] | None = None

    def organisations(self, *roles: str) -> frozenset[int]:
        """The ids of the organisations where the actor has one of the roles (any role without arguments)."""
        return frozenset(o for o, held in self.roles.items() if not roles or held & set(roles))

    @property
    def has_desk(self) -> bool:
        """Whether the curation desk is for them: curators of a center, and who runs the station."""
        return self.is_administrator or bool(self.organisations("curator"))


NOBODY = Actor()


def system(name: str) -> Actor:
    """The station itself acting: the clock, a worker, an operator at the command line."""
    return Actor(label=f"system:{name}", name=name, is_administrator=True)


def roles_on(actor: Actor, *, owner: int | None, center: int | None) -> frozenset[Role]:
    """The actor's roles on a thing of the group ``owner`` in the care of the data center ``center``."""
    roles: set[Role] = {"anyone"}
    if actor.user_id is not None:
        roles.add("signed-in")
    held = actor.roles.get(owner, frozenset()) if owner is not None else frozenset()
    if held & {"depositor", "manager", "administrator"}:
        roles.add("depositor")
    if held & {"manager", "administrator"}:
        roles.add("manager")
    if center is not None and "curator" in actor.roles.get(center, frozenset()):
        roles.add("curator")
    if actor.is_administrator:
        roles.add("administrator")
    if actor.is_auditor:
        roles.add("auditor")
    return frozenset(roles)


def is_staff(actor: Actor) -> bool:
    """One who works on what others deposit or sees all of it: curators, administrators, auditors."""
    return actor.is_administrator or actor.is_auditor or bool(actor.organisations("curator", "administrator"))


def is_session_over(now: float, *, began: float, seen: float, idle_seconds: int, whole_seconds: int) -> bool:
    """All in seconds since 1970. A clock that was set back ends no session and lengthens none beyond its whole."""
    return now - seen > idle_seconds or now - began > whole_seconds


def is_allowed(roles: Collection[Role], verb: Verb, kind: Kind, state: str = ANY_STATE) -> bool:
    """True only when a row of the table says so."""
    return any(
        (ANY_STATE in row.states or state in row.states) and not set(roles).isdisjoint(row.roles)
        for row in RIGHTS.get((kind, verb), ())
    )


def may(
    actor: Actor, verb: Verb, kind: Kind, state: str = ANY_STATE, *,
    owner: int | None = None, center: int | None = None,
) -> bool:  # fmt: skip
    """May the actor do ``verb`` to such a thing? A token's scopes narrow its owner's rights."""
    if actor.scopes is not None and not any(verb in SCOPES[scope] for scope in actor.scopes & SCOPES.keys()):
        return False
    return is_allowed(roles_on(actor, owner=owner, center=center), verb, kind, state)


# What a member of an organisation of that kind can be. Curators work for data centers; groups only own data.
GRANTABLE: Mapping[str, tuple[MembershipRole, ...]] = {
    "group": ("depositor", "manager"),
    "institution": ("depositor", "manager"),
    "data-center": ("curator", "manager", "administrator"),
    "ministry": ("manager", "administrator"),
}
RESPONSIBLE = frozenset({"manager", "administrator"})  # an organisation that has one keeps one

INVITATION_DAYS = 14
INVITATIONS_A_DAY = (
    100  # of one person, replaced and withdrawn ones too: a station is no way to send mails to strangers
)
TOKEN_DAYS_MAX = 365


class Invalid(Exception):
    """What was asked cannot be done as it stands; ``problems`` say why, at which field, and the way out."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.message.en for problem in problems))


def _text(code: str, meaning: Text, repair: Text) -> RuleText:
    return RuleText(code, "error", meaning, repair)


RULE_TEXTS: Mapping[str, RuleText] = {
    text.code: text
    for text in (
        _text(
            "name-missing",
            Text(ko="이름이 비어 있습니다.", en="The name is empty."),
            Text(ko="이름을 입력해 주세요.", en="Enter a name."),
        ),
        _text(
            "name-long",
            Text(ko="이름이 너무 깁니다.", en="The name is too long."),
            Text(ko="줄여서 입력해 주세요.", en="Shorten it."),
        ),
        _text(
            "name-has-identifier",
            Text(ko="이름에 개인을 알아볼 수 있는 번호나 연락처가 있습니다.",
                 en="The name holds a number or a contact that identifies a person."),
            Text(ko="해당 내용을 빼고 다시 적어 주세요.", en="Write it without that."),
        ),
        _text(
            "name-has-address",
            Text(ko="이름에 웹 주소가 있습니다.", en="The name holds a web address."),
            Text(ko="해당 내용을 빼고 다시 적어 주세요.", en="Write it without that."),
        ),
        _text(
            "role-not-grantable",
            Text(ko="이 기관에서 줄 수 없는 역할입니다.",
                 en="This role cannot be given in this organisation."),
            Text(ko="목록에 있는 역할 중에서 골라 주세요.", en="Choose one of the listed roles."),
        ),
        _text(
            "email-invalid",
            Text(ko="이메일 주소의 형식이 올바르지 않습니다.", en="This is not an e-mail address."),
            Text(ko="name@example.org 형식으로 입력해 주세요.", en="Write it as name@example.org."),
        ),
        _text(
            "already-member",
            Text(ko="이미 구성원입니다.", en="This person is already a member."),
            Text(ko="구성원 목록에서 역할을 바꿔 주세요.", en="Change the role in the list of members."),
        ),
        _text(
            "last-manager",
            Text(ko="마지막 관리자는 나가거나 역할을 내려놓을 수 없습니다.",
                 en="The last manager cannot leave or give up the role."),
            Text(ko="먼저 다른 구성원을 관리자로 지정해 주세요.", en="Make another member a manager first."),
        ),
        _text(
            "last-administrator",
            Text(ko="스테이션의 마지막 운영자 계정은 중지할 수 없습니다.",
                 en="The account of the last administrator of the station cannot be disabled."),
            Text(ko="먼저 다른 운영자 계정을 만들어 주세요(biomoa account create --administrator).",
                 en="Make another administrator first (biomoa account create --administrator)."),
        ),
        _text(
            "invitations-many",
            Text(ko="하루에 보낼 수 있는 초대 수를 넘었습니다.",
                 en="These are more invitations than one person sends in a day."),
            Text(ko="내일 다시 보내거나 다른 관리자에게 부탁해 주세요.",
                 en="Send them tomorrow, or ask another manager."),
        ),
        _text(
            "invitation-invalid",
            Text(ko="초대가 없거나 이미 사용되었거나 기한이 지났습니다.",
                 en="The invitation does not exist, was used, or has expired."),
            Text(ko="초대한 분께 새 초대를 요청해 주세요.",
                 en="Ask the person who invited you for a new one."),
        ),
        _text(
            "invitation-other-address",
            Text(ko="이 초대는 다른 이메일 주소로 보낸 것입니다.",
                 en="This invitation was sent to another e-mail address."),
            Text(ko="초대받은 주소로 로그인해 주세요.", en="Sign in with the address that was invited."),
        ),
        _text(
            "scope-unknown",
            Text(ko="토큰의 권한 범위가 없거나 알 수 없는 범위입니다.",
                 en="The token has no scope or an unknown one."),
            Text(ko="read, deposit, curate 중에서 하나 이상 골라 주세요.",
                 en="Choose at least one of read, deposit, curate."),
        ),
        _text(
            "token-invalid",
            Text(ko="알 수 없거나 폐기된 토큰입니다.", en="The token is unknown or revoked."),
            Text(ko="계정 화면에서 새 토큰을 만들어 주세요.", en="Make a new token on your account page."),
        ),
        _text(
            "token-expired",
            Text(ko="토큰의 유효 기간이 지났습니다.", en="The token has expired."),
            Text(ko="계정 화면에서 새 토큰을 만들어 주세요.", en="Make a new token on your account page."),
        ),
        _text(
            "password-needed",
            Text(ko="이 일을 하려면 비밀번호를 다시 확인해야 합니다.", en="This asks for the password again."),
            Text(ko="/account/reauthenticate/에서 비밀번호를 확인한 뒤 다시 시도해 주세요.",
                 en="Confirm it at /account/reauthenticate/, then try again."),
        ),
        _text(
            "second-factor-needed",
            Text(ko="이 계정의 역할에는 2단계 인증이 필요합니다.",
                 en="The role of this account needs a second factor."),
            Text(ko="계정 화면에서 2단계 인증을 설정해 주세요.",
                 en="Set one up on your account page."),
        ),
        _text(
            "too-many-requests",
            Text(ko="짧은 시간에 너무 많은 요청을 보냈습니다.", en="There were too many requests in a short time."),
            Text(ko="Retry-After에 적힌 시간이 지난 뒤 다시 시도해 주세요.",
                 en="Try again after the time in Retry-After."),
        ),
        _text(
            "proposal-unknown",
            Text(ko="제안할 수 없는 변경입니다.", en="This change cannot be proposed."),
            Text(ko="rotate-key(값 없음) 또는 head-hours(1~168)를 보내 주세요.",
                 en="Send rotate-key without a value, or head-hours with 1 to 168."),
        ),
        _text(
            "proposal-needs-reason",
            Text(ko="사유가 비어 있습니다.", en="The reason is empty."),
            Text(ko="변경하는 이유를 적어 주세요.", en="Say why it is to be changed."),
        ),
        _text(
            "proposal-names-person",
            Text(ko="사유에 개인을 알아볼 수 있는 정보가 있습니다.", en="The reason seems to identify a person."),
            Text(ko="해당 내용을 빼고 다시 적어 주세요.", en="Write it without that."),
        ),
        _text(
            "proposal-needs-person",
            Text(ko="사람만 제안하고 확인할 수 있습니다.", en="Only a person can propose or confirm."),
            Text(ko="관리자 계정으로 로그인해 주세요.", en="Sign in as an administrator."),
        ),
        _text(
            "proposal-own",
            Text(ko="자신의 제안은 확인할 수 없습니다.", en="Nobody confirms a proposal of their own."),
            Text(ko="다른 관리자에게 확인을 요청해 주세요.", en="Ask another administrator to confirm it."),
        ),
        _text(
            "proposal-decided",
            Text(ko="이미 결정된 제안입니다.", en="This proposal has been decided."),
            Text(ko="필요하면 새로 제안해 주세요.", en="Make a new one if it is still needed."),
        ),
        _text(
            "proposal-expired",
            Text(ko="제안한 지 7일이 지났습니다.", en="The proposal is older than 7 days."),
            Text(ko="다시 제안해 주세요.", en="Propose it again."),
        ),
        _text(
            "expiry-out-of-range",
            Text(ko="토큰의 유효 기간은 1일부터 365일까지입니다.", en="A token lasts from 1 to 365 days."),
            Text(ko="1에서 365 사이의 일수를 입력해 주세요.", en="Enter a number of days from 1 to 365."),
        ),
    )
}  # fmt: skip


def problem(code: str, field: str, value: str | None = None) -> Problem:
    """A problem of this room at a field of its form."""
    text = RULE_TEXTS[code]
    message = Text(ko=f"{text.meaning.ko} {text.repair.ko}", en=f"{text.meaning.en} {text.repair.en}")
    return Problem(code, text.severity, message, field=field, value=value)


NAME_LENGTHS: Mapping[str, int] = {"person": 100, "token": 100, "organisation": 200}  # characters
# A name stands in invitations, which go to any address: whoever writes it must lead nobody away by mails of a station.
WEB_ADDRESS = re.compile(r"://|\bwww\.|\w\.[a-z]{2,}/", re.IGNORECASE)


def tidy_name(name: str) -> str:
    """On one line, without what is not seen: a name stands in subjects of mails and beside other names."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())


def is_plain_address(address: str) -> bool:
    """Without signs that are not seen or stand for another: such an address looks like somebody else's, and mail for
    it may go there. Domains of other scripts are domains like others; the part before the @ is ASCII.
    """
    is_as_seen = address.isprintable() and unicodedata.normalize("NFKC", address) == address
    return is_as_seen and address.rpartition("@")[0].isascii()


def check_names(kind: str, **names: str) -> list[Problem]:
    """What is wrong with tidied names of one thing, by field: none, too long, with an identifier or a web address."""
    if not any(names.values()):
        return [problem("name-missing", next(iter(names)))]
    long = [problem("name-long", field) for field, name in names.items() if len(name) > NAME_LENGTHS[kind]]
    known = [problem("name-has-identifier", field) for field, name in names.items() if kind_in(name)]
    return long or known or [problem("name-has-address", field) for field in names if WEB_ADDRESS.search(names[field])]


def check_token(name: str, scopes: Collection[str], days: int) -> list[Problem]:
    """What is wrong with a token that is asked for, ``days`` until it expires."""
    problems = check_names("token", name=tidy_name(name))
    if not scopes or not set(scopes) <= SCOPES.keys():
        problems.append(problem("scope-unknown", "scopes", ", ".join(sorted(scopes)) or None))
    if not 1 <= days <= TOKEN_DAYS_MAX:
        problems.append(problem("expiry-out-of-range", "days", str(days)))
    return problems


def check_role(organisation_kind: str, role: str) -> list[Problem]:
    """Only the roles of GRANTABLE exist in an organisation of that kind."""
    if role in GRANTABLE.get(organisation_kind, ()):
        return []
    return [problem("role-not-grantable", "role", role)]


def check_change_of_member(responsible: Collection[int], user_id: int, new_role: str | None) -> list[Problem]:
    """May the user get this role (None: leave)? ``responsible`` are the users who manage the organisation."""
    if new_role in RESPONSIBLE or set(responsible) != {user_id}:
        return []
    return [problem("last-manager", "role", new_role)]


# The page of permissions (docs/reference/permissions.md) is made from the table above.

STATES_OF: Mapping[Kind, tuple[str, ...]] = {
    "submission": ("draft", "submitted", "in-review", "returned", "accepted", "released", "withdrawn"),
    "human-data": ("ask", "decided"),
    "record": ("submitted", "in-review", "returned", "accepted", "released", "suppressed", "withdrawn"),
    "file": (*OPEN_FILES, "quarantined"),
    "ledger": (ANY_STATE,),
    "organisation": (ANY_STATE,),
    "token": (ANY_STATE,),
    "notice": (ANY_STATE,),
    "station": (ANY_STATE,),
}
ALL_ROLES: tuple[Role, ...] = (
    "anyone", "signed-in", "depositor", "manager", "curator", "administrator", "auditor", "reviewer",
)  # fmt: skip


def permissions_markdown() -> str:
    """Every kind x verb x state with the roles that may; what is not in it is refused."""
    head = [
        "# Who may do what",
        "",
        "Made from `biomoa/people/rules.py`; do not edit. Roles are relative to one thing: `depositor` and",
        "`manager` are members of the group that owns it, `curator` works for the data center in whose care it",
        "is; a `reviewer` holds a reviewer link, and has these rights on what the link names only. What is not",
        "listed is refused to everybody. A token's scopes narrow this further, never widen it.",
        "",
    ]
    tables = [line for kind in STATES_OF for line in _kind_table(kind)]
    scopes = ["## Scopes of tokens", "", "| scope | lets through |", "| --- | --- |"]
    scopes += [f"| {scope} | {', '.join(sorted(verbs))} |" for scope, verbs in SCOPES.items()]
    return "\n".join([*head, *tables, *scopes, ""])


def _kind_table(kind: Kind) -> list[str]:
    states = STATES_OF[kind]
    verbs = list(dict.fromkeys(row.verb for row in POLICY if row.kind == kind))
    lines = [f"## {kind}", "", f"| | {' | '.join('any state' if s == ANY_STATE else s for s in states)} |"]
    lines.append("| --- " * (len(states) + 1) + "|")
    lines += [f"| {verb} | {' | '.join(_cell(kind, verb, state) for state in states)} |" for verb in verbs]
    return [*lines, ""]


def _cell(kind: Kind, verb: Verb, state: str) -> str:
    return ", ".join(role for role in ALL_ROLES if is_allowed((role,), verb, kind, state)) or "–"
