"""The 12-digit personal number and what it says about its owner.

Digits (Decree 137/2015/ND-CP; Circular 59/2021/TT-BCA, Art. 4): 3 place of birth registration, 1 sex and century,
2 year of birth, 6 random. The fourth digit is even for men, odd for women; 0/1 stand for the 1900s, 2/3 for the
2000s and so on to 8/9 for the 2300s.

- Any place code is accepted: births abroad use country codes, and provinces were merged in 2025.
- A contradiction is a warning and never a refusal: registers hold errors that are no fault of the card's owner.
"""

import re

_FORM = re.compile(r"[0-9]{12}")


def is_citizen_number(text: str) -> bool:
    """Whether `text` is 12 ASCII digits."""
    return _FORM.fullmatch(text) is not None


def contradictions(number: str, *, sex: str | None, birth_year: int | None) -> tuple[str, ...]:
    """Warnings of a 12-digit `number` against what the code says beside it; None is not compared."""
    sex_and_century = int(number[3])
    warnings = []
    if sex in ("male", "female") and sex != ("male", "female")[sex_and_century % 2]:
        warnings.append("sex_against_number")
    if birth_year is not None and birth_year != 1900 + 100 * (sex_and_century // 2) + int(number[4:6]):
        warnings.append("birth_year_against_number")
    return tuple(warnings)
