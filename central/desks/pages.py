"""The officers' pages of central.desks."""

from central.access.roles import Right
from central.desks import pages_arrivals as arrivals
from central.desks import pages_declarations as declarations
from central.desks import pages_warnings as early
from central.web.console import Page

_WORK, _GATES = Right.DECLARATIONS_WORK, Right.ARRIVALS_WORK

PAGES: tuple[Page, ...] = (
    Page("/declarations", "desks_declarations", declarations.queue_page, _WORK, menu="desks.menu", looks=True),
    Page("/declarations/<int:number>", "desks_declaration", declarations.item_page, _WORK, looks=True),
    Page("/declarations/<int:number>/open", "desks_open", declarations.open_view, _WORK, ("POST",), looks=True),
    Page("/declarations/<int:number>/<what>", "desks_act", declarations.act_view, _WORK, ("POST",)),
    Page("/warnings", "desks_warnings", early.warnings_page, _WORK, menu="desks.warnings_menu"),
    Page("/warnings/<int:number>/judge", "desks_judge", early.judge_view, _WORK, ("POST",)),
    Page("/arrivals", "desks_arrivals", arrivals.gates_page, _GATES, menu="desks.arrivals_menu"),
    Page("/arrivals/take", "desks_take", arrivals.take_view, _GATES, ("POST",)),
    Page("/arrivals/find", "desks_find", arrivals.find_view, _GATES, ("POST",)),
    Page("/arrivals/vehicle", "desks_ride", arrivals.ride_page, _GATES, looks=True),
    Page("/arrivals/<int:number>", "desks_arrival", arrivals.arrival_page, _GATES, looks=True),
    Page("/arrivals/<int:number>/open", "desks_arrival_open", arrivals.open_view, _GATES, ("POST",), looks=True),
    Page("/arrivals/<int:number>/<what>", "desks_arrival_act", arrivals.act_view, _GATES, ("POST",)),
)
