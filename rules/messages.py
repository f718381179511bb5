"""What rules say in their own words: a text in each language, and who may read it.

- A message is said with the signal that it was written for. A STOP that became ASK says nothing itself: its words may
  turn somebody away whom nobody may turn away. What a rule notes for the guard is said with every signal.
- A rule that looks at what is private speaks to the visitor alone (rules.ruleset); the guard also reads what is public.
- Each reader gets MOST of them, those for this reader alone first: no message pushes out one for somebody else.
- In a language that a message lacks, it is read in Vietnamese.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from wire.reasons import Audience
from wire.records import Signal

OWN_LANGUAGE = "vi"  # the language of the law; the others are translations of it
# Characters: 120 are what the visitor's screen of 800 x 480 has room for beside the sentence of the reason.
MAX_TEXT: dict[Audience, int] = {"public": 120, "guard": 240, "private": 240}
MOST = 2

_MAY_READ: dict[Audience, tuple[Audience, ...]] = {
    "public": ("public",),
    "guard": ("public", "guard"),
    "private": ("public", "private"),
}


class Message(NamedTuple):
    """One rule's text by language, the signal that it was written for, and its audience."""

    signal: Signal
    audience: Audience
    texts: Mapping[str, str]

    def suits(self, signal: Signal) -> bool:
        """Whether it may be said with this answer of the gate."""
        return self.signal is signal or (self.signal is Signal.ALLOW and self.audience == "guard")


def heard_by(reader: Audience, messages: Iterable[Message]) -> tuple[Mapping[str, str], ...]:
    """The texts that `reader` may read, in the order of the rules; "private" stands for the visitor, alone."""
    may = [message for message in messages if message.audience in _MAY_READ[reader]]
    may.sort(key=lambda message: message.audience != reader)
    return tuple([message.texts for message in may[:MOST]])


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in `language`, else in Vietnamese; "" where there is neither."""
    return texts.get(language) or texts.get(OWN_LANGUAGE, "")
