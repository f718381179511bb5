"""The pages of central.fleet. Nobody who visits is on them."""

from central.access.roles import Right
from central.fleet.rollout_views import begin_view, new_page, refuse_view, rollout_page, rollouts_page, stop_view
from central.fleet.views import (
    alarms_page,
    claim_page,
    claim_view,
    fleet_page,
    group_view,
    kiosk_page,
    quiet_view,
    seen_view,
)
from central.web.console import Page

_READ, _CHANGE, _RELEASE = Right.FLEET_READ, Right.FLEET_CHANGE, Right.FLEET_RELEASE

PAGES: tuple[Page, ...] = (
    Page("/fleet", "fleet_fleet", fleet_page, _READ, menu="fleet.menu"),
    Page("/fleet/alarms", "fleet_alarms", alarms_page, _READ, menu="fleet.menu_alarms"),
    Page("/fleet/alarms/seen", "fleet_seen", seen_view, _CHANGE, ("POST",)),
    Page("/fleet/quiet", "fleet_quiet", quiet_view, _CHANGE, ("POST",)),
    Page("/fleet/rollouts", "fleet_rollouts", rollouts_page, _READ, menu="fleet.menu_rollouts"),
    Page("/fleet/rollouts/new", "fleet_new", new_page, _CHANGE, ("GET", "POST")),
    Page("/fleet/rollouts/<int:number>", "fleet_rollout", rollout_page, _READ),
    Page("/fleet/rollouts/<int:number>/begin", "fleet_begin", begin_view, _RELEASE, ("POST",)),
    Page("/fleet/rollouts/<int:number>/stop", "fleet_stop", stop_view, _CHANGE, ("POST",)),
    Page("/fleet/rollouts/<int:number>/refuse", "fleet_refuse", refuse_view, _READ, ("POST",)),
    Page("/fleet/claim", "fleet_claim", claim_page, _CHANGE, menu="fleet.menu_claim"),
    Page("/fleet/claim/here", "fleet_claimed", claim_view, _CHANGE, ("POST",)),
    Page("/fleet/kiosk/<device>", "fleet_kiosk", kiosk_page, _READ),
    Page("/fleet/kiosk/<device>/group", "fleet_group", group_view, _CHANGE, ("POST",)),
)
