"""Passes at a gate that hears of nobody: what the centre has signed into them counts, and a picture of one does not."""

import re
from typing import Any

import pytest

from credentials.pass_qr import Pass, encode_pass, encode_rotating, sign_pass
from forms.model import LANGUAGES
from store import bulletins
from tests.unit.kiosk.site import NOON, PASS_KEY, Kiosk, Time
from tests.unit.kiosk.test_form_desk import DOMESTIC, order
from ui.place import Place
from ui.screen import View
from ui.words import Words
from wire.crypto import SigningKey
from wire.declared import mark_of
from wire.reasons import NOTES, number_of
from wire.records import DeviceEvent, IdentityKind, Signal, Visit

PHONE = SigningKey(b"h" * 32)
PASS_ID = bytes(range(16))
NOON_S = NOON // 1000
ENTRY = "https://gatepost.example/form/entry|1"
PLACE = Place("Chợ Mẫu", "Cửa A", "both", "market", tuple(LANGUAGES))
WORDS = Words(tuple(LANGUAGES))
# What says "picture" in each language.
PICTURE = {
    "vi": "ảnh",
    "en": "picture",
    "zh": "截图",
    "ko": "사진",
    "ja": "写真",
    "km": "រូបថត",
    "lo": "ຮູບ",
    "th": "ภาพ",
}


def shown(kiosk: Kiosk) -> View:
    return kiosk.feed.latest()[1]


def phone(outcome: int | None = None, ends_s: int = NOON_S + 3600) -> bytes:
    """The signed part of a pass, as a phone keeps it."""
    return sign_pass(Pass(PASS_ID, ends_s, 0, outcome, PHONE.public), PASS_KEY)


def live(signed: bytes, at_s: int = NOON_S) -> str:
    return encode_rotating(signed, PASS_ID, PHONE, at_s)


def put_under_order(kiosk: Kiosk, **changes: Any) -> None:
    bulletins.keep(kiosk.store, order(**changes), b"signed", NOON)
    kiosk.ledger.board.refresh()


def visit(kiosk: Kiosk) -> Visit:
    (found,) = (one for one in kiosk.opened_records() if not isinstance(one, DeviceEvent))
    assert isinstance(found, Visit)
    return found


def test_a_declaration_made_at_home_lets_in_at_a_gate_without_a_network_and_the_form_is_not_asked_again(
    kiosk: Kiosk,
) -> None:
    put_under_order(kiosk)
    assert kiosk.show(live(phone(mark_of(DOMESTIC)))) == "green"
    made = visit(kiosk)
    assert (made.signal, made.identity_kind, made.identity) == (Signal.ALLOW, IdentityKind.PASS, PASS_ID.hex())
    assert [number_of("registered"), NOTES["declaration_held"]] == list(made.reasons)


@pytest.mark.parametrize(
    "outcome",
    [None, mark_of("https://gatepost.example/form/entry|1"), int(Signal.ALLOW)],
    ids=["none", "other", "cleared"],
)
def test_a_pass_that_says_nothing_of_this_form_is_asked_for_it(kiosk: Kiosk, outcome: int | None) -> None:
    put_under_order(kiosk)
    assert kiosk.show(live(phone(outcome))) == "yellow"
    assert shown(kiosk).reasons == ("declaration_due",)


@pytest.mark.parametrize("outcome", [Signal.ASK, Signal.STOP])
def test_the_centres_doubt_on_a_pass_leads_to_the_desk_with_and_without_an_order(kiosk: Kiosk, outcome: Signal) -> None:
    assert kiosk.show(live(phone(int(outcome)))) == "yellow"
    assert shown(kiosk).reasons == ("see_desk",)


def test_the_word_on_a_pass_ends_with_it(kiosk: Kiosk, time: Time) -> None:
    put_under_order(kiosk)
    signed = phone(mark_of(DOMESTIC), NOON_S + 60)
    time.pass_ms(61_000)
    assert kiosk.show(live(signed, NOON_S + 61)) == "yellow"
    assert shown(kiosk).reasons == ("expired",)


def test_an_unset_clock_proves_no_declaration(kiosk: Kiosk, time: Time) -> None:
    put_under_order(kiosk)
    text = live(phone(mark_of(DOMESTIC)))
    time.synchronised, time.wall_ms = False, 0
    unset = Kiosk(kiosk.store.folder.parent / "other", time, boot=b"lostboot")
    assert unset.show(text) == "yellow"
    assert shown(unset).reasons == ("clock_unset",)


def test_a_picture_of_a_pass_is_refused_after_its_minute_with_a_sentence_in_every_language(
    kiosk: Kiosk, time: Time
) -> None:
    picture = live(phone())
    time.pass_ms(91_000)
    assert kiosk.show(picture) == "yellow"
    view = shown(kiosk)
    assert view.reasons == ("not_fresh",)
    assert kiosk.store.execute("SELECT count(*) FROM visit WHERE signal = 1").fetchone() == (0,)
    for tag, word in PICTURE.items():
        said = WORDS.say(view, PLACE, tag)
        assert word in said.reason, tag
        assert said.next != said.reason and said.next, tag
    assert re.search("live code.*not a picture", WORDS.say(view, PLACE, "en").reason)


def test_a_standing_pass_on_paper_counts_in_its_time_and_afterwards_says_that_it_has_ended(
    kiosk: Kiosk, time: Time
) -> None:
    card = encode_pass(Pass(PASS_ID, NOON_S + 60), PASS_KEY)
    assert kiosk.show(card) == "green"
    time.pass_ms(70_000)
    assert kiosk.show(card) == "yellow"
    assert shown(kiosk).reasons == ("expired",)


def test_a_standing_pass_outside_its_shift_is_told_so_in_every_language(kiosk: Kiosk) -> None:
    minute = (NOON // 60_000 + 7 * 60) % 1440
    hours = [((minute + plus) % 1440, (minute + plus + 480) % 1440) for plus in (-60, 240)]
    working, later = (
        encode_pass(Pass(bytes([n]) * 16, NOON_S + 3600, shift=one), PASS_KEY) for n, one in enumerate(hours)
    )
    assert kiosk.show(working) == "green"
    assert kiosk.show(later) == "yellow"
    assert shown(kiosk).reasons == ("not_now",)
    said = {tag: WORDS.say(shown(kiosk), PLACE, tag) for tag in LANGUAGES}
    assert len({one.reason for one in said.values()}) == len({one.next for one in said.values()}) == len(LANGUAGES)
