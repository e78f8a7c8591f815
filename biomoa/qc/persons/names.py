"""Whether Hangul after a label is the name of a person or one of the many words that begin like a surname."""

from __future__ import annotations

import re

from biomoa.qc.persons.words import ALSO_NAMES, NO_NAMES, NO_SHORT_NAMES, OF_CROPS_AND_RIVERS

SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진나지엄채원천방공현함변염여추도소"
    "석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용봉좌승팽"
)
TWO_SYLLABLES = "남궁|황보|제갈|선우|독고|사공|서문"
NAME = rf"(?:{TWO_SYLLABLES}|[{SURNAMES}])[가-힣]{{1,3}}"
# Syllables that given names are made of; every other word begins with a surname, few go on with two of these.
GIVEN = (
    "가강건겸결겨경고공관광교구국권규균근금기길나난남노누늘니다단달담덕도동두든들라란람랑래려련령로록롬롱루류르름리린림"
    "마만명모목무문미민바배범벼별병보복봄봉비빈빛사산삼상새샘서석선설섭성세소솔솜송수숙순슬승시신실심쁨아안애양언여연"
    "열영예오옥온완용우욱운울웅원월유윤율은을음이익인일임자장재정제종주준중지진찬창채철청초춘치탁태택테푸하학한해향"
    "헌혁현형혜호홍화환효후훈휘흥희룡몽식갑득돈"
)
PARTICLES = "의은는을를께"
# Given names of the old, of syllables that later ones do not have.
OLD_GIVEN = (
    "말[순자숙녀남]|점[순례분이녀]|복[례녀돌]|판[석수순돌]|칠[성복]|팔[봉복용]|용팔|필[순례녀남]|끝[순자남분]|귀[례순분남동자녀]|막[례순동녀]|"
    "분[이순남례녀]|[순옥금삼쌍]례|[순금옥]녀|[복순]점|[종춘만삼두]팔|간난"
)
# Syllables that other words have more often: only with those that make a name of them.
RARER_GIVEN = (
    "대[성현호영훈희진준용원우환철권근규웅]|의[진현영찬정석]|치[영훈호우현]|충[현호희]|요[한셉섭]|"
    "[재종성상정동병영기경인승진태규명창현](?:필|곤|엽|협|묵)"
)
WHOLE = rf"(?:{TWO_SYLLABLES}|[{SURNAMES}])(?:[{GIVEN}]{{2}}|{OLD_GIVEN}|{RARER_GIVEN})"
WHOLE_NAME = re.compile(WHOLE)

# A label that asks for a name, and one that only says what the person is: a name is no more than likely after it.
ASKING = re.compile(
    r"(?:성\s?명|성\s?함|姓\s?名|이름|name|환자\s?명|(?:patient|donor|subject|participant|full)(?:'s)?[\s_]?name)"
    r"|.*(?:명|이름|성명|성함)",
    re.I,
)
OF_PERSONS = re.compile(r"(?:성\s?명|성\s?함|姓\s?名|환자\s?명|patient.*name)", re.I)  # nothing else is called so
OF_ANYTHING = re.compile(r"이\s{0,2}름|name.*", re.I)  # crops and rivers have one, too
GIVEN_OF_ONE = frozenset("준율건민현철훈진솔별웅혁숙란영빈결욱환")  # after a surname: a whole given name
SIGNING = re.compile(r"(?:보호자|동의자|대리인|법정대리인|신청인)")
SIGNS = re.compile(r"\s?(?:동의|서명|확인|날인|\(인\)|귀하|씨)")
LAST_OF_GIVEN = frozenset(
    "민서우윤준은현수영진호경미선재철숙희연훈환석혁빈율아린나리순옥규태식범란별솔슬찬"
)  # and of few words
OF_A_THING = re.compile(
    r"(?:품종|균주|균종|기관|시료|검체|샘플|파일|유전자|세포주?|식물|작물|동물|어종|과제|연구|사업|제품|상품|열|항목|변수|국가|지역|도시|단백질|"
    r"약물|약제|질병|질환|진단|그룹|집단|장비|기기|학교|회사|저널|부서|프로젝트|데이터|라이브러리|생물|숙주|분류군?|"
    r"sample|strain|gene|species|organism|variety|cultivar|file|project|study|library|cell(?:[\s_]line)?|protein|drug|"
    r"product|common|scientific|taxon|institute|host|isolate|breed|field|column|center|local|korean)[\s_]?$",
    re.I,
)
PLAIN = re.compile(r"[\s_,]+")  # what stands between a label and any other word, too
# Words that many names begin with, too: these syllables after them make a name.
_NAMED = "범숙현민우호훈희철진윤미준용욱혁규영덕협엽봉률율린순빈태식연옥찬서재슬별란섭환종선경상석"
# The same of words that go on in more ways: none that makes another word of them.
_NAMED_ALONE = "숙현민우호훈희철진윤준욱혁규영덕협엽봉린순빈태옥찬슬섭환석람아"
WORDS = re.compile(
    rf"(?:주민|정상|정보|최종|최근|우선|신원|남성|주소|이상)(?![{_NAMED}]$|[아람]$)"
    rf"|(?:유지|고지)(?![{_NAMED_ALONE}은안율원]$)|(?:하나|정의|전화|신고|문의|연구|조사)(?![{_NAMED_ALONE}은안율]$)"
    rf"|(?:구성|유전|방문|지원|기본|선정)(?![{_NAMED_ALONE}]$)"
    r"|(?:신분|민번|외국|여권|면허|차트|병록|진료|동의|이름|없음|미상|서명|확인|번호|연락|성별|안내|제공|수|조직|혈액|"
    r"전체|모집|제외|기준|나이|연령|진단|설명|유무|이하(?:의|로)?(?![가-힣])|유래|추적|선별|구분|"
    r"공여|관리|주치|치료|심사|보호|인원|명단|등록|표본|코드|하위|상태|최초|집단|대조|환자|여성|남자|여자|"
    r"기재|기입|작성|필수|선택|입력|비고|공란|가명|익명|비공|비식|생략|해당|불명|모름|원본|사본|변경|현재|양식|"
    r"고혈|유방|우울|백혈|전립|심부전|염색|표준|기증|승인|정해진|위경도|유용성|원산지|기탁|서열|문항|오류|주십)"
    # Whole words only: real names begin so.
    r"|(?:길이|문서|문자|문제|변수|신고|우려|위도|위치|장소|정수|표기|표지|염기|장비|전이|이후|이전|이력|기록|연결|제목|제안|지금|기한|권한|방향|변동|"
    r"변형|설정|성명|연장|원인|원장|유형|이용|인정|전송|조건|연산|제한|주기|지표|성인|노인|소아|임상|서면|설명|정보|연락|양성|음성|신규|이식|조합|신장|심장|천식|"
    r"문진|안전|지역|지정|추가|허용|신청|인용|정리|유효|정정|선언|이동|이송|한글|영문|한국인|한국어|고령|공개일?|백신|임신|임신부|방사선|주요)"
    r"(?:[이가은는을를의에도로와과만별]|으로|에서|[한해된할])?$"
    r"|(?:위장관|공화국|유산균|고초균|성장기|소화기|안정기|심장병|조현병|기관지|연구비|전임상|설명문|설문지|고지서|신청서|설명서|주소지|주소록|이름순|제목순|"
    r"최근순|최신순|우심실|전산실|조산아|심사용|고령자|심사자|신청자|지원자|소문자|고도화|소재화|선진화|채소류|표현형|한국형|어린이|고양이|고구마|"
    r"옥수수|이라고|하지만|정하지|정하고|정하기|남기지|고치지|여기서|전라남|지중해|우산이|문진표|이름만|어머니|성조숙)$"
)

