"""A stranger with a slow thumb puts a place before its ward within three minutes.

The seconds are a model, since no stranger sits at this machine; what is counted is what the real pages show and ask:

- READ_S for each sentence of what has to be read: headings, captions, hints, notes. Only what is shown is counted.
- TAP_S for each tap: into a field, onto a choice, onto a button. A list costs three: open, find, choose.
- SEEK_S for each list to find the own ward or province in it: the phone's own picker, turned by a thumb.
- 1 / LETTERS_S for each letter typed.
- TEXT_S until the short message is there, LOAD_S for each page on a bad network.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from central.alerts.sealing import make_sender_key, open_letter, sender_key
from central.alerts.senders import Carriers
from central.alerts.sending import say_ready
from tests.browser.officers_page import Office, running_office
from tests.integration.central.venues.world import NoCarrier

MOST_S, READ_S, TAP_S, SEEK_S, LETTERS_S, TEXT_S, LOAD_S = 180.0, 2.0, 1.0, 4.0, 3.0, 15.0, 1.5
SHOWN = """
() => [...document.querySelectorAll("main :is(h1, h2, p, legend, small, .lead), main form label")]
  .filter((one) => one.offsetParent && !one.classList.contains("choice"))
  .map((one) => {
    const copy = one.cloneNode(true);
    copy.querySelectorAll("small, select, input, button").forEach((part) => part.remove());
    return copy.innerText.trim();
  })
  .filter(Boolean)
"""


@dataclass(slots=True)
class Thumb:
    """Somebody at `page`; what they did, counted."""

    page: Page
    fields: int = 0
    taps: int = 0
    letters: int = 0
    lists: int = 0
    sentences: int = 0
    pages: int = 0

    def look(self) -> None:
        """Read all that a new page says."""
        self.pages += 1
        said = [str(text) for text in self.page.evaluate(SHOWN)]
        self.sentences += sum(len(re.findall(r"[^.?!]+", text)) for text in said)

    def tap(self, name: str) -> None:
        """A button."""
        self.taps += 1
        self.page.get_by_role("button", name=name).click()

    def choose(self, label: str) -> None:
        """One of some choices."""
        self.fields, self.taps = self.fields + 1, self.taps + 1
        self.page.get_by_label(label, exact=True).check()

    def pick(self, label: str, value: str) -> None:
        """One of a long list."""
        self.fields, self.taps, self.lists = self.fields + 1, self.taps + 3, self.lists + 1
        self.page.get_by_label(label).select_option(value)

    def type(self, label: str, text: str) -> None:
        """Letter by letter."""
        self.fields, self.taps, self.letters = self.fields + 1, self.taps + 1, self.letters + len(text)
        self.page.get_by_label(label).press_sequentially(text)

    def seconds(self) -> float:
        """By the model above."""
        hands = self.taps * TAP_S + self.letters / LETTERS_S + self.lists * SEEK_S
        return hands + self.sentences * READ_S + self.pages * LOAD_S + TEXT_S


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A centre that promises short messages."""
    with running_office(tmp_path_factory.mktemp("slow")) as made:
        make_sender_key(made.centre.keys)
        with made.centre.engine.begin() as connection:
            say_ready(connection, Carriers({"sms": NoCarrier()}, "https://gatepost.example"))
        yield made


def test_a_stranger_with_a_slow_thumb_needs_less_than_three_minutes(office: Office, browser: Browser) -> None:
    page = office.page(browser, size="phone")
    page.context.grant_permissions(["geolocation"], origin=office.url)
    page.context.set_geolocation({"latitude": 10.7721, "longitude": 106.6983, "accuracy": 12})
    page.goto(f"{office.url}/register")
    thumb = Thumb(page)
    thumb.look()
    thumb.choose("Chợ")
    thumb.pick("Tỉnh, thành phố", "79")
    thumb.tap("Tiếp tục")
    thumb.look()
    thumb.type("Tên cơ sở", "Chợ Thử Nghiệm")
    thumb.pick("Phường, xã, đặc khu", "26740")
    thumb.type("Địa chỉ", "12 đường Giả Định")
    thumb.type("Sức chứa (người cùng lúc)", "40")
    thumb.tap("Tôi đang ở đây")
    expect(page.get_by_label("Vĩ độ")).to_have_value("10.77210")
    thumb.type("Số di động của người quản lý", "0912345678")
    thumb.tap("Gửi mã cho tôi")
    page.wait_for_url("**/register/*")
    thumb.look()
    thumb.type("Mã 6 chữ số", code_of(office))
    thumb.tap("Xác nhận")
    expect(page.get_by_text("Đang chờ")).to_be_visible()
    thumb.look()
    page.context.close()
    print(f"{thumb.seconds():.0f} s by the model: {thumb}")
    assert thumb.fields <= 9
    assert thumb.seconds() <= MOST_S


def code_of(office: Office) -> str:
    """As the text brings it."""
    sealed = office.centre.one("SELECT sealed FROM message WHERE channel = 'sms' ORDER BY id DESC LIMIT 1")
    found = re.search(r"\b(\d{6})\b", open_letter(sealed, sender_key(office.centre.keys)).text)
    assert found is not None
    return found[1]
