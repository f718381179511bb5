"""The map's own eye on either database: changes that were committed out of order, and many threads at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

from central.map.directory import Directory
from central.map.model import Asked
from central.safety.states import Cause, State, put_state
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
