"""The problems that this room itself can find: code, severity, meaning, repair, sentence in two languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from biomoa.catalog.korean import settled
from biomoa.catalog.model import Text
from biomoa.forms.problems import Problem, RuleText, Severity

Pair = tuple[str, str]  # Korean, English
VALUE_CHARACTERS = 200


def _rule(
    code: str, severity: Severity, meaning: Pair, message: Pair, repair: Pair, *, overridable: bool = False
) -> RuleText:
    return RuleText(code, severity, Text(*meaning), Text(*repair), overridable, Text(*message))


_COMMANDS = (
    _rule(
        "wrong-state",
        "error",
        ("지금 상태에서는 할 수 없는 일입니다.", "The command is not possible in this state."),
        (
            "‘{state_ko}’ 상태에서는 ‘{command_ko}’ 작업을 할 수 없습니다. 가능한 상태: {allowed_ko}.",
            "‘{command_en}’ is not possible while ‘{state_en}’; it is when: {allowed_en}.",
        ),
        ("상태를 확인해 주세요.", "Check the state of the submission."),
    ),
    _rule(
        "reason-needed",
        "error",
        ("사유가 필요한 일입니다.", "The command needs a reason."),
        ("사유가 비어 있습니다.", "The reason is empty."),
        ("상대가 이해할 수 있게 사유를 적어 주세요.", "Write a reason that the other side can act on."),
    ),
    _rule(
        "text-names-person",
        "error",
        ("남겨 둘 글에 개인을 알아볼 수 있는 정보가 있습니다.", "A text that is kept seems to identify a person."),
        (
            "{label_ko}: {kind_ko}(으)로 보이는 내용이 있어 저장하지 않았습니다. "
            "개인정보 보호를 위해 내용은 표시하지 않습니다.",
            "{label_en}: what is written looks like this: {kind_en}. Nothing was saved, and it is not shown here.",
        ),
        (
            "해당 내용을 빼고 다시 적어 주세요. 등록번호나 연구용 번호로 가리킬 수 있습니다.",
            "Write it without that; an accession or a study number says which one is meant.",
        ),
    ),
    _rule(
        "text-too-long",
        "error",
        ("남겨 둘 글이 너무 깁니다.", "A text that is kept is too long."),
        (
            "{label_ko}: {count:,}자로, {most:,}자를 넘어 저장하지 않았습니다.",
            "{label_en}: it has {count:,} characters, more than {most:,}. Nothing was saved.",
        ),
        (
            "줄여서 다시 보내 주세요. 긴 내용은 파일로 올리고 여기에는 파일 이름을 적어 주세요.",
            "Make it shorter and send it again. What is long goes into a file; name the file here.",
        ),
    ),
    _rule(
        "field-not-redactable",
        "error",
        ("지울 수 없는 항목입니다.", "The field cannot be redacted."),
        (
            "항목 ‘{field_name}’은(는) 다른 기록이나 파일을 가리키므로 지울 수 없습니다.",
            "Field ‘{field_name}’ names another record or a file, and cannot be redacted.",
        ),
        (
            "가리키는 기록의 이름 항목을 지우거나, 파일을 격리한 뒤 삭제해 주세요.",
            "Blank the name of the record that it refers to, or hold the file and remove it.",
        ),
    ),
    _rule(
        "nothing-to-submit",
        "error",
        ("제출할 행이 없습니다.", "There is nothing to submit."),
        ("작성된 행이 없습니다.", "No row is filled in."),
        ("한 행 이상 작성하거나 표를 올려 주세요.", "Fill in at least one row, or upload a sheet."),
    ),
    _rule(
        "errors-left",
        "error",
        ("고치지 않은 오류가 있습니다.", "Errors are left."),
        ("오류 {count}건이 남아 있습니다.", "{count} error(s) are left."),
        (
            "오류를 고치거나 큐레이터에게 예외 인정을 요청해 주세요.",
            "Mend them, or ask the curator for an exception.",
        ),
    ),
    _rule(
        "errors-left-in-review",
        "error",
        ("고치지 않은 오류가 있어 승인할 수 없습니다.", "A submission with errors left cannot be accepted."),
        (
            "오류 {count}건이 남아 있어 승인할 수 없습니다.",
            "{count} error(s) are left; the submission cannot be accepted.",
        ),
        (
            "오류마다 사유를 적어 예외로 인정하거나, 제출자에게 보완을 요청해 주세요.",
            "Override each with a reason, or return the submission to the depositor.",
        ),
    ),
    _rule(
        "too-many-rows",
        "error",
        ("한 제출에 넣을 수 있는 행 수를 넘었습니다.", "The submission has more rows than one may hold."),
        (
            "{label_ko}: {count}행입니다. 등록양식마다 {limit}행까지 넣을 수 있습니다.",
            "{label_en}: {count} rows; up to {limit} are allowed in each form.",
        ),
        (
            "같은 과제 아래 여러 제출로 나누어 주세요.",
            "Split it into several submissions under the same project.",
        ),
    ),
    _rule(
        "unknown-form",
        "error",
        ("이 스테이션에 없는 등록양식입니다.", "This station has no such form."),
        ("‘{form}’ 등록양식이 없습니다. 있는 등록양식: {known}.", "There is no form ‘{form}’; there are: {known}."),
        ("등록양식 이름을 확인해 주세요.", "Check the name of the form."),
    ),
    _rule(
        "unknown-field",
        "warning",
        ("등록양식에 없는 항목입니다.", "The form has no such field."),
        ("‘{field_name}’ 항목은 이 등록양식에 없습니다.", "This form has no field ‘{field_name}’."),
        ("항목 이름을 확인해 주세요.", "Check the name of the field."),
    ),
    _rule(
        "field-not-correctable",
        "error",
        ("큐레이터가 정정할 수 없는 항목입니다.", "A curator cannot correct this field."),
        ("‘{field_name}’ 항목은 정정할 수 없습니다.", "The field ‘{field_name}’ cannot be corrected."),
        ("제출자에게 보완을 요청해 주세요.", "Return the submission to the depositor."),
    ),
    _rule(
        "not-overridable",
        "error",
        ("예외로 인정할 수 없는 문제입니다.", "The problem cannot be overridden."),
        ("‘{problem}’ 문제는 예외로 인정할 수 없습니다.", "‘{problem}’ cannot be overridden."),
        ("제출자에게 보완을 요청해 주세요.", "Return the submission to the depositor."),
    ),
    _rule(
        "comment-empty",
        "error",
        ("의견이 비어 있습니다.", "The comment is empty."),
        ("의견이 비어 있습니다.", "The comment is empty."),
        ("의견을 적어 주세요.", "Write the comment."),
    ),
    _rule(
        "row-missing",
        "error",
        ("그 번호의 행이 없습니다.", "There is no row of that number."),
        ("그 번호의 행이 없습니다.", "There is no row of that number."),
        ("행 번호를 확인하거나 비워 두세요.", "Check the number of the row, or leave it empty."),
    ),
    _rule(
        "not-a-curator",
        "error",
        (
            "담당 큐레이터로 지정할 수 없는 사람입니다.",
            "The person is not a curator of this data center.",
        ),
        ("이 데이터센터의 큐레이터가 아닙니다.", "This person is not a curator of this data center."),
        ("이 센터의 큐레이터를 골라 주세요.", "Choose a curator of this center."),
    ),
    _rule(
        "sheet-unreadable",
        "error",
        ("표 파일을 읽을 수 없습니다.", "The sheet cannot be read."),
        ("{file_name}: 읽을 수 없습니다({why}).", "{file_name}: cannot be read ({why})."),
        (
            "xlsx, csv, tsv 또는 jsonl로 다시 저장해 올려 주세요.",
            "Save it again as xlsx, csv, tsv or jsonl, and upload it.",
        ),
    ),
)

_RELEASE = (
    _rule(
        "release-date-unreadable",
        "error",
        ("공개일을 날짜로 읽을 수 없습니다.", "The release date is not a date."),
        ("‘{value}’은(는) 날짜가 아닙니다.", "‘{value}’ is not a date."),
        ("2027-06-30처럼 적어 주세요.", "Write it as 2027-06-30."),
    ),
    _rule(
        "release-date-past",
        "error",
        ("공개일이 이미 지난 날입니다.", "The release date lies in the past."),
        ("공개일 {date}은(는) 이미 지났습니다.", "The release date {date} lies in the past."),
        (
            "오늘 이후로 정하거나, 바로 공개하려면 비워 주세요.",
            "Choose a later day, or leave it empty to release at once.",
        ),
    ),
    _rule(
        "release-date-too-late",
        "error",
        ("공개일이 정할 수 있는 기한보다 늦습니다.", "The release date lies beyond the limit."),
        ("공개일 {date}: {limit}까지 정할 수 있습니다.", "Release date {date}: it may be set up to {limit}."),
        (
            "더 이른 날로 정하거나 비공개 기간 연장을 신청해 주세요.",
            "Choose an earlier day, or extend the embargo.",
        ),
    ),
    _rule(
        "release-parent-closed",
        "error",
        ("상위 자원이 아직 공개되지 않았습니다.", "A parent record is not public yet."),
        (
            "{accession}: 상위 자원 {parent}이(가) 아직 공개되지 않았습니다.",
            "{accession}: its parent {parent} is not public yet.",
        ),
        ("상위 자원을 먼저 또는 함께 공개해 주세요.", "Release the parent first or together with it."),
    ),
    _rule(
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
    _rule(
        "release-file-missing",
        "error",
        ("자원이 가리키는 파일이 없습니다.", "A file of the record is not there."),
        ("{accession}: 파일 {file_name}이(가) 없습니다.", "{accession}: file {file_name} is not there."),
        ("파일을 다시 올려 주세요.", "Upload the file again."),
    ),
    _rule(
        "release-file-unchecked",
        "error",
        ("파일 검사가 끝나지 않았습니다.", "A file has not been inspected yet."),
        (
            "{accession}: 파일 {file_name}의 검사가 끝나지 않았습니다.",
            "{accession}: the inspection of {file_name} is not finished.",
        ),
        ("검사가 끝나면 자동으로 공개됩니다.", "It opens by itself when the inspection is done."),
    ),
    _rule(
        "release-file-failed",
        "error",
        ("파일이 검사를 통과하지 못했습니다.", "A file failed its inspection."),
        (
            "{accession}: 파일 {file_name}이(가) 검사를 통과하지 못했습니다.",
            "{accession}: file {file_name} failed its inspection.",
        ),
        ("고친 파일로 새 판을 제출해 주세요.", "Submit a new version with a mended file."),
    ),
    _rule(
        "release-file-quarantined",
        "error",
        ("격리된 파일이 있습니다.", "A file is in quarantine."),
        ("{accession}: 격리된 파일이 있어 공개할 수 없습니다.", "{accession}: a file is in quarantine."),
        ("격리를 먼저 처리해 주세요.", "Settle the quarantine first."),
    ),
)

_BUNDLE = (
    _rule(
        "umbrella-has-data",
        "error",
        (
            "우산 과제에는 시료나 데이터를 바로 연결할 수 없습니다.",
            "Samples and data cannot hang on an umbrella project.",
        ),
        (
            "‘{value}’은(는) 우산 과제라 바로 연결할 수 없습니다.",
            "‘{value}’ is an umbrella project; nothing but projects can hang on it.",
        ),
        ("그 아래의 일반 과제를 적어 주세요.", "Name one of the projects under it."),
    ),
    _rule(
        "umbrella-expected",
        "error",
        ("상위 과제로 적은 과제가 우산 과제가 아닙니다.", "The project named as the umbrella is not one."),
        ("‘{value}’은(는) 우산 과제가 아닙니다.", "‘{value}’ is not an umbrella project."),
        ("우산 과제를 적거나 비워 주세요.", "Name an umbrella project, or leave it empty."),
    ),
    _rule(
        "umbrella-many",
        "error",
        ("과제는 우산 과제 하나에만 속할 수 있습니다.", "A project belongs to one umbrella only."),
        ("이미 우산 과제 {umbrella}에 속해 있습니다.", "It already belongs to the umbrella {umbrella}."),
        ("기존 우산 과제를 그대로 적어 주세요.", "Keep the umbrella it has."),
        overridable=True,
    ),
    _rule(
        "umbrella-foreign-member",
        "error",
        ("다른 그룹의 과제를 우산 과제로 묶을 수 없습니다.", "An umbrella cannot tie a project of another group."),
        ("‘{value}’은(는) 다른 그룹의 과제입니다.", "‘{value}’ belongs to another group."),
        (
            "그 그룹에 이 우산 과제를 상위 과제로 적도록 요청해 주세요.",
            "Ask that group to name this umbrella as theirs.",
        ),
    ),
    _rule(
        "no-group",
        "error",
        ("데이터를 제출할 수 있는 그룹이 없습니다.", "There is no group in which you may deposit."),
        (
            "데이터를 제출하려면 그룹에 속해 있어야 합니다.",
            "Data belongs to a group, and you are in none that may deposit.",
        ),
        (
            "‘내 계정’에서 그룹을 만들거나, 그룹 관리자에게 초대를 요청해 주세요.",
            "Make a group on the page of your account, or ask the manager of one to invite you.",
        ),
    ),
    _rule(
        "alias-withdrawn",
        "error",
        ("철회된 자원의 별칭을 다시 쓸 수 없습니다.", "The alias belongs to a withdrawn record."),
        (
            "별칭 ‘{value}’은(는) 철회된 자원 {accession}의 것입니다.",
            "Alias ‘{value}’ belongs to the withdrawn {accession}.",
        ),
        ("다른 별칭을 써 주세요.", "Use another alias."),
    ),
)

_FILES = (
    _rule(
        "file-missing",
        "error",
        ("행에 적은 파일이 올라와 있지 않습니다.", "A file named in a row has not been uploaded."),
        ("파일 {file_name}이(가) 없습니다.", "File {file_name} has not been uploaded."),
        ("파일을 올리거나 이름을 고쳐 주세요.", "Upload it, or correct the name."),
    ),
    _rule(
        "file-not-named",
        "warning",
        ("올린 파일을 어느 행도 가리키지 않습니다.", "An uploaded file is named by no row."),
        ("파일 {file_name}을(를) 가리키는 행이 없습니다.", "No row names the file {file_name}."),
        ("행에 파일 이름을 적거나 파일을 지워 주세요.", "Name it in a row, or remove it."),
    ),
    _rule(
        "file-md5-differs",
        "error",
        ("표의 MD5와 올린 파일의 MD5가 다릅니다.", "The MD5 of the sheet is not that of the uploaded file."),
        (
            "파일 {file_name}: 표의 MD5 {expected}, 올린 파일의 MD5 {found}.",
            "File {file_name}: the sheet says MD5 {expected}, the uploaded file has {found}.",
        ),
        (
            "파일을 다시 올리거나 표의 MD5를 고쳐 주세요.",
            "Upload the file again, or correct the MD5 in the sheet.",
        ),
    ),
    _rule(
        "file-quarantined",
        "error",
        ("개인정보가 있는 것으로 보여 격리된 파일입니다.", "A file is in quarantine: it seems to identify a person."),
        ("파일 {file_name}: 격리되어 있습니다.", "File {file_name} is in quarantine."),
        (
            "격리 화면에서 파일을 삭제하거나 개인정보가 아닌 사유를 신고해 주세요.",
            "Remove it on the page of the quarantine, or say there why it identifies nobody.",
        ),
    ),
    _rule(
        "file-inspection-pending",
        "warning",
        ("파일 검사가 진행 중입니다.", "A file is still being inspected."),
        ("파일 {file_name}: 검사가 진행 중입니다.", "File {file_name} is still being inspected."),
        (
            "검사가 끝날 때까지 기다려 주세요. 승인 전에 끝나야 합니다.",
            "Please wait; it must be done before acceptance.",
        ),
    ),
    _rule(
        "file-inspection-unfinished",
        "error",
        (
            "검사가 끝나지 않은 파일이 있어 승인할 수 없습니다.",
            "A submission with an uninspected file cannot be accepted.",
        ),
        (
            "파일 {file_name}: 검사가 끝나지 않아 아직 승인할 수 없습니다.",
            "File {file_name} is not inspected yet; the submission cannot be accepted.",
        ),
        ("검사가 끝난 뒤 다시 승인해 주세요.", "Accept again when the inspection is done."),
    ),
    _rule(
        "file-inspection-failed",
        "error",
        ("파일이 검사를 통과하지 못했습니다.", "A file failed its inspection."),
        (
            "파일 {file_name}: 검사를 통과하지 못했습니다. {why_ko}",
            "File {file_name} failed its inspection. {why_en}",
        ),
        (
            "검사 결과를 보고 파일을 고쳐 다시 올려 주세요.",
            "Read the report, mend the file, and upload it again.",
        ),
        overridable=True,
    ),
    _rule(
        "file-inspection-warned",
        "warning",
        ("파일 검사에서 주의할 점이 나왔습니다.", "The inspection of a file has warnings."),
        ("파일 {file_name}: 주의할 점이 있습니다. {why_ko}", "File {file_name} has warnings. {why_en}"),
        ("검사 결과를 확인해 주세요.", "Please look at the report."),
    ),
    _rule(
        "file-below-threshold",
        "error",
        ("파일의 품질이 기준에 미치지 못합니다.", "The quality of a file is out of bounds."),
        ("파일 {file_name}: {why_ko}", "File {file_name}: {why_en}"),
        (
            "파일을 확인해 주세요. 알려진 사유가 있으면 큐레이터에게 알려 주세요.",
            "Check the file; if there is a known reason, tell the curator.",
        ),
        overridable=True,
    ),
    _rule(
        "file-near-threshold",
        "warning",
        ("파일의 품질이 주의 기준에 있습니다.", "The quality of a file is near its bounds."),
        ("파일 {file_name}: {why_ko}", "File {file_name}: {why_en}"),
        ("파일을 확인해 주세요.", "Please check the file."),
    ),
    _rule(
        "file-pair-differs",
        "error",
        ("R1과 R2가 서로 맞지 않습니다.", "R1 and R2 do not belong together."),
        ("{file_name}: {why_ko}", "{file_name}: {why_en}"),
        ("짝이 맞는 파일을 적어 주세요.", "Name the files that belong together."),
        overridable=True,
    ),
)

_SHARING = (
    _rule(
        "insdc-missing",
        "error",
        ("INSDC 등록번호가 없거나 너무 많습니다.", "No accession of the INSDC is given, or too many."),
        ("INSDC 등록번호를 1개에서 100개까지 적을 수 있습니다.", "One to 100 accessions of the INSDC are needed."),
        ("이 기록이 공개된 번호를 적어 주세요.", "Name those under which this record is public."),
    ),
    _rule(
        "insdc-unreadable",
        "error",
        ("INSDC 등록번호의 형식이 아닙니다.", "This is no accession of the INSDC."),
        ("‘{value}’은(는) INSDC 등록번호의 형식이 아닙니다.", "‘{value}’ is no accession of the INSDC."),
        (
            "PRJNA257197, SAMN02953603, SRR1553609처럼 적어 주세요.",
            "Write it like PRJNA257197, SAMN02953603 or SRR1553609.",
        ),
    ),
    _rule(
        "release-nothing",
        "error",
        ("공개할 기록이 없습니다.", "There is nothing to release."),
        ("적은 번호 가운데 이 제출의 기록이 없습니다.", "None of the accessions is a record of this submission."),
        ("등록번호를 확인해 주세요.", "Check the accessions."),
    ),
    _rule(
        "umbrella-member-expected",
        "error",
        ("우산 과제 아래에 둘 수 없는 기록입니다.", "The record cannot stand under an umbrella."),
        (
            "{value}은(는) 우산 과제 아래에 둘 수 있는 과제가 아닙니다.",
            "{value} is not a project that an umbrella can tie.",
        ),
        ("우산이 아닌 과제의 등록번호를 적어 주세요.", "Name a project that is no umbrella itself."),
    ),
    _rule(
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
    _rule(
        "review-name-missing",
        "error",
        ("심사자 링크의 이름이 비어 있습니다.", "The reviewer link has no name."),
        ("누구에게 보내는 링크인지 적혀 있지 않습니다.", "It is not said whom the link is for."),
        (
            "학술지 이름 등 알아볼 수 있는 이름을 적어 주세요.",
            "Write a name that you recognise, as that of the journal.",
        ),
    ),
    _rule(
        "review-days",
        "error",
        ("심사자 링크의 유효 기간이 범위를 벗어났습니다.", "The days of a reviewer link are out of range."),
        (
            "유효 기간 {value}일은 1일에서 {limit}일 사이가 아닙니다.",
            "{value} days are not between 1 and {limit}.",
        ),
        ("기간을 다시 정해 주세요.", "Choose another number of days."),
    ),
    _rule(
        "review-links-many",
        "error",
        ("유효한 심사자 링크가 너무 많습니다.", "There are too many open reviewer links."),
        ("유효한 심사자 링크가 {limit}개 있습니다.", "{limit} reviewer links are open."),
        ("쓰지 않는 링크를 폐기해 주세요.", "Revoke those that are not needed."),
    ),
    _rule(
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
    _rule(
        "review-nothing",
        "error",
        ("심사자에게 보일 기록이 없습니다.", "Nothing is chosen for the reviewer."),
        ("고른 기록이 없습니다.", "No record is chosen."),
        ("비공개 기록을 하나 이상 골라 주세요.", "Choose at least one closed record."),
    ),
    _rule(
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

_HUMAN = (
    _rule(
        "human-data-unanswered",
        "error",
        ("인체 유래 데이터 확인 질문에 답하지 않았습니다.", "The questions on human data are not answered."),
        (
            "사람에서 유래한 자료이므로 등록할 곳을 먼저 확인해야 합니다. IRB 승인서(또는 심의 면제 확인서)와 "
            "기증자 동의서 서식을 준비하여 확인 화면({address})에서 답해 주세요.",
            "The data comes from people, so where it goes is settled first. Have the IRB approval (or exemption) and "
            "the form of the donors' consent at hand and answer the questions at {address}.",
        ),
        ("답하기 전에는 파일을 올리거나 제출할 수 없습니다.", "No file is taken and nothing handed in before that."),
    ),
    _rule(
        "human-data-elsewhere",
        "error",
        ("인체유래데이터은행에 등록해야 하는 자료입니다.", "The data belongs to the human biodata bank."),
        (
            "{label_ko}. {reason_ko} {next_ko} 필요한 서류: {documents_ko}. 확인 화면: {address}.",
            "{label_en}. {reason_en} {next_en} Documents needed: {documents_en}. See {address}.",
        ),
        ("답이 사실과 다르면 고쳐 주세요.", "If an answer is wrong, correct it."),
    ),
    _rule(
        "human-data-ask",
        "error",
        ("등록하기 전에 확인이 필요한 인체 유래 자료입니다.", "Human data that must be clarified first."),
        (
            "{label_ko}. {reason_ko} {next_ko} 필요한 서류: {documents_ko}. 확인 화면: {address}.",
            "{label_en}. {reason_en} {next_en} Documents needed: {documents_en}. See {address}.",
        ),
        ("확인한 뒤 다시 답해 주세요.", "Answer again when it is clarified."),
    ),
    _rule(
        "human-data-incomplete",
        "error",
        ("답하지 않은 확인 질문이 있습니다.", "A question on human data has no valid answer."),
        ("답이 필요한 질문: {value}.", "Questions that need an answer: {value}."),
        ("질문마다 제시된 답 가운데 하나를 골라 주세요.", "Choose one of the offered answers to each."),
    ),
    _rule(
        "human-data-choice",
        "error",
        ("정할 수 없는 결정입니다.", "This cannot be decided."),
        ("고른 결정이 목록에 없습니다.", "The decision is none of those offered."),
        ("목록에 있는 결정 가운데 하나를 골라 주세요.", "Choose one of the listed decisions."),
    ),
    _rule(
        "human-data-changed",
        "error",
        ("그사이 답변이나 결정이 바뀌었습니다.", "The answers or the decision changed meanwhile."),
        ("화면을 연 뒤에 답변이나 결정이 바뀌었습니다.", "They changed after you opened the page."),
        ("새 내용을 확인하고 다시 결정해 주세요.", "Read them again and decide then."),
    ),
    _rule(
        "human-data-settled",
        "error",
        ("이미 제출된 등록 건의 답변은 결정할 수 없습니다.", "Answers of what was handed in are not decided on."),
        ("이미 제출되어 더 결정할 수 없습니다.", "It was handed in; nothing is left to decide."),
        ("등록 건을 검토하면서 판단해 주세요.", "Judge it in the review of the submission."),
    ),
    _rule(
        "human-data-ahead",
        "warning",
        ("파일을 올리기 전에 확인 질문에 답해야 하는 자료입니다.", "Questions on human data will be asked."),
        (
            "사람에서 유래한 자료가 있습니다. 제출을 만들면 파일을 올리기 전에 "
            "인체 유래 데이터 확인 질문에 답해야 합니다.",
            "Some of it comes from people: the draft will ask the questions on human data before it takes files.",
        ),
        ("IRB 승인서와 동의서 서식을 준비해 주세요.", "Have the IRB approval and the form of consent at hand."),
    ),
)

_ALL = (*_COMMANDS, *_RELEASE, *_BUNDLE, *_FILES, *_SHARING, *_HUMAN)
RULE_TEXTS: Mapping[str, RuleText] = {rule.code: rule for rule in _ALL}
PLACE = frozenset({"sheet", "row", "field", "value", "suggestion", "file"})


def problem(code: str, **facts: Any) -> Problem:
    """The problem of that code. ``sheet row field value suggestion file`` are its place, the rest fills the sentence.

    Raises KeyError for an unknown code or a fact that the sentence needs and is not given.
    """
    rule = RULE_TEXTS[code]
    place = {name: facts[name] for name in PLACE & facts.keys()}
    if place.get("value"):
        place["value"] = str(place["value"])[:VALUE_CHARACTERS]
    sentence = rule.message or rule.meaning
    message = Text(
        ko=f"{settled(sentence.ko.format(**facts))} {rule.repair.ko}",
        en=f"{sentence.en.format(**facts)} {rule.repair.en}",
    )
    return Problem(code, rule.severity, message, overridable=rule.overridable, **place)


def at(problem_: Problem, **place: Any) -> Problem:
    """The same problem at another place."""
    return msgspec.structs.replace(problem_, **place)
