"""The list in short against the list in full: the database's numbers say of every kiosk what the rules in Python say.

Half of the kiosks are well but for one thing, at a limit of central.fleet.why, one below it or one above it; half are
drawn at random, where one thing hides another.
"""

import re
from random import Random
from typing import Any

from sqlalchemy.engine import Connection

from central.fleet import caring, listing, rollouts
from central.fleet import why as rules
from central.fleet.codes import WHYS
from central.fleet.overview import devices_within, overview
from central.fleet.rollout_step import Plan, Ring, member_of
from central.fleet.views import PAGE
from central.statements import run
from central.web.app import Site, make_app
from tests.parts.centre import NOW_MS, Centre
from tests.parts.officers import signed_in
from wire.release import Release, write_release

COUNT = 600
OLD, NEW = "2026.11.1", "2026.11.2"
AREAS: tuple[list[str], ...] = (
    ["all"],
    ["province-79"],
    ["ward-26100", "venue-v-7"],
    ["device-t-5", "ward-"],
    ["ward-0"],
    [],
)
LIMITS = (rules.SILENT_MS, rules.LOST_MS, rules.DAY_MS, rules.TOO_OLD_MS, rules.CERTIFICATE_DAYS * rules.DAY_MS)


def around(limit: int) -> tuple[int, int, int]:
    return (limit - 1, limit, limit + 1)


WELL = {
    "said_ms": NOW_MS - 1_000,
    "bye": 0,
    "backlog": 0,
    "version": OLD,
    "disk_free_mb": 900,
    "temp_c": 50,
    "clock": "synced",
    "fails": "",
    "warns": "",
    "alarms": "",
}
ALONE: tuple[dict[str, Any], ...] = (
    {},
    *({"said_ms": NOW_MS - ago} for limit in (rules.SILENT_MS, rules.LOST_MS) for ago in around(limit)),
    *({"cut_ms": NOW_MS - ago} for ago in around(rules.DAY_MS)),
    *(
        {"away_ms": NOW_MS - ago, "bye": bye}
        for limit in (rules.LOST_MS, rules.DAY_MS)
        for ago in around(limit)
        for bye in (0, 1)
    ),
    *(
        {"backlog": backlog, "oldest_ms": NOW_MS - ago}
        for limit in (rules.OLD_MS, rules.TOO_OLD_MS)
        for ago in around(limit)
        for backlog in (None, 0, 3)
    ),
    *({"disk_free_mb": free} for free in around(rules.DISK_LOW_MB)),
    *({"disk_wear_pct": worn} for worn in (*around(rules.WORN_PCT), *around(rules.WORN_OUT_PCT))),
    *({"temp_c": heat} for heat in (*around(rules.HOT_C), *around(rules.TOO_HOT_C))),
    *({"clock": clock} for clock in (None, "unset", "holdover")),
    *({"update_outcome": outcome, "update_version": NEW} for outcome in ("tried", "good", *rules.ENDED_BADLY)),
    *({name: codes} for name in ("fails", "warns", "alarms") for codes in ("camera", "card heat")),
    {"disk_errors": 1},
    {"volts_low": 1},
    *({"box": box} for box in ("new", "same", *rules.BOX_CHANGED)),
    {"version": NEW},
    {"version": None},
)


def moment(draw: Random) -> int:
    """A time at one of the limits, or a millisecond to either side of it."""
    return NOW_MS - draw.choice((1_000, *LIMITS)) + draw.choice((-1, 0, 1))


def near(draw: Random, *limits: int) -> int | None:
    return draw.choice((None, 0, *(one for limit in limits for one in around(limit))))


def mostly(draw: Random, usual: Any, *others: Any) -> Any:
    return usual if draw.random() < 0.9 else draw.choice(others)


