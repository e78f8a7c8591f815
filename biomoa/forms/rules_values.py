"""The rules about values: text, terms, numbers, dates. A sentence holds ``{label}``, ``{value}`` and facts."""

from __future__ import annotations

from biomoa.forms.problems import rule_text as _rule

_VALUE_RULES = (
    _rule(
        "value-missing",
        "error",
        meaning=("필수 항목이 비어 있습니다.", "A mandatory field is empty."),
        message=("{label}: 필수 항목인데 비어 있습니다{why}.", "{label}: mandatory, but empty{why}."),
        repair=("값을 입력해 주세요.", "Please enter a value."),
    ),
    _rule(
        "value-recommended",
        "info",
        meaning=("권장 항목이 비어 있습니다.", "A recommended field is empty."),
        message=(
            "{label}: 권장 항목이 {count}개 행에서 비어 있습니다.",
            "{label}: recommended, but empty in {count} row(s).",
        ),
        repair=("아는 값이 있으면 입력해 주세요.", "Please enter it where it is known."),
    ),
    _rule(
        "group-missing",
        "error",
        meaning=("적어도 하나를 채워야 하는 항목 묶음이 모두 비어 있습니다.", "None of a group of fields is filled."),
        message=(
            "{group}: 다음 중 적어도 하나가 필요합니다 - {fields}.",
            "{group}: at least one of these is needed - {fields}.",
        ),
        repair=(
            "묶음 중 하나 이상을 입력해 주세요.",
            "Please fill at least one of them; missing-value terms do not count.",
        ),
    ),
    _rule(
        "field-not-used",
        "warning",
        meaning=("이 경우에는 쓰지 않는 항목이 채워져 있습니다.", "A field is filled that is not used in this case."),
        message=(
            "{label}: ‘{value}’ - 쓰지 않는 항목입니다{why}.",
            "{label}: ‘{value}’ - this field is not used{why}.",
        ),
        repair=("값을 지우거나 조건이 되는 항목을 확인해 주세요.", "Please clear it, or check the field that decides."),
    ),
    _rule(
        "value-derived",
        "info",
        meaning=(
            "비어 있는 항목의 값을 다른 항목에서 만들어 수정안으로 제시합니다.",
            "An empty field can be filled from other fields.",
        ),
        message=("{label}: ‘{suggestion}’(으)로 채울 수 있습니다.", "{label}: may be filled with ‘{suggestion}’."),
        repair=("수정안을 적용하거나 직접 입력해 주세요.", "Accept the proposal or enter your own."),
    ),
    _rule(
        "text-too-long",
        "error",
        meaning=("값이 허용된 길이보다 깁니다.", "A value is longer than allowed."),
        message=(
            "{label}: {length}자입니다. {limit}자까지 쓸 수 있습니다.",
            "{label}: {length} characters; at most {limit} are allowed.",
        ),
        repair=("줄여서 입력해 주세요.", "Please shorten it."),
    ),
    _rule(
        "text-control-character",
        "error",
        meaning=("보이지 않는 제어 문자가 들어 있습니다.", "A value holds control characters."),
        message=(
            "{label}: 제어 문자 {characters} 이(가) 들어 있습니다.",
            "{label}: holds the control character(s) {characters}.",
        ),
        repair=("제어 문자를 지워 주세요.", "Please remove them."),
    ),
    _rule(
        "text-broken",
        "error",
        meaning=(
            "UTF-8로 쓴 글을 다른 문자 부호화로 읽어 글자가 깨졌습니다.",
            "A text of UTF-8 was read in another encoding, and its letters are broken.",
        ),
        message=(
            "{label}: 글자가 깨져 있습니다. 원래 글은 ‘{suggestion}’(으)로 보입니다.",
            "{label}: its letters are broken; it seems to be ‘{suggestion}’.",
        ),
        repair=(
            "수정안을 적용하고, 다음에는 파일을 UTF-8로 열어 저장해 주세요.",
            "Please accept the proposal, and open the file as UTF-8 the next time.",
        ),
    ),
    _rule(
        "text-hidden-character",
        "error",
        meaning=(
            "너비 없는 문자나 글자 방향을 바꾸는 문자가 들어 있습니다.",
            "A value holds zero-width or direction-changing (bidi) characters.",
        ),
        message=(
            "{label}: 보이지 않는 문자 {characters} 이(가) 들어 있습니다.",
            "{label}: holds the invisible character(s) {characters}.",
        ),
        repair=("보이지 않는 문자를 지워 주세요.", "Please remove them."),
    ),
    _rule(
        "text-spaces",
        "warning",
        meaning=("앞뒤나 사이에 불필요한 공백이 있습니다.", "A value has stray, double or no-break spaces."),
        message=(
            "{label}: ‘{value}’ - 불필요한 공백이 있습니다({what}).",
            "{label}: ‘{value}’ - has stray spaces ({what}).",
        ),
        repair=("공백을 정리해 주세요.", "Please tidy the spaces."),
    ),
    _rule(
        "text-full-width",
        "warning",
        meaning=("전각 숫자나 전각 영문자가 들어 있습니다.", "A value holds full-width digits or letters."),
        message=("{label}: ‘{value}’ - 전각 문자가 있습니다.", "{label}: ‘{value}’ - holds full-width characters."),
        repair=("반각 문자로 바꿔 주세요.", "Please use ordinary (half-width) characters."),
    ),
    _rule(
        "text-decomposed",
        "warning",
        meaning=("한글 자모나 악센트가 분리된 유니코드입니다(NFC 아님).", "A value is not in Unicode normal form C."),
        message=(
            "{label}: ‘{value}’ - 글자가 분리되어 있습니다(NFC 아님).",
            "{label}: ‘{value}’ - is not in normal form C.",
        ),
        repair=("합쳐진 글자로 바꿔 주세요.", "Please use composed characters."),
    ),
    _rule(
        "text-like-formula",
        "warning",
        meaning=(
            "표 계산 프로그램이 수식으로 볼 수 있는 글입니다.",
            "A text that a spreadsheet program might run as a formula.",
        ),
        message=(
            "{label}: ‘{value}’ - 수식처럼 보입니다. 글자로만 저장하며 실행하지 않습니다.",
            "{label}: ‘{value}’ - looks like a formula; it is kept as text and never run.",
        ),
        repair=("수식이 아닌 값을 입력해 주세요.", "Please enter a plain value."),
    ),
    _rule(
        "pattern-mismatch",
        "error",
        meaning=("값이 정해진 형식과 다릅니다.", "A value does not have the required form."),
        message=(
            "{label}: ‘{value}’ - 형식이 다릅니다. 필요한 형식: {expected}.",
            "{label}: ‘{value}’ - expected {expected}.",
        ),
        repair=("형식에 맞게 고쳐 주세요.", "Please write it in that form."),
        overridable=True,
    ),
    _rule(
        "missing-term-not-allowed",
        "error",
        meaning=("결측값 용어를 쓸 수 없는 항목입니다.", "A missing-value term stands where none is allowed."),
        message=(
            "{label}: ‘{value}’ - 결측값 용어를 쓸 수 없는 항목입니다.",
            "{label}: ‘{value}’ - no missing-value term is allowed here.",
        ),
        repair=(
            "실제 값을 입력하거나, 선택 항목이면 비워 주세요.",
            "Please enter a real value; leave it empty if optional.",
        ),
        overridable=True,
    ),
    _rule(
        "missing-term-spelling",
        "error",
        meaning=(
            "값이 없다는 뜻의 표기가 INSDC 결측값 용어가 아닙니다.",
            "A placeholder is not an INSDC missing-value term.",
        ),
        message=(
            "{label}: ‘{value}’ - 값으로 인정되지 않는 표기입니다.",
            "{label}: ‘{value}’ - is not accepted as a value.",
        ),
        repair=(
            "INSDC 결측값 용어(not applicable, missing: not collected 등)를 쓰거나 비워 주세요.",
            "Please use an INSDC term (not applicable, missing: not collected ...) where allowed, or leave it empty.",
        ),
    ),
    _rule(
        "none-or-missing",
        "warning",
        meaning=(
            "‘없음’이 실제로 없다는 뜻인지, 값을 모른다는 뜻인지 알 수 없습니다.",
            "“None” may say that there is nothing, or that nothing is known.",
        ),
        message=(
            "{label}: ‘{value}’ - 실제로 없다는 뜻인지, 값을 모른다는 뜻인지 알 수 없습니다.",
            "{label}: ‘{value}’ - is there nothing, or is nothing known?",
        ),
        repair=(
            "실제로 없으면 그대로 두고, 값을 모르면 INSDC 결측값 용어(missing: not collected 등)를 써 주세요.",
            "If there is nothing, leave it; if it is not known, please use an INSDC term (missing: not collected ...).",
        ),
    ),
    _rule(
        "value-repeated",
        "warning",
        meaning=("한 칸에 같은 값이 두 번 있습니다.", "A value is named twice in one cell."),
        message=("{label}: ‘{value}’ - 같은 값이 두 번 있습니다.", "{label}: ‘{value}’ - the same value twice."),
        repair=("한 번만 써 주세요.", "Please name it once."),
    ),
)

