"""What kiosk.ports.Decoder promises, kept by each decoder."""

import ctypes.util
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from kiosk.devices.decoder_stream import StreamDecoder
from kiosk.devices.decoder_thorough import ThoroughDecoder
from kiosk.devices.decoder_zbar import ZbarDecoder
from kiosk.devices.decoder_zxing import ZxingDecoder
from kiosk.ports import Decoder
from tests.bench.frames import TEXTS, drawn, empty
from tests.needs import need

pytestmark = pytest.mark.timed


def _zbar() -> ZbarDecoder:
    need(ctypes.util.find_library("zbar") is not None, "libzbar0")
    return ZbarDecoder(wait_s=5)


MAKERS: dict[str, Callable[[], Decoder]] = {
    "zxing": ZxingDecoder,
    "zbar": _zbar,
    "stream": lambda: StreamDecoder(_zbar()),
    "stream without zbar": lambda: StreamDecoder(None),
    "thorough": lambda: ThoroughDecoder(_zbar()),
}


@pytest.fixture(params=MAKERS, scope="module")
def decoder(request: pytest.FixtureRequest) -> Iterator[Decoder]:
    made = MAKERS[request.param]()
    yield made
    made.close()


@pytest.mark.parametrize("text", [*TEXTS, "0000000001|Trần Văn Thử", "Ẫ", "ồ Ế ữ đ", "a\nb\tc", "é"])
def test_the_text_comes_out_exactly_as_it_went_in(decoder: Decoder, text: str) -> None:
    # libzbar by itself gives kanji for some of these: it takes UTF-8 for Shift JIS.
    found = decoder.decode(drawn(text))
    assert [symbol.text for symbol in found] == [text]
    assert {symbol.format for symbol in found} == {"QRCode"}
    assert {symbol.decoder for symbol in found} <= {"zxing", "zbar"}


def test_a_crop_of_a_larger_buffer_is_read(decoder: Decoder) -> None:
    code = drawn(TEXTS[0])
    padded = np.zeros((code.shape[0], code.shape[1] + 64), np.uint8)
    padded[:, : code.shape[1]] = code
    assert [symbol.text for symbol in decoder.decode(padded[:, : code.shape[1]])] == [TEXTS[0]]


def test_two_codes_in_one_picture_are_both_read(decoder: Decoder) -> None:
    pair = np.hstack([drawn("first"), drawn("second")])
    assert {symbol.text for symbol in decoder.decode(pair)} == {"first", "second"}


def test_an_empty_scene_gives_nothing(decoder: Decoder) -> None:
    for kind in ("still room", "wall of print"):
        for picture in empty(kind, 2):
            assert decoder.decode(picture.gray) == []


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (2, 700), (700, 2), (7, 7), (60, 80)])
def test_any_size_of_picture_is_taken(decoder: Decoder, shape: tuple[int, int]) -> None:
    assert decoder.decode(np.zeros(shape, np.uint8)) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=90)), st.booleans())
def test_no_picture_raises_or_invents(decoder: Decoder, gray: NDArray[np.uint8], turned: bool) -> None:
    assert decoder.decode(gray.T if turned else gray) == []


@pytest.mark.parametrize("name", MAKERS)
def test_close_may_be_repeated(name: str) -> None:
    made = MAKERS[name]()
    made.decode(drawn("x"))
    made.close()
    made.close()
    assert made.decode(drawn("x")) == []
