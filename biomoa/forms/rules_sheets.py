"""The rules about files, sheets, columns and cells as a spreadsheet program or an editor left them."""

from __future__ import annotations

from biomoa.forms.problems import rule_text as _rule

_FILE_RULES = (
    _rule(
        "file-empty",
        "error",
        meaning=("파일이 비어 있습니다.", "The file is empty."),
        message=("{file}: 빈 파일입니다.", "{file}: the file is empty."),
        repair=("내용이 있는 파일을 보내 주세요.", "Please give a file with rows."),
    ),
    _rule(
        "file-missing",
        "error",
        meaning=("파일을 열 수 없습니다.", "The file cannot be opened."),
        message=("{file}: 열 수 없습니다({reason}).", "{file}: cannot be opened ({reason})."),
        repair=("경로와 권한을 확인해 주세요.", "Please check path and permission."),
    ),
    _rule(
        "file-not-workbook",
        "error",
        meaning=("xlsx라고 하지만 엑셀 파일가 아니거나 깨졌습니다.", "The file is no workbook, or a damaged one."),
        message=("{file}: 엑셀 파일로 읽을 수 없습니다({reason}).", "{file}: cannot be read as a workbook ({reason})."),
        repair=(
            "Excel이나 LibreOffice에서 다시 xlsx로 저장해 주세요.",
            "Please save it again as xlsx in Excel or LibreOffice.",
        ),
    ),
    _rule(
        "file-password",
        "error",
        meaning=("암호로 보호된 엑셀 파일입니다.", "The workbook is protected by a password."),
        message=("{file}: 암호로 보호되어 읽을 수 없습니다.", "{file}: is protected by a password."),
        repair=("암호를 풀고 저장한 뒤 다시 보내 주세요.", "Please remove the password and save it again."),
    ),
    _rule(
        "file-kind",
        "error",
        meaning=("지원하지 않는 파일 종류입니다.", "The kind of file is not supported."),
        message=("{file}: 지원하지 않는 종류입니다({reason}).", "{file}: this kind is not supported ({reason})."),
        repair=("xlsx, tsv, csv, jsonl 중 하나로 저장해 주세요.", "Please save it as xlsx, tsv, csv or jsonl."),
    ),
    _rule(
        "file-hostile",
        "error",
        meaning=(
            "읽는 컴퓨터를 해칠 수 있는 구조의 파일입니다.",
            "The file is built in a way that could harm its reader.",
        ),
        message=(
            "{file}: 안전하지 않아 읽지 않았습니다({reason}).",
            "{file}: was not read, because it is unsafe ({reason}).",
        ),
        repair=(
            "새 엑셀 파일에 값만 붙여 넣어 다시 저장해 주세요.",
            "Please paste the values into a new workbook and save that.",
        ),
    ),
    _rule(
        "file-too-large",
        "error",
        meaning=(
            "읽는 데 허용된 메모리나 시간을 넘었습니다.",
            "Reading the file needs more memory or time than allowed.",
        ),
        message=(
            "{file}: 한도를 넘어 읽기를 멈췄습니다({reason}).",
            "{file}: reading was stopped at a limit ({reason}).",
        ),
        repair=(
            "멀리 떨어진 칸을 지우거나 파일을 나누어 주세요.",
            "Please delete stray cells far from the table, or split the file.",
        ),
    ),
    _rule(
        "file-encoding",
        "warning",
        meaning=("UTF-8이 아닌 문자 부호화로 읽었습니다.", "The text was read in an encoding other than UTF-8."),
        message=("{file}: {encoding}(으)로 읽었습니다.", "{file}: was read as {encoding}."),
        repair=(
            "글자가 바르게 보이는지 확인하고 UTF-8로 저장해 주세요.",
            "Please check that the characters are right; save as UTF-8.",
        ),
    ),
    _rule(
        "file-encoding-unknown",
        "error",
        meaning=("문자 부호화를 알 수 없거나 두 가지가 섞여 있습니다.", "The encoding is unknown, or two are mixed."),
        message=(
            "{file}: {line}번째 줄의 문자 부호화를 알 수 없습니다.",
            "{file}: the encoding of line {line} cannot be told.",
        ),
        repair=("UTF-8로 다시 저장해 주세요.", "Please save the file as UTF-8."),
    ),
    _rule(
        "file-encoding-foreign",
        "error",
        meaning=(
            "CP949(한글)로 읽을 수 있지만 글의 내용이 한글이 아닙니다.",
            "The text could be read as CP949 (Korean), but what it says is not Korean.",
        ),
        message=(
            "{file}: 한글(CP949)이 아닌 문자 부호화로 보입니다({encoding}).",
            "{file}: the encoding seems to be another than Korean CP949 ({encoding}).",
        ),
        repair=(
            "파일을 만든 프로그램에서 문자 부호화를 UTF-8로 골라 다시 저장해 주세요.",
            "Please save it again in the program that made it, with UTF-8 as its encoding.",
        ),
    ),
    _rule(
        "file-quote-open",
        "error",
        meaning=("닫히지 않은 따옴표가 있습니다.", "A quotation mark is never closed."),
        message=(
            "{file}: {line}번째 줄에서 연 따옴표가 닫히지 않았습니다.",
            "{file}: the quotation mark opened in line {line} is never closed.",
        ),
        repair=("따옴표를 닫거나 지워 주세요.", "Please close or remove it."),
    ),
)

