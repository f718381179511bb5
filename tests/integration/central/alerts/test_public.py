"""Places named in public, flags, clearance passes: by two persons, never few people, never an alert by itself."""

import json
from dataclasses import replace

import pytest

from central.alerts.clearing import clear
from central.alerts.escalating import escalate, see_gates
from central.alerts.flagging import find_flags
from central.alerts.limits import limits
from central.alerts.public import Naming, feed, propose_notice, release_notice
from central.alerts.stops import put_stop
from central.alerts.sweeping import sweep
from central.database import insert_rows
from central.places.places import Place, describe_place
from central.statements import run
from central.tracing.model import size_of
from central.tracing.schema import stay
from credentials.pass_qr import read
from credentials.trust import Trust
from tests.integration.central.alerts.conftest import Night
from tests.parts.devices import SyntheticDevice
from tests.parts.exposed import BY_PASS, DAY_MS, HOUR_MS, see
from wire.records import Direction, IdentityKind, Signal, Source, Visit
from wire.refusal import Refused

FEW = replace(limits(), least_visitors=4)


@pytest.fixture
def database() -> str:
    """The way on PostgreSQL is in test_on_both.py."""
    return "sqlite"


def naming(night: Night, **changes: object) -> Naming:
    asked = Naming(
        night.world.case, night.world.place, night.clock[0] - 26 * HOUR_MS, night.clock[0] - 20 * HOUR_MS, "a"
    )
    return replace(asked, **changes)  # type: ignore[arg-type]


def fill(night: Night, people: int) -> None:
    """People who stayed at the market in those hours, as the gates saw them."""
    with night.centre.engine.begin() as connection:
        start = night.clock[0] - 25 * HOUR_MS
        rows = [
            (1000 + n, start + n, night.world.place, start + HOUR_MS + n, size_of(HOUR_MS), 0) for n in range(people)
        ]
        insert_rows(connection, stay, rows)


def test_a_place_is_never_named_below_the_number_of_visitors(night: Night) -> None:
    fill(night, limits().least_visitors - 1)
    with night.centre.engine.begin() as connection, pytest.raises(Refused, match="too_few"):
        propose_notice(connection, naming(night), limits(), night.clock[0])
    with night.centre.engine.begin() as connection, pytest.raises(Refused, match="order_unknown"):
        propose_notice(connection, naming(night, order="khong-co"), limits(), night.clock[0])


def test_a_place_where_everybody_was_reached_is_not_named(night: Night) -> None:
    fill(night, 30)
    with night.centre.engine.begin() as connection:
        run(connection, "UPDATE contact SET reached_ms = 1, reached_by = 'call', state = 'reached'")
        with pytest.raises(Refused, match="all_reached"):
            propose_notice(connection, naming(night), limits(), night.clock[0])


def test_a_place_is_public_after_two_persons_in_whole_hours_and_goes_by_itself(night: Night) -> None:
    fill(night, 30)
    public = night.officer("head").application.test_client()
    with night.centre.engine.begin() as connection:
        number = propose_notice(connection, naming(night), limits(), night.clock[0])
        with pytest.raises(Refused, match="same_officer"):
            release_notice(connection, number, "a", night.clock[0])
    assert json.loads(public.get("/feed.json").data)["places"] == []
    assert night.post(night.officer("head"), f"/alerts/public/{number}/release") == 303
    answer = public.get("/feed.json")
    (place,) = json.loads(answer.data)["places"]
    assert (place["place"], set(place)) == ("Chợ Mẫu", {"place", "ward", "province", "from", "to", "until"})
    assert place["from"].endswith(":00+07:00") and place["to"].endswith(":00+07:00")
    assert "30" not in json.dumps(place["place"]) and "visitors" not in answer.text
    assert "Chợ Mẫu" in public.get("/feed?in=km").get_data(as_text=True)
    with night.centre.engine.connect().execution_options(reads_only=True) as connection:
        assert feed(connection, night.clock[0] + limits().most_public_ms) == []
    with night.centre.engine.begin() as connection:
        put_stop(connection, "all", "thử", "b", night.clock[0])
        assert feed(connection, night.clock[0]) == []


