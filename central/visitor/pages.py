"""The visitor's own page: its shell, and the files it is made of. What it says to the centre is central.phones.

- The shell is one page for /v/ and for a poster's own address (/GPV1/CODE, as the phone's camera opens it).
- Each of the two has a service worker of its own, whose scope is that folder and no more.
"""

from central.visitor import assets, shell
from central.web.console import OpenPage, Page

PAGES: tuple[Page, ...] = ()
OPEN = (
    OpenPage("/v", "visitor_way", shell.way),
    OpenPage("/v/", "visitor_shell", shell.page),
    OpenPage("/GPV1/<code>", "visitor_poster", shell.poster),
    OpenPage("/gpv1/<code>", "visitor_poster_small", shell.poster),
    OpenPage("/v/sw.js", "visitor_worker", shell.worker),
    OpenPage("/GPV1/sw.js", "visitor_poster_worker", shell.worker),
    OpenPage("/v/manifest.webmanifest", "visitor_manifest", shell.manifest),
    OpenPage("/v/style.css", "visitor_style", assets.style),
    OpenPage("/v/icon-<int:side>.png", "visitor_icon", assets.icon),
    OpenPage("/v/words/<language>.json", "visitor_words", assets.words),
    OpenPage("/v/lists/<name>.json", "visitor_list", assets.option_list),
)
