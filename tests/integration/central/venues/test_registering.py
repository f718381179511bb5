"""From a form on a phone to the map: the code, the ward, the first code; and what keeps strangers out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from central.alerts.sealing import Letter
from central.alerts.senders import Carriers
from central.alerts.sending import Sending
from central.jobs import Bench
from tests.integration.central.venues.world import PLACE, PROVINCE, WARD, NoCarrier, Town, hidden, make_town


class Keeps(NoCarrier):
    """Takes every letter, and remembers it."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []

    def send(self, letter: Letter, number: int) -> str:
        """Kept."""
        self.taken.append((letter.to, letter.text))
        return f"n{number}"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    made = make_town(f"sqlite:///{folder}/central.db", folder)
    yield made
    made.centre.engine.dispose()


def test_a_place_is_on_the_map_after_code_and_ward(town: Town) -> None:
    link = town.register(name="Chợ Thử Một")
    page = town.app.test_client().get(link).text
    assert "0912" not in page and "345" not in page
    assert town.prove(link, "000000") in (303, 400)
    assert town.prove(link, town.code_of(link)) == 303
    waiting = town.ward().get("/venues/waiting").text
    assert "Chợ Thử Một" in waiting
    number = town.centre.one("SELECT max(id) FROM registration")
    assert town.ward().post(f"/venues/waiting/{number}/confirm").status_code == 303
    row = town.centre.rows(
        "SELECT id, kind, ward, capacity, listed_ms, closed_ms FROM place WHERE name = 'Chợ Thử Một'"
    )[0]
    assert row[1:] == ("market", WARD, 400, town.at_ms, None)
    assert town.centre.rows("SELECT state FROM facility_now WHERE place = (SELECT max(number) FROM place)") == [
        ("not_assessed",)
    ]
    text = town.texts()[-1]
    assert row[0] in text[1] and "https://gatepost.example/welcome" in text[1]
    assert town.as_login(row[0]).get(f"/venues/{row[0]}").status_code == 200


def test_the_phone_stands_nowhere_in_clear(town: Town) -> None:
    town.register(phone="0987 654 321")
    database = Path(town.centre.url.removeprefix("sqlite:///"))
    raw = database.read_bytes() + database.with_name(database.name + "-wal").read_bytes()
    assert b"987654321" not in raw and b"0987" not in raw
    assert town.texts()[-1][0].startswith("venue:")


def test_only_the_sending_job_learns_the_number(town: Town) -> None:
    link = town.register(phone="0911 000 011")
    code, carried = town.code_of(link), Keeps()
    sending = Sending(Carriers({"sms": carried}))
    bench = Bench(town.centre.engine, town.centre.ring, lambda: town.at_ms)
    for _ in range(20):
        if not sending.run(bench):
            break
    assert ("84911000011", code) in [(to, text.partition("là ")[2][:6]) for to, text in carried.taken]
    assert all(to.startswith("849") for to, _ in carried.taken)


def test_a_strangers_number_is_not_pestered(town: Town) -> None:
    sent = town.centre.one("SELECT count(*) FROM message")
    for _ in range(4):
        link = town.register(phone="0911 000 012")
        for _ in range(3):
            town.app.test_client().post(f"{link}/again")
    assert town.centre.one("SELECT count(*) FROM message") == sent + 7


def test_five_wrong_codes_end_a_code(town: Town) -> None:
    link = town.register(phone="0911 000 001")
    right = town.code_of(link)
    wrong = "000001" if right != "000001" else "000002"
    assert [town.prove(link, wrong) for _ in range(5)] == [400] * 5
    assert town.prove(link, right) == 409
    assert town.app.test_client().post(f"{link}/again").status_code == 303
    assert town.prove(link, town.code_of(link)) == 303


def test_a_code_is_over_after_a_quarter_of_an_hour(town: Town) -> None:
    link = town.register(phone="0911 000 002")
    code = town.code_of(link)
    town.at_ms += 15 * 60_000
    assert town.prove(link, code) == 409
    town.at_ms -= 15 * 60_000


def test_the_same_form_sent_twice_is_one_registration(town: Town) -> None:
    client = town.app.test_client()
    page = client.get("/register", query_string={"kind": "school", "province": PROVINCE})
    data = {**PLACE, "phone": "0911 000 003", "once": hidden(page.text, "once")}
    before = town.centre.one("SELECT count(*) FROM registration")
    assert [client.post("/register", data=data).status_code for _ in range(2)] == [303, 303]
    assert town.centre.one("SELECT count(*) FROM registration") == before + 1


