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
        self._texts: dict[int, str] = {}
        self._names: dict[int, str] = {}
        self._by_word: dict[str, array[int]] = {}
        self._words: list[str] = []
        self._sorted = True
        self._beside: dict[str, list[str]] = {}  # wards, provinces and kinds: the same few thousand again and again

    def __len__(self) -> int:
        return len(self._texts)

    def put(self, number: int, name: str, beside: Iterable[str]) -> None:
        """A place's name, and what else leads to it."""
        name = " ".join(words_of(name))
        text = " ".join((name, *(word for part in beside for word in self._kept(part))))
        if self._texts.get(number) == f" {text}":
            return
        self._texts[number], self._names[number] = f" {text}", name
        for word in set(text.split()):
            known = self._by_word.get(word)
            if known is None:
                known = self._by_word[word] = array("Q")
                self._words.append(word)
                self._sorted = False
            known.append(number)

    def drop(self, number: int) -> None:
        """This place is found no more."""
        self._texts.pop(number, None)
        self._names.pop(number, None)

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

    def _kept(self, part: str) -> list[str]:
        words = self._beside.get(part)
        if words is None:
            words = self._beside[part] = words_of(part)
        return words

    def _held(self, numbers: Iterable[int], words: Sequence[str], wanted: Callable[[int], bool]) -> set[int]:
        found: set[int] = set()
        texts = self._texts
        for number in numbers:
            text = texts.get(number, "")
            for word in words:
                if word not in text:
                    break
            else:
                if number not in found and wanted(number):
                    found.add(number)
                    if len(found) >= _RANKED:
                        break
        return found

    def _rank(self, number: int, said: str) -> tuple[int, str]:
        name = self._names[number]
        if name.startswith(said):
            return 0, name
        return (1 if f" {said}" in f" {name}" else 2), name

    def _beginning(self, begin: str) -> list["array[int]"]:
        """The rows of all words that begin so."""
        if not self._sorted:
            self._words.sort()
            self._sorted = True
        at = bisect_left(self._words, begin)
        rows = []
        while at < len(self._words) and self._words[at].startswith(begin):
            rows.append(self._by_word[self._words[at]])
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