_SHEET_RULES = (
    _rule(
        "sheet-unknown",
        "warning",
        meaning=("어떤 양식의 시트인지 알 수 없어 읽지 않았습니다.", "A sheet fits no form and was left out."),
        message=(
            "시트 ‘{sheet}’: 맞는 양식이 없어 읽지 않았습니다.",
            "Sheet ‘{sheet}’: fits no form and was left out.",
        ),
        repair=("양식의 제목 행이 있는지 확인해 주세요.", "Please check that it has the header row of a form."),
    ),
    _rule(
        "sheet-missing",
        "error",
        meaning=("양식에 맞는 시트가 없습니다.", "No sheet fits the form."),
        message=(
            "{file}: ‘{form}’ 양식의 시트가 없습니다(있는 시트: {sheets}).",
            "{file}: has no sheet of the form ‘{form}’ (found: {sheets}).",
        ),
        repair=("양식 서식을 내려받아 그 시트에 입력해 주세요.", "Please use the sheet of the template of this form."),
    ),
    _rule(
        "sheet-empty",
        "error",
        meaning=("시트에 자료 행이 없습니다.", "A sheet has no data rows."),
        message=("시트 ‘{sheet}’: 자료 행이 없습니다.", "Sheet ‘{sheet}’: has no data rows."),
        repair=("제목 행 아래에 자료를 입력해 주세요.", "Please enter data below the header row."),
    ),
    _rule(
        "sheet-renamed",
        "info",
        meaning=(
            "시트 이름이 바뀌어 열 이름으로 양식을 알아냈습니다.",
            "A renamed sheet was recognised by its columns.",
        ),
        message=(
            "시트 ‘{sheet}’: 열 이름을 보고 ‘{form}’ 양식으로 읽었습니다.",
            "Sheet ‘{sheet}’: read as form ‘{form}’ by its columns.",
        ),
        repair=("맞으면 그대로 두어도 됩니다.", "Nothing to do if that is right."),
    ),
    _rule(
        "sheet-sideways",
        "error",
        meaning=(
            "항목 이름이 세로로 놓여 있고 모르는 이름이 많아 시트를 읽지 않았습니다.",
            "A sheet has names of fields down a column, most of them unknown, and was not read.",
        ),
        message=(
            "시트 ‘{sheet}’: 행과 열이 바뀐 것으로 보입니다. 항목 이름이 {column}에 세로로 놓여 있어 읽지 않았습니다.",
            "Sheet ‘{sheet}’: seems to be turned by 90 degrees: names of fields stand down {column}. It was not read.",
        ),
        repair=(
            "Excel의 ‘행/열 바꿈’으로 항목 이름을 첫 행에 두고, 이름을 양식에 맞춰 주세요.",
            "Please transpose it, so that the fields stand in the first row, named as in the form.",
        ),
    ),
    _rule(
        "sheet-second-table",
        "error",
        meaning=(
            "한 시트의 표 아래에 다른 표가 있어 읽지 않았습니다.",
            "Another table stands below the first one on a sheet, and was not read.",
        ),
        message=(
            "시트 ‘{sheet}’: {line}부터 다른 표(‘{form}’ 양식)가 시작됩니다. 이 표는 읽지 않았습니다.",
            "Sheet ‘{sheet}’: at {line} another table begins (form ‘{form}’). It was not read.",
        ),
        repair=("표마다 시트를 나누어 주세요.", "Please give each table a sheet of its own."),
    ),
    _rule(
        "header-missing",
        "error",
        meaning=("제목 행을 찾을 수 없습니다.", "No header row was found."),
        message=(
            "시트 ‘{sheet}’: 항목 이름이 있는 제목 행이 없습니다. 필요한 열: {expected}.",
            "Sheet ‘{sheet}’: no header row with field names. Expected columns: {expected}.",
        ),
        repair=("첫 행에 항목 이름을 써 주세요.", "Please put the field names in the first row."),
    ),
    _rule(
        "sheet-hidden",
        "warning",
        meaning=("숨긴 시트도 읽었습니다.", "A hidden sheet was read, too."),
        message=(
            "시트 ‘{sheet}’: 엑셀 파일에서 숨긴 시트이지만 읽었습니다.",
            "Sheet ‘{sheet}’: is hidden in the workbook, and was read all the same.",
        ),
        repair=(
            "자료가 아니면 시트를 지워 주세요(시트 탭을 오른쪽 단추로 눌러 ‘숨기기 취소’).",
            "Delete it if it holds no data (right-click a sheet tab, ‘Unhide’).",
        ),
    ),
    _rule(
        "cells-hidden",
        "warning",
        meaning=("숨긴 행이나 열도 읽었습니다.", "Hidden rows or columns were read, too."),
        message=(
            "시트 ‘{sheet}’: {what}도 읽었습니다.",
            "Sheet ‘{sheet}’: {what} were read, too.",
        ),
        repair=(
            "보낼 자료가 아니면 숨기기를 취소하고 지워 주세요. 필터로 가린 행도 자료로 읽습니다.",
            "Unhide and delete what you do not want to send. Rows behind a filter count as data.",
        ),
    ),
    _rule(
        "revision-old",
        "info",
        meaning=("이전 판의 양식이라 현재 판으로 올렸습니다.", "The sheet is of an older revision and was upgraded."),
        message=(
            "‘{form}’ 양식 {found} 판을 {current} 판으로 바꾸어 읽었습니다.",
            "Form ‘{form}’: revision {found} was upgraded to {current}.",
        ),
        repair=("다음에는 새 서식을 내려받아 주세요.", "Please download the new template next time."),
    ),
    _rule(
        "revision-unknown",
        "warning",
        meaning=("알 수 없는 판의 양식입니다.", "The revision of the sheet is unknown."),
        message=(
            "‘{form}’ 양식에 {found} 판이 없습니다. 현재 판은 {current}입니다.",
            "Form ‘{form}’ has no revision {found}; the current one is {current}.",
        ),
        repair=("현재 서식으로 옮겨 주세요.", "Please move the data to the current template."),
    ),
    _rule(
        "sheet-too-wide",
        "error",
        meaning=("표에서 멀리 떨어진 칸에 값이 있습니다.", "A cell stands far away from the table."),
        message=(
            "시트 ‘{sheet}’: {cell} 칸에 값이 있어 표로 읽을 수 없습니다.",
            "Sheet ‘{sheet}’: cell {cell} is filled, far from the table.",
        ),
        repair=("그 칸을 지우고 다시 저장해 주세요.", "Please delete that cell and save again."),
    ),
)

