"""Attacks on the pages for everybody: from outside with no account, and from inside with somebody else's."""
