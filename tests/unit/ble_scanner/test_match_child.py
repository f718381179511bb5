"""The match job as a child: when it is started, what a failing or endless one does to the process (nothing)."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ble_scanner.match_child import EACH_MS, PATIENCE_MS, MatchChild
from tests.parts.waits import wait_for

Make = Callable[[str], MatchChild]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[MatchChild] = []

    def child(body: str) -> MatchChild:
        code = f"open({str(tmp_path / 'runs')!r}, 'a').write('x');{body}"
        made.append(MatchChild([sys.executable, "-c", code]))
        return made[-1]

    yield child
    for one in made:
        one.stop()


@pytest.fixture
def runs(tmp_path: Path) -> Callable[[], int]:
    path = tmp_path / "runs"
    return lambda: path.stat().st_size if path.exists() else 0


def _finish(child: MatchChild, keys: str | None, mono_ms: int) -> None:
    def ended() -> bool:
        child.look(keys, mono_ms)
        return child.done_ms == mono_ms

    wait_for(ended, "the end of the child")


def _fail(child: MatchChild, mono_ms: int) -> None:
    def failed() -> bool:
        child.look("keys", mono_ms)
        return child.failed

    wait_for(failed, "the failure of the child")


def test_it_waits_until_it_is_known_whether_there_are_keys(make: Make, runs: Callable[[], int]) -> None:
    child = make("")
    child.look(None, 0)
    assert runs() == 0


def test_it_runs_at_the_start_when_the_keys_change_and_each_hour(make: Make, runs: Callable[[], int]) -> None:
    child = make('print(\'{"keys": 3, "order": "x"}\')')
    _finish(child, "first", 1)
    child.look("first", EACH_MS - 1)
    assert runs() == 1, "nothing has changed and the hour is not over"
    child.look("second", 2)
    _finish(child, "second", 3)
    child.look("second", 2 + EACH_MS)
    _finish(child, "second", 3 + EACH_MS)
    assert runs() == 3


def test_without_keys_it_runs_once_to_forget_what_was_and_not_each_hour(make: Make, runs: Callable[[], int]) -> None:
    child = make("")
    _finish(child, "", 1)
    child.look("", 10 * EACH_MS)
    assert runs() == 1


def test_a_child_that_fails_is_told_and_tried_again(make: Make, runs: Callable[[], int]) -> None:
    child = make("raise SystemExit(3)")
    child.look("keys", 0)
    _fail(child, 1)
    assert child.done_ms is None
    child.look("keys", EACH_MS)
    wait_for(lambda: runs() == 2, "the next try")


def test_a_child_that_does_not_end_is_ended_after_an_hour(make: Make, runs: Callable[[], int]) -> None:
    child = make("import signal; signal.pause()")
    child.look("keys", 0)
    wait_for(lambda: runs() == 1, "the child runs")
    child.look("keys", PATIENCE_MS)
    _fail(child, PATIENCE_MS)


def test_it_gives_way_to_everything_else(make: Make, tmp_path: Path) -> None:
    child = make(f"import os; open({str(tmp_path / 'nice')!r}, 'w').write(str(os.nice(0)))")
    _finish(child, "keys", 1)
    assert int((tmp_path / "nice").read_text()) > os.nice(0)


def test_a_program_that_is_not_there_stops_nothing() -> None:
    child = MatchChild(["/nonexistent/python"])
    child.look("keys", 0)
    assert child.failed
    child.stop()
