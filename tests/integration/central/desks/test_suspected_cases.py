"""A suspected case from the gate to the desk's queue: reported by a guard, or by a rule of the authority about what was
declared. Real store, real records, real ingest; of the answers one closed word alone leaves the vault part."""

import json
from pathlib import Path
from typing import Any

import pytest

from central.desks.jobs import new_declarations
from central.jobs import Bench
from central.registry import Device, add_device
from kiosk.events import CaseReported, CodeSeen, Declared, Filing
from store import bulletins, outbox
from store.db import Store
from tests.integration.central.desks.world import MARKET, WARD, build_places
from tests.parts.centre import NOW_MS, Centre
from tests.unit.kiosk.site import CARD, NOON, Kiosk, Time
from wire.batch import Batch, encode_batch
from wire.bulletin import Bulletin
from wire.crypto import SigningKey

KEY = SigningKey(b"k" * 32)
SUSPECTED: dict[str, Any] = {
    "id": "ca-nghi-ngo",
    "version": 4,
    "validFrom": "2026-01-01T00:00:00Z",
    "validTo": "2027-01-01T00:00:00Z",
    "order": "",
    "rules": [
        {
            "id": "symptoms-after-exposure",
            "when": {"and": [{"var": "facts.symptoms"}, {"var": "facts.exposure"}]},
            "signal": "ASK",
            "reasons": ["see_desk", "suspected_case"],
        }
    ],
}


@pytest.fixture
def gate(centre: Centre, tmp_path: Path) -> Kiosk:
    """A gate of the market that seals for this centre."""

    def pin(store: Store) -> bytes:
        for message, root in zip(centre.ring.root_messages(), centre.ring.roots(), strict=True):
            bulletins.keep_root(store, message, root)
        return centre.ring.fingerprint()

    with centre.engine.begin() as connection:
        build_places(connection)
        add_device(connection, Device("t-gate", MARKET, "g-1", KEY.public, KEY.kid, "active", NOW_MS, "0a"))
    made = Kiosk(tmp_path / "gate", Time(), pin=pin)
    bulletins.keep(made.store, Bulletin("rules", "all", "x", 4, NOON, NOON * 2, SUSPECTED), b"signed", NOON)
    made.ledger._version = -1
    made.ledger.refresh()
    return made


def bring(gate: Kiosk, centre: Centre) -> list[tuple[Any, ...]]:
    """Send what the gate has recorded, let the desk look, and give its queue."""
    (state,) = outbox.epochs(gate.store)
    run = outbox.pending(gate.store, state.epoch, 0, 200, 60_000)
    assert run is not None
    keys = outbox.wrapped_keys(gate.store, state.epoch, run.key_ids)
    batch = Batch("t-gate", state.epoch, run.first_seq, run.h_before, keys, run.sealed, run.h_after)
    (outcome,) = centre.take(encode_batch(batch, KEY))
    assert (outcome.refused, outcome.rejected, outcome.kept) == (None, 0, 0)
    new_declarations(Bench(centre.engine, centre.ring, lambda: NOW_MS))
    return centre.rows("SELECT kind, rank, why, ward, person IS NOT NULL FROM triage ORDER BY id")


def declare(gate: Kiosk, *facts: str, refused: bool = False) -> None:
    """Somebody with a card has filled in a form."""
    seen = gate.loop._event(gate.loop.read(CARD))
    assert isinstance(seen, CodeSeen)
    filing = Filing(
        *("https://gatepost.example/form/daily|1", "thu|1", "vi", "2026-09-21T20:00:00+07:00", b"", b"secret"),
        facts=frozenset(facts),
        refused=refused,
    )
    gate.loop.take(Declared(filing, seen))


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_what_a_rule_takes_for_a_suspected_case_stands_first_on_the_desk(gate: Kiosk, centre: Centre) -> None:
    declare(gate, "symptoms", "exposure")
    assert bring(gate, centre) == [("declaration", 1, '["suspected", "health"]', WARD, 1)]
    ((said,),) = centre.rows("SELECT reasons FROM declared")
    assert json.loads(said) == ["see_desk", "suspected_case"]
    assert gate.feed.latest()[1].reasons == ("see_desk",), "no screen says it"


@pytest.mark.parametrize("facts", [("symptoms",), ("exposure",), ()])
def test_what_the_rule_does_not_name_is_no_suspected_case(gate: Kiosk, centre: Centre, facts: tuple[str, ...]) -> None:
    declare(gate, *facts)
    assert all("suspected" not in row[2] for row in bring(gate, centre))


def test_whoever_refuses_to_declare_is_no_suspected_case(gate: Kiosk, centre: Centre) -> None:
    declare(gate, refused=True)
    assert all("suspected" not in row[2] for row in bring(gate, centre))


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_a_guards_report_stands_first_on_the_desk_and_its_words_stay_sealed(gate: Kiosk, centre: Centre) -> None:
    gate.loop.take(CaseReported("Lan Thử", "Một người ho nhiều ở dãy B."))
    assert gate.feed.latest()[1].page == "idle", "nothing is shown to anybody"
    assert bring(gate, centre) == [("report", 1, '["reported_case"]', WARD, 0)]
    assert "ho nhiều" not in repr(centre.rows("SELECT * FROM declared")) + repr(centre.rows("SELECT * FROM triage"))
