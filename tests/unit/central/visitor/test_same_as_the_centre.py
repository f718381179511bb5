"""The page's own reading of forms, frames, codes and posters is the centre's, byte for byte."""

import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import forms
from credentials.venue_qr import Venue, encode_venue
from forms.load import load
from forms.model import GROUP, Answers, Coding, Form, Item, Key, Value
from forms.packed import pack
from forms.pages import pages
from forms.response import build
from forms.value_sets import value_sets
from tests.needs import need
from wire import base45, cbor
from wire.crypto import SigningKey
from wire.light_frames import make_frames

LIBRARY = Path(forms.__file__).with_name("library")
HERE = Path(__file__).with_name("ask_both.mjs")
HEAD = {"language": "vi", "authored": "2026-11-24T07:00:00+07:00", "id": "00000000-0000-4000-8000-000000000000"}


def told(asked: dict[str, Any]) -> dict[str, Any]:
    node = shutil.which("node")
    need(node is not None, "node")
    argv = [str(node), str(HERE)]
    done = subprocess.run(argv, input=json.dumps(asked), capture_output=True, text=True, timeout=60, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def said(item: Item, chance: random.Random) -> tuple[Value, ...]:
    """An answer of the right kind, of an invented person."""
    if item.options:
        picked = [chance.choice(item.options)]
        if item.repeats and not picked[0].exclusive:
            picked = [one for one in item.options if not one.exclusive][: chance.randint(1, 3)]
        return tuple(one.value for one in picked)
    kinds: dict[str, Value] = {"boolean": chance.random() < 0.5, "integer": 1950, "date": "2026-11-24"}
    return (kinds.get(item.type, "NGUYỄN VĂN THỬ"),)


def filled(form: Form, seed: int) -> Answers:
    """Answers given page by page, as somebody would."""
    chance = random.Random(seed)
    answers: dict[Key, tuple[Value, ...]] = {}
    done: set[tuple[str, str, tuple[int, ...]]] = set()
    for _ in range(80):
        here = next((one for one in pages(form, answers) if (one.kind, one.item.link_id, one.at) not in done), None)
        if here is None:
            break
        done.add((here.kind, here.item.link_id, here.at))
        if here.kind == "more":
            key = (here.item.link_id, here.at)
            if seed % 2 and key not in answers:
                answers[key] = (2,)
        elif here.item.asked and (here.item.required or chance.random() < 0.7):
            answers[here.item.link_id, here.at] = said(here.item, chance)
    return answers


def as_json(form: Form, answers: Answers) -> Iterator[list[Any]]:
    for (link, at), values in answers.items():
        item = form.by_id[link]
        yield [link, list(at), [_plain(item, value) for value in values]]


def _plain(item: Item, value: Value) -> Any:
    if not isinstance(value, Coding):
        return value
    place = item.place_of(value)
    shown = item.options[place].text.in_("vi") if place is not None else ""
    return {"system": value.system, "code": value.code, "display": shown}


@pytest.mark.parametrize("name", ["daily", "voluntary", "domestic", "entry"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_pages_the_same_response_the_same_bytes(name: str, seed: int) -> None:
    resource = json.loads((LIBRARY / f"{name}.json").read_text("utf-8"))
    form = load(resource, value_sets())
    answers = filled(form, seed)
    found = told({"form": resource, "answers": list(as_json(form, answers)), "head": HEAD})
    assert found["pages"] == [[one.kind, one.item.link_id, list(one.at)] for one in pages(form, answers)]
    own = build(form, answers, language="vi", authored=HEAD["authored"], response_id=HEAD["id"])
    assert found["response"] == own
    assert bytes(found["packed"]) == pack(form, answers)


def test_a_required_question_without_an_answer_is_held_back() -> None:
    resource = json.loads((LIBRARY / "domestic.json").read_text("utf-8"))
    form = load(resource, value_sets())
    found = told({"form": resource, "answers": [], "head": HEAD})
    asked = [one.item for one in pages(form, {}) if one.item.type != GROUP]
    wanted = ["form.problem.required" if item.asked and item.required else None for item in asked]
    assert found["problems"] == wanted


def test_codes_and_frames_are_those_of_the_wire() -> None:
    blob = bytes(number * 7 % 256 for number in range(1500))
    numbers = [0, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**52, -1, -25]
    found = told({"blob": list(blob), "bytes": list(blob[:321]), "numbers": numbers})
    assert tuple(found["frames"]) == make_frames(blob)
    assert found["base45"] == base45.encode(blob[:321])
    assert [bytes(one) for one in found["numbers"]] == [cbor.dumps(number) for number in numbers]


def test_a_poster_is_known_in_any_case_of_letters_and_nothing_else_is() -> None:
    issuer = SigningKey(bytes(range(32)))
    venue = Venue("v-cho", "Chợ Mẫu", "Cổng 1", 1_800_000_000)
    link = encode_venue(venue, issuer, "gatepost.example")
    others = [
        "https://gatepost.example/v/",
        "GP1:ABC",
        "HTTPS://X.EXAMPLE/GPV1/AAAA1111AAAA1111",
        "",
        "GPV1:" + "A" * 40,
    ]
    found = told({"posters": [link, link.lower(), encode_venue(venue, issuer), *others]})
    own = {"place": "v-cho", "name": "Chợ Mẫu", "gate": "Cổng 1"}
    assert found["posters"] == [own, own, own, None, None, None, None, None]
