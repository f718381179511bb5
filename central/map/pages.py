"""The pages of central.map."""

from central.web.console import OpenPage, Page

PAGES: tuple[Page, ...] = ()
OPEN: tuple[OpenPage, ...] = ()
