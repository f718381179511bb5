"""Screens that show a declaration by light are read by the kiosk's own decoder and collector."""

import io

from PIL import Image

from tests.parts.light_screens import read_screens, texts_on
from tests.parts.light_sender import as_modules, declare
from wire.crypto import SealingKey
from wire.light_frames import make_frames


def _screen(text: str) -> bytes:
    """A phone's screen, 390 x 844, with the frame in its middle at four pixels a module."""
    modules = as_modules(text).repeat(4, 0).repeat(4, 1)
    picture = Image.new("L", (390, 844), 250)
    picture.paste(Image.fromarray(modules), ((390 - modules.shape[1]) // 2, 200))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_screens_of_every_frame_give_the_declaration_and_too_few_give_none() -> None:
    declaration = declare(SealingKey(b"c" * 32))
    frames = make_frames(declaration.blob)
    screens = [_screen(frame) for frame in frames]
    assert texts_on(screens[0]) == [frames[0]]
    read = read_screens([*screens[1:], *screens])
    assert read is not None
    assert read.blob == declaration.blob
    assert read_screens(screens[:1] * 3) is None
