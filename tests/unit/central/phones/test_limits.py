"""What one network may ask, and what was said: bounded, and nobody shuts another one out."""

import pytest

from central.phones.limits import WIDER, Counter, Heard, Purse, networks_of
from wire.refusal import Refused

SMALL = Purse(2, 1000)


def taken(counter: Counter, who: tuple[str, ...], times: int, now_ms: int = 0) -> int:
    """How many of so many tries go through."""
    done = 0
    for _ in range(times):
        try:
            counter.take("x", SMALL, who, now_ms)
        except Refused:
            continue
        done += 1
    return done


def test_a_purse_empties_and_fills_again() -> None:
    counter = Counter(bytes(32))
    assert taken(counter, ("a",), 5) == 2
    assert taken(counter, ("b",), 5) == 2, "another network has its own"
    assert taken(counter, ("a",), 5, now_ms=1000) == 1
    assert taken(counter, ("a",), 5, now_ms=900_000) == 2, "never more than it holds"


def test_a_whole_site_of_ipv6_has_a_bounded_purse() -> None:
    counter = Counter(bytes(32))
    done = sum(taken(counter, networks_of(f"2001:db8:7:{n:x}::1", None), 2) for n in range(200))
    assert done == 2 * WIDER
    assert taken(counter, networks_of("2001:db8:8::1", None), 2) == 2


def test_what_was_said_is_not_said_again() -> None:
    heard = Heard()
    heard.take(b"p", b"one", 5)
    with pytest.raises(Refused, match="again"):
        heard.take(b"p", b"one", 5)
    heard.take(b"q", b"one", 5)


def test_a_pass_that_says_much_forgets_no_statement() -> None:
    heard = Heard()
    for n in range(200):
        heard.take(b"p", b"%d" % n, n)
    for n in range(200):
        with pytest.raises(Refused, match="again"):
            heard.take(b"p", b"%d" % n, n)
    with pytest.raises(Refused, match="again"):
        heard.take(b"p", b"new, but older than what is remembered", 100)
    heard.take(b"p", b"new", 200)


@pytest.mark.parametrize(
    ("remote", "forwarded", "first"),
    [
        ("203.0.113.7", None, "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("::ffff:203.0.113.7", None, "203.0.113.7"),
        ("", None, ""),
        (None, "198.51.100.1", ""),
    ],
)
def test_who_asks_is_said_by_the_connection_or_by_our_own_proxy(
    remote: str | None, forwarded: str | None, first: str
) -> None:
    assert networks_of(remote, forwarded)[0] == first
