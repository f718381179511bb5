"""Every syllable that the Vietnamese spelling can write, made from its rules; for the tests of the touch keyboard.

- A syllable is onset + medial + nucleus + coda + tone. The medial is a glide, written u after q and before y, ê, ơ, â,
  and o before a, ă, e. Labials do not stand before it.
- Before i, e, ê and y the sounds of c, g, ng are written k, gh, ngh; c with the glide is qu.
- The diphthongs are ia, ua, ưa without a coda and iê (yê at the beginning and behind the glide), uô, ươ with one.
- gi swallows the i of its rime: gì, gìn, giếng.
- Codas that stop (c ch p t) take two tones, the acute and the dot; others take all six.
- The tone is written on the nucleus: of a diphthong on its first letter without a coda, on its second one with. In the
  old style an open oa, oe, uy bears it on the glide (hòa), in the new one on the nucleus (hoà); after q always so.
- For each syllable there are several ways to type it: `telex` and `vni` give some, each a string of keystrokes.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

TONES = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")  # ngang, sắc, huyền, hỏi, ngã, nặng
TELEX_TONES, VNI_TONES = " sfrxj", " 12345"
STOPS = ("c", "ch", "p", "t")
ONSETS = (
    *("b", "c", "ch", "d", "đ", "g", "h", "kh", "l", "m", "n", "ng", "nh"),
    *("p", "ph", "r", "s", "t", "th", "tr", "v", "x"),
)
LABIALS = {"b", "m", "p", "ph", "v"}
FRONT = {"c": "k", "g": "gh", "ng": "ngh"}

# nucleus -> codas; "-" is none. Codas i, y, u, o are glides, too.
PLAIN = {
    "a": "- c ch i m n ng nh o p t u y", "ă": "c m n ng p t", "â": "c m n ng p t u y", "e": "- c m n ng o p t",
    "ê": "- ch m n nh p t u", "i": "- ch m n nh p t u", "o": "- c i m n ng p t", "ô": "- c i m n ng p t",
    "ơ": "- i m n p t", "u": "- c i m n ng p t", "ư": "- c i ng t u", "oo": "c ng",
    "ia": "-", "iê": "c m n ng p t u", "ua": "-", "uô": "c i m n ng t", "ưa": "-", "ươ": "c i m n ng p t u",
}  # fmt: skip
GLIDED = {
    "a": "- c ch i m n ng nh o p t y", "ă": "c m n ng t", "â": "n ng t y", "e": "- n o t", "ê": "- ch nh", "ơ": "-",
    "y": "- ch n nh p t u", "ya": "-", "yê": "n t",
}  # fmt: skip
ALONE = {"y": "-", "yê": "m n ng t u"}  # without an onset
AFTER_GI = {("i", ""), ("i", "n"), ("iê", "ng"), ("iê", "t")}


@dataclass(frozen=True)
class Syllable:
    """onset and rime are in NFC, without the tone. old, new: where in onset + rime the tone stands. tone: 0 to 5."""

    onset: str
    rime: str
    old: int
    new: int
    tone: int

    def text(self, style: str) -> str:
        bare = self.onset + self.rime
        at = self.old if style == "old" else self.new
        return unicodedata.normalize("NFC", bare[: at + 1] + TONES[self.tone] + bare[at + 1 :])


def syllables() -> Iterator[Syllable]:
    for onset, glide, nucleus, coda in _shapes():
        rime = glide + nucleus + coda
        at = len(onset) + len(glide) + (1 if len(nucleus) == 2 and coda else 0)
        open_glide = glide and onset != "qu" and not coda and nucleus in ("a", "e", "y")
        old = len(onset) if open_glide else at
        if onset == "gi" and rime.startswith("i"):
            rime, old, at = rime[1:], old - 1, at - 1
        for tone in range(6):
            if coda not in STOPS or tone in (1, 5):
                yield Syllable(onset, rime, old, at, tone)


def _shapes() -> Iterator[tuple[str, str, str, str]]:
    """Onset, glide, nucleus, coda as written. The q's glide is part of its onset."""
    for nucleus, coda in _pairs(PLAIN):
        for onset in ONSETS:
            yield (FRONT.get(onset, onset) if nucleus[0] in "ieê" else onset), "", nucleus, coda
        if nucleus != "iê":
            yield "", "", nucleus, coda
        if nucleus not in ("ia", "i", "iê") or (nucleus, coda) in AFTER_GI:
            yield "gi", "", nucleus, coda
    for nucleus, coda in _pairs(GLIDED):
        glide = "o" if nucleus in "aăe" else "u"
        for onset in ["", *ONSETS]:
            if onset not in LABIALS and onset != "c":
                yield onset, glide, nucleus, coda
        if (nucleus, coda) not in (("ya", ""), ("y", "u")):
            yield "qu", "", nucleus, coda
    yield "qu", "", "ô", "c"
    for onset, nucleus, coda in [*(("", *pair) for pair in _pairs(ALONE)), *((onset, "y", "") for onset in "hklmt")]:
        yield onset, "", nucleus, coda


def _pairs(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(nucleus, coda.strip("-")) for nucleus, codas in table.items() for coda in codas.split()]


def _letters(text: str, marks: dict[str, str]) -> list[tuple[str, str]]:
    """Each letter of `text` as its bare letter and the key of its mark."""
    letters = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        bare = "d" if letter == "đ" else parts[0]
        letters.append((bare, marks["đ"] if letter == "đ" else marks[parts[1]] if len(parts) > 1 else ""))
    return letters


def telex(syllable: Syllable) -> tuple[str, ...]:
    """Marks at once, the tone at the end; marks and tone at the end; the tone right behind its vowel."""
    marks = {"đ": "d", "\u0302": "", "\u0306": "w", "\u031b": "w"}
    tone = TELEX_TONES[syllable.tone].strip()
    letters = [
        (bare, bare if "\u0302" in unicodedata.normalize("NFD", letter) else mark)
        for (bare, mark), letter in zip(
            _letters(syllable.onset + syllable.rime, marks), syllable.onset + syllable.rime, strict=True
        )
    ]
    return _ways(letters, tone, syllable, double_o="o")


def vni(syllable: Syllable) -> tuple[str, ...]:
    marks = {"đ": "9", "\u0302": "6", "\u0306": "8", "\u031b": "7"}
    return _ways(
        _letters(syllable.onset + syllable.rime, marks), VNI_TONES[syllable.tone].strip(), syllable, double_o=""
    )


def _ways(letters: list[tuple[str, str]], tone: str, syllable: Syllable, double_o: str) -> tuple[str, ...]:
    if syllable.rime.startswith("oo"):  # in Telex, "oo" is ô: a third o brings the two letters back
        letters = [*letters[: len(syllable.onset) + 1], ("o", double_o), *letters[len(syllable.onset) + 2 :]]
    at_once = "".join(bare + mark for bare, mark in letters)
    behind = "".join(bare + mark + (tone if i == syllable.new else "") for i, (bare, mark) in enumerate(letters))
    if syllable.rime.startswith("oo"):
        return at_once + tone, behind
    marks = "".join(dict.fromkeys(mark for _, mark in letters if mark))  # one w, one 7 is enough for ươ
    late = "".join(bare for bare, _ in letters) + marks + tone
    return at_once + tone, behind, late
