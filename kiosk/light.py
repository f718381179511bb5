"""Collects the frames of declarations that phones show to the camera (wire.light_frames). Pure: time is a parameter.

- At most MAX_SETS phones at once; a further one takes the place of the set that has waited longest for a new frame.
- A set is forgotten SILENT_MS after its last new frame. Frames that are no news cost a look into a dict.
- A set whose frames do not fit together is dropped whole: which of them was forged nobody can tell.
- A declaration is handed out once, and once more when the centre's word has come to it. The phone goes on showing it:
  of the last MAX_DONE a second showing is `Again`. That whoever filmed one does not come back with it, also after a
  restart, is for the gate's turn to say (store.light).
"""

from collections import OrderedDict
from dataclasses import dataclass, field

from wire.crypto import kid_of
from wire.light import ROLE, LightDeclaration, read_declaration, read_outcome
from wire.light_frames import Frame, join_chunks, read_frame
from wire.records import Signal
from wire.refusal import Refused
from wire.root import Root

MAX_SETS = 4
SILENT_MS = 30_000
MAX_DONE = 1024


@dataclass(frozen=True, slots=True)
class Progress:
    """`have` of the `needed` different frames of one set are there; `news` when this frame was one of them."""

    set_id: bytes
    have: int
    needed: int
    news: bool


@dataclass(frozen=True, slots=True)
class Complete:
    """All that was needed: the declaration, its structure checked, nothing of it read."""

    declaration: LightDeclaration


@dataclass(frozen=True, slots=True)
class Again:
    """A frame of a declaration that was handed out before."""

    set_id: bytes


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A frame, or a whole set, that says nothing; `reason` is one of docs/protocol.md."""

    reason: str


@dataclass(frozen=True, slots=True)
class Word:
    """What the centre says in a declaration; `reason` tells why a word that is there counts for nothing.

    `readable` is false when nobody at the centre could open the declaration: it is sealed to a key not in the root.
    """

    outcome: Signal | None
    readable: bool
    reason: str = ""


Taken = Progress | Complete | Again | NotTaken


@dataclass(slots=True)
class _Set:
    pieces: int
    length: int
    chunks: dict[int, bytes] = field(default_factory=dict)
    news_ms: int = 0


class Collector:
    """One camera's frames, in time order, from one thread."""

    def __init__(self) -> None:
        self._sets: OrderedDict[bytes, _Set] = OrderedDict()  # the one that waited longest for news comes first
        self._done: OrderedDict[bytes, None] = OrderedDict()  # sets and declarations

    def step(self, text: str, now_ms: int) -> Taken:
        """Take one text that begins with "GL1:"; `now_ms` never goes back. Never raises."""
        self._forget(now_ms)
        try:
            frame = read_frame(text)
            if frame.set_id in self._done:
                return Again(frame.set_id)
            return self._add(frame, now_ms)
        except Refused as refused:
            return NotTaken(refused.reason)

    def _add(self, frame: Frame, now_ms: int) -> Taken:
        held = self._sets.get(frame.set_id)
        if held is None:
            if len(self._sets) == MAX_SETS:
                self._sets.popitem(last=False)
            held = self._sets[frame.set_id] = _Set(frame.pieces, frame.length)
        elif (held.pieces, held.length) != (frame.pieces, frame.length):
            raise self._dropped(frame)
        chunk = held.chunks.get(frame.number)
        if chunk is not None:
            if chunk != frame.chunk:
                raise self._dropped(frame)
            return Progress(frame.set_id, len(held.chunks), held.pieces, news=False)
        held.chunks[frame.number], held.news_ms = frame.chunk, now_ms
        self._sets.move_to_end(frame.set_id)
        if len(held.chunks) < held.pieces:
            return Progress(frame.set_id, len(held.chunks), held.pieces, news=True)
        del self._sets[frame.set_id]
        return self._completed(frame.set_id, held)

    def _completed(self, set_id: bytes, held: _Set) -> Taken:
        declaration = read_declaration(join_chunks(set_id, held.length, held.pieces, held.chunks))
        bare, worded = declaration.id, declaration.id + b"token"
        known = (worded if declaration.token else bare) in self._done
        for name in (set_id, bare, worded) if declaration.token else (set_id, bare):
            self._done[name] = None
            self._done.move_to_end(name)
        while len(self._done) > 3 * MAX_DONE:
            self._done.popitem(last=False)
        return Again(set_id) if known else Complete(declaration)

    def _dropped(self, frame: Frame) -> Refused:
        del self._sets[frame.set_id]
        return Refused("mixed", "frames of one set that do not fit together")

    def _forget(self, now_ms: int) -> None:
        while self._sets:
            set_id, oldest = next(iter(self._sets.items()))
            if now_ms - oldest.news_ms < SILENT_MS:
                break
            del self._sets[set_id]


def word_of(declaration: LightDeclaration, root: Root, now_s: int | None) -> Word:
    """The centre's word in a declaration, by the keys of `root`; `now_s` is None while the clock is unset."""
    if declaration.core.key_id != kid_of(root.recipients["case"]):
        return Word(None, readable=False, reason="unknown_key")
    try:
        return Word(read_outcome(declaration, root.keys(ROLE), now_s), readable=True)
    except Refused as refused:
        return Word(None, readable=True, reason=refused.reason)
