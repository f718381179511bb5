"""The shell around the gate, on a real database: what happens when a commit fails, and what a restart remembers."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from kiosk.events import Event, Tick
from kiosk.loop import QUEUE_SIZE
from kiosk.upkeep import Upkeep
from kiosk.visitors import DayKeys
from store import bulletins, outbox
from store.db import FILE, connect, open_store
from tests.parts.site import card
from tests.unit.kiosk.site import CARD, NOON, OTHER, Kiosk, Time
from wire.crypto import SealingKey, SigningKey
from wire.root import Root, encode_root, read_pinned


def test_green_is_shown_only_after_commit(kiosk: Kiosk) -> None:
    assert kiosk.show(CARD) == "green"
    ref = next(ref for pattern, ref in kiosk.outside.shown if pattern == "green")
    assert ref is not None
    other = connect(kiosk.store.folder / FILE)
    assert other.execute("SELECT count(*) FROM outbox WHERE seq = ?", (ref.split(":")[1],)).fetchone() == (1,)
    other.close()


def test_a_store_that_cannot_commit_means_fault_and_never_green(kiosk: Kiosk) -> None:
    blocker = connect(kiosk.store.folder / FILE)
    kiosk.store.execute("PRAGMA busy_timeout=50")
    blocker.execute("BEGIN IMMEDIATE")
    assert kiosk.show(CARD) == "fault"
    assert kiosk.feed.latest()[1].reasons == ("store_failed",)
    assert kiosk.loop.state.occupancy == 0
    blocker.execute("ROLLBACK")
    blocker.close()
    kiosk.ledger.enrolled = True
    upkeep = Upkeep(kiosk.ledger, kiosk.clock, kiosk.disk, lambda: kiosk.loop.state.faults, True)
    for event in upkeep.each_turn():
        kiosk.loop.take(event)
    assert "store_failed" not in kiosk.loop.state.faults
    assert kiosk.show(OTHER) == "green"


def shown_after(kiosk: Kiosk, texts: list[str]) -> list[tuple[str, str | None]]:
    """Lamps and refs after these codes were put on the queue together."""
    before = len(kiosk.outside.shown)
    for text in texts:
        kiosk.loop.see(text)
    turns = iter(texts)

    def until_all_are_taken() -> list[Event]:
        if next(turns, None) is None:
            kiosk.loop.stop()
        return []

    kiosk.loop.run(until_all_are_taken)
    return [(p, ref) for p, ref in kiosk.outside.shown[before:] if not p.startswith("sound")]


def commits_of(kiosk: Kiosk, change: Callable[[], object]) -> int:
    """How many transactions of the gate another connection sees in `change`."""
    traced: list[str] = []
    kiosk.store.connection.set_trace_callback(traced.append)
    change()
    kiosk.store.connection.set_trace_callback(None)
    return traced.count("COMMIT")


def test_people_who_wait_together_are_committed_together_and_each_gets_an_answer(kiosk: Kiosk) -> None:
    kiosk.show(card(1))  # the first record also commits the content keys
    shown: list[tuple[str, str | None]] = []
    commits = commits_of(kiosk, lambda: shown.extend(shown_after(kiosk, [card(n) for n in range(2, 6)])))
    assert commits == 1
    greens = [ref for lamp, ref in shown if lamp == "green"]
    assert len(set(greens)) == 4
    assert None not in greens
    assert kiosk.loop.state.occupancy == 5


def test_a_code_shown_twice_in_one_group_is_judged_by_its_first_answer(kiosk: Kiosk) -> None:
    shown_after(kiosk, [card(1), card(2), card(1)])
    assert kiosk.loop.state.occupancy == 2
    assert kiosk.feed.latest()[1].reasons == ("already_in",)


def test_when_a_common_commit_fails_nobody_sees_green(kiosk: Kiosk) -> None:
    kiosk.show(card(1))
    blocker = connect(kiosk.store.folder / FILE)
    kiosk.store.execute("PRAGMA busy_timeout=50")
    blocker.execute("BEGIN IMMEDIATE")
    lamps = [lamp for lamp, _ in shown_after(kiosk, [card(2), card(3)])]
    blocker.execute("ROLLBACK")
    blocker.close()
    assert "green" not in lamps
    assert "fault" in lamps
    assert kiosk.loop.state.occupancy == 1
    assert kiosk.store.execute("SELECT count(*) FROM visit").fetchone() == (1,)


def test_a_root_that_somebody_put_into_the_database_is_not_sealed_to(tmp_path: Path, time: Time) -> None:
    store = open_store(tmp_path / "data", now_ms=lambda: NOON)
    thief = SigningKey(b"t" * 32)
    to = {"ingest": SealingKey(b"x" * 32).public, "case": SealingKey(b"y" * 32).public}
    message = encode_root(Root(1, 0, NOON * 2, (thief.public,), 1, {}, to), [thief])
    bulletins.keep_root(store, message, read_pinned(message))
    store.close()
    kiosk = Kiosk(tmp_path, time)  # its kiosk.toml names the true centre
    assert kiosk.show(CARD) == "fault"
    assert kiosk.feed.latest()[1].reasons == ("not_enrolled",)
    assert outbox.backlog(kiosk.store).rows == 0


def test_a_held_code_is_read_once_and_written_once(kiosk: Kiosk, time: Time) -> None:
    kiosk.show(CARD)
    for _ in range(50):
        time.pass_ms(66)
        kiosk.show(CARD)
    assert outbox.backlog(kiosk.store).rows == 2  # the visit and the device's hello


def test_a_crash_remembers_who_is_inside(tmp_path: Path, time: Time) -> None:
    first = Kiosk(tmp_path, time)
    first.show(CARD)
    time.pass_ms(60_000)
    again = Kiosk(tmp_path, time)  # the same boot: the day key is still in RAM
    assert again.loop.state.occupancy == 1
    again.show(CARD)
    assert again.feed.latest()[1].direction == "out"


def test_a_power_cut_forgets_the_key_and_the_gate_asks(tmp_path: Path, time: Time) -> None:
    first = Kiosk(tmp_path, time)
    first.show(CARD)
    for key in (tmp_path / "run").iterdir():
        key.unlink()
    time.pass_ms(60_000)
    again = Kiosk(tmp_path, time, boot=b"anewboot")
    again.show(CARD)
    assert again.feed.latest()[1].page == "choose"
    again.loop.press("out")
    assert again.loop.state.occupancy == 1  # still on the queue: press only puts


def test_a_stay_over_midnight_is_still_paired(kiosk: Kiosk, time: Time) -> None:
    kiosk.show(CARD)
    time.pass_ms(20 * 3_600_000)
    kiosk.show(CARD)
    assert kiosk.feed.latest()[1].direction == "out"


def test_the_queue_drops_the_newest_when_it_is_full_and_counts_it(kiosk: Kiosk) -> None:
    for _ in range(QUEUE_SIZE + 5):
        kiosk.loop.put(Tick())
    assert kiosk.loop.dropped == 5


def test_a_clock_that_jumps_back_does_not_move_stamps_unless_it_is_synchronised(time: Time) -> None:
    clock = time.clock()
    before = clock.now_ms()
    time.synchronised = False
    time.wall_ms -= 3_600_000
    assert clock.look() == 0
    assert clock.now_ms() == before
    time.synchronised = True
    assert clock.look() == -3_600_000
    assert clock.now_ms() == before - 3_600_000


def test_an_unset_clock_proves_nothing_and_says_no_time(time: Time) -> None:
    time.synchronised = False
    clock = time.clock()
    assert clock.known_now() is None
    assert clock.words() == ""
    assert clock.stamp().clock.name == "UNSET"


def test_when_time_is_learned_a_clock_event_tells_how_far_it_moved(tmp_path: Path) -> None:
    time = Time()
    time.synchronised, time.wall_ms = False, 1_000
    kiosk = Kiosk(tmp_path, time)
    kiosk.ledger.enrolled = True
    upkeep = Upkeep(kiosk.ledger, kiosk.clock, kiosk.disk, lambda: kiosk.loop.state.faults, True)
    upkeep.each_turn()
    before = outbox.backlog(kiosk.store).rows
    time.pass_ms(2_000)
    time.synchronised, time.wall_ms = True, NOON
    upkeep.each_turn()
    assert outbox.backlog(kiosk.store).rows == before + 1
    assert abs(kiosk.clock.now_ms() - NOON) < 10


def test_old_day_keys_are_destroyed(tmp_path: Path) -> None:
    keys = DayKeys(tmp_path, os.urandom)
    for day in range(5):
        assert 1 <= len(keys.of(NOON + day * 86_400_000)) <= 2
    assert len(list(tmp_path.glob("day-*.key"))) == 2


def test_a_probe_that_cannot_write_keeps_the_fault(kiosk: Kiosk) -> None:
    blocker = sqlite3.connect(kiosk.store.folder / FILE, isolation_level=None)
    kiosk.store.execute("PRAGMA busy_timeout=50")
    blocker.execute("BEGIN IMMEDIATE")
    assert not kiosk.ledger.store_works()
    blocker.execute("ROLLBACK")
    assert kiosk.ledger.store_works()
    blocker.close()
