"""What the radio process reads and writes in the gate's database, and what it does while that is missing or broken."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ble_scanner.at_the_gate import AtTheGate
from kiosk.effects import RecordVisit
from store import bulletins, meta, outbox
from store.db import FILE, LEAVING, Store, open_store
from tests.unit.kiosk.site import Kiosk, Time
from wire.bulletin import Bulletin
from wire.envelope import ClockQuality, Stamp
from wire.records import DeviceEvent, Direction, IdentityKind, Signal, Visit
from wire.tags import Tag, tags_body

NOW_MS = 1_790_000_000_000
DAY_MS = 86_400_000
BOOT = b"bootboot"
STEP = DeviceEvent("radio", {"step": "power_cycle", "silent_s": 180})


@dataclass
class Place:
    """A gate's folder, and the radio process's hold on it."""

    folder: Path
    clock: ClockQuality = ClockQuality.SYNCED
    stores: list[Store] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate = AtTheGate(self.folder, "t-gate", b"", self.stamp)

    def stamp(self) -> Stamp:
        return Stamp(NOW_MS, self.clock, BOOT, 5_000_000)

    def store(self) -> Store:
        self.stores.append(open_store(self.folder, now_ms=lambda: NOW_MS))
        return self.stores[-1]

    def publish(self, kind: str, body: object, *, name: str = "", version: int = 1, expires_ms: int = DAY_MS) -> None:
        made = Bulletin(kind, "all", name or kind, version, NOW_MS, NOW_MS + expires_ms, body)
        bulletins.keep(self.store(), made, b"signed", NOW_MS)

    def close(self) -> None:
        self.gate.close()
        for store in self.stores:
            store.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path / "data")
    yield made
    made.close()


def _tag(number: int) -> Tag:
    return Tag(bytes([number]) * 16, bytes([number + 100]) * 16, 9, 0, NOW_MS // 1000 + 100)


def test_a_gate_that_has_never_run_has_no_tags_and_nothing_is_made_for_it(place: Place) -> None:
    assert not place.gate.look()
    assert (place.gate.tags, place.gate.keys) == ((), None)
    assert not place.gate.tell(STEP)
    assert not (place.folder / FILE).exists()


def test_tags_of_every_list_in_force_are_known(place: Place) -> None:
    place.publish("tags", tags_body([_tag(1), _tag(2)]))
    place.publish("tags", tags_body([_tag(3)]), name="other")
    place.publish("tags", tags_body([_tag(4)]), name="over", expires_ms=-1)
    assert place.gate.look()
    assert set(place.gate.tags) == {_tag(1), _tag(2), _tag(3)}
    assert not place.gate.look(), "nothing was committed since"


def test_with_the_clock_unset_the_last_word_stands(place: Place) -> None:
    place.clock = ClockQuality.UNSET
    place.publish("tags", tags_body([_tag(4)]), expires_ms=-1)
    assert place.gate.look()
    assert place.gate.tags == (_tag(4),)


def test_a_list_that_is_none_is_passed_over(place: Place) -> None:
    place.publish("tags", {"tags": [["not a tag"]]})
    place.publish("tags", tags_body([_tag(1)]), name="other")
    place.gate.look()
    assert place.gate.tags == (_tag(1),)


def test_another_version_of_the_keys_changes_the_mark(place: Place) -> None:
    place.store()
    place.gate.look()
    marks = [place.gate.keys]
    for version in (1, 2):
        place.publish("ble_keys", {"version": version}, version=version)
        place.gate.look()
        marks.append(place.gate.keys)
    assert marks[0] == ""
    assert len(set(marks)) == 3


def test_a_step_is_reported_only_when_the_gate_is_enrolled(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path, Time(), BOOT)
    gate = AtTheGate(tmp_path / "data", "t-gate", kiosk.fingerprint, kiosk.clock.stamp)
    assert not gate.tell(STEP)
    meta.put(kiosk.store, "enrolled_ms", "1")
    before = outbox.backlog(kiosk.store).rows
    assert gate.tell(STEP)
    assert outbox.backlog(kiosk.store).rows == before + 1
    assert [r for r in kiosk.opened_records() if isinstance(r, DeviceEvent)][-1] == STEP
    gate.close()
    kiosk.store.close()


def test_the_last_visitor_is_known_from_this_boot_only(tmp_path: Path) -> None:
    time = Time()
    kiosk = Kiosk(tmp_path, time, BOOT)
    stamps = [kiosk.clock.stamp()]
    gate = AtTheGate(tmp_path / "data", "t-gate", kiosk.fingerprint, lambda: stamps[-1])
    assert gate.last_visit_ms() is None
    visit = Visit(Direction.IN, Signal.ALLOW, IdentityKind.PASS, "01" * 16)
    kiosk.ledger.record([RecordVisit(visit, bytes(16))])
    assert gate.last_visit_ms() == time.mono_ms
    stamps.append(stamps[-1]._replace(boot=b"rebooted"))
    assert gate.last_visit_ms() is None
    gate.close()
    kiosk.store.close()


def test_a_database_that_leaves_is_let_go_of_and_opened_again(place: Place) -> None:
    place.publish("tags", tags_body([_tag(1)]))
    place.gate.look()
    (place.folder / LEAVING).touch()
    assert not place.gate.look()
    assert place.gate.tags == (_tag(1),), "what is known is not forgotten"
    (place.folder / LEAVING).unlink()
    place.publish("tags", tags_body([_tag(2)]), version=2)
    assert place.gate.look()
    assert place.gate.tags == (_tag(2),)


def test_a_damaged_database_does_not_end_the_process(place: Place) -> None:
    place.folder.mkdir()
    (place.folder / FILE).write_bytes(os.urandom(8192))
    assert not place.gate.look()
    assert not place.gate.tell(STEP)
    assert place.gate.last_visit_ms() is None
