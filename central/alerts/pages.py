"""The pages of central.alerts: the officers', and the few for everybody."""

from central.access.roles import Right
from central.alerts import clearing, open_views, public_views, release_views, subscribing
from central.web.console import OpenPage, Page, View

_ONE = "/alerts/<int:number>"


def _deciding(what: str, view: View, needs: Right) -> Page:
    return Page(f"{_ONE}/{what}", f"alerts_{what}", view, needs, ("POST",))


PAGES: tuple[Page, ...] = (
    Page("/alerts", "alerts_list", release_views.list_page, Right.ALERTS_STOP, menu="alerts.menu"),
    Page("/alerts/propose", "alerts_propose", release_views.propose_page, Right.ALERTS_PROPOSE, ("POST",)),
    Page("/alerts/stop-all", "alerts_stop_all", release_views.stop_all_page, Right.ALERTS_STOP, ("POST",)),
    Page("/alerts/go-on", "alerts_go_on", release_views.go_on_page, Right.ALERTS_RELEASE, ("POST",)),
    Page(_ONE, "alerts_one", release_views.one_page, Right.ALERTS_STOP, looks=True),
    _deciding("assign", release_views.assign_page, Right.ALERTS_PROPOSE),
    _deciding("release", release_views.release_page, Right.ALERTS_RELEASE),
    _deciding("free", release_views.free_page, Right.ALERTS_RELEASE),
    _deciding("stop", release_views.stop_page, Right.ALERTS_STOP),
    _deciding("recall", release_views.recall_page, Right.ALERTS_STOP),
    Page("/alerts/public", "alerts_public", public_views.page, Right.ALERTS_STOP),
    Page("/alerts/public", "alerts_name", public_views.propose_page, Right.ALERTS_PROPOSE, ("POST",)),
    Page(
        "/alerts/public/<int:number>/release",
        "alerts_name_release",
        public_views.release_page,
        Right.ALERTS_RELEASE,
        ("POST",),
    ),
    Page(
        "/alerts/public/<int:number>/withdraw",
        "alerts_name_end",
        public_views.withdraw_page,
        Right.ALERTS_STOP,
        ("POST",),
    ),
    Page("/alerts/flags", "alerts_flags", public_views.flags_page, Right.ALERTS_STOP, looks=True),
    Page(
        "/alerts/flags/<int:number>/close",
        "alerts_flag_close",
        public_views.close_flag_page,
        Right.ALERTS_STOP,
        ("POST",),
    ),
    Page(
        "/contacts/<int:contact>/clearance",
        "alerts_clearance",
        clearing.page,
        Right.CONTACTS_WORK,
        ("POST",),
        looks=True,
    ),
)
OPEN: tuple[OpenPage, ...] = (
    OpenPage("/feed.json", "alerts_feed_json", open_views.feed_json_page),
    OpenPage("/feed", "alerts_feed", open_views.feed_page),
    OpenPage("/push/key", "alerts_push_key", subscribing.key_page),
    OpenPage("/push/subscribe", "alerts_push_subscribe", subscribing.subscribe_page, ("POST",)),
    OpenPage("/call-back/<code>", "alerts_call_back", open_views.call_back_page, ("GET", "POST")),
)
