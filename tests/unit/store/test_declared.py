"""A declaration of somebody well lets the visitor pass again; of anybody else nothing readable stays."""

from store import retention
from store.db import Store
from store.declared import Declared, declared_since
from store.recorder import Entry
from tests.unit.store.desk import DAY_MS, START_MS, Desk
from wire.envelope import ClockQuality
from wire.records import Declaration, IdentityKind, Signal

FORM = "https://gatepost.example/form/domestic|1"
VISITOR = b"v" * 16


def _declare(desk: Desk, store: Store, well: bool, visitor: bytes | None = VISITOR) -> None:
    signal = Signal.ALLOW if well else Signal.ASK
    declaration = Declaration(IdentityKind.CCCD, "099099000001", signal, (1,), form=FORM, answers=b"sealed")
    desk.recorder(store).record_all([Entry(declaration, visitor, well)])


def _known(store: Store) -> list[Declared]:
    return declared_since(store, 0)


def test_who_declared_well_is_known_again(desk: Desk) -> None:
    store = desk.open()
    _declare(desk, store, True)
    _declare(desk, store, True)
    assert [(row.visitor, row.form) for row in _known(store)] == [(VISITOR, FORM)]


def test_of_who_is_not_well_no_row_is_left(desk: Desk) -> None:
    store = desk.open()
    _declare(desk, store, True)
    _declare(desk, store, False)
    assert _known(store) == []


def test_a_declaration_without_an_identity_leaves_no_row(desk: Desk) -> None:
    store = desk.open()
    _declare(desk, store, True, None)
    assert _known(store) == []
    assert store.execute("SELECT count(*) FROM outbox").fetchone() == (1,)


def test_declarations_are_forgotten_with_the_day_keys(desk: Desk) -> None:
    store = desk.open()
    _declare(desk, store, True)
    desk.now_ms = START_MS + 2 * DAY_MS
    assert retention.purge(store, retention.Limits(), ClockQuality.SYNCED).declared == 0
    desk.now_ms += DAY_MS
    assert retention.purge(store, retention.Limits(), ClockQuality.SYNCED).declared == 1
    assert _known(store) == []
