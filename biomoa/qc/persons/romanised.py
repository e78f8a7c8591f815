"""Korean names in Latin letters after a label of persons: family and given name either way round."""

from __future__ import annotations

import re
from collections.abc import Iterator

from biomoa.qc.persons.late import late

_WRITTEN_FAMILIES = """
kim gim lee yi rhee rhie ri lie park pak bak choi choe chey choy jung jeong chung cheong jong kang gang cho jo joh
chough yoon yun youn yune jang chang zang lim im yim rim han oh seo suh so shin sin shim sim kwon gwon kweon hwang
whang ahn an ann song ryu yoo you yu ryoo hong jeon jun chun chon jhun koh ko go goh moon mun yang ryang liang son
sohn bae pae bai baek paek baik back paik heo hur huh hu her nam noh no roh ro rho ha kwak gwak kwack sung seong cha
tcha joo ju chu zoo woo wu u koo gu ku goo min na ra rha jin chin ji jee chi gi ki kee um eom uhm chae chai won weon
cheon bang pang pahng kong gong hyun hyeon hyon ham hahm byun byeon pyun pyon yeom yum yeum youm yeo yuh choo do doh
dho seok suk sok sun seon sul seol ma mah gil kil yeon wi wee pyo myung myeong ban pan wang geum keum ok oak yuk
yook in ihn maeng je jae mo mao tak kuk guk kook eun yong bong namgung hwangbo sunwoo seonu jegal
"""
FAMILIES = frozenset(_WRITTEN_FAMILIES.split())

# What is a word as well: beside it only Korean syllables make a name.
_WRITTEN_ALSO_WORDS = """
so no do an go in you back her na ma mo ok sin sun son gene min lie im pan gang gong zoo can bai je
"""
_ALSO_WORDS = frozenset(_WRITTEN_ALSO_WORDS.split())

_WRITTEN_SYLLABLES = """
min jun joon june seo suh yeon youn yun yoon ji jee hoon hun hyun hyeon hyon woo wu u gil kil dong young yeong yung
soo su eun un sun seon son hee hui hi jae je jin sang sung seong kyung gyeong kyoung kyeong gyung mi mee ho hwa hwi
hye hae hyo na ra ha da bin won weon tae chul cheol chol ki gi kee gyu kyu byung byeong byoung kwang gwang in ihn il
hwan han chan chang deok duk duck do doo gun geon keon kun jong joong jung jeong joo ju ja kang kyeom gyeom myung
myeong myoung moon mun nam ok pil ryeong ryong ryung sook suk sug seok shik sik shin sin si shi sol song yang ye yae
yoo yu you yul yeol yong a ah an ahn ae bae baek beom bum bom bo bok boram choon chun ran rae rin rim ri ro roo ryul
taek ui eui wook uk ug ook woong ung yi i lee hak heon hyuk hyeok hyoung hyung heung hong kuk guk kook keun geun gan
ga gyo mo mok ni se sae areum ah-reum seul sul seulgi narae saem byul byeol eol eum im lim om ru sa salang sarang
hana dan dam jaehyuk jo cho ko go ku gu kyo mu pyo pyeong pung
"""
_SYLLABLES = _WRITTEN_SYLLABLES.split()
_SYLLABLE = "|".join(sorted(set(_SYLLABLES), key=len, reverse=True))
_TWO_SYLLABLES = late(rf"(?:{_SYLLABLE})[\-_ ]?(?:{_SYLLABLE})", re.I)
# Words of other things that are made of such syllables, or stand beside a word that is a family's name.
_WRITTEN_WORDS = """
soil mine china gene hanbok bin gun bean lab labs cell cells line lines tissue tissues blood tumor tumour sample
samples cohort group groups study studies age ages sex value values max mean virus strain strains river island lake
sea mountain chinese korean japanese human humans mouse kong dynasty domain protein genes stage index biobank bank
type number id no code data date test tests panel organoid organoids derived xenograft pool lot batch control case
cases normal healthy score status consent form unit ward visit visits and or of the with without from for not is was
has have in at by on to anonymised anonymized anonymous withheld unknown none plasma serum liver lung brain heart
kidney skin bone colon gut stool urine saliva cancer disease syndrome model dna rna grass experiment side reef red
jellyfish crab hospital university institute center centre city county bird tree rice breed pig dog cow
cattle goat
"""
_WORDS = frozenset(_WRITTEN_WORDS.split())

