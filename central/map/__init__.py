"""The safety map for everybody: snapshot, search, open data; and its live view for officers."""
