"""Which words of a sentence are in which language, where a sentence of another script has Latin words in it. Pure.

Places of Viet Nam stand by their names in every language ("Tân Sơn Nhất"), and a voice for another script spells them
letter by letter. So names are spoken by the Vietnamese voice, and codes (VN300, QR, Wi-Fi) by the English one.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

OTHER_SCRIPTS = ("zh", "ja", "ko", "km", "lo", "th")
CODES_OF_ITS_OWN = ("ja",)  # Open JTalk reads QR, VN300 and Wi-Fi as they are said in Japan
_WORD = re.compile(r"\d*[A-Za-zÀ-ɏḀ-ỿ][A-Za-zÀ-ɏḀ-ỿ0-9-]*")
_NAME = re.compile(r"[A-ZÀ-ÞĐĂƠƯẠ-Ỹ][a-zß-ɏḀ-ỿ]+(?![A-Z0-9-])|.*[À-ɏḀ-ỿ]")
_BETWEEN = re.compile(r"[\s.,()·/–-]*")


class Run(NamedTuple):
    language: str
    text: str


def runs(text: str, language: str) -> list[Run]:
    """`text` in order, in runs of one language; runs without a letter or a digit are left out."""
    if language not in OTHER_SCRIPTS:
        return [Run(language, text)]
    found: list[Run] = []
    for run in _tagged(text, language):
        if found and (found[-1].language == run.language or _BETWEEN.fullmatch(run.text)):
            found[-1] = Run(found[-1].language, found[-1].text + run.text)
        else:
            found.append(run)
    return [run for run in found if any(sign.isalnum() for sign in run.text)]


def _tagged(text: str, language: str) -> Iterator[Run]:
    end = 0
    for word in _WORD.finditer(text):
        if word.start() > end:
            yield Run(language, text[end : word.start()])
        yield Run(_language(word.group(), language), word.group())
        end = word.end()
    if end < len(text):
        yield Run(language, text[end:])


def _language(word: str, home: str) -> str:
    if _NAME.match(word):
        return "vi"
    return home if home in CODES_OF_ITS_OWN else "en"