def drawn(draw: Random) -> dict[str, Any]:
    """A row of kiosk_now; in nine of ten each single thing is well."""
    return {
        "said_ms": moment(draw),
        "away_ms": draw.choice((None, None, moment(draw))),
        "bye": draw.randrange(2),
        "cut_ms": draw.choice((None, moment(draw))),
        "backlog": draw.choice((None, 0, 3)),
        "oldest_ms": draw.choice((None, moment(draw))),
        "version": draw.choice((None, "", OLD, NEW)),
        "update_version": draw.choice((None, NEW)),
        "update_outcome": mostly(draw, None, "tried", "good", *rules.ENDED_BADLY),
        "disk_free_mb": mostly(draw, 900, near(draw, rules.DISK_LOW_MB)),
        "disk_wear_pct": mostly(draw, 5, near(draw, rules.WORN_PCT, rules.WORN_OUT_PCT)),
        "disk_errors": mostly(draw, 0, None, 1),
        "temp_c": mostly(draw, 50, near(draw, rules.HOT_C, rules.TOO_HOT_C), -20),
        "volts_low": mostly(draw, 0, None, 1),
        "box": mostly(draw, "same", None, "new", *rules.BOX_CHANGED),
        "clock": mostly(draw, "synced", None, "unset", "holdover"),
        "fails": mostly(draw, "", "camera"),
        "warns": mostly(draw, "", "card heat"),
        "alarms": mostly(draw, "", "rejected"),
    }


