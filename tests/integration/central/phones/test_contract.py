"""docs/visitor-api.yaml says what there is: the same addresses, and answers of the shapes that it promises."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema_rs import Draft202012Validator

from central.phones.pages import OPEN
from central.phones.taking import take_handed_in
from tests.integration.central.phones.places import MARKET, SCHOOL
from tests.parts.centre import Centre
from tests.parts.phone_pages import Phone, poster

DOCUMENT = yaml.safe_load((Path(__file__).parents[4] / "docs" / "visitor-api.yaml").read_text("utf-8"))


def shape(path: str, method: str = "post") -> Draft202012Validator:
    """Of the answer 200."""
    answer = DOCUMENT["paths"][path][method]["responses"]["200"]
    while "$ref" in answer:
        answer = DOCUMENT["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    schema = answer["content"]["application/json"]["schema"]
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]})


def test_the_document_names_every_address_and_no_other() -> None:
    served = {(one.rule.replace("<code>", "{code}"), method.lower()) for one in OPEN for method in one.methods}
    assert served == {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}


def test_answers_have_the_shapes_of_the_document(made: Centre, phone: Phone) -> None:
    client, code, at = phone.app.test_client(), poster(made, SCHOOL), phone.clock.ms
    looked: list[tuple[str, str, Any]] = [
        ("/v/api/place/{code}", "get", client.get(f"/v/api/place/{code}").json),
        ("/v/api/orders", "get", client.get(f"/v/api/orders?place={code}").json),
        ("/v/api/orders", "get", client.get("/v/api/orders").json),
        ("/v/api/passes", "post", client.post("/v/api/passes", json={"printed": True, "companions": 1}).json),
    ]
    daily = looked[2][2]["daily"]
    form = client.get("/v/api/form", query_string={"canonical": daily})
    assert (
        client.get(
            "/v/api/form", query_string={"canonical": daily}, headers={"If-None-Match": form.headers["ETag"]}
        ).status_code
        == 304
    )
    looked.append(("/v/api/form", "get", form.json))
    ways = [{"poster": poster(made, MARKET), "direction": "in", "at_ms": at}, {"poster": "A", "at_ms": at}]
    said: dict[str, Any] = {
        "visits": {"visits": ways},
        "well": {"well": True, "language": "th"},
        "receipts": {"code": "0123-4567-89AB", "number": "C1234567"},
        "reminders": {"hour": 7},
        "requests": {"kind": "complaint", "language": "en"},
        "seen": {"alerts": [1]},
    }
    looked += [(f"/v/api/{what}", "post", phone.say(what, body)) for what, body in said.items()]
    take_handed_in(made.engine, made.ingest, phone.clock.ms)
    looked.append(("/v/api/mine", "post", phone.say("mine", {})))
    looked.append(("/v/api/end", "post", phone.say("end", {"delete": False})))
    refusal = Draft202012Validator(
        {**DOCUMENT["components"]["schemas"]["Refused"], "components": DOCUMENT["components"]}
    )
    refusal.validate(phone.say("mine", {}, 403))
    for path, method, answer in looked:
        wrong = [f"{path}: {error.instance_path}: {error.message}" for error in shape(path, method).iter_errors(answer)]
        assert wrong == []


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_another_method_is_refused_and_told_which_are_allowed(phone: Phone, method: str) -> None:
    answer = getattr(phone.app.test_client(), method)("/v/api/mine")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert answer.json["error"]
