"""The texts of all languages: none is missing, none is left over, and each is written in its own script."""

import json
import re
import unicodedata
from pathlib import Path
from string import Formatter

import pytest

import ui
from forms.lint import LANGUAGES
from ui.words import LOCALES, Words, read_language

HERE = Path(ui.__file__).parent
TEXTS = {tag: read_language(LOCALES / tag) for tag in LANGUAGES}
# The bench page is for technicians and developers: Vietnamese and English only.
PUBLIC = {key for key in TEXTS["vi"] if not key.startswith("bench.")}
SCRIPTS = {
    "zh": ("CJK",), "ja": ("CJK", "HIRAGANA", "KATAKANA"), "ko": ("HANGUL",),
    "km": ("KHMER",), "lo": ("LAO",), "th": ("THAI",),
}  # fmt: skip
# Names of things that are written so in every language, and what stands for values.
LATIN = re.compile(
    r"\{\w*\}|A\+|(?<![A-Za-z])(?:CCCD|BHYT|QR|PIN|GP1|Telex|VNI|Wi-?Fi|USB|SD|CO2|COVID(?:-19)?|cm)(?![A-Za-z])"
)
# For programs: in what order and by what words, not to be read.
PLANS = {"language.date", "wheels.order"}
# Keys that a template or a script puts together from two words.
MADE = re.compile(r"form\.more\.(person|thing)_(yes|no)|wheels\.(day|month)_unknown")


def own_share(text: str, scripts: tuple[str, ...]) -> float:
    """The share of letters that are of the language's own script; 1.0 when there are no letters."""
    letters = [char for char in LATIN.sub("", text) if unicodedata.category(char)[0] in "LM"]
    own = [char for char in letters if unicodedata.name(char, "").startswith(scripts)]
    return len(own) / len(letters) if letters else 1.0


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if tag != "vi"])
def test_no_text_is_missing_and_none_is_left_over(tag: str) -> None:
    public = {key for key in TEXTS[tag] if not key.startswith("bench.")}
    assert (PUBLIC - public, public - PUBLIC) == (set(), set())


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_text_is_filled_in_composed_and_clean(tag: str) -> None:
    for key, text in TEXTS[tag].items():
        assert text.strip() == text != "", key
        assert unicodedata.is_normalized("NFC", text), key
        assert not re.search("[\U0001f000-\U0001ffff\u2600-\u27bf\ufe0f\u200b-\u200f\u202a-\u202e\ufffd]", text), key
        assert "  " not in text, key


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_text_asks_for_the_same_values_in_every_language(tag: str) -> None:
    def asked(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    differing = {key for key in PUBLIC if asked(TEXTS[tag][key]) != asked(TEXTS["vi"][key])}
    assert differing == set()


@pytest.mark.parametrize("tag", SCRIPTS)
def test_a_text_is_mainly_in_its_own_script(tag: str) -> None:
    read = {key: text for key, text in TEXTS[tag].items() if key not in PLANS}
    foreign = {key: text for key, text in read.items() if own_share(text, SCRIPTS[tag]) < 0.8}
    assert foreign == {}


def test_the_ruler_of_scripts_sees_a_text_that_was_not_translated() -> None:
    assert own_share("Please wait", SCRIPTS["th"]) == 0
    assert own_share("请 wait", SCRIPTS["zh"]) < 0.8
    assert own_share("မင်္ဂလာပါ", SCRIPTS["km"]) == 0
    assert own_share("ສະແກນ QR {count}", SCRIPTS["lo"]) == 1


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if tag != "en"])
def test_no_sentence_is_the_english_one(tag: str) -> None:
    same = {key for key, text in TEXTS[tag].items() if text == TEXTS["en"].get(key) and key not in PLANS}
    assert {key for key in same if re.search(r"[A-Za-z]{4}.*[A-Za-z]{4}", LATIN.sub("", TEXTS[tag][key]))} == set()


def test_japanese_and_chinese_are_two_languages() -> None:
    kana = re.compile("[\u3040-\u30ff]")
    assert {key for key, text in TEXTS["zh"].items() if kana.search(text)} == set()
    long = {key: text for key, text in TEXTS["ja"].items() if len(LATIN.sub("", text)) > 12 and key not in PLANS}
    assert {key for key, text in long.items() if not kana.search(text)} == {"wheels.months"}


