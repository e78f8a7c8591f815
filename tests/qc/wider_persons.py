"""Persons of every age under every label, and things that are labelled like them, drawn anew each time.

Wider than the sets beside it (``made_persons``, ``unseen_persons``): births of 1920 to 2024, numbers with their check
digit and without (as since October 2020), such as could be an article's, names of all generations and of rare families.
Numbers and names are drawn by lot; nobody is meant, and none is written down.
"""

# ruff: noqa: E501

from __future__ import annotations

import random
from collections.abc import Callable

from biomoa.qc.persons.numbers import RRN_WEIGHTS, is_ean13

from .unseen_persons import Make, digits

_COMMON = "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류나진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"
FAMILIES = [
    *_COMMON,
    *"김김김김김김김김이이이이이이박박박박최최정정강조윤장임",
    "남궁",
    "황보",
    "제갈",
    "선우",
    "독고",
    "사공",
]
_OF_TODAY = (
    "서윤 하준 지안 도윤 이서 시우 하윤 은우 아윤 지호 서아 이준 예나 건우 채아 유준 소이 로운 나은 태오 다온 선우 리아 준우 아린 우주 지유 이안 서하 현우 "
    "하린 도현 유나 연우 소율 승우 다인 민준 윤아 지후 시아 주원 예린 은호 라온 수호 가온 태윤 하람 시윤 재이 유찬 봄 결"
)
_OF_MIDDLE = (
    "지영 은정 미영 현주 수진 민정 혜진 정훈 성훈 상현 동욱 재훈 지훈 준호 민수 진우 현정 은주 선영 경희 미경 유진 보라 아름 슬기 한나 주희 효진 나영 "
    "병철 상호 종훈 태식 광수 기현 대성 용준 인호 원석 형준 규현 석진 창민 승민 세영 다혜 소영 지현 윤정 보람 초롱"
)
_OF_OLD = (
    "영자 순자 정자 춘자 옥순 말순 복순 점순 끝순 분이 막례 귀례 삼례 금순 명자 광자 화자 영숙 정숙 복례 필순 용팔 판석 칠성 갑수 만수 덕수 병태 종팔 "
    "상철 영철 기택 봉수 학수 재복 점례 순례 귀남 복남 두식 창식 태삼 길동"
)
GIVEN = [name for name in f"{_OF_TODAY} {_OF_MIDDLE} {_OF_OLD}".split() if len(name) == 2]
# Names that begin like a word, which people have all the same.
_ALSO_WORDS = "유지영 유지원 유지현 유지민 고지영 고지훈 하나은 하나윤 구성민 구성진 정보람 정상훈 이하은 최우수 이재민 이동식 조사랑 정의현"
ALSO_WORDS = _ALSO_WORDS.split()
_LATIN_FAMILIES = (
    "Kim Lee Park Choi Jung Jeong Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Ahn Song Ryu Hong Moon Yang Bae Baek Pak Yi Rhee "
    "Chung Gim Yim Suh Noh Roh Koo Hur Sohn Woo Chae Cha Joo Kwak Sung Byun Yeom Chun Namgung"
)
LATIN_FAMILIES = _LATIN_FAMILIES.split()
_SYLLABLES = "Min Jun|Seo Yeon|Ji Hoon|Gil Dong|Young Soo|Eun Ji|Hyun Woo|Jae Hyun|Sun Hee|Kyung Ho|Sang Woo|Ye Rin|Do Yun|Mi Kyung|Tae Hee|Byung Chul|Na Young"
SYLLABLES = [each.split() for each in _SYLLABLES.split("|")]


def name(rng: random.Random) -> str:
    return rng.choice(FAMILIES) + rng.choice(GIVEN)


def latin(rng: random.Random) -> str:
    """A name in any of the orders and joints that forms have."""
    family, (one, two) = rng.choice(LATIN_FAMILIES), rng.choice(SYLLABLES)
    given = rng.choice((one + two.lower(), f"{one}-{two}", f"{one}-{two.lower()}", f"{one} {two}"))
    written = rng.choice((f"{family} {given}", f"{given} {family}", f"{family}, {given}"))
    return rng.choice((written, written, written.upper()))


def number(rng: random.Random, *, checked: bool, foreign: bool | None = None) -> tuple[str, str]:
    """The halves of a number of a resident or a foreigner who may live today; without the digit as since October 2020."""
    foreign = rng.random() < 0.4 if foreign is None else foreign
    if checked:
        year = rng.randint(1927, 2024)
    else:  # of Koreans only those born since, and who was naturalised or got a new number
        year = rng.randint(1945, 2015) if foreign else rng.choice((rng.randint(2020, 2024), rng.randint(1945, 2010)))
    first = f"{year % 100:02d}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    body = rng.choice(("56" if year < 2000 else "78") if foreign else ("12" if year < 2000 else "34")) + digits(rng, 5)
    total = sum(int(d) * w for d, w in zip(first + body, RRN_WEIGHTS, strict=True))
    good = ((11 - total % 11) % 10 + (2 if foreign else 0)) % 10
    return first, f"{body}{good if checked else (good + rng.randint(3, 7)) % 10}"


