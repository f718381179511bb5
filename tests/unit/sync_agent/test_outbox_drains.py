"""The agent's rules in fair weather and in foul: who is sent when, how often, and what ends it."""

import itertools

import pytest

from sync_agent.agent import step
from sync_agent.events import Acked, Action, Connected, EpochSeen, EpochsRead, Published, Send, Tick, TooLarge
from sync_agent.runs import Stage
from sync_agent.state import BATCH_RECORDS, MOST_RUNS, WAITS_MS, Link, State
from tests.unit.sync_agent.world import EPOCH, World


def test_everything_waiting_is_sent_once_and_in_order() -> None:
    world = World(records=1050)
    world.wait(2000)
    assert world.sent == [(1, 200), (201, 400), (401, 600), (601, 800), (801, 1000), (1001, 1050)]
    assert world.through == 1050
    assert world.state.runs == ()


def test_a_lone_record_goes_at_once() -> None:
    world = World()
    world.wait(1000)
    world.add(1)
    world.tick()
    assert world.sent == [(1, 1)]


def test_while_something_is_under_way_new_records_wait_for_company_one_second_at_most() -> None:
    world = World(records=1)
    world.answers = False
    world.wait(500)
    world.add(1)
    world.tick()
    assert world.sent == [(1, 1)]
    world.add(1)
    world.wait(WAITS_MS["gather"])
    assert world.sent == [(1, 1), (2, 3)]


def test_never_more_than_eight_batches_without_puback() -> None:
    world = World(records=100_000)
    world.acks = False
    world.wait(5000)
    assert len(world.sent) == 8
    world.ack_all()
    assert len(world.sent) > 8


def test_never_more_than_32_batches_without_a_receipt() -> None:
    world = World(records=100_000)
    world.answers = False
    world.wait(8000)
    assert len(world.sent) == MOST_RUNS


def test_a_million_waiting_records_cost_no_memory() -> None:
    world = World(records=1_000_000)
    world.answers = False
    world.wait(60_000)
    assert len(world.state.runs) <= MOST_RUNS
    assert len(world.state.lanes) == 1


def test_puback_alone_ends_nothing() -> None:
    world = World(records=10)
    world.answers = False
    world.wait(5000)
    assert [run.stage for run in world.state.runs] == [Stage.SENT]


def test_a_batch_without_receipt_is_sent_again_with_growing_waits() -> None:
    world = World(records=10)
    world.answers = False
    times = []
    for _ in range(300):
        before = len(world.sent)
        world.wait(1000)
        times += [world.now] * (len(world.sent) - before)
    gaps = [b - a for a, b in itertools.pairwise(times)]
    assert gaps[0] >= 7000
    assert max(gaps) <= WAITS_MS["receipt_most"] * 1.3
    assert len(times) < 40


def test_while_the_centre_is_silent_only_the_lowest_batch_asks() -> None:
    world = World(records=100_000)
    world.answers = False
    world.wait(300_000)
    assert set(world.sent[MOST_RUNS:]) == {(1, 200)}
    assert not world.alarms


def test_when_the_centre_comes_back_all_arrives() -> None:
    world = World(records=20_000)
    world.answers = False
    world.wait(300_000)
    world.answers = True
    world.wait(120_000)
    assert world.through == 20_000


def test_what_a_killed_broker_acknowledged_and_lost_is_sent_again() -> None:
    world = World(records=5000)
    lost = iter([True] * 7 + [False] * 10_000)
    world.loses = lambda first, last: next(lost)
    world.wait(120_000)
    assert world.through == 5000


def test_a_listed_gap_is_filled() -> None:
    world = World(records=2000)
    lost = {(401, 600)}
    world.loses = lambda first, last: (first, last) in lost
    world.wait(1000)
    assert world.receipt().missing == ((401, 600),)
    lost.clear()
    world.wait(30_000)
    assert world.through == 2000
    assert world.sent.count((401, 600)) == 2


def test_a_gap_that_an_earlier_life_left_is_filled_when_a_receipt_lists_it() -> None:
    world = World(records=1000)
    world.centre = set(range(301, 700))
    world.wait(60_000)
    assert world.through == 1000


