"""The rules about identifiers of persons. Their problems never repeat what was written."""

from __future__ import annotations

from biomoa.forms.problems import rule_text as _rule

PERSON_RULES = (
    _rule(
        "person-identifier",
        "error",
        meaning=("개인을 알아볼 수 있는 정보가 있습니다.", "There is an identifier of a person."),
        message=(
            "{label}: {kind}(으)로 보이는 내용이 있습니다. 개인정보 보호를 위해 내용은 표시하지 않습니다.",
            "{label}: there seems to be personal information ({kind}). It is not shown here, to protect the person.",
        ),
        repair=(
            "해당 내용을 지우거나 연구용 번호로 바꿔 주세요. 개인정보가 아니라면 큐레이터에게 사유를 알려 주세요.",
            "Remove it or put a study number instead; if it is none, tell the curator why.",
        ),
        overridable=True,
    ),
    _rule(
        "person-identifier-unsure",
        "warning",
        meaning=("개인을 알아볼 수 있는 정보일 수 있습니다.", "There may be an identifier of a person."),
        message=(
            "{label}: {kind}일 수 있는 내용이 있습니다. 개인정보 보호를 위해 내용은 표시하지 않습니다.",
            "{label}: there may be personal information ({kind}). It is not shown here, to protect the person.",
        ),
        repair=("개인정보인지 확인해 주세요.", "Please make sure that it is none."),
    ),
    _rule(
        "person-identifier-beside",
        "warning",
        meaning=(
            "표의 행이 아닌 곳에 개인을 알아볼 수 있는 정보가 있습니다. 가져오지 않았습니다.",
            "There is an identifier of a person beside the rows of the file. It was not taken over.",
        ),
        message=(
            "{where}: {kind}(으)로 보이는 내용이 있습니다. 이 내용은 읽지 않고 저장하지 않았습니다.",
            "{where}: there seems to be personal information ({kind}). It was left out and is stored nowhere.",
        ),
        repair=("보내기 전에 파일에서 지워 주세요.", "Remove it from the file before you send it anywhere."),
    ),
)
