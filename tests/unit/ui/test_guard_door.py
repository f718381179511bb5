"""Who comes in to the guards' page: PINs, counted tries, sessions that end. All on a clock that the test moves."""

import unicodedata
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.parts.guards import NAME, PIN, MemoryAccounts, make_account
from ui.guard.door import CHECK_S, Door
from ui.guard.pins import digest_of, fits, objection, one_time
from ui.guard.sessions import IDLE_S, LONGEST_S, MOST, Sessions
from ui.guard.tries import BUCKET, COUNTED, FREE, WAIT_S, Tries

LAN = ("lan", "192.0.2.7")


class Time:
    """Monotonic seconds, moved by the test."""

    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s


def tokens() -> Iterator[str]:
    return (f"token {n}" for n in count(1))


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def accounts() -> MemoryAccounts:
    return MemoryAccounts(make_account(), make_account("Minh Thử", "83104629", once=True))


@pytest.fixture
def door(accounts: MemoryAccounts, time: Time) -> Door:
    names = tokens()
    return Door(accounts, time, lambda: next(names), bytes)


def test_name_and_pin_open_a_session_of_that_guard(door: Door) -> None:
    session = door.session(door.enter(NAME.upper(), PIN, "vi").token)
    assert session is not None
    assert (session.name, session.language) == (NAME, "vi")


@pytest.mark.parametrize(("name", "pin"), [(NAME, "240618"), ("Nobody", PIN), (NAME, ""), ("", ""), (NAME, "9" * 5000)])
def test_a_wrong_name_and_a_wrong_pin_get_the_same_answer(door: Door, name: str, pin: str) -> None:
    entry = door.enter(name, pin, "vi")
    assert (entry.token, entry.problem, entry.wait_s) == ("", "wrong", 0)


def test_after_five_wrong_pins_even_the_right_one_waits_and_then_opens(door: Door, time: Time) -> None:
    for _ in range(FREE):
        assert door.enter(NAME, "000111", "vi").problem == "wrong"
    entry = door.enter(NAME, PIN, "vi")
    assert (entry.problem, entry.token) == ("wait", "")
    time.s += entry.wait_s
    assert door.enter(NAME, PIN, "vi").token
    assert door.enter(NAME, "000111", "vi").problem == "wrong"  # the count began anew


def test_waits_are_half_a_minute_and_do_not_grow(time: Time) -> None:
    tries, waits = Tries(time), []
    for _ in range(FREE + 4):
        tries.failed(LAN)
        waits.append(tries.wait_s(LAN))
        time.s += waits[-1]
    assert waits == [0] * (FREE - 1) + [30] * 5


def test_ten_minutes_of_wrong_pins_from_one_phone_keep_no_guard_out(door: Door, time: Time) -> None:
    """One address gets through the proxy once in 5 s, after a first burst of 7."""
    for n in range(7 + 120):
        assert not door.enter(NAME, "000111", "vi", "192.0.2.66").token
        time.s += 5 if n >= 7 else 0
        if n % 20 == 7:
            assert door.enter(NAME, PIN, "vi", "192.0.2.7").token
    assert door.enter(NAME, PIN, "vi", "192.0.2.66").wait_s <= WAIT_S


def test_every_spelling_of_a_name_is_counted_as_one(door: Door) -> None:
    for name in ("Lan Thử", "Nga Thử"):
        for spelling in (name, name.upper(), unicodedata.normalize("NFD", name), f" {name} ", name.lower()):
            assert door.enter(spelling, "000111", "vi").problem == "wrong"
        assert door.enter(name, "000111", "vi").problem == "wait"


def test_whoever_goes_through_names_is_slowed_and_a_guard_waits_seconds(time: Time) -> None:
    tries = Tries(time)
    for n in range(int(BUCKET)):
        assert tries.wait_s((f"name {n}", "")) == 0
        tries.failed((f"name {n}", ""))
    assert 0 < tries.wait_s(LAN) <= 2
    time.s += 2
    assert tries.wait_s(LAN) == 0


def test_counted_names_are_bounded(time: Time) -> None:
    tries = Tries(time)
    for n in range(COUNTED * 2):
        tries.failed((f"name {n}", ""))
    assert len(tries._wrong) == COUNTED


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 2000)), max_size=60))
def test_tries_never_ask_for_more_than_the_longest_wait(walk: list[tuple[bool, float]]) -> None:
    time = Time()
    tries = Tries(time)
    for wrong, passes in walk:
        if wrong:
            tries.failed(LAN)
        else:
            tries.succeeded(LAN)
        assert 0 <= tries.wait_s(LAN) <= WAIT_S
        time.s += passes


