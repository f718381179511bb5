"""A gate that heard a case's phone, some tags and some strangers, and the lists that are published later."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ble_scanner.match_held import Counts, MatchHeld
from ble_scanner.rolling_id import bluezone_ids, daily_key_after
from store import bulletins
from store.epochs import current_epoch
from store.exposures import exposed_passes
from store.sightings import Sightings, open_sightings
from tests.unit.store.desk import DAY_MS, START_MS, Desk, desk_in, send_all
from tests.unit.store.heard import identifier
from wire.bulletin import Bulletin
from wire.case_keys import CaseKey, CaseKeys, Standing, case_keys_body
from wire.records import ContactCandidate, Encounter, Record
from wire.sightings import SYSTEMS, WINDOW_MS, SightingWindow

# The desk's own day, at 07:00 in Viet Nam, where a UTC day begins; what is looked at from three days later on.
MORNING_MS = START_MS // DAY_MS * DAY_MS
LATER_MS = MORNING_MS + 3 * DAY_MS
CASE_SEED = bytes(range(32))


def case_key(case: str = "case-1", seed: bytes = CASE_SEED, days: int = 2) -> CaseKey:
    """A Bluezone key from the day before MORNING_MS on."""
    start_s = (MORNING_MS - DAY_MS) // 1000
    return CaseKey("bluezone", seed, start_s, start_s + days * 86_400, 96, case)


def phone(at_ms: int, seed: bytes = CASE_SEED) -> bytes:
    """What the phone of a case sends at that time."""
    day = (at_ms - MORNING_MS + DAY_MS) // DAY_MS
    return list(bluezone_ids(daily_key_after(seed, day)))[at_ms % DAY_MS // 900_000]


def minutes(first: int, count: int, morning_ms: int = MORNING_MS) -> range:
    """`count` minutes from `first` (which may be negative) after 07:00."""
    return range(morning_ms + first * WINDOW_MS, morning_ms + (first + count) * WINDOW_MS, WINDOW_MS)


def case_windows(at: Iterable[int], seed: bytes = CASE_SEED) -> list[SightingWindow]:
    """The case's phone in these minutes."""
    return [SightingWindow(SYSTEMS["bluezone"], phone(at_ms, seed), at_ms, -62, -70, 12) for at_ms in at]


def tag_windows(number: int, at: Iterable[int]) -> list[SightingWindow]:
    """Tag `number` in these minutes."""
    return [SightingWindow(SYSTEMS["tag"], tag(number), at_ms, -66, -72, 12) for at_ms in at]


def stranger_windows(number: int, at: Iterable[int]) -> list[SightingWindow]:
    """A phone whose keys nobody publishes."""
    return [SightingWindow(SYSTEMS["bluezone"], identifier(number), at_ms, -70, -75, 12) for at_ms in at]


def tag(number: int) -> bytes:
    """The pass of a tag."""
    return identifier(1000 + number, 16)


class Gate:
    """Both databases of one gate."""

    def __init__(self, desk: Desk, sightings: Sightings) -> None:
        self.desk, self.sightings = desk, sightings
        self.store = desk.open()
        self._version = 0

    def publish(
        self,
        *keys: CaseKey,
        standing: Standing = "confirmed",
        upload: bool = True,
        minutes: int = 15,
        name: str = "list",
        expires_ms: int = 1 << 50,
        cases: dict[str, Standing] | None = None,
    ) -> None:
        """A list of that name, newer than any before."""
        self._version += 1
        standings = dict.fromkeys({key.case for key in keys if key.case}, standing) if cases is None else cases
        body = case_keys_body(CaseKeys("order-1", upload, keys, standings, minutes))
        bulletin = Bulletin("ble_keys", "all", name, self._version, 0, expires_ms, body)
        bulletins.keep(self.store, bulletin, b"signed", LATER_MS)

    def put_order(self, start_ms: int, end_ms: int) -> None:
        """The order that the lists name, as it stands now."""
        self._version += 1
        said = {name: {"vi": "Lệnh mẫu để thử."} for name in ("purpose", "notice")}
        facts = {"form": "https://gatepost.example/form/voluntary|1", "valid": DAY_MS, "mandatory": False}
        body = {"start": start_ms, "end": end_ms, **facts, **said}
        order = Bulletin("order", "all", "order-1", self._version, 0, 1 << 50, body)
        bulletins.keep(self.store, order, b"signed", LATER_MS)

    def match(self, now_ms: int | None = LATER_MS, *, enrolled: bool = True) -> Counts:
        """One run of the job."""
        recorder = self.desk.recorder(self.store) if enrolled else None
        return MatchHeld(self.store, self.sightings, recorder, now_ms).run()

    def told(self, now_ms: int = LATER_MS) -> set[bytes]:
        """The passes that are told at the gate."""
        return set(exposed_passes(self.sightings, now_ms))

    def sent(self) -> list[Record]:
        """What waits for the centre, opened."""
        return list(send_all(self.store, current_epoch(self.store)).values())

    def encounters(self) -> list[Encounter]:
        """Of these the encounters."""
        return [one for one in self.sent() if isinstance(one, Encounter)]

    def candidates(self) -> list[ContactCandidate]:
        """And the candidates."""
        return [one for one in self.sent() if isinstance(one, ContactCandidate)]


@contextmanager
def gate_in(folder: Path) -> Iterator[Gate]:
    """A gate in a folder; it may have been there before."""
    with desk_in(folder) as desk:
        sightings = open_sightings(folder, now_ms=lambda: LATER_MS, random_bytes=os.urandom)
        try:
            yield Gate(desk, sightings)
        finally:
            sightings.close()
