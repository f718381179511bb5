"""What the gate knows and writes: the store behind it, the visitors in memory, the trust list, the enrolment.

The one place where the gate's thread touches the database. Failures come back as reasons, never as exceptions, except
for a damaged file: then the process ends and the next start puts the file aside (store.salvage).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from credentials import tag
from credentials.read import read
from credentials.trust import Trust
from credentials.types import Credential, Unreadable
from kiosk.board import Board
from kiosk.disk import DiskGuard
from kiosk.effects import RecordDeclaration, Recording, RecordLight, RecordVisit
from kiosk.events import Last, LightShown
from kiosk.nearby import Nearby
from kiosk.temporary_passes import TemporaryPasses, given_out_here
from kiosk.visitors import DAY_MS, Visitors, counting_began_ms
from machine.clock import Clock
from machine.log import say
from rules.known import RISKS, LastDeclaration
from store import bulletins, meta, receipts, visits
from store.db import Damaged, Leaving, Store, StoreError
from store.declared import declared_since
from store.light import LightTaken, is_taken
from store.recorder import Entry, Recipients, Recorder
from wire.envelope import pass_of, record_id
from wire.records import DeviceEvent, Direction, Signal, Source
from wire.refusal import Refused
from wire.root import Root

_BY_HAND = (Source.GUARD, Source.PAPER)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`refs` of the committed records, in order, or the reason code why nothing was committed."""

    refs: tuple[str, ...] = ()
    failed: str | None = None


