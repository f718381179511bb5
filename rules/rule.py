"""One rule of a set: what it looks at, what it answers, and what it may say. The promises that reading it keeps:

- A STOP that looks at symptoms, exposure, the registered address or a missing declaration becomes ASK.
- A rule that looks at what is private speaks privately: `see_desk` stands for it in public, whatever reason it names.
- A reason that this version does not know is left out; where none is left, `see_desk` stands in. What only the machine,
  a guard or a welcome may say is refused. `order_stop` is said of a STOP that stands, never of one that became ASK.
- `suspected_case` among the reasons is for the record of a declaration alone: the centre's desk sees it first, and no
  screen ever says it.
- `messages` stand in Vietnamese at least, shortly enough for where they are read: see rules.messages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from rules.certlogic import Prepared, prepare
from rules.messages import MAX_TEXT, OWN_LANGUAGE, Message
from wire.reasons import REASONS, Audience, audience_of
from wire.records import Signal
from wire.refusal import Refused

MAX_REASONS = 4
_NOT_OF_A_RULE = frozenset(
    {
        *("store_failed", "disk_full", "camera_lost", "not_enrolled", "starting", "database_moved", "stalled"),
        *("registered", "checked_out", "already_in", "declared", "declared_by_light", "cleared", "temporary_pass"),
        *("guard_allowed", "guard_refused", "paper_entry"),
    }
)
_ANSWERS = {"ALLOW": Signal.ALLOW, "ASK": Signal.ASK, "STOP": Signal.STOP}
_RULE_FIELDS = frozenset({"id", "when", "signal", "reasons", "needs", "audience", "messages"})

# Nobody is stopped for these, not even together with something else. A missing declaration is among them: a gate keeps
# nothing of those who declared and were not well, so that to stop whoever has not declared would be to stop them.
NEVER_A_STOP = (
    "declared.any",
    "declared.due",
    "facts.symptoms",
    "facts.severe_symptoms",
    "facts.exposure",
    "exposure",
    "person.province",
    "person.ward",
)
# What bystanders must not learn of, in whatever words.
PRIVATE = ("facts", "exposure", "cleared")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, read. `reasons` may be shown, `secrets` may not. It looks at what is `private`, at declared `facts`."""

    id: str
    when: Prepared
    signal: Signal
    reasons: tuple[str, ...]
    secrets: tuple[str, ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()
    audience: Audience = "public"
    message: Message | None = None
    private: bool = False
    facts: bool = False
    suspects: bool = False


def read_rule(entry: Any, place: str) -> Rule:
    """The rule of an entry at `place`. Raises Refused("bad_rules") with the place and what is wrong there."""
    only(entry, _RULE_FIELDS, place)
    when = _prepared(entry.get("when"), f"{place}.when")
    needs = _needs(entry.get("needs", []), f"{place}.needs")
    fields = when.fields | {".".join(need) for need in needs}
    written = _ANSWERS.get(entry["signal"]) if type(entry.get("signal")) is str else None
    if written is None:
        raise bad(f"{place}.signal", "ALLOW, ASK or STOP")
    signal = Signal.ASK if written is Signal.STOP and looks_at(fields, NEVER_A_STOP) else written
    private = looks_at(fields, PRIVATE)
    audience = entry.get("audience", "private")
    if audience not in ("public", "guard", "private"):
        raise bad(f"{place}.audience", "public, guard or private")
    reader: Audience = "private" if private else audience
    texts = _messages(entry.get("messages", {}), MAX_TEXT[reader], f"{place}.messages")
    return Rule(
        name_of(entry.get("id"), f"{place}.id"),
        when,
        signal,
        *_reasons(entry.get("reasons"), signal, private, f"{place}.reasons"),
        needs,
        reader,
        Message(written, reader, texts) if texts and written is signal else None,
        private,
        looks_at(fields, ("facts",)),
        "suspected_case" in entry["reasons"],
    )


def _reasons(value: Any, signal: Signal, private: bool, place: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(what may be shown, what is private) of the reasons that a rule names."""
    if type(value) is not list or not 1 <= len(value) <= MAX_REASONS or not all(type(code) is str for code in value):
        raise bad(place, f"1 to {MAX_REASONS} reason codes")
    if not _NOT_OF_A_RULE.isdisjoint(value):
        raise bad(place, "a fault, a welcome or a guard's word is no reason of a rule")
    known = [code for code in dict.fromkeys(value) if code in REASONS and code != "order_stop"]
    if signal is Signal.ALLOW:
        return () if private else tuple(code for code in known if audience_of(code) != "private"), ()
    shown = [] if private else [code for code in known if audience_of(code) != "private"]
    return tuple(shown), tuple(code for code in known if audience_of(code) == "private")


def looks_at(fields: frozenset[str], secrets: tuple[str, ...]) -> bool:
    """Whether one of these paths reaches one of `secrets`, from above, from below or as a whole."""
    return any(
        name in ("", secret) or name.startswith(f"{secret}.") or secret.startswith(f"{name}.")
        for name in fields
        for secret in secrets
    )


def _prepared(logic: Any, place: str) -> Prepared:
    when = prepare(logic)
    if when.problems:
        problem = when.problems[0]
        raise bad(f"{place}{problem.path}", problem.text)
    return when


def _needs(value: Any, place: str) -> tuple[tuple[str, ...], ...]:
    if (
        type(value) is not list
        or len(value) > 8
        or not all(type(path) is str and 0 < len(path) <= 64 for path in value)
    ):
        raise bad(place, "at most 8 paths")
    return tuple(tuple(path.split(".")) for path in value)


def _messages(value: Any, most: int, place: str) -> Mapping[str, str]:
    if type(value) is not dict or len(value) > 32:
        raise bad(place, "a text for each language")
    for language, text in value.items():
        if type(language) is not str or type(text) is not str or len(language) > 16 or len(text) > most:
            raise bad(place, f"texts of at most {most} characters")
    if value and not value.get(OWN_LANGUAGE):
        raise bad(place, "missing in Vietnamese")
    return MappingProxyType(dict(value))


def name_of(value: Any, place: str) -> str:
    """`value`, a text of 1 to 64 characters. Raises Refused."""
    if type(value) is not str or not 1 <= len(value) <= 64:
        raise bad(place, "text of 1 to 64 characters")
    return value


def only(value: Any, names: frozenset[str], place: str) -> None:
    """Make sure that `value` is a map of these fields. Raises Refused."""
    if type(value) is not dict:
        raise bad(place or "body", "a map expected")
    for name in value:
        if name not in names:
            raise bad(f"{place}.{str(name)[:24]}".lstrip("."), "unknown field")


def bad(place: str, what: str) -> Refused:
    """What to raise for the fault `what` at `place`."""
    return Refused("bad_rules", f"{place}: {what}")