@pytest.mark.parametrize("poison", [{1}, {137}, {200}, {201, 202}, {5, 77, 150, 333}, {400}])
def test_poison_is_cut_out_and_the_queue_goes_on_behind_it(poison: set[int]) -> None:
    world = World(records=400)
    world.refuses = lambda first, last: any(first <= seq <= last for seq in poison)
    world.add(1000)
    for _ in range(600):
        world.wait(1000)
        world.add(1)
    assert set(range(1, 1400)) - world.centre == poison
    assert {alarm.detail for alarm in world.alarms} == {f"{EPOCH.hex()}:{seq}" for seq in poison}


def test_new_records_do_not_wait_for_poison() -> None:
    world = World(records=200)
    world.refuses = lambda first, last: first <= 77 <= last
    world.wait(1000)
    world.add(50)
    world.wait(2000)
    assert set(range(201, 251)) <= world.centre


def test_poison_is_tried_again_after_an_hour_and_forgotten_when_it_is_taken() -> None:
    world = World(records=10)
    world.refuses = lambda first, last: first <= 5 <= last
    for _ in range(400):
        world.wait(1000)
        world.add(1)
    assert [p.seq for p in world.state.poison] == [5]
    world.refuses = lambda first, last: False
    world.wait(WAITS_MS["poison"] + 60_000, every=1000)
    assert world.through == world.records
    assert world.state.poison == ()


def test_200_poison_records_neither_fill_memory_nor_stop_the_rest() -> None:
    world = World(records=200)
    world.refuses = lambda first, last: first <= 200
    for _ in range(900):
        world.wait(1000)
        world.add(1)
    assert set(range(201, 1000)) <= world.centre


def test_a_centre_restored_from_a_copy_gets_the_rest_again() -> None:
    world = World(records=3000)
    world.wait(2000)
    assert world.through == 3000
    world.restore_centre(1200)
    world.wait(5000)
    assert world.through == 3000
    assert (1201, 1400) in world.sent


def test_a_second_receipt_of_the_same_generation_does_not_rewind() -> None:
    world = World(records=500)
    world.wait(2000)
    sent = len(world.sent)
    world.answer()
    world.tick()
    world.wait(5000)
    assert len(world.sent) == sent


def test_a_batch_too_large_is_halved_until_it_fits() -> None:
    state, actions = _connected(EpochSeen(EPOCH, 8, 0, 0, 0))
    limits = []
    for _ in range(4):
        send = next(a for a in actions if isinstance(a, Send))
        limits.append(send.limit)
        state, actions = step(state, TooLarge(send.token), 0, 0.5)
    assert limits == [8, 4, 2, 1]
    assert [p.seq for p in state.poison] == [1]


def test_a_cut_that_ends_early_leaves_no_record_behind() -> None:
    """Large records: the database gives fewer than were asked for."""
    state, actions = _connected(EpochSeen(EPOCH, 20, 0, 0, 0))
    asked = []
    while sends := [a for a in actions if isinstance(a, Send)]:
        send = sends[0]
        asked.append(send.after_seq)
        last = min(20, send.after_seq + 7)
        state, first_actions = step(state, Published(send.token, send.after_seq + 1, last), 0, 0.5)
        state, actions = step(state, Acked(send.token), 0, 0.5)
        actions = first_actions + actions
    assert asked == [0, 7, 14]


def test_records_of_an_older_epoch_go_first_and_are_kept_apart() -> None:
    old, new = b"o" * 8, b"n" * 8
    state, actions = _connected(EpochSeen(old, BATCH_RECORDS, 0, 0, 0), EpochSeen(new, BATCH_RECORDS, 0, 0, 0))
    (first,) = [a for a in actions if isinstance(a, Send)]
    state, actions = step(state, Published(first.token, 1, BATCH_RECORDS), 0, 0.5)
    (second,) = [a for a in actions if isinstance(a, Send)]
    assert (first.epoch, second.epoch) == (old, new)


def test_link_starts_down_and_nothing_is_sent_before_it_is_up() -> None:
    world = World(records=10)
    world.broker_up = False
    world.wait(1000)
    assert world.state.link is Link.DOWN
    assert world.sent == []


def _connected(*epochs: EpochSeen) -> tuple[State, list[Action]]:
    """An agent that has just connected and seen these epochs, and what it asks for."""
    state, _ = step(State(), Tick(), 0, 0.5)
    state, _ = step(state, Connected(), 0, 0.5)
    return step(state, EpochsRead(epochs), 0, 0.5)
