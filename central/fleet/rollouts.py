"""Rolling out: proposed by one, released by another, carried on by a job ring by ring, stopped by anybody or by itself.

- A release is one bulletin for the whole country whose share and scopes grow; stopped, it says so to whoever has not
  begun. Any other kind is published to the scopes of each ring as it begins, and to `all` in a last ring of everybody;
  stopped, it goes no further, and the way back is a roll-out of what was before.
- One roll-out of a kind and name runs at a time.
"""

import hashlib
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.access.roles import Right, roles
from central.bulletins import publish_bulletin
from central.fleet.listing import groups, standing
from central.fleet.rollout_step import (
    Member,
    Plan,
    Step,
    check_plan,
    is_in,
    joins,
    member_of,
    read_plan,
    step,
    write_plan,
)
from central.keys import Keyring
from central.statements import run
from wire import cbor, release
from wire.bulletin import KINDS, MAX_BULLETIN_BYTES
from wire.refusal import Refused

DAYS_TO_SIGN, DAYS_IN_FORCE, DAYS_OF_A_RING = 7, 365, 45
MOST_OPEN, _MOST_SHOWN = 20, 50
NOT_STAGED = frozenset({"exposures", "ble_keys", "passes", "tags"})  # who is warned and who is barred: all, at once
_DAY_MS = 86_400_000
_COLUMNS = (
    "id, kind, name, label, body, plan, hash, state, ring, ring_ms, why, proposed_by, proposed_ms, ends_ms, decided_by,"
    " decided_ms, alone, words"
)


class Rollout(NamedTuple):
    """A row of rollout."""

    id: int
    kind: str
    name: str
    label: str
    body: bytes
    plan_text: str
    hash: bytes
    state: str
    ring: int
    ring_ms: int | None
    why: str
    proposed_by: str
    proposed_ms: int
    ends_ms: int
    decided_by: str | None
    decided_ms: int | None
    alone: str | None
    words: str

    @property
    def plan(self) -> Plan:
        """How it goes out."""
        return read_plan(self.plan_text)

    @property
    def version(self) -> str | None:
        """What a kiosk says it runs when it has taken it; None for what kiosks do not speak of."""
        return self.label if self.kind == release.KIND else None

    def state_at(self, now_ms: int) -> str:
        """Its state; one whose time to be signed is over counts as ended before the job has said so."""
        return "expired" if self.state == "proposed" and self.ends_ms <= now_ms else self.state


def propose(
    connection: Connection, kind: str, name: str, body: Any, plan: Plan, by: str, words: str, now_ms: int
) -> Rollout:
    """Put something before the second person. Raises Refused: bad_plan, bad_release, bad_kind, too_large, too_many."""
    check_plan(plan)
    if kind not in KINDS or kind in NOT_STAGED:
        raise Refused("bad_kind", kind[:24])
    label = ""
    if kind == release.KIND:
        label, name = release.read_release(body).version, release.NAME
    elif any(0 < one.share < release.BUCKETS for one in plan.rings):
        raise Refused("bad_plan", "only a release goes out by a share of all kiosks")
    packed = cbor.dumps(body)
    if len(packed) > MAX_BULLETIN_BYTES // 2:
        raise Refused("too_large", str(len(packed)))
    if run(connection, "SELECT count(*) FROM rollout WHERE state = 'proposed'").scalar_one() >= MOST_OPEN:
        raise Refused("too_many", str(MOST_OPEN))
    text = write_plan(plan)
    values = (kind, name, label, packed, text, _digest(packed, text), by, now_ms, now_ms + DAYS_TO_SIGN * _DAY_MS)
    number = run(
        connection,
        "INSERT INTO rollout (kind, name, label, body, plan, hash, state, ring, why, proposed_by, proposed_ms, ends_ms,"
        " words) VALUES (?, ?, ?, ?, ?, ?, 'proposed', 0, '', ?, ?, ?, ?) RETURNING id",
        (*values, " ".join(words.split())[:500]),
    ).scalar_one()
    return rollout_of(connection, int(number))


