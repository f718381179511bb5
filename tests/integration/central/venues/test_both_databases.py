"""A place's whole life on SQLite and on PostgreSQL: confirmed, counted, its passes, handed over, closed."""

import os

from sqlalchemy.engine import Connection

from central.access.accounts import create_account, grants_of
from central.access.roles import Grant
from central.alerts.sealing import make_sender_key
from central.jobs import Bench
from central.phones.taking import take_handed_in
from central.places.places import place_of, site_of
from central.statements import run
from central.venues import closing, confirming, counts, handing, posters, registering, rosters
from central.venues.asking import Said
from tests.parts.centre import NOW_MS, Centre
from wire.records import Direction

HOUR_MS = 3_600_000
SAID = Said("Chợ Mẫu", "market", "79", "26740", "1 đường Giả Định", 50, 10_772_100, 106_698_300)


def test_a_places_life(centre: Centre) -> None:
    make_sender_key(centre.keys)
    with centre.engine.begin() as connection:
        secret = registering.new_secret()
        registering.register(connection, centre.ring, secret, SAID, "84912345678", "vi", NOW_MS)
        found = registering.wanted(connection, secret)
        code = registering.new_code(connection, found, NOW_MS, by="ward")
        assert not registering.prove(connection, secret, "x", NOW_MS)
        assert registering.prove(connection, secret, code, NOW_MS)
        made = confirming.confirm(connection, centre.ring, found.id, "phuong", NOW_MS)
        place = place_of(connection, made.venue)
        assert registering.registration_of(connection, found.id).state == "confirmed"
        poster = posters.make_poster(connection, place, "A", "", 365, made.login, NOW_MS)
        new = posters.rotate(connection, place, poster.id, made.login, NOW_MS + 1000)
        assert not posters.poster_hangs(connection, place.id, "A", poster.expires_s)
        assert posters.poster_hangs(connection, place.id, "A", new.expires_s)
        number = rosters.new_roster(connection, place, "Xe 29", "bus", True, made.login, NOW_MS)
        roster = rosters.roster_of(connection, place, number)
        cards = rosters.fill(connection, centre.ring, roster, rosters.numbered("Ghế", 3), 7, NOW_MS)
        held = rosters.held_by(connection, roster)
    take_handed_in(centre.engine, centre.ingest, NOW_MS)
    with centre.engine.begin() as connection:
        visits(connection, place.id, held[1].pass_id)
        seen = counts.counts_of(connection, place, NOW_MS)
        assert (seen.inside, seen.today, seen.capacity, seen.share, sum(seen.outs)) == (9, 13, 50, 33, 4)
        assert seen.week[-1][1] == 13 and seen.week[-2][1] == 7 and seen.kiosks.all == 1
        assert counts.inside_by_label(connection, place, [one.pass_id for one in held], NOW_MS) == {
            held[1].pass_id: True
        }
        create_account(connection, "khac", "Người nhận", None, [Grant("venue_staff", f"venue-{place.id}")], NOW_MS)
        code = handing.give(connection, place, made.login, NOW_MS)
        assert handing.take(connection, code, "khac", NOW_MS)[1] == made.login
        assert [grant.role for grant in grants_of(connection, "khac", NOW_MS)] == ["venue_owner", "venue_staff"]
        assert grants_of(connection, made.login, NOW_MS) == ()
        closing.plan(connection, place, NOW_MS, "khac", NOW_MS)
    closing.close_due(Bench(centre.engine, centre.ring, lambda: NOW_MS))
    with centre.engine.connect() as connection:
        assert site_of(connection, place.number).closed_ms == NOW_MS and len(cards) == 3
        assert not posters.poster_hangs(connection, place.id, "A", new.expires_s)
        assert confirming.alike(connection, registering.registration_of(connection, found.id)) == []


def visits(connection: Connection, venue: str, pass_id: bytes) -> None:
    """Two hours ago 12 came in, 4 of them left; one with a pass came in just now; 7 came yesterday."""
    sql = (
        "INSERT INTO device (id, venue, gate, public, kid, state, enrolled_ms, certificate_serial)"
        " VALUES ('t-gate-1', ?, 'g-1', ?, ?, 'active', ?, '0a')"
    )
    run(connection, sql, (venue, bytes(32), bytes(8), NOW_MS))
    sql = (
        "INSERT INTO stream (id, device, epoch, n, through_seq, opened_through, rejected, clock_fixes, first_ms,"
        " last_ms) VALUES (1, 't-gate-1', ?, 0, 0, 0, 0, 0, ?, ?)"
    )
    run(connection, sql, (bytes(8), NOW_MS, NOW_MS))
    rows = [(NOW_MS - 2 * HOUR_MS + n, Direction.IN, os.urandom(16)) for n in range(12)]
    rows += [(NOW_MS - HOUR_MS // 2 + n, Direction.OUT, os.urandom(16)) for n in range(4)]
    rows += [(NOW_MS - 26 * HOUR_MS + n, Direction.IN, os.urandom(16)) for n in range(7)]
    person = run(connection, "SELECT pseudonym FROM phone_pass WHERE id = ?", (pass_id,)).scalar_one()
    rows.append((NOW_MS - 1000, Direction.IN, bytes(person)))
    sql = (
        "INSERT INTO visit (stream, seq, venue, gate, at_ms, offset_ms, clock, boot, direction, signal, identity_kind,"
        " person, companions, declaration) VALUES (1, ?, ?, 'g-1', ?, 0, 0, ?, ?, 1, 1, ?, 0, 0)"
    )
    for seq, (at_ms, direction, who) in enumerate(rows, 1):
        run(connection, sql, (seq, venue, at_ms, bytes(8), int(direction), who))
