"""Dialling, losing, dialling again."""

from sync_agent.events import Disconnected
from sync_agent.state import WAITS_MS, Link
from tests.unit.sync_agent.world import World


def test_dial_waits_grow_from_one_second_to_two_minutes() -> None:
    world = World()
    world.broker_up = False
    world.chance = 0.999
    world.wait(1_200_000, every=500)
    gaps = [b - a for a, b in zip(world.dials, world.dials[1:], strict=False)]
    assert gaps[0] <= WAITS_MS["dial"] + 500
    assert max(gaps) <= WAITS_MS["dial_most"] + 500
    assert gaps == sorted(gaps)


def test_a_province_does_not_dial_in_step() -> None:
    firsts = set()
    for tenth in range(10):
        world = World()
        world.broker_up, world.chance = False, tenth / 10
        world.wait(10_000)
        firsts.add(world.dials[1])
    assert len(firsts) == 10


def test_what_had_no_puback_is_sent_again_after_reconnecting() -> None:
    world = World(records=300)
    world.acks = False
    world.answers = False
    world.wait(1000)
    world.break_connection()
    world.acks = world.answers = True
    world.wait(20_000)
    assert world.through == 300
    assert world.sent.count((1, 200)) == 2


def test_receipts_lost_while_away_are_asked_for_with_one_batch() -> None:
    world = World(records=2000)
    world.answers = False
    world.wait(1500)
    world.centre = set(range(1, 2001))
    world.break_connection()
    sent = len(world.sent)
    world.answers = True
    world.wait(5000)
    assert world.through == 2000
    assert world.sent[sent:] == [(1, 200)]


def test_silence_instead_of_puback_hangs_up() -> None:
    world = World(records=10)
    world.acks = False
    world.wait(WAITS_MS["puback"] + 5000)
    assert len(world.dials) >= 2


def test_an_unanswered_dial_is_given_up() -> None:
    world = World()
    world.tick()
    world.state = type(world.state)(link=Link.DIALLING, dial_ms=world.now)
    world.wait(WAITS_MS["answer"] + 10_000)
    assert len(world.dials) == 2


def test_connections_that_never_last_raise_an_alarm_and_slow_down() -> None:
    """Two devices with one name throw each other out: a cloned card."""
    world = World()
    for _ in range(60):
        world.wait(3000)
        if world.state.link is Link.UP:
            world.break_connection()
    assert [alarm.name for alarm in world.alarms] == ["short_connections"]
    assert world.dials[-1] - world.dials[-2] > 20_000


def test_a_good_connection_forgives_earlier_losses() -> None:
    world = World()
    for _ in range(3):
        world.wait(60_000)
        world.break_connection()
    assert world.state.losses == 1


def test_a_late_word_of_an_old_connection_changes_nothing() -> None:
    world = World()
    world.broker_up = False
    world.wait(500)
    losses = world.state.losses
    world.feed(Disconnected("again"))
    assert world.state.losses == losses
