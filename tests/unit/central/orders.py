"""Orders and forms as an operator hands them in, for the tests of publishing."""

import json
from pathlib import Path
from typing import Any

import kiosk.bench

DAY_MS = 86_400_000
SAMPLES = tuple(sorted((Path(kiosk.bench.__file__).parent / "orders").glob("*.json")))
DOMESTIC = "https://gatepost.example/form/domestic|1"


def paper(**changes: Any) -> dict[str, Any]:
    """A mandatory order of today; `changes` replace fields, None takes one away."""
    said = {"vi": "Lệnh mẫu để thử.", "en": "Sample order."}
    whole = {
        "id": "lenh-thu",
        "mandatory": True,
        "form": DOMESTIC,
        "valid_hours": 24,
        **dict.fromkeys(("legal_basis", "purpose", "notice", "consequence"), said),
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


def small_form(version: str = "1", text: str = "Quý vị có sốt không?", **fields: Any) -> dict[str, Any]:
    """A form of one question, in all eight languages."""
    said = {"en": "Fever?", "zh": "发热？", "ko": "발열?", "ja": "発熱？", "km": "គ្រុនក្តៅ?", "lo": "ໄຂ້?", "th": "ไข้?"}
    url = "http://hl7.org/fhir/StructureDefinition/translation"
    parts = [
        {"url": url, "extension": [{"url": "lang", "valueCode": tag}, {"url": "content", "valueString": words}]}
        for tag, words in said.items()
    ]
    item = {"linkId": "fever", "text": text, "_text": {"extension": parts}, "type": "boolean"}
    head = {"resourceType": "Questionnaire", "url": "https://gatepost.example/form/thu", "version": version}
    words = {"status": "active", "language": "vi", "title": "Mẫu thử", "_title": {"extension": parts}}
    return {**head, **words, **fields, "item": [item]}


def rule_set(version: int = 1, name: str = "thu", **fields: Any) -> str:
    """The JSON text of a rule set with one rule; `fields` replace those of the rule."""
    rule = {"id": "r-1", "when": {"===": [{"var": "venue.kind"}, "hospital"]}, "signal": "ASK", "reasons": ["see_desk"]}
    times = {"validFrom": "2026-01-01T00:00:00+07:00", "validTo": "2036-01-01T00:00:00+07:00"}
    return json.dumps({"id": name, "version": version, **times, "rules": [rule | fields]})
