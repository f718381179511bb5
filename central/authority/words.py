"""The sentences of the pages of central.authority, Vietnamese and English side by side."""

from central.authority.words_of_cases import WORDS as OF_CASES
from central.authority.words_of_codes import WORDS as OF_CODES
from central.authority.words_of_night import WORDS as OF_NIGHT

WORDS: dict[str, tuple[str, str]] = {**OF_NIGHT, **OF_CASES, **OF_CODES}
