"""The rules about taxa, places, links, files and whole tables. Sentences are templates, as in ``rules_values``."""

from __future__ import annotations

from biomoa.forms.problems import rule_text as _rule

_TAXON_RULES = (
    _rule(
        "taxon-id-form",
        "error",
        meaning=("NCBI 분류 ID가 숫자가 아닙니다.", "An NCBI taxonomy id is not a number."),
        message=(
            "{label}: ‘{value}’ - NCBI Taxonomy ID(숫자)여야 합니다.",
            "{label}: ‘{value}’ - must be an NCBI taxonomy id (digits).",
        ),
        repair=("예: 9606.", "For example 9606."),
    ),
    _rule(
        "taxon-unknown",
        "error",
        meaning=("NCBI 분류에 없는 ID입니다.", "The id is not in the NCBI taxonomy edition used here."),
        message=(
            "{label}: {value} - NCBI Taxonomy({edition})에 없는 ID입니다.",
            "{label}: {value} - not in the NCBI taxonomy ({edition}).",
        ),
        repair=(
            "학명으로 다시 찾아 주세요. 미동정이면 32644입니다.",
            "Please look it up by name; 32644 if unidentified.",
        ),
        overridable=True,
    ),
    _rule(
        "organism-unknown",
        "error",
        meaning=("NCBI 분류에 없는 생물 이름입니다.", "The name is not in the NCBI taxonomy edition used here."),
        message=(
            "{label}: ‘{value}’ - NCBI Taxonomy({edition})에 없는 이름입니다.",
            "{label}: ‘{value}’ - not in the NCBI taxonomy ({edition}).",
        ),
        repair=("학명의 철자를 확인해 주세요.", "Please check the spelling of the scientific name."),
        overridable=True,
    ),
    _rule(
        "organism-synonym",
        "warning",
        meaning=(
            "학명이 아니라 이명이나 일반명입니다.",
            "A synonym or common name stands in place of the scientific name.",
        ),
        message=(
            "{label}: ‘{value}’ - 학명은 ‘{suggestion}’입니다.",
            "{label}: ‘{value}’ - the scientific name is ‘{suggestion}’.",
        ),
        repair=("수정안을 적용해 주세요.", "Please accept the proposal."),
    ),
    _rule(
        "taxon-mismatch",
        "error",
        meaning=("분류 ID와 생물 이름이 서로 다른 분류군입니다.", "Taxonomy id and organism are different taxa."),
        message=(
            "{label}: ‘{value}’ - {other_label} {other}은(는) ‘{other_name}’입니다.",
            "{label}: ‘{value}’ - but {other_label} {other} is ‘{other_name}’.",
        ),
        repair=("ID나 이름 중 틀린 쪽을 고쳐 주세요.", "Please correct the one that is wrong."),
        overridable=True,
    ),
    _rule(
        "package-taxon",
        "warning",
        meaning=("생물 이름이 시료 패키지와 맞지 않아 보입니다.", "The organism does not seem to fit the package."),
        message=(
            "{label}: ‘{value}’ - ‘{package}’ 패키지의 생물 이름은 {expected}입니다.",
            "{label}: ‘{value}’ - the organism of the package ‘{package}’ is {expected}.",
        ),
        repair=("생물 이름이나 패키지 중 틀린 쪽을 고쳐 주세요.", "Please correct the one that is wrong."),
    ),
)

