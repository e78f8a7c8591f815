"""What the works, periodic functions and followers of a station are called for people who read no code. Values only."""

from __future__ import annotations

from collections.abc import Mapping

from biomoa.catalog.model import Text

PERIODIC: Mapping[str, Text] = {
    "biomoa.records.clock.open_due_records": Text(ko="공개일이 된 기록 공개", en="Opens records that are due"),
    "biomoa.records.clock.remind_of_openings": Text(ko="공개 예정 알림", en="Reminds of openings"),
    "biomoa.files.quarantine.empty_store": Text(ko="삭제 결정된 파일 정리", en="Erases removed content"),
    "biomoa.files.uploads.expire_uploads": Text(ko="기한이 지난 전송 정리", en="Ends uploads that expired"),
    "biomoa.files.uploads.drop_orphan_objects": Text(ko="쓰이지 않는 저장 파일 정리", en="Drops unused objects"),
    "biomoa.notices.clock.send_mails": Text(ko="알림 메일 발송", en="Sends mails"),
    "biomoa.notices.clock.forget_mails": Text(ko="보낸 메일 기록 정리", en="Forgets mails that were sent"),
    "biomoa.jobs.queue.forget_finished": Text(ko="끝난 작업 정리", en="Forgets finished tasks"),
    "biomoa.jobs.answers.forget_answers": Text(ko="보관 기간이 지난 응답 정리", en="Forgets kept answers"),
    "biomoa.jobs.timekeeping.beat": Text(ko="시계 확인", en="Watches the clock"),
    "biomoa.operations.tidy.put_back_named": Text(ko="저장소 이름 복원", en="Puts named objects back"),
    "biomoa.people.tries.tell_failed_tries": Text(ko="로그인 실패 기록", en="Records failed sign-ins"),
    "biomoa.ledger.heads.sign_due": Text(ko="원장 서명", en="Signs the ledger's head"),
}
WORKS: Mapping[str, Text] = {
    "backup": Text(ko="백업", en="Backup"),
    "restore": Text(ko="복구", en="Restore"),
    "drill": Text(ko="복구 훈련", en="Restore drill"),
    "scrub": Text(ko="저장 파일 전수 확인", en="Scrub"),
    "tidy": Text(ko="정리", en="Tidying"),
}
FOLLOWERS: Mapping[str, Text] = {
    "search": Text(ko="검색", en="search"),
    "notices": Text(ko="알림", en="notices"),
}
ALL: Mapping[str, Text] = {**PERIODIC, **WORKS, **FOLLOWERS}


def called(name: str, language: str) -> str:
    """What is not in the table keeps its name: a plug-in's own function."""
    return ALL[name].in_(language) if name in ALL else name
