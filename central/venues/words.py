"""The sentences of the pages of central.venues, Vietnamese and English side by side."""

from central.venues.words_desk import DESK
from central.venues.words_kinds import KIND_WORDS
from central.venues.words_refused import REFUSED, ROW
from central.venues.words_register import REGISTER

WORDS: dict[str, tuple[str, str]] = {
    **{f"venues.{key}": pair for key, pair in (REGISTER | DESK).items()},
    **{f"venues.kind.{kind}": (words[0], words[1]) for kind, words in KIND_WORDS.items()},
    **{f"venues.refused.{reason}": pair for reason, pair in REFUSED.items()},
    **{
        f"venues.row.{reason}": pair
        for reason, pair in (REFUSED | ROW).items()
        if reason[:4] == "bad_" or reason in ROW
    },
}
