"""The opener's own room: a call is checked and written into the log, that is committed, and only then it is answered.

- Session, right, purpose, ground, tie and purse: each refuses by itself, and what was refused is written down, too.
- Where the log is not as it was seen last (central.access.watching), nothing is opened any more.
- Nothing opened is kept, logged or repeated; whoever looked at whom stands in the log by person.id alone.
"""

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Roles
from central.access.watching import Watch
from central.alarms import raise_alarm
from central.keys import Keyring
from central.library import read_library
from central.log import log
from central.opening import Pseudonyms
from central.rights.restricting import admit_restricted, order_of, restricted_persons
from central.statements import run
from central.vault import alike, passes
from central.vault.admitting import COMPARED, NUMBER, OPENED, PASSES, REFUSED, Call, admit, write_down
from central.vault.corrected import with_corrections
from central.vault.custody import Custody
from central.vault.port import Alike, Asking, OpenedRecord, RecordId, Status
from central.vault.purse import HOUR_MS, Purses
from central.vault.reading import Reader
from central.vault.tied import Ground, ground_of, ties
from wire.crypto import SealingKey
from wire.records import IdentityKind
from wire.refusal import Refused

_T = TypeVar("_T")
MOST_RECORDS = 500  # of one call
MOST_PERSONS = 5_000


class _Allowed(NamedTuple):
    """What a call may do: paid from which purse, and whom it looks at."""

    purse: str
    persons: Iterable[int] = ()


_Check = Callable[[Connection, Call, Ground], _Allowed]


