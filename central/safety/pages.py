"""The pages of central.safety: a place's own checks, and the inspectors'. Nobody who visits is on them."""

from central.access.roles import Right
from central.safety.check_views import check_page, desk_page, places_page
from central.safety.days_views import days_view
from central.safety.inspection_views import ask_view, due_page, finish_view, inspect_page, picture_view, place_page
from central.safety.remind_views import late_page, remind_view, stop_page
from central.web.console import OpenPage, Page

_OWN, _INSPECT = Right.VENUE_CHECK, Right.INSPECTIONS_WORK

PAGES: tuple[Page, ...] = (
    Page("/safety", "safety_places", places_page, _OWN, menu="safety.menu"),
    Page("/safety/late", "safety_late", late_page, Right.PLACES_CONFIRM, menu="safety.menu_late"),
    Page("/safety/<venue>", "safety_desk", desk_page, _OWN),
    Page("/safety/<venue>/days", "safety_days", days_view, Right.VENUE_MANAGE, ("POST",)),
    Page("/safety/<venue>/remind", "safety_remind", remind_view, _OWN, ("POST",)),
    Page("/safety/<venue>/check/<period>", "safety_check", check_page, _OWN, ("GET", "POST")),
    Page("/inspections", "safety_inspections", due_page, _INSPECT, menu="safety.menu_inspections"),
    Page("/inspections/of/<venue>", "safety_place", place_page, _INSPECT),
    Page("/inspections/of/<venue>/ask", "safety_ask", ask_view, _INSPECT, ("POST",)),
    Page("/inspections/<int:number>", "safety_inspect", inspect_page, _INSPECT),
    Page("/inspections/<int:number>/done", "safety_finish", finish_view, _INSPECT, ("POST",)),
    Page("/inspections/picture/<int:number>", "safety_picture", picture_view, _INSPECT),
)
OPEN: tuple[OpenPage, ...] = (OpenPage("/check-reminder/<key>", "safety_stop", stop_page, ("GET", "POST")),)
