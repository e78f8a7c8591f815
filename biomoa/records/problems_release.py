"""What keeps records closed, and what is wrong with showing them: to reviewers, in umbrellas, in other archives."""

from __future__ import annotations

from biomoa.records.problem_texts import rule

RELEASE = (
    rule(
        "release-date-unreadable",
        "error",
        ("공개일을 날짜로 읽을 수 없습니다.", "The release date is not a date."),
        ("‘{value}’은(는) 날짜가 아닙니다.", "‘{value}’ is not a date."),
        ("2027-06-30처럼 적어 주세요.", "Write it as 2027-06-30."),
    ),
    rule(
        "release-date-past",
        "error",
        ("공개일이 이미 지난 날입니다.", "The release date lies in the past."),
        ("공개일 {date}은(는) 이미 지났습니다.", "The release date {date} lies in the past."),
        (
            "오늘 이후로 정하거나, 바로 공개하려면 비워 주세요.",
            "Choose a later day, or leave it empty to release at once.",
        ),
    ),
    rule(
        "release-date-too-late",
        "error",
        ("공개일이 정할 수 있는 기한보다 늦습니다.", "The release date lies beyond the limit."),
        ("공개일 {date}: {limit}까지 정할 수 있습니다.", "Release date {date}: it may be set up to {limit}."),
        (
            "더 이른 날로 정하거나 비공개 기간 연장을 신청해 주세요.",
            "Choose an earlier day, or extend the embargo.",
        ),
    ),
    rule(
        "release-parent-closed",
        "error",
        ("상위 자원이 아직 공개되지 않았습니다.", "A parent record is not public yet."),
        (
            "{accession}: 상위 자원 {parent}이(가) 아직 공개되지 않았습니다.",
            "{accession}: its parent {parent} is not public yet.",
        ),
        ("상위 자원을 먼저 또는 함께 공개해 주세요.", "Release the parent first or together with it."),
    ),
    rule(
        "release-linked-pending",
        "error",
        (
            "과제에 연결된 제출이 아직 심사 중입니다.",
            "A submission that adds to the project is still pending.",
        ),
        (
            "{accession}: 제출 {submission}이(가) {since}부터 ‘{state_ko}’ 상태입니다.",
            "{accession}: submission {submission} has been ‘{state_en}’ since {since}.",
        ),
        (
            "심사를 기다리거나, 공개할 부분을 직접 골라 공개해 주세요.",
            "Wait for its review, or choose the parts to release now.",
        ),
    ),
    rule(
        "release-file-missing",
        "error",
        ("자원이 가리키는 파일이 없습니다.", "A file of the record is not there."),
        ("{accession}: 파일 {file_name}이(가) 없습니다.", "{accession}: file {file_name} is not there."),
        ("파일을 다시 올려 주세요.", "Upload the file again."),
    ),
    rule(
        "release-file-unchecked",
        "error",
        ("파일 검사가 끝나지 않았습니다.", "A file has not been inspected yet."),
        (
            "{accession}: 파일 {file_name}의 검사가 끝나지 않았습니다.",
            "{accession}: the inspection of {file_name} is not finished.",
        ),
        ("검사가 끝나면 자동으로 공개됩니다.", "It opens by itself when the inspection is done."),
    ),
    rule(
        "release-file-failed",
        "error",
        ("파일이 검사를 통과하지 못했습니다.", "A file failed its inspection."),
        (
            "{accession}: 파일 {file_name}이(가) 검사를 통과하지 못했습니다.",
            "{accession}: file {file_name} failed its inspection.",
        ),
        ("고친 파일로 새 판을 제출해 주세요.", "Submit a new version with a mended file."),
    ),
    rule(
        "release-file-quarantined",
        "error",
        ("격리된 파일이 있습니다.", "A file is in quarantine."),
        ("{accession}: 격리된 파일이 있어 공개할 수 없습니다.", "{accession}: a file is in quarantine."),
        ("격리를 먼저 처리해 주세요.", "Settle the quarantine first."),
    ),
)

