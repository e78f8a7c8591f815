"""More made-up identifiers and lookalikes, in ways of writing that the first sets (``made_persons``) do not have.

Nobody is meant: births lie after 2060, telephone blocks have no subscribers, names are drawn by lot.
"""

# ruff: noqa: E501

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from .made_persons import number

Make = Callable[[random.Random], str]

FAMILY = "김이박최정강조윤장임한오서신권황안송류홍전고문양손배백허남심노하곽성차주우구민"
FAMILY_RATE = (21, 15, 9, 5, 5, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, *(1,) * 24)
FIRST = "민서지우도윤하준은채현수영진호경성미선재철숙희상동정태승종유예혜소나다가시연원창광규기인세건근보병"
SECOND = "민서지우윤준은현수영진호경미선재철숙희연원훈환석혁빈율아린나리주자순옥규태식용범우정인기성화란별솔슬찬"
WIDE = {code: code + 0xFEE0 for code in range(0x30, 0x3A)}
HANGUL = dict(zip("0123456789", "공일이삼사오육칠팔구", strict=True))
CHINESE = dict(zip("0123456789", "〇一二三四五六七八九", strict=True))
CIRCLED = dict(zip("0123456789", "⓪①②③④⑤⑥⑦⑧⑨", strict=True))
LATIN = (
    "Seo-yeon",
    "Min-jun",
    "Ji-woo",
    "Hyun-woo",
    "Eun-ji",
    "Young-sook",
    "Sang-ho",
    "Ye-jin",
    "Dong-hyun",
    "Kyung-hee",
)
LATIN_FAMILY = (
    "Kim",
    "Lee",
    "Park",
    "Choi",
    "Jung",
    "Kang",
    "Cho",
    "Yoon",
    "Jang",
    "Lim",
    "Han",
    "Shin",
    "Kwon",
    "Hwang",
    "Song",
    "Hong",
)


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def name(rng: random.Random) -> str:
    return rng.choices(FAMILY, FAMILY_RATE)[0] + rng.choice(FIRST) + rng.choice(SECOND)


def latin(rng: random.Random) -> tuple[str, str]:
    return rng.choice(LATIN_FAMILY), rng.choice(LATIN)


def mobile(rng: random.Random) -> tuple[str, str]:
    return f"{rng.choice('01')}{digits(rng, 3)}", digits(rng, 4)


def mixed(rng: random.Random, text: str) -> str:
    """Some of its digits as other scripts write them."""
    table = rng.choice((HANGUL, CHINESE, CIRCLED, {each: chr(ord(each) + 0xFEE0) for each in "0123456789"}))
    share = rng.choice((0.4, 1.0))
    return "".join(table[sign] if sign in table and rng.random() < share else sign for sign in text)


def _of(*makers: Callable[[random.Random], Sequence[str]]) -> Make:
    return lambda rng: rng.choice(rng.choice(makers)(rng))


def _number_parted(rng: random.Random) -> str:
    first, second = number(rng)
    gap = rng.choice(
        (
            ",",
            ", ",
            " , ",
            ";",
            "; ",
            "|",
            " | ",
            " / ",
            ":",
            "—",
            "、",
            "，",
            "=",
            "+",
            "#",
            "\\",
            "\n",
            "--",
            "---",
            "&",
            "'",
            ")(",
            "•",
            "。",
        )
    )
    around = rng.choice(
        (
            "주민번호 {}",
            "주민등록번호: {}",
            "RRN {}",
            "환자 {} 내원",
            "resident no. {}",
            "(주민) {}",
            "주민번호={};",
            "기증자 주민 {}",
        )
    )
    return around.format(first + gap + second)


def _number_parted_alone(rng: random.Random) -> str:
    first, second = number(rng, checked=rng.random() < 0.5)
    gap = rng.choice((",", ", ", ";", "|", "=", "+", "\\", "—", "、", "，", "•", "--"))
    return rng.choice(("{}", "혈액 {} 채취", "메모 {}", "{} 남", "{} 여성", "{} (F)")).format(first + gap + second)


def _number_pieces(rng: random.Random) -> str:
    first, second = number(rng, checked=True)
    year, month, day = first[:2], first[2:4], first[4:]
    shape = rng.choice(
        (
            "{y}-{m}-{d}-{s}",
            "{y}.{m}.{d}.{s}",
            "{y}/{m}/{d}-{s}",
            "{y} {m} {d} {s}",
            "{y}-{m}-{d} {s}",
            "{y}{m} {d}-{a} {b}",
            "19{y}-{m}-{d}-{s}",
            "{y}{m}{d}-{a}-{b}",
            "{y}{m}{d} {a} {b}",
            "{y},{m},{d},{s}",
            "{y}년{m}월{d}일-{s}",
            "{y}년 {m}월 {d}일 {s}",
            "{y}.{m}.{d}-{s}",
            "{y}-{m}{d}-{s}",
        )
    )
    written = shape.format(y=year, m=month, d=day, s=second, a=second[:3], b=second[3:])
    return rng.choice(("주민등록번호 {}", "주민번호: {}", "RRN={}", "환자 주민 {}")).format(written)


def _number_digits(rng: random.Random) -> str:
    first, second = number(rng)
    return rng.choice(("주민번호 {}", "주민등록번호: {}", "환자 {}", "RRN {}")).format(
        mixed(rng, first + rng.choice("-- _") + second)
    )


def _number_digits_alone(rng: random.Random) -> str:
    first, second = number(rng)
    return rng.choice(("{}", "메모 {}", "sample_{}", "{} 혈액")).format(mixed(rng, f"{first}-{second}"))


def _number_turned(rng: random.Random) -> str:
    first, second = number(rng)
    return rng.choice((
        f"뒷자리 {second}, 앞자리 {first}", f"주민번호 뒷자리: {second} / 앞자리: {first}", f"뒷번호 {second} 앞번호 {first}", f"뒤 {second} 앞 {first}", f"주민 뒷자리({second}) 앞자리({first})", f"생년월일 {first}, 뒷자리 {second}", f"{first} 뒷자리 {second}",
        f"{first} (뒷번호: {second})", f"뒷자리={second};앞자리={first}",
    ))  # fmt: skip


def _number_single(rng: random.Random) -> str:
    first, second = number(rng, checked=True)
    gap = rng.choice((" - ", "-", "   ", " -", " "))
    written = f"{' '.join(first)}{gap}{' '.join(second)}"
    written = rng.choice((written, written.translate(WIDE), written.replace(" ", "\u3000"), "-".join(first + second)))
    return rng.choice(("{}", "주민번호 {}", "환자 {}", "주민등록번호: {}")).format(written)


def _number_bare(rng: random.Random) -> str:
    return rng.choice(("{}", "환자 {}", "sample_{}", "{}_R1", "주민번호 {}", "{} 혈액")).format(
        "".join(number(rng, checked=True))
    )


def _insurance(rng: random.Random) -> str:
    code = rng.choice("1235678") + digits(rng, 10)
    label = rng.choice((
        "건강보험증번호 ", "건강보험증 번호: ", "건강보험 번호 ", "의료보험증번호: ", "보험증번호 ", "건보번호: ", "건강보험증 ", "health insurance number ", "Health Insurance No: ", "NHI number: ", "health_insurance_number=", "NHIS no ", "보험증 번호=",
    ))  # fmt: skip
    return label + rng.choice((code, code, f"{code[0]}-{code[1:]}"))


