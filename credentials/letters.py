"""Did a name come through whole? Two ways in which scanners and cables damage Vietnamese text.

- *Replaced*: a wrong character set put `?`, U+FFFD or signs in place of letters. The letters that may stand in a name
  are those of Vietnamese and of the minority languages written in Latin letters (Civil Code 2015, Art. 26: a name is
  in Vietnamese or another ethnic language of Viet Nam), plus apostrophe, dot, comma and hyphen.
- *Lost*: a scanner in keyboard mode has no key for letters with marks and drops them ("Trn Vn Th"). Every syllable
  has a vowel, so that a word without one betrays the loss. Exceptions: H and K, which are names by themselves in the
  Central Highlands (H Thử, K Brơi), initials with a dot, and abbreviations in addresses (TP., P., TDP).
- So do a surname whose first letter is small (Đinh -> "inh") and what remains of two frequent surnames, Nguyễn and
  Huỳnh, which is no syllable of the language.
- A text without any mark is NOT suspect: "Ksor Blen, Ia O, Ia Grai, Gia Lai" is whole, and so are its people.

Loss that leaves a vowel in every word ("Hong" of "Hoàng") cannot be seen. Texts are in NFC.
"""

import re
import unicodedata

# grave, acute, circumflex, tilde, breve, hook above, caron, horn, dot below; in NFD they follow their base letter
_MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u030c\u031b\u0323"
_LETTERS = "A-Za-zĐđɃƀ"
_APOSTROPHES = "'`\u2018\u2019\u02bc"

_WHOLE_NAME = re.compile(f"[{_LETTERS}{_MARKS}{_APOSTROPHES} .,-]+")
_STRAY = re.compile(
    "[?\ufffd\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\ue000-\uf8ff]"
    rf"|[^\W\d_{_LETTERS}\u02bc]"  # any other letter: what UTF-8 looks like in a wrong character set
    f"|(?![{_MARKS}])[\u0300-\u036f]"
)
_WORD = re.compile(rf"[^\W\d_]+(?:[{_APOSTROPHES}][^\W\d_]+)*\.?")
_VOWEL = re.compile("[aeiouy]", re.IGNORECASE)
_REMAINS = frozenset({"nguyn", "hunh"})
_ABBREVIATIONS = frozenset({"Tp", "Tx", "Tt", "Kp", "Ql", "Tl", "Hl", "Kcn", "Kdc", "Ktx", "Tdp", "Hcm", "Ct", "Nt"})


def is_damaged_name(name: str) -> bool:
    """Whether letters of a person's name were replaced or lost."""
    if is_replaced_name(name):
        return True
    words = _WORD.findall(name)
    if words and (words[0].lower() in _REMAINS or (words[0][0].islower() and words[-1].istitle())):
        return True
    mute = [word for word in words if not _has_vowel(word)]
    return bool(mute) and (len(mute) == len(words) or any(not _may_stand_alone(word) for word in mute))


def is_replaced_name(name: str) -> bool:
    """Whether a name holds a sign that no name has. Enough where no letter can be lost: hex, capitals without marks."""
    return _WHOLE_NAME.fullmatch(unicodedata.normalize("NFD", name)) is None


def is_damaged_address(address: str) -> bool:
    """Whether letters of an address were replaced or lost. Abbreviations are common here: two words must be mute."""
    if _STRAY.search(unicodedata.normalize("NFD", address)):
        return True
    mute = [word for word in _WORD.findall(address) if _is_mute_title_word(word)]
    return len(mute) >= 2


def _has_vowel(word: str) -> bool:
    plain = unicodedata.normalize("NFD", word)
    # The u of "qu" is a glide: "Qunh" has lost its ỳ.
    return _VOWEL.search(plain, 2 if plain[:2].lower() == "qu" else 0) is not None


def _may_stand_alone(word: str) -> bool:
    return word.upper() in ("H", "K") or (len(word) == 2 and word.endswith("."))


def _is_mute_title_word(word: str) -> bool:
    is_title = len(word) >= 2 and word[0].isupper() and word[1:].islower()
    return is_title and not word.endswith(".") and word not in _ABBREVIATIONS and not _has_vowel(word)
