"""The level of the place at a gate: from the centre's signed bulletin, for the rules and for the guard, and no longer
than it runs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.gate import Rules
from kiosk.guard_desk import KioskGuardDesk
from rules.certlogic import prepare
from rules.known import Known
from rules.sight import look, size_up
from store import bulletins
from store.db import open_store
from tests.unit.kiosk.site import CARD, NOON, Kiosk, Time
from wire.bulletin import Bulletin, accept, encode_bulletin, scopes_of
from wire.crypto import SealingKey, SigningKey
from wire.root import Root, encode_root, read_pinned
from wire.zones import KIND, NAME, Zone, worst, zones_body

DAY_MS = 86_400_000
KEY = SigningKey(b"t" * 32)
SCOPES = scopes_of("t-gate", "cho-thu", "26740", "79")
PASSES_ALONE: dict[str, Any] = {
    "id": "muc-do",
    "version": 3,
    "validFrom": "2026-01-01T00:00:00Z",
    "validTo": "2027-01-01T00:00:00Z",
    "order": "",
    "rules": [
        {
            "id": "red-pass-alone",
            "needs": ["zone.level"],
            "when": {
                "and": [
                    {"===": [{"var": "zone.level"}, "red"]},
                    {"!": [{"===": [{"var": "code.kind"}, "pass"]}]},
                ]
            },
            "signal": "ASK",
            "reasons": ["see_desk"],
            "audience": "public",
        }
    ],
}


def signed(zones: list[Zone], version: int = 1, expires_ms: int = NOON + 60 * DAY_MS) -> Bulletin:
    """The bulletin as the agent takes it over: signed, sent, judged against the root and this kiosk's scopes."""
    signer = SigningKey(b"r" * 32)
    to = {"ingest": SealingKey(b"i" * 32).public, "case": SealingKey(b"c" * 32).public}
    root = read_pinned(
        encode_root(Root(1, 0, NOON * 2, (signer.public,), 1, {f"bulletin:{KIND}": (KEY.public,)}, to), [signer])
    )
    made = Bulletin(KIND, "province-79", NAME, version, NOON, expires_ms, zones_body(zones))
    taken = accept(None, encode_bulletin(made, KEY), root, NOON, SCOPES)
    assert isinstance(taken, Bulletin)
    return taken


def hold(kiosk: Kiosk, *held: Bulletin) -> None:
    for one in held:
        bulletins.keep(kiosk.store, one, b"signed", NOON)
    kiosk.ledger._version = -1  # written by this very connection, which data_version does not tell
    kiosk.ledger.refresh()


@pytest.fixture
def kiosk(tmp_path: Path, time: Time) -> Kiosk:
    made = Kiosk(tmp_path, time, rules=Rules("both", minimum_stay_ms=10_000, areas=SCOPES))
    hold(made, Bulletin("rules", "all", "muc-do", 3, NOON, NOON + 60 * DAY_MS, PASSES_ALONE))
    return made


def red(from_ms: int = NOON, to_ms: int = NOON + DAY_MS) -> Zone:
    return Zone("ward-26740", "red", from_ms, to_ms, 12)


def test_in_a_red_ward_a_card_alone_is_asked_until_the_zone_is_over(kiosk: Kiosk, time: Time) -> None:
    assert kiosk.show(CARD) == "green"
    hold(kiosk, signed([red()]))
    time.pass_ms(20_000)
    assert kiosk.show(CARD) == "green", "whoever leaves is not held"
    time.pass_ms(20_000)
    assert kiosk.show(CARD) == "yellow"
    time.pass_ms(DAY_MS)
    assert kiosk.show(CARD) == "green", "over by itself, and without a new bulletin"


def test_another_ward_and_a_zone_to_come_ask_nobody(kiosk: Kiosk) -> None:
    hold(kiosk, signed([Zone("ward-00001", "red", NOON, NOON + DAY_MS, 1), red(NOON + 1, NOON + DAY_MS)]))
    assert kiosk.show(CARD) == "green"


def test_a_gate_without_the_time_makes_up_no_level(kiosk: Kiosk) -> None:
    hold(kiosk, signed([red()]))
    lost = Known(None, now_ms=NOON, clock="unset", zones=kiosk.ledger.board.duties.zones, areas=SCOPES)
    assert look(size_up(lost, lost.time_ms, False), frozenset({"zone"})) == {"zone": {"level": None}}


def test_a_bulletin_that_cannot_be_read_is_passed_over(kiosk: Kiosk) -> None:
    hold(kiosk, replace(signed([]), body={"zones": {"ward-26740": ["purple", 0, 1, 1]}}))
    assert kiosk.ledger.board.duties.zones == ()
    assert kiosk.show(CARD) == "green"


def test_the_guard_reads_the_level_and_its_last_day(kiosk: Kiosk, time: Time) -> None:
    hold(kiosk, signed([red()]))
    desk = KioskGuardDesk(
        kiosk.loop,
        kiosk.loop.cards,
        kiosk.feed,
        kiosk.clock,
        lambda: open_store(kiosk.store.folder, now_ms=kiosk.clock.now_ms),
        zone=lambda now_ms: worst(kiosk.ledger.board.duties.zones, SCOPES, now_ms),
    )
    try:
        assert (desk.state().zone, desk.state().zone_until) == ("red", "22.09.")
        time.pass_ms(DAY_MS)
        assert (desk.state().zone, desk.state().zone_until) == ("", "")
    finally:
        desk.close()


def test_a_rule_may_compare_where_somebody_says_to_come_from() -> None:
    known = Known(None, now_ms=NOON, by="form", person={"ward": "26740"}, zones=(red(),), areas=frozenset({"all"}))
    data = look(size_up(known, NOON, False), frozenset({"person", "zone", "zones"}))
    assert data["zone"] == {"level": None}, "the ward is somebody's, not the place's"
    assert prepare({"in": [{"var": "person.ward"}, {"var": "zones.red"}]}).evaluate(data) is True
