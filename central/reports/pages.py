"""The officers' pages of central.reports."""

from central.web.console import Page

PAGES: tuple[Page, ...] = ()