def fill(connection: Connection, draw: Random) -> None:
    """Kiosks at places of three wards, at none that is known, some revoked, some never heard."""
    for n in range(30):
        hours = draw.choice(((None, None), (300, 1080), (1080, 180), (0, 1440), (300, 300)))
        sql = (
            "INSERT INTO place (number, id, name, kind, ward, province, opens_min, closes_min, made_ms)"
            " VALUES (?, ?, ?, 'market', ?, ?, ?, ?, 0)"
        )
        ward = draw.choice(("26100", "26101", ""))
        run(connection, sql, (n + 1, f"v-{n}", f"CHỢ THỬ {n}", ward, draw.choice(("79", "01")), *hours))
    for n in range(COUNT):
        device, alone = f"t-{n}", n % 2 == 0
        state = "active" if alone else mostly(draw, "active", "revoked")
        enrolled_ms = NOW_MS - 30 * rules.DAY_MS if alone else moment(draw)
        unheard = n % 12 == 1
        if unheard:
            enrolled_ms = NOW_MS - around(rules.DAY_MS)[n // 12 % 3]
        row = (device, f"v-{draw.randrange(33)}", bytes(32), n.to_bytes(8, "big"), state, enrolled_ms)
        sql = (
            "INSERT INTO device (id, venue, gate, public, kid, state, enrolled_ms, certificate_serial)"
            " VALUES (?, ?, 'g-1', ?, ?, ?, ?, '0a')"
        )
        run(connection, sql, row)
        if not unheard:
            said = {"device": device, **(WELL | ALONE[n // 2 % len(ALONE)] if alone else drawn(draw))}
            marks = ", ".join("?" * len(said))
            run(connection, f"INSERT INTO kiosk_now ({', '.join(said)}) VALUES ({marks})", tuple(said.values()))
        if n % 40 == 0:
            caring.put_into(connection, "trial", device)


def roll_out(centre: Centre, plan: Plan) -> None:
    body = Release(NEW, "https://centre.example/r.raucb", 1, bytes(32), "ab" * 32, 0, NEW, 0, frozenset())
    with centre.engine.begin() as connection:
        held = rollouts.propose(connection, "release", "", write_release(body), plan, "one", "", NOW_MS)
        rollouts.begin(connection, centre.ring, held.id, held.hash.hex(), "two", NOW_MS)


def in_full(connection: Connection, areas: list[str]) -> list[tuple[Any, ...]]:
    """The naive way: every kiosk's whole row through the rules in Python."""
    found = []
    for one in listing.fleet(connection, NOW_MS, areas):
        k = one.kiosk
        behind = bool(one.target and k.version and k.version != one.target)
        found.append((k.device, k.venue, k.place, k.version, k.backlog, one.why.code, one.mark, behind))
    return found


def in_short(connection: Connection, areas: list[str]) -> list[tuple[Any, ...]]:
    hours, wanted = listing.hours_of(connection), listing.targets(connection)
    found = overview(connection, hours, wanted, NOW_MS, areas)
    return [one._replace(why=WHYS[one.why][0]) for one in found]  # type: ignore[arg-type]


def test_the_list_in_short_says_what_the_rules_say(centre: Centre) -> None:
    draw, seen = Random(20), set[str]()
    with centre.engine.begin() as connection:
        fill(connection, draw)
    changes = (
        None,
        lambda: roll_out(centre, Plan((Ring(3_000, ("ward-26101", "venue-v-3")), Ring(10_000)), salt=NEW)),
        lambda: quiet(centre, ("province-79", "20:00", "04:00"), ("ward-26100", "01:00", "02:00")),
        lambda: quiet(centre, ("all", "20:00", "22:00"), ("device-t-1", "01:00", "02:00")),
    )
    for change in changes:
        if change is not None:
            change()
        with centre.engine.connect() as connection:
            for areas in AREAS:
                full = in_full(connection, areas)
                assert in_short(connection, areas) == full
                assert devices_within(connection, areas) == {row[0] for row in full}
            seen |= {row[5] for row in in_full(connection, ["all"])}
    assert seen == {code for code, _ in WHYS}  # each reason was among them


def test_every_row_of_every_page_is_the_one_that_the_rules_put_there(centre: Centre) -> None:
    draw = Random(21)
    with centre.engine.begin() as connection:
        fill(connection, draw)
    quiet(centre, ("province-79", "20:00", "04:00"))
    roll_out(centre, Plan((Ring(3_000), Ring(10_000)), salt=NEW))
    app = make_app(Site(centre.engine, centre.ring, ["mqtt://b"], frozenset(), lambda: NOW_MS))
    client = signed_in(app, centre.engine, "technician", now_ms=NOW_MS)
    with centre.engine.connect() as connection:
        every = in_full(connection, ["all"])
        trial = {device for device, names in listing.groups(connection).items() if "trial" in names}
        shown = listing.fleet(connection, NOW_MS)
        asked = [one.kiosk.device for one in shown]
        draw.shuffle(asked)
        hours, wanted = listing.hours_of(connection), listing.targets(connection)
        some = listing.some_kiosks(connection, [*asked[:40], "t-nobody"], hours, wanted, NOW_MS)
    by_id = {one.kiosk.device: one for one in shown}
    assert some == [by_id[device] for device in asked[:40]]
    for asking, expected in (
        ("", every),
        ("mark=watch", [row for row in every if row[6] == "watch"]),
        ("why=lost&mark=bad", [row for row in every if row[5] == "lost" and row[6] == "bad"]),
        (f"version={NEW}", [row for row in every if row[3] == NEW]),
        ("group=trial", [row for row in every if row[0] in trial]),
        ("place=chợ thử 2", [row for row in every if "chợ thử 2" in (row[2] or "").lower()]),
    ):
        assert expected, asking
        for page in range(-(-len(expected) // PAGE)):
            text = client.get(f"/fleet?{asking}&page={page + 1}").text
            found = re.findall(r'href="/fleet/kiosk/([^"]+)"', text)
            assert found == [row[0] for row in expected[page * PAGE : (page + 1) * PAGE]], asking


def test_a_roll_out_asks_of_a_kiosk_what_the_list_knows(centre: Centre) -> None:
    with centre.engine.begin() as connection:
        fill(connection, Random(22))
    quiet(centre, ("ward-26100", "20:00", "04:00"))
    with centre.engine.connect() as connection:
        full = {one.kiosk.device: one for one in listing.fleet(connection, NOW_MS) if one.kiosk.state == "active"}
        found = listing.standing(connection, NOW_MS)
    assert [kiosk.device for kiosk, _ in found] == sorted(full)
    for kiosk, reason in found:
        one = full[kiosk.device]
        assert reason == one.why and kiosk.scopes() == one.kiosk.scopes()
        for label in (OLD, NEW, None):
            for begun in (NOW_MS - rules.DAY_MS, NOW_MS - rules.LOST_MS):
                theirs = member_of(one.kiosk, one.why, label, begun, NOW_MS)
                assert member_of(kiosk, reason, label, begun, NOW_MS) == theirs


def quiet(centre: Centre, *hours: tuple[str, str, str]) -> None:
    with centre.engine.begin() as connection:
        for scope, start, end in hours:
            caring.set_quiet(connection, scope, start, end, "one", NOW_MS)
