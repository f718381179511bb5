"""Floods, guesses, and files that unfold without end."""

import io
import time
import zipfile

import pytest
from flask.testing import FlaskClient

from central.venues.importing import HEADINGS
from central.venues.sheets import read_sheet
from tests.integration.central.outside.town import MINE, Town, png_of
from tests.parts.say_work import solve, ticket_of
from wire.refusal import Refused


def test_nobody_finds_a_senders_code_by_trying(town: Town, anybody: FlaskClient) -> None:
    tried = [anybody.post("/say/status", data={"code": f"ABCD-EFGH-{n:04d}"}).status_code for n in range(40)]
    assert 200 not in tried
    assert tried[-1] == 429, "one network has so many tries"
    town.now_ms += 3_600_000


def test_a_flood_of_words_from_one_network_ends_at_its_purse(town: Town, anybody: FlaskClient) -> None:
    tickets = [ticket_of(anybody.get(f"/say/{MINE}").text) for _ in range(5)]
    town.now_ms += 21_000  # so long a page without its script waits
    word = {"topic": "crowding", "work": ""}
    said = [
        anybody.post(f"/say/{MINE}", data={**word, "ticket": ticket, "words": f"Đông {n}"}).status_code
        for n, ticket in enumerate(tickets)
    ]
    assert said == [200, 200, 200, 429, 429]
    forged = {**word, "ticket": tickets[0][:-2] + "AA", "words": "x"}
    assert anybody.post(f"/say/{MINE}", data=forged).status_code in (400, 409), "a ticket that nobody gave out"
    town.now_ms += 86_400_000


@pytest.mark.parametrize("size", [(30_000, 30_000), (6_000, 4_990)])
def test_a_picture_that_unfolds_without_end_is_refused(town: Town, anybody: FlaskClient, size: tuple[int, int]) -> None:
    picture = png_of(*size)
    assert len(picture) < 200_000
    ticket = ticket_of(anybody.get(f"/say/{MINE}").text)
    word = {"ticket": ticket, "topic": "crowding", "words": "x", "work": solve(ticket)}
    answer = anybody.post(f"/say/{MINE}", data={**word, "picture": (io.BytesIO(picture), "a.png")})
    assert 400 <= answer.status_code < 500
    town.now_ms += 3_600_000


def test_a_sheet_that_unfolds_without_end_is_refused() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("xl/sharedStrings.xml", b"<sst>" + b"<si/>" * 2_000_000 + b"</sst>")
    began = time.process_time()
    with pytest.raises(Refused, match="sheet_too_large"):
        read_sheet(bomb.getvalue(), HEADINGS)
    assert time.process_time() - began < 2
