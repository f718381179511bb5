"""Nothing goes out before two have said so; everybody has a channel or a task; a stop is asked at the last moment."""

import json
from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from central.alerts.limits import limits
from central.alerts.recalling import recall_case
from central.alerts.releasing import release_it
from central.alerts.stops import end_stop, put_stop
from central.published import published
from central.statements import run
from central.vault.port import NoOpener
from tests.integration.central.alerts.conftest import Night
from tests.parts.centre import run_central
from tests.parts.exposed import BY_BOTH, BY_PASS, DAY_MS, pass_id
from wire.exposures import read_exposures, until_of
from wire.refusal import Refused


@pytest.fixture
def database() -> str:
    """The way on PostgreSQL is in test_on_both.py."""
    return "sqlite"


def exposed_ms(night: Night, pass_id: bytes) -> int | None:
    """What a gate that holds every list would say of a pass."""
    with night.centre.engine.connect().execution_options(reads_only=True) as connection:
        held = published(connection, night.centre.ring.root(), "exposures")
    lists = [read_exposures(bulletin.body) for bulletin in held]
    return until_of(lists, pass_id)


def test_two_officers_release_and_gates_know_the_passes_within_one_job(night: Night) -> None:
    number = night.propose()
    night.run()
    assert exposed_ms(night, BY_PASS.passes[0]) is None
    assert night.release(number) == 303
    night.run()
    for one in (*BY_PASS.passes, *BY_BOTH.passes):
        assert (exposed_ms(night, one) or 0) > night.clock[0] + 12 * DAY_MS
    assert exposed_ms(night, pass_id(99)) is None
    assert night.centre.one("SELECT state FROM release") == "sent"
    assert night.centre.rows("SELECT kind FROM bulletin WHERE kind = 'exposures' GROUP BY kind") == [("exposures",)]


def test_everybody_has_a_channel_or_a_task_with_a_deadline(night: Night) -> None:
    night.release(night.propose())
    night.run()
    held = dict(night.centre.rows("SELECT contact, channel FROM reach ORDER BY id"))
    assert [held[one] for one in night.world.contacts] == ["gate", "call", "gate", "visit"]
    tasks = night.centre.rows("SELECT contact, kind, station, due_ms FROM task WHERE done_ms IS NULL ORDER BY contact")
    assert [(row[0], row[1], row[2]) for row in tasks] == [
        (night.world.contacts[1], "call", "t-mau"),
        (night.world.contacts[3], "visit", "t-mau"),
    ]
    assert all(night.clock[0] < row[3] <= night.clock[0] + DAY_MS for row in tasks)
    assert night.centre.rows("SELECT DISTINCT state FROM contact") == [("waiting",)]


def test_the_proposer_never_releases_even_past_the_page(night: Night) -> None:
    number = night.propose()
    assert night.post(night.officer("case_officer"), f"/alerts/{number}/release") == 403
    with night.centre.engine.begin() as connection:
        run(
            connection,
            "INSERT INTO account_grant (login, role, area, reason) VALUES ('case-officer', 'head', 'all', '')",
        )
    assert night.post(night.officer("case_officer"), f"/alerts/{number}/release", again="1") == 409
    with pytest.raises(IntegrityError), night.centre.engine.begin() as connection:
        sql = "UPDATE release SET state = 'released', released_by = proposed_by, released_ms = 1 WHERE id = ?"
        run(connection, sql, (number,))


def test_a_stop_between_release_and_sending_holds_everything(night: Night) -> None:
    night.release(night.propose())
    assert night.post(night.officer("case_officer"), "/alerts/stop-all", reason="Thử dừng") == 303
    night.run()
    assert (night.centre.one("SELECT state FROM release"), exposed_ms(night, BY_PASS.passes[0])) == ("released", None)
    assert night.post(night.officer("head"), "/alerts/go-on") == 303
    night.run()
    assert night.centre.one("SELECT state FROM release") == "sent"


def test_who_stopped_everything_does_not_start_it_again(night: Night) -> None:
    with night.centre.engine.begin() as connection:
        put_stop(connection, "all", "thử", "head", night.clock[0])
        with pytest.raises(Refused, match="same_officer"):
            end_stop(connection, "all", "head", night.clock[0])


def test_a_contact_on_the_stop_list_is_left_out(night: Night) -> None:
    night.release(night.propose())
    with night.centre.engine.begin() as connection:
        put_stop(connection, f"contact-{night.world.contacts[0]}", "nhầm người", "head", night.clock[0])
    night.run()
    assert exposed_ms(night, BY_PASS.passes[0]) is None
    assert exposed_ms(night, BY_BOTH.passes[0]) is not None


def test_nobody_without_a_station_is_forgotten(night: Night) -> None:
    with night.centre.engine.begin() as connection:
        run(connection, "DELETE FROM station")
    number = night.propose()
    assert night.release(number) == 409
    page = night.officer("case_officer").get(f"/alerts/{number}?lang=en").get_data(as_text=True)
    assert "2 people have no health station" in page
    assert night.post(night.officer("case_officer"), f"/alerts/{number}/assign", station="province") == 303
    assert night.post(night.officer("head"), f"/alerts/{number}/release", now="1") == 303
    night.run()
    assert night.centre.one("SELECT count(*) FROM task") == 2