def _read_group(rng: random.Random) -> str:
    who = name(rng)
    return rng.choice((
        f"@RG\tID:1\tSM:{who}_종양", f"@RG\tID:1\tSM:{who}_T\tPL:ILLUMINA", f"@RG\tID:1\tSM:tumor_{who}", f"@RG\tID:1\tSM:{who}-01", f"SM:{who}_종양", f"@PG\tID:bwa\tCL:bwa mem -R '@RG\\tID:1\\tSM:{who}' ref.fa", f"@RG\tID:1\tLB:01_{who}\tSM:a", f"@RG\tID:1\tPU:{who}.1",
    ))  # fmt: skip


def _number_letters(rng: random.Random) -> str:
    first, second = number(rng)
    text = f"{first}-{second}"
    return rng.choice(("주민번호 ", "주민등록번호: ", "RRN ")) + text.replace("0", rng.choice("Oo")).replace(
        "1", rng.choice("lI1")
    )


def _mobile_parted(rng: random.Random) -> str:
    middle, last = mobile(rng)
    gap = rng.choice(
        (
            ",",
            ", ",
            "/",
            " / ",
            "_",
            "·",
            " – ",
            ":",
            ";",
            "|",
            "=",
            "--",
            " -- ",
            "、",
            "，",
            "\n",
            "ㅡ",
            " ㅡ ",
            "+",
            "\\",
            ".-",
            "…",
            "\t",
            "'",
        )
    )
    return rng.choice(("{}", "연락처 {}", "전화: {}", "H.P {}", "보호자 {} 통화함", "hp={}", "C.P. {}")).format(
        gap.join(("010", middle, last))
    )


def _mobile_digits(rng: random.Random) -> str:
    middle, last = mobile(rng)
    return rng.choice(("{}", "연락처 {}", "전화 {}", "메모 {} 통화")).format(
        mixed(rng, rng.choice("- .").join(("010", middle, last)))
    )


def _mobile_pieces(rng: random.Random) -> str:
    middle, last = mobile(rng)
    text = rng.choice(
        (
            f"010-{middle}{last}",
            f"010){middle}-{last}",
            f"+82)10-{middle}-{last}",
            f"+82 010-{middle}-{last}",
            f"0082-10-{middle}-{last}",
            f"82 10 {middle} {last}",
            f"+82.10.{middle}.{last}",
            f"010-{middle} - {last}",
            f"(010){middle}{last}",
            f"010 {middle}{last}",
            f"010{middle} {last}",
            f"8210{middle}{last}",
            f"o1o-{middle}-{last}",
            f"O10-{middle}-{last}",
            f"010-{middle[:2]}-{middle[2:]}-{last}",
            f"010-{middle}-{last[:2]}-{last[2:]}",
            " ".join(f"010{middle}{last}"),
            f"[010]{middle}-{last}",
            f"0l0-{middle}-{last}",
            f"공일공-{middle}-{last}",
            f"공일공 {middle} {last}",
        )
    )
    return rng.choice(("연락처 {}", "전화: {}", "휴대폰 {}", "phone {}", "HP {}", "핸드폰번호: {}")).format(text)


def _name_before(rng: random.Random) -> str:
    who = name(rng)
    return rng.choice(
        (
            "{} 환자",
            "{}환자",
            "{} 환자 혈액",
            "{}(환자)",
            "{} (환자)",
            "{} 님 검체",
            "{}님 혈액",
            "{} 씨 조직",
            "{}씨",
            "{} 보호자 서명",
            "{}(보호자)",
            "{} 기증자",
            "{} 피험자",
            "{} 산모",
            "{} 환아",
            "{} 대상자",
            "{} 환자의 조직",
            "{} 환자분",
            "{}환자_종양",
            "{} 공여자 혈청",
            "{} 수검자",
            "{} 환우",
            "검체: {} 환자",
            "{} 어린이",
        )
    ).format(who)


def _name_spaced(rng: random.Random) -> str:
    who = name(rng)
    apart, wide = " ".join(who), "\u3000".join(who)
    return rng.choice((
        f"환자명 {who}", f"환자  명 :   {who}", f"환 자 명 {who}", f"성명\u3000{who}", f"환자명\n{who}", f"환자명-{who}", f"환자명→{who}", f"환자명;{who}", f"환자명.{who}",
        f"환자명<{who}>", f"환자명[{who}]", f"환자명「{who}」", f"환자명은 {who}", f"환자 이름이 {who}", f"환자 성명은 {who}입니다", f"성명 {apart}", f"환자명 {apart}", f"환자 성명 {apart}",
        f"성 명 {apart}", f"이름 : {apart}", f"성명:{wide}", f"환 자 : {who}", f"성\u3000명 : {who}", f"이\u3000름: {who}", f"이 름 : {who}", f"성명/{who}", f"환자명__{who}", f"성명 = {apart}",
        f"환자명: {who[0]} {who[1:]}", f"성명 {who[0]} {who[1:]}", f"성명(한글): {who}", f"대상자 성명 {who}", f"성명：{who}", f"환자명-> {who}", f"성명\t{apart}", f"환자 이름 - {who}",
    ))  # fmt: skip


def _name_and_facts(rng: random.Random) -> str:
    who, age, sex = name(rng), rng.randint(3, 89), rng.choice("남여MF")
    return rng.choice((
        f"{who}({sex}/{age})", f"{who}/{sex}/{age}", f"{who} {sex}/{age}", f"{who} ({age}/{sex})", f"{who}, {age}세, {sex}", f"{who} {age}세 {rng.choice(('남', '여', '남자', '여자', '남성'))}",
        f"{who}({age}세)", f"{who} {sex} {age}세", f"{who}_{sex}_{age}", f"{who}({sex})", f"{who}({age}, {sex})", f"{who} {sex}{age}", f"{who}/{age}/{sex}", f"{who} {rng.randint(61, 99)}0{rng.randint(1, 9)}1{rng.randint(0, 9)}",
        f"{who}({rng.randint(61, 99)}.0{rng.randint(1, 9)}.1{rng.randint(0, 9)})", f"{who} {rng.randint(61, 99)}년생", f"{who} 19{rng.randint(61, 99)}.0{rng.randint(1, 9)}.0{rng.randint(1, 9)}",
    ))  # fmt: skip


def _name_latin(rng: random.Random) -> str:
    family, given = latin(rng)
    return rng.choice((
        f"Patient: {family} {given}", f"patient {family} {given}", f"{family} {given} (patient)", f"Donor {family} {given}", f"Patient name - {given} {family}", f"Pt. name: {family}, {given}",
        f"PATIENT NAME: {family.upper()} {given.upper()}", f"Mr. {family} {given}", f"Ms {given} {family}", f"donor_name={given}_{family}", f"name of patient: {given} {family}", f"Name: {family} {given}",
        f"patientName: {given} {family}", f"Patient's Name: {family.upper()}, {given}", f"subject name {given} {family}", f"Full name: {given} {family}", f"Guardian: {given} {family}", f"pt name {family} {given}",
    ))  # fmt: skip


