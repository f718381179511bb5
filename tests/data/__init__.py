"""Golden vectors, and how they are made."""
