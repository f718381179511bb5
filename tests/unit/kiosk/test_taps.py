"""A tag that is held to the gate opens it as the printed pass does: once, while it is news, and by the same rules."""

from pathlib import Path

import pytest

from credentials import tag
from credentials.pass_qr import Pass, encode_pass
from credentials.pass_qr import read as read_pass
from credentials.trust import Trust
from kiosk.gate import Rules
from kiosk.nearby import Nearby
from kiosk.tapping import AHEAD_MS, FRESH_STATUS_MS, FRESH_TAP_MS, TapWatch, is_news, tags_are_heard
from store.exposures import Exposed, put_exposures
from store.radio_log import put_status
from store.sightings import FILE, Sightings, open_sightings
from store.taps import TapRow, add_tap
from tests.parts.waits import wait_for
from tests.unit.kiosk.site import CARD, NOON, PASS_KEY, Kiosk, Time
from wire.records import IdentityKind, Source, Visit

ID, OTHER_ID = b"t" * 16, b"u" * 16
TOMORROW_S = NOON // 1000 + 86_400
BOOT = b"bootboot"


def hold(kiosk: Kiosk, pass_id: bytes = ID, expires_s: int = TOMORROW_S, companions: int = 0) -> str:
    """The lamp after this tag was held to the gate."""
    before = len(kiosk.outside.shown)
    kiosk.loop.take(kiosk.loop._arrivals.tap(pass_id, expires_s, companions, kiosk.loop.state))
    return next((p for p, _ in kiosk.outside.shown[before:] if not p.startswith("sound")), "nothing")


def printed(expires_s: int = TOMORROW_S) -> str:
    return encode_pass(Pass(ID, expires_s), PASS_KEY)


def reasons(kiosk: Kiosk) -> tuple[str, ...]:
    return kiosk.feed.latest()[1].reasons


def test_a_tag_checks_in_and_out_and_the_visit_says_that_it_was_a_tap(kiosk: Kiosk, time: Time) -> None:
    assert hold(kiosk, companions=2) == "green"
    time.pass_ms(3_600_000)
    assert hold(kiosk, companions=2) == "green"
    visits = [record for record in kiosk.opened_records() if isinstance(record, Visit)]
    assert [(one.source, one.identity_kind, one.identity) for one in visits] == [
        (Source.TAP, IdentityKind.PASS, ID.hex())
    ] * 2
    assert [(one.direction.name, one.companions) for one in visits] == [("IN", 2), ("OUT", 2)]


def test_a_tag_and_the_code_of_the_same_pass_are_one_visitor(kiosk: Kiosk, time: Time) -> None:
    hold(kiosk)
    time.pass_ms(3_600_000)
    kiosk.show(printed())
    view = kiosk.feed.latest()[1]
    assert (view.direction, view.occupancy) == ("out", 0)


def test_a_tag_that_stays_at_the_gate_is_one_showing(kiosk: Kiosk, time: Time) -> None:
    assert hold(kiosk) == "green"
    time.pass_ms(2_000)
    assert hold(kiosk) == "nothing"
    time.pass_ms(5_000)
    assert hold(kiosk) == "green"  # the same answer again, and no second visit
    assert reasons(kiosk) == ("already_in",)
    assert sum(isinstance(record, Visit) for record in kiosk.opened_records()) == 1


def test_a_card_in_sight_is_no_second_showing_because_a_tag_was_tapped(kiosk: Kiosk, time: Time) -> None:
    kiosk.show(CARD)
    for _ in range(70):  # the card stays before the camera, for longer than the minimum stay
        time.pass_ms(1_000)
        kiosk.show(CARD)
    assert hold(kiosk) == "green"
    shown = len(kiosk.outside.shown)
    time.pass_ms(500)
    kiosk.show(CARD)
    assert kiosk.outside.shown[shown:] == [] and hold(kiosk) == "nothing"
    assert sum(isinstance(record, Visit) for record in kiosk.opened_records()) == 2


@pytest.mark.parametrize(("now", "revoked"), [(None, False), ("later", False), ("now", False), ("now", True)])
def test_a_tag_is_answered_with_the_reason_that_its_printed_pass_gets(
    time: Time, now: str | None, revoked: bool
) -> None:
    clock = time.clock()
    known = clock.known_now()
    assert known is not None
    moment = None if now is None else known if now == "now" else known.replace(year=known.year + 1)
    trust = Trust({PASS_KEY.kid: PASS_KEY.public}, {}, frozenset({ID} if revoked else ()))
    by_code, by_tag = read_pass(printed(), moment, trust), tag.read(ID, TOMORROW_S, 0, moment, trust)
    assert (by_tag.status, by_tag.reason, by_tag.normal_form) == (by_code.status, by_code.reason, by_code.normal_form)
    assert by_tag.fields.keys() == by_code.fields.keys()


