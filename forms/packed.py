"""Answers on the wire: canonical CBOR by item index, some seven times smaller than the FHIR JSON they stand for.

    form      = [mask, answer, ...]          the answers in item order; bit i of the mask (bytes, lowest bit first, no
                                             zero at the end) says that place i of the scope has one
    scope     = questions and repeating groups by item index, but for what stands in a repeating group: that is a
                scope of its own; titles and notes have no place
    answer    = value | [value, ...]         the list when the question repeats
              | [form, ...]                  a repeating group: one for each occurrence
    boolean   true or false                  integer   the number
    choice    place of the option, from 0; of a shipped list, whose places change with a release, the code as text
              (in a list of its own where the choice is open); [system, code] of what is in no list; text as typed
    date      days since 1970-01-01; text when partial      dateTime, time, string, text, url   text
    decimal   [number without its point, places after it]; 36.50 is [3650, 2], which is not [365, 1]
    quantity  [number, places], then unit, system and code where they are not the question's own

- Only the normal form is packed (forms.normal): disabled items never travel.
- `unpack` takes what `pack` gives and refuses all else; what the answers mean says forms.check.
"""

from decimal import Decimal
from typing import Any

from forms.dates import date_of, days_of
from forms.model import CHOICES, MAX_OCCURRENCES, Answers, Coding, Form, Item, Key, Quantity, Value
from forms.normal import kept
from forms.source import is_plain
from wire import cbor
from wire.refusal import Refused

MAX_BYTES = 12_000  # what wire.records.Declaration takes
_INT64 = 1 << 63
_MAX_TEXT = 10_000


def pack(form: Form, answers: Answers) -> bytes:
    """The answers that are asked, packed. Raises Refused("malformed") for a value that is not of its question's type,
    Refused("too_large") past MAX_BYTES; answers that pass forms.check with less text raise nothing."""
    try:
        data = cbor.dumps(_packed(form.items, kept(form, answers), ()))
    except (UnicodeEncodeError, OverflowError) as error:
        raise Refused("malformed", type(error).__name__) from error
    if len(data) > MAX_BYTES:
        raise Refused("too_large", f"{len(data)} bytes, {MAX_BYTES} allowed")
    return data


def unpack(form: Form, data: bytes) -> Answers:
    """The answers again. Raises Refused for bytes that `pack` with this form would not have made."""
    found: dict[Key, tuple[Value, ...]] = {}
    _unpacked(form.items, cbor.loads(data, MAX_BYTES), (), found)
    if pack(form, found) != data:
        raise Refused("malformed", "not the packed form of its answers")
    return found


def _scope(items: tuple[Item, ...]) -> list[Item]:
    """What has a place in the mask, by index."""
    found: list[Item] = []
    for item in items:
        if item.asked or item.loops:
            found.append(item)
        if not item.loops and item.items:
            found += _scope(item.items)
    return found