class Ledger:
    """Belongs to the gate's thread, but for the methods that say otherwise."""

    def __init__(
        self, store: Store, device: str, fingerprint: bytes, clock: Clock, visitors: Visitors, disk: DiskGuard
    ) -> None:
        self._fingerprint = fingerprint
        self._store, self._device, self._clock, self._visitors = store, device, clock, visitors
        self._disk = disk
        self.board = Board(store, clock.now_ms)
        self.nearby = Nearby()
        self._recorder: Recorder | None = None
        self._trust = Trust.NONE
        self._own_passes: dict[bytes, bytes] = {}
        self._passes: TemporaryPasses | None = None
        self._version = -1
        self.root: Root | None = None
        self.enrolled = False
        self.by_hand = 0  # people who have come in by a guard's hand or from paper, since the start
        inside = self.people_inside()
        self._visitors.load(
            visits.last_visits(store, clock.now_ms() - 2 * DAY_MS), inside, clock.boot, clock.mono_ms(), clock.now_ms()
        )
        self._visitors.load_declared(declared_since(store, clock.now_ms() - 2 * DAY_MS), clock.boot)
        for visitor, ref in visits.check_ins(store, clock.boot, clock.now_ms() - 2 * DAY_MS):
            self._visitors.note_check_in(visitor, ref)
            self._visitors.give_pass(self._pass_id(ref).hex(), visitor)

    def tell(self, event: DeviceEvent) -> Outcome:
        """Commit what happened to the device itself."""
        return self._commit([Entry(event)])

    def record(self, recordings: Sequence[Recording]) -> Outcome:
        """Commit these, all or none; admitted visits and declarations are also noted in the memory copy."""
        if not recordings:
            return Outcome()
        outcome = self._commit([_entry(recording) for recording in recordings])
        if outcome.failed is None:
            mono_ms = self._clock.mono_ms()
            for recording, ref in zip(recordings, outcome.refs, strict=True):
                self._note(recording, mono_ms, ref)
        return outcome

    def _note(self, recording: Recording, mono_ms: int, ref: str) -> None:
        if isinstance(recording, RecordVisit) and recording.visit.source in _BY_HAND:
            coming = recording.visit.direction is Direction.IN
            self.by_hand += 1 + recording.visit.companions if coming else 0
        match recording:
            case RecordVisit(visit, visitor) if visitor is not None and visit.signal is Signal.ALLOW:
                self._visitors.note(visitor, visit.direction, mono_ms)
                if visit.direction is Direction.IN:
                    self._visitors.note_check_in(visitor, ref)
                if visit.source is Source.TOUCH:  # the form's receipt shows the pass: see kiosk.form_desk
                    self._visitors.give_pass(self._pass_id(ref).hex(), visitor)
            case RecordDeclaration(declaration, visitor, facts) if visitor is not None and not declaration.refused:
                self._visitors.note_declared(visitor, declaration.form, facts, mono_ms)

    def _commit(self, entries: Sequence[Entry]) -> Outcome:
        if self._recorder is None:
            return Outcome(failed="not_enrolled")
        try:
            written = self._recorder.record_all(entries)
        except (Damaged, Leaving):
            raise
        except StoreError as error:
            if error.reason == "disk_full":
                self._disk.release()
            return Outcome(failed=error.reason)
        return Outcome(tuple(one.ref for one in written))

    def read(self, text: str) -> Credential | Unreadable:
        """What a code's text is, by the issuers trusted now. From any thread."""
        now = self._clock.known_now()
        code = read(text, now=now, trust=self._trust)
        if code.kind == "pass" and code.reason == "unknown_issuer" and self._own_passes:
            return given_out_here(read(text, now=now, trust=self._own_trust), now)
        return code

    def read_tag(self, pass_id: bytes, expires_s: int, companions: int) -> Credential:
        """What a tag that was held to the gate stands for, by the passes revoked now. From any thread."""
        return tag.read(pass_id, expires_s, companions, self._clock.known_now(), self._trust)

    def trust_passes(self, issuers: Mapping[bytes, bytes]) -> None:
        """Passes of these keys (key id -> public key) count here too: the gate gives out temporary ones itself."""
        self._own_passes = dict(issuers)

    def give_passes(self, passes: TemporaryPasses) -> None:
        """Visitors who check in with a card may have one of these."""
        self._passes = passes
        self.trust_passes(passes.issuers)

    def pass_for(self, visitor: bytes) -> str:
        """The text of the pass for this visitor's check-in; "" where there is none to give. From then on it is known
        as that visitor's: whoever comes with the one leaves with the other."""
        ref = self._visitors.check_in_of(visitor)
        if self._passes is None or ref is None:
            return ""
        pass_id = self._pass_id(ref)
        self._visitors.give_pass(pass_id.hex(), visitor)
        return self._passes.of_check_in(pass_id)

    def _pass_id(self, ref: str) -> bytes:
        epoch, seq = ref.split(":")
        return pass_of(record_id(self._device, bytes.fromhex(epoch), int(seq)))

    @property
    def _own_trust(self) -> Trust:
        return Trust(self._own_passes, {}, self._trust.revoked_passes)

    def names(self, code: Credential | Unreadable) -> tuple[bytes, ...]:
        """The pseudonyms of whoever the code stands for; none without an identity. From any thread."""
        if code.kind is None or code.normal_form is None:
            return ()
        if code.kind == "pass" and (holder := self._visitors.holder_of(code.normal_form)):
            return holder
        return self._visitors.names(code.kind, code.normal_form, self._clock.now_ms())

    def last_of(self, names: tuple[bytes, ...]) -> Last | None:
        """The newest admitted visit under one of these pseudonyms."""
        return self._visitors.last_of(names)

    def declarations_of(self, names: tuple[bytes, ...]) -> tuple[LastDeclaration, ...]:
        """What was declared under these pseudonyms, newest first."""
        return self._visitors.declarations_of(names, self._clock.mono_ms())

    def has_taken(self, shown: LightShown) -> bool:
        """Whether this declaration by light was taken before, at whatever start of the gate."""
        return is_taken(self._store, shown.id, shown.outcome is not None)

    def unsure(self) -> bool:
        """Whether somebody may be inside whom nobody here can know."""
        return self._visitors.unsure(self._clock.mono_ms())

    def people_inside(self) -> int:
        """Ins minus outs since the counting began."""
        return visits.occupancy(self._store, counting_began_ms(self._clock.now_ms()))

    def people_inside_at(self, at_ms: int, began_ms: int) -> int:
        """The same at a moment of a counting that began then."""
        return visits.occupancy(self._store, began_ms, at_ms)

    def flow_rows(self, since_ms: int, before_ms: int) -> list[tuple[int, int, int]]:
        """(at ms, direction, people) of whoever passed in that span."""
        return visits.passages(self._store, since_ms, before_ms)

    def refresh(self) -> None:
        """Take over what other processes committed: keys, trust, receipts, owed events. Cheap when nothing did."""
        version = self._store.data_version()
        if version == self._version:
            return
        self._version = version
        self.board.refresh()
        self.nearby.listed = self.board.exposures
        root = self.root = self._pinned_root()
        if root is not None:
            self._trust = self._trust_of(root)
            if self._recorder is None:
                to = Recipients(root.recipients["ingest"], root.recipients["case"])
                self._recorder = Recorder(self._store, self._device, to, self._clock.stamp)
        self._refresh_enrolment()
        if self._recorder is not None:
            self._recorder.pay_owed_events()

    def note(self, name: str) -> str:
        """A small fact that was kept under that name, "" for none. Never personal data."""
        return meta.get(self._store, name) or ""

    def keep_note(self, name: str, value: str) -> None:
        """Keep one. Raises StoreError."""
        meta.put(self._store, name, value)

    def try_to_keep_note(self, name: str, value: str) -> None:
        """Keep one, or leave it: what is measured is worth no fault."""
        try:
            meta.put(self._store, name, value)
        except (Damaged, Leaving):
            raise
        except StoreError as error:
            say("note", name=name, reason=error.reason)

    def store_works(self) -> bool:
        """Whether a commit succeeds now: the probe that ends a store fault."""
        try:
            meta.put(self._store, "probe", str(self._clock.now_ms()))
        except StoreError:
            return False
        return True

    def quiet(self) -> None:
        """Once a minute: forget old pseudonyms."""
        self._visitors.forget_before(self._clock.mono_ms())

    def fold(self) -> None:
        """Now and then: fold the database's log in."""
        self._store.fold()

    def _pinned_root(self) -> Root | None:
        """The newest root that leads back to the one kiosk.toml names. A swapped row is not believed: it would have
        records sealed to somebody else."""
        try:
            return bulletins.root(self._store, self._fingerprint)
        except Refused as refusal:
            say("root_refused", reason=refusal.reason)
            return None

    def _trust_of(self, root: Root) -> Trust:
        """Whose passes and posters count, and which passes are revoked."""
        now_ms = None if self._clock.known_now() is None else self._clock.now_ms()
        revoked: set[bytes] = set()
        for bulletin in bulletins.all_of(self._store, "passes"):
            if bulletin.in_force(now_ms) and isinstance(bulletin.body, dict):
                listed = bulletin.body.get("revoked", ())
                if isinstance(listed, list):
                    revoked.update(entry for entry in listed if isinstance(entry, bytes))
        return Trust(root.keys("pass"), root.keys("venue"), frozenset(revoked))

    def _refresh_enrolment(self) -> None:
        """Enrolled once the centre has opened the record that this device sealed first (architecture, section 5)."""
        if self.enrolled or self._recorder is None:
            return
        if meta.get(self._store, "enrolled_ms") is not None:
            self.enrolled = True
            return
        hello = meta.get(self._store, "hello")
        if hello is None:
            meta.put(self._store, "hello", self._recorder.record(DeviceEvent("hello", {})).ref)
            return
        epoch, seq = hello.split(":")
        receipt = receipts.last_receipt(self._store, bytes.fromhex(epoch))
        if receipt is not None and receipt.opened_through >= int(seq):
            meta.put(self._store, "enrolled_ms", str(self._clock.now_ms()))
            self.enrolled = True


def _entry(recording: Recording) -> Entry:
    match recording:
        case RecordVisit(visit, visitor):
            return Entry(visit, visitor)
        case RecordDeclaration(declaration, visitor, facts):
            well = not facts & RISKS and not declaration.refused
            return Entry(declaration, visitor, well)
        case RecordLight(record, id_, worded, until_ms):
            return Entry(record, light=LightTaken(id_, worded, until_ms))
    return Entry(recording.record)
