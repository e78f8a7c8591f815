"""The rules about tables that are laid out otherwise than a form's own sheet, and are read all the same."""

from __future__ import annotations

from biomoa.forms.problems import rule_text as _rule

LAYOUT_RULES = (
    _rule(
        "header-moved",
        "info",
        meaning=("제목 행이 첫 행이 아닙니다.", "The header is not the first row."),
        message=(
            "시트 ‘{sheet}’: {line}번째 줄을 제목 행으로 읽었습니다.",
            "Sheet ‘{sheet}’: line {line} was read as the header.",
        ),
        repair=("맞으면 그대로 두어도 됩니다.", "Nothing to do if that is right."),
    ),
    _rule(
        "sheet-turned",
        "warning",
        meaning=(
            "항목 이름이 세로로 놓인 시트를 열마다 한 건으로 읽었습니다.",
            "A sheet with its fields down a column was read with a record in each column.",
        ),
        message=(
            "시트 ‘{sheet}’: 항목 이름이 {column}에 세로로 놓여 있어 열마다 한 건으로 읽었습니다. "
            "아래에서 1행은 {first}, 2행은 그 오른쪽 열입니다.",
            "Sheet ‘{sheet}’: its fields stand down {column}, so each column was read as a record. "
            "Below, row 1 is {first}, row 2 the column to its right.",
        ),
        repair=(
            "Excel에서 ‘행/열 바꿈’으로 붙여 넣어 항목 이름을 첫 행에 두면 안내와 행 번호가 같아집니다.",
            "Paste it with ‘Transpose’, so that the fields stand in the first row and rows are numbered as here.",
        ),
    ),
    _rule(
        "rows-commented",
        "info",
        meaning=(
            "#으로 시작하는 설명 행이나 예시 행을 읽지 않았습니다.",
            "Comment and example rows (starting with #) were left out.",
        ),
        message=(
            "시트 ‘{sheet}’: #으로 시작하는 {count}개 행을 읽지 않았습니다.",
            "Sheet ‘{sheet}’: {count} row(s) starting with # were left out.",
        ),
        repair=("자료라면 첫 칸의 #을 지워 주세요.", "If they are data, remove the # from the first cell."),
    ),
    _rule(
        "rows-explaining",
        "info",
        meaning=(
            "제목 행 아래에서 항목 이름이나 필수 여부, 단위를 적은 행을 읽지 않았습니다.",
            "Rows under the header that name the fields again, or give units or which are mandatory, were left out.",
        ),
        message=(
            "시트 ‘{sheet}’: 제목 행 아래의 설명 행 {count}개를 읽지 않았습니다.",
            "Sheet ‘{sheet}’: {count} row(s) under the header that explain it were left out.",
        ),
        repair=("맞으면 그대로 두어도 됩니다.", "Nothing to do if that is right."),
    ),
    _rule(
        "rows-example",
        "warning",
        meaning=("예시라고 적은 행을 읽지 않았습니다.", "Rows that say they are examples were left out."),
        message=(
            "시트 ‘{sheet}’: 예시로 보고 읽지 않은 행이 있습니다({lines}).",
            "Sheet ‘{sheet}’: taken for an example and left out: {lines}.",
        ),
        repair=("자료라면 예시 표시를 지워 주세요.", "If it is data, please remove the word that says so."),
    ),
    _rule(
        "rows-footer",
        "warning",
        meaning=(
            "합계나 비고처럼 자료가 아닌 행을 읽지 않았습니다.",
            "Totals and remarks among or below the data were left out.",
        ),
        message=(
            "시트 ‘{sheet}’: 합계나 비고로 보고 읽지 않은 행이 있습니다({lines}).",
            "Sheet ‘{sheet}’: taken for a total or a remark and left out: {lines}.",
        ),
        repair=(
            "자료라면 고유한 이름을 적고 다른 항목도 채워 주세요.",
            "If it is data, please give it a name of its own and fill its fields.",
        ),
    ),
    _rule(
        "rows-header-again",
        "info",
        meaning=("되풀이된 제목 행을 읽지 않았습니다.", "Rows that repeat the header were left out."),
        message=(
            "시트 ‘{sheet}’: 제목 행을 되풀이한 행을 읽지 않았습니다({lines}).",
            "Sheet ‘{sheet}’: rows that repeat the header were left out ({lines}).",
        ),
        repair=("맞으면 그대로 두어도 됩니다.", "Nothing to do if that is right."),
    ),
    _rule(
        "rows-empty",
        "warning",
        meaning=("자료 사이의 빈 행을 읽지 않았습니다.", "Empty rows between the data were left out."),
        message=(
            "시트 ‘{sheet}’: 자료 사이의 빈 행 {count}개를 읽지 않았습니다({lines}).",
            "Sheet ‘{sheet}’: {count} empty row(s) between the data were left out ({lines}).",
        ),
        repair=("빠진 자료가 없으면 그대로 두어도 됩니다.", "Nothing to do if no data are missing there."),
    ),
    _rule(
        "value-above",
        "info",
        meaning=(
            "제목 행 위에 적은 값을 모든 행에 넣었습니다.",
            "A value that stands above the header was put into every row.",
        ),
        message=(
            "{label}: 제목 행 위의 값 ‘{value}’을(를) 모든 행에 넣었습니다.",
            "{label}: the value ‘{value}’ above the header was put into every row.",
        ),
        repair=("맞으면 그대로 두어도 됩니다.", "Nothing to do if that is right."),
    ),
    _rule(
        "sheet-divided",
        "info",
        meaning=(
            "한 행에 두 양식이 함께 있어 나누어 읽었습니다.",
            "Rows that hold records of two forms were read as both.",
        ),
        message=(
            "시트 ‘{sheet}’: 한 행에 ‘{first}’ 양식과 ‘{second}’ 양식이 함께 있어 두 시트로 나누어 읽었습니다. "
            "별칭은 서로 같습니다.",
            "Sheet ‘{sheet}’: its rows hold the forms ‘{first}’ and ‘{second}’ side by side; each was read, "
            "with the same aliases.",
        ),
        repair=("맞으면 그대로 두어도 됩니다.", "Nothing to do if that is right."),
    ),
    _rule(
        "sheet-of-geo",
        "info",
        meaning=(
            "GEO 양식의 시료 표를 시료, 실험, 런의 시트로 나누어 읽었습니다.",
            "The samples of a sheet of GEO were read as sheets of samples, experiments and runs.",
        ),
        message=(
            "시트 ‘{sheet}’: GEO 양식입니다. {line}번째 줄을 제목 행으로 하여 시료, 실험, 런으로 나누어 읽었습니다.",
            "Sheet ‘{sheet}’: is of GEO; with line {line} as its header it was read as samples, experiments and runs.",
        ),
        repair=(
            "양식마다 빠진 필수 항목을 채워 주세요. 별칭은 서로 같습니다.",
            "Please add what the forms need beyond it. The aliases are the same in all three.",
        ),
    ),
    _rule(
        "section-left",
        "warning",
        meaning=(
            "GEO 양식에서 옮길 곳이 없는 부분을 읽지 않았습니다.",
            "Parts of a sheet of GEO that no form has were left out.",
        ),
        message=(
            "시트 ‘{sheet}’: 다음 부분은 읽지 않았습니다: {sections}.",
            "Sheet ‘{sheet}’: these parts were left out: {sections}.",
        ),
        repair=(
            "연구 제목과 요약은 프로젝트 양식에, 분석 파일은 분석 양식에 적어 주세요.",
            "Give title and summary in the form of the project, processed files in that of the analysis.",
        ),
    ),
    _rule(
        "alias-taken",
        "info",
        meaning=(
            "별칭 열이 없어 다른 항목의 값을 별칭으로 썼습니다.",
            "An alias without a column was taken from another field.",
        ),
        message=(
            "{label}: 열이 없어 ‘{other}’ 값을 별칭으로 썼습니다.",
            "{label}: has no column; the values of ‘{other}’ were taken.",
        ),
        repair=("맞으면 그대로 두어도 됩니다.", "Nothing to do if that is right."),
    ),
    _rule(
        "columns-joined",
        "info",
        meaning=(
            "위도와 경도, 또는 여러 파일이 나뉘어 있는 열을 하나의 항목으로 읽었습니다.",
            "Columns of latitude and longitude, or of several files, were read as one field.",
        ),
        message=(
            "{label}: {columns} 열을 합쳐 읽었습니다.",
            "{label}: was read from the columns {columns}.",
        ),
        repair=("맞으면 그대로 두어도 됩니다.", "Nothing to do if that is right."),
    ),
)
