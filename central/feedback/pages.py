"""The pages of central.feedback."""

from central.access.roles import Right
from central.feedback import open_views, place_views, views
from central.phones.asking import signed
from central.web.console import OpenPage, Page

_BOTH, _POST = ("GET", "POST"), ("POST",)
_MODERATE, _MANAGE = Right.FEEDBACK_MODERATE, Right.VENUE_MANAGE

PAGES: tuple[Page, ...] = (
    Page("/feedback", "feedback_queue", views.queue_page, _MODERATE, menu="feedback.menu"),
    Page("/feedback/<int:number>", "feedback_word", views.word_page, _MODERATE),
    Page("/feedback/<int:number>/picture", "feedback_picture", views.picture_page, _MODERATE),
    Page("/feedback/<int:number>/<what>", "feedback_act", views.act_page, _MODERATE, _POST),
    Page("/feedback/flood/<int:number>", "feedback_flood", views.flood_page, _MODERATE),
    Page("/feedback/flood/<int:number>/refuse", "feedback_flood_refuse", views.refuse_flood_page, _MODERATE, _POST),
    Page("/feedback/answers/<int:number>/<what>", "feedback_answer_act", views.decide_answer_page, _MODERATE, _POST),
    Page("/feedback/mine", "feedback_mine", place_views.places_page, _MANAGE, menu="feedback.menu_mine"),
    Page("/feedback/of/<venue>", "feedback_of", place_views.place_page, _MANAGE),
    Page("/feedback/<int:number>/answer", "feedback_answer", place_views.answer_page, _MANAGE, _POST),
    Page("/feedback/<int:number>/released-picture", "feedback_shown", place_views.picture_page, _MANAGE),
)
OPEN: tuple[OpenPage, ...] = (
    OpenPage("/say/<venue>", "feedback_say", open_views.say_page, _BOTH),
    OpenPage("/say/status", "feedback_status", open_views.status_page, _BOTH),
    OpenPage("/say/status/more", "feedback_more", open_views.more_page, _POST),
    OpenPage("/say/status/withdraw", "feedback_withdraw", open_views.withdraw_page, _POST),
    OpenPage("/say/proof", "feedback_proof", signed(open_views.prove_view), _POST),
)
