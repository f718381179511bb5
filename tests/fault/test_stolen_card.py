"""A thief holds the whole data folder, the source code, and a list of candidates that has every true visitor on it.

He tries, over every byte of every file: plain words; every 32-byte window (and the obvious ones) as the key of the
pseudonyms; every 32-byte window as the key of a sealed part; the lengths of what is sealed. Each attack is also shown
to work where its secret does lie in the folder.
"""

import base64
import hashlib
import hmac
import os
import random
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from store import reserve
from store.db import FILE, StoreError, open_store
from store.recorder import Recorder
from tests.unit.store.desk import DAY_MS, DEVICE, RECIPIENTS, START_MS, desk_in, receive
from wire import cbor
from wire.crypto import ContentKey, visitor_pseudonym
from wire.envelope import ClockQuality, Sealed, Stamp, parse
from wire.reasons import REASONS
from wire.records import Direction, IdentityKind, Signal, Visit
from wire.refusal import Refused

VISITS = 300
DAY_KEY = hashlib.sha256(b"a day key that only RAM holds").digest()


class Person(NamedTuple):
    """An invented visitor, and what the gate said."""

    number: str
    name: str
    address: str
    signal: Signal
    reasons: tuple[int, ...]


class Card(NamedTuple):
    """The stolen folder, who passed, and the secrets that were in RAM (the thief does not have these two)."""

    folder: Path
    people: list[Person]
    secrets: list[bytes]


def _people() -> list[Person]:
    chance = random.Random(7)
    answers = [(Signal.ALLOW, (1,)), (Signal.ASK, (10, 11)), (Signal.STOP, (13,)), (Signal.ASK, (10, 25, 26, 27, 28))]
    return [
        Person(
            f"099{chance.randrange(10**9):09d}",
            f"Trần Văn Thử {i}",
            f"Số {i}, Phố Giả Định, Phường Không Có",
            *answers[i % len(answers)],
        )
        for i in range(VISITS)
    ]


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Card:
    """A kiosk's folder after 300 visits, a restart, a damaged database put aside, and a log."""
    folder, secrets, people = tmp_path_factory.mktemp("stolen") / "data", [], _people()

    def draw(count: int) -> bytes:
        secrets.append(os.urandom(count))
        return secrets[-1]

    clock = iter(range(START_MS, START_MS + DAY_MS))

    def stamp() -> Stamp:
        now = next(clock)
        return Stamp(now, ClockQuality.SYNCED, b"boot 001", now - START_MS + 100_000)

    log = []
    with desk_in(folder) as desk:
        for part in range(3):
            store = open_store(folder, now_ms=lambda: START_MS, random_bytes=draw)
            desk.stores.append(store)
            recorder = Recorder(store, DEVICE, RECIPIENTS, stamp)
            for person in people[part::3]:
                pseudonym = visitor_pseudonym(DAY_KEY, "cccd", person.number)
                visit = Visit(Direction.IN, person.signal, IdentityKind.CCCD, person.number, person.reasons)
                with_words = Visit(*_trace(visit), name=person.name, address=person.address)
                log.append(recorder.record(with_words if part else visit, visitor=pseudonym).ref)
            try:  # what an error leaves in a log
                store.execute(
                    "CREATE TRIGGER IF NOT EXISTS t BEFORE INSERT ON visit BEGIN SELECT RAISE(ABORT, 'x'); END"
                )
                recorder.record(with_words, visitor=pseudonym)
            except StoreError as error:
                log.append(f"{error} {with_words}")
            store.execute("DROP TRIGGER t")
        receive(store, recorder.record(with_words).epoch, 50, 1)
        reserve.hold(folder, 64 * 1024)
        (folder / "kiosk.log").write_text("\n".join(log))
        (folder / "aside").mkdir()
        for path in sorted(folder.glob(f"{FILE}*")):
            shutil.copy(path, folder / "aside" / f"1-{path.name}")
        stolen = folder.with_name("card")
        shutil.copytree(folder, stolen)  # as it is with the power cut: the log not folded in
    return Card(stolen, people, [secret for secret in secrets if len(secret) == 32])


def _trace(visit: Visit) -> tuple[object, ...]:
    return (visit.direction, visit.signal, visit.identity_kind, visit.identity, visit.reasons)