@pytest.mark.parametrize("row", [(b"short", 1, 0), (ID, -1, 0), (ID, 1 << 50, 0), (ID, 1, 10), (ID, 1, -1)])
def test_a_row_that_no_radio_writes_is_no_pass(row: tuple[bytes, int, int]) -> None:
    assert tag.read(*row, None, Trust.NONE).reason == "bad_schema"


def test_an_unset_clock_asks_for_a_person_and_a_full_place_for_patience(tmp_path: Path, time: Time) -> None:
    time.synchronised = False
    assert (hold(kiosk := Kiosk(tmp_path / "a", time)), reasons(kiosk)) == ("yellow", ("clock_unset",))
    time.synchronised = True
    assert (hold(kiosk := Kiosk(tmp_path / "b", time, rules=Rules("in", capacity=0))), reasons(kiosk)) == (
        "yellow",
        ("full",),
    )


def test_a_form_that_waits_for_a_card_gets_the_tag_and_nobody_is_checked_in(kiosk: Kiosk) -> None:
    kiosk.loop.cards._waiting = 1  # a form's page waits
    assert hold(kiosk) == "nothing"
    assert kiosk.loop.cards._given is not None and kiosk.loop.cards._given.normal_form == ID.hex()
    assert [record for record in kiosk.opened_records() if isinstance(record, Visit)] == []


def row(mono_ms: int, boot: bytes = BOOT) -> TapRow:
    return TapRow(1, ID, TOMORROW_S, 0, NOON, boot, mono_ms)


@pytest.mark.parametrize(
    ("tapped", "now_ms", "news"),
    [
        (row(10_001), 10_001, True),
        (row(10_001), 10_001 + FRESH_TAP_MS, True),
        (row(10_001), 10_002 + FRESH_TAP_MS, False),
        (row(10_000), 10_001, False),  # before the gate began to look
        (row(20_000), 20_000 - AHEAD_MS, True),
        (row(20_000), 19_999 - AHEAD_MS, False),
        (row(10_001, b"otherboo"), 10_001, False),
    ],
)
def test_only_what_was_tapped_just_now_in_this_boot_opens(tapped: TapRow, now_ms: int, news: bool) -> None:
    assert is_news(tapped, BOOT, now_ms, 10_000) is news


@pytest.mark.parametrize(
    ("facts", "heard"),
    [
        ({"state": "listening", "boot": BOOT.hex(), "mono_ms": 1_000}, True),
        ({"state": "failed", "boot": BOOT.hex(), "mono_ms": 1_000}, False),
        ({"state": "listening", "boot": BOOT.hex(), "mono_ms": 999 - FRESH_STATUS_MS}, False),
        ({"state": "listening", "boot": "00" * 8, "mono_ms": 1_000}, False),
        ({"state": "listening", "boot": BOOT.hex(), "mono_ms": None}, False),
        ({}, False),
    ],
)
def test_tags_are_heard_while_the_radio_says_so(facts: dict[str, object], heard: bool) -> None:
    assert tags_are_heard(facts, BOOT, 1_000) is heard


class Look:
    """A watch on a folder, and what it has taken."""

    def __init__(self, folder: Path, time: Time, taps: bool = True) -> None:
        self.folder, self.time, self.nearby, self.taken = folder, time, Nearby(), list[bytes]()
        self.busy = False
        self.watch = TapWatch(
            *(folder, time.clock(), self.nearby, lambda tapped: self.taken.append(tapped.pass_id)),
            busy=lambda: self.busy,
            taps=taps,
        )
        self.watch.start()

    def radio(self) -> Sightings:
        return open_sightings(self.folder, now_ms=lambda: NOON)

    def tap(self, radio: Sightings, pass_id: bytes = ID) -> None:
        self.time.pass_ms(10)
        stamp = {"at_ms": NOON, "boot": BOOT, "mono_ms": self.time.mono_ms}
        add_tap(radio, pass_id=pass_id, expires_s=TOMORROW_S, companions=0, **stamp)  # type: ignore[arg-type]

    def has(self, *taken: bytes) -> None:
        wait_for(lambda: self.taken == list(taken), f"{len(taken)} taps taken")