def _read_name(rng: random.Random) -> str:
    (first, second), (middle, last), who = number(rng), mobile(rng), name(rng)
    run = f"A00{digits(rng, 3)}:{rng.randint(1, 99)}:HABCDDSX2:1:1101:{digits(rng, 4)}:{digits(rng, 4)}"
    return rng.choice((
        f"@{who}환자_1", f"@{first}-{second}/1", f"@{first}-{second}:1:1101:1000:2000", f"@{run} 1:N:0:ACGT patient={who}", f"@{run} mrn={digits(rng, 8)}", f"@read1 patient_name={who}",
        f"@010-{middle}-{last}_1", f"@{run}#{first}_{second}", f"@r1 {first}{second} length=150", f"@donor:{who}:1", f"@SRR1234567.1 환자명={who} length=150", f"@r1 sample={first}-{second}",
        f"@kim{digits(rng, 2)}@hospital.example.kr:1", f"@MRN{digits(rng, 8)}_read7", f"@pt_id={digits(rng, 8)}:55", f"@{run} 1:N:0:ACGT 주민번호={first}{second}", f"@{first}_{second}.1 1 length=76", f"@name={who}.77",
    ))  # fmt: skip


def _header(rng: random.Random) -> str:
    (first, second), (middle, last), who, mrn = number(rng), mobile(rng), name(rng), digits(rng, 8)
    family, given = latin(rng)
    return rng.choice((
        f"@RG\tID:1\tSM:{first}-{second}\tPL:ILLUMINA", f"@RG\tID:1\tSM:{who}\tPL:ILLUMINA", f"@RG\tID:1\tSM:{who}_M_45", f"@RG\tID:a\tDS:환자 {who}", f"@RG\tID:a\tSM:s1\tDS:patient_name={family} {given}",
        f"@CO\tpatient {who}", f"@CO\tMRN:{mrn}", f"@CO\t{who} 환자 2차", f"@CO\t연락처 010-{middle}-{last}", f"@CO\tpatientName={given} {family}", f"@PG\tID:bwa\tCL:bwa mem -R @RG\\tID:1\\tSM:{first}-{second} ref.fa",
        f"@RG\tID:1\tLB:{first}{second}\tSM:a", f"@CO\t{{\"name\": \"{who}\"}}", f"@CO\tpatient_id: {mrn}", f"@RG\tID:{who}\tSM:tumor", f"@CO\t생년월일 19{first[:2]}-{first[2:4]}-{first[4:]}",
    ))  # fmt: skip


def _variants(rng: random.Random) -> str:
    (first, second), (middle, last), who, mrn = number(rng), mobile(rng), name(rng), digits(rng, 8)
    return rng.choice((
        f"##SAMPLE=<ID={who},Genomes=Germline>", f"##donor={who}", f"##patient_name={who}", f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{first}-{second}", f"##SAMPLE=<ID=S1,Description=\"환자 {who}\">",
        f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{who}", f"##contact=010-{middle}-{last}", f"##PEDIGREE=<Child={first}_{second},Mother=M1>", f"##patientID={mrn}", f"##commandline=\"call --mrn {mrn}\"",
        f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tN1\t{first}{second}", f"##individual={who}", f"##META=<ID=name,Values=[{who}]>", f"##phenotype=<patient={who},sex=F>", f"##DOB=19{first[:2]}-{first[2:4]}-{first[4:]}",
    ))  # fmt: skip


def _file_name(rng: random.Random) -> str:
    (first, second), (middle, last), who, mrn = number(rng), mobile(rng), name(rng), digits(rng, 8)
    family, given = latin(rng)
    return rng.choice((
        f"{who}_R1.fastq.gz", f"{first}-{second}_R1.fastq.gz", f"{first}{second}.bam", f"MRN{mrn}_S1_L001_R1_001.fastq.gz", f"환자_{who}.bam", f"{who}(M45)_tumor.fastq.gz", f"010{middle}{last}.fastq.gz",
        f"{who}환자_혈액.fastq.gz", f"patient_{family}_{given}.bam", f"{mrn}_{who}.bam", f"{who}-tumor.bam", f"{who}_{first}.vcf.gz", f"{who} 혈액.fastq", f"검체_{who}_1차.fastq.gz", f"{first}_{second}_L1.fq.gz",
        f"MRN_{mrn}.bam", f"patientID-{mrn}.vcf", f"{who}.bam", f"tumor_{who}.cram", f"{who}님_R2.fq.gz", f"{first}.{second}.bam", f"S1_{who}_R1.fastq.gz", f"환자번호{mrn}.bam", f"chart_no_{mrn}.txt",
    ))  # fmt: skip


def _record(rng: random.Random) -> str:
    mrn = digits(rng, rng.choice((7, 8, 8, 8, 9)))
    label = rng.choice((
        "MRN#", "MRN", "MRN-", "MRN_", "환자번호-", "환자번호(", "차트 ", "등록번호(", "환자등록번호 ", "Hosp. No.: ", "의무기록 ", "chart: ", "patient # ", "patient-id: ", "Patient No. ", "병원 등록번호 ", "ID번호(환자) ", "hospital ID#",
        "환자 ID - ", "환자ID=", "환자_ID: ", "pt.no ", "Pt#", "병록번호/", "medical record no: ", "Medical Record Number = ", "MedRecNo: ", "patientId\": \"", "환자 고유번호 ", "chart number ", "chartno=",
    ))  # fmt: skip
    return label + rng.choice((mrn, mrn, mrn, f"{mrn[:4]}-{mrn[4:]}", f"{mrn[:2]}-{mrn[2:]}"))


def _birth(rng: random.Random) -> str:
    year, month, day = rng.randint(1931, 1999), rng.randint(1, 12), rng.randint(13, 28)
    written = rng.choice((
        f"{year}.{month:02d}.{day}", f"{day}/{month:02d}/{year}", f"{month:02d}/{day}/{year}", f"{year}년 {month}월 {day}일", f"{year} {month} {day}", f"{day}-{rng.choice(('MAR', 'Jun', 'Nov'))}-{year}", f"{year}{month:02d}{day}",
        f"{day} March {year}", f"March {day}, {year}", f"{year % 100:02d}.{month}.{day}", f"{year}/{month}/{day}", f"{year}-{month:02d}-{day}T00:00:00", f"{year % 100:02d}년 {month}월 {day}일", f"{year}. {month}. {day}.",
    ))  # fmt: skip
    return (
        rng.choice(
            (
                "생년월일 ",
                "생년월일(양력): ",
                "DOB ",
                "DOB: ",
                "출생 ",
                "출생년월일 ",
                "생일: ",
                "birth date = ",
                "date_of_birth\t",
                "born on ",
                "birthdate: ",
                "D.O.B. ",
                "Date of Birth: ",
            )
        )
        + written
    )


def _address(rng: random.Random) -> str:
    place = rng.choice((
        "서울 가상구 없는로 123", "경기 가상시 없는구 없는로 12번길 34", "부산시 가상구 없는동 12-3", "경상북도 가상시 없는면 없는리 45", "대전광역시 가상구 없는로 9, 101동 1203호", "제주 가상시 없는동 77-1", "강원특별자치도 가상군 없는읍 없는길 8",
        "전북특별자치도 가상시 없는로 5", "인천 가상구 없는대로 100번길 7 301호", "충남 가상시 없는5길 12", "세종시 없는로 15", "전남 가상군 없는면 없는길 3-2",
    ))  # fmt: skip
    return (
        rng.choice(
            (
                "주소 ",
                "거주지: ",
                "자택주소 ",
                "현주소: ",
                "주소(자택) ",
                "집주소 ",
                "주소:",
                "address: ",
                "거주지 주소 ",
                "실거주지 ",
                "환자 주소 - ",
            )
        )
        + place
    )