_TERM_RULES = (
    _rule(
        "term-unknown",
        "error",
        meaning=("용어 목록에 없는 값입니다.", "A value is not in the vocabulary."),
        message=(
            "{label}: ‘{value}’ - 용어 목록에 없습니다. 가능한 값: {expected}.",
            "{label}: ‘{value}’ - not in the vocabulary. Allowed: {expected}.",
        ),
        repair=("목록에서 골라 주세요.", "Please choose from the list."),
        overridable=True,
    ),
    _rule(
        "term-unlisted",
        "warning",
        meaning=("권장 용어 목록에 없는 값입니다.", "A value is not in the (open) vocabulary."),
        message=("{label}: ‘{value}’ - 권장 목록에 없습니다.", "{label}: ‘{value}’ - not in the recommended list."),
        repair=("목록에 알맞은 용어가 있으면 그것을 써 주세요.", "Please use a listed term if one fits."),
    ),
    _rule(
        "term-spelling",
        "error",
        meaning=(
            "용어의 표기(대소문자, 동의어, 한글 이름)가 다릅니다.",
            "A term is written in another way (case, synonym, label).",
        ),
        message=(
            "{label}: ‘{value}’ - ‘{suggestion}’(으)로 써야 합니다.",
            "{label}: ‘{value}’ - is written ‘{suggestion}’.",
        ),
        repair=("수정안을 적용해 주세요.", "Please accept the proposal."),
    ),
    _rule(
        "term-not-for",
        "error",
        meaning=(
            "다른 항목의 값과 맞지 않는 용어입니다.",
            "A term does not belong to the value of the field it depends on.",
        ),
        message=(
            "{label}: ‘{value}’ - {other_label} ‘{other}’에 속하지 않습니다. 가능한 값: {expected}.",
            "{label}: ‘{value}’ - does not belong to {other_label} ‘{other}’. Allowed: {expected}.",
        ),
        repair=("두 항목을 함께 확인해 주세요.", "Please check both fields."),
        overridable=True,
    ),
    _rule(
        "boolean-form",
        "error",
        meaning=("yes 또는 no가 아닙니다.", "A value is neither yes nor no."),
        message=("{label}: ‘{value}’ - yes 또는 no여야 합니다.", "{label}: ‘{value}’ - must be yes or no."),
        repair=("yes 또는 no를 입력해 주세요.", "Please enter yes or no."),
    ),
)