_PLACE_RULES = (
    _rule(
        "place-form",
        "error",
        meaning=("장소가 ‘국가: 지역’ 형식이 아닙니다.", "A place is not written ‘country: locality’."),
        message=(
            "{label}: ‘{value}’ - ‘South Korea: Seoul’ 형식이어야 합니다.",
            "{label}: ‘{value}’ - must be like ‘South Korea: Seoul’.",
        ),
        repair=("국가 이름, 쌍점, 지역 순서로 써 주세요.", "Please write country, colon, locality."),
    ),
    _rule(
        "place-unknown",
        "error",
        meaning=("INSDC 국가 목록에 없는 이름입니다.", "The country is not in the INSDC list."),
        message=(
            "{label}: ‘{country}’ - INSDC 국가 목록에 없습니다.",
            "{label}: ‘{country}’ - not in the INSDC country list.",
        ),
        repair=("목록에 있는 국가 이름을 써 주세요.", "Please use the name of the INSDC list."),
    ),
    _rule(
        "lat-lon-form",
        "error",
        meaning=("위도와 경도가 정해진 형식이 아닙니다.", "Latitude and longitude are not in the required form."),
        message=(
            "{label}: ‘{value}’ - ‘37.56 N 126.99 E’ 형식이어야 합니다.",
            "{label}: ‘{value}’ - must be like ‘37.56 N 126.99 E’.",
        ),
        repair=("십진수 도와 N/S, E/W로 써 주세요.", "Please use decimal degrees with N/S and E/W."),
    ),
    _rule(
        "lat-lon-range",
        "error",
        meaning=("위도가 90도 또는 경도가 180도를 넘습니다.", "Latitude beyond 90 or longitude beyond 180 degrees."),
        message=(
            "{label}: ‘{value}’ - 위도는 90, 경도는 180을 넘을 수 없습니다.",
            "{label}: ‘{value}’ - latitude is at most 90, longitude 180.",
        ),
        repair=("좌표를 확인해 주세요.", "Please check the coordinates."),
    ),
    _rule(
        "lat-lon-swapped",
        "error",
        meaning=("위도와 경도가 바뀌었습니다.", "Latitude and longitude are swapped."),
        message=(
            "{label}: ‘{value}’ - 위도와 경도의 순서가 바뀌었습니다.",
            "{label}: ‘{value}’ - latitude and longitude are swapped.",
        ),
        repair=("위도를 먼저 써 주세요.", "Please write latitude first."),
    ),
)

_LINK_RULES = (
    _rule(
        "url-form",
        "error",
        meaning=("웹 주소가 아닙니다.", "Not a web address."),
        message=(
            "{label}: ‘{value}’ - http:// 또는 https:// 주소여야 합니다.",
            "{label}: ‘{value}’ - must be an http:// or https:// address.",
        ),
        repair=("주소 전체를 써 주세요.", "Please give the whole address."),
    ),
    _rule(
        "email-form",
        "error",
        meaning=("이메일 주소가 아닙니다.", "Not an e-mail address."),
        message=("{label}: ‘{value}’ - 이메일 주소가 아닙니다.", "{label}: ‘{value}’ - not an e-mail address."),
        repair=("예: name@example.org.", "For example name@example.org."),
    ),
    _rule(
        "doi-form",
        "error",
        meaning=("DOI 형식이 아닙니다.", "Not a DOI."),
        message=("{label}: ‘{value}’ - DOI는 10.으로 시작합니다.", "{label}: ‘{value}’ - a DOI starts with 10."),
        repair=("예: 10.5808/gi.22073.", "For example 10.5808/gi.22073."),
    ),
    _rule(
        "pubmed-form",
        "error",
        meaning=("PubMed ID 형식이 아닙니다.", "Not a PubMed id."),
        message=(
            "{label}: ‘{value}’ - PubMed ID(숫자)여야 합니다.",
            "{label}: ‘{value}’ - must be a PubMed id (digits).",
        ),
        repair=("예: 36617645.", "For example 36617645."),
    ),
    _rule(
        "reference-unknown",
        "error",
        meaning=("가리키는 기록이 없습니다.", "The record referred to does not exist."),
        message=(
            "{label}: ‘{value}’ - {target}에 그런 기록이 없습니다.",
            "{label}: ‘{value}’ - no such record among {target}.",
        ),
        repair=(
            "같은 제출의 별칭이나 이미 받은 등록번호를 써 주세요.",
            "Please give an alias of this submission or an accession.",
        ),
    ),
)