SHARING = (
    rule(
        "insdc-missing",
        "error",
        ("INSDC 등록번호가 없거나 너무 많습니다.", "No accession of the INSDC is given, or too many."),
        ("INSDC 등록번호를 1개에서 100개까지 적을 수 있습니다.", "One to 100 accessions of the INSDC are needed."),
        ("이 기록이 공개된 번호를 적어 주세요.", "Name those under which this record is public."),
    ),
    rule(
        "insdc-unreadable",
        "error",
        ("INSDC 등록번호의 형식이 아닙니다.", "This is no accession of the INSDC."),
        ("‘{value}’은(는) INSDC 등록번호의 형식이 아닙니다.", "‘{value}’ is no accession of the INSDC."),
        (
            "PRJNA257197, SAMN02953603, SRR1553609처럼 적어 주세요.",
            "Write it like PRJNA257197, SAMN02953603 or SRR1553609.",
        ),
    ),
    rule(
        "release-nothing",
        "error",
        ("공개할 기록이 없습니다.", "There is nothing to release."),
        ("적은 번호 가운데 이 제출의 기록이 없습니다.", "None of the accessions is a record of this submission."),
        ("등록번호를 확인해 주세요.", "Check the accessions."),
    ),
    rule(
        "umbrella-member-expected",
        "error",
        ("우산 과제 아래에 둘 수 없는 기록입니다.", "The record cannot stand under an umbrella."),
        (
            "{value}은(는) 우산 과제 아래에 둘 수 있는 과제가 아닙니다.",
            "{value} is not a project that an umbrella can tie.",
        ),
        ("우산이 아닌 과제의 등록번호를 적어 주세요.", "Name a project that is no umbrella itself."),
    ),
    rule(
        "umbrella-not-agreed",
        "error",
        ("다른 그룹의 우산 과제이며 그 그룹이 아직 동의하지 않았습니다.", "The other group has not agreed yet."),
        (
            "{value}은(는) 다른 그룹의 우산 과제이며, 그 그룹이 아직 동의하지 않았습니다.",
            "{value} is an umbrella of another group, which has not agreed yet.",
        ),
        (
            "비워 두고 등록한 뒤 과제 화면에서 연결을 요청해 주세요.",
            "Leave it empty; when the project is registered, ask on its page to be linked.",
        ),
        overridable=True,
    ),
    rule(
        "review-name-missing",
        "error",
        ("심사자 링크의 이름이 비어 있습니다.", "The reviewer link has no name."),
        ("누구에게 보내는 링크인지 적혀 있지 않습니다.", "It is not said whom the link is for."),
        (
            "학술지 이름 등 알아볼 수 있는 이름을 적어 주세요.",
            "Write a name that you recognise, as that of the journal.",
        ),
    ),
    rule(
        "review-days",
        "error",
        ("심사자 링크의 유효 기간이 범위를 벗어났습니다.", "The days of a reviewer link are out of range."),
        (
            "유효 기간 {value}일은 1일에서 {limit}일 사이가 아닙니다.",
            "{value} days are not between 1 and {limit}.",
        ),
        ("기간을 다시 정해 주세요.", "Choose another number of days."),
    ),
    rule(
        "review-links-many",
        "error",
        ("유효한 심사자 링크가 너무 많습니다.", "There are too many open reviewer links."),
        ("유효한 심사자 링크가 {limit}개 있습니다.", "{limit} reviewer links are open."),
        ("쓰지 않는 링크를 폐기해 주세요.", "Revoke those that are not needed."),
    ),
    rule(
        "review-record-unknown",
        "error",
        ("심사자에게 보일 수 없는 기록입니다.", "The record cannot be shown to a reviewer."),
        (
            "{value}: 이 그룹의 비공개 기록이 아닙니다.",
            "{value} is not a closed record of this group.",
        ),
        (
            "등록번호를 확인해 주세요. 공개된 기록은 링크가 필요 없습니다.",
            "Check the accession; public records need no link.",
        ),
    ),
    rule(
        "review-nothing",
        "error",
        ("심사자에게 보여 줄 기록이 없습니다.", "Nothing is chosen for the reviewer."),
        ("고른 기록이 없습니다.", "No record is chosen."),
        ("비공개 기록을 하나 이상 골라 주세요.", "Choose at least one closed record."),
    ),
    rule(
        "review-file-unknown",
        "error",
        ("고른 기록의 파일이 아닙니다.", "The file is of none of the chosen records."),
        (
            "고른 파일 가운데 고른 기록에 속하지 않는 것이 있습니다.",
            "A chosen file belongs to none of the chosen records.",
        ),
        ("파일의 기록도 함께 골라 주세요.", "Choose its record, too."),
    ),
)
