"""Telex and VNI in the browser that runs them: every Vietnamese syllable, in every way to type it."""

from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from tests.browser.field_page import field_page
from tests.unit.ui.vietnamese import Syllable, syllables, telex, vni

COMPOSE = """async ([name, style, words, law]) => {
  const method = await import(`/static/form/${name}.js`);
  return law === "line" ? words.map((keys) => method.line([...keys], { style }))
                        : words.map((keys) => method[law](keys, { style }));
}"""
WAYS = {"telex": telex, "vni": vni}


@cache
def table() -> tuple[Syllable, ...]:
    return tuple(syllables())


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with field_page() as url:
        context = browser.new_context()
        page = context.new_page()
        page.goto(url)
        yield page
        context.close()


def composed(page: Page, method: str, words: list[str], style: str = "old", law: str = "compose") -> list[str]:
    answers: list[str] = page.evaluate(COMPOSE, [method, style, words, law])
    return answers


def test_the_table_has_the_known_syllables_and_none_that_cannot_be() -> None:
    texts = {syllable.text("old") for syllable in table()}
    known = [
        "hòa",
        "thủy",
        "quý",
        "quỳnh",
        "giếng",
        "gì",
        "giữa",
        "nghiêng",
        "khuỷu",
        "ngoẵng",
        "huơ",
        "thuở",
        "xoong",
        "yến",
        "khuya",
        "rượu",
        "được",
        "người",
        "quốc",
    ]
    assert set(known) <= texts
    assert not {"kà", "cì", "nghà", "hoà", "cạph", "tàt"} & texts
    assert len(texts) > 12_000


@pytest.mark.parametrize("method", ["telex", "vni"])
@pytest.mark.parametrize("style", ["old", "new"])
def test_every_syllable_comes_out_in_every_way_to_type_it(page: Page, method: str, style: str) -> None:
    ways = [(way, syllable.text(style)) for syllable in table() for way in WAYS[method](syllable)]
    got = composed(page, method, [way for way, _ in ways], style)
    assert [(way, text, right) for (way, right), text in zip(ways, got, strict=True) if text != right][:20] == []


@pytest.mark.parametrize("method", ["telex", "vni"])
def test_every_syllable_stays_when_its_word_ends_and_in_capitals(page: Page, method: str) -> None:
    ways = [(WAYS[method](syllable)[0], syllable.text("old")) for syllable in table()]
    ended = composed(page, method, [way for way, _ in ways], law="finish")
    assert [pair for pair, text in zip(ways, ended, strict=True) if text != pair[1]][:20] == []
    capitals = composed(page, method, [way.upper() for way, _ in ways])
    assert [pair for pair, text in zip(ways, capitals, strict=True) if text != pair[1].upper()][:20] == []


@pytest.mark.parametrize("method", ["telex", "vni"])
def test_a_word_that_is_there_can_be_spelled_back(page: Page, method: str) -> None:
    # "xoong" cannot come from its bare letters in Telex: they make "xông". Such words are left as they stand.
    words = [syllable.text("old") for syllable in table() if not syllable.rime.startswith("oo")]
    back = page.evaluate(
        "async ([name, words]) => { const m = await import(`/static/form/${name}.js`);"
        " return words.map((word) => { const keys = m.spell(word); return keys && m.compose(keys); }); }",
        [method, words],
    )
    assert [pair for pair in zip(words, back, strict=True) if pair[0] != pair[1]][:20] == []


def test_what_is_no_syllable_stays_as_it_was_typed(page: Page) -> None:
    words = [
        "windows",
        "test@",
        "user",
        "jazz",
        "wifi",
        "school",
        "Smith",
        "Schwarz",
        "fish2go",
        "pizza",
        "xyz",
        "qwfp",
    ]
    assert composed(page, "telex", words, law="finish") == words
    assert composed(page, "vni", ["12", "B52", "a@1", "3M"], law="finish") == ["12", "B52", "a@1", "3M"]


def test_doubling_a_key_brings_the_plain_letters_back(page: Page) -> None:
    typed = ["aaa", "ass", "asss", "ddd", "ww", "oww", "tesst", "eee", "mooocs"]
    assert composed(page, "telex", typed) == ["aa", "as", "ass", "dd", "w", "ow", "test", "ee", "moóc"]
    assert composed(page, "vni", ["a11", "a66", "d99", "u77", "A11"]) == ["a1", "a6", "d9", "u7", "A1"]


def test_names_of_the_highlands_and_whole_lines(page: Page) -> None:
    assert composed(page, "telex", ["Krông Ddawks Lawks Y Bloo H'Hen", "Nguyeenx Vawn Thuwr"], law="line") == [
        "Krông Đắk Lắk Y Blô H'Hen",
        "Nguyễn Văn Thử",
    ]
    assert composed(page, "vni", ["Nguye6n4 Va8n Thu73"], law="line") == ["Nguyễn Văn Thử"]


def test_direct_keys_work_in_any_word(page: Page) -> None:
    lines = ["thương\u0300", "Kpă\u0301", "đă\u0323ng", "Đươ\u0323c", "ză\u0309x", "a\u0301\u0300", "a\u0301\u0301"]
    assert composed(page, "telex", lines, law="line") == ["thường", "Kpắ", "đặng", "Được", "zẳx", "à", "a"]


KEYS = st.text(alphabet="aeiouydgnhtcmwsfrxjz 1267890ăâđêôơư\u0301\u0300\u0309\u0303\u0323@.'ADE", max_size=14)


@settings(max_examples=8, deadline=None)
@given(st.lists(KEYS, min_size=150, max_size=150))
@pytest.mark.parametrize("method", ["telex", "vni"])
def test_any_keys_give_composed_text_that_the_last_backspace_takes_back(
    page: Page, method: str, runs: list[str]
) -> None:
    """Whatever was typed, one key less is the text of one key less, and nothing in the end."""
    bad = page.evaluate(
        """async ([name, runs]) => {
          const m = await import(`/static/form/${name}.js`);
          const { Run } = await import("/static/form/run.js");
          const input = document.createElement("input");
          const bad = [];
          for (const keys of runs.map((run) => [...run])) {
            input.value = "";
            const text = (typed) => m.line(typed, { style: "old" });
            const run = new Run(input, m, { style: "old" });
            const seen = [""];
            for (const key of keys) { run.add(key, text); seen.push(input.value); }
            if (input.value !== input.value.normalize("NFC")) bad.push(["NFC", keys.join("")]);
            while (seen.length > 1) {
              seen.pop();
              run.remove(text);
              if (input.value !== seen.at(-1)) { bad.push([keys.join(""), input.value, seen.at(-1)]); break; }
            }
          }
          return bad;
        }""",
        [method, runs],
    )
    assert bad == []
