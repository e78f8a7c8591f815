"""Arithmetic of numbers that are given to persons."""

from __future__ import annotations

import calendar

RRN_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
CENTURY = {"9": 1800, "0": 1800, "1": 1900, "2": 1900, "5": 1900, "6": 1900, "3": 2000, "4": 2000, "7": 2000, "8": 2000}


def is_birth_date(digits: str) -> bool:
    """Whether the first seven digits (YYMMDDS) are a day of the calendar in the century that S names."""
    year = CENTURY[digits[6]] + int(digits[:2])
    month, day = int(digits[2:4]), int(digits[4:6])
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def has_check_digit(digits: str) -> bool:
    """Check digit of 13 digits: of residents, and of foreigners (moved by two). None since October 2020."""
    total = sum(int(digit) * weight for digit, weight in zip(digits[:12], RRN_WEIGHTS, strict=True))
    expected = (11 - total % 11) % 10
    return int(digits[12]) in {expected, (expected + 2) % 10 if digits[6] in "5678" else expected}


def is_luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_ean13(digits: str) -> bool:
    """GS1 check digit of a 13-digit article number."""
    return sum(int(digit) * (1 + 2 * (place % 2)) for place, digit in enumerate(digits)) % 10 == 0