def test_a_one_time_pin_opens_only_the_choice_of_an_own_one(door: Door) -> None:
    entry = door.enter("Minh Thử", "83104629", "en")
    assert entry.choosing
    assert door.session(entry.token) is None
    assert door.may_choose(entry.token)
    own = door.choose(entry.token, "902715")
    session = door.session(own.token)
    assert session is not None and session.language == "en"
    assert not door.may_choose(entry.token)
    assert door.enter("Minh Thử", "83104629", "en").problem == "wrong"
    assert door.enter("Minh Thử", "902715", "en").token


def test_the_one_time_pin_cannot_be_kept_as_the_own_one(door: Door) -> None:
    token = door.enter("Minh Thử", "83104629", "vi").token
    assert door.choose(token, "83104629").problem == "pin_easy"


def test_a_pin_that_could_not_be_kept_opens_nothing(door: Door, accounts: MemoryAccounts) -> None:
    token = door.enter("Minh Thử", "83104629", "vi").token
    accounts.keeps = False
    assert door.choose(token, "902715")[:2] == ("", "not_kept")


def test_a_session_of_another_kind_cannot_choose_a_pin(door: Door) -> None:
    assert door.choose(door.enter(NAME, PIN, "vi").token, "902715").problem == "wrong"
    assert door.choose("never given", "902715").problem == "wrong"


def test_a_reset_and_a_removed_account_end_their_sessions(door: Door, accounts: MemoryAccounts, time: Time) -> None:
    token = door.enter(NAME, PIN, "vi").token
    assert door.session(token) is not None
    accounts.by_key[NAME.casefold()] = make_account(granted=2)
    time.s += CHECK_S
    assert door.session(token) is None
    token = door.enter(NAME, PIN, "vi").token
    accounts.by_key.clear()
    time.s += CHECK_S
    assert door.session(token) is None


def test_a_session_ends_with_silence_with_the_shift_and_by_leaving(time: Time) -> None:
    names = tokens()
    sessions = Sessions(time, lambda: next(names))
    token = sessions.begin("lan", "Lan", 1, "vi", False)
    time.s += IDLE_S - 1
    assert sessions.of(token) is not None
    time.s += IDLE_S
    assert sessions.of(token) is None
    token = sessions.begin("lan", "Lan", 1, "vi", False)
    for _ in range(int(LONGEST_S / 600) - 1):
        time.s += 600
        assert sessions.of(token) is not None
    time.s += 600
    assert sessions.of(token) is None
    token = sessions.begin("lan", "Lan", 1, "vi", False)
    sessions.end(token)
    assert sessions.of(token) is None


def test_the_session_that_was_silent_longest_makes_room(time: Time) -> None:
    names = tokens()
    sessions = Sessions(time, lambda: next(names))
    first = sessions.begin("lan", "Lan", 1, "vi", False)
    time.s += 1
    second = sessions.begin("lan", "Lan", 1, "vi", False)
    for _ in range(MOST - 1):
        time.s += 1
        sessions.begin("lan", "Lan", 1, "vi", False)
    assert sessions.of(first) is None
    assert sessions.of(second) is not None


@pytest.mark.parametrize(
    ("pin", "said"),
    [
        ("240617", None), ("902715", None), ("111111", "pin_easy"), ("123456", "pin_easy"), ("987654", "pin_easy"),
        ("890123", "pin_easy"), ("274274", "pin_easy"), ("12345", "pin_short"), ("", "pin_digits"),
        ("1234567890123", "pin_long"), ("24061a", "pin_digits"),
        ("２４０６１７", "pin_digits"), ("٢٤٠٦١٧", "pin_digits"),
    ],
)  # fmt: skip
def test_what_may_be_a_pin(pin: str, said: str | None) -> None:
    assert objection(pin) == said


@given(st.binary(min_size=8, max_size=8))
def test_a_one_time_pin_may_always_be_one(random: bytes) -> None:
    assert len(one_time(random)) == 8
    assert objection(one_time(random)) is None


def test_a_digest_is_of_one_pin_and_one_salt() -> None:
    digest = digest_of(PIN, b"salt" * 4)
    assert len(digest) == 32
    assert fits(PIN, b"salt" * 4, digest)
    assert not fits(PIN, b"tlas" * 4, digest)
    assert not fits("\ud800", b"salt" * 4, digest)
