"""Releases on a real database, and what goes out of them."""