def _email(rng: random.Random) -> str:
    user, host = (
        rng.choice(("gildong.hong", "kim_01", "h-j.park", "minji95")),
        rng.choice(("example.ac.kr", "example.com", "mail.example.co.kr")),
    )
    sign = rng.choice(("＠", " (at) ", "[AT]", "(골뱅이)", " 골뱅이 ", "@ ", "<at>", " AT ", "@\u200b", "﹫", "(a)"))
    return rng.choice(("{}", "이메일 {}", "e-mail: {}", "contact {}")).format(
        user
        + sign
        + (host.replace(".", rng.choice((".", "．", "(dot)", " . "))) if sign != " AT " else host.replace(".", " dot "))
    )


def _landline(rng: random.Random) -> str:
    area, middle, last = rng.choice(("02", "031", "042", "051", "062", "064")), digits(rng, 3), digits(rng, 4)
    return rng.choice(("전화 {}", "Tel {}", "T. {}", "☎ {}", "집전화 {}", "연락처: {}")).format(rng.choice((
        f"{area}){middle}-{last}", f"({area}){middle}{last}", f"{area}{middle}{last}", f"{area}/{middle}/{last}", f"{area},{middle},{last}", f"{area}·{middle}·{last}", f"+82-{area[1:]}-{middle}-{last}", f"0082 {area[1:]} {middle} {last}",
        f"{area}–{middle}–{last}", f"{area}：{middle}：{last}", f"{area}_{middle}_{last}", f"{area}-{middle}-{last}~5",
    )))  # fmt: skip


def _others(rng: random.Random) -> str:
    return rng.choice((
        f"passport: M{digits(rng, 3)}A{digits(rng, 4)}", f"여권 M{digits(rng, 8)}", f"여권번호-M{digits(rng, 8)}", f"Passport No M {digits(rng, 8)}", f"여권 no. m{digits(rng, 8)}", f"passport#M{digits(rng, 8)}", f"여권번호（M{digits(rng, 8)}）",
        f"운전면허 {rng.randint(11, 28)}.{digits(rng, 2)}.{digits(rng, 6)}.{digits(rng, 2)}", f"면허 {rng.randint(11, 28)}-{digits(rng, 2)}-{digits(rng, 6)}-{digits(rng, 2)}", f"driver license: 서울 {rng.randint(11, 28)}-{digits(rng, 6)}-{digits(rng, 2)}",
        f"차량번호 12가 {digits(rng, 4)}", f"차량 서울 12가{digits(rng, 4)}", f"차번호: 123허{digits(rng, 4)}", f"계좌 {digits(rng, 3)}-{digits(rng, 6)}-{digits(rng, 2)}-{digits(rng, 3)}", f"신용카드 9999 {digits(rng, 4)} {digits(rng, 4)} {digits(rng, 4)}", f"카드번호 9999{digits(rng, 12)}",
        f"접속IP: 203.0.113.{rng.randint(1, 250)}", f"IP 주소 = 198.51.100.{rng.randint(1, 250)}", f"client_ip=203.0.113.{rng.randint(1, 250)}", f"환자 {rng.getrandbits(128):032x}", f"patient_hash: {rng.getrandbits(256):064x}",
    ))  # fmt: skip


PERSONS: dict[str, Make] = {
    "number-parted": _number_parted, "number-parted-alone": _number_parted_alone, "number-pieces": _number_pieces, "number-digits": _number_digits,
    "number-digits-alone": _number_digits_alone, "number-letters": _number_letters, "mobile-parted": _mobile_parted, "mobile-digits": _mobile_digits,
    "mobile-pieces": _mobile_pieces, "name-before": _name_before, "name-spaced": _name_spaced, "name-and-facts": _name_and_facts, "name-latin": _name_latin,
    "read-name": _read_name, "header": _header, "variants": _variants, "file-name": _file_name, "record": _record, "birth": _birth, "address": _address, "email": _email,
    "landline": _landline, "others": _others, "number-turned": _number_turned, "number-single": _number_single, "number-bare": _number_bare,
    "insurance": _insurance, "read-group": _read_group,
}  # fmt: skip


def _cell(rng: random.Random) -> tuple[str, str]:
    (first, second), (middle, last), who = number(rng), mobile(rng), name(rng)
    family, given = latin(rng)
    return rng.choice((
        ("주민번호", f"{first}{second}"), ("주민등록번호", f"{first} {second}"), ("주민", f"{first},{second}"), ("주민번호", f"00{second[:1]}"[:0] + f"{first}-{second}"), ("RRN", f"{first}{second}.0"),
        ("이름", who), ("성명", who), ("환자명", f"{who[0]} {who[1:]}"), ("환자 이름", " ".join(who)), ("Patient name", f"{given} {family}"), ("name_kr", who), ("이름(한글)", who), ("환자", who), ("보호자", who), ("성함", who), ("대상자명", who),
        ("연락처", f"10{middle}{last}"), ("휴대폰", f"10{middle}{last}"), ("전화번호", f"010{middle}{last}"), ("HP", f"10-{middle}-{last}"), ("phone", f"010 {middle}-{last}"), ("전화", f"10{middle}{last}.0"),
        ("환자번호", digits(rng, 8)), ("등록번호", digits(rng, 8)), ("MRN", digits(rng, 7)), ("병원ID", digits(rng, 8)), ("patient_id", digits(rng, 8)), ("환자ID", f"A{digits(rng, 7)}"), ("차트번호", digits(rng, 6)), ("Patient ID", f"{digits(rng, 8)}.0"),
        ("생년월일", first), ("생년월일", f"19{first}"), ("생년월일", f"19{first[:2]}-{first[2:4]}-{first[4:]}"), ("DOB", f"{first[4:]}/{first[2:4]}/19{first[:2]}"), ("birth_date_patient", f"19{first[:2]}.{first[2:4]}.{first[4:]}"), ("생년월일", f"19{first[:2]}-{first[2:4]}-{first[4:]} 00:00:00"),
        ("주소", "서울 가상구 없는로 12"), ("email", "gildong@example.org"), ("여권번호", f"M{digits(rng, 8)}"), ("계좌번호", f"{digits(rng, 3)}-{digits(rng, 6)}-{digits(rng, 5)}"),
    ))  # fmt: skip


CELLS: dict[str, Callable[[random.Random], tuple[str, str]]] = {"cell": _cell}
"""Texts of cells with the label of their column."""

# -- lookalikes ------------------------------------------------------------------------------------------------------

