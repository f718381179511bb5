"""What is known of a visitor at the moment of a decision: plain values, most of them with a default of "nothing known".

Times are Unix ms, ages ms; None stands for "not known" and never for "all is well". Nothing here prints itself: a log
or a traceback must not name a visitor.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from credentials.types import Credential, Unreadable
from rules.orders import Order
from wire.records import Signal
from wire.zones import Zone

Clock = Literal["synced", "holdover", "unset"]

# Names of facts that a form may give (Coding "urn:gatepost:fact"). The first four always lead to a person who looks.
RISKS = frozenset({"symptoms", "severe_symptoms", "exposure", "positive_test"})
FACTS = RISKS | {"travel"}


@dataclass(frozen=True, slots=True, repr=False)
class LastDeclaration:
    """The newest declaration of a visitor on one form.

    `form` is canonical ("url|version"); `outcome` is what its answers alone came to: ALLOW, or ASK where they (or the
    centre's signed word) ask for a look; None where nobody here could read them.
    """

    form: str
    age_ms: int
    facts: frozenset[str] = frozenset()
    outcome: Signal | None = Signal.ALLOW


@dataclass(frozen=True, slots=True)
class Exposure:
    """The visitor is on the exposure list. It ends by itself at `until_ms`."""

    until_ms: int


@dataclass(frozen=True, slots=True)
class Clearance:
    """The centre's signed word that nothing is held against this person, known apart from the code that is shown."""

    until_ms: int


@dataclass(frozen=True, slots=True)
class Ages:
    """How long ago the newest bulletin of each kind was issued, in ms. None: none has ever come."""

    trust: int | None = None
    exposures: int | None = None
    orders: int | None = None
    rules: int | None = None


_NO_AGES = Ages()
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, repr=False)
class Known:
    """Everything that decide() looks at.

    code         what was shown; None: nothing was, a form was just finished (see `by`)
    venue        kind of the place: market school hospital border office ...
    direction    which way the visitor goes
    people       this visitor and the companions, 1..10
    occupancy    people inside now; capacity: most that may be, None: no limit
    declaration  the newest declaration; `earlier` are those on other forms that are still remembered
    orders       every order that is held; those that do not run now are passed over
    exposure     a match with the exposure list, clearance: see there (a pass may carry one itself)
    clock        how well the time is known; `now_ms` counts only when it is not "unset"
    ages         of the bulletins
    person       more that is known of the visitor: nationality (ISO 3166 alpha-2), birth_date (ISO, may be a year),
                 province and ward (codes). Names and numbers have no place here: rules never see them
    by           how the visitor came to the gate: a code, a form finished at the kiosk, one that came by light
    refused      the visitor said no to a form that an order asks for
    zones        levels of areas as the centre tells them (wire.zones); areas: the names of those around this place
    override     a guard has decided otherwise
    """

    code: Credential | Unreadable | None
    venue: str = "other"
    direction: Literal["in", "out"] = "in"
    people: int = 1
    occupancy: int = 0
    capacity: int | None = None
    declaration: LastDeclaration | None = None
    orders: tuple[Order, ...] = ()
    exposure: Exposure | None = None
    clearance: Clearance | None = None
    clock: Clock = "synced"
    ages: Ages = _NO_AGES
    now_ms: int | None = None
    earlier: tuple[LastDeclaration, ...] = ()
    person: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    by: Literal["code", "form", "light"] = "code"
    refused: bool = False
    zones: tuple[Zone, ...] = ()
    areas: frozenset[str] = frozenset()
    override: Literal["allow", "refuse"] | None = None

    @property
    def time_ms(self) -> int | None:
        """Now, where the clock can be believed."""
        return None if self.clock == "unset" else self.now_ms
