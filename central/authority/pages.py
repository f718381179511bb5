"""The officers' pages of central.authority."""

from central.web.console import Page

PAGES: tuple[Page, ...] = ()
