"""The map's own eye on either database: changes that were committed out of order, and many threads at once."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

from central.map.directory import Directory, changes
from central.map.model import Asked
from central.safety.opening import weekday
from central.safety.periods import DAY_MS, day_of
from central.safety.states import Cause, State, put_state
from central.statements import run
from tests.integration.central.map.world import add_place, fill
from tests.parts.centre import NOW_MS, Centre


def test_what_changed_is_read_and_a_late_commit_is_not_lost(centre: Centre) -> None:
    """PostgreSQL numbers two changes and may commit the second first."""
    with centre.engine.begin() as connection:
        for number in (1, 2):
            add_place(connection, number, f"v-{number}", f"Chợ {number}", "48", point=(16.0, 108.0))
    clock = [0.0]
    kept = Directory(centre.engine, lambda: NOW_MS, lambda: clock[0])
    with kept.shelf() as shelf:
        assert shelf.total() == [0, 0, 0, 2]
    if centre.engine.dialect.name == "postgresql":
        with centre.engine.connect() as slow, slow.begin():
            put_state(slow, 1, State.UNSAFE, Cause.INSPECTION, NOW_MS)
            with centre.engine.begin() as quick:
                put_state(quick, 2, State.SAFE, Cause.SELF_CHECK, NOW_MS)
            clock[0] += 0.5
            with kept.shelf() as shelf:
                assert shelf.total() == [1, 0, 0, 1]
    else:
        with centre.engine.begin() as connection:
            put_state(connection, 1, State.UNSAFE, Cause.INSPECTION, NOW_MS)
            put_state(connection, 2, State.SAFE, Cause.SELF_CHECK, NOW_MS)
    clock[0] += 2.0
    with kept.shelf() as shelf:
        assert shelf.total() == [1, 0, 1, 0]


def test_a_place_that_is_shut_today_says_so_until_the_day_is_over(centre: Centre) -> None:
    today = day_of(NOW_MS)
    with centre.engine.begin() as connection:
        for number in (1, 2, 3):
            add_place(connection, number, f"v-{number}", f"Chợ {number}", "48", point=(16.0, 108.0))
    clock, now_ms = [0.0], [NOW_MS]
    kept = Directory(centre.engine, lambda: now_ms[0], lambda: clock[0])

    def shut() -> tuple[list[str], list[str]]:
        """By the base file and what changed since."""
        clock[0] += 2.0
        with kept.shelf() as shelf:
            changed = {told["id"]: told for _, told in changes(shelf)}
        base = {told["id"]: told for told in json.loads(kept.province("48").data)["places"]}
        found = [one["id"] for one in (base | changed).values() if one.get("shut")]
        return sorted(found), sorted(one for one, told in changed.items() if told.get("shut"))

    assert shut() == ([], [])
    week = 0b1111111 & ~(1 << weekday(today))
    with centre.engine.begin() as connection:
        run(connection, "INSERT INTO opening_week (place, weekdays, changed_ms) VALUES (1, ?, 1)", (week,))
        sql = "INSERT INTO closure (place, first_day, last_day, made_ms) VALUES (?, ?, ?, 1)"
        run(connection, sql, (2, today, today + 1))
        run(connection, sql, (3, today + 1, today + 1))
    assert shut() == (["v-1", "v-2"], ["v-1", "v-2"])
    with centre.engine.begin() as connection:
        put_state(connection, 1, State.UNSAFE, Cause.INSPECTION, NOW_MS)
    assert shut()[0] == ["v-1", "v-2"]
    now_ms[0] += DAY_MS
    assert shut()[0] == ["v-2", "v-3"]
    now_ms[0] += DAY_MS
    assert shut()[0] == []


def test_many_threads_ask_while_places_change(centre: Centre) -> None:
    with centre.engine.begin() as connection:
        fill(connection, 300)
    tick = iter(range(10**9))
    kept = Directory(centre.engine, lambda: NOW_MS, lambda: float(next(tick)))
    going = threading.Event()

    def ask(number: int) -> int:
        going.wait(10)
        for _ in range(20):
            kept.snapshot()
            kept.province("48")
            with kept.shelf() as shelf:
                shelf.found(Asked(words="cho"))
        with kept.shelf() as shelf:
            return sum(shelf.total())

    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(ask, number) for number in range(5)]
        going.set()
        for _ in range(20):
            with centre.engine.begin() as connection:
                put_state(connection, 7, State.UNSAFE, Cause.INSPECTION, NOW_MS)
        assert {one.result(60) for one in asked} == {300}
