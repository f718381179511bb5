"""The map, its list, and the map for other people's pages. Everything works without a script."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Response, g, request

from central.map import drawing, outline
from central.map.asking import packed, spend
from central.map.directory import directory
from central.map.model import PROVINCES, STATES, Asked, Facility
from central.map.shelf import MOST_FOUND
from central.places.kinds import KINDS
from central.web.built import FOLDER, built_url
from central.web.console import show_open
from central.web.frame import FRAMED_ANYWHERE
from central.zoning.names import official
from forms.geography import plain

if TYPE_CHECKING:
    from central.web.app import Site

_LETTERS, _MOST_PAGE = 80, 10_000
_BUILT = ("map-map.js", "map-map.css", "map-embed.js")


def page(site: "Site") -> Response:
    """GET /map?q=&province=&ward=&state=&kind=&page="""
    spend(site)
    asked = _asked()
    return packed(show_open("map/map.html", **_listed(site, asked), **_drawn(site, asked.province)))


def list_page(site: "Site") -> Response:
    """GET /map/list: the list of the page alone, for its script."""
    spend(site)
    return packed(show_open("map/list.html", **_listed(site, _asked())))


def embed_page(site: "Site") -> Response:
    """GET /map/embed?province=: a map and its numbers for a frame of any site."""
    spend(site)
    asked = Asked(province=_asked().province)
    answer = packed(show_open("map/embed.html", asked=asked, **_numbers(site), **_drawn(site, asked.province)))
    answer.headers["Content-Security-Policy"] = FRAMED_ANYWHERE
    return answer


def _asked() -> Asked:
    """What the address asks for; a value that nobody knows is as if it were not there."""
    given = {name: request.args.get(name, "") for name in Asked._fields}
    state = STATES.index(request.args["state"]) if request.args.get("state") in STATES else None
    ward = given["ward"] if given["ward"].isdecimal() and len(given["ward"]) <= 5 else ""
    province = given["province"] if given["province"] in PROVINCES else ""
    return Asked(
        request.args.get("q", "")[:_LETTERS].replace("\0", ""),
        state,
        given["kind"] if given["kind"] in KINDS else "",
        province,
        ward if province else "",
    )


def _listed(site: "Site", asked: Asked) -> dict[str, Any]:
    said = request.args.get("page", "1")
    number = min(int(said), _MOST_PAGE) if said.isdecimal() and len(said) < 6 else 1
    with directory(site).shelf() as shelf:
        found, more = shelf.found(asked, number)
        rows = [(one, shelf.shown[one.number]) for one in found]
    return {
        "asked": asked,
        "rows": rows,
        "more": more,
        "page": max(1, number),
        "place_in": place_in,
        "ward_name": _ward_name,
        "kinds": KINDS,
        "most": MOST_FOUND,
        "link": lambda **changes: _link(asked, changes),
        **_numbers(site),
    }


def _numbers(site: "Site") -> dict[str, Any]:
    with directory(site).shelf() as shelf:
        counts, total = {code: list(row) for code, row in shelf.counts.items()}, shelf.total()
    return {
        "states": STATES,
        "counts": counts,
        "total": total,
        "names_by_code": _names(),
        "provinces": sorted(_names().items(), key=lambda pair: plain(pair[1].removeprefix("TP. "))),
        "now_ms": site.now_ms(),
    }


def _drawn(site: "Site", province: str) -> dict[str, Any]:
    """The drawn map: of the country with a ring a province, or of a province with its places."""
    lands, box = outline.lands(), outline.COUNTRY
    with directory(site).shelf() as shelf:
        if province:
            box = outline.box_of(province)
            marks = drawing.of_places([(one, shelf.shown[one.number]) for one in shelf.of_province(province)], box)
        else:
            marks = drawing.of_provinces(lands, shelf.counts, _names())
    return {
        "lands": lands,
        "box": box,
        "country": outline.COUNTRY,
        "marks": sorted(marks, key=lambda mark: mark.many),
        "unit": max(box.width, box.height) / 100,
        "islands": outline.islands(g.language),
        "names": _names(),
        "scripts": {name: built_url(name) for name in _BUILT if (FOLDER / name).is_file()},
        "shapes": built_url("provinces.json") if lands else "",
    }


def _names() -> dict[str, str]:
    return {code: official("province", code, g.language) for code in PROVINCES}


def _ward_name(ward: str) -> str:
    return official("ward", ward, g.language) if ward else ""


def place_in(one: Facility) -> str:
    """Ward and province in words; "" where nobody has said."""
    province = official("province", one.province, g.language) if one.province else ""
    return ", ".join(part for part in (_ward_name(one.ward), province) if part)


def _link(asked: Asked, changes: dict[str, Any]) -> str:
    """The address of what is shown now, with these changes."""
    now = {
        "q": asked.words,
        "state": "" if asked.state is None else STATES[asked.state],
        "kind": asked.kind,
        "province": asked.province,
        "ward": asked.ward,
    }
    kept = {name: value for name, value in (now | changes).items() if value}
    return "/map?" + urlencode(kept) if kept else "/map"
