"""The daily run: what is past its limit goes, sealed bytes too; what is young or held stays; a certificate says so."""

import json
from argparse import Namespace
from pathlib import Path

import pytest

from central.access.accounts import create_account
from central.jobs import Bench
from central.people.persons import persons_of
from central.rights import paperwork
from central.rights.certificates import check_chain, public_keys, read
from central.rights.deletions import delete_again
from central.rights.holds import NewHold, ask_hold, lift_hold, sign_hold
from central.rights.limits import DAY_MS
from central.rights.retention import work
from tests.parts.case_rows import put_case
from tests.parts.centre import NOW_MS, Centre, run_central
from wire.records import Declaration, IdentityKind, Signal
from wire.refusal import Refused


def run_day(centre: Centre, now_ms: int) -> int:
    """The job until nothing waits; how many steps it took."""
    bench = Bench(centre.engine, centre.ring, lambda: now_ms)
    steps = 1
    while work(bench):
        steps += 1
        assert steps < 200
    return steps


def certificate(centre: Centre) -> dict[str, object]:
    message = centre.rows("SELECT message FROM deletion_certificate ORDER BY number DESC LIMIT 1")[0][0]
    return read(message, public_keys(centre.ring))


def counts(centre: Centre) -> dict[str, tuple[int, int]]:
    body = certificate(centre)
    assert isinstance(body["counts"], list)
    return {kind: (destroyed, held) for kind, destroyed, held, *_ in body["counts"]}