def _article_of_a_person(rng: random.Random) -> str:
    """A number since October 2020 that has the check digit of an article, as one in ten.

    Not of those that begin like every article of Korea (880): without a label nobody can tell which it is.
    """
    while True:
        written = "".join(number(rng, checked=False))
        if is_ean13(written) and not written.startswith("880"):
            return written


def _bare(checked: bool) -> Make:
    around = (
        "{}",
        "sample {}",
        "{} blood",
        "메모 {}",
        "혈액_{}",
        "KH-{}",
        "시료 {}의 RNA",
        "{} 간조직",
        "tissue of {}",
    )
    return lambda rng: rng.choice(around).format("".join(number(rng, checked=checked)))


def _article(rng: random.Random) -> str:
    return rng.choice(("{}", "sample {}", "{} 간조직", "혈액_{}", "메모 {}")).format(_article_of_a_person(rng))


def _article_labelled(rng: random.Random) -> str:
    label = rng.choice((
        "주민번호 ", "주민등록번호: ", "RRN=", "resident registration no. ", "alien registration no: ", "ARC no. ", "national ID ",
        "외국인등록번호 ", "외국인번호: ", "환자 ", "Korean ID no. ",
    ))  # fmt: skip
    return label + _article_of_a_person(rng)


def _masked(rng: random.Random) -> str:
    first, second = number(rng, checked=True)
    shown = rng.randint(1, 3)
    return rng.choice(("{}", "주민번호 {}", "환자 {}")).format(
        f"{first}-{second[:shown]}{rng.choice('*X●○■') * (7 - shown)}"
    )


def _labelled_name(rng: random.Random) -> str:
    label = rng.choice((
        "성명: ", "성명 ", "환자명: ", "환자명 ", "환자 ", "환자: ", "이름: ", "보호자: ", "보호자 성명 ", "산모: ", "산모명 ", "환아 ", "환아명: ", "기증자 ", "대상자: ",
        "PT_NAME: ", "Patient name: ", "배우자: ", "모친: ", "부친 ", "어머니: ", "아버지 ", "남편 ", "아내: ", "자녀: ", "환자의 딸 ", "부: ", "모: ",
    ))  # fmt: skip
    return label + name(rng)


def _name_in_text(rng: random.Random) -> str:
    return rng.choice((
        "{}님의 혈액", "{}님께서 제공", "{}의 주민번호", "{}의 연락처", "환자 {}으로부터", "환자 {}에게서 채취", "{} 환자", "{}씨 조직", "기증자 {}의 간", "{} 산모",
    )).format(name(rng))  # fmt: skip


def _name_and_word(rng: random.Random) -> str:
    return rng.choice(("성명: ", "환자명: ", "보호자 성명: ", "환자명=", "성명|", "환자 이름: ")) + rng.choice(
        ALSO_WORDS
    )


def _latin_name(rng: random.Random) -> str:
    label = rng.choice((
        "Patient: ", "patient ", "Patient name: ", "Pt name: ", "Name: ", "Full name: ", "Name of patient: ", "Guardian: ", "Mother: ", "Donor: ",
        "Parent/guardian: ", "성명: ", "환자명: ", "영문이름: ", "성명(영문): ", "Participant: ",
    ))  # fmt: skip
    return label + latin(rng)


def _latin_joined(rng: random.Random) -> str:
    return rng.choice(("patient_name=", "Patient_Name_", "donor_name=", "patientName=")) + latin(rng).replace(
        ", ", "_"
    ).replace(" ", "_")


def _record(rng: random.Random) -> str:
    mrn = rng.choice(
        (
            digits(rng, 8),
            digits(rng, 7),
            digits(rng, 6),
            digits(rng, 10),
            f"{digits(rng, 2)}-{digits(rng, 6)}",
            f"A{digits(rng, 7)}",
        )
    )
    label = rng.choice((
        "등록번호 {}", "등록번호가 {}인 환자", "등록번호는 {}", "병원등록번호 {}", "차트넘버 {}", "챠트번호 {}", "MR No. {}", "MR# {}", "Med Rec No {}", "Unit No. {}", "HN {}", "환자식별번호 {}",
        "환자코드 {}", "등록번호(환자) {}", "ID No. {} (환자)", "Reg. No. {} (patient)", "접수번호 {} (환자)", "환자번호;{}", "환자번호→{}", "환자 번호 No.{}", "MRN {}", "Chart No. {}", "EMR번호 {}", "의무기록 번호 {}",
    ))  # fmt: skip
    return label.format(mrn)


