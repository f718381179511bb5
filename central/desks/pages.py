"""The officers' pages of central.desks."""

from central.web.console import Page

PAGES: tuple[Page, ...] = ()
