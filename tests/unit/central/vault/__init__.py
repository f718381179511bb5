"""The opener, its keys and its limits."""
