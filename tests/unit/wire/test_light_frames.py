"""Frames: any k different ones of a set give the blob back; no other ones do."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wire import base45, cbor
from wire.light import MAX_BLOB_BYTES
from wire.light_frames import (
    CHUNK_BYTES,
    MAX_NUMBER,
    PREFIX,
    Frame,
    join_chunks,
    make_frames,
    read_frame,
    write_frame,
)
from wire.refusal import Refused

BLOB = bytes(range(256)) * 3


def joined(frames: list[Frame]) -> bytes:
    first = frames[0]
    return join_chunks(first.set_id, first.length, first.pieces, {frame.number: frame.chunk for frame in frames})


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=1200), st.integers(20, 200), st.randoms(use_true_random=False))
def test_any_k_different_frames_are_enough(blob: bytes, chunk: int, rng: random.Random) -> None:
    frames = [read_frame(text) for text in make_frames(blob, chunk)]
    assert len(frames) == 2 * frames[0].pieces + 3
    assert joined(rng.sample(frames, frames[0].pieces)) == blob


def test_the_largest_blob_of_spare_frames_alone_is_put_together_at_once() -> None:
    blob = random.Random(1).randbytes(MAX_BLOB_BYTES)
    frames = [read_frame(text) for text in make_frames(blob)]
    spares = frames[-frames[0].pieces :]
    assert all(frame.number > frame.pieces for frame in spares)
    began = time.thread_time()
    assert joined(spares) == blob
    assert time.thread_time() - began < 0.25  # some 20 ms: less than the time between two pictures


def test_a_frame_fits_a_small_code() -> None:
    # 279 characters of the alphanumeric mode are a code of version 8 with error correction L (ISO/IEC 18004, table 7).
    assert max(map(len, make_frames(bytes(2 * CHUNK_BYTES)))) <= 279
    assert max(map(len, make_frames(bytes(MAX_BLOB_BYTES)))) <= 395  # version 10
    assert set("".join(make_frames(BLOB))) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def test_blobs_that_no_set_holds_are_refused() -> None:
    for blob in (b"", bytes(MAX_BLOB_BYTES + 1)):
        with pytest.raises(Refused, match="too_large"):
            make_frames(blob)


def test_every_misread_character_is_found() -> None:
    text = make_frames(BLOB)[1]
    for place in range(len(PREFIX), len(text)):
        with pytest.raises(Refused):
            read_frame(text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :])


def _fields(**changes: object) -> str:
    frame = read_frame(make_frames(BLOB)[0])._replace(**changes)  # type: ignore[arg-type]
    return write_frame(frame)


@pytest.mark.parametrize(
    "text",
    [
        PREFIX,
        PREFIX + "lower case",
        PREFIX + base45.encode(cbor.dumps([])),
        PREFIX + base45.encode(cbor.dumps([bytes(8), 0, 1, 4, 0, b"text"])),
        PREFIX + "0" * 2000,
        PREFIX + base45.encode(bytes(300)),
        _fields(set_id=b"short"),
        _fields(number=-1),
        _fields(number=MAX_NUMBER + 1),
        _fields(number=True),
        _fields(pieces=0),
        _fields(pieces=65),
        _fields(length=5),
        _fields(length=MAX_BLOB_BYTES + 1),
        _fields(chunk=b""),
        _fields(chunk=bytes(CHUNK_BYTES)),
        _fields(pieces=1, chunk=BLOB),
    ],
)
def test_a_frame_out_of_bounds_is_refused(text: str) -> None:
    with pytest.raises(Refused) as caught:
        read_frame(text)
    assert caught.value.reason in ("malformed", "too_large")


def test_frames_of_two_blobs_under_one_name_are_refused() -> None:
    frames = [read_frame(text) for text in make_frames(BLOB)]
    other = [read_frame(text) for text in make_frames(BLOB[::-1])]
    with pytest.raises(Refused, match="mixed"):
        joined([*frames[: frames[0].pieces - 1], other[-1]])
    filled = read_frame(make_frames(b"\1" * 5, 3)[1])
    assert filled.chunk == b"\1\1\0"
    forged = {0: b"\1\1\1", 1: b"\1\1\7"}
    with pytest.raises(Refused, match="mixed"):
        join_chunks(filled.set_id, 5, 2, forged)
