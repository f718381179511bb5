"""The disk fills slowly: the gate stops before the disk does, and opens again when there is room."""

from pathlib import Path

from kiosk.disk import DiskGuard
from kiosk.events import FaultChanged
from kiosk.upkeep import Upkeep
from store import reserve
from tests.unit.kiosk.site import CARD, OTHER, Kiosk, Time

MORE_THAN_ANY_DISK = 1 << 60


def test_less_than_the_minimum_is_full_while_the_reserve_is_held(tmp_path: Path) -> None:
    guard = DiskGuard(tmp_path, 4096, MORE_THAN_ANY_DISK)
    assert guard.is_full()
    assert (tmp_path / reserve.FILE).stat().st_size == 4096


def test_the_gate_says_fault_below_the_minimum_and_serves_again_with_room(tmp_path: Path, time: Time) -> None:
    kiosk = Kiosk(tmp_path, time)
    kiosk.ledger.enrolled = True
    scarce = DiskGuard(tmp_path, 4096, MORE_THAN_ANY_DISK)
    for event in Upkeep(kiosk.ledger, kiosk.clock, scarce, lambda: kiosk.loop.state.faults, True).each_turn():
        kiosk.loop.take(event)
    assert kiosk.show(CARD) == "fault"
    assert kiosk.feed.latest()[1].reasons == ("disk_full",)
    roomy = DiskGuard(tmp_path, 4096, 0)
    events = Upkeep(kiosk.ledger, kiosk.clock, roomy, lambda: kiosk.loop.state.faults, True).each_turn()
    assert FaultChanged("disk_full", False) in events
    for event in events:
        kiosk.loop.take(event)
    assert kiosk.show(OTHER) == "green"


def test_a_released_reserve_is_made_again_when_there_is_room(tmp_path: Path) -> None:
    guard = DiskGuard(tmp_path, 4096, 0)
    guard.release()
    assert not (tmp_path / reserve.FILE).exists()
    assert not guard.is_full()
    assert (tmp_path / reserve.FILE).exists()
