"""The pages of central.access: the door, one's own account, accounts and grants, emergencies, the log, what is public."""

from central.access.own_account import OWN
from central.access.signing_in import DOOR
from central.web.console import OpenPage, Page

PAGES: tuple[Page, ...] = (*OWN,)
OPEN: tuple[OpenPage, ...] = (*DOOR,)
