"""Guessing pass phrases: it runs dry, it refills, and it says nothing about who exists."""

import pytest
from sqlalchemy.engine import Connection

from central.access.purses import NAME, NETWORK, PAIR, give_back, take
from central.statements import run
from wire.refusal import Refused

NOW_MS = 1_790_000_000_000


def tries(connection: Connection, login: str, address: str, now_ms: int = NOW_MS, most: int = 100) -> int:
    for n in range(most):
        try:
            take(connection, login, address, now_ms)
        except Refused:
            return n
    return most


def test_a_guesser_runs_dry_and_the_owner_elsewhere_does_not(connection: Connection) -> None:
    assert tries(connection, "ca.truc", "192.0.2.1") == PAIR.most
    assert tries(connection, "ca.truc", "192.0.2.2") == PAIR.most


def test_an_empty_purse_says_when_to_come_back_and_refills(connection: Connection) -> None:
    tries(connection, "ca.truc", "192.0.2.1")
    with pytest.raises(Refused) as refused:
        take(connection, "ca.truc", "192.0.2.1", NOW_MS)
    assert refused.value.reason == "too_fast"
    assert int(refused.value.detail) * 1000 == PAIR.refill_ms
    take(connection, "ca.truc", "192.0.2.1", NOW_MS + PAIR.refill_ms)
    assert tries(connection, "ca.truc", "192.0.2.1", NOW_MS + PAIR.refill_ms) == 0
    assert tries(connection, "ca.truc", "192.0.2.1", NOW_MS + 100 * PAIR.refill_ms) == PAIR.most


def test_a_name_guessed_from_many_networks_runs_dry_too(connection: Connection) -> None:
    assert sum(tries(connection, "ca.truc", f"192.0.2.{n}") for n in range(20)) == NAME.most


def test_many_names_from_one_network_run_dry_too(connection: Connection) -> None:
    assert sum(tries(connection, f"name{n}", "192.0.2.1") for n in range(20)) == NETWORK.most


def test_right_tries_cost_nothing(connection: Connection) -> None:
    for _ in range(100):
        take(connection, "ca.truc", "192.0.2.1", NOW_MS)
        give_back(connection, "ca.truc", "192.0.2.1", NOW_MS)


def test_what_was_typed_as_a_name_is_not_kept(connection: Connection) -> None:
    take(connection, "mật khẩu gõ nhầm ô", "192.0.2.1", NOW_MS)
    kept = run(connection, "SELECT hash FROM purse").all()
    assert len(kept) == 3
    assert all(len(row[0]) == 32 and b"kh" not in bytes(row[0]) for row in kept)