@dataclass(frozen=True, slots=True)
class Room:
    """Implements central.vault.port.Vault where the keys are. Called by several threads."""

    engine: Engine
    ring: Keyring
    ingest: SealingKey = field(repr=False)
    names: Pseudonyms = field(repr=False)
    custody: Custody = field(repr=False)
    roles: Roles
    now_ms: Callable[[], int]
    watch: Watch = field(default_factory=Watch)
    began_ms: int = 0
    purses: Purses = field(default_factory=Purses)
    turn: threading.Lock = field(default_factory=threading.Lock)  # one call at the purses and the log's end

    def open(self, asking: Asking, records: Sequence[RecordId], only: Sequence[str] = ()) -> list[OpenedRecord]:
        """As the port says."""
        wanted = _some(records, MOST_RECORDS)
        if not self.custody.kids:
            raise Refused("opener_away", "locked")

        only_under: dict[RecordId, frozenset[str]] = {}  # of whom asked that nothing be done: these orders alone

        def check(connection: Connection, call: Call, ground: Ground) -> _Allowed:
            tied = ties(connection, ground, call.purpose, wanted)
            if any(record not in tied or not call.reaches(tied[record].areas) for record in wanted):
                raise Refused("not_allowed", "records")
            only_under.update(admit_restricted(connection, self.ring, ground, wanted, self.now_ms()))
            return _Allowed(call.purse(ground), [tie.person for tie in tied.values() if tie.person is not None])

        ground = self._noted(asking, OPENED, len(wanted), check)
        with self._reader() as reader:
            opened = with_corrections(reader.connection, self.custody, reader.open(wanted), asking.about)
        # Under which order a declaration was made only its sealed part says.
        mine = [one for one in opened if not ground.order or order_of(one) == ground.order]
        mine = [one for one in mine if one.record not in only_under or order_of(one) in only_under[one.record]]
        if only_under and not mine:
            raise Refused("restricted")
        return [_reduced(one, frozenset(only)) for one in mine] if only else mine

    def pseudonym(self, asking: Asking, kind: int, number: str) -> bytes:
        """As the port says."""
        found = self.names.of(kind, number) if kind in set(IdentityKind) and len(number) <= 64 else None
        if found is None:
            raise Refused("not_allowed", "a number and its kind")

        def check(_: Connection, call: Call, ground: Ground) -> _Allowed:
            return _Allowed("arrivals" if ground.kind == "desk" else "numbers")

        self._noted(asking, NUMBER, 1, check, number=True)
        return found

    def passes_of(self, asking: Asking, persons: Sequence[int]) -> dict[int, list[bytes]]:
        """As the port says."""
        wanted = _some(persons, MOST_PERSONS)
        self._noted(asking, PASSES, len(wanted), _of_case(wanted, _Allowed("passes")))
        with self._reader() as reader:
            return passes.passes_of(reader, wanted, self.now_ms())

    def alike(self, asking: Asking, persons: Sequence[int]) -> list[Alike]:
        """As the port says."""
        wanted = _some(persons, MOST_PERSONS)
        self._noted(asking, COMPARED, len(wanted), _of_case(wanted, _Allowed("compared", wanted)))
        with self._reader() as reader:
            # To compare is a help and no duty: whoever asked that nothing be done with their data is left out.
            left_out = restricted_persons(reader.connection)
            return alike.alike(reader, [one for one in wanted if one not in left_out])

    def status(self) -> Status:
        """As the port says."""
        return Status(tuple(sorted(self.custody.kids)), self.began_ms, self.watch.seen.number, self.watch.changed)

    def watch_log(self) -> bool:
        """Follow the log between calls, too; False and an alarm where it is not as it was."""
        with self.turn:
            try:
                with self.engine.connect().execution_options(reads_only=True) as connection:
                    seen = self.watch.look(connection)
                    self.watch.go_round(connection)
            except Refused:
                with self.engine.begin() as connection:
                    self._alarm(connection)
                return False
            self.watch.keep(seen)
            return True

    def _alarm(self, connection: Connection) -> None:
        log("log_changed", row=self.watch.changed)
        raise_alarm(connection, "log_changed", "", f"row {self.watch.changed}", self.now_ms())

    def remember(self) -> None:
        """At the start: what was opened in the last hour counts on."""
        now_ms = self.now_ms()
        sql = "SELECT actor, detail, at_ms FROM audit WHERE at_ms > ? AND action IN (?, ?, ?, ?) ORDER BY number"
        with self.engine.connect().execution_options(reads_only=True) as connection:
            rows = run(connection, sql, (now_ms - HOUR_MS, OPENED, NUMBER, PASSES, COMPARED)).all()
        self.purses.remember(((d["purse"], a, d["count"], t) for a, text, t in rows if (d := json.loads(text))), now_ms)

    def _noted(self, asking: Asking, action: str, count: int, check: _Check, *, number: bool = False) -> Ground:
        """Check one call and write it down; the ground it stands on. A refusal is committed before it is told."""
        now_ms, refusal = self.now_ms(), None
        detail: dict[str, Any] = {"count": count}
        with self.turn:
            with self.engine.begin() as connection:
                call = admit(connection, self.roles, asking, now_ms)
                try:
                    self.watch.look(connection)
                    if not call.grants:
                        raise Refused("not_allowed", "right")
                    ground = ground_of(connection, self.ring, asking.purpose, asking.about, now_ms, number=number)
                    if not call.reaches(ground.areas):
                        raise Refused("not_allowed", "area")
                    allowed = check(connection, call, ground)
                    self.purses.take(allowed.purse, call.account, count, now_ms)
                    write_down(connection, call, action, allowed.persons, {**detail, "purse": allowed.purse}, now_ms)
                except Refused as refused:
                    refusal = refused
                    why = {"asked": action, "why": refused.reason}
                    write_down(connection, call, REFUSED, (), {**detail, **why}, now_ms)
                if self.watch.changed:
                    self._alarm(connection)
                seen = self.watch.seen if self.watch.changed else self.watch.look(connection)  # and this very row
            self.watch.keep(seen)
        if refusal is not None:
            raise refusal
        return ground

    @contextmanager
    def _reader(self) -> Iterator[Reader]:
        with self.engine.connect().execution_options(reads_only=True) as connection:
            library = read_library(connection, self.ring.root())
            yield Reader(connection, self.ingest, self.custody, library)


def _of_case(persons: Sequence[int], allowed: _Allowed) -> _Check:
    """A call about many persons at once: of one case, for its tracing."""

    def check(_: Connection, call: Call, ground: Ground) -> _Allowed:
        if ground.kind != "case" or call.purpose != Purpose.TRACING:
            raise Refused("not_allowed", "purpose")
        if any(person not in ground.persons for person in persons):
            raise Refused("not_allowed", "persons")
        return allowed

    return check


def _reduced(record: OpenedRecord, only: frozenset[str]) -> OpenedRecord:
    fields = {name: value for name, value in record.fields.items() if name in only}
    answers = {name: values for name, values in record.answers.items() if name in only}
    corrections = tuple(one for one in record.corrections if one.field in only)
    return replace(record, fields=fields, answers=answers, corrections=corrections)


def _some(items: Sequence[_T], most: int) -> list[_T]:
    wanted = list(dict.fromkeys(items))
    if not wanted or len(wanted) > most:
        raise Refused("not_allowed", f"1 to {most} at once")
    return wanted