def _record_in_groups(rng: random.Random) -> str:
    return rng.choice(("MRN {}", "차트번호 {}", "병록번호 {}", "Chart No. {}")).format(
        rng.choice(
            (
                f"{digits(rng, 4)} {digits(rng, 4)}",
                f"{digits(rng, 3)}-{digits(rng, 3)}",
                f"{digits(rng, 4)}-{digits(rng, 4)}",
            )
        )
    )


PERSONS: dict[str, Make] = {
    "number-bare-checked": _bare(checked=True), "number-bare-unchecked": _bare(checked=False), "number-or-article": _article,
    "number-or-article-labelled": _article_labelled, "number-masked": _masked, "name-labelled": _labelled_name, "name-in-text": _name_in_text,
    "name-and-word": _name_and_word, "name-latin": _latin_name, "name-latin-joined": _latin_joined, "record": _record, "record-in-groups": _record_in_groups,
}  # fmt: skip


def _cell(rng: random.Random) -> tuple[str, str]:
    record = rng.choice(
        (
            "EMR번호",
            "PID",
            "Unit No",
            "챠트넘버",
            "환자 식별자",
            "등록번호",
            "환자번호",
            "Chart No",
            "MRN",
            "병원등록번호",
        )
    )
    named = rng.choice(("성명", "환자명", "산모명", "환아명", "보호자", "PT_NAME", "Patient Name", "배우자", "어머니"))
    return rng.choice((
        (record, digits(rng, 8)), (record, digits(rng, 6)), (named, name(rng)), ("성명", rng.choice(ALSO_WORDS)),
        (rng.choice(("성명", "영문이름", "patient_name", "Name", "성명(영문)", "Full Name")), latin(rng)),
        (rng.choice(("주민번호", "외국인등록번호", "RRN", "ID", "식별번호")), "".join(number(rng, checked=rng.random() < 0.5))),
        (rng.choice(("Contact", "연락처1", "폰번호", "휴대전화")), f"10{rng.randint(2, 9)}{digits(rng, 7)}"),
        (rng.choice(("Birth", "생년월일(6자리)")), number(rng, checked=True)[0]),
    ))  # fmt: skip


CELLS: dict[str, Callable[[random.Random], tuple[str, str]]] = {"cell": _cell}

# -- lookalikes ------------------------------------------------------------------------------------------------------

_CROPS = (
    "신동진 추청 금실 마늘 현미 임진강 한강 한라봉 진율미 하령 국화 인삼 서광 고운빛 대장균 오스모틴 감자 콩 배추 조은 주안 남평 진미 진상 추백 홍로 설향 "
    "수미 대원콩 백옥찰 새일미 참드림 삼광 동진찰 호품 낙동강 영산강 섬진강 소나무 구상나무 미선나무 도라지 더덕 한우 칡소 연어 송어"
)
CROPS = _CROPS.split()


def _nationwide(rng: random.Random) -> str:
    phone = f"{rng.choice(('1588', '1577', '1544', '1599', '1566', '1600', '1644', '1661', '1670', '1800', '1811', '1833', '1855', '1899', '1522'))}{rng.choice('- .')}{digits(rng, 4)}"
    return rng.choice(
        (
            "{}",
            "전화 {}",
            "전화번호: {}",
            "연락처 {}",
            "대표전화 {}",
            "고객센터 {}",
            "Tel {}",
            "문의 전화: {} (유료)",
            "phone {}",
            "FAX {}",
        )
    ).format(phone)


def _registered(rng: random.Random) -> str:
    thing = rng.choice(
        ("표본", "시료", "검체", "화합물", "품종보호", "유전자원", "데이터", "균주", "특허", "상표", "논문", "임상시험")
    )
    return rng.choice((
        f"{thing} 등록번호 {digits(rng, rng.randint(5, 8))}", f"{thing}등록번호: {digits(rng, 6)}", f"GenBank 등록번호 {rng.choice(('MN', 'ON', 'OQ', 'KX', 'CP'))}{digits(rng, 6)}", f"서열 등록번호 ON{digits(rng, 6)}.1",
        f"등록번호 10-{digits(rng, 7)}", f"등록번호 MN{digits(rng, 6)}", f"NCBI 등록번호 PRJNA{digits(rng, 6)}", f"법인등록번호 1101{digits(rng, 2)}-{digits(rng, 7)}", f"사업자등록번호 {digits(rng, 3)}-{digits(rng, 2)}-{digits(rng, 5)}",
    ))  # fmt: skip


