"""docs/visitor-api.yaml and the public pages are one, whatever is sent: generated requests, unsigned and signed ones.

Of signed requests what stands in their `body` is generated, and signed by a real phone: most of them get as far as the
view behind the signature.
"""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema_rs import Draft202012Validator
from schemathesis.specs.openapi.checks import positive_data_acceptance

from central.places.places import Place, describe_place
from tests.parts.centre import NOW_MS, Centre, make_centre
from tests.parts.phone_pages import Clock, Phone, poster, public_app

FILE = Path(__file__).resolve().parents[3] / "docs" / "visitor-api.yaml"
DOCUMENT = yaml.safe_load(FILE.read_text(encoding="utf-8"))
PLACE = "v-cho-thu"
_QUICK = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _signed_part(operation: dict[str, Any]) -> dict[str, Any] | None:
    """The shape of what a signed request's `body` holds; None for an unsigned one."""
    body: dict[str, Any] = operation.get("requestBody", {})
    if "$ref" in body:
        body = DOCUMENT["components"]["requestBodies"][body["$ref"].rpartition("/")[2]]
    shape = body.get("content", {}).get("application/json", {}).get("schema", {})
    for part in shape.get("allOf", ()):
        inner = part.get("properties", {}).get("body", {}).get("contentSchema")
        if inner is not None:
            return dict(inner)
    return None


SIGNED = {path: _signed_part(item["post"]) for path, item in DOCUMENT["paths"].items() if "post" in item}
BODIES = {path: shape for path, shape in SIGNED.items() if shape is not None}


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    folder = tmp_path_factory.mktemp("contract")
    made = make_centre(f"sqlite:///{folder}/central.db", folder)
    with made.engine.begin() as connection:
        describe_place(connection, Place(0, PLACE, "Chợ Thử", "market", "26743", "79"), NOW_MS)
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def app(centre: Centre, clock: Clock) -> Flask:
    return public_app(centre, clock)


def test_each_signed_address_says_what_its_body_holds() -> None:
    assert len(BODIES) >= 10, sorted(BODIES)


@pytest.mark.parametrize("path", sorted(DOCUMENT["paths"]))
def test_generated_requests_are_answered_as_the_file_says(app: Flask, clock: Clock, path: str) -> None:
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    schema.app = app
    (method,) = DOCUMENT["paths"][path]

    @_QUICK
    @given(case=schema[path][method.upper()].as_strategy())
    def sends(case: schemathesis.Case[Any]) -> None:
        clock.ms += 2_000  # the purses refill
        case.call_and_validate(excluded_checks=[positive_data_acceptance])  # a signature cannot be generated

    sends()


@pytest.mark.parametrize("path", sorted(BODIES))
def test_generated_statements_of_a_real_phone_are_answered_as_the_file_says(
    centre: Centre, app: Flask, clock: Clock, path: str
) -> None:
    document = deepcopy(DOCUMENT)
    document["paths"][path]["post"]["requestBody"] = {
        "required": True,
        "content": {"application/json": {"schema": BODIES[path]}},
    }
    schema = schemathesis.openapi.from_dict(document)
    code, judge = poster(centre, PLACE), _Judge(path)

    @_QUICK
    @given(case=schema[path]["POST"].as_strategy())
    def says(case: schemathesis.Case[Any]) -> None:
        clock.ms += 10_000
        phone = Phone(app, clock)
        phone.make_pass()
        body: Any = case.body
        for visit in body.get("visits", ()) if isinstance(body, dict) else ():
            if isinstance(visit, dict) and len(visit.get("poster", "")) % 2:
                visit |= {"poster": code, "at_ms": clock.ms}  # as far as the record
        judge.holds(app.test_client().post(path, json=phone.statement(path.removeprefix("/v/api/"), body)))

    says()


class _Judge:
    """Answers of an address: 200 in its shape, or a refusal in words; never a fault of ours."""

    def __init__(self, path: str) -> None:
        answers = DOCUMENT["paths"][path]["post"]["responses"]
        self._good, self._refused = (_validator(answers[name]) for name in ("200", "default"))

    def holds(self, answer: Any) -> None:
        """AssertionError or a ValidationError where it does not."""
        assert answer.status_code == 200 or 400 <= answer.status_code < 500, answer.text
        (self._good if answer.status_code == 200 else self._refused).validate(answer.get_json())


def _validator(answer: dict[str, Any]) -> Draft202012Validator:
    while "$ref" in answer:
        answer = DOCUMENT["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    schema = answer["content"]["application/json"]["schema"]
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]})
