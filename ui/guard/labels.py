"""The words of the guard's page in one language: its labels, and the reasons of an override in the table's order."""

from ui.words import Words
from wire.overrides import ALLOW, KEEP_OUT


def labels_of(words: Words, language: str) -> dict[str, str]:
    """Every text of the page, without the prefix "guard."."""
    return {key.removeprefix("guard."): text for key, text in words.labels("guard.")[language].items()}


def reasons_of(words: Words, language: str, allow: bool) -> list[tuple[int, str]]:
    """(wire number, sentence) of each reason to let in, or to keep out."""
    texts = words.labels("override.")[language]
    return [(number, texts[f"override.{name}"]) for name, number in (ALLOW if allow else KEEP_OUT).items()]
