"""The feed: every page sees every view in order, none sees an old green, and a hanging gate is noticed."""

import threading
from dataclasses import replace

from ui.screen import GATE_SILENT_S, RING, STARTING, Feed, View

GREEN = View("result", "ALLOW", "in", ("registered",), "06:42", stays_ms=3000, lamps="green")


class Clock:
    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


def test_a_new_feed_says_that_the_gate_is_starting() -> None:
    assert Feed().latest() == (1, STARTING)


def test_views_come_in_order_and_none_is_skipped() -> None:
    feed = Feed()
    for at in ("06:01", "06:02", "06:03"):
        feed.publish(replace(GREEN, at=at))
    seen = []
    number = 1
    while (following := feed.wait(number, 0)) is not None:
        number, view = following
        seen.append(view.at)
    assert seen == ["06:01", "06:02", "06:03"]


def test_waiting_ends_without_a_view_when_none_comes() -> None:
    assert Feed().wait(1, 0.01) is None


def test_a_page_that_waits_is_woken_by_the_next_view() -> None:
    feed = Feed()
    got: list[tuple[int, View] | None] = []
    page = threading.Thread(target=lambda: got.append(feed.wait(1, 5)))
    page.start()
    feed.publish(GREEN)
    page.join(5)
    assert got == [(2, GREEN)]


def test_a_page_from_before_a_restart_gets_the_newest_view_at_once() -> None:
    assert Feed().wait(57, 5) == (1, STARTING)


def test_a_page_that_fell_behind_goes_on_with_the_oldest_view_that_is_left() -> None:
    feed = Feed()
    for _ in range(RING + 10):
        feed.publish(GREEN)
    following = feed.wait(1, 0)
    assert following is not None
    assert following[0] == feed.latest()[0] - RING + 1


def test_the_age_of_a_view_is_told_so_that_it_does_not_stay_too_long() -> None:
    clock = Clock()
    feed = Feed(now=clock)
    number = feed.publish(GREEN)
    clock.s += 2.5
    assert feed.age_ms(number) == 2500


def test_the_age_of_a_view_that_left_the_ring_is_at_least_that_of_the_oldest_kept() -> None:
    clock = Clock()
    feed = Feed(now=clock)
    for _ in range(RING + 1):
        feed.publish(GREEN)
        clock.s += 1
    assert feed.age_ms(1) == RING * 1000


def test_a_gate_that_never_beat_is_not_called_stalled() -> None:
    clock = Clock()
    feed = Feed(now=clock)
    clock.s += 3600
    assert feed.alive()


def test_a_gate_that_falls_silent_is_called_stalled_within_its_time_and_alive_when_it_beats_again() -> None:
    clock = Clock()
    feed = Feed(now=clock)
    feed.beat()
    clock.s += GATE_SILENT_S - 0.01
    assert feed.alive()
    clock.s += 0.02
    assert not feed.alive()
    feed.publish(GREEN)
    assert feed.alive()
