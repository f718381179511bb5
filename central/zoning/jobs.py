"""The named jobs of central.zoning."""

from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from central.access.audit import Look, note
from central.access.roles import Purpose
from central.jobs import Bench, Job
from central.zoning.counting import affected, areas_of, count_wards, risk_points, with_known_province
from central.zoning.covering import Point
from central.zoning.proposing import Proposal, Standing, proposals
from central.zoning.publishing import publish_levels
from central.zoning.rule import DAY_MS, ZoneRule, shipped_rule
from central.zoning.zones import NewZone, in_force, open_proposals, propose

ACTOR = "job:zones"
_MOST_WAITING = 5_000


def propose_due(bench: Bench) -> bool:
    """Put what the rule proposes now and nobody has put yet; a person decides."""
    propose_now(bench.engine, shipped_rule(), bench.now_ms())
    return False


def propose_now(engine: Engine, rule: ZoneRule, now_ms: int) -> list[int]:
    """The numbers of the new proposals; none on a day on which the rule may not be used.

    What takes long is read before anything is written: SQLite has one writer, and ingest must not wait for it.
    """
    today = (datetime.fromtimestamp(now_ms / 1000, UTC) + timedelta(hours=7)).date()
    if not rule.first_day <= today <= rule.last_day:
        return []
    with engine.connect().execution_options(reads_only=True) as connection:
        points = risk_points(connection, now_ms - max(rule.windows) * DAY_MS)
        found = _look(connection, points, rule, now_ms)
    with engine.begin() as connection:
        count_wards(connection, points, now_ms)
        waiting = {(zone.area, zone.level) for zone in open_proposals(connection, now_ms, _MOST_WAITING)}
        fresh = [one for one in found if (one.area.name, one.level) not in waiting and one.area.province]
        made = [propose(connection, new_zone(one, rule, now_ms), ACTOR, now_ms) for one in fresh]
        if made:
            note(connection, Look(ACTOR, "zones_proposed", Purpose.ZONING, "", detail={"zones": len(made)}), now_ms)
    return made


def _look(connection: Connection, points: list[Point], rule: ZoneRule, now_ms: int) -> list[Proposal]:
    standing = [Standing(z.id, z.area, z.level, z.to_ms) for z in in_force(connection, now_ms)]
    names = {area for point in points for area in point.areas} | {one.area for one in standing}
    areas = with_known_province(areas_of(connection, names, now_ms), points)
    return proposals(points, areas, standing, rule, now_ms, partial(affected, connection, now_ms=now_ms))


def new_zone(one: Proposal, rule: ZoneRule, now_ms: int, words: str = "") -> NewZone:
    """A proposal as it is put."""
    area = one.area
    place = (area.name, area.ward, area.province)
    return NewZone(*place, one.level, now_ms, one.to_ms, rule.name, one.grounds.text(), words, one.replaces)


def publish_changes(bench: Bench) -> bool:
    """Tell the kiosks what has begun, ended or been undone."""
    with bench.engine.begin() as connection:
        publish_levels(connection, bench.ring, bench.now_ms())
    return False


JOBS: tuple[Job, ...] = (Job("zones", 900, propose_due), Job("zone_bulletin", 10, publish_changes))
