"""What the rest of the centre asks the opener for. One implementation speaks to the opener's socket (client.py).

- The opener is the only process that holds the case key. It checks session, right, purpose and case itself, writes its
  row of the audit log and commits it, and only then opens.
- Each request names what it is for: a case, an order or a request of the person themselves.
- Refusals, as wire.refusal.Refused: not_allowed, second_factor (the session has none), not_running (the case or order
  does not run), too_fast (the hourly limit; the detail says when again, in Unix ms), opener_away (nothing was opened;
  the detail `locked` says that its key holders must come), cannot_open, log_changed
  (somebody has rewritten the log: nothing is opened until that is looked into).
- `about` is a case's id, R-... of a request, D-... or V-... of the desks, or order:ID (central.vault.tied).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from central.access.roles import Purpose
from wire.refusal import Refused


class RecordId(NamedTuple):
    """raw_record's key."""

    stream: int
    seq: int


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, for what, about what. `session` is the cookie's secret of a signed-in officer."""

    session: str = field(repr=False)
    purpose: Purpose
    about: str


class Correction(NamedTuple):
    """What a field of a record should have said, who signed that and when; `by` is "" while it waits for a second."""

    field: str
    value: str
    at_ms: int
    by: str


@dataclass(frozen=True, slots=True)
class OpenedRecord:
    """One record in clear. `fields` has the vault part and, of the trace part, identity_kind and identity.

    Of a Declaration the packed answers are unpacked: `answers` maps linkId -> list of plain values. Both are as they
    were said; `corrections` stand beside them, the newest of a field last.
    """

    record: RecordId
    kind: str  # "Visit", "Declaration", ...
    fields: Mapping[str, Any] = field(repr=False)
    answers: Mapping[str, Sequence[Any]] = field(repr=False, default_factory=dict)
    corrections: Sequence[Correction] = field(repr=False, default=())

    def corrected(self, name: str) -> tuple[str, ...]:
        """The value that now stands for a field or an answer, as two officers signed it; empty where none does."""
        return tuple(one.value for one in self.corrections if one.field == name and one.by)[-1:]

    def as_corrected(self) -> tuple[Mapping[str, Any], Mapping[str, Sequence[Any]]]:
        """(fields, answers) with what was corrected in place of what was said: for whoever writes to the person."""
        now = {one.field: one.value for one in self.corrections if one.by}
        fields = {name: now.get(name, value) for name, value in self.fields.items()}
        return fields, {**self.answers, **{name: [value] for name, value in now.items() if name not in fields}}


class Alike(NamedTuple):
    """Two persons who have said the same in `same`: the phone, and "name" or "birth" or both."""

    one: int
    other: int
    same: tuple[str, ...]


class Status(NamedTuple):
    """How the opener is, without anything to open."""

    kids: tuple[bytes, ...]  # of the case keys it holds; none: it is locked
    began_ms: int
    log_rows: int  # of the audit log, as far as it has followed it
    log_changed: int  # the first row that is not as it was; 0: all are


class Vault(Protocol):
    """The opener as others see it. Each call is one row of the audit log, however many records it names; each person
    looked at is named there (central.access.audit.Look.persons)."""

    def open(self, asking: Asking, records: Sequence[RecordId], only: Sequence[str] = ()) -> list[OpenedRecord]:
        """Up to 500 records in clear; those that were destroyed or cannot be read are left out.

        With `only` nothing but these fields and answers (by linkId) leaves the opener: who sends a text needs no name.
        """

    def pseudonym(self, asking: Asking, kind: int, number: str) -> bytes:
        """The 16 bytes that stand for a number here (IdentityKind, normal form as in a visit)."""

    def passes_of(self, asking: Asking, persons: Sequence[int]) -> dict[int, list[bytes]]:
        """person.id -> the 16-byte pass ids that they have shown or been given; those without one are left out.

        Up to 5,000 persons of the case that `asking` names, for its tracing.
        """

    def alike(self, asking: Asking, persons: Sequence[int]) -> list[Alike]:
        """Which of these persons of a case may be one, for its tracing: nothing that they said comes out."""

    def status(self) -> Status:
        """How it is; needs no session. Raises Refused("opener_away")."""


class NoOpener:
    """Stands where no opener runs: every call is Refused("opener_away")."""

    def open(self, asking: Asking, records: Sequence[RecordId], only: Sequence[str] = ()) -> list[OpenedRecord]:
        """Refused."""
        raise Refused("opener_away")

    def pseudonym(self, asking: Asking, kind: int, number: str) -> bytes:
        """Refused."""
        raise Refused("opener_away")

    def passes_of(self, asking: Asking, persons: Sequence[int]) -> dict[int, list[bytes]]:
        """Refused."""
        raise Refused("opener_away")

    def alike(self, asking: Asking, persons: Sequence[int]) -> list[Alike]:
        """Refused."""
        raise Refused("opener_away")

    def status(self) -> Status:
        """Refused."""
        raise Refused("opener_away")