def _packed(items: tuple[Item, ...], answers: Answers, at: tuple[int, ...]) -> list[Any]:
    mask, codes = 0, []
    for place, item in enumerate(_scope(items)):
        values = answers.get((item.link_id, at))
        if not values:
            continue
        mask |= 1 << place
        if item.loops:
            codes.append([_packed(item.items, answers, (*at, number)) for number in range(int(str(values[0])))])
        elif item.repeats:
            codes.append([_code(item, value) for value in values])
        elif len(values) == 1:
            codes.append(_code(item, values[0]))
        else:
            raise Refused("malformed", f"several answers to item {item.index}, which takes one")
    return [mask.to_bytes((mask.bit_length() + 7) // 8, "little"), *codes]


def _code(item: Item, value: Value) -> Any:
    if item.options or item.type in CHOICES:
        return _code_choice(item, value)
    if item.type == "boolean" and isinstance(value, bool):
        return value
    if item.type == "integer" and cbor.whole(value) and isinstance(value, int) and -_INT64 <= value < _INT64:
        return value
    if item.type == "decimal" and isinstance(value, Decimal):
        return _code_number(item, value)
    if item.type == "quantity" and isinstance(value, Quantity):
        named = [] if item.unit is not None and value[1:] == item.unit[1:] else list(value[1:])
        return [*_code_number(item, value.value), *named]
    if isinstance(value, str) and item.type not in ("boolean", "integer", "decimal", "quantity"):
        days = days_of(value) if item.type == "date" else None
        return value if days is None else days
    raise Refused("malformed", f"item {item.index} is a {item.type}")


def _code_choice(item: Item, value: Value) -> Any:
    place = item.place_of(value) if item.shipped is None else None
    if place is not None:
        return place
    if isinstance(value, Coding):
        if item.shipped and value.system == item.shipped:
            return [value.code] if item.type == "open-choice" else value.code
        return list(value)
    if isinstance(value, str) and item.type == "open-choice":
        return value
    raise Refused("malformed", f"item {item.index} is a {item.type}")


def _code_number(item: Item, value: Decimal) -> list[int]:
    if not is_plain(value):
        raise Refused("malformed", f"item {item.index} has no number of at most 15 digits")
    sign, digits, exponent = value.as_tuple()
    number = int("".join(map(str, digits)) or "0")
    return [-number if sign else number, -int(exponent)]


def _unpacked(items: tuple[Item, ...], node: Any, at: tuple[int, ...], found: dict[Key, tuple[Value, ...]]) -> None:
    if type(node) is not list or not node or type(node[0]) is not bytes:
        raise Refused("malformed", "a list that begins with a mask was expected")
    mask = int.from_bytes(node[0], "little")
    scope = _scope(items)
    if mask >> len(scope) or mask.bit_count() != len(node) - 1:
        raise Refused("malformed", "the mask does not fit the form or the answers")
    codes = iter(node[1:])
    for place, item in enumerate(scope):
        if not mask >> place & 1:
            continue
        code = next(codes)
        many = item.loops or item.repeats
        if many and (type(code) is not list or not 0 < len(code) <= MAX_OCCURRENCES):
            raise Refused("malformed", f"item {item.index} needs a list of at most {MAX_OCCURRENCES}")
        if item.loops:
            found[item.link_id, at] = (len(code),)
            for number, inner in enumerate(code):
                _unpacked(item.items, inner, (*at, number), found)
        else:
            found[item.link_id, at] = tuple([_value(item, one) for one in (code if many else [code])])


def _value(item: Item, code: Any) -> Value:
    value: Value | None = None
    if item.options or item.type in CHOICES:
        value = _choice(item, code)
    elif item.type in ("boolean", "integer"):
        value = code if type(code) is (bool if item.type == "boolean" else int) else None
    elif item.type in ("decimal", "quantity"):
        value = _number(item, code)
    elif type(code) is int and item.type == "date":
        value = date_of(code)
    elif type(code) is str and len(code) <= _MAX_TEXT:
        value = code
    if value is None:
        raise Refused("malformed", f"item {item.index} is a {item.type}")
    return value


def _choice(item: Item, code: Any) -> Value | None:
    if type(code) is int:
        return item.options[code].value if 0 <= code < len(item.options) else None
    if type(code) is str:
        if item.type == "open-choice":
            return code
        return Coding(item.shipped, code) if item.shipped else None
    if type(code) is list and all(type(part) is str for part in code):
        if len(code) == 1 and item.shipped:
            return Coding(item.shipped, code[0])
        if len(code) == 2:
            return Coding(*code)
    return None


def _number(item: Item, code: Any) -> Value | None:
    if type(code) is not list or len(code) not in (2, 5) or not cbor.whole(*code[:2]):
        return None
    number, places = code[:2]
    if abs(number) >= 10**15 or not -15 <= places <= 15:
        return None
    value = Decimal(number).scaleb(-places)
    if item.type == "decimal":
        return value if len(code) == 2 else None
    if len(code) == 2:
        return item.unit._replace(value=value) if item.unit is not None else None
    return Quantity(value, *code[2:]) if all(type(part) is str for part in code[2:]) else None
