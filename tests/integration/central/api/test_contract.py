"""docs/openapi.yaml and the running app are one: the same addresses, and every request is answered as it says."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings

from tests.integration.central.api.conftest import Clock, Token

FILE = Path(__file__).resolve().parents[4] / "docs" / "openapi.yaml"
DOCUMENT = yaml.safe_load(FILE.read_text(encoding="utf-8"))
OURS = ("/api/v1/", "/fhir/")
_PATHS = sorted(DOCUMENT["paths"])
_QUICK = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_every_address_is_in_the_file_and_the_other_way_round(app: Flask) -> None:
    served = {rule.rule.replace("<", "{").replace(">", "}") for rule in app.url_map.iter_rules()}
    assert sorted(rule for rule in served if rule.startswith(OURS)) == _PATHS


def test_every_parameter_of_an_address_is_in_the_file() -> None:
    for path, item in DOCUMENT["paths"].items():
        named = [_resolved(one) for one in item["get"].get("parameters", ())]
        in_path = sorted(p["name"] for p in named if p["in"] == "path")
        assert in_path == sorted(part[1:-1] for part in path.split("/") if part.startswith("{"))
        assert all(p["description"] for p in named), path


def _resolved(parameter: dict[str, Any]) -> dict[str, Any]:
    found = parameter
    if "$ref" in parameter:
        found = DOCUMENT["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]]
    return found


@pytest.mark.parametrize("path", _PATHS)
def test_schemathesis_is_answered_as_the_file_says(app: Flask, token: Token, clock: Clock, path: str) -> None:
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    schema.app = app
    headers = token()

    @_QUICK
    @given(case=schema[path]["GET"].as_strategy())
    def sends(case: schemathesis.Case) -> None:
        clock.now_ms += 1000  # the purse of the token refills
        case.call_and_validate(headers=headers)

    sends()
