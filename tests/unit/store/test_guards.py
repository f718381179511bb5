"""Guards' accounts and slips of paper in the database: resets end what hung on them, numbers never come twice."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store import guards, slips
from store.db import StoreError
from tests.unit.store.desk import START_MS, Desk, desk_in

SALT, DIGEST, OTHER = bytes(16), bytes(32), b"\1" * 32
WEEK_MS = 7 * 86_400_000


def test_an_account_is_found_however_its_name_is_typed(desk: Desk) -> None:
    store = desk.open()
    guards.grant(store, " Nguye\u0302\u0303n Thử ", SALT, DIGEST, START_MS + WEEK_MS)
    for typed in ("Nguyễn Thử", "nguyễn thử", "NGUYỄN THỬ", "nguye\u0302\u0303n thử "):
        found = guards.find(store, typed)
        assert found is not None
        assert (found.name, found.once, found.until_ms) == ("Nguyễn Thử", True, START_MS + WEEK_MS)
    assert guards.find(store, "Nguyen Thu") is None


def test_a_chosen_pin_takes_the_place_of_the_one_time_pin_until_a_reset(desk: Desk) -> None:
    store = desk.open()
    guards.grant(store, "Lan", SALT, DIGEST, 0)
    first = guards.all_of(store)[0]
    assert guards.choose(store, first.key, first.granted, SALT, OTHER)
    chosen = guards.all_of(store)[0]
    assert (chosen.digest, chosen.once, chosen.granted) == (OTHER, False, first.granted)
    guards.grant(store, "Lan", SALT, DIGEST, 0)
    again = guards.all_of(store)[0]
    assert (again.digest, again.once) == (DIGEST, True)
    assert again.granted != first.granted
    assert not guards.choose(store, first.key, first.granted, SALT, OTHER)  # a choice that was begun before the reset


def test_a_removed_account_leaves_nothing(desk: Desk) -> None:
    store = desk.open()
    guards.grant(store, "Lan", SALT, DIGEST, 0)
    one = guards.all_of(store)[0]
    guards.choose(store, one.key, one.granted, SALT, OTHER)
    assert guards.remove(store, "LAN")
    assert not guards.remove(store, "LAN")
    assert guards.all_of(store) == []
    assert store.execute("SELECT count(*) FROM guard_pin").fetchone() == (0,)
    assert not guards.choose(store, one.key, one.granted, SALT, OTHER)


def test_accounts_are_bounded_and_a_full_list_still_resets(desk: Desk) -> None:
    store = desk.open()
    for n in range(guards.MOST):
        guards.grant(store, f"guard {n}", SALT, DIGEST, 0)
    with pytest.raises(guards.Full):
        guards.grant(store, "one more", SALT, DIGEST, 0)
    guards.grant(store, "guard 7", SALT, OTHER, 0)


def test_the_database_refuses_a_digest_that_is_none(desk: Desk) -> None:
    store = desk.open()
    with pytest.raises((StoreError, sqlite3.Error)):
        guards.grant(store, "Lan", SALT, b"short", 0)
    with pytest.raises((StoreError, sqlite3.Error)):
        guards.grant(store, "x" * 33, SALT, DIGEST, 0)


def test_slip_numbers_go_up_over_a_restart_and_wait_until_they_are_entered(desk: Desk) -> None:
    store = desk.open()
    assert [slips.give(store, 1, START_MS) for _ in range(3)] == [1, 2, 3]
    slips.enter(store, [2], START_MS)
    store.close()
    store = desk.open()
    assert slips.waiting(store) == [1, 3]
    assert slips.is_entered(store, 2) and not slips.is_entered(store, 1) and not slips.is_entered(store, 99)
    assert slips.give(store, 1, START_MS) == 4


def test_numbers_given_while_the_store_failed_are_noted_when_they_are_entered(desk: Desk) -> None:
    store = desk.open()
    slips.give(store, 1, START_MS)
    slips.enter(store, [2, 3], START_MS)
    assert slips.last(store) == 3
    assert slips.give(store, 6, START_MS) == 6


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 30), max_size=20))
def test_a_number_is_never_given_twice(tmp_path_factory: pytest.TempPathFactory, floors: list[int]) -> None:
    with desk_in(tmp_path_factory.mktemp("slips")) as desk:
        store = desk.open()
        given_out = [slips.give(store, floor, START_MS) for floor in floors]
        assert given_out == sorted(set(given_out))
        assert all(number >= floor for number, floor in zip(given_out, floors, strict=True))
