"""Rules for the fields of a record: what a value may be, and how it stands in CBOR.

Each rule is total on whatever CBOR can hold: it gives back a value of its type or raises Refused("bad_record").
"""

from collections.abc import Callable
from dataclasses import field
from enum import IntEnum
from typing import Any, NamedTuple

from wire.refusal import Refused


class Rule(NamedTuple):
    """`take(x)` checks x, from a caller or from the wire, and returns the value a dataclass holds.

    `pack`, where there is one, gives the shorter form in which that value travels; `take` takes it back.
    """

    take: Callable[[Any], Any]
    pack: Callable[[Any], Any] | None = None


class Place(NamedTuple):
    """Where a field lies: which sealed part, since which schema of its record, under which rule."""

    part: str
    since: int
    rule: Rule


def trace(rule: Rule, *, since: int = 1, default: Any = ...) -> Any:
    """A field of the trace part, opened by ingest (identity kind and number, outcome, reasons)."""
    return _field("trace", rule, since, default)


def vault(rule: Rule, *, since: int = 1, default: Any = ...) -> Any:
    """A field of the vault part, opened only for a case or an order (names, address, phone, answers)."""
    return _field("vault", rule, since, default)


def integer(low: int, high: int) -> Rule:
    """A whole number in low..high."""

    def take(x: Any) -> int:
        if type(x) is not int or not low <= x <= high:
            raise _bad(f"integer {low}..{high}")
        return x

    return Rule(take)


def text(longest: int) -> Rule:
    """Text of at most `longest` characters."""

    def take(x: Any) -> str:
        if type(x) is not str or len(x) > longest or not (x.isascii() or _has_utf8(x)):
            raise _bad(f"text of at most {longest}")
        return x

    return Rule(take)


def blob(shortest: int, longest: int) -> Rule:
    """Bytes, shortest..longest of them."""

    def take(x: Any) -> bytes:
        if type(x) is not bytes or not shortest <= len(x) <= longest:
            raise _bad(f"{shortest}..{longest} bytes")
        return x

    return Rule(take)


def one_of(kind: type[IntEnum]) -> Rule:
    """A member of an IntEnum, by its number on the wire."""
    members: dict[int, IntEnum] = {int(member): member for member in kind}

    def take(x: Any) -> IntEnum:
        if type(x) is kind:
            return x
        member = members.get(x) if type(x) is int else None
        if member is None:
            raise _bad(kind.__name__)
        return member

    return Rule(take)


def identity(longest: int) -> Rule:
    """Text of at most `longest` characters; 32 lower-case hex digits (the id of a pass) travel as 16 bytes."""
    take_text = text(longest).take

    def take(x: Any) -> str:
        if type(x) is bytes and len(x) == 16:
            return x.hex()
        return str(take_text(x))

    def pack(x: str) -> str | bytes:
        return bytes.fromhex(x) if len(x) == 32 and set(x) <= _LOWER_HEX else x

    return Rule(take, pack)


def several(rule: Rule, most: int) -> Rule:
    """A tuple of at most `most` values, each under `rule`."""

    take_one = rule.take

    def take(x: Any) -> tuple[Any, ...]:
        if not isinstance(x, (list, tuple)) or len(x) > most:
            raise _bad(f"list of at most {most}")
        return tuple([take_one(item) for item in x])  # a list inside: half the time of a generator

    return Rule(take)


def table(key: Rule, value: Rule, most: int) -> Rule:
    """A dict of at most `most` entries."""

    def take(x: Any) -> dict[Any, Any]:
        if not isinstance(x, dict) or len(x) > most:
            raise _bad(f"map of at most {most}")
        return {key.take(k): value.take(v) for k, v in x.items()}

    return Rule(take)


def either(*rules: Rule) -> Rule:
    """The first rule that takes the value."""

    def take(x: Any) -> Any:
        for rule in rules:
            try:
                return rule.take(x)
            except Refused:
                continue
        raise _bad("none of the allowed forms")

    return Rule(take)


def _take_bool(x: Any) -> bool:
    if type(x) is not bool:
        raise _bad("true or false")
    return x


def _take_none(x: Any) -> None:
    if x is not None:
        raise _bad("nothing")


_LOWER_HEX = frozenset("0123456789abcdef")
yes_no = Rule(_take_bool)
nothing = Rule(_take_none)


def _field(part: str, rule: Rule, since: int, default: Any) -> Any:
    metadata = {"place": Place(part, since, rule)}
    return field(metadata=metadata) if default is ... else field(metadata=metadata, default=default)


def _has_utf8(x: str) -> bool:
    """A lone surrogate (half a pair, as a broken scanner may give) has no bytes and could not be sent."""
    try:
        x.encode()
    except UnicodeEncodeError:
        return False
    return True


def _bad(expected: str) -> Refused:
    return Refused("bad_record", f"{expected} expected")
