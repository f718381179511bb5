"""Today's codes of an address as a card writes it, looked up in the lists that forms name by url."""

from collections.abc import Sequence

from forms.bundled import BUNDLED, named
from forms.geography import code_named, plain, today
from forms.model import Option
from forms.value_sets import value_sets


def address_codes(address: str) -> dict[str, str]:
    """{"province": today's code, "ward": code} of an address as cards write it ("..., Phường Mẫu, TP. Huế").

    The province is the last part by the old names or by today's; the ward, the part before, is looked for in that
    province alone. What is not found, or is found twice, is left out.
    """
    parts = [part.strip() for part in address.split(",")]
    province = _province_named(parts[-1])
    if province is None:
        return {}
    lists = value_sets()
    here = [option for option in lists[BUNDLED + "wards"] if option.group == province]
    ward = _ward_named(parts[-2], here) if len(parts) > 1 else None
    return {"province": province} if ward is None else {"province": province, "ward": ward}


def _province_named(name: str) -> str | None:
    lists = value_sets()
    if (now := code_named(name, named(lists[BUNDLED + "provinces"]))) is not None:
        return now
    old = code_named(name, named(lists[BUNDLED + "provinces-63"]))
    return None if old is None else today(old)


def _ward_named(name: str, here: Sequence[Option]) -> str | None:
    """By its name with its marks, else without (Phường Mỹ Tho and Xã Mỹ Thọ differ by little). The title counts: old
    Thành phố Cao Lãnh was larger than today's Phường Cao Lãnh."""
    for form in (str.casefold, plain):
        same = [code for code, called in named(here) if form(called) == form(" ".join(name.split()))]
        if same:
            return same[0] if len(same) == 1 else None
    return None
