"""A declaration that was opened with the case key becomes the FHIR response that the person gave."""

import json

import pytest

from central.library import Library, shipped_forms
from central.rebuilding import rebuild
from forms.normal import kept
from forms.packed import pack
from forms.response import parse
from tests.parts.devices import CASE, INGEST, SyntheticDevice
from tests.unit.central.orders import small_form
from tests.unit.forms.library import NAMES, filled, library
from wire.envelope import open_whole, record_id, unwrap_trace, unwrap_vault
from wire.envelope import parse as parse_sealed
from wire.records import Declaration, IdentityKind, Signal
from wire.refusal import Refused

AUTHORED = "2026-09-21T08:00:00+07:00"


def declaration(form: str, answers: bytes, *, refused: bool = False) -> Declaration:
    return Declaration(
        IdentityKind.CCCD,
        "099099000001",
        Signal.ALLOW,
        (1,),
        form=form,
        language="en",
        authored=AUTHORED,
        consent=bytes(32),
        answers=answers,
        order="lenh-thu|1",
        refused=refused,
    )


def opened(record: Declaration) -> tuple[Declaration, bytes]:
    """The record after its way through a sealed batch, and its id."""
    device = SyntheticDevice()
    seq = device.add(record)
    batch = device.cut(seq, 1)
    (keys,) = batch.keys
    trace = unwrap_trace(keys, device.device, device.epoch, INGEST)
    vault = unwrap_vault(keys, device.device, device.epoch, CASE)
    found = open_whole(parse_sealed(batch.records[0]), device.device, device.epoch, trace, vault)
    assert isinstance(found, Declaration)
    return found, record_id(device.device, device.epoch, seq)


@pytest.mark.parametrize("name", NAMES)
def test_every_form_that_ships_comes_back_as_it_was_answered(name: str) -> None:
    form = library(name)
    answers = filled(form)
    record, identity = opened(declaration(form.canonical, pack(form, answers)))
    response = json.loads(json.dumps(rebuild(record, identity, Library().form)))
    assert parse(form, response) == (kept(form, answers), ())
    assert (response["questionnaire"], response["language"], response["authored"]) == (form.canonical, "en", AUTHORED)
    assert response["status"] == "completed" and response["id"].replace("-", "") == identity.hex()


def test_a_published_form_is_read_in_the_version_that_was_answered() -> None:
    texts = {f"https://gatepost.example/form/thu|{v}": (json.dumps(small_form(v)), 0) for v in ("1", "2")}
    shelf = Library(texts)
    form = shelf.form("https://gatepost.example/form/thu|2")
    response = rebuild(declaration(form.canonical, pack(form, {("fever", ()): (True,)})), bytes(16), shelf.form)
    assert response["questionnaire"] == "https://gatepost.example/form/thu|2"
    assert response["item"] == [{"linkId": "fever", "answer": [{"valueBoolean": True}]}]


def test_a_form_that_the_centre_never_had_is_told() -> None:
    with pytest.raises(Refused) as error:
        rebuild(declaration("https://gatepost.example/form/thu|9", b"\xa0"), bytes(16), Library().form)
    assert error.value.reason == "form_unknown"


def test_who_refused_has_no_response() -> None:
    form = next(iter(shipped_forms()))
    with pytest.raises(Refused) as error:
        rebuild(declaration(form, b"", refused=True), bytes(16), Library().form)
    assert error.value.reason == "refused"


@pytest.mark.parametrize("answers", [b"", b"\x00", b"\xff", b"\xa1\x19\x03\xe8\x00", b"\xa1\x00\xf5" * 2])
def test_answers_that_are_not_those_of_their_form_are_refused(answers: bytes) -> None:
    with pytest.raises(Refused) as error:
        rebuild(declaration(next(iter(shipped_forms())), answers), bytes(16), Library().form)
    assert error.value.reason == "malformed"
