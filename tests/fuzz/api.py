"""python -m tests.fuzz.api --seconds 600: schemathesis against the centre's interface, good and bad requests alike.

Every operation of docs/openapi.yaml in turn, until the time is over; the seed of a failure is printed with it.
"""

import argparse
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from central.access.accounts import create_account
from central.access.roles import Grant
from central.api.tokens import NewToken, issue
from central.jobs import Bench
from central.rights.retention import work
from central.web.app import Site, make_app
from central.web.entering import roles
from tests.parts.centre import NOW_MS, make_centre

FILE = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
EXAMPLES = 60


def main() -> None:
    """Round after round, each with the next seed; any failure ends it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    end, number, cases = time.monotonic() + options.seconds, options.seed, 0
    with tempfile.TemporaryDirectory() as folder:
        schema, headers, clock = _served(Path(folder))
        while time.monotonic() < end:
            for path in sorted(schema):
                cases += _fuzz(schema[path]["GET"], headers, clock, number)
            number += 1
    print(f"{cases} requests, seeds {options.seed} to {number - 1}: clean")


def _served(folder: Path) -> tuple[Any, dict[str, str], list[int]]:
    centre = make_centre(f"sqlite:///{folder}/central.db", folder)
    centre.take(centre.device().batch(1, 50))
    with centre.engine.begin() as connection:
        grants = [Grant("reporter", "all"), Grant("case_officer", "all")]
        create_account(connection, "fuzz", "Máy THỬ", None, grants, NOW_MS)
        _, token = issue(connection, roles(), NewToken("fuzz", "reporter", "all", 300), NOW_MS)
    clock = [NOW_MS]
    while work(Bench(centre.engine, centre.ring, lambda: NOW_MS)):  # so that there is a certificate to ask for
        pass
    schema = schemathesis.openapi.from_dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))
    schema.app = make_app(Site(centre.engine, centre.ring, [], frozenset(), lambda: clock[0]))
    return schema, {"Authorization": f"Bearer {token}"}, clock


def _fuzz(operation: Any, headers: dict[str, str], clock: list[int], number: int) -> int:
    done = 0
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @seed(number)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def sends(case: schemathesis.Case) -> None:
            nonlocal done
            done += 1
            clock[0] += 1000  # the purse of the token refills
            case.call_and_validate(headers=headers)

        with suppress(Unsatisfiable):  # an address without parameters has no bad request
            sends()
    return done


if __name__ == "__main__":
    main()