def _files(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.read_bytes()


def _windows(folder: Path) -> set[bytes]:
    """Every 32 bytes that lie together anywhere."""
    return {data[i : i + 32] for data in _files(folder) for i in range(len(data) - 31)}


def _rows(card: Card) -> list[tuple[bytes, bytes]]:
    with desk_in(card.folder.with_name("looked-at")) as desk:
        shutil.copytree(card.folder, desk.folder, dirs_exist_ok=True)
        store = desk.open()
        rows = store.execute("SELECT visitor, sealed FROM visit JOIN outbox USING (place) WHERE visitor IS NOT NULL")
        return rows.fetchall()


def _words_found(folder: Path, words: Iterable[bytes]) -> set[bytes]:
    whole = b"\0".join(_files(folder))
    return {word for word in words if word in whole}


def _spellings(text: str) -> Iterator[bytes]:
    raw = text.encode()
    yield from (raw, text.encode("utf-16-le"), raw.hex().encode(), base64.b64encode(raw)[:-4] or raw, raw[::-1])
    if text.isdigit():
        yield from (int(text).to_bytes(8, "big"), int(text).to_bytes(8, "little"))
        yield from (hashlib.sha256(raw).digest()[:16], hashlib.sha1(raw).digest()[:16], hashlib.md5(raw).digest())


def test_no_number_name_address_or_reason_is_readable_anywhere(card: Card) -> None:
    words = {text.encode() for p in card.people for text in (p.number, p.name, p.address)}
    words |= {s for p in card.people[::10] for text in (p.number, p.name, p.address) for s in _spellings(text)}
    words |= {"Trần".encode(), "Phường".encode(), *(name.encode() for name in REASONS if len(name) > 8)}
    allowed = {b"store_failed"}  # the word of an error in the log: it says nothing of a visitor
    assert _words_found(card.folder, words) <= allowed


def _guess_pseudonyms(stored: set[bytes], keys: Iterable[bytes], numbers: Iterable[str]) -> list[str]:
    """Numbers whose pseudonym is found under some key, in the forms that the source code or a guess suggests."""
    numbers = list(numbers)
    forms = [[f"cccd\0{n}".encode() for n in numbers], [n.encode() for n in numbers]]
    found = []
    for key in keys:
        for form in forms:
            for number, message in zip(numbers, form, strict=True):
                if (
                    hmac.digest(key, message, "sha256")[:16] in stored
                    or hashlib.sha256(key + message).digest()[:16] in stored
                ):
                    found.append(number)
    return found


def test_no_pseudonym_is_that_of_a_candidate_under_any_key_the_folder_holds(card: Card, tmp_path: Path) -> None:
    stored = {visitor for visitor, _ in _rows(card)}
    assert len(stored) == VISITS
    known = [card.people[0].number]
    assert _guess_pseudonyms(stored, _windows(card.folder), known) == []
    obvious = {
        b"",
        bytes(32),
        b"\xff" * 32,
        b"gatepost",
        DEVICE.encode(),
        RECIPIENTS.ingest,
        RECIPIENTS.case,
        b"boot 001",
    }
    obvious |= {hashlib.sha256(word).digest() for word in list(obvious)} | {
        str(START_MS + i).encode() for i in range(50)
    }
    assert _guess_pseudonyms(stored, obvious, [p.number for p in card.people]) == []
    (tmp_path / "key").write_bytes(b"xyz" + DAY_KEY + b"xyz")
    assert _guess_pseudonyms(stored, _windows(tmp_path), known) == known, "the attack itself must work"


def _opens(parts: list[tuple[Sealed, bytes]], keys: Iterable[bytes], epochs: list[bytes]) -> int:
    """How many windows open one of the sealed parts, with everything else about it known."""
    tries = [
        (s.counter, part, cbor.dumps([DEVICE, epoch, s.key_id, s.envelope.items()]))
        for s, part in parts
        for epoch in epochs
    ]
    opened = 0
    for key in keys:
        content_key = ContentKey(key)
        for counter, part, associated in tries:
            try:
                content_key.open(counter, part, associated)
            except Refused:
                continue
            opened += 1
    return opened


def test_no_sealed_part_opens_with_anything_the_folder_holds(card: Card, tmp_path: Path) -> None:
    with desk_in(card.folder.with_name("looked-at-2")) as desk:
        shutil.copytree(card.folder, desk.folder, dirs_exist_ok=True)
        epochs = [bytes(row[0]) for row in desk.open().execute("SELECT epoch FROM epoch")]
    records = [parse(sealed) for _, sealed in _rows(card)]
    named = next(s for s in records if s.vault is not None)
    assert named.vault is not None
    parts = [(records[0], records[0].trace), (named, named.vault)]
    assert _opens(parts, _windows(card.folder), epochs) == 0
    (tmp_path / "key").write_bytes(b"".join(card.secrets))
    assert _opens(parts, _windows(tmp_path), epochs) >= 2, "the attack itself must work"


def test_no_secret_of_ram_was_written(card: Card) -> None:
    assert len(card.secrets) >= 6
    assert _words_found(card.folder, [DAY_KEY, *card.secrets, DAY_KEY.hex().encode()]) == set()


def test_the_length_of_a_visit_tells_no_signal_and_no_reason(card: Card) -> None:
    by_presence: dict[bool, set[int]] = {True: set(), False: set()}
    for _, sealed in _rows(card):
        record = parse(sealed)
        by_presence[record.vault is None].add(len(record.trace))
    assert by_presence == {True: {64}, False: {64}}


def test_equal_visits_do_not_look_equal(card: Card) -> None:
    traces = [parse(sealed).trace for _, sealed in _rows(card)]
    assert len({trace[:8] for trace in traces}) == len(traces)
