"""Cases: two officers, an end of their own, merging that can be undone, and taking back what came of them."""

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from central.authority.cases import case_of, confirm_case, end_case, open_case, set_identity, sign_case
from central.authority.days import DAY_MS, HOUR_MS
from central.authority.events import story
from central.authority.jobs import end_suspected
from central.authority.merging import may_part, merge, part
from central.authority.reaching import on_its_way, reached, released
from central.authority.tasks import assign_rest, write_outcome
from central.authority.tracing import trace_case
from central.jobs import Bench
from central.people.links import NewLink, link, undo
from central.statements import run
from tests.integration.central.authority import world
from tests.parts.centre import NOW_MS, Centre
from wire.refusal import Refused


@pytest.fixture
def database() -> str:
    """What is not about SQL's dialects needs one database alone."""
    return "sqlite"


@pytest.fixture
def connection(centre: Centre) -> Iterator[Connection]:
    with centre.engine.begin() as one:
        yield one


def test_numbers_of_cases_follow_each_other(connection: Connection) -> None:
    made = [open_case(connection, world.new_case(), "lan", NOW_MS) for _ in range(3)]
    assert made == ["BN-2026-000001", "BN-2026-000002", "BN-2026-000003"]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"disease": "plague-of-1900"}, "disease_unknown"),
        ({"reference": " x "}, "bad_reference"),
        ({"reference": "x" * 65}, "bad_reference"),
        ({"reference": "NGUYỄN VĂN THỬ 079085000000"}, "number_in_reference"),
        ({"anchor_ms": NOW_MS + 1}, "bad_day"),
        ({"anchor_ms": NOW_MS - 91 * DAY_MS}, "day_long_ago"),
        ({"result_ms": NOW_MS + 1}, "bad_day"),
        ({"anchor": "sample", "anchor_ms": NOW_MS, "result_ms": NOW_MS - HOUR_MS}, "bad_day"),
    ],
)
def test_a_case_without_ground_is_not_opened(connection: Connection, wrong: dict[str, object], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        open_case(connection, world.new_case(**wrong), "lan", NOW_MS)


def test_whoever_opened_a_case_cannot_sign_it_by_any_way(centre: Centre) -> None:
    with centre.engine.begin() as connection:
        case = open_case(connection, world.new_case(), "lan", NOW_MS)
        with pytest.raises(Refused, match="same_officer"):
            sign_case(connection, case_of(connection, case), "lan", NOW_MS)
    with pytest.raises(IntegrityError), centre.engine.begin() as connection:
        run(connection, "UPDATE case_file SET signed_by = 'lan', signed_ms = 1, state = 'confirmed'")


def test_a_case_is_signed_once(connection: Connection) -> None:
    case = world.signed_case(connection)
    with pytest.raises(Refused, match="not_waiting"):
        sign_case(connection, case_of(connection, case), "officer.three", NOW_MS)


def test_nobody_is_traced_before_the_second_signature(connection: Connection) -> None:
    case = open_case(connection, world.new_case(), "lan", NOW_MS)
    with pytest.raises(Refused, match="not_running"):
        trace_case(connection, case_of(connection, case), "lan", NOW_MS)


def test_a_suspected_case_ends_itself_after_72_hours_and_takes_everything_back(centre: Centre) -> None:
    with centre.engine.begin() as connection:
        places = world.make_places(connection)
        case = world.signed_case(connection, evidence="clinician")
        assert case_of(connection, case).state == "suspected"
        world.list_contacts(connection, case, world.found(connection, 1, 3, places))
        assign_rest(connection, case, NOW_MS)
    for later, state in ((72 * HOUR_MS - 1, "suspected"), (72 * HOUR_MS, "expired")):
        bench = Bench(centre.engine, centre.ring, lambda later=later: NOW_MS + later)
        assert end_suspected(bench) is False
        assert centre.one("SELECT state FROM case_file") == state
    assert centre.rows("SELECT DISTINCT state FROM contact") == [("withdrawn",)]
    assert centre.rows("SELECT DISTINCT outcome FROM task") == [("not_needed",)]


def test_a_result_keeps_a_suspected_case_alive(connection: Connection) -> None:
    case = world.signed_case(connection, evidence="clinician")
    with pytest.raises(Refused, match="same_officer"):
        confirm_case(connection, case_of(connection, case), "XN-1", "officer.one", NOW_MS)
    confirm_case(connection, case_of(connection, case), "XN-1", "officer.two", NOW_MS)
    one = case_of(connection, case)
    assert (one.state, one.ends_ms, one.evidence) == ("confirmed", None, "laboratory")


def test_a_case_that_is_over_does_not_end_again(connection: Connection) -> None:
    case = world.signed_case(connection)
    end_case(connection, case_of(connection, case), "closed", "lan", NOW_MS)
    for state in ("closed", "ruled_out", "expired"):
        with pytest.raises(Refused, match="not_running"):
            end_case(connection, case_of(connection, case), state, "lan", NOW_MS)  # type: ignore[arg-type]


def two_files(connection: Connection) -> tuple[str, str]:
    """Two files of one person, with contacts of which some are in both."""
    places = world.make_places(connection)
    older, younger = world.signed_case(connection), world.signed_case(connection, reference="XN-7782")
    world.list_contacts(connection, older, world.found(connection, 1, 4, places, first=100))
    world.list_contacts(connection, younger, world.found(connection, 1, 4, places, first=102))
    assign_rest(connection, younger, NOW_MS)
    return older, younger


def snapshot(connection: Connection) -> list[tuple[object, ...]]:
    """What a merge may move."""
    rows = [tuple(r) for r in run(connection, "SELECT id, case_id, person, state, label FROM contact ORDER BY id")]
    rows += [tuple(r) for r in run(connection, "SELECT id, about, contact, done_ms FROM task ORDER BY id")]
    return rows + [
        tuple(r) for r in run(connection, "SELECT id, state, merged_into, closed_ms FROM case_file ORDER BY id")
    ]


def test_a_merge_moves_everything_and_is_undone_exactly(connection: Connection) -> None:
    older, younger = two_files(connection)
    before = snapshot(connection)
    merge(connection, case_of(connection, younger), case_of(connection, older), "lan", NOW_MS)
    sql = "SELECT count(*) FROM contact WHERE case_id = ? AND state <> 'withdrawn'"
    assert run(connection, sql, (older,)).scalar_one() == 6
    assert story(connection, younger)[0].what == "merged"
    assert story(connection, older)[0].what == "absorbed"
    part(connection, case_of(connection, younger), "lan", NOW_MS)
    assert snapshot(connection) == before


def test_a_merge_stays_once_somebody_acted_on_it(connection: Connection) -> None:
    older, younger = two_files(connection)
    merge(connection, case_of(connection, younger), case_of(connection, older), "lan", NOW_MS)
    assert may_part(connection, case_of(connection, younger))
    released(connection, older, "minh", NOW_MS + 1)
    assert not may_part(connection, case_of(connection, younger))
    with pytest.raises(Refused, match="acted_on"):
        part(connection, case_of(connection, younger), "lan", NOW_MS + 2)


def test_files_of_two_people_are_never_merged(connection: Connection) -> None:
    one, other = world.signed_case(connection, 1), world.signed_case(connection, 2)
    with pytest.raises(Refused, match="other_person"):
        merge(connection, case_of(connection, other), case_of(connection, one), "lan", NOW_MS)
    made = link(connection, NewLink(world.pseudonym(1), world.pseudonym(2), "documents_seen", "lan", one), NOW_MS)
    assert case_of(connection, one).person == case_of(connection, other).person
    merge(connection, case_of(connection, other), case_of(connection, one), "lan", NOW_MS)
    undo(connection, made, "lan", NOW_MS)
    assert case_of(connection, one).person != case_of(connection, other).person


def test_whose_case_it_is_never_changes_after_the_second_signature(connection: Connection) -> None:
    """Else an empty case could be signed, and anybody looked at with it."""
    case = open_case(connection, world.new_case(), "lan", NOW_MS)
    sign_case(connection, case_of(connection, case), "minh", NOW_MS)
    stranger = world.person(connection, 9)
    with pytest.raises(Refused, match="identity_late"):
        set_identity(connection, case_of(connection, case), world.pseudonym(9), stranger, "lan", NOW_MS)
    with pytest.raises(Refused, match="no_identity"):
        trace_case(connection, case_of(connection, case), "lan", NOW_MS)


def test_a_confirmed_case_never_goes_into_one_that_may_end_itself(connection: Connection) -> None:
    suspected = world.signed_case(connection, evidence="clinician")
    confirmed = world.signed_case(connection, reference="XN-7782")
    with pytest.raises(Refused, match="merge_other_way"):
        merge(connection, case_of(connection, confirmed), case_of(connection, suspected), "lan", NOW_MS)
    merge(connection, case_of(connection, suspected), case_of(connection, confirmed), "lan", NOW_MS)


def test_linking_a_contact_marks_its_case_to_be_traced_again(connection: Connection) -> None:
    places = world.make_places(connection)
    case = world.signed_case(connection)
    world.list_contacts(connection, case, world.found(connection, 1, 2, places))
    link(connection, NewLink(world.pseudonym(100), world.pseudonym(101), "station_knows", "lan", case), NOW_MS)
    assert case_of(connection, case).stale_ms == NOW_MS
    trace_case(connection, case_of(connection, case), "lan", NOW_MS + 1)
    assert case_of(connection, case).stale_ms is None


def test_tracing_again_changes_what_was_found_and_not_what_was_done(connection: Connection) -> None:
    places = world.make_places(connection)
    case = world.signed_case(connection)
    found = world.found(connection, 1, 4, places)
    world.list_contacts(connection, case, found)
    worked, labelled, sent, untouched = world.ids(connection, case)
    assign_rest(connection, case, NOW_MS)
    (task,) = run(connection, "SELECT id FROM task WHERE contact = ?", (worked,)).one()
    write_outcome(connection, task, "lan", "reached", NOW_MS)
    run(connection, "UPDATE contact SET label = 'F1', state = 'listed' WHERE id = ?", (labelled,))
    on_its_way(connection, sent, "gate")
    run(connection, "UPDATE contact SET state = 'listed' WHERE id = ?", (untouched,))
    world.list_contacts(connection, case, [], NOW_MS + DAY_MS)
    states = dict(tuple(row) for row in run(connection, "SELECT id, state FROM contact"))
    assert states == {worked: "reached", labelled: "listed", sent: "waiting", untouched: "withdrawn"}
    world.list_contacts(connection, case, found, NOW_MS + 2 * DAY_MS)
    states = dict(tuple(row) for row in run(connection, "SELECT id, state FROM contact"))
    assert states == {worked: "reached", labelled: "listed", sent: "waiting", untouched: "listed"}


def test_whoever_was_reached_stays_reached_by_the_first_way(connection: Connection) -> None:
    places = world.make_places(connection)
    case = world.signed_case(connection)
    world.list_contacts(connection, case, world.found(connection, 1, 1, places))
    (contact,) = world.ids(connection, case)
    reached(connection, contact, "gate", NOW_MS)
    reached(connection, contact, "sms", NOW_MS + 5)
    sql = "SELECT state, reached_by, reached_ms FROM contact"
    assert tuple(run(connection, sql).one()) == ("reached", "gate", NOW_MS)
    for wrong in ("", "telepathy", "gate,rumour"):
        with pytest.raises(Refused, match="bad_way"):
            on_its_way(connection, contact, wrong)
    with pytest.raises(Refused, match="contact_unknown"):
        reached(connection, 999, "gate", NOW_MS)
