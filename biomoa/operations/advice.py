"""What is wrong with a station, in plain words, and what to do: texts by code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from biomoa.catalog.korean import settled
from biomoa.catalog.model import Text

Severity = Literal["good", "warning", "error"]


class Finding(msgspec.Struct, frozen=True):
    """A sentence about the station; ``repair`` is empty where nothing is to be done."""

    code: str
    severity: Severity
    message: Text
    repair: Text = Text("", "")


class _Words(msgspec.Struct, frozen=True):
    message: Text
    repair: Text = Text("", "")


WORDS: Mapping[str, _Words] = {
    "home-good": _Words(
        Text(ko="홈 폴더를 읽고 쓸 수 있습니다: {path}", en="The home folder can be read and written: {path}")
    ),
    "home-not-a-station": _Words(
        Text(ko="스테이션을 읽을 수 없습니다: {detail}", en="The station cannot be read: {detail}"),
        Text(
            ko="--home을 확인하고 station.toml의 해당 항목을 고쳐 주세요.",
            en="Check --home, and mend what station.toml says there.",
        ),
    ),
    "not-looked-at": _Words(
        Text(
            ko="데이터베이스, 원장, 저장소를 확인하지 못했습니다: {detail}",
            en="Database, ledger and storage could not be looked at: {detail}",
        ),
        Text(ko="위의 문제부터 해결해 주세요.", en="Mend this, or what stands above, and ask again."),
    ),
    "center-unknown": _Words(
        Text(
            ko="station.toml의 center가 이 스테이션의 데이터 센터가 아닙니다: {center}",
            en="center in station.toml is no data center of this station: {center}",
        ),
        Text(ko="다음 중에서 적어 주세요: {centers}", en="Name one of: {centers}"),
    ),
    "home-unwritable": _Words(
        Text(ko="폴더에 쓸 수 없습니다: {path}", en="The folder cannot be written to: {path}"),
        Text(
            ko="서비스를 실행하는 계정을 폴더의 소유자로 지정해 주세요(chown).",
            en="Make the account that runs the service its owner (chown).",
        ),
    ),
    "key-missing": _Words(
        Text(ko="서명 키가 없습니다: {path}", en="The signing key is missing: {path}"),
        Text(
            ko="백업에서 secret.key를 되돌려 주세요. 새로 만들면 모든 로그인이 풀립니다.",
            en="Put secret.key back from the backup. A new one signs everybody out.",
        ),
    ),
    "key-open": _Words(
        Text(ko="다른 계정도 서명 키를 읽을 수 있습니다: {path}", en="Other accounts can read the signing key: {path}"),
        Text(ko="chmod 600 {path}을 실행해 주세요.", en="Run: chmod 600 {path}"),
    ),
    "key-unreadable": _Words(
        Text(ko="서명 키를 읽을 수 없습니다: {detail}", en="The signing key cannot be read: {detail}"),
        Text(
            ko="서비스를 실행하는 계정을 소유자로 지정하거나(chown) 백업에서 secret.key를 되돌려 주세요: {path}",
            en="Make the account that runs the service its owner (chown), or put it back from the backup: {path}",
        ),
    ),
    "open-to-others": _Words(
        Text(ko="이 컴퓨터의 다른 계정에도 열려 있습니다: {path}", en="Open to other accounts of this machine: {path}"),
        Text(ko="chmod go= {path}을 실행해 주세요.", en="Run: chmod go= {path}"),
    ),
    "leaked-missing": _Words(
        Text(
            ko="유출된 비밀번호 파일을 읽을 수 없습니다: {path}",
            en="The file of leaked passwords cannot be read: {path}",
        ),
        Text(
            ko="파일을 두거나 station.toml의 security.leaked_passwords를 고쳐 주세요. 없으면 가입할 수 없습니다.",
            en="Put it there, or mend security.leaked_passwords in station.toml: without it nobody can sign up.",
        ),
    ),
    "key-good": _Words(
        Text(ko="서명 키를 이 계정만 읽을 수 있습니다.", en="Only this account can read the signing key.")
    ),
    "disk-good": _Words(Text(ko="디스크에 {free} 남아 있습니다.", en="{free} are free on the disk.")),
    "disk-low": _Words(
        Text(ko="디스크에 {free}만 남아 있습니다({percent}%).", en="Only {free} are free on the disk ({percent} %)."),
        Text(ko="biomoa tidy를 실행하거나 디스크를 늘려 주세요.", en="Run biomoa tidy, or give the station more disk."),
    ),
    "disk-full": _Words(
        Text(
            ko="디스크에 {free}만 남아 업로드를 받지 못합니다.",
            en="Only {free} are free on the disk: uploads are refused.",
        ),
        Text(
            ko="공간을 비워 주세요. 비우는 즉시 업로드가 다시 시작됩니다.",
            en="Free some space; uploads go on as soon as there is some.",
        ),
    ),
    "catalogue-good": _Words(
        Text(ko="카탈로그의 양식 {forms}종을 읽었습니다.", en="The catalogue is sound: {forms} forms.")
    ),
    "catalogue-broken": _Words(
        Text(ko="카탈로그를 읽을 수 없습니다: {detail}", en="The catalogue cannot be read: {detail}"),
        Text(ko="표시된 파일과 줄을 고쳐 주세요.", en="Mend the file and line that are named."),
    ),
    "database-good": _Words(
        Text(ko="데이터베이스가 응답하고 최신 구조입니다.", en="The database answers and has this version's tables.")
    ),
    "database-away": _Words(
        Text(ko="데이터베이스에 연결할 수 없습니다: {detail}", en="The database does not answer: {detail}"),
        Text(
            ko="데이터베이스 서버가 실행 중인지, station.toml의 [database]와 비밀번호 변수가 맞는지 확인해 주세요.",
            en="See that its server runs, and that [database] in station.toml and its password are right.",
        ),
    ),
    "database-missing": _Words(
        Text(ko="데이터베이스 파일이 없거나 비어 있습니다: {path}", en="The database is missing or empty: {path}"),
        Text(
            ko="백업에서 복구하거나(biomoa restore) station.toml의 database.name에 올바른 이름을 적어 주세요.",
            en="Restore it from a backup (biomoa restore BACKUP), or name it in station.toml (database.name).",
        ),
    ),
    "database-closed": _Words(
        Text(
            ko="데이터베이스 파일에 쓸 수 없습니다: {path}: {detail}",
            en="The database cannot be used: {path}: {detail}",
        ),
        Text(
            ko="서비스를 실행하는 계정을 파일과 그 폴더의 소유자로 지정하고(chown, chmod u+rw) 디스크가 읽기 전용이"
            " 아닌지 확인해 주세요.",
            en="Make the account that runs the service owner of the file and its folder (chown, chmod u+rw), and see"
            " that the disk is not mounted read-only.",
        ),
    ),
    "database-trouble": _Words(
        Text(
            ko="데이터베이스 파일이 지금 응답하지 않습니다: {path}: {detail}",
            en="The database does not answer now: {path}: {detail}",
        ),
        Text(
            ko="디스크가 가득 차지 않았고 정상인지 확인해 주세요. 다시 쓸 수 있으면 스테이션이 스스로 이어 갑니다.",
            en="See that the disk has room and is sound; the station goes on by itself as soon as it can write.",
        ),
    ),
    "database-broken": _Words(
        Text(ko="데이터베이스 파일이 손상되었습니다: {path}: {detail}", en="The database is damaged: {path}: {detail}"),
        Text(
            ko="파일을 그대로 보관하고 빈 홈에 백업을 복구해 주세요: biomoa --home 새폴더 restore 백업",
            en="Keep the file as it is, and restore a backup into an empty home: biomoa --home NEW restore BACKUP",
        ),
    ),
    "database-old": _Words(
        Text(
            ko="데이터베이스 구조가 이 버전보다 오래되었습니다(적용할 변경 {count}건).",
            en="The database has the tables of an older version ({count} changes to apply).",
        ),
        Text(ko="백업한 뒤 biomoa init을 실행해 주세요.", en="Make a backup, then run biomoa init."),
    ),
    "clock-good": _Words(
        Text(ko="시계가 원장보다 앞서 있습니다.", en="The clock is later than the last entry of the ledger.")
    ),
    "clock-behind": _Words(
        Text(
            ko="시계가 원장의 마지막 항목({at})보다 늦습니다.",
            en="The clock is behind the last entry of the ledger ({at}).",
        ),
        Text(
            ko="시간 동기화(NTP)를 확인해 주세요. 공개 예정일과 토큰 만료가 이 시계를 따릅니다.",
            en="See to time synchronisation (NTP): embargoes and tokens go by this clock.",
        ),
    ),
    "clock-doubted": _Words(
        Text(
            ko="시계가 갑자기 바뀌었습니다. 지금 시계는 {now}, 이어 온 시간은 {expected} 무렵입니다. "
            "시계가 맞을 때까지 공개 예정일에 따른 공개와 알림을 멈춥니다.",
            en="The clock jumped: it says {now}, and should say about {expected}. Until it is right, nothing is "
            "opened, and nobody reminded, by its day.",
        ),
        Text(
            ko="시간 동기화(NTP)를 확인해 시계를 맞춰 주세요. 지금 시계가 맞다면(서버가 한 달 넘게 꺼져 있던 때 등) "
            "biomoa doctor --clock-is-right를 실행해 주세요. 하루 동안 그대로이면 저절로 믿습니다.",
            en="See to time synchronisation (NTP) and set the clock. If it is right as it is (a machine that was off "
            "for over a month), run: biomoa doctor --clock-is-right. What stays for a day is believed by itself.",
        ),
    ),
    "ledger-good": _Words(
        Text(ko="원장 {entries}개 항목의 사슬이 온전합니다.", en="The chain of the ledger holds ({entries} entries).")
    ),
    "ledger-long": _Words(
        Text(
            ko="원장이 길어({entries}개) 여기서는 검증하지 않았습니다.",
            en="The ledger is long ({entries} entries) and was not verified here.",
        ),
        Text(ko="biomoa ledger verify를 실행해 주세요.", en="Run biomoa ledger verify."),
    ),
    "ledger-broken": _Words(
        Text(
            ko="원장의 {seq}번 항목에서 사슬이 끊어졌습니다: {detail}",
            en="The chain of the ledger breaks at entry {seq}: {detail}",
        ),
        Text(
            ko="스테이션을 멈추고 biomoa ledger verify의 결과를 보관한 뒤 백업과 비교해 주세요.",
            en="Stop the station, keep what biomoa ledger verify prints, and compare with a backup.",
        ),
    ),
    "follower-good": _Words(Text(ko="{name}: 원장을 모두 따라왔습니다.", en="{name} has followed the whole ledger.")),
    "follower-stuck": _Words(
        Text(
            ko="{name}: {behind}개 항목이 {minutes}분째 반영되지 않았습니다.",
            en="{name} is {behind} entries behind, for {minutes} minutes.",
        ),
        Text(
            ko="작업자(biomoa worker)와 log/station.log를 확인한 뒤 biomoa index rebuild를 실행해 주세요.",
            en="See that a worker runs (biomoa worker), look into log/station.log, then run biomoa index rebuild.",
        ),
    ),
    "follower-astray": _Words(
        Text(
            ko="{name}: 데이터베이스가 색인보다 오래되었습니다. 이전 사본으로 바꾸어 놓았습니까?",
            en="{name}: the database is older than the index that followed it: was an older copy put back?",
        ),
        Text(
            ko="작업자가 색인을 저절로 다시 만듭니다(biomoa serve, biomoa worker 또는 biomoa index rebuild). "
            "사본 이후에 저장된 내용은 데이터베이스에 없으니, 더 새로운 백업이 있는지 확인해 주세요.",
            en="The worker makes the index anew by itself (biomoa serve, biomoa worker, or biomoa index rebuild). What "
            "was saved after the copy is not in the database: see whether there is a newer backup.",
        ),
    ),
    "database-set-back": _Words(
        Text(
            ko="{at}에 데이터베이스가 검색 색인보다 오래된 것으로 확인되었습니다. 색인은 다시 만들었지만, "
            "사본 이후에 저장된 내용은 데이터베이스에 없습니다.",
            en="At {at} the database was found older than the search index. The index was made anew, but what was "
            "saved after that copy was made is not in the database.",
        ),
        Text(
            ko="일부러 되돌린 것이 아니라면 스테이션을 멈추고 더 새로운 백업을 biomoa restore로 복구해 주세요. "
            "이 안내는 14일 동안 표시됩니다.",
            en="If nobody meant to go back, stop the station and bring a newer backup with biomoa restore. This is "
            "told for 14 days.",
        ),
    ),
    "queue-good": _Words(
        Text(ko="대기 중인 작업 {waiting}건, 작업자 {workers}개.", en="{waiting} tasks wait, {workers} workers run.")
    ),
    "queue-no-worker": _Words(
        Text(ko="실행 중인 작업자가 없습니다(대기 {waiting}건).", en="No worker runs ({waiting} tasks wait)."),
        Text(ko="biomoa serve 또는 biomoa worker를 시작해 주세요.", en="Start biomoa serve, or biomoa worker."),
    ),
    "queue-stuck": _Words(
        Text(ko="가장 오래된 작업이 {minutes}분째 기다립니다.", en="The oldest task has waited for {minutes} minutes."),
        Text(
            ko="작업자를 늘리거나(station.toml의 workers) log/station.log를 확인해 주세요.",
            en="Run more workers (workers in station.toml), or look into log/station.log.",
        ),
    ),
    "jobs-parked": _Words(
        Text(
            ko="여러 번 실패해 멈춘 작업이 {count}건 있습니다. 최근: {name}: {error}",
            en="{count} tasks failed for good. The latest: {name}: {error}",
        ),
        Text(
            ko="원인을 고친 뒤 biomoa doctor --retry-parked로 다시 시작해 주세요.",
            en="Mend the cause, then start them again: biomoa doctor --retry-parked",
        ),
    ),
    "mails-parked": _Words(
        Text(
            ko="여러 번 실패해 멈춘 알림 메일이 {count}통 있습니다. 최근 오류: {error}",
            en="{count} mails with notices were given up. The latest: {error}",
        ),
        Text(
            ko="station.toml의 [mail]과 메일 서버를 확인한 뒤 biomoa doctor --retry-parked로 다시 보내 주세요.",
            en="See to [mail] in station.toml and to the mail server, then: biomoa doctor --retry-parked",
        ),
    ),
    "inspections-old": _Words(
        Text(
            ko="이전 버전으로만 검사한 파일이 {count}개 있습니다. 지금 버전은 {version}입니다.",
            en="{count} files were inspected by an older version only. The present one is {version}.",
        ),
        Text(
            ko="biomoa doctor --inspect-again을 실행해 주세요. 일상 작업보다 뒤에 차례로 다시 검사합니다.",
            en="Run: biomoa doctor --inspect-again. They are inspected behind the work of the day.",
        ),
    ),
    "clock-job-failed": _Words(
        Text(ko="정기 작업 {name}이(가) 실패했습니다: {error}", en="The periodic task {name} failed: {error}"),
        Text(
            ko="log/station.log를 확인해 주세요. 다음 차례에 다시 시도합니다.",
            en="Look into log/station.log; it is tried again at its next turn.",
        ),
    ),
    "backup-good": _Words(Text(ko="마지막 백업: {at}", en="The last backup was made {at}.")),
    "backup-none": _Words(
        Text(ko="이 스테이션은 아직 백업한 적이 없습니다.", en="This station has never been backed up."),
        Text(
            ko="다른 디스크로 백업해 주세요: biomoa backup /백업/폴더",
            en="Make a backup on another disk: biomoa backup /folder/of/backups",
        ),
    ),
    "backup-old": _Words(
        Text(ko="마지막 백업이 {days}일 전입니다.", en="The last good backup is {days} days old."),
        Text(ko="biomoa backup을 매일 실행하도록 예약해 주세요.", en="Have biomoa backup run every day."),
    ),
    "backup-incomplete": _Words(
        Text(
            ko="마지막 백업 때 스테이션에 없거나 온전하지 않은 파일이 {count}개 있었습니다.",
            en="At the last backup {count} files were missing at the station, or not whole.",
        ),
        Text(
            ko="이전 백업에서 복구해 주세요: biomoa scrub --repair-from 백업",
            en="Repair them from an earlier backup: biomoa scrub --repair-from BACKUP",
        ),
    ),
    "scrub-good": _Words(
        Text(ko="저장 파일을 {at}에 모두 확인했습니다.", en="All stored files were read and found whole {at}.")
    ),
    "scrub-none": _Words(
        Text(ko="저장 파일을 아직 확인한 적이 없습니다.", en="The stored files have never been read through."),
        Text(ko="biomoa scrub을 실행하고 매달 예약해 주세요.", en="Run biomoa scrub, and have it run every month."),
    ),
    "scrub-old": _Words(
        Text(
            ko="저장 파일을 확인한 지 {days}일이 지났습니다.",
            en="The stored files were last read through {days} days ago.",
        ),
        Text(ko="biomoa scrub을 매달 실행하도록 예약해 주세요.", en="Have biomoa scrub run every month."),
    ),
    "scrub-damage": _Words(
        Text(ko="손상된 저장 파일이 {count}개 남아 있습니다.", en="{count} stored files are damaged."),
        Text(
            ko="백업에서 복구해 주세요: biomoa scrub --repair-from 백업",
            en="Repair them from a backup: biomoa scrub --repair-from BACKUP",
        ),
    ),
    "objects-missed": _Words(
        Text(
            ko="내려받으려 했으나 보관소에 없거나 온전하지 않은 파일이 {count}개 있습니다. 최근: {file}",
            en="{count} stored files were asked for and are missing or not whole. The latest: {file}",
        ),
        Text(
            ko="log/station.log에 파일이 적혀 있습니다. 백업에서 복구해 주세요: biomoa scrub --repair-from 백업",
            en="log/station.log names them. Repair them from a backup: biomoa scrub --repair-from BACKUP",
        ),
    ),
    "drill-good": _Words(
        Text(ko="복구 훈련을 {at}에 마쳤습니다.", en="A restore was practised {at}, and gave an equal station.")
    ),
    "drill-none": _Words(
        Text(ko="백업으로 복구해 본 적이 없습니다.", en="No restore has ever been practised."),
        Text(ko="biomoa drill 백업을 실행해 주세요.", en="Run biomoa drill BACKUP."),
    ),
    "drill-old": _Words(
        Text(ko="복구 훈련을 한 지 {days}일이 지났습니다.", en="A restore was last practised {days} days ago."),
        Text(ko="biomoa drill을 분기마다 실행해 주세요.", en="Run biomoa drill every quarter."),
    ),
    "drill-failed": _Words(
        Text(ko="마지막 복구 훈련이 실패했습니다: {detail}", en="The last practised restore failed: {detail}"),
        Text(
            ko="새 백업을 만든 뒤 biomoa drill을 다시 실행해 주세요.",
            en="Make a new backup, then run biomoa drill again.",
        ),
    ),
    "storage-good": _Words(Text(ko="파일 저장소가 응답합니다.", en="The storage of files answers.")),
    "storage-elsewhere": _Words(
        Text(
            ko="파일 보관 폴더가 없거나 다른 디스크가 연결되어 있습니다. 업로드를 받지 않습니다.",
            en="The folder of stored files is missing, or another disk is mounted there. Uploads are refused.",
        ),
        Text(
            ko="맞는 디스크를 마운트해 주세요(station.toml의 storage.folder, 기본값은 홈의 objects). 맞는 디스크가 "
            "확실하고 표시 파일만 없다면 홈의 store.id를 그 폴더의 .biomoa-store로 복사해 주세요.",
            en="Mount the right disk (storage.folder in station.toml; by default objects in the home). If it surely is "
            "the right one and only lacks its mark, copy store.id of the home to .biomoa-store in that folder.",
        ),
    ),
    "storage-away": _Words(
        Text(ko="파일 저장소를 사용할 수 없습니다: {detail}", en="The storage of files cannot be used: {detail}"),
        Text(
            ko="station.toml의 [storage]와 접근 키 변수를 확인해 주세요.",
            en="Check [storage] in station.toml and the variables with its keys.",
        ),
    ),
}


def finding(code: str, severity: Severity, **values: Any) -> Finding:
    """The words of a code, filled in."""
    words = WORDS[code]
    return Finding(code, severity, _filled(words.message, values), _filled(words.repair, values))


def _filled(text: Text, values: Mapping[str, Any]) -> Text:
    return Text(ko=settled(text.ko.format(**values)), en=text.en.format(**values))
