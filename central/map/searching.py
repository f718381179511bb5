"""PURE. Finding a place by what people type: parts of its name, its ward, its province, its kind; marks do not matter.

- Every word must begin a word of the place ("cho dong" finds Chợ Đồng Xuân). The rarest word is looked up, the others
  are held against what it found.
- A place whose name begins with what was typed comes first, then those whose name has it, then all others by name.
- Nothing is ever thrown out of the index but by building it anew: what a place was called last week leads to the place,
  where its present words are looked at.
"""

import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence
from heapq import nsmallest
from itertools import chain

from forms.geography import plain

MOST_WORDS, MOST_LETTERS = 8, 80
_RANKED = 4_000  # of a word that begins tens of thousands of places, as many are ranked; who types on gets the rest


class Index:
    """Numbers of places by their words. A number is whatever the caller counts by, from 0 on, without large gaps."""

    def __init__(self) -> None:
        self._names: list[str | None] = []  # by number: " cho dong xuan"
        self._besides: list[str] = []  # " phuong hoan kiem ha noi cho": one text for all places of a ward and kind
        self._rows: dict[str, array[int]] = {}  # the places by each word of their names
        self._parts: dict[str, array[int]] = {}  # the places by each ward, province and kind
        self._leading: dict[str, list[array[int]]] = {}  # those rows by each word of the ward, province or kind
        self._words: list[str] = []
        self._sorted = True
        self._joined: dict[tuple[str, ...], str] = {}

    def put(self, number: int, name: str, beside: Iterable[str]) -> None:
        """A place's name, and what else leads to it."""
        parts, words = tuple(beside), words_of(name)
        text, joined = "".join([f" {word}" for word in words]), self._together(parts)
        missing = number + 1 - len(self._names)
        if missing > 0:
            self._names += [None] * missing
            self._besides += [""] * missing
        elif self._names[number] == text and self._besides[number] == joined:
            return
        self._names[number], self._besides[number] = text, joined
        for word in set(words):
            row = self._rows.get(word)
            if row is None:
                self._know(word)
                row = self._rows[word] = array("Q")
            row.append(number)
        for part in parts:
            self._parts[part].append(number)

    def drop(self, number: int) -> None:
        """This place is found no more."""
        if number < len(self._names):
            self._names[number] = None

    def find(
        self, typed: str, wanted: Callable[[int], bool], limit: int, among: Collection[int] | None = None
    ) -> tuple[Sequence[int], bool]:
        """(at most `limit` numbers, the best first; whether there are more). `wanted` says which numbers count.

        `among` holds all that can be wanted, where that is known: it is gone through where it is the shorter way.
        """
        words = words_of(typed[:MOST_LETTERS])[:MOST_WORDS]
        if not words:
            return (), False
        rows = [self._beginning(word) for word in words]
        sizes = [sum(map(len, row)) for row in rows]
        shortest = min(sizes)
        short = among is not None and len(among) < shortest
        numbers = among if short and among is not None else chain.from_iterable(rows[sizes.index(shortest)])
        found = self._held(numbers, [f" {word}" for word in words], wanted)
        said = " ".join(words)
        ranked = nsmallest(limit, ((self._rank(number, said), number) for number in found))
        return [number for _, number in ranked], len(found) > limit

    def _together(self, parts: tuple[str, ...]) -> str:
        """What stands beside a name, as one text; each part leads to its places from its first time on."""
        joined = self._joined.get(parts)
        if joined is None:
            joined = self._joined[parts] = "".join(f" {word}" for part in parts for word in words_of(part))
            for part in parts:
                if part not in self._parts:
                    row = self._parts[part] = array("Q")
                    for word in set(words_of(part)):
                        self._know(word)
                        self._leading.setdefault(word, []).append(row)
        return joined

    def _know(self, word: str) -> None:
        if word not in self._rows and word not in self._leading:
            self._words.append(word)
            self._sorted = False

    def _held(self, numbers: Iterable[int], words: Sequence[str], wanted: Callable[[int], bool]) -> set[int]:
        found: set[int] = set()
        names, besides = self._names, self._besides
        for number in numbers:
            name = names[number]
            if name is None:
                continue
            beside = besides[number]
            for word in words:
                if word not in name and word not in beside:
                    break
            else:
                if number not in found and wanted(number):
                    found.add(number)
                    if len(found) >= _RANKED:
                        break
        return found

    def _rank(self, number: int, said: str) -> tuple[int, str]:
        name, begin = self._names[number] or "", f" {said}"
        return (0 if name.startswith(begin) else 1 if begin in name else 2), name

    def _beginning(self, begin: str) -> list["array[int]"]:
        """The rows of all words that begin so."""
        if not self._sorted:
            self._words.sort()
            self._sorted = True
        at = bisect_left(self._words, begin)
        rows: list[array[int]] = []
        while at < len(self._words) and self._words[at].startswith(begin):
            word = self._words[at]
            rows += self._leading.get(word, ())
            if word in self._rows:
                rows.append(self._rows[word])
            at += 1
        return rows


class _Folding(dict[int, str]):
    """What a letter is looked up as, each found once: str.translate asks for a hundred thousand names."""

    def __missing__(self, code: int) -> str:
        letter = plain(chr(code)) if chr(code).isalnum() else "" if unicodedata.combining(chr(code)) else " "
        self[code] = letter
        return letter


_FOLDING = _Folding()


def words_of(text: str) -> list[str]:
    """Small letters without marks, cut at whatever is no letter and no digit."""
    return text.translate(_FOLDING).split()
