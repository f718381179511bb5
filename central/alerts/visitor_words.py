"""What visitors read on the open pages, in the eight languages: texts/pages.json."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from central.alerts.reachable import LANGUAGES

NAMES = dict(
    zip(LANGUAGES, ("Tiếng Việt", "English", "中文", "한국어", "日本語", "ភាសាខ្មែរ", "ພາສາລາວ", "ภาษาไทย"), strict=True)
)
_FILE = Path(__file__).with_name("texts") / "pages.json"


@cache
def page_words() -> dict[str, dict[str, str]]:
    """language -> key -> sentence."""
    found: dict[str, dict[str, str]] = json.loads(_FILE.read_text("utf-8"))
    return found


def words_for(language: str) -> Callable[..., str]:
    """A function from a key to the sentence in that language."""
    words = page_words()[language]

    def tell(key: str, **values: object) -> str:
        return words[key].format(**values)

    return tell
