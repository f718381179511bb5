"""Bulletins that come on a USB stick: the same judgement as by MQTT, whatever lies on the stick beside them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store import bulletins
from sync_agent.carry import read_bulletins
from tests.parts.devices import START_MS
from tests.unit.sync_agent.both_ends import BULLETIN_KEY, DEVICE, ROOT_KEY, Kiosk, key_of, make_root
from wire.bulletin import MAX_BULLETIN_BYTES, Bulletin, encode_bulletin, scopes_of
from wire.crypto import SigningKey
from wire.root import encode_root

VENUE = "cho-thu-1"
SCOPES = scopes_of(DEVICE, VENUE)
NEXT_KEY = key_of("the next bulletin key")


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    made = Kiosk(tmp_path / "kiosk")
    yield made
    made.store.close()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def signed(version: int = 1, scope: str = f"venue-{VENUE}", key: SigningKey = BULLETIN_KEY, **changes: Any) -> bytes:
    expires_ms = changes.pop("expires_ms", START_MS + 10**9)
    body = {"tags": [], "version": version}
    return encode_bulletin(Bulletin("tags", scope, "tags", version, START_MS, expires_ms, body), key)


def take(kiosk: Kiosk, stick: Path, now_ms: int | None = START_MS + 1) -> list[dict[str, object]]:
    outbox = kiosk.outbox()
    with closing(outbox.store):
        return list(read_bulletins(outbox, SCOPES, stick, now_ms))


def test_what_the_centre_signed_is_kept_and_told(kiosk: Kiosk, stick: Path) -> None:
    (stick / "a.bulletin").write_bytes(signed())
    named = {"kind": "tags", "scope": f"venue-{VENUE}", "name": "tags", "version": 1}
    assert take(kiosk, stick) == [{"file": "a.bulletin", **named, "taken": True}]
    assert take(kiosk, stick) == [{"file": "a.bulletin", "refused": "unchanged"}]
    assert [held.version for held in bulletins.all_of(kiosk.store, "tags")] == [1]


def test_an_old_stick_takes_nothing_back(kiosk: Kiosk, stick: Path) -> None:
    (stick / "a.bulletin").write_bytes(signed(3))
    take(kiosk, stick)
    (stick / "a.bulletin").write_bytes(signed(2))
    assert take(kiosk, stick) == [{"file": "a.bulletin", "refused": "rollback"}]
    assert [held.version for held in bulletins.all_of(kiosk.store, "tags")] == [3]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"holiday pictures", "malformed"),
        (b"", "malformed"),
        (signed(scope="venue-cho-khac"), "foreign"),
        (signed(key=key_of("a stranger")), "unknown_key"),
        (signed(expires_ms=START_MS), "expired"),
        (signed()[:-1] + bytes([signed()[-1] ^ 1]), "bad_signature"),
        (signed() + bytes(MAX_BULLETIN_BYTES), "malformed"),
    ],
)
def test_what_may_not_be_taken_is_told_with_its_reason(message: bytes, reason: str, kiosk: Kiosk, stick: Path) -> None:
    (stick / "a.bulletin").write_bytes(message)
    (stick / "b.bulletin").write_bytes(signed())
    refused, taken = take(kiosk, stick)
    assert (refused["refused"], taken["taken"]) == (reason, True)
    assert bulletins.all_of(kiosk.store, "tags")[0].version == 1


def test_with_the_clock_unset_the_last_word_stands(kiosk: Kiosk, stick: Path) -> None:
    (stick / "a.bulletin").write_bytes(signed(expires_ms=START_MS))
    (line,) = take(kiosk, stick, None)
    assert line["taken"] is True


def test_new_roots_are_walked_first_in_whatever_order_they_lie(kiosk: Kiosk, stick: Path) -> None:
    for name, version in (("1.root", 3), ("2.root", 2), ("3.root", 5)):
        root = make_root(version, bulletin=NEXT_KEY)
        (stick / name).write_bytes(encode_root(root, [ROOT_KEY]))
    (stick / "a.bulletin").write_bytes(signed(key=NEXT_KEY))
    lines = take(kiosk, stick)
    assert [(line["file"], line.get("version"), line.get("refused")) for line in lines] == [
        ("1.root", 3, None),
        ("2.root", 2, None),
        ("3.root", None, "skipped"),
        ("a.bulletin", 1, None),
    ]
    assert bulletins.root(kiosk.store, kiosk.fingerprint) == make_root(3, bulletin=NEXT_KEY)


def test_a_strangers_root_opens_nothing(kiosk: Kiosk, stick: Path) -> None:
    stranger = key_of("a stranger")
    (stick / "2.root").write_bytes(encode_root(make_root(2, bulletin=stranger), [stranger]))
    (stick / "a.bulletin").write_bytes(signed(key=stranger))
    root, bulletin = take(kiosk, stick)
    assert (root["refused"], bulletin["refused"]) == ("bad_signature", "unknown_key")


def test_before_enrolment_there_is_no_one_to_believe(tmp_path: Path, stick: Path) -> None:
    kiosk = Kiosk(tmp_path / "new")
    kiosk.store.execute("DELETE FROM root")
    (stick / "a.bulletin").write_bytes(signed())
    assert take(kiosk, stick) == [{"refused": "no_root"}]
    kiosk.store.close()
