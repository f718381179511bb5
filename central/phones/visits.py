"""Check-ins and check-outs that a phone made at a poster, one or a queue of them; told twice they are one.

- A phone's time is believed within two minutes of ours; older it is kept as what the phone says (clock: holdover),
  older than a day it says so in its reasons, older than two weeks it is no visit any more. From the future ours stands.
- Whoever is inside and says "in" again is inside: nothing is recorded twice, and the answer says so.
- A queue is one commit: after it the phone may forget what it told.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from central.phones.board import Board
from central.phones.deciding import Holder, There, numbers_of, on_check
from central.phones.posters import Poster, poster_of
from central.phones.receipt import written
from central.phones.rooms import Room, room_of
from central.phones.writing import Said, Writer
from central.places.places import Place
from central.statements import run
from rules.messages import heard_by
from wire.envelope import ClockQuality
from wire.reasons import public
from wire.records import Direction, IdentityKind, PhoneVisit, Signal
from wire.refusal import Refused

MOST = 50
INSIDE_MS = 12 * 3_600_000  # nobody stays longer: a check-out was forgotten
LATE_MS = 86_400_000
TOO_OLD_MS = 14 * LATE_MS
_NEAR_MS = 120_000
_DIRECTIONS = {"in": Direction.IN, "out": Direction.OUT}
_FIELDS = {"poster", "direction", "at_ms", "companions"}


class Check(NamedTuple):
    """What a phone tells: `way` in, out, or "" where the centre shall say; `at_ms` as the phone has it."""

    poster: str
    way: str
    at_ms: int
    companions: int


class Last(NamedTuple):
    """The newest admitted visit of a pass."""

    place: str
    way: str
    at_ms: int


class Stamp(NamedTuple):
    """When it was, how well that is known, and what is to be noted about it ("" for nothing)."""

    at_ms: int
    clock: ClockQuality
    note: str = ""


@dataclass(slots=True)
class _Round:
    """What one request gathers: answers in the order asked, and what is to be written."""

    answers: list[dict[str, Any]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    keys: dict[bytes, dict[str, Any]] = field(default_factory=dict)  # key -> answer, of each of `said`


def read_checks(listed: Any) -> list[Check]:
    """PURE. The visits of a request. Raises Refused("bad_request")."""
    if type(listed) is not list or not 1 <= len(listed) <= MOST:
        raise Refused("bad_request", f"1 to {MOST} visits")
    found = []
    for one in listed:
        if type(one) is not dict or not {"poster", "at_ms"} <= set(one) <= _FIELDS:
            raise Refused("bad_request", "poster, direction, at_ms and companions")
        check = Check(one["poster"], one.get("direction", ""), one["at_ms"], one.get("companions", 0))
        if (
            type(check.poster) is not str
            or check.way not in ("", "in", "out")
            or type(check.at_ms) is not int
            or not 0 <= check.at_ms < 1 << 53
            or type(check.companions) is not int
            or not 0 <= check.companions <= 9
        ):
            raise Refused("bad_request", "a visit's fields")
        found.append(check)
    return found


def stamp_of(at_ms: int, now_ms: int) -> Stamp:
    """PURE. What is believed of a phone's time. Raises Refused("too_old")."""
    age = now_ms - at_ms
    if age > TOO_OLD_MS:
        raise Refused("too_old")
    if age < -_NEAR_MS:
        return Stamp(now_ms, ClockQuality.SYNCED, "phone_clock")
    if age <= _NEAR_MS:
        return Stamp(min(at_ms, now_ms), ClockQuality.SYNCED)
    return Stamp(at_ms, ClockQuality.HOLDOVER, "phone_late" if age > LATE_MS else "")


def key_of(pass_id: bytes, place: str, gate: str, way: str, at_ms: int) -> bytes:
    """PURE. 16 bytes that name a check-in as a phone tells it, however often."""
    told = "\0".join(("gatepost/1 told", pass_id.hex(), place, gate, way, str(at_ms)))
    return hashlib.sha256(told.encode()).digest()[:16]


def way_of(asked: str, last: Last | None, place: str, at_ms: int) -> tuple[str, bool]:
    """PURE. (in or out, whether the visitor was inside there) at `at_ms`."""
    inside = last is not None and (last.place, last.way) == (place, "in") and 0 <= at_ms - last.at_ms < INSIDE_MS
    return asked or ("out" if inside else "in"), inside


def take_checks(
    writer: Writer, connection: Connection, board: Board, holder: Holder, checks: Sequence[Check], now_ms: int
) -> list[dict[str, Any]]:
    """An answer for each check, once those that are new are durable. `connection` only reads."""
    for again in (True, False):
        taken = _look(connection, board, holder, checks, now_ms)
        try:
            _write(writer, taken, holder.pass_id, now_ms)
        except IntegrityError:  # the same queue from two tabs of one phone: the other one was first
            if not again:
                raise
            continue
        break
    return taken.answers


def last_of(connection: Connection, pass_id: bytes) -> Last | None:
    """The newest admitted visit of a phone's pass: at a gate, or by this phone a blink ago."""
    taken, told = _taken(connection, pass_id), _untaken(connection, pass_id)
    return max((one for one in (taken, told) if one is not None), key=lambda one: one.at_ms, default=None)