def test_a_visit_goes_after_21_days_with_its_sealed_bytes_and_its_number_stays(centre: Centre) -> None:
    device = centre.device()
    batch = device.batch(1, 6)
    centre.take(batch)
    run_day(centre, NOW_MS + 20 * DAY_MS)
    assert centre.one("SELECT count(*) FROM visit") == 6
    run_day(centre, NOW_MS + 22 * DAY_MS)
    assert centre.one("SELECT count(*) FROM visit") == 0
    assert centre.one("SELECT count(*) FROM raw_record WHERE length(sealed) > 0") == 0
    assert counts(centre)["visits"] == (6, 0)
    again = centre.take(batch)
    assert (again[0].new, centre.one("SELECT count(*) FROM raw_record")) == (0, 6), "it came back"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_declaration_goes_after_30_days(centre: Centre) -> None:
    device = centre.device()
    device.add(Declaration(IdentityKind.CCCD, "099000000007", Signal.ALLOW, form="x|1", answers=b"\x01"))
    centre.take(device.batch(1, 1))
    run_day(centre, NOW_MS + 29 * DAY_MS)
    assert centre.one("SELECT length(sealed) FROM raw_record") > 0
    run_day(centre, NOW_MS + 31 * DAY_MS)
    assert centre.rows("SELECT length(sealed), reason FROM raw_record") == [(0, "expired")]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_number_that_came_late_below_the_floor_is_not_forgotten(centre: Centre) -> None:
    device = centre.device()
    first, second, third = (device.batch(start, 2) for start in (1, 3, 5))
    centre.take(first, third)
    run_day(centre, NOW_MS + 31 * DAY_MS)
    assert centre.rows("SELECT seq FROM retention_floor") == [(2,)]
    centre.take(second, now_ms=NOW_MS + 32 * DAY_MS)
    run_day(centre, NOW_MS + 65 * DAY_MS)
    assert centre.one("SELECT count(*) FROM raw_record WHERE length(sealed) > 0") == 0
    assert centre.rows("SELECT seq FROM retention_floor") == [(6,)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_run_begins_once_a_day_and_goes_on_where_it_was_interrupted(centre: Centre) -> None:
    centre.take(centre.device().batch(1, 4))
    bench = Bench(centre.engine, centre.ring, lambda: NOW_MS + 40 * DAY_MS)
    assert work(bench)  # begun, then a power cut
    assert work(bench)
    run_day(centre, NOW_MS + 40 * DAY_MS)
    assert run_day(centre, NOW_MS + 40 * DAY_MS) == 1
    assert centre.one("SELECT count(*) FROM deletion_run") == 1
    assert certificate(centre)["number"] == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_day_without_anything_due_has_a_certificate_too(centre: Centre) -> None:
    run_day(centre, NOW_MS)
    run_day(centre, NOW_MS + DAY_MS)
    messages = [row[0] for row in centre.rows("SELECT message FROM deletion_certificate ORDER BY number")]
    assert check_chain(messages, public_keys(centre.ring)) == 2
    with pytest.raises(Refused, match="broken_chain"):
        check_chain(messages[1:], public_keys(centre.ring))


def test_what_two_officers_hold_stays_until_the_hold_ends_and_is_counted(centre: Centre) -> None:
    centre.take(centre.device().batch(1, 4))  # two people, in and out
    pseudonym = centre.rows("SELECT person FROM visit WHERE seq = 1")[0][0]
    now_ms = NOW_MS + 22 * DAY_MS
    with centre.engine.begin() as connection:
        create_account(connection, "hoa", "Cán bộ THỬ", None, [], NOW_MS)
        person = persons_of(connection, [(pseudonym, 1)], NOW_MS)[pseudonym]
        connection.exec_driver_sql(_REQUEST.format(person=person, now=NOW_MS))
        hold = ask_hold(connection, _hold("person", "R-2026-000001"), "hoa", NOW_MS)
        with pytest.raises(Refused, match="same_officer"):
            sign_hold(connection, hold, "hoa", NOW_MS)
        sign_hold(connection, hold, "binh", NOW_MS)
    run_day(centre, now_ms)
    assert centre.rows("SELECT seq FROM visit ORDER BY seq") == [(1,), (2,)]
    assert counts(centre)["visits"] == (2, 2)
    run_day(centre, NOW_MS + 31 * DAY_MS)
    assert centre.rows("SELECT seq FROM raw_record WHERE length(sealed) > 0 ORDER BY seq") == [(1,), (2,)]
    with centre.engine.begin() as connection:
        lift_hold(connection, hold, "hoa", NOW_MS + 32 * DAY_MS)
    run_day(centre, NOW_MS + 32 * DAY_MS)
    assert centre.one("SELECT count(*) FROM raw_record WHERE length(sealed) > 0") == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_hold_on_a_place_protects_what_its_kiosks_recorded(centre: Centre) -> None:
    centre.take(centre.device().batch(1, 2))
    with centre.engine.begin() as connection:
        hold = ask_hold(connection, _hold("venue", "v-cho-mau"), "hoa", NOW_MS)
    run_day(centre, NOW_MS + 5 * DAY_MS)
    with centre.engine.begin() as connection:
        sign_hold(connection, hold, "binh", NOW_MS)
    run_day(centre, NOW_MS + 40 * DAY_MS)
    assert centre.one("SELECT count(*) FROM visit") == 2
    run_day(centre, NOW_MS + 61 * DAY_MS)  # the hold has ended by itself
    assert centre.one("SELECT count(*) FROM visit") == 0


@pytest.mark.parametrize(
    "hold", [{"reason": " "}, {"basis": ""}, {"ends_ms": NOW_MS}, {"ends_ms": NOW_MS + 400 * DAY_MS}, {"kind": "all"}]
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_hold_needs_reason_basis_and_an_end(centre: Centre, hold: dict[str, object]) -> None:
    centre.device()
    with centre.engine.begin() as connection, pytest.raises(Refused, match="bad_hold"):
        ask_hold(connection, _hold("venue", "v-cho-mau")._replace(**hold), "hoa", NOW_MS)


def test_a_person_whom_nothing_names_any_more_goes_with_their_codes(centre: Centre) -> None:
    centre.take(centre.device().batch(1, 2))
    pseudonym = centre.rows("SELECT person FROM visit WHERE seq = 1")[0][0]
    with centre.engine.begin() as connection:
        persons_of(connection, [(pseudonym, 1), (b"x" * 16, 1)], NOW_MS)
    run_day(centre, NOW_MS + 20 * DAY_MS)
    assert centre.one("SELECT count(*) FROM person") == 2
    run_day(centre, NOW_MS + 31 * DAY_MS)
    assert [centre.one(f"SELECT count(*) FROM {t}") for t in ("person", "identity")] == [0, 0]


def test_a_case_goes_two_years_after_its_end_with_everything_that_hangs_on_it(centre: Centre) -> None:
    with centre.engine.begin() as connection:
        put_case(connection, NOW_MS)
        put_case(connection, NOW_MS, "BN-2026-000002", closed=False)
    run_day(centre, NOW_MS + 729 * DAY_MS)
    assert centre.one("SELECT count(*) FROM case_file") == 2
    run_day(centre, NOW_MS + 731 * DAY_MS)
    assert centre.rows("SELECT id FROM case_file") == [("BN-2026-000002",)]
    for table in ("contact", "case_event", "release", "reach", "task", "follow_up"):
        assert centre.one(f"SELECT count(*) FROM {table}") == 1, table
    assert counts(centre)["cases"] == (1, 0)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_file_of_a_certificate_is_verified_by_command(
    centre: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_day(centre, NOW_MS)
    file = tmp_path / "1.certificate"
    options = Namespace(database=centre.url, keys=centre.keys, number=1, out=file, file=file)
    assert (paperwork.export(options), paperwork.check(options), paperwork.verify(options)) == (0, 0, 0)
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (said[1]["certificates"], said[2]["about"]) == (1, "limits")
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    done = run_central("deletion", "verify", str(file), "--keys", str(centre.keys))
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr and "changed" in done.stderr
    options.number = 9
    assert paperwork.export(options) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_restore_brings_nothing_back_that_a_certificate_names(centre: Centre) -> None:
    device = centre.device()
    centre.take(device.batch(1, 4))
    with centre.engine.begin() as connection:
        assert delete_again(connection, [(device.device, device.epoch, 2, 3)]) == 2
        assert delete_again(connection, [(device.device, device.epoch, 2, 3)]) == 0
    assert centre.rows("SELECT seq FROM visit ORDER BY seq") == [(1,), (4,)]


def _hold(kind: str, what: str) -> NewHold:
    return NewHold(kind, what, "khiếu nại đang xem xét", "Lệnh thử số 1", NOW_MS + 60 * DAY_MS)


_REQUEST = (
    "INSERT INTO rights_request (id, kind, channel, language, processors, asked_ms, opened_by, answer_due_ms, due_ms,"
    " extended_why, person, identified_ms, identified_by, identified_how, reason) VALUES ('R-2026-000001', 'access',"
    " 'desk', 'vi', 0, {now}, 'hoa', {now}, {now}, '', {person}, {now}, 'hoa', 'card', '')"
)
