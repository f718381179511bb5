"""The pages of central.feedback."""

from central.web.console import OpenPage, Page

PAGES: tuple[Page, ...] = ()
OPEN: tuple[OpenPage, ...] = ()
