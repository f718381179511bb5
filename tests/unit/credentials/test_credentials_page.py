"""docs/credentials.md says what the code does."""

import re
from datetime import UTC, datetime
from pathlib import Path

from credentials.pass_qr import Pass, encode_pass, encode_rotating, sign_pass
from credentials.read import read
from credentials.trust import load_trust
from credentials.venue_qr import Venue, encode_venue
from tests.unit.credentials import test_read_any_text as known
from wire.crypto import signing_key

PAGE = (Path(__file__).parents[3] / "docs" / "credentials.md").read_text(encoding="utf-8")
AT = datetime(2026, 1, 1, tzinfo=UTC)


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert found, f"no block of {language}"
    return found[1]


def test_every_example_of_the_page_reads_as_it_says() -> None:
    lines = block("codes").splitlines()
    trust = load_trust(block("json"))
    assert len(lines) >= 24
    for code, told in zip(lines[::2], lines[1::2], strict=True):
        seen = read(code, now=AT, trust=trust)
        words = [seen.kind or "null", seen.status, seen.reason, seen.normal_form or "null", *seen.warnings]
        assert f"= {' '.join(words)}" == told, code


def test_our_codes_on_the_page_are_made_to_the_byte_as_a_centre_makes_them() -> None:
    issuer, holder = signing_key(b"\x01" * 32), signing_key(b"\x02" * 32)
    pass_id, expires = bytes(range(16)), 1_893_456_000
    signed = sign_pass(Pass(pass_id, expires, holder=holder.public), issuer)
    codes = block("codes").splitlines()
    assert encode_pass(Pass(pass_id, expires, companions=2), issuer) in codes
    assert encode_rotating(signed, pass_id, holder, int(AT.timestamp())) in codes
    assert encode_venue(Venue("cho-thu-01", "Chợ Thử Nghiệm", "Cổng 2"), issuer, "check.example") in codes


def test_every_reason_and_warning_is_on_the_page() -> None:
    for word in (known.REASONS | known.UNREADABLE | known.WARNINGS) - {"ok"}:
        assert f"`{word}`" in PAGE
