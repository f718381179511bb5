"""Regular expressions of questionnaires, matched in time that data cannot stretch.

- A pattern stands for the whole answer, as FHIR says (http://hl7.org/fhir/R4/extension-regex.html). What may stand in
  it: forms.pattern_text.
- No backtracking: the position automaton of Glushkov ("The abstract theory of automata", 1961), one bit for each
  position of the pattern. Repeats are written out, so positions are bounded, and so is the work of one match.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from forms.pattern_text import Anchor, Class, Either, Node, PatternRefused, Repeat, Row, parse

__all__ = ["BUILD_WORK", "Pattern", "PatternRefused", "compile_pattern"]

MAX_PATTERN = 1_000  # characters
MAX_POSITIONS = 2_000
MAX_CLASSES = 64
BUILD_WORK = 100_000  # links between positions that one form may cost, some 10 ms
MATCH_WORK = 60_000  # active positions visited in one match, some 15 ms


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern. `cost` is what building it took, in links."""

    text: str
    cost: int
    first: int
    last: int
    empty: bool
    follow: tuple[int, ...]
    letters: dict[str, int]
    classes: tuple[tuple[Class, int], ...]

    def __hash__(self) -> int:
        return hash(self.text)

    def matches(self, text: str) -> bool:
        """Whether the whole text matches. A text that would take more than MATCH_WORK does not."""
        if not text:
            return self.empty
        seen: dict[str, int] = {}
        reach, before, work = self.first, 0, 0
        for character in text:
            mask = seen.get(character)
            if mask is None:
                mask = seen[character] = self._mask(character)
            active = reach & mask
            if not active:
                return False
            if active != before:
                before, reach = active, 0
                for place in _bits(active):
                    reach |= self.follow[place]
                    work += 1
                if work > MATCH_WORK:
                    return False
        return bool(active & self.last)

    def _mask(self, character: str) -> int:
        mask = self.letters.get(character, 0)
        for members, places in self.classes:
            if members.holds(character):
                mask |= places
        return mask


def compile_pattern(text: str, work: int = BUILD_WORK) -> Pattern:
    """The automaton of `text`, for at most `work` links. Raises PatternRefused."""
    if len(text) > MAX_PATTERN:
        raise PatternRefused(f"a pattern has at most {MAX_PATTERN} characters")
    tree = _strip(_strip(parse(text), "^"), "$")
    builder = _Builder(work)
    try:
        whole = builder.build(tree)
    except PatternRefused as refusal:
        refusal.cost = work - builder.work
        raise
    letters: dict[str, int] = {}
    classes: dict[Class, int] = {}
    for place, members in enumerate(builder.members):
        if len(members.ranges) == 1 and members.ranges[0][0] == members.ranges[0][1] and _plain(members):
            letter = chr(members.ranges[0][0])
            letters[letter] = letters.get(letter, 0) | 1 << place
        else:
            classes[members] = classes.get(members, 0) | 1 << place
    if len(classes) > MAX_CLASSES:
        raise PatternRefused(f"more than {MAX_CLASSES} different classes")
    spent = work - builder.work
    return Pattern(
        text, spent, whole.first, whole.last, whole.empty, tuple(builder.follow), letters, tuple(classes.items())
    )


def _plain(members: Class) -> bool:
    return not members.categories and not members.negated


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class _Piece(NamedTuple):
    """A built part: where it can begin and end, and whether it can be nothing."""

    first: int
    last: int
    empty: bool


_NOTHING = _Piece(0, 0, True)


class _Builder:
    def __init__(self, work: int) -> None:
        self.work = work
        self.members: list[Class] = []
        self.follow: list[int] = []

    def build(self, node: Node) -> _Piece:
        if isinstance(node, Class):
            return self._one(node)
        if isinstance(node, Row):
            return self._row(node.parts)
        if isinstance(node, Either):
            first, last, empty = 0, 0, False
            for row in node.rows:
                piece = self.build(row)
                first, last, empty = first | piece.first, last | piece.last, empty or piece.empty
            return _Piece(first, last, empty)
        if isinstance(node, Repeat):
            return self._repeat(node)
        raise PatternRefused(f"{node.sign} stands in the middle; a pattern is for the whole answer")

    def _one(self, members: Class) -> _Piece:
        if len(self.members) >= MAX_POSITIONS:
            raise PatternRefused(f"written out it has more than {MAX_POSITIONS} places; use maxLength for lengths")
        self._spend(1)
        self.members.append(members)
        self.follow.append(0)
        bit = 1 << (len(self.members) - 1)
        return _Piece(bit, bit, False)

    def _row(self, parts: tuple[Node, ...]) -> _Piece:
        whole = _NOTHING
        for part in parts:
            whole = self._join(whole, self.build(part))
        return whole

    def _repeat(self, node: Repeat) -> _Piece:
        whole = _NOTHING
        for copy in range(node.least):
            piece = self.build(node.part)
            if copy == node.least - 1 and node.most is None:
                self._link(piece.last, piece.first)
            whole = self._join(whole, piece)
        if node.most is None:
            if node.least == 0:
                piece = self.build(node.part)
                self._link(piece.last, piece.first)
                whole = piece._replace(empty=True)
            return whole
        # From behind, so that each optional copy leads only to the next: x(x(x)?)? and not x?x?x?
        tail = _NOTHING
        for _ in range(node.most - node.least):
            tail = self._join(self.build(node.part), tail)._replace(empty=True)
        return self._join(whole, tail)

    def _join(self, left: _Piece, right: _Piece) -> _Piece:
        self._spend(1)
        self._link(left.last, right.first)
        return _Piece(
            left.first | right.first if left.empty else left.first,
            left.last | right.last if right.empty else right.last,
            left.empty and right.empty,
        )

    def _link(self, last: int, first: int) -> None:
        if first:
            for place in _bits(last):
                self._spend(1)
                self.follow[place] |= first

    def _spend(self, links: int) -> None:
        self.work -= links
        if self.work < 0:
            raise PatternRefused("too tangled to run in bounded time")


def _strip(node: Node, sign: str) -> Node:
    """The tree without anchors at its end: at the very start (`^`) or the very end (`$`) they say what holds anyway."""
    if isinstance(node, Either):
        return Either(tuple([_strip(row, sign) for row in node.rows]))
    if isinstance(node, Row) and node.parts:
        if sign == "^":
            rest, edge = node.parts[1:], node.parts[0]
            return Row(rest) if edge == Anchor(sign) else Row((_strip(edge, sign), *rest))
        rest, edge = node.parts[:-1], node.parts[-1]
        return Row(rest) if edge == Anchor(sign) else Row((*rest, _strip(edge, sign)))
    return node
