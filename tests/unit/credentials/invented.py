"""Codes of invented people, put together from parts: no province has the code 099, nobody the phone 0000000001."""

from datetime import UTC, datetime

from credentials.read import read
from credentials.trust import Trust
from credentials.types import Credential, Unreadable
from wire.crypto import signing_key

NOW = datetime(2026, 1, 31, 6, 42, tzinfo=UTC)
ISSUER, STRANGER, HOLDER = (signing_key(bytes([n]) * 32) for n in (1, 2, 3))
TRUST = Trust(passes={ISSUER.kid: ISSUER.public}, venues={ISSUER.kid: ISSUER.public})

NAME = "Trần Văn Thử"
ADDRESS = "Thôn Thử Nghiệm, Xã Mẫu, Hà Nội"


def cccd(
    number: str = "099099000001",
    old_number: str = "",
    name: str = NAME,
    birth: str = "05061999",
    sex: str = "Nam",
    address: str = ADDRESS,
    issued: str = "15032022",
    *more: str,
) -> str:
    """A citizen card; `more` are the fields that cards of 2024 add."""
    return "|".join((number, old_number, name, birth, sex, address, issued, *more))


def bhyt_fields(code: str = "GD4010000000001", name: str = NAME, address: str = ADDRESS) -> list[str]:
    """The 15 fields of an insurance card."""
    meaning_unknown = ["15/12/2021", "01000000000001", "-", "4", "01/01/2027"]
    person = [code, name.encode().hex(), "05/06/1999", "1", address.encode().hex()]
    return [*person, "01 - 000", "01/01/2022", "-", *meaning_unknown, "0123456789abcdef-0000", "$"]


def bhyt(**changed: str) -> str:
    """An insurance card, with fields replaced by their place: bhyt(f3="9")."""
    fields = bhyt_fields()
    for place, value in changed.items():
        fields[int(place.removeprefix("f"))] = value
    return "|".join(fields)


def personal(
    number: str = "099099000001",
    name: str = "TRAN VAN THU",
    birth: str = "1999-06-05",
    declared_by: str = "0",
    qid: str = "000000000000000001",
    extra: str = "1<GD4010000000001<0000000001",
) -> str:
    """A personal QR of Decision 1405."""
    return "|".join((number, name, birth, declared_by, qid, extra))


PLACE = "https://tokhaiyte.vn/?page=Group.checkin&groupId=0123456789abcdef01234567"


def look(text: str, now: datetime | None = NOW, trust: Trust = TRUST) -> Credential | Unreadable:
    """What `text` is at NOW for those who trust ISSUER."""
    return read(text, now=now, trust=trust)


def verdict(text: str, now: datetime | None = NOW) -> tuple[str | None, str, str]:
    """(kind, status, reason) of `text`."""
    seen = look(text, now)
    return seen.kind, seen.status, seen.reason


BROKEN_CCCD = ("cccd", "invalid", "bad_schema")
BROKEN_BHYT = ("bhyt", "invalid", "bad_schema")
BROKEN_PERSONAL = ("personal-qr", "invalid", "bad_schema")
BROKEN_PLACE = ("venue-qr", "invalid", "bad_schema")
BROKEN_PASS = ("pass", "invalid", "bad_schema")
