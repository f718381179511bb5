"""PURE. What people touch on the screen beside codes and forms: the offer of a pass, the word for them alone, and what
they say of the place.

The gate hears whether the touch is still about whom it has answered last (`there`, `text`); a finger that comes down on
the next visitor's answer gets nothing.
"""

from dataclasses import dataclass

from wire.records import Feedback, SelfCheck


@dataclass(frozen=True, slots=True, repr=False)
class PassGiven:
    """A visitor who was let in just now touched the offer of a pass; `text` is its code, "" when there is none any
    more: another one has been answered since."""

    text: str
    asked: int


@dataclass(frozen=True, slots=True)
class PrivateAsked:
    """Whoever was answered last wants to read alone what it is about; `again`: reads it already, and wants it on paper.

    `there` is False when another one has been answered since.
    """

    there: bool
    asked: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class LookAgain:
    """What the resting screen offers beside the gate has changed (ui.form.handed): it shall look again."""


@dataclass(frozen=True, slots=True, repr=False)
class WordSaid:
    """A word about the place, or the place's word about itself; `taken` is the reason code it is answered with."""

    record: Feedback | SelfCheck
    taken: str
    asked: int
