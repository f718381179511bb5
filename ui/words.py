"""From a view to the sentences on the screen, in one language.

- `reason.<code>` is for the public screen: what is happening and what helps, nothing that tells bystanders about the
  person. `why.<code>` is the private sentence for the desk, the guard and the receipt.
- A language is a folder `locales/<tag>/`: language.json about itself, and a file of texts for each part of the screens.
- A code without a sentence gets the general sentence of its signal. A code itself is never shown.
- A direction may have its own words: `<key>.in` or `<key>.out` is taken before `<key>`.
- Numbers and dates are written as the language does: "language.grouping", "language.date" ({d} {m} {y}).
- A language that is spoken more than written has recordings (ui/speech.py) and "language.shows": the tag of the
  language whose texts are shown in the place of those that it lacks.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from rules.messages import in_language
from ui.place import KINDS, Place
from ui.screen import View

LOCALES = Path(__file__).parent / "locales"


@dataclass(frozen=True, slots=True)
class Said:
    """word: the message, readable from three metres. reason: what happened. next: what to do now, or where."""

    word: str
    reason: str
    next: str


class Words:
    """The sentences of the given languages. Raises FileNotFoundError for a language without a folder."""

    def __init__(self, languages: tuple[str, ...], folder: Path = LOCALES) -> None:
        self.languages = languages
        self._texts: dict[str, Mapping[str, str]] = {tag: read_language(folder / tag) for tag in languages}

    def labels(self, prefix: str) -> dict[str, dict[str, str]]:
        """The texts that start with `prefix`, for each language: what a page needs to label its buttons."""
        return {
            tag: {key: text for key, text in texts.items() if key.startswith(prefix)}
            for tag, texts in self._texts.items()
        }

    def number(self, value: int, language: str) -> str:
        """A whole number with its thousands grouped."""
        return f"{value:,}".replace(",", self._texts[language]["language.grouping"])

    def why(self, code: str, language: str) -> str:
        """The private sentence of a reason code; a general one for a code that is not known here."""
        texts = self._texts[language]
        return texts.get(f"why.{code}", texts["why.unknown"])

    def say(self, view: View, place: Place, language: str) -> Said:
        """The sentences of `view` for the people in front of the screen."""
        texts = self._texts[language]
        fill = _Fill(texts, view, place, language, lambda value: self.number(value, language))
        if view.page == "idle":
            direction = place.direction
            word = (
                texts["idle.taps"] if view.taps else fill.first(f"idle.{direction}.{place.kind}", f"idle.{direction}")
            )
            return Said(word, texts["idle.reason"], fill.inside())
        if view.page == "light":
            have, needed = view.progress or (0, 0)
            return Said(
                texts["light.word"], texts["light.reason"], texts["light.progress"].format(have=have, needed=needed)
            )
        if view.page == "pass":
            return Said(texts["pass.word"], texts["pass.reason"], texts["pass.next"])
        if view.page == "private":  # what everybody else may know of it; the words themselves come by ui.alone
            return Said(texts["alone.title"], texts["alone.reading"], "")
        if view.page == "choose":
            return Said(texts["choose.word"], texts["reason.direction_unknown"], "")
        return Said(fill.word(), fill.reason(), fill.next_step())

    def say_all(self, view: View, place: Place) -> dict[str, dict[str, str]]:
        """`say` in every language, ready for JSON: the visitor may change the language without asking the kiosk."""
        return {tag: asdict(self.say(view, place, tag)) for tag in self.languages}


def read_language(folder: Path) -> dict[str, str]:
    """Every text of a language: the files of its folder together, over those of the language that it "shows".

    Raises FileNotFoundError without `language.json`, ValueError for a key that stands in two files.
    """
    own = _read_folder(folder)
    shows = own.get("language.shows")
    return {**_read_folder(folder.parent / shows), **own} if shows else own


def _read_folder(folder: Path) -> dict[str, str]:
    if not (folder / "language.json").is_file():
        raise FileNotFoundError(folder / "language.json")
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("*.json")):
        for key, text in json.loads(path.read_text(encoding="utf-8")).items():
            if key in texts:
                raise ValueError(f"{key} stands in two files of {folder.name}")
            texts[key] = text
    return texts


class _Fill:
    """Looks up and fills in the texts of one view in one language."""

    def __init__(
        self, texts: Mapping[str, str], view: View, place: Place, language: str, number: Callable[[int], str]
    ) -> None:
        self._texts, self._view, self._place, self._language = texts, view, place, language
        self._number = number
        self._signal = view.signal or "FAULT"  # no signal on a result or closed page: nobody is to walk through
        self._code = next((code for code in view.reasons if f"reason.{code}" in texts), "")

    def first(self, *keys: str) -> str:
        """The first text that exists among `keys`, a direction's own words first; "" when there is none."""
        for key in keys:
            for candidate in (f"{key}.{self._view.direction}", key):
                if candidate in self._texts:
                    return self._texts[candidate].format(at=self._view.at, place=self._place_noun())
        return ""

    def word(self) -> str:
        return self.first(f"word.{self._code}", f"word.{self._signal}")

    def reason(self) -> str:
        said = self.first(f"reason.{self._code}", f"reason.general.{self._signal}")
        basis = in_language(self._view.basis, self._language)
        own = in_language(self._view.said, self._language)
        return "\n".join(filter(None, (f"{said}: {basis}" if basis else said, own)))

    def next_step(self) -> str:
        if self._signal == "ALLOW":
            together = "companions" in self._view.reasons and self._code != "companions"
            return self.first("reason.companions") if together else self.inside()
        own = self.first(f"next.{self._code}")
        if own:
            return own
        help_place = self._place.help.get(self._language, "") if self._signal == "ASK" else ""
        return help_place or self.first(f"next.{self._signal}")

    def inside(self) -> str:
        """How many people are inside, with their unit and, where it is limited, how many may be; never a share."""
        count, capacity = self._view.occupancy, self._view.capacity
        if count is None or not self._place.inside:
            return ""
        key = "inside.of" if capacity is not None else "inside.one" if count == 1 else "inside.many"
        return self._texts[key].format(
            count=self._number(count), capacity=self._number(capacity or 0), place=self._place_noun()
        )

    def _place_noun(self) -> str:
        kind = self._place.kind if self._place.kind in KINDS else "other"
        return self._texts[f"place.{kind}"]
