"""The lists that forms name by url (`urn:gatepost:list:*`), made from texts that the caller read. Pure.

- Provinces, gates and ports are our own files in forms/lists: rows of code, name and, for gates, the province.
- Countries are our own file of codes, with names by language as a library of locales gives them.
- Wards are rows of a published data set: 3,321 of them, each under its province.
- An answer travels as its place in the list: kiosk and centre need the same order, so that lists only ever grow.
- Names of places are proper names: they stand in Vietnamese alone, and every language falls back to that.
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping

from forms.geography import today
from forms.model import Coding, Option, Text

BUNDLED = "urn:gatepost:list:"
OWN = ("provinces", "provinces-63", "airports", "land-gates", "seaports")
WARD = "urn:gatepost:ward"

Options = tuple[Option, ...]


def own_list(text: str) -> Options:
    """One of our own files as options, in its order. Raises ValueError or KeyError when it is none."""
    read = json.loads(text)
    system = read["system"]
    return tuple(_proper(system, *row) for row in read["options"])


def countries(text: str, names: Mapping[str, Mapping[str, str]]) -> Options:
    """The countries of our own file, Viet Nam first, with their names from {language: {code: name}}.

    A name that a language lacks is its code. Raises ValueError or KeyError when the text is no list.
    """
    read = json.loads(text)
    return tuple(Option(Coding(read["system"], code), _in_languages(code, names)) for code in read["options"])


def wards(text: str) -> Options:
    """Wards from the data file of vietnamadminunits 1.0 (parser_from_2025.json), by code; `group` is the province.

    The file names a ward in up to three tables, by how its name is told apart from others. Raises ValueError or
    KeyError when it has another form.
    """
    read = json.loads(text)
    provinces = {key: entry["provinceCode"] for key, entry in read["DICT_PROVINCE"].items()}
    found: dict[str, tuple[str, str]] = {}
    for name, table in read.items():
        if name.startswith("DICT_PROVINCE_WARD"):
            for province, entries in table.items():
                for entry in entries.values():
                    found[entry["wardCode"]] = (entry["ward"], provinces[province])
    return tuple(_proper(WARD, code, *found[code]) for code in sorted(found))


def _proper(system: str, code: str, name: str, group: str = "") -> Option:
    """A place by its proper name; an old province belongs under today's."""
    if system == "urn:gatepost:province-63":
        group = today(code) or ""
    return Option(Coding(system, code), Text({"vi": unicodedata.normalize("NFC", name)}), group=group)


def _in_languages(code: str, names: Mapping[str, Mapping[str, str]]) -> Text:
    return Text({tag: unicodedata.normalize("NFC", known.get(code, code)) for tag, known in names.items()})


def named(options: Iterable[Option]) -> tuple[tuple[str, str], ...]:
    """(code, name) of each option, as `geography.code_named` looks through them."""
    return tuple((option.value.code, option.text.in_("vi")) for option in options if isinstance(option.value, Coding))