def _goods(rng: random.Random) -> str:
    day = f"{rng.randint(15, 25)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    return (
        rng.choice(
            (
                "제조번호",
                "제조 번호:",
                "품번",
                "일련번호",
                "시리얼번호",
                "lot",
                "S/N",
                "로트번호",
                "batch no.",
                "serial no.",
            )
        )
        + f" {rng.choice((day, digits(rng, 6)))}{rng.choice('-_ ')}{digits(rng, 7)}"
    )


def _place(rng: random.Random) -> str:
    label = rng.choice(
        ("exon ", "loc=", "region ", "gene_", "orf_", "pos:", "start=", "cds ", "chr1:", "scaffold12:", "contig7 ")
    )
    here = f"{label}{digits(rng, 6)}{rng.choice('-_') if label[-1] != ' ' else '-'}{digits(rng, 7)}"
    return rng.choice(
        (
            here,
            here,
            f"EPSG:5179 {digits(rng, 6)} {digits(rng, 7)}",
            f"UTM 52S {digits(rng, 6)} {digits(rng, 7)}",
            f"{digits(rng, 6)} {digits(rng, 7)} 52S",
        )
    )


def _goods_article(rng: random.Random) -> str:
    body = rng.choice(("880", "880", "690", "400", "490", "501", "301", "871", "761", "471"))
    body += digits(rng, 12 - len(body))
    code = body + str(-sum(int(d) * (1 + 2 * (i % 2)) for i, d in enumerate(body)) % 10)
    return rng.choice(
        ("바코드 {}", "EAN {}", "EAN-13: {}", "GTIN {}", "kit {}", "시약 {}", "제품 {}", "product {}", "cat. {}")
    ).format(code)


def _crop(rng: random.Random) -> str:
    return rng.choice(("이름: {}", "Name: {}", "name={}", "시료 이름: {}", "품종 이름: {}", "이름({})")).format(
        rng.choice(CROPS)
    )


_ENGLISH = (
    "Name: Han River|Name: Park Soil|Name: Lee Side Reef|Patient: Tumor Tissue|Donor: Whole Blood|Subject: Mus musculus|Patient Lee stage index|Name: Jeju Black Pig|"
    "Donor: Homo sapiens|patient Han Chinese|Patient: Not Applicable|Name: Moon Jellyfish|Name: Hong Kong|strain name: Song Ji|Patient Min Age|Subject: Human Donor|"
    "Donor Lung Tissue|Name: Kim Lab|Patient-Derived Xenograft|Mother: Hanwoo|available at zenodo.org|contact us at kobic.re.kr|PI: Gildong Hong|client 4.0.1.2|"
    "git@github.com:org/repo.git|Unit No. 3|Registration No. 12345678|Full name: Escherichia coli K-12"
)
ENGLISH = _ENGLISH.split("|")


def _english(rng: random.Random) -> str:
    return rng.choice(ENGLISH)


_KIN = "부모 동의|자녀 유무|형제 이식|산모 연령|산모 제대혈|모: 한우|부: 요크셔|배우자 있음|남편 정상|대상자 어머니|환자 모친|성명: 비공개|환자명: 미기재|성명: 없음|신청인의 주소|대상자의 전화번호|고객님의 혈액|담당자님께|보호자: 모|환자: 정상|대상자: 성인"
KIN = _KIN.split("|")

DECOYS: dict[str, Make] = {
    "nationwide": _nationwide, "registered": _registered, "goods": _goods, "place": _place, "goods-article": _goods_article, "crop": _crop,
    "english": _english, "kin": lambda rng: rng.choice(KIN),
}  # fmt: skip


def _plain_cell(rng: random.Random) -> tuple[str, str]:
    return rng.choice((
        (rng.choice(("이름", "Name", "시료 이름", "품종명", "name")), rng.choice(CROPS)), (rng.choice(("전화", "연락처", "대표전화", "전화번호")), f"15{rng.choice(('88', '77', '44', '66'))}-{digits(rng, 4)}"),
        (rng.choice(("표본 등록번호", "시료 등록번호", "균주 등록번호")), digits(rng, 8)), (rng.choice(("GenBank 등록번호", "서열 등록번호", "등록번호")), f"MN{digits(rng, 6)}"),
        (rng.choice(("제조번호", "일련번호", "로트번호")), f"{digits(rng, 6)}-{digits(rng, 7)}"), ("성명", rng.choice(("미기재", "비공개", "없음", "익명", "해당 없음"))),
    ))  # fmt: skip


PLAIN_CELLS: dict[str, Callable[[random.Random], tuple[str, str]]] = {"cell": _plain_cell}
