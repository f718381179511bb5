"""The lists that forms name by url (`urn:gatepost:list:*`), each read when it is first asked for, and kept.

The one file here that reads files: those that come with the program and change with a release. No other file of this
package imports it; whoever loads a form hands the lists in.

- Our own lists lie beside the forms; country names come from Babel (CLDR), wards from a file of vietnamadminunits.
- That package is found and not imported: importing it would load a geometry library of tens of megabytes.
- Without it the list of wards is empty, and an open choice for the ward is answered in free text.
"""

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from forms.bundled import BUNDLED, OWN, Options, countries, own_list, wards
from forms.model import LANGUAGES

_FOLDER = Path(__file__).parent / "lists"


class Lists(Mapping[str, Options]):
    """Value sets by url, each read at its first look-up."""

    def __init__(self, readers: Mapping[str, Callable[[], Options]]) -> None:
        self._readers = dict(readers)
        self._read: dict[str, Options] = {}

    def __getitem__(self, url: str) -> Options:
        if url not in self._read:
            self._read[url] = self._readers[url]()
        return self._read[url]

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)

    def __contains__(self, url: object) -> bool:
        return url in self._readers


@cache
def value_sets() -> Mapping[str, Options]:
    """Every bundled list by its url. Nothing is read until it is asked for."""
    readers: dict[str, Callable[[], Options]] = {BUNDLED + name: _own_reader(name) for name in OWN}
    readers[BUNDLED + "countries"] = _countries
    readers[BUNDLED + "wards"] = _wards
    return Lists(readers)


def ward_file() -> Path | None:
    """The installed data file of wards, None where the package is absent."""
    spec = importlib.util.find_spec("vietnamadminunits")
    for folder in spec.submodule_search_locations or () if spec is not None else ():
        file = Path(folder) / "data" / "parser_from_2025.json"
        if file.is_file():
            return file
    return None


def _own_reader(name: str) -> Callable[[], Options]:
    return lambda: own_list(_own_text(name))


def _own_text(name: str) -> str:
    return (_FOLDER / f"{name}.json").read_text(encoding="utf-8")


def _wards() -> Options:
    file = ward_file()
    return () if file is None else wards(file.read_text(encoding="utf-8"))


def _countries() -> Options:
    from babel import Locale  # imported here: reading eight locales takes 10 MB that a kiosk without this list spares

    names = {language: dict(Locale.parse(language).territories) for language in LANGUAGES}
    return countries(_own_text("countries"), names)