def test_thai_lao_and_khmer_words_are_no_mixture() -> None:
    """Lao and Thai share their order in Unicode, so that a slip of one block still looks like a word."""
    for tag, strangers in (("th", "LAO"), ("lo", "THAI"), ("km", "THAI")):
        mixed = {
            key for key, text in TEXTS[tag].items() if any(unicodedata.name(c, "").startswith(strangers) for c in text)
        }
        assert mixed == set(), tag


def sources() -> str:
    """All that may name a text: code, templates and scripts of the screens, and the words of the codes on the wire."""
    files = [path for kind in ("*.py", "*.html", "*.svg", "*.js") for path in HERE.rglob(kind)]
    root = HERE.parent
    files += [*(root / "wire").glob("*.py"), *(root / "rules").rglob("*.py"), *(root / "rules").rglob("*.json")]
    files += [*(root / "forms").glob("*.py"), *(root / "kiosk").rglob("*.py")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_every_text_is_used_somewhere() -> None:
    """A key is used when it stands in a source whole, or its parts do: "reason." + code, "screen.lamp." + name."""
    text = sources()
    words = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", text))
    quoted = set(re.findall(r"(?<=[\"'`])[^\"'`]+(?=[\"'`])", text))  # whatever stands between two quotes in a row
    prefixes = set(re.findall(r"[\"'`]([a-z_.]+\.)(?:\$?\{|[\"'`])", text)) | {
        "reason.",
        "why.",
        "mine.",
        "next.",
        "word.",
    }

    def used(key: str) -> bool:
        if MADE.fullmatch(key) or key in quoted:
            return True
        starts = [prefix for prefix in prefixes if key.startswith(prefix)]
        return any(set(key.removeprefix(prefix).split(".")) <= words for prefix in starts)

    assert {key for key in TEXTS["vi"] if not used(key)} == set()


def test_numbers_are_grouped_as_each_language_does() -> None:
    words = Words(tuple(LANGUAGES))
    written = {tag: words.number(1_234_567, tag) for tag in LANGUAGES}
    commas = dict.fromkeys(("en", "zh", "ko", "ja", "th"), "1,234,567")
    assert written == {**dict.fromkeys(("vi", "km", "lo"), "1.234.567"), **commas}


def test_dates_are_written_in_each_languages_order() -> None:
    written = {tag: TEXTS[tag]["language.date"].format(d="05", m="11", y="2026") for tag in LANGUAGES}
    assert written == {
        **dict.fromkeys(("vi", "en", "km", "lo", "th"), "05/11/2026"),
        "zh": "2026年11月05日", "ja": "2026年11月05日", "ko": "2026년 11월 05일",
    }  # fmt: skip
    for tag in LANGUAGES:
        assert sorted(TEXTS[tag]["wheels.order"].split()) == ["day", "month", "year"]
        assert len(TEXTS[tag]["wheels.months"].split(" · ")) == 12


def test_a_language_that_is_only_spoken_shows_the_texts_of_another(tmp_path: Path) -> None:
    """H'Mông, say: its readers are few, its speakers many; the recordings speak, the screen shows Vietnamese."""
    for tag, texts in (
        ("vi", {"language.name": "Tiếng Việt", "screen.in": "Vào"}),
        ("hmn", {"language.name": "Hmoob"}),
    ):
        (tmp_path / tag).mkdir()
        shows = {"language.shows": "vi"} if tag == "hmn" else {}
        (tmp_path / tag / "language.json").write_text(json.dumps({**texts, **shows}), encoding="utf-8")
    assert read_language(tmp_path / "hmn") == {
        "language.name": "Hmoob", "language.shows": "vi", "screen.in": "Vào",
    }  # fmt: skip


def test_a_folder_without_its_own_description_is_no_language(tmp_path: Path) -> None:
    (tmp_path / "xx").mkdir()
    with pytest.raises(FileNotFoundError):
        read_language(tmp_path / "xx")


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "language.json").write_text('{"language.name": "X"}')
    (tmp_path / "more.json").write_text('{"language.name": "Y"}')
    with pytest.raises(ValueError, match="two files"):
        read_language(tmp_path)