def _taken(connection: Connection, pass_id: bytes) -> Last | None:
    """What ingest has taken."""
    sql = (
        "SELECT v.venue, v.direction, v.at_ms FROM phone_pass p JOIN visit v ON v.person = p.pseudonym"
        " WHERE p.id = ? AND v.signal = ? ORDER BY v.at_ms DESC LIMIT 1"
    )
    row = run(connection, sql, (pass_id, int(Signal.ALLOW))).first()
    return None if row is None else Last(row[0], "in" if row[1] == Direction.IN else "out", int(row[2]))


def _untaken(connection: Connection, pass_id: bytes) -> Last | None:
    """What was told, whether ingest has taken it or not."""
    sql = "SELECT answer FROM phone_said WHERE pass = ? ORDER BY at_ms DESC LIMIT 8"
    for (text,) in run(connection, sql, (pass_id,)):
        answer = json.loads(text)
        if answer["signal"] == Signal.ALLOW.name:
            return Last(answer["place"], answer["direction"], answer["at_ms"])
    return None


def _look(connection: Connection, board: Board, holder: Holder, checks: Iterable[Check], now_ms: int) -> _Round:
    found, last = _Round(), last_of(connection, holder.pass_id)
    for check in checks:
        try:
            stamp = stamp_of(check.at_ms, now_ms)
            poster = poster_of(connection, check.poster, board.root, now_ms)
        except Refused as refused:
            found.answers.append({"error": refused.reason})
            continue
        way, inside = way_of(check.way, last, poster.place.id, stamp.at_ms)
        key = key_of(holder.pass_id, poster.place.id, poster.gate, check.way, check.at_ms)
        before = found.keys.get(key) or _told(connection, key)
        if before is not None:
            found.answers.append(before)
            continue
        if way == "in" and inside:
            assert last is not None  # else nobody were inside
            found.answers.append(_answer(poster, way, Signal.ALLOW, ("already_in",), last.at_ms))
            continue
        answer = _decide(board, connection, holder, (poster, check, stamp), way, inside, found, now_ms)
        if answer["signal"] == "ALLOW":
            last = Last(poster.place.id, way, stamp.at_ms)
        found.keys[key] = answer
        found.answers.append(answer)
    return found


def _decide(
    board: Board,
    connection: Connection,
    holder: Holder,
    told: tuple[Poster, Check, Stamp],
    way: str,
    inside: bool,
    found: _Round,
    now_ms: int,
) -> dict[str, Any]:
    """Decide, and put the record among those to be written."""
    poster, check, stamp = told
    place = poster.place
    standing = board.standing(connection, place.id, place.ward, place.province)
    room = _room(connection, place, stamp, way, found, now_ms)
    there = There(place.kind, place.areas, standing, room)
    decision = on_check(holder, there, way, 1 + check.companions, stamp.at_ms)
    notes = (stamp.note,) if stamp.note else ()
    numbers = numbers_of(decision, *notes)
    identity = (IdentityKind.PASS, holder.pass_id.hex())
    visit = PhoneVisit(place.id, poster.gate, _DIRECTIONS[way], decision.signal, *identity, numbers, check.companions)
    found.said.append(Said(visit, stamp.at_ms, stamp.clock))
    reasons = (*public(decision.reasons), *notes)
    if way == "out" and not inside:
        reasons = (*reasons, "not_checked_in")
    answer = _answer(poster, way, decision.signal, reasons, stamp.at_ms)
    messages = heard_by("private", decision.messages)
    return {**answer, "recorded": True, "messages": [dict(one) for one in messages]}


def _room(connection: Connection, place: Place, stamp: Stamp, way: str, found: _Round, now_ms: int) -> Room | None:
    """Of a place where somebody goes in just now; those of this request who are not written yet are inside."""
    room = room_of(connection, place, now_ms) if way == "in" and stamp.clock is ClockQuality.SYNCED else None
    if room is None:
        return None
    said = [one.record for one in found.said]
    just = [one for one in said if isinstance(one, PhoneVisit) and (one.place, one.signal) == (place.id, Signal.ALLOW)]
    came = sum(1 + one.companions if one.direction == Direction.IN else -1 - one.companions for one in just)
    return room._replace(inside=max(0, room.inside + came))


def _answer(poster: Poster, way: str, signal: Signal, reasons: Sequence[str], at_ms: int) -> dict[str, Any]:
    return {
        "receipt": None,
        "place": poster.place.id,
        "name": poster.name,
        "gate": poster.gate or None,
        "direction": way,
        "signal": signal.name,
        "reasons": list(reasons),
        "at_ms": at_ms,
        "recorded": False,
        "messages": [],
    }


def _write(writer: Writer, taken: _Round, pass_id: bytes, now_ms: int) -> None:
    if not taken.said:
        return

    def also(connection: Connection, ids: list[bytes]) -> None:
        for (key, answer), record in zip(taken.keys.items(), ids, strict=True):
            answer["receipt"] = written(record)
            sql = "INSERT INTO phone_said (key, pass, record, at_ms, answer, made_ms) VALUES (?, ?, ?, ?, ?, ?)"
            run(connection, sql, (key, pass_id, record, answer["at_ms"], json.dumps(answer), now_ms))

    writer.write(taken.said, also)


def _told(connection: Connection, key: bytes) -> dict[str, Any] | None:
    answer = run(connection, "SELECT answer FROM phone_said WHERE key = ?", (key,)).scalar()
    return None if answer is None else dict(json.loads(answer))
