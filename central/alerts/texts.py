"""What people are told, as data in eight languages: texts/NAME.json, with the words of this centre put in.

    {"version": 1, "languages": {"vi": {"subject": ..., "short": ..., "long": ...}, ...}}

- `short` is a text message or a push notice, `long` a letter by e-mail. {helpline}, {station}, {phone}, {link} are all
  that may be put in: never a name, never a place, so that no text can blame one.
- Who does not know a person's language writes Vietnamese, with English below it; of a short text its first sentence.
- Each text is read by central.alerts.blame before it is used for the first time.
"""

import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from string import Formatter

from central.alerts.blame import faults_of
from central.alerts.limits import Limits
from central.alerts.reachable import LANGUAGES
from central.places.places import Station
from wire.refusal import Refused

FOLDER = Path(__file__).with_name("texts")
NAMES = ("exposure", "recall", "clearance", "looked")
ALLOWED = frozenset({"helpline", "station", "phone", "link"})


@dataclass(frozen=True, slots=True)
class Fields:
    """What is put into a text; "" for what this centre does not know: its sentence is then left out."""

    helpline: str
    station: str = ""
    phone: str = ""
    link: str = ""

    @staticmethod
    def of(limits: Limits, station: Station | None, link: str = "") -> "Fields":
        """The words of a station, if there is one."""
        return Fields(limits.helpline, station.name if station else "", station.phone if station else "", link)


@dataclass(frozen=True, slots=True)
class Words:
    """A text in one language (or two)."""

    subject: str
    short: str
    long: str


@cache
def template(name: str) -> dict[str, dict[str, list[str]]]:
    """language -> subject, short and long as lists of sentences. Raises Refused("bad_text") for a text with a fault."""
    if name not in NAMES:
        raise Refused("bad_text", name[:32])
    return read_template((FOLDER / f"{name}.json").read_text("utf-8"))


def read_template(text: str) -> dict[str, dict[str, list[str]]]:
    """The languages of a template. Raises Refused("bad_text"): a language or part missing, another field, blame."""
    languages: dict[str, dict[str, list[str]]] = json.loads(text)["languages"]
    if set(languages) != set(LANGUAGES):
        raise Refused("bad_text", "eight languages expected")
    for language, parts in languages.items():
        if set(parts) != {"subject", "short", "long"} or not all(parts.values()):
            raise Refused("bad_text", f"{language}: subject, short and long expected")
        sentences = [sentence for part in parts.values() for sentence in part]
        used = {name for one in sentences for _, name, _, _ in Formatter().parse(one) if name is not None}
        if not used <= ALLOWED or "helpline" not in used:
            raise Refused("bad_text", f"{language}: fields {sorted(used ^ ALLOWED)}")
        if faults := faults_of(language, " ".join(sentences)):
            raise Refused("bad_text", f"{language}: {faults[0]}")
    return languages


def rendered(name: str, language: str, fields: Fields) -> Words:
    """The text for a person. Sentences about what is not known are left out."""
    first, *more = [language] if language else ["vi", "en"]
    told = _one(name, first, fields)
    if not more:
        return told
    also, brief = _one(name, more[0], fields), _put(template(name)[more[0]]["short"][:1], fields)[0]
    return Words(told.subject, f"{told.short}\n{brief}", f"{told.long}\n\n{also.long}")


def _one(name: str, language: str, fields: Fields) -> Words:
    subject, short, long = (_put(template(name)[language][part], fields) for part in ("subject", "short", "long"))
    return Words(" ".join(subject), " ".join(short), "\n".join(long))


def _put(sentences: list[str], fields: Fields) -> list[str]:
    values = asdict(fields)
    known = [s for s in sentences if all(values[f] for _, f, _, _ in Formatter().parse(s) if f is not None)]
    return [sentence.format(**values) for sentence in known]