_WORD = r"[A-Za-z]{1,12}(?:-[A-Za-z]{1,8})?"
_WORDS_AHEAD = rf"({_WORD}(?:(?:, ?|[ _]){_WORD}){{1,2}})(?![A-Za-z0-9])"
_PERSON = r"(?:patients?|pt|donor|subject|participant|guardian|proband|mother|father|parent|spouse|husband|wife|child)"
OF_PERSONS = late(
    rf"(?<![A-Za-z])(?:{_PERSON}(?:/{_PERSON})?\.?(?:'s)?(?:[ _]?(?:full[ _]?)?name)?"
    rf"|name[ _]of[ _](?:the[ _])?{_PERSON}|mrs?\.|ms\."
    r"|(?:환자|대상자|피험자|보호자|기증자|공여자|수검자|수진자|산모|환아|참여자|동의자)\s?(?:이름|성명|명)?|성\s?명|성\s?함|영문\s?(?:이름|성명|명)"
    r"|이름\s?\(?영문\)?)(?:\s?\((?:영문|영어|english|eng|en)\))?(?: is)?[\s:=._\-\"'|(/]{1,4}"
    rf"{_WORDS_AHEAD}",
    re.I,
)
OF_ANYTHING = late(
    rf"(?<![A-Za-z_])(?:(?:full|real|legal)?[ _]?name(?:[ _]?(?:en|eng|english|kr|kor))?|이름)"
    rf"\s?[:=][\s\"']{{0,3}}{_WORDS_AHEAD}",
    re.I,
)
# Before a label of anything: of what it is the name.
OF_A_THING = late(
    r"(?:sample|strain|gene|species|organism|variety|cultivar|file|project|study|library|line|protein|drug|product|common|scientific|"
    r"taxon|institute|host|isolate|breed|field|column|center|local|korean|virus|site|place|group|user|last|run|시료|품종|균주|종|파일|유전자)[\s_]?$",
    re.I,
)
# Of other peoples: a first name that hardly anything else has, or a family's name beside a capitalised word.
_FIRST = (
    "John|James|Robert|Michael|William|David|Richard|Joseph|Thomas|Charles|Daniel|Matthew|Anthony|Mark|Steven|Paul|Andrew|Joshua|Kevin|"
    "Brian|George|Edward|Peter|Mary|Patricia|Jennifer|Linda|Elizabeth|Barbara|Susan|Jessica|Sarah|Karen|Nancy|Lisa|Margaret|Sandra|Ashley|"
    "Emily|Donna|Michelle|Carol|Amanda|Melissa|Deborah|Stephanie|Rebecca|Laura|Anna|Maria|Jose|Juan|Carlos|Luis|Ahmed|Mohammed|Muhammad|"
    "Ali|Fatima|Aisha|Ivan|Sergei|Olga|Natalia|Hans|Pierre|Hiroshi|Takashi|Yuki|Wei|Xiaoming|Priya|Rahul"
)
_FAMILY = (
    "Nguyen|Tran|Pham|Hoang|Phan|Wang|Zhang|Zhao|Chen|Liu|Huang|Zhou|Tanaka|Suzuki|Sato|Takahashi|Watanabe|Yamamoto|Smith|Johnson|"
    "Williams|Brown|Jones|Miller|Davis|Garcia|Rodriguez|Martinez|Hernandez|Wilson|Anderson|Taylor|Ivanov|Ivanova|Khan|Singh|Kumar|Patel|Santos|Reyes"
)
_CAPITAL = r"[A-Z][a-z]{1,15}"
OF_OTHERS = late(
    rf"(?<![A-Za-z])(?i:{_PERSON})(?i:'s)?(?i:[ _]?name)?\s?[:=]\s?[\"']?"
    rf"((?:{_FIRST})[ _]{_CAPITAL}|{_CAPITAL},? (?:{_FIRST})"
    rf"|(?:{_FAMILY}),? {_CAPITAL}|{_CAPITAL}[ _](?:{_FAMILY}))(?![A-Za-z])"
)


def romanised(text: str) -> Iterator[tuple[int, int]]:
    """Places of names after labels."""
    for match in OF_PERSONS.finditer(text):
        count = next((count for count in (3, 2) if _is_of_a_person(_words(match[1])[:count])), 0)
        if count:
            yield match.start(1), _end(match, count)
    for match in OF_ANYTHING.finditer(text):
        before = text[max(0, match.start() - 24) : match.start()]
        count = next((count for count in (3, 2) if _is_korean(_words(match[1])[:count])), 0)
        if count and not OF_A_THING.search(before):
            yield match.start(1), _end(match, count)
    for match in OF_OTHERS.finditer(text):
        yield match.start(1), match.end(1)


def _words(written: str) -> list[str]:
    return re.split(r"[, _]+", written)


def _end(match: re.Match[str], count: int) -> int:
    """Behind so many of its words."""
    found = re.match(rf"[A-Za-z\-]+(?:[, _]+[A-Za-z\-]+){{0,{count - 1}}}", match[1])
    return match.start(1) + (found.end() if found else 0)


def _is_of_a_person(words: list[str]) -> bool:
    """Where only a name of a person stands, any capitalised words beside a family's name are one."""
    if _is_korean(words):
        return True
    if any(word.lower() in _WORDS or not word[0].isupper() for word in words):
        return False
    return any(_is_family(each) for each in (words[0], words[-1]))


def _is_family(word: str) -> bool:
    return word.lower() in FAMILIES and word.lower() not in _ALSO_WORDS


def _is_korean(words: list[str]) -> bool:
    """A family's name, and two syllables of given names in one word or in two."""
    for family, given in ((words[0], words[1:]), (words[-1], words[:-1])):
        written = " ".join(given)
        if family.lower() in FAMILIES and written.lower() not in _WORDS and _TWO_SYLLABLES.fullmatch(written):
            return True
    return False
