"""The pages of central.venues."""

from central.venues.desk_pages import DESK
from central.venues.door_pages import DOORS
from central.venues.list_pages import LISTS
from central.venues.register_pages import OPEN
from central.venues.roster_pages import ROSTERS
from central.venues.ward_pages import WARD
from central.web.console import Page

PAGES: tuple[Page, ...] = (*WARD, *DESK, *DOORS, *ROSTERS, *LISTS)

__all__ = ["OPEN", "PAGES"]
