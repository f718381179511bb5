"""The pages of central.phones."""

from central.web.console import OpenPage, Page

PAGES: tuple[Page, ...] = ()
OPEN: tuple[OpenPage, ...] = ()
