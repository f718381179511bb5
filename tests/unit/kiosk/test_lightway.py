"""A declaration shown by light becomes a record and a lamp; nobody at the venue can read it."""

from pathlib import Path

import pytest

from kiosk.gate import Rules
from kiosk.lightway import AGAIN_MS, LightWay
from store import bulletins
from tests.parts.light_sender import FORM, declare
from tests.unit.kiosk.site import CARD, NOON, PASS_KEY, Kiosk, Time
from tests.unit.kiosk.test_form_desk import order
from wire.crypto import SealingKey
from wire.light import open_declaration, read_declaration, sign_outcome
from wire.light_frames import make_frames
from wire.records import SealedDeclaration, Signal

CASE = SealingKey(b"c" * 32)


class Camera:
    """What the decoder finds, handed on as the camera's thread does."""

    def __init__(self, kiosk: Kiosk) -> None:
        self.kiosk = kiosk
        loop, board = kiosk.loop, kiosk.ledger.board
        self.way = LightWay(kiosk.clock, loop.see, loop.put, lambda: kiosk.ledger.root, lambda: board.duties.orders)

    def show(self, texts: list[str]) -> list[str]:
        """The lamps that were shown meanwhile."""
        before = len(self.kiosk.outside.shown)
        for text in texts:
            self.way.take(text)
            while self.kiosk.loop._queue.qsize():
                self.kiosk.loop.take(*self.kiosk.loop._wait())
        return [lamp for lamp, _ in self.kiosk.outside.shown[before:] if not lamp.startswith("sound")]

    def kept(self) -> list[SealedDeclaration]:
        return [record for record in self.kiosk.opened_records() if isinstance(record, SealedDeclaration)]

    def page(self) -> str:
        return self.kiosk.feed.latest()[1].page


@pytest.fixture
def camera(tmp_path: Path, time: Time) -> Camera:
    kiosk = Kiosk(tmp_path, time, rules=Rules("in"))
    bulletin = order(form=FORM)
    bulletins.keep(kiosk.store, bulletin, b"signed", kiosk.clock.now_ms())
    kiosk.ledger.board.refresh()
    return Camera(kiosk)


def test_a_whole_declaration_lights_up_and_is_kept_unread(camera: Camera) -> None:
    declaration = sign_outcome(declare(CASE, order="thu-1"), Signal.ALLOW, NOON // 1000 + 3600, PASS_KEY)
    lamps = camera.show(make_frames(declaration.blob))
    assert lamps == ["green"]
    (record,) = camera.kept()
    assert (record.order, record.outcome, record.blob) == ("thu-1|1", Signal.ALLOW, declaration.blob)
    assert open_declaration(read_declaration(record.blob), CASE).identity == "099099000001"


def test_without_the_centres_word_nobody_knows_what_it_says_and_a_person_looks(camera: Camera) -> None:
    assert camera.show(make_frames(declare(CASE, order="thu-1").blob)) == ["yellow"]
    assert len(camera.kept()) == 1
    assert camera.kiosk.feed.latest()[1].reasons[0] != "light_unreadable"


def test_progress_is_shown_while_parts_are_missing(camera: Camera) -> None:
    frames = make_frames(declare(CASE, bytes(range(250)) * 8, order="thu-1").blob)
    assert camera.show(frames[:3]) == []
    view = camera.kiosk.feed.latest()[1]
    assert view.page == "light" and view.progress is not None and view.progress[0] == 3 < view.progress[1]


def test_the_next_visitor_is_answered_in_the_middle_of_a_transfer(camera: Camera) -> None:
    frames = make_frames(declare(CASE, bytes(range(250)) * 8, order="thu-1").blob)
    camera.show(frames[:3])
    assert camera.show([CARD]) == ["yellow"]
    camera.show(frames[3:5])
    assert camera.page() == "result", "the visitor may finish reading"


def test_the_phone_that_goes_on_showing_is_told_nothing_new(camera: Camera, time: Time) -> None:
    frames = make_frames(declare(CASE, order="thu-1").blob)
    camera.show(frames)
    assert camera.show(frames) == []
    assert len(camera.kept()) == 1
    time.pass_ms(AGAIN_MS)
    assert camera.show(frames[:1]) == ["yellow"], "somebody else with a film of it"
    assert camera.kiosk.feed.latest()[1].reasons == ("light_again",)


@pytest.mark.parametrize(("key", "named"), [(SealingKey(b"x" * 32), "thu-1"), (CASE, "no-such-order")])
def test_what_the_centre_could_not_use_is_not_recorded_and_a_person_helps(
    camera: Camera, key: SealingKey, named: str
) -> None:
    assert camera.show(make_frames(declare(key, order=named).blob)) == ["yellow"]
    assert camera.kept() == []
    assert camera.kiosk.feed.latest()[1].reasons == ("light_unreadable",)
