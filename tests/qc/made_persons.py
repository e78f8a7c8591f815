"""Made-up identifiers of persons and decoys, by seed: what a detector must find, and what it must let pass.

Birth dates lie after 2060 and telephone blocks are such as no subscriber has, as in the set of cases.
"""

# ruff: noqa: E501

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable

SURNAMES, SYLLABLES = "김이박최정강조윤장임한오서신권황안송류홍", "민서지우도윤하준은채현수영진호경성미선재철숙희"
WIDE = {code: code + 0xFEE0 for code in range(0x30, 0x3A)}
Make = Callable[[random.Random], str]


def number(rng: random.Random, century: str = "3478", *, checked: bool | None = None) -> tuple[str, str]:
    """Two halves of a registration number; ``checked``: with the check digit, without it, or by chance."""
    first = f"{rng.randint(61, 99)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    body = rng.choice(century) + "".join(rng.choices("0123456789", k=5))
    total = sum(int(d) * w for d, w in zip(first + body, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=True))
    good = (11 - total % 11) % 10
    last = rng.randint(0, 9) if checked is None else good if checked else (good + 1 + rng.randint(0, 6)) % 10
    return first, f"{body}{last}"


def _registration(rng: random.Random) -> str:
    first, second = number(rng, checked=rng.choice((True, False, None)))
    text = first + rng.choice(("-", " - ", "_", "–", "－", "‐", "\u200b-", ". ", "/", "·", " -")) + second
    text = text.translate(WIDE) if rng.random() < 0.2 else text
    around = ("{}", "환자 {} 내원", "sample_{}_R1", "{}번", "(주민 {})", "id={};", '"{}"', "RRN:{}", "@read_{} 1:N:0")
    return rng.choice(around).format(text)


def _registration_whole(rng: random.Random) -> str:
    first, second = number(rng, checked=rng.random() < 0.5)
    label = rng.choice(
        ("주민등록번호 ", "주민번호:", "RRN=", "외국인등록번호\t", "resident number: ", "주민(등록)번호: ")
    )
    return label + first + rng.choice(("", "", " ", "\t")) + second


def _registration_split(rng: random.Random) -> str:
    first, second = number(rng)
    return rng.choice(("주민번호\t{}\t{}", "{}\t{}\t남", "주민등록번호,{},{}", "홍길동\t{}\t{}")).format(first, second)


def _mobile(rng: random.Random) -> str:
    middle, last = f"{rng.choice('01')}{rng.randint(0, 999):03d}", f"{rng.randint(0, 9999):04d}"
    shapes = (
        "010-{}-{}", "010 {} {}", "010.{}.{}", "010{}{}", "+82-10-{}-{}", "+82 10 {} {}", "+8210{}{}",
        "(010){}-{}", "82-10-{}-{} 연락처", "０１０－{}－{}", "010 - {} - {}", "+82 (0)10-{}-{}", "tel:010-{}-{}",
        "011-{}-{}", "016{}{}",
    )  # fmt: skip
    return rng.choice(("{}", "연락처 {}", "phone: {}", "보호자 {} 통화", "{},f")).format(
        rng.choice(shapes).format(middle, last)
    )


def _landline(rng: random.Random) -> str:
    area = rng.choice(("02", "031", "032", "033", "041", "042", "043", "044", "051", "053", "062", "064", "070"))
    shape = rng.choice(("{}-{}-{}", "({}) {}-{}", "{}){}-{}", "{}.{}.{}", "{} {} {}"))
    return rng.choice(("{}", "전화 {}", "Tel. {}", "FAX: {}")).format(
        shape.format(area, rng.randint(200, 9999), f"{rng.randint(0, 9999):04d}")
    )


def _email(rng: random.Random) -> str:
    user = rng.choice(("gildong.hong", "kim_01", "lab+seq", "h-j.park", "사용자", "a1"))
    host = rng.choice(("example.org", "example.co.kr", "mail.example.ac.kr", "예시.한국", "EXAMPLE.COM"))
    return rng.choice(("{}", "<{}>", "mailto:{}", "문의: {}", "donor={};")).format(
        user + rng.choice(("@", "@", "@", " @ ", "(at)", "[at]")) + host
    )


def _passport(rng: random.Random) -> str:
    digits = "".join(rng.choices("0123456789", k=8))
    written = rng.choice((f"M{digits}", f"M{digits[:3]}A{digits[:4]}", f"m{digits}", f"S {digits}", f"PM{digits[:7]}"))
    return rng.choice(("여권번호 ", "여권: ", "passport no. ", "Passport Number: ", "passport_no\t")) + written


def _licence(rng: random.Random) -> str:
    middle, last = f"{rng.randint(0, 999999):06d}", f"{rng.randint(0, 99):02d}"
    area, year = rng.randint(11, 28), f"{rng.randint(0, 99):02d}"
    return rng.choice((
        f"{area}-{year}-{middle}-{last}", f"운전면허 {area}-{year}-{middle}-{last}",
        f"면허번호: 서울 {year}-{middle}-{last}", f"운전면허번호 {area} {year} {middle} {last}",
        f"driver's license {area}-{year}-{middle}-{last}", f"운전면허번호: {area}{year}{middle}{last}",
    ))  # fmt: skip


def _record(rng: random.Random) -> str:
    label = rng.choice((
        "MRN ", "MRN: ", "환자번호 ", "환자 등록번호: ", "병록번호=", "차트번호 ", "patient_id\t", "Patient ID: ",
        "chart no. ", "medical record number: ", "진료번호:", "hospital no ", "환자ID: ", "의무기록번호 ",
    ))  # fmt: skip
    return label + "".join(rng.choices("0123456789", k=rng.randint(6, 10)))


