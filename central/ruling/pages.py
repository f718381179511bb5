"""The officers' pages of central.ruling."""

from central.web.console import Page

PAGES: tuple[Page, ...] = ()
