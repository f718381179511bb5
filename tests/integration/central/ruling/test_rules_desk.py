"""The rules desk: nothing reaches a gate without a second person who read the same bytes."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from central.keys import init_keys
from central.published import published
from central.ruling.proposals import DAYS, end_old, propose, release
from central.web.app import Site, make_app
from tests.integration.central.desks.world import MARKET, build_places, deliver, kiosk
from tests.integration.central.reports.world import come, command
from tests.parts.centre import NOW_MS, Centre
from tests.parts.officers import signed_in
from tests.unit.central.orders import rule_set
from wire.refusal import Refused

DAY_MS = 86_400_000
REASON = "Lần thiết lập đầu, chưa có ai ký thứ hai"
MARKETS = {"===": [{"var": "venue.kind"}, "market"]}


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest) -> str:
    """These tests ask for SQLite unless they name both."""
    return str(request.param)


def app_of(centre: Centre, now_ms: int = NOW_MS) -> Flask:
    return make_app(Site(centre.engine, centre.ring, ["mqtt://b"], frozenset(), lambda: now_ms))


def paper(version: int = 1, expect: str = "ASK", **rule: Any) -> str:
    tests = [{"name": "chợ", "known": {"venue": "market"}, "expect": expect}]
    return json.dumps(json.loads(rule_set(version, **({"when": MARKETS} | rule))) | {"tests": tests})


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_one_proposes_another_reads_and_publishes(centre: Centre) -> None:
    with centre.engine.begin() as connection:
        build_places(connection)
    device = kiosk(centre, MARKET, "t-cho")
    for n in range(1, 8):
        device.add(come(n), at_ms=NOW_MS - n * 3_600_000)
    deliver(centre, device)
    app = app_of(centre)
    author = signed_in(app, centre.engine, "rule_author", now_ms=NOW_MS)
    head = signed_in(app, centre.engine, "head", now_ms=NOW_MS)
    form = {"text": paper(), "scope": "all", "words": "Lệnh thử"}
    seen = author.post("/rules/new?lang=en", data=form | {"do": "check"}).text
    assert "All 1 cases come out right" in seen and "7 would have changed" in seen
    assert centre.one("SELECT count(*) FROM rule_proposal") == 0
    assert author.post("/rules/new", data=form | {"do": "propose"}).status_code == 303
    assert author.post("/rules/1/publish").status_code == 403
    with centre.engine.connect() as connection:
        assert published(connection, centre.ring.root(), "rules") == []
    page = head.get("/rules/1?lang=en").text
    read = re.search(r'name="read" value="(\w{64})"', page)
    assert read is not None and "venue.kind = &#34;market&#34;" in page
    assert head.post("/rules/1/publish", data={"read": "0" * 64}).status_code == 409
    assert head.post("/rules/1/publish", data={"read": read.group(1)}).status_code == 303
    with centre.engine.connect() as connection:
        (made,) = published(connection, centre.ring.root(), "rules")
    assert made.name == "thu" and "tests" not in made.body
    assert head.post("/rules/1/publish", data={"read": read.group(1)}).status_code == 409
    said = [row[0] for row in centre.rows("SELECT action FROM audit WHERE about = 'RULES-1' ORDER BY number")]
    assert said == ["rules_proposed", "rules_published"]


def test_nobody_signs_their_own_and_nothing_is_signed_too_late(centre: Centre) -> None:
    with centre.engine.begin() as connection:
        number, _ = propose(connection, centre.ring, paper(), "all", "head.all", "", NOW_MS)
    read = hashlib.sha256(paper().encode()).hexdigest()
    for by, now_ms, reason in (
        ("head.all", NOW_MS, "second_person"),
        ("head.other", NOW_MS + DAYS * DAY_MS, "proposal_over"),
    ):
        with pytest.raises(Refused) as refused, centre.engine.begin() as connection:
            release(connection, centre.ring, number, read, by, now_ms)
        assert refused.value.reason == reason
    with centre.engine.begin() as connection:
        assert end_old(connection, NOW_MS + DAYS * DAY_MS) == 1
    assert centre.one("SELECT state FROM rule_proposal") == "expired"


def test_the_database_itself_refuses_one_person_alone(centre: Centre) -> None:
    with centre.engine.begin() as connection:
        propose(connection, centre.ring, paper(), "all", "head.all", "", NOW_MS)
    sql = "UPDATE rule_proposal SET state = 'published', decided_by = 'head.all', decided_ms = 1"
    with pytest.raises(Exception, match="CHECK"), centre.engine.begin() as connection:
        connection.exec_driver_sql(sql)


def test_what_was_changed_after_it_was_read_is_not_signed(centre: Centre) -> None:
    with centre.engine.begin() as connection:
        propose(connection, centre.ring, paper(), "all", "author", "", NOW_MS)
        connection.exec_driver_sql("UPDATE rule_proposal SET body = ?", (paper(signal="ALLOW", expect="ALLOW"),))
    with pytest.raises(Refused) as refused, centre.engine.begin() as connection:
        release(connection, centre.ring, 1, hashlib.sha256(paper().encode()).hexdigest(), "head", NOW_MS)
    assert refused.value.reason == "proposal_other"


def test_a_set_that_fails_its_own_cases_or_changes_nothing_is_not_proposed(centre: Centre) -> None:
    for text, reason in ((paper(expect="ALLOW"), "tests_failed"), ("{}", "bad_rules")):
        with pytest.raises(Refused) as refused, centre.engine.begin() as connection:
            propose(connection, centre.ring, text, "all", "author", "", NOW_MS)
        assert refused.value.reason == reason
    with centre.engine.begin() as connection:
        number, _ = propose(connection, centre.ring, paper(), "all", "author", "", NOW_MS)
        release(connection, centre.ring, number, hashlib.sha256(paper().encode()).hexdigest(), "head", NOW_MS)
        with pytest.raises(Refused) as refused:
            propose(connection, centre.ring, paper(), "all", "author", "", NOW_MS + 1)
    assert refused.value.reason == "nothing_changes"


def test_one_may_be_turned_down_or_taken_back(centre: Centre) -> None:
    app = app_of(centre)
    author = signed_in(app, centre.engine, "rule_author", now_ms=NOW_MS)
    other = signed_in(app, centre.engine, "rule_author", login="t.khac", now_ms=NOW_MS)
    head = signed_in(app, centre.engine, "head", now_ms=NOW_MS)
    for _ in range(2):
        author.post("/rules/new", data={"text": paper(), "scope": "all", "do": "propose"})
    assert other.post("/rules/1/withdraw").status_code == 409
    assert author.post("/rules/1/withdraw").status_code == 303
    assert head.post("/rules/2/refuse").status_code == 303
    assert centre.rows("SELECT state FROM rule_proposal ORDER BY id") == [("withdrawn",), ("refused",)]
    assert "Taken back" in head.get("/rules?lang=en").text


def test_the_commands_check_and_propose(centre: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(paper(), "utf-8")
    bad.write_text(paper(expect="ALLOW"), "utf-8")
    store = ("--database", centre.url, "--keys", str(centre.keys))
    done = command(capsys, "rules", "check", str(good), *store)
    assert (done.returncode, json.loads(done.stdout)["tests"], " / " in done.stderr) == (0, 1, True)
    done = command(capsys, "rules", "check", str(bad), *store)
    assert (done.returncode, json.loads(done.stdout)["failed"][0]["got"]) == (1, "ASK")
    assert command(capsys, "rules", "check", str(tmp_path / "none.json"), *store).returncode == 2
    assert centre.one("SELECT count(*) FROM bulletin WHERE kind = 'rules'") == 0
    signed_in(app_of(centre), centre.engine, "head", now_ms=NOW_MS)
    done = command(capsys, "rules", "publish", str(good), *store, "--alone", REASON)
    assert (done.returncode, done.stdout) == (1, "") and "--alone" in done.stderr
    done = command(capsys, "rules", "publish", str(good), *store)
    assert (done.returncode, json.loads(done.stdout)["proposal"]) == (0, 1)
    assert centre.one("SELECT count(*) FROM bulletin WHERE kind = 'rules'") == 0


def test_the_first_set_up_publishes_alone_and_the_log_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    init_keys(tmp_path / "keys", NOW_MS)
    file = tmp_path / "good.json"
    file.write_text(paper(), "utf-8")
    store = ("--database", f"sqlite:///{tmp_path}/central.db", "--keys", str(tmp_path / "keys"))
    for words in ((), ("--alone", ""), ("--alone", "vội")):
        done = command(capsys, "rules", "publish", str(file), *store, *words)
        assert (done.returncode, done.stdout) == (1, "") and "alone" in done.stderr
    assert "rules_published" not in command(capsys, "audit", "export", *store).stdout
    done = command(capsys, "rules", "publish", str(file), *store, "--alone", REASON)
    assert (done.returncode, json.loads(done.stdout)["name"]) == (0, "thu")
    log = command(capsys, "audit", "export", *store).stdout
    assert "rules_published_alone" in log
    detail = next(json.loads(json.loads(line)["detail"]) for line in log.splitlines() if "published_alone" in line)
    assert detail["reason"] == REASON