def _name(rng: random.Random) -> str:
    name = rng.choice(SURNAMES) + "".join(rng.choices(SYLLABLES, k=2))
    label = rng.choice((
        "성명: ", "이름 ", "환자명: ", "보호자 성명: ", "기증자 이름: ", "성 명 : ", "name: ", "patient name: ", "환자 성명\t",
        "대상자명 ", "성함: ", "patient_name=",
    ))  # fmt: skip
    latin = rng.choice(("Patient name: Gildong Hong", "patient_name: HONG GILDONG", "Donor name: Kim, Minsu"))
    return latin if rng.random() < 0.15 else label + name


PERSONS: dict[str, Make] = {
    "registration": _registration, "registration-whole": _registration_whole,
    "registration-split": _registration_split, "mobile": _mobile, "landline": _landline, "email": _email,
    "passport": _passport, "licence": _licence, "record-number": _record, "name": _name,
}  # fmt: skip


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _ean(rng: random.Random) -> str:
    body = rng.choice(("880", "978", "979", "400")) + _digits(rng, 9)
    total = sum(int(d) * (1 + 2 * (i % 2)) for i, d in enumerate(body))
    return body + str(-total % 10)


DECOYS: dict[str, Make] = {
    "accession": lambda r: r.choice((
        f"SAMN{_digits(r, 8)}", f"SRR{_digits(r, 7)}", f"GCF_{_digits(r, 9)}.1", f"NM_{_digits(r, 9)}.2",
        f"PRJNA{_digits(r, 6)}", f"KAP{_digits(r, 6)}", f"KTCC{_digits(r, 5)}", f"ENSG{_digits(r, 11)}", f"rs{_digits(r, 9)}",
    )),
    "digest": lambda r: r.choice(("md5", "sha1", "sha256", "sha512")) and hashlib.new(
        r.choice(("md5", "sha1", "sha256", "sha512")), _digits(r, 9).encode()).hexdigest(),
    "uuid": lambda r: "-".join(f"{r.getrandbits(b):0{b // 4}x}" for b in (32, 16, 16, 16, 48)),
    "position": lambda r: r.choice((
        f"chr{r.randint(1, 22)}:{_digits(r, 6)}-{_digits(r, 7)}", f"{r.randint(1, 22)}\t{_digits(r, 8)}\t{_digits(r, 8)}\tA\tG",
        f"NC_0000{r.randint(10, 22)}.11:g.{_digits(r, 8)}C>T", f"chrX\t{_digits(r, 9)}\t{_digits(r, 9)}",
    )),
    "coordinate": lambda r: f"{r.uniform(33, 39):.6f}{r.choice((' N ', ', ', ' '))}{r.uniform(124, 131):.6f}{r.choice((' E', ''))}",
    "barcode": _ean,
    "isbn": lambda r: r.choice(("ISBN ", "ISBN: ", "isbn-13 ")) + f"978-{_digits(r, 2)}-{_digits(r, 4)}-{_digits(r, 3)}-{_digits(r, 1)}",
    "lot": lambda r: r.choice(("lot ", "Lot No. ", "LOT#", "로트번호 ", "제품번호 ", "cat. no. ")) + _digits(r, r.randint(7, 13)),
    "date": lambda r: r.choice((
        f"20{r.randint(10, 26)}-{r.randint(1, 12):02d}-{r.randint(1, 28):02d}", f"20{r.randint(10, 26)}{r.randint(1, 12):02d}{r.randint(1, 28):02d}",
        f"20{r.randint(10, 26)}-0{r.randint(1, 9)}-1{r.randint(0, 9)}T0{r.randint(0, 9)}:{r.randint(10, 59)}:00Z", "2024년 5월 17일 채취",
    )),
    "timestamp": lambda r: r.choice(("timestamp ", "epoch_ms=", "time: ")) + str(r.randint(1_600_000_000_000, 1_800_000_000_000)),
    "doi": lambda r: f"10.{r.randint(1000, 9999)}/j.{r.choice(('cell', 'gene', 'bbrc'))}.20{_digits(r, 2)}.{_digits(r, 2)}.{_digits(r, 3)}",
    "orcid": lambda r: f"0000-000{r.randint(1, 3)}-{_digits(r, 4)}-{_digits(r, 3)}X",
    "read": lambda r: f"A00{_digits(r, 3)}:{r.randint(1, 400)}:H{_digits(r, 4)}DSX2:{r.randint(1, 4)}:{r.randint(1101, 2678)}:{_digits(r, 5)}:{_digits(r, 5)} 1:N:0:ACGT+TTGA",
    "measure": lambda r: f"{r.uniform(0, 99):.4f} {r.choice(('ng/uL', 'µM', 'mg', '°C'))}",
    "impossible": lambda r: f"{_digits(r, 2)}{r.randint(13, 99)}{_digits(r, 2)}-{_digits(r, 7)}",
    "words": lambda r: r.choice((
        "성명 기재란", "환자 동의서", "보호자 동의 여부", "이름 없음", "대상자 선정 기준", "기증자 정보 없음", "주민등록번호 수집하지 않음",
        "Homo sapiens", "Patient name withheld", "name: control", "여권 사본 제출", "sample name: KO-1", "이메일 없음", "전화 상담",
    )),
    "version": lambda r: f"{r.randint(0, 9)}.{r.randint(0, 20)}.{r.randint(0, 99)}.{r.randint(0, 9)}",
    "study-number": lambda r: r.choice((f"KOBB-{_digits(r, 6)}", f"P{_digits(r, 4)}-{_digits(r, 3)}", f"IRB-2024-{_digits(r, 4)}", f"subject S{_digits(r, 3)}", f"donor D{_digits(r, 2)}")),
}  # fmt: skip
