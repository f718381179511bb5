"""Tags for people without a phone: issued, replaced, restarted, revoked; what the gates of a venue know of them.

- A tag is a pass (its id is in the QR printed on it) and a key (wire.tags): whoever taps and whoever shows the code is
  the same visitor. Nobody writes down here whose it is.
- Each change ends with the venue's new `tags` list, in the same transaction: what is issued is known, what is ended is
  not. A tag that ends is in the list of revoked passes as well, since its QR would go on without its radio.
- A number is for the telephone: four digits and a check digit (ISO/IEC 7064, MOD 11,10), so that a misheard one is
  refused instead of ending somebody else's tag. It is never given twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from central.bulletins import publish_bulletin
from central.keys import Keyring
from central.passes import issue_pass, revoke_pass
from central.statements import run
from wire.bulletin import Bulletin
from wire.refusal import Refused
from wire.tags import MOST_TAGS, Tag, tags_body

EXPONENT = 10  # a new identifier each 1024 s, about as often as phones change theirs
_DAY_S = 86_400
_LIST_DAYS = 400  # outlives every tag in it, and every gate that is off for a season
_LATE_CLOCK_S = 30 * _DAY_S  # a gate whose clock runs late must still know a tag that has expired since
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Wish:
    """What a new tag should be. `key` and `epoch_s` (Unix s) are given where the tag was set up before."""

    venue: str
    days: int
    companions: int = 0
    exponent: int = EXPONENT


@dataclass(frozen=True, slots=True, repr=False)
class IssuedTag:
    """A row of `issued_tag` and its pass. `ended_ms`: when either of them was; `text` only when just issued."""

    pass_id: bytes
    number: int
    venue: str
    key: bytes | None
    exponent: int
    epoch_s: int
    companions: int
    expires_s: int
    ended_ms: int | None = None
    replaced_by: bytes | None = None
    text: str = ""

    @property
    def short(self) -> str:
        """Its number as people say it."""
        return short_of(self.number)


def issue_tag(
    connection: Connection, ring: Keyring, wish: Wish, pass_id: bytes, key: bytes, epoch_s: int, now_ms: int
) -> IssuedTag:
    """Note a tag with its own pass; the list is published by `publish_tags`. `pass_id` and `key` are 16 random bytes.

    Raises Refused: bad_schema (numbers out of bounds, a key of another length), key_in_use.
    """
    made = issue_pass(connection, ring, pass_id, wish.days, wish.companions, None, now_ms)
    tag = Tag(pass_id, key, wish.exponent, epoch_s, made.expires_s, wish.companions)
    if run(connection, "SELECT count(*) FROM issued_tag WHERE key = ?", (key,)).scalar_one():
        raise Refused("key_in_use", "another tag has this key: two tags would be one visitor")
    number = (run(connection, "SELECT max(number) FROM issued_tag").scalar() or 0) + 1
    run(
        connection,
        "INSERT INTO issued_tag (pass_id, number, venue, key, exponent, epoch_s, companions, issued_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (pass_id, number, wish.venue, key, tag.exponent, epoch_s, tag.companions, now_ms),
    )
    places = (number, wish.venue, key, tag.exponent, epoch_s, tag.companions, tag.expires_s)
    return IssuedTag(pass_id, *places, text=made.text or "")


def publish_tags(connection: Connection, ring: Keyring, venue: str, now_ms: int) -> Bulletin:
    """Sign the list of a venue's tags as they stand. Raises Refused: bad_name, too_large."""
    sql = (
        "SELECT t.pass_id, t.key, t.exponent, t.epoch_s, p.expires_ms, t.companions FROM issued_tag t"
        " JOIN issued_pass p ON p.id = t.pass_id"
        " WHERE t.venue = ? AND t.key IS NOT NULL AND p.revoked_ms IS NULL AND p.expires_ms > ? ORDER BY t.number"
    )
    rows = run(connection, sql, (venue, now_ms - _LATE_CLOCK_S * 1000)).all()
    if len(rows) > MOST_TAGS:
        raise Refused("too_large", f"{len(rows)} tags at {venue}, {MOST_TAGS} allowed: revoke those that are lost")
    tags = [Tag(bytes(r[0]), bytes(r[1]), r[2], r[3], r[4] // 1000, r[5]) for r in rows]
    until = now_ms + _LIST_DAYS * _DAY_S * 1000
    return publish_bulletin(connection, ring, "tags", "tags", f"venue-{venue}", tags_body(tags), until, now_ms)


def end_tag(connection: Connection, ring: Keyring, tag: IssuedTag, now_ms: int) -> None:
    """Destroy the tag's key and revoke its pass everywhere; the venue's list is published by `publish_tags`."""
    sql = "UPDATE issued_tag SET key = NULL, ended_ms = ? WHERE pass_id = ?"
    run(connection, sql, (now_ms, tag.pass_id))
    revoke_pass(connection, ring, tag.pass_id, now_ms)


def note_successor(connection: Connection, old: IssuedTag, new: IssuedTag) -> None:
    """Note which tag took the place of an ended one."""
    run(connection, "UPDATE issued_tag SET replaced_by = ? WHERE pass_id = ?", (new.pass_id, old.pass_id))


def restart_tag(connection: Connection, tag: IssuedTag, epoch_s: int, now_ms: int) -> None:
    """Say when the tag's counter stood at 0: a new battery starts it again. Raises Refused("bad_epoch")."""
    if not 0 <= epoch_s <= now_ms // 1000 + _DAY_S:
        raise Refused("bad_epoch", "the counter cannot have started after tomorrow")
    run(connection, "UPDATE issued_tag SET epoch_s = ? WHERE pass_id = ?", (epoch_s, tag.pass_id))


def find_tag(connection: Connection, name: str) -> IssuedTag:
    """The tag of a pass id (32 hex digits) or of the number printed on it.

    Raises Refused: unknown_tag, misheard (the check digit does not fit).
    """
    digits = name.replace("-", "").replace(" ", "")
    if len(digits) == 32:
        try:
            where, value = "pass_id", bytes.fromhex(digits)
        except ValueError:
            raise Refused("unknown_tag", "32 hex digits expected") from None
        found = _rows(connection, f"WHERE t.{where} = ?", (value,))
    else:
        found = _rows(connection, "WHERE t.number = ?", (number_of(digits),))
    if not found:
        raise Refused("unknown_tag", "no tag of that number was issued here")
    return found[0]


def running_tag(connection: Connection, name: str) -> IssuedTag:
    """As `find_tag`. Raises Refused("tag_ended") for one that was revoked or replaced before, too."""
    tag = find_tag(connection, name)
    if tag.key is None:
        raise Refused("tag_ended", "revoked or replaced before")
    return tag


def all_tags(connection: Connection, venue: str | None = None) -> list[IssuedTag]:
    """Every tag, by number; ended ones too."""
    return _rows(connection, "" if venue is None else "WHERE t.venue = ?", () if venue is None else (venue,))


def short_of(number: int) -> str:
    """1 -> "0001-3": the digits and their check digit."""
    digits = f"{number:0{_DIGITS}d}"
    return f"{digits}-{_check_digit(digits)}"


def number_of(digits: str) -> int:
    """The number of what somebody said, dashes left out. Raises Refused("misheard")."""
    if not (digits.isascii() and digits.isdigit()) or not _DIGITS < len(digits) <= 12:
        raise Refused("misheard", "a tag's number has four digits or more and a check digit: 0001-3")
    if _check_digit(digits[:-1]) != int(digits[-1]):
        raise Refused("misheard", "the last digit does not fit the others: ask for the number again")
    return int(digits[:-1])


def _check_digit(digits: str) -> int:
    """ISO/IEC 7064, MOD 11,10: finds every wrong digit, and nearly every pair of neighbours in the wrong order."""
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (11 - product) % 10


def _rows(connection: Connection, where: str, values: Sequence[Any]) -> list[IssuedTag]:
    sql = (
        "SELECT t.pass_id, t.number, t.venue, t.key, t.exponent, t.epoch_s, t.companions, p.expires_ms,"
        " coalesce(t.ended_ms, p.revoked_ms), t.replaced_by"
        f" FROM issued_tag t JOIN issued_pass p ON p.id = t.pass_id {where} ORDER BY t.number"
    )
    return [
        IssuedTag(bytes(r[0]), r[1], r[2], _bytes(r[3]), r[4], r[5], r[6], r[7] // 1000, r[8], _bytes(r[9]))
        for r in run(connection, sql, values)
    ]


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
