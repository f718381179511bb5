"""The pages of central.visitor."""

from central.web.console import OpenPage, Page

PAGES: tuple[Page, ...] = ()
OPEN: tuple[OpenPage, ...] = ()