@pytest.fixture
def look(tmp_path: Path, time: Time) -> Look:  # type: ignore[misc]
    look = Look(tmp_path, time)
    yield look
    look.watch.close()


def test_a_file_that_comes_later_is_looked_at_and_never_made(look: Look, tmp_path: Path) -> None:
    assert not (tmp_path / FILE).exists()
    radio = look.radio()
    look.tap(radio)
    look.has(ID)
    radio.close()


def test_a_file_that_is_deleted_and_made_anew_replays_nothing(look: Look, tmp_path: Path) -> None:
    radio = look.radio()
    look.tap(radio)
    look.has(ID)
    radio.close()
    for path in tmp_path.glob(f"{FILE}*"):
        path.unlink()
    again = look.radio()
    stamp = {"at_ms": NOON, "boot": BOOT, "mono_ms": look.time.mono_ms}  # the same tap, in the new file
    add_tap(again, pass_id=ID, expires_s=TOMORROW_S, companions=0, **stamp)  # type: ignore[arg-type]
    look.tap(again, OTHER_ID)
    look.has(ID, OTHER_ID)
    again.close()


def test_a_damaged_file_closes_nothing_and_is_looked_at_again_when_it_was_replaced(look: Look, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database" * 1000)
    wait_for(lambda: (tmp_path / "aside").exists(), "the damaged file put aside")
    radio = look.radio()
    look.tap(radio)
    look.has(ID)
    radio.close()


def test_while_the_gate_is_busy_taps_wait_and_grow_old(look: Look) -> None:
    radio = look.radio()
    look.busy = True
    look.tap(radio)
    look.time.pass_ms(FRESH_TAP_MS + 1)
    look.busy = False
    look.tap(radio, OTHER_ID)
    look.has(OTHER_ID)
    radio.close()


def test_the_hint_to_tap_comes_and_goes_with_the_radio(look: Look) -> None:
    radio = look.radio()
    assert look.watch.down()
    put_status(radio, {"state": "listening", "boot": BOOT.hex(), "mono_ms": look.time.mono_ms})
    look.time.pass_ms(2_000)
    wait_for(lambda: look.nearby.taps, "the radio is heard of")
    assert not look.watch.down()
    look.time.pass_ms(FRESH_STATUS_MS)
    wait_for(look.watch.down, "the radio is silent")
    radio.close()


def test_what_is_known_of_exposures_outlives_the_file_until_another_one_speaks(look: Look, tmp_path: Path) -> None:
    radio = look.radio()
    put_exposures(radio, [Exposed(ID, "case-1", NOON - 1, NOON + 86_400_000)])
    look.time.pass_ms(2_000)
    wait_for(lambda: look.nearby.exposed == {ID: NOON + 86_400_000}, "the exposure is known")
    radio.close()
    for path in tmp_path.glob(f"{FILE}*"):
        path.unlink()
    wait_for(lambda: look.watch._sightings is None, "the file is missed")
    assert look.nearby.exposed == {ID: NOON + 86_400_000}
    radio = look.radio()
    look.time.pass_ms(2_000)
    wait_for(lambda: look.nearby.exposed == {}, "the new file has spoken")
    radio.close()


def test_a_gate_without_taps_takes_none_and_misses_none(tmp_path: Path, time: Time) -> None:
    look = Look(tmp_path, time, taps=False)
    radio = look.radio()
    look.tap(radio)
    put_status(radio, {"state": "listening", "boot": BOOT.hex(), "mono_ms": time.mono_ms})
    time.pass_ms(2_000)
    wait_for(lambda: look.watch._looked_ms == time.mono_ms, "a look at the file")
    assert (look.taken, look.nearby.taps, look.watch.down()) == ([], False, False)
    look.watch.close()
    radio.close()


def test_the_resting_screen_follows_the_radio(kiosk: Kiosk) -> None:
    kiosk.ledger.nearby.taps = True
    kiosk.loop._turn([])
    assert kiosk.feed.latest()[1].taps
    kiosk.show(CARD)
    kiosk.ledger.nearby.taps = False
    kiosk.loop._turn([])
    kiosk.loop.press("cancel")
    kiosk.loop.take(*kiosk.loop._wait())
    assert not kiosk.feed.latest()[1].taps
