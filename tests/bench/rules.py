"""CertLogic: the rules of a whole country set on one certificate, as a border gate asks them."""

import time
from typing import Any

from rules.certlogic import evaluate, prepare, validate

SET_MS = 2.0
RULES = 25
_CLOCK = {"plusTime": [{"var": "external.validationClock"}, 0, "day"]}
_DATA = {
    "payload": {
        "dob": "1961-05",
        "v": [
            {"tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "dn": 2, "sd": 2, "dt": "2026-01-10"},
            {"tg": "840539006", "ci": "URN:UVCI:01:VN:GP/7#X", "dn": 1, "sd": 2, "dt": "2025-12-10"},
        ],
    },
    "external": {
        "validationClock": "2026-02-01T06:42:00+07:00",
        "valueSets": {"diseases": ["840539006"], "products": [f"EU/1/20/{number}" for number in range(1500, 1530)]},
    },
}


def run(quick: bool) -> list[dict[str, Any]]:
    """Rows for the table; see tests.bench."""
    rules = [_rule(number) for number in range(RULES)]
    assert not any(map(validate, rules))
    assert all(evaluate(rule, _DATA) is True for rule in rules)
    ready = [prepare(rule) for rule in rules]
    rounds = 50 if quick else 500
    asked = _median_ms(lambda: [rule.evaluate(_DATA) for rule in ready], rounds)
    cold = _median_ms(lambda: [evaluate(rule, _DATA) for rule in rules], rounds)
    bound = f"<= {SET_MS:g} ms"
    return [
        {"name": f"{RULES} rules, read once", "value": asked, "unit": "ms", "bound": bound, "holds": asked <= SET_MS},
        {"name": f"{RULES} rules, read and asked", "value": cold, "unit": "ms", "bound": "", "holds": None},
    ]


def _median_ms(ask: Any, rounds: int) -> float:
    """The median of a call, in ms."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        ask()
        times.append(time.perf_counter() - began)
    return sorted(times)[rounds // 2] * 1000


def _rule(number: int) -> dict[str, Any]:
    """Of the length and the kinds of the rules that countries published in 2021, in words of our own."""
    dose = {"var": "payload.v.0"}
    since = {"plusTime": [{"var": "payload.v.0.dt"}, 14 - number % 3, "day"]}
    until = {"plusTime": [{"var": "payload.v.0.dt"}, 9 + number % 4, "month"]}
    kinds: list[Any] = [
        {"if": [dose, {"not-after": [since, _CLOCK, until]}, True]},
        {"if": [dose, {">=": [{"var": "payload.v.0.dn"}, {"var": "payload.v.0.sd"}, 1]}, False]},
        {
            "and": [
                dose,
                {"in": [{"var": "payload.v.0.mp"}, {"var": "external.valueSets.products"}]},
                {"!": [{"var": "r"}]},
            ]
        },
        {
            "!": [
                {
                    "after": [
                        {"dccDateOfBirth": [{"var": "payload.dob"}]},
                        {"plusTime": [_CLOCK["plusTime"][0], -18, "year"]},
                    ]
                }
            ]
        },
        {
            "reduce": [
                {"var": "payload.v"},
                {"and": [{"var": "accumulator"}, {"===": [{"var": "current.tg"}, "840539006"]}]},
                True,
            ]
        },
    ]
    return {
        "and": [{"in": [{"var": "payload.v.0.tg"}, {"var": "external.valueSets.diseases"}]}, kinds[number % 5], True]
    }