_FILE_RULES = (
    _rule(
        "file-name-form",
        "error",
        meaning=(
            "파일 이름에 경로나 쓸 수 없는 문자가 있습니다.",
            "A file name holds a path or characters that are not allowed.",
        ),
        message=("{label}: ‘{value}’ - 파일 이름만 써야 합니다.", "{label}: ‘{value}’ - must be a plain file name."),
        repair=("경로, 공백, 특수 문자 없이 써 주세요.", "Please give it without path, spaces or special characters."),
    ),
    _rule(
        "file-twice",
        "error",
        meaning=("같은 파일이 두 번 쓰였습니다.", "A file is named twice."),
        message=("{label}: ‘{file}’ - 이미 {place}에서 쓰였습니다.", "{label}: ‘{file}’ - already named in {place}."),
        repair=("한 파일은 한 행에만 써 주세요.", "Please name each file in one row only."),
    ),
    _rule(
        "checksum-twice",
        "warning",
        meaning=("이름이 다른 두 파일의 체크섬이 같습니다.", "Two files of different names have the same checksum."),
        message=(
            "{label}: ‘{checksum}’ - {place}의 체크섬과 같습니다.",
            "{label}: ‘{checksum}’ - the same as in {place}.",
        ),
        repair=("같은 파일을 두 번 올리지 않았는지 확인해 주세요.", "Please check that it is not the same file twice."),
    ),
    _rule(
        "file-count",
        "error",
        meaning=("파일 수와 체크섬 수가 다릅니다.", "There are not as many checksums as files."),
        message=(
            "{label}: 파일 {files}개, 체크섬 {checksums}개입니다.",
            "{label}: {files} file(s), {checksums} checksum(s).",
        ),
        repair=("파일과 같은 순서로 하나씩 써 주세요.", "Please give one for each file, in the same order."),
    ),
    _rule(
        "file-layout",
        "error",
        meaning=(
            "파일 수가 라이브러리 구성(SINGLE/PAIRED)과 맞지 않습니다.",
            "The number of read files does not fit the layout.",
        ),
        message=(
            "{label}: ‘{value}’ - {layout} 구성에는 파일이 {expected}개 필요합니다.",
            "{label}: ‘{value}’ - layout {layout} needs {expected} read file(s).",
        ),
        repair=("구성을 고치거나 빠진 파일을 써 주세요.", "Please correct the layout or add the missing file."),
        overridable=True,
    ),
    _rule(
        "file-pair",
        "error",
        meaning=(
            "R1과 R2 파일의 이름이 짝이 아니거나 순서가 바뀌었습니다.",
            "R1 and R2 do not belong together, or are swapped.",
        ),
        message=(
            "{label}: ‘{value}’ - R1;R2 순서의 한 쌍이 아닙니다.",
            "{label}: ‘{value}’ - not one pair in the order R1;R2.",
        ),
        repair=("같은 이름의 R1과 R2를 순서대로 써 주세요.", "Please give R1 and R2 of the same name, in that order."),
        overridable=True,
    ),
    _rule(
        "md5-form",
        "error",
        meaning=("MD5 체크섬은 16진수 32자입니다.", "An MD5 checksum has 32 hexadecimal digits."),
        message=(
            "{label}: ‘{value}’ - 16진수 소문자 32자여야 합니다.",
            "{label}: ‘{value}’ - must be 32 lower-case hexadecimal digits.",
        ),
        repair=("md5sum이 보여 주는 값을 그대로 써 주세요.", "Please copy what md5sum prints."),
    ),
)

_TABLE_RULES = (
    _rule(
        "value-duplicate",
        "error",
        meaning=("유일해야 하는 값이 두 번 이상 나옵니다.", "A value that must be unique stands in several rows."),
        message=("{label}: ‘{value}’ - {first}에 이미 있습니다.", "{label}: ‘{value}’ - already in {first}."),
        repair=("행마다 다른 값을 써 주세요.", "Please use a different value in each row."),
    ),
    _rule(
        "rows-duplicate",
        "error",
        meaning=(
            "함께 유일해야 하는 항목들이 다른 행과 같습니다.",
            "Fields that must be unique together repeat another row.",
        ),
        message=("{fields}: {first}과 같습니다.", "{fields}: the same as {first}."),
        repair=("겹치는 행을 지우거나 구별되는 값을 써 주세요.", "Please remove the row or make it distinct."),
    ),
)


LINK_RULES = (*_TAXON_RULES, *_PLACE_RULES, *_LINK_RULES, *_FILE_RULES, *_TABLE_RULES)
