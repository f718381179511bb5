"""The kiosk's side of a declaration by light: frames in any order, from honest phones, bad pictures and forgers."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.devices.decoder_stream import StreamDecoder
from kiosk.devices.decoder_zxing import ZxingDecoder
from kiosk.light import (
    MAX_DONE,
    MAX_SETS,
    SILENT_MS,
    Again,
    Collector,
    Complete,
    NotTaken,
    Progress,
    Taken,
    Word,
    word_of,
)
from kiosk.ports import Decoder
from tests.parts.light_sender import CAMERA_HZ, Phone, declare
from tests.unit.wire import samples
from wire.crypto import SealingKey, SigningKey
from wire.light import LightDeclaration, open_declaration, sign_outcome
from wire.light_frames import make_frames, read_frame, write_frame
from wire.records import Signal

NOW_S = samples.NOW_MS // 1000
PASS_KEY = SigningKey(b"\7" * 32)
ROOT = samples.make_root(roles={"pass": (PASS_KEY.public,)})
DECLARED = declare(samples.CASE)
TEXTS = make_frames(DECLARED.blob)
NEEDED = read_frame(TEXTS[0]).pieces


def show(collector: Collector, *texts: str, at_ms: int = 0) -> list[Taken]:
    return [collector.step(text, at_ms) for text in texts]


def test_any_frames_in_any_order_become_the_declaration_once() -> None:
    rng = random.Random(3)
    for _ in range(20):
        collector = Collector()
        texts = rng.sample(TEXTS, len(TEXTS))
        taken = show(collector, *texts)
        assert [step.have for step in taken if isinstance(step, Progress)] == list(range(1, NEEDED))
        assert isinstance(taken[NEEDED - 1], Complete)
        assert all(isinstance(step, Again) for step in taken[NEEDED:])
    done = taken[NEEDED - 1]
    assert isinstance(done, Complete) and done.declaration == DECLARED
    assert open_declaration(done.declaration, samples.CASE).identity == "099099000001"


def test_the_same_frame_again_is_no_news() -> None:
    collector = Collector()
    first, second = show(collector, TEXTS[0], TEXTS[0])
    assert isinstance(first, Progress) and first.news and (first.have, first.needed) == (1, NEEDED)
    assert isinstance(second, Progress) and not second.news and second.have == 1


def test_two_phones_at_once_do_not_disturb_each_other() -> None:
    other = declare(samples.CASE, b"another person's answers" * 20)
    collector = Collector()
    taken = [step for pair in zip(TEXTS, make_frames(other.blob), strict=False) for step in show(collector, *pair)]
    assert {step.declaration.id for step in taken if isinstance(step, Complete)} == {DECLARED.id, other.id}


def test_a_phone_that_went_away_is_forgotten() -> None:
    collector = Collector()
    show(collector, *TEXTS[: NEEDED - 1])
    (late,) = show(collector, TEXTS[-1], at_ms=SILENT_MS)
    assert late == Progress(read_frame(TEXTS[0]).set_id, 1, NEEDED, news=True)


def test_a_phone_that_is_slow_but_there_is_not_forgotten() -> None:
    collector = Collector()
    taken = [show(collector, text, at_ms=i * (SILENT_MS - 1))[0] for i, text in enumerate(TEXTS[:NEEDED])]
    assert isinstance(taken[-1], Complete)


def test_a_fifth_phone_takes_the_place_of_the_one_that_waited_longest() -> None:
    collector = Collector()
    sets = [make_frames(declare(samples.CASE, bytes([n]) * 300).blob) for n in range(MAX_SETS + 1)]
    for at_ms, texts in enumerate(sets):
        show(collector, texts[0], at_ms=at_ms)
    (again,) = show(collector, sets[1][1], at_ms=10)
    assert isinstance(again, Progress) and again.have == 2
    (first,) = show(collector, sets[0][1], at_ms=11)
    assert isinstance(first, Progress) and first.have == 1


def test_a_thousand_forged_sets_leave_the_collector_small_and_working() -> None:
    collector = Collector()
    frame = read_frame(TEXTS[0])
    began = time.thread_time()
    for n in range(1000):
        show(collector, write_frame(frame._replace(set_id=n.to_bytes(8, "big"))), at_ms=n)
    assert time.thread_time() - began < 1.0
    assert isinstance(show(collector, *TEXTS, at_ms=1001)[NEEDED - 1], Complete)


@pytest.mark.parametrize("what", ["chunk", "pieces", "length"])
def test_frames_that_do_not_fit_their_set_drop_it_and_the_phone_goes_on(what: str) -> None:
    frame = read_frame(TEXTS[0])
    forged = {
        "chunk": frame._replace(chunk=bytes(len(frame.chunk))),
        "pieces": frame._replace(pieces=1, length=9, chunk=bytes(9)),
        "length": frame._replace(length=frame.length - 1),
    }[what]
    collector = Collector()
    taken = show(collector, TEXTS[0], write_frame(forged), *TEXTS)
    assert taken[1] == NotTaken("mixed")
    assert isinstance(taken[2 + NEEDED - 1], Complete)


def test_a_forged_frame_that_looks_right_spoils_one_round_only() -> None:
    frame = read_frame(TEXTS[-1])
    forged = write_frame(frame._replace(chunk=bytes(len(frame.chunk))))
    collector = Collector()
    taken = show(collector, forged, *TEXTS[: 2 * NEEDED])
    assert taken[NEEDED - 1] == NotTaken("mixed")
    assert isinstance(taken[2 * NEEDED - 1], Complete)


def test_what_is_no_declaration_is_refused_when_it_is_whole() -> None:
    assert show(Collector(), *make_frames(b"no declaration at all")) == [NotTaken("malformed")] * 5
    assert show(Collector(), "GL1:", "GL1:" + "0" * 5000) == [NotTaken("malformed"), NotTaken("too_large")]


def test_the_same_declaration_counts_once_more_when_the_centre_has_spoken() -> None:
    worded = sign_outcome(DECLARED, Signal.ALLOW, NOW_S + 60, PASS_KEY)
    collector = Collector()

    def shown(declaration: LightDeclaration) -> list[Taken]:
        return [step for step in show(collector, *make_frames(declaration.blob)) if not isinstance(step, Progress)]

    assert isinstance(shown(DECLARED)[0], Complete)
    assert isinstance(shown(worded)[0], Complete)
    twice = sign_outcome(DECLARED, Signal.ALLOW, NOW_S + 61, PASS_KEY)
    for again in (DECLARED, worded, twice):
        assert all(isinstance(step, Again) for step in shown(again))


def test_a_filmed_declaration_stays_known_through_a_busy_day() -> None:
    collector = Collector()
    show(collector, *TEXTS)
    for n in range(MAX_DONE // 8):
        show(collector, *make_frames(declare(samples.CASE, n.to_bytes(4, "big")).blob))
    assert all(isinstance(step, Again) for step in show(collector, *TEXTS))


def test_the_centres_word() -> None:
    assert word_of(DECLARED, ROOT, NOW_S) == Word(None, readable=True)
    worded = sign_outcome(DECLARED, Signal.ASK, NOW_S + 60, PASS_KEY)
    assert word_of(worded, ROOT, NOW_S) == Word(Signal.ASK, readable=True)
    assert word_of(worded, ROOT, NOW_S + 60) == Word(None, readable=True, reason="expired")
    assert word_of(worded, ROOT, None) == Word(None, readable=True, reason="clock_unset")
    forged = sign_outcome(DECLARED, Signal.ALLOW, NOW_S + 60, SigningKey(b"\x66" * 32))
    assert word_of(forged, ROOT, NOW_S) == Word(None, readable=True, reason="unknown_key")
    elsewhere = declare(SealingKey(b"\x77" * 32))
    assert word_of(elsewhere, ROOT, NOW_S) == Word(None, readable=False, reason="unknown_key")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(TEXTS) | st.text(max_size=40).map("GL1:".__add__), max_size=60), st.integers(0, 9))
def test_whatever_the_camera_reads_the_collector_answers(texts: list[str], pace: int) -> None:
    collector = Collector()
    taken = [collector.step(text, i * pace * 1000) for i, text in enumerate(texts)]
    assert sum(isinstance(step, Complete) for step in taken) <= 1
    assert all(step.have < step.needed == NEEDED for step in taken if isinstance(step, Progress))


class Ticks:
    """Seconds that pass with the camera's pictures, not with this machine's load."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.mark.parametrize(
    ("decoder", "px", "blurred", "lost", "within_s"),
    [
        ("zxing", 3.0, 0.0, 0.0, 3.0),
        ("stream", 3.0, 0.0, 0.0, 3.0),
        ("stream", 2.2, 0.25, 0.25, 10.0),
        ("stream", 6.5, 0.3, 0.1, 8.0),
    ],
)
def test_real_pixels_become_the_declaration(
    decoder: str, px: float, blurred: float, lost: float, within_s: float
) -> None:
    ticks = Ticks()
    reader: Decoder = ZxingDecoder() if decoder == "zxing" else StreamDecoder(None, ticks)
    collector, taken = Collector(), list[Taken]()
    for picture in Phone(DECLARED, px).pictures(5, within_s, blurred=blurred, lost=lost):
        ticks.now_s += 1 / CAMERA_HZ
        taken += [collector.step(code.text, round(ticks.now_s * 1000)) for code in reader.decode(picture)]
        if isinstance(taken[-1] if taken else None, Complete):
            break
    reader.close()
    assert not any(isinstance(step, NotTaken) for step in taken)
    done = taken[-1]
    assert isinstance(done, Complete)
    assert open_declaration(done.declaration, samples.CASE).answers == bytes(range(180))
