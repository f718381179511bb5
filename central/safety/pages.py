"""The pages of central.safety."""

from central.web.console import OpenPage, Page

PAGES: tuple[Page, ...] = ()
OPEN: tuple[OpenPage, ...] = ()
