"""A pass on the centre's list gets ASK at a gate without a network, by its code and by its tag, and for no longer."""

from pathlib import Path

import pytest

from credentials.pass_qr import Pass, encode_pass
from kiosk.loop import GateLoop
from store import bulletins
from tests.unit.kiosk.site import CARD, NOON, PASS_KEY, Kiosk, Time
from wire.bulletin import Bulletin
from wire.exposures import entry_of, exposures_body
from wire.records import Visit

DAY_S = 86_400
ID, OTHER_ID = b"e" * 16, b"o" * 16
ENDS_MS = NOON + 12 * DAY_S * 1000


@pytest.fixture
def kiosk(tmp_path: Path, time: Time) -> Kiosk:
    return Kiosk(tmp_path, time)


def hold(
    kiosk: Kiosk, entries: dict[bytes, int], version: int = 1, scope: str = "province-99", name: str = "list-0"
) -> None:
    """What the agent has accepted and committed."""
    held = Bulletin("exposures", scope, name, version, NOON, ENDS_MS, exposures_body(entries))
    bulletins.keep(kiosk.store, held, b"signed", NOON)
    kiosk.ledger._version = -1  # written by this very connection, which data_version does not tell
    kiosk.ledger.refresh()


def a_pass(pass_id: bytes = ID, outcome: int | None = None) -> str:
    return encode_pass(Pass(pass_id, NOON // 1000 + 14 * DAY_S, 0, outcome), PASS_KEY)


def test_a_listed_pass_is_asked_and_the_reason_waits_for_its_holder_alone(kiosk: Kiosk) -> None:
    hold(kiosk, {entry_of(ID): ENDS_MS})
    assert kiosk.show(a_pass()) == "yellow"
    visit, view = kiosk.opened_records()[-1], kiosk.feed.latest()[1]
    assert isinstance(visit, Visit) and visit.reasons == (31, 58)  # see_desk, no_declaration_due: no exposure is told
    assert (view.reasons, view.private) == (("see_desk",), True)
    assert kiosk.loop.state.private is not None and kiosk.loop.state.private.until_ms == ENDS_MS


def test_others_pass_as_ever(kiosk: Kiosk) -> None:
    hold(kiosk, {entry_of(ID): ENDS_MS})
    assert kiosk.show(a_pass(OTHER_ID)) == "green"
    assert kiosk.show(CARD) == "green"


def test_a_tag_of_that_pass_is_asked_too(kiosk: Kiosk) -> None:
    hold(kiosk, {entry_of(ID): ENDS_MS})
    loop: GateLoop = kiosk.loop
    loop.take(loop._arrivals.tap(ID, NOON // 1000 + DAY_S, 0, loop.state))
    assert "exposure" in (kiosk.loop.state.private.reasons if kiosk.loop.state.private else ())


def test_a_recalled_pass_vanishes_with_the_next_version(kiosk: Kiosk) -> None:
    hold(kiosk, {entry_of(ID): ENDS_MS})
    hold(kiosk, {entry_of(OTHER_ID): ENDS_MS}, version=2)
    assert kiosk.show(a_pass()) == "green"


def test_an_exposure_ends_by_itself_without_a_new_list(kiosk: Kiosk, time: Time) -> None:
    hold(kiosk, {entry_of(ID): NOON + 60_000})
    time.pass_ms(60_000)
    assert kiosk.show(a_pass()) == "green"


def test_lists_of_several_places_are_joined(kiosk: Kiosk) -> None:
    hold(kiosk, {entry_of(ID): ENDS_MS}, scope="venue-v-cho-mau")
    hold(kiosk, {entry_of(OTHER_ID): ENDS_MS}, scope="province-99", name="list-1")
    assert kiosk.show(a_pass()) == "yellow"
    assert kiosk.show(a_pass(OTHER_ID)) == "yellow"


def test_a_clearance_pass_is_let_through(kiosk: Kiosk) -> None:
    hold(kiosk, {entry_of(ID): ENDS_MS})
    assert kiosk.show(a_pass(outcome=1)) == "green"


def test_a_list_that_cannot_be_read_leaves_the_others(kiosk: Kiosk) -> None:
    broken = Bulletin("exposures", "all", "list-0", 1, NOON, ENDS_MS, {"v": 9})
    bulletins.keep(kiosk.store, broken, b"signed", NOON)
    hold(kiosk, {entry_of(ID): ENDS_MS})
    assert kiosk.show(a_pass()) == "yellow"
