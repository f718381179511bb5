"""The pages of central.access: the door, one's own account, accounts, emergencies, the log, what is public."""

from central.access.administration import ACCOUNTS
from central.access.emergencies import GLASS
from central.access.first_time import FIRST_TIME
from central.access.oversight import OVERSIGHT
from central.access.own_account import OWN
from central.access.signing_in import DOOR
from central.access.transparency import TRANSPARENCY
from central.web.console import OpenPage, Page

PAGES: tuple[Page, ...] = (*OVERSIGHT, *ACCOUNTS, *GLASS, *OWN)
OPEN: tuple[OpenPage, ...] = (*DOOR, *FIRST_TIME, *TRANSPARENCY)
