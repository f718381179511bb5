"""One answer's value[x] as JSON has it, made one of ours. Whether it is a good answer is judged later: forms.answer."""

from decimal import Decimal
from typing import Any

from forms.model import CHOICES, Coding, Item, Quantity, Value
from forms.source import decimal_of

VALUES = frozenset(
    f"value{kind}"
    for kind in ("Boolean", "Decimal", "Integer", "Date", "DateTime", "Time", "String", "Uri", "Coding", "Quantity")
)
_NO_CODE = Coding("", "")


def read_value(item: Item, name: str, value: Any) -> Value | None:
    """The value under `name`, such as valueString; None when it is not of that type.

    A Coding with nothing but a display is text where the choice is open: R4 lets free text be written so.
    """
    read = _typed(name, value)
    if read == _NO_CODE and item.type == "open-choice":
        shown = value.get("display")
        return shown if isinstance(shown, str) else None
    return read


def problem(item: Item) -> str:
    """The name of the sentence for a visitor whose answer could not be read."""
    if item.type in ("integer", "decimal", "quantity"):
        return "not_a_number"
    if item.type in ("date", "dateTime", "time"):
        return "not_a_date"
    return "not_an_option" if item.type in (*CHOICES, "boolean") else "not_text"


def _typed(name: str, value: Any) -> Value | None:
    if name == "valueBoolean":
        return value if isinstance(value, bool) else None
    if name == "valueInteger":
        return value if isinstance(value, int) and not isinstance(value, bool) else None
    if name == "valueDecimal":
        return decimal_of(value)
    if name == "valueCoding":
        return _coding(value)
    if name == "valueQuantity":
        return _quantity(value)
    return value if isinstance(value, str) else None


def _coding(value: Any) -> Coding | None:
    if not isinstance(value, dict):
        return None
    system, code = value.get("system", ""), value.get("code", "")
    return Coding(system, code) if isinstance(system, str) and isinstance(code, str) else None


def _quantity(value: Any) -> Quantity | None:
    if not isinstance(value, dict) or value.get("comparator"):
        return None
    number: Decimal | None = decimal_of(value.get("value"))
    unit, system, code = (value.get(name, "") for name in ("unit", "system", "code"))
    if number is None or not (isinstance(unit, str) and isinstance(system, str) and isinstance(code, str)):
        return None
    return Quantity(number, unit, system, code)
