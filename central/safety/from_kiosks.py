"""What kiosks say of their place: their self-checks and what they measured, kept inside ingest's own transaction.

- Ingest only keeps a check; the job `kiosk_checks` scores it: what could fail must not hold up a batch of visits.
- One hour of one device is one row: after a restart within the hour a second event adds to it.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.alarms import raise_alarm
from central.places.places import place_number, place_of
from central.safety.checks import SelfCheck, hand_in, scores_of_links
from central.safety.periods import HOUR_MS, Period
from central.safety.schemes import schemes
from central.safety.scoring import Scheme
from central.statements import run
from wire.refusal import Refused

MEASURED = "measured"
_PLEDGED = "commitment"
_MOST = {"in": 100_000, "out": 100_000, "by_hand": 100_000, "occupancy_max": 1_000_000, "per_min_max": 10_000}
_MOST |= {"up_s": 3_600, "co2_max": 40_000, "co2_mean": 40_000}  # the sensor's own range ends at 40,000 ppm
_AT_ONCE = 200


class Sent(NamedTuple):
    """A self-check as it came: `form` as "check-market|1", scores by linkId."""

    form: str
    scores: tuple[tuple[str, int], ...]
    at_ms: int


def keep_sent(connection: Connection, stream: int, venue: str, sent: Iterable[Sent]) -> None:
    """Keep checks until the job has scored them."""
    sql = "INSERT INTO kiosk_check (venue, stream, form, scores, at_ms) VALUES (?, ?, ?, ?, ?)"
    for one in sent:
        run(connection, sql, (venue, stream, one.form, json.dumps(dict(one.scores), sort_keys=True), one.at_ms))


def score_sent(connection: Connection, now_ms: int) -> bool:
    """Score what kiosks have sent; whether more is waiting. What cannot be scored is kept with the reason."""
    sql = (
        "SELECT k.id, k.venue, k.form, k.scores, k.at_ms, s.device FROM kiosk_check k JOIN stream s ON s.id = k.stream"
        " WHERE k.done_ms IS NULL ORDER BY k.id LIMIT ?"
    )
    rows = run(connection, sql, (_AT_ONCE,)).all()
    for number, venue, form, scores, at_ms, device in rows:
        refused = None
        try:
            _score_one(connection, venue, form, json.loads(scores), at_ms, device, now_ms)
        except Refused as refusal:
            refused = refusal.reason
        run(connection, "UPDATE kiosk_check SET done_ms = ?, refused = ? WHERE id = ?", (now_ms, refused, number))
    return len(rows) == _AT_ONCE


def _score_one(
    connection: Connection, venue: str, form: str, scores: dict[str, Any], at_ms: int, device: str, now_ms: int
) -> None:
    scheme, period = scheme_named(form)
    if not scores.pop(_PLEDGED, 1):
        raise Refused("safety_pledge", "the pledge was not taken")
    place = place_of(connection, venue)
    answers = scores_of_links(scheme, scores)
    hand_in(connection, SelfCheck(place.number, period, scheme, answers, f"kiosk:{device}", at_ms), now_ms)


def scheme_named(form: str) -> tuple[Scheme, Period]:
    """The scheme of a form, and which check: "check-market|1", "check-market/daily". Raises scheme_unknown."""
    name, _, tail = form.partition("/")
    period: Period = "daily" if tail.partition("|")[0] == "daily" else "periodic"
    base = name.partition("|")[0]
    for scheme in schemes().values():
        if base and base in (scheme.form, scheme.id):
            return scheme, period
    raise Refused("scheme_unknown", base[:40])


def keep_measured(connection: Connection, device: str, facts: dict[str, Any], now_ms: int) -> None:
    """Keep what one device counted in one hour; an alarm for facts that cannot be."""
    found, hour_ms = _numbers(facts), facts.get("hour")
    if found is None or not isinstance(hour_ms, int) or not 0 < hour_ms <= now_ms + HOUR_MS:
        raise_alarm(connection, "bad_event", device, MEASURED, now_ms)
        return
    venue = run(connection, "SELECT venue FROM device WHERE id = ?", (device,)).scalar()
    if not venue:
        return
    place = place_number(connection, str(venue), now_ms)
    put_hour(connection, place, hour_ms // HOUR_MS * HOUR_MS, device, found)


def put_hour(connection: Connection, place: int, hour_ms: int, source: str, found: Mapping[str, int | None]) -> None:
    """Add to an hour: people and seconds are added up, of the others the greatest stays."""
    names = ("in", "out", "by_hand", "occupancy_max", "per_min_max", "up_s", "co2_max", "co2_mean")
    sql = (
        "INSERT INTO measured (place, hour_ms, source, ins, outs, by_hand, occupancy_max, per_min_max, up_s, co2_max,"
        " co2_mean) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (place, hour_ms, source) DO UPDATE SET"
        " ins = measured.ins + excluded.ins, outs = measured.outs + excluded.outs,"
        " by_hand = measured.by_hand + excluded.by_hand,"
        f" occupancy_max = {_greater('occupancy_max')}, per_min_max = {_greater('per_min_max')},"
        " up_s = CASE WHEN coalesce(measured.up_s, 0) + coalesce(excluded.up_s, 0) > 3600 THEN 3600"
        " ELSE coalesce(measured.up_s, 0) + coalesce(excluded.up_s, 0) END,"
        f" co2_max = {_greater('co2_max')}, co2_mean = {_greater('co2_mean')}"
    )
    values = [found.get(name) for name in names]
    counted = [value or 0 for value in values[:3]]
    run(connection, sql, (place, hour_ms, source, *counted, *values[3:]))


def _greater(name: str) -> str:
    """The greater of the two, NULL where neither is known: max() of two values is not one thing in both databases."""
    old, new = f"measured.{name}", f"excluded.{name}"
    return f"CASE WHEN {new} IS NULL OR {old} > {new} THEN {old} ELSE {new} END"


def _numbers(facts: dict[str, Any]) -> dict[str, int | None] | None:
    found: dict[str, int | None] = {}
    for name, most in _MOST.items():
        value = facts.get(name)
        if value is not None and (type(value) is not int or not 0 <= value <= most):
            return None
        found[name] = value
    return found
