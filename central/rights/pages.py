"""The officers' pages of central.rights."""

from central.rights import change_pages, request_pages, upkeep_pages
from central.web.console import Page

PAGES: tuple[Page, ...] = (*request_pages.PAGES, *change_pages.PAGES, *upkeep_pages.PAGES)