PLACES = (
    "대전광역시 유성구", "서울특별시 강남구", "경기도 안산시 상록구", "전라남도 여수시 오동도", "제주도 서귀포시 한라산", "강원도 평창군 오대산", "경상남도 남해군 미조면", "충청북도 청주시 오송읍", "독도", "울릉도 나리분지", "백두산", "지리산 노고단", "한강 하구", "금강산",
    "낙동강", "소백산", "설악산 오색리", "신안군 임자도", "강화도", "우포늪", "광릉 수목원", "한라수목원", "인천 소청도", "전주시", "남원시 인월면", "고성군", "안동시", "양양군 서면", "정선군", "태백시", "진도군 조도면", "완도군 신지면", "노원구", "마포구", "송도동", "연희동", "신촌동", "조치원읍",
)  # fmt: skip
INSTITUTES = (
    "한국생명공학연구원", "서울대학교병원", "국립암센터", "연세대학교 의과대학", "한국과학기술원", "국립수목원", "국립생물자원관", "국립해양생물자원관", "농촌진흥청", "국립농업과학원", "한국식품연구원", "국립보건연구원", "삼성서울병원", "서울아산병원", "분당서울대학교병원", "전남대학교", "조선대학교",
    "고려대학교 안암병원", "이화여자대학교", "성균관대학교", "한양대학교", "마크로젠", "테라젠이텍스", "한국한의학연구원", "안전성평가연구소", "국립축산과학원", "강원대학교 수의과대학", "제주대학교", "차의과학대학교", "한국해양과학기술원", "극지연구소", "한국뇌연구원", "김해시보건소", "오송첨단의료재단",
)  # fmt: skip
SPECIES = (
    "오미자", "구기자", "강아지", "고사리", "노가리", "도다리", "유산균", "고추", "한우", "조피볼락", "전복", "민들레", "배추", "양배추", "인삼", "홍삼", "차나무", "소나무", "전나무", "은행나무", "주목", "고양이", "고슴도치", "염소", "양파", "마늘", "하수오", "황기", "안동포", "진도개", "송이버섯", "이끼", "오리",
    "원숭이", "두루미", "방아풀", "서양민들레", "남생이", "문어", "명태", "연어", "은어", "민어", "우렁이", "성게", "고구마", "감자", "옥수수", "보리", "지황", "천마", "현호색", "석창포", "나도수영", "노루귀", "공작", "채송화", "국화", "나리", "맹꽁이",
)  # fmt: skip
CLINICAL = (
    "유방암 환자", "전이성 유방암 환자", "정상 대조군", "고혈압 환자", "노인성 치매 환자", "한국인 환자", "신규 환자", "소아 환자", "여성 환자", "남성 환자", "선천성 심장병 환자", "만성 신부전 환자", "조현병 환자", "정신병 환자", "유전성 환자", "구강암 환자", "안정기 환자", "신경성 환자", "위암환자", "간암 환자 50명",
    "천식환자", "당뇨 환자의 혈액", "환자 유래 오가노이드", "환자 대조군 비교", "임상시험 대상자", "건강인 대상자", "연구 대상자 모집", "기증자 동의서", "익명 기증자", "뇌사 기증자", "신장 기증자", "조혈모세포 기증자", "골수 기증자", "정상인 공여자", "보호자 동의", "법정대리인 서명", "환자 100명", "노인 환자", "고령 환자", "산모 혈액",
    "고위험 산모", "정상 산모", "임신부 대상자", "선생님", "고객님", "연구자님", "담당자님", "회원님께", "교수님 요청", "기증자 3명", "방광암 환자", "양성 환자", "음성 환자", "전체 환자", "이전 환자", "기존 환자", "류마티스 환자", "강직성 척추염 환자", "전신성 홍반 환자", "고지혈증 환자", "안과 환자", "성인 환자",
    "외래환자", "입원환자", "중환자실", "응급환자", "내원 환자", "수술 환자", "진행성 환자", "난치성 환자", "유아 환자", "장애 환자", "한방 환자", "지역 환자", "심장병 환자", "노인성 환자", "안면마비 환자", "백혈병 환자", "임신성 당뇨 산모", "성인형 환자", "조기 위암 환자", "유년기 환자", "신생아 환자", "미숙아 산모", "고양이 보호자", "강아지 보호자",
    "환자명 미기재", "환자명 비공개", "이름 비공개", "성명 생략", "환자명은 기재하지 않음", "성명 미수집", "이름: 해당 없음", "환자 이름 삭제", "대상자명 가명 처리", "환자 성명 제외", "이름 : 품종명", "성명, 주소, 전화번호는 수집하지 않음", "주민등록번호 뒷자리 미수집", "환자번호 부여", "등록번호 부여 예정", "여성, 45세", "남성/60세", "환자(남 30, 여 20)",
)  # fmt: skip
ENGLISH = (
    "patient-derived xenograft", "Patient cohort A", "patient age 45", "Lee et al. 2019", "Kim lab protocol v2", "Park Lab", "donor 12 PBMC", "Donor Lot 1234567", "healthy donor pool", "subject 001 visit 2", "Homo sapiens breast cancer patient", "Patient Derived Organoid", "patient blood sample", "Han Chinese", "Song dynasty", "Lim domain binding", "LIM homeobox",
    "Park Grass Experiment", "Kang virus isolate", "Moon jellyfish", "King crab", "Yu Gong rice", "Jin Xuan tea", "Patient Number of visits: 3", "name: control", "Full name: Escherichia coli K-12", "Donor: Homo sapiens", "Name: Arabidopsis thaliana", "Patient: Stage II", "Subject: Mus musculus", "participant consent obtained", "Name: Panax ginseng", "Donor: Bos taurus", "name of strain: Bacillus subtilis",
    "patient name: not collected", "Patient ID withheld", "subject name: anonymised", "Sample name: Lake Baikal", "Library name: Tumor Panel", "Patient: Tumor Tissue", "Donor: Whole Blood", "Patient: Not Applicable", "MR imaging", "Ms. pac genome", "Dr. Oetker yeast", "male, 45", "F/45", "M_45", "tel aviv isolate", "cell phone swab", "IP 10 kDa", "DOB not collected", "date of birth: not provided",
)  # fmt: skip


def _grant(rng: random.Random) -> Sequence[str]:
    d = lambda n: digits(rng, n)  # noqa: E731
    return (
        f"NRF-20{d(2)}R1A2C{d(7)}", f"과제번호 17111{d(5)}", f"HI{d(2)}C{d(4)}", f"IRB No. 20{rng.randint(10, 26)}-{d(2)}-{d(3)}", f"특허 10-20{rng.randint(10, 26)}-{d(7)}", f"10-{d(7)}", f"사업자등록번호 {d(3)}-{d(2)}-{d(5)}", f"13454{d(5)}", f"20{rng.randint(10, 26)}M3A9{d(6)}", f"PJ0{d(7)}",
        f"출원번호 10-20{rng.randint(10, 26)}-{d(7)}", f"IRB: B-{d(4)}/{d(3)}-{d(3)}", f"법인등록번호 {d(6)}-{d(7)}"[:14], f"20{rng.randint(10, 26)}-0-0{d(4)}", f"등록특허 10-{d(7)}", f"NTIS 1711{d(6)}", f"IRIS RS-20{rng.randint(22, 26)}-00{d(6)}",
    )  # fmt: skip


