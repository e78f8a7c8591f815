"""What is wrong with a submission: a command at the wrong moment, its rows together, answers on human data."""

from __future__ import annotations

from biomoa.records.problem_texts import rule

COMMANDS = (
    rule(
        "wrong-state",
        "error",
        ("지금 상태에서는 할 수 없는 일입니다.", "The command is not possible in this state."),
        (
            "‘{state_ko}’ 상태에서는 ‘{command_ko}’ 작업을 할 수 없습니다. 가능한 상태: {allowed_ko}.",
            "‘{command_en}’ is not possible while ‘{state_en}’; it is when: {allowed_en}.",
        ),
        ("상태를 확인해 주세요.", "Check the state of the submission."),
    ),
    rule(
        "reason-needed",
        "error",
        ("사유가 필요한 일입니다.", "The command needs a reason."),
        ("사유가 비어 있습니다.", "The reason is empty."),
        ("상대가 이해할 수 있게 사유를 적어 주세요.", "Write a reason that the other side can act on."),
    ),
    rule(
        "text-names-person",
        "error",
        ("남겨 둘 글에 개인을 알아볼 수 있는 정보가 있습니다.", "A text that is kept seems to identify a person."),
        (
            "{label_ko}: {kind_ko}(으)로 보이는 내용이 있어 저장하지 않았습니다.",
            "{label_en}: there seems to be personal information ({kind_en}). Nothing was saved.",
        ),
        (
            "해당 내용을 빼고 다시 적어 주세요. 등록번호나 연구용 번호로 가리킬 수 있습니다.",
            "Write it without that; an accession or a study number says which one is meant.",
        ),
    ),
    rule(
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
    rule(
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
    rule(
        "nothing-to-submit",
        "error",
        ("제출할 행이 없습니다.", "There is nothing to submit."),
        ("작성된 행이 없습니다.", "No row is filled in."),
        ("한 행 이상 작성하거나 표를 올려 주세요.", "Fill in at least one row, or upload a sheet."),
    ),
    rule(
        "errors-left",
        "error",
        ("고치지 않은 오류가 있습니다.", "Errors are left."),
        ("오류 {count}건이 남아 있습니다.", "{count} error(s) are left."),
        (
            "오류를 고치거나 큐레이터에게 예외 인정을 요청해 주세요.",
            "Mend them, or ask the curator for an exception.",
        ),
    ),
    rule(
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
    rule(
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
    rule(
        "unknown-form",
        "error",
        ("이 스테이션에 없는 등록양식입니다.", "This station has no such form."),
        ("‘{form}’ 등록양식이 없습니다. 있는 등록양식: {known}.", "There is no form ‘{form}’; there are: {known}."),
        ("등록양식 이름을 확인해 주세요.", "Check the name of the form."),
    ),
    rule(
        "unknown-field",
        "warning",
        ("등록양식에 없는 항목입니다.", "The form has no such field."),
        ("‘{field_name}’ 항목은 이 등록양식에 없습니다.", "This form has no field ‘{field_name}’."),
        ("항목 이름을 확인해 주세요.", "Check the name of the field."),
    ),
    rule(
        "field-not-correctable",
        "error",
        ("큐레이터가 정정할 수 없는 항목입니다.", "A curator cannot correct this field."),
        ("‘{field_name}’ 항목은 정정할 수 없습니다.", "The field ‘{field_name}’ cannot be corrected."),
        ("제출자에게 보완을 요청해 주세요.", "Return the submission to the depositor."),
    ),
    rule(
        "not-overridable",
        "error",
        ("예외로 인정할 수 없는 문제입니다.", "The problem cannot be overridden."),
        ("‘{problem}’ 문제는 예외로 인정할 수 없습니다.", "‘{problem}’ cannot be overridden."),
        ("제출자에게 보완을 요청해 주세요.", "Return the submission to the depositor."),
    ),
    rule(
        "comment-empty",
        "error",
        ("메시지가 비어 있습니다.", "The message is empty."),
        ("메시지가 비어 있습니다.", "The message is empty."),
        ("메시지를 적어 주세요.", "Write the message."),
    ),
    rule(
        "row-missing",
        "error",
        ("그 번호의 행이 없습니다.", "There is no row of that number."),
        ("그 번호의 행이 없습니다.", "There is no row of that number."),
        ("행 번호를 확인하거나 비워 두세요.", "Check the number of the row, or leave it empty."),
    ),
    rule(
        "not-a-curator",
        "error",
        (
            "담당 큐레이터로 지정할 수 없는 사람입니다.",
            "The person is not a curator of this data center.",
        ),
        ("이 데이터센터의 큐레이터가 아닙니다.", "This person is not a curator of this data center."),
        ("이 센터의 큐레이터를 골라 주세요.", "Choose a curator of this center."),
    ),
    rule(
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

BUNDLE = (
    rule(
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
    rule(
        "umbrella-expected",
        "error",
        ("상위 과제로 적은 과제가 우산 과제가 아닙니다.", "The project named as the umbrella is not one."),
        ("‘{value}’은(는) 우산 과제가 아닙니다.", "‘{value}’ is not an umbrella project."),
        ("우산 과제를 적거나 비워 주세요.", "Name an umbrella project, or leave it empty."),
    ),
    rule(
        "umbrella-many",
        "error",
        ("과제는 우산 과제 하나에만 속할 수 있습니다.", "A project belongs to one umbrella only."),
        ("이미 우산 과제 {umbrella}에 속해 있습니다.", "It already belongs to the umbrella {umbrella}."),
        ("기존 우산 과제를 그대로 적어 주세요.", "Keep the umbrella it has."),
        overridable=True,
    ),
    rule(
        "umbrella-foreign-member",
        "error",
        ("다른 그룹의 과제를 우산 과제로 묶을 수 없습니다.", "An umbrella cannot tie a project of another group."),
        ("‘{value}’은(는) 다른 그룹의 과제입니다.", "‘{value}’ belongs to another group."),
        (
            "그 그룹에 이 우산 과제를 상위 과제로 적도록 요청해 주세요.",
            "Ask that group to name this umbrella as theirs.",
        ),
    ),
    rule(
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
    rule(
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

HUMAN = (
    rule(
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
    rule(
        "human-data-elsewhere",
        "error",
        ("인체유래데이터은행에 등록해야 하는 자료입니다.", "The data belongs to the human biodata bank."),
        (
            "{label_ko}. {reason_ko} {next_ko} 필요한 서류: {documents_ko}. 확인 화면: {address}.",
            "{label_en}. {reason_en} {next_en} Documents needed: {documents_en}. See {address}.",
        ),
        ("답이 사실과 다르면 고쳐 주세요.", "If an answer is wrong, correct it."),
    ),
    rule(
        "human-data-ask",
        "error",
        ("등록하기 전에 확인이 필요한 인체 유래 자료입니다.", "Human data that must be clarified first."),
        (
            "{label_ko}. {reason_ko} {next_ko} 필요한 서류: {documents_ko}. 확인 화면: {address}.",
            "{label_en}. {reason_en} {next_en} Documents needed: {documents_en}. See {address}.",
        ),
        ("확인한 뒤 다시 답해 주세요.", "Answer again when it is clarified."),
    ),
    rule(
        "human-data-incomplete",
        "error",
        ("답하지 않은 확인 질문이 있습니다.", "A question on human data has no valid answer."),
        ("답이 필요한 질문: {value}.", "Questions that need an answer: {value}."),
        ("질문마다 제시된 답 가운데 하나를 골라 주세요.", "Choose one of the offered answers to each."),
    ),
    rule(
        "human-data-choice",
        "error",
        ("정할 수 없는 결정입니다.", "This cannot be decided."),
        ("고른 결정이 목록에 없습니다.", "The decision is none of those offered."),
        ("목록에 있는 결정 가운데 하나를 골라 주세요.", "Choose one of the listed decisions."),
    ),
    rule(
        "human-data-changed",
        "error",
        ("그사이 답변이나 결정이 바뀌었습니다.", "The answers or the decision changed meanwhile."),
        ("화면을 연 뒤에 답변이나 결정이 바뀌었습니다.", "They changed after you opened the page."),
        ("새 내용을 확인하고 다시 결정해 주세요.", "Read them again and decide then."),
    ),
    rule(
        "human-data-settled",
        "error",
        ("이미 제출된 등록 건의 답변은 결정할 수 없습니다.", "Answers of what was handed in are not decided on."),
        ("이미 제출되어 더 결정할 수 없습니다.", "It was handed in; nothing is left to decide."),
        ("등록 건을 검토하면서 판단해 주세요.", "Judge it in the review of the submission."),
    ),
    rule(
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
