"""The pages of central.map."""

from central.map import quick
from central.web.console import OpenPage, Page

begin = quick.begin

PAGES: tuple[Page, ...] = ()
OPEN: tuple[OpenPage, ...] = ()
