"""The sentences of the pages of central.map, Vietnamese and English side by side."""

WORDS: dict[str, tuple[str, str]] = {}
