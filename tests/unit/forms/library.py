"""The forms that ship, for tests and benches, and a filled one of people who are plainly nobody."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import forms
from forms.load import load
from forms.model import INPUT, Answers, Form, Item, Key, Value
from forms.packed import pack
from forms.pages import pages
from forms.value_sets import value_sets
from tests.parts.devices import CASE, INGEST
from wire.envelope import ClockQuality, Stamp, make_keys, seal
from wire.records import Declaration, IdentityKind, Signal

FOLDER = Path(forms.__file__).parent / "library"
NAMES = tuple(sorted(file.stem for file in FOLDER.glob("*.json") if not file.stem.endswith(".rules")))
_WRITTEN = {
    "full_name": "NGUYỄN THỊ THỬ NGHIỆM",
    "address": "Số 0 Đường Không Có Thật, khu phố Mẫu",
    "phone": "0900000001",
    "id_number": "099199000001",
    "passport_number": "T0000001",
}


@cache
def questionnaire(name: str) -> Any:
    """The JSON of a form in the library."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@cache
def library(name: str) -> Form:
    """A form in the library, with the shipped lists."""
    return load(questionnaire(name), value_sets())


def filled(form: Form) -> Answers:
    """Answers as one well person gives them: every page is answered, the last option of each choice, no to yes/no."""
    found: dict[Key, tuple[Value, ...]] = {}
    for _ in range(len(form.flat)):
        page = next((p for p in pages(form, found) if p.item.asked and (p.item.link_id, p.at) not in found), None)
        if page is None:
            break
        found[page.item.link_id, page.at] = (_answer(page.item),)
    return found


def sealed_bytes(form: Form, answers: Answers) -> int:
    """How many bytes a declaration takes in the outbox and on the wire, with an order, a consent and an identity."""
    device, epoch = "vn-thu-gate-0001", b"epoch 01"
    keys, _ = make_keys(device, epoch, 1, (b"\1" * 32, b"\2" * 32), INGEST.public, CASE.public)
    consent = hashlib.sha256(b"notice").digest()
    record = Declaration(
        IdentityKind.CCCD,
        "099199000001",
        Signal.ALLOW,
        (1,),
        form=form.canonical,
        language="vi",
        authored="2026-02-01T08:00:00+07:00",
        consent=consent,
        answers=pack(form, answers),
        order="entry-2026|1",
    )
    stamp = Stamp(1_770_000_000_000, ClockQuality.SYNCED, b"boot 001", 123_456_789)
    return len(seal(record, 4242, stamp, device, epoch, keys, 7))


def _answer(item: Item) -> Value:
    if item.options:
        exclusive = next((option.value for option in item.options if option.exclusive), None)
        return exclusive if exclusive is not None else item.options[-1].value
    if item.type == "boolean":
        return False
    if item.type == "integer":
        return 1999 if item.min_value is None or item.max_value is None else int(str(item.max_value)) - 1
    if item.type == "date":
        return "2026-02-01"
    if item.code_of(INPUT) == "email":
        return "thu@gatepost.example"
    name = next((coding.code for coding in item.codes if coding.code in _WRITTEN), "")
    return _WRITTEN.get(name, "VN000")
