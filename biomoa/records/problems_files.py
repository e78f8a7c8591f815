"""What is wrong with the files that rows name."""

from __future__ import annotations

from biomoa.records.problem_texts import rule

FILES = (
    rule(
        "file-missing",
        "error",
        ("행에 적은 파일이 올라와 있지 않습니다.", "A file named in a row has not been uploaded."),
        ("파일 {file_name}이(가) 없습니다.", "File {file_name} has not been uploaded."),
        ("파일을 올리거나 이름을 고쳐 주세요.", "Upload it, or correct the name."),
    ),
    rule(
        "file-not-named",
        "warning",
        ("올린 파일을 어느 행도 가리키지 않습니다.", "An uploaded file is named by no row."),
        ("파일 {file_name}을(를) 가리키는 행이 없습니다.", "No row names the file {file_name}."),
        ("행에 파일 이름을 적거나 파일을 지워 주세요.", "Name it in a row, or remove it."),
    ),
    rule(
        "file-md5-differs",
        "error",
        ("표의 MD5와 올린 파일의 MD5가 다릅니다.", "The MD5 of the sheet is not that of the uploaded file."),
        (
            "파일 {file_name}: 표의 MD5 {expected}, 올린 파일의 MD5 {found}.",
            "File {file_name}: the sheet says MD5 {expected}, the uploaded file has {found}.",
        ),
        (
            "파일을 다시 올리거나 표의 MD5를 고쳐 주세요.",
            "Upload the file again, or correct the MD5 in the sheet.",
        ),
    ),
    rule(
        "file-quarantined",
        "error",
        ("개인정보가 있는 것으로 보여 격리된 파일입니다.", "A file is in quarantine: it seems to identify a person."),
        ("파일 {file_name}: 격리되어 있습니다.", "File {file_name} is in quarantine."),
        (
            "격리 화면에서 파일을 삭제하거나 개인정보가 아닌 사유를 신고해 주세요.",
            "Remove it on the page of the quarantine, or say there why it identifies nobody.",
        ),
    ),
    rule(
        "file-inspection-pending",
        "warning",
        ("파일 검사가 진행 중입니다.", "A file is still being inspected."),
        ("파일 {file_name}: 검사가 진행 중입니다.", "File {file_name} is still being inspected."),
        (
            "검사가 끝날 때까지 기다려 주세요. 승인 전에 끝나야 합니다.",
            "Please wait; it must be done before acceptance.",
        ),
    ),
    rule(
        "file-inspection-unfinished",
        "error",
        (
            "검사가 끝나지 않은 파일이 있어 승인할 수 없습니다.",
            "A submission with an uninspected file cannot be accepted.",
        ),
        (
            "파일 {file_name}: 검사가 끝나지 않아 아직 승인할 수 없습니다.",
            "File {file_name} is not inspected yet; the submission cannot be accepted.",
        ),
        ("검사가 끝난 뒤 다시 승인해 주세요.", "Accept again when the inspection is done."),
    ),
    rule(
        "file-inspection-failed",
        "error",
        ("파일이 검사를 통과하지 못했습니다.", "A file failed its inspection."),
        (
            "파일 {file_name}: 검사를 통과하지 못했습니다. {why_ko}",
            "File {file_name} failed its inspection. {why_en}",
        ),
        (
            "검사 결과를 보고 파일을 고쳐 다시 올려 주세요.",
            "Read the report, mend the file, and upload it again.",
        ),
        overridable=True,
    ),
    rule(
        "file-inspection-warned",
        "warning",
        ("파일 검사에서 주의할 점이 나왔습니다.", "The inspection of a file has warnings."),
        ("파일 {file_name}: 주의할 점이 있습니다. {why_ko}", "File {file_name} has warnings. {why_en}"),
        ("검사 결과를 확인해 주세요.", "Please look at the report."),
    ),
    rule(
        "file-below-threshold",
        "error",
        ("파일의 품질이 기준에 미치지 못합니다.", "The quality of a file is out of bounds."),
        ("파일 {file_name}: {why_ko}", "File {file_name}: {why_en}"),
        (
            "파일을 확인해 주세요. 알려진 사유가 있으면 큐레이터에게 알려 주세요.",
            "Check the file; if there is a known reason, tell the curator.",
        ),
        overridable=True,
    ),
    rule(
        "file-near-threshold",
        "warning",
        ("파일의 품질이 주의 기준에 있습니다.", "The quality of a file is near its bounds."),
        ("파일 {file_name}: {why_ko}", "File {file_name}: {why_en}"),
        ("파일을 확인해 주세요.", "Please check the file."),
    ),
    rule(
        "file-pair-differs",
        "error",
        ("R1과 R2가 서로 맞지 않습니다.", "R1 and R2 do not belong together."),
        ("{file_name}: {why_ko}", "{file_name}: {why_en}"),
        ("짝이 맞는 파일을 적어 주세요.", "Name the files that belong together."),
        overridable=True,
    ),
)