# What stands in place of a name where only a name can stand.
NEVER = re.compile(
    r"(?:기재|기입|작성|필수|선택|비공|비식|비고|공란|공개|가명|익명|무명|생략|해당|불명|모름|미상|수집|제외|제공|삭제|여성|남성|여자|남자|정상|"
    r"동의|이하|전체|성명|이름|주소|연락|전화|주민|환자|보호|신청|확인|원본|사본|표본|코드|연구|심사|나이|연령|없음|차트|기본|"
    rf"양식|주치|조직|최초|현재|노인|소아|성인|임신|임상)(?![{_NAMED_ALONE}은늘미]$)"
)
ENDS_AS_WORD = re.compile(r"[가-힣]{2}[한해된할]$")  # "of which one made": no name that is not asked for ends so


def is_person(name: str) -> bool:
    """Three syllables of a name that stand where no label asks for one."""
    return name not in NO_NAMES and not WORDS.match(name) and not ENDS_AS_WORD.match(name)


def is_name(label: str, separator: str, name: str, before: str, after: str) -> bool:
    """``separator`` stands between label and name, ``before`` before the label, ``after`` behind the name."""
    is_plain, asks = PLAIN.fullmatch(separator) is not None, ASKING.fullmatch(label) is not None
    if asks and OF_A_THING.search(before):
        return False
    if OF_ANYTHING.fullmatch(label):
        return _is_name_of_anything(name, is_plain=is_plain)
    if is_asked(label, separator, name):
        return True
    if WORDS.match(name) or (name in NO_NAMES and (is_plain or name not in ALSO_NAMES)):
        return False
    if SIGNING.fullmatch(label) and SIGNS.match(after):
        return True
    if _is_whole(name):
        return True
    is_of_persons = OF_PERSONS.fullmatch(label) is not None
    if asks and not is_plain:
        return len(name) == 2 or is_of_persons
    return (is_of_persons or not is_plain) and _is_short(name)


def is_asked(label: str, separator: str, name: str) -> bool:
    """Where a sign other than a blank stands after a label that only persons have, nothing but a name is written: also
    names that are words elsewhere."""
    if not ASKING.fullmatch(label) or OF_ANYTHING.fullmatch(label) or PLAIN.fullmatch(separator):
        return False
    return _is_written_whole(name) and not NEVER.match(name)


def _is_name_of_anything(name: str, *, is_plain: bool) -> bool:
    if WORDS.match(name) or name in NO_NAMES or name in OF_CROPS_AND_RIVERS or name.endswith("강"):
        return False
    return _is_whole(name) or (not is_plain and _is_short(name))


def is_any_name(name: str) -> bool:
    """Of three syllables, after a label that crops and rivers have too."""
    return is_person(name) and _is_name_of_anything(name, is_plain=True)


def _is_whole(name: str) -> bool:
    return _is_written_whole(name) or (
        name[-1] in PARTICLES and _is_written_whole(name[:-1]) and not WORDS.match(name[:-1])
    )


def _is_written_whole(name: str) -> bool:
    return WHOLE_NAME.fullmatch(name) is not None


def _is_short(name: str) -> bool:
    return len(name) == 2 and name[1] in GIVEN_OF_ONE and name not in NO_SHORT_NAMES
