"""The officers' pages of central.zoning."""

from central.web.console import Page

PAGES: tuple[Page, ...] = ()
