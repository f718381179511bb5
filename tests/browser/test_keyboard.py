"""The touch keyboard: it types what is touched into the field that asked for it, and nothing else types behind it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.field_page import field_page
from tests.browser.screens import SIZES, see

BOARDS = [
    *(("name", press) for press in ("", "method", "numbers")),
    *((field, "") for field in ("latin", "digits", "phone", "email")),
]
LANGUAGES = ("vi", "en", "zh", "ko", "ja", "km", "lo", "th")
MEASURE = """() => {
  const board = document.querySelector("gp-keyboard");
  const keys = [...board.shadowRoot.querySelectorAll("button")];
  const boxes = keys.map((key) => key.getBoundingClientRect());
  const gaps = boxes.flatMap((a, i) => boxes.slice(i + 1).map((b) => Math.max(
    Math.max(a.left, b.left) - Math.min(a.right, b.right), Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom))));
  return {
    share: board.getBoundingClientRect().height / innerHeight,
    height: Math.min(...boxes.map((box) => box.height)), width: Math.min(...boxes.map((box) => box.width)),
    gap: Math.min(...gaps), over: keys.filter((key) => key.scrollWidth > key.clientWidth).map((key) => key.dataset.key),
    bottom: Math.max(...boxes.map((box) => box.bottom)) - innerHeight,
    scroll: document.documentElement.scrollWidth - innerWidth,
    names: keys.map((key) => key.dataset.key),
  };
}"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with field_page() as url:
        yield url


def touch(page: Page, *keys: str) -> None:
    for key in keys:
        page.locator(f'gp-keyboard button[data-key="{key}"]').click()


def focus(page: Page, field: str) -> None:
    page.focus(f"#{field}")
    see(page, "gp-keyboard[open]")


