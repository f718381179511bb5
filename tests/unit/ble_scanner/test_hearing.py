"""What is kept of each report, what is only counted, and when a tag opens the gate."""

import pytest

from ble_scanner.hearing import MOST_SENDERS, Hearing, Tapped
from ble_scanner.radio import Heard
from ble_scanner.rolling_id import eid
from ble_scanner.sighting import Kind, Sighting
from ble_scanner.tag_table import TagTable
from ble_scanner.tap import SETTINGS, Taps
from ble_scanner.windows import Windows
from wire.sightings import SYSTEMS, SightingWindow
from wire.tags import Tag

MINUTE = 1_790_000_040_000  # Unix ms, a whole minute
BEGAN = MINUTE - 1_000_000  # when this machine was switched on
KEY = bytes(range(16))
TAG = Tag(b"pass-of-the-tag!", KEY, 9, BEGAN // 1000 - 5000, MINUTE // 1000 + 86_400, 2)


class Gate:
    """The hot path with its real parts."""

    def __init__(self, *tags: Tag, taps: bool = True) -> None:
        self.windows, self.tapped = Windows(), list[Tapped]()
        table = TagTable(tags, MINUTE // 1000)
        table.renew(MINUTE // 1000)
        self.hearing = Hearing(self.windows, table, Taps(SETTINGS["balanced"]) if taps else None, self.tapped.append)
        self.hearing.offset_ms = self.hearing.guess_ms = BEGAN

    def hear(self, *sightings: Sighting, rssi: int = -70, at_ms: int = 0, address: str = "AA:00:00:00:00:01") -> None:
        self.hearing.hear(Heard(address, rssi, 1_000_000 + at_ms, sightings))

    def hold(self, key: bytes = KEY, near: int = -33) -> None:
        """A tag comes to the mark, stays for a second and goes."""
        for n, rssi in enumerate([-74, -70, -60, -48, *[near] * 10, -48, -60, -74]):
            self.hear(_frame(key), rssi=rssi, at_ms=n * 100)

    def kept(self) -> list[SightingWindow]:
        return self.windows.take_all()


def _frame(key: bytes) -> Sighting:
    counter = MINUTE // 1000 - TAG.epoch_s
    return Sighting("eddystone-eid", eid(key, TAG.exponent, counter), -20)


def test_rotating_identifiers_are_kept_by_the_minute() -> None:
    gate = Gate()
    gate.hear(Sighting("bluezone", b"b" * 12), rssi=-70)
    gate.hear(Sighting("bluezone", b"b" * 12), rssi=-60)
    gate.hear(Sighting("exposure-notification", b"r" * 16, None, b"aemm"))
    assert gate.kept() == [
        SightingWindow(SYSTEMS["bluezone"], b"b" * 12, MINUTE, -60, -65, 2),
        SightingWindow(SYSTEMS["exposure-notification"], b"r" * 16 + b"aemm", MINUTE, -70, -70, 1),
    ]


@pytest.mark.parametrize(
    "kind",
    [
        *("bluezone-ios", "opentrace", "tracetogether-token", "herald", "ibeacon", "altbeacon"),
        *("eddystone-uid", "eddystone-url", "eddystone-tlm"),
    ],
)
def test_everything_else_is_counted_and_forgotten(kind: Kind) -> None:
    gate = Gate()
    gate.hear(Sighting(kind, b"fixed number"))
    assert gate.hearing.counts == {kind: 1}
    assert gate.kept() == []


def test_a_strangers_tag_is_counted_and_forgotten() -> None:
    gate = Gate(TAG)
    gate.hold(key=b"another key.....")
    assert gate.hearing.counts == {"eddystone-eid": 17}
    assert (gate.kept(), gate.tapped) == ([], [])


def test_a_tag_held_to_the_gate_is_one_tap_with_its_pass() -> None:
    gate = Gate(TAG)
    gate.hold()
    assert [tapped.tag for tapped in gate.tapped] == [TAG]
    assert gate.hearing.counts["tag"] == 17


def test_a_tag_that_passes_by_is_heard_under_its_pass_and_opens_nothing() -> None:
    gate = Gate(TAG)
    gate.hold(near=-66)
    (window,) = gate.kept()
    assert (window.system, window.identifier, window.heard) == (SYSTEMS["tag"], TAG.pass_id, 17)
    assert gate.tapped == []


def test_with_taps_switched_off_a_tag_is_still_heard() -> None:
    gate = Gate(TAG, taps=False)
    gate.hold()
    assert (len(gate.kept()), gate.tapped) == (1, [])


def test_with_the_clock_unset_nothing_is_kept_and_taps_work() -> None:
    gate = Gate(TAG)
    gate.hearing.offset_ms = None
    gate.hear(Sighting("bluezone", b"b" * 12))
    gate.hold()
    assert gate.kept() == []
    assert gate.hearing.unkept == 18
    assert len(gate.tapped) == 1


def test_phones_that_only_show_their_presence_are_offered_to_be_asked() -> None:
    gate, asked = Gate(), list[Heard]()
    gate.hearing.ask = asked.append
    gate.hear(Sighting("bluezone-ios"), Sighting("ibeacon", b"n" * 20))
    gate.hear(Sighting("herald"))
    assert len(asked) == 1


def test_a_report_of_nobody_we_know_still_shows_that_the_radio_works() -> None:
    gate = Gate()
    gate.hear(at_ms=7)
    assert (gate.hearing.heard, gate.hearing.heard_ms, gate.kept()) == (1, 1_000_007, [])


def test_senders_are_told_apart_for_a_minute_and_no_flood_fills_the_memory() -> None:
    gate = Gate()
    for number in range(MOST_SENDERS + 50):
        gate.hear(address=f"{number:012x}")
    assert gate.hearing.take_senders() == MOST_SENDERS
    assert gate.hearing.take_senders() == 0
