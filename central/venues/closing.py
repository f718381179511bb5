"""A place closes on the day its manager names: posters, passes and kiosks end, it leaves the map. A job does it."""

from sqlalchemy.engine import Connection

from central.jobs import Bench
from central.keys import Keyring
from central.passes import publish_revoked
from central.places.places import Place, places_by_number
from central.safety.states import Cause, State, put_state
from central.statements import run
from central.venues.listing import file_place
from wire.refusal import Refused

FARTHEST_MS = 366 * 86_400_000
_AT_ONCE = 20


def plan(connection: Connection, place: Place, closes_ms: int | None, login: str, now_ms: int) -> None:
    """Close a place at that moment, or not (None). Raises Refused("bad_closing") for the past and beyond a year."""
    if closes_ms is not None and not now_ms - 86_400_000 < closes_ms <= now_ms + FARTHEST_MS:
        raise Refused("bad_closing")
    file_place(connection, place.number)
    sql = "UPDATE venue_file SET closes_ms = ?, closed_by = ? WHERE place = ?"
    run(connection, sql, (closes_ms, "" if closes_ms is None else login, place.number))


def planned(connection: Connection, place: Place) -> int | None:
    """When it closes, None for not."""
    sql = "SELECT closes_ms FROM venue_file WHERE place = ?"
    return run(connection, sql, (place.number,)).scalar()


def close(connection: Connection, ring: Keyring, place: Place, now_ms: int) -> None:
    """Now: nothing that was made for the place counts any more. Its accounts stay until somebody ends them."""
    run(connection, "UPDATE place SET closed_ms = ?, listed_ms = NULL WHERE number = ?", (now_ms, place.number))
    put_state(connection, place.number, State.NOT_ASSESSED, Cause.CLOSED, now_ms)
    sql = "UPDATE poster SET revoked_ms = ? WHERE place = ? AND revoked_ms IS NULL"
    run(connection, sql, (now_ms, place.number))
    run(connection, "UPDATE device SET state = 'revoked' WHERE venue = ?", (place.id,))
    sql = "UPDATE enrolment_token SET expires_ms = ? WHERE venue = ? AND used_ms IS NULL AND expires_ms > ?"
    run(connection, sql, (now_ms, place.id, now_ms))
    sql = "UPDATE registration SET state = 'closed', phone = ?, changed_ms = ? WHERE place = ? AND state = 'confirmed'"
    run(connection, sql, (b"", now_ms, place.number))
    run(connection, "UPDATE place_change SET state = 'replaced' WHERE place = ? AND state = 'waiting'", (place.number,))
    run(connection, "UPDATE handing_over SET state = 'withdrawn' WHERE place = ? AND state = 'open'", (place.number,))
    held = "SELECT id FROM roster WHERE place = ? AND closed_ms IS NULL"
    sql = f"SELECT pass_id FROM roster_pass WHERE revoked_ms IS NULL AND roster IN ({held})"
    revoke_all(connection, ring, [bytes(row[0]) for row in run(connection, sql, (place.number,))], now_ms)
    run(connection, "UPDATE roster SET closed_ms = ? WHERE place = ? AND closed_ms IS NULL", (now_ms, place.number))


def revoke_all(connection: Connection, ring: Keyring, passes: list[bytes], now_ms: int) -> None:
    """Revoke many passes with one list for all gates."""
    if not passes:
        return
    for start in range(0, len(passes), 500):
        some = passes[start : start + 500]
        among = f"({', '.join('?' * len(some))})"
        sql = f"UPDATE issued_pass SET revoked_ms = ? WHERE revoked_ms IS NULL AND id IN {among}"
        run(connection, sql, (now_ms, *some))
        sql = f"UPDATE roster_pass SET revoked_ms = ? WHERE revoked_ms IS NULL AND pass_id IN {among}"
        run(connection, sql, (now_ms, *some))
    publish_revoked(connection, ring, now_ms)


def close_due(bench: Bench) -> bool:
    """The job `venue_closings`; whether more are due."""
    now_ms = bench.now_ms()
    sql = (
        "SELECT f.place FROM venue_file f JOIN place p ON p.number = f.place WHERE f.closes_ms <= ?"
        " AND p.closed_ms IS NULL ORDER BY f.closes_ms LIMIT ?"
    )
    with bench.engine.begin() as connection:
        numbers = [row[0] for row in run(connection, sql, (now_ms, _AT_ONCE))]
        for place in places_by_number(connection, numbers).values():
            close(connection, bench.ring, place, now_ms)
    return len(numbers) == _AT_ONCE
