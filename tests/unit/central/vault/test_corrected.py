"""What was corrected: sealed to the case key, bound to its place, and used in place of what was said."""

import os

import pytest

from central.alerts.reachable import ways_in
from central.vault.corrected import MOST_LETTERS, Place, open_value, seal_value
from central.vault.port import Correction, OpenedRecord, RecordId
from wire.crypto import SealingKey
from wire.refusal import Refused

KEY = SealingKey(bytes(range(32)))
PLACE = Place("R-2026-000001", RecordId(3, 7), "phone")


def test_a_value_comes_back_and_its_length_tells_no_name() -> None:
    short, longer = (seal_value(value, PLACE, KEY.public) for value in ("An", "NGUYỄN VĂN THỬ"))
    assert open_value(longer, PLACE, KEY) == "NGUYỄN VĂN THỬ"
    assert len(short) == len(longer) and short != seal_value("An", PLACE, KEY.public)


@pytest.mark.parametrize(
    "other",
    [
        PLACE._replace(request="R-2026-000002"),
        PLACE._replace(record=RecordId(3, 8)),
        PLACE._replace(field="name"),
    ],
)
def test_moved_to_another_place_it_does_not_open(other: Place) -> None:
    with pytest.raises(Refused, match="cannot_open"):
        open_value(seal_value("0900000001", PLACE, KEY.public), other, KEY)


def test_another_key_and_a_changed_byte_open_nothing() -> None:
    sealed = seal_value("0900000001", PLACE, KEY.public)
    for wrong, key in ((sealed, SealingKey(os.urandom(32))), (sealed[:-1] + bytes([sealed[-1] ^ 1]), KEY)):
        with pytest.raises(Refused, match="cannot_open"):
            open_value(wrong, PLACE, key)


@pytest.mark.parametrize("value", ["", "x" * (MOST_LETTERS + 1), "a\nb", "a\u202eb", "\0"])
def test_what_is_no_value_is_not_sealed(value: str) -> None:
    with pytest.raises(Refused, match="bad_value"):
        seal_value(value, PLACE, KEY.public)


def test_an_alert_goes_to_the_number_that_two_officers_signed_and_to_no_other() -> None:
    said = {"phone": ["0900000001"], "full_name": ["NGUYỄN VĂN THỬ"]}
    fixes = (
        Correction("phone", "0900000002", 1, "minh"),
        Correction("phone", "0900000003", 2, "minh"),
        Correction("phone", "0900000004", 3, ""),  # waits for a second officer
    )
    opened = OpenedRecord(RecordId(1, 1), "Declaration", {"language": "vi"}, said, fixes)
    assert opened.corrected("phone") == ("0900000003",) and opened.corrected("full_name") == ()
    assert ways_in([opened.as_corrected()]).phone.endswith("900000003")
    assert opened.answers == said, "what was said stays"
