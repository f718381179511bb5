"""One night from the first code to the reviewed emergency, on SQLite and on PostgreSQL; and two signers at once."""

import threading

import pytest

from central.access import heads, looks, purses
from central.access.audit import Look, note
from central.access.roles import Purpose
from central.access.verifying import verify
from central.web.app import Site, make_app
from tests.parts.centre import NOW_MS, Centre
from tests.parts.officers import new_account, set_up, sign_in, signed_in
from wire.refusal import Refused


def test_one_night(centre: Centre) -> None:
    now = [NOW_MS]
    app = make_app(Site(centre.engine, centre.ring, [], frozenset(), lambda: now[0]))
    admin = signed_in(app, centre.engine, "administrator", login="quan.tri", now_ms=NOW_MS)
    auditor = signed_in(app, centre.engine, "auditor", login="giam.sat", now_ms=NOW_MS)
    client = app.test_client()
    code = new_account(centre.engine, "case_officer", login="ca.truc", now_ms=NOW_MS)
    phone = set_up(client, "ca.truc", code, NOW_MS)
    now[0] += 60_000
    assert sign_in(app.test_client(), phone, now[0], "/me") == "/me"
    assert app.test_client().post("/sign-in", data={"login": "ca.truc", "phrase": "không phải"}).status_code == 401
    assert admin.post("/accounts/ca.truc/grant", data={"role": "head", "area": "all"}).status_code == 303
    assert "ca.truc" in admin.get("/accounts").text
    assert client.post("/glass/take", data={"role": "head all", "reason": "Không gọi được lãnh đạo"}).status_code == 303
    (number,) = centre.rows("SELECT id FROM glass")[0]
    assert client.post(f"/glass/{number}/end").status_code == 303
    assert auditor.post(f"/glass/{number}/review", data={"verdict": "right"}).status_code == 303
    for path in ("/audit", "/audit?day=2026-09-21&actor=ca.truc&about=x&person=1&before=9", "/audit.csv", "/looks"):
        assert auditor.get(path).status_code == 200, path
    with centre.engine.begin() as connection:
        heads.publish_head(connection, centre.ring, now[0])
        found = verify(connection, heads.newest_heads(connection, 9), now_ms=now[0])
        assert found.faults == () and found.rows > 8
        assert looks.due_notices(connection, now[0]) == []
    assert app.test_client().get("/transparency/log.json").get_json()["heads"][0]["size"] == found.rows


def test_many_writers_make_one_chain(centre: Centre) -> None:
    def write(n: int) -> None:
        for i in range(10):
            with centre.engine.begin() as connection:
                note(connection, Look(f"ca.{n}", "named", Purpose.CARE, "BN-1", persons=(n, 100 + i)), NOW_MS + i)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with centre.engine.connect() as connection:
        found = verify(connection, [], now_ms=NOW_MS)
        assert (found.rows, found.faults) == (40, ())


def test_a_guesser_on_many_connections_has_no_more_tries(centre: Centre) -> None:
    taken: list[int] = []
    with centre.engine.begin() as connection:
        purses.take(connection, "ca.truc", "192.0.2.1", NOW_MS)  # the rows stand: they can be locked

    def guess() -> None:
        for _ in range(3):
            try:
                with centre.engine.begin() as connection:
                    purses.take(connection, "ca.truc", "192.0.2.1", NOW_MS)
                taken.append(1)
            except Refused:
                pass

    threads = [threading.Thread(target=guess) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(taken) == purses.PAIR.most - 1


@pytest.mark.parametrize("wrong", ["UPDATE glass SET reviewed_by = login, reviewed_ms = 1, verdict = 'right'"])
def test_the_database_refuses_a_review_of_ones_own(centre: Centre, wrong: str) -> None:
    from sqlalchemy.exc import IntegrityError

    app = make_app(Site(centre.engine, centre.ring, [], frozenset(), lambda: NOW_MS))
    client = signed_in(app, centre.engine, "case_officer", login="ca.truc", now_ms=NOW_MS)
    client.post("/glass/take", data={"role": "head all", "reason": "Không gọi được lãnh đạo"})
    with pytest.raises(IntegrityError), centre.engine.begin() as connection:
        connection.exec_driver_sql(wrong)