def _accession(rng: random.Random) -> Sequence[str]:
    d = lambda n: digits(rng, n)  # noqa: E731
    return (
        f"SAMEA{d(8)}", f"SAMD{d(8)}", f"ERS{d(7)}", f"DRX{d(6)}", f"GSM{d(7)}", f"EGAD{d(11)}", f"EGAN{d(11)}", f"KAS{d(8)}", f"KAE{d(8)}", f"KAR{d(8)}", f"KCTC {d(5)}", f"ATCC {d(5)}", f"KACC{d(5)}", f"KCLB {d(5)}", f"P{d(5)}", f"A0A{d(3)}B{d(1)}C{d(2)}", f"ENST{d(11)}.2", f"NC_{d(6)}.11", f"XP_{d(9)}.1",
        f"MN{d(6)}.1", f"CP{d(6)}", f"JAAAAA01{d(7)}", f"HGNC:{d(5)}", f"OMIM {d(6)}", f"PMID: {d(8)}", f"PMC{d(7)}", f"txid{d(6)}", f"CVCL_{d(4)}", f"rs{d(8)}", f"COSV{d(8)}", f"GO:{d(7)}", f"UBERON:{d(7)}", f"MONDO_{d(7)}", f"CHEBI:{d(5)}", f"GI:{d(9)}", f"GCA_{d(9)}.2", f"NIBRIV{d(10)}", f"KNU{d(6)}", f"phs{d(6)}.v1.p1", f"KBN{d(6)}-{d(4)}",
    )  # fmt: skip


def _date(rng: random.Random) -> Sequence[str]:
    y, m, day, h = rng.randint(2005, 2026), rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23)
    return (
        f"{y}-{m:02d}-{day:02d}", f"{y}.{m}.{day}", f"{y}/{m:02d}/{day:02d} {h:02d}:30", f"{y % 100:02d}{m:02d}{day:02d}", f"{y}{m:02d}{day:02d}", f"{day:02d}-Mar-{y}", f"{y}년 {m}월 {day}일 채집", f"{y}-{m:02d}-{day:02d}T{h:02d}:00:00+09:00", f"채취일 {y}{m:02d}{day:02d}", f"{y}{m:02d}{day:02d}-{y}{m:02d}{day:02d}",
        f"{y}{m:02d}{day:02d}_{h:02d}3012", f"{y}-{m:02d}-{day:02d}/{y}-{m:02d}-{day:02d}", f"수집일자: {y}.{m:02d}.{day:02d}", f"collected on {day} March {y}", f"{y}{m:02d}{day:02d}{h:02d}3000", f"{y % 100:02d}{m:02d}{day:02d} {digits(rng, 4)}", f"실험일 {y % 100:02d}.{m:02d}.{day:02d}", f"sowing date {y}-{m:02d}-{day:02d}", f"{y % 100:02d}{m:02d}{day:02d}_{digits(rng, 4)}",
    )  # fmt: skip


def _catalogue(rng: random.Random) -> Sequence[str]:
    d = lambda n: digits(rng, n)  # noqa: E731
    return (
        f"Cat. No. {d(5)}-{d(3)}", f"cat# {d(8)}", f"Thermo {d(8)}", f"Illumina {d(8)}", f"제품번호 {d(5)}", f"NEB E{d(4)}L", f"Lot {d(7)}", f"lot# {d(10)}", f"REF {d(6)}", f"CAS {d(5)}-{d(2)}-{d(1)}", f"Sigma {d(1)}{d(4)}-{d(3)}ML", f"part no {d(3)}-{d(4)}-{d(3)}", f"P/N {d(8)}", f"Qiagen {d(5)}", f"LOT: {d(6)}-{d(4)}", f"reagent {d(6)} {d(4)}", f"kit {d(3)}-{d(6)}",
        f"UPC {d(12)}", f"GTIN {d(14)}", f"SKU {d(10)}", f"S/N {d(9)}", f"serial {d(8)}-{d(4)}", f"기기번호 {d(7)}", f"instrument ID VH0{d(4)}", f"PromethION PCA10{d(4)}", f"MinION MN{d(5)}", f"flowcell FAX{d(5)}", f"NovaSeq A0{d(4)}", f"array {d(12)}_R0{rng.randint(1, 8)}C0{rng.randint(1, 2)}", f"chip {d(12)}", f"BeadChip {d(10)}",
    )  # fmt: skip


def _plate(rng: random.Random) -> Sequence[str]:
    d = lambda n: digits(rng, n)  # noqa: E731
    well = f"{rng.choice('ABCDEFGH')}{rng.randint(1, 12):02d}"
    return (
        f"plate {d(8)} {well}", f"{d(8)}_{well}", f"PLT{d(6)}-{well}", f"FluidX FR{d(8)}", f"tube {d(10)}", f"2D barcode {d(10)}", f"rack {d(8)}", f"box {d(3)} pos {d(2)}", f"바코드 {d(12)}", f"{well}-{d(4)}", f"{d(4)}-{d(4)}-{well}", f"freezer {d(2)}-{d(2)}-{d(2)}", f"{d(3)}-{d(2)}-{d(4)}", f"냉동고 {d(2)} 선반 {d(1)}", f"S{d(6)}-{d(2)}", f"KBP-{d(4)}-{d(6)}", f"Matrix {d(10)}", f"Micronic {d(10)}",
    )  # fmt: skip


def _reference(rng: random.Random) -> Sequence[str]:
    d = lambda n: digits(rng, n)  # noqa: E731
    return (
        f"0000-000{rng.randint(1, 3)}-{d(4)}-{d(4)}", f"https://orcid.org/0000-000{rng.randint(1, 3)}-{d(4)}-{d(3)}X", f"10.1038/s41586-0{d(2)}-0{d(4)}-{d(1)}", f"10.1016/j.cell.20{d(2)}.{d(2)}.{d(3)}", f"doi:10.{d(4)}/{d(8)}", f"10.1093/nar/gk{d(2)}{d(4)}", f"ISSN {d(4)}-{d(4)}", f"arXiv:{d(4)}.{d(5)}", f"10.1101/20{d(2)}.0{d(1)}.1{d(1)}.{d(6)}",
        f"Nature {d(3)}, {d(3)}-{d(3)}", f"J Biol Chem 27{d(1)}({d(2)}):{d(5)}-{d(5)}", f"PLoS ONE {d(2)}({d(1)}): e0{d(6)}", f"10.5281/zenodo.{d(7)}", f"10.17632/{d(6)}.1", f"hdl:{d(5)}/{d(6)}", f"ISNI 0000 0001 {d(4)} {d(4)}", f"ISNI 000000012{d(7)}", f"ROR 0{d(6)}", f"https://doi.org/10.22730/jmls.20{d(2)}.{d(2)}.{d(1)}.{d(3)}",
    )  # fmt: skip


def _coordinate(rng: random.Random) -> Sequence[str]:
    d = lambda n: digits(rng, n)  # noqa: E731
    a, b = rng.uniform(33, 39), rng.uniform(124, 131)
    return (
        f"{a:.4f} N {b:.4f} E", f"{a:.6f},{b:.6f}", f"N{int(a)}°{d(2)}'{d(2)}.{d(1)}\" E{int(b)}°{d(2)}'{d(2)}\"", f"{a:.7f} {b:.7f}", f"위도 {a:.5f} 경도 {b:.5f}", f"({a:.3f}, {b:.3f})", f"lat={a:.6f};lon={b:.6f}", f"52S {d(6)} {d(7)}", f"UTM 52N {d(6)}E {d(7)}N", f"TM {d(6)}.{d(2)}, {d(6)}.{d(2)}", f"{a:.10f}", f"E{b:.6f}", f"altitude {d(4)} m",
        f"chr{rng.randint(1, 22)}:{d(8)}-{d(8)}", f"chr{rng.randint(1, 22)}:g.{d(8)}A>G", f"{rng.randint(1, 22)}:{d(9)}", f"chr{rng.randint(1, 22)}\t{d(7)}\t{d(7)}\tgene{d(3)}", f"{d(6)}..{d(7)}", f"join({d(6)}..{d(6)},{d(7)}..{d(7)})", f"complement({d(6)}..{d(6)})", f"chrX_{d(9)}_{d(9)}", f"scaffold_{d(3)}:{d(6)}-{d(7)}", f"NC_000001.11:g.{d(6)}_{d(7)}del",
    )  # fmt: skip


