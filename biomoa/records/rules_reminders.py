"""When a group is reminded that what it has closed will open, and how that can be put off. Functions of values."""

from __future__ import annotations

from datetime import date

from biomoa.catalog.model import Text

REMINDERS_DAYS = (30, 7)


def reminder_due(opens_on: date, today: date, accepted_on: date) -> int | None:
    """Which reminder before the opening is due: the nearest mark that has come; None before the first.

    None, too, when it was accepted after that mark: then the day was told only just now.
    """
    passed = [days for days in REMINDERS_DAYS if 0 < (opens_on - today).days <= days]
    if not passed or (opens_on - accepted_on).days <= min(passed):
        return None
    return min(passed)


def way_to_wait(day: date, limit: date, last: date) -> Text:
    """How an opening can still be put off: by the group itself up to ``limit``, by request up to ``last``."""
    if day < limit:
        return Text(
            ko=f"등록 건 화면의 ‘비공개 기간 연장’에서 {limit}까지 직접, 사유를 적으면 {last}까지 늦출 수 있습니다.",
            en=f"“Keep it closed longer” on its page puts it off to {limit}, and with a reason to {last}.",
        )
    if day < last:
        return Text(
            ko=f"등록 건 화면의 ‘비공개 기간 연장’에서 사유를 적으면 {last}까지 늦출 수 있습니다.",
            en=f"“Keep it closed longer” on its page puts it off to {last} at most, with a reason.",
        )
    return Text(ko="더 늦출 수 없는 날입니다.", en="It cannot be put off any more.")