def begin(
    connection: Connection, ring: Keyring, number: int, read: str, by: str, now_ms: int, alone: str | None = None
) -> Rollout:
    """The second person releases what they have read; its first ring begins. `alone`: why there is no second one.

    Raises Refused: rollout_unknown, rollout_over, second_person, rollout_other, rollout_running, rollout_nobody.
    """
    held = rollout_of(connection, number)
    if held.state_at(now_ms) != "proposed":
        raise Refused("rollout_over", held.state)
    if held.proposed_by == by and not alone:
        raise Refused("second_person", str(number))
    digest = _digest(held.body, held.plan_text)
    if digest != held.hash or digest.hex() != read.lower():
        raise Refused("rollout_other", str(number))
    sql = "SELECT count(*) FROM rollout WHERE state = 'running' AND kind = ? AND name = ?"
    if run(connection, sql, (held.kind, held.name)).scalar_one():
        raise Refused("rollout_running", held.name)
    if not members(connection, held._replace(ring=1, ring_ms=now_ms), now_ms):
        raise Refused("rollout_nobody", "the first ring")
    sql = (
        "UPDATE rollout SET state = 'running', decided_by = ?, decided_ms = ?, alone = ?, ring = 1, ring_ms = ?"
        " WHERE id = ? AND state = 'proposed'"
    )
    if run(connection, sql, (by, now_ms, alone, now_ms, number)).rowcount != 1:
        raise Refused("rollout_over", str(number))
    begun = rollout_of(connection, number)
    _publish(connection, ring, begun, now_ms)
    return begun


def turn_down(connection: Connection, number: int, by: str, now_ms: int) -> str:
    """Refuse it, or take back one's own; which of the two. Raises Refused: rollout_unknown, rollout_over."""
    held = rollout_of(connection, number)
    if held.state_at(now_ms) != "proposed":
        raise Refused("rollout_over", held.state)
    state = "withdrawn" if held.proposed_by == by else "refused"
    sql = "UPDATE rollout SET state = ?, decided_by = ?, decided_ms = ? WHERE id = ?"
    run(connection, sql, (state, by, now_ms, number))
    return state


def stop(connection: Connection, ring: Keyring, number: int, why: str, now_ms: int) -> Rollout:
    """Stop it now; one person is enough. Raises Refused: rollout_unknown, rollout_over."""
    held = rollout_of(connection, number)
    if held.state not in ("running", "done"):
        raise Refused("rollout_over", held.state)
    run(connection, "UPDATE rollout SET state = 'stopped', why = ? WHERE id = ?", (why[:200], number))
    if held.kind == release.KIND:
        _publish(connection, ring, held, now_ms, stopped=True)
    return rollout_of(connection, number)


def carry_on(connection: Connection, ring: Keyring, number: int, now_ms: int) -> Step:
    """Look at its ring, and do what `rollout_step.step` says. Raises Refused: rollout_unknown, rollout_over."""
    held = rollout_of(connection, number)
    if held.state != "running" or held.ring_ms is None:
        raise Refused("rollout_over", held.state)
    next_step = step(held.plan, held.ring, held.ring_ms, members(connection, held, now_ms), now_ms)
    if next_step.what == "stop":
        stop(connection, ring, number, next_step.why, now_ms)
    elif next_step.what == "done":
        run(connection, "UPDATE rollout SET state = 'done' WHERE id = ?", (number,))
    elif next_step.what == "advance":
        sql = "UPDATE rollout SET ring = ring + 1, ring_ms = ? WHERE id = ? AND ring = ? AND state = 'running'"
        if run(connection, sql, (now_ms, number, held.ring)).rowcount == 1:
            _publish(connection, ring, held._replace(ring=held.ring + 1, ring_ms=now_ms), now_ms)
    return next_step


def members(connection: Connection, held: Rollout, now_ms: int, upto: int | None = None) -> list[Member]:
    """Every kiosk that is in so far (or in the first `upto` rings), with how it does."""
    plan, belongs, none = held.plan, groups(connection), frozenset[str]()
    asked, label, begun_ms = plan.upto(held.ring if upto is None else upto), held.version, held.ring_ms or now_ms
    return [
        member_of(kiosk, reason, label, begun_ms, now_ms)
        for kiosk, reason in standing(connection, now_ms)
        if is_in(asked, plan.salt, kiosk, belongs.get(kiosk.device, none))
    ]


def by_ring(connection: Connection, held: Rollout, now_ms: int) -> list[list[Member]]:
    """Those who join in each ring, those to come as well."""
    plan, belongs, none = held.plan, groups(connection), frozenset[str]()
    asked = [plan.upto(number) for number in range(1, len(plan.rings) + 1)]
    found: list[list[Member]] = [[] for _ in asked]
    label, begun_ms = held.version, held.ring_ms or now_ms
    for kiosk, reason in standing(connection, now_ms):
        number = joins(asked, plan.salt, kiosk, belongs.get(kiosk.device, none))
        if number is not None:
            found[number].append(member_of(kiosk, reason, label, begun_ms, now_ms))
    return found