_NUMBER_RULES = (
    _rule(
        "number-form",
        "error",
        meaning=("숫자가 아닙니다.", "A value is not a number."),
        message=(
            "{label}: ‘{value}’ - 숫자만 입력할 수 있습니다{unit}.",
            "{label}: ‘{value}’ - must be a plain number{unit}.",
        ),
        repair=("단위와 쉼표 없이 숫자만 입력해 주세요.", "Please enter the number alone, without unit or commas."),
    ),
    _rule(
        "integer-form",
        "error",
        meaning=("정수가 아닙니다.", "A value is not a whole number."),
        message=("{label}: ‘{value}’ - 정수여야 합니다{unit}.", "{label}: ‘{value}’ - must be a whole number{unit}."),
        repair=("소수점, 단위, 쉼표 없이 입력해 주세요.", "Please enter it without decimals, unit or commas."),
    ),
    _rule(
        "number-range",
        "error",
        meaning=("숫자가 허용 범위를 벗어났습니다.", "A number is outside the allowed range."),
        message=(
            "{label}: {value} - 허용 범위({expected}){unit}를 벗어났습니다.",
            "{label}: {value} - outside {expected}{unit}.",
        ),
        repair=("값과 단위를 확인해 주세요.", "Please check value and unit."),
        overridable=True,
    ),
    _rule(
        "order-wrong",
        "error",
        meaning=("앞 항목이 뒤 항목보다 큽니다.", "The first of two fields is greater than the second."),
        message=(
            "{label}: ‘{value}’ - {other_label} ‘{other}’보다 클 수 없습니다.",
            "{label}: ‘{value}’ - may not be greater than {other_label} ‘{other}’.",
        ),
        repair=("두 값을 확인해 주세요.", "Please check both values."),
    ),
)

_DATE_RULES = (
    _rule(
        "date-form",
        "error",
        meaning=("날짜가 ISO 8601 형식이 아닙니다.", "A date is not written as ISO 8601."),
        message=(
            "{label}: ‘{value}’ - ISO 8601 날짜(2024, 2024-03, 2024-03-05{range_ko})여야 합니다.",
            "{label}: ‘{value}’ - must be an ISO 8601 date (2024, 2024-03, 2024-03-05{range_en}).",
        ),
        repair=("연-월-일 순서로 써 주세요.", "Please write year-month-day."),
    ),
    _rule(
        "date-impossible",
        "error",
        meaning=("달력에 없는 날짜입니다.", "A date does not exist."),
        message=("{label}: ‘{value}’ - 달력에 없는 날짜입니다.", "{label}: ‘{value}’ - no such day."),
        repair=("날짜를 확인해 주세요.", "Please check the date."),
    ),
    _rule(
        "date-future",
        "warning",
        meaning=("아직 오지 않은 날짜입니다.", "A date of what has happened lies in the future."),
        message=("{label}: ‘{value}’ - 아직 오지 않은 날짜입니다.", "{label}: ‘{value}’ - lies in the future."),
        repair=("날짜를 확인해 주세요.", "Please check the date."),
    ),
    _rule(
        "date-range-order",
        "error",
        meaning=("기간의 시작이 끝보다 늦습니다.", "A date range ends before it starts."),
        message=("{label}: ‘{value}’ - 시작이 끝보다 늦습니다.", "{label}: ‘{value}’ - ends before it starts."),
        repair=("시작과 끝을 바꿔 주세요.", "Please swap start and end."),
    ),
)

VALUE_RULES = (*_VALUE_RULES, *_TERM_RULES, *_NUMBER_RULES, *_DATE_RULES)
