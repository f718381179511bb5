"""By which ways somebody of a place wants to be reminded: an e-mail address or a browser, by their own choice.

- An address is sealed for the sender at once; here nobody reads it again. The outbox names it by a random key, so that
  whoever stops is not written to by a letter that waits already.
- The key also stops: it stands in each e-mail, and who holds it can do nothing else with it.
- The first person of a place is its manager, or who chose first; the second is the next one. Who has lost the place,
  or whose account is closed, is nobody's person any more.
"""

import json
import os
import re
from typing import Literal, NamedTuple

from sqlalchemy.engine import Connection

from central.alerts.push_web import read_subscription
from central.alerts.sealing import Letter, seal_letter, sender_public
from central.alerts.senders import Never
from central.keys import Keyring
from central.statements import run
from wire.refusal import Refused

Channel = Literal["email", "push"]
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24}")
_MOST_OF_A_PLACE = 20


class Way(NamedTuple):
    """One way of one person."""

    login: str
    channel: str
    key: bytes


def choose(
    connection: Connection, ring: Keyring, place: int, login: str, channel: Channel, address: str, now_ms: int
) -> Way:
    """Keep a way; another address of the same channel replaces the one before, and its letters do not go.

    Raises Refused: safety_address, safety_ways (a place has twenty), sender_away.
    """
    letter = Letter(_sound(channel, address), "", "")
    sealed, key = seal_letter(letter, sender_public(ring.folder)), os.urandom(16)
    stop_of(connection, place, login, channel)
    held = run(connection, "SELECT count(*) FROM reminder_way WHERE place = ?", (place,)).scalar_one()
    if held >= _MOST_OF_A_PLACE:
        raise Refused("safety_ways")
    sql = "INSERT INTO reminder_way (place, login, channel, key, sealed, made_ms) VALUES (?, ?, ?, ?, ?, ?)"
    run(connection, sql, (place, login, channel, key, sealed, now_ms))
    return Way(login, channel, key)


def stop_of(connection: Connection, place: int, login: str, channel: str) -> None:
    """Somebody stops one of their ways."""
    sql = "DELETE FROM reminder_way WHERE place = ? AND login = ? AND channel = ?"
    run(connection, sql, (place, login, channel))


def stop_by(connection: Connection, key: bytes) -> None:
    """Whoever holds the key of a way stops it; a key of nothing changes nothing."""
    run(connection, "DELETE FROM reminder_way WHERE key = ?", (key,))


def ways_of(connection: Connection, place: int, login: str) -> frozenset[str]:
    """The channels that somebody has chosen at a place."""
    sql = "SELECT channel FROM reminder_way WHERE place = ? AND login = ?"
    return frozenset(channel for (channel,) in run(connection, sql, (place, login)))


def persons_of(connection: Connection, place: int, now_ms: int) -> list[list[Way]]:
    """The ways of the first person of a place, of the second, and so on."""
    sql = (
        "SELECT w.login, w.channel, w.key FROM reminder_way w JOIN place p ON p.number = w.place"
        " JOIN account a ON a.login = w.login AND a.state = 'active' JOIN account_grant g ON g.login = w.login"
        " AND g.area = 'venue-' || p.id AND (g.ends_ms IS NULL OR g.ends_ms > ?)"
        " WHERE w.place = ? ORDER BY CASE g.role WHEN 'venue_owner' THEN 0 ELSE 1 END, w.made_ms, w.id"
    )
    found: dict[str, dict[bytes, Way]] = {}
    for login, channel, key in run(connection, sql, (now_ms, place)):
        found.setdefault(login, {})[bytes(key)] = Way(login, channel, bytes(key))
    return [list(ways.values()) for ways in found.values()]


def forget_strangers(connection: Connection, now_ms: int) -> None:
    """The ways of those who have nothing to do with the place any more."""
    sql = (
        "DELETE FROM reminder_way WHERE NOT EXISTS (SELECT 1 FROM account_grant g JOIN account a ON a.login = g.login"
        " JOIN place p ON p.number = reminder_way.place WHERE a.login = reminder_way.login AND a.state = 'active'"
        " AND p.closed_ms IS NULL AND g.area = 'venue-' || p.id AND (g.ends_ms IS NULL OR g.ends_ms > ?))"
    )
    run(connection, sql, (now_ms,))


def _sound(channel: Channel, address: str) -> str:
    if channel == "email":
        if len(address) > 200 or not _EMAIL.fullmatch(address):
            raise Refused("safety_address")
        return address
    try:
        return json.dumps(read_subscription(address))
    except Never as error:
        raise Refused("safety_address") from error
