"""docs/forms-profile.md says what the engine does: its example is published, its packed answers are packed."""

import json
import re
from pathlib import Path
from typing import Any

import forms
from forms import fhir
from forms.lint import lint
from forms.load import load
from forms.model import MAX_OCCURRENCES, TYPES, Coding
from forms.packed import MAX_BYTES, pack

PAGE = (Path(forms.__file__).parent.parent / "docs" / "forms-profile.md").read_text(encoding="utf-8")


def _block(mark: str) -> Any:
    found = re.search(rf"<!-- {mark} -->\n```json\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_the_example_may_be_published() -> None:
    assert lint(_block("a test publishes this form"), {}, ("vi", "en")) == ()


def test_the_packed_example() -> None:
    form = load(_block("a test publishes this form"))
    told = _block("a test packs this")
    codes = tuple(Coding("urn:gatepost:symptom", code) for code in told["signs"])
    packed = pack(form, {("signs", ()): codes, ("since", ()): tuple(told["since"])})
    assert packed == bytes.fromhex(told["packed"])


def test_every_type_and_extension_is_named() -> None:
    table = PAGE.split("## What is taken")[1].split("## What it means")[0]
    assert all(kind in table for kind in TYPES)
    names = {url.rpartition("/")[2].removeprefix("questionnaire").removeprefix("sdc-questionnaire-") for url in _read()}
    assert [name for name in names if name not in table] == []


def _read() -> set[str]:
    return {*fhir.ITEM_EXTENSIONS, fhir.EXCLUSIVE, fhir.UNIT_OPTION, fhir.TRANSLATION}


def test_the_limits_are_those_of_the_engine() -> None:
    limits = PAGE.split("## Limits")[1]
    numbers = (fhir.MAX_ITEMS, fhir.MAX_OPTIONS, fhir.MAX_TEXT, fhir.MAX_CHARACTERS, MAX_BYTES)
    assert all(f"{number:,}" in limits for number in numbers)
    small = (fhir.MAX_DEPTH, fhir.MAX_LOOP_DEPTH, fhir.MAX_CONDITIONS, fhir.MAX_CHAIN, MAX_OCCURRENCES)
    assert all(str(number) in limits for number in small)


def test_every_shipped_list_is_named() -> None:
    assert all(url.rpartition(":")[2] in PAGE for url in fhir.LISTS)
