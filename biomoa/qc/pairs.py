"""Do two files belong together as R1 and R2? Decided from their metrics, without reading them again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from biomoa.catalog.model import Text
from biomoa.qc.model import Finding


def check_pair(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Findings on two FASTQ inspections: counts, names in order, mates. Nothing for what has no such metrics."""
    if "name_digest" not in first or "name_digest" not in second:
        return ()
    if first["reads"] != second["reads"]:
        return (
            _error(
                "pair-counts-differ",
                f"R1은 {first['reads']:,}개, R2는 {second['reads']:,}개로 리드 수가 다릅니다. "
                "잘린 파일이 있는지 확인하고 두 파일을 함께 다시 내보내 주세요.",
                f"R1 has {first['reads']:,} reads and R2 has {second['reads']:,}. "
                "Check whether one is cut, and export both again together.",
            ),
        )
    if first["content_digest"] and first["content_digest"] == second["content_digest"]:
        return (
            _error(
                "pair-same-file",
                "R1과 R2가 같은 파일입니다. 빠진 쪽의 파일을 올려 주세요.",
                "R1 and R2 are the same file. Upload the one that is missing.",
            ),
        )
    if not _is_of_names_alike(first["name_digest"], second["name_digest"]):
        return (
            _error(
                "pair-names-differ",
                "R1과 R2의 리드 이름 또는 순서가 다릅니다. "
                "같은 시료의 두 파일인지 확인하고, 순서를 맞춰 다시 내보내 주세요.",
                "The reads of R1 and R2 differ in name or order. "
                "Check that both are of one library, and export them in the same order.",
            ),
        )
    if first["mate"] == 2 and second["mate"] == 1:
        return (
            _error(
                "pair-swapped",
                "R1과 R2가 서로 바뀌었습니다. 두 파일의 이름이나 순서를 바꿔 주세요.",
                "R1 and R2 are swapped. Exchange their names or their order.",
            ),
        )
    if first["mate"] and first["mate"] == second["mate"]:
        return (
            _error(
                "pair-same-mate",
                f"두 파일 모두 R{first['mate']}입니다. 빠진 쪽의 파일을 올려 주세요.",
                f"Both files hold R{first['mate']}. Upload the one that is missing.",
            ),
        )
    return ()


def _is_of_names_alike(first: str, second: str) -> bool:
    """Digests made in different ways (one before the software was renewed) prove nothing."""
    return first == second or first.rpartition(":")[0] != second.rpartition(":")[0]


def _error(code: str, ko: str, en: str) -> Finding:
    return Finding(code, "error", Text(ko, en))
