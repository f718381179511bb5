"""What the visitor who was answered last may read alone, on the kiosk's own screen.

POST /alone {"view": N} -> {"said": {language: {"title", "lines"}}, "prints": bool}, or {"said": null}: it was too late
POST /alone/print {"view": N, "language": TAG} -> {"printed": bool}

- It goes to the page that was touched, once, in the answer to that touch: no feed, view or log carries it, and no
  browser keeps it (ui.fence). The gate gives it while that visitor's answer is on the screen, and not again.
- It is read standing: in the visitor's own words ("mine.<code>"), but of an exposure in calmer and longer ones.
- It speaks of the same place and the same time: never of who, of when exactly or of how near.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from flask import Flask, Response, jsonify, request

from rules.messages import in_language
from ui.place import Place
from ui.words import Words

MOST_LINES = 4  # what a screen of 800 x 480 has room for, in letters that are read at arm's length
_LONGER = {"exposure": ("alone.exposure", "alone.exposure_do")}


@dataclass(frozen=True, slots=True, repr=False)
class Alone:
    """reasons: codes, the private ones first. messages: what rules say, by language. until: the local day on which an
    exposure ends, "2026-12-05"; "" where there is none."""

    reasons: tuple[str, ...]
    messages: tuple[Mapping[str, str], ...] = ()
    until: str = ""


class AloneDesk(Protocol):
    """The gate's side. Each call is answered within 5 s."""

    @property
    def prints(self) -> bool:
        """Whether there is a printer."""
        ...

    def read(self, view: int, again: bool = False) -> Alone | None:
        """What the visitor whom the view of that number answers may read. The gate says meanwhile that it is being
        read, and gives it a second time only for the printer (`again`), while it is. None when it is over."""
        ...

    def print(self, lines: Sequence[str], language: str) -> bool:
        """Print these lines, the title first; False when the printer is away or out of paper."""
        ...


def add_alone(app: Flask, desk: AloneDesk, place: Place, words: Words) -> None:
    """Put the visitor's own page into the kiosk's app."""
    texts = words.labels("")

    def said(alone: Alone, language: str) -> dict[str, object]:
        return {"title": texts[language]["alone.title"], "lines": lines_of(alone, texts[language], place, language)}

    @app.post("/alone")
    def read_alone() -> Response:
        view, _ = _asked()
        if view is None:
            return Response(status=400)
        alone = desk.read(view)
        told = None if alone is None else {language: said(alone, language) for language in place.languages}
        return jsonify({"said": told, "prints": desk.prints})

    @app.post("/alone/print")
    def print_alone() -> Response:
        view, language = _asked()
        if view is None or language not in place.languages:
            return Response(status=400)
        alone = desk.read(view, again=True) if desk.prints else None
        if alone is None:
            return jsonify({"printed": False})
        lines = [texts[language]["alone.title"], *lines_of(alone, texts[language], place, language)]
        return jsonify({"printed": desk.print([place.name, *lines], language)})


def lines_of(alone: Alone, texts: Mapping[str, str], place: Place, language: str) -> list[str]:
    """The sentences in one language, at most MOST_LINES and the end of an exposure."""
    help_place = place.help.get(language) or texts["mine.help"]
    keys = [key for code in alone.reasons for key in _LONGER.get(code, (f"mine.{code}",)) if key in texts]
    rules = [text for one in alone.messages if (text := in_language(one, language))]
    reasons = [texts[key].replace("{help}", help_place) for key in keys]
    if alone.reasons and not reasons and not rules:
        reasons = [texts["mine.see_desk"].replace("{help}", help_place)]
    found = [*reasons[: MOST_LINES - min(len(rules), 1)], *rules][:MOST_LINES]
    return [*found, texts["alone.until"].format(day=_written(alone.until, texts))] if alone.until else found


def _written(day: str, texts: Mapping[str, str]) -> str:
    """An ISO date as the language writes it."""
    year, month, date = day.split("-")
    return texts["language.date"].format(d=date, m=month, y=year)


def _asked() -> tuple[int | None, object]:
    """The view that was touched and the language, as the body says; (None, ...) for what no page sends."""
    body = request.get_json(silent=True)
    view, language = (body.get("view"), body.get("language")) if isinstance(body, dict) else (None, None)
    return (view if type(view) is int else None), language
