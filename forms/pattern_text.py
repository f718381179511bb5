"""The text of a regular expression becomes a tree, or is refused with the part that is not taken.

Taken: literals, `.`, classes with ranges and negation, `\\d \\w \\s` and their opposites (ASCII, as in Java and
ECMAScript), `\\t \\n \\r \\f \\v \\xHH \\uHHHH`, `\\p{L}` and other general categories, groups, alternation, the
repeats `? * + {m,n}`, and anchors at the two ends. Refused: look-around, back references, flags, word boundaries.
"""

import unicodedata
from typing import NamedTuple

MAX_NESTING = 16
MAX_REPEATS = 2_000
_DIGITS = ((48, 57),)
_WORD = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACE = ((9, 13), (32, 32), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F))
_SETS = {"d": _DIGITS, "w": _WORD, "s": (*_SPACE, (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF))}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_CATEGORIES = frozenset(("L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No")) | frozenset(
    ("P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp")
)
_LAST = 0x10FFFF


class PatternRefused(ValueError):
    """A pattern outside the subset, or one too large; the text says which part. `cost` is the work it took to see."""

    cost = 0


class Class(NamedTuple):
    """A set of characters: code point ranges, and categories such as ("L", True) for being a letter."""

    ranges: tuple[tuple[int, int], ...]
    categories: tuple[tuple[str, bool], ...] = ()
    negated: bool = False

    def holds(self, character: str) -> bool:
        point = ord(character)
        found = any(low <= point <= high for low, high in self.ranges)
        if not found and self.categories:
            category = unicodedata.category(character)
            found = any(category.startswith(name) is wanted for name, wanted in self.categories)
        return found is not self.negated


class Anchor(NamedTuple):
    sign: str


class Row(NamedTuple):
    parts: tuple["Node", ...]


class Either(NamedTuple):
    rows: tuple["Node", ...]


class Repeat(NamedTuple):
    part: "Node"
    least: int
    most: int | None


Node = Class | Anchor | Row | Either | Repeat


def parse(text: str) -> Node:
    """The tree of a pattern. Raises PatternRefused."""
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def whole(self) -> Node:
        node = self._either(0)
        if self.at < len(self.text):
            raise PatternRefused("a ) without its (")
        return node

    def _peek(self, width: int = 1) -> str:
        return self.text[self.at : self.at + width]

    def _take(self) -> str:
        if self.at >= len(self.text):
            raise PatternRefused("it ends in the middle")
        self.at += 1
        return self.text[self.at - 1]

    def _either(self, depth: int) -> Node:
        if depth > MAX_NESTING:
            raise PatternRefused(f"groups nested more than {MAX_NESTING} deep")
        rows = [self._row(depth)]
        while self._peek() == "|":
            self.at += 1
            rows.append(self._row(depth))
        return rows[0] if len(rows) == 1 else Either(tuple(rows))

    def _row(self, depth: int) -> Node:
        parts: list[Node] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeats(self._atom(depth)))
        return Row(tuple(parts))

    def _atom(self, depth: int) -> Node:
        character = self._take()
        if character == "(":
            return self._group(depth)
        if character == "[":
            return self._class()
        if character == ".":
            return Class(((10, 10), (13, 13)), negated=True)
        if character in "^$":
            return Anchor(character)
        if character in "*+?{":
            raise PatternRefused(f"{character} with nothing to repeat")
        return self._escape() if character == "\\" else _letter(character)

    def _group(self, depth: int) -> Node:
        if self._peek() == "?":
            if self._peek(2) != "?:":
                raise PatternRefused("(? is taken only as (?: ; no look-around, names or flags")
            self.at += 2
        node = self._either(depth + 1)
        if self._peek() != ")":
            raise PatternRefused("a ( without its )")
        self.at += 1
        return node

    def _repeats(self, atom: Node) -> Node:
        sign = self._peek()
        if sign not in ("?", "*", "+", "{"):
            return atom
        if isinstance(atom, Anchor):
            raise PatternRefused(f"{atom.sign} cannot be repeated")
        self.at += 1
        least, most = {"?": (0, 1), "*": (0, None), "+": (1, None)}.get(sign) or self._counts()
        if self._peek() == "?":  # shortest first: of no meaning when the whole answer must match
            self.at += 1
        if self._peek() in ("+", "*", "?", "{"):
            raise PatternRefused("a repeat of a repeat")
        return Repeat(atom, least, most)

    def _counts(self) -> tuple[int, int | None]:
        end = self.text.find("}", self.at)
        counts = self.text[self.at : end].split(",") if end >= 0 else []
        digits = all(count.isascii() and count.isdigit() and len(count) < 5 for count in counts if count)
        if not counts or len(counts) > 2 or not counts[0] or not digits:
            raise PatternRefused("{ needs its counts, such as {2,4}")
        self.at = end + 1
        least = int(counts[0])
        most = least if len(counts) == 1 else int(counts[1]) if counts[1] else None
        if (most is not None and most < least) or max(least, most or 0) > MAX_REPEATS:
            raise PatternRefused(f"the counts {{{','.join(counts)}}} cannot be")
        return least, most

    def _class(self) -> Class:
        negated = self._peek() == "^"
        self.at += negated
        ranges: list[tuple[int, int]] = []
        categories: list[tuple[str, bool]] = []
        begin = self.at
        while self._peek() != "]" or self.at == begin:
            low = self._member()
            if self._peek() == "-" and self._peek(2) != "-]":
                self.at += 1
                ranges.append(_span(low, self._member()))
            else:
                ranges += low.ranges
                categories += low.categories
        self.at += 1
        return Class(tuple(ranges), tuple(categories), negated)

    def _member(self) -> Class:
        character = self._take()
        if character == "[" or (character == "&" and self._peek() == "&"):
            raise PatternRefused(f"{character} inside [] must be written \\{character}")
        return self._escape() if character == "\\" else _letter(character)

    def _escape(self) -> Class:
        character = self._take()
        if character in _CONTROLS:
            return _letter(_CONTROLS[character])
        if character.lower() in _SETS:
            ranges = _SETS[character.lower()]
            return Class(ranges if character.islower() else _others(ranges))
        if character in "xu":
            return self._code_point(2 if character == "x" else 4)
        if character in "pP":
            return self._category(character == "p")
        if character.isalnum():
            raise PatternRefused(f"\\{character} is not taken")
        return _letter(character)

    def _code_point(self, width: int) -> Class:
        digits = self._peek(width)
        if len(digits) != width or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
            raise PatternRefused("\\x and \\u need their hexadecimal digits")
        self.at += width
        return _letter(chr(int(digits, 16)))

    def _category(self, wanted: bool) -> Class:
        end = self.text.find("}", self.at)
        name = self.text[self.at + 1 : end]
        if self._peek() != "{" or end < 0 or name not in _CATEGORIES:
            raise PatternRefused("\\p needs a general category, such as \\p{L}")
        self.at = end + 1
        return Class((), ((name, wanted),))


def _letter(character: str) -> Class:
    return Class(((ord(character), ord(character)),))


def _span(low: Class, high: Class) -> tuple[int, int]:
    if len(low.ranges) == len(high.ranges) == 1 and not low.categories and not high.categories:
        (begin, same), (end, also) = low.ranges[0], high.ranges[0]
        if begin == same and end == also and begin <= end:
            return begin, end
    raise PatternRefused("a range in [] needs two characters in order")


def _others(ranges: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    edges = [-1, *(edge for span in sorted(ranges) for edge in span), _LAST + 1]
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return tuple((end + 1, begin - 1) for end, begin in gaps if end + 1 <= begin - 1)
