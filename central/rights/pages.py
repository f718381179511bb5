"""The officers' pages of central.rights."""

from central.web.console import Page

PAGES: tuple[Page, ...] = ()