_COLUMN_RULES = (
    _rule(
        "column-missing",
        "error",
        meaning=("필수 항목의 열이 없습니다.", "The column of a mandatory field is missing."),
        message=("{label}: 필수 항목의 열이 없습니다.", "{label}: the column of this mandatory field is missing."),
        repair=("‘{name}’ 열을 추가해 주세요.", "Please add the column ‘{name}’."),
    ),
    _rule(
        "column-unknown",
        "warning",
        meaning=("양식에 없는 열이라 읽지 않았습니다.", "A column is not in the form and was left out."),
        message=("열 ‘{column}’: 양식에 없어 읽지 않았습니다.", "Column ‘{column}’: not in the form, left out."),
        repair=("열 이름을 확인해 주세요.", "Please check its name."),
    ),
    _rule(
        "column-misspelt",
        "warning",
        meaning=(
            "양식에 없는 열이지만, 열이 없는 항목의 이름과 비슷합니다.",
            "A column is not in the form, but is named much like a field that has no column.",
        ),
        message=(
            "열 ‘{column}’: 양식에 없어 읽지 않았습니다. 비슷한 항목은 ‘{name}’입니다.",
            "Column ‘{column}’: not in the form, left out. A similar field is ‘{name}’.",
        ),
        repair=("그 항목이라면 열 이름을 고쳐 주세요.", "If that is meant, please rename the column."),
    ),
    _rule(
        "column-elsewhere",
        "warning",
        meaning=("다른 양식의 열이라 읽지 않았습니다.", "A column is of another form and was left out."),
        message=(
            "열 ‘{column}’: 이 양식에 없어 읽지 않았습니다. ‘{other}’ 양식의 ‘{label}’ 항목입니다.",
            "Column ‘{column}’: not in this form, left out. It is ‘{label}’ of the form ‘{other}’.",
        ),
        repair=("그 양식의 시트에 적어 주세요.", "Please give it in the sheet of that form."),
    ),
    _rule(
        "column-nameless",
        "warning",
        meaning=("제목 행에 이름이 없는 열은 읽지 않았습니다.", "A column without a name in the header was left out."),
        message=(
            "시트 ‘{sheet}’: {column}에 값이 있지만 제목이 없어 읽지 않았습니다.",
            "Sheet ‘{sheet}’: {column} holds values but has no header, and was left out.",
        ),
        repair=("제목 행에 항목 이름을 쓰거나 그 값을 지워 주세요.", "Please name it in the header row, or clear it."),
    ),
    _rule(
        "column-duplicate",
        "error",
        meaning=("같은 항목의 열이 두 번 있습니다.", "A field has two columns."),
        message=(
            "{label}: 열이 두 번 있습니다(‘{column}’). 첫 번째 열만 읽었습니다.",
            "{label}: stands in two columns (‘{column}’); only the first was read.",
        ),
        repair=("한 열만 남겨 주세요.", "Please keep one."),
    ),
)