def test_one_phone_registers_five_places_a_day(town: Town) -> None:
    for _ in range(5):
        town.register(phone="0911 000 004")
    town.at_ms += 6 * 60_000
    client = town.app.test_client()
    page = client.get("/register", query_string={"kind": "school", "province": PROVINCE})
    data = {**PLACE, "phone": "0911000004", "once": hidden(page.text, "once")}
    assert client.post("/register", data=data).status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "x"), ("ward", "00004"), ("capacity", "-1"), ("phone", "02812345678"), ("lat", "51.5"), ("opens", "5h")],
)
def test_what_cannot_be_right_is_asked_again_with_all_else_kept(town: Town, field: str, value: str) -> None:
    client = town.app.test_client()
    page = client.get("/register", query_string={"kind": "school", "province": PROVINCE})
    answer = client.post("/register", data={**PLACE, field: value, "once": hidden(page.text, "once")})
    assert answer.status_code == 400
    assert "1 đường Giả Định" in answer.text and 'role="alert"' in answer.text


def test_another_wards_officer_neither_sees_nor_decides(town: Town) -> None:
    link = town.register(name="Chợ Thử Hai", phone="0911 000 005")
    town.prove(link, town.code_of(link))
    number = town.centre.one("SELECT max(id) FROM registration")
    other = town.officer("ward_office", "ward-00004")
    assert "Chợ Thử Hai" not in other.get("/venues/waiting").text
    assert other.get(f"/venues/waiting/{number}").status_code == 403
    assert other.post(f"/venues/waiting/{number}/confirm").status_code == 403


def test_the_ward_is_told_what_may_be_the_same_place(town: Town) -> None:
    town.register(name="Siêu thị Thử", phone="0911 000 006")
    link = town.register(name="SIÊU THỊ THỬ", phone="0911 000 006")
    town.prove(link, town.code_of(link))
    number = town.centre.one("SELECT max(id) FROM registration")
    page = town.ward().get(f"/venues/waiting/{number}?lang=en").text
    assert "This may be the same as" in page and "the same phone" in page and "a like name" in page


def test_a_refused_place_reads_why_and_is_not_on_the_map(town: Town) -> None:
    link = town.register(name="Quán Không Có", phone="0911 000 007")
    town.prove(link, town.code_of(link))
    number = town.centre.one("SELECT max(id) FROM registration")
    at = f"/venues/waiting/{number}"
    assert town.send(town.ward(), at, f"{at}/refuse", reason="not_there") == 303
    assert "Không tìm thấy cơ sở" in town.app.test_client().get(link).text
    assert town.centre.rows("SELECT 1 FROM place WHERE name = 'Quán Không Có'") == []
    assert town.ward().post(f"{at}/confirm").status_code == 409


def test_names_are_text_and_never_markup(town: Town) -> None:
    link = town.register(name="<script>alert(1)</script>", phone="0911 000 008")
    town.prove(link, town.code_of(link))
    number = town.centre.one("SELECT max(id) FROM registration")
    for page in (
        town.app.test_client().get(link),
        town.ward().get("/venues/waiting"),
        town.ward().get(f"/venues/waiting/{number}"),
    ):
        assert "<script>alert" not in page.text and "&lt;script&gt;" in page.text


def test_an_address_that_registers_without_end_is_slowed_down(town: Town) -> None:
    client = town.app.test_client()
    page = client.get("/register", query_string={"kind": "school", "province": PROVINCE})
    answers = []
    for n in range(22):
        data = {**PLACE, "phone": f"09130000{n:02d}", "once": hidden(page.text, "once")[:-2] + f"{n:02d}"}
        answers.append(client.post("/register", data=data).status_code)
    assert 429 in answers and answers.count(303) <= 20


def test_without_texts_the_ward_reads_codes_out_and_hands_the_first_code_over(tmp_path: Path) -> None:
    town = make_town(f"sqlite:///{tmp_path}/central.db", tmp_path, texts=False)
    try:
        link = town.register(phone="0911 000 009")
        assert town.texts() == [] and "gọi hoặc đến" in town.app.test_client().get(link).text
        number = town.centre.one("SELECT max(id) FROM registration")
        page = town.ward().post(f"/venues/waiting/{number}/code").text
        code = page.partition('<p class="code">')[2][:6]
        assert town.prove(link, code) == 303
        page = town.ward().post(f"/venues/waiting/{number}/confirm").text
        assert page.count('class="code"') == 2
    finally:
        town.centre.engine.dispose()