def body_of(held: Rollout) -> Any:
    """What every kiosk of a ring is told; of a release share and scopes are the ring's."""
    return cbor.loads(held.body, MAX_BULLETIN_BYTES)


def rollout_of(connection: Connection, number: int) -> Rollout:
    """One of them. Raises Refused("rollout_unknown")."""
    row = run(connection, f"SELECT {_COLUMNS} FROM rollout WHERE id = ?", (number,)).first()
    if row is None:
        raise Refused("rollout_unknown", str(number))
    return _row(row)


def rollouts(connection: Connection) -> list[Rollout]:
    """Those that run or wait, then the newest."""
    order = "CASE state WHEN 'running' THEN 0 WHEN 'proposed' THEN 1 ELSE 2 END, id DESC"
    return [
        _row(row) for row in run(connection, f"SELECT {_COLUMNS} FROM rollout ORDER BY {order} LIMIT ?", (_MOST_SHOWN,))
    ]


def running(connection: Connection) -> list[int]:
    """The numbers of those that run."""
    sql = "SELECT id FROM rollout WHERE state = 'running' ORDER BY id LIMIT ?"
    return [int(row[0]) for row in run(connection, sql, (_MOST_SHOWN,))]


def end_old(connection: Connection, now_ms: int) -> int:
    """End those that nobody signed in time; how many."""
    sql = "UPDATE rollout SET state = 'expired', decided_ms = ? WHERE state = 'proposed' AND ends_ms <= ?"
    return int(run(connection, sql, (now_ms, now_ms)).rowcount)


def releasers(connection: Connection, now_ms: int) -> int:
    """How many accounts may be the second person."""
    sql = (
        "SELECT g.role, count(*) FROM account_grant g JOIN account a ON a.login = g.login"
        " WHERE a.state <> 'closed' AND (g.ends_ms IS NULL OR g.ends_ms > ?) GROUP BY g.role"
    )
    counts = {str(role): int(count) for role, count in run(connection, sql, (now_ms,))}
    return sum(count for role, count in counts.items() if Right.FLEET_RELEASE in roles().rights_of(role))


def _row(row: Any) -> Rollout:
    values = list(row)
    values[4], values[6] = bytes(values[4]), bytes(values[6])
    return Rollout(*values)


def _digest(body: bytes, plan: str) -> bytes:
    return hashlib.sha256(hashlib.sha256(body).digest() + plan.encode()).digest()


def _publish(connection: Connection, ring: Keyring, held: Rollout, now_ms: int, *, stopped: bool = False) -> None:
    asked, body = held.plan.upto(held.ring), body_of(held)
    scopes = (*asked.scopes, *_devices_of(connection, asked.groups))
    if held.kind == release.KIND:
        said = replace(release.read_release(body), share=asked.share, scopes=frozenset(scopes), stop=stopped)
        said = replace(said, salt=held.plan.salt)
        until = now_ms + DAYS_IN_FORCE * _DAY_MS
        publish_bulletin(connection, ring, held.kind, held.name, "all", release.write_release(said), until, now_ms)
        return
    before = held.plan.upto(held.ring - 1)
    known = {*before.scopes, *_devices_of(connection, before.groups)}
    if asked.share >= release.BUCKETS:
        until = now_ms + DAYS_IN_FORCE * _DAY_MS
        publish_bulletin(connection, ring, held.kind, held.name, "all", body, until, now_ms)
        return
    for scope in dict.fromkeys(one for one in scopes if one not in known):
        until = now_ms + DAYS_OF_A_RING * _DAY_MS  # the last ring speaks to all; the narrow ones end by themselves
        publish_bulletin(connection, ring, held.kind, held.name, scope, body, until, now_ms)


def _devices_of(connection: Connection, names: tuple[str, ...]) -> list[str]:
    found: dict[str, None] = {}
    for name in names:
        sql = "SELECT device FROM kiosk_group WHERE name = ? ORDER BY device LIMIT ?"
        found |= {f"device-{row[0]}": None for row in run(connection, sql, (name, release.MOST_SCOPES))}
    return list(found)