def test_a_name_is_typed_by_telex_with_capitals_by_themselves(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    focus(page, "name")
    touch(page, *"nguyeenx", "space", *"vawn", "space", *"thuwr")
    assert page.input_value("#name") == "Nguyễn Văn Thử"
    touch(page, "delete")
    assert page.input_value("#name") == "Nguyễn Văn Thư"
    touch(page, "delete", "delete")
    assert page.input_value("#name") == "Nguyễn Văn Th"


def test_those_who_know_no_input_method_touch_the_letters_and_tones_they_see(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    focus(page, "text")
    touch(page, "đ", "ư", "ơ", "n", "g", "grave", "space", *"hoa", "grave")
    assert page.input_value("#text") == "đường hòa"
    assert page.locator("gp-keyboard button[data-key=acute]").inner_text() == "◌\u0301"


def test_vni_shows_its_digits_and_what_they_do(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    focus(page, "text")
    touch(page, "method", *"d9uong72")
    assert page.input_value("#text") == "đường"
    assert page.locator("gp-keyboard button[data-key='9']").text_content() == "9đ"


def test_one_touch_of_shift_is_one_capital_and_two_lock_it(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    focus(page, "text")
    touch(page, "shift", "a", "b", "shift", "shift", "đ", "d", "shift", "c")
    assert page.input_value("#text") == "AbĐDc"


def test_a_finger_that_rests_on_backspace_empties_the_field(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    page.evaluate("document.getElementById('text').value = 'một hai ba bốn'")
    focus(page, "text")
    page.evaluate("document.getElementById('text').setSelectionRange(99, 99)")
    box = page.locator("gp-keyboard button[data-key=delete]").bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    expect(page.locator("#text")).to_have_value("")
    page.mouse.up()


def test_typing_goes_on_where_the_caret_was_put_and_a_word_there_can_take_its_tone(
    address: str, open_page: OpenPage
) -> None:
    page = open_page(address)
    page.evaluate("document.getElementById('text').value = 'hoa mai'")
    focus(page, "text")
    page.evaluate("document.getElementById('text').setSelectionRange(3, 3)")
    touch(page, "f")
    assert page.input_value("#text") == "hòa mai"
    touch(page, "delete", "delete")
    assert page.input_value("#text") == "ho mai"
    page.evaluate("document.getElementById('text').setSelectionRange(0, 6)")
    touch(page, "x")
    assert page.input_value("#text") == "x"


def test_a_full_field_takes_no_more_but_still_takes_marks(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    focus(page, "text")
    touch(page, *"bbbbbbbbbbbbbbbbb", "space", "a", "n", "n", "s")
    assert page.input_value("#text") == "bbbbbbbbbbbbbbbbb án"
    touch(page, "acute", "grave", "b")
    assert page.input_value("#text") == "bbbbbbbbbbbbbbbbb àn"


def test_the_input_hears_every_key_and_done(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    page.evaluate(
        "() => { window.heard = []; for (const name of ['input', 'gp-done'])"
        " document.addEventListener(name, (event) => window.heard.push(`${event.type} ${event.target.value}`)); }"
    )
    focus(page, "name")
    touch(page, "a", "a", "space", "done")
    assert page.evaluate("window.heard") == ["input A", "input Â", "input Â ", "input Â", "gp-done Â"]
    assert page.locator("gp-keyboard[open]").count() == 0


def test_whoever_leaves_the_field_has_ended_the_word(address: str, open_page: OpenPage) -> None:
    page = open_page(address, "tall")
    for leave in ("done", "next", "Tab"):
        page.fill("#text", "")
        focus(page, "text")
        touch(page, *"user")
        assert page.input_value("#text") == "uẻ"
        page.keyboard.press("Tab") if leave == "Tab" else touch(page, "done") if leave == "done" else page.click(
            "#next"
        )
        assert page.input_value("#text") == "user", leave
        page.focus("#plain")


def test_keys_of_a_real_keyboard_are_composed_once(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    focus(page, "text")
    page.keyboard.type("Tieengs Vieetj")
    assert page.input_value("#text") == "Tiếng Việt"
    page.keyboard.press("Backspace")
    assert page.input_value("#text") == "Tiếng Viêt"
    page.keyboard.press("Home")
    page.keyboard.press("Delete")
    page.keyboard.type("DD")
    assert page.input_value("#text") == "Điếng Viêt"
    page.keyboard.press("Control+a")
    page.keyboard.press("Backspace")
    assert page.input_value("#text") == ""


def test_another_input_method_is_not_composed_a_second_time(address: str, open_page: OpenPage) -> None:
    """An IME either composes in the browser or sends letters with their marks as if there were such keys."""
    page = open_page(address)
    focus(page, "text")
    client = page.context.new_cdp_session(page)
    client.send("Input.imeSetComposition", {"text": "tieengs", "selectionStart": 7, "selectionEnd": 7})
    client.send("Input.insertText", {"text": "tiếng"})
    page.keyboard.type(" as")
    assert page.input_value("#text") == "tiếng as"
    page.evaluate("document.getElementById('plain').focus()")
    page.evaluate("document.getElementById('text').value = ''")
    focus(page, "text")
    page.keyboard.press("v")
    client.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": "ế", "text": "ế"})
    page.keyboard.type("ts")
    assert page.input_value("#text") == "vếts"


def test_no_other_keyboard_pops_up_and_nothing_is_remembered(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    expect(page.locator("[data-keyboard]:not([inputmode=none])")).to_have_count(0)
    assert page.get_attribute("#name", "autocomplete") == "off"
    page.evaluate(
        "document.body.querySelector('main').insertAdjacentHTML('beforeend', '<input id=late data-keyboard=vi>')"
    )
    page.wait_for_selector("#late[inputmode=none]", state="attached")


def test_a_passport_field_takes_capitals_without_marks(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    focus(page, "latin")
    touch(page, *"NGUYEN", "blank", "V", "1")
    page.keyboard.type("đỗ-x_")
    assert page.input_value("#latin") == "NGUYEN V1DO-X"


@pytest.mark.parametrize(
    ("field", "keys", "typed", "value"),
    [
        ("digits", "37", "x.5-", "37,5"),
        ("phone", "+84", "a 9", "+849"),
        ("email", "ab", "C@", "abC@"),
    ],
)
def test_number_fields_take_numbers_only(
    address: str, open_page: OpenPage, field: str, keys: str, typed: str, value: str
) -> None:
    page = open_page(address)
    focus(page, field)
    touch(page, *keys)
    page.keyboard.type(typed)
    assert page.input_value(f"#{field}") == value


def test_it_moves_nothing_under_a_finger_and_leaves_with_its_field(address: str, open_page: OpenPage) -> None:
    page = open_page(address, "tall")
    focus(page, "name")
    page.click("#next")
    assert page.locator("gp-keyboard[open]").count() == 1
    page.focus("#plain")
    assert page.locator("gp-keyboard[open]").count() == 0
    focus(page, "name")
    page.evaluate("document.querySelector('main').replaceChildren()")
    page.wait_for_selector("gp-keyboard:not([open])", state="attached")


def test_readers_of_the_screen_and_tab_pass_it_by(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    focus(page, "email")
    assert page.get_attribute("gp-keyboard", "aria-hidden") == "true"
    keys = "board => [...board.shadowRoot.querySelectorAll('button')].map((key) => key.tabIndex)"
    assert set(page.eval_on_selector("gp-keyboard", keys)) == {-1}
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "plain"


def test_on_a_phone_the_visitors_own_keyboard_types(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    page.focus("#name")
    page.keyboard.type("as")
    assert page.input_value("#name") == "as"
    assert page.get_attribute("#name", "inputmode") is None
    assert page.locator("gp-keyboard[open]").count() == 0


@pytest.mark.parametrize("text", ["100", "200"])
@pytest.mark.parametrize("size", SIZES)
def test_every_key_can_be_read_and_touched(address: str, open_page: OpenPage, size: str, text: str) -> None:
    page = open_page(f"{address}?text={text}", size)
    for field, press in BOARDS:
        page.focus("#plain")
        focus(page, field)
        if press:
            touch(page, press)
        seen = page.evaluate(MEASURE)
        assert seen["height"] >= 60, (field, press)
        assert seen["width"] >= 60, (field, press)
        assert seen["gap"] >= 6, (field, press)
        assert seen["share"] <= 0.551, (field, press)
        assert (seen["over"], seen["scroll"]) == ([], 0), (field, press)
        assert seen["bottom"] <= 0, (field, press)
        assert len(set(seen["names"])) == len(seen["names"])


def test_its_words_fit_in_every_language(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    for tag in LANGUAGES:
        page.goto(f"{address}?lang={tag}&text=200")
        focus(page, "name")
        assert page.evaluate(MEASURE)["over"] == [], tag
