"""The addresses of central.phones: what visitors' phones ask of the public pages (docs/visitor-api.yaml)."""

from central.phones import open_views, own_views
from central.phones.asking import View, signed, unsigned
from central.phones.limits import LOOKS
from central.web.console import OpenPage, Page

_API = "/v/api"


def _said(what: str, view: View) -> OpenPage:
    return OpenPage(f"{_API}/{what}", f"phones_{what.replace('-', '_')}", view, ("POST",))


PAGES: tuple[Page, ...] = ()
OPEN: tuple[OpenPage, ...] = (
    OpenPage(f"{_API}/place/<code>", "phones_place", unsigned(open_views.place, "looks", LOOKS)),
    OpenPage(f"{_API}/orders", "phones_orders", unsigned(open_views.orders, "looks", LOOKS)),
    OpenPage(f"{_API}/form", "phones_form", unsigned(open_views.form, "looks", LOOKS)),
    _said("passes", unsigned(open_views.new_pass, "looks", LOOKS)),
    _said("visits", signed(own_views.visits)),
    _said("declarations", signed(own_views.declarations)),
    _said("well", signed(own_views.well)),
    _said("mine", signed(own_views.everything)),
    _said("seen", signed(own_views.seen)),
    _said("call-back", signed(own_views.called_back)),
    _said("receipts", signed(own_views.receipts)),
    _said("reminders", signed(own_views.reminders)),
    _said("requests", signed(own_views.requests)),
    _said("renew", signed(own_views.renewed)),
    _said("end", signed(own_views.ended)),
)