_CELL_RULES = (
    _rule(
        "cell-formula",
        "error",
        meaning=("칸에 수식이 있습니다. 수식은 실행하지 않습니다.", "A cell holds a formula; formulas are never run."),
        message=(
            "{label}: 수식 ‘{formula}’이(가) 있습니다. 실행하지 않습니다.",
            "{label}: holds the formula ‘{formula}’; it is not run.",
        ),
        repair=("값으로 바꾸어 붙여 넣어 주세요.", "Please paste it as a value."),
    ),
    _rule(
        "cell-error",
        "error",
        meaning=("칸에 표 계산 오류 값(#REF! 등)이 있습니다.", "A cell holds a spreadsheet error (#REF! ...)."),
        message=("{label}: 표 계산 오류 ‘{value}’이(가) 있습니다.", "{label}: holds the spreadsheet error ‘{value}’."),
        repair=("원래 값을 입력해 주세요.", "Please enter the value itself."),
    ),
    _rule(
        "cell-merged",
        "warning",
        meaning=(
            "병합된 칸이 있어 모든 칸에 같은 값을 넣었습니다.",
            "Merged cells: the value was taken for each of them.",
        ),
        message=(
            "시트 ‘{sheet}’: 병합된 칸 {cells}의 값을 각 행에 넣었습니다.",
            "Sheet ‘{sheet}’: the value of the merged cells {cells} was taken for each row.",
        ),
        repair=("병합을 풀고 각 칸에 값을 써 주세요.", "Please unmerge and fill each cell."),
    ),
    _rule(
        "cell-mangled",
        "warning",
        meaning=(
            "표 계산 프로그램이 값을 지수 표기나 날짜로 바꾼 것 같습니다.",
            "A spreadsheet program seems to have changed the value.",
        ),
        message=(
            "{label}: ‘{value}’ - 표 계산 프로그램이 바꾼 값 같습니다.",
            "{label}: ‘{value}’ - looks changed by a spreadsheet program.",
        ),
        repair=(
            "칸 서식을 텍스트로 바꾸고 원래 값을 입력해 주세요.",
            "Please format the cell as text and enter the original value.",
        ),
    ),
    _rule(
        "date-1904",
        "warning",
        meaning=(
            "날짜를 1904년부터 세는 엑셀 파일의 숫자를 날짜로 읽었습니다.",
            "Numbers of a workbook that counts its days from 1904 were read as dates.",
        ),
        message=(
            "{label}: 숫자 ‘{value}’을(를) {day}로 읽었습니다(1904년부터 세는 엑셀 파일).",
            "{label}: the number ‘{value}’ was read as {day} (the workbook counts days from 1904).",
        ),
        repair=("날짜가 맞는지 확인해 주세요.", "Please check that the day is right."),
    ),
    _rule(
        "row-ragged",
        "error",
        meaning=("행의 칸 수가 제목 행과 다릅니다.", "A row has more cells than the header."),
        message=(
            "{count}개 칸이 있지만 제목 행은 {expected}개입니다.",
            "The row has {count} cells, the header {expected}.",
        ),
        repair=("구분자와 따옴표를 확인해 주세요.", "Please check separators and quotation marks."),
    ),
    _rule(
        "row-not-object",
        "error",
        meaning=("jsonl의 줄이 JSON 객체가 아닙니다.", "A line of the jsonl file is not a JSON object."),
        message=("JSON 객체가 아닙니다({reason}).", "Not a JSON object ({reason})."),
        repair=(
            "한 줄에 객체 하나를 쓰거나, 파일 전체를 객체의 배열 하나로 써 주세요.",
            "Please write one object a line, or the whole file as one array of objects.",
        ),
    ),
)

SHEET_RULES = (*_FILE_RULES, *_SHEET_RULES, *_COLUMN_RULES, *_CELL_RULES)
