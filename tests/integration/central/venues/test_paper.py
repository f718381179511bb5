"""What a real place prints on its desk, read back from the paper: its words, and its codes by both decoders."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime

import pypdf
import pytest
import zxingcpp
from flask.testing import FlaskClient
from pyzbar.pyzbar import ZBarSymbol
from pyzbar.pyzbar import decode as zbar

from central.web.app import Site
from central.web.public import make_public_app
from credentials.pass_qr import read as read_pass
from credentials.trust import Trust
from tests.integration.central.venues.world import Town, make_town
from tests.parts.seen import pages_of

NAME = "Trường Tiểu học Nguyễn Thị Mẫu Thử"
SHEET = "Mã;Họ và tên;Vào ca;Hết ca\nGV-01;NGUYỄN VĂN THỬ;06:00;14:00\nGV-02;TRẦN THỊ MẪU;;\n"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("paper")
    made = make_town(f"sqlite:///{folder}/central.db", folder)
    yield made
    made.centre.engine.dispose()


@pytest.fixture(scope="module")
def school(town: Town) -> tuple[str, FlaskClient]:
    """(its id, its manager at the desk); registered by a stranger, confirmed by the ward."""
    venue, _ = town.open_place(name=NAME, kind="school", phone="0912 000 009")
    return venue, town.as_login(venue)


def words(pdf: bytes) -> list[str]:
    """The text of each page, its lines as one."""
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def by_both(pdf: bytes) -> list[list[str]]:
    """The codes of each page, sorted; what one decoder reads and the other does not is a fault of the paper."""
    found = list[list[str]]()
    for page in pages_of(pdf, 200):
        first = sorted(code.text for code in zxingcpp.read_barcodes(page))
        assert first == sorted(code.data.decode() for code in zbar(page, symbols=[ZBarSymbol.QRCODE]))
        found.append(first)
    return found


def test_the_paper_at_each_door_names_the_place_and_opens_its_page(town: Town, school: tuple[str, FlaskClient]) -> None:
    venue, desk = school
    at = f"/venues/{venue}/posters"
    for gate, language in (("Cổng chính", ""), ("Cổng sau", "lo")):
        assert town.send(desk, at, f"{at}/new", gate=gate, language=language, days="365") == 303
    pdf = desk.get(f"{at}.pdf").data
    ends_s = town.centre.one("SELECT max(expires_s) FROM poster")
    until = datetime.fromtimestamp(ends_s + 7 * 3600, UTC).strftime("%d/%m/%Y")
    told, codes = words(pdf), by_both(pdf)
    phone = make_public_app(
        Site(town.centre.engine, town.centre.ring, [], frozenset(), lambda: town.at_ms)
    ).test_client()
    assert len(told) == len(codes) == 2
    for gate, page, read in zip(("Cổng chính", "Cổng sau"), told, codes, strict=True):
        assert NAME in page and gate in page and until in page and "gatepost.example" in page
        (code,) = read
        assert code.startswith("HTTPS://GATEPOST.EXAMPLE/GPV1/")
        shown = phone.get(f"/v/api/place/{code.rpartition('/')[2]}").get_json()
        assert (shown["place"], shown["name"], shown["gate"]) == (venue, NAME, gate)


def test_each_card_names_its_bearer_and_is_a_pass_at_the_gate(town: Town, school: tuple[str, FlaskClient]) -> None:
    venue, desk = school
    at = f"/venues/{venue}/rosters"
    assert town.send(desk, at, f"{at}/new", name="Ca sáng", kind="shift") == 303
    number = town.centre.one("SELECT max(id) FROM roster")
    data = {"sheet": (io.BytesIO(SHEET.encode()), "ca.csv"), "days": "30"}
    pdf = desk.post(f"{at}/{number}/cards", data=data).data
    (page,), (codes,) = words(pdf), by_both(pdf)
    for said in ("GV-01", "GV-02", "NGUYỄN VĂN THỬ", "TRẦN THỊ MẪU", "06:00-14:00", "Ca sáng"):
        assert said in page
    assert NAME.split()[0] in page
    nine = datetime.fromtimestamp(town.at_ms / 1000, UTC).replace(hour=2, minute=0)  # 09:00 in Viet Nam
    trust = Trust(town.centre.ring.root().keys("pass"), {}, frozenset())
    assert [read_pass(code, nine, trust).status for code in codes] == ["valid", "valid"]
    assert len(set(codes)) == 2
