"""The officers' pages of central.authority."""

from central.access.roles import Right
from central.authority import case_pages, code_pages, contact_pages, export_pages, night_pages, outbreak_pages
from central.web.console import Page, View

_CASE = "/cases/<case>"


def _deciding(what: str, view: View, needs: Right) -> Page:
    name = what.replace("-", "_")
    return Page(f"{_CASE}/{what}", f"authority_{name}", view, needs, ("POST",))


PAGES: tuple[Page, ...] = (
    Page("/tonight", "authority_tonight", night_pages.page, Right.CONTACTS_READ, menu="authority.tonight", looks=True),
    Page("/tonight/take", "authority_take", night_pages.take, Right.CONTACTS_WORK, ("POST",)),
    Page("/tonight/names", "authority_names", night_pages.names, Right.NAMES_OPEN, ("POST",), looks=True),
    Page("/cases", "authority_cases", case_pages.list_page, Right.CASES_READ, menu="authority.cases", looks=True),
    Page("/cases/new", "authority_new", case_pages.new_page, Right.CASES_OPEN),
    Page("/cases/new", "authority_open", case_pages.open_page, Right.CASES_OPEN, ("POST",)),
    Page("/cases/outbreak", "authority_outbreak", outbreak_pages.page, Right.CASES_READ, looks=True),
    Page(_CASE, "authority_case", case_pages.case_page, Right.CASES_READ, looks=True),
    Page(f"{_CASE}/contacts.<ending>", "authority_export", export_pages.page, Right.TRACE_RUN),
    _deciding("identity", case_pages.identity_page, Right.CASES_OPEN),
    _deciding("sign", case_pages.sign_page, Right.CASES_DECIDE),
    _deciding("trace", case_pages.trace_page, Right.TRACE_RUN),
    _deciding("assign", case_pages.assign_page, Right.TRACE_RUN),
    _deciding("confirm", case_pages.confirm_page, Right.CASES_DECIDE),
    _deciding("rule-out", case_pages.rule_out_page, Right.CASES_OPEN),
    _deciding("close", case_pages.close_page, Right.CASES_DECIDE),
    _deciding("merge", case_pages.merge_page, Right.CASES_OPEN),
    _deciding("part", case_pages.part_page, Right.CASES_OPEN),
    _deciding("alike", code_pages.alike_page, Right.LINKS_EDIT),
    Page(f"{_CASE}/persons/<int:person>", "authority_codes", code_pages.codes_page, Right.LINKS_EDIT, looks=True),
    Page(f"{_CASE}/persons/<int:person>/link", "authority_link", code_pages.link_page, Right.LINKS_EDIT, ("POST",)),
    Page(f"{_CASE}/links/<int:link_id>/undo", "authority_undo", code_pages.undo_page, Right.LINKS_EDIT, ("POST",)),
    Page("/contacts/<int:contact>", "authority_contact", contact_pages.page, Right.CONTACTS_READ, looks=True),
    Page(
        "/contacts/<int:contact>/name",
        "authority_name",
        contact_pages.name_page,
        Right.NAMES_OPEN,
        ("POST",),
        looks=True,
    ),
    Page(
        "/contacts/<int:contact>/call-back",
        "authority_call_back",
        contact_pages.call_back_page,
        Right.CONTACTS_WORK,
        ("POST",),
    ),
    Page("/contacts/<int:contact>/label", "authority_label", contact_pages.label_page, Right.TRACE_RUN, ("POST",)),
    Page("/tasks/<int:task>/take", "authority_task", contact_pages.take_page, Right.CONTACTS_WORK, ("POST",)),
    Page("/tasks/<int:task>/outcome", "authority_outcome", contact_pages.outcome_page, Right.CONTACTS_WORK, ("POST",)),
)
