"""What to record for a language, with the file names: `python -m ui.speech_sheet TAG [FORM.json ...]`.

- One line a sentence, `name.wav<TAB>sentence`, each once: the titles of the pages, the hints, and of each form the
  questions, their help and the choices that are read out. Without forms, those that ship.
- The first line is the language's own name: with that recording the button shows.
- A sentence that has its recording is left out with `--missing`. Proper names of Viet Nam are spoken by its voice.
- The exit status is 2 for a language or a form that cannot be read, with the reason.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import forms
from forms.load import load
from forms.model import Form, FormRefused, Item, Text
from forms.value_sets import value_sets
from ui.form.aloud import SPOKEN_ROWS
from ui.speech import SOUNDS, recording_name, sentences
from ui.speech_runs import runs
from ui.words import LOCALES, read_language

LIBRARY = Path(forms.__file__).parent / "library"
SAID = (
    *("form.time", "form.many", "form.optional", "form.yes", "form.no"),
    *("form.notice.mandatory", "form.notice.voluntary", "form.notice.voluntary_hint"),
)
WRONG_USAGE = 2


def sheet(texts: dict[str, str], language: str, shown: Sequence[Form]) -> Iterator[tuple[str, str]]:
    """(file name, sentence) of everything that a page in `language` can say, each once."""
    titles = [text for key, text in texts.items() if key.startswith("form.") and key.endswith(".title")]
    said = [texts["language.name"], *titles, *(texts[key] for key in SAID)]
    said += [form.title.in_(language) for form in shown]
    said += [text for form in shown for item in form.flat for text in _of_item(item, language)]
    names: set[str] = set()
    for text in said:
        for sentence in sentences(text):
            name = recording_name(sentence)
            if name not in names and any(run.language == language for run in runs(sentence, language)):
                names.add(name)
                yield f"{name}.wav", sentence


def _of_item(item: Item, language: str) -> Iterator[str]:
    prefix, text = item.prefix.in_(language), item.text.in_(language)
    yield f"{prefix} {text}" if prefix else text
    told: list[Text] = [hint for hint in (item.help, item.entry_format) if hint is not None]
    if len(item.options) <= SPOKEN_ROWS:
        told += [option.text for option in item.options]
    yield from (text.in_(language) for text in told if text.in_(language))


def run(arguments: Sequence[str], out: TextIO, errors: TextIO, sounds: Path = SOUNDS) -> int:
    """The command; its exit status."""
    words = [word for word in arguments if word != "--missing"]
    if not words or not (LOCALES / words[0] / "language.json").is_file():
        languages = " ".join(sorted(folder.name for folder in LOCALES.iterdir() if folder.is_dir()))
        print(f"usage: python -m ui.speech_sheet [--missing] TAG [FORM.json ...]; TAG: {languages}", file=errors)
        return WRONG_USAGE
    files = [Path(word) for word in words[1:]] or [
        file for file in sorted(LIBRARY.glob("*.json")) if not file.stem.endswith(".rules")
    ]
    shown: list[Form] = []
    for file in files:
        try:
            shown.append(load(json.loads(file.read_text(encoding="utf-8")), value_sets()))
        except (OSError, ValueError, FormRefused) as error:
            print(f"{file}: {error}", file=errors)
            return WRONG_USAGE
    for name, sentence in sheet(read_language(LOCALES / words[0]), words[0], shown):
        if "--missing" not in arguments or not (sounds / words[0] / name).is_file():
            print(name, sentence, sep="\t", file=out)
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], sys.stdout, sys.stderr))