def _sequence(rng: random.Random) -> Sequence[str]:
    d = lambda n: digits(rng, n)  # noqa: E731
    bases = "".join(rng.choices("ACGT", k=24))
    return (
        f"contig_{d(6)} len={d(7)}", f"NODE_{d(5)}_length_{d(5)}_cov_{d(2)}.{d(6)}", f"k141_{d(6)} flag=1 multi=2.0000 len={d(4)}", f"TRINITY_DN{d(5)}_c0_g1_i2", f"ptg{d(6)}l", f"utg{d(7)}", f"scaffold{d(5)}_size{d(6)}", f"OTU_{d(5)}", f"ASV{d(4)}", f"primer 515F {bases}", f"forward:{bases}", f"index {bases[:8]}+{bases[8:16]}", f"probe_{d(7)}", f"tig{d(8)}",
        f"Cluster-{d(5)}.{d(4)}", f"gene{d(6)}-mRNA-1", f"AT{rng.randint(1, 5)}G{d(5)}.1", f"LOC{d(9)}", f"Os0{rng.randint(1, 9)}g0{d(6)}", f"evm.model.Chr{d(2)}.{d(4)}", f"maker-scaffold{d(4)}-snap-gene-{d(1)}.{d(2)}-mRNA-1", f"sp|P{d(5)}|ALBU_HUMAN", f"pdb|{d(1)}ABC|A", f"ref|NM_{d(6)}.3|", f"CDS_{d(6)}_{d(7)}", f"orf{d(5)} {d(6)} {d(6)} + 0",
    )  # fmt: skip


def _gene(rng: random.Random) -> Sequence[str]:
    gene = rng.choice(
        (
            "TP53",
            "BRCA1",
            "KRAS",
            "HLA-DRB1*04:01",
            "miR-155",
            "IL6",
            "CD8A",
            "GAPDH",
            "MIR21",
            "H2AX",
            "SARS-CoV-2 S",
            "ACTB",
            "16S rRNA",
            "CYP2D6*10",
            "MT-CO1",
            "NR3C1",
        )
    )
    d = lambda n: digits(rng, n)  # noqa: E731
    return (
        f"{gene}", f"{gene} c.{d(4)}G>A", f"유전자: {gene}", f"유전자 이름 {gene}", f"gene name: {gene}", f"{gene} p.R{d(3)}H", f"{gene} {d(2)}.{d(2)} TPM", f"{gene}_{d(6)}", f"HLA-A*{d(2)}:{d(2)}:{d(2)}", f"IP: {gene}", f"IP {gene} ChIP", f"anti-{gene} 1:{d(4)}", f"{gene} siRNA {d(6)}", f"{gene}-{d(3)}-{d(4)}",
    )  # fmt: skip


def _place(rng: random.Random) -> Sequence[str]:
    place, institute, species = rng.choice(PLACES), rng.choice(INSTITUTES), rng.choice(SPECIES)
    return (
        place, f"채집지: {place}", f"South Korea: {place}", f"{place} 일원", institute, f"기관명: {institute}", f"{institute} 은행", f"{institute} 제공", f"기탁자: {institute}", species, f"{species} 잎", f"국명: {species}", f"품종 이름: {species}", f"{species}(암컷)", f"{species} 유래 균주", f"이름: {species}", f"{species}_R1.fastq.gz", f"{species}-잎-1.fastq",
        f"{place} {species}", f"{species} 3반복", f"시료명 {species}", f"{species} 45일령", f"SM:{species}", f"{place} 토양", f"{institute} 기증", f"일반명 {species}",
    )  # fmt: skip


def _table(rng: random.Random) -> Sequence[str]:
    d = lambda n: digits(rng, n)  # noqa: E731
    row = [d(rng.randint(1, 8)) for _ in range(rng.randint(5, 9))]
    return (
        "\t".join(row), ",".join(row), f"gene{d(3)}," + ",".join(row), f"{d(6)},{d(7)},{d(6)},{d(7)}", f"sample\t{d(6)}\t{d(7)}\t{d(2)}.{d(3)}", f"{d(1)},{d(3)},{d(3)}", f"{d(3)},{d(3)},{d(3)},{d(3)}", f"{rng.uniform(0, 1):.10f}", f"{rng.uniform(0, 1):.4e}", f"{d(3)} ± {d(2)}", f"n={d(6)}", f"reads: {d(8)}", f"{d(2)},{d(3)},{d(3)} reads", f"Q30 {d(2)}.{d(2)}%", f"{d(6)} {d(5)} {d(6)}",
        f"0.0{d(8)}", f"1e-{d(2)}", f"{d(4)}x{d(4)}", f"{d(2)}:{d(2)}:{d(2)}", f"{d(3)}/{d(4)}/{d(4)}", f"mean {d(3)}, sd {d(2)}, n {d(3)}", f"{d(6)} reads, {d(7)} bases", f"{d(6)}/{d(7)} mapped", f"{d(6)}; {d(5)}",
    )  # fmt: skip


def _read(rng: random.Random) -> Sequence[str]:
    d = lambda n: digits(rng, n)  # noqa: E731
    day = f"{rng.randint(15, 26)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    return (
        f"@VH00{d(3)}:{d(2)}:AAA{d(4)}M5:1:1101:{d(5)}:{d(4)} 1:N:0:ACGTACGT+TTGGCCAA", f"@LH00{d(3)}:{d(3)}:22{d(4)}LT3:1:1101:{d(5)}:{d(4)}", f"@M0{d(4)}:{d(3)}:000000000-K{d(3)}A:1:1101:{d(5)}:{d(4)}", f"@V350{d(6)}L1C001R0010{d(6)}/1", f"@E200{d(6)}L1C001R0{d(9)}", f"@FP{d(9)}L1C001R{d(10)}", f"@m84{d(3)}_{day}_{d(6)}_s1/{d(8)}/ccs",
        f"@SRR{d(8)}.{d(7)} {d(7)} length=151", f"@ERR{d(7)}.{d(6)} HS{d(2)}_{d(5)}:8:1101:{d(4)}:{d(5)}#1/1", f"{day}_A00{d(3)}_0{d(3)}_BH{d(3)}WDSX3", f"{day}_VH00{d(3)}_{d(2)}_AAA{d(3)}HV", f"20{day}_1{d(3)}_MN{d(5)}_FAX{d(5)}_{rng.getrandbits(32):08x}", f"@HWI-ST{d(3)}:{d(3)}:C{d(3)}ACXX:{d(1)}:1101:{d(4)}:{d(4)}", f"@{day}:{d(3)}:{d(5)}", f"m{d(5)}_{day}_{d(6)}.subreads.bam",
        f"FAX{d(5)}_pass_{rng.getrandbits(32):08x}_{d(3)}.fastq.gz", f"S{d(2)}_L00{rng.randint(1, 8)}_R1_001.fastq.gz", f"{day}-{d(3)}_S{d(2)}_R2_001.fastq.gz", f"KPGP-{d(5)}_L1.bam", f"HG0{d(4)}.cram", f"NA{d(5)}.bam", f"@PG\tID:bwa\tVN:0.7.17-r1188\tCL:bwa mem -t {d(2)} ref.fa s{d(4)}_1.fq.gz", f"@SQ\tSN:chr1\tLN:{d(9)}\tM5:{rng.getrandbits(128):032x}", f"@RG\tID:{d(7)}.{d(2)}\tSM:T{d(4)}\tPU:HABC{d(3)}.1\tDT:20{d(2)}-05-1{d(1)}",
        f"##contig=<ID=chr{d(2)},length={d(9)}>", f"##fileDate=20{day}", f"##bcftools_callCommand=call -mv; Date=Mon May 1{d(1)} 1{d(1)}:{d(2)}:{d(2)} 20{d(2)}", f"##SAMPLE=<ID=S{d(4)},Genomes=Tumor>", f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS{d(6)}\tN{d(5)}", f"NB55{d(4)}_{d(3)}_HW{d(2)}KBGXF",
    )  # fmt: skip


