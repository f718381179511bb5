"""The sentences of the pages of central.venues, Vietnamese and English side by side."""

WORDS: dict[str, tuple[str, str]] = {}
