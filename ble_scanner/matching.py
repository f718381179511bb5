"""PURE. Published keys against what was heard: which windows were a case's, with the clock tolerance of each system.

- Keys are turned round: the identifiers of a UTC day that were heard are a set in memory, and the identifiers that all
  keys made for that day stream past it. Memory is that of one day; time is that of the derivation.
- The set holds the day and TOLERANCE_MS on either side of it. What is in the set and in the stream is then judged by
  time, window by window: an identifier that was recorded and sent again an hour too late is no hit.
- A hit says that the case's phone (or somebody who replays it within the tolerance) was heard in that minute. It says
  nothing of distance.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from struct import iter_unpack
from typing import NamedTuple, Protocol

from ble_scanner.rolling_id import bluezone_ids, daily_key_after, dp3t_ids, rpis
from wire.case_keys import CaseKey
from wire.sighting_blocks import Minute
from wire.sightings import DAY_MS, SYSTEMS, WINDOW_MS, SightingWindow

_HOUR_MS = 3_600_000
# How far the phone's clock may be from ours.
# exposure-notification: 12 intervals of 10 minutes, as in the phones' own matching (Google's published sources).
# bluezone: the app's own matching allows nothing, since both of its clocks were set by a network. A gateway without one
#   is in holdover, and a phone's clock may be set by hand: the same two hours.
# dp3t: the identifiers of a day are sent in an order that only the phone knows, so that the day is all that can be
#   judged; the same two hours at its ends.
TOLERANCE_MS = {"bluezone": 2 * _HOUR_MS, "exposure-notification": 2 * _HOUR_MS, "dp3t": 2 * _HOUR_MS}
_MARGIN_MINUTES = max(TOLERANCE_MS.values()) // WINDOW_MS
_LAST_MINUTE = DAY_MS // WINDOW_MS - 1
# What a key derives; exposure-notification is kept with 4 bytes of metadata behind.
_ID_BYTES = {"bluezone": 12, "exposure-notification": 16, "dp3t": 16}
_INTERVAL_S = 600
_DAY_S = 86_400


class Hit(NamedTuple):
    """A window in which the phone of `keys[key]` was heard."""

    key: int
    window: SightingWindow


class Source(Protocol):
    """Where windows are kept, by UTC day (store.sightings.Sightings is one)."""

    def days(self) -> Sequence[int]:
        """The UTC days of which something is kept."""
        ...

    def minutes(self, day: int, first: int = 0, last: int = _LAST_MINUTE) -> Iterable[Minute]:
        """What was heard in the minutes `first` to `last` (0..1439, both included) of a day."""
        ...


class Sent(NamedTuple):
    """When a key's phone sent an identifier, by its own clock: from..until in Unix ms."""

    key: int
    from_ms: int
    until_ms: int


def by_day(source: Source, keys: Sequence[CaseKey]) -> Iterator[tuple[int, Iterator[Hit]]]:
    """(UTC day, the hits of identifiers that were made for it), of all that is kept. Memory is that of one day.

    An identifier belongs to one day, also where the tolerance lets it be heard in two.
    """
    # Nobody's identifiers of the day before and of the day behind are heard but in the tolerance.
    for day in sorted({kept + near for kept in source.days() for near in (-1, 0, 1)}):
        yield day, hits_of_day(keys, day, around(source, day))


def around(source: Source, day: int) -> list[Minute]:
    """What may be of the identifiers of a UTC day: the day itself and the tolerance on either side."""
    return [
        *source.minutes(day - 1, _LAST_MINUTE + 1 - _MARGIN_MINUTES),
        *source.minutes(day),
        *source.minutes(day + 1, 0, _MARGIN_MINUTES),
    ]


def hits_of_day(keys: Sequence[CaseKey], day: int, minutes: Sequence[Minute]) -> Iterator[Hit]:
    """The windows among `minutes` that are of identifiers which `keys` made for the UTC day `day`."""
    sent = {system: _sent(keys, day, system, heard) for system, heard in _heard(minutes).items()}
    for minute in minutes:
        found = sent.get(minute.system)
        if not found or found.keys().isdisjoint(_identifiers(minute)):
            continue
        system = _SYSTEM_OF[minute.system]
        tolerance, length = TOLERANCE_MS[system], _ID_BYTES[system]
        for window in minute.windows():
            for key, from_ms, until_ms in found.get(window.identifier[:length], ()):
                if from_ms - tolerance < window.at_ms + WINDOW_MS and window.at_ms <= until_ms + tolerance:
                    yield Hit(key, window)


def derived_id(window: SightingWindow) -> bytes:
    """The identifier as a key derives it: that of exposure-notification without what was heard behind it."""
    return window.identifier[: _ID_BYTES[_SYSTEM_OF[window.system]]]


def ids_of_day(key: CaseKey, day: int) -> Iterable[bytes]:
    """The identifiers that a key speaks for in a UTC day, in order of time (but see rolling_id of dp3t)."""
    first, stop = _slots(key, day)
    if first >= stop:
        return ()
    if key.system == "exposure-notification":
        return rpis(key.key, day * (_DAY_S // _INTERVAL_S) + first, stop - first)
    daily = daily_key_after(key.key, day - key.start_s // _DAY_S)
    if key.system == "dp3t":
        return dp3t_ids(daily)
    return islice(bluezone_ids(daily, stop), first, None)


def _slots(key: CaseKey, day: int) -> tuple[int, int]:
    """The slots of a UTC day in which the key speaks, first and one behind the last: whoever began in them counts."""
    slot_ms = _slot_ms(key)
    start, end = key.start_s * 1000 - day * DAY_MS, key.end_s * 1000 - day * DAY_MS
    return max(0, start // slot_ms), min(DAY_MS // slot_ms, -(-end // slot_ms))


def _slot_ms(key: CaseKey) -> int:
    match key.system:
        case "bluezone":
            return DAY_MS // key.slots
        case "exposure-notification":
            return _INTERVAL_S * 1000
    return DAY_MS


def _heard(minutes: Iterable[Minute]) -> dict[int, set[bytes]]:
    """System number -> the identifiers that were heard, as long as keys derive them."""
    heard: dict[int, set[bytes]] = {number: set() for number in _SYSTEM_OF}
    for minute in minutes:
        if minute.system in heard:
            heard[minute.system].update(_identifiers(minute))
    return heard


def _identifiers(minute: Minute) -> Iterator[bytes]:
    length = _ID_BYTES[_SYSTEM_OF[minute.system]]
    if minute.length < length:
        return iter(())
    return chain.from_iterable(iter_unpack(f"{length}s{minute.length - length}x", minute.packed))


def _sent(keys: Sequence[CaseKey], day: int, system: int, heard: set[bytes]) -> Mapping[bytes, list[Sent]]:
    """Of the identifiers that keys of a system made for a day, those that were heard, and when they were sent."""
    found: dict[bytes, list[Sent]] = {}
    name = _SYSTEM_OF[system]
    for number, key in enumerate(keys):
        if heard and key.system == name and (common := heard.intersection(ids_of_day(key, day))):
            first, slot_ms = _slots(key, day)[0], _slot_ms(key)
            for slot, identifier in enumerate(ids_of_day(key, day), first):
                if identifier in common:
                    from_ms = day * DAY_MS + (0 if name == "dp3t" else slot * slot_ms)
                    found.setdefault(identifier, []).append(Sent(number, from_ms, from_ms + slot_ms))
    return found


_SYSTEM_OF = {SYSTEMS[system]: system for system in TOLERANCE_MS}
