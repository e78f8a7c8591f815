"""The kinds of notices and what they say: what happened, what is next, by when. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from biomoa.catalog.model import Text

# Who is told. ``group``: the owners; ``curators``: all of the center; ``case``: the one in charge, or all when nobody
# is, of what has been submitted; ``deciders``: the same, of drafts too; ``judges``: they, of answers on human data that
# need a judgement; ``assigned``: whom the entry names as in charge; ``asked``, ``asking``, ``both``: the groups of an
# umbrella; ``person``: whom the entry is about; ``managers``: of the organisation; ``administrators``: of the station.
Audience = Literal[
    "group", "curators", "case", "deciders", "judges", "assigned", "asked", "asking", "both", "person", "managers",
    "administrators",
]  # fmt: skip
Urgency = Literal["act", "know"]

NO_DEADLINE = Text(ko="정해진 기한은 없습니다.", en="There is no deadline.")
EXPECTED = Text(
    ko="지난 처리 기간으로 보아 {due}까지 결정될 것으로 예상합니다.",
    en="By past decisions, an answer is expected by {due}.",
)
OPENS = Text(ko="{due}에 공개됩니다.", en="It opens on {due}.")
NOTHING_TO_DO = Text(ko="지금 하실 일은 없습니다.", en="There is nothing to do now.")


class Kind(msgspec.Struct, frozen=True):
    """``by`` is said when the notice has a day (``{due}``), ``otherwise`` when it has none.

    ``collects``: of many such entries about one thing within ten minutes, one notice is made. ``by_mail`` is false
    where a mail of its own was sent already.
    """

    name: str
    event: str
    to: Audience
    urgency: Urgency
    url: str
    said: Text
    next: Text
    by: Text = NO_DEADLINE
    otherwise: Text = NO_DEADLINE
    collects: bool = False
    by_mail: bool = True


KEPT_UP = Text(
    ko="정해진 기한은 없지만, 격리되어 있는 동안은 승인하거나 공개할 수 없습니다.",
    en="There is no deadline, but while it is in quarantine nothing with it is accepted or released.",
)
CASE, DESK, RECORD, HELD = "/submissions/{code}/", "/desk/{code}/", "/{accession}", "/quarantine/"
KINDS: tuple[Kind, ...] = (
    Kind("to-review", "submission:submitted", "curators", "act", DESK,
         Text(ko="‘{title}’({code}) 등록 건이 제출되었습니다.", en="“{title}” ({code}) was submitted."),
         Text(ko="큐레이션 화면에서 담당을 정하고 검토해 주세요.", en="Take it into review on the curation desk."),
         EXPECTED),
    Kind("submitted", "submission:submitted", "group", "know", CASE,
         Text(ko="{who} 님이 ‘{title}’({code}) 등록 건을 제출했습니다.", en="{who} submitted “{title}” ({code})."),
         Text(ko="{center}의 큐레이터가 검토를 시작하면 알려 드립니다. 지금 하실 일은 없습니다.",
              en="You will hear when a curator of {center} begins the review. There is nothing to do now."),
         EXPECTED),
    Kind("in-charge", "submission:assigned", "assigned", "act", DESK,
         Text(ko="{who} 님이 ‘{title}’({code}) 등록 건의 담당 큐레이터로 지정했습니다.",
              en="{who} put you in charge of “{title}” ({code})."),
         Text(ko="내용을 확인한 뒤 승인하거나 보완을 요청해 주세요.", en="Read it, then accept it or return it."),
         EXPECTED),
    Kind("taken", "submission:taken", "group", "know", CASE,
         Text(ko="‘{title}’({code}) 등록 건의 검토가 시작되었습니다. 담당: {curator}",
              en="The review of “{title}” ({code}) has begun. In charge: {curator}"),
         Text(ko="질문이나 보완 요청이 있으면 알려 드립니다. 지금 하실 일은 없습니다.",
              en="You will hear of questions and requests. There is nothing to do now."),
         EXPECTED),
    Kind("returned", "submission:returned", "group", "act", CASE,
         Text(ko="‘{title}’({code}) 등록 건에 보완 요청이 있습니다.", en="“{title}” ({code}) was returned to you."),
         Text(ko="사유를 확인하고 고친 뒤 다시 제출해 주세요.", en="Read the reason, mend it, and submit it again."),
         otherwise=Text(ko="정해진 기한은 없습니다. 다시 제출하시면 검토가 이어집니다.",
                        en="There is no deadline. The review goes on when you submit it again.")),
    Kind("accepted", "submission:accepted", "group", "know", CASE,
         Text(ko="‘{title}’({code}) 등록 건이 승인되어 등록번호가 부여되었습니다.",
              en="“{title}” ({code}) was accepted and has its accessions."),
         Text(ko="접수증에서 등록번호를 확인하고 논문에 인용해 주세요.",
              en="See the accessions on the receipt, and cite them in your paper."),
         Text(ko="{due}에 공개됩니다. 공개일은 등록 건 화면에서 바꿀 수 있습니다.",
              en="It opens on {due}. You can change the day on its page."),
         Text(ko="공개일을 정하지 않아, 막는 것이 없으면 바로 공개됩니다.",
              en="No day was chosen: it opens as soon as nothing keeps it closed.")),
    Kind("released", "submission:released", "group", "know", CASE,
         Text(ko="‘{title}’({code}) 자료가 공개되었습니다.", en="“{title}” ({code}) is public."),
         Text(ko="누구나 등록번호로 찾고 내려받을 수 있습니다. 논문에는 과제의 등록번호를 적어 주세요.",
              en="Anyone finds and downloads it. Cite the accession of the project in your paper.")),
    Kind("withdrawn-desk", "submission:withdrawn", "case", "know", "/desk/",
         Text(ko="‘{title}’({code}) 등록 건이 철회되었습니다.", en="“{title}” ({code}) was withdrawn."),
         Text(ko="더 검토하지 않으셔도 됩니다.", en="It needs no more review.")),
    Kind("withdrawn", "submission:withdrawn", "group", "know", CASE,
         Text(ko="{who} 님이 ‘{title}’({code}) 등록 건을 철회했습니다.", en="{who} withdrew “{title}” ({code})."),
         Text(ko="내용은 계속 볼 수 있습니다. 필요하면 새로 제출해 주세요.",
              en="It can still be read. Submit it anew if you need to.")),
    Kind("deleted", "submission:deleted", "group", "know", "/submissions/",
         Text(ko="{who} 님이 작성 중이던 ‘{title}’({code}) 등록 건을 삭제했습니다.",
              en="{who} deleted the draft “{title}” ({code})."),
         Text(ko="되돌릴 수 없습니다. 실수라면 삭제한 분과 상의해 주세요.",
              en="This cannot be undone. If it was a mistake, talk to who deleted it.")),
    Kind("comment", "comment:written", "group", "act", CASE,
         Text(ko="‘{title}’({code}) 등록 건에 {who} 님이 메시지를 남겼습니다.",
              en="{who} wrote a message on “{title}” ({code})."),
         Text(ko="메시지를 읽고 필요하면 답해 주세요.", en="Read it, and answer if it asks for one.")),
    Kind("comment-desk", "comment:written", "case", "act", DESK,
         Text(ko="‘{title}’({code}) 등록 건에 {who} 님이 메시지를 남겼습니다.",
              en="{who} wrote a message on “{title}” ({code})."),
         Text(ko="메시지를 읽고 필요하면 답해 주세요.", en="Read it, and answer if it asks for one.")),
    Kind("row-corrected", "row:curated", "group", "know", CASE,
         Text(ko="큐레이터가 ‘{title}’({code}) 등록 건의 값을 정정했습니다.",
              en="A curator corrected values in “{title}” ({code})."),
         Text(ko="정정한 값과 사유를 확인하고, 의견이 다르면 메시지를 남겨 주세요.",
              en="See the corrections and their reasons; write a message if you disagree."), collects=True),
    Kind("embargo-changed", "embargo:changed", "group", "know", CASE + "#embargo",
         Text(ko="{who} 님이 ‘{title}’({code}) 자료의 공개일을 바꾸었습니다.",
              en="{who} changed the release date of “{title}” ({code})."),
         Text(ko="맞는지 확인해 주세요. 등록 건 화면에서 다시 바꿀 수 있습니다.",
              en="See that it is right. You can change it again on its page."),
         OPENS, Text(ko="막는 것이 없으면 바로 공개됩니다.", en="It opens as soon as nothing keeps it closed.")),
    Kind("embargo-ends", "embargo:reminded", "group", "act", CASE + "#embargo",
         Text(ko="‘{title}’({code}) 자료가 곧 공개됩니다. 공개 {days}일 전에 알려 드립니다.",
              en="“{title}” ({code}) opens soon. This is the reminder {days} days before."),
         Text(ko="그대로 두면 공개됩니다. {way}", en="Do nothing and it opens. {way}"),
         Text(ko="{due}에 공개됩니다. 늦추려면 그 전에 정해 주세요.",
              en="It opens on {due}. To keep it closed longer, choose a day before that.")),
    Kind("file-failed", "file:inspected", "group", "act", CASE + "files/",
         Text(ko="‘{title}’({code}) 등록 건의 파일이 검사를 통과하지 못했습니다: {file}",
              en="A file of “{title}” ({code}) did not pass the inspection: {file}"),
         Text(ko="검사 결과를 확인하고, 고친 파일을 같은 이름으로 다시 올려 주세요.",
              en="Read the report, mend the file, and upload it again under the same name."),
         otherwise=Text(ko="정해진 기한은 없지만, 오류가 남아 있으면 제출하거나 승인할 수 없습니다.",
                        en="There is no deadline, but with errors left it can be neither submitted nor accepted."),
         collects=True),
    Kind("quarantined", "file:quarantined", "group", "act", HELD,
         Text(ko="‘{title}’({code}) 등록 건의 파일에 개인을 알아볼 수 있는 정보가 있는 듯하여 격리했습니다: {file}",
              en="A file of “{title}” ({code}) seems to identify a person and is in quarantine: {file}"),
         Text(ko="파일을 삭제하고 그 정보를 지운 파일을 올려 주세요. 개인을 알아볼 수 없다면 사유를 보내 주세요.",
              en="Remove it and upload a file without the identifier; or, if it identifies nobody, say why."),
         otherwise=KEPT_UP, collects=True),
    Kind("quarantined-desk", "file:quarantined", "case", "know", HELD,
         Text(ko="{code} 등록 건의 파일이 격리되었습니다: {file}", en="A file of {code} is in quarantine: {file}"),
         Text(ko="등록한 그룹이 파일을 삭제하거나 사유를 보내면 알려 드립니다. 바로 결정하실 수도 있습니다.",
              en="You will hear when its group removes it or gives a reason. You can also decide now."),
         otherwise=KEPT_UP, collects=True),
    Kind("quarantine-declared", "quarantine:declared", "deciders", "act", HELD,
         Text(ko="{code} 등록 건의 격리된 파일이 개인을 알아볼 수 있는 정보가 아니라는 신고가 들어왔습니다: {file}",
              en="The group of {code} says that a file in quarantine identifies nobody: {file}"),
         Text(ko="사유를 확인하고 격리를 해제하거나 파일을 삭제해 주세요.",
              en="Read the reason, then release the file from quarantine or have it removed."),
         otherwise=KEPT_UP),
    Kind("quarantine-cleared", "quarantine:cleared", "group", "know", CASE + "files/",
         Text(ko="‘{title}’({code}) 등록 건의 파일이 격리에서 해제되었습니다: {file}",
              en="A file of “{title}” ({code}) was released from quarantine: {file}"),
         Text(ko="이 파일 때문에 막혀 있던 절차를 이어서 진행하실 수 있습니다.",
              en="What it kept back can go on.")),
    Kind("quarantine-ordered", "quarantine:ordered", "group", "act", CASE + "files/",
         Text(ko="큐레이터가 ‘{title}’({code}) 등록 건의 격리된 파일을 삭제했습니다: {file}",
              en="A curator had a file of “{title}” ({code}) in quarantine removed: {file}"),
         Text(ko="되돌릴 수 없습니다. 이 파일이 필요하면 개인을 알아볼 수 있는 정보를 지운 파일을 준비해 주세요.",
              en="This cannot be undone. If the file is needed, prepare one without the identifier.")),
    Kind("quarantine-removed", "quarantine:removed", "group", "know", CASE + "files/",
         Text(ko="{who} 님이 ‘{title}’({code}) 등록 건의 격리된 파일을 삭제했습니다: {file}",
              en="{who} removed a file of “{title}” ({code}) in quarantine: {file}"),
         Text(ko="되돌릴 수 없습니다. 이 파일이 필요하면 개인을 알아볼 수 있는 정보를 지운 파일을 올려 주세요.",
              en="This cannot be undone. If the file is needed, upload one without the identifier."), collects=True),
    Kind("quarantine-removed-desk", "quarantine:removed", "case", "know", DESK,
         Text(ko="{code} 등록 건의 격리된 파일을 {who} 님이 삭제했습니다: {file}",
              en="{who} removed a file of {code} in quarantine: {file}"),
         Text(ko="이 파일에 대해 더 결정하실 일은 없습니다.", en="There is nothing left to decide about it."),
         collects=True),
    Kind("human-data-stopped", "human-data:answered", "group", "act", CASE + "human-data/",
         Text(ko="‘{title}’({code}) 등록 건은 인체 유래 데이터 확인 결과에 따라 진행이 중지되었습니다: {outcome}",
              en="“{title}” ({code}) is stopped by the answers on human data: {outcome}"),
         Text(ko="{way}", en="{way}"),
         otherwise=Text(ko="정해진 기한은 없지만, 확인을 마칠 때까지 파일을 올리거나 제출할 수 없습니다.",
                        en="There is no deadline, but until it is settled no file is taken and nothing submitted.")),
    Kind("human-data-to-judge", "human-data:answered", "judges", "act", DESK + "human-data/",
         Text(ko="{code} 등록 건의 인체 유래 데이터 답변에 큐레이터의 판단이 필요합니다: {outcome}",
              en="The answers of {code} on human data need a curator's judgement: {outcome}"),
         Text(ko="답변을 확인하고 등록할 곳을 정하거나, 더 필요한 내용을 요청해 주세요.",
              en="Read them and decide where the data goes, or ask for what is missing."),
         otherwise=Text(ko="정해진 기한은 없지만, 결정하기 전에는 파일을 올리거나 제출할 수 없습니다.",
                        en="There is no deadline, but until you decide no file is taken and nothing submitted.")),
    Kind("human-data-decided", "human-data:decided", "group", "act", CASE + "human-data/",
         Text(ko="{who} 님이 ‘{title}’({code}) 등록 건의 인체 유래 데이터 답변을 검토했습니다: {outcome}",
              en="{who} decided on the answers of “{title}” ({code}) on human data: {outcome}"),
         Text(ko="{way}", en="{way}")),
    Kind("problem-let-pass", "problem:overridden", "group", "know", CASE + "review/",
         Text(ko="큐레이터가 ‘{title}’({code}) 등록 건의 문제를 예외로 인정했습니다.",
              en="A curator let a problem in “{title}” ({code}) stand as an exception."),
         Text(ko="이 값은 고치지 않으셔도 됩니다. 값을 바꾸면 다시 확인합니다.",
              en="You need not change the value. If you do, it is checked again."), collects=True),
    Kind("certificate", "certificate:issued", "group", "know", "/{page}",
         Text(ko="{who} 님이 {subject} 등록 확인서를 발급했습니다: {title}",
              en="{who} had a certificate of {subject} issued: {title}"),
         Text(ko="해당 화면에서 내려받을 수 있습니다. 확인서의 코드를 아는 사람은 누구나 진위를 확인할 수 있습니다.",
              en="Download it from that page. Whoever is given its code can verify it.")),
    Kind("review-link", "review-link:made", "group", "know", CASE + "reviewers/",
         Text(ko="{who} 님이 ‘{title}’({code}) 자료의 심사자 링크를 만들었습니다: {name}",
              en="{who} made a reviewer link to “{title}” ({code}): {name}"),
         Text(ko="열람 이력을 볼 수 있고 언제든지 폐기할 수 있습니다.",
              en="You see what was opened through it, and can revoke it at any time."),
         Text(ko="{due}에 만료됩니다.", en="It expires on {due}.")),
    Kind("review-link-ended", "review-link:revoked", "group", "know", CASE + "reviewers/",
         Text(ko="{who} 님이 ‘{title}’({code}) 자료의 심사자 링크를 폐기했습니다.",
              en="{who} revoked a reviewer link to “{title}” ({code})."),
         Text(ko="심사자는 더 이상 열람할 수 없습니다. 필요하면 새 링크를 만들어 주세요.",
              en="Reviewers can no longer read through it. Make a new one if you need it.")),
    Kind("record-withdrawn", "record:withdrawn", "group", "act", RECORD,
         Text(ko="{accession} 기록이 철회되었습니다: {title}", en="{accession} was withdrawn: {title}"),
         Text(ko="등록번호의 화면에는 철회 사유만 남습니다. 사유가 사실과 다르면 {center}에 알려 주세요.",
              en="Its page now tells the reason only. If the reason is wrong, tell {center}.")),
    Kind("record-suppressed", "record:suppressed", "group", "act", RECORD,
         Text(ko="{accession} 기록이 검색에서 제외되었습니다: {title}",
              en="{accession} is no longer found by search: {title}"),
         Text(ko="등록번호로는 계속 볼 수 있습니다. 사유가 사실과 다르면 {center}에 알려 주세요.",
              en="It is still read under its accession. If the reason is wrong, tell {center}.")),
    Kind("record-corrected", "record:curated", "group", "know", RECORD,
         Text(ko="큐레이터가 {accession} 기록을 정정했습니다: {title}",
              en="A curator corrected {accession}: {title}"),
         Text(ko="새 버전에서 정정한 값과 사유를 확인해 주세요.",
              en="See the correction and its reason in the new version."), collects=True),
    Kind("record-redacted", "record:redacted", "group", "act", RECORD,
         Text(ko="{accession} 기록에서 개인을 알아볼 수 있는 항목이 지워졌습니다",
              en="A field of {accession} that identified a person was blanked"),
         Text(ko="원본 자료와 내려받은 파일에서도 지워 주세요. 사실과 다르면 {center}에 알려 주세요.",
              en="Remove it from your own copies, too. If it identified nobody, tell {center}.")),
    Kind("public-elsewhere", "record:public-elsewhere", "group", "know", RECORD,
         Text(ko="{who} 님이 {accession} 기록이 다른 저장소에 이미 공개되었다고 신고했습니다: {title}",
              en="{who} declared {accession} public elsewhere: {title}"),
         Text(ko="함께 공개할 수 있는 기록은 바로 공개되고, 나머지는 가능해지면 공개됩니다.",
              en="What can open with it is open now; the rest opens when it can.")),
    Kind("umbrella-asked", "umbrella:asked", "asked", "act", "/umbrellas/",
         Text(ko="우산 과제 연결 요청이 있습니다: {accession} ← {project}",
              en="You are asked to link a project with an umbrella: {accession} ← {project}"),
         Text(ko="요청을 확인하고 동의하거나 거절해 주세요.", en="Read the request, and agree or decline.")),
    Kind("umbrella-taken-back", "umbrella:request-taken-back", "asked", "know", "/umbrellas/",
         Text(ko="우산 과제 연결 요청이 취소되었습니다: {accession} ← {project}",
              en="The request to link a project with an umbrella was taken back: {accession} ← {project}"),
         NOTHING_TO_DO),
    Kind("umbrella-declined", "umbrella:declined", "asking", "know", "/umbrellas/",
         Text(ko="우산 과제 연결 요청이 거절되었습니다: {accession} ← {project}",
              en="Your request to link a project with an umbrella was declined: {accession} ← {project}"),
         Text(ko="상대 그룹과 상의한 뒤 다시 요청할 수 있습니다.", en="Talk to the other group; you can ask again.")),
    Kind("umbrella-linked", "umbrella:linked", "both", "know", RECORD,
         Text(ko="과제가 우산 과제에 연결되었습니다: {accession} ← {project}",
              en="A project was linked with an umbrella: {accession} ← {project}"),
         Text(ko="두 기록의 화면에서 확인해 주세요.", en="See it on the pages of both records.")),
    Kind("umbrella-unlinked", "umbrella:unlinked", "both", "know", RECORD,
         Text(ko="과제가 우산 과제에서 빠졌습니다: {accession} ← {project}",
              en="A project was taken from under an umbrella: {accession} ← {project}"),
         Text(ko="다시 연결하려면 우산 과제 화면을 이용해 주세요.", en="To link it again, use the umbrella's page.")),
    Kind("invited", "member:invited", "person", "act", "/account/",
         Text(ko="‘{group}’에 초대받으셨습니다. 역할: {role}", en="You are invited to “{group}”. Role: {role}"),
         Text(ko="이메일로 보낸 초대 주소를 열어 수락해 주세요.",
              en="Open the address in the invitation that was sent to you by e-mail."),
         Text(ko="{due}까지 수락할 수 있습니다.", en="You can accept it until {due}."), by_mail=False),
    Kind("joined", "member:joined", "managers", "know", "/groups/{code}/",
         Text(ko="{who} 님이 ‘{group}’의 구성원이 되었습니다. 역할: {role}", en="{who} joined “{group}”. Role: {role}"),
         Text(ko="역할은 구성원 화면에서 바꿀 수 있습니다.", en="You can change the role on the group's page.")),
    Kind("role-set", "member:role-set", "person", "know", "/groups/{code}/",
         Text(ko="‘{group}’에서의 역할이 정해졌습니다: {role}", en="Your role in “{group}” is now: {role}"),
         Text(ko="할 수 있는 일이 바뀌었을 수 있습니다. 문의는 그룹 관리자에게 해 주세요.",
              en="What you may do may have changed. Ask a manager of the group if in doubt.")),
    Kind("removed", "member:removed", "person", "know", "/account/",
         Text(ko="‘{group}’의 구성원에서 제외되셨습니다.", en="You are no longer a member of “{group}”."),
         Text(ko="그룹의 작성 중인 자료를 더 볼 수 없습니다. 문의는 그룹 관리자에게 해 주세요.",
              en="You can no longer see its drafts. Ask a manager of the group if in doubt.")),
    Kind("token-expired", "token:expired", "person", "act", "/account/#tokens",
         Text(ko="프로그램용 토큰이 만료되었습니다: {name}", en="A token for programs has expired: {name}"),
         Text(ko="프로그램을 계속 쓰려면 새 토큰을 만들어 주세요.", en="Make a new one if a program still needs it.")),
    Kind("ledger-change", "ledger:change-proposed", "administrators", "act", "/status",
         Text(ko="{who} 님이 원장의 설정 변경을 제안했습니다: {kind} {value}",
              en="{who} proposed a change to the ledger: {kind} {value}"),
         Text(ko="다른 관리자 한 명이 확인해야 적용됩니다(API /api/v1/ledger/changes).",
              en="Another administrator must confirm it (API /api/v1/ledger/changes)."),
         Text(ko="{due}까지 확인할 수 있습니다.", en="It can be confirmed until {due}.")),
)  # fmt: skip
KIND: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}
EVENTS = frozenset(kind.event for kind in KINDS)


def kinds_of(event: str) -> tuple[Kind, ...]:
    """The notices that an event makes; of two to one person, the first counts."""
    return tuple(kind for kind in KINDS if kind.event == event)
