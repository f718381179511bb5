"""The officers' pages of central.alerts."""

from central.web.console import Page

PAGES: tuple[Page, ...] = ()
