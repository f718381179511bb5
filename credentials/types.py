"""What reading a code can answer.

- `valid`: well formed and, where the kind is signed, signed by a trusted issuer and in date. CCCD, BHYT, personal QR
  and the printed lines of a passport are unsigned: their `valid` means "well formed", never "genuine".
- `invalid`: the kind is known but the code must not count; `reason` says why.
- A warning never changes the status. It names what is implausible, so that the gate asks a person to look.
- Names and numbers stay out of `repr`, because a repr ends up in logs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar, Literal

Kind = Literal["cccd", "bhyt", "personal-qr", "venue-qr", "pass", "passport", "typed"]
Status = Literal["valid", "invalid"]
Fields = Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Credential:
    """A code whose kind is known.

    `reason`: ok | bad_schema | unknown_issuer | bad_signature | expired | revoked | not_fresh | clock_unset |
    not_now.
    `normal_form`: the identity key within its kind, None where the code proves no identity.
    `fields`: English names; dates as ISO 8601 (a birth date may be a year or a month alone), None where not known.
    """

    kind: Kind
    status: Status
    reason: str
    warnings: tuple[str, ...] = ()
    normal_form: str | None = field(default=None, repr=False)
    fields: Fields = field(default_factory=dict, repr=False, hash=False)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A text that has no layout we know.

    `reason`: empty | too_long | not_text | foreign_poster | certificate_not_supported_yet | unknown_link |
    unknown_code. The other names are those of `Credential`, so that callers can ask either for them.
    """

    reason: str
    kind: ClassVar[None] = None
    status: ClassVar[Literal["unreadable"]] = "unreadable"
    warnings: ClassVar[tuple[str, ...]] = ()
    normal_form: ClassVar[None] = None
    fields: ClassVar[Fields] = MappingProxyType({})


def broken(kind: Kind) -> Credential:
    """A code of a known layout with a field that does not keep its form."""
    return Credential(kind, "invalid", "bad_schema")


def judged(kind: Kind, reason: str, normal_form: str, fields: Fields) -> Credential:
    """A signed code whose issuer is trusted: valid for the reason `ok`, invalid for any other."""
    return Credential(kind, "valid" if reason == "ok" else "invalid", reason, (), normal_form, fields)
