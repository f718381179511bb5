"""CertLogic inside a bulletin: as it is, or as its JSON text where it is nested deeper than CBOR is read (wire.cbor).

A text costs one level. Nothing else is lost: as a rule, a text gives no yes or no.
"""

import json
from typing import Any

MAX_LEVELS = 11  # of a rule's logic: payload, body, its "full" value, the list and the rule stand around it
MAX_TEXT = 65_536  # characters; what is read from it is bounded by rules.certlogic


def pack_logic(logic: Any) -> Any:
    """`logic` as it travels."""
    return json.dumps(logic, ensure_ascii=False, separators=(",", ":")) if _levels(logic) > MAX_LEVELS else logic


def read_logic(value: Any) -> Any:
    """The logic that travelled. Raises ValueError for a text that is no JSON, is too long or is nested too deeply."""
    if type(value) is not str:
        return value
    if len(value) > MAX_TEXT:
        raise ValueError(f"a text of more than {MAX_TEXT} characters")
    try:
        return json.loads(value)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _levels(logic: Any) -> int:
    """How many arrays and maps lie within one another."""
    deepest, stack = 0, [(logic, 1)]
    while stack:
        node, level = stack.pop()
        if type(node) is dict or type(node) is list:
            deepest = max(deepest, level)
            stack.extend((inner, level + 1) for inner in (node.values() if type(node) is dict else node))
    return deepest