def test_every_named_place_had_at_least_so_many_visitors(night: Night) -> None:
    for people in (0, 3, 4, 30):
        with night.centre.engine.begin() as connection:
            run(connection, "DELETE FROM stay")
        fill(night, people)
        with night.centre.engine.begin() as connection:
            try:
                propose_notice(connection, naming(night), FEW, night.clock[0])
            except Refused as refusal:
                assert (refusal.reason, people < 4) == ("too_few", True)
    assert min(row[0] for row in night.centre.rows("SELECT visitors FROM public_notice")) >= 4


def test_a_copied_card_is_flagged_and_alerts_nobody(night: Night) -> None:
    other = night.centre.device("t-gate-far")
    with night.centre.engine.begin() as connection:
        describe_place(connection, Place(0, "v-xa", "Cửa khẩu Mẫu", "border", "98001", "98"), night.clock[0])
        run(connection, "UPDATE device SET venue = 'v-xa' WHERE id = 't-gate-far'")
    _pass(night, other, night.clock[0] - DAY_MS + 120_000, Signal.ALLOW)
    while find_flags(night.bench):
        pass
    find_flags(night.bench)
    assert night.centre.rows("SELECT kind, person FROM flag") == [("two_places", night.world.persons[0])]
    assert night.centre.one("SELECT count(*) FROM release") == 0
    page = night.officer("case_officer").get("/alerts/flags?lang=en").get_data(as_text=True)
    assert "Chợ Mẫu, then Cửa khẩu Mẫu" in page
    assert night.post(night.officer("case_officer"), "/alerts/flags/1/close") == 303
    assert night.centre.one("SELECT count(*) FROM flag WHERE closed_ms IS NULL") == 0


def test_whoever_was_asked_at_a_gate_counts_as_told_there(night: Night) -> None:
    night.release(night.propose())
    night.run()
    device = night.centre.device("t-gate-2")
    _pass(night, device, night.clock[0] - 1000, Signal.ASK)  # before the release
    see_gates(night.bench)
    assert night.states()["gate"] == "waiting"
    _pass(night, device, night.clock[0] + 60_000, Signal.ASK)
    night.clock[0] += 120_000
    see_gates(night.bench)
    told = night.centre.rows(f"SELECT state, reached_by FROM contact WHERE id = {night.world.contacts[0]}")
    assert told == [("reached", "gate")]


def test_whoever_nobody_has_reached_after_the_quiet_hours_gets_a_task(night: Night) -> None:
    night.release(night.propose())
    night.run()
    escalate(night.bench)
    before = night.centre.one("SELECT count(*) FROM task")
    night.clock[0] += limits().quiet_ms
    escalate(night.bench)
    escalate(night.bench)
    rows = night.centre.rows("SELECT contact, kind FROM task ORDER BY id")[before:]
    assert rows == [(night.world.contacts[0], "visit"), (night.world.contacts[2], "visit")]


def test_what_is_over_goes_by_itself(night: Night) -> None:
    night.release(night.propose())
    night.run()
    night.clock[0] += limits().listed_ms + DAY_MS
    sweep(night.bench)
    night.run()
    assert night.centre.one("SELECT state FROM release") == "over"
    assert night.centre.one("SELECT count(*) FROM exposure_entry WHERE release <> 0") == 0


def test_a_proposal_that_nobody_releases_ends(night: Night) -> None:
    night.propose()
    night.clock[0] += limits().alert_ms
    sweep(night.bench)
    assert night.centre.one("SELECT state FROM release") == "stopped"
    assert night.centre.one("SELECT count(*) FROM task") == 0


def test_a_clearance_pass_comes_after_the_follow_up_and_gates_honour_it(night: Night) -> None:
    night.release(night.propose())
    night.run()
    contact, ring = night.world.contacts[0], night.centre.ring
    with night.centre.engine.begin() as connection, pytest.raises(Refused, match="follow_up_runs"):
        clear(connection, ring, contact, night.clock[0], bytes(16))
    later = night.clock[0] + 40 * DAY_MS
    with night.centre.engine.begin() as connection:
        issued = clear(connection, ring, contact, later, bytes(16))
    assert issued.text is not None
    key = ring.signing("pass")
    shown = read(issued.text, None, Trust({key.kid: key.public}, {}, frozenset()))
    assert shown.fields["outcome"] == Signal.ALLOW


def _pass(night: Night, device: SyntheticDevice, at_ms: int, signal: Signal) -> None:
    visit = Visit(Direction.IN, signal, IdentityKind.PASS, BY_PASS.passes[0].hex(), (31,), source=Source.CAMERA)
    night.centre.take(see(device, visit, at_ms), now_ms=at_ms)
