"""Who is inside, by pseudonym: the gate's memory copy of the store, and the day keys that its pseudonyms hang on.

- A pseudonym is HMAC(day key, identity). Identity numbers can be guessed through, so the key lies in RAM only: in the
  runtime folder (a tmpfs on the card), where it outlives a crash of this process but not the power.
- A key is drawn each day and kept two days at most, so that a stay over midnight is still paired.
- A pass that was given for a check-in stands for the same visitor: it is looked up, and says nothing by itself.
- When the key is gone but people were inside, the memory has a hole: the gate then asks "in or out?".
"""

import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from kiosk.events import Last
from machine.clock import VIET_NAM_MS
from rules.known import RISKS, LastDeclaration
from store.declared import Declared
from store.visits import LastVisit
from wire.crypto import visitor_pseudonym
from wire.records import Direction, Signal

DAY_MS = 86_400_000
HOLE_MS = 12 * 3_600_000  # nobody who was inside before the power cut is expected to leave later than this
CLOSING_MS = 3 * 3_600_000  # at three in the morning markets and schools are empty: counting begins anew
_KEY_BYTES = 32


class DayKeys:
    """Today's and yesterday's key, as files `day-<number>.key` in the runtime folder."""

    def __init__(self, folder: Path, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._folder = folder
        self._random_bytes = random_bytes
        self._keys: dict[int, bytes] = {}
        self._drawing = Lock()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def of(self, now_ms: int) -> tuple[bytes, ...]:
        """The keys to try, today's first. Draws today's when there is none and destroys those of past days."""
        today = day_of(now_ms)
        if today not in self._keys:
            with self._drawing:  # the camera's thread and the gate's must not draw two keys for one day
                if today not in self._keys:
                    self._load(today)
        return tuple(self._keys[day] for day in (today, today - 1) if day in self._keys)

    def _load(self, today: int) -> None:
        kept = {}
        for path in self._folder.glob("day-*.key"):
            day = int(path.stem.removeprefix("day-"))
            if day in (today, today - 1) and path.stat().st_size == _KEY_BYTES:
                kept[day] = path.read_bytes()
            else:
                path.unlink()
        if today not in kept:
            kept[today] = self._random_bytes(_KEY_BYTES)
            _write_private(self._folder / f"day-{today}.key", kept[today])
        self._keys = kept


class Visitors:
    """The newest admitted visit of each pseudonym. Times on this boot's monotonic clock, in ms."""

    def __init__(self, keys: DayKeys) -> None:
        self._keys = keys
        self._last: dict[bytes, Last] = {}
        self._declared: dict[bytes, dict[str, tuple[int, frozenset[str]]]] = {}  # by form: (mono ms, facts)
        self._check_ins: dict[bytes, str] = {}  # the newest, by its record
        self._holders: dict[str, bytes] = {}  # of passes that were given for a check-in, by the pass's id in hex
        self._newer: dict[bytes, bytes] = {}  # yesterday's pseudonym -> today's, of whoever was met under both
        self._hole_until_ms = 0

    def load(self, visits: list[LastVisit], people_inside: int, boot: bytes, mono_ms: int, now_ms: int) -> None:
        """Take over what the store knows. A pseudonym under a lost key can never be met again: that is the hole."""
        self._last = {
            visit.visitor: Last(Direction(visit.direction), visit.mono_ms) for visit in visits if visit.boot == boot
        }
        if people_inside > 0 and len(self._last) < len(visits):
            self._hole_until_ms = mono_ms + HOLE_MS
        self._keys.of(now_ms)

    def load_declared(self, rows: list[Declared], boot: bytes) -> None:
        """Take over who has declared and was well. Those of another boot hang on a key that is gone."""
        for row in rows:
            if row.boot == boot:
                self.note_declared(row.visitor, row.form, frozenset(), row.mono_ms)

    def names(self, kind: str, normal_form: str, now_ms: int) -> tuple[bytes, ...]:
        """The pseudonyms of an identity: today's first, then yesterday's. From any thread."""
        return tuple(visitor_pseudonym(key, kind, normal_form) for key in self._keys.of(now_ms))

    def last_of(self, names: tuple[bytes, ...]) -> Last | None:
        """What is known of the visitor with these pseudonyms, today's first."""
        if len(names) > 1 and names[1] in self._last:
            self._newer[names[1]] = names[0]
        return next((self._last[name] for name in names if name in self._last), None)

    def unsure(self, mono_ms: int) -> bool:
        """Whether somebody may be inside whom this memory does not know."""
        return mono_ms < self._hole_until_ms

    def note(self, visitor: bytes, direction: Direction, mono_ms: int) -> None:
        """A visit of this pseudonym was committed."""
        self._last[visitor] = Last(direction, mono_ms)

    def note_check_in(self, visitor: bytes, ref: str) -> None:
        """The newest check-in of this pseudonym is the record `ref`."""
        self._check_ins[visitor] = ref

    def check_in_of(self, visitor: bytes) -> str | None:
        """The record of the newest check-in of this pseudonym."""
        return self._check_ins.get(visitor)

    def give_pass(self, pass_id: str, visitor: bytes) -> None:
        """From now on that pass stands for this pseudonym."""
        self._holders[pass_id] = visitor

    def holder_of(self, pass_id: str) -> tuple[bytes, ...]:
        """The pseudonyms that a pass stands for, today's first; none when it was given for no check-in here."""
        visitor = self._holders.get(pass_id)
        if visitor is None:
            return ()
        newer = self._newer.get(visitor)
        return (visitor,) if newer is None else (newer, visitor)

    def note_declared(self, visitor: bytes, form: str, facts: frozenset[str], mono_ms: int) -> None:
        """A declaration of this pseudonym was committed."""
        self._declared.setdefault(visitor, {})[form] = (mono_ms, facts)

    def declarations_of(self, names: tuple[bytes, ...], mono_ms: int) -> tuple[LastDeclaration, ...]:
        """What is remembered under these pseudonyms, newest first."""
        said = [(at, form, facts) for name in names for form, (at, facts) in self._declared.get(name, {}).items()]
        said.sort(key=lambda one: one[0], reverse=True)
        return tuple(
            LastDeclaration(form, mono_ms - at, facts, Signal.ASK if facts & RISKS else Signal.ALLOW)
            for at, form, facts in said
        )

    def forget_before(self, mono_ms: int) -> None:
        """Drop what is older than two days: its pseudonyms mean nothing any more."""
        self._last = {name: last for name, last in self._last.items() if mono_ms - last.mono_ms < 2 * DAY_MS}
        self._check_ins = {name: ref for name, ref in self._check_ins.items() if name in self._last}
        self._holders = {pass_id: name for pass_id, name in self._holders.items() if name in self._last}
        self._newer = {name: newer for name, newer in self._newer.items() if name in self._last}
        self._declared = {
            name: forms
            for name, forms in self._declared.items()
            if any(mono_ms - at < 2 * DAY_MS for at, _ in forms.values())
        }


def day_of(now_ms: int) -> int:
    """The number of the local day in Viet Nam."""
    return (now_ms + VIET_NAM_MS) // DAY_MS


def counting_day(now_ms: int) -> int:
    """The number of the day on which people inside are counted together: it ends at three in the morning."""
    return day_of(now_ms - CLOSING_MS)


def counting_began_ms(now_ms: int) -> int:
    """When the present counting day began, Unix ms."""
    return counting_day(now_ms) * DAY_MS + CLOSING_MS - VIET_NAM_MS


def _write_private(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
