"""The officers' pages of central.access."""

from central.web.console import Page

PAGES: tuple[Page, ...] = ()
