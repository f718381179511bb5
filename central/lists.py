"""The lists that forms name by url (`urn:gatepost:list:*`), read as a kiosk reads them, whole and once.

Our own lists lie beside the forms; country names come from Babel (CLDR), wards from a data file of vietnamadminunits,
which is found and not imported. Without that package the list of wards is empty.
"""

import importlib.util
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from babel import Locale

import forms
from forms.bundled import BUNDLED, OWN, Options, countries, own_list, wards
from forms.model import LANGUAGES

_FOLDER = Path(forms.__file__).parent / "lists"


@cache
def value_sets() -> Mapping[str, Options]:
    """Every bundled list by its url."""
    names = {tag: dict(Locale.parse(tag).territories) for tag in LANGUAGES}
    found = {BUNDLED + name: own_list(_text(name)) for name in OWN}
    found[BUNDLED + "countries"] = countries(_text("countries"), names)
    found[BUNDLED + "wards"] = _wards()
    return MappingProxyType(found)


def _text(name: str) -> str:
    return (_FOLDER / f"{name}.json").read_text(encoding="utf-8")


def _wards() -> Options:
    spec = importlib.util.find_spec("vietnamadminunits")
    for folder in spec.submodule_search_locations or () if spec is not None else ():
        file = Path(folder) / "data" / "parser_from_2025.json"
        if file.is_file():
            return wards(file.read_text(encoding="utf-8"))
    return ()
