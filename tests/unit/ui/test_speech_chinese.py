"""What is heard of our Chinese sentences: the phonemes of the real espeak-ng against the pinyin, tones included."""

import re
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec

import pytest

from tests.needs import need
from tests.unit.forms.library import NAMES, library
from ui.speech_chinese import pinyin
from ui.words import LOCALES, read_language

HAN = re.compile(r"[\u3400-\u9fff]")
# espeak-ng's phonemes (docs/phonemes.md of espeak-ng; its dictsource/cmn) by the parts of a syllable.
INITIALS = {
    "b": "p", "p": "ph", "m": "m", "f": "f", "d": "t", "t": "th", "n": "n", "l": "l", "g": "k", "k": "kh", "h": "X",
    "j": "tS;", "q": "tS;h", "x": "S;", "zh": "ts.", "ch": "ts.h", "sh": "s.", "r": "z.", "z": "ts", "c": "tsh",
    "s": "s", "": "",
}  # fmt: skip
FINALS = {
    "a": "a", "o": "o", "e": "o-", "er": "@r", "ai": "ai", "ei": "ei", "ao": "au", "ou": "ou", "an": "an", "en": "@n",
    "ang": "aN", "eng": "@N", "ong": "ong", "i": "i", "ia": "ia", "ie": "iE", "iao": "iau", "iu": "iou", "ian": "iEn",
    "in": "in", "iang": "iaN", "ing": "iN", "iong": "yuN", "u": "u", "ua": "ua", "uo": "uo", "uai": "uai",
    "ui": "uei", "uan": "uan", "un": "u@n", "uang": "uaN", "v": "y", "ve": "yE", "van": "y&n", "vn": "y@n",
}  # fmt: skip
TONES = {"1": ("55",), "2": ("35",), "3": ("214", "21", "35"), "4": ("51",), "5": ("11", "22", "33", "44")}
WHOLE = {
    "yi": "i", "ya": "ia", "ye": "ie", "yao": "iao", "you": "iu", "yan": "ian", "yin": "in", "yang": "iang",
    "ying": "ing", "yong": "iong", "yu": "v", "yue": "ve", "yuan": "van", "yun": "vn", "wu": "u", "wa": "ua",
    "wo": "uo", "wai": "uai", "wei": "ui", "wan": "uan", "wen": "un", "wang": "uang",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _dictionary() -> None:
    need(find_spec("pypinyin") is not None, "pypinyin")


@cache
def sentences() -> tuple[str, ...]:
    """Every Chinese text of the screens and of the forms that ship."""
    found = set(read_language(LOCALES / "zh").values())
    for name in NAMES:
        for item in library(name).flat:
            texts = (item.text, item.help, item.entry_format, *(option.text for option in item.options[:40]))
            found.update(text.in_("zh") for text in texts if text is not None)
    return tuple(sorted(text for text in found if HAN.search(text)))


# Said with the vowel of a syllable without stress, or with that of another school of transcription: no other syllable.
NEAR = {"de": "t@", "le": "l@", "qun": "tS;hyin"}


def expected(syllable: str) -> str:
    """The phonemes of a syllable without its tone."""
    if syllable in NEAR:
        return NEAR[syllable]
    if syllable in WHOLE:
        return FINALS[WHOLE[syllable]]
    initial = next(part for part in sorted(INITIALS, key=len, reverse=True) if syllable.startswith(part))
    final = syllable.removeprefix(initial)
    if initial in ("j", "q", "x") and final.startswith("u"):
        final = "v" + final[1:]
    if final == "i" and initial in ("zh", "ch", "sh", "r"):
        return INITIALS[initial] + "i."
    if final == "i" and initial in ("z", "c", "s"):
        return INITIALS[initial] + "i["
    return INITIALS[initial] + FINALS[final]


def plain(phonemes: str) -> str:
    """Without stress, tone and marks; the glides as the vowels that they are near."""
    bare = re.sub(r"['_|,%\d]", "", phonemes).replace("A", "a").replace("w", "u").replace("j", "i")
    return bare.removeprefix(";").replace("ii", "i").replace("uu", "u")


def test_every_character_has_a_syllable() -> None:
    for text in sentences():
        syllables = re.findall(r"\b[a-z]+[1-5]\b", pinyin(text))
        pairs = len(re.findall(r"(?<![\d.])2 ?(?=[米次位人个])", text))
        assert len(syllables) == len(HAN.findall(text)) + pairs, (text, syllables)


def test_every_syllable_of_our_sentences_is_heard_as_its_pinyin() -> None:
    espeak = shutil.which("espeak-ng")
    need(espeak is not None, "espeak-ng")
    syllables = sorted({word for text in sentences() for word in re.findall(r"\b[a-z]+[1-5]\b", pinyin(text))})
    assert len(syllables) > 450
    command = [str(espeak), "-q", "-v", "cmn-latn-pinyin", "-x", "--stdin"]
    lines = "".join(f"{syllable}.\n" for syllable in syllables)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=20, check=True)
    heard = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    wrong = [
        (syllable, sound)
        for syllable, sound in zip(syllables, heard, strict=True)
        if plain(sound) != expected(syllable[:-1]) or "".join(re.findall(r"\d", sound)) not in TONES[syllable[-1]]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("您接种过哪些疫苗？", "nin2 jie1 zhong4 guo4 na3 xie1 yi4 miao2 ? "),
        ("皮下出血", "pi2 xia4 chu1 xue4"),
        ("丈夫或妻子", "zhang4 fu1 huo4 qi1 zi5"),
        ("身体不适", "shen1 ti3 bu2 shi4"),
        ("不在列表中", "bu2 zai4 lie4 biao3 zhong1"),
        ("下一步", "xia4 yi2 bu4"),
        ("您是哪一年出生的", "nin2 shi4 na3 yi4 nian2 chu1 sheng1 de5"),
        ("第一次", "di4 yi1 ci4"),
        ("2 米以内", "liang3 mi3 yi3 nei4"),
        ("医院、市场，12 个", "yi1 yuan4 , shi4 chang3 , 12  ge4"),
    ],
)
def test_characters_of_several_readings_are_read_as_they_are_meant(text: str, sound: str) -> None:
    assert pinyin(text).split() == sound.split()
