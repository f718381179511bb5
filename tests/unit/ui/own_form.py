"""A small form of our own: options narrowed by another answer, an exclusive one, a condition, a repeating group."""

from typing import Any

from forms.load import load
from forms.model import Coding, Form, Option, Text

PROVINCE, WARD = "urn:gatepost:province", "urn:gatepost:ward"


def _code(system: str, code: str) -> dict[str, str]:
    return {"system": f"urn:gatepost:{system}", "code": code}


def _option(system: str, code: str, display: str, exclusive: bool = False) -> dict[str, Any]:
    option: dict[str, Any] = {"valueCoding": {"system": system, "code": code, "display": display}}
    if exclusive:
        url = "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive"
        option["extension"] = [{"url": url, "valueBoolean": True}]
    return option


FORM: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "url": "https://gatepost.example/form/own",
    "version": "1",
    "status": "active",
    "language": "vi",
    "title": "Tờ khai mẫu",
    "item": [
        {
            "linkId": "name", "type": "string", "text": "Họ tên?", "required": True, "maxLength": 40,
            "code": [_code("prefill", "full_name")],
        },
        {
            "linkId": "province", "type": "choice", "text": "Tỉnh nào?",
            "answerOption": [_option(PROVINCE, "A", "Tỉnh A"), _option(PROVINCE, "B", "Tỉnh B")],
        },
        {
            "linkId": "ward", "type": "choice", "text": "Xã nào?", "required": True,
            "code": [_code("narrowed-by", "province")], "answerValueSet": "urn:gatepost:list:wards",
        },
        {
            "linkId": "symptoms", "type": "choice", "text": "Có dấu hiệu nào?", "required": True, "repeats": True,
            "code": [_code("fact", "symptoms")],
            "answerOption": [
                _option("urn:gatepost:symptom", "fever", "Sốt"),
                _option("urn:gatepost:symptom", "cough", "Ho"),
                _option("urn:gatepost:symptom", "rash", "Phát ban"),
                _option("urn:gatepost:symptom", "none", "Không có", exclusive=True),
            ],
        },
        {
            "linkId": "fever", "type": "boolean", "text": "Sốt trên 38,5 độ?", "required": True,
            "enableWhen": [{
                "question": "symptoms", "operator": "=",
                "answerCoding": {"system": "urn:gatepost:symptom", "code": "fever"},
            }],
        },
        {
            "linkId": "person", "type": "group", "text": "Người đi cùng", "repeats": True,
            "item": [
                {"linkId": "person_name", "type": "string", "text": "Tên?", "code": [_code("prefill", "full_name")]},
            ],
        },
    ],
}  # fmt: skip

WARDS = tuple(
    Option(Coding(WARD, code), Text({"vi": f"Xã {code}"}), group=province)
    for code, province in (("A1", "A"), ("A2", "A"), ("B1", "B"))
)


def own_form() -> Form:
    return load(FORM, {"urn:gatepost:list:wards": WARDS})
