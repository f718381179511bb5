"""PURE. Answers as a file has them: strict JSON, each criterion once, no number that JSON does not know."""

import json
from typing import Any, NoReturn

from wire.refusal import Refused

MOST_BYTES = 1 << 20


def read_answers(data: bytes) -> Any:
    """What a file says. Raises Refused("bad_answers") for anything but JSON of at most 1 MB."""
    if len(data) > MOST_BYTES:
        raise Refused("bad_answers", "the file is too large")
    try:
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused("bad_answers", "not JSON") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("bad_answers", "a criterion stands there twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
