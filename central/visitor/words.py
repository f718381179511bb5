"""The sentences of the pages of central.visitor, Vietnamese and English side by side."""

WORDS: dict[str, tuple[str, str]] = {}
