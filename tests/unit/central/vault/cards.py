"""Reading a holder's sheet as a person does."""

from pathlib import Path


def words_of(sheet: Path) -> str:
    """The words that are printed on it, in order."""
    text = sheet.read_text(encoding="utf-8")
    inside = text[text.index('<ol class="words">') : text.index("</ol>")]
    return " ".join(part.partition("</li>")[0] for part in inside.split("<li>")[1:])