def test_a_case_that_ends_takes_its_list_back_and_ends_open_tasks(night: Night) -> None:
    night.release(night.propose())
    night.run()
    with night.centre.engine.begin() as connection:
        assert recall_case(connection, night.centre.ring, night.world.case, night.clock[0]) == 1
        assert recall_case(connection, night.centre.ring, night.world.case, night.clock[0]) == 0
    night.run()
    assert exposed_ms(night, BY_PASS.passes[0]) is None
    assert night.centre.one("SELECT count(*) FROM task WHERE done_ms IS NULL") == 0
    assert night.centre.one("SELECT state FROM release") == "recalled"


def test_a_case_that_ends_before_the_job_sends_is_not_sent(night: Night) -> None:
    night.release(night.propose())
    with night.centre.engine.begin() as connection:
        run(connection, "UPDATE case_file SET state = 'ruled_out', closed_ms = 1 WHERE id = ?", (night.world.case,))
    night.run()
    assert (night.centre.one("SELECT state FROM release"), exposed_ms(night, BY_PASS.passes[0])) == ("stopped", None)


def test_an_unusual_release_waits_for_a_third_officer(night: Night) -> None:
    number, few = night.propose(), replace(limits(), most_passes=3)
    with night.centre.engine.begin() as connection:
        assert release_it(connection, number, "head", few, night.clock[0]) == "held"
    night.run()
    assert exposed_ms(night, BY_PASS.passes[0]) is None
    assert "4 people, usually at most 3" in night.officer("head").get(f"/alerts/{number}?lang=en").get_data(
        as_text=True
    )
    assert night.post(night.officer("head"), f"/alerts/{number}/free") == 409
    assert night.post(night.officer("head", "third"), f"/alerts/{number}/free") == 303
    night.run()
    assert night.centre.one("SELECT state FROM release") == "sent"


def test_a_list_shows_a_round_number_and_names_no_number_of_a_person(night: Night) -> None:
    night.release(night.propose())
    night.run()
    with night.centre.engine.connect() as connection:
        bulletins = published(connection, night.centre.ring.root(), "exposures")
    assert {(b.scope, len(b.body["entries"])) for b in bulletins} == {("province-99", 512), ("venue-v-cho-mau", 512)}


def test_proposal_and_decisions_stand_in_the_log_and_name_nobody(night: Night) -> None:
    night.release(night.propose())
    night.run()
    rows = night.centre.rows(
        "SELECT action, about, detail FROM audit WHERE substr(action, 1, 5) = 'alert' ORDER BY number"
    )
    assert [row[0] for row in rows] == ["alert_proposed", "alert_released", "alert_sent"]
    assert {row[1] for row in rows} == {night.world.case}
    assert "0900" not in str(rows) and "0990" not in str(rows)


def test_without_the_opener_nothing_is_proposed_and_the_officer_reads_why(night: Night) -> None:
    night.site = replace(night.site, vault=NoOpener())
    client = night.officer("case_officer")
    answer = client.post("/alerts/propose", data={"once": "a" * 32, "case": night.world.case})
    assert answer.status_code == 503 and "Traceback" not in answer.text
    assert night.centre.one("SELECT count(*) FROM release") == 0


def test_the_same_form_sent_twice_over_a_bad_link_is_one_proposal(night: Night) -> None:
    client = night.officer("case_officer")
    for _ in range(2):
        answer = client.post("/alerts/propose", data={"once": "b" * 32, "case": night.world.case})
    assert (answer.status_code, night.centre.one("SELECT count(*) FROM release")) == (303, 1)


def test_a_release_that_is_not_there_or_not_proposed_is_refused(night: Night) -> None:
    with night.centre.engine.begin() as connection, pytest.raises(Refused, match="release_unknown"):
        release_it(connection, 7, "head", limits(), night.clock[0])
    number = night.propose()
    assert night.release(number) == 303
    assert night.post(night.officer("head"), f"/alerts/{number}/release", twice="1") == 409
    assert night.post(night.officer("case_officer"), "/alerts/propose", case=night.world.case, again="1") == 409


def test_the_operator_may_stop_at_the_command_line_and_see_what_is_out(night: Night) -> None:
    night.release(night.propose())
    where = ("--database", night.centre.url, "--keys", str(night.centre.keys))
    assert run_central("alert", "stop", "--reason", "thử", *where).returncode == 0
    night.run()
    listed = json.loads(run_central("alert", "list", *where).stdout)
    assert (listed["case"], listed["state"], listed["people"]) == (night.world.case, "released", 4)
    page = night.officer("head").get("/alerts?lang=en").get_data(as_text=True)
    assert "All alerts stand still" in page and "thử" in page
