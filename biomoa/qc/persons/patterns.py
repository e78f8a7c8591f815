"""What identifiers look like. Every repetition is bounded, so that a search is linear in the length of the text."""

from __future__ import annotations

import re

from biomoa.qc.persons.late import late
from biomoa.qc.persons.names import GIVEN, NAME, SURNAMES, TWO_SYLLABLES, WHOLE

SEP = r"[\s\-_.·/~()*]{0,3}"
ODD = r"[\s\-_.·/~()*,;:|=+#\\'\"&\[\]]{1,4}"  # between the parts of a number that cannot be another
AFTER = r"[\s:=\"'#,|(\[{\t_\-/<>]{0,6}(?:(?:is|은|는|No\.?|번호)[\s:=_]{1,3})?"
EDGE = r"(?<![0-9])(?<![0-9]\.)"
END = r"(?![0-9])"
RRN = late(rf"{EDGE}([0-9]{{6}})([\s\-_./·~:|,;+\"'()*=#\\&<>]{{0,5}})([0-9]{{7}}){END}")
_GAP = r"(?:[년월일]\s?-?\s?|[^0-9A-Za-z가-힣]{0,3})"
# After a label that nothing else has, in as many parts as anybody likes.
RRN_NAMED = late(
    r"(?:주민(?:등록)?\s?(?:번호)?|민번|신분번호|외국인\s?(?:등록\s?)?번호|거소\s?신고\s?번호|\bRRN|(?:resident|alien)(?:\s?registration)?\s?(?:number|no\b)|national\s?id\b|\bARC\s?no\b)[^0-9\n]{0,12}"
    rf"((?:19|20)?[0-9]{{2}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}}{_GAP}[0-9](?:{_GAP}[0-9]){{6}}){END}",
    re.I,
)
# Thirteen single digits; of a longer row of them, as of counts, no part is a number.
SPACED = late(rf"{EDGE}(?<![0-9] )[0-9](?:[ \-][0-9]){{5}}([ \-]{{0,5}})[0-9](?:[ \-][0-9]){{6}}(?! ?[0-9])")
RRN_LONG = late(rf"{EDGE}((?:19|20)[0-9]{{6}})( ?[-_] ?)([0-9]{{7}}){END}")
RRN_PARTED = late(
    rf"{EDGE}([0-9]{{6}}|[0-9]{{2}}[.\-/][0-9]{{2}}[.\-/][0-9]{{2}})([-\s]{{1,3}})([0-9])[- ]?([0-9]{{6}}){END}"
)
RRN_GAPPED = late(r"[0-9]{6}-[0-9] [0-9]{6}")
RRN_HALVES = late(rf"앞\s?(?:자리|번호)?[^0-9\n]{{0,6}}([0-9]{{6}})([^0-9\n]{{1,12}})([0-9]{{7}}){END}")
# The second half first, or named as such: its label says whose halves they are.
_BACK = r"[뒤뒷]\s?(?:자리|번호)[^0-9\n]{0,6}"
RRN_BACK_FIRST = late(rf"[뒤뒷][^0-9\n]{{0,10}}([0-9]{{7}})[^0-9\n]{{1,10}}앞[^0-9\n]{{0,8}}([0-9]{{6}}){END}")
RRN_BACK_NAMED = late(rf"{EDGE}([0-9]{{6}})[^0-9\n]{{0,10}}{_BACK}([0-9]{{7}}){END}")
# Also with some of its digits: birth and sex can be read.
MASK_SIGNS = "*xX●○◯〇■□▲◆×＊#"
RRN_MASKED = late(rf"{EDGE}[0-9]{{6}}(?: ?[-_] ?)?[0-9](?:[0-9]{{0,4}})[{MASK_SIGNS}]{{2,6}}(?![0-9A-Za-z])")
UUID_TAIL = r"(?<![0-9a-f]{4}-[0-9a-f]{4}-)"
MOBILE = late(
    rf"(?<![0-9A-Za-z])(?<![0-9]\.){UUID_TAIL}[(\[]?01(?:0\]?{SEP}[0-9]|[16789]\]?{SEP}[0-9]?)[0-9]{{3}}{SEP}[0-9]{{4}}{END}"
)
MOBILE_ODD = late(rf"(?<![0-9A-Za-z])(?<![0-9]\.)01[016789]({ODD})[0-9]{{3,4}}\1[0-9]{{4}}{END}")
INTERNATIONAL = late(
    rf"(?<![0-9A-Za-z])(?:\+|00[127]?[\s\-]?|\(\+?){{1,2}} ?82{SEP}(?:0{SEP})?"
    rf"(?:1[016789]|2|[3-6][1-5]|70){SEP}[0-9]{{3,4}}{SEP}[0-9]{{4}}{END}"
    rf"|(?<![0-9A-Za-z.\-])82-(?:2|[3-6][1-5]|70|1[016789])-[0-9]{{3,4}}-[0-9]{{4}}{END}"
    rf"|(?<![0-9A-Za-z.\-/:])(?<![0-9][ ,;\t])"
    rf"82[\s\-]?0?10[\s\-]?[0-9]{{4}}[\s\-]?[0-9]{{4}}(?![0-9A-Za-z\-]|[ ,;\t.][0-9])"
)
LANDLINE = late(
    r"(?<![0-9A-Za-z\-])(?<![0-9]\.)\(?0(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50[2-8]?)(?:\)|[\s.\-_)~])[\s\-_]{0,2}[0-9]{3,4}[\s.\-_~]{1,2}[0-9]{4}(?![0-9\-])"
    # Of Seoul in two parts: no day, and not one of a row of numbers.
    r"|(?<![0-9A-Za-z\-.])(?<![0-9][ ,;\t])02 (?!(?:19|20)[0-9]{6})[2-9][0-9]{6,7}(?![0-9A-Za-z\-.]|[ ,;\t][0-9])"
)
LABELLED_PHONE = late(
    rf"(?:전화(?:번호)?|연락처|휴대폰|휴대전화|핸드폰|팩스|\b(?:tel|phone|mobile|cell|fax|telephone)){AFTER}(\+?[0-9][0-9\-. ()]{{7,18}}[0-9])",  # noqa: E501
    re.I,
)
# After a label of telephones: numbers in many parts, and those that lost their nought in a spreadsheet.
PHONE_NAMED = late(
    r"(?:전화(?:\s?번호)?[12]?|연락처\s?[1-3]?|휴대폰(?:\s?번호)?|휴대\s?전화(?:\s?번호)?|핸드폰(?:\s?번호)?|폰\s?번호|팩스|☎|"
    r"\bcontact(?:[\s_]?(?:no|number|phone))?\.?(?=[\s:=_])|\bH\.?\s?P\b\.?|\bC\.\s?P\.|\bT\.|"
    r"\b(?:tel|phone|mobile|fax(?![0-9]{5}(?:_|\b))|telephone)(?:\s?(?:no|number))?\.?)[^0-9A-Za-z\n]{0,6}"
    r"(0(?!\.)(?:[^0-9A-Za-z가-힣\n]{0,3}[0-9]){8,10}|\+?82(?:[^0-9A-Za-z가-힣\n]{0,3}[0-9]){8,11}"
    r"|1[016789](?:[^0-9A-Za-z가-힣\n]{0,3}[0-9]){7,8})(?![0-9])",
    re.I,
)
# Numbers of offices for the whole country: no person has one.
NATIONWIDE = late(r"1[3568][0-9]{2}[\-. )]{0,2}[0-9]{4}(?![\-. ]?[0-9])|1[0-9]{3}[\-. ]?[0-9]{4}\Z")
# A day of 2001 and a running number has as many digits as an old telephone.
DAY_AND_NUMBER = late(r"01(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[\s\-_.][0-9]{4}\Z")
_DOT = r"(?:\.| \. | ?\(dot\) ?| ?\[dot\] ?)"
_KNOWN_HOST = r"(?:[\w\-]{1,63}\.){1,5}(?:kr|com|net|org|edu|gov|info|biz|ac)(?![\w])"
EMAIL = late(
    r"(?<![\w.+\-])[\w.+\-]{1,64} ?(?:@|\(at\)|\[at\]|\{at\}|<at>|\(?골뱅이\)?|&#64;|%40) ?"
    rf"(?:[\w\-]{{1,63}}{_DOT}){{1,5}}[A-Za-z가-힣]{{2,24}}(?![\w])"
    # Also names of files hold "_at_": cells_at_37C.fastq.gz.
    rf"|(?<![\w.+\-])[\w.+\-]{{1,64}}_at_(?:[\w\-]{{1,63}}{_DOT}){{1,5}}"
    r"(?:kr|com|net|org|edu|gov|info|biz|io|eu|jp|cn|us|uk|de|fr|ch|ca|au|tw|sg|in)(?![\w])"
    rf"|(?<![\w.+\-])[\w.+\-]{{1,64}}(?:-at-|#at#| ?앳 ?){_KNOWN_HOST}"
    r"|(?<![\w.+\-])[\w.+\-]{1,64} ?@ ?[\w\-]{1,63}, ?(?:(?:(?:ac|co|re|go|or|ne|pe), ?)?kr|com|net|org)(?![\w])"
    rf"|(?<![\w.+\-])[\w.+\-]{{2,64}}\(a\)(?:[\w\-]{{2,63}}{_DOT}){{1,5}}[A-Za-z]{{2,24}}(?![\w])"
    r"|(?<![\w.+\-])[\w.+\-]{1,64} at [\w\-]{1,63}(?: dot [\w\-]{1,63}){1,4}(?![\w])",
    re.I,
)
# "kim at snu.ac.kr", which is also how sentences name the place of data.
EMAIL_SPOKEN = late(rf"(?<![\w.+\-])([\w.+\-]{{1,64}}) at (?!www\.|ftp\.){_KNOWN_HOST}", re.I)
NO_USER = late(
    r"[a-z]*(?:ed|able|ing)|us|me|is|are|be|was|it|them|here|data|files?|code|codes|docs?|online|found|see|look|software|website|site|"
    r"sequences?|information|details|web|only|accession|more|page|tool|tools|team|also|kept|list|or|and|and/or|that|which|now",
    re.I,
)
BEFORE_MAIL = late(r"(?:e-?mail|메일|문의|연락|contact|mailto)[\s:=<(]{1,4}$", re.I)
OF_A_PROGRAM = late(r"(?:git|hg|svn)@[\w.\-]{1,64}[:/]")  # the address of a repository
PASSPORT = late(
    rf"(?:여권\s?(?:\(번호\)|번호|사본|No)?|passport(?:[\s_]?(?:number|no|id))?\.?|(?<![A-Za-z])PP\s?No\.?){AFTER}"
    r"([A-Z]{1,2}[\s\-]?[0-9]{3}\s?[A-Z]?[0-9]{4,5})(?![0-9])"
    r"|(?<![0-9A-Za-z])([MSRGD][0-9]{3}[A-Z0-9][0-9]{4})\s?\((?:여권|passport)",
    re.I,
)
# One digit for the kind of insured person, ten for the household.
INSURANCE = late(
    r"(?:(?:건강|의료)\s?보험\s?(?:(?:증(?:서)?|카드)\s?)?(?:번호|No\.?)|(?:건강|의료)\s?보험\s?(?:증|카드)|건보\s?(?:증\s?)?번호"
    r"|보험증\s?(?:번호)?|\b(?:(?:national )?health[\s_]insurance(?:[\s_]card)?|NHIS?)[\s_](?:number|no|id)\b\.?)"
    rf"{AFTER}([0-9]-?[0-9]{{10}})(?![0-9])",
    re.I,
)
LICENCE = late(rf"{EDGE}(?<!-)(?:1[1-9]|2[0-8])[\-. ][0-9]{{2}}[\-. ][0-9]{{6}}[\-. ][0-9]{{2}}(?![0-9\-])")
LICENCE_LABELLED = late(
    rf"(?:운전\s?면허(?:증)?(?:\s?번호)?|면허번호|driv(?:er'?s?|ing)[\s_]licen[cs]e){AFTER}"
    rf"((?:[가-힣]{{2}}[\s\-]?)?[0-9]{{2}}{SEP}[0-9]{{2}}{SEP}[0-9]{{6}}{SEP}[0-9]{{2}}|[가-힣]{{2}}[\s\-]?[0-9]{{2}}-[0-9]{{6}}-[0-9]{{2}})",
    re.I,
)
_OF_PATIENTS = r"(?:\s?\(\s?(?:of\s)?(?:환자|병원|외래|입원|patients?|pt|hospital)\s?\))?"
_RECORD_LABELS = (
    r"MRN(?![A-Za-z])|M\.?R\.?\s?(?:No|number|#)(?![A-Za-z])|unit[\s_](?:no|number)|(?:진료|OCS)\s?번호"
    r"|환자\s?(?:등록|고유|식별|관리)?\s?(?:번호|ID|식별자|코드|넘버)|(?<!업자)(?<!업자 )등록\s?번호"
    r"|(?:병록|원무|병원|입원|외래|수진자|수검자|피검자|내원)\s?(?:번호|ID)|(?:환자|병원|원무)[\s_]?ID|ID\s?번호\s?\(환자\)"
    r"|[차챠]트\s?(?:번호|넘버|No|#|ID|(?=[\s:=]{1,3}[0-9]))|의무\s?기록\s?(?:번호|No|ID|(?=[\s:=]{1,3}[0-9]))"
    r"|(?:Pt|EMR|OCS|hosp|pat)\.?[\s_]?(?:id|no|number|번호)|(?:EMR|chart|med(?:ical)?[\s_]rec(?:ord)?|patient|Pt)\s?#"
    r"|Med(?:ical)?[\s_]?Rec(?:ord)?[\s_]?(?:No|number|ID)|medical[\s_]record|patient[\s_\-]?(?:id|no|number)"
    r"|hospital[\s_](?:no|number|id)|chart(?:[\s_]?(?:no|number|id)|(?=\s?[:=]))"
    r"|(?:patient|hospital)[\s_]reg(?:istration)?[\s_.]{1,2}(?:no|number)"
)
_BETWEEN = r"[\s:;=→>\"'#,|(\[{_\-/<.]{0,6}(?:(?:is|이|가|은|는|No\.?|번호)[\s:=_.]{0,3})?"
_RECORD = (
    r"([0-9]{2,6}(?:-[0-9]{2,8}){1,3}|[0-9]{3,4} [0-9]{3,4}(?! ?[0-9])"
    r"|[A-Z]{0,2}-?[0-9]{5,12}(?:-[0-9]{1,4})?)(?![0-9])"
)
RECORD_NUMBER = late(rf"(?<![A-Za-z])(?:{_RECORD_LABELS}){_OF_PATIENTS}\.?{_BETWEEN}{_RECORD}", re.I)
# Labels that hospitals only have, so that also few digits in parts are a number.
OF_A_HOSPITAL = late(r"MRN|M\.?R|[차챠]트|병록|의무|원무|chart|medical|Med|hosp", re.I)
# Short labels that are written so and not otherwise: hospital number, unit number, chart number, patient.
RECORD_SHORT = late(
    r"(?<![A-Za-z0-9/])(?:HN|PID|PatID|PtID|[UC]/N)(?:\s?No\.?)?[\s:=.#]{1,3}"
    r"([A-Z]?[0-9]{6,12}|[0-9]{2}-[0-9]{6})(?![0-9A-Za-z\-])"
)
# A label of anything, and behind the number whose it is.
RECORD_OF_PATIENT = late(
    r"(?<![A-Za-z])(?:ID(?:\s?No)?|Reg(?:istration)?\.?\s?(?:No|number)|Case\s?No|No|접수\s?번호|번호|식별\s?번호)[\s:=.#]{0,4}"
    r"([A-Z]?[0-9][0-9\-]{4,11})\s?\((?:of\s)?(?:환자|patients?|pt)\)",
    re.I,
)
# Before "registration number": what is registered is no patient.
NOT_A_PATIENT = late(
    r"(?:균주|균종|특허|과제|상표|디자인|실용신안|품종|품종\s?보호|제품|사업자?|법인|허가|기관|자원|의약품|의료\s?기기|출원|표본|시료|검체|샘플|서열|"
    r"유전체|유전자|화합물|화학\s?물질|물질|데이터|데이터셋|자료|임상\s?시험|연구|종자|개체|동물|가축|시설|장비|기기|차량|논문|저작권|프로그램|"
    r"GenBank|NCBI|DDBJ|ENA|EMBL|UniProt|BioProject|BioSample|K-?BDS|KOBIC|CAS|LMO|GMO|IRB|KCTC|KACC|CRIS)\s?(?:의\s?)?$",
    re.I,
)
# Also without such a word: accessions of archives (two letters), and patents, models, designs and trade marks.
OF_AN_ARCHIVE = late(r"[A-Z]{2}-?[0-9]{5,12}\Z|[1-4]0-[0-9]{7}\Z", re.I)
NAME_LABELLED = late(
    r"((?:성\s?명|성\s?함|姓\s?名|이름|환자\s?명|보호자|피험자|대상자|기증자|공여자|제공자|참여자|신청인|환자|수검자|수진자|피검자|동의자|대리인|법정대리인|"
    r"산모|환아|환우|임부|배우자|모친|부친|어머니|아버지|남편|아내|자녀|아들|형제|자매|부모|(?:조|외조)[부모]|할머니|할아버지|"
    r"(?<![가-힣])(?:딸|[부모](?=\s?[:=]))|"
    r"(?<![A-Za-z])(?:pt|mother|father|parent|spouse|guardian)(?:[.'s]{1,3})?(?:[\s_]?name|(?=\s?[:=]))|"
    r"\b(?:patient|donor|subject|participant|full)(?:'s)?(?:[\s_]?name)?|\bname(?:_?(?:kr|ko|kor|korean|hangul|han)\b)?)"
    r"(?:\s?(?:명|이름|성명|성함))?)(?:\s?\([가-힣A-Za-z]{1,4}\))?"
    rf"([\s:=\"'(\t_|,]{{1,6}})({NAME})(?![가-힣])",
    re.I,
)
NAME_ADDRESSED = late(
    rf"(?<![가-힣])({NAME})\s?님(?:의|은|이|을|과|도|께서?|께서는|에게서?|한테서?|으로부터)?(?![가-힣])"
)
# Particles of two syllables, and of one that a name may end in.
NAME_WITH_PARTICLE = late(
    r"(?:성\s?명|성함|이름|환자\s?명?|보호자|피험자|대상자|기증자|공여자|제공자|참여자|수검자|수진자|산모|환아|동의자)(?:\s?(?:성명|이름))?[은이]?[\s:=_]{1,3}"
    rf"({WHOLE})(?:으?로부터|에게서?|한테서?|에서|이며|이고|이라|[이가와과도]|입니다)(?![가-힣])"
)
# Whose it is: only of a person one says so.
NAME_OF_OWNER = late(
    rf"(?<![가-힣])({WHOLE})의\s?(?:주민|민번|연락처|전화|휴대|핸드폰|생년|생일|여권|이메일|메일|주소|집\s?주소|차트|병록|환자\s?번호|등록\s?번호|진료|보호자|배우자|보험증|면허)"
)
NAME_BEFORE_LABEL = late(
    rf"(?<![가-힣])({WHOLE})(?:\s?씨(?![가-힣])|[\s_]?\(?(?:환자|환아|환우|산모|보호자|기증자|공여자|피험자|대상자|수검자|수진자|어린이|동의자)"
    r"(?:분|님)?(?:[의은는이가을를과와도께]|에게|에서|로부터)?(?![가-힣]))"
)
NAME_APART = late(
    r"(?:성\s?명|성\s?함|이\s?름|환\s?자\s?명|보호자|피험자|대상자|기증자|환\s?자|수검자|동의자|(?<![가-힣])님)(?:\s?(?:성명|이름))?\s{0,2}[:=/\-]\s{0,2}"
    rf"([{SURNAMES}] {{1,2}}[가-힣](?: {{0,2}}[가-힣])?)(?![가-힣 ])"
    r"|(?:성\s?명|성\s?함|이\s?름|환\s?자\s?명|대상자\s?명)\s{1,3}"
    rf"([{SURNAMES}] {{1,2}}[{GIVEN}] {{0,2}}[{GIVEN}])(?![가-힣 ])",
)
# Signs that no prose has between a label and a name; and labels set wide.
NAME_ODDLY_LABELLED = late(
    r"(?<![가-힣])((?:환자\s?)?(?:성\s{0,2}명|이\s{0,2}름)|환\s{0,2}자\s{0,2}명|환\s자|대상자\s?명)(?:은|이|는)?([\s:;.\-_=<>\[「『→/]{1,5})"
    rf"({WHOLE}|(?:{TWO_SYLLABLES})[가-힣]{{1,2}})(?:입니다|이다|임)?(?![가-힣])"
)
_SEX = r"(?:남(?:성|자)?|여(?:성|자)?|[MF](?![A-Za-z]))"
_AGE = r"(?:만\s?)?[0-9]{1,3}"
NAME_AND_SEX = late(
    rf"(?<![가-힣])({NAME})\s?\((?:남|여|[MF])\s?[/,]\s?(?:만\s?)?[0-9]{{1,3}}\s?세?\)"
    rf"|(?<![가-힣])({WHOLE})(?:[\s_,/]{{1,2}}|\s?\(){_SEX}\s?[/,_\s]?\s?{_AGE}\s?세?(?![0-9A-Za-z])"
    rf"|(?<![가-힣])({WHOLE})(?:[\s_,/]{{1,2}}|\s?\(){_AGE}\s?세?[/,\s]{{1,2}}{_SEX}(?![가-힣])"
    rf"|(?<![가-힣])({WHOLE})\s?\((?:남|여|[MF]|{_AGE}\s?세)\)|(?<![가-힣])({WHOLE})[\s_,/]{{1,2}}{_AGE}\s?세(?![가-힣0-9])"
)
_LATIN_FAMILY = (
    "Kim|Lee|Park|Choi|Jung|Jeong|Kang|Cho|Yoon|Yun|Jang|Chang|Lim|Han|Oh|Seo|Shin|Kwon|Hwang|Ahn|Song|Ryu|Yoo|Hong|Jeon|Ko|Moon|Yang|"
    "Son|Bae|Baek|Heo|Nam|Noh|Kwak|Sung|Cha|Joo|Woo|Koo|Min|Chae|Bang|Yeom|Byun"
)
_LATIN_GIVEN = r"[A-Z][a-z]{1,6}-[A-Za-z][a-z]{1,6}|[A-Z]{2,7}-[A-Z]{2,7}"
_LATIN_WHOLE = rf"(?:(?:{_LATIN_FAMILY})(?:, ?|[ _])(?:{_LATIN_GIVEN})|(?:{_LATIN_GIVEN})(?:, ?|[ _])(?:{_LATIN_FAMILY}))(?![A-Za-z\-])"  # noqa: E501
NAME_ROMANISED = late(
    r"(?<![A-Za-z])(?i:patient|pt\.?|donor|subject|participant|guardian|mother|father|mr|ms|mrs)(?:'s)?(?i:[ _]?name|[ _]?is)?[\s:=._\-\"']{1,4}"  # noqa: E501
    rf"((?:(?i:{_LATIN_FAMILY}))(?:, ?|[ _])(?:{_LATIN_GIVEN})(?![A-Za-z\-])|{_LATIN_WHOLE})"
    rf"|(?<![A-Za-z])(?i:name(?: of (?:patient|donor|subject))?)[\s:=._\-\"']{{1,4}}({_LATIN_WHOLE})"
    rf"|(?<![A-Za-z])({_LATIN_WHOLE})\s?\((?i:patient|donor|guardian)\)"
)
# Where headers of files name a sample or a person: @RG, ##SAMPLE, the columns of a VCF.
NAME_IN_HEADER = late(
    rf"(?:(?:^|[\t ]|\\t)(?:SM|ID|LB|DS|PU):(?:[0-9A-Za-z]{{1,16}}[_\-])?|(?:<|,)(?:ID|Child|Mother|Father|Name)=|(?:donor|patient|individual|subject|sample|proband|participant)=|Values=\[)\"?({WHOLE})(?![가-힣])",  # noqa: E501
    re.I,
)
VCF_COLUMNS = late(r"(?m:^)#CHROM\t[^\n]{0,4000}")
FILE_NAME = late(
    r"[^\n\t/\\]{1,200}\.(?:fastq|fq|fasta|fa|fna|sam|bam|cram|vcf|bcf|bed|gff3?|txt|csv|tsv|xlsx?|json|pdf|zip|tar|tgz|svs|dcm|tiff?|png|jpe?g|idat|cel|h5ad|hdf5|h5|docx?|hwpx?)"
    r"(?:\.(?:gz|bz2|xz|zst))?",
    re.I,
)
NAME_ALONE = late(rf"(?<![가-힣A-Za-z])({WHOLE})(?![가-힣])")
NAME_LATIN = late(
    r"(?:[Pp]atient(?:'s)?|[Dd]onor|[Ss]ubject|[Pp]articipant|[Gg]uardian|PATIENT)[\s_]?(?:[Nn]ame|NAME)\W{1,5}"
    r"([A-Z][a-zA-Z\-]{1,20}(?:,? [A-Z][a-zA-Z\-]{0,20}\.?){1,3})"
)
NAME_DICOM = late(r"(?<![A-Za-z^])[A-Z][A-Za-z]{1,20}\^[A-Z][A-Za-z]{1,20}")
NAME_AND_BIRTH = late(rf"(?<![가-힣])({NAME})[\s_\-]{{1,2}}((?:19|20)?[0-9]{{6}})(?![0-9])")
NAME_AND_DAY = late(
    rf"(?<![가-힣])({WHOLE})(?:[\s_\-,]{{1,2}}|\s?\()(?:(?:19|20)?[0-9]{{2}}\.\s?[0-9]{{1,2}}\.\s?[0-9]{{1,2}}(?![0-9.])|(?:19|20)?[0-9]{{2}}년\s?생)"
)
ADDRESS = late(
    r"(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충청?[남북]|전[남북]|전라[남북]|경상?[남북]|제주)(?:특별자치|특별|광역)?"
    r"[시도]?\s{0,2}(?:[가-힣]{1,8}[시군구]\s{0,2}){0,2}(?:[가-힣]{1,8}[읍면]\s{1,2})?[가-힣0-9]{1,10}[동로길리가]\s{0,2}(?:[0-9]{1,4}(?:번)?길\s?)?"
    r"(?:산\s?)?[0-9]{1,4}(?:-[0-9]{1,4})?(?:번지)?(?:,?\s?[0-9]{1,4}동)?(?:\s?[0-9]{1,4}호)?"
)
HOME = late(r"(?:주소|거주지|자택|거소|address|residence)(?:\([가-힣]{1,4}\))?[\s:=\-\"'\t]{0,4}$", re.I)
OFFICE = late(
    r"(?:기관|연구[소실원]|회사|병원|학교|센터|본사|소속|직장|법인|사업장|배송지?|기탁처)[의 ]{0,2}주소[\s:=\-\"'\t(가-힣)]{0,6}$"  # noqa: E501
)
PLATE = late(
    rf"{EDGE}(?<![A-Za-z])[0-9]{{2,3}}\s?[가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주하허호배바사아자]\s?[0-9]{{4}}(?![0-9])"
)
CARD = late(rf"{EDGE}(?<![0-9A-Za-z]-)([0-9]{{4}})([\-\s]?)([0-9]{{4}})\2([0-9]{{4}})\2([0-9]{{4}})(?![0-9X\-])")
ACCOUNT = late(rf"(?:계좌(?:번호)?|(?:bank )?account(?: no\.?| number)?){AFTER}([0-9][0-9\-]{{8,18}}[0-9])", re.I)
BANK = (
    r"(?:국민|신한|우리|하나|농협|기업|카카오|케이|토스|새마을|부산|대구|광주|전북|제주|경남|산업|씨티|제일|외환|수협)(?:은행|뱅크|금고)"
    r"|신한|농협|우체국|신협"
)
# The bank stands between label and number, or in place of the label.
ACCOUNT_NAMED = late(
    rf"(?:(?:계좌|통장|예금주|입금|\baccount\s?(?:no|number|#))[^0-9\n]{{0,24}}|(?:{BANK})[\s:)\]]{{1,3}})([0-9]{{2,6}}(?:-[0-9]{{1,8}}){{1,4}})(?![0-9\-])",
    re.I,
)
CARD_CONTEXT = late(r"(?:카드|card|visa|master|계좌|결제)(?:\s?(?:번호|no\.?|number))?[\s:=\"'#]{0,4}$", re.I)
BIRTH = late(rf"{EDGE}(?:[0-9]{{4}}|[0-9]{{2}})년\s?[0-9]{{1,2}}월\s?[0-9]{{1,2}}일\s?(?:출?생)")
BIRTH_UNSURE = late(
    r"(?<![가-힣])출생\s?:?\s?((?:19|20)?[0-9]{2}(?:[\-./년]\s?)?[0-9]{1,2}(?:[\-./월]\s?)?[0-9]{1,2}|[0-9]{1,2}[\-/ ](?:[0-9]{1,2}|[A-Za-z]{3,9})[\-/ ][0-9]{4}|[A-Z][a-z]{2,8} [0-9]{1,2}, [0-9]{4})(?![0-9])"  # noqa: E501
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
BIRTH_LABELLED = late(
    rf"(?:생년\s?월일|생일|출생일자?|출생\s?년월일|(?<![A-Za-z])D\.?O\.?B(?![A-Za-z])\.?"
    rf"|date[\s_]of[\s_]birth|birth[\s_]?(?:date|day)(?:_[a-z]{{1,12}})?|\bborn on"
    rf"|\bbirth(?=\s?[:=]\s?[0-9]{{6}}(?:[0-9]{{2}})?(?![0-9.])|\s?[:=]\s?[0-9]{{1,4}}[\-./][0-9]{{1,2}}[\-./]))(?:\s?\([가-힣0-9A-Za-z]{{1,8}}\))?{AFTER}"
    r"((?:(?:1[89]|20)[0-9]{2}|[0-9]{2})(?:[\-./년]\s?|\s)?[0-9]{1,2}(?:[\-./월]\s?|\s)?[0-9]{1,2}(?![0-9])"
    r"|[0-9]{1,2}[\-./ ][0-9]{1,2}[\-./ ](?:1[89]|20)[0-9]{2}(?![0-9])"
    rf"|[0-9]{{1,2}}[\-. ]{_MONTH}[\-., ]{{1,2}}[0-9]{{4}}|{_MONTH} [0-9]{{1,2}},? [0-9]{{4}})",
    re.I,
)
IP = late(
    r"(?:접속|로그인|\bIP(?:v4)?(?:[\s_]?(?:주소|addr(?:ess)?))?|remote|client)[^0-9A-Za-z]{0,4}(?:IP\W{1,3})?"
    r"((?:[0-9]{1,3}\.){3}[0-9]{1,3})(?![0-9.])",
    re.I,
)
HASHED = late(
    r"(?:\b(?:patient|subject|donor|participant|person|rrn|ssn)(?:[\s_]?(?:id|hash|no))?|환자|대상자|기증자|피험자|주민\w{0,4})"
    r"[\s:=\"'\t,]{1,4}([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})(?![0-9a-z])",
    re.I,
)

RRN_CONTEXT = late(
    r"(?:주민|등록\s?번호|외국인|RRN|resident|alien|\bARC\b|(?:national|korean)\s?(?:id|identity)|\bID\s?card|거소\s?신고|환자|대상자|기증자|patient|donor|subject|민번|신분|성명|이름)",
    re.I,
)
NO_PERSON = late(
    r"(?:barcode|바코드|EAN(?:-?13)?|GTIN(?:-?1[34])?|ISBN|lot|catalog(?:ue)?|cat\.?|timestamp|epoch(?:_?ms)?|time|serial|제품|로트|IC50|EC50|\bKi|\bKd|"
    r"제조|품번|일련|시리얼|카탈로그|S/N|\bkit|키트|시약|배지|\bproduct|\barticle|\bREF|상품|물품|"
    r"m[0-9A-Za-z]{1,12}_[0-9]{6}_|run|instrument|chip|plate|batch|order|invoice|GI|PMID|UPC)(?:[\s_]?(?:no|id|number|번호))?\.?[\s:=\"'#]{0,4}$",
    re.I,
)
# Places on a sequence or a map, before and after: a number from and one to, or an easting and a northing.
ON_A_MAP = late(
    r"(?<![A-Za-z])(?:exon|intron|loc|locus|region|gene|orf|cds|start|pos|position|interval|range|contig|scaffold|transcript|"
    r"mrna|trna|rrna|utr|primer|probe|site|window)[ :=_#\-(]{1,3}$|(?:\bUTM|\bTM|EPSG|\bgrid|좌표)[^\n]{0,12}$",
    re.I,
)
ON_A_MAP_AFTER = late(r"[\s_\-(]{0,2}(?:gene|exon|cds|orf|mrna|[+\-]\)|5[12]\s?[NS])(?![A-Za-z0-9])", re.I)
OF_A_FIRM = late(r"(?:법인|사업자|회사|단체)\s?(?:등록)?\s?번호[\s:=(]{0,4}$")
REGION = late(
    r"(?:\bchr\w{1,8}[ \t]|(?:chr\w{1,8}|[A-Z]{1,4}_?[0-9]{3,12}\.[0-9]{1,2}|contig\w{0,8}|scaffold\w{0,8}|"
    r"\b[0-9XYM]{1,2}T?):|\b(?:scaffold|contig)\w{0,12}[ \t])$",
    re.I,
)
UNIT = late(r"\s?(?:[nµμumpf]M|bp|kb|Mb|[nµμmk]?g|[µμm]?L|nt|Da|kDa|IU|%|°C)\b")
SEX_AFTER = late(r"[\s,;|]{0,3}\(?(?:남|여|[MF](?![A-Za-z])|male|female)", re.I)
NAME_BEFORE = late(rf"(?<![가-힣]){NAME}[\s,;|]{{1,3}}$")
NUMBER_BEFORE = late(r"(?:^|[\s,;])[0-9]+(?:\.[0-9]+)?[\s,;]{1,4}$")
NUMBER_AFTER = late(r"[\s,;]{1,4}[0-9]+(?:\.[0-9]+)?(?=[\s,;]|$)")
SEQUENCES_AFTER = late(r"\.(?:bam|cram|sam|fastq|fq|vcf|bcf|fasta|fa)\b", re.I)
KOREAN_BEFORE, KOREAN_AFTER = late(r"[가-힣][\s:(]{0,2}$"), late(r"[\s)]{0,2}[가-힣]")
NUMBER_LABEL = late(
    r"주민(?:등록)?\s?(?:번호)?|\bRRN|연락처|전화(?:\s?번호)?|휴대폰|핸드폰(?:\s?번호)?|\b(?:tel|phone|mobile|H\.?P)\b",
    re.I,
)
