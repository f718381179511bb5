"""docs/protocol.md, "Declaration by light": the example is what today's code reads, opens and shows."""

import re
from pathlib import Path

from tests.data.make_vectors import ISSUER
from tests.parts.light_sender import FORM
from tests.unit.wire import samples
from wire.light import MAX_BLOB_BYTES, open_declaration, read_declaration, read_outcome
from wire.light_frames import MAX_PIECES, make_frames, read_frame
from wire.records import IdentityKind, Signal

PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"```light ([a-z0-9-]+)\n(.*?)\n```", PAGE, re.DOTALL))
BLOB = bytes.fromhex(EXAMPLES["blob"].replace("\n", ""))


def test_the_declaration_of_the_page_opens_and_is_allowed() -> None:
    declaration = read_declaration(BLOB)
    assert (declaration.core.form, declaration.core.order) == (FORM, "khai-bao-thu")
    content = open_declaration(declaration, samples.CASE)
    assert (content.identity_kind, content.identity) == (IdentityKind.CCCD, "099099000001")
    keys = {ISSUER.kid: ISSUER.public}
    assert read_outcome(declaration, keys, samples.NOW_MS // 1000) is Signal.ALLOW


def test_the_frames_of_the_page_are_those_that_a_phone_shows() -> None:
    frames = make_frames(BLOB)
    pieces = read_frame(frames[0]).pieces
    assert f"(k = {pieces})" in PAGE
    assert {name: text for name, text in EXAMPLES.items() if name != "blob"} == {
        "frame-0": frames[0],
        f"frame-{pieces}": frames[pieces],
    }


def test_the_limits_of_the_page_are_those_of_the_code() -> None:
    assert f"| declaration by light | {MAX_BLOB_BYTES:,} bytes, {MAX_PIECES} pieces |" in PAGE
