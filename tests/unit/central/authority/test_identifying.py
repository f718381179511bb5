"""What an officer types or scans becomes the code that gates send; nothing else is taken for a person."""

import pytest

from central.authority.identifying import codes_in
from wire.records import IdentityKind
from wire.refusal import Refused

CARD = "099200000012|099000012|NGUYỄN VĂN THỬ|01012000|Nam|Phố Giả Định|01012022"


def test_a_scanned_citizen_card_gives_both_of_its_numbers() -> None:
    assert codes_in(CARD) == [(IdentityKind.CCCD, "099200000012"), (IdentityKind.TYPED, "099000012")]


def test_a_card_without_an_old_number_gives_one() -> None:
    assert codes_in(CARD.replace("|099000012|", "||")) == [(IdentityKind.CCCD, "099200000012")]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (" 099 200 000 012 ", (IdentityKind.CCCD, "099200000012")),
        ("０９９２００００００１２", (IdentityKind.CCCD, "099200000012")),
        ("gd4797912345678", (IdentityKind.BHYT, "7912345678")),
        ("usa 123456789", (IdentityKind.PASSPORT, "USA-123456789")),
        ("VNM/c1234567", (IdentityKind.PASSPORT, "VNM-C1234567")),
        ("012345678", (IdentityKind.TYPED, "012345678")),
        ("0912345678", (IdentityKind.TYPED, "0912345678")),
        ("AB" * 16, (IdentityKind.PASS, "ab" * 16)),
    ],
)
def test_a_typed_number_is_read_as_a_gate_reads_it(typed: str, code: tuple[IdentityKind, str]) -> None:
    assert codes_in(typed) == [code]


@pytest.mark.parametrize(
    "typed", ["", "   ", "1234", "NGUYỄN VĂN THỬ", "x" * 5000, "GP1:ABC", "số 5 phố Giả", "\x00" * 9]
)
def test_a_name_or_a_torn_code_is_nobody(typed: str) -> None:
    with pytest.raises(Refused, match="bad_number"):
        codes_in(typed)
