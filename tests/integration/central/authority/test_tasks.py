"""Tasks: nobody is dropped because a call failed, and each day of a follow-up is asked once."""

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import Connection

from central.authority.days import DAY_MS, HOUR_MS, day_of, start_of
from central.authority.diseases import calls, disease_of
from central.authority.following import make_daily
from central.authority.labelling import label
from central.authority.reaching import reached
from central.authority.tasks import assign_rest, call_back, tasks_of, write_outcome
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


@pytest.fixture
def contact(connection: Connection) -> int:
    """A contact with a call task."""
    places = world.make_places(connection)
    case = world.signed_case(connection)
    world.list_contacts(connection, case, world.found(connection, 1, 1, places))
    assert assign_rest(connection, case, NOW_MS) == 1
    assert assign_rest(connection, case, NOW_MS) == 0
    return world.ids(connection, case)[0]


def test_no_answer_comes_back_and_becomes_a_visit_in_the_end(connection: Connection, contact: int) -> None:
    (task,) = tasks_of(connection, contact)
    assert (task.kind, task.station, task.due_ms) == ("call", "tyt-1", NOW_MS + calls().first_ms)
    for tried in range(1, calls().tries):
        assert write_outcome(connection, task.id, "lan", "no_answer", NOW_MS + tried) == task.id
    visit = write_outcome(connection, task.id, "lan", "no_answer", NOW_MS + 9)
    assert visit not in (None, task.id)
    kinds = [(one.kind, one.outcome) for one in tasks_of(connection, contact)]
    assert kinds == [("visit", None), ("call", "no_answer")]


def test_a_wrong_number_becomes_a_visit(connection: Connection, contact: int) -> None:
    (task,) = tasks_of(connection, contact)
    write_outcome(connection, task.id, "lan", "wrong_number", NOW_MS)
    assert tasks_of(connection, contact)[0].kind == "visit"


def test_whoever_moved_is_looked_for_by_the_province_and_only_then_lost(connection: Connection, contact: int) -> None:
    (task,) = tasks_of(connection, contact)
    again = write_outcome(connection, task.id, "lan", "moved_away", NOW_MS)
    assert again is not None
    assert tasks_of(connection, contact)[0].station == ""
    assert write_outcome(connection, again, "lan", "moved_away", NOW_MS) is None
    assert run(connection, "SELECT state FROM contact").scalar_one() == "lost"


@pytest.mark.parametrize(("outcome", "state"), [("reached", "reached"), ("declined", "declined")])
def test_an_outcome_ends_the_call(connection: Connection, contact: int, outcome: str, state: str) -> None:
    (task,) = tasks_of(connection, contact)
    assert write_outcome(connection, task.id, "lan", outcome, NOW_MS) is None
    assert run(connection, "SELECT state FROM contact").scalar_one() == state
    with pytest.raises(Refused, match="task_unknown"):
        write_outcome(connection, task.id, "minh", outcome, NOW_MS)


def test_a_made_up_outcome_is_refused(connection: Connection, contact: int) -> None:
    (task,) = tasks_of(connection, contact)
    with pytest.raises(Refused, match="bad_outcome"):
        write_outcome(connection, task.id, "lan", "arrested", NOW_MS)


def test_an_alert_that_reached_them_ends_a_call_that_nobody_has_taken(connection: Connection, contact: int) -> None:
    reached(connection, contact, "gate", NOW_MS)
    assert tasks_of(connection, contact)[0].outcome == "not_needed"


def test_one_call_back_is_open_at_a_time(connection: Connection, contact: int) -> None:
    first = call_back(connection, contact, NOW_MS)
    assert call_back(connection, contact, NOW_MS + 5) == first
    write_outcome(connection, first, "lan", "reached", NOW_MS + 6)
    assert call_back(connection, contact, NOW_MS + 7) != first


def test_each_day_of_a_follow_up_has_one_task(connection: Connection, contact: int) -> None:
    rule = disease_of("covid-19").follow_up(NOW_MS)
    run(connection, "UPDATE contact SET last_ms = ?", (NOW_MS,))
    assert make_daily(connection, NOW_MS + DAY_MS) is False
    assert run(connection, "SELECT count(*) FROM follow_up").scalar_one() == 0  # nobody has said that it is an F1
    assert label(connection, contact, "F1", "lan", NOW_MS) == "covid-19/close/1"
    asked = []
    for day in range(rule.days + 3):
        for hour in (0, 8, 23):
            make_daily(connection, start_of(day_of(NOW_MS) + day) + hour * HOUR_MS)
        asked.append(run(connection, "SELECT count(*) FROM follow_up").scalar_one())
    assert asked == [0, *range(1, rule.days + 1), rule.days, rule.days]
    (due,) = run(connection, "SELECT min(due_ms) FROM task WHERE kind = 'follow_up'").one()
    assert due == start_of(day_of(NOW_MS) + 1) + rule.hour * HOUR_MS


def test_a_label_is_a_persons_word_under_a_definition(connection: Connection, contact: int) -> None:
    label(connection, contact, "F2", "lan", NOW_MS)
    sql = "SELECT label, definition, labelled_by FROM contact"
    assert tuple(run(connection, sql).one()) == ("F2", "covid-19/close/1", "lan")
    label(connection, contact, "", "minh", NOW_MS)
    assert tuple(run(connection, sql).one()) == ("", "", None)
    for wrong in ("F4", "F0", "f1"):
        with pytest.raises(Refused, match="bad_label"):
            label(connection, contact, wrong, "lan", NOW_MS)
