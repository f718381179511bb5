"""`release publish` as it is typed at the centre, above all while there is nobody who could be the second person."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from central.access.accounts import create_account
from central.access.roles import Grant
from central.fleet import rollouts
from central.published import published
from central.web.app import Site, make_app
from tests.parts.centre import NOW_MS, Centre, run_central
from tests.parts.officers import signed_in
from wire.release import read_release

REASON = "the first kiosk is tried before anybody has an account"
OFFER = ("--url", "https://centre.example/new.raucb", "--size", "9000000", "--sha256", "00" * 32, "--key-id", "ab" * 32)
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(centre: Centre, tmp_path: Path) -> Typed:
    """Run a `release` command; (exit status, what it printed, what it complained)."""
    plan = tmp_path / "plan.json"
    plan.write_text('{"rings": [{"share": 10000}]}', encoding="utf-8")

    def run(action: str, *words: str) -> tuple[int, str, str]:
        more = (*OFFER, "--plan", str(plan)) if action == "publish" else ()
        ended = run_central("release", action, *words, *more, "--database", centre.url, "--keys", str(centre.keys))
        return ended.returncode, ended.stdout, ended.stderr

    return run


def test_one_person_alone_releases_while_there_is_no_second_one(centre: Centre, typed: Typed) -> None:
    centre.device("t-1")
    status, out, err = typed("publish", "2026.11.2", "--alone", f" {REASON} ")
    assert (status, err) == (0, "")
    made = json.loads(out)
    assert (made["version"], made["state"], made["ring"]) == ("2026.11.2", "running", 1)
    row = centre.rows("SELECT proposed_by, decided_by, alone, words FROM rollout")
    assert row == [("command", "command", REASON, "")]
    assert [action for (action,) in centre.rows("SELECT action FROM audit ORDER BY number")] == [
        "rollout_proposed",
        "rollout_begun_alone",
    ]
    with centre.engine.connect() as connection:
        (bulletin,) = published(connection, centre.ring.root(), "release")
    assert read_release(bulletin.body).version == "2026.11.2"
    number = str(made["rollout"])
    assert json.loads(typed("stage", number)[1])["why"] == "holding"
    assert json.loads(typed("stop", number, "--reason", "cameras stay dark")[1])["state"] == "stopped"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_page_of_a_lone_release_says_why(centre: Centre, typed: Typed) -> None:
    centre.device("t-1")
    number = json.loads(typed("publish", "2026.11.2", "--alone", REASON)[1])["rollout"]
    app = make_app(Site(centre.engine, centre.ring, [], frozenset(), lambda: NOW_MS))
    page = signed_in(app, centre.engine, "technician", now_ms=NOW_MS).get(f"/fleet/rollouts/{number}")
    assert page.status_code == 200 and REASON in page.text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_a_second_person_a_reason_is_asked_for(centre: Centre, typed: Typed) -> None:
    centre.device("t-1")
    assert "nobody_second" in typed("publish", "2026.11.2")[2]
    assert "reason_needed" in typed("publish", "2026.11.2", "--alone", "  so it is   ")[2]
    assert centre.one("SELECT count(*) FROM rollout") == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_where_a_second_person_is_nobody_releases_alone(centre: Centre, typed: Typed) -> None:
    centre.device("t-1")
    with centre.engine.begin() as connection:
        create_account(connection, "truong", "Trưởng THỬ", None, [Grant("administrator", "all")], NOW_MS)
        assert rollouts.releasers(connection, NOW_MS) == 1
    status, _, err = typed("publish", "2026.11.2", "--alone", REASON)
    assert status == 1 and "second_needed" in err
    status, out, _ = typed("publish", "2026.11.2")
    assert (status, json.loads(out)["state"], json.loads(out)["ring"]) == (0, "proposed", 0)


def test_the_database_refuses_one_persons_release_without_a_reason(centre: Centre, typed: Typed) -> None:
    centre.device("t-1")
    assert typed("publish", "2026.11.2", "--alone", REASON, "--words", "alone: in the wrong column")[0] == 0
    with pytest.raises(IntegrityError), centre.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE rollout SET alone = NULL")
    assert centre.one("SELECT alone FROM rollout") == REASON