def _file(rng: random.Random) -> Sequence[str]:
    d = lambda n: digits(rng, n)  # noqa: E731
    species = rng.choice(SPECIES)
    return (
        f"sample_{d(6)}_R1.fastq.gz", f"{d(8)}_S{d(2)}.bam", f"대조군_{d(2)}_R1.fastq.gz", f"종양조직_{d(3)}.bam", f"유방암_{d(2)}.vcf", f"정상조직-{d(2)}.fastq", f"{species}_{d(2)}.fasta", f"원시데이터_{d(8)}.zip", f"시료목록_20{d(2)}0{rng.randint(1, 9)}1{d(1)}.xlsx", f"최종본_v{d(1)}.xlsx", f"한국인_{d(3)}.bam", f"분석결과_{d(6)}.tsv", f"제주_{d(2)}_토양.fastq.gz", f"patient_{d(3)}_tumor.bam", f"P{d(3)}_T1.bam",
        f"donor{d(2)}_PBMC.fastq.gz", f"환자군_{d(2)}.bam", f"환자{d(2)}_혈액.bam", f"기증자_{d(2)}.fastq.gz", f"고추잎_{d(1)}.fq.gz", f"오대산_{d(2)}.fastq.gz", f"신규_{d(2)}.bam", f"이차시퀀싱_{d(2)}.fq.gz", f"전사체_{d(2)}.fastq.gz", f"장내미생물_{d(2)}.fastq.gz", f"구강_{d(2)}.fastq.gz", f"조직_{d(2)}.svs", f"GSM{d(7)}_{d(6)}.CEL.gz", f"{d(12)}_R01C01_Grn.idat",
    )  # fmt: skip


# Words with the surname of many people and the end of many given names.
ALIKE = (
    "편도선", "이하선", "설하선", "현미경", "방사선", "황산철", "인산염", "염화철", "정제수", "방류수", "이온식", "배양식", "기형아", "성숙아", "정상아", "송사리", "안남미", "서목태", "용설란", "금목서", "위령선", "강명태", "신결석", "나병환", "반사율", "함수율", "이환율", "연마재", "전자석", "주사식",
    "하천수", "지하철", "여름철", "문서철", "제자리", "정수리", "유리수", "국제선", "우주선", "마무리", "한국식", "서양식", "조제식", "구강경", "방광경", "심장경", "산호초", "오미자", "고구마", "신생아", "침샘", "전립선", "갑상선", "부갑상선", "흉선", "유선", "고환", "기관지", "구내염", "지방간",
)  # fmt: skip


def _word_file(rng: random.Random) -> Sequence[str]:
    word, n = rng.choice(ALIKE), rng.randint(1, 99)
    return (
        f"{word}_R1.fastq.gz", f"{word}-{n}.bam", f"{n}_{word}.fq.gz", f"{word}.vcf.gz", f"정상_{word}_{n}.fastq", f"S{n}_{word}_종양.bam", f"@RG\tID:1\tSM:{word}_{n}",
    )  # fmt: skip


def _ordinary(rng: random.Random) -> Sequence[str]:
    """Numbers of things with thirteen digits, and rows of single ones."""
    d = lambda n: digits(rng, n)  # noqa: E731
    day = f"{rng.randint(15, 26)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    return (
        f"{day}000{d(4)}", f"{day}00{d(5)}", f"SN{d(13)}", f"EGAD{d(13)}", f"{day}0{d(6)}", f"KBN{day}{d(7)}", f"{d(13)}A", " ".join(rng.choices("012", k=20)), " ".join(rng.choices("0123456789", k=17)), f"0 {' '.join(d(13))} 1",
    )  # fmt: skip


def _word(words: Sequence[str]) -> Make:
    return lambda rng: rng.choice(words)


DECOYS: dict[str, Make] = {
    "accession": _of(_accession), "date": _of(_date), "catalogue": _of(_catalogue), "plate": _of(_plate), "reference": _of(_reference), "coordinate": _of(_coordinate), "sequence": _of(_sequence), "gene": _of(_gene), "place": _of(_place),
    "table": _of(_table), "read": _of(_read), "file": _of(_file), "grant": _of(_grant), "clinical": _word(CLINICAL), "english": _word(ENGLISH), "word-file": _of(_word_file), "ordinary": _of(_ordinary),
}  # fmt: skip


def _plain_cell(rng: random.Random) -> tuple[str, str]:
    d = lambda n: digits(rng, n)  # noqa: E731
    return rng.choice((
        ("시료명", rng.choice(SPECIES)), ("채집지", rng.choice(PLACES)), ("기관", rng.choice(INSTITUTES)), ("비고", rng.choice(CLINICAL)), ("균주 등록번호", f"KCTC {d(5)}"), ("sample_name", f"S{d(6)}"), ("collection_date", f"20{d(2)}0{rng.randint(1, 9)}1{d(1)}"), ("품종 이름", rng.choice(SPECIES)), ("채취일", f"20{rng.randint(10, 26)}-03-1{d(1)}"), ("농도", f"{d(2)}.{d(2)}"),
        ("read_count", d(8)), ("taxid", d(6)), ("바코드", d(12)), ("host_subject_id", f"P{d(3)}"), ("기탁번호", d(8)), ("과제번호", f"17111{d(5)}"), ("lot", d(8)), ("file_size", d(10)), ("position", d(8)), ("시료번호", d(8)), ("실험번호", f"{d(6)}-{d(2)}"), ("파일 이름", f"{rng.choice(SPECIES)}_{d(2)}.fastq.gz"), ("strain name", f"{rng.choice(SPECIES)}"), ("국명", rng.choice(SPECIES)), ("한글 이름", rng.choice(SPECIES)),
        ("library_name", f"L{d(6)}"), ("patient age", d(2)), ("patient sex", "여"), ("환자군", "유방암"), ("환자 나이", d(2)), ("동의 여부", "예"), ("기증자 성별", "남성"), ("이름", f"sample{d(3)}"), ("성별", "남"), ("patient group", f"A{d(1)}"),
    ))  # fmt: skip


PLAIN_CELLS: dict[str, Callable[[random.Random], tuple[str, str]]] = {"cell": _plain_cell}
