"""Answers on the wire: canonical CBOR by item index, some five times smaller than the FHIR JSON they stand for.

    form      = {index: answer}              items outside repeating groups, flat whatever groups they stand in
    answer    = value | [value, ...]         the list when the question repeats
              | [form, ...]                  a repeating group: one for each occurrence
    boolean   true or false                  integer   the number
    choice    place of the option, from 0; [system, code] of a shipped list, whose places change with a release;
              text as it was typed
    date      days since 1970-01-01; text when partial      dateTime, time, string, text, url   text
    decimal   [number without its point, places after it]; 36.50 is [3650, 2], which is not [365, 1]
    quantity  [number, places], then unit, system and code where they are not the question's own

- Only the normal form is packed (forms.normal): disabled items never travel.
- `unpack` takes what `pack` gives and refuses all else; what the answers mean says forms.check.
"""

from collections.abc import Mapping
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
    _unpacked(form, cbor.loads(data, MAX_BYTES), (), (), found)
    if pack(form, found) != data:
        raise Refused("malformed", "not the packed form of its answers")
    return found


def _packed(items: tuple[Item, ...], answers: Answers, at: tuple[int, ...]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for item in items:
        values = answers.get((item.link_id, at))
        if item.loops:
            if values and isinstance(values[0], int):
                found[item.index] = [_packed(item.items, answers, (*at, number)) for number in range(values[0])]
            continue
        if values:
            if not item.repeats and len(values) > 1:
                raise Refused("malformed", f"several answers to item {item.index}, which takes one")
            codes = [_code(item, value) for value in values]
            found[item.index] = codes if item.repeats else codes[0]
        if item.items:
            found |= _packed(item.items, answers, at)
    return found


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
    place = None if item.shipped else item.place_of(value)
    if place is not None:
        return place
    if isinstance(value, Coding):
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


def _unpacked(
    form: Form, node: Any, loops: tuple[str, ...], at: tuple[int, ...], found: dict[Key, tuple[Value, ...]]
) -> None:
    if not isinstance(node, Mapping):
        raise Refused("malformed", "a map of answers was expected")
    for index, code in node.items():
        if not cbor.whole(index) or not 0 <= index < len(form.flat):
            raise Refused("malformed", "the form has no item of this index")
        item = form.flat[index]
        if form.loops[item.link_id] != loops:
            raise Refused("malformed", f"item {index} stands in other groups")
        if item.loops:
            if type(code) is not list or not 0 < len(code) <= MAX_OCCURRENCES:
                raise Refused("malformed", f"group {index} has no list of occurrences")
            found[item.link_id, at] = (len(code),)
            for number, inner in enumerate(code):
                _unpacked(form, inner, (*loops, item.link_id), (*at, number), found)
            continue
        if not item.asked:
            raise Refused("malformed", f"item {index} takes no answer")
        if item.repeats and (type(code) is not list or not code):
            raise Refused("malformed", f"item {index} has no list of answers")
        found[item.link_id, at] = tuple([_value(item, one) for one in (code if item.repeats else [code])])


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
        return code if item.type == "open-choice" else None
    if type(code) is list and len(code) == 2 and all(type(part) is str for part in code):
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
