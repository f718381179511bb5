"""What may be opened in an hour: by one officer, by all together, and after a restart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.vault.purse import HOUR_MS, SIZES, Purses
from wire.refusal import Refused

NOW = 1_790_000_000_000


def test_an_officer_who_opens_too_much_is_told_when_again() -> None:
    purses = Purses()
    purses.take("records", "lan", 200, NOW)
    with pytest.raises(Refused, match="too_fast") as refused:
        purses.take("records", "lan", 20, NOW)
    again = int(refused.value.detail)
    assert 0 < again - NOW <= HOUR_MS // 10 + 1
    purses.take("records", "lan", 20, again)


def test_officers_have_purses_of_their_own_and_share_one() -> None:
    purses = Purses()
    for number in range(5):
        purses.take("records", f"officer-{number}", 200, NOW)
    with pytest.raises(Refused, match="too_fast"):
        purses.take("records", "the-sixth", 1, NOW)


def test_a_refused_call_takes_nothing() -> None:
    purses = Purses()
    with pytest.raises(Refused):
        purses.take("records", "lan", 201, NOW)
    purses.take("records", "lan", 200, NOW)


def test_what_the_log_says_of_the_last_hour_counts_after_a_restart() -> None:
    purses = Purses()
    spent = [("records", "lan", 150, NOW - HOUR_MS // 4), ("records", "lan", 200, NOW - 2 * HOUR_MS)]
    purses.remember(spent, NOW)
    with pytest.raises(Refused):
        purses.take("records", "lan", 101, NOW)
    purses.take("records", "lan", 100, NOW)


@given(st.lists(st.tuples(st.integers(0, HOUR_MS // 3), st.integers(1, 80)), max_size=60))
def test_no_hour_gives_more_than_two_purses(calls: list[tuple[int, int]]) -> None:
    purses, now, given_ = Purses(), NOW, []
    for pause, count in calls:
        now += pause
        try:
            purses.take("numbers", "lan", count, now)
        except Refused:
            continue
        given_.append((now, count))
    for start, _ in given_:
        assert sum(count for at, count in given_ if start <= at < start + HOUR_MS) <= 2 * SIZES["numbers"].officer
